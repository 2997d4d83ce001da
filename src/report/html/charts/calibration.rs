//! Confidences: whether they can be believed, and what a threshold buys.

use super::{BLUE, GREEN, GRID, HEIGHT, INK, ORANGE, TEXT, draw, ink, percent_range};
use crate::error::Result;
use crate::report::{CalibrationReport, ThresholdRow};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Where the numbers of predictions stand above the bars, and the end of the axis above them, in percent.
const COUNTS: f64 = 105.0;
const COUNTS_TOP: f64 = 110.0;
/// Size of these numbers: four digits fit above a bar, and a phone still shows them 9 pixels high.
const SMALL: i32 = 15;

/// Accuracy in each bin of confidence, and the diagonal on which perfect confidences lie.
pub(super) fn reliability(calibration: &CalibrationReport) -> Result<String> {
    draw(HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(18)
            .x_label_area_size(26)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..1.0, 0.0..COUNTS_TOP)?;
        mesh(&mut chart)?;
        let bars = calibration.bins.iter().filter_map(|bin| {
            let accuracy = bin.accuracy? * 100.0;
            let corners = [(bin.low + 0.008, 0.0), (bin.high - 0.008, accuracy)];
            Some(Rectangle::new(corners, BLUE.filled()))
        });
        chart.draw_series(bars)?;
        for bin in calibration.bins.iter().filter(|bin| bin.n > 0) {
            let middle = chart.backend_coord(&(f64::midpoint(bin.low, bin.high), COUNTS));
            let style = ink(HPos::Center, VPos::Center, SMALL);
            let shown = match bin.n {
                n @ ..10_000 => n.to_string(),
                n => format!("{:.0}k", n as f64 / 1000.0),
            };
            area.draw(&Text::new(shown, middle, style))?;
        }
        let diagonal = vec![(0.0, 0.0), (1.0, 100.0)];
        chart.draw_series([PathElement::new(diagonal, INK.stroke_width(2))])?;
        Ok(())
    })
}

/// Precision, recall and F1 when only predictions of a confidence or more are kept.
pub(super) fn threshold(calibration: &CalibrationReport) -> Result<String> {
    let kept: Vec<&ThresholdRow> = calibration
        .thresholds
        .iter()
        .filter(|t| t.row.predicted > 0)
        .collect();
    let values = |of: fn(&ThresholdRow) -> f64| -> Vec<(f64, f64)> {
        kept.iter().map(|t| (t.threshold, of(t) * 100.0)).collect()
    };
    let series = [
        (values(|t| t.row.precision), ORANGE),
        (values(|t| t.row.recall), GREEN),
        (values(|t| t.row.f1), BLUE),
    ];
    let range = percent_range(series.iter().flat_map(|(v, _)| v.iter().map(|p| p.1)));
    draw(HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(18)
            .x_label_area_size(26)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..1.0, range)?;
        mesh(&mut chart)?;
        for (values, color) in series {
            chart.draw_series(LineSeries::new(values, color.stroke_width(3)))?;
        }
        Ok(())
    })
}

type Chart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::types::RangedCoordf64, plotters::coord::types::RangedCoordf64>,
>;

fn mesh(chart: &mut Chart<'_, '_>) -> super::Drawn {
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .label_style(("sans-serif", TEXT).into_font().color(&INK))
        .x_labels(6)
        .x_label_formatter(&|x| format!("{x:.1}"))
        .y_labels(6)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .draw()
}
