//! Tuning: searches the training configuration that suits the data.
//!
//! ```text
//! start ─ space: sample ─► configurations ─ halving: rung by rung ─► jobs (trial, fold) ─ train, tag ─► counts ─┐
//!                                                ▲ the better half, and the start                             │
//!                                                └────────────────────────────────────────────────────────────┘
//! ```
//!
//! A trial is one configuration. Each rung trains its trials from nothing, so that what the last rung measures is what `train`
//! will make of the configuration. The trainings of a rung run side by side, see `src/jobs.rs`. Results depend on data,
//! configuration and seed alone.

mod ground;
mod halving;
mod report;
mod space;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::config::{Config, Trainer};
use crate::corpus::Document;
use crate::crf::Progress;
use crate::error::{Error, Result};
use crate::evaluate::{Breakdown, Counts, ResamplingUnit, Scores};
use crate::jobs::{self, Watcher};
use crate::model::Resources;
use crate::train;
use ground::Ground;
use halving::{Rung, Schedule};

/// What trials are measured on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure<'a> {
    /// Documents that are not trained on.
    Dev(&'a [Document]),
    /// So many folds of the training documents, each tagged by a model of the others; their counts are pooled.
    Folds(usize),
}

/// How a search is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options<'a> {
    /// What trials are measured on.
    pub measure: Measure<'a>,
    /// Configurations to try, 2 or more; the start is one of them.
    pub trials: usize,
    /// Decides configurations and folds.
    pub seed: u64,
}

/// One training of a trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Job {
    /// Trial, from 0, which is the start.
    pub trial: usize,
    /// Fold, from 0; 0 where there is a dev set.
    pub fold: usize,
}

/// What a caller sees; from several threads at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A rung begins.
    Rung {
        /// Which, from 0.
        number: usize,
        /// Of how many.
        of: usize,
        /// Iterations that its trials are trained for at most.
        iterations: usize,
        /// Its trials.
        trials: usize,
        /// Its trainings.
        trainings: usize,
    },
    /// A training has done an iteration.
    Iteration(Job, Progress),
    /// A training has ended, after so many iterations, and its test documents are tagged.
    Finished(Job, usize),
    /// A rung has ended.
    Ranked {
        /// Its best trial, and that trial's scores.
        best: (usize, Scores),
        /// The scores of the start.
        start: Scores,
    },
}

/// A configuration and how it did.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Number, from 0, which is the start.
    pub number: usize,
    /// The configuration. Its `max_iterations` are those of the start and so of the last rung.
    pub config: Config,
    /// What it has otherwise than the start, by TOML key.
    pub changes: BTreeMap<String, toml::Value>,
    /// The last rung that it was in, from 0.
    pub rung: usize,
    /// Iterations of that rung.
    pub iterations: usize,
    /// Entities found, invented and missed there.
    pub counts: Counts,
    /// The same for each unit of resampling.
    pub units: Vec<Counts>,
}

/// A finished search.
#[derive(Debug, Clone, PartialEq)]
pub struct Tuning {
    /// Iterations of each rung.
    pub rungs: Vec<usize>,
    /// All trials: those of the last rung first, and within a rung the best first.
    pub trials: Vec<Trial>,
    /// What counts were taken of.
    pub unit: ResamplingUnit,
    /// The start's counts of each unit, rung by rung: what a trial that went no further is to be compared with.
    pub start_units: Vec<Vec<Counts>>,
}

impl Tuning {
    /// The trial with the highest F1 in the last rung; of equal ones the earliest.
    pub fn best(&self) -> &Trial {
        &self.trials[0]
    }

    /// The start.
    pub fn start(&self) -> &Trial {
        let is_start = |trial: &&Trial| trial.number == 0;
        self.trials.iter().find(is_start).unwrap_or(self.best())
    }
}

/// Searches around a configuration. `watch` sees every [`Event`]; break ends the search with an error as soon as the current
/// iterations are done.
///
/// # Errors
/// When there are fewer than two trials, the start is not the native trainer's, there are too few sentences for the folds, or a
/// trial cannot be trained.
pub fn tune(
    documents: &[Document],
    start: &Config,
    resources: &Resources,
    options: &Options<'_>,
    watch: &(dyn Fn(&Event) -> ControlFlow<()> + Sync),
) -> Result<Tuning> {
    start.check()?;
    if options.trials < 2 {
        return Err(
            Error::new(format!("{} trials are too few", options.trials)).expected("2 or more")
        );
    }
    if start.training.trainer != Trainer::Native {
        // CRFsuite's trainings in one process influence each other, see `config::Algorithm`.
        return Err(Error::new("only the native trainer can be tuned")
            .expected("training.trainer = \"native\""));
    }
    let facts = space::Facts::new(documents, resources)?;
    let search = Search {
        configs: space::sample(start, facts, options.trials, options.seed),
        ground: Ground::new(documents, resources, options.measure, options.seed)?,
        schedule: Schedule::new(options.trials, start.training.max_iterations),
        watcher: Watcher::new(watch),
    };
    let f1 = |(_, counts): &(ResamplingUnit, Vec<Counts>)| sum(counts).f1().unwrap_or(0.0);
    let measure = |rung: usize, trials: &[usize]| search.measure(rung, trials);
    let rungs = search.schedule.run(measure, f1)?;
    search.gather(rungs)
}

struct Search<'a> {
    configs: Vec<Config>,
    ground: Ground<'a>,
    schedule: Schedule,
    watcher: Watcher<'a, Event>,
}

/// A trial's counts in each unit.
type Units = (ResamplingUnit, Vec<Counts>);

impl Search<'_> {
    /// As [`Watcher::tell`], at points where nothing has to be put in order before the end.
    fn tell_or_end(&self, event: &Event) -> Result<()> {
        match self.watcher.tell(event) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(stopped()),
        }
    }

    /// Trains and measures the trials of a rung.
    fn measure(&self, number: usize, trials: &[usize]) -> Result<Vec<Units>> {
        let n_folds = self.ground.n_trainings();
        let iterations = self.schedule.iterations()[number];
        self.tell_or_end(&Event::Rung {
            number,
            of: self.schedule.iterations().len(),
            iterations,
            trials: trials.len(),
            trainings: trials.len() * n_folds,
        })?;
        let outcomes = jobs::run_all(trials.len() * n_folds, |i| {
            let (trial, fold) = (trials[i / n_folds], i % n_folds);
            self.run(Job { trial, fold }, iterations)
        })?;
        let mut outcomes = outcomes.into_iter();
        let mut of_trial = || {
            let predictions = self.ground.assemble(outcomes.by_ref().take(n_folds));
            Breakdown::new(self.ground.gold(), &[predictions], |_| false).units(None)
        };
        let all: Vec<Units> = trials.iter().map(|_| of_trial()).collect();
        let scores = all.iter().map(|(_, units)| sum(units).scores());
        let mut best: Option<(usize, Scores)> = None;
        let mut start = Scores::default();
        for (&trial, scores) in trials.iter().zip(scores) {
            if best.is_none_or(|(_, b)| scores.or_zero().2 > b.or_zero().2) {
                best = Some((trial, scores));
            }
            if trial == 0 {
                start = scores;
            }
        }
        if let Some(best) = best {
            self.tell_or_end(&Event::Ranked { best, start })?;
        }
        Ok(all)
    }

    fn run(&self, job: Job, iterations: usize) -> Result<ground::Outcome> {
        if self.watcher.is_stopped() {
            return Err(stopped());
        }
        let mut config = self.configs[job.trial].clone();
        config.training.max_iterations = iterations;
        let watch = |event: &train::Event| match event {
            train::Event::Iteration { progress, .. } => {
                self.watcher.tell(&Event::Iteration(job, *progress))
            }
            train::Event::Prepared { .. } => ControlFlow::Continue(()),
        };
        let place = || format!("trial {}, fold {}", job.trial + 1, job.fold + 1);
        let outcome = self.ground.run(job.fold, &config, watch);
        let (outcome, iterations) = outcome
            .map_err(|e| e.in_file(place()))?
            .ok_or_else(stopped)?;
        self.tell_or_end(&Event::Finished(job, iterations))?;
        Ok(outcome)
    }

    fn gather(mut self, mut rungs: Vec<Rung<Units>>) -> Result<Tuning> {
        let start = self.configs[0].clone();
        let iterations: Vec<usize> = rungs.iter().map(|rung| rung.iterations).collect();
        let mut start_units = Vec::new();
        let mut unit = ResamplingUnit::Document;
        for rung in &rungs {
            for (_, units) in rung.ranked.iter().filter(|(trial, _)| *trial == 0) {
                unit = units.0;
                start_units.push(units.1.clone());
            }
        }
        let mut trials: Vec<Trial> = Vec::new();
        while let Some(rung) = rungs.pop() {
            for (number, (_, units)) in rung.ranked {
                if trials.iter().any(|trial| trial.number == number) {
                    continue;
                }
                let config = std::mem::take(&mut self.configs[number]);
                trials.push(Trial {
                    number,
                    changes: space::changes(&start, &config)?,
                    config,
                    rung: rungs.len(),
                    iterations: rung.iterations,
                    counts: sum(&units),
                    units,
                });
            }
        }
        Ok(Tuning {
            rungs: iterations,
            trials,
            unit,
            start_units,
        })
    }
}

fn stopped() -> Error {
    Error::new("the search was stopped")
}

fn sum(units: &[Counts]) -> Counts {
    let mut sum = Counts::default();
    units.iter().for_each(|counts| sum.merge(counts));
    sum
}

#[cfg(test)]
mod tests;
