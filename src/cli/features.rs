//! `musamma features`: the attributes of labelled files, as other CRF programs read them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::model_file;
use super::output_file::OutputFile;
use super::splits::HELD_OUT;
use super::training_args::TrainingArgs;
use crate::crfsuite::ItemWriter;
use crate::error::Result;
use crate::features::Extractor;
use crate::model::Model;
use crate::train;

/// Arguments of `musamma features`.
#[derive(Debug, Args)]
pub struct Features {
    /// Labelled files, or folders of them; documents marked `# split = dev` or `test` are left out, files without tags get
    /// the label O
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Format to write
    #[arg(long, value_enum)]
    format: FeatureFormat,
    /// File to write [default: stdout]
    #[arg(long, short, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Use the configuration, name lists and clusters of a model
    #[arg(long, value_name = "MODEL")]
    like: Option<PathBuf>,
    #[command(flatten)]
    training: TrainingArgs,
}

/// Format of attributes.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FeatureFormat {
    /// A line a token, label and attributes separated by tabs; an empty line between sentences
    Crfsuite,
}

impl Features {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let like = self.like.as_deref().map(model_file::open).transpose()?;
        let config = self
            .training
            .config
            .load(like.as_ref().map(Model::config))?;
        let resources = self
            .training
            .resources
            .load(like.as_ref().map(Model::resources))?;
        let (gazetteer, clusters) = resources.open()?;
        let extractor = Extractor::new(&config.features, gazetteer, clusters)?;
        let mut reader = self.training.gold.reader()?.allow_unlabelled();
        let documents = reader.documents(&self.files)?;
        let documents = self.training.splits.select(documents, HELD_OUT)?;
        reader.warn_of_unused_maps();
        let output = OutputFile::create_or_stdout(self.output.as_deref())?;
        let FeatureFormat::Crfsuite = self.format;
        let mut writer = ItemWriter::new(&extractor, config.scheme, output);
        for document in &documents {
            writer.write(document, train::document_weight(document)?)?;
        }
        writer.into_inner().finish()?;
        Ok(ExitCode::SUCCESS)
    }
}
