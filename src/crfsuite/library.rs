//! The CRFsuite library's trainers, behind a wall.
//!
//! The crate `crfsuite` 0.3.2 wraps C code and lets some of its traps through to safe Rust. This module is the only one that
//! touches it, and none of them can be reached from outside:
//!
//! | trap | here |
//! |---|---|
//! | `append` and `set` before `select` read a null pointer | one function calls select, set, append and train in order |
//! | the C side keeps the address of the `Trainer` from the first `append` on | it stays in one place until it is dropped |
//! | an item without attributes is an array at a null pointer on some systems | it gets one attribute with the value 0 |
//! | a NUL in a name, or another number of labels than items, panics | names are made here; lengths come from one source |
//! | `set("c2", "abc")` sets 0 | values are numbers that the configuration has checked |
//! | `train` to a path that cannot be written says Ok | the file is a temporary one of ours, and is read and verified |
//! | an unforeseen code of the C side panics | the panic is caught and becomes an error |
//! | opening a damaged model reads outside of it | models are read by [`super::read`] |
//! | names of 12, 24, … bytes are stored under a wrong hash | names have 8 characters, and are read by their numbers |

use std::io::Read as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::crfsuite::{Algorithm as Method, Attribute, GraphicalModel, Item, Trainer};

use super::{CrfsuiteModel, read};
use crate::config::{Algorithm, Training};
use crate::crf::{AttributeWeight, Expanded, LabelSpace, Optimiser, Weights};
use crate::error::{Error, Result};

/// Trains on tokens with their gold labels, in sentences (first token of each, and the end). Labels and attributes of the
/// model that comes back are called by [`code`].
///
/// # Errors
/// When CRFsuite fails, or its model cannot be stored in a temporary file.
pub fn train(
    items: &Expanded,
    gold: &[u8],
    sentences: &[u32],
    training: &Training,
) -> Result<CrfsuiteModel> {
    let mut file = tempfile::NamedTempFile::new()
        .map_err(|e| Error::io("cannot create a temporary file for CRFsuite's model", e))?;
    let path = file.path().to_str().map(str::to_owned).ok_or_else(|| {
        Error::new("the folder for temporary files has a name that is not UTF-8")
            .hint("set TMPDIR to another")
    })?;
    let mut trainer = Trainer::new(false);
    trainer
        .select(method(training.algorithm), GraphicalModel::CRF1D)
        .map_err(|e| failed(&e))?;
    for (name, value) in parameters(training) {
        trainer.set(name, &value).map_err(|e| failed(&e))?;
    }
    for bounds in sentences.windows(2).filter(|b| b[0] < b[1]) {
        let tokens = bounds[0] as usize..bounds[1] as usize;
        let xseq: Vec<Item> = tokens.clone().map(|t| item(items.tokens.row(t))).collect();
        let yseq: Vec<String> = tokens.map(|t| code(u32::from(gold[t]))).collect();
        trainer.append(&xseq, &yseq, 0).map_err(|e| failed(&e))?;
    }
    // −1: no group is held out.
    catch_unwind(AssertUnwindSafe(|| trainer.train(&path, -1)))
        .map_err(|_| Error::new("CRFsuite failed with an unknown code"))?
        .map_err(|e| failed(&e))?;
    drop(trainer);
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)
        .map_err(|e| Error::io("cannot read CRFsuite's model", e))?;
    if bytes.is_empty() {
        return Err(Error::new("CRFsuite could not write its model").in_file(path));
    }
    read(&bytes).map(|imported| imported.model)
}

/// The weights of a model that [`train`] returned.
///
/// # Errors
/// When a name in it is none that was given out.
pub fn weights(model: &CrfsuiteModel, items: &Expanded, n_labels: usize) -> Result<Weights> {
    let unknown =
        |name: &str| Error::new(format!("CRFsuite's model has the unknown name `{name}`"));
    let label = |position: u32| {
        let name = &model.labels[position as usize];
        parse(name)
            .filter(|&l| l < n_labels)
            .ok_or_else(|| unknown(name))
    };
    let mut weights = Weights {
        n_labels,
        state: Vec::with_capacity(model.states.len()),
        transitions: vec![0.0; n_labels * n_labels],
    };
    for s in &model.states {
        let name = &model.attributes[s.attribute as usize];
        let id = parse(name).ok_or_else(|| unknown(name))?;
        let &(hash, slot) = items.attributes.get(id).ok_or_else(|| unknown(name))?;
        let weight = s.weight as f32;
        if weight != 0.0 {
            weights.state.push(AttributeWeight {
                hash,
                slot,
                label: label(s.label)? as u8,
                weight,
            });
        }
    }
    weights
        .state
        .sort_unstable_by_key(|w| (w.hash, w.slot, w.label));
    for t in &model.transitions {
        weights.transitions[label(t.from)? * n_labels + label(t.to)?] = t.weight as f32;
    }
    Ok(weights)
}

/// What a number is called: eight characters, a length that every version of the string table hashes alike.
fn code(id: u32) -> String {
    format!("{id:08x}")
}

fn parse(name: &str) -> Option<usize> {
    usize::from_str_radix(name, 16)
        .ok()
        .filter(|_| name.len() == 8)
}

fn item(attributes: &[u32]) -> Item {
    if attributes.is_empty() {
        // Weight times 0 has no effect on anything, and a weight of 0 is not stored.
        return vec![Attribute::new("nothing", 0.0)];
    }
    attributes
        .iter()
        .map(|&id| Attribute::new(code(id), 1.0))
        .collect()
}

fn method(algorithm: Algorithm) -> Method {
    match algorithm {
        Algorithm::Lbfgs => Method::LBFGS,
        Algorithm::L2sgd => Method::L2SGD,
        Algorithm::Ap => Method::AP,
        Algorithm::Pa => Method::PA,
        Algorithm::Arow => Method::AROW,
    }
}

/// CRFsuite's parameters in its own names.
fn parameters(t: &Training) -> Vec<(&'static str, String)> {
    let all = i32::from(t.label_space == LabelSpace::All).to_string();
    let integer = |n: usize| i32::try_from(n).unwrap_or(i32::MAX).to_string();
    let mut list = vec![
        ("feature.possible_states", all.clone()),
        ("feature.possible_transitions", all),
        ("max_iterations", integer(t.max_iterations)),
    ];
    if t.algorithm == Algorithm::Lbfgs {
        list.push(("c1", t.c1.to_string()));
        list.push(("num_memories", integer(t.memory)));
        list.push(("epsilon", Optimiser::default().epsilon.to_string()));
    }
    if matches!(t.algorithm, Algorithm::Lbfgs | Algorithm::L2sgd) {
        list.push(("c2", t.c2.to_string()));
        list.push(("period", integer(t.period)));
        list.push(("delta", t.delta.to_string()));
    }
    list
}

fn failed(error: &impl std::fmt::Display) -> Error {
    Error::new(format!("CRFsuite: {error}"))
}
