//! Training data as the optimiser reads it: merged columns, and who sees which.

use std::ops::RangeInclusive;

use rayon::prelude::*;

use super::grammar::Grammar;

/// Labels at most: the labels that an attribute was seen with are kept as a bit set.
pub const MAX_LABELS: usize = 128;

/// Compressed sparse rows: `row(i)` is a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csr<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Csr<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Csr<T> {
    /// Appends a row.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.starts.push(self.items.len() as u32);
    }

    /// Items of row `i`.
    #[inline]
    pub fn row(&self, i: usize) -> &[T] {
        &self.items[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items of all rows together.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// Where row `i` begins among all items.
    #[inline]
    pub fn start(&self, i: usize) -> usize {
        self.starts[i] as usize
    }
}

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

/// An attribute of the training data: its hash, the slot it is seen from, and the merged column that holds its weights.
///
/// Slots `0..n_slots` are window offsets of word attributes; slot `n_slots` holds context attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute {
    /// The hash that the feature room gave.
    pub hash: u64,
    /// Merged column.
    pub column: u32,
    /// Window slot.
    pub slot: u8,
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
    /// Column → rows.
    pub(super) column_rows: Csr<u32>,
    /// Column → its labels, in ascending order; parameters are laid out in this order.
    pub(super) column_labels: Csr<u8>,
    /// How many attributes each column stands for.
    pub(super) multiplicity: Vec<u32>,
    /// Every attribute with its column, sorted by (hash, slot).
    pub(super) attributes: Vec<Attribute>,
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

        let columns = merge(&incidences, &row_count, min_count);
        drop(incidences);
        let Merged {
            column_rows,
            multiplicity,
            attributes,
        } = columns;

        let every_label = if n_labels >= MAX_LABELS {
            u128::MAX
        } else {
            (1 << n_labels) - 1
        };
        let mut column_labels = Csr::default();
        for c in 0..column_rows.len() {
            let set = match label_space {
                LabelSpace::All => every_label,
                LabelSpace::Observed => column_rows
                    .row(c)
                    .iter()
                    .fold(0_u128, |set, &row| set | row_labels[row as usize]),
            };
            column_labels.push_row((0..n_labels as u8).filter(|&l| set >> l & 1 == 1));
        }
        let row_columns = transpose(&column_rows, n_rows);

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
            column_rows,
            column_labels,
            multiplicity,
            attributes,
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
        self.attributes.len()
    }

    /// Number of merged columns.
    pub fn n_columns(&self) -> usize {
        self.column_rows.len()
    }

    /// Number of state parameters.
    pub fn n_state_parameters(&self) -> usize {
        self.column_labels.n_items()
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

/// Turns "row → columns" into "column → rows"; each result row is ascending.
fn transpose(csr: &Csr<u32>, n_columns: usize) -> Csr<u32> {
    let mut starts = vec![0_u32; n_columns + 1];
    for &c in &csr.items {
        starts[c as usize + 1] += 1;
    }
    for i in 0..n_columns {
        starts[i + 1] += starts[i];
    }
    let mut cursor = starts.clone();
    let mut items = vec![0_u32; csr.items.len()];
    for r in 0..csr.len() {
        for &c in csr.row(r) {
            items[cursor[c as usize] as usize] = r as u32;
            cursor[c as usize] += 1;
        }
    }
    Csr { starts, items }
}

struct Merged {
    column_rows: Csr<u32>,
    multiplicity: Vec<u32>,
    attributes: Vec<Attribute>,
}

/// Groups sorted incidences into attributes, and attributes with equal row sets into columns.
fn merge(incidences: &[(u64, u8, u32)], row_count: &[u32], min_count: u32) -> Merged {
    // Attributes as ranges of the incidences.
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut start = 0;
    while start < incidences.len() {
        let (hash, slot, _) = incidences[start];
        let len = incidences[start..]
            .iter()
            .take_while(|i| i.0 == hash && i.1 == slot)
            .count();
        let tokens: u32 = if min_count <= 1 {
            min_count
        } else {
            incidences[start..start + len]
                .iter()
                .map(|i| row_count[i.2 as usize])
                .sum()
        };
        if tokens >= min_count {
            ranges.push((start as u32, (start + len) as u32));
        }
        start += len;
    }
    let rows_of =
        |&(start, end): &(u32, u32)| incidences[start as usize..end as usize].iter().map(|i| i.2);
    // Frequent columns first, so that the hot weights lie together; then by first row, so that the weights that belong to
    // one rare word lie together. Equal row sets become neighbours.
    let mut order: Vec<u32> = (0..ranges.len() as u32).collect();
    order.par_sort_unstable_by(|&a, &b| {
        let (a, b) = (&ranges[a as usize], &ranges[b as usize]);
        (b.1 - b.0)
            .cmp(&(a.1 - a.0))
            .then_with(|| rows_of(a).cmp(rows_of(b)))
            .then_with(|| a.0.cmp(&b.0))
    });

    let mut column_rows = Csr::default();
    let mut multiplicity: Vec<u32> = Vec::new();
    let mut attributes = Vec::with_capacity(order.len());
    let mut previous: Option<(u32, u32)> = None;
    for &a in &order {
        let range = ranges[a as usize];
        let same = previous
            .is_some_and(|p| p.1 - p.0 == range.1 - range.0 && rows_of(&p).eq(rows_of(&range)));
        if same {
            *multiplicity.last_mut().expect("a column precedes") += 1;
        } else {
            column_rows.push_row(rows_of(&range));
            multiplicity.push(1);
            previous = Some(range);
        }
        let (hash, slot, _) = incidences[range.0 as usize];
        attributes.push(Attribute {
            hash,
            column: (column_rows.len() - 1) as u32,
            slot,
        });
    }
    attributes.par_sort_unstable_by_key(|a| (a.hash, a.slot));
    Merged {
        column_rows,
        multiplicity,
        attributes,
    }
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
            data.attributes
                .iter()
                .find(|a| a.hash == hash)
                .expect("kept")
                .column
        };
        assert_eq!(column(10), column(11));
        assert_ne!(column(10), column(12));
        assert_eq!(data.multiplicity[column(10) as usize], 2);
        assert_eq!(data.column_labels.row(column(10) as usize), [1, 2]);
        assert_eq!(data.column_labels.row(column(12) as usize), [0, 1, 2]);
        assert_eq!(data.transitions, [(1, 0)]);
    }

    #[test]
    fn rare_attributes_are_dropped_by_token_count() {
        let grammar = Grammar::new(3, |i, j| (i, j) != (0, 2), |_| true, |_| true);
        let data = Dataset::new(small(), 3, LabelSpace::All, grammar);
        assert_eq!(data.n_attributes(), 1);
        assert_eq!(data.attributes[0].hash, 12);
        assert_eq!(data.transitions.len(), 8);
    }
}
