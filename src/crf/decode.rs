//! Best label sequence and exact segment probabilities of one sentence.
//!
//! Label rows are padded to a multiple of eight, so that the loops over labels are whole vector registers. Every function is
//! compiled for several instruction sets and the best one is chosen at run time; none of them reorders or fuses arithmetic,
//! so results have the same bits on all machines.

use pulp::Arch;

use super::exponential::exp_f32;
use super::grammar::Grammar;
use super::registers::with_registers;
use super::rows::{fold_rows, sum_row};

/// Labels in a padded row: eight 32-bit numbers fill a 256-bit register.
const LANES: usize = 8;

/// Transition scores of a trained model with its grammar; shared by all workers.
#[derive(Debug, Clone)]
pub struct Transitions {
    n_labels: usize,
    stride: usize,
    /// `[previous][next]`, −∞ where illegal and for padding.
    scores: Vec<f32>,
    /// `[next][previous]`.
    scores_into: Vec<f32>,
    /// e^score, 0 where illegal and for padding, `[previous][next]`.
    factors: Vec<f32>,
    /// `[next][previous]`.
    factors_into: Vec<f32>,
    /// 0 where a sentence may begin with the label, else −∞.
    start: Vec<f32>,
    /// 0 where a sentence may end with the label, else −∞.
    end: Vec<f32>,
    arch: Arch,
}

impl Transitions {
    /// From weights (`n × n`, row = previous) and a grammar.
    pub fn new(weights: &[f32], grammar: &Grammar) -> Self {
        let n = grammar.n_labels();
        let stride = n.next_multiple_of(LANES);
        let mut scores = vec![f32::NEG_INFINITY; stride * stride];
        let mut scores_into = scores.clone();
        let mut factors = vec![0.0; stride * stride];
        let mut factors_into = factors.clone();
        for i in 0..n {
            for j in (0..n).filter(|&j| grammar.follows(i, j)) {
                let score = weights[i * n + j];
                scores[i * stride + j] = score;
                scores_into[j * stride + i] = score;
                factors[i * stride + j] = exp_f32(score);
                factors_into[j * stride + i] = exp_f32(score);
            }
        }
        let allowed = |ok: &dyn Fn(usize) -> bool| {
            (0..stride)
                .map(|l| {
                    if l < n && ok(l) {
                        0.0
                    } else {
                        f32::NEG_INFINITY
                    }
                })
                .collect()
        };
        Self {
            n_labels: n,
            stride,
            scores,
            scores_into,
            factors,
            factors_into,
            start: allowed(&|l| grammar.starts(l)),
            end: allowed(&|l| grammar.ends(l)),
            arch: Arch::new(),
        }
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Numbers in a row of emissions: the labels, and padding that is ignored.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Score of label `next` after `previous`; −∞ where illegal.
    pub fn score(&self, previous: usize, next: usize) -> f32 {
        self.scores[previous * self.stride + next]
    }

    /// Calls `run` compiled for this machine's vector registers.
    #[inline(always)]
    pub fn vectorised<R>(&self, run: impl FnMut() -> R) -> R {
        with_registers(self.arch, run)
    }
}

/// Calls a loop over labels with a constant stride, which lets the compiler unroll it; the last arm serves label sets of any
/// size.
macro_rules! with_stride {
    ($stride:expr, $n:ident => $run:expr) => {
        match $stride {
            8 => {
                let $n = 8;
                $run
            }
            16 => {
                let $n = 16;
                $run
            }
            24 => {
                let $n = 24;
                $run
            }
            32 => {
                let $n = 32;
                $run
            }
            $n => $run,
        }
    };
}
pub(crate) use with_stride;

/// Viterbi search with reused buffers.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Score of the best path to each label, tokens × stride.
    best: Vec<f32>,
}

impl Decoder {
    /// Writes the best legal label sequence for `emissions` (tokens × [`Transitions::stride`]) to `labels` and returns its score.
    /// Ties go to the smaller label id.
    pub fn decode(
        &mut self,
        transitions: &Transitions,
        emissions: &[f32],
        labels: &mut Vec<u8>,
    ) -> f32 {
        transitions.vectorised(
            #[inline(always)]
            || with_stride!(transitions.stride, n => self.run(n, transitions, emissions, labels)),
        )
    }

    #[inline(always)]
    fn run(
        &mut self,
        n: usize,
        transitions: &Transitions,
        emissions: &[f32],
        labels: &mut Vec<u8>,
    ) -> f32 {
        let len = emissions.len().checked_div(n).unwrap_or(0);
        labels.clear();
        if len == 0 {
            return 0.0;
        }
        if self.best.len() < len * n {
            self.best.resize(len * n, 0.0);
        }
        let best = &mut self.best[..len * n];
        for ((b, &e), &s) in best[..n].iter_mut().zip(emissions).zip(&transitions.start) {
            *b = e + s;
        }
        for t in 1..len {
            let (before, now) = best.split_at_mut(t * n);
            let now = &mut now[..n];
            fold_rows::<f32, LANES>(
                n,
                transitions.n_labels,
                (&before[(t - 1) * n..], &transitions.scores),
                now,
                f32::NEG_INFINITY,
                |best, before, score| {
                    let score = before + score;
                    if score > best { score } else { best }
                },
            );
            for (best, &e) in now.iter_mut().zip(&emissions[t * n..(t + 1) * n]) {
                *best += e;
            }
        }
        let (mut label, mut total) = (0, f32::NEG_INFINITY);
        for (l, (&b, &e)) in best[(len - 1) * n..]
            .iter()
            .zip(&transitions.end)
            .enumerate()
        {
            if b + e > total {
                (label, total) = (l, b + e);
            }
        }
        labels.resize(len, 0);
        for t in (0..len).rev() {
            labels[t] = label as u8;
            if t > 0 {
                // The way to the best score is found again, for one label a token, instead of being noted for all.
                let row = &transitions.scores_into[label * n..(label + 1) * n];
                let before = &best[(t - 1) * n..t * n];
                let (mut from, mut most) = (0, f32::NEG_INFINITY);
                for (i, (&b, &score)) in before.iter().zip(row).enumerate() {
                    if b + score > most {
                        (from, most) = (i, b + score);
                    }
                }
                label = from;
            }
        }
        total
    }
}

/// Forward-backward over one sentence with reused buffers, for probabilities of labels and segments.
#[derive(Debug, Default)]
pub struct Lattice {
    stride: usize,
    n_labels: usize,
    /// e^(emission − max), tokens × stride.
    emission: Vec<f32>,
    /// Scaled forward values; each token's sum to 1.
    alpha: Vec<f32>,
    /// Scaled backward values: alpha · beta is the posterior.
    beta: Vec<f32>,
    /// 1 / scaling constant of each token.
    inverse: Vec<f32>,
    flow: Vec<f32>,
}

impl Lattice {
    /// Sums over all paths. `emissions` is tokens × [`Transitions::stride`].
    pub fn fill(&mut self, transitions: &Transitions, emissions: &[f32]) {
        self.stride = transitions.stride;
        self.n_labels = transitions.n_labels;
        transitions.vectorised(
            #[inline(always)]
            || {
                with_stride!(transitions.stride, n => self.run(n, transitions, emissions));
            },
        );
    }

    #[inline(always)]
    fn run(&mut self, n: usize, transitions: &Transitions, emissions: &[f32]) {
        let len = emissions.len().checked_div(n).unwrap_or(0);
        self.emission.clear();
        self.emission.extend_from_slice(&emissions[..len * n]);
        self.alpha.resize(len * n, 0.0);
        self.beta.resize(len * n, 0.0);
        self.inverse.resize(len, 0.0);
        for row in self.emission.chunks_exact_mut(n) {
            let mut max = f32::NEG_INFINITY;
            for &e in &row[..transitions.n_labels] {
                max = if e > max { e } else { max };
            }
            for e in row.iter_mut() {
                *e = exp_f32(*e - max);
            }
        }
        for t in 0..len {
            let (before, now) = self.alpha.split_at_mut(t * n);
            let now = &mut now[..n];
            if t == 0 {
                for (a, &s) in now.iter_mut().zip(&transitions.start) {
                    *a = f32::from(u8::from(s == 0.0));
                }
            } else {
                fold_rows::<f32, LANES>(
                    n,
                    transitions.n_labels,
                    (&before[(t - 1) * n..], &transitions.factors),
                    now,
                    0.0,
                    |sum, before, factor| sum + before * factor,
                );
            }
            for (a, &e) in now.iter_mut().zip(&self.emission[t * n..(t + 1) * n]) {
                *a *= e;
            }
            if t + 1 == len {
                for (a, &e) in now.iter_mut().zip(&transitions.end) {
                    *a = if e == 0.0 { *a } else { 0.0 };
                }
            }
            let inverse = 1.0 / sum_row::<f32, LANES>(now).max(f32::MIN_POSITIVE);
            for a in now.iter_mut() {
                *a *= inverse;
            }
            self.inverse[t] = inverse;
        }
        let flow = &mut self.flow;
        for t in (0..len).rev() {
            if t + 1 == len {
                for (b, &e) in self.beta[t * n..].iter_mut().zip(&transitions.end) {
                    *b = f32::from(u8::from(e == 0.0));
                }
                continue;
            }
            let (now, after) = self.beta.split_at_mut((t + 1) * n);
            let now = &mut now[t * n..];
            // What flows back through each label of the next token.
            let inverse = self.inverse[t + 1];
            let emission = &self.emission[(t + 1) * n..(t + 2) * n];
            flow.clear();
            flow.extend(
                after[..n]
                    .iter()
                    .zip(emission)
                    .map(|(&b, &e)| b * e * inverse),
            );
            fold_rows::<f32, LANES>(
                n,
                transitions.n_labels,
                (flow, &transitions.factors_into),
                now,
                0.0,
                |sum, flow, factor| sum + flow * factor,
            );
        }
    }

    /// p(y_t = label | x).
    pub fn marginal(&self, t: usize, label: usize) -> f32 {
        let at = t * self.stride + label;
        (self.alpha[at] * self.beta[at]).clamp(0.0, 1.0)
    }

    /// Probability that tokens `start..start + labels.len()` have exactly these labels and that the segment ends there, that is,
    /// that the next token's label is none for which `continues` holds (Culotta and McCallum 2004).
    pub fn segment(
        &self,
        transitions: &Transitions,
        start: usize,
        labels: &[u8],
        continues: impl Fn(usize) -> bool,
    ) -> f32 {
        let n = self.stride;
        let Some((&first, rest)) = labels.split_first() else {
            return 1.0;
        };
        let mut value = f64::from(self.alpha[start * n + first as usize]);
        let mut previous = first as usize;
        for (t, &label) in (start + 1..).zip(rest) {
            let label = label as usize;
            value *= f64::from(transitions.factors[previous * n + label])
                * f64::from(self.emission[t * n + label])
                * f64::from(self.inverse[t]);
            previous = label;
        }
        let last = start + labels.len() - 1;
        let len = self.inverse.len();
        if last + 1 == len {
            return (value * f64::from(self.beta[last * n + previous])).clamp(0.0, 1.0) as f32;
        }
        let outflow: f64 = (0..self.n_labels)
            .filter(|&j| !continues(j))
            .map(|j| {
                f64::from(transitions.factors[previous * n + j])
                    * f64::from(self.emission[(last + 1) * n + j])
                    * f64::from(self.inverse[last + 1])
                    * f64::from(self.beta[(last + 1) * n + j])
            })
            .sum();
        (value * outflow).clamp(0.0, 1.0) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Random, all_paths, iob2};
    use super::*;

    fn random_case(seed: u64) -> (Transitions, Vec<f32>, Vec<f32>, usize) {
        let mut random = Random(seed);
        let weights: Vec<f32> = (0..9).map(|_| random.signed() as f32).collect();
        let len = 1 + random.below(5);
        // Padding is ignored, whatever it holds.
        let emissions = (0..len * 8).map(|_| 3.0 * random.signed() as f32).collect();
        (Transitions::new(&weights, &iob2()), weights, emissions, len)
    }

    fn score(path: &[u8], weights: &[f32], emissions: &[f32]) -> f64 {
        let emission: f32 = path
            .iter()
            .enumerate()
            .map(|(t, &l)| emissions[t * 8 + l as usize])
            .sum();
        let transition: f32 = path
            .windows(2)
            .map(|w| weights[w[0] as usize * 3 + w[1] as usize])
            .sum();
        f64::from(emission + transition)
    }

    #[test]
    fn viterbi_finds_the_best_legal_path() {
        for seed in 0..200 {
            let (transitions, weights, emissions, len) = random_case(seed);
            let best = all_paths(3, len)
                .into_iter()
                .filter(|p| iob2().accepts(p))
                .max_by(|a, b| {
                    score(a, &weights, &emissions).total_cmp(&score(b, &weights, &emissions))
                })
                .expect("a path");
            let mut labels = Vec::new();
            let found = Decoder::default().decode(&transitions, &emissions, &mut labels);
            assert_eq!(labels, best, "seed {seed}");
            assert!((f64::from(found) - score(&best, &weights, &emissions)).abs() < 1e-4);
        }
    }

    #[test]
    fn marginals_and_segments_agree_with_brute_force() {
        for seed in 0..100 {
            let (transitions, weights, emissions, len) = random_case(seed);
            let paths: Vec<(Vec<u8>, f64)> = all_paths(3, len)
                .into_iter()
                .filter(|p| iob2().accepts(p))
                .map(|p| {
                    let s = score(&p, &weights, &emissions).exp();
                    (p, s)
                })
                .collect();
            let z: f64 = paths.iter().map(|p| p.1).sum();
            let mut lattice = Lattice::default();
            lattice.fill(&transitions, &emissions);
            for t in 0..len {
                for l in 0..3_u8 {
                    let expected: f64 = paths
                        .iter()
                        .filter(|(p, _)| p[t] == l)
                        .map(|p| p.1)
                        .sum::<f64>()
                        / z;
                    let found = f64::from(lattice.marginal(t, l as usize));
                    assert!((found - expected).abs() < 1e-5, "seed {seed} t {t} l {l}");
                }
                for end in t + 1..=len {
                    let mut segment = vec![2; end - t];
                    segment[0] = 1;
                    let expected: f64 = paths
                        .iter()
                        .filter(|(p, _)| p[t..end] == segment && p.get(end) != Some(&2))
                        .map(|p| p.1)
                        .sum::<f64>()
                        / z;
                    let found = f64::from(lattice.segment(&transitions, t, &segment, |l| l == 2));
                    assert!(
                        (found - expected).abs() < 1e-5,
                        "seed {seed} {t}..{end}: {found} {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn an_empty_sentence_has_no_labels() {
        let (transitions, ..) = random_case(1);
        let mut labels = vec![1];
        Decoder::default().decode(&transitions, &[], &mut labels);
        assert!(labels.is_empty());
    }
}
