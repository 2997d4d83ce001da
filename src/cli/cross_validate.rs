//! `musamma cross-validate`: every document tagged by a model that was not trained on it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Args;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::console;
use super::evaluate::is_attached;
use super::output_file::OutputFile;
use super::report_args::{self, Gold, ReportArgs};
use super::training_args::TrainingArgs;
use crate::corpus::{Document, write_conll};
use crate::cross_validate::{CURVE_PERCENTS, CrossValidation, Event, Job, Options, cross_validate};
use crate::error::Result;
use crate::features::Extractor;
use crate::label::Scheme;
use crate::report::{Cases, Provenance, html};

/// Arguments of `musamma cross-validate`.
///
/// Whole documents are kept on one side where there are as many as folds; else blocks of sentences. Models are trained side by
/// side, as many at once as there are threads; the report is the same for any number of them.
#[derive(Debug, Args)]
pub struct CrossValidate {
    /// Labelled files, or folders of them; documents of every split are used
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Number of parts that the data is divided into
    #[arg(long, short = 'k', value_name = "K", default_value_t = 10)]
    folds: usize,
    /// How often the whole is done, with other parts each time
    #[arg(long, value_name = "N", default_value_t = 1)]
    repeats: usize,
    /// Decides the parts; also the seed of the resamples
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Also train on 10, 25 and 50 % of each training set
    #[arg(long)]
    learning_curve: bool,
    /// Resamples for the 95 % intervals; 0 leaves them out
    #[arg(long, value_name = "N", default_value_t = 1000)]
    bootstrap: usize,
    /// Likely annotation errors to list; text shows the first 20 of them
    #[arg(long, value_name = "N", default_value_t = 50)]
    suspects: usize,
    /// Also write a page for the browser, with charts and every error in its sentence
    #[arg(long, value_name = "HTML")]
    report: Option<PathBuf>,
    /// Also write every disagreement of gold and prediction as CSV, the likeliest annotation error first
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Also write what was predicted on each document by the model that did not see it (as `CoNLL`; of the first repeat)
    #[arg(long, value_name = "FILE")]
    save_predictions: Option<PathBuf>,
    #[command(flatten)]
    output: ReportArgs,
    #[command(flatten)]
    training: TrainingArgs,
}

impl CrossValidate {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        self.output.check()?;
        for path in [&self.report, &self.errors, &self.save_predictions] {
            report_args::check(path.as_deref())?;
        }
        let config = self.training.config.load(None)?;
        let resources = self.training.resources.load(None)?;
        let mut reader = self.training.gold.reader()?;
        let files = reader.read(&self.files)?;
        let gold = Gold::new(files, |all| self.training.splits.select(all, &[]))?;
        reader.warn_of_unused_maps();
        let mut provenance = Provenance::new(gold.sources.clone()).with_config(&config);
        provenance.maps = reader.map().arguments();

        let options = self.options();
        let progress = Progress::new(&options, config.training.max_iterations);
        let watch = |event: &Event| {
            progress.show(event);
            ControlFlow::Continue(())
        };
        let all = cross_validate(&gold.documents, &config, &resources, &options, &watch)?;

        let cases = Cases::new(&gold.documents, &gold.files).all(&all.predictions);
        let suspects = cases.iter().take(self.suspects).cloned().collect();
        let (gazetteer, clusters) = resources.open()?;
        let extractor = Extractor::new(&config.features, gazetteer, clusters)?;
        let report = all.report(
            &gold.documents,
            &options,
            self.bootstrap,
            suspects,
            provenance,
            is_attached(Some(&extractor)),
        );
        if let Some(path) = &self.report {
            report_args::write_page(path, &html::cross_validation_page(&report, &cases)?)?;
        }
        if let Some(path) = &self.errors {
            report_args::write_errors(path, &cases)?;
        }
        if let Some(path) = &self.save_predictions {
            let mut saved = OutputFile::create(path)?;
            write_conll(&predicted(&gold.documents, &all), Scheme::Iob2, &mut saved)?;
            saved.finish()?;
        }
        self.output.write(&report)?;
        Ok(ExitCode::SUCCESS)
    }

    fn options(&self) -> Options {
        Options {
            folds: self.folds,
            repeats: self.repeats,
            seed: self.seed,
            learning_curve: self.learning_curve,
        }
    }
}

/// The documents with what was predicted in the first repeat instead of their gold entities.
fn predicted(documents: &[Document], all: &CrossValidation) -> Vec<Document> {
    let mut documents = documents.to_vec();
    for (document, predicted) in documents.iter_mut().zip(&all.predictions[0]) {
        for (sentence, predicted) in document.sentences.iter_mut().zip(predicted) {
            sentence.spans.clone_from(&predicted.spans);
        }
    }
    documents
}

/// Shows how training goes: a bar a model on a terminal, else a line a finished model.
struct Progress {
    bars: MultiProgress,
    live: Mutex<(usize, BTreeMap<Job, ProgressBar>)>,
    n_jobs: usize,
    repeats: usize,
    max_iterations: usize,
}

impl Progress {
    fn new(options: &Options, max_iterations: usize) -> Self {
        let n_shares = if options.learning_curve {
            CURVE_PERCENTS.len()
        } else {
            1
        };
        Self {
            bars: MultiProgress::new(),
            live: Mutex::default(),
            n_jobs: options.folds * options.repeats * n_shares,
            repeats: options.repeats,
            max_iterations,
        }
    }

    fn show(&self, event: &Event) {
        // A thread that panicked has ended the run anyway.
        let Ok(mut live) = self.live.lock() else {
            return;
        };
        match event {
            Event::Started(job) if console::draws_progress() => {
                let template = "{prefix:<20} {bar:30} {msg}";
                let style = ProgressStyle::with_template(template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar());
                let bar = ProgressBar::new(self.max_iterations as u64).with_style(style);
                let bar = self.bars.add(bar.with_prefix(self.name(*job)));
                live.1.insert(*job, bar);
            }
            Event::Started(_) => {}
            Event::Iteration(job, progress) => {
                if let Some(bar) = live.1.get(job) {
                    bar.set_position(progress.iteration as u64);
                    bar.set_message(format!("loss {:.1}", progress.loss));
                }
            }
            Event::Finished(job, scores) => {
                if let Some(bar) = live.1.remove(job) {
                    bar.finish_and_clear();
                    self.bars.remove(&bar);
                }
                live.0 += 1;
                let done = format!(
                    "{}: F1 {:.2} ({} of {})",
                    self.name(*job),
                    100.0 * scores.or_zero().2,
                    live.0,
                    self.n_jobs
                );
                let is_shown = console::draws_progress() && self.bars.println(&done).is_ok();
                if !is_shown {
                    console::note(done);
                }
            }
        }
    }

    fn name(&self, job: Job) -> String {
        let mut name = format!("fold {}", job.fold + 1);
        if self.repeats > 1 {
            name = format!("repeat {}, {name}", job.repeat + 1);
        }
        if !job.is_whole() {
            let _ = write!(name, ", {} %", job.percent);
        }
        name
    }
}
