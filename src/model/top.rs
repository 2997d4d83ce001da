//! The strongest weights of a model, for its manifest.

use std::collections::BTreeMap;

use super::manifest::TopWeight;
use super::{attribute_hashes, slot_name};
use crate::crf::{AttributeWeight, Weights};
use crate::label::LabelSet;

/// Weights that the manifest keeps of each label.
const TOP: usize = 30;

/// The strongest weights of each label, by absolute value. `names` has a name for each attribute, in the order of its hash.
pub fn top_weights(
    weights: &Weights,
    names: &[String],
    labels: &LabelSet,
) -> BTreeMap<String, Vec<TopWeight>> {
    let hashes = attribute_hashes(&weights.state);
    let mut by_label: BTreeMap<u8, Vec<&AttributeWeight>> = BTreeMap::new();
    for w in &weights.state {
        by_label.entry(w.label).or_default().push(w);
    }
    by_label
        .into_iter()
        .map(|(label, mut list)| {
            list.sort_by(|a, b| {
                b.weight
                    .abs()
                    .total_cmp(&a.weight.abs())
                    .then(a.hash.cmp(&b.hash))
                    .then(a.slot.cmp(&b.slot))
            });
            let top = list
                .into_iter()
                .take(TOP)
                .map(|w| {
                    let name = hashes
                        .binary_search(&w.hash)
                        .ok()
                        .and_then(|i| names.get(i))
                        .map_or("", String::as_str);
                    TopWeight {
                        attribute: format!("{name}{}", slot_name(w.slot)),
                        weight: w.weight,
                    }
                })
                .collect();
            (labels.name(u16::from(label)), top)
        })
        .collect()
}
