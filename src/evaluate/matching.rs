//! The four ways of matching of nervaluate (after `SemEval` 2013 task 9.1): strict, exact, partial and by type.

use super::counts::harmonic_mean;
use crate::label::Span;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What makes a predicted entity right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// Boundaries and type.
    Strict,
    /// Boundaries, whatever the type.
    Exact,
    /// Boundaries; an overlap counts half, whatever the type.
    Partial,
    /// Type, with any overlap.
    #[serde(rename = "ent_type")]
    Type,
}

impl Matching {
    /// All four.
    pub const ALL: [Self; 4] = [Self::Strict, Self::Exact, Self::Partial, Self::Type];
}

/// Outcomes of matching, each counted in entities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MatchCounts {
    /// Right.
    pub correct: u64,
    /// Matched with a gold entity, but wrong.
    pub incorrect: u64,
    /// Overlaps with a gold entity ([`Matching::Partial`] only).
    pub partial: u64,
    /// Gold entities without a match.
    pub missed: u64,
    /// Predicted entities without a match.
    pub spurious: u64,
}

impl MatchCounts {
    /// Number of predicted entities.
    pub fn actual(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.spurious
    }

    /// Number of gold entities.
    pub fn possible(&self) -> u64 {
        self.correct + self.incorrect + self.partial + self.missed
    }

    /// (correct + ½ partial) / actual; `None` when nothing was predicted.
    pub fn precision(&self) -> Option<f64> {
        self.share_of(self.actual())
    }

    /// (correct + ½ partial) / possible; `None` when there is nothing to find.
    pub fn recall(&self) -> Option<f64> {
        self.share_of(self.possible())
    }

    /// Harmonic mean of precision and recall; `None` only when there is neither gold nor prediction.
    pub fn f1(&self) -> Option<f64> {
        let (precision, recall) = (self.precision(), self.recall());
        let is_defined = precision.is_some() || recall.is_some();
        is_defined.then(|| harmonic_mean(precision.unwrap_or(0.0), recall.unwrap_or(0.0)))
    }

    fn share_of(&self, whole: u64) -> Option<f64> {
        (whole > 0).then(|| (self.correct as f64 + 0.5 * self.partial as f64) / whole as f64)
    }

    /// Adds the counts of other data.
    pub fn merge(&mut self, other: &MatchCounts) {
        self.correct += other.correct;
        self.incorrect += other.incorrect;
        self.partial += other.partial;
        self.missed += other.missed;
        self.spurious += other.spurious;
    }
}

/// Whether nervaluate's default sees an overlap: one percent of the gold entity's length or more.
fn overlaps(gold: &Span, predicted: &Span) -> bool {
    let n_common = predicted.overlap(gold);
    n_common > 0 && n_common as f64 / gold.len() as f64 * 100.0 >= 1.0
}

/// Matches the entities of one sentence as nervaluate 1.2 does, in the order of the predicted ones.
pub fn match_spans<'a>(
    matching: Matching,
    gold: impl IntoIterator<Item = &'a Span>,
    predicted: impl IntoIterator<Item = &'a Span>,
) -> MatchCounts {
    let mut counts = MatchCounts::default();
    // Gold entities that are still free.
    let mut free: Vec<&Span> = gold.into_iter().collect();
    for claim in predicted {
        let is_right = |span: &Span| match matching {
            Matching::Strict => span == claim,
            Matching::Exact | Matching::Partial => span.same_boundaries(claim),
            Matching::Type => span.kind == claim.kind && overlaps(span, claim),
        };
        let distance = |span: &Span| match matching {
            // Of several that overlap, the one with the nearest boundaries; of equally near ones the first.
            Matching::Type => span.start.abs_diff(claim.start) + span.end.abs_diff(claim.end),
            _ => 0,
        };
        let right = (0..free.len())
            .filter(|&i| is_right(free[i]))
            .min_by_key(|&i| distance(free[i]));
        let touched = || (0..free.len()).find(|&i| overlaps(free[i], claim));
        if let Some(i) = right {
            counts.correct += 1;
            free.remove(i);
        } else if let Some(i) = touched() {
            match matching {
                Matching::Partial => counts.partial += 1,
                _ => counts.incorrect += 1,
            }
            free.remove(i);
        } else {
            counts.spurious += 1;
        }
    }
    counts.missed = free.len() as u64;
    counts
}

/// Match counts over any number of sentences, all types together and each type by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MatchTable {
    /// In the order of [`Matching::ALL`].
    pub overall: [MatchCounts; 4],
    /// Of each type, matched as if the others did not exist (so nervaluate does).
    pub kinds: BTreeMap<String, [MatchCounts; 4]>,
}

impl MatchTable {
    /// Adds a sentence.
    pub fn add_sentence(&mut self, gold: &[Span], predicted: &[Span]) {
        for (counts, matching) in self.overall.iter_mut().zip(Matching::ALL) {
            counts.merge(&match_spans(matching, gold, predicted));
        }
        let kinds: BTreeSet<&str> = gold
            .iter()
            .chain(predicted)
            .map(|span| span.kind.as_str())
            .collect();
        for kind in kinds {
            let of_kind = |span: &&Span| span.kind == kind;
            let table = self.kinds.entry(kind.to_owned()).or_default();
            for (counts, matching) in table.iter_mut().zip(Matching::ALL) {
                let (gold, predicted) = (
                    gold.iter().filter(of_kind),
                    predicted.iter().filter(of_kind),
                );
                counts.merge(&match_spans(matching, gold, predicted));
            }
        }
    }

    /// Adds another table.
    pub fn merge(&mut self, other: &MatchTable) {
        for (counts, more) in self.overall.iter_mut().zip(&other.overall) {
            counts.merge(more);
        }
        for (kind, table) in &other.kinds {
            for (counts, more) in self
                .kinds
                .entry(kind.clone())
                .or_default()
                .iter_mut()
                .zip(table)
            {
                counts.merge(more);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_sentences() {
        let span = |start, end, kind: &str| Span::new(start, end, kind);
        // correct, incorrect, partial, missed, spurious for strict, exact, partial, type.
        let table = [
            (vec![], vec![], ["00000"; 4]),
            (vec![span(0, 2, "A")], vec![], ["00010"; 4]),
            (vec![], vec![span(0, 2, "A")], ["00001"; 4]),
            (vec![span(0, 2, "A")], vec![span(0, 2, "A")], ["10000"; 4]),
            (
                vec![span(0, 2, "A")],
                vec![span(0, 2, "B")],
                ["01000", "10000", "10000", "01000"],
            ),
            (
                vec![span(0, 2, "A")],
                vec![span(1, 3, "A")],
                ["01000", "01000", "00100", "10000"],
            ),
            (
                vec![span(0, 2, "A")],
                vec![span(1, 3, "B")],
                ["01000", "01000", "00100", "01000"],
            ),
            (vec![span(0, 2, "A")], vec![span(2, 3, "A")], ["00011"; 4]),
            // One prediction over two gold entities, of which the second is nearer and of its type.
            (
                vec![span(0, 1, "B"), span(1, 4, "A")],
                vec![span(0, 4, "A")],
                ["01010", "01010", "00110", "10010"],
            ),
        ];
        for (gold, predicted, expected) in table {
            for (matching, expected) in Matching::ALL.into_iter().zip(expected) {
                let c = match_spans(matching, &gold, &predicted);
                let shown = format!(
                    "{}{}{}{}{}",
                    c.correct, c.incorrect, c.partial, c.missed, c.spurious
                );
                assert_eq!(shown, expected, "{matching:?} of {gold:?} {predicted:?}");
            }
        }
    }

    #[test]
    fn ratios_are_nones_where_undefined() {
        let empty = MatchCounts::default();
        assert_eq!(
            (empty.precision(), empty.recall(), empty.f1()),
            (None, None, None)
        );
        let half = MatchCounts {
            partial: 1,
            spurious: 1,
            ..empty
        };
        assert_eq!((half.precision(), half.recall()), (Some(0.25), Some(0.5)));
    }

    #[test]
    fn merging_is_the_same_as_adding() {
        let sentences = [
            (vec![Span::new(0, 1, "A")], vec![Span::new(0, 2, "B")]),
            (vec![Span::new(0, 1, "C")], vec![]),
        ];
        let mut whole = MatchTable::default();
        let mut merged = MatchTable::default();
        for (gold, predicted) in &sentences {
            whole.add_sentence(gold, predicted);
            let mut one = MatchTable::default();
            one.add_sentence(gold, predicted);
            merged.merge(&one);
        }
        assert_eq!(whole, merged);
        assert_eq!(whole.kinds.len(), 3);
    }
}
