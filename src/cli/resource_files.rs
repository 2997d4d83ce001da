//! Name lists and word clusters for training: from files, else those of the default model.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args;

use super::input::{cannot_open, files_below};
use super::model_file;
use crate::clusters::Lexicon;
use crate::error::{Error, Result};
use crate::gazetteer::read_entries;
use crate::model::Resources;

/// Flags that choose name lists and clusters.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Name lists and clusters")]
pub struct ResourceArgs {
    /// Name list (CSV: name,class,source,licence) or a folder of them; repeatable [default: those of the default model]
    #[arg(long, value_name = "FILE|DIR")]
    lists: Vec<PathBuf>,
    /// Train without name lists
    #[arg(long, conflicts_with = "lists")]
    no_lists: bool,
    /// Word clusters (a line a word, its ids after tabs) [default: those of the default model]
    #[arg(long, value_name = "TSV")]
    clusters: Option<PathBuf>,
}

impl ResourceArgs {
    /// Reads and compiles them. `base` is the model whose lists and clusters are used where no flag says otherwise.
    pub fn load(&self, base: Option<&Resources>) -> Result<Resources> {
        let mut resources = match base {
            Some(resources) => resources.clone(),
            None => match model_file::default_model()? {
                Some(model) => model.resources().clone(),
                None => Resources::compile(&[], &Lexicon::default())?,
            },
        };
        if self.no_lists || !self.lists.is_empty() {
            resources = resources.with_lists(&self.entries()?)?;
        }
        if let Some(path) = &self.clusters {
            resources = resources.with_lexicon(&read_lexicon(path)?)?;
        }
        Ok(resources)
    }

    fn entries(&self) -> Result<Vec<crate::gazetteer::Entry>> {
        let mut entries = Vec::new();
        for path in &self.lists {
            let files = if path.is_dir() {
                files_below(path, &["csv"])?
            } else {
                vec![path.clone()]
            };
            if files.is_empty() {
                return Err(Error::new("the folder has no name list")
                    .expected("files ending in .csv")
                    .in_file(path.display()));
            }
            for path in files {
                let file = File::open(&path).map_err(|e| cannot_open(&path, e))?;
                let name = path.display().to_string();
                entries.extend(read_entries(BufReader::new(file), &name)?);
            }
        }
        Ok(entries)
    }
}

/// Reads word clusters.
pub fn read_lexicon(path: &Path) -> Result<Lexicon> {
    let file = File::open(path).map_err(|e| cannot_open(path, e))?;
    Lexicon::read(BufReader::new(file), &path.display().to_string())
}
