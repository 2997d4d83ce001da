//! Entity-exact scores, the numbers of conlleval and seqeval.

use crate::label::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};

/// Entities found, invented and missed. An entity is found when type and both boundaries are right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Predicted entities that are in the gold data.
    pub tp: u64,
    /// Predicted entities that are not.
    pub fp: u64,
    /// Gold entities that were not predicted.
    #[serde(rename = "fn")]
    pub fn_: u64,
}

/// Precision, recall and F1 as fractions; `None` where undefined.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Right among predicted entities.
    pub precision: Option<f64>,
    /// Found among gold entities.
    pub recall: Option<f64>,
    /// Harmonic mean of both.
    pub f1: Option<f64>,
}

impl Counts {
    /// tp / (tp + fp); `None` when nothing was predicted.
    pub fn precision(&self) -> Option<f64> {
        ratio(self.tp, self.predicted())
    }

    /// tp / (tp + fn); `None` when there is nothing to find.
    pub fn recall(&self) -> Option<f64> {
        ratio(self.tp, self.support())
    }

    /// 2PR / (P + R), computed in this order because conlleval and seqeval do and the last digit depends on it.
    ///
    /// 0 when nothing was found; `None` only when there is neither gold nor prediction.
    pub fn f1(&self) -> Option<f64> {
        if self.tp + self.fp + self.fn_ == 0 {
            return None;
        }
        let (precision, recall) = (
            self.precision().unwrap_or(0.0),
            self.recall().unwrap_or(0.0),
        );
        Some(harmonic_mean(precision, recall))
    }

    /// All three ratios.
    pub fn scores(&self) -> Scores {
        Scores {
            precision: self.precision(),
            recall: self.recall(),
            f1: self.f1(),
        }
    }

    /// Number of gold entities.
    pub fn support(&self) -> u64 {
        self.tp + self.fn_
    }

    /// Number of predicted entities.
    pub fn predicted(&self) -> u64 {
        self.tp + self.fp
    }

    /// Adds the counts of other data.
    pub fn merge(&mut self, other: &Counts) {
        self.tp += other.tp;
        self.fp += other.fp;
        self.fn_ += other.fn_;
    }
}

/// 2PR / (P + R), 0 when both are 0.
pub(super) fn harmonic_mean(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 {
        2.0 * precision * recall / (precision + recall)
    } else {
        0.0
    }
}

pub(super) fn ratio(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Scores {
    /// The scores with 0 for what is undefined, the convention of conlleval and seqeval, for printing.
    pub fn or_zero(&self) -> (f64, f64, f64) {
        (
            self.precision.unwrap_or(0.0),
            self.recall.unwrap_or(0.0),
            self.f1.unwrap_or(0.0),
        )
    }
}

/// Counts over any number of sentences, entity-exact, with token accuracy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Evaluation {
    /// Counts of each entity type that gold or prediction has, alphabetically.
    pub kinds: BTreeMap<String, Counts>,
    /// Number of sentences.
    pub sentences: u64,
    /// Number of tokens.
    pub tokens: u64,
    /// Tokens whose IOB2 tag is right.
    pub correct_tokens: u64,
}

impl Evaluation {
    /// Adds a sentence of `n_tokens` tokens.
    pub fn add_sentence(&mut self, gold: &[Span], predicted: &[Span], n_tokens: usize) {
        let found: HashSet<&Span> = gold.iter().collect();
        let claimed: HashSet<&Span> = predicted.iter().collect();
        for span in &claimed {
            let counts = self.counts_mut(&span.kind);
            if found.contains(*span) {
                counts.tp += 1;
            } else {
                counts.fp += 1;
            }
        }
        for span in found.iter().filter(|span| !claimed.contains(**span)) {
            self.counts_mut(&span.kind).fn_ += 1;
        }
        self.sentences += 1;
        self.tokens += n_tokens as u64;
        self.correct_tokens += correct_tokens(gold, predicted, n_tokens);
    }

    fn counts_mut(&mut self, kind: &str) -> &mut Counts {
        // Not the entry API: it would clone the name for every entity.
        if !self.kinds.contains_key(kind) {
            self.kinds.insert(kind.to_owned(), Counts::default());
        }
        self.kinds.entry(kind.to_owned()).or_default()
    }

    /// Adds another evaluation; the order of merges does not matter.
    pub fn merge(&mut self, other: &Evaluation) {
        for (kind, counts) in &other.kinds {
            self.kinds.entry(kind.clone()).or_default().merge(counts);
        }
        self.sentences += other.sentences;
        self.tokens += other.tokens;
        self.correct_tokens += other.correct_tokens;
    }

    /// Counts of all types together: the headline of conlleval.
    pub fn micro(&self) -> Counts {
        let mut sum = Counts::default();
        for counts in self.kinds.values() {
            sum.merge(counts);
        }
        sum
    }

    /// Unweighted means over the types that occur in gold or prediction, as seqeval: what is undefined for a type counts as
    /// 0, and the F1 is the mean of F1s. `None` without types.
    pub fn macro_average(&self) -> Scores {
        if self.kinds.is_empty() {
            return Scores::default();
        }
        let mean = |value: fn(&Counts) -> Option<f64>| {
            let values = self
                .kinds
                .values()
                .map(|counts| value(counts).unwrap_or(0.0));
            Some(values.sum::<f64>() / self.kinds.len() as f64)
        };
        Scores {
            precision: mean(Counts::precision),
            recall: mean(Counts::recall),
            f1: mean(Counts::f1),
        }
    }

    /// Number of gold entities of a type.
    pub fn support(&self, kind: &str) -> u64 {
        self.kinds.get(kind).map_or(0, Counts::support)
    }

    /// Share of tokens whose IOB2 tag is right; `None` without tokens.
    pub fn token_accuracy(&self) -> Option<f64> {
        ratio(self.correct_tokens, self.tokens)
    }
}

/// Tokens with the same type and the same begin mark on both sides, in time linear in the spans.
fn correct_tokens(gold: &[Span], predicted: &[Span], n_tokens: usize) -> u64 {
    let mut n_gold = 0;
    let mut n_predicted = 0;
    let mut n_right = 0;
    for span in gold {
        n_gold += span.end.min(n_tokens).saturating_sub(span.start);
    }
    let mut first = 0;
    let mut n_both = 0;
    for claim in predicted {
        n_predicted += claim.end.min(n_tokens).saturating_sub(claim.start);
        while gold.get(first).is_some_and(|span| span.end <= claim.start) {
            first += 1;
        }
        for span in gold[first..]
            .iter()
            .take_while(|span| span.start < claim.end)
        {
            let n_common = span.overlap(claim);
            n_both += n_common;
            if span.kind == claim.kind {
                // Where one begins later than the other, one token is B here and I there.
                n_right += n_common - usize::from(span.start != claim.start);
            }
        }
    }
    // Outside on both sides: all tokens but those inside on either.
    (n_tokens + n_both).saturating_sub(n_gold + n_predicted) as u64 + n_right as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::{Scheme, spans_from_tags, tags_from_spans};
    use crate::random::SplitMix64;

    fn evaluation(sentences: &[(&str, &str)]) -> Evaluation {
        let mut evaluation = Evaluation::default();
        for (gold, predicted) in sentences {
            let spans = |tags: &str| spans_from_tags(&tags.split(' ').collect::<Vec<_>>());
            evaluation.add_sentence(&spans(gold), &spans(predicted), gold.split(' ').count());
        }
        evaluation
    }

    #[test]
    fn the_example_of_seqeval() {
        // From the README of seqeval 1.2.2, which prints 0.50 throughout and an accuracy of 0.80.
        let evaluation = evaluation(&[
            (
                "O O O B-MISC I-MISC I-MISC O",
                "O O B-MISC I-MISC I-MISC I-MISC O",
            ),
            ("B-PER I-PER O", "B-PER I-PER O"),
        ]);
        assert_eq!(
            evaluation.micro(),
            Counts {
                tp: 1,
                fp: 1,
                fn_: 1
            }
        );
        assert_eq!(evaluation.micro().scores().or_zero(), (0.5, 0.5, 0.5));
        assert_eq!(evaluation.macro_average().or_zero(), (0.5, 0.5, 0.5));
        assert_eq!((evaluation.tokens, evaluation.correct_tokens), (10, 8));
        assert_eq!(evaluation.token_accuracy(), Some(0.8));
        assert_eq!(evaluation.support("PER"), 1);
    }

    #[test]
    fn undefined_is_none_and_never_nan() {
        let table = [
            (Counts::default(), (None, None, None)),
            (
                Counts {
                    tp: 0,
                    fp: 2,
                    fn_: 0,
                },
                (Some(0.0), None, Some(0.0)),
            ),
            (
                Counts {
                    tp: 0,
                    fp: 0,
                    fn_: 2,
                },
                (None, Some(0.0), Some(0.0)),
            ),
            (
                Counts {
                    tp: 0,
                    fp: 1,
                    fn_: 1,
                },
                (Some(0.0), Some(0.0), Some(0.0)),
            ),
        ];
        for (counts, expected) in table {
            assert_eq!(
                (counts.precision(), counts.recall(), counts.f1()),
                expected,
                "{counts:?}"
            );
        }
        let empty = Evaluation::default();
        assert_eq!(empty.macro_average(), Scores::default());
        assert_eq!(empty.token_accuracy(), None);
    }

    #[test]
    fn counts_agree_with_a_comparison_of_tags() {
        let mut random = SplitMix64::new(11);
        for _ in 0..5000 {
            let n = random.below(12);
            let mut tags = || -> Vec<String> {
                let letters = ["O", "B-X", "I-X", "B-Y", "I-Y"];
                let tags: Vec<&str> = (0..n).map(|_| letters[random.below(5)]).collect();
                // As legal IOB2, so that comparing tags compares what accuracy is defined on.
                tags_from_spans(&spans_from_tags(&tags), n, Scheme::Iob2)
            };
            let (gold, predicted) = (tags(), tags());
            let (gold_spans, predicted_spans) =
                (spans_from_tags(&gold), spans_from_tags(&predicted));
            let mut evaluation = Evaluation::default();
            evaluation.add_sentence(&gold_spans, &predicted_spans, n);
            let same = gold.iter().zip(&predicted).filter(|(a, b)| a == b).count() as u64;
            assert_eq!(evaluation.correct_tokens, same, "{gold:?} {predicted:?}");
            let hits = gold_spans
                .iter()
                .filter(|s| predicted_spans.contains(s))
                .count() as u64;
            let micro = evaluation.micro();
            assert_eq!(
                (micro.tp, micro.predicted(), micro.support()),
                (hits, predicted_spans.len() as u64, gold_spans.len() as u64)
            );
        }
    }

    #[test]
    fn merging_is_the_same_as_adding() {
        let sentences = [("B-X O", "B-X B-Y"), ("B-Y I-Y", "O O"), ("O", "B-Z")];
        let whole = evaluation(&sentences);
        let mut merged = evaluation(&sentences[2..]);
        merged.merge(&evaluation(&sentences[..2]));
        assert_eq!(whole, merged);
    }
}
