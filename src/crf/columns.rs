//! Attributes that occur in exactly the same places, merged into columns, and columns in the order that training reads them in.

use rayon::prelude::*;

use super::csr::Csr;

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

/// How a column's weights are stored and read. Columns are numbered class by class, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// Many places or many labels: a padded row of weights, added as whole vector registers.
    Wide,
    /// Label 0 only, as most rare columns of most corpora: one weight, summed without looking at labels.
    Plain,
    /// A few weights, each added by itself.
    Mixed,
}

impl Class {
    /// A whole row costs less than single weights from about two labels on, if it is read often enough to be worth its memory.
    fn of(n_rows: usize, labels: u128) -> Self {
        let n_labels = labels.count_ones();
        if n_labels > 4 || n_labels > 1 && n_rows >= 4 {
            Self::Wide
        } else if labels == 1 {
            Self::Plain
        } else {
            Self::Mixed
        }
    }
}

/// Merged columns: wide ones first, then plain ones, then mixed ones.
///
/// *Wide* columns have a padded row of weights, *plain* ones have label 0 only, *mixed* ones a few labels. Within a class frequent
/// columns come first, so that the hot weights lie together; then those with earlier rows, so that the weights that belong to
/// one rare word lie together.
#[derive(Debug)]
pub struct Columns {
    /// Column → rows, ascending.
    pub rows: Csr<u32>,
    /// Column → its labels, ascending.
    pub labels: Csr<u8>,
    /// How many attributes each column stands for.
    pub multiplicity: Vec<u32>,
    /// Every attribute with its column, sorted by (hash, slot).
    pub attributes: Vec<Attribute>,
    /// Number of wide columns, and so the first plain one.
    pub n_wide: usize,
    /// The first mixed column.
    pub first_mixed: usize,
}

impl Columns {
    /// Merges attributes given as sorted incidences (hash, slot, row). `row_count` has the tokens of each row; attributes at fewer
    /// than `min_count` tokens are dropped. `labels` gives the labels of a column, as a bit set, from its rows.
    pub fn new(
        incidences: Vec<(u64, u8, u32)>,
        row_count: &[u32],
        min_count: u32,
        labels: impl Fn(&[u32]) -> u128,
    ) -> Self {
        let mut merged = merge(&incidences, row_count, min_count);
        drop(incidences);
        let sets: Vec<u128> = (0..merged.rows.len())
            .map(|c| labels(merged.rows.row(c)))
            .collect();
        let class = |c: u32| Class::of(merged.rows.row(c as usize).len(), sets[c as usize]);
        let mut order: Vec<u32> = (0..sets.len() as u32).collect();
        order.sort_by_key(|&c| class(c));
        let n_wide = order.partition_point(|&c| class(c) == Class::Wide);
        let first_mixed = order.partition_point(|&c| class(c) < Class::Mixed);

        let mut rows = Csr::with_capacity(sets.len(), merged.rows.n_items());
        let mut column_labels = Csr::default();
        let mut renumbered = vec![0_u32; sets.len()];
        for (new, &old) in order.iter().enumerate() {
            renumbered[old as usize] = new as u32;
            rows.push_row(merged.rows.row(old as usize).iter().copied());
            let set = sets[old as usize];
            column_labels.push_row((0..128_u8).filter(|&l| set >> l & 1 == 1));
        }
        for attribute in &mut merged.attributes {
            attribute.column = renumbered[attribute.column as usize];
        }
        Self {
            rows,
            labels: column_labels,
            multiplicity: order
                .iter()
                .map(|&c| merged.multiplicity[c as usize])
                .collect(),
            attributes: merged.attributes,
            n_wide,
            first_mixed,
        }
    }

    /// √k of a column that stands for k attributes.
    pub fn scale(&self, column: usize) -> f64 {
        f64::from(self.multiplicity[column]).sqrt()
    }
}

struct Merged {
    rows: Csr<u32>,
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
    // Equal row sets become neighbours.
    let mut order: Vec<u32> = (0..ranges.len() as u32).collect();
    order.par_sort_unstable_by(|&a, &b| {
        let (a, b) = (&ranges[a as usize], &ranges[b as usize]);
        (b.1 - b.0)
            .cmp(&(a.1 - a.0))
            .then_with(|| rows_of(a).cmp(rows_of(b)))
            .then_with(|| a.0.cmp(&b.0))
    });

    let mut rows = Csr::default();
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
            rows.push_row(rows_of(&range));
            multiplicity.push(1);
            previous = Some(range);
        }
        let (hash, slot, _) = incidences[range.0 as usize];
        attributes.push(Attribute {
            hash,
            column: (rows.len() - 1) as u32,
            slot,
        });
    }
    attributes.par_sort_unstable_by_key(|a| (a.hash, a.slot));
    Merged {
        rows,
        multiplicity,
        attributes,
    }
}
