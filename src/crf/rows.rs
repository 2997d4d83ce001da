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

/// Single-precision numbers in a cache line of 64 bytes.
const CACHE_LINE: usize = 16;

/// Reads a number from each cache line of some rows, and returns their sum for the caller to pretend to need. In a loop of nothing
/// else such reads wait for memory side by side; among the sums that need the rows, each would be waited for in turn.
#[inline(always)]
pub(crate) fn touch(rows: &[f32]) -> f32 {
    let mut sum = 0.0;
    for line in rows.chunks(CACHE_LINE) {
        sum += line[0];
    }
    sum
}

/// The largest number of a row whose length is a multiple of four.
#[inline(always)]
pub(super) fn max_row(row: &[f64]) -> f64 {
    let mut lanes = [f64::NEG_INFINITY; 4];
    for block in row.as_chunks::<4>().0 {
        for (lane, &x) in lanes.iter_mut().zip(block) {
            *lane = if x > *lane { x } else { *lane };
        }
    }
    let larger = |a: f64, b: f64| if a > b { a } else { b };
    larger(larger(lanes[0], lanes[2]), larger(lanes[1], lanes[3]))
}

/// Adds rows to one, each as long as `out`, a multiple of four; formed in double precision.
#[inline(always)]
pub(super) fn add_rows<'r, T: Copy + Into<f64> + 'r>(
    rows: impl Iterator<Item = &'r [T]> + Clone,
    out: &mut [f64],
) {
    match out.len() / 4 {
        1 => add_block::<T, 1>(rows, 0, out),
        2 => add_block::<T, 2>(rows, 0, out),
        3 => add_block::<T, 3>(rows, 0, out),
        4 => add_block::<T, 4>(rows, 0, out),
        5 => add_block::<T, 5>(rows, 0, out),
        6 => add_block::<T, 6>(rows, 0, out),
        _ => {
            for (k, out) in out.chunks_exact_mut(4).enumerate() {
                add_block::<T, 1>(rows.clone(), 4 * k, out);
            }
        }
    }
}

/// [`add_rows`] for `BLOCKS` registers of each row.
#[inline(always)]
fn add_block<'r, T: Copy + Into<f64> + 'r, const BLOCKS: usize>(
    rows: impl Iterator<Item = &'r [T]>,
    start: usize,
    out: &mut [f64],
) {
    let out = &mut out.as_chunks_mut::<4>().0[..BLOCKS];
    let mut sums = [[0.0_f64; 4]; BLOCKS];
    sums.copy_from_slice(out);
    for row in rows {
        let (row, _) = row[start..start + BLOCKS * 4].as_chunks::<4>();
        for (sums, row) in sums.iter_mut().zip(row) {
            for (sum, &x) in sums.iter_mut().zip(row) {
                *sum += x.into();
            }
        }
    }
    out.copy_from_slice(&sums);
}

/// Adds the product of two tall matrices, Σ_t left_t ⊗ right_t, to the square matrix `out`. Rows are `n` long, a multiple of
/// four; the sums of a few rows of `out` stay in registers over all t.
#[inline(always)]
pub(super) fn add_outer_products(n: usize, left: &[f64], right: &[f64], out: &mut [f64]) {
    match n / 4 {
        1 => outer_block::<1, 4>(n, 0, left, right, out),
        2 => outer_block::<2, 4>(n, 0, left, right, out),
        3 => outer_block::<3, 4>(n, 0, left, right, out),
        4 => outer_block::<4, 2>(n, 0, left, right, out),
        5 => outer_block::<5, 2>(n, 0, left, right, out),
        6 => outer_block::<6, 2>(n, 0, left, right, out),
        _ => {
            for k in 0..n / 4 {
                outer_block::<1, 4>(n, 4 * k, left, right, out);
            }
        }
    }
}

/// [`add_outer_products`] for `BLOCKS` registers of each right row, `ROWS` rows of `out` at a time.
#[inline(always)]
fn outer_block<const BLOCKS: usize, const ROWS: usize>(
    n: usize,
    start: usize,
    left: &[f64],
    right: &[f64],
    out: &mut [f64],
) {
    for (k, out) in out.chunks_exact_mut(ROWS * n).enumerate() {
        let mut sums = [[[0.0_f64; 4]; BLOCKS]; ROWS];
        for (left, right) in left.chunks_exact(n).zip(right.chunks_exact(n)) {
            let left = &left[k * ROWS..(k + 1) * ROWS];
            let right = right[start..start + BLOCKS * 4].as_chunks::<4>().0;
            for (sums, &weight) in sums.iter_mut().zip(left) {
                for (sums, right) in sums.iter_mut().zip(right) {
                    for (sum, &x) in sums.iter_mut().zip(right) {
                        *sum = weight.mul_add(x, *sum);
                    }
                }
            }
        }
        for (out, sums) in out.chunks_exact_mut(n).zip(&sums) {
            let out = out[start..start + BLOCKS * 4].as_chunks_mut::<4>().0;
            for (out, sums) in out.iter_mut().zip(sums) {
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out += sum;
                }
            }
        }
    }
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

    #[test]
    fn single_rows_are_added() {
        for n in [4, 20, 24, 28, 40] {
            let rows: Vec<f32> = (0..3 * n).map(|i| i as f32).collect();
            let mut out = vec![9.0; n];
            add_rows(rows.chunks_exact(n), &mut out);
            for (j, &found) in out.iter().enumerate() {
                assert_eq!(found, (9 + 3 * j + 3 * n) as f64, "{n} {j}");
            }
        }
    }

    #[test]
    fn outer_products_of_any_length_are_added() {
        for n in [4, 8, 12, 16, 20, 24, 28, 40] {
            let left: Vec<f64> = (0..3 * n).map(|i| (i % 7) as f64).collect();
            let right: Vec<f64> = (0..3 * n).map(|i| (i % 11) as f64).collect();
            let mut out = vec![1.0; n * n];
            add_outer_products(n, &left, &right, &mut out);
            for i in 0..n {
                for j in 0..n {
                    let expected: f64 = (0..3).map(|t| left[t * n + i] * right[t * n + j]).sum();
                    assert_eq!(out[i * n + j], expected + 1.0, "{n}: {i}, {j}");
                }
            }
        }
    }

    #[test]
    fn largest_of_a_row() {
        for at in 0..12 {
            let row: Vec<f64> = (0..12)
                .map(|i| -1.0 - f64::from(u8::from(i != at)))
                .collect();
            assert_eq!(max_row(&row), -1.0, "at {at}");
        }
    }
}
