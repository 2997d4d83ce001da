//! The report of `cross-validate`.

use super::score::standard_deviation;
use super::scorecard_tables::triple_cells;
use super::table::{Cell, Table};
use super::{Case, Provenance, Report, ScoreLine, ScoreRow, Scorecard, Triple};
use crate::corpus::Size;
use crate::evaluate::Evaluation;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Types that get a column of their own in the table of folds.
const MAX_TYPE_COLUMNS: usize = 6;
/// Likely annotation errors that text and Markdown show.
const SHOWN_SUSPECTS: usize = 20;

/// How documents were divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Design {
    /// Folds.
    pub folds: usize,
    /// Repeats.
    pub repeats: usize,
    /// Seed of the folds.
    pub seed: u64,
    /// `document`, or `sentence_block` where there are fewer documents than folds.
    pub unit: &'static str,
}

/// Scores of one model, as fractions.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunScores {
    /// All types together.
    pub micro: Triple,
    /// Unweighted means over the types.
    #[serde(rename = "macro")]
    pub macro_average: Triple,
    /// Each type that gold or prediction has.
    pub types: BTreeMap<String, Triple>,
    /// Share of tokens whose tag is right.
    pub token_accuracy: Option<f64>,
}

impl From<&Evaluation> for RunScores {
    fn from(evaluation: &Evaluation) -> Self {
        let of_kind = |(kind, counts): (&String, &crate::evaluate::Counts)| {
            (kind.clone(), Triple::from(counts.scores()))
        };
        Self {
            micro: evaluation.micro().scores().into(),
            macro_average: evaluation.macro_average().into(),
            types: evaluation.kinds.iter().map(of_kind).collect(),
            token_accuracy: evaluation.token_accuracy(),
        }
    }
}

/// Mean and standard deviation of the scores of several models.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SpreadScores {
    /// Means; of a type over the models that have it.
    pub mean: RunScores,
    /// Sample standard deviations (n − 1).
    pub sd: RunScores,
}

impl SpreadScores {
    /// Summarises models.
    pub fn new(runs: &[RunScores]) -> Self {
        Self {
            mean: summary(runs, Triple::mean, |v| {
                (!v.is_empty()).then(|| v.iter().sum::<f64>() / v.len() as f64)
            }),
            sd: summary(runs, Triple::deviation, |v| Some(standard_deviation(v))),
        }
    }
}

fn summary(
    runs: &[RunScores],
    of_triples: fn(&[Triple]) -> Triple,
    of_values: fn(&[f64]) -> Option<f64>,
) -> RunScores {
    let triples = |value: &dyn Fn(&RunScores) -> Option<Triple>| {
        let values: Vec<Triple> = runs.iter().filter_map(value).collect();
        of_triples(&values)
    };
    let kinds: BTreeSet<&String> = runs.iter().flat_map(|r| r.types.keys()).collect();
    let accuracies: Vec<f64> = runs.iter().filter_map(|r| r.token_accuracy).collect();
    RunScores {
        micro: triples(&|r| Some(r.micro)),
        macro_average: triples(&|r| Some(r.macro_average)),
        types: kinds
            .into_iter()
            .map(|kind| (kind.clone(), triples(&|r| r.types.get(kind).copied())))
            .collect(),
        token_accuracy: of_values(&accuracies),
    }
}

/// One fold.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoldReport {
    /// Repeat, from 1.
    pub repeat: usize,
    /// Fold, from 1.
    pub fold: usize,
    /// Training data.
    pub train: Size,
    /// Test data.
    pub test: Size,
    /// Optimiser iterations.
    pub iterations: usize,
    /// Counts of all types together.
    pub counts: ScoreRow,
    /// Scores.
    #[serde(flatten)]
    pub scores: RunScores,
}

/// Models trained on a share of their training data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Share in percent.
    pub percent: u32,
    /// Mean number of training tokens.
    pub train_tokens: f64,
    /// Mean number of training entities.
    pub train_entities: f64,
    /// Scores on the same test data as the fold's own model.
    #[serde(flatten)]
    pub scores: SpreadScores,
}

/// A cross-validation, scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidationReport {
    /// Name and version of the JSON schema.
    pub schema: &'static str,
    /// How documents were divided.
    pub design: Design,
    /// Each fold.
    pub folds: Vec<FoldReport>,
    /// Mean and deviation over the folds, as `mean` and `sd`.
    #[serde(flatten)]
    pub spread: SpreadScores,
    /// All out-of-fold predictions scored together.
    pub pooled: Scorecard,
    /// Scores over the size of the training data; empty unless asked for.
    pub learning_curve: Vec<CurvePoint>,
    /// Likely annotation errors, the likeliest first.
    pub suspects: Vec<Case>,
    /// What was cross-validated.
    pub provenance: Provenance,
}

impl CrossValidationReport {
    /// Name and version of the JSON schema.
    pub const SCHEMA: &str = "musamma/cross-validation/1";

    fn fold_table(&self) -> Table {
        let kinds: Vec<&String> = self.spread.mean.types.keys().collect();
        let kinds = if kinds.len() > MAX_TYPE_COLUMNS {
            &[]
        } else {
            &kinds[..]
        };
        let f1_of_kinds: Vec<String> = kinds.iter().map(|k| format!("{k} f1")).collect();
        let mut columns = vec!["fold", "precision", "recall", "f1", "macro f1"];
        columns.extend(f1_of_kinds.iter().map(String::as_str));
        columns.extend(["test tokens", "entities"]);
        let mut table = Table::new("Folds (type and boundaries right, %)", &columns);
        let row = |name: &str, scores: &RunScores, size: Option<&Size>| {
            let mut cells = triple_cells(name, &scores.micro);
            cells.push(Cell::percent(scores.macro_average.f1));
            let f1 = |kind: &&String| Cell::Percent(scores.types.get(*kind).map(|t| t.f1));
            cells.extend(kinds.iter().map(f1));
            match size {
                Some(s) => {
                    let counts = [s.tokens, s.entities];
                    cells.extend(counts.map(|n| Cell::Count(n as u64)));
                }
                None => cells.extend([Cell::Empty, Cell::Empty]),
            }
            cells
        };
        for fold in &self.folds {
            let name = if self.design.repeats > 1 {
                format!("{}.{}", fold.repeat, fold.fold)
            } else {
                fold.fold.to_string()
            };
            table.push(row(&name, &fold.scores, Some(&fold.test)));
        }
        table.push(row("mean", &self.spread.mean, None));
        table.push(row("sd", &self.spread.sd, None));
        let units = match self.design.unit {
            "document" => "whole documents",
            _ => "blocks of sentences (documents are fewer than folds)",
        };
        let repeats = match self.design.repeats {
            1 => String::new(),
            n => format!(", {n} repeats"),
        };
        table.with_note(format!(
            "{} folds of {units}{repeats}, seed {}; sd is the sample deviation over the models",
            self.design.folds, self.design.seed
        ))
    }

    fn curve_table(&self) -> Option<Table> {
        let columns = ["share", "train tokens", "precision", "recall", "f1", "± sd"];
        let mut table = Table::new("Learning curve (%)", &columns);
        for point in &self.learning_curve {
            let micro = &point.scores.mean.micro;
            let mut cells = triple_cells(&format!("{} %", point.percent), micro);
            cells.insert(1, Cell::Rounded(point.train_tokens));
            cells.push(Cell::percent(point.scores.sd.micro.f1));
            table.push(cells);
        }
        (!table.rows.is_empty()).then_some(table)
    }

    fn suspect_table(&self) -> Option<Table> {
        let columns = [
            "rank",
            "suspicion",
            "kind",
            "gold",
            "predicted",
            "place",
            "words",
        ];
        let mut table = Table::new("Likely annotation errors", &columns).with_note(
            "suspicion: how much surer than usual the models are of the prediction, and less sure of the gold; ⟦gold⟧, {predicted}",
        );
        for (i, case) in self.suspects.iter().take(SHOWN_SUSPECTS).enumerate() {
            let kind = |m: &Option<super::Mention>| {
                Cell::Text(
                    m.as_ref()
                        .map_or_else(|| "O".to_owned(), |m| m.kind.clone()),
                )
            };
            table.push(vec![
                Cell::Text((i + 1).to_string()),
                Cell::Decimal(case.suspicion),
                Cell::Text(case.kind.replace('_', " ")),
                kind(&case.gold),
                kind(&case.predicted),
                Cell::Text(case.place()),
                Cell::Corpus(case.marked_context()),
            ]);
        }
        (!table.rows.is_empty()).then_some(table)
    }
}

impl Report for CrossValidationReport {
    fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.fold_table()];
        tables.extend(self.curve_table());
        let pooled = Table::new("", &[]).with_note("All out-of-fold predictions pooled:");
        tables.push(pooled);
        tables.extend(self.pooled.tables());
        tables.extend(self.suspect_table());
        tables
    }

    fn score_lines(&self) -> Vec<ScoreLine> {
        let mut lines: Vec<ScoreLine> = self
            .folds
            .iter()
            .map(|f| ScoreLine::counted("folds", &format!("{}.{}", f.repeat, f.fold), &f.counts))
            .collect();
        for (name, scores) in [("mean", &self.spread.mean), ("sd", &self.spread.sd)] {
            lines.push(ScoreLine::derived(name, "micro", scores.micro));
            lines.push(ScoreLine::derived(name, "macro", scores.macro_average));
            let line = |(kind, triple): (&String, &Triple)| ScoreLine::derived(name, kind, *triple);
            lines.extend(scores.types.iter().map(line));
        }
        let curve = self.learning_curve.iter();
        lines.extend(curve.map(|p| {
            ScoreLine::derived(
                "learning_curve",
                &p.percent.to_string(),
                p.scores.mean.micro,
            )
        }));
        lines.extend(self.pooled.score_lines().into_iter().map(|line| ScoreLine {
            table: format!("pooled_{}", line.table),
            ..line
        }));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::spans_from_tags;

    fn run(gold: &str, predicted: &str) -> RunScores {
        let tags = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let mut evaluation = Evaluation::default();
        let (gold, predicted) = (tags(gold), tags(predicted));
        let spans = (spans_from_tags(&gold), spans_from_tags(&predicted));
        evaluation.add_sentence(&spans.0, &spans.1, gold.len());
        RunScores::from(&evaluation)
    }

    #[test]
    fn a_type_that_a_fold_lacks_is_left_out_of_its_mean() {
        let runs = [run("B-A B-B", "B-A O"), run("B-A O", "B-A O")];
        let spread = SpreadScores::new(&runs);
        assert!((spread.mean.types["A"].f1 - 1.0).abs() < 1e-12);
        assert!(spread.mean.types["B"].f1.abs() < 1e-12);
        assert!(spread.sd.types["B"].f1.abs() < 1e-12);
        let expected = 5.0 / 6.0;
        assert!((spread.mean.micro.f1 - expected).abs() < 1e-12);
        assert_eq!(spread.mean.token_accuracy, Some(0.75));
    }
}
