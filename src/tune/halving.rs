//! Successive halving: many candidates with few iterations, few with many.

use crate::error::Result;

/// Rungs at most: with four, the first one trains for an eighth of the iterations. With fewer still, the order of trials says
/// more of how fast they learn than of how well.
const MAX_RUNGS: usize = 4;

/// How long trials are trained, and how many of them.
///
/// The inner loop of Hyperband (Jamieson & Talwalkar, AISTATS 2016; Li et al., JMLR 2018) with a rate of two: each rung
/// doubles the iterations and keeps the better half. Trial 0, which the others are compared with, is in every rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    n_trials: usize,
    iterations: Vec<usize>,
}

impl Schedule {
    /// A schedule for so many trials, of which the last are trained for `max_iterations`.
    pub fn new(n_trials: usize, max_iterations: usize) -> Self {
        let n_others = n_trials.saturating_sub(1).max(1);
        let n_halvings = n_others.next_power_of_two().ilog2() as usize;
        let n_rungs = (1 + n_halvings).min(MAX_RUNGS);
        let mut iterations: Vec<usize> = (0..n_rungs)
            .rev()
            .map(|halvings| (max_iterations >> halvings).max(1))
            .collect();
        iterations.dedup();
        Self {
            n_trials,
            iterations,
        }
    }

    /// Iterations of each rung, ascending; one rung at least.
    pub fn iterations(&self) -> &[usize] {
        &self.iterations
    }

    /// Runs the rungs. `measure` is given the number of a rung and its trials in ascending order, and gives the score of each;
    /// `merit` is what of a score is compared. Of equally good trials the earlier is kept.
    ///
    /// # Errors
    /// The first of `measure`.
    pub fn run<S>(
        &self,
        mut measure: impl FnMut(usize, &[usize]) -> Result<Vec<S>>,
        merit: impl Fn(&S) -> f64,
    ) -> Result<Vec<Rung<S>>> {
        let mut trials: Vec<usize> = (0..self.n_trials).collect();
        let mut rungs = Vec::new();
        for (number, &iterations) in self.iterations.iter().enumerate() {
            let scores = measure(number, &trials)?;
            let mut ranked: Vec<(usize, S)> = trials.into_iter().zip(scores).collect();
            ranked.sort_by(|(_, a), (_, b)| merit(b).total_cmp(&merit(a)));
            let others = ranked.iter().map(|(trial, _)| *trial).filter(|&t| t != 0);
            let n_kept = ranked.len().saturating_sub(1).div_ceil(2);
            trials = std::iter::once(0).chain(others.take(n_kept)).collect();
            trials.sort_unstable();
            rungs.push(Rung { iterations, ranked });
        }
        Ok(rungs)
    }
}

/// What one rung found.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung<S> {
    /// Iterations that its trials were trained for at most.
    pub iterations: usize,
    /// Trials and their scores, the best first.
    pub ranked: Vec<(usize, S)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn rungs_double_the_iterations() {
        for (n_trials, max_iterations, expected) in [
            (16, 150, vec![18, 37, 75, 150]),
            (100, 80, vec![10, 20, 40, 80]),
            (4, 150, vec![37, 75, 150]),
            (3, 150, vec![75, 150]),
            (2, 150, vec![150]),
            (1, 150, vec![150]),
            (16, 3, vec![1, 3]),
            (16, 1, vec![1]),
        ] {
            let schedule = Schedule::new(n_trials, max_iterations);
            assert_eq!(
                schedule.iterations(),
                expected,
                "{n_trials} trials, {max_iterations} iterations"
            );
        }
    }

    /// Runs a fake measurement, and gives the trials of each rung with the rungs.
    fn run(n: usize, score: impl Fn(usize, usize) -> f64) -> (Vec<Vec<usize>>, Vec<Rung<f64>>) {
        let mut measured = Vec::new();
        let measure = |rung: usize, trials: &[usize]| {
            measured.push(trials.to_vec());
            Ok(trials.iter().map(|&t| score(rung, t)).collect())
        };
        let rungs = Schedule::new(n, 80).run(measure, |s| *s).expect("measures");
        (measured, rungs)
    }

    #[test]
    fn the_better_half_goes_on_and_the_start_always_does() {
        // The later the better, and the start is the worst.
        let (measured, rungs) = run(9, |_, trial| trial as f64);
        assert_eq!(
            measured,
            [
                vec![0, 1, 2, 3, 4, 5, 6, 7, 8],
                vec![0, 5, 6, 7, 8],
                vec![0, 7, 8],
                vec![0, 8]
            ]
        );
        let iterations: Vec<usize> = rungs.iter().map(|r| r.iterations).collect();
        assert_eq!(iterations, [10, 20, 40, 80]);
        assert_eq!(rungs[3].ranked, [(8, 8.0), (0, 0.0)]);
        assert_eq!(rungs[0].ranked[0], (8, 8.0), "ranked, best first");
    }

    #[test]
    fn a_good_start_takes_no_place_from_the_others() {
        let (measured, rungs) = run(9, |_, trial| if trial == 0 { 1.0 } else { 0.5 });
        assert_eq!(measured[1], [0, 1, 2, 3, 4], "of equals the earlier stay");
        assert_eq!(rungs[3].ranked, [(0, 1.0), (1, 0.5)]);
    }

    #[test]
    fn each_rung_ranks_anew() {
        // Trial 3 leads early and is overtaken by trial 1.
        let early = [0.0, 0.3, 0.2, 0.9, 0.1];
        let late = [0.0, 0.8, 0.7, 0.5, 0.1];
        let (measured, rungs) = run(5, |rung, t| if rung == 0 { early[t] } else { late[t] });
        assert_eq!(measured, [vec![0, 1, 2, 3, 4], vec![0, 1, 3], vec![0, 1]]);
        assert_eq!(rungs[2].ranked[0], (1, 0.8));
    }

    #[test]
    fn a_failed_measurement_ends_the_run() {
        let measure = |rung: usize, trials: &[usize]| match rung {
            0 => Ok(vec![0.0; trials.len()]),
            _ => Err(Error::new("no")),
        };
        assert!(Schedule::new(8, 80).run(measure, |s: &f64| *s).is_err());
    }
}
