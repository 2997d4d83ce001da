//! Which type is taken for which, as a heat map.

#![allow(
    clippy::cast_possible_wrap,
    reason = "counts of bars and cells, and pixels: far below 2^31"
)]

use super::{BLUE, GRID, TEXT, WIDTH, draw, ink, short};
use crate::error::Result;
use crate::report::ConfusionReport;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

/// Room for names on the left and above.
const LEFT: i32 = 92;
const TOP: i32 = 30;
/// Height of a cell at most.
const MAX_CELL: i32 = 52;
/// Types above which cells become too small for their counts; the table has all.
const MAX_NAMES: usize = 9;
/// The darkest cell: counts must stay readable on it, by day and night.
const STRONGEST: f64 = 0.5;

/// Cells coloured by their share of the row: pairs of the same and of other boundaries together.
pub(super) fn heat_map(confusion: &ConfusionReport) -> Result<String> {
    let n_all = confusion.names.len();
    // `O` is the last and always shown.
    let shown: Vec<usize> = (0..n_all)
        .filter(|&i| i + 1 == n_all || i + 1 < MAX_NAMES)
        .collect();
    let n = shown.len() as i32;
    let width = (WIDTH as i32 - LEFT - 4) / n.max(1);
    let height = width.min(MAX_CELL);
    draw((TOP + n * height + 4).unsigned_abs(), |area| {
        for (r, &row) in shown.iter().enumerate() {
            let y = TOP + r as i32 * height;
            let name = short(&confusion.names[row]);
            let at = (LEFT - 8, y + height / 2);
            area.draw(&Text::new(
                name.clone(),
                at,
                ink(HPos::Right, VPos::Center, TEXT),
            ))?;
            let at = (LEFT + r as i32 * width + width / 2, TOP - 8);
            area.draw(&Text::new(name, at, ink(HPos::Center, VPos::Bottom, TEXT)))?;
            let count = |column: usize| {
                confusion.same_boundaries[row][column] + confusion.overlaps[row][column]
            };
            let total: u64 = (0..n_all).map(count).sum();
            for (c, &column) in shown.iter().enumerate() {
                let x = LEFT + c as i32 * width;
                let corners = [(x, y), (x + width, y + height)];
                let share = count(column) as f64 / total.max(1) as f64;
                let color = BLUE.mix(STRONGEST * share.sqrt());
                area.draw(&Rectangle::new(corners, color.filled()))?;
                area.draw(&Rectangle::new(corners, GRID))?;
                if row + 1 < n_all || column + 1 < n_all {
                    let at = (x + width / 2, y + height / 2);
                    let text = count(column).to_string();
                    area.draw(&Text::new(text, at, ink(HPos::Center, VPos::Center, TEXT)))?;
                }
            }
        }
        Ok(())
    })
}
