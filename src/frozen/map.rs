//! An open-addressing hash map from 64-bit hashes to 32-bit values, read in place.
//!
//! Layout: `slots` entries of 8 bytes, little endian, low half fingerprint, high half value. A key's home slot comes from its
//! high bits, its fingerprint from its low 32 bits, so a key that is not in the map is taken for one that is with a probability
//! of about 2^−31 a look-up. Keys in the map that would be confused are found when it is written.

use super::bytes::Bytes;
use crate::error::{Error, Result};

/// Bytes of one slot.
const SLOT: usize = 8;
/// The value of an empty slot; entries hold smaller ones.
const EMPTY: u32 = u32::MAX;

/// A read-only map from hashes to values below 2^32 − 1.
#[derive(Debug, Clone)]
pub struct FrozenMap {
    bytes: Bytes,
    /// Number of slots; at least one is empty.
    slots: usize,
}

impl FrozenMap {
    /// Opens a map in place. Fails when the length is not that of a map.
    pub fn open(bytes: Bytes) -> Result<Self> {
        let slots = bytes.len() / SLOT;
        if !bytes.len().is_multiple_of(SLOT) || slots == 0 {
            return Err(Error::new(
                "a hash table in the model has an impossible size",
            ));
        }
        let full = bytes
            .chunks_exact(SLOT)
            .all(|s| s[4..] != EMPTY.to_le_bytes());
        if full {
            return Err(Error::new("a hash table in the model has no free slot"));
        }
        Ok(Self { bytes, slots })
    }

    /// The value of a hash.
    #[inline]
    pub fn get(&self, hash: u64) -> Option<u32> {
        let bytes: &[u8] = &self.bytes;
        let mut slot = home(hash, self.slots);
        loop {
            let entry = entry(bytes, slot);
            let value = (entry >> 32) as u32;
            if value == EMPTY {
                return None;
            }
            if entry as u32 == hash as u32 {
                return Some(value);
            }
            slot += 1;
            if slot == self.slots {
                slot = 0;
            }
        }
    }

    /// Reads the home slots of hashes. In a loop of nothing else these reads wait for memory side by side, so that a look-up of each
    /// hash afterwards need not.
    #[inline]
    pub fn touch(&self, hashes: impl Iterator<Item = u64>) {
        let bytes: &[u8] = &self.bytes;
        let all = hashes.fold(0, |all, hash| all ^ entry(bytes, home(hash, self.slots)));
        std::hint::black_box(all);
    }

    /// All values in slot order.
    pub fn values(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.slots)
            .map(|slot| (entry(&self.bytes, slot) >> 32) as u32)
            .filter(|&v| v != EMPTY)
    }
}

#[inline(always)]
fn entry(bytes: &[u8], slot: usize) -> u64 {
    let mut raw = [0; SLOT];
    raw.copy_from_slice(&bytes[slot * SLOT..slot * SLOT + SLOT]);
    u64::from_le_bytes(raw)
}

#[inline(always)]
fn home(hash: u64, slots: usize) -> usize {
    // The high half scaled to 0..slots, without a division (Lemire 2019).
    (((hash >> 32) * slots as u64) >> 32) as usize
}

/// Writes a map 75 % full. Fails when two different hashes would be confused (same probe run and fingerprint).
pub fn write_map(entries: &[(u64, u32)]) -> Result<Vec<u8>> {
    let slots = entries.len() * 4 / 3 + 1;
    let mut table = vec![(0_u64, EMPTY); slots];
    // Fixed order, so that the bytes do not depend on the caller's.
    let mut sorted = entries.to_vec();
    sorted.sort_unstable();
    for &(hash, value) in &sorted {
        if value == EMPTY {
            return Err(Error::new("too many values for a hash table"));
        }
        let mut slot = home(hash, slots);
        while table[slot].1 != EMPTY {
            let other = table[slot].0;
            if other as u32 == hash as u32 {
                return Err(Error::new(format!(
                    "two attributes have the same fingerprint ({other:016x} and {hash:016x})"
                ))
                .hint("train with a different min_count or feature set"));
            }
            slot = (slot + 1) % slots;
        }
        table[slot] = (hash, value);
    }
    let mut bytes = Vec::with_capacity(slots * SLOT);
    for (hash, value) in table {
        let fingerprint = if value == EMPTY { 0 } else { hash as u32 };
        bytes.extend_from_slice(&fingerprint.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::super::hash::{finish, text_hash};
    use super::*;

    #[test]
    fn finds_what_was_written_and_nothing_else() {
        for n in [0_usize, 1, 2, 6, 7, 8, 1000, 50_000] {
            let entries: Vec<(u64, u32)> =
                (0..n).map(|i| (finish(i as u64 + 1), i as u32)).collect();
            let map =
                FrozenMap::open(write_map(&entries).expect("no clash").into()).expect("a map");
            for &(hash, value) in &entries {
                assert_eq!(map.get(hash), Some(value), "n = {n}");
            }
            for i in 0..1000 {
                assert_eq!(map.get(text_hash(&format!("absent {i}"))), None, "n = {n}");
            }
            assert_eq!(map.values().count(), n);
        }
    }

    #[test]
    fn bytes_do_not_depend_on_the_order_of_the_entries() {
        let mut entries: Vec<(u64, u32)> = (0..100).map(|i| (finish(i), i as u32)).collect();
        let bytes = write_map(&entries).expect("no clash");
        entries.reverse();
        assert_eq!(write_map(&entries).expect("no clash"), bytes);
    }

    #[test]
    fn confusable_keys_are_an_error_not_a_surprise() {
        assert!(write_map(&[(7, 1), (7, 2)]).is_err());
    }

    #[test]
    fn impossible_sizes_are_refused() {
        for bytes in [vec![0; 7], vec![0; 24], Vec::new()] {
            assert!(FrozenMap::open(bytes.into()).is_err());
        }
    }
}
