//! The report as a page: one file without any network access, right to left, for desk, phone and paper, light and dark.
//!
//! Headings are Arabic with the English term beside them. Numbers and file names stand in left-to-right isolates. Charts are
//! inline SVG; their colours are those of the light page, which the style sheet maps to the dark one. Everything can be read
//! without scripts; the script sorts and filters.

use std::fmt::Write as _;
mod cases;
mod charts;
pub(crate) mod page;
mod sources;
mod tables;
mod words;

use super::{Case, CrossValidationReport, EvaluationReport, Report, ScoreRow, Scorecard};
use crate::error::Result;
use page::{Page, number};
pub(crate) use words::term;

/// The page of an evaluation. `cases` are all disagreements, in the order in which they are listed at first.
///
/// # Errors
/// When a chart cannot be drawn, which does not happen with finite numbers.
pub fn evaluation_page(report: &EvaluationReport, cases: &[Case]) -> Result<String> {
    let mut page = Page::new("evaluation report");
    page.push(&sources::line(&report.provenance));
    page.push(&tiles(&report.scores, None));
    page.section("charts", "charts", &charts::of_evaluation(&report.scores)?);
    page.section(
        "tables",
        "scores in detail",
        &tables::render(&report.tables()),
    );
    page.section("errors", "errors in their sentences", &cases::render(cases));
    page.section(
        "sources",
        "data, model and settings",
        &sources::render(&report.provenance),
    );
    Ok(page.finish())
}

/// The page of a cross-validation. `cases` are all disagreements, in the order in which they are listed at first.
///
/// # Errors
/// As [`evaluation_page`].
pub fn cross_validation_page(report: &CrossValidationReport, cases: &[Case]) -> Result<String> {
    let mut page = Page::new("cross-validation report");
    page.push(&sources::line(&report.provenance));
    page.push(&tiles(&report.pooled, Some(report)));
    page.section("charts", "charts", &charts::of_cross_validation(report)?);
    // The list below the tables has the likely annotation errors, and the rest.
    let mut shown = report.tables();
    shown.retain(|table| table.title != "Likely annotation errors");
    page.section("tables", "scores in detail", &tables::render(&shown));
    page.section(
        "errors",
        "errors and likely annotation errors",
        &cases::render(cases),
    );
    page.section(
        "sources",
        "data, model and settings",
        &sources::render(&report.provenance),
    );
    Ok(page.finish())
}

/// The figures that are looked at first.
fn tiles(scores: &Scorecard, folds: Option<&CrossValidationReport>) -> String {
    let percent = |x: f64| format!("{:.2}", x * 100.0);
    let mut out = String::from("<dl class=\"tiles\">");
    let mut tile = |name: &str, value: f64, remark: String| {
        let _ = write!(
            out,
            "<div><dt>{}</dt><dd>{}{remark}</dd></div>",
            term(name),
            number(&percent(value))
        );
    };
    let micro: &ScoreRow = &scores.micro;
    let interval = micro.interval.as_ref();
    let range = |interval: Option<crate::evaluate::bootstrap::Interval>| {
        interval.map_or_else(String::new, |i| {
            let ends = format!("{}–{}", percent(i.low), percent(i.high));
            format!(
                "<small>{} {}</small>",
                page::escape(words::arabic("95 % interval")),
                number(&ends)
            )
        })
    };
    tile("f1", micro.f1, range(interval.and_then(|i| i.f1)));
    tile(
        "precision",
        micro.precision,
        range(interval.and_then(|i| i.precision)),
    );
    tile(
        "recall",
        micro.recall,
        range(interval.and_then(|i| i.recall)),
    );
    tile("macro f1", scores.macro_average.f1, String::new());
    if let Some(accuracy) = scores.token_accuracy {
        tile("token accuracy", accuracy, String::new());
    }
    if let Some(report) = folds {
        let (mean, sd) = (&report.spread.mean.micro, &report.spread.sd.micro);
        let spread = number(&format!("± {}", percent(sd.f1)));
        tile(
            "mean f1 of the folds",
            mean.f1,
            format!("<small>{spread}</small>"),
        );
    }
    out.push_str("</dl>");
    let counts = &scores.counts;
    let items = [
        ("documents", counts.documents),
        ("sentences", counts.sentences),
        ("tokens", counts.tokens),
        ("gold entities", counts.entities),
        ("predicted entities", counts.predicted),
    ];
    let items = items.map(|(name, n)| format!("{} {}", number(&n.to_string()), term(name)));
    let _ = write!(out, "<p class=\"counts\">{}</p>", items.join(" · "));
    out
}

#[cfg(test)]
mod tests;
