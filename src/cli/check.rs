//! `musamma check`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};

/// Arguments of `musamma check`.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Files
    files: Vec<PathBuf>,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        Err(Error::new(format!("not written yet: {:?}", self.files)))
    }
}
