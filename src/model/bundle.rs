//! The file format: magic, version, a table of sections, each with its checksum.
//!
//! ```text
//! magic (8)  version u32  sections u32  header crc32 u32  zero u32
//! per section: name (16, zero padded)  offset u64  length u64  crc32 u32  zero u32
//! the sections, each starting at a multiple of 8
//! ```
//!
//! Integers are little endian. The header's checksum covers the section table.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::frozen::Bytes;

/// First bytes of every model file.
pub const MAGIC: [u8; 8] = *b"MUSAMMA\0";
/// Version of the format; a program reads only its own.
pub const VERSION: u32 = 1;

const HEADER: usize = 24;
const ENTRY: usize = 40;
const NAME: usize = 16;
/// Sections at most; there are about a dozen.
const MAX_SECTIONS: usize = 64;

/// Writes sections in the given order.
pub fn write_sections(sections: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut table = Vec::new();
    let mut offset = HEADER + ENTRY * sections.len();
    for (name, bytes) in sections {
        let mut field = [0; NAME];
        let len = name.len().min(NAME);
        field[..len].copy_from_slice(&name.as_bytes()[..len]);
        table.extend_from_slice(&field);
        table.extend_from_slice(&(offset as u64).to_le_bytes());
        table.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        table.extend_from_slice(&crc32fast::hash(bytes).to_le_bytes());
        table.extend_from_slice(&[0; 4]);
        offset = (offset + bytes.len()).next_multiple_of(8);
    }
    let mut out = Vec::with_capacity(offset);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(sections.len() as u32).to_le_bytes());
    out.extend_from_slice(&crc32fast::hash(&table).to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&table);
    for (_, bytes) in sections {
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    out
}

/// A value as JSON.
pub fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|e| Error::new(format!("cannot write the model: {e}")))
}

/// The verified sections of a bundle.
#[derive(Debug)]
pub struct Sections {
    sections: Vec<(String, Bytes)>,
}

impl Sections {
    /// Verifies magic, version, the section table and every checksum.
    pub fn read(bytes: &Bytes) -> Result<Self> {
        let hint = "train it again, or copy the file again";
        let truncated = || Error::new("the model file is truncated").hint(hint);
        let damaged = |what: String| Error::new(what).hint(hint);
        if bytes.len() < MAGIC.len() || bytes[..MAGIC.len()] != MAGIC {
            return Err(Error::new("not a Musamma model")
                .expected("a file written by `musamma train --model`"));
        }
        let number = |at: usize| -> Result<u32> {
            let raw = bytes.get(at..at + 4).ok_or_else(truncated)?;
            raw.try_into()
                .map(u32::from_le_bytes)
                .map_err(|_| truncated())
        };
        let long = |at: usize| -> Result<usize> {
            let value = u64::from(number(at)?) | u64::from(number(at + 4)?) << 32;
            usize::try_from(value).map_err(|_| truncated())
        };
        let version = number(8)?;
        if version != VERSION {
            return Err(
                Error::new(format!("the model has format version {version}"))
                    .expected(format!("version {VERSION}"))
                    .hint("train it again with this version of musamma"),
            );
        }
        let n = number(12)? as usize;
        let table = bytes
            .get(HEADER..HEADER + ENTRY * n.min(MAX_SECTIONS))
            .ok_or_else(truncated)?;
        if n > MAX_SECTIONS || crc32fast::hash(table) != number(16)? || number(20)? != 0 {
            return Err(damaged("the model's section table is damaged".into()));
        }
        let mut sections = Vec::with_capacity(n);
        let mut end = HEADER + ENTRY * n;
        for i in 0..n {
            let at = HEADER + ENTRY * i;
            let name: String = bytes[at..at + NAME]
                .iter()
                .take_while(|&&b| b != 0)
                .map(|&b| char::from(b))
                .collect();
            let (offset, len) = (long(at + NAME)?, long(at + NAME + 8)?);
            let section = offset
                .checked_add(len)
                .and_then(|stop| bytes.slice(offset..stop))
                .ok_or_else(truncated)?;
            let padding = bytes.get(end..offset).ok_or_else(truncated)?;
            let sound = crc32fast::hash(&section) == number(at + NAME + 16)?
                && padding.iter().all(|&b| b == 0);
            if !sound {
                return Err(damaged(format!("section `{name}` of the model is damaged")));
            }
            end = offset + len;
            sections.push((name, section));
        }
        if bytes.len() != end.next_multiple_of(8) || bytes[end..].iter().any(|&b| b != 0) {
            return Err(damaged("the model file has a wrong length".into()));
        }
        Ok(Self { sections })
    }

    fn find(&self, name: &str) -> Result<&Bytes> {
        self.sections
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, bytes)| bytes)
            .ok_or_else(|| Error::new(format!("the model has no section `{name}`")))
    }

    /// A section's bytes.
    pub fn bytes(&self, name: &str) -> Result<Bytes> {
        self.find(name).cloned()
    }

    /// A section as text.
    pub fn text(&self, name: &str) -> Result<&str> {
        std::str::from_utf8(self.find(name)?)
            .map_err(|_| Error::new(format!("section `{name}` of the model is not text")))
    }

    /// A section as JSON.
    pub fn json<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_slice(self.find(name)?)
            .map_err(|e| Error::new(format!("section `{name}` of the model is not valid: {e}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> Vec<u8> {
        write_sections(&[
            ("one", b"12345".to_vec()),
            ("two", vec![]),
            ("three", vec![7; 100]),
        ])
    }

    #[test]
    fn sections_survive() {
        let sections = Sections::read(&bundle().into()).expect("sound");
        assert_eq!(sections.text("one").expect("text"), "12345");
        assert!(sections.bytes("two").expect("there").is_empty());
        assert!(sections.bytes("four").is_err());
    }

    #[test]
    fn every_flipped_byte_and_every_truncation_is_noticed() {
        let good = bundle();
        for i in 0..good.len() {
            let mut bad = good.clone();
            bad[i] ^= 0x20;
            assert!(Sections::read(&bad.into()).is_err(), "byte {i} flipped");
            assert!(
                Sections::read(&good[..i].to_vec().into()).is_err(),
                "cut at {i}"
            );
        }
        let mut longer = good;
        longer.push(0);
        assert!(Sections::read(&longer.into()).is_err(), "a byte too many");
    }
}
