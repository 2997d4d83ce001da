//! `musamma tag`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};

/// Arguments of `musamma tag`.
#[derive(Debug, clap::Args)]
pub struct Tag {
    /// Files
    files: Vec<PathBuf>,
}

impl Tag {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        Err(Error::new(format!("not written yet: {:?}", self.files)))
    }
}
