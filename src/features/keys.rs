//! Every kind of attribute that a configuration can produce, by name: the inverse of spelling.

use std::collections::BTreeMap;

use super::sink::Key;
use super::spelling::unspell;
use super::{N_SLOTS, SlotMask};
use crate::frozen::{finish, fold, text_hash};

/// Where an attribute is seen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From the window offsets of the set.
    Word(SlotMask),
    /// At its own token.
    Context,
}

impl Place {
    /// Whether the attribute can have weights in a slot; slot [`N_SLOTS`] is that of context attributes.
    pub fn has_slot(self, slot: u8) -> bool {
        match self {
            Self::Word(mask) => usize::from(slot) < N_SLOTS && mask >> slot & 1 == 1,
            Self::Context => usize::from(slot) == N_SLOTS,
        }
    }
}

/// The kinds of attributes of an extractor.
#[derive(Debug, Clone, Default)]
pub struct KeyTable {
    kinds: BTreeMap<String, Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    place: Place,
    n_parts: usize,
}

impl KeyTable {
    /// Declares word attributes with this key and number of parts.
    pub fn word(&mut self, slots: SlotMask, key: &Key, n_parts: usize) {
        self.declare(key, Place::Word(slots), n_parts);
    }

    /// Declares context attributes with this key and number of parts.
    pub fn context(&mut self, key: &Key, n_parts: usize) {
        self.declare(key, Place::Context, n_parts);
    }

    fn declare(&mut self, key: &Key, place: Place, n_parts: usize) {
        let kind = Kind { place, n_parts };
        let before = self.kinds.insert(key.name().to_owned(), kind);
        debug_assert!(
            before.is_none_or(|b| b == kind),
            "two families use the key `{}`",
            key.name()
        );
    }

    /// Hash and place of the attribute that is spelled `name`; `None` when no family writes such a name.
    pub fn find(&self, name: &str) -> Option<(u64, Place)> {
        let (key, parts) = unspell(name)?;
        let kind = self.kinds.get(key).filter(|k| k.n_parts == parts.len())?;
        let hash = parts
            .iter()
            .fold(text_hash(key), |h, p| fold(h, text_hash(p)));
        Some((finish(hash), kind.place))
    }

    /// Whether some family writes attributes with the key.
    pub fn has_key(&self, key: &str) -> bool {
        self.kinds.contains_key(key)
    }

    /// The keys, in alphabetical order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.kinds.keys().map(String::as_str)
    }
}
