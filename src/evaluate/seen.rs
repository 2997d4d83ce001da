//! Recall on mentions that the training data holds, and on those that it does not: memory against generalisation.

use super::counts::ratio;
use crate::corpus::{Document, Sentence};
use crate::label::Span;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// The surface strings of all entities of the training data, as written, whatever their type.
///
/// Type is left out as in Augenstein, Derczynski & Bontcheva, "Generalisation in named entity recognition" (2017): a
/// mention is unseen when its surface form is not in the training data.
#[derive(Debug, Clone, Default)]
pub struct SeenMentions {
    surfaces: HashSet<String>,
}

impl SeenMentions {
    /// Collects the mentions of the training documents.
    pub fn new<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let sentences = documents
            .into_iter()
            .flat_map(|document| &document.sentences);
        Self::from_sentences(sentences)
    }

    /// Collects the mentions of training sentences.
    pub fn from_sentences<'a>(sentences: impl IntoIterator<Item = &'a Sentence>) -> Self {
        let sentences = sentences.into_iter();
        Self {
            surfaces: sentences
                .flat_map(|s| s.spans.iter().map(|span| s.surface(span)))
                .collect(),
        }
    }

    /// Whether the surface string is that of a training mention.
    pub fn contains(&self, surface: &str) -> bool {
        self.surfaces.contains(surface)
    }
}

/// Gold entities, and how many of them were found with type and boundaries right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Found entities.
    pub found: u64,
    /// All gold entities.
    pub total: u64,
}

impl Found {
    /// found / total; `None` when there is nothing to find.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.found, self.total)
    }

    fn add(&mut self, other: Found) {
        self.found += other.found;
        self.total += other.total;
    }
}

/// Recall on seen and unseen mentions, for each type.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SeenRecall {
    /// Type → (seen, unseen).
    pub kinds: BTreeMap<String, (Found, Found)>,
}

impl SeenRecall {
    /// Adds a gold sentence and what was predicted on it.
    pub fn add_sentence(&mut self, training: &SeenMentions, gold: &Sentence, predicted: &[Span]) {
        let predicted: HashSet<&Span> = predicted.iter().collect();
        for span in &gold.spans {
            let outcome = Found {
                found: u64::from(predicted.contains(span)),
                total: 1,
            };
            let (seen, unseen) = self.kinds.entry(span.kind.clone()).or_default();
            let is_seen = training.contains(&gold.surface(span));
            if is_seen { seen } else { unseen }.add(outcome);
        }
    }

    /// Seen and unseen mentions of all types.
    pub fn overall(&self) -> (Found, Found) {
        let mut sum = (Found::default(), Found::default());
        for (seen, unseen) in self.kinds.values() {
            sum.0.add(*seen);
            sum.1.add(*unseen);
        }
        sum
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &SeenRecall) {
        for (kind, (seen, unseen)) in &other.kinds {
            let sums = self.kinds.entry(kind.clone()).or_default();
            sums.0.add(*seen);
            sums.1.add(*unseen);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(text: &str, spans: &[Span]) -> Sentence {
        Sentence {
            tokens: text.split(' ').map(str::to_owned).collect(),
            spans: spans.to_vec(),
            ..Sentence::default()
        }
    }

    #[test]
    fn tells_seen_from_unseen() {
        let per = |start, end| Span::new(start, end, "PER");
        let training = SeenMentions::from_sentences(&[sentence(
            "a b c",
            &[per(0, 2), Span::new(2, 3, "LOC")],
        )]);
        let gold = sentence("a b x c b", &[per(0, 2), per(2, 3), per(3, 4), per(4, 5)]);
        let mut recall = SeenRecall::default();
        recall.add_sentence(
            &training,
            &gold,
            &[per(0, 2), per(2, 3), Span::new(3, 4, "LOC")],
        );
        let expected = (Found { found: 1, total: 2 }, Found { found: 1, total: 2 });
        assert_eq!(recall.overall(), expected);
        let mut twice = recall.clone();
        twice.merge(&recall);
        assert_eq!(twice.kinds["PER"].0, Found { found: 2, total: 4 });
        assert_eq!(twice.kinds["PER"].0.recall(), Some(0.5));
        assert_eq!(Found::default().recall(), None);
    }
}
