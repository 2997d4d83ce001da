//! Word clusters: normalised word → cluster ids of one or more clusterings, read in place from the model.

mod exchange;

pub use exchange::{BigramCounter, Bigrams, Exchange};

use std::io::BufRead;

use crate::error::{Error, Result};
use crate::frozen::{Bytes, FrozenMap, finish, text_hash, write_map};

/// Clusterings at most.
pub const MAX_CLUSTERINGS: usize = 8;

/// A lexicon of word classes.
#[derive(Debug, Clone)]
pub struct Clusters {
    /// Clusterings in a row.
    n: usize,
    map: FrozenMap,
    /// Rows of `n` little-endian 16-bit ids; id 0 means that the clustering does not know the word.
    rows: Bytes,
}

impl Clusters {
    /// A lexicon without words.
    pub fn empty() -> Self {
        Self::from_lexicon(&Lexicon::default()).expect("nothing to clash")
    }

    /// From a lexicon in memory.
    pub fn from_lexicon(lexicon: &Lexicon) -> Result<Self> {
        let (map, rows) = lexicon.parts()?;
        Self::open(lexicon.n, map.into(), rows.into())
    }

    /// Opens the bytes of a model.
    pub fn open(n: usize, map: Bytes, rows: Bytes) -> Result<Self> {
        let map = FrozenMap::open(map)?;
        let n_rows = rows.len().checked_div(2 * n).unwrap_or(0);
        if n > MAX_CLUSTERINGS || map.values().any(|v| v as usize >= n_rows) {
            return Err(Error::new("the model's word clusters are damaged"));
        }
        Ok(Self { n, map, rows })
    }

    /// Number of clusterings.
    pub fn n_clusterings(&self) -> usize {
        self.n
    }

    /// Writes the ids of a normalised word (0 = none) to `ids`; false when the lexicon does not have the word.
    pub fn ids(&self, normal: &str, ids: &mut [u16; MAX_CLUSTERINGS]) -> bool {
        ids.fill(0);
        let Some(row) = self.map.get(finish(text_hash(normal))) else {
            return false;
        };
        let start = row as usize * 2 * self.n;
        for (id, raw) in ids
            .iter_mut()
            .zip(self.rows[start..start + 2 * self.n].chunks_exact(2))
        {
            *id = u16::from_le_bytes([raw[0], raw[1]]);
        }
        true
    }
}

/// Word classes as text: a line a word, `word<TAB>id<TAB>id…`, the same number of ids on every line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Clusterings.
    pub n: usize,
    /// Normalised words with their ids.
    pub words: Vec<(String, Vec<u16>)>,
}

impl Lexicon {
    /// Reads a lexicon. `source` names it in errors.
    pub fn read(reader: impl BufRead, source: &str) -> Result<Self> {
        let mut lexicon = Self::default();
        for (line, text) in (1_u64..).zip(reader.lines()) {
            let text =
                text.map_err(|e| Error::io("cannot read", e).at_line(line).in_file(source))?;
            if text.is_empty() || text.starts_with("# ") {
                continue;
            }
            let mut fields = text.split('\t');
            let word = fields.next().unwrap_or_default();
            let ids: std::result::Result<Vec<u16>, _> = fields.map(str::parse).collect();
            let sound = ids.as_ref().is_ok_and(|ids| {
                !word.is_empty()
                    && (1..=MAX_CLUSTERINGS).contains(&ids.len())
                    && (lexicon.words.is_empty() || ids.len() == lexicon.n)
            });
            match ids {
                Ok(ids) if sound => {
                    lexicon.n = ids.len();
                    lexicon.words.push((word.to_owned(), ids));
                }
                _ => {
                    return Err(Error::new("not a word with its cluster ids")
                        .expected("word<TAB>id…, ids below 65536, as many on every line")
                        .at_line(line)
                        .in_file(source));
                }
            }
        }
        Ok(lexicon)
    }

    /// The bytes that [`Clusters::open`] takes: the map, then the rows.
    pub fn parts(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut words: Vec<(u64, &[u16])> = self
            .words
            .iter()
            .map(|(word, ids)| (finish(text_hash(word)), ids.as_slice()))
            .collect();
        words.sort_unstable();
        words.dedup_by_key(|w| w.0);
        let mut rows = Vec::new();
        let mut index = std::collections::HashMap::new();
        let mut entries = Vec::with_capacity(words.len());
        for (hash, ids) in words {
            let row = *index.entry(ids).or_insert_with(|| {
                let row = rows.len() / (2 * self.n.max(1));
                rows.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
                row as u32
            });
            entries.push((hash, row));
        }
        Ok((write_map(&entries)?, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_the_ids_of_their_line() {
        let text = "# made from …\nالقاهره\t3\t17\nسعيد\t4\t9\nدمشق\t3\t17\n";
        let lexicon = Lexicon::read(text.as_bytes(), "c.tsv").expect("a lexicon");
        let clusters = Clusters::from_lexicon(&lexicon).expect("clusters");
        let mut ids = [0; MAX_CLUSTERINGS];
        assert!(clusters.ids("دمشق", &mut ids));
        assert_eq!(ids[..3], [3, 17, 0]);
        assert!(!clusters.ids("غريب", &mut ids));
    }

    #[test]
    fn uneven_lines_are_refused_with_their_number() {
        let error = Lexicon::read("أ\t1\t2\nب\t1\n".as_bytes(), "c.tsv").expect_err("uneven");
        assert!(error.to_string().starts_with("c.tsv:2: "), "{error}");
    }
}
