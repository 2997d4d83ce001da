//! Everything, for programs. The schema is documented in `docs/EVALUATION.md`.

use crate::error::{Error, Result};
use serde::Serialize;
use std::io::Write;

/// Writes indented JSON and a line end.
pub fn write(report: &impl Serialize, output: &mut impl Write) -> Result<()> {
    // By way of memory, so that a closed pipe stays an I/O error with its kind.
    let mut bytes = serde_json::to_vec_pretty(report)
        .map_err(|e| Error::new(format!("cannot write JSON: {e}")))?;
    bytes.push(b'\n');
    output
        .write_all(&bytes)
        .map_err(|e| Error::io("cannot write", e))
}
