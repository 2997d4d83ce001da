//! Classes of the word in the cluster lexicon: unseen words inherit what was learned of words used alike.
//!
//! Where the lexicon lacks the word as written, its stems are looked up, the longest first. Sample: `cluster0=417`, with the
//! number of the clustering in the key.

use super::{KeyTable, Word, WordFamily, WordSink};
use crate::clusters::MAX_CLUSTERINGS;
use crate::features::config::{Clusters, mask};
use crate::features::{SlotMask, sink::Key};

#[derive(Debug)]
pub(super) struct Family {
    slots: SlotMask,
    keys: Vec<Key>,
    stem_keys: Vec<Key>,
    unknown: Key,
}

impl Family {
    pub(super) fn new(config: &Clusters) -> Self {
        let keys = |name| {
            (0..MAX_CLUSTERINGS)
                .map(|k| Key::new(format!("{name}{k}")))
                .collect()
        };
        Self {
            slots: mask(config.window),
            keys: keys("cluster"),
            stem_keys: keys("cluster"),
            unknown: Key::new("unclustered"),
        }
    }
}

impl WordFamily for Family {
    fn extract(&self, word: &Word, sink: &mut dyn WordSink) {
        let mut add = |keys: &[Key], ids: &[u16; MAX_CLUSTERINGS]| {
            for (key, &id) in keys.iter().zip(ids) {
                if id != 0 {
                    sink.add(self.slots, key, &[&id.to_string()]);
                }
            }
        };
        if let Some(ids) = &word.clusters {
            add(&self.keys, ids);
        } else if let Some(ids) = &word.stem_clusters {
            add(&self.stem_keys, ids);
        } else if word.has_clusters {
            sink.add(self.slots, &self.unknown, &[]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        for key in self.keys.iter().chain(&self.stem_keys) {
            keys.word(self.slots, key, 1);
        }
        keys.word(self.slots, &self.unknown, 0);
    }
}
