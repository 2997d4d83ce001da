//! Training data as the optimiser reads it: merged columns, and who sees which.

use std::ops::RangeInclusive;

use rayon::prelude::*;

use super::columns::Columns;
use super::csr::{Csr, transpose};
use super::grammar::Grammar;

/// Labels at most: the labels that an attribute was seen with are kept as a bit set.
pub const MAX_LABELS: usize = 128;

/// What the feature room hands over: attributes as 64-bit hashes, tokens as word indices, labels as ids.
#[derive(Debug, Clone)]
pub struct Observations {
    /// Number of labels; label ids are below it.
    pub n_labels: usize,
    /// Window offsets at which word attributes are looked at, at most eight.
    pub offsets: RangeInclusive<i8>,
    /// Per distinct word: (attribute hash, bit set of the offsets at which it is used; bit 0 is the first offset).
    pub word_attributes: Csr<(u64, u8)>,
    /// Per token: attributes that depend on more than one word.
    pub context_attributes: Csr<u64>,
    /// Per token: index of its word.
    pub words: Vec<u32>,
    /// Per token: gold label.
    pub gold: Vec<u8>,
    /// First token of each sentence, and the number of tokens at the end (sentences + 1 entries).
    pub sentences: Vec<u32>,
    /// Per sentence: how much it counts; 1 is normal.
    pub weights: Vec<f64>,
}

impl Observations {
    /// Number of window offsets.
    pub fn n_slots(&self) -> usize {
        (i32::from(*self.offsets.end()) - i32::from(*self.offsets.start()) + 1).max(0) as usize
    }
}

/// Which (attribute, label) pairs have a weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LabelSpace {
    /// Pairs that occur in the training data (CRFsuite's default).
    #[default]
    Observed,
    /// Every pair (CRFsuite's `feature.possible_states=1`): unseen pairs can get negative weights.
    All,
}

/// Training data with merged columns, indexed in both directions.
///
/// A *row* is a place where scores are summed: word w seen from slot d is row `w · n_slots + d`; token t's context is row
/// `n_words · n_slots + t`. A *column* is a set of attributes that occur in exactly the same rows.
#[derive(Debug)]
pub struct Dataset {
    pub(super) n_labels: usize,
    pub(super) n_slots: usize,
    pub(super) n_words: usize,
    pub(super) first_offset: i32,
    pub(super) words: Vec<u32>,
    pub(super) gold: Vec<u8>,
    pub(super) sentences: Vec<u32>,
    pub(super) sentence_weights: Vec<f64>,
    /// Per token: (tokens of its sentence before it, tokens after it), each at most 255.
    pub(super) room: Vec<(u8, u8)>,
    /// Positions of each word.
    pub(super) positions: Csr<u32>,
    /// Row → columns.
    pub(super) row_columns: Csr<u32>,
    pub(super) columns: Columns,
    /// Transition parameters: `(previous, next)` pairs that have a weight.
    pub(super) transitions: Vec<(u8, u8)>,
    pub(super) grammar: Grammar,
}

impl Dataset {
    /// Builds columns from observations. Attributes seen at fewer than `min_count` tokens are dropped. Transitions outside the
    /// grammar have no weight, nor have those that do not occur when `label_space` is [`LabelSpace::Observed`].
    pub fn new(
        observations: Observations,
        min_count: u32,
        label_space: LabelSpace,
        grammar: Grammar,
    ) -> Self {
        let n_slots = observations.n_slots();
        let Observations {
            n_labels,
            offsets,
            word_attributes,
            context_attributes,
            words,
            gold,
            sentences,
            weights,
        } = observations;
        let first_offset = i32::from(*offsets.start());
        let n_words = word_attributes.len();
        let n_word_rows = n_words * n_slots;
        let n_rows = n_word_rows + words.len();

        let room = room_in_sentence(&sentences, words.len());
        let positions = positions_of(&words, n_words);

        // Occurrences and label sets of the rows.
        let mut row_count = vec![0_u32; n_rows];
        let mut row_labels = vec![0_u128; n_rows];
        for t in 0..words.len() {
            for slot in 0..n_slots {
                if let Some(seen) = shifted(t, first_offset + slot as i32, room[t]) {
                    let row = words[seen] as usize * n_slots + slot;
                    row_count[row] += 1;
                    row_labels[row] |= 1_u128 << gold[t];
                }
            }
            row_count[n_word_rows + t] = 1;
            row_labels[n_word_rows + t] = 1_u128 << gold[t];
        }

        // (hash, slot, row), sorted: equal (hash, slot) is one attribute.
        let mut incidences: Vec<(u64, u8, u32)> =
            Vec::with_capacity(word_attributes.n_items() * 2 + context_attributes.n_items());
        for w in 0..n_words {
            for &(hash, mask) in word_attributes.row(w) {
                for slot in 0..n_slots {
                    let row = w * n_slots + slot;
                    if mask >> slot & 1 == 1 && row_count[row] > 0 {
                        incidences.push((hash, slot as u8, row as u32));
                    }
                }
            }
        }
        for t in 0..context_attributes.len() {
            for &hash in context_attributes.row(t) {
                incidences.push((hash, n_slots as u8, (n_word_rows + t) as u32));
            }
        }
        drop(word_attributes);
        drop(context_attributes);
        incidences.par_sort_unstable();
        incidences.dedup();

        let every_label = if n_labels >= MAX_LABELS {
            u128::MAX
        } else {
            (1 << n_labels) - 1
        };
        let columns = Columns::new(
            incidences,
            &row_count,
            min_count,
            |rows| match label_space {
                LabelSpace::All => every_label,
                LabelSpace::Observed => rows
                    .iter()
                    .fold(0_u128, |set, &row| set | row_labels[row as usize]),
            },
        );
        let row_columns = transpose(&columns.rows, n_rows);

        let mut observed = vec![false; n_labels * n_labels];
        for bounds in sentences.windows(2) {
            for t in bounds[0] as usize + 1..bounds[1] as usize {
                observed[gold[t - 1] as usize * n_labels + gold[t] as usize] = true;
            }
        }
        let transitions = (0..n_labels)
            .flat_map(|i| (0..n_labels).map(move |j| (i, j)))
            .filter(|&(i, j)| {
                grammar.follows(i, j)
                    && (label_space == LabelSpace::All || observed[i * n_labels + j])
            })
            .map(|(i, j)| (i as u8, j as u8))
            .collect();

        Self {
            n_labels,
            n_slots,
            n_words,
            first_offset,
            words,
            gold,
            sentences,
            sentence_weights: weights,
            room,
            positions,
            row_columns,
            columns,
            transitions,
            grammar,
        }
    }

    /// Number of tokens.
    pub fn n_tokens(&self) -> usize {
        self.words.len()
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Number of attributes before merging.
    pub fn n_attributes(&self) -> usize {
        self.columns.attributes.len()
    }

    /// Number of merged columns.
    pub fn n_columns(&self) -> usize {
        self.columns.rows.len()
    }

    /// Number of state parameters.
    pub fn n_state_parameters(&self) -> usize {
        self.columns.labels.n_items()
    }

    /// Number of parameters: the columns' labels, then the transitions.
    pub fn n_parameters(&self) -> usize {
        self.n_state_parameters() + self.transitions.len()
    }

    pub(super) fn n_word_rows(&self) -> usize {
        self.n_words * self.n_slots
    }
}

/// Token `t` moved by `offset`, unless that leaves its sentence.
#[inline(always)]
pub(super) fn shifted(t: usize, offset: i32, (before, after): (u8, u8)) -> Option<usize> {
    let inside = if offset < 0 {
        -offset <= i32::from(before)
    } else {
        offset <= i32::from(after)
    };
    inside.then(|| (t as i64 + i64::from(offset)) as usize)
}

fn room_in_sentence(sentences: &[u32], n_tokens: usize) -> Vec<(u8, u8)> {
    let mut room = Vec::with_capacity(n_tokens);
    for bounds in sentences.windows(2) {
        for t in bounds[0]..bounds[1] {
            room.push((
                (t - bounds[0]).min(255) as u8,
                (bounds[1] - 1 - t).min(255) as u8,
            ));
        }
    }
    room
}

fn positions_of(words: &[u32], n_words: usize) -> Csr<u32> {
    let by_token = {
        let mut csr = Csr::default();
        for &w in words {
            csr.push_row([w]);
        }
        csr
    };
    transpose(&by_token, n_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sentences `a b` and `a`, one window slot; attributes 10 and 11 always come together.
    fn small() -> Observations {
        let mut word_attributes = Csr::default();
        word_attributes.push_row([(10, 0b11), (11, 0b11), (12, 0b01)]);
        word_attributes.push_row([(12, 0b01)]);
        let mut context_attributes = Csr::default();
        for row in [vec![20], vec![], vec![20]] {
            context_attributes.push_row(row);
        }
        Observations {
            n_labels: 3,
            offsets: 0..=1,
            word_attributes,
            context_attributes,
            words: vec![0, 1, 0],
            gold: vec![1, 0, 2],
            sentences: vec![0, 2, 3],
            weights: vec![1.0, 1.0],
        }
    }

    #[test]
    fn attributes_in_the_same_places_share_a_column() {
        let data = Dataset::new(small(), 0, LabelSpace::Observed, Grammar::free(3));
        // Slot 1 of word a is never seen (nothing follows to its left), so only slot 0 and the context remain.
        assert_eq!(data.n_attributes(), 4);
        assert_eq!(data.n_columns(), 3);
        let column = |hash| {
            data.columns
                .attributes
                .iter()
                .find(|a| a.hash == hash)
                .expect("kept")
                .column
        };
        assert_eq!(column(10), column(11));
        assert_ne!(column(10), column(12));
        assert_eq!(data.columns.multiplicity[column(10) as usize], 2);
        assert_eq!(data.columns.labels.row(column(10) as usize), [1, 2]);
        assert_eq!(data.columns.labels.row(column(12) as usize), [0, 1, 2]);
        assert_eq!(data.transitions, [(1, 0)]);
    }

    #[test]
    fn rare_attributes_are_dropped_by_token_count() {
        let grammar = Grammar::new(3, |i, j| (i, j) != (0, 2), |_| true, |_| true);
        let data = Dataset::new(small(), 3, LabelSpace::All, grammar);
        assert_eq!(data.n_attributes(), 1);
        assert_eq!(data.columns.attributes[0].hash, 12);
        assert_eq!(data.transitions.len(), 8);
    }
}
