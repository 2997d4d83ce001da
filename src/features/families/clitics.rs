//! Readings of a word as proclitics and stem: `وبالقاهره` may be و + ب + `القاهره`.
//!
//! Arabic writes conjunctions, prepositions and the article together with the name, so that the bare name is often unseen
//! where the attached one is met. Readings are candidates, none is chosen. Sample: `proclitic=وب`, `stem=القاهره`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Clitics, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    proclitic: Key,
    stem: Key,
}

impl Family {
    pub(super) fn new(config: &Clitics) -> Self {
        Self {
            slots: mask(config.window),
            proclitic: Key::new("proclitic"),
            stem: Key::new("stem"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        // The bare word is a stem as well, so that `القاهره` and `بالقاهره` share an attribute.
        sink.add(self.slots, &self.stem, &[&word.normal]);
        for stem in &word.stems {
            sink.add(self.slots, &self.proclitic, &[stem.proclitic]);
            sink.add(self.slots, &self.stem, &[&stem.text]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.word(self.slots, &self.proclitic, 1);
        keys.word(self.slots, &self.stem, 1);
    }
}
