//! F1 of each fold, and scores over the size of the training data.

use super::{BLUE, GREEN, GRID, HEIGHT, INK, ORANGE, TEXT, draw, percent_range};
use crate::error::Result;
use crate::report::{CrossValidationReport, CurvePoint, Triple};
use plotters::prelude::*;

/// A dot for each fold over the mean's line and a band of one deviation.
pub(super) fn folds(report: &CrossValidationReport) -> Result<String> {
    let values: Vec<f64> = report
        .folds
        .iter()
        .map(|f| f.scores.micro.f1 * 100.0)
        .collect();
    let mean = report.spread.mean.micro.f1 * 100.0;
    let sd = report.spread.sd.micro.f1 * 100.0;
    let range = percent_range(values.iter().copied().chain([mean - sd, mean + sd]));
    let n = values.len() as f64;
    draw(HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .x_label_area_size(26)
            .y_label_area_size(40)
            .build_cartesian_2d(0.3..n + 0.7, range.clone())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style(("sans-serif", TEXT).into_font().color(&INK))
            .x_labels(values.len().min(10))
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_labels(6)
            .y_label_formatter(&|y| format!("{y:.0}"))
            .draw()?;
        let (low, high) = ((mean - sd).max(range.start), (mean + sd).min(range.end));
        let band = Rectangle::new([(0.3, low), (n + 0.7, high)], BLUE.mix(0.15).filled());
        chart.draw_series([band])?;
        let line = PathElement::new(vec![(0.3, mean), (n + 0.7, mean)], INK.stroke_width(2));
        chart.draw_series([line])?;
        let points = values.iter().enumerate();
        let dots = points.map(|(i, &v)| Circle::new(((i + 1) as f64, v), 5, BLUE.filled()));
        chart.draw_series(dots)?;
        Ok(())
    })
}

/// Precision, recall and F1 over the mean number of training tokens, F1 with one deviation up and down.
pub(super) fn learning_curve(points: &[CurvePoint]) -> Result<String> {
    let values = |of: fn(&Triple) -> f64| -> Vec<(f64, f64)> {
        let point = |p: &CurvePoint| (p.train_tokens, of(&p.scores.mean.micro) * 100.0);
        points.iter().map(point).collect()
    };
    let series = [
        (values(|t| t.precision), ORANGE),
        (values(|t| t.recall), GREEN),
        (values(|t| t.f1), BLUE),
    ];
    let whisker = |p: &CurvePoint| {
        let f1 = p.scores.mean.micro.f1 * 100.0;
        let sd = p.scores.sd.micro.f1 * 100.0;
        ((f1 - sd).max(0.0), (f1 + sd).min(100.0))
    };
    let ends = points.iter().map(whisker);
    let ends = ends.flat_map(|(low, high)| [low, high]);
    let all = series.iter().flat_map(|(values, _)| values.iter());
    let range = percent_range(all.map(|v| v.1).chain(ends));
    let most = points.iter().map(|p| p.train_tokens).fold(1.0, f64::max);
    let tokens = |x: &f64| match most {
        ..10_000.0 => format!("{x:.0}"),
        _ => format!("{:.0}k", x / 1000.0),
    };
    draw(HEIGHT, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin(10)
            .margin_right(24)
            .x_label_area_size(26)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..most * 1.05, range)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style(("sans-serif", TEXT).into_font().color(&INK))
            .x_labels(5)
            .x_label_formatter(&tokens)
            .y_labels(6)
            .y_label_formatter(&|y| format!("{y:.0}"))
            .draw()?;
        for p in points {
            let (low, high) = whisker(p);
            let ends = vec![(p.train_tokens, low), (p.train_tokens, high)];
            chart.draw_series([PathElement::new(ends, BLUE.stroke_width(2))])?;
        }
        for (values, color) in series {
            chart.draw_series(LineSeries::new(values.clone(), color.stroke_width(2)))?;
            let dots = values
                .into_iter()
                .map(|v| Circle::new(v, 4, color.filled()));
            chart.draw_series(dots)?;
        }
        Ok(())
    })
}
