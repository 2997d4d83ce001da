//! What a labelled corpus holds, in numbers.

use super::Document;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Counts over a set of documents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// Number of documents.
    pub documents: u64,
    /// Number of sentences.
    pub sentences: u64,
    /// Number of tokens.
    pub tokens: u64,
    /// Per entity type.
    pub kinds: BTreeMap<String, KindStatistics>,
    /// Meta key → value → counts; documents without the key are not counted under it.
    pub meta: BTreeMap<String, BTreeMap<String, MetaStatistics>>,
}

/// Counts of one entity type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct KindStatistics {
    /// Number of entities.
    pub entities: u64,
    /// Number of distinct surface strings among them, as written.
    pub distinct: u64,
    /// Length in tokens → number of entities.
    pub lengths: BTreeMap<usize, u64>,
    /// The most frequent surface strings with their counts, at most [`Statistics::N_FREQUENT`], commonest first.
    pub frequent: Vec<(String, u64)>,
}

/// Counts of the documents that share a meta value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MetaStatistics {
    /// Number of documents.
    pub documents: u64,
    /// Number of tokens.
    pub tokens: u64,
    /// Number of entities.
    pub entities: u64,
}

impl Statistics {
    /// The meta keys that a corpus of news is usually cut by.
    pub const META_KEYS: &[&str] = &["domain", "genre", "country", "split"];
    /// Frequent names that are listed for each type: what fits a glance.
    pub const N_FREQUENT: usize = 20;

    /// Counts `documents`, with a table for each of `meta_keys` that occurs.
    pub fn new<'a>(documents: impl IntoIterator<Item = &'a Document>, meta_keys: &[&str]) -> Self {
        let mut statistics = Self::default();
        let mut surfaces: BTreeMap<&str, HashMap<String, u64>> = BTreeMap::new();
        for document in documents {
            let mut n_entities = 0;
            for sentence in &document.sentences {
                for span in &sentence.spans {
                    n_entities += 1;
                    let surfaces = surfaces.entry(&span.kind).or_default();
                    *surfaces.entry(sentence.surface(span)).or_default() += 1;
                    let kind = statistics.kinds.entry(span.kind.clone()).or_default();
                    kind.entities += 1;
                    *kind.lengths.entry(span.len()).or_default() += 1;
                }
            }
            let n_tokens = document.n_tokens() as u64;
            statistics.documents += 1;
            statistics.sentences += document.sentences.len() as u64;
            statistics.tokens += n_tokens;
            for &key in meta_keys {
                let Some(value) = document.meta(key) else {
                    continue;
                };
                let table = statistics.meta.entry(key.to_owned()).or_default();
                let row = table.entry(value.to_owned()).or_default();
                row.documents += 1;
                row.tokens += n_tokens;
                row.entities += n_entities;
            }
        }
        for (kind, surfaces) in surfaces {
            if let Some(kind) = statistics.kinds.get_mut(kind) {
                kind.distinct = surfaces.len() as u64;
                kind.frequent = surfaces.into_iter().collect();
                kind.frequent
                    .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                kind.frequent.truncate(Self::N_FREQUENT);
            }
        }
        statistics
    }

    /// Number of entities of all types.
    pub fn entities(&self) -> u64 {
        self.kinds.values().map(|kind| kind.entities).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ConllReader;

    #[test]
    fn counts_a_small_corpus() {
        let file = "# doc = a\n# domain = sport\n# url = u\nx\tB-PER\ny\tI-PER\n\nx\tB-PER\n\n\
                    # doc = b\n# domain = sport\nz\tB-PER\nz\tB-LOC\n\n# doc = c\no\tO\n";
        let documents: Vec<Document> = ConllReader::new(file.as_bytes(), "f")
            .collect::<crate::Result<_>>()
            .expect("valid");
        let statistics = Statistics::new(&documents, Statistics::META_KEYS);
        assert_eq!(
            (
                statistics.documents,
                statistics.sentences,
                statistics.tokens
            ),
            (3, 4, 6)
        );
        let person = &statistics.kinds["PER"];
        assert_eq!((person.entities, person.distinct), (3, 3));
        assert_eq!(person.lengths, BTreeMap::from([(1, 2), (2, 1)]));
        let frequent = [("x", 1), ("x y", 1), ("z", 1)].map(|(name, n)| (name.to_owned(), n));
        assert_eq!(person.frequent, frequent);
        assert_eq!(statistics.entities(), 4);
        let sport = MetaStatistics {
            documents: 2,
            tokens: 5,
            entities: 4,
        };
        let table = BTreeMap::from([("sport".to_owned(), sport)]);
        assert_eq!(
            statistics.meta,
            BTreeMap::from([("domain".to_owned(), table)])
        );
    }
}
