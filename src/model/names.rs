//! Attribute names, compressed: only inspecting and exporting a model needs them.

use std::io::Read;

use crate::error::{Error, Result};

/// Compression level: written once, read seldom.
const LEVEL: i32 = 19;
/// Unpacked bytes at most, so that a forged section cannot fill the memory.
const LIMIT: u64 = 1 << 30;

/// Packs names; line ends in them become spaces.
pub fn pack(names: &[String]) -> Result<Vec<u8>> {
    let mut text = String::new();
    for name in names {
        text.push_str(&name.replace('\n', " "));
        text.push('\n');
    }
    zstd::bulk::compress(text.as_bytes(), LEVEL)
        .map_err(|e| Error::io("cannot compress the attribute names", e))
}

/// Unpacks names.
pub fn unpack(bytes: &[u8]) -> Result<Vec<String>> {
    let damaged = |e| Error::io("the model's attribute names are damaged", e);
    let mut text = String::new();
    zstd::Decoder::new(bytes)
        .map_err(damaged)?
        .take(LIMIT)
        .read_to_string(&mut text)
        .map_err(damaged)?;
    Ok(text.split_terminator('\n').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive() {
        let names = vec!["form=القاهره".to_owned(), String::new(), "a=b|c".to_owned()];
        let packed = pack(&names).expect("packs");
        assert_eq!(unpack(&packed).expect("unpacks"), names);
        assert!(unpack(&packed[..packed.len() - 3]).is_err());
    }
}
