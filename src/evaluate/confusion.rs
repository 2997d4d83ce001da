//! Which type is taken for which, and where only the boundaries are wrong.

use crate::label::Span;
use ndarray::Array2;
use std::collections::{BTreeMap, BTreeSet};

/// A gold entity and the prediction that stands in its place; one of them may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pair<'a> {
    /// The same tokens; the types may differ.
    SameBoundaries(&'a Span, &'a Span),
    /// Some tokens in common.
    Overlap(&'a Span, &'a Span),
    /// A gold entity without a prediction.
    Missed(&'a Span),
    /// A prediction without a gold entity.
    Spurious(&'a Span),
}

impl Pair<'_> {
    /// First token of the pair.
    fn start(&self) -> usize {
        match self {
            Self::SameBoundaries(a, b) | Self::Overlap(a, b) => a.start.min(b.start),
            Self::Missed(a) | Self::Spurious(a) => a.start,
        }
    }

    /// Whether type and boundaries are right.
    pub fn is_correct(&self) -> bool {
        matches!(self, Self::SameBoundaries(gold, predicted) if gold.kind == predicted.kind)
    }
}

/// Pairs the gold and predicted entities of one sentence one to one, in the order of their start.
///
/// First those with the same boundaries; then, of those that overlap, the ones with the most tokens in common (of equals:
/// the same type first, then the earlier). So each entity is in exactly one pair, and an error is counted once.
pub fn align<'a>(gold: &'a [Span], predicted: &'a [Span]) -> Vec<Pair<'a>> {
    let mut pairs = Vec::with_capacity(gold.len().max(predicted.len()));
    let mut gold_is_free = vec![true; gold.len()];
    let mut claim_is_free = vec![true; predicted.len()];
    // All overlapping pairs; spans are ordered, so one sweep finds them.
    let mut candidates = Vec::new();
    let mut first = 0;
    for (p, claim) in predicted.iter().enumerate() {
        while gold.get(first).is_some_and(|span| span.end <= claim.start) {
            first += 1;
        }
        let near = gold
            .iter()
            .enumerate()
            .skip(first)
            .take_while(|(_, span)| span.start < claim.end);
        candidates.extend(near.map(|(g, _)| (g, p)));
    }
    candidates.sort_by_key(|&(g, p)| {
        let (span, claim) = (&gold[g], &predicted[p]);
        let rank = std::cmp::Reverse((
            span.same_boundaries(claim),
            span.overlap(claim),
            span.kind == claim.kind,
        ));
        (rank, g, p)
    });
    for (g, p) in candidates {
        if gold_is_free[g] && claim_is_free[p] {
            (gold_is_free[g], claim_is_free[p]) = (false, false);
            pairs.push(if gold[g].same_boundaries(&predicted[p]) {
                Pair::SameBoundaries(&gold[g], &predicted[p])
            } else {
                Pair::Overlap(&gold[g], &predicted[p])
            });
        }
    }
    pairs.extend(
        gold.iter()
            .zip(gold_is_free)
            .filter(|(_, free)| *free)
            .map(|(s, _)| Pair::Missed(s)),
    );
    pairs.extend(
        predicted
            .iter()
            .zip(claim_is_free)
            .filter(|(_, free)| *free)
            .map(|(s, _)| Pair::Spurious(s)),
    );
    pairs.sort_by_key(Pair::start);
    pairs
}

/// Confusion counts over any number of sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Confusion {
    /// (gold type, predicted type) → count, with the same boundaries; `None` is `O`.
    same_boundaries: BTreeMap<(Option<String>, Option<String>), u64>,
    /// As above, for pairs that only overlap.
    overlaps: BTreeMap<(Option<String>, Option<String>), u64>,
}

/// Confusion counts as matrices. Rows are gold types, columns predicted types; the last of both is `O`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfusionTable {
    /// Names of rows and columns: types in alphabetical order, then `O`.
    pub names: Vec<String>,
    /// Pairs with the same boundaries, the diagonal being what is right; in column `O` the missed, in row `O` the spurious.
    pub same_boundaries: Array2<u64>,
    /// Pairs that overlap: boundary errors, on the diagonal with the right type.
    pub overlaps: Array2<u64>,
}

impl Confusion {
    /// Adds a sentence.
    pub fn add_sentence(&mut self, gold: &[Span], predicted: &[Span]) {
        let kind = |span: &Span| Some(span.kind.clone());
        for pair in align(gold, predicted) {
            let (table, key) = match pair {
                Pair::SameBoundaries(a, b) => (&mut self.same_boundaries, (kind(a), kind(b))),
                Pair::Overlap(a, b) => (&mut self.overlaps, (kind(a), kind(b))),
                Pair::Missed(a) => (&mut self.same_boundaries, (kind(a), None)),
                Pair::Spurious(b) => (&mut self.same_boundaries, (None, kind(b))),
            };
            *table.entry(key).or_default() += 1;
        }
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &Confusion) {
        for (key, n) in &other.same_boundaries {
            *self.same_boundaries.entry(key.clone()).or_default() += n;
        }
        for (key, n) in &other.overlaps {
            *self.overlaps.entry(key.clone()).or_default() += n;
        }
    }

    /// The counts as matrices.
    pub fn table(&self) -> ConfusionTable {
        let keys = self.same_boundaries.keys().chain(self.overlaps.keys());
        let kinds: BTreeSet<&String> = keys.flat_map(|(a, b)| [a, b]).flatten().collect();
        let kinds: Vec<&String> = kinds.into_iter().collect();
        let index = |kind: &Option<String>| match kind {
            Some(kind) => kinds.binary_search(&kind).unwrap_or(kinds.len()),
            None => kinds.len(),
        };
        let matrix = |counts: &BTreeMap<(Option<String>, Option<String>), u64>| {
            let mut matrix = Array2::zeros((kinds.len() + 1, kinds.len() + 1));
            for ((gold, predicted), n) in counts {
                matrix[[index(gold), index(predicted)]] += n;
            }
            matrix
        };
        ConfusionTable {
            names: kinds
                .iter()
                .map(|kind| (*kind).clone())
                .chain(["O".to_owned()])
                .collect(),
            same_boundaries: matrix(&self.same_boundaries),
            overlaps: matrix(&self.overlaps),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Evaluation;
    use crate::label::spans_from_tags;
    use crate::random::SplitMix64;
    use ndarray::arr2;

    #[test]
    fn counts_every_kind_of_error_once() {
        let gold = spans_from_tags(&[
            "B-A", "I-A", "O", "B-B", "O", "B-A", "I-A", "I-A", "O", "B-B",
        ]);
        let predicted = spans_from_tags(&[
            "B-A", "I-A", "O", "B-A", "B-B", "B-A", "I-A", "B-B", "O", "O",
        ]);
        let mut confusion = Confusion::default();
        confusion.add_sentence(&gold, &predicted);
        let table = confusion.table();
        assert_eq!(table.names, ["A", "B", "O"]);
        assert_eq!(
            table.same_boundaries,
            arr2(&[[1, 0, 0], [1, 0, 1], [0, 2, 0]])
        );
        assert_eq!(table.overlaps, arr2(&[[1, 0, 0], [0, 0, 0], [0, 0, 0]]));
    }

    #[test]
    fn every_entity_is_in_one_pair_and_the_diagonal_is_what_is_right() {
        let mut random = SplitMix64::new(5);
        for _ in 0..3000 {
            let n = random.below(12);
            let mut spans = || {
                let tags: Vec<&str> = (0..n)
                    .map(|_| ["O", "B-X", "I-X", "B-Y", "I-Y"][random.below(5)])
                    .collect();
                spans_from_tags(&tags)
            };
            let (gold, predicted) = (spans(), spans());
            let mut confusion = Confusion::default();
            confusion.add_sentence(&gold, &predicted);
            let table = confusion.table();
            let n_kinds = table.names.len() - 1;
            let cells = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| -> u64 {
                let slice = ndarray::s![rows, columns];
                table.same_boundaries.slice(slice).sum() + table.overlaps.slice(slice).sum()
            };
            assert_eq!(cells(0..n_kinds, 0..n_kinds + 1), gold.len() as u64);
            assert_eq!(cells(0..n_kinds + 1, 0..n_kinds), predicted.len() as u64);
            let mut evaluation = Evaluation::default();
            evaluation.add_sentence(&gold, &predicted, n);
            assert_eq!(table.same_boundaries.diag().sum(), evaluation.micro().tp);
            let right = align(&gold, &predicted)
                .iter()
                .filter(|pair| pair.is_correct())
                .count();
            assert_eq!(right as u64, evaluation.micro().tp);
        }
    }

    #[test]
    fn merges_types_that_one_side_lacks() {
        let (a, b) = ([Span::new(0, 1, "A")], [Span::new(0, 1, "B")]);
        let mut first = Confusion::default();
        first.add_sentence(&a, &[]);
        let mut second = Confusion::default();
        second.add_sentence(&[], &b);
        first.merge(&second);
        assert_eq!(
            first.table().same_boundaries,
            arr2(&[[0, 0, 1], [0, 0, 0], [0, 1, 0]])
        );
        assert_eq!(Confusion::default().table().names, ["O"]);
    }
}
