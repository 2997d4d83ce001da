//! A scorecard as tables and as lines.

use super::score::{ScoreRow, Triple};
use super::table::{Cell, Table};
use super::{ScoreLine, Scorecard};
use crate::evaluate::ResamplingUnit;
use std::fmt::Write as _;

/// Thresholds that text shows; JSON has more.
const SHOWN_THRESHOLDS: [f64; 6] = [0.0, 0.5, 0.7, 0.9, 0.95, 0.99];

impl Scorecard {
    /// Headline first, then what explains it.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = vec![self.headline(), self.matching_table(), self.error_table()];
        tables.extend(self.seen_table());
        let length = sliced("By length in tokens", "tokens", &self.by_length);
        let attachment = sliced(
            "By proclitic written to the first word",
            "",
            &self.by_attachment,
        );
        tables.extend([length, attachment].into_iter().flatten());
        for (key, rows) in &self.by_meta {
            tables.extend(sliced(&format!("By {key}"), key, rows));
        }
        tables.extend(self.confusion_tables());
        tables.extend(self.calibration_tables());
        tables
    }

    fn headline(&self) -> Table {
        let columns = [
            "",
            "precision",
            "recall",
            "f1",
            "95 % from",
            "to",
            "support",
            "predicted",
            "tp",
            "fp",
            "fn",
        ];
        let mut table = Table::new("Scores (type and boundaries right, %)", &columns);
        table.push(full_row("micro", &self.micro));
        let mut row = triple_cells("macro", &self.macro_average);
        row.resize(columns.len(), Cell::Empty);
        table.push(row);
        for (kind, row) in &self.types {
            table.push(full_row(kind, row));
        }
        if self.bootstrap.is_none() {
            for c in [5, 4] {
                table.columns.remove(c);
                table.rows.iter_mut().for_each(|row| drop(row.remove(c)));
            }
        }
        let counts = &self.counts;
        let accuracy = Cell::Percent(self.token_accuracy).shown();
        let mut note = format!(
            "{} documents, {} sentences, {} tokens; token accuracy {accuracy} %",
            counts.documents, counts.sentences, counts.tokens
        );
        if let Some(b) = &self.bootstrap {
            let unit = match b.unit {
                ResamplingUnit::Document => "documents",
                ResamplingUnit::Sentence => "sentences (documents are few)",
            };
            let _ = write!(
                note,
                "; 95 % interval of f1 by {} resamples of {unit}",
                b.resamples
            );
        }
        table.with_note(note)
    }

    fn matching_table(&self) -> Table {
        let columns = [
            "",
            "precision",
            "recall",
            "f1",
            "correct",
            "incorrect",
            "partial",
            "missed",
            "spurious",
        ];
        let mut table = Table::new("Ways of matching (%)", &columns).with_note(
            "strict: type and boundaries; exact: boundaries; partial: an overlap counts half; type: type and any overlap",
        );
        for name in ["strict", "exact", "partial", "type"] {
            let Some(matching) = self.matching.get(name) else {
                continue;
            };
            let (row, counts) = (&matching.overall, &matching.overall.counts);
            table.push(vec![
                Cell::text(name),
                Cell::percent(row.precision),
                Cell::percent(row.recall),
                Cell::percent(row.f1),
                Cell::Count(counts.correct),
                Cell::Count(counts.incorrect),
                Cell::Count(counts.partial),
                Cell::Count(counts.missed),
                Cell::Count(counts.spurious),
            ]);
        }
        table
    }

    fn error_table(&self) -> Table {
        let mut table = Table::new("Errors", &["", "number", "share of errors"]);
        let total: u64 = self.errors.values().sum();
        for (kind, &n) in &self.errors {
            let share = (total > 0).then(|| n as f64 / total as f64);
            let name = kind.replace('_', " ");
            table.push(vec![Cell::Text(name), Cell::Count(n), Cell::Percent(share)]);
        }
        table
    }

    fn seen_table(&self) -> Option<Table> {
        let seen = self.seen.as_ref()?;
        let mut table = Table::new(
            "Recall on mentions that are in the training data, and on others (%)",
            &["", "seen", "of", "unseen", "of", "unseen share"],
        );
        let mut push = |name: &str, seen: &super::SeenRow, unseen: &super::SeenRow| {
            let total = seen.total + unseen.total;
            table.push(vec![
                Cell::text(name),
                Cell::Percent(seen.recall),
                Cell::Count(seen.total),
                Cell::Percent(unseen.recall),
                Cell::Count(unseen.total),
                Cell::Percent((total > 0).then(|| unseen.total as f64 / total as f64)),
            ]);
        };
        push("all", &seen.seen, &seen.unseen);
        for (kind, rows) in &seen.types {
            push(kind, &rows["seen"], &rows["unseen"]);
        }
        Some(table)
    }

    fn confusion_tables(&self) -> Vec<Table> {
        let names = &self.confusion.names;
        let mut columns = vec!["gold"];
        columns.extend(names.iter().map(String::as_str));
        let table = |title: &str, matrix: &[Vec<u64>]| {
            let mut table = Table::new(title, &columns);
            for (name, row) in names.iter().zip(matrix) {
                let counts = row.iter().map(|&n| Cell::Count(n));
                table.push([Cell::text(name)].into_iter().chain(counts).collect());
            }
            table
        };
        let mut tables = vec![table(
            "Confusion, same boundaries (columns: predicted)",
            &self.confusion.same_boundaries,
        )];
        if self.confusion.overlaps.iter().flatten().any(|&n| n > 0) {
            let title = "Confusion, other boundaries (columns: predicted)";
            let mut overlaps = table(title, &self.confusion.overlaps);
            // What has no counterpart has no other boundaries.
            overlaps.columns.pop();
            overlaps.rows.pop();
            overlaps.rows.iter_mut().for_each(|row| drop(row.pop()));
            tables.push(overlaps);
        }
        tables
    }

    fn calibration_tables(&self) -> Vec<Table> {
        let Some(calibration) = &self.calibration else {
            return Vec::new();
        };
        let mut bins = Table::new(
            "Confidence against accuracy (%)",
            &["confidence", "predictions", "mean confidence", "accuracy"],
        )
        .with_note(format!(
            "expected calibration error {} %, Brier score {}",
            Cell::Percent(calibration.ece).shown(),
            Cell::Decimal(calibration.brier).shown()
        ));
        for bin in calibration.bins.iter().filter(|bin| bin.n > 0) {
            bins.push(vec![
                Cell::Text(format!("{:.1}-{:.1}", bin.low, bin.high)),
                Cell::Count(bin.n),
                Cell::Percent(bin.confidence),
                Cell::Percent(bin.accuracy),
            ]);
        }
        let mut curve = Table::new(
            "Predictions of a confidence or more (%)",
            &["confidence", "precision", "recall", "f1", "predicted"],
        );
        let is_shown = |t: f64| SHOWN_THRESHOLDS.iter().any(|s| (s - t).abs() < 1e-9);
        for row in calibration
            .thresholds
            .iter()
            .filter(|r| is_shown(r.threshold))
        {
            let mut cells = triple_cells(&format!("{:.2}", row.threshold), &row.row.scores());
            cells.push(Cell::Count(row.row.predicted));
            curve.push(cells);
        }
        vec![bins, curve]
    }

    /// Micro, macro and types, then every cut of the data.
    pub fn score_lines(&self) -> Vec<ScoreLine> {
        let mut lines = vec![
            ScoreLine::counted("overall", "micro", &self.micro),
            ScoreLine::derived("overall", "macro", self.macro_average),
        ];
        let tables = [
            ("types", &self.types),
            ("length", &self.by_length),
            ("attachment", &self.by_attachment),
        ];
        let meta = self.by_meta.iter().map(|(key, rows)| (key.as_str(), rows));
        for (table, rows) in tables.into_iter().chain(meta) {
            let line = |(name, row): (&String, &ScoreRow)| ScoreLine::counted(table, name, row);
            lines.extend(rows.iter().map(line));
        }
        lines
    }
}

/// Name, precision, recall and F1.
pub(super) fn triple_cells(name: &str, scores: &Triple) -> Vec<Cell> {
    vec![
        Cell::text(name),
        Cell::percent(scores.precision),
        Cell::percent(scores.recall),
        Cell::percent(scores.f1),
    ]
}

fn full_row(name: &str, row: &ScoreRow) -> Vec<Cell> {
    let interval = row.interval.as_ref().and_then(|i| i.f1);
    let mut cells = triple_cells(name, &row.scores());
    cells.extend([
        Cell::Percent(interval.map(|i| i.low)),
        Cell::Percent(interval.map(|i| i.high)),
        Cell::Count(row.support),
        Cell::Count(row.predicted),
        Cell::Count(row.tp),
        Cell::Count(row.fp),
        Cell::Count(row.fn_),
    ]);
    cells
}

/// Scores under the values of a property; nothing where there are none.
fn sliced(
    title: &str,
    property: &str,
    rows: &std::collections::BTreeMap<String, ScoreRow>,
) -> Option<Table> {
    let columns = [
        property,
        "precision",
        "recall",
        "f1",
        "support",
        "predicted",
    ];
    let mut table = Table::new(format!("{title} (%)"), &columns);
    for (name, row) in rows {
        let mut cells = triple_cells(name, &row.scores());
        cells.extend([Cell::Count(row.support), Cell::Count(row.predicted)]);
        table.push(cells);
    }
    (!table.rows.is_empty()).then_some(table)
}
