//! From a search to its report.

use super::{Measure, Options, Trial, Tuning};
use crate::error::Result;
use crate::evaluate::Counts;
use crate::evaluate::selection::{Pair, selected};
use crate::report::{
    Intervals, Provenance, ScoreRow, TrialReport, TuningDesign, TuningGain, TuningReport,
};

/// Resamples for the intervals of the best and the start.
const RESAMPLES: usize = 1000;
/// Shuffles for the p-value. Each looks at every trial.
const SHUFFLES: usize = 2000;

impl Tuning {
    /// Scores everything: the trials as they are ranked, intervals of the best and the start, and how far the gain may be chance.
    ///
    /// # Errors
    /// None for a search of this program.
    pub fn report(&self, options: &Options<'_>, provenance: Provenance) -> Result<TuningReport> {
        let best = self.best().number;
        let trial = |trial: &Trial| {
            let mut scores = ScoreRow::from(&trial.counts);
            if trial.number == 0 || trial.number == best {
                scores.interval = Some(Intervals::new(&trial.units, RESAMPLES, options.seed));
            }
            TrialReport {
                trial: trial.number + 1,
                iterations: trial.iterations,
                scores,
                changes: trial.changes.clone(),
            }
        };
        Ok(TuningReport {
            schema: TuningReport::SCHEMA,
            design: TuningDesign {
                trials: options.trials,
                seed: options.seed,
                folds: match options.measure {
                    Measure::Dev(_) => None,
                    Measure::Folds(n) => Some(n),
                },
                rungs: self.rungs.clone(),
                unit: self.unit,
                units: self.best().units.len(),
                shuffles: SHUFFLES,
                resamples: RESAMPLES,
            },
            trials: self.trials.iter().map(trial).collect(),
            gain: self.gain(options.seed)?,
            best: self.best().config.clone(),
            provenance,
        })
    }

    /// The best against the start, as the pick of all trials, each at the last rung that it was in; `None` where the start is
    /// the best.
    fn gain(&self, seed: u64) -> Result<Option<TuningGain>> {
        if self.best().number == 0 {
            return Ok(None);
        }
        let others = self.trials.iter().filter(|trial| trial.number != 0);
        let pairs: Vec<Pair<'_>> = others
            .map(|trial| Pair {
                base: &self.start_units[trial.rung],
                system: &trial.units,
            })
            .collect();
        // The trials are ranked, so the best is the first of them.
        let significance = selected(&pairs, 0, Counts::f1, SHUFFLES, seed)?;
        Ok(Some(TuningGain {
            f1: significance,
            compared: pairs.len(),
        }))
    }
}
