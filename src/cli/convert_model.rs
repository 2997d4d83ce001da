//! `musamma convert-model`: between this program's models and CRFsuite's.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::console;
use super::input::cannot_open;
use super::model_file;
use super::output_file::{OutputFile, write_error};
use crate::crfsuite;
use crate::error::{Error, Result};
use crate::model::{MAGIC, Model};

/// Arguments of `musamma convert-model`.
#[derive(Debug, Args)]
pub struct ConvertModel {
    /// A model of this program, which becomes one of CRFsuite, or the reverse
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Model file to write
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Model whose features wrote the attributes that the CRFsuite model was trained on: the new model gets its
    /// configuration, name lists, clusters and labels [default: the model inside the program]
    #[arg(long, value_name = "MODEL")]
    like: Option<PathBuf>,
}

impl ConvertModel {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let bytes = std::fs::read(&self.input).map_err(|e| cannot_open(&self.input, e))?;
        OutputFile::check(&self.output)?;
        let converted = if bytes.starts_with(&MAGIC) {
            self.export(bytes)
        } else if bytes.starts_with(&crfsuite::MAGIC) {
            self.import(&bytes)
        } else {
            Err(Error::new("neither a Musamma nor a CRFsuite model"))
        };
        let converted = converted.map_err(|e| e.in_file(self.input.display()))?;
        let mut output = OutputFile::create(&self.output)?;
        output.write_all(&converted).map_err(write_error)?;
        output.finish()?;
        Ok(ExitCode::SUCCESS)
    }

    fn export(&self, bytes: Vec<u8>) -> Result<Vec<u8>> {
        if self.like.is_some() {
            console::warn("--like has no effect: a CRFsuite model has no features of its own");
        }
        let exported = crfsuite::export(&Model::open(&bytes.into())?)?;
        if exported.has_free_boundaries {
            console::warn(
                "the model has no boundary features, so CRFsuite may begin or end a sentence inside an entity",
            );
        }
        let model = &exported.model;
        console::note(format_args!(
            "{} labels, {} attributes, {} weights for CRFsuite",
            model.labels.len(),
            model.attributes.len(),
            model.states.len()
        ));
        crfsuite::write(model)
    }

    fn import(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let like = match &self.like {
            Some(path) => model_file::open(path)?,
            None => model_file::default_model()?.ok_or_else(|| {
                Error::new("this build has no default model").hint("name one with --like")
            })?,
        };
        let imported = crfsuite::read(bytes)?;
        if imported.misplaced > 0 {
            console::warn(format_args!(
                "{} of {} names are stored under a wrong hash: CRFsuite itself tags with this file as if they had no weight",
                imported.misplaced,
                imported.model.attributes.len() + imported.model.labels.len()
            ));
        }
        let model = crfsuite::import(&imported.model, &like)?;
        console::note(format_args!(
            "{} weights of {} attributes from CRFsuite",
            model.manifest().weights,
            imported.model.attributes.len()
        ));
        model.to_bytes()
    }
}
