//! Classes of a single word in the name lists, as written and without its proclitics.
//!
//! One attribute a class, and one for the whole set, which tells the name that is only a name (`GIVEN`) from the one that is
//! a city and a common word as well. Sample: `list=CITY`, `lists=CITY+GIVEN`, `stem_list=COUNTRY`.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::features::config::{Gazetteer, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    class: Key,
    set: Key,
    stem_class: Key,
    none: Key,
}

impl Family {
    pub(super) fn new(config: &Gazetteer) -> Self {
        Self {
            slots: mask(config.window),
            class: Key::new("list"),
            set: Key::new("lists"),
            stem_class: Key::new("stem_list"),
            none: Key::new("unlisted"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        let mut listed = false;
        if let Some(lists) = &word.lists {
            listed = true;
            for class in lists.split('+') {
                sink.add(self.slots, &self.class, &[class]);
            }
            if lists.contains('+') {
                sink.add(self.slots, &self.set, &[lists]);
            }
        }
        for stem in &word.stems {
            for class in stem.lists.iter().flat_map(|l| l.split('+')) {
                listed = true;
                sink.add(self.slots, &self.stem_class, &[class]);
            }
        }
        if !listed {
            sink.add(self.slots, &self.none, &[]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        for key in [&self.class, &self.set, &self.stem_class] {
            keys.word(self.slots, key, 1);
        }
        keys.word(self.slots, &self.none, 0);
    }
}
