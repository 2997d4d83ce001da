//! The string tables of a model file, "constant quark databases": label and attribute names with their numbers.
//!
//! ```text
//! "CQDB"  size u32  flag u32  byte order u32  names u32  offset of the names' offsets u32
//! 256 × (offset u32, buckets u32)          hash tables; name's table = hash mod 256
//! per name: id u32, length with NUL u32, bytes, NUL
//! per table: buckets × (hash u32, offset u32)      twice as many as names, open addressing from (hash ≫ 8) mod buckets
//! names × offset u32                       by id
//! ```
//!
//! Offsets count from the beginning of the table. Integers are little endian.

use super::bytes::{Bytes, damaged, u32_of};
use super::hash::hashlittle;
use crate::error::Result;

const ID: [u8; 4] = *b"CQDB";
const BYTE_ORDER: u32 = 0x6244_5371;
const TABLES: usize = 256;
const HEADER: usize = 24;
const DATA: usize = HEADER + 8 * TABLES;

/// The names of a table, by id.
#[derive(Debug)]
pub(super) struct Quarks {
    pub names: Vec<String>,
    /// Names that CRFsuite would not find, because the hash tables lead elsewhere. Some libraries write such files.
    pub misplaced: usize,
}

/// Reads the table at `at`, which must have `count` names.
pub(super) fn read(file: Bytes<'_>, at: usize, count: usize, name: &'static str) -> Result<Quarks> {
    let table = file.chunk(at, ID, name)?;
    if table.u32(12)? != BYTE_ORDER {
        return Err(damaged(format_args!("{name} has another byte order")));
    }
    if table.size(16)? != count {
        return Err(damaged(format_args!(
            "{name} has {} names where the header says {count}",
            table.u32(16)?
        )));
    }
    let offsets = match count {
        0 => &[][..],
        _ => table.array(table.size(20)?, count, 4)?,
    };
    let offsets: Vec<u32> = offsets
        .as_chunks::<4>()
        .0
        .iter()
        .map(|b| u32::from_le_bytes(*b))
        .collect();
    let mut names = Vec::with_capacity(count);
    let mut total = 0;
    for (id, &offset) in offsets.iter().enumerate() {
        let at = offset as usize;
        let len = table.size(at.saturating_add(4))?;
        let bytes = table.slice(at.saturating_add(8), len)?;
        // Records do not overlap in a sound file, so their bytes together fit into it.
        total += len;
        let sound = at >= DATA && table.size(at)? == id && total <= table.bytes.len();
        let Some((&0, text)) = bytes.split_last().filter(|_| sound) else {
            return Err(damaged(format_args!("{name}: record {id} is not in order")));
        };
        if text.contains(&0) {
            return Err(damaged(format_args!("{name}: name {id} contains NUL")));
        }
        let text = std::str::from_utf8(text)
            .map_err(|_| damaged(format_args!("{name}: name {id} is not UTF-8 text")))?;
        names.push(text.to_owned());
    }
    let found = reachable(table, &names, &offsets)?;
    Ok(Quarks {
        misplaced: count - found,
        names,
    })
}

/// How many names a look-up by hash finds. Verifies the references of all hash tables.
fn reachable(table: Bytes<'_>, names: &[String], offsets: &[u32]) -> Result<usize> {
    let mut found = vec![false; names.len()];
    let mut free = 2 * names.len();
    for t in 0..TABLES {
        let (at, n) = (table.size(HEADER + 8 * t)?, table.size(HEADER + 8 * t + 4)?);
        // Bounds the work on a file whose tables all point to the same bytes.
        free = free
            .checked_sub(n)
            .ok_or_else(|| damaged(format_args!("{}: more buckets than two a name", table.name)))?;
        if at == 0 || n == 0 {
            continue;
        }
        let buckets = Bytes {
            bytes: table.array(at, n, 8)?,
            name: table.name,
        };
        // Buckets since the last empty one, which a look-up would not pass. Twice around, as the table is a ring.
        let mut run = 0;
        for k in 0..2 * n {
            let bucket = k % n;
            let (hash, offset) = (buckets.u32(8 * bucket)?, buckets.u32(8 * bucket + 4)?);
            if offset == 0 {
                run = 0;
                continue;
            }
            run = (run + 1).min(n);
            let id = table.size(offset as usize)?;
            if offsets.get(id) != Some(&offset) {
                return Err(damaged(format_args!(
                    "{}: a hash table points to byte {offset}, where no name begins",
                    table.name
                )));
            }
            let distance = (bucket + n - (hash >> 8) as usize % n) % n;
            if !found[id] && hash as usize % TABLES == t && distance < run {
                let mut key = names[id].clone().into_bytes();
                key.push(0);
                found[id] = hashlittle(&key) == hash;
            }
        }
    }
    Ok(found.iter().filter(|&&f| f).count())
}

/// Appends the table of `names`, whose ids are their positions, to a file.
pub(super) fn write(names: &[String], file: &mut Vec<u8>) -> Result<()> {
    let begin = file.len();
    file.resize(begin + DATA, 0);
    let mut tables: Vec<Vec<(u32, u32)>> = vec![Vec::new(); TABLES];
    let mut offsets = Vec::with_capacity(names.len());
    let mut key = Vec::new();
    for (id, name) in names.iter().enumerate() {
        let offset = u32_of(file.len() - begin)?;
        offsets.push(offset);
        key.clear();
        key.extend_from_slice(name.as_bytes());
        key.push(0);
        let hash = hashlittle(&key);
        tables[hash as usize % TABLES].push((hash, offset));
        push(file, u32_of(id)?);
        push(file, u32_of(key.len())?);
        file.extend_from_slice(&key);
    }
    for (t, entries) in tables.iter().enumerate() {
        if entries.is_empty() {
            continue;
        }
        let reference = begin + HEADER + 8 * t;
        let at = u32_of(file.len() - begin)?;
        put(file, reference, at);
        put(file, reference + 4, u32_of(2 * entries.len())?);
        let mut buckets = vec![(0, 0); 2 * entries.len()];
        for &(hash, offset) in entries {
            let mut k = (hash >> 8) as usize % buckets.len();
            while buckets[k].1 != 0 {
                k = (k + 1) % buckets.len();
            }
            buckets[k] = (hash, offset);
        }
        for (hash, offset) in buckets {
            push(file, hash);
            push(file, offset);
        }
    }
    let backward = if names.is_empty() {
        0
    } else {
        u32_of(file.len() - begin)?
    };
    for offset in offsets {
        push(file, offset);
    }
    let size = u32_of(file.len() - begin)?;
    file[begin..begin + 4].copy_from_slice(&ID);
    let fields = [size, 0, BYTE_ORDER, u32_of(names.len())?, backward];
    for (i, field) in fields.into_iter().enumerate() {
        put(file, begin + 4 + 4 * i, field);
    }
    Ok(())
}

/// Appends a number.
pub(super) fn push(file: &mut Vec<u8>, number: u32) {
    file.extend_from_slice(&number.to_le_bytes());
}

/// Sets the number at `at`.
pub(super) fn put(file: &mut [u8], at: usize, number: u32) {
    file[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(names: &[String]) -> Vec<u8> {
        let mut file = vec![7; 5];
        write(names, &mut file).expect("small");
        file
    }

    fn open(bytes: &[u8], count: usize) -> Result<Quarks> {
        read(
            Bytes {
                bytes,
                name: "file",
            },
            5,
            count,
            "names",
        )
    }

    #[test]
    fn names_survive_and_are_found_by_hash() {
        for count in [0, 1, 2, 3000] {
            let names: Vec<String> = (0..count)
                .map(|i| format!("{i}{}", "ب".repeat(i % 23)))
                .collect();
            let quarks = open(&table(&names), count).expect("sound");
            assert_eq!(quarks.names, names);
            assert_eq!(quarks.misplaced, 0, "{count} names");
        }
    }

    #[test]
    fn names_under_a_wrong_hash_are_read_and_counted() {
        let names: Vec<String> = (0..50).map(|i| format!("name {i}")).collect();
        let mut file = table(&names);
        let n_data: usize = names.iter().map(|n| 9 + n.len()).sum();
        let first_bucket = 5 + DATA + n_data;
        let taken = (0..2 * names.len())
            .find(|k| file[first_bucket + 8 * k + 4..][..4] != [0; 4])
            .expect("one");
        file[first_bucket + 8 * taken + 2] ^= 1;
        let quarks = open(&file, 50).expect("sound but for a hash");
        assert_eq!((quarks.names, quarks.misplaced), (names, 1));
    }

    #[test]
    fn counts_and_byte_order_are_verified() {
        let names = vec!["O".to_owned(), "B-PER".to_owned()];
        assert!(open(&table(&names), 3).is_err());
        let mut other = table(&names);
        other[5 + 12..5 + 16].reverse();
        assert!(
            open(&other, 2)
                .expect_err("byte order")
                .to_string()
                .contains("byte order")
        );
    }
}
