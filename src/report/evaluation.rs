//! The report of `evaluate`.

use super::{Provenance, Report, ScoreLine, Scorecard, table::Table};
use serde::Serialize;

/// Predictions on gold data, scored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EvaluationReport {
    /// Name and version of the JSON schema.
    pub schema: &'static str,
    /// The scores, at the top level of the JSON object.
    #[serde(flatten)]
    pub scores: Scorecard,
    /// What was scored.
    pub provenance: Provenance,
}

impl EvaluationReport {
    /// A report.
    pub fn new(scores: Scorecard, provenance: Provenance) -> Self {
        Self {
            schema: "musamma/evaluation/1",
            scores,
            provenance,
        }
    }
}

impl Report for EvaluationReport {
    fn tables(&self) -> Vec<Table> {
        self.scores.tables()
    }

    fn score_lines(&self) -> Vec<ScoreLine> {
        self.scores.score_lines()
    }
}
