//! Opening a model: a file, or the default one that is part of the program.

use std::path::{Path, PathBuf};

use clap::Args;

use super::input::cannot_open;
use crate::error::{Error, Result};
use crate::frozen::Bytes;
use crate::model::Model;

/// The default model; empty in a checkout where none has been trained yet.
static DEFAULT: &[u8] = include_bytes!("../../models/default.mus");

/// The flag of every command that tags.
#[derive(Debug, Clone, Default, Args)]
pub struct ModelArgs {
    /// Model file [default: the model inside the program]
    #[arg(long, short, value_name = "MODEL")]
    model: Option<PathBuf>,
}

impl ModelArgs {
    /// Opens the model.
    pub fn open(&self) -> Result<Model> {
        open_or_default(self.model.as_deref())
    }

    /// What the model is called in reports.
    pub fn name(&self) -> String {
        self.model.as_ref().map_or_else(
            || "default model".to_owned(),
            |path| path.display().to_string(),
        )
    }
}

/// Opens a model file and verifies all of it.
pub fn open(path: &Path) -> Result<Model> {
    let bytes = std::fs::read(path).map_err(|e| cannot_open(path, e))?;
    Model::open(&bytes.into()).map_err(|e| e.in_file(path.display()))
}

/// Opens a model file, or the default model where none is named.
pub fn open_or_default(path: Option<&Path>) -> Result<Model> {
    match path {
        Some(path) => open(path),
        None => default_model()?.ok_or_else(|| {
            Error::new("this build has no default model").hint("name one with --model")
        }),
    }
}

/// The model inside the program; `None` in a build without one.
pub fn default_model() -> Result<Option<Model>> {
    if DEFAULT.is_empty() {
        return Ok(None);
    }
    let model = Model::open(&Bytes::from_static(DEFAULT)).map_err(|e| e.in_file("default model"));
    model.map(Some)
}
