//! `musamma convert`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};

/// Arguments of `musamma convert`.
#[derive(Debug, clap::Args)]
pub struct Convert {
    /// Files
    files: Vec<PathBuf>,
}

impl Convert {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        Err(Error::new(format!("not written yet: {:?}", self.files)))
    }
}
