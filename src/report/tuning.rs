//! The report of `tune`.

use super::scorecard_tables::triple_cells;
use super::table::{Cell, Table};
use super::{Provenance, Report, ScoreLine, ScoreRow};
use crate::config::Config;
use crate::evaluate::ResamplingUnit;
use crate::evaluate::bootstrap::Significance;
use serde::Serialize;
use std::collections::BTreeMap;

/// A gain with a p-value below this is called more than noise.
const LEVEL: f64 = 0.05;

/// How a search was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TuningDesign {
    /// Configurations, with the start.
    pub trials: usize,
    /// Seed of configurations, folds, resamples and shuffles.
    pub seed: u64,
    /// Folds that scores are pooled over; `null` where they are of a dev set.
    pub folds: Option<usize>,
    /// Iterations of each rung.
    pub rungs: Vec<usize>,
    /// What is resampled and shuffled.
    pub unit: ResamplingUnit,
    /// Number of units.
    pub units: usize,
    /// Shuffles behind the p-value.
    pub shuffles: usize,
    /// Resamples behind the intervals.
    pub resamples: usize,
}

/// A trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrialReport {
    /// Number, from 1, which is the start.
    pub trial: usize,
    /// Iterations of the last rung that it was in.
    pub iterations: usize,
    /// Its scores there; with intervals for the best and the start.
    #[serde(flatten)]
    pub scores: ScoreRow,
    /// Settings that differ from the start.
    pub changes: BTreeMap<String, toml::Value>,
}

impl TrialReport {
    /// The changes in one line: `c1 = 0.05, without affixes, shape.window = [0, 0]`.
    fn shown_changes(&self) -> String {
        if self.trial == 1 {
            return "the start".to_owned();
        }
        let change = |(key, value): (&String, &toml::Value)| {
            let key = key
                .strip_prefix("training.")
                .or(key.strip_prefix("features."))
                .unwrap_or(key);
            match (key.strip_suffix(".enabled"), value.as_bool()) {
                (Some(family), Some(true)) => format!("with {family}"),
                (Some(family), Some(false)) => format!("without {family}"),
                _ => format!("{key} = {value}"),
            }
        };
        let changes: Vec<String> = self.changes.iter().map(change).collect();
        changes.join(", ")
    }
}

/// How much better than the start the best trial is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TuningGain {
    /// The best minus the start, and the probability that a difference as unlikely would be found among so many trials if none
    /// were better or worse than the start.
    pub f1: Significance,
    /// Trials that the best was picked from, without the start.
    pub compared: usize,
}

/// A search, scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TuningReport {
    /// Name and version of the JSON schema.
    pub schema: &'static str,
    /// How it was done.
    pub design: TuningDesign,
    /// All trials: those of the last rung first, and within a rung the best first.
    pub trials: Vec<TrialReport>,
    /// What was gained; `null` where nothing beat the start.
    pub gain: Option<TuningGain>,
    /// The best configuration, every setting.
    pub best: Config,
    /// What it was tuned on; the configuration is the start.
    pub provenance: Provenance,
}

impl TuningReport {
    /// Name and version of the JSON schema.
    pub const SCHEMA: &str = "musamma/tuning/1";

    fn trial_table(&self) -> Table {
        let columns = [
            "trial",
            "iterations",
            "precision",
            "recall",
            "f1",
            "95 % from",
            "to",
            "other than the start",
        ];
        let unit = match self.design.unit {
            ResamplingUnit::Document => "documents",
            ResamplingUnit::Sentence => "sentences",
        };
        let measured = self.design.folds.map_or_else(
            || "on the dev data".to_owned(),
            |n| format!("over {n} folds"),
        );
        let mut table = Table::new("Trials (type and boundaries right, %)", &columns).with_note(
            format!(
                "F1 {measured}; compare trials of the same iterations. Intervals: bootstrap over {} {unit}",
                self.design.units
            ),
        );
        for trial in &self.trials {
            let mut cells = triple_cells(&trial.trial.to_string(), &trial.scores.scores());
            cells.insert(1, Cell::Count(trial.iterations as u64));
            match trial.scores.interval.as_ref().and_then(|i| i.f1) {
                Some(interval) => {
                    cells.extend([Cell::percent(interval.low), Cell::percent(interval.high)]);
                }
                None => cells.extend([Cell::Empty, Cell::Empty]),
            }
            cells.push(Cell::Text(trial.shown_changes()));
            table.push(cells);
        }
        table
    }

    /// Whether the best is better than the start, in words.
    fn verdict(&self) -> String {
        let Some(gain) = &self.gain else {
            return "No trial is better than the start.".to_owned();
        };
        let best = self.trials.first().map_or(0, |trial| trial.trial);
        let Significance {
            difference,
            p_value,
        } = gain.f1;
        let verdict = if p_value < LEVEL {
            "this is more than noise"
        } else {
            "this may be noise"
        };
        format!(
            "Trial {best} is {:.2} points better than the start: {verdict} (p = {p_value:.3}, by {} shuffles, as the best of {} trials).\n\
             The score of a trial that was picked for its score is a little too high; measure it on documents that had no part in this.",
            100.0 * difference,
            self.design.shuffles,
            gain.compared
        )
    }
}

impl Report for TuningReport {
    fn tables(&self) -> Vec<Table> {
        let verdict = Table::new("Best", &[]).with_note(self.verdict());
        vec![self.trial_table(), verdict]
    }

    fn score_lines(&self) -> Vec<ScoreLine> {
        let line = |trial: &TrialReport| {
            let name = format!(
                "{} ({} iterations): {}",
                trial.trial,
                trial.iterations,
                trial.shown_changes()
            );
            ScoreLine::counted("trials", &name, &trial.scores)
        };
        self.trials.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Counts;
    use crate::report::{Format, render};

    fn report(gain: Option<f64>) -> TuningReport {
        let trial = |trial, iterations, tp, changes: &[(&str, toml::Value)]| TrialReport {
            trial,
            iterations,
            scores: ScoreRow::from(&Counts {
                tp,
                fp: 10 - tp,
                fn_: 10 - tp,
            }),
            changes: changes
                .iter()
                .map(|(k, v)| ((*k).to_owned(), v.clone()))
                .collect(),
        };
        let changes = [
            ("scheme", toml::Value::from("iob2")),
            ("training.c1", toml::Value::from(0.05)),
            ("features.affixes.enabled", toml::Value::from(false)),
            ("features.shape.window", toml::Value::from(vec![0, 0])),
        ];
        TuningReport {
            schema: TuningReport::SCHEMA,
            design: TuningDesign {
                trials: 3,
                seed: 1,
                folds: Some(2),
                rungs: vec![75, 150],
                unit: ResamplingUnit::Document,
                units: 12,
                shuffles: 99,
                resamples: 0,
            },
            trials: vec![
                trial(3, 150, 7, &changes),
                trial(1, 150, 6, &[]),
                trial(
                    2,
                    75,
                    5,
                    &[("features.domain.enabled", toml::Value::from(true))],
                ),
            ],
            gain: gain.map(|p_value| TuningGain {
                f1: Significance {
                    difference: 0.1,
                    p_value,
                },
                compared: 2,
            }),
            best: Config::default(),
            provenance: Provenance::default(),
        }
    }

    fn text(report: &TuningReport, format: Format) -> String {
        let mut out = Vec::new();
        render(report, format, &mut out).expect("writes to memory");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn changes_are_short_and_the_verdict_follows_the_p_value() {
        let shown = text(&report(Some(0.01)), Format::Text);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines[2].split_whitespace().collect::<Vec<_>>().join(" "),
            "3 150 70.00 70.00 70.00 without affixes, shape.window = [0, 0], scheme = \"iob2\", c1 = 0.05"
        );
        assert!(lines[3].ends_with("  the start"), "{shown}");
        assert!(lines[4].ends_with("  with domain"), "{shown}");
        assert!(
            shown
                .contains("Trial 3 is 10.00 points better than the start: this is more than noise"),
            "{shown}"
        );
        let shown = text(&report(Some(0.05)), Format::Text);
        assert!(shown.contains("this may be noise (p = 0.050"), "{shown}");
        let shown = text(&report(None), Format::Text);
        assert!(shown.contains("No trial is better"), "{shown}");
    }

    #[test]
    fn csv_has_a_line_a_trial() {
        let shown = text(&report(None), Format::Csv);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 4, "{shown}");
        assert!(
            lines[2].starts_with("trials,1 (150 iterations): the start,0.6,"),
            "{shown}"
        );
    }
}
