//! Which documents of a corpus a command works on: those of a split (`# split = test`), or all.

use clap::Args;

use super::console;
use crate::corpus::Document;
use crate::error::{Error, Result};

/// Splits that training must never see unless it is told to.
pub const HELD_OUT: &[&str] = &["dev", "test"];

/// Flags that choose documents by their `split`.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Choosing documents")]
pub struct SplitArgs {
    /// Use only the documents of this split (`# split = NAME`); repeatable
    #[arg(long, value_name = "NAME")]
    split: Vec<String>,
    /// Use the documents of every split
    #[arg(long, conflicts_with = "split")]
    all_splits: bool,
}

impl SplitArgs {
    /// Keeps the documents asked for; without flags, those of no split in `left_out`. Says how many were used.
    ///
    /// # Errors
    /// When no document remains.
    pub fn select(&self, documents: Vec<Document>, left_out: &[&str]) -> Result<Vec<Document>> {
        let total = documents.len();
        let is_wanted = |document: &Document| match document.meta("split") {
            _ if self.all_splits => true,
            Some(split) if !self.split.is_empty() => self.split.iter().any(|s| s == split),
            Some(split) => !left_out.contains(&split),
            None => self.split.is_empty(),
        };
        let selected: Vec<Document> = documents.into_iter().filter(is_wanted).collect();
        if selected.is_empty() {
            return Err(
                Error::new(format!("none of the {total} documents is in the split"))
                    .hint("see the `# split = …` lines, --split and --all-splits"),
            );
        }
        if selected.len() < total {
            console::note(format_args!(
                "{} of {total} documents used: {}",
                selected.len(),
                if self.split.is_empty() {
                    format!("those marked {} are left out", left_out.join(" or "))
                } else {
                    format!("those marked {}", self.split.join(" or "))
                }
            ));
        }
        Ok(selected)
    }
}
