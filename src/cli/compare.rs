//! `musamma compare`: two models, or two predictions, on the same gold data.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::input::{GoldArgs, GoldReader, cannot_open};
use super::model_file;
use super::report_args::{Gold, ReportArgs};
use super::splits::SplitArgs;
use crate::error::Result;
use crate::evaluate::{Predictions, align_predictions};
use crate::model::MAGIC;
use crate::report::{ComparisonReport, ModelInfo, Provenance, Source};
use crate::tag;

/// Arguments of `musamma compare`.
#[derive(Debug, Args)]
pub struct Compare {
    /// Labelled file, or a folder of them
    #[arg(value_name = "GOLD")]
    gold_path: PathBuf,
    /// The first system: a model, a labelled file of predictions, or `default`
    a: PathBuf,
    /// The second system, likewise
    b: PathBuf,
    /// Shuffles of the approximate randomisation
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    shuffles: usize,
    /// Seed of the shuffles
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Wins and losses that text and Markdown list; JSON has all
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    output: ReportArgs,
    #[command(flatten)]
    splits: SplitArgs,
    #[command(flatten)]
    gold: GoldArgs,
}

impl Compare {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        self.output.check()?;
        let mut reader = self.gold.reader()?;
        let files = reader.read(std::slice::from_ref(&self.gold_path))?;
        let gold = Gold::new(files, |all| self.splits.select(all, &[]))?;
        let mut provenance = Provenance::new(gold.sources.clone());
        let first = predict(&self.a, &gold, &mut reader, &mut provenance)?;
        let second = predict(&self.b, &gold, &mut reader, &mut provenance)?;
        provenance.maps = reader.map().arguments();
        reader.warn_of_unused_maps();
        let mut report = ComparisonReport::new(
            &gold.documents,
            &gold.files,
            (&self.a.display().to_string(), first),
            (&self.b.display().to_string(), second),
            self.shuffles,
            self.seed,
            provenance,
        )?;
        report.shown = self.limit;
        self.output.write(&report)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Predictions of a model, or those that a file holds.
fn predict(
    path: &Path,
    gold: &Gold,
    reader: &mut GoldReader,
    provenance: &mut Provenance,
) -> Result<Predictions> {
    let name = path.display().to_string();
    let model = if name == "default" && !path.exists() {
        model_file::default_model()?
    } else if is_model(path)? {
        Some(model_file::open(path)?)
    } else {
        None
    };
    if let Some(model) = model {
        reader.map().mark_used(model.labels().kinds());
        provenance.models.push(ModelInfo::new(&name, &model));
        return Ok(tag::predict(&model, &gold.documents, reader.map()));
    }
    let documents = reader.documents(&[path.to_owned()])?;
    provenance.predictions.push(Source::new(&name, &documents));
    align_predictions(&gold.documents, &documents, &name)
}

/// Whether a file begins as a model does.
fn is_model(path: &Path) -> Result<bool> {
    if path.is_dir() || path.as_os_str() == "-" {
        return Ok(false);
    }
    let mut head = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut head))
        .map_err(|e| cannot_open(path, e))?;
    Ok(head == MAGIC)
}
