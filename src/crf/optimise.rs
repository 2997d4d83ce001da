//! L-BFGS (Liu and Nocedal 1989) and, where there is an L1 penalty, OWL-QN (Andrew and Gao 2007).

use std::ops::ControlFlow;

use rayon::prelude::*;

use super::history::{History, Step};
use super::objective::Objective;
use super::vector::{CHUNK, dot, fill_with, norm, sum_chunks};

/// Settings of the optimiser.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Optimiser {
    /// Iterations at most.
    pub max_iterations: usize,
    /// Pairs of steps and gradient differences that are remembered (CRFsuite: 6).
    pub memory: usize,
    /// Stops when the objective fell by less than this share over `period` iterations.
    pub delta: f64,
    /// See `delta`.
    pub period: usize,
    /// Stops when the norm of the gradient is below this share of the norm of the weights.
    pub epsilon: f64,
}

impl Default for Optimiser {
    fn default() -> Self {
        Self {
            max_iterations: 200,
            memory: 6,
            delta: 1e-5,
            period: 10,
            epsilon: 1e-5,
        }
    }
}

/// State after one iteration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Iterations so far, from 1.
    pub iteration: usize,
    /// Objective with all penalties.
    pub loss: f64,
    /// Euclidean norm of the (pseudo-)gradient.
    pub gradient_norm: f64,
    /// Parameters that are not zero.
    pub active: usize,
    /// Evaluations of the objective so far.
    pub evaluations: usize,
}

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The objective or its gradient met the convergence test.
    Converged,
    /// `max_iterations` was reached.
    Iterations,
    /// No step along the search direction lowered the objective any more.
    NoProgress,
    /// The caller asked for it.
    Caller,
}

/// How training went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Why it ended.
    pub stop: Stop,
    /// The last state.
    pub last: Progress,
}

/// Sufficient decrease (Armijo), the customary constant.
const ARMIJO: f64 = 1e-4;
/// Curvature condition of the weak Wolfe test, the customary constant for quasi-Newton steps.
const CURVATURE: f64 = 0.9;
/// Share of the loss that may be rounding: emissions are sums of single-precision numbers.
const ROUNDING: f64 = 1e-9;
/// Trial steps of one line search.
const MAX_TRIALS: usize = 30;

impl Optimiser {
    /// Minimises the objective from `x`, which ends as the best point. `watch` sees every iteration and may end training.
    pub fn minimise(
        &self,
        objective: &mut Objective<'_>,
        x: &mut Vec<f64>,
        mut watch: impl FnMut(&Progress, &[f64]) -> ControlFlow<()>,
    ) -> Summary {
        let n = x.len();
        let l1 = objective.l1_weights();
        let l1 = l1.iter().any(|&c| c > 0.0).then_some(l1);
        let mut gradient = vec![0.0; n];
        let mut loss = objective.evaluate(x, &mut gradient) + penalty(l1.as_deref(), x);
        let mut evaluations = 1;
        // Without L1 the gradient itself is the steepest way up.
        let mut pseudo = l1.as_ref().map(|_| vec![0.0; n]);
        pseudo_gradient(l1.as_deref(), x, &gradient, pseudo.as_deref_mut());
        let mut history = History::new(self.memory.max(1));
        let mut losses = vec![loss];
        let mut direction = vec![0.0; n];
        let mut trial = vec![0.0; n];
        let mut trial_gradient = vec![0.0; n];
        let mut last = Progress {
            iteration: 0,
            loss,
            gradient_norm: norm(pseudo.as_deref().unwrap_or(&gradient)),
            active: count_active(x),
            evaluations,
        };
        if n == 0 || last.gradient_norm <= self.epsilon * norm(x).max(1.0) {
            let stop = Stop::Converged;
            return Summary { stop, last };
        }
        for iteration in 1..=self.max_iterations {
            let steepest = pseudo.as_deref().unwrap_or(&gradient);
            history.direction(steepest, &mut direction);
            if l1.is_some() {
                // A component that would climb is not followed.
                let d = &mut direction;
                d.par_iter_mut().zip(steepest).for_each(|(d, g)| {
                    if *d * g >= 0.0 {
                        *d = 0.0;
                    }
                });
            }
            let mut slope = dot(&direction, steepest);
            if slope >= 0.0 {
                history.clear();
                fill_with(&mut direction, |i| -steepest[i]);
                slope = dot(&direction, steepest);
            }
            let first = if history.is_empty() {
                1.0 / norm(&direction)
            } else {
                1.0
            };
            let found = search(
                objective,
                l1.as_deref(),
                (x, loss, slope),
                (&direction, steepest, first),
                (&mut trial, &mut trial_gradient),
                &mut evaluations,
            );
            let Some(new_loss) = found else {
                if history.is_empty() {
                    let stop = Stop::NoProgress;
                    return Summary { stop, last };
                }
                // The curvature model may be at fault: once more along the gradient.
                history.clear();
                continue;
            };
            pseudo_gradient(
                l1.as_deref(),
                &trial,
                &trial_gradient,
                pseudo.as_deref_mut(),
            );
            let steepest = pseudo.as_deref().unwrap_or(&trial_gradient);
            history.push(Step {
                x,
                new_x: &trial,
                gradient: &gradient,
                new_gradient: &trial_gradient,
                steepest,
            });
            std::mem::swap(x, &mut trial);
            std::mem::swap(&mut gradient, &mut trial_gradient);
            loss = new_loss;
            losses.push(loss);
            let steepest = pseudo.as_deref().unwrap_or(&gradient);
            last = Progress {
                iteration,
                loss,
                gradient_norm: norm(steepest),
                active: count_active(x),
                evaluations,
            };
            if watch(&last, x).is_break() {
                let stop = Stop::Caller;
                return Summary { stop, last };
            }
            let flat = losses.len() > self.period && {
                let before = losses[losses.len() - 1 - self.period];
                (before - loss) <= self.delta * loss.abs()
            };
            if flat || last.gradient_norm <= self.epsilon * norm(x).max(1.0) {
                let stop = Stop::Converged;
                return Summary { stop, last };
            }
        }
        let stop = Stop::Iterations;
        Summary { stop, last }
    }
}

/// Bisection between a step that is too short (weak Wolfe) and one that is too long (Armijo); with L1, backtracking along
/// the path projected onto the current orthant. Returns the new loss, with the point and its gradient in the buffers.
fn search(
    objective: &mut Objective<'_>,
    l1: Option<&[f64]>,
    (x, loss, slope): (&[f64], f64, f64),
    (direction, steepest, first): (&[f64], &[f64], f64),
    (trial, trial_gradient): (&mut Vec<f64>, &mut Vec<f64>),
    evaluations: &mut usize,
) -> Option<f64> {
    let (mut short, mut long) = (0.0, f64::INFINITY);
    let mut step = first;
    for _ in 0..MAX_TRIALS {
        match l1 {
            None => fill_with(trial, |i| x[i] + step * direction[i]),
            Some(_) => fill_with(trial, |i| {
                let orthant = if x[i] == 0.0 { -steepest[i] } else { x[i] };
                let moved = x[i] + step * direction[i];
                if moved * orthant > 0.0 { moved } else { 0.0 }
            }),
        }
        let new_loss = objective.evaluate(trial, trial_gradient) + penalty(l1, trial);
        *evaluations += 1;
        let expected = if l1.is_some() {
            sum_chunks(x.len(), |r| {
                r.map(|i| steepest[i] * (trial[i] - x[i])).sum()
            })
        } else {
            step * slope
        };
        let new_slope = l1.is_none().then(|| dot(direction, trial_gradient));
        // Within rounding the loss says nothing any more; the slope still does (Hager and Zhang 2005, approximate Wolfe).
        let level = new_loss <= loss + ROUNDING * loss.abs()
            && new_slope.is_none_or(|new| new <= (2.0 * ARMIJO - 1.0) * slope);
        if !new_loss.is_finite() || new_loss > loss + ARMIJO * expected && !level {
            long = step;
        } else if new_slope.is_some_and(|new| new < CURVATURE * slope) {
            short = step;
        } else {
            return Some(new_loss);
        }
        step = if long.is_finite() {
            f64::midpoint(short, long)
        } else {
            2.0 * short
        };
    }
    None
}

fn penalty(l1: Option<&[f64]>, x: &[f64]) -> f64 {
    l1.map_or(0.0, |c| {
        sum_chunks(x.len(), |r| r.map(|i| c[i] * x[i].abs()).sum())
    })
}

fn count_active(x: &[f64]) -> usize {
    x.par_chunks(CHUNK)
        .map(|c| c.iter().filter(|&&v| v != 0.0).count())
        .sum()
}

/// Writes the element of smallest norm among the subgradients of f + Σ c|x|, where there is an L1 penalty.
fn pseudo_gradient(l1: Option<&[f64]>, x: &[f64], gradient: &[f64], out: Option<&mut [f64]>) {
    let (Some(c), Some(out)) = (l1, out) else {
        return;
    };
    fill_with(out, |i| {
        let (x, g, c) = (x[i], gradient[i], c[i]);
        if x > 0.0 {
            g + c
        } else if x < 0.0 {
            g - c
        } else if g + c < 0.0 {
            g + c
        } else if g - c > 0.0 {
            g - c
        } else {
            0.0
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::dataset::{Dataset, LabelSpace};
    use super::super::objective::Regularisation;
    use super::super::testing::{iob2, observations};
    use super::*;

    fn train(c1: f64, c2: f64, memory: usize) -> (Summary, Vec<f64>) {
        let data = Dataset::new(observations(7, 200, 30), 0, LabelSpace::All, iob2());
        let mut objective = Objective::new(
            &data,
            Regularisation {
                c1,
                c2,
                miss_cost: 0.0,
            },
        );
        let mut x = vec![0.0; objective.dimension()];
        let optimiser = Optimiser {
            max_iterations: 2000,
            memory,
            delta: 1e-12,
            epsilon: 1e-7,
            ..Optimiser::default()
        };
        let summary = optimiser.minimise(&mut objective, &mut x, |_, _| ControlFlow::Continue(()));
        (summary, x)
    }

    #[test]
    fn lbfgs_reaches_a_stationary_point_whatever_its_memory() {
        let (a, _) = train(0.0, 0.5, 3);
        let (b, _) = train(0.0, 0.5, 10);
        // Emissions in single precision leave a gradient of some 10⁻⁴ in a loss of 420.
        assert!(a.last.gradient_norm < 1e-3, "{a:?}");
        assert!(
            (a.last.loss - b.last.loss).abs() < 1e-8 * a.last.loss,
            "{a:?} {b:?}"
        );
    }

    #[test]
    fn l1_leaves_few_parameters_and_meets_the_optimality_conditions() {
        let (sparse, x) = train(1.0, 0.1, 6);
        let (dense, _) = train(0.0, 0.1, 6);
        assert!(
            sparse.last.active < dense.last.active / 2,
            "{sparse:?} {dense:?}"
        );
        assert_eq!(sparse.last.active, x.iter().filter(|&&v| v != 0.0).count());
        assert!(sparse.last.gradient_norm < 1e-3, "{sparse:?}");
    }
}
