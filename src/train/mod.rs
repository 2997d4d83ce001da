//! Training: labelled documents to a model.
//!
//! ```text
//! documents ─ prepare ─► Observations ─ native or external ─► Weights ─ spell ─► Model
//! ```
//!
//! The two trainers take a `Problem` and give back what was `Fitted`; the rest is shared.

mod external;
mod native;
mod prepare;
mod spell;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::config::{Config, Trainer};
use crate::corpus::{Document, data_hash};
use crate::crf::{Dataset, MAX_LABELS, Observations, Progress, Weights};
use crate::error::{Error, Result};
use crate::evaluate::{Evaluation, Scores};
use crate::label::LabelSet;
use crate::model::{Manifest, Model, Resources, top_weights};
use crate::tag::Worker;
use prepare::Corpus;

/// What training reads besides its documents.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Documents to measure on while training.
    pub dev: Option<&'a [Document]>,
    /// Model whose weights training starts from.
    pub start: Option<&'a Model>,
    /// Weight of each document's sentences; empty for 1 everywhere.
    pub document_weights: &'a [f64],
}

/// What a caller sees while a model is trained.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// Features are extracted and columns merged; optimisation begins.
    Prepared {
        /// Tokens of the training data.
        tokens: usize,
        /// Attributes before merging.
        attributes: usize,
        /// Columns after merging.
        columns: usize,
        /// Parameters to estimate.
        parameters: usize,
    },
    /// An iteration is done; with the dev scores where it was measured.
    Iteration {
        /// The optimiser's state.
        progress: Progress,
        /// Scores on the dev documents.
        dev: Option<Scores>,
    },
}

/// Trains a model. `watch` sees every [`Event`] and may end training early, which keeps the weights so far.
///
/// The result depends on documents, configuration and resources alone, not on the number of threads.
///
/// # Errors
/// When the configuration, the documents or the model to start from cannot be trained with, or `watch` breaks at once.
pub fn train(
    documents: &[Document],
    config: &Config,
    resources: &Resources,
    options: &Options<'_>,
    mut watch: impl FnMut(&Event) -> ControlFlow<()>,
) -> Result<Model> {
    config.check()?;
    let labels = label_set(documents, config)?;
    let corpus = Corpus::new(
        documents,
        config,
        resources,
        &labels,
        options.document_weights,
    )?;
    let problem = Problem {
        observations: corpus.observations(),
        config,
        labels: &labels,
        resources,
        options,
    };
    let fitted = match config.training.trainer {
        Trainer::Native => native::fit(problem, &mut watch)?,
        Trainer::Crfsuite => external::fit(problem, &mut watch)?,
    };
    let weights = fitted.weights;
    let names = spell::names(&corpus, &weights);
    let mut manifest = Manifest {
        tool: format!("musamma {}", env!("CARGO_PKG_VERSION")),
        data_hash: data_hash(documents),
        documents: documents.len(),
        sentences: documents.iter().map(|d| d.sentences.len()).sum(),
        tokens: corpus.tokens.len(),
        entities: count_entities(documents),
        iterations: fitted.iterations,
        loss: fitted.loss,
        stop: fitted.stop.into(),
        attributes: fitted.attributes,
        columns: fitted.columns,
        weights: weights.state.len(),
        dev: None,
        top: top_weights(&weights, &names, &labels),
    };
    let build = |manifest| {
        Model::new(
            manifest,
            config.clone(),
            labels.clone(),
            resources.clone(),
            &weights,
            &names,
        )
    };
    let model = build(manifest.clone())?;
    let Some(dev) = options.dev else {
        return Ok(model);
    };
    manifest.dev = Some(score(&model, dev).micro().scores());
    build(manifest)
}

/// The training problem in the CRF's terms, for those who want to solve it otherwise: labels and observations of documents.
/// `document_weights` as in [`Options`].
///
/// # Errors
/// As [`train`], before it begins.
pub fn observations(
    documents: &[Document],
    config: &Config,
    resources: &Resources,
    document_weights: &[f64],
) -> Result<(LabelSet, Observations)> {
    config.check()?;
    let labels = label_set(documents, config)?;
    let corpus = Corpus::new(documents, config, resources, &labels, document_weights)?;
    let observations = corpus.observations();
    Ok((labels, observations))
}

/// What a trainer is given.
struct Problem<'a> {
    observations: Observations,
    config: &'a Config,
    labels: &'a LabelSet,
    resources: &'a Resources,
    options: &'a Options<'a>,
}

/// What a trainer gives back.
struct Fitted {
    weights: Weights,
    iterations: usize,
    loss: f64,
    /// Why it ended.
    stop: &'static str,
    /// Attributes that occur often enough.
    attributes: usize,
    /// Columns after merging attributes that occur in the same places.
    columns: usize,
}

/// Whoever follows a training run, see [`train`].
type Watch<'a> = &'a mut dyn FnMut(&Event) -> ControlFlow<()>;

/// Tells that optimisation begins.
fn announce(data: &Dataset, watch: Watch<'_>) -> Result<()> {
    let event = Event::Prepared {
        tokens: data.n_tokens(),
        attributes: data.n_attributes(),
        columns: data.n_columns(),
        parameters: data.n_parameters(),
    };
    match watch(&event) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(Error::new("training was stopped before it began")),
    }
}

/// The labels of documents' entities, at least those of one type.
fn label_set(documents: &[Document], config: &Config) -> Result<LabelSet> {
    let spans = documents
        .iter()
        .flat_map(|d| &d.sentences)
        .flat_map(|s| &s.spans);
    let labels = LabelSet::from_spans(config.scheme, spans)?;
    if labels.kinds().is_empty() {
        return Err(Error::new("the training data has no entity")
            .expected("sentences with tags such as B-PER")
            .hint("is the tag in the last column?"));
    }
    if labels.n_labels() > MAX_LABELS {
        return Err(Error::new(format!(
            "{} entity types make {} labels",
            labels.kinds().len(),
            labels.n_labels()
        ))
        .expected(format!("at most {MAX_LABELS} labels"))
        .hint("use scheme = \"iob2\", or merge types with --map"));
    }
    Ok(labels)
}

/// Tags documents with a model and compares with their gold entities.
pub fn score(model: &Model, documents: &[Document]) -> Evaluation {
    use rayon::prelude::*;
    let parts: Vec<Evaluation> = documents
        .par_chunks(
            documents
                .len()
                .div_ceil(rayon::current_num_threads() * 4)
                .max(1),
        )
        .map(|documents| {
            let mut worker = Worker::new(model);
            let mut evaluation = Evaluation::default();
            for document in documents {
                for (sentence, predicted) in
                    document.sentences.iter().zip(worker.tag_document(document))
                {
                    evaluation.add_sentence(&sentence.spans, &predicted, sentence.tokens.len());
                }
            }
            evaluation
        })
        .collect();
    let mut all = Evaluation::default();
    for part in &parts {
        all.merge(part);
    }
    all
}

/// How much a document's sentences count in training: its `# weight = …` line, 1 where it has none.
pub fn document_weight(document: &Document) -> Result<f64> {
    let Some(text) = document.meta("weight") else {
        return Ok(1.0);
    };
    text.parse()
        .ok()
        .filter(|w: &f64| w.is_finite() && *w >= 0.0)
        .ok_or_else(|| {
            Error::new(format!("document {}: `# weight = {text}`", document.name))
                .expected("a number that is not negative")
        })
}

/// [`document_weight`] of each document, for [`Options::document_weights`].
pub fn document_weights(documents: &[Document]) -> Result<Vec<f64>> {
    documents.iter().map(document_weight).collect()
}

fn count_entities(documents: &[Document]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for span in documents
        .iter()
        .flat_map(|d| &d.sentences)
        .flat_map(|s| &s.spans)
    {
        *counts.entry(span.kind.clone()).or_default() += 1;
    }
    counts
}
