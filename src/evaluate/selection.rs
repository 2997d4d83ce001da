//! How far the best of many systems may be the best by chance.

use super::Counts;
use super::bootstrap::{Score, Significance};
use crate::error::{Error, Result};
use crate::random::SplitMix64;

/// A system beside the one that all are compared with, measured on the same units under the same conditions.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// Counts of the common rival in each unit.
    pub base: &'a [Counts],
    /// Counts of the system.
    pub system: &'a [Counts],
}

/// Approximate randomisation of the `best` of several systems against a common rival, corrected for its having been picked.
///
/// Each shuffle swaps, in every unit with probability ½, *all* systems with the rival. A difference has the p-value of its rank
/// among all shuffles of the same system, and the result's is the share of shuffles in which *some* system has one as low as
/// the real one of the best: the minimal p-values of Westfall & Young (*Resampling-Based Multiple Testing*, 1993). Unlike a
/// division of the level by the number of systems, this knows that systems which err in the same places are hardly more than
/// one; and unlike the largest difference, it does not let one erratic system hide the steady gain of another. With one system
/// it is the one-sided [`randomisation`](super::bootstrap::randomisation). Undefined scores count as 0.
///
/// # Errors
/// When there is no such system, or counts are not of the same number of units, one at least.
pub fn selected(
    pairs: &[Pair<'_>],
    best: usize,
    score: Score,
    n_shuffles: usize,
    seed: u64,
) -> Result<Significance> {
    let n_units = pairs.get(best).map_or(0, |pair| pair.base.len());
    let is_aligned = |pair: &Pair<'_>| pair.base.len() == n_units && pair.system.len() == n_units;
    if n_units == 0 || !pairs.iter().all(is_aligned) {
        return Err(
            Error::new("the systems were not measured on the same units")
                .expected("the counts of each in the same units, one at least"),
        );
    }
    let difference = |pair: &Pair<'_>, is_swapped: &[bool]| {
        let (mut base, mut system) = (Counts::default(), Counts::default());
        for ((x, y), &swap) in pair.base.iter().zip(pair.system).zip(is_swapped) {
            let (x, y) = if swap { (y, x) } else { (x, y) };
            base.merge(x);
            system.merge(y);
        }
        score(&system).unwrap_or(0.0) - score(&base).unwrap_or(0.0)
    };
    // Differences of each pair: the real one, then those of the shuffles.
    let mut differences = vec![Vec::with_capacity(n_shuffles + 1); pairs.len()];
    let mut is_swapped = vec![false; n_units];
    let mut random = SplitMix64::new(seed);
    for _ in 0..=n_shuffles {
        for (pair, differences) in pairs.iter().zip(&mut differences) {
            differences.push(difference(pair, &is_swapped));
        }
        is_swapped.fill_with(|| random.coin());
    }
    // How many shuffles reach each difference, at least of the pairs.
    let mut lowest = vec![usize::MAX; n_shuffles + 1];
    let mut of_best = usize::MAX;
    for (i, differences) in differences.iter().enumerate() {
        let mut sorted = differences.clone();
        sorted.sort_by(f64::total_cmp);
        for (lowest, d) in lowest.iter_mut().zip(differences) {
            // The margin keeps a difference that is equal but for rounding from counting as smaller.
            let n_below = sorted.partition_point(|other| *other < d - 1e-12);
            *lowest = (*lowest).min(sorted.len() - n_below);
        }
        if i == best {
            let real = differences[0];
            of_best = sorted.len() - sorted.partition_point(|other| *other < real - 1e-12);
        }
    }
    let n_as_low = lowest.iter().filter(|&&n| n <= of_best).count();
    Ok(Significance {
        difference: differences[best][0],
        p_value: n_as_low as f64 / (n_shuffles + 1) as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units with ten gold entities each, of which so many are found.
    fn units(found: impl IntoIterator<Item = u64>) -> Vec<Counts> {
        let counts = |tp| Counts {
            tp,
            fp: 10 - tp,
            fn_: 10 - tp,
        };
        found.into_iter().map(counts).collect()
    }

    #[test]
    fn one_system_has_the_one_sided_p_value_of_all_permutations() {
        // Better in both of two units: of the four swaps only one reaches the difference.
        let (base, system) = (units([4, 4]), units([6, 6]));
        let pair = Pair {
            base: &base,
            system: &system,
        };
        let result = selected(&[pair], 0, Counts::f1, 9999, 1).expect("aligned");
        assert!((result.difference - 0.2).abs() < 1e-9, "{result:?}");
        assert!((result.p_value - 0.25).abs() < 0.02, "{result:?}");
    }

    #[test]
    fn the_best_of_many_noisy_systems_is_not_significant_and_of_one_kind_is_as_one() {
        let mut random = SplitMix64::new(5);
        let base = units(vec![5; 40]);
        let noisy: Vec<Vec<Counts>> = (0..40)
            .map(|_| units((0..40).map(|_| 4 + random.below(3) as u64)))
            .collect();
        let tp = |units: &[Counts]| units.iter().map(|c| c.tp).sum::<u64>();
        let best = (0..40).max_by_key(|&i| tp(&noisy[i])).expect("some");
        let pair = |system| Pair {
            base: &base,
            system,
        };
        let all: Vec<Pair<'_>> = noisy.iter().map(|n| pair(n)).collect();
        let p = |pairs: &[Pair<'_>], best| {
            let result = selected(pairs, best, Counts::f1, 999, 1).expect("aligned");
            result.p_value
        };
        let (alone, among_all) = (p(&all[best..=best], 0), p(&all, best));
        assert!(alone < 0.05, "picked, it looks significant alone: {alone}");
        assert!(among_all > 0.2, "and is not among 40: {among_all}");
        let copies = vec![all[best]; 40];
        assert_eq!(p(&copies, 7), alone, "forty copies are one system");
    }

    #[test]
    fn an_erratic_system_does_not_hide_a_steady_gain() {
        let base = units(vec![5; 30]);
        let steady = units((0..30).map(|i| 5 + i % 2));
        let erratic = units((0..30).map(|i| 10 * (i % 2)));
        let pair = |system| Pair {
            base: &base,
            system,
        };
        let result = selected(&[pair(&steady), pair(&erratic)], 0, Counts::f1, 1999, 1);
        let p_value = result.expect("aligned").p_value;
        assert!(p_value < 0.005, "{p_value}");
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        let (two, three) = (units([1, 2]), units([1, 2, 3]));
        let pair = |base, system| Pair { base, system };
        for (pairs, best) in [
            (vec![], 0),
            (vec![pair(&two[..], &two[..])], 1),
            (vec![pair(&two[..], &three[..])], 0),
            (vec![pair(&two[..], &two[..]), pair(&three, &three)], 0),
            (vec![pair(&two[..0], &two[..0])], 0),
        ] {
            assert!(
                selected(&pairs, best, Counts::f1, 9, 0).is_err(),
                "{pairs:?}"
            );
        }
    }
}
