//! The weights of an evaluation, laid out as its sums read them.

use std::ops::Range;

use rayon::prelude::*;

use super::columns::Columns;
use super::rows::add_rows;
use super::tasks::split;

/// θ of every column. A parameter x stands for the common weight of k merged attributes scaled by √k, so that a row with such a
/// column gets k·θ = √k·x.
#[derive(Debug)]
pub(super) struct StateWeights {
    stride: usize,
    /// √multiplicity of each column.
    scale: Vec<f64>,
    /// √k·x of wide columns: columns × stride, 0 for labels that a column does not have.
    wide: Vec<f64>,
    /// √k·x of the other columns, without gaps. Single precision halves what a random read has to wait for, and rare columns have a
    /// small part in any sum.
    narrow: Vec<f32>,
}

/// Columns of a task that lays out weights.
const PIECE: usize = 8 * 1024;

impl StateWeights {
    pub fn new(columns: &Columns, stride: usize) -> Self {
        let first_narrow = columns.labels.start(columns.n_wide);
        Self {
            stride,
            scale: (0..columns.rows.len()).map(|c| columns.scale(c)).collect(),
            wide: vec![0.0; columns.n_wide * stride],
            narrow: vec![0.0; columns.labels.n_items() - first_narrow],
        }
    }

    /// √k of a column.
    #[inline(always)]
    pub fn scale(&self, column: usize) -> f64 {
        self.scale[column]
    }

    /// √k of all columns.
    pub fn scales(&self) -> &[f64] {
        &self.scale
    }

    /// Takes over the parameters.
    pub fn set(&mut self, columns: &Columns, state: &[f64]) {
        let (stride, scale) = (self.stride, &self.scale);
        let labels = &columns.labels;
        let wide_tasks = self.wide.par_chunks_mut(PIECE / 16 * stride).enumerate();
        wide_tasks.for_each(|(chunk, rows)| {
            for (i, row) in rows.chunks_exact_mut(stride).enumerate() {
                let c = chunk * (PIECE / 16) + i;
                for (&l, x) in labels.row(c).iter().zip(&state[labels.start(c)..]) {
                    row[usize::from(l)] = scale[c] * x;
                }
            }
        });
        let runs: Vec<Range<usize>> = (columns.n_wide..labels.len())
            .step_by(PIECE)
            .map(|c| c..(c + PIECE).min(labels.len()))
            .collect();
        let parameters = |run: &Range<usize>| labels.start(run.start)..labels.start(run.end);
        let pieces = split(&mut self.narrow, runs.iter().map(|r| parameters(r).len()));
        runs.par_iter().zip(pieces).for_each(|(run, weights)| {
            let state = &state[parameters(run)];
            if run.end <= columns.first_mixed {
                for ((w, x), scale) in weights.iter_mut().zip(state).zip(&scale[run.clone()]) {
                    *w = (scale * x) as f32;
                }
            } else {
                let each = run
                    .clone()
                    .flat_map(|c| std::iter::repeat_n(scale[c], labels.row(c).len()));
                for ((w, x), scale) in weights.iter_mut().zip(state).zip(each) {
                    *w = (scale * x) as f32;
                }
            }
        });
    }

    /// Adds the weights of a row's columns, which are given in ascending order, to `scores`.
    #[inline(always)]
    pub fn add(&self, columns: &Columns, row: &[u32], scores: &mut [f64]) {
        let stride = scores.len();
        // Counted without branches, so that each class has a loop without any.
        let below = |limit: usize| row.iter().map(|&c| usize::from((c as usize) < limit)).sum();
        let (n_wide, n_below_mixed): (usize, usize) =
            (below(columns.n_wide), below(columns.first_mixed));
        let wide = row[..n_wide].iter().map(|&c| {
            let c = c as usize;
            &self.wide[c * stride..(c + 1) * stride]
        });
        add_rows(wide, scores);
        let plain: f64 = row[n_wide..n_below_mixed]
            .iter()
            .map(|&c| f64::from(self.narrow[c as usize - columns.n_wide]))
            .sum();
        scores[0] += plain;
        let first_narrow = columns.labels.start(columns.n_wide);
        for &c in &row[n_below_mixed..] {
            let c = c as usize;
            let start = columns.labels.start(c) - first_narrow;
            for (&l, &w) in columns.labels.row(c).iter().zip(&self.narrow[start..]) {
                scores[usize::from(l)] += f64::from(w);
            }
        }
    }
}
