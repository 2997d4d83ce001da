//! Beginnings and ends of the normalised word.
//!
//! Arabic prefixes carry the article, prepositions and conjunctions, suffixes carry gender, number and the nisba ending of
//! family names and nationalities (`-ي`, `-يه`, `-اوي`); foreign names have endings of their own (`-ف`, `-سكي`, `-سون`).
//! Sample: `prefix2=ال`, `suffix3=ايف`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Affixes, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    prefixes: Vec<Key>,
    suffixes: Vec<Key>,
}

impl Family {
    pub(super) fn new(config: &Affixes) -> Self {
        let keys = |name: &str, max| (1..=max).map(|n| Key::new(format!("{name}{n}"))).collect();
        Self {
            slots: mask(config.window),
            prefixes: keys("prefix", config.prefix),
            suffixes: keys("suffix", config.suffix),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        let len = word.len();
        for (n, key) in (1..).zip(&self.prefixes).take_while(|(n, _)| *n <= len) {
            sink.add(self.slots, key, &[word.letters(0, n)]);
        }
        for (n, key) in (1..).zip(&self.suffixes).take_while(|(n, _)| *n <= len) {
            sink.add(self.slots, key, &[word.letters(len - n, len)]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        for key in self.prefixes.iter().chain(&self.suffixes) {
            keys.word(self.slots, key, 1);
        }
    }
}
