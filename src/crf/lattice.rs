//! Scaled forward-backward over one sentence (Rabiner 1989, section V.A): no logarithm in the inner loop.

use super::exponential::exp;
use super::rows::{add_outer_products, fold_rows, max_row, sum_row};

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
    flow: Vec<f64>,
}

/// Replaces the emission scores of one sentence (`tokens × stride`, padding −∞) by posterior probabilities p(y_t = j | x),
/// adds `weight` times the outer products Σ_t α_{t−1}(i) · v_t(j) to `pairs` (multiply by the transition factors to get expected
/// transition counts), and returns log Z.
#[inline(always)]
pub(super) fn forward_backward(
    factors: &Factors,
    n_labels: usize,
    weight: f64,
    scores: &mut [f64],
    pairs: &mut [f64],
    work: &mut Workspace,
) -> f64 {
    // A constant stride lets the compiler unroll the label loops; the last arm serves label sets of any size.
    match factors.stride {
        4 => run(4, factors, n_labels, weight, scores, pairs, work),
        8 => run(8, factors, n_labels, weight, scores, pairs, work),
        12 => run(12, factors, n_labels, weight, scores, pairs, work),
        16 => run(16, factors, n_labels, weight, scores, pairs, work),
        20 => run(20, factors, n_labels, weight, scores, pairs, work),
        24 => run(24, factors, n_labels, weight, scores, pairs, work),
        n => run(n, factors, n_labels, weight, scores, pairs, work),
    }
}

/// The smallest scaling constant: keeps a lattice whose every path underflows finite.
const TINY: f64 = 1e-280;

#[inline(always)]
fn run(
    n: usize,
    factors: &Factors,
    n_labels: usize,
    weight: f64,
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
        flow,
    } = work;
    alpha.resize(scores.len(), 0.0);
    flow.resize(scores.len(), 0.0);
    scale.resize(len, 0.0);
    beta.resize(n, 0.0);
    next.resize(n, 0.0);
    let (beta, next) = (&mut beta[..n], &mut next[..n]);
    let mut log_z = 0.0;
    for row in scores.chunks_exact_mut(n) {
        let max = max_row(row);
        for s in row.iter_mut() {
            *s = exp(*s - max);
        }
        log_z += max;
    }
    // Σ ln c is taken as ln Π c while the product stays in range.
    let mut product = 1.0_f64;
    for t in 0..len {
        let row = &scores[t * n..(t + 1) * n];
        let (before, now) = alpha.split_at_mut(t * n);
        let now = &mut now[..n];
        if t == 0 {
            now.copy_from_slice(&factors.start[..n]);
        } else {
            let product = (&before[(t - 1) * n..], factors.forward.as_slice());
            fold_rows::<f64, LANES>(n, n_labels, product, now, 0.0, |sum, a, m| {
                a.mul_add(m, sum)
            });
        }
        for j in 0..n {
            now[j] *= row[j];
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
        product *= c;
        if !(1e-100..1e100).contains(&product) {
            log_z += libm::log(product);
            product = 1.0;
        }
    }
    log_z += libm::log(product);

    beta.copy_from_slice(&factors.end[..n]);
    for t in (0..len).rev() {
        let row = &mut scores[t * n..(t + 1) * n];
        let now = &alpha[t * n..(t + 1) * n];
        let flow = &mut flow[t * n..(t + 1) * n];
        let inverse = scale[t];
        for j in 0..n {
            next[j] = row[j] * beta[j] * inverse;
            flow[j] = weight * next[j];
            row[j] = now[j] * beta[j];
        }
        if t > 0 {
            let product = (&*next, factors.backward.as_slice());
            fold_rows::<f64, LANES>(n, n_labels, product, beta, 0.0, |sum, v, m| {
                v.mul_add(m, sum)
            });
        }
    }
    add_outer_products(n, &alpha[..(len - 1) * n], &flow[n..len * n], pairs);
    log_z
}
