//! State weights by attribute hash: one look-up finds an attribute's weights for all window slots and labels.

use crate::crf::AttributeWeight;
use crate::error::{Error, Result};
use crate::features::N_SLOTS;
use crate::frozen::{Bytes, FrozenMap, write_map};

/// Bit of a cell's code that marks the last cell of an attribute.
const LAST: u32 = 1 << 31;
/// Bytes of a cell: code, then weight.
const CELL: usize = 8;

/// The map from attribute hash to first cell, and the cells: `code = slot · n_labels + label`, and a 32-bit weight.
///
/// Slot `N_SLOTS` holds context attributes.
#[derive(Debug, Clone)]
pub struct WeightTable {
    n_labels: usize,
    map: FrozenMap,
    map_bytes: Bytes,
    cells: Bytes,
}

impl WeightTable {
    /// Lays out weights that are sorted by (hash, slot, label).
    pub fn build(weights: &[AttributeWeight], n_labels: usize) -> Result<Self> {
        let mut entries = Vec::new();
        let mut cells = Vec::with_capacity(weights.len() * CELL);
        for group in weights.chunk_by(|a, b| a.hash == b.hash) {
            entries.push((group[0].hash, (cells.len() / CELL) as u32));
            for (k, w) in group.iter().enumerate() {
                let code = u32::from(w.slot) * n_labels as u32 + u32::from(w.label);
                let last = if k + 1 == group.len() { LAST } else { 0 };
                cells.extend_from_slice(&(code | last).to_le_bytes());
                cells.extend_from_slice(&w.weight.to_le_bytes());
            }
        }
        Self::open(write_map(&entries)?.into(), cells.into(), n_labels)
    }

    /// Opens the bytes of a model.
    pub fn open(map_bytes: Bytes, cells: Bytes, n_labels: usize) -> Result<Self> {
        let map = FrozenMap::open(map_bytes.clone())?;
        let max_code = ((N_SLOTS + 1) * n_labels) as u32;
        let (chunks, rest) = cells.as_chunks::<CELL>();
        let ends = |c: &[u8; CELL]| split(u64::from_le_bytes(*c)).0 & LAST != 0;
        let sound = rest.is_empty()
            && chunks.last().is_none_or(ends)
            && chunks.iter().all(|c| {
                let (code, weight) = split(u64::from_le_bytes(*c));
                code & !LAST < max_code && weight.is_finite()
            })
            && map.values().all(|v| (v as usize) < chunks.len());
        if !sound {
            return Err(Error::new("the model's weights are damaged"));
        }
        Ok(Self {
            n_labels,
            map,
            map_bytes,
            cells,
        })
    }

    /// Adds the weights of a word's attributes to the word's scores (slots × labels). `cells` is a buffer.
    pub fn add_word(&self, hashes: &[u64], cells: &mut Vec<u32>, scores: &mut [f32]) {
        // Slots, cells and sums one after the other: within each pass the reads wait for memory side by side.
        self.map.touch(hashes.iter().copied());
        cells.clear();
        cells.extend(hashes.iter().filter_map(|&hash| self.map.get(hash)));
        let all = cells
            .iter()
            .fold(0, |all, &first| all ^ self.cells[first as usize * CELL]);
        std::hint::black_box(all);
        for &first in &*cells {
            self.add(first, 0, scores);
        }
    }

    /// Reads where the weights of context attributes are, for [`WeightTable::add_context`] not to wait for it.
    #[inline]
    pub fn touch(&self, hashes: &[u64]) {
        self.map.touch(hashes.iter().copied());
    }

    /// Adds a context attribute's weights to a token's scores (labels).
    #[inline]
    pub fn add_context(&self, hash: u64, scores: &mut [f32]) {
        if let Some(first) = self.map.get(hash) {
            self.add(first, N_SLOTS * self.n_labels, scores);
        }
    }

    /// Adds the cells of an attribute, codes from `base` on.
    #[inline(always)]
    fn add(&self, first: u32, base: usize, scores: &mut [f32]) {
        for (code, weight) in self.cells_from(first) {
            // A confused fingerprint could bring cells of the other kind; they lie outside and are left out.
            let index = (code as usize).wrapping_sub(base);
            if let Some(score) = scores.get_mut(index) {
                *score += weight;
            }
        }
    }

    /// An attribute's cells as (slot, label, weight).
    pub fn weights(&self, hash: u64) -> Vec<(u8, u8, f32)> {
        self.map
            .get(hash)
            .map(|first| self.cells_from(first).map(|c| self.unpack(c)).collect())
            .unwrap_or_default()
    }

    /// The cells of every attribute, in the order of their hashes.
    pub fn attributes(&self) -> Vec<Vec<(u8, u8, f32)>> {
        let mut groups = Vec::new();
        let mut first = 0;
        while (first as usize) < self.n_weights() {
            let group: Vec<_> = self.cells_from(first).map(|c| self.unpack(c)).collect();
            first += group.len() as u32;
            groups.push(group);
        }
        groups
    }

    /// Number of weights that are not zero.
    pub fn n_weights(&self) -> usize {
        self.cells.len() / CELL
    }

    pub(super) fn map_bytes(&self) -> &[u8] {
        &self.map_bytes
    }

    pub(super) fn cell_bytes(&self) -> &[u8] {
        &self.cells
    }

    fn unpack(&self, (code, weight): (u32, f32)) -> (u8, u8, f32) {
        let n = self.n_labels as u32;
        ((code / n) as u8, (code % n) as u8, weight)
    }

    #[inline(always)]
    fn cells_from(&self, first: u32) -> impl Iterator<Item = (u32, f32)> + '_ {
        let cells: &[u8] = &self.cells;
        let mut rest = cells[first as usize * CELL..].as_chunks::<CELL>().0.iter();
        let mut ended = false;
        std::iter::from_fn(move || {
            if ended {
                return None;
            }
            let (code, weight) = split(u64::from_le_bytes(*rest.next()?));
            ended = code & LAST != 0;
            Some((code & !LAST, weight))
        })
    }
}

#[inline(always)]
fn split(cell: u64) -> (u32, f32) {
    (cell as u32, f32::from_bits((cell >> 32) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(hash: u64, slot: u8, label: u8, weight: f32) -> AttributeWeight {
        AttributeWeight {
            hash,
            slot,
            label,
            weight,
        }
    }

    #[test]
    fn weights_are_found_by_slot_and_label() {
        let context = N_SLOTS as u8;
        let table = WeightTable::build(
            &[
                weight(7, context, 1, 2.0),
                weight(1 << 40, 0, 2, 0.5),
                weight(1 << 40, 4, 0, -1.0),
            ],
            3,
        )
        .expect("a table");
        let mut word = [0.0_f32; 15];
        table.add_word(&[1 << 40, 99], &mut Vec::new(), &mut word);
        assert_eq!((word[2], word[12]), (0.5, -1.0));
        let mut token = [0.0_f32; 3];
        table.add_context(7, &mut token);
        table.add_context(99, &mut token);
        assert_eq!(token, [0.0, 2.0, 0.0]);
        assert_eq!(table.attributes().len(), 2);
        assert_eq!(table.weights(7), [(context, 1, 2.0)]);
    }

    #[test]
    fn damaged_cells_are_refused() {
        let good = WeightTable::build(&[weight(7, 0, 1, 2.0)], 3).expect("a table");
        let map = || Bytes::from(good.map_bytes().to_vec());
        let mut unterminated = good.cell_bytes().to_vec();
        unterminated[3] = 0;
        assert!(WeightTable::open(map(), unterminated.into(), 3).is_err());
        assert!(WeightTable::open(map(), Vec::new().into(), 3).is_err());
        assert!(WeightTable::open(map(), good.cell_bytes().to_vec().into(), 0).is_err());
    }
}
