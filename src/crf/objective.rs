//! The regularised negative log-likelihood and its gradient.
//!
//! One evaluation passes over the data in five parallel steps, each writing every output element from one task in a fixed
//! order, so that the result has the same bits for any number of threads:
//!
//! 1. word rows: scores of each distinct word at each window offset, gathered from the weights;
//! 2. sentences: emissions gathered from the word rows, forward-backward, residuals p(y_t) − 1 at the gold label;
//! 3. word rows: residuals gathered from all positions of the word;
//! 4. columns: gradient gathered from the rows in which the column occurs;
//! 5. transitions, summed shard by shard.

use std::ops::Range;

use pulp::Arch;
use rayon::prelude::*;

use super::dataset::{Dataset, shifted};
use super::exponential::exp;
use super::lattice::{Factors, padded};
use super::registers::with_registers;
use super::rows::add_rows;
use super::sentences::{Sentences, ShardSums};
use super::state_weights::StateWeights;
use super::tasks::{GATHER, column_tasks, shards, split};
use super::vector::sum_chunks;

/// Penalties and costs that turn the likelihood into the training objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regularisation {
    /// Weight of Σ|θ|.
    pub c1: f64,
    /// Weight of Σθ², as CRFsuite defines it (no factor ½).
    pub c2: f64,
    /// Softmax-margin cost of predicting label 0 where the gold label is another (Gimpel and Smith 2010; used for recall on
    /// Arabic by Mohit et al. 2012). 0 is plain maximum likelihood.
    pub miss_cost: f64,
}

/// The smooth part of the training objective over one data set; the L1 part is the optimiser's.
///
/// A parameter x stands for the common weight of k merged attributes scaled by √k: θ = x/√k for each of them. In x the L2
/// penalty is c2·x² and the L1 penalty c1·√k·|x|, so the optimiser walks as it would over unmerged attributes.
#[derive(Debug)]
pub struct Objective<'a> {
    data: &'a Dataset,
    regularisation: Regularisation,
    stride: usize,
    /// Columns of each gather task: ranges with about equal work.
    column_tasks: Vec<Range<usize>>,
    /// Sentences of each forward-backward task, and what it adds up.
    shards: Vec<Range<usize>>,
    sums: Vec<ShardSums>,
    weights: StateWeights,
    /// Scores of word rows: rows × stride.
    word_scores: Vec<f32>,
    /// Residuals of word rows, then of tokens: rows × stride, in the numbering of the columns' rows. Single precision: they
    /// only go into the gradient, and reading them is what an evaluation waits for.
    residuals: Vec<f32>,
    /// The residuals of label 0 once more, one a row: all that most columns read.
    residuals_of_first: Vec<f32>,
    factors: Factors,
    /// Occurrences of each label pair, weighted: labels × labels.
    observed: Vec<f64>,
    /// The vector registers of this machine.
    arch: Arch,
}

impl<'a> Objective<'a> {
    /// Prepares evaluation buffers: (words × offsets × 2 + tokens) × labels floats and the weights.
    pub fn new(data: &'a Dataset, regularisation: Regularisation) -> Self {
        let n = data.n_labels;
        let stride = padded(n);
        let mut start = vec![0.0; stride];
        let mut end = vec![0.0; stride];
        for l in 0..n {
            start[l] = f64::from(u8::from(data.grammar.starts(l)));
            end[l] = f64::from(u8::from(data.grammar.ends(l)));
        }
        let mut observed = vec![0.0; n * n];
        for (bounds, weight) in data.sentences.windows(2).zip(&data.sentence_weights) {
            let gold = &data.gold[bounds[0] as usize..bounds[1] as usize];
            for pair in gold.windows(2) {
                observed[usize::from(pair[0]) * n + usize::from(pair[1])] += weight;
            }
        }
        let shards = shards(&data.sentences);
        let n_rows = data.n_word_rows() + data.n_tokens();
        Self {
            data,
            regularisation,
            stride,
            column_tasks: column_tasks(&data.columns),
            sums: shards.iter().map(|_| ShardSums::default()).collect(),
            shards,
            weights: StateWeights::new(&data.columns, stride),
            word_scores: vec![0.0; data.n_word_rows() * stride],
            residuals: vec![0.0; n_rows * stride],
            residuals_of_first: vec![0.0; n_rows],
            factors: Factors {
                stride,
                forward: vec![0.0; stride * stride],
                backward: vec![0.0; stride * stride],
                start,
                end,
            },
            observed,
            arch: Arch::new(),
        }
    }

    /// Number of parameters.
    pub fn dimension(&self) -> usize {
        self.data.n_parameters()
    }

    /// The L1 weight of parameter x: c1·√k for a column's parameters, c1 for transitions.
    pub fn l1_weights(&self) -> Vec<f64> {
        let mut weights = Vec::with_capacity(self.dimension());
        for (c, scale) in self.weights.scales().iter().enumerate() {
            let labels = self.data.columns.labels.row(c).len();
            weights.extend(std::iter::repeat_n(self.regularisation.c1 * scale, labels));
        }
        weights.resize(self.dimension(), self.regularisation.c1);
        weights
    }

    /// Value and gradient at `x`; both `x` and `gradient` have [`Objective::dimension`] elements.
    pub fn evaluate(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let n_state = self.data.n_state_parameters();
        let (state, transitions) = x.split_at(n_state);
        self.set_factors(transitions);
        self.weights.set(&self.data.columns, state);
        self.score_words();
        let mut loss = self.run_sentences(transitions, &mut gradient[n_state..]);
        self.gather_words();
        self.gather_columns(state, &mut gradient[..n_state]);
        let c2 = self.regularisation.c2;
        if c2 > 0.0 {
            loss += c2 * sum_chunks(x.len(), |r| x[r].iter().map(|v| v * v).sum());
            for (g, v) in gradient[n_state..].iter_mut().zip(transitions) {
                *g += 2.0 * c2 * v;
            }
        }
        loss
    }

    fn set_factors(&mut self, transitions: &[f64]) {
        let n = self.stride;
        let grammar = &self.data.grammar;
        for i in 0..self.data.n_labels {
            for j in 0..self.data.n_labels {
                self.factors.forward[i * n + j] = f64::from(u8::from(grammar.follows(i, j)));
            }
        }
        for (&(i, j), &w) in self.data.transitions.iter().zip(transitions) {
            self.factors.forward[i as usize * n + j as usize] = exp(w);
        }
        for i in 0..n {
            for j in 0..n {
                self.factors.backward[j * n + i] = self.factors.forward[i * n + j];
            }
        }
    }

    /// Step 1.
    fn score_words(&mut self) {
        let (data, weights, arch, stride) = (self.data, &self.weights, self.arch, self.stride);
        self.word_scores
            .par_chunks_mut(GATHER * stride)
            .enumerate()
            .for_each(|(chunk, rows)| {
                with_registers(
                    arch,
                    #[inline(always)]
                    || score_rows(data, weights, chunk * GATHER, rows),
                );
            });
    }

    /// Step 2. Returns the loss without penalties and writes the gradient of the transitions.
    fn run_sentences(&mut self, transitions: &[f64], gradient: &mut [f64]) -> f64 {
        let (data, stride, arch) = (self.data, self.stride, self.arch);
        let sentences = Sentences {
            data,
            weights: &self.weights,
            word_scores: &self.word_scores,
            factors: &self.factors,
            transitions: &dense_transitions(data, transitions),
            miss_cost: self.regularisation.miss_cost,
        };
        let n_word_rows = data.n_word_rows();
        let tokens = |shard: &Range<usize>| {
            (data.sentences[shard.end] - data.sentences[shard.start]) as usize
        };
        let rows = split(
            &mut self.residuals[n_word_rows * stride..],
            self.shards.iter().map(|s| tokens(s) * stride),
        );
        let firsts = split(
            &mut self.residuals_of_first[n_word_rows..],
            self.shards.iter().map(tokens),
        );
        let losses: Vec<f64> = (self.shards.par_iter(), rows, firsts, &mut self.sums)
            .into_par_iter()
            .map(|(shard, rows, firsts, sums)| {
                with_registers(
                    arch,
                    #[inline(always)]
                    || sentences.run(shard.clone(), rows, firsts, sums),
                )
            })
            .collect();
        for (g, &(i, j)) in gradient.iter_mut().zip(&data.transitions) {
            let (i, j) = (usize::from(i), usize::from(j));
            let pair: f64 = self.sums.iter().map(|s| s.pairs[i * stride + j]).sum();
            *g = pair * self.factors.forward[i * stride + j] - self.observed[i * data.n_labels + j];
        }
        losses.iter().sum()
    }

    /// Step 3.
    fn gather_words(&mut self) {
        let (data, stride, arch) = (self.data, self.stride, self.arch);
        let n_word_rows = data.n_word_rows();
        if n_word_rows == 0 {
            return;
        }
        let (words, tokens) = self.residuals.split_at_mut(n_word_rows * stride);
        let tokens = &*tokens;
        let rows_each = GATHER / 4 * data.n_slots;
        words
            .par_chunks_mut(rows_each * stride)
            .zip(self.residuals_of_first[..n_word_rows].par_chunks_mut(rows_each))
            .enumerate()
            .for_each(|(chunk, (rows, firsts))| {
                with_registers(
                    arch,
                    #[inline(always)]
                    || gather_rows(data, tokens, chunk * rows_each, rows, firsts),
                );
            });
    }

    /// Step 4.
    fn gather_columns(&self, state: &[f64], gradient: &mut [f64]) {
        let labels = &self.data.columns.labels;
        let parameters = |run: &Range<usize>| labels.start(run.start)..labels.start(run.end);
        let lengths = self.column_tasks.iter().map(|run| parameters(run).len());
        let pieces = split(gradient, lengths);
        self.column_tasks
            .par_iter()
            .zip(pieces)
            .for_each(|(run, gradient)| {
                with_registers(
                    self.arch,
                    #[inline(always)]
                    || self.gather_run(run.clone(), &state[parameters(run)], gradient),
                );
            });
    }

    /// The gradient of a run of columns, class by class.
    #[inline(always)]
    fn gather_run(&self, run: Range<usize>, state: &[f64], gradient: &mut [f64]) {
        let (columns, stride, residuals) = (&self.data.columns, self.stride, &self.residuals);
        let twice_c2 = 2.0 * self.regularisation.c2;
        let class = |from: usize, to: usize| run.start.clamp(from, to)..run.end.clamp(from, to);
        let mut parameters = gradient.iter_mut().zip(state);

        let mut sums = vec![0.0; stride];
        for c in class(0, columns.n_wide) {
            let rows = columns.rows.row(c).iter().map(|&r| {
                let r = r as usize;
                &residuals[r * stride..(r + 1) * stride]
            });
            sums.fill(0.0);
            add_rows(rows, &mut sums);
            let scale = self.weights.scale(c);
            for (&l, (g, x)) in columns.labels.row(c).iter().zip(&mut parameters) {
                *g = scale * sums[usize::from(l)] + twice_c2 * x;
            }
        }
        for (c, (g, x)) in class(columns.n_wide, columns.first_mixed).zip(&mut parameters) {
            let rows = columns.rows.row(c).iter();
            let sum: f64 = rows
                .map(|&r| f64::from(self.residuals_of_first[r as usize]))
                .sum();
            *g = self.weights.scale(c) * sum + twice_c2 * x;
        }
        for c in class(columns.first_mixed, columns.rows.len()) {
            let (rows, scale) = (columns.rows.row(c), self.weights.scale(c));
            for (&l, (g, x)) in columns.labels.row(c).iter().zip(&mut parameters) {
                let sum: f64 = rows
                    .iter()
                    .map(|&r| f64::from(residuals[r as usize * stride + usize::from(l)]))
                    .sum();
                *g = scale * sum + twice_c2 * x;
            }
        }
    }
}

/// Scores of the word rows from `first` on.
#[inline(always)]
fn score_rows(data: &Dataset, weights: &StateWeights, first: usize, rows: &mut [f32]) {
    let stride = padded(data.n_labels);
    let mut sums = vec![0.0; stride];
    for (row, out) in (first..).zip(rows.chunks_exact_mut(stride)) {
        sums.fill(0.0);
        weights.add(&data.columns, data.row_columns.row(row), &mut sums);
        round(&sums, out);
    }
}

/// Residuals of the word rows from `first` on, whole rows and those of label 0, from those of the tokens. A word's rows are
/// adjacent, and so are the residuals around one of its positions.
#[inline(always)]
fn gather_rows(data: &Dataset, tokens: &[f32], first: usize, rows: &mut [f32], firsts: &mut [f32]) {
    let stride = padded(data.n_labels);
    let mut sums = vec![0.0; stride];
    for (row, (out, first)) in (first..).zip(rows.chunks_exact_mut(stride).zip(firsts)) {
        let offset = data.first_offset + (row % data.n_slots) as i32;
        let positions = data.positions.row(row / data.n_slots);
        let seen_from = positions.iter().filter_map(|&position| {
            let position = position as usize;
            let t = shifted(position, -offset, data.room[position])?;
            Some(&tokens[t * stride..(t + 1) * stride])
        });
        sums.fill(0.0);
        add_rows(seen_from, &mut sums);
        round(&sums, out);
        *first = out[0];
    }
}

/// Writes a row in single precision.
#[inline(always)]
fn round(row: &[f64], out: &mut [f32]) {
    for (out, &x) in out.iter_mut().zip(row) {
        *out = x as f32;
    }
}

fn dense_transitions(data: &Dataset, transitions: &[f64]) -> Vec<f64> {
    let mut dense = vec![0.0; data.n_labels * data.n_labels];
    for (&(i, j), &w) in data.transitions.iter().zip(transitions) {
        dense[i as usize * data.n_labels + j as usize] = w;
    }
    dense
}

#[cfg(test)]
mod tests {
    use super::super::dataset::LabelSpace;
    use super::super::grammar::Grammar;
    use super::super::testing::{Random, iob2, observations};
    use super::*;

    const PLAIN: Regularisation = Regularisation {
        c1: 0.0,
        c2: 0.3,
        miss_cost: 0.0,
    };

    fn random_point(n: usize, seed: u64) -> Vec<f64> {
        let mut random = Random(seed);
        (0..n).map(|_| random.signed()).collect()
    }

    #[test]
    fn gradient_agrees_with_finite_differences() {
        for (seed, space, grammar, miss_cost) in [
            (1, LabelSpace::Observed, iob2(), 0.0),
            (2, LabelSpace::All, iob2(), 0.0),
            (3, LabelSpace::All, Grammar::free(3), 0.7),
        ] {
            let data = Dataset::new(observations(seed, 9, 5), 0, space, grammar);
            let mut objective = Objective::new(&data, Regularisation { miss_cost, ..PLAIN });
            let n = objective.dimension();
            let x = random_point(n, seed);
            let mut gradient = vec![0.0; n];
            objective.evaluate(&x, &mut gradient);
            let mut scratch = vec![0.0; n];
            for i in 0..n {
                // Wide steps and the formula of fourth order: weights and word scores are rounded to single precision, which a
                // narrow step would magnify.
                let step = 1.0 / 128.0;
                let mut at = |steps: f64| {
                    let mut x = x.clone();
                    x[i] += steps * step;
                    objective.evaluate(&x, &mut scratch)
                };
                let near = at(1.0) - at(-1.0);
                let numeric = (8.0 * near - (at(2.0) - at(-2.0))) / (12.0 * step);
                assert!(
                    (numeric - gradient[i]).abs() < 2e-5 * (1.0 + numeric.abs()),
                    "seed {seed}, parameter {i}: {numeric} against {}",
                    gradient[i]
                );
            }
        }
    }

    /// At zero every legal path is equally likely, so the loss is the sum of log path counts.
    #[test]
    fn loss_at_zero_counts_the_legal_paths() {
        let observations = observations(4, 20, 6);
        let grammar = iob2();
        let expected: f64 = observations
            .sentences
            .windows(2)
            .zip(&observations.weights)
            .map(|(b, w)| {
                let paths = super::super::testing::all_paths(3, (b[1] - b[0]) as usize);
                let legal = paths.iter().filter(|p| grammar.accepts(p)).count();
                w * (legal as f64).ln()
            })
            .sum();
        let data = Dataset::new(observations, 0, LabelSpace::Observed, grammar);
        let mut objective = Objective::new(&data, PLAIN);
        let x = vec![0.0; objective.dimension()];
        let mut gradient = x.clone();
        let loss = objective.evaluate(&x, &mut gradient);
        assert!((loss - expected).abs() < 1e-10, "{loss} against {expected}");
    }

    #[test]
    fn same_bits_for_any_number_of_threads() {
        let run = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("a pool")
                .install(|| {
                    let data = Dataset::new(observations(5, 3000, 400), 0, LabelSpace::All, iob2());
                    let mut objective = Objective::new(&data, PLAIN);
                    let x = random_point(objective.dimension(), 6);
                    let mut gradient = vec![0.0; x.len()];
                    let loss = objective.evaluate(&x, &mut gradient).to_bits();
                    (
                        loss,
                        gradient.iter().map(|g| g.to_bits()).collect::<Vec<_>>(),
                    )
                })
        };
        let one = run(1);
        assert_eq!(one, run(2));
        assert_eq!(one, run(5));
    }
}
