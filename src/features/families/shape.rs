//! Kinds of characters: Arabic, Latin, digits, punctuation, and how they are mixed.
//!
//! Sample: `shape=9:9` for `13:08`, `shape=Aa` for `Finance`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Shape, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    key: Key,
}

impl Family {
    pub(super) fn new(config: &Shape) -> Self {
        Self {
            slots: mask(config.window),
            key: Key::new("shape"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        sink.add(self.slots, &self.key, &[&word.shape]);
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.word(self.slots, &self.key, 1);
    }
}
