//! Length of the normalised word in letters: particles are short, names with proclitics and foreign names long.
//!
//! Sample: `length=5`. This is the shortest word family, to copy when adding one.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Length, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    max: usize,
    key: Key,
}

impl Family {
    pub(super) fn new(config: &Length) -> Self {
        Self {
            slots: mask(config.window),
            max: config.max,
            key: Key::new("length"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        let length = word.len().min(self.max).to_string();
        sink.add(self.slots, &self.key, &[&length]);
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.word(self.slots, &self.key, 1);
    }
}
