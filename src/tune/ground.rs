//! What trials are trained and measured on: a dev set, or folds.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::Measure;
use crate::config::Config;
use crate::corpus::{Document, DocumentSlice, Folds};
use crate::error::Result;
use crate::evaluate::{Predicted, Predictions, no_predictions};
use crate::model::{Model, Resources};
use crate::tag::Worker;
use crate::train;

/// The data, and how a trial's trainings divide it.
#[derive(Debug)]
pub struct Ground<'a> {
    documents: &'a [Document],
    resources: &'a Resources,
    measure: Measure<'a>,
    /// The folds, where there is no dev set.
    folds: Option<Folds>,
}

/// What one training predicts on its test sentences: a list for each slice of the documents measured on.
pub type Outcome = Vec<(DocumentSlice, Vec<Predicted>)>;

impl<'a> Ground<'a> {
    /// Divides the data.
    ///
    /// # Errors
    /// When there are too few sentences for the folds.
    pub fn new(
        documents: &'a [Document],
        resources: &'a Resources,
        measure: Measure<'a>,
        seed: u64,
    ) -> Result<Self> {
        let folds = match measure {
            Measure::Dev(_) => None,
            Measure::Folds(n) => Some(Folds::new(documents, n, seed)?),
        };
        Ok(Self {
            documents,
            resources,
            measure,
            folds,
        })
    }

    /// Trainings of a trial: one a fold.
    pub fn n_trainings(&self) -> usize {
        self.folds.as_ref().map_or(1, Folds::n_folds)
    }

    /// The documents that scores are of.
    pub fn gold(&self) -> &'a [Document] {
        match self.measure {
            Measure::Dev(dev) => dev,
            Measure::Folds(_) => self.documents,
        }
    }

    /// Trains with a configuration and tags what is held out from that; also tells the iterations. `None` when `watch` ended
    /// the training.
    pub fn run(
        &self,
        fold: usize,
        config: &Config,
        mut watch: impl FnMut(&train::Event) -> ControlFlow<()>,
    ) -> Result<Option<(Outcome, usize)>> {
        let cut = |slices: &[DocumentSlice]| -> Vec<Document> {
            slices.iter().map(|s| s.cut(self.documents)).collect()
        };
        let (documents, test, slices) = match &self.folds {
            None => {
                let whole = |(document, d): (usize, &Document)| DocumentSlice {
                    document,
                    sentences: 0..d.sentences.len(),
                };
                let slices: Vec<DocumentSlice> =
                    self.gold().iter().enumerate().map(whole).collect();
                (
                    Cow::Borrowed(self.documents),
                    Cow::Borrowed(self.gold()),
                    slices,
                )
            }
            Some(folds) => {
                let slices = folds.test(fold);
                (
                    Cow::Owned(cut(&folds.train(fold))),
                    Cow::Owned(cut(&slices)),
                    slices,
                )
            }
        };
        let weights = train::document_weights(&documents)?;
        let options = train::Options {
            document_weights: &weights,
            ..train::Options::default()
        };
        let mut is_stopped = false;
        let model = train::train(&documents, config, self.resources, &options, |event| {
            let flow = watch(event);
            is_stopped |= flow.is_break();
            flow
        })?;
        if is_stopped {
            return Ok(None);
        }
        let predictions = predict(&model, &test);
        let outcome = slices.into_iter().zip(predictions).collect();
        Ok(Some((outcome, model.manifest().iterations)))
    }

    /// Puts the outcomes of a trial's trainings together, in the order of the documents that scores are of.
    pub fn assemble(&self, outcomes: impl IntoIterator<Item = Outcome>) -> Predictions {
        let mut all = no_predictions(self.gold());
        for (slice, predictions) in outcomes.into_iter().flatten() {
            all[slice.document][slice.sentences].clone_from_slice(&predictions);
        }
        all
    }
}

/// Entities alone: probabilities, which [`crate::tag::predict`] adds, take longer and decide nothing here. On one thread, as
/// trainings run side by side.
fn predict(model: &Model, documents: &[Document]) -> Predictions {
    let mut worker = Worker::new(model);
    let mut tag = |document| {
        let spans = worker.tag_document(document);
        spans.into_iter().map(Predicted::from_spans).collect()
    };
    documents.iter().map(&mut tag).collect()
}
