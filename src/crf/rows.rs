//! Arithmetic on rows of label scores, whose length is padded to whole vector registers: the sums of a row stay in registers
//! over the loop. `LANES` numbers fill a 256-bit register.

/// Folds the rows of a square matrix into one: `out[j] = step(… step(initial, weights[0], matrix[0][j]) …)` over the first
/// `n_labels` rows, each `n` long, a multiple of `LANES`.
#[inline(always)]
pub(super) fn fold_rows<T: Copy, const LANES: usize>(
    n: usize,
    n_labels: usize,
    product: (&[T], &[T]),
    out: &mut [T],
    initial: T,
    step: impl Fn(T, T, T) -> T,
) {
    match n / LANES {
        1 => fold_block::<T, LANES, 1>(n, n_labels, product, out, initial, step),
        2 => fold_block::<T, LANES, 2>(n, n_labels, product, out, initial, step),
        3 => fold_block::<T, LANES, 3>(n, n_labels, product, out, initial, step),
        4 => fold_block::<T, LANES, 4>(n, n_labels, product, out, initial, step),
        5 => fold_block::<T, LANES, 5>(n, n_labels, product, out, initial, step),
        6 => fold_block::<T, LANES, 6>(n, n_labels, product, out, initial, step),
        _ => {
            let (weights, matrix) = product;
            for (k, out) in out.chunks_exact_mut(LANES).enumerate() {
                let product = (weights, &matrix[k * LANES..]);
                fold_block::<T, LANES, 1>(n, n_labels, product, out, initial, &step);
            }
        }
    }
}

/// [`fold_rows`] for the first `BLOCKS` registers of each row.
#[inline(always)]
fn fold_block<T: Copy, const LANES: usize, const BLOCKS: usize>(
    n: usize,
    n_labels: usize,
    (weights, matrix): (&[T], &[T]),
    out: &mut [T],
    initial: T,
    step: impl Fn(T, T, T) -> T,
) {
    let mut sums = [[initial; LANES]; BLOCKS];
    for (i, &weight) in weights[..n_labels].iter().enumerate() {
        let (row, _) = matrix[i * n..i * n + BLOCKS * LANES].as_chunks::<LANES>();
        for (sums, row) in sums.iter_mut().zip(row) {
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum = step(*sum, weight, x);
            }
        }
    }
    for (out, sums) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(&sums) {
        *out = *sums;
    }
}

/// The sum of a row whose length is a multiple of `LANES`: lane by lane, then the lanes by pairs.
#[inline(always)]
pub(super) fn sum_row<T: Copy + Default + std::ops::Add<Output = T>, const LANES: usize>(
    row: &[T],
) -> T {
    let mut lanes = [T::default(); LANES];
    for block in row.as_chunks::<LANES>().0 {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane = *lane + x;
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = lanes[i] + lanes[i + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_any_length_are_folded() {
        for n in [4, 8, 20, 24, 28, 64] {
            let n_labels = n - 3;
            let weights: Vec<f64> = (0..n).map(|i| i as f64 + 1.0).collect();
            let matrix: Vec<f64> = (0..n * n).map(|i| (i % 17) as f64).collect();
            let mut out = vec![0.0; n];
            let add = |sum: f64, w: f64, x: f64| sum + w * x;
            fold_rows::<f64, 4>(n, n_labels, (&weights, &matrix), &mut out, 1.0, add);
            for (j, &found) in out.iter().enumerate() {
                let expected: f64 = (0..n_labels).map(|i| weights[i] * matrix[i * n + j]).sum();
                assert_eq!(found, expected + 1.0, "{n} {j}");
            }
            assert_eq!(sum_row::<f64, 4>(&out), out.iter().sum::<f64>(), "{n}");
        }
    }
}
