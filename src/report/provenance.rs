//! What a report was made from: program, data, model, configuration, by name and hash.

use crate::config::Config;
use crate::corpus::{Document, Size, data_hash};
use crate::model::Model;
use serde::Serialize;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_128;

/// A file of labelled data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Source {
    /// Name as the user gave it.
    pub name: String,
    /// Size.
    #[serde(flatten)]
    pub size: Size,
    /// Hash (XXH3, 128 bits, hexadecimal) of tokens and entities, in order: that of a model's manifest.
    pub hash: String,
}

impl Source {
    /// Describes documents.
    pub fn new<'a>(name: &str, documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let documents: Vec<&Document> = documents.into_iter().collect();
        Self {
            name: name.to_owned(),
            size: Size::of(documents.iter().copied()),
            hash: data_hash(documents.iter().copied()),
        }
    }
}

/// A model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelInfo {
    /// Name as the user gave it.
    pub name: String,
    /// Program that trained it.
    pub tool: String,
    /// Hash of its training data.
    pub data_hash: String,
    /// Tokens of its training data.
    pub tokens: usize,
    /// Entities of its training data by type.
    pub entities: BTreeMap<String, usize>,
    /// Optimiser iterations.
    pub iterations: usize,
    /// State weights.
    pub weights: usize,
}

impl ModelInfo {
    /// Describes a model.
    pub fn new(name: &str, model: &Model) -> Self {
        let manifest = model.manifest();
        Self {
            name: name.to_owned(),
            tool: manifest.tool.clone(),
            data_hash: manifest.data_hash.clone(),
            tokens: manifest.tokens,
            entities: manifest.entities.clone(),
            iterations: manifest.iterations,
            weights: manifest.weights,
        }
    }
}

/// What a report was made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Provenance {
    /// Program and version.
    pub program: String,
    /// Gold data.
    pub data: Vec<Source>,
    /// Labelled data that was taken as predictions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<Source>,
    /// Models that predicted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelInfo>,
    /// Training data: that of `tune`, in other reports that by which mentions are called seen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub training: Vec<Source>,
    /// Renamed types, as given: `PERS=PER`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<String>,
    /// Configuration of the training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config: Option<Config>,
    /// Hash (XXH3, 128 bits, hexadecimal) of the configuration as TOML with every key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_hash: Option<String>,
}

impl Provenance {
    /// A provenance that names the program and its data.
    pub fn new(data: Vec<Source>) -> Self {
        Self {
            program: format!("musamma {}", env!("CARGO_PKG_VERSION")),
            data,
            ..Self::default()
        }
    }

    /// Adds the configuration and its hash.
    #[must_use]
    pub fn with_config(mut self, config: &Config) -> Self {
        let toml = config.to_toml().unwrap_or_default();
        self.config_hash = Some(format!("{:032x}", xxh3_128(toml.as_bytes())));
        self.config = Some(config.clone());
        self
    }
}
