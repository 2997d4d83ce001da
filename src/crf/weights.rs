//! What training leaves behind: a weight for each (attribute, slot, label) and each label bigram.

use super::dataset::Dataset;

/// One non-zero state weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AttributeWeight {
    /// The attribute's hash.
    pub hash: u64,
    /// Window slot; the number of slots for a context attribute.
    pub slot: u8,
    /// Label.
    pub label: u8,
    /// Natural-logarithm score.
    pub weight: f32,
}

/// A trained model in the CRF's terms.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weights {
    /// Number of labels.
    pub n_labels: usize,
    /// Non-zero state weights, sorted by (hash, slot, label).
    pub state: Vec<AttributeWeight>,
    /// Transition weights, row = previous label, `n_labels × n_labels`.
    pub transitions: Vec<f32>,
}

impl Weights {
    /// Unpacks the optimiser's vector: each attribute of a merged column gets the column's weight over √k.
    pub fn from_parameters(data: &Dataset, x: &[f64]) -> Self {
        let n = data.n_labels;
        let mut state = Vec::new();
        for attribute in &data.columns.attributes {
            let c = attribute.column as usize;
            let scale = data.columns.scale(c);
            let start = data.columns.labels.start(c);
            for (k, &label) in data.columns.labels.row(c).iter().enumerate() {
                let weight = (x[start + k] / scale) as f32;
                if weight != 0.0 {
                    state.push(AttributeWeight {
                        hash: attribute.hash,
                        slot: attribute.slot,
                        label,
                        weight,
                    });
                }
            }
        }
        let mut transitions = vec![0.0; n * n];
        for (&(i, j), &w) in data.transitions.iter().zip(&x[data.n_state_parameters()..]) {
            transitions[i as usize * n + j as usize] = w as f32;
        }
        Self {
            n_labels: n,
            state,
            transitions,
        }
    }
}

/// The optimiser's vector for a warm start. `state(hash)` gives an attribute's known weights as (slot, label, weight);
/// attributes without any start at zero. `transitions` is `n_labels × n_labels`, row = previous label.
pub fn warm_start(
    data: &Dataset,
    state: impl Fn(u64) -> Vec<(u8, u8, f32)>,
    transitions: &[f32],
) -> Vec<f64> {
    let mut x = vec![0.0; data.n_parameters()];
    for attribute in &data.columns.attributes {
        let c = attribute.column as usize;
        let scale = data.columns.scale(c);
        for (slot, label, weight) in state(attribute.hash) {
            if slot == attribute.slot
                && let Ok(k) = data.columns.labels.row(c).binary_search(&label)
            {
                // The members' weights θ sum up to √k·x.
                x[data.columns.labels.start(c) + k] += f64::from(weight) / scale;
            }
        }
    }
    let start = data.n_state_parameters();
    for (k, &(i, j)) in data.transitions.iter().enumerate() {
        x[start + k] = f64::from(transitions[i as usize * data.n_labels + j as usize]);
    }
    x
}
