//! Character n-grams from anywhere inside the normalised word.
//!
//! They see the root and the stem under any proclitic or ending, and the letter sequences of transliterated names that no
//! Arabic word has (`وف`, `غر`, `تش`). Sample: `ngram=قاه`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Ngrams, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    min: usize,
    max: usize,
    key: Key,
}

/// Letters of a word that are looked at: longer tokens are URLs and noise.
const MAX_LETTERS: usize = 24;

impl Family {
    pub(super) fn new(config: &Ngrams) -> Self {
        Self {
            slots: mask(config.window),
            min: config.min,
            max: config.max,
            key: Key::new("ngram"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        let len = word.len().min(MAX_LETTERS);
        for n in self.min..=self.max.min(len) {
            for start in 0..=len - n {
                sink.add(self.slots, &self.key, &[word.letters(start, start + n)]);
            }
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.word(self.slots, &self.key, 1);
    }
}
