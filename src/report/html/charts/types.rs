//! Bars by entity type.

#![allow(
    clippy::cast_possible_wrap,
    reason = "counts of bars and cells, and pixels: far below 2^31"
)]

use super::{Area, BLUE, Drawn, GREEN, GRID, INK, ORANGE, TEXT, WIDTH, draw, ink, short};
use crate::error::Result;
use crate::report::{Scorecard, SeenReport};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Room for type names on the left and for the figure behind a full bar on the right.
const LEFT: i32 = 92;
const RIGHT: i32 = 46;
/// Height of a bar and its distance from the next.
const BAR: i32 = 14;
const STEP: i32 = 17;
/// Distance between groups, and what the axis takes.
const GAP: i32 = 12;
const AXIS: i32 = 28;
/// Types shown at most; the table has all.
const MAX_TYPES: usize = 12;

/// A group of bars under a name: values in percent with their colours, and a whisker for the first.
struct Group {
    name: String,
    bars: Vec<(Option<f64>, RGBColor)>,
    whisker: Option<(f64, f64)>,
}

/// F1 with its interval, precision and recall of all types together and of each.
pub(super) fn scores(scores: &Scorecard) -> Result<String> {
    let mut rows = vec![("micro", &scores.micro)];
    let mut types: Vec<_> = scores
        .types
        .iter()
        .map(|(k, row)| (k.as_str(), row))
        .collect();
    if types.len() > MAX_TYPES {
        types.sort_by_key(|(_, row)| std::cmp::Reverse(row.support));
        types.truncate(MAX_TYPES);
        types.sort_by_key(|(kind, _)| *kind);
    }
    rows.extend(types);
    let group = |(name, row): (&str, &crate::report::ScoreRow)| Group {
        name: short(name),
        bars: vec![
            (Some(row.f1 * 100.0), BLUE),
            (Some(row.precision * 100.0), ORANGE),
            (Some(row.recall * 100.0), GREEN),
        ],
        whisker: row
            .interval
            .as_ref()
            .and_then(|i| i.f1)
            .map(|i| (i.low * 100.0, i.high * 100.0)),
    };
    bars(&rows.into_iter().map(group).collect::<Vec<_>>())
}

/// Recall on seen and unseen mentions.
pub(super) fn seen(seen: &SeenReport) -> Result<String> {
    let mut rows = vec![("micro".to_owned(), seen.seen, seen.unseen)];
    let types = seen.types.iter().take(MAX_TYPES);
    rows.extend(types.map(|(kind, row)| (kind.clone(), row["seen"], row["unseen"])));
    let groups: Vec<Group> = rows
        .into_iter()
        .map(|(name, seen, unseen)| Group {
            name: short(&name),
            bars: vec![
                (seen.recall.map(|r| r * 100.0), BLUE),
                (unseen.recall.map(|r| r * 100.0), ORANGE),
            ],
            whisker: None,
        })
        .collect();
    bars(&groups)
}

fn bars(groups: &[Group]) -> Result<String> {
    let height_of = |group: &Group| group.bars.len() as i32 * STEP + GAP;
    let height = groups.iter().map(height_of).sum::<i32>() + AXIS;
    draw(height.unsigned_abs(), |area| {
        let bottom = height - AXIS;
        axis(area, bottom)?;
        let mut top = GAP / 2;
        for group in groups {
            let middle = top + (height_of(group) - GAP) / 2;
            let name = Text::new(
                group.name.clone(),
                (LEFT - 8, middle),
                ink(HPos::Right, VPos::Center, TEXT),
            );
            area.draw(&name)?;
            for (i, (value, color)) in group.bars.iter().enumerate() {
                bar(area, top + i as i32 * STEP, *value, *color)?;
            }
            if let Some((low, high)) = group.whisker {
                whisker(area, top + BAR / 2, low, high)?;
            }
            top += height_of(group);
        }
        Ok(())
    })
}

/// Horizontal place of a percentage.
fn x(percent: f64) -> i32 {
    let width = f64::from(WIDTH as i32 - LEFT - RIGHT);
    LEFT + (width * percent / 100.0).round() as i32
}

fn axis(area: &Area<'_>, bottom: i32) -> Drawn {
    for percent in [0, 25, 50, 75, 100] {
        let at = x(f64::from(percent));
        area.draw(&PathElement::new(vec![(at, 0), (at, bottom)], GRID))?;
        let label = Text::new(
            percent.to_string(),
            (at, bottom + 8),
            ink(HPos::Center, VPos::Top, TEXT),
        );
        area.draw(&label)?;
    }
    Ok(())
}

fn bar(area: &Area<'_>, top: i32, value: Option<f64>, color: RGBColor) -> Drawn {
    let (end, shown) = match value {
        Some(value) => (x(value), format!("{value:.1}")),
        None => (x(0.0), "–".to_owned()),
    };
    area.draw(&Rectangle::new(
        [(LEFT, top), (end, top + BAR)],
        color.filled(),
    ))?;
    // Behind the interval's whisker, which may reach farther than the bar.
    let at = (x(100.0) + RIGHT - 2, top + BAR / 2);
    area.draw(&Text::new(shown, at, ink(HPos::Right, VPos::Center, TEXT)))
}

fn whisker(area: &Area<'_>, y: i32, low: f64, high: f64) -> Drawn {
    let (from, to) = (x(low), x(high));
    area.draw(&PathElement::new(
        vec![(from, y), (to, y)],
        INK.stroke_width(2),
    ))?;
    for end in [from, to] {
        area.draw(&PathElement::new(
            vec![(end, y - 4), (end, y + 4)],
            INK.stroke_width(2),
        ))?;
    }
    Ok(())
}
