//! Cross-validation: every document tagged by a model that was not trained on it.
//!
//! ```text
//! documents ─ Folds ─► jobs (repeat, fold, share) ─ train, predict, in parallel ─► predictions back in the documents' order
//! ```
//!
//! Never more models are in training than there are threads, see `src/jobs.rs`. Results depend on data, configuration and
//! seed alone.

mod plan;
mod report;

pub use plan::{CURVE_PERCENTS, Job};

use std::ops::ControlFlow;

use crate::config::Config;
use crate::corpus::{Document, DocumentSlice, FoldUnit, KindMap, Size};
use crate::crf::Progress;
use crate::error::{Error, Result};
use crate::evaluate::{
    Evaluation, Predicted, Predictions, Scores, SeenMentions, SeenRecall, no_predictions,
};
use crate::jobs::{self, Watcher};
use crate::model::Resources;
use crate::tag;
use crate::train;
use plan::Plan;

/// How documents are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Number of folds, 2 or more.
    pub folds: usize,
    /// How often the whole is done, each time with other folds.
    pub repeats: usize,
    /// Decides folds and, for the learning curve, the parts of the training data.
    pub seed: u64,
    /// Whether models are also trained on parts of the training data ([`CURVE_PERCENTS`]).
    pub learning_curve: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            folds: 10,
            repeats: 1,
            seed: 1,
            learning_curve: false,
        }
    }
}

/// What a caller sees; from several threads at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A model's training begins.
    Started(Job),
    /// An iteration is done.
    Iteration(Job, Progress),
    /// A model has been scored on its test documents.
    Finished(Job, Scores),
}

/// One trained and tested model.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Which.
    pub job: Job,
    /// Training data.
    pub train: Size,
    /// Test data.
    pub test: Size,
    /// Optimiser iterations.
    pub iterations: usize,
    /// Scores on the test data.
    pub evaluation: Evaluation,
    /// Recall on mentions that its training data holds, and on others.
    pub seen: SeenRecall,
}

/// The result of a cross-validation.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossValidation {
    /// What folds are made of.
    pub unit: FoldUnit,
    /// Models trained on all of their training data, by repeat and fold.
    pub folds: Vec<Run>,
    /// Models trained on parts of it, by share, repeat and fold; empty unless asked for.
    pub parts: Vec<Run>,
    /// Out-of-fold predictions of each repeat, in the order of the documents.
    pub predictions: Vec<Predictions>,
}

/// Cross-validates. `watch` sees every [`Event`]; break ends the run with an error as soon as the current iterations are done.
///
/// # Errors
/// When there are too few sentences for the folds, no repeats are asked for, or a fold cannot be trained.
pub fn cross_validate(
    documents: &[Document],
    config: &Config,
    resources: &Resources,
    options: &Options,
    watch: &(dyn Fn(&Event) -> ControlFlow<()> + Sync),
) -> Result<CrossValidation> {
    config.check()?;
    let plan = Plan::new(documents, options)?;
    let runner = Runner {
        documents,
        config,
        resources,
        plan: &plan,
        watcher: Watcher::new(watch),
    };
    let outcomes = jobs::run_all(plan.jobs().len(), |i| runner.run(plan.jobs()[i]))?;
    Ok(assemble(documents, &plan, outcomes))
}

fn stopped() -> Error {
    Error::new("the cross-validation was stopped")
}

/// A run with its predictions, one list for each slice of the fold's test data; none for parts of the training data.
struct Outcome {
    run: Run,
    predictions: Vec<Vec<Predicted>>,
}

struct Runner<'a> {
    documents: &'a [Document],
    config: &'a Config,
    resources: &'a Resources,
    plan: &'a Plan,
    watcher: Watcher<'a, Event>,
}

impl Runner<'_> {
    fn run(&self, job: Job) -> Result<Outcome> {
        if self.watcher.tell(&Event::Started(job)).is_break() {
            return Err(stopped());
        }
        let train = gather(self.documents, &self.plan.train(self.documents, job));
        let test = gather(self.documents, &self.plan.test(job));
        let (predictions, iterations) = self.predict(job, &train, &test)?;
        let mut evaluation = Evaluation::default();
        let mut seen = SeenRecall::default();
        let mentions = SeenMentions::new(&train);
        for (document, predicted) in test.iter().zip(&predictions) {
            for (sentence, predicted) in document.sentences.iter().zip(predicted) {
                evaluation.add_sentence(&sentence.spans, &predicted.spans, sentence.tokens.len());
                seen.add_sentence(&mentions, sentence, &predicted.spans);
            }
        }
        let scores = evaluation.micro().scores();
        let outcome = Outcome {
            run: Run {
                job,
                train: Size::of(&train),
                test: Size::of(&test),
                iterations,
                evaluation,
                seen,
            },
            predictions: if job.is_whole() {
                predictions
            } else {
                Vec::new()
            },
        };
        let _ = self.watcher.tell(&Event::Finished(job, scores));
        Ok(outcome)
    }

    /// Trains and predicts; also tells the iterations.
    fn predict(
        &self,
        job: Job,
        train: &[Document],
        test: &[Document],
    ) -> Result<(Predictions, usize)> {
        if !job.is_whole() && Size::of(train).entities == 0 {
            // A small part of a small corpus; what is learned from no entities finds none.
            return Ok((no_predictions(test), 0));
        }
        let watch = |event: &train::Event| match event {
            train::Event::Iteration { progress, .. } => {
                self.watcher.tell(&Event::Iteration(job, *progress))
            }
            train::Event::Prepared { .. } => ControlFlow::Continue(()),
        };
        let weights = train::document_weights(train)?;
        let options = train::Options {
            document_weights: &weights,
            ..train::Options::default()
        };
        let model = train::train(train, self.config, self.resources, &options, watch)
            .map_err(|e| e.in_file(format!("fold {}", job.fold + 1)))?;
        if self.watcher.is_stopped() {
            return Err(stopped());
        }
        let predictions = tag::predict(&model, test, &KindMap::default());
        Ok((predictions, model.manifest().iterations))
    }
}

/// The sentences of slices as documents.
fn gather(documents: &[Document], slices: &[DocumentSlice]) -> Vec<Document> {
    slices.iter().map(|slice| slice.cut(documents)).collect()
}

fn assemble(documents: &[Document], plan: &Plan, outcomes: Vec<Outcome>) -> CrossValidation {
    let mut all = CrossValidation {
        unit: plan.unit(),
        folds: Vec::new(),
        parts: Vec::new(),
        predictions: vec![no_predictions(documents); plan.n_repeats()],
    };
    for outcome in outcomes {
        let job = outcome.run.job;
        for (slice, predictions) in plan.test(job).into_iter().zip(outcome.predictions) {
            all.predictions[job.repeat][slice.document][slice.sentences]
                .clone_from_slice(&predictions);
        }
        let runs = if job.is_whole() {
            &mut all.folds
        } else {
            &mut all.parts
        };
        runs.push(outcome.run);
    }
    all.folds.sort_by_key(|run| run.job);
    all.parts.sort_by_key(|run| run.job);
    all
}

#[cfg(test)]
mod tests;
