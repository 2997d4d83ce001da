//! The normalised word: the strongest feature where a name was seen in training.
//!
//! Normalisation folds what Arabic newspapers write in several ways (`أحمد`/`احمد`, `التى`/`التي`), so one attribute serves all.
//! Sample: `form=القاهره`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Form, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    key: Key,
}

impl Family {
    pub(super) fn new(config: &Form) -> Self {
        Self {
            slots: mask(config.window),
            key: Key::new("form"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        sink.add(self.slots, &self.key, &[&word.normal]);
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.word(self.slots, &self.key, 1);
    }
}
