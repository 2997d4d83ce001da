//! Everything that is counted on gold and predicted documents, in one pass.

use super::{Calibration, Confusion, Counts, Evaluation, MatchTable, Predicted, Predictions};
use crate::corpus::{Document, Sentence};
use crate::label::Span;
use std::collections::{BTreeMap, HashSet};

/// Meta keys by which scores are cut, where documents carry them.
pub const META_KEYS: [&str; 3] = ["domain", "genre", "country"];

/// Documents from which on the bootstrap draws documents.
///
/// The percentile interval of fewer units is known to be too narrow; sentences are then the lesser evil, and the report says
/// which it was.
pub const MIN_DOCUMENTS: usize = 10;

/// What the bootstrap draws, and what approximate randomisation swaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResamplingUnit {
    /// Whole documents.
    Document,
    /// Sentences, because there are fewer than [`MIN_DOCUMENTS`] documents.
    Sentence,
}

/// Counts over gold and predicted documents.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Breakdown {
    /// Number of documents.
    pub documents: u64,
    /// Entity-exact counts and token accuracy.
    pub evaluation: Evaluation,
    /// The four ways of matching.
    pub matching: MatchTable,
    /// Which type is taken for which.
    pub confusion: Confusion,
    /// By number of tokens: `1`, `2`, `3`, `4`, `5+`.
    pub by_length: BTreeMap<String, Counts>,
    /// By whether the first word carries a proclitic: `attached`, `bare`.
    pub by_attachment: BTreeMap<String, Counts>,
    /// Meta key → value → counts.
    pub by_meta: BTreeMap<String, BTreeMap<String, Counts>>,
    /// Confidences.
    pub calibration: Calibration,
    /// Counts of each document by type.
    document_counts: Vec<BTreeMap<String, Counts>>,
    /// Counts of each sentence by type, while documents are few.
    sentence_counts: Vec<BTreeMap<String, Counts>>,
}

impl Breakdown {
    /// Counts predictions on documents, one run or several (the repeats of a cross-validation, which are pooled).
    ///
    /// `is_attached` says of an entity's surface whether a proclitic is written to it.
    pub fn new(
        documents: &[Document],
        runs: &[Predictions],
        is_attached: impl Fn(&str) -> bool,
    ) -> Self {
        let mut all = Self::default();
        for (d, document) in documents.iter().enumerate() {
            let mut counts = BTreeMap::new();
            for (s, sentence) in document.sentences.iter().enumerate() {
                let mut of_sentence = BTreeMap::new();
                for predicted in runs.iter().filter_map(|run| run.get(d)?.get(s)) {
                    let of_run = all.add_sentence(document, sentence, predicted, &is_attached);
                    merge(&mut of_sentence, &of_run);
                }
                merge(&mut counts, &of_sentence);
                if documents.len() < MIN_DOCUMENTS {
                    all.sentence_counts.push(of_sentence);
                }
            }
            all.documents += 1;
            all.document_counts.push(counts);
        }
        all
    }

    fn add_sentence(
        &mut self,
        document: &Document,
        sentence: &Sentence,
        predicted: &Predicted,
        is_attached: &impl Fn(&str) -> bool,
    ) -> BTreeMap<String, Counts> {
        let (gold, claims) = (&sentence.spans, &predicted.spans);
        let mut one = Evaluation::default();
        one.add_sentence(gold, claims, sentence.tokens.len());
        self.evaluation.merge(&one);
        self.matching.add_sentence(gold, claims);
        self.confusion.add_sentence(gold, claims);
        let confidences: Vec<f32> = predicted.beliefs.iter().map(|b| b.entity).collect();
        self.calibration.add_sentence(gold, claims, &confidences);
        slice(gold, claims, &mut self.by_length, |span| match span.len() {
            n @ ..5 => n.to_string(),
            _ => "5+".to_owned(),
        });
        slice(gold, claims, &mut self.by_attachment, |span| {
            let is_attached = is_attached(&sentence.surface(span));
            if is_attached { "attached" } else { "bare" }.to_owned()
        });
        for key in META_KEYS {
            if let Some(value) = document.meta(key) {
                let table = self.by_meta.entry(key.to_owned()).or_default();
                table
                    .entry(value.to_owned())
                    .or_default()
                    .merge(&one.micro());
            }
        }
        one.kinds
    }

    /// What is resampled, and the counts of each unit: of all types, or of one.
    pub fn units(&self, kind: Option<&str>) -> (ResamplingUnit, Vec<Counts>) {
        let (unit, tables) = if self.document_counts.len() < MIN_DOCUMENTS {
            (ResamplingUnit::Sentence, &self.sentence_counts)
        } else {
            (ResamplingUnit::Document, &self.document_counts)
        };
        let of_unit = |table: &BTreeMap<String, Counts>| {
            if let Some(kind) = kind {
                return table.get(kind).copied().unwrap_or_default();
            }
            let mut sum = Counts::default();
            for counts in table.values() {
                sum.merge(counts);
            }
            sum
        };
        (unit, tables.iter().map(of_unit).collect())
    }
}

fn merge(sums: &mut BTreeMap<String, Counts>, more: &BTreeMap<String, Counts>) {
    for (kind, counts) in more {
        sums.entry(kind.clone()).or_default().merge(counts);
    }
}

/// Counts entities under a property of theirs. A correct prediction has the property of its gold entity, being the same span,
/// so that precision and recall of a slice are both defined.
fn slice(
    gold: &[Span],
    claims: &[Span],
    table: &mut BTreeMap<String, Counts>,
    property: impl Fn(&Span) -> String,
) {
    let found: HashSet<&Span> = gold.iter().collect();
    let claimed: HashSet<&Span> = claims.iter().collect();
    for span in claims {
        let counts = table.entry(property(span)).or_default();
        *(if found.contains(span) {
            &mut counts.tp
        } else {
            &mut counts.fp
        }) += 1;
    }
    for span in gold.iter().filter(|span| !claimed.contains(span)) {
        table.entry(property(span)).or_default().fn_ += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(meta: &[(&str, &str)], text: &str, spans: &[Span]) -> Document {
        Document {
            name: "d".to_owned(),
            meta: meta
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect(),
            sentences: vec![Sentence {
                tokens: text.split(' ').map(str::to_owned).collect(),
                spans: spans.to_vec(),
                ..Sentence::default()
            }],
        }
    }

    fn counts(tp: u64, fp: u64, fn_: u64) -> Counts {
        Counts { tp, fp, fn_ }
    }

    #[test]
    fn slices_add_up_to_the_whole() {
        let per = |start, end| Span::new(start, end, "PER");
        let documents = [
            document(
                &[("domain", "sport")],
                "a و b c d e f g",
                &[per(0, 1), per(1, 3), per(3, 8)],
            ),
            document(&[], "a b", &[per(0, 2)]),
        ];
        let predictions = vec![
            vec![Predicted::from_spans(vec![per(0, 1), per(1, 2), per(3, 8)])],
            vec![Predicted::from_spans(vec![per(0, 2)])],
        ];
        let is_attached = |surface: &str| surface.starts_with('و');
        let all = Breakdown::new(&documents, std::slice::from_ref(&predictions), is_attached);
        assert_eq!(all.evaluation.micro(), counts(3, 1, 1));
        assert_eq!(all.by_length["1"], counts(1, 1, 0));
        assert_eq!(all.by_length["2"], counts(1, 0, 1));
        assert_eq!(all.by_length["5+"], counts(1, 0, 0));
        assert_eq!(all.by_attachment["attached"], counts(0, 1, 1));
        assert_eq!(all.by_attachment["bare"], counts(3, 0, 0));
        assert_eq!(all.by_meta["domain"]["sport"], counts(2, 1, 1));
        let twice = Breakdown::new(&documents, &[predictions.clone(), predictions], is_attached);
        assert_eq!(twice.evaluation.micro(), counts(6, 2, 2));
        assert_eq!((twice.documents, twice.units(None).1.len()), (2, 2));
        for table in [&all.by_length, &all.by_attachment] {
            let mut sum = Counts::default();
            for counts in table.values() {
                sum.merge(counts);
            }
            assert_eq!(sum, all.evaluation.micro(), "{table:?}");
        }
    }

    #[test]
    fn few_documents_are_resampled_by_sentence() {
        let one = document(&[], "a", &[Span::new(0, 1, "A")]);
        let few = vec![one.clone(); MIN_DOCUMENTS - 1];
        let many = vec![one; MIN_DOCUMENTS];
        for (documents, unit) in [
            (few, ResamplingUnit::Sentence),
            (many, ResamplingUnit::Document),
        ] {
            let predictions = vec![vec![Predicted::default()]; documents.len()];
            let all = Breakdown::new(&documents, &[predictions], |_| false);
            let units = vec![counts(0, 0, 1); documents.len()];
            assert_eq!(all.units(None), (unit, units.clone()));
            assert_eq!(all.units(Some("A")), (unit, units));
            assert_eq!(all.units(Some("B")).1[0], Counts::default());
        }
    }
}
