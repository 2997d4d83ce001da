//! Dense vector sums over long vectors: parallel, and the same bits for any number of threads.

use rayon::prelude::*;

/// Elements a task works on: fixed, so that sums are always formed in the same order.
pub(super) const CHUNK: usize = 16 * 1024;

/// Sum over chunks of `f(chunk range)`, formed chunk by chunk in order.
pub(super) fn sum_chunks(len: usize, f: impl Fn(std::ops::Range<usize>) -> f64 + Sync) -> f64 {
    let parts: Vec<f64> = (0..len.div_ceil(CHUNK))
        .into_par_iter()
        .map(|c| f(c * CHUNK..((c + 1) * CHUNK).min(len)))
        .collect();
    parts.iter().sum()
}

/// Inner product of two slices with four accumulators (fixed order).
#[inline]
pub(super) fn dot_slice(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 4];
    let (a4, a_rest) = a.as_chunks::<4>();
    let (b4, b_rest) = b.as_chunks::<4>();
    for (x, y) in a4.iter().zip(b4) {
        for k in 0..4 {
            sums[k] += x[k] * y[k];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

/// Inner product.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    sum_chunks(a.len(), |r| dot_slice(&a[r.clone()], &b[r]))
}

/// Euclidean norm.
pub(super) fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// Writes `f(index)` to every element.
pub(super) fn fill_with(out: &mut [f64], f: impl Fn(usize) -> f64 + Sync) {
    out.par_chunks_mut(CHUNK)
        .enumerate()
        .for_each(|(c, chunk)| {
            for (i, x) in chunk.iter_mut().enumerate() {
                *x = f(c * CHUNK + i);
            }
        });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_do_not_depend_on_the_number_of_threads() {
        let a: Vec<f64> = (0..100_000).map(|i| f64::from(i).sin()).collect();
        let b: Vec<f64> = (0..100_000).map(|i| f64::from(i).cos()).collect();
        let with = |threads| {
            rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .expect("a pool")
                .install(|| dot(&a, &b).to_bits())
        };
        assert_eq!(with(1), with(2));
        assert_eq!(with(1), with(5));
    }
}
