//! Word bigrams of a text, indexed from both sides.

use rayon::prelude::*;

/// Word bigrams over a vocabulary of n words. Two more neighbours stand for what has no class: n for every rarer word,
/// n + 1 for the beginning and the end of a sentence.
#[derive(Debug)]
pub struct Bigrams {
    /// Words, most frequent first.
    pub(super) words: Vec<String>,
    /// Occurrences of each word.
    pub(super) counts: Vec<u32>,
    /// Per word: its left neighbours.
    pub(super) left: Neighbours,
    /// Per word: its right neighbours.
    pub(super) right: Neighbours,
}

/// Per word, the neighbours on one side with the number of times, in the order of their numbers.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// Where the neighbours of each word start in `items`, and their end.
    starts: Vec<usize>,
    items: Vec<(u32, u32)>,
}

impl Neighbours {
    /// The neighbours of a word, with their counts.
    pub(super) fn of(&self, word: usize) -> &[(u32, u32)] {
        &self.items[self.starts[word]..self.starts[word + 1]]
    }
}

impl Bigrams {
    /// Number of words that are to be clustered.
    pub fn n_words(&self) -> usize {
        self.words.len()
    }

    /// Number of distinct bigrams.
    pub fn n_bigrams(&self) -> usize {
        self.right.items.len()
    }

    /// Counts the bigrams of `stream`: words by number, `words.len()` for a rare word and one more for a sentence's end.
    /// Every sentence has its end, the last as well.
    pub(super) fn count(words: Vec<String>, counts: Vec<u32>, stream: &[u32]) -> Self {
        let n = words.len();
        let edge = n + 1;
        debug_assert!(stream.last().is_none_or(|&w| w as usize == edge));
        // A word has as many successors as occurrences; with the beginning of the text for the last end, ends too.
        let starts = starts(n + 2, stream.iter().copied());
        let mut next = starts.clone();
        let mut successors = vec![0; stream.len()];
        let mut previous = edge;
        for &word in stream {
            successors[next[previous]] = word;
            next[previous] += 1;
            previous = word as usize;
        }
        let mut right = Neighbours::merged(&mut successors, &starts);
        let left = right.transposed(n);
        right.starts.truncate(n + 1);
        right.items.truncate(right.starts[n]);
        Self {
            words,
            counts,
            left,
            right,
        }
    }
}

impl Neighbours {
    /// From the neighbours of each word in any order, one after the other.
    fn merged(neighbours: &mut [u32], starts: &[usize]) -> Self {
        let mut parts: Vec<&mut [u32]> = Vec::with_capacity(starts.len());
        let mut rest = neighbours;
        for ends in starts.windows(2) {
            let (part, after) = rest.split_at_mut(ends[1] - ends[0]);
            parts.push(part);
            rest = after;
        }
        parts.par_iter_mut().for_each(|part| part.sort_unstable());
        let mut merged = Self {
            starts: vec![0],
            items: Vec::new(),
        };
        for part in parts {
            let runs = part.chunk_by(|a, b| a == b);
            merged
                .items
                .extend(runs.map(|run| (run[0], run.len() as u32)));
            merged.starts.push(merged.items.len());
        }
        merged
    }

    /// The words below `n`, with those whose neighbours they are.
    fn transposed(&self, n: usize) -> Self {
        let below = |item: &&(u32, u32)| (item.0 as usize) < n;
        let starts = starts(n, self.items.iter().filter(below).map(|item| item.0));
        let mut next = starts.clone();
        let mut items = vec![(0, 0); starts[n]];
        for word in 0..self.starts.len() - 1 {
            for &(neighbour, count) in self.of(word).iter().filter(below) {
                let at = &mut next[neighbour as usize];
                items[*at] = (word as u32, count);
                *at += 1;
            }
        }
        Self { starts, items }
    }
}

/// Where the entries of each of `n` keys start, if they are sorted by key, and the end of the last.
fn starts(n: usize, keys: impl Iterator<Item = u32>) -> Vec<usize> {
    let mut starts = vec![0; n + 1];
    for key in keys {
        starts[key as usize + 1] += 1;
    }
    for i in 0..n {
        starts[i + 1] += starts[i];
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_every_word() {
        let [a, b, rare, end] = [0, 1, 2, 3];
        let stream = [a, b, a, b, end, rare, a, end, b, b, end];
        let words = vec!["a".to_owned(), "b".to_owned()];
        let bigrams = Bigrams::count(words, vec![3, 4], &stream);
        assert_eq!(bigrams.right.of(0), [(b, 2), (end, 1)]);
        assert_eq!(bigrams.right.of(1), [(a, 1), (b, 1), (end, 2)]);
        assert_eq!(bigrams.left.of(0), [(b, 1), (rare, 1), (end, 1)]);
        assert_eq!(bigrams.left.of(1), [(a, 2), (b, 1), (end, 1)]);
        assert_eq!((bigrams.n_words(), bigrams.n_bigrams()), (2, 5));
    }

    #[test]
    fn no_text_no_bigrams() {
        let bigrams = Bigrams::count(Vec::new(), Vec::new(), &[]);
        assert_eq!((bigrams.n_words(), bigrams.n_bigrams()), (0, 0));
    }
}
