//! `musamma inspect`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};

/// Arguments of `musamma inspect`.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// Files
    files: Vec<PathBuf>,
}

impl Inspect {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        Err(Error::new(format!("not written yet: {:?}", self.files)))
    }
}
