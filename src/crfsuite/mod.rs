//! CRFsuite, both ways: its model files, its text format of attributes, and (feature `crfsuite`) its trainers.
//!
//! CRFsuite (Okazaki 2007) is the peer that this tagger is measured and verified against, so the way to it is open in both
//! directions:
//!
//! ```text
//! Document ─ ItemReader ─► attribute names ─ ItemWriter ─► text for any CRFsuite         (`musamma features`)
//! Model ─ export ─► CrfsuiteModel ─ write ─► model file for any CRFsuite                (`musamma convert-model`)
//! model file ─ read ─► CrfsuiteModel ─ import ─► Model                                  (`musamma convert-model`)
//! Observations ─ train_items ─► CrfsuiteModel ─► Weights                                (`musamma train --trainer crfsuite`)
//! ```
//!
//! [`read`], [`write()`] and [`ReferenceTagger`] know CRFsuite only; [`items`] knows how this tagger's attributes are called
//! there; [`convert`] joins the two.

mod bytes;
pub mod convert;
mod cqdb;
mod hash;
pub mod items;
#[cfg(feature = "crfsuite")]
pub mod library;
mod read;
mod tagger;
mod write;

pub use convert::{Exported, export, import};
pub use hash::hashlittle;
pub use items::{ItemReader, ItemWriter, item_name, parse_item_name};
pub use read::{Imported, read};
pub use tagger::{Lattice, ReferenceTagger};
pub use write::write;

/// First bytes of a CRFsuite model file.
pub const MAGIC: [u8; 4] = *b"lCRF";

/// A first-order CRF as CRFsuite 0.12 stores it. Labels and attributes are known by their positions.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrfsuiteModel {
    /// Label names, all different, without NUL.
    pub labels: Vec<String>,
    /// Attribute names, all different, without NUL.
    pub attributes: Vec<String>,
    /// Weights of (attribute, label), at most one for each pair.
    pub states: Vec<State>,
    /// Weights of (label, next label), at most one for each pair. A pair without one has weight 0.
    pub transitions: Vec<Transition>,
}

/// The weight of an attribute for a label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// Position of the attribute.
    pub attribute: u32,
    /// Position of the label.
    pub label: u32,
    /// Natural-logarithm score.
    pub weight: f64,
}

/// The weight of a label bigram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Transition {
    /// Position of the previous label.
    pub from: u32,
    /// Position of the next label.
    pub to: u32,
    /// Natural-logarithm score.
    pub weight: f64,
}

impl CrfsuiteModel {
    /// Says what is wrong with a model that cannot stand in a file: a name twice, a position out of range, a weight that is
    /// no number, two weights for one pair.
    fn fault(&self) -> Option<String> {
        for (what, names) in [("label", &self.labels), ("attribute", &self.attributes)] {
            let mut sorted: Vec<&str> = names.iter().map(String::as_str).collect();
            sorted.sort_unstable();
            if let Some((twice, _)) = sorted
                .iter()
                .zip(&sorted[1.min(sorted.len())..])
                .find(|(a, b)| a == b)
            {
                return Some(format!("the {what} `{twice}` is named twice"));
            }
            if let Some(name) = names.iter().find(|n| n.contains('\0')) {
                return Some(format!("the {what} {name:?} contains NUL"));
            }
        }
        let states = self.states.iter().map(|s| (s.attribute, s.label, s.weight));
        let transitions = self.transitions.iter().map(|t| (t.from, t.to, t.weight));
        fault_of("state", states, self.attributes.len(), self.labels.len()).or_else(|| {
            fault_of(
                "transition",
                transitions,
                self.labels.len(),
                self.labels.len(),
            )
        })
    }
}

fn fault_of(
    what: &str,
    weights: impl Iterator<Item = (u32, u32, f64)> + Clone,
    sources: usize,
    targets: usize,
) -> Option<String> {
    for (i, (source, target, weight)) in weights.clone().enumerate() {
        if source as usize >= sources || target as usize >= targets {
            return Some(format!(
                "{what} weight {i} is for ({source}, {target}) of {sources} × {targets}"
            ));
        }
        if !weight.is_finite() {
            return Some(format!("{what} weight {i} is {weight}"));
        }
    }
    let mut pairs: Vec<(u32, u32)> = weights.map(|w| (w.0, w.1)).collect();
    pairs.sort_unstable();
    pairs
        .windows(2)
        .find(|w| w[0] == w[1])
        .map(|w| format!("({}, {}) has two {what} weights", w[0].0, w[0].1))
}
