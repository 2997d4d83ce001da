//! Word clusters: normalised word → cluster ids of one or more clusterings, made from text and read in place from the model.
//!
//! ```text
//! lines ─ BigramCounter ─► word numbers ─ segment ─► pieces ─ finish ─► Bigrams ─ Exchange ─► (word, class)
//! (word, class) of each clustering ─► Lexicon ◄─► TSV;   Lexicon ─► Clusters, in a model
//! ```

mod bigrams;
mod class_counts;
mod counter;
mod exchange;
mod lexicon;
mod segment;
mod vocabulary;

pub use bigrams::Bigrams;
pub use counter::BigramCounter;
pub use exchange::Exchange;
pub use lexicon::Lexicon;

use crate::error::{Error, Result};
use crate::frozen::{Bytes, FrozenMap, finish, text_hash};

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
    ///
    /// # Errors
    /// As [`Lexicon::parts`].
    pub fn from_lexicon(lexicon: &Lexicon) -> Result<Self> {
        let (map, rows) = lexicon.parts()?;
        Self::open(lexicon.n, map.into(), rows.into())
    }

    /// Opens the bytes of a model.
    ///
    /// # Errors
    /// When they cannot be those of [`Lexicon::parts`].
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
}
