//! The curvature that L-BFGS remembers, and the search direction it gives.
//!
//! The two-loop recursion works on inner products only (Chen, Wang and Zhou 2014), so an iteration reads the history twice: once for
//! the products of the newest step with everything, once for the direction.

use std::ops::Range;

use pulp::Arch;
use rayon::prelude::*;

use super::registers::with_registers;
use super::vector::fill_with;

/// The last steps s and gradient differences y, with all their inner products.
///
/// Steps are kept in single precision, which halves the memory and the time to read it. All products are of the rounded
/// vectors, so the recursion is exact for a curvature that differs from the true one by 10⁻⁷.
#[derive(Debug)]
pub(super) struct History {
    memory: usize,
    /// Oldest first.
    s: Vec<Vec<f32>>,
    y: Vec<Vec<f32>>,
    /// Inner products over s, then y.
    gram: Vec<Vec<f64>>,
    /// Inner products of s, then y, with the gradient at the newest point.
    with_gradient: Vec<f64>,
    arch: Arch,
}

/// Elements that are worked on together: the newest step, difference and gradient fit the first-level cache.
const PANEL: usize = 1024;

/// An accepted step.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub x: &'a [f64],
    pub new_x: &'a [f64],
    pub gradient: &'a [f64],
    pub new_gradient: &'a [f64],
    /// What the next direction descends from: the pseudo-gradient at `new_x`.
    pub steepest: &'a [f64],
}

impl History {
    pub fn new(memory: usize) -> Self {
        Self {
            memory,
            s: Vec::new(),
            y: Vec::new(),
            gram: Vec::new(),
            with_gradient: Vec::new(),
            arch: Arch::new(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.s.is_empty()
    }

    pub fn clear(&mut self) {
        self.s.clear();
        self.y.clear();
        self.gram.clear();
        self.with_gradient.clear();
    }

    /// Remembers a step, unless its curvature is not positive.
    pub fn push(&mut self, step: Step<'_>) {
        let (mut s, mut y) = if self.s.len() == self.memory {
            self.forget(0);
            (self.s.remove(0), self.y.remove(0))
        } else {
            (vec![0.0; step.x.len()], vec![0.0; step.x.len()])
        };
        let basis: Vec<&[f32]> = self.s.iter().chain(&self.y).map(Vec::as_slice).collect();
        let arch = self.arch;
        let parts: Vec<Vec<[f64; 3]>> = (s.par_chunks_mut(PANEL), y.par_chunks_mut(PANEL))
            .into_par_iter()
            .with_min_len(8)
            .enumerate()
            .map(|(c, (s, y))| {
                let range = c * PANEL..c * PANEL + s.len();
                with_registers(
                    arch,
                    #[inline(always)]
                    || products_of_panel(&step, &basis, range.clone(), s, y),
                )
            })
            .collect();
        let mut products = vec![[0.0; 3]; basis.len() + 2];
        for part in &parts {
            for (sums, part) in products.iter_mut().zip(part) {
                for (sum, p) in sums.iter_mut().zip(part) {
                    *sum += p;
                }
            }
        }
        self.s.push(s);
        self.y.push(y);
        self.extend_gram(&products);
        let k = self.s.len();
        if self.gram[k - 1][2 * k - 1] <= 0.0 {
            self.forget(k - 1);
            self.s.pop();
            self.y.pop();
        }
    }

    /// Drops the products of a pair.
    fn forget(&mut self, pair: usize) {
        let k = self.gram.len() / 2;
        for gone in [k + pair, pair] {
            self.gram.remove(gone);
            for row in &mut self.gram {
                row.remove(gone);
            }
            self.with_gradient.remove(gone);
        }
    }

    /// Takes in the products of the newest s, the newest y and the gradient with the older s and y, then with the newest ones.
    fn extend_gram(&mut self, products: &[[f64; 3]]) {
        let old = self.gram.len() / 2;
        // Where the new s and y go among the older ones.
        let order: Vec<usize> = (0..old)
            .chain([2 * old])
            .chain(old..2 * old)
            .chain([2 * old + 1])
            .collect();
        let product = |i: usize, j: usize| match (i.checked_sub(2 * old), j.checked_sub(2 * old)) {
            (None, None) => self.gram[i][j],
            (_, Some(new)) => products[i][new],
            (Some(new), None) => products[j][new],
        };
        self.gram = order
            .iter()
            .map(|&i| order.iter().map(|&j| product(i, j)).collect())
            .collect();
        self.with_gradient = order.iter().map(|&i| products[i][2]).collect();
    }

    /// −H·g by the two-loop recursion over coefficients of (s, y, g), where g is the newest step's `steepest`.
    pub fn direction(&self, g: &[f64], out: &mut [f64]) {
        let k = self.s.len();
        if k == 0 {
            fill_with(out, |i| -g[i]);
            return;
        }
        let mut delta = vec![0.0; 2 * k + 1];
        delta[2 * k] = -1.0;
        let product = |delta: &[f64], i: usize| -> f64 {
            (0..2 * k).map(|l| delta[l] * self.gram[l][i]).sum::<f64>()
                + delta[2 * k] * self.with_gradient[i]
        };
        let mut alpha = vec![0.0; k];
        for i in (0..k).rev() {
            alpha[i] = product(&delta, i) / self.gram[i][k + i];
            delta[k + i] -= alpha[i];
        }
        let scale = self.gram[k - 1][2 * k - 1] / self.gram[2 * k - 1][2 * k - 1];
        delta.iter_mut().for_each(|d| *d *= scale);
        for i in 0..k {
            let beta = product(&delta, k + i) / self.gram[i][k + i];
            delta[i] += alpha[i] - beta;
        }
        let arch = self.arch;
        out.par_chunks_mut(PANEL)
            .with_min_len(8)
            .enumerate()
            .for_each(|(c, out)| {
                let range = c * PANEL..c * PANEL + out.len();
                let older = self.s.iter().chain(&self.y).zip(&delta);
                with_registers(
                    arch,
                    #[inline(always)]
                    || {
                        for (o, v) in out.iter_mut().zip(&g[range.clone()]) {
                            *o = delta[2 * k] * v;
                        }
                        for (b, d) in older.clone() {
                            for (o, &v) in out.iter_mut().zip(&b[range.clone()]) {
                                *o = d.mul_add(f64::from(v), *o);
                            }
                        }
                    },
                );
            });
    }
}

/// Writes a panel of s and y, and returns the products of s, y and the gradient with each vector of the basis, with s and with y.
#[inline(always)]
fn products_of_panel(
    step: &Step<'_>,
    basis: &[&[f32]],
    range: Range<usize>,
    s: &mut [f32],
    y: &mut [f32],
) -> Vec<[f64; 3]> {
    difference(&step.new_x[range.clone()], &step.x[range.clone()], s);
    difference(
        &step.new_gradient[range.clone()],
        &step.gradient[range.clone()],
        y,
    );
    let g = &step.steepest[range.clone()];
    // A plain loop: adaptors with closures are not sure to be inlined, and so to be compiled for the registers.
    let mut products = Vec::with_capacity(basis.len() + 2);
    for older in basis {
        products.push(three_products(&older[range.clone()], s, y, g));
    }
    products.push(three_products(s, s, y, g));
    products.push(three_products(y, s, y, g));
    products
}

#[inline(always)]
fn difference(a: &[f64], b: &[f64], out: &mut [f32]) {
    for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
        *out = (a - b) as f32;
    }
}

/// Inner products of `b` with s, y and g, with four accumulators each (fixed order).
#[inline(always)]
fn three_products(b: &[f32], s: &[f32], y: &[f32], g: &[f64]) -> [f64; 3] {
    const LANES: usize = 8;
    let mut sums = [[0.0_f64; LANES]; 3];
    let (b, b_rest) = b.as_chunks::<LANES>();
    let (s, s_rest) = s.as_chunks::<LANES>();
    let (y, y_rest) = y.as_chunks::<LANES>();
    let (g, g_rest) = g.as_chunks::<LANES>();
    for (((b, s), y), g) in b.iter().zip(s).zip(y).zip(g) {
        for l in 0..LANES {
            let b = f64::from(b[l]);
            sums[0][l] = b.mul_add(f64::from(s[l]), sums[0][l]);
            sums[1][l] = b.mul_add(f64::from(y[l]), sums[1][l]);
            sums[2][l] = b.mul_add(g[l], sums[2][l]);
        }
    }
    let mut totals = [0.0; 3];
    for (total, lanes) in totals.iter_mut().zip(&sums) {
        for lane in lanes {
            *total += lane;
        }
    }
    for (((&b, &s), &y), &g) in b_rest.iter().zip(s_rest).zip(y_rest).zip(g_rest) {
        let b = f64::from(b);
        totals[0] += b * f64::from(s);
        totals[1] += b * f64::from(y);
        totals[2] += b * g;
    }
    totals
}
