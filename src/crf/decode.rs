//! Best label sequence and exact segment probabilities of one sentence.

use super::exponential::exp;
use super::grammar::Grammar;

/// Transition scores of a trained model with its grammar; shared by all workers.
#[derive(Debug, Clone)]
pub struct Transitions {
    n_labels: usize,
    /// `[previous][next]`, −∞ where illegal.
    scores: Vec<f32>,
    /// e^score, 0 where illegal; one row a *next* label, for sums over the previous.
    factors: Vec<f32>,
    start: Vec<bool>,
    end: Vec<bool>,
}

impl Transitions {
    /// From weights (`n × n`, row = previous) and a grammar.
    pub fn new(weights: &[f32], grammar: &Grammar) -> Self {
        let n = grammar.n_labels();
        let mut scores = vec![f32::NEG_INFINITY; n * n];
        let mut factors = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                if grammar.follows(i, j) {
                    scores[i * n + j] = weights[i * n + j];
                    factors[j * n + i] = exp(f64::from(weights[i * n + j])) as f32;
                }
            }
        }
        Self {
            n_labels: n,
            scores,
            factors,
            start: (0..n).map(|l| grammar.starts(l)).collect(),
            end: (0..n).map(|l| grammar.ends(l)).collect(),
        }
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Score of label `next` after `previous`; −∞ where illegal.
    pub fn score(&self, previous: usize, next: usize) -> f32 {
        self.scores[previous * self.n_labels + next]
    }
}

/// Viterbi search with reused buffers.
#[derive(Debug, Default)]
pub struct Decoder {
    delta: Vec<f32>,
    next: Vec<f32>,
    back: Vec<u8>,
}

impl Decoder {
    /// Writes the best legal label sequence for `emissions` (tokens × labels) to `labels` and returns its score.
    /// Ties go to the smaller label id.
    pub fn decode(
        &mut self,
        transitions: &Transitions,
        emissions: &[f32],
        labels: &mut Vec<u8>,
    ) -> f32 {
        let n = transitions.n_labels;
        let len = emissions.len().checked_div(n).unwrap_or(0);
        labels.clear();
        if len == 0 {
            return 0.0;
        }
        self.delta.clear();
        self.delta.extend(
            emissions[..n]
                .iter()
                .zip(&transitions.start)
                .map(|(&e, &ok)| if ok { e } else { f32::NEG_INFINITY }),
        );
        self.next.resize(n, 0.0);
        self.back.clear();
        self.back.resize(len * n, 0);
        for t in 1..len {
            let back = &mut self.back[t * n..(t + 1) * n];
            self.next.fill(f32::NEG_INFINITY);
            for i in 0..n {
                let before = self.delta[i];
                let row = &transitions.scores[i * n..(i + 1) * n];
                for ((best, from), &score) in self.next.iter_mut().zip(back.iter_mut()).zip(row) {
                    let score = before + score;
                    if score > *best {
                        *best = score;
                        *from = i as u8;
                    }
                }
            }
            for ((d, &best), &e) in self
                .delta
                .iter_mut()
                .zip(&self.next)
                .zip(&emissions[t * n..])
            {
                *d = best + e;
            }
        }
        let mut best = (f32::NEG_INFINITY, 0_usize);
        for (l, &d) in self.delta.iter().enumerate() {
            if transitions.end[l] && d > best.0 {
                best = (d, l);
            }
        }
        labels.resize(len, 0);
        let mut label = best.1 as u8;
        for t in (0..len).rev() {
            labels[t] = label;
            label = self.back[t * n + label as usize];
        }
        best.0
    }
}

/// Forward-backward over one sentence with reused buffers, for probabilities of labels and segments.
#[derive(Debug, Default)]
pub struct Lattice {
    n: usize,
    /// e^(emission − max), tokens × labels.
    emission: Vec<f32>,
    /// Scaled forward values; each token's sum to 1.
    alpha: Vec<f32>,
    /// Scaled backward values: alpha · beta is the posterior.
    beta: Vec<f32>,
    /// 1 / scaling constant of each token.
    inverse: Vec<f32>,
}

impl Lattice {
    /// Sums over all paths. `emissions` is tokens × labels.
    pub fn fill(&mut self, transitions: &Transitions, emissions: &[f32]) {
        let n = transitions.n_labels;
        self.n = n;
        let len = emissions.len().checked_div(n).unwrap_or(0);
        self.emission.clear();
        self.emission.reserve(emissions.len());
        for row in emissions.chunks_exact(n.max(1)) {
            let max = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            self.emission
                .extend(row.iter().map(|&e| exp(f64::from(e - max)) as f32));
        }
        self.alpha.clear();
        self.alpha.resize(len * n, 0.0);
        self.beta.clear();
        self.beta.resize(len * n, 0.0);
        self.inverse.clear();
        self.inverse.resize(len, 0.0);
        for t in 0..len {
            let (before, now) = self.alpha.split_at_mut(t * n);
            let now = &mut now[..n];
            let e = &self.emission[t * n..(t + 1) * n];
            for j in 0..n {
                let inflow = if t == 0 {
                    f32::from(u8::from(transitions.start[j]))
                } else {
                    let previous = &before[(t - 1) * n..];
                    let factors = &transitions.factors[j * n..(j + 1) * n];
                    previous.iter().zip(factors).map(|(a, f)| a * f).sum()
                };
                now[j] = inflow * e[j];
                if t + 1 == len && !transitions.end[j] {
                    now[j] = 0.0;
                }
            }
            let sum: f32 = now.iter().sum();
            let inverse = 1.0 / sum.max(f32::MIN_POSITIVE);
            now.iter_mut().for_each(|a| *a *= inverse);
            self.inverse[t] = inverse;
        }
        for t in (0..len).rev() {
            if t + 1 == len {
                for j in 0..n {
                    self.beta[t * n + j] = f32::from(u8::from(transitions.end[j]));
                }
                continue;
            }
            let (now, after) = self.beta.split_at_mut((t + 1) * n);
            let now = &mut now[t * n..];
            for j in 0..n {
                let v = after[j] * self.emission[(t + 1) * n + j] * self.inverse[t + 1];
                if v > 0.0 {
                    let factors = &transitions.factors[j * n..(j + 1) * n];
                    for (b, f) in now.iter_mut().zip(factors) {
                        *b += v * f;
                    }
                }
            }
        }
    }

    /// p(y_t = label | x).
    pub fn marginal(&self, t: usize, label: usize) -> f32 {
        (self.alpha[t * self.n + label] * self.beta[t * self.n + label]).clamp(0.0, 1.0)
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
        let n = self.n;
        let Some((&first, rest)) = labels.split_first() else {
            return 1.0;
        };
        let mut value = f64::from(self.alpha[start * n + first as usize]);
        let mut previous = first as usize;
        for (t, &label) in (start + 1..).zip(rest) {
            let label = label as usize;
            value *= f64::from(transitions.factors[label * n + previous])
                * f64::from(self.emission[t * n + label])
                * f64::from(self.inverse[t]);
            previous = label;
        }
        let last = start + labels.len() - 1;
        let len = self.inverse.len();
        if last + 1 == len {
            return (value * f64::from(self.beta[last * n + previous])).clamp(0.0, 1.0) as f32;
        }
        let outflow: f64 = (0..n)
            .filter(|&j| !continues(j))
            .map(|j| {
                f64::from(transitions.factors[j * n + previous])
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
        let emissions = (0..len * 3).map(|_| 3.0 * random.signed() as f32).collect();
        (Transitions::new(&weights, &iob2()), weights, emissions, len)
    }

    fn score(path: &[u8], weights: &[f32], emissions: &[f32]) -> f64 {
        let emission: f32 = path
            .iter()
            .enumerate()
            .map(|(t, &l)| emissions[t * 3 + l as usize])
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
