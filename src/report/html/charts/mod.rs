//! Charts as inline SVG.
//!
//! Text within is numbers and type names only; titles and legends are HTML around it. The colours below are those of the light
//! page; the style sheet names the same values and replaces them in the dark.

mod calibration;
mod confusion;
mod folds;
mod types;

use super::page::escape;
use super::words::{arabic, term};
use crate::error::{Error, Result};
use crate::report::{CrossValidationReport, Scorecard};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Text and axes.
const INK: RGBColor = RGBColor(0x22, 0x26, 0x2b);
/// Grid lines.
const GRID: RGBColor = RGBColor(0xd5, 0xd9, 0xde);
/// First series: F1, and what a chart has only one of.
const BLUE: RGBColor = RGBColor(0x1b, 0x5e, 0x8c);
/// Second series: precision.
const ORANGE: RGBColor = RGBColor(0xb4, 0x4a, 0x12);
/// Third series: recall.
const GREEN: RGBColor = RGBColor(0x2a, 0x72, 0x48);

/// Width of a chart in its own units; narrow, so that its text stays readable when a phone shrinks it.
const WIDTH: u32 = 440;
/// Height of most charts.
const HEIGHT: u32 = 300;
/// Size of text; `plotters` divides it by 1.24 on the way to SVG.
const TEXT: i32 = 17;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = std::result::Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// All charts of an evaluation.
pub(super) fn of_evaluation(scores: &Scorecard) -> Result<String> {
    Ok(grid(&of_scores(scores)?))
}

/// All charts of a cross-validation: those of its folds, and those of the pooled predictions.
pub(super) fn of_cross_validation(report: &CrossValidationReport) -> Result<String> {
    let mut figures = of_folds(report)?;
    figures.extend(of_scores(&report.pooled)?);
    Ok(grid(&figures))
}

fn of_folds(report: &CrossValidationReport) -> Result<Vec<String>> {
    let mut figures = vec![figure(
        "f1 of the folds",
        &[("f1 of a fold", "blue"), ("mean", "ink"), ("± sd", "band")],
        "fold",
        &folds::folds(report)?,
    )];
    if report.learning_curve.len() > 1 {
        figures.push(figure(
            "learning curve",
            &[("f1", "blue"), ("precision", "orange"), ("recall", "green")],
            "training tokens",
            &folds::learning_curve(&report.learning_curve)?,
        ));
    }
    Ok(figures)
}

fn of_scores(scores: &Scorecard) -> Result<Vec<String>> {
    let mut figures = Vec::new();
    if !scores.types.is_empty() {
        figures.push(figure(
            "scores by type",
            &[("f1", "blue"), ("precision", "orange"), ("recall", "green")],
            "",
            &types::scores(scores)?,
        ));
    }
    if let Some(seen) = &scores.seen {
        figures.push(figure(
            "seen and unseen mentions",
            &[("seen", "blue"), ("unseen", "orange")],
            "recall",
            &types::seen(seen)?,
        ));
    }
    if scores.confusion.names.len() > 1 {
        figures.push(figure(
            "confusion of types",
            &[],
            "rows: gold; columns: predicted; O: none",
            &confusion::heat_map(&scores.confusion)?,
        ));
    }
    if let Some(calibration) = &scores.calibration {
        figures.push(figure(
            "reliability of confidences",
            &[("accuracy", "blue"), ("perfect calibration", "ink")],
            "confidence; above each bar the number of predictions",
            &calibration::reliability(calibration)?,
        ));
        figures.push(figure(
            "threshold on confidence",
            &[("f1", "blue"), ("precision", "orange"), ("recall", "green")],
            "confidence",
            &calibration::threshold(calibration)?,
        ));
    }
    Ok(figures)
}

fn grid(figures: &[String]) -> String {
    if figures.is_empty() {
        return String::new();
    }
    format!("<div class=\"charts\">{}</div>\n", figures.join("\n"))
}

/// A chart with its title, legend and remark; `legend` has names with the class of their colour.
fn figure(title: &str, legend: &[(&str, &str)], remark: &str, svg: &str) -> String {
    let keys: Vec<String> = legend
        .iter()
        .map(|(name, class)| format!("<span class=\"key {class}\">{}</span>", term(name)))
        .collect();
    let keys = if keys.is_empty() {
        String::new()
    } else {
        format!("<p class=\"keys\">{}</p>", keys.join(" "))
    };
    let remark = if remark.is_empty() {
        String::new()
    } else {
        format!("<p class=\"axis\">{}</p>", term(remark))
    };
    let label = escape(arabic(title));
    let svg = svg.replacen(
        "<svg ",
        &format!("<svg role=\"img\" aria-label=\"{label}\" "),
        1,
    );
    format!(
        "<figure><figcaption>{}</figcaption>{keys}{svg}{remark}</figure>",
        term(title)
    )
}

/// Draws on an empty area and gives the SVG, sized by its page.
fn draw(height: u32, paint: impl FnOnce(&Area<'_>) -> Drawn) -> Result<String> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        paint(&area)
            .and_then(|()| area.present())
            .map_err(|e| Error::new(format!("cannot draw a chart: {e}")))?;
    }
    let size = format!("width=\"{WIDTH}\" height=\"{height}\" ");
    Ok(svg.replacen(&size, "", 1))
}

/// Text in the ink colour, anchored as asked.
fn ink(h: HPos, v: VPos, size: i32) -> TextStyle<'static> {
    ("sans-serif", size)
        .into_font()
        .color(&INK)
        .pos(Pos::new(h, v))
}

/// A name that fits beside an axis.
fn short(name: &str) -> String {
    if name.chars().count() <= 9 {
        return name.to_owned();
    }
    name.chars().take(8).chain(['…']).collect()
}

/// A range of percentages for points: what they span with some air, in tens, within 0 and 100.
fn percent_range(values: impl Iterator<Item = f64>) -> std::ops::Range<f64> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values.filter(|v| v.is_finite()) {
        (low, high) = (low.min(value), high.max(value));
    }
    if low > high {
        return 0.0..100.0;
    }
    let low = ((low - 2.0) / 10.0).floor().max(0.0) * 10.0;
    let high = ((high + 2.0) / 10.0).ceil().min(10.0) * 10.0;
    low..high.max(low + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_tens_around_the_values() {
        let table: [(&[f64], (f64, f64)); 5] = [
            (&[75.0, 81.0], (70.0, 90.0)),
            (&[99.5], (90.0, 100.0)),
            (&[0.0], (0.0, 10.0)),
            (&[71.0, 70.5], (60.0, 80.0)),
            (&[], (0.0, 100.0)),
        ];
        for (values, (low, high)) in table {
            assert_eq!(
                percent_range(values.iter().copied()),
                low..high,
                "{values:?}"
            );
        }
    }

    #[test]
    fn charts_have_no_fixed_size_and_no_colours_of_their_own() {
        let svg = draw(100, |area| {
            area.draw(&Circle::new((5, 5), 3, BLUE.filled()))
        })
        .expect("draws");
        assert!(
            svg.contains("viewBox=\"0 0 440 100\"") && !svg.contains("width=\"440\""),
            "{svg}"
        );
        let style = include_str!("../style.css");
        for color in [INK, GRID, BLUE, ORANGE, GREEN] {
            let value = format!("#{:02X}{:02X}{:02X}", color.0, color.1, color.2);
            assert!(
                style.contains(&format!("[fill=\"{value}\"]")),
                "{value} is unknown in the dark"
            );
        }
    }
}
