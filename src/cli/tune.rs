//! `musamma tune`: the training configuration that suits labelled files.

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Instant;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::console;
use super::output_file::{OutputFile, write_error};
use super::report_args::{self, Gold, ReportFormat};
use super::splits::HELD_OUT;
use super::training_args::TrainingArgs;
use crate::error::Result;
use crate::report::{self, Provenance};
use crate::tune::{Event, Measure, Options, tune};

/// Arguments of `musamma tune`.
#[derive(Debug, Args)]
pub struct Tune {
    /// Labelled files, or folders of them; documents marked `# split = dev` or `test` are left out
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Labelled file to measure on; repeatable
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "folds",
        conflicts_with = "folds"
    )]
    dev: Vec<PathBuf>,
    /// Measure by cross-validation over so many parts of the data
    #[arg(long, short = 'k', value_name = "K")]
    folds: Option<usize>,
    /// Configurations to try, with the start
    #[arg(long, short = 'n', value_name = "N", default_value_t = 16)]
    trials: usize,
    /// Decides configurations and folds; also the seed of the resamples
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// File to write the best configuration to, for `train --config`; `-` is stdout, which then has no report
    #[arg(long, short, value_name = "TOML")]
    output: Option<PathBuf>,
    /// Format of the report
    #[arg(long, short, value_enum, default_value_t)]
    format: ReportFormat,
    #[command(flatten)]
    training: TrainingArgs,
}

impl Tune {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        report_args::check(self.output.as_deref())?;
        let start = self.training.config.load(None)?;
        let resources = self.training.resources.load(None)?;
        let mut reader = self.training.gold.reader()?;
        let select = |all| self.training.splits.select(all, HELD_OUT);
        let gold = Gold::new(reader.read(&self.files)?, select)?;
        let dev = Gold::new(reader.read(&self.dev)?, Ok)?;
        reader.warn_of_unused_maps();
        let options = Options {
            measure: self
                .folds
                .map_or(Measure::Dev(&dev.documents), Measure::Folds),
            trials: self.trials,
            seed: self.seed,
        };

        let progress = Progress::new();
        let watch = |event: &Event| {
            progress.show(event);
            ControlFlow::Continue(())
        };
        let tuning = tune(&gold.documents, &start, &resources, &options, &watch)?;

        let mut provenance = if self.folds.is_some() {
            Provenance::new(gold.sources)
        } else {
            let mut provenance = Provenance::new(dev.sources);
            provenance.training = gold.sources;
            provenance
        };
        provenance.maps = reader.map().arguments();
        let report = tuning.report(&options, provenance.with_config(&start))?;
        if let Some(path) = &self.output {
            let mut output = OutputFile::create(path)?;
            let toml = report.best.to_toml()?;
            output.write_all(toml.as_bytes()).map_err(write_error)?;
            output.finish()?;
            if path.as_os_str() == "-" {
                return Ok(ExitCode::SUCCESS);
            }
        }
        let mut stdout = OutputFile::stdout();
        report::render(&report, self.format.into(), &mut stdout)?;
        stdout.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Shows how the search goes: a bar a rung on a terminal, else a line a finished training.
struct Progress {
    begun: Instant,
    rung: Mutex<Rung>,
}

/// The rung that is under way.
#[derive(Default)]
struct Rung {
    bar: Option<ProgressBar>,
    name: String,
    iterations: usize,
    trainings: usize,
    done: usize,
}

impl Progress {
    fn new() -> Self {
        Self {
            begun: Instant::now(),
            rung: Mutex::default(),
        }
    }

    fn show(&self, event: &Event) {
        // A thread that panicked has ended the run anyway.
        let Ok(mut rung) = self.rung.lock() else {
            return;
        };
        match event {
            Event::Rung {
                number,
                of,
                iterations,
                trials,
                trainings,
            } => {
                let name = format!("rung {} of {of}", number + 1);
                let total = iterations * trainings;
                let begins = format!("{trials} trials, {iterations} iterations");
                *rung = Rung {
                    bar: console::draws_progress().then(|| bar(&name, &begins, total)),
                    name,
                    iterations: *iterations,
                    trainings: *trainings,
                    done: 0,
                };
                if rung.bar.is_none() {
                    console::note(format_args!("{}: {begins}", rung.name));
                }
            }
            Event::Iteration(..) => {
                if let Some(bar) = &rung.bar {
                    bar.inc(1);
                }
            }
            Event::Finished(job, iterations) => {
                rung.done += 1;
                if let Some(bar) = &rung.bar {
                    // Those that it did not need.
                    bar.inc(rung.iterations.saturating_sub(*iterations) as u64);
                } else {
                    console::note(format_args!(
                        "{}: trial {}, fold {} ({} of {})",
                        rung.name,
                        job.trial + 1,
                        job.fold + 1,
                        rung.done,
                        rung.trainings
                    ));
                }
            }
            Event::Ranked { best, start } => {
                if let Some(bar) = &rung.bar {
                    bar.finish_and_clear();
                }
                console::note(format_args!(
                    "{}: best trial {} with F1 {:.2}, the start {:.2}; {:.0} s",
                    rung.name,
                    best.0 + 1,
                    100.0 * best.1.or_zero().2,
                    100.0 * start.or_zero().2,
                    self.begun.elapsed().as_secs_f64()
                ));
            }
        }
    }
}

fn bar(name: &str, message: &str, total: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix} {bar:30} {percent:>3} % {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(total as u64).with_style(style);
    bar.with_prefix(name.to_owned())
        .with_message(message.to_owned())
}
