//! `musamma evaluate`: a model, or predictions, against gold data.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::console;
use super::input::{GoldArgs, GoldReader};
use super::model_file::{self, ModelArgs};
use super::report_args::{self, Gold, ReportArgs};
use super::splits::SplitArgs;
use crate::error::Result;
use crate::evaluate::{Breakdown, Predictions, SeenMentions, SeenRecall, align_predictions};
use crate::features::Extractor;
use crate::model::Model;
use crate::report::{Cases, EvaluationReport, ModelInfo, Provenance, Scorecard, Source, html};
use crate::tag;
use crate::text::name_without_proclitics;

/// Arguments of `musamma evaluate`.
///
/// The figures are those of conlleval and seqeval to the last digit; docs/EVALUATION.md explains each.
#[derive(Debug, Args)]
pub struct Evaluate {
    /// Labelled files, or folders of them
    #[arg(value_name = "GOLD", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Score this labelled file instead of a model; its tokens must be those of the gold data
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    predictions: Option<PathBuf>,
    /// Training data of the model, to tell seen from unseen mentions; repeatable
    #[arg(long, value_name = "FILE")]
    train: Vec<PathBuf>,
    /// Resamples for the 95 % intervals; 0 leaves them out
    #[arg(long, value_name = "N", default_value_t = 1000)]
    bootstrap: usize,
    /// Seed of the resamples
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Also write a page for the browser, with charts and every error in its sentence
    #[arg(long, value_name = "HTML")]
    report: Option<PathBuf>,
    /// Also write every error as CSV
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    #[command(flatten)]
    output: ReportArgs,
    #[command(flatten)]
    splits: SplitArgs,
    #[command(flatten)]
    gold: GoldArgs,
}

impl Evaluate {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        self.output.check()?;
        report_args::check(self.report.as_deref())?;
        report_args::check(self.errors.as_deref())?;
        let mut reader = self.gold.reader()?;
        let files = reader.read(&self.files)?;
        let gold = Gold::new(files, |all| self.splits.select(all, &[]))?;
        let mut provenance = Provenance::new(gold.sources.clone());
        let (predictions, model) = self.predict(&gold, &mut reader, &mut provenance)?;
        let seen = self.seen(&gold, &predictions, &mut reader, &mut provenance)?;
        provenance.maps = reader.map().arguments();
        reader.warn_of_unused_maps();

        let runs = [predictions];
        let breakdown = Breakdown::new(
            &gold.documents,
            &runs,
            is_attached(model.as_ref().map(Model::extractor)),
        );
        let scores = Scorecard::new(&breakdown, seen.as_ref(), self.bootstrap, self.seed);
        let report = EvaluationReport::new(scores, provenance);
        if self.report.is_some() || self.errors.is_some() {
            let cases = Cases::new(&gold.documents, &gold.files).all(&runs);
            if let Some(path) = &self.report {
                report_args::write_page(path, &html::evaluation_page(&report, &cases)?)?;
            }
            if let Some(path) = &self.errors {
                report_args::write_errors(path, &cases)?;
            }
        }
        self.output.write(&report)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Predictions, and the model that knows the words of names.
    fn predict(
        &self,
        gold: &Gold,
        reader: &mut GoldReader,
        provenance: &mut Provenance,
    ) -> Result<(Predictions, Option<Model>)> {
        if let Some(path) = &self.predictions {
            let documents = reader.documents(std::slice::from_ref(path))?;
            let name = path.display().to_string();
            let predictions = align_predictions(&gold.documents, &documents, &name)?;
            provenance.predictions = vec![Source::new(&name, &documents)];
            return Ok((predictions, model_file::default_model()?));
        }
        let model = self.model.open()?;
        reader.map().mark_used(model.labels().kinds());
        provenance.models = vec![ModelInfo::new(&self.model.name(), &model)];
        warn_of_training_data(&model, gold);
        let predictions = tag::predict(&model, &gold.documents, reader.map());
        Ok((predictions, Some(model)))
    }

    fn seen(
        &self,
        gold: &Gold,
        predictions: &Predictions,
        reader: &mut GoldReader,
        provenance: &mut Provenance,
    ) -> Result<Option<SeenRecall>> {
        if self.train.is_empty() {
            return Ok(None);
        }
        let mut training = Vec::new();
        for file in reader.read(&self.train)? {
            provenance
                .training
                .push(Source::new(&file.name, &file.documents));
            training.extend(file.documents);
        }
        let mentions = SeenMentions::new(&training);
        let mut seen = SeenRecall::default();
        for (document, predicted) in gold.documents.iter().zip(predictions) {
            for (sentence, predicted) in document.sentences.iter().zip(predicted) {
                seen.add_sentence(&mentions, sentence, &predicted.spans);
            }
        }
        Ok(Some(seen))
    }
}

/// Scores on training data say nothing; the hash in the manifest shows the plain case.
fn warn_of_training_data(model: &Model, gold: &Gold) {
    let trained_on = &model.manifest().data_hash;
    if gold.sources.iter().any(|source| source.hash == *trained_on) {
        console::warn("this is the data that the model was trained on: its scores here say little");
    }
}

/// Whether a proclitic is written to an entity, as far as the name lists of a model or training tell.
pub fn is_attached(extractor: Option<&Extractor>) -> impl Fn(&str) -> bool {
    move |surface| {
        let is_known = |normal: &str| extractor.is_some_and(|e| e.is_known(normal));
        *name_without_proclitics(surface, is_known) != *surface
    }
}
