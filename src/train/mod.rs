//! Training: labelled documents to a model.
//!
//! ```text
//! documents ─ prepare ─► Observations ─ crf ─► Weights ─ spell ─► Model
//! ```

mod prepare;
mod spell;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::config::Config;
use crate::corpus::{Document, data_hash};
use crate::crf::{
    Dataset, MAX_LABELS, Objective, Optimiser, Progress, Regularisation, Stop, Weights, warm_start,
};
use crate::error::{Error, Result};
use crate::evaluate::{Evaluation, Scores};
use crate::label::LabelSet;
use crate::model::{Manifest, Model, Resources, grammar};
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
pub fn train(
    documents: &[Document],
    config: &Config,
    resources: &Resources,
    options: &Options<'_>,
    mut watch: impl FnMut(&Event) -> ControlFlow<()>,
) -> Result<Model> {
    config.check()?;
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
    let corpus = Corpus::new(
        documents,
        config,
        resources,
        &labels,
        options.document_weights,
    )?;
    let t = &config.training;
    let data = Dataset::new(
        corpus.observations(),
        t.min_count,
        t.label_space,
        grammar(&labels),
    );
    let event = Event::Prepared {
        tokens: data.n_tokens(),
        attributes: data.n_attributes(),
        columns: data.n_columns(),
        parameters: data.n_parameters(),
    };
    let mut manifest = Manifest {
        tool: format!("musamma {}", env!("CARGO_PKG_VERSION")),
        data_hash: data_hash(documents),
        documents: documents.len(),
        sentences: documents.iter().map(|d| d.sentences.len()).sum(),
        tokens: data.n_tokens(),
        entities: count_entities(documents),
        attributes: data.n_attributes(),
        columns: data.n_columns(),
        ..Manifest::default()
    };
    if watch(&event).is_break() {
        return Err(Error::new("training was stopped before it began"));
    }
    let mut x = match options.start {
        Some(model) if *model.labels() == labels => warm_start(
            &data,
            |hash| model.table().weights(hash),
            model.transition_weights(),
        ),
        Some(model) => {
            return Err(Error::new("the model to continue from has other labels")
                .expected(format!(
                    "{} in {:?}",
                    labels.kinds().join(", "),
                    labels.scheme()
                ))
                .hint(format!("it has {}", model.labels().kinds().join(", "))));
        }
        None => vec![0.0; data.n_parameters()],
    };
    let mut objective = Objective::new(
        &data,
        Regularisation {
            c1: t.c1,
            c2: t.c2,
            miss_cost: t.miss_cost,
        },
    );
    let optimiser = Optimiser {
        max_iterations: t.max_iterations,
        memory: t.memory,
        delta: t.delta,
        period: t.period,
        epsilon: Optimiser::default().epsilon,
    };
    let mut best: Option<(f64, Scores, Vec<f64>)> = None;
    let mut waiting = 0;
    let mut failed = None;
    let summary = optimiser.minimise(&mut objective, &mut x, |progress, x| {
        let mut dev = None;
        if let Some(documents) = options.dev
            && progress.iteration % t.dev_every == 0
        {
            let weights = Weights::from_parameters(&data, x);
            let measured = Model::new(
                Manifest::default(),
                config.clone(),
                labels.clone(),
                resources.clone(),
                &weights,
                &[],
            )
            .map(|model| score(&model, documents).micro().scores());
            match measured {
                Ok(scores) => dev = Some(scores),
                Err(e) => {
                    failed = Some(e);
                    return ControlFlow::Break(());
                }
            }
        }
        let event = Event::Iteration {
            progress: *progress,
            dev,
        };
        if watch(&event).is_break() {
            return ControlFlow::Break(());
        }
        if let (Some(scores), true) = (dev, t.patience > 0) {
            let f1 = scores.f1.unwrap_or(0.0);
            if best.as_ref().is_none_or(|b| f1 > b.0) {
                best = Some((f1, scores, x.to_vec()));
                waiting = 0;
            } else {
                waiting += 1;
                if waiting >= t.patience {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let kept_best = best.is_some();
    if let Some((_, _, parameters)) = best {
        x = parameters;
    }
    let weights = Weights::from_parameters(&data, &x);
    drop(objective);
    drop(data);
    let names = spell::names(&corpus, &weights);
    manifest.iterations = summary.last.iteration;
    manifest.loss = summary.last.loss;
    manifest.stop = match (summary.stop, kept_best) {
        (Stop::Converged, _) => "converged",
        (Stop::Iterations, _) => "maximum of iterations",
        (Stop::NoProgress, _) => "no further progress",
        (Stop::Caller, true) => "no better on the dev data",
        (Stop::Caller, false) => "stopped by the caller",
    }
    .into();
    manifest.weights = weights.state.len();
    manifest.top = spell::top(&weights, &names, &labels);
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
