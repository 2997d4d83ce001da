//! Trains as `musamma train` does and says how long each iteration took: the native half of `training.sh`.
//!
//! `native_training MODEL CORPUS ITERATIONS C1 C2`: configuration, name lists and clusters of the model; labelled files in
//! CoNLL format. Prints one line of JSON. As CRFsuite does, it lets any label follow any other that occurs, so that both
//! minimise the same function.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program, not the library"
)]

use std::ops::ControlFlow;
use std::time::Instant;

use musamma::corpus::{ConllReader, Document};
use musamma::crf::{Dataset, Grammar, Objective, Optimiser, Regularisation};
use musamma::model::Model;
use musamma::train;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let [model, corpus, iterations, c1, c2] = arguments.as_slice() else {
        eprintln!("native_training MODEL CORPUS ITERATIONS C1 C2; see benches/training.sh");
        return Ok(());
    };
    let model = Model::open(&std::fs::read(model)?.into())?;
    let file = std::io::BufReader::new(std::fs::File::open(corpus)?);
    let documents = ConllReader::new(file, "corpus").collect::<Result<Vec<Document>, _>>()?;

    let begun = Instant::now();
    let (labels, observations) =
        train::observations(&documents, model.config(), model.resources(), &[])?;
    let n = labels.n_labels();
    let mut occurs = vec![false; n];
    for &label in &observations.gold {
        occurs[usize::from(label)] = true;
    }
    let grammar = Grammar::new(n, |i, j| occurs[i] && occurs[j], |j| occurs[j], |_| true);
    let training = &model.config().training;
    let data = Dataset::new(observations, 1, training.label_space, grammar);
    let regularisation = Regularisation {
        c1: c1.parse()?,
        c2: c2.parse()?,
        miss_cost: 0.0,
    };
    let mut x = vec![0.0; data.n_parameters()];
    let mut objective = Objective::new(&data, regularisation);
    let mut gradient = vec![0.0; x.len()];
    let first_loss = objective.evaluate(&x, &mut gradient);
    drop(gradient);
    let prepared = begun.elapsed().as_secs_f64();

    // No early end: the same number of iterations on both sides.
    let optimiser = Optimiser {
        max_iterations: iterations.parse()?,
        delta: 0.0,
        epsilon: 0.0,
        ..Optimiser::default()
    };
    let (begun, cpu_begun) = (Instant::now(), cpu_seconds());
    let (mut seconds, mut losses, mut evaluations) = (Vec::new(), Vec::new(), 0);
    optimiser.minimise(&mut objective, &mut x, |progress, _| {
        seconds.push(begun.elapsed().as_secs_f64());
        losses.push(progress.loss);
        evaluations = progress.evaluations;
        ControlFlow::Continue(())
    });
    let report = serde_json::json!({
        "threads": rayon::current_num_threads(),
        "attributes": data.n_attributes(),
        "parameters": data.n_parameters(),
        "prepared": prepared,
        "first_loss": first_loss,
        "seconds": seconds,
        "losses": losses,
        "evaluations": evaluations,
        "cpu": cpu_seconds().zip(cpu_begun).map(|(end, begin)| end - begin),
        "peak_megabytes": peak_megabytes(),
    });
    println!("{report}");
    Ok(())
}

/// Processor time of all threads so far, where the system tells: ticks of a hundredth of a second.
fn cpu_seconds() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name in parentheses; user and system time are the 14th and 15th.
    let fields: Vec<&str> = status.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(ticks as f64 / 100.0)
}

/// The most memory that the process has held, where the system tells.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1e3)
}
