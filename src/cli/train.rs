//! `musamma train`: labelled files to a model.

use std::fmt::Write as _;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::console;
use super::model_file;
use super::output_file::{OutputFile, write_error};
use super::splits::HELD_OUT;
use super::training_args::TrainingArgs;
use crate::config::Config;
use crate::corpus::Document;
use crate::error::Result;
use crate::evaluate::Evaluation;
use crate::model::Model;
use crate::train::{self, Event, Options};

/// Arguments of `musamma train`.
#[derive(Debug, Args)]
pub struct Train {
    /// Labelled files, or folders of them; documents marked `# split = dev` or `test` are left out
    #[arg(value_name = "FILE", required_unless_present = "print_config")]
    files: Vec<PathBuf>,
    /// Model file to write
    #[arg(
        long,
        short,
        value_name = "OUT",
        required_unless_present = "print_config"
    )]
    model: Option<PathBuf>,
    /// Labelled file to measure on while training; repeatable
    #[arg(long, value_name = "FILE")]
    dev: Vec<PathBuf>,
    /// Stop after this many measurements on --dev without a better F1, and keep the best weights
    #[arg(long, value_name = "N", requires = "dev")]
    patience: Option<usize>,
    /// Iterations between measurements on --dev
    #[arg(long, value_name = "N", requires = "dev")]
    dev_every: Option<usize>,
    /// Start from the weights, configuration, name lists and clusters of a model
    #[arg(long = "continue", value_name = "MODEL")]
    start: Option<PathBuf>,
    /// Write the configuration that would be used, and end
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    training: TrainingArgs,
}

impl Train {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let begun = Instant::now();
        let start = self.start.as_deref().map(model_file::open).transpose()?;
        let config = self.configuration(start.as_ref())?;
        if self.print_config {
            let mut stdout = OutputFile::stdout();
            stdout
                .write_all(config.to_toml()?.as_bytes())
                .map_err(write_error)?;
            stdout.finish()?;
            return Ok(ExitCode::SUCCESS);
        }
        let path = self.model.clone().unwrap_or_default();
        OutputFile::check(&path)?;
        let resources = self
            .training
            .resources
            .load(start.as_ref().map(Model::resources))?;
        let mut reader = self.training.gold.reader()?;
        let documents = reader.documents(&self.files)?;
        let documents = self.training.splits.select(documents, HELD_OUT)?;
        let dev = match self.dev.as_slice() {
            [] => None,
            paths => Some(reader.documents(paths)?),
        };
        reader.warn_of_unused_maps();
        let weights = train::document_weights(&documents)?;
        let options = Options {
            dev: dev.as_deref(),
            start: start.as_ref(),
            document_weights: &weights,
        };
        let mut progress = Progress::new(config.training.max_iterations);
        let model = train::train(&documents, &config, &resources, &options, |event| {
            progress.show(event);
            ControlFlow::Continue(())
        })?;
        progress.end();
        let bytes = model.to_bytes()?;
        let mut output = OutputFile::create(&path)?;
        output.write_all(&bytes).map_err(write_error)?;
        output.finish()?;
        summarise(&model, dev.as_deref());
        console::note(format_args!(
            "{}: {} in {:.1} s{}",
            path.display(),
            megabytes(bytes.len() as u64),
            begun.elapsed().as_secs_f64(),
            peak_memory().map_or_else(String::new, |m| format!(", peak memory {}", megabytes(m)))
        ));
        Ok(ExitCode::SUCCESS)
    }

    fn configuration(&self, start: Option<&Model>) -> Result<Config> {
        let mut config = self.training.config.load(start.map(Model::config))?;
        let training = &mut config.training;
        training.patience = self.patience.unwrap_or(training.patience);
        training.dev_every = self.dev_every.unwrap_or(training.dev_every);
        config.check()?;
        Ok(config)
    }
}

/// Shows how training goes: a line an iteration, on a terminal one line that is redrawn.
struct Progress {
    bar: Option<ProgressBar>,
    begun: Instant,
    max_iterations: usize,
}

impl Progress {
    fn new(max_iterations: usize) -> Self {
        let bar = console::draws_progress().then(|| {
            let style = ProgressStyle::with_template("{spinner} {msg}");
            ProgressBar::new_spinner().with_style(style.unwrap_or(ProgressStyle::default_spinner()))
        });
        if let Some(bar) = &bar {
            bar.set_message("extracting features …");
            bar.tick();
        }
        Self {
            bar,
            begun: Instant::now(),
            max_iterations,
        }
    }

    fn show(&mut self, event: &Event) {
        match event {
            Event::Prepared {
                tokens,
                attributes,
                columns,
                parameters,
            } => {
                self.keep(&format!(
                    "{tokens} tokens, {attributes} attributes in {columns} columns, {parameters} parameters"
                ));
                self.begun = Instant::now();
            }
            Event::Iteration { progress, dev } => {
                let mut line = format!(
                    "iteration {:>3}/{}  loss {:.3}  active weights {}  {:.1} s",
                    progress.iteration,
                    self.max_iterations,
                    progress.loss,
                    progress.active,
                    self.begun.elapsed().as_secs_f64()
                );
                if let Some(dev) = dev {
                    let _ = write!(line, "  dev F1 {:.2}", 100.0 * dev.or_zero().2);
                    self.keep(&line);
                } else if let Some(bar) = &self.bar {
                    bar.set_message(line);
                    bar.tick();
                } else {
                    console::note(line);
                }
            }
        }
    }

    /// Shows a line that stays.
    fn keep(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.println(line),
            None => console::note(line),
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn summarise(model: &Model, dev: Option<&[Document]>) {
    let manifest = model.manifest();
    console::note(format_args!(
        "{} documents, {} sentences, {} tokens; {}",
        manifest.documents,
        manifest.sentences,
        manifest.tokens,
        counts(&manifest.entities)
    ));
    console::note(format_args!(
        "{} iterations, loss {:.3}, ended: {}; {} weights",
        manifest.iterations, manifest.loss, manifest.stop, manifest.weights
    ));
    if let Some(dev) = dev
        && !console::is_quiet()
    {
        show_scores(&train::score(model, dev));
    }
}

fn counts(entities: &std::collections::BTreeMap<String, usize>) -> String {
    let parts: Vec<String> = entities.iter().map(|(k, n)| format!("{k} {n}")).collect();
    parts.join(", ")
}

fn show_scores(evaluation: &Evaluation) {
    console::note(format_args!(
        "{:<10} {:>9} {:>7} {:>7} {:>6}",
        "dev", "precision", "recall", "F1", "gold"
    ));
    let micro = evaluation.micro();
    let rows = evaluation.kinds.iter().map(|(kind, c)| (kind.as_str(), c));
    for (kind, counts) in rows.chain([("micro", &micro)]) {
        let (precision, recall, f1) = counts.scores().or_zero();
        console::note(format_args!(
            "{kind:<10} {:>9.2} {:>7.2} {:>7.2} {:>6}",
            100.0 * precision,
            100.0 * recall,
            100.0 * f1,
            counts.support()
        ));
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The most memory that the process has held, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
