//! Scaled forward-backward over one sentence (Rabiner 1989, section V.A): no logarithm in the inner loop.

use super::exponential::exp;
use super::rows::{fold_rows, sum_row};

/// Transition factors of a lattice whose label rows are padded to `stride`.
#[derive(Debug, Clone)]
pub(super) struct Factors {
    /// Labels in a row, a multiple of four; padding labels have factor 0 everywhere.
    pub stride: usize,
    /// e^τ, row = previous label, `stride × stride`.
    pub forward: Vec<f64>,
    /// The transpose of `forward`.
    pub backward: Vec<f64>,
    /// 1 where a sentence may begin with the label, else 0.
    pub start: Vec<f64>,
    /// 1 where a sentence may end with the label, else 0.
    pub end: Vec<f64>,
}

/// Four doubles fill a 256-bit register.
const LANES: usize = 4;

/// Labels in a padded row.
pub(super) const fn padded(n_labels: usize) -> usize {
    n_labels.next_multiple_of(LANES)
}

/// Buffers of one worker, reused from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    alpha: Vec<f64>,
    scale: Vec<f64>,
    beta: Vec<f64>,
    next: Vec<f64>,
}

/// Replaces the emission scores of one sentence (`tokens × stride`, padding ignored) by posterior probabilities p(y_t = j | x),
/// adds the outer products Σ_t α_{t−1}(i) · v_t(j) to `pairs` (multiply by the transition factors to get expected transition
/// counts), and returns log Z.
#[inline(always)]
pub(super) fn forward_backward(
    factors: &Factors,
    n_labels: usize,
    scores: &mut [f64],
    pairs: &mut [f64],
    work: &mut Workspace,
) -> f64 {
    // A constant stride lets the compiler unroll the label loops; the last arm serves label sets of any size.
    match factors.stride {
        4 => run(4, factors, n_labels, scores, pairs, work),
        8 => run(8, factors, n_labels, scores, pairs, work),
        12 => run(12, factors, n_labels, scores, pairs, work),
        16 => run(16, factors, n_labels, scores, pairs, work),
        20 => run(20, factors, n_labels, scores, pairs, work),
        24 => run(24, factors, n_labels, scores, pairs, work),
        n => run(n, factors, n_labels, scores, pairs, work),
    }
}

/// The smallest scaling constant: keeps a lattice whose every path underflows finite.
const TINY: f64 = 1e-280;

#[inline(always)]
fn run(
    n: usize,
    factors: &Factors,
    n_labels: usize,
    scores: &mut [f64],
    pairs: &mut [f64],
    work: &mut Workspace,
) -> f64 {
    let len = scores.len() / n;
    if len == 0 {
        return 0.0;
    }
    let Workspace {
        alpha,
        scale,
        beta,
        next,
    } = work;
    alpha.resize(scores.len(), 0.0);
    scale.resize(len, 0.0);
    beta.resize(n, 0.0);
    next.resize(n, 0.0);
    let mut log_z = 0.0;
    // Σ ln c is taken as ln Π c while the product stays in range.
    let mut product = 1.0_f64;
    for t in 0..len {
        let row = &mut scores[t * n..(t + 1) * n];
        let mut max = f64::NEG_INFINITY;
        for &s in &row[..n_labels] {
            max = if s > max { s } else { max };
        }
        for s in row.iter_mut() {
            *s = exp(*s - max);
        }
        for s in &mut row[n_labels..] {
            *s = 0.0;
        }
        let (before, now) = alpha.split_at_mut(t * n);
        let now = &mut now[..n];
        if t == 0 {
            for j in 0..n {
                now[j] = factors.start[j] * row[j];
            }
        } else {
            let previous = &before[(t - 1) * n..];
            let product = (previous, factors.forward.as_slice());
            fold_rows::<f64, LANES>(n, n_labels, product, now, 0.0, |sum, a, m| sum + a * m);
            for j in 0..n {
                now[j] *= row[j];
            }
        }
        if t + 1 == len {
            for j in 0..n {
                now[j] *= factors.end[j];
            }
        }
        let c = sum_row::<f64, LANES>(now).max(TINY);
        let inverse = 1.0 / c;
        for a in now.iter_mut() {
            *a *= inverse;
        }
        scale[t] = inverse;
        log_z += max;
        product *= c;
        if !(1e-100..1e100).contains(&product) {
            log_z += libm::log(product);
            product = 1.0;
        }
    }
    log_z += libm::log(product);

    beta[..n].copy_from_slice(&factors.end);
    for t in (0..len).rev() {
        let row = &mut scores[t * n..(t + 1) * n];
        let now = &alpha[t * n..(t + 1) * n];
        if t > 0 {
            let inverse = scale[t];
            for j in 0..n {
                next[j] = row[j] * beta[j] * inverse;
            }
        }
        for j in 0..n {
            row[j] = now[j] * beta[j];
        }
        if t > 0 {
            let previous = &alpha[(t - 1) * n..t * n];
            for i in 0..n {
                let a = previous[i];
                let p = &mut pairs[i * n..(i + 1) * n];
                for j in 0..n {
                    p[j] += a * next[j];
                }
            }
            let product = (next.as_slice(), factors.backward.as_slice());
            fold_rows::<f64, LANES>(n, n_labels, product, beta, 0.0, |sum, v, m| sum + v * m);
        }
    }
    log_z
}
