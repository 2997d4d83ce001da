//! Name lists: words and phrases to sets of classes, matched longest first, in place in the model.
//!
//! A phrase is found by walking the hashes of its normalised tokens: every prefix of every phrase is an entry, whose value
//! says which classes the prefix itself has and whether a longer phrase continues it. Classes are any names the lists use
//! (`CITY`, `GIVEN`, `TITLE_MIL` …); a token sequence with several classes has a *class set*.

mod list;

pub use list::{Entry, read_entries};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::frozen::{Bytes, FrozenMap, finish, fold, text_hash, write_map};
use crate::text::normalise;

/// Bit of a value that says that a longer phrase begins with this one.
const LONGER: u32 = 1 << 30;
/// Start of every phrase hash.
const PHRASE: u64 = 0x6761_7A65_7474_6565;

/// Hash of an empty phrase; extend it with [`extend_phrase`].
pub const EMPTY_PHRASE: u64 = PHRASE;

/// Hash of a phrase that has one more token; `token` is the hash of the token's normal form.
#[inline(always)]
pub fn extend_phrase(phrase: u64, token: u64) -> u64 {
    fold(phrase, token)
}

/// What the lists say of a token sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// Class set of exactly this sequence; `None` when it is only the beginning of a phrase.
    pub classes: Option<u16>,
    /// Whether a longer phrase begins with it.
    pub longer: bool,
}

/// Name lists, ready for matching.
#[derive(Debug, Clone)]
pub struct Gazetteer {
    sets: ClassSets,
    map: FrozenMap,
}

/// The class sets that occur, as lists of class indices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassSets {
    /// Class names, sorted.
    pub classes: Vec<String>,
    /// Sets of class indices, each ascending.
    pub sets: Vec<Vec<u16>>,
}

impl Gazetteer {
    /// A gazetteer without names.
    pub fn empty() -> Self {
        Self::build(&[]).expect("no entries, no clash")
    }

    /// Builds the table from list entries. Names are normalised; an entry without a word is skipped.
    pub fn build(entries: &[Entry]) -> Result<Self> {
        let (sets, bytes) = compile(entries)?;
        Self::open(sets, bytes.into())
    }

    /// Opens a table from the bytes of a model.
    pub fn open(sets: ClassSets, bytes: Bytes) -> Result<Self> {
        let map = FrozenMap::open(bytes)?;
        let known = sets.sets.len() as u32;
        let sound = sets
            .sets
            .iter()
            .flatten()
            .all(|&c| usize::from(c) < sets.classes.len())
            && map.values().all(|v| v & !LONGER <= known);
        if !sound {
            return Err(Error::new(
                "the model's name lists refer to classes that do not exist",
            ));
        }
        Ok(Self { sets, map })
    }

    /// The class table and the bytes that [`Gazetteer::open`] takes.
    pub fn parts(entries: &[Entry]) -> Result<(ClassSets, Vec<u8>)> {
        compile(entries)
    }

    /// What the lists say of the token sequence with this hash.
    #[inline]
    pub fn find(&self, phrase: u64) -> Option<Found> {
        self.map.get(finish(phrase)).map(|value| {
            let set = value & !LONGER;
            Found {
                classes: (set > 0).then(|| (set - 1) as u16),
                longer: value & LONGER != 0,
            }
        })
    }

    /// What the lists say of one normalised word.
    pub fn find_word(&self, normal: &str) -> Option<Found> {
        self.find(extend_phrase(EMPTY_PHRASE, text_hash(normal)))
    }

    /// Classes of a set.
    pub fn classes_of(&self, set: u16) -> impl Iterator<Item = &str> {
        self.sets.sets[usize::from(set)]
            .iter()
            .map(|&c| self.sets.classes[usize::from(c)].as_str())
    }

    /// Number of class sets.
    pub fn n_sets(&self) -> usize {
        self.sets.sets.len()
    }

    /// The class table.
    pub fn class_sets(&self) -> &ClassSets {
        &self.sets
    }
}

fn compile(entries: &[Entry]) -> Result<(ClassSets, Vec<u8>)> {
    let classes: Vec<String> = entries
        .iter()
        .map(|e| e.class.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let class_index: HashMap<&str, u16> = classes.iter().map(String::as_str).zip(0..).collect();
    // Phrase hash → (classes, whether it continues).
    let mut phrases: HashMap<u64, (BTreeSet<u16>, bool)> = HashMap::new();
    for entry in entries {
        let tokens: Vec<u64> = entry
            .name
            .split_whitespace()
            .map(|token| text_hash(&normalise(token)))
            .collect();
        let mut hash = EMPTY_PHRASE;
        for (k, token) in tokens.iter().enumerate() {
            hash = extend_phrase(hash, *token);
            let value = phrases.entry(hash).or_default();
            if k + 1 == tokens.len() {
                value.0.insert(class_index[entry.class.as_str()]);
            } else {
                value.1 = true;
            }
        }
    }
    let mut set_index: BTreeMap<Vec<u16>, u32> = phrases
        .values()
        .filter(|v| !v.0.is_empty())
        .map(|v| (v.0.iter().copied().collect(), 0))
        .collect();
    for (i, index) in set_index.values_mut().enumerate() {
        *index = i as u32;
    }
    if set_index.len() >= usize::from(u16::MAX) {
        return Err(
            Error::new("the name lists combine their classes in too many ways")
                .hint("use fewer classes"),
        );
    }
    let values: Vec<(u64, u32)> = phrases
        .into_iter()
        .map(|(hash, (set, longer))| {
            let set: Vec<u16> = set.into_iter().collect();
            let code = if set.is_empty() {
                0
            } else {
                set_index[&set] + 1
            };
            (finish(hash), code | if longer { LONGER } else { 0 })
        })
        .collect();
    let sets = ClassSets {
        classes,
        sets: set_index.into_keys().collect(),
    };
    Ok((sets, write_map(&values)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str, class: &str) -> Entry {
        Entry {
            name: name.into(),
            class: class.into(),
        }
    }

    fn find(gazetteer: &Gazetteer, phrase: &str) -> Option<(Option<String>, bool)> {
        let hash = phrase.split(' ').fold(EMPTY_PHRASE, |h, t| {
            extend_phrase(h, text_hash(&normalise(t)))
        });
        gazetteer.find(hash).map(|f| {
            (
                f.classes
                    .map(|s| gazetteer.classes_of(s).collect::<Vec<_>>().join("+")),
                f.longer,
            )
        })
    }

    #[test]
    fn words_phrases_and_prefixes() {
        let gazetteer = Gazetteer::build(&[
            entry("القاهرة", "CITY"),
            entry("القاهرة الجديدة", "DISTRICT"),
            entry("سعيد", "GIVEN"),
            entry("سعيد", "ADJ"),
            entry("أبو ظبي", "CITY"),
        ])
        .expect("a gazetteer");
        assert_eq!(
            find(&gazetteer, "القاهره"),
            Some((Some("CITY".into()), true))
        );
        assert_eq!(
            find(&gazetteer, "القاهرة الجديدة"),
            Some((Some("DISTRICT".into()), false))
        );
        assert_eq!(
            find(&gazetteer, "سعيد"),
            Some((Some("ADJ+GIVEN".into()), false))
        );
        assert_eq!(find(&gazetteer, "ابو"), Some((None, true)));
        assert_eq!(find(&gazetteer, "ظبي"), None);
    }

    #[test]
    fn damaged_parts_are_refused() {
        let (mut sets, bytes) = Gazetteer::parts(&[entry("سعيد", "GIVEN")]).expect("parts");
        sets.sets.clear();
        assert!(Gazetteer::open(sets, bytes.into()).is_err());
    }
}
