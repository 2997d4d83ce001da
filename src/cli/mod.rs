//! The command line: the only place that parses arguments, opens paths, prints and draws progress.
//!
//! One file a command, each reads as arguments → library call → report. What several commands share has a file of its own:
//! `input` (labelled files), `splits`, `config_args`, `resource_files`, `training_args` (all four), `model_file`, `report_args`,
//! `output_file`, `console`.

mod config_args;
mod console;
mod input;
mod model_file;
mod output_file;
mod report_args;
mod resource_files;
mod splits;
mod training_args;

mod check;
mod cluster;
mod compare;
mod convert;
mod convert_model;
mod cross_validate;
mod evaluate;
mod explain;
mod features;
mod inspect;
mod tag;
mod train;
mod tune;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::{Error, Result};

/// Finds persons, organisations, places and topics in Arabic news.
#[derive(Debug, Parser)]
#[command(
    name = "musamma",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// Threads at most: above the cores of any machine, and below what brings one to a halt.
const MAX_THREADS: i64 = 1024;

/// Flags of every command.
#[derive(Debug, clap::Args)]
struct Global {
    /// Threads to use [default: one a core]; results do not depend on it
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_THREADS))]
    threads: Option<u16>,
    /// Leave out progress and remarks; errors are still shown
    #[arg(long, short, global = true)]
    quiet: bool,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value_t, value_enum)]
    color: clap::ColorChoice,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is one, for the whole run")]
#[allow(
    clippy::doc_markdown,
    reason = "shown as help, where backticks disturb"
)]
enum Command {
    /// Find the entities of texts
    ///
    /// Without files, or for `-`, stdin is read. Output comes in the order of the input and does not depend on the number
    /// of threads. An input that cannot be read is reported and passed over; the exit code is then 1.
    Tag(tag::Tag),
    /// Train a model on labelled files
    ///
    /// Files are CoNLL (token and tag a line), CSV, or text with ⟦TYPE …⟧; any set of types will do. The model file appears
    /// when training has ended.
    Train(train::Train),
    /// Score a model, or predictions, on labelled files
    Evaluate(evaluate::Evaluate),
    /// Train and test on parts of labelled files in turn; find likely annotation errors
    CrossValidate(cross_validate::CrossValidate),
    /// Search the training configuration that suits labelled files
    ///
    /// Random configurations around the start (the default one, or that of --config) are trained for a few iterations; the
    /// better half goes on with twice as many, until --max-iterations. The start is trial 1 and goes on to the end. The report
    /// tells whether the best is better than the start by more than noise.
    Tune(tune::Tune),
    /// Tell whether one model or prediction is better than another
    Compare(compare::Compare),
    /// Show why the words of a text are tagged as they are
    Explain(explain::Explain),
    /// Look for mistakes in labelled files
    ///
    /// The exit code is 1 when there are errors; warnings and notes do not count.
    Check(check::Check),
    /// Write labelled files in another format
    Convert(convert::Convert),
    /// Sort the words of unlabelled text into classes of words used alike
    ///
    /// The classes are word features: a word that no labelled text has is known by its class. Words are normal forms, and
    /// conjunctions and prepositions are cut off where the text has the rest as a commoner word. `train --clusters` takes
    /// the output.
    Cluster(cluster::Cluster),
    /// Write the attributes of labelled files for other CRF programs
    Features(features::Features),
    /// Turn a model into one of CRFsuite, or the reverse
    ConvertModel(convert_model::ConvertModel),
    /// Show what is in a model
    Inspect(inspect::Inspect),
}

/// Runs the command line and tells how it ended: 0 done, 1 data or run-time error, 2 usage.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // clap's own exit codes: 0 for --help and --version, 2 for mistakes. A closed pipe is not worth a word.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    console::set_up(arguments.global.quiet, arguments.global.color);
    match start_pool(arguments.global.threads).and_then(|()| run(&arguments.command)) {
        Ok(code) => code,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            console::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Tag(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Evaluate(command) => command.run(),
        Command::CrossValidate(command) => command.run(),
        Command::Tune(command) => command.run(),
        Command::Compare(command) => command.run(),
        Command::Explain(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Convert(command) => command.run(),
        Command::Cluster(command) => command.run(),
        Command::Features(command) => command.run(),
        Command::ConvertModel(command) => command.run(),
        Command::Inspect(command) => command.run(),
    }
}

/// Sets up the one pool of threads that all parallel work shares.
fn start_pool(threads: Option<u16>) -> Result<()> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.map_or(0, usize::from))
        .build_global()
        .map_err(|e| Error::new(format!("cannot start the threads: {e}")).hint("try --threads 1"))
}
