//! `musamma train`.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::error::{Error, Result};

/// Arguments of `musamma train`.
#[derive(Debug, clap::Args)]
pub struct Train {
    /// Files
    files: Vec<PathBuf>,
}

impl Train {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        Err(Error::new(format!("not written yet: {:?}", self.files)))
    }
}
