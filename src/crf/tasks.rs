//! How the work of an evaluation is cut: pieces of fixed size, whatever the number of threads, so that sums have a fixed order.

use std::ops::Range;

use super::columns::Columns;

/// Tokens of a forward-backward task, about.
const SHARD_TOKENS: usize = 1024;
/// Rows of a gather task.
pub(super) const GATHER: usize = 2048;

/// Runs of whole sentences with about [`SHARD_TOKENS`] tokens.
pub(super) fn shards(sentences: &[u32]) -> Vec<Range<usize>> {
    cut(sentences.len() - 1, SHARD_TOKENS, |s| {
        (sentences[s + 1] - sentences[s]) as usize
    })
}

/// Runs of columns that cost about as much to gather: a wide column reads whole rows, the others single numbers.
pub(super) fn column_tasks(columns: &Columns) -> Vec<Range<usize>> {
    let cost = |c: usize| (columns.rows.row(c).len() + 1) * if c < columns.n_wide { 4 } else { 1 };
    let total: usize = (0..columns.rows.len()).map(cost).sum();
    cut(columns.rows.len(), (total / 128).max(GATHER), cost)
}

/// Cuts 0..n into runs whose cost has just reached `target`.
fn cut(n: usize, target: usize, cost: impl Fn(usize) -> usize) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let (mut first, mut work) = (0, 0);
    for i in 0..n {
        work += cost(i);
        if work >= target || i + 1 == n {
            runs.push(first..i + 1);
            (first, work) = (i + 1, 0);
        }
    }
    runs
}

/// Splits a slice into pieces of the given lengths, one for each task to write to.
pub(super) fn split<T>(mut rest: &mut [T], lengths: impl Iterator<Item = usize>) -> Vec<&mut [T]> {
    lengths
        .map(|length| {
            rest.split_off_mut(..length)
                .expect("the pieces are no longer than the slice")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_everything_once() {
        assert!(cut(0, 5, |_| 1).is_empty());
        assert_eq!(cut(7, 3, |_| 1), [0..3, 3..6, 6..7]);
        assert_eq!(cut(3, 1, |_| 9), [0..1, 1..2, 2..3]);
        assert_eq!(shards(&[0, 2000, 2001, 2002]), [0..1, 1..3]);
    }

    #[test]
    fn pieces_follow_one_another() {
        let mut numbers = [1, 2, 3, 4, 5];
        let pieces = split(&mut numbers, [2, 0, 3].into_iter());
        assert_eq!(pieces, [&[1, 2][..], &[], &[3, 4, 5]]);
    }
}
