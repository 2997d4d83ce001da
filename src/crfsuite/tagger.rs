//! What CRFsuite would say: a plain tagger over attribute names, written for being obviously right, not for speed.

use std::collections::HashMap;

use super::CrfsuiteModel;

/// Tags sequences of attribute names with a CRFsuite model, in double precision and log space throughout.
#[derive(Debug)]
pub struct ReferenceTagger<'m> {
    n: usize,
    attributes: HashMap<&'m str, Vec<(usize, f64)>>,
    /// `[previous × n + next]`.
    transitions: Vec<f64>,
}

/// Scores of one sequence.
#[derive(Debug)]
pub struct Lattice<'t> {
    n: usize,
    /// `[token × n + label]`.
    states: Vec<f64>,
    transitions: &'t [f64],
    /// ln Σ exp(score) over all labellings up to and including a token's label, and after it.
    forward: Vec<f64>,
    backward: Vec<f64>,
}

impl<'m> ReferenceTagger<'m> {
    /// Indexes a model.
    pub fn new(model: &'m CrfsuiteModel) -> Self {
        let n = model.labels.len();
        let mut attributes: HashMap<&str, Vec<(usize, f64)>> = HashMap::new();
        for s in &model.states {
            let name = model.attributes[s.attribute as usize].as_str();
            let weights = attributes.entry(name).or_default();
            weights.push((s.label as usize, s.weight));
        }
        let mut transitions = vec![0.0; n * n];
        for t in &model.transitions {
            transitions[t.from as usize * n + t.to as usize] = t.weight;
        }
        Self {
            n,
            attributes,
            transitions,
        }
    }

    /// Scores a sequence: one list of attribute names for each token, each name counting 1 wherever it stands.
    pub fn lattice<I: AsRef<[S]>, S: AsRef<str>>(&self, items: &[I]) -> Lattice<'_> {
        let n = self.n;
        let mut states = vec![0.0; items.len() * n];
        for (row, item) in states.chunks_exact_mut(n.max(1)).zip(items) {
            for name in item.as_ref() {
                for &(label, weight) in self.attributes.get(name.as_ref()).into_iter().flatten() {
                    row[label] += weight;
                }
            }
        }
        let mut forward = states.clone();
        for k in n..states.len() {
            let (before, label) = ((k / n - 1) * n, k % n);
            let terms = (0..n).map(|i| forward[before + i] + self.transitions[i * n + label]);
            forward[k] += log_sum(terms);
        }
        let mut backward = vec![0.0; states.len()];
        for k in (0..states.len().saturating_sub(n)).rev() {
            let (after, label) = ((k / n + 1) * n, k % n);
            let terms = (0..n)
                .map(|j| self.transitions[label * n + j] + states[after + j] + backward[after + j]);
            backward[k] = log_sum(terms);
        }
        Lattice {
            n,
            states,
            transitions: &self.transitions,
            forward,
            backward,
        }
    }

    /// The best labels of a sequence, as positions in the model's labels.
    pub fn tag<I: AsRef<[S]>, S: AsRef<str>>(&self, items: &[I]) -> Vec<usize> {
        self.lattice(items).best()
    }
}

impl Lattice<'_> {
    /// Number of tokens.
    pub fn n_tokens(&self) -> usize {
        self.states.len().checked_div(self.n).unwrap_or(0)
    }

    /// The labels with the highest score (Viterbi 1967); of equal ones, those with the smaller positions.
    pub fn best(&self) -> Vec<usize> {
        let (n, len) = (self.n, self.n_tokens());
        if len == 0 {
            return Vec::new();
        }
        let mut best = self.states[..n].to_vec();
        let mut back = vec![0; len * n];
        for t in 1..len {
            let mut next = vec![f64::NEG_INFINITY; n];
            for j in 0..n {
                for (i, before) in best.iter().enumerate() {
                    let score = before + self.transitions[i * n + j];
                    if score > next[j] {
                        next[j] = score;
                        back[t * n + j] = i;
                    }
                }
                next[j] += self.states[t * n + j];
            }
            best = next;
        }
        let mut label = (0..n).fold(0, |b, l| if best[l] > best[b] { l } else { b });
        let mut labels = vec![0; len];
        for t in (0..len).rev() {
            labels[t] = label;
            label = back[t * n + label];
        }
        labels
    }

    /// Score of a labelling.
    pub fn score(&self, labels: &[usize]) -> f64 {
        let n = self.n;
        let states = labels
            .iter()
            .enumerate()
            .map(|(t, &l)| self.states[t * n + l]);
        let transitions = labels.windows(2).map(|w| self.transitions[w[0] * n + w[1]]);
        states.chain(transitions).sum()
    }

    /// ln Σ exp(score) over all labellings.
    pub fn log_partition(&self) -> f64 {
        match self.n_tokens() {
            0 => 0.0,
            len => log_sum(self.forward[(len - 1) * self.n..].iter().copied()),
        }
    }

    /// p(label of token t | the sequence).
    pub fn marginal(&self, t: usize, label: usize) -> f64 {
        let k = t * self.n + label;
        (self.forward[k] + self.backward[k] - self.log_partition()).exp()
    }
}

fn log_sum(terms: impl Iterator<Item = f64> + Clone) -> f64 {
    let max = terms.clone().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + terms.map(|t| (t - max).exp()).sum::<f64>().ln()
}

#[cfg(test)]
mod tests {
    use super::super::write::tests::sample;
    use super::*;

    fn items() -> Vec<Vec<&'static str>> {
        vec![
            vec![],
            vec!["form=محمود", "unknown"],
            vec!["form=قال[-1]"],
            vec![],
        ]
    }

    #[test]
    fn best_labels_and_marginals_agree_with_all_labellings() {
        let model = sample();
        let tagger = ReferenceTagger::new(&model);
        let items = items();
        let lattice = tagger.lattice(&items);
        let all: Vec<Vec<usize>> = (0..16)
            .map(|k| (0..4).map(|t| k >> t & 1).collect())
            .collect();
        let best = lattice.best();
        for labels in &all {
            assert!(lattice.score(labels) <= lattice.score(&best), "{labels:?}");
        }
        let z: f64 = all.iter().map(|l| lattice.score(l).exp()).sum();
        assert!((z.ln() - lattice.log_partition()).abs() < 1e-12);
        for t in 0..4 {
            let with = all.iter().filter(|l| l[t] == 1);
            let p = with.map(|l| lattice.score(l).exp()).sum::<f64>() / z;
            assert!((p - lattice.marginal(t, 1)).abs() < 1e-12, "token {t}");
        }
    }

    #[test]
    fn empty_sequences_and_models_are_no_trouble() {
        let model = sample();
        assert!(
            ReferenceTagger::new(&model)
                .tag::<Vec<&str>, &str>(&[])
                .is_empty()
        );
        let empty = CrfsuiteModel::default();
        assert!(ReferenceTagger::new(&empty).tag(&items()).is_empty());
    }
}
