//! How far a score may be chance: bootstrap intervals, and approximate randomisation between two systems.
//!
//! The unit is the document, because the entities of one document are not independent of each other. Both procedures take
//! one [`Counts`] a document: those of all types for the micro score, or of one type.

use super::Counts;
use crate::error::{Error, Result};
use crate::random::SplitMix64;
use serde::Serialize;

/// A score computed from summed counts, such as [`Counts::f1`].
pub type Score = fn(&Counts) -> Option<f64>;

/// A confidence interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 95 % percentile bootstrap interval of a score (Efron & Tibshirani 1993, chapter 13).
///
/// Draws as many documents as there are, with replacement, `n_resamples` times (1,000 or more), and takes the 2.5th and
/// 97.5th percentile. Resamples on which the score is undefined are left out. `None` with fewer than two documents, or
/// when no resample has a score.
pub fn interval(
    documents: &[Counts],
    score: Score,
    n_resamples: usize,
    seed: u64,
) -> Option<Interval> {
    if documents.len() < 2 {
        return None;
    }
    let mut random = SplitMix64::new(seed);
    let mut scores: Vec<f64> = (0..n_resamples)
        .filter_map(|_| {
            let mut sum = Counts::default();
            for _ in 0..documents.len() {
                sum.merge(&documents[random.below(documents.len())]);
            }
            score(&sum)
        })
        .collect();
    scores.sort_by(f64::total_cmp);
    // Nearest rank, in whole thousandths so that no rounding is involved.
    let rank = |per_mille: usize| (scores.len() * per_mille).div_ceil(1000).max(1) - 1;
    Some(Interval {
        low: *scores.get(rank(25))?,
        high: *scores.get(rank(975))?,
    })
}

/// What approximate randomisation says about two systems.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Significance {
    /// Score of the second system minus that of the first.
    pub difference: f64,
    /// Probability of so large a difference, in either direction, if the systems were alike.
    pub p_value: f64,
}

/// Two-sided approximate randomisation (Noreen 1989; Yeh, COLING 2000).
///
/// Swaps the two systems' counts of each document with probability ½, `n_shuffles` times, and counts how often the
/// difference is at least as large as the real one; p = (count + 1) / (`n_shuffles` + 1). Undefined scores count as 0.
///
/// # Errors
/// When the two systems were not scored on the same number of documents, or on none.
pub fn randomisation(
    first: &[Counts],
    second: &[Counts],
    score: Score,
    n_shuffles: usize,
    seed: u64,
) -> Result<Significance> {
    if first.len() != second.len() || first.is_empty() {
        return Err(Error::new(format!(
            "{} documents of one system stand against {} of the other",
            first.len(),
            second.len()
        ))
        .expected("the scores of both on the same documents"));
    }
    let difference = |is_swapped: &mut dyn FnMut() -> bool| {
        let (mut a, mut b) = (Counts::default(), Counts::default());
        for (x, y) in first.iter().zip(second) {
            let (x, y) = if is_swapped() { (y, x) } else { (x, y) };
            a.merge(x);
            b.merge(y);
        }
        score(&b).unwrap_or(0.0) - score(&a).unwrap_or(0.0)
    };
    let real = difference(&mut || false);
    let mut random = SplitMix64::new(seed);
    let n_as_large = (0..n_shuffles)
        // The margin keeps a difference that is equal but for rounding from counting as smaller.
        .filter(|_| difference(&mut || random.coin()).abs() >= real.abs() - 1e-12)
        .count();
    Ok(Significance {
        difference: real,
        p_value: (n_as_large + 1) as f64 / (n_shuffles + 1) as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(n: usize, tp_of: impl Fn(usize) -> u64) -> Vec<Counts> {
        let counts = |i| Counts {
            tp: tp_of(i),
            fp: 10 - tp_of(i),
            fn_: 10 - tp_of(i),
        };
        (0..n).map(counts).collect()
    }

    #[test]
    fn the_interval_is_that_of_the_normal_approximation() {
        // Each document has an F1 of 0.5 or 0.7: mean 0.6, deviation 0.1, so over 100 of them ±1.96 × 0.01.
        let documents = documents(100, |i| if i % 2 == 0 { 5 } else { 7 });
        let interval = interval(&documents, Counts::f1, 4000, 1).expect("defined");
        assert!((interval.low - 0.5804).abs() < 0.003, "{interval:?}");
        assert!((interval.high - 0.6196).abs() < 0.003, "{interval:?}");
        assert_eq!(
            super::interval(&documents, Counts::f1, 4000, 1),
            Some(interval)
        );
        assert_ne!(
            super::interval(&documents, Counts::f1, 4000, 2),
            Some(interval)
        );
    }

    #[test]
    fn intervals_without_data_are_none() {
        let one = Counts {
            tp: 1,
            fp: 0,
            fn_: 0,
        };
        for documents in [vec![], vec![one], vec![Counts::default(); 5]] {
            assert_eq!(
                interval(&documents, Counts::f1, 100, 0),
                None,
                "{documents:?}"
            );
        }
        assert_eq!(interval(&[one, one], Counts::f1, 0, 0), None);
        let sure = interval(&[one, one], Counts::f1, 100, 0).expect("defined");
        assert_eq!((sure.low, sure.high), (1.0, 1.0));
    }

    #[test]
    fn a_clear_difference_is_significant_and_none_is_not() {
        let (low, high) = (
            documents(30, |i| 4 + i as u64 % 3),
            documents(30, |i| 6 + i as u64 % 3),
        );
        let clear = randomisation(&low, &high, Counts::f1, 999, 1).expect("same documents");
        assert!((clear.difference - 0.2).abs() < 1e-9, "{clear:?}");
        assert!((clear.p_value - 0.001).abs() < 1e-12, "{clear:?}");
        let none = randomisation(&low, &low, Counts::f1, 999, 1).expect("same documents");
        assert_eq!((none.difference, none.p_value), (0.0, 1.0));
    }

    #[test]
    fn the_p_value_is_that_of_all_permutations() {
        // Two documents, both better by the second system: of the four swaps two reach the difference, so p is ½.
        let (low, high) = (documents(2, |_| 4), documents(2, |_| 6));
        let result = randomisation(&low, &high, Counts::f1, 9999, 3).expect("same documents");
        assert!((result.p_value - 0.5).abs() < 0.02, "{result:?}");
    }

    #[test]
    fn different_documents_are_an_error() {
        let some = documents(2, |_| 1);
        assert!(randomisation(&some, &some[..1], Counts::f1, 10, 0).is_err());
        assert!(randomisation(&[], &[], Counts::f1, 10, 0).is_err());
    }
}
