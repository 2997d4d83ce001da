//! Other mentions of the word in the same article, and what stands around them.
//!
//! Newspapers introduce a person in full and with a title, and then use the surname alone. Sample:
//! `document=after_name`, `document_half=after_title`.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::features::evidence::KINDS;
use crate::features::sink::{Key, Part};

#[derive(Debug)]
pub(super) struct Family {
    evidence: Key,
    strong: Key,
}

impl Family {
    pub(super) fn new() -> Self {
        Self {
            evidence: Key::new("document"),
            strong: Key::new("document_half"),
        }
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        let (occurrences, kinds) = context.evidence.elsewhere(context.words, t);
        if occurrences == 0 {
            return;
        }
        for (kind, &n) in KINDS.iter().zip(&kinds) {
            if n > 0 {
                sink.add(&self.evidence, &[Part::Text(kind)]);
            }
            if 2 * n >= occurrences {
                sink.add(&self.strong, &[Part::Text(kind)]);
            }
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.context(&self.evidence, 1);
        keys.context(&self.strong, 1);
    }
}
