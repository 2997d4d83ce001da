//! What a model says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evaluate::Scores;

/// Where a model comes from and how well it did. No dates: the same data gives the same bytes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
pub struct Manifest {
    /// Version of the program that trained it.
    pub tool: String,
    /// Hash (XXH3, 128 bits, hexadecimal) of tokens and labels of the training data, in order.
    pub data_hash: String,
    /// Documents of the training data.
    pub documents: usize,
    /// Sentences of the training data.
    pub sentences: usize,
    /// Tokens of the training data.
    pub tokens: usize,
    /// Entities of the training data by type.
    pub entities: BTreeMap<String, usize>,
    /// Optimiser iterations.
    pub iterations: usize,
    /// Final objective.
    pub loss: f64,
    /// Why training ended.
    pub stop: String,
    /// Attributes of the training data.
    pub attributes: usize,
    /// Columns after merging attributes that occur in the same places.
    pub columns: usize,
    /// State weights that are not zero.
    pub weights: usize,
    /// Scores on the dev data, if there was any.
    pub dev: Option<Scores>,
    /// Strongest state weights of each label.
    pub top: BTreeMap<String, Vec<TopWeight>>,
}

/// A weight with its attribute's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopWeight {
    /// Name, with the window offset where it is not 0.
    pub attribute: String,
    /// Weight.
    pub weight: f32,
}
