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

use pulp::Arch;
use rayon::prelude::*;

use super::dataset::{Dataset, shifted};
use super::exponential::exp;
use super::lattice::{Factors, Workspace, forward_backward, padded};
use super::rows::add_rows;
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

/// Tokens a forward-backward task works on, about: fixed, so that sums have a fixed order.
const SHARD_TOKENS: usize = 1024;
/// Columns with at most so many labels read single residuals instead of whole rows.
const FEW_LABELS: usize = 4;
/// Rows or columns a gather task works on.
const GATHER: usize = 2048;

/// The smooth part of the training objective over one data set; the L1 part is the optimiser's.
///
/// A parameter x stands for the common weight of k merged attributes scaled by √k: θ = x/√k for each of them. In x the L2
/// penalty is c2·x² and the L1 penalty c1·√k·|x|, so the optimiser walks as it would over unmerged attributes.
#[derive(Debug)]
pub struct Objective<'a> {
    data: &'a Dataset,
    regularisation: Regularisation,
    stride: usize,
    /// √multiplicity of each column.
    column_scale: Vec<f64>,
    /// Columns of each gather task: ranges with about equal work.
    column_tasks: Vec<(u32, u32)>,
    /// Sentences of each forward-backward task.
    shards: Vec<(u32, u32)>,
    /// θ of each state parameter.
    weights: Vec<f64>,
    /// Scores of word rows: rows × stride.
    word_scores: Vec<f64>,
    /// Residuals of word rows, then of tokens: rows × stride, in the numbering of the columns' rows. Single precision: they
    /// only go into the gradient, and reading them is what an evaluation waits for.
    residuals: Vec<f32>,
    factors: Factors,
    workers: Vec<(Workspace, Vec<f64>)>,
    /// The vector registers of this machine.
    arch: Arch,
}

impl<'a> Objective<'a> {
    /// Prepares evaluation buffers: words × offsets × labels doubles, and (words × offsets + tokens) × labels floats.
    pub fn new(data: &'a Dataset, regularisation: Regularisation) -> Self {
        let stride = padded(data.n_labels);
        let n = data.n_labels;
        let mut start = vec![0.0; stride];
        let mut end = vec![0.0; stride];
        for l in 0..n {
            start[l] = f64::from(u8::from(data.grammar.starts(l)));
            end[l] = f64::from(u8::from(data.grammar.ends(l)));
        }
        let shards = shards(&data.sentences);
        Self {
            data,
            regularisation,
            stride,
            column_scale: data
                .multiplicity
                .iter()
                .map(|&k| f64::from(k).sqrt())
                .collect(),
            column_tasks: column_tasks(data),
            weights: vec![0.0; data.n_state_parameters()],
            word_scores: vec![0.0; data.n_word_rows() * stride],
            residuals: vec![0.0; (data.n_word_rows() + data.n_tokens()) * stride],
            factors: Factors {
                stride,
                forward: vec![0.0; stride * stride],
                backward: vec![0.0; stride * stride],
                start,
                end,
            },
            workers: shards
                .iter()
                .map(|_| (Workspace::default(), vec![0.0; stride * stride]))
                .collect(),
            shards,
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
        for (c, scale) in self.column_scale.iter().enumerate() {
            let labels = self.data.column_labels.row(c).len();
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
        self.set_weights(state);
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

    fn set_weights(&mut self, state: &[f64]) {
        let starts = |c: usize| self.data.column_labels.start(c);
        for (c, &scale) in self.column_scale.iter().enumerate() {
            for p in starts(c)..starts(c + 1) {
                self.weights[p] = scale * state[p];
            }
        }
    }

    /// Step 1.
    fn score_words(&mut self) {
        let (data, stride) = (self.data, self.stride);
        let (weights, arch) = (&self.weights, self.arch);
        self.word_scores
            .par_chunks_mut(GATHER * stride)
            .enumerate()
            .for_each(|(chunk, scores)| {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        for (i, row) in scores.chunks_exact_mut(stride).enumerate() {
                            row.fill(0.0);
                            add_columns(data, weights, chunk * GATHER + i, row);
                        }
                    },
                );
            });
    }

    /// Step 2. Returns the loss without penalties and writes the gradient of the transitions.
    fn run_sentences(&mut self, transitions: &[f64], gradient: &mut [f64]) -> f64 {
        let (data, stride) = (self.data, self.stride);
        let (weights, factors, arch) = (&self.weights, &self.factors, self.arch);
        let word_scores = &self.word_scores;
        let miss_cost = self.regularisation.miss_cost;
        let transition_weight = dense_transitions(data, transitions);

        let mut slices = Vec::with_capacity(self.shards.len());
        let mut rest = &mut self.residuals[data.n_word_rows() * stride..];
        for &(first, last) in &self.shards {
            let tokens = (data.sentences[last as usize] - data.sentences[first as usize]) as usize;
            let (slice, after) = rest.split_at_mut(tokens * stride);
            slices.push(slice);
            rest = after;
        }
        let losses: Vec<f64> = self
            .shards
            .par_iter()
            .zip(slices)
            .zip(self.workers.par_iter_mut())
            .map(|((&(first, last), rows), (workspace, pairs))| {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        pairs.fill(0.0);
                        let base = data.sentences[first as usize] as usize;
                        let mut sentence_pairs = vec![0.0; stride * stride];
                        let sentence = &data.sentences[first as usize..=last as usize];
                        let longest = sentence.windows(2).map(|b| b[1] - b[0]).max();
                        let mut scores = vec![0.0; longest.unwrap_or(0) as usize * stride];
                        let mut loss = 0.0;
                        for s in first as usize..last as usize {
                            let (from, to) =
                                (data.sentences[s] as usize, data.sentences[s + 1] as usize);
                            let weight = data.sentence_weights[s];
                            let scores = &mut scores[..(to - from) * stride];
                            let mut gold_score = 0.0;
                            for (t, row) in (from..to).zip(scores.chunks_exact_mut(stride)) {
                                emission(data, weights, word_scores, t, row);
                                let gold = data.gold[t] as usize;
                                gold_score += row[gold];
                                if t > from {
                                    let previous = data.gold[t - 1] as usize;
                                    gold_score +=
                                        transition_weight[previous * data.n_labels + gold];
                                }
                                if gold != 0 {
                                    row[0] += miss_cost;
                                }
                            }
                            sentence_pairs.fill(0.0);
                            let log_z = forward_backward(
                                factors,
                                data.n_labels,
                                scores,
                                &mut sentence_pairs,
                                workspace,
                            );
                            loss += weight * (log_z - gold_score);
                            let residuals = &mut rows[(from - base) * stride..(to - base) * stride];
                            for (t, (residual, p)) in (from..to).zip(
                                residuals
                                    .chunks_exact_mut(stride)
                                    .zip(scores.chunks_exact_mut(stride)),
                            ) {
                                p[data.gold[t] as usize] -= 1.0;
                                for (r, p) in residual.iter_mut().zip(p) {
                                    *r = (weight * *p) as f32;
                                }
                            }
                            for (p, q) in pairs.iter_mut().zip(&sentence_pairs) {
                                *p += weight * q;
                            }
                        }
                        loss
                    },
                )
            })
            .collect();

        let mut observed = vec![0.0; data.n_labels * data.n_labels];
        for (s, bounds) in data.sentences.windows(2).enumerate() {
            for t in bounds[0] as usize + 1..bounds[1] as usize {
                observed[data.gold[t - 1] as usize * data.n_labels + data.gold[t] as usize] +=
                    data.sentence_weights[s];
            }
        }
        for (g, &(i, j)) in gradient.iter_mut().zip(&data.transitions) {
            let (i, j) = (i as usize, j as usize);
            let pair: f64 = self.workers.iter().map(|(_, p)| p[i * stride + j]).sum();
            *g = pair * self.factors.forward[i * stride + j] - observed[i * data.n_labels + j];
        }
        losses.iter().sum()
    }

    /// Step 3.
    fn gather_words(&mut self) {
        let (data, stride, arch) = (self.data, self.stride, self.arch);
        let n_slots = data.n_slots;
        if n_slots == 0 {
            return;
        }
        let (words, tokens) = self.residuals.split_at_mut(data.n_word_rows() * stride);
        let tokens = &*tokens;
        // A word's rows are adjacent, and so are the residuals around one of its positions.
        words
            .par_chunks_mut(GATHER / 4 * n_slots * stride)
            .enumerate()
            .for_each(|(chunk, rows)| {
                arch.dispatch(
                    #[inline(always)]
                    || {
                        let mut sums = vec![0.0; stride];
                        for (i, rows) in rows.chunks_exact_mut(n_slots * stride).enumerate() {
                            let positions = data.positions.row(chunk * (GATHER / 4) + i);
                            for (slot, row) in rows.chunks_exact_mut(stride).enumerate() {
                                let offset = data.first_offset + slot as i32;
                                let seen_from = positions.iter().filter_map(|&position| {
                                    let position = position as usize;
                                    let t = shifted(position, -offset, data.room[position])?;
                                    Some(&tokens[t * stride..(t + 1) * stride])
                                });
                                add_rows(seen_from, &mut sums);
                                for (r, &sum) in row.iter_mut().zip(&sums) {
                                    *r = sum as f32;
                                }
                            }
                        }
                    },
                );
            });
    }

    /// Step 4.
    fn gather_columns(&self, state: &[f64], gradient: &mut [f64]) {
        let (data, stride, residuals) = (self.data, self.stride, &self.residuals);
        let twice_c2 = 2.0 * self.regularisation.c2;
        let mut slices = Vec::with_capacity(self.column_tasks.len());
        let mut rest = gradient;
        for &(first, last) in &self.column_tasks {
            let len =
                data.column_labels.start(last as usize) - data.column_labels.start(first as usize);
            let (slice, after) = rest.split_at_mut(len);
            slices.push(slice);
            rest = after;
        }
        self.column_tasks
            .par_iter()
            .zip(slices)
            .for_each(|(&(first, last), slice)| {
                self.arch.dispatch(
                    #[inline(always)]
                    || {
                        let base = data.column_labels.start(first as usize);
                        let mut sums = vec![0.0; stride];
                        for c in first as usize..last as usize {
                            let start = data.column_labels.start(c);
                            let labels = data.column_labels.row(c);
                            let out = &mut slice[start - base..start - base + labels.len()];
                            let rows = data.column_rows.row(c);
                            if labels.len() <= FEW_LABELS {
                                for (g, &l) in out.iter_mut().zip(labels) {
                                    *g = rows
                                        .iter()
                                        .map(|&r| {
                                            f64::from(residuals[r as usize * stride + l as usize])
                                        })
                                        .sum();
                                }
                            } else {
                                let rows = rows.iter().map(|&r| {
                                    &residuals[r as usize * stride..(r as usize + 1) * stride]
                                });
                                add_rows(rows, &mut sums);
                                for (g, &l) in out.iter_mut().zip(labels) {
                                    *g = sums[l as usize];
                                }
                            }
                            let scale = self.column_scale[c];
                            for (g, x) in out.iter_mut().zip(&state[start..]) {
                                *g = scale * *g + twice_c2 * x;
                            }
                        }
                    },
                );
            });
    }
}

/// Adds the weights of all columns of `row` to `scores`.
#[inline(always)]
fn add_columns(data: &Dataset, weights: &[f64], row: usize, scores: &mut [f64]) {
    for &c in data.row_columns.row(row) {
        let c = c as usize;
        let start = data.column_labels.start(c);
        let labels = data.column_labels.row(c);
        let weights = &weights[start..start + labels.len()];
        if labels.len() == data.n_labels {
            for (s, w) in scores.iter_mut().zip(weights) {
                *s += w;
            }
        } else {
            for (&l, w) in labels.iter().zip(weights) {
                scores[l as usize] += w;
            }
        }
    }
}

/// Scores of token `t`: its window of word rows, then its own context columns.
#[inline(always)]
fn emission(data: &Dataset, weights: &[f64], word_scores: &[f64], t: usize, scores: &mut [f64]) {
    let stride = scores.len();
    let rows = (0..data.n_slots).filter_map(|slot| {
        let seen = shifted(t, data.first_offset + slot as i32, data.room[t])?;
        let row = data.words[seen] as usize * data.n_slots + slot;
        Some(&word_scores[row * stride..(row + 1) * stride])
    });
    add_rows(rows, scores);
    add_columns(data, weights, data.n_word_rows() + t, scores);
}

fn dense_transitions(data: &Dataset, transitions: &[f64]) -> Vec<f64> {
    let mut dense = vec![0.0; data.n_labels * data.n_labels];
    for (&(i, j), &w) in data.transitions.iter().zip(transitions) {
        dense[i as usize * data.n_labels + j as usize] = w;
    }
    dense
}

/// Runs of whole sentences with about [`SHARD_TOKENS`] tokens.
fn shards(sentences: &[u32]) -> Vec<(u32, u32)> {
    let mut shards = Vec::new();
    let n = sentences.len() - 1;
    let mut first = 0;
    for s in 0..n {
        let tokens = (sentences[s + 1] - sentences[first]) as usize;
        if tokens >= SHARD_TOKENS || s + 1 == n {
            shards.push((first as u32, s as u32 + 1));
            first = s + 1;
        }
    }
    shards
}

/// Runs of columns that occur in about equally many rows.
fn column_tasks(data: &Dataset) -> Vec<(u32, u32)> {
    let n = data.n_columns();
    let target = (data.column_rows.n_items() / 128).max(GATHER);
    let mut tasks = Vec::new();
    let mut first = 0;
    let mut work = 0;
    for c in 0..n {
        work += data.column_rows.row(c).len() + 1;
        if work >= target || c + 1 == n {
            tasks.push((first as u32, c as u32 + 1));
            first = c + 1;
            work = 0;
        }
    }
    tasks
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
                let step = 1e-5;
                let mut at = |delta: f64| {
                    let mut x = x.clone();
                    x[i] += delta;
                    objective.evaluate(&x, &mut scratch)
                };
                let numeric = (at(step) - at(-step)) / (2.0 * step);
                assert!(
                    (numeric - gradient[i]).abs() < 1e-6 * (1.0 + numeric.abs()),
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
