//! Reports: counts become numbers for people and programs.
//!
//! A [`Report`] is plain data that serialises to a documented JSON schema (`docs/EVALUATION.md`); [`table`] is what it shows
//! to people, and each renderer has a file: `text`, `markdown`, `csv`, `json`, `html`. Reports hold no times and no thread
//! counts: the same data gives the same bytes.
//!
//! ```text
//! Breakdown ─► Scorecard ─► EvaluationReport, CrossValidationReport … ─ tables, score lines ─► text, markdown, csv
//!                                                                    └ serde ─► json     └ charts, cases ─► html
//! ```

mod case;
mod comparison;
mod cross_validation;
mod csv;
mod evaluation;
pub mod html;
mod json;
mod markdown;
mod provenance;
mod score;
mod scorecard;
mod scorecard_tables;
pub mod table;
mod text;
mod tuning;

pub use case::{Case, Cases, Mention, Piece, write_cases};
pub use comparison::{Choice, ComparisonReport, Contingency, Difference, Side};
pub use cross_validation::{
    CrossValidationReport, CurvePoint, Design, FoldReport, RunScores, SpreadScores,
};
pub use evaluation::EvaluationReport;
pub use provenance::{ModelInfo, Provenance, Source};
pub use score::{Intervals, ScoreRow, Triple};
pub use scorecard::{
    BinReport, Bootstrap, CalibrationReport, ConfusionReport, DataCounts, MatchRow, MatchingReport,
    Scorecard, SeenReport, SeenRow, ThresholdRow,
};
pub use tuning::{TrialReport, TuningDesign, TuningGain, TuningReport};

use crate::error::Result;
use serde::Serialize;
use std::io::Write;
use table::Table;

/// A line of the CSV rendering: scores under a table and a name.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreLine {
    /// Table that the line belongs to, for example `types`.
    pub table: String,
    /// What is scored, for example `PER`.
    pub name: String,
    /// Precision, recall and F1.
    pub scores: Triple,
    /// The counts behind them; none for means.
    pub row: Option<ScoreRow>,
}

impl ScoreLine {
    /// A line with counts.
    pub fn counted(table: &str, name: &str, row: &ScoreRow) -> Self {
        Self {
            table: table.to_owned(),
            name: name.to_owned(),
            scores: row.scores(),
            row: Some(row.clone()),
        }
    }

    /// A line without, such as a mean.
    pub fn derived(table: &str, name: &str, scores: Triple) -> Self {
        Self {
            table: table.to_owned(),
            name: name.to_owned(),
            scores,
            row: None,
        }
    }
}

/// What every report can be asked for.
pub trait Report: Serialize {
    /// What text and Markdown show, in order.
    fn tables(&self) -> Vec<Table>;
    /// What CSV holds, in order.
    fn score_lines(&self) -> Vec<ScoreLine>;
}

/// Rendering of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Aligned columns for terminals.
    Text,
    /// Tables for issues and papers.
    Markdown,
    /// One line a score, see [`ScoreLine`].
    Csv,
    /// Everything.
    Json,
}

/// Writes a report.
///
/// # Errors
/// When writing fails.
pub fn render(report: &impl Report, format: Format, output: &mut impl Write) -> Result<()> {
    match format {
        Format::Text => text::write(&report.tables(), output),
        Format::Markdown => markdown::write(&report.tables(), output),
        Format::Csv => csv::write(&report.score_lines(), output),
        Format::Json => json::write(report, output),
    }
}
