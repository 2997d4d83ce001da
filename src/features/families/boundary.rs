//! Beginning and end of the sentence.
//!
//! Sample: `boundary=first`. This is the shortest context family, to copy when adding one.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::features::sink::{Key, Part};

#[derive(Debug)]
pub(super) struct Family {
    key: Key,
}

impl Family {
    pub(super) fn new() -> Self {
        Self {
            key: Key::new("boundary"),
        }
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        if t == context.sentence.start {
            sink.add(&self.key, &[Part::Text("first")]);
        }
        if t + 1 == context.sentence.end {
            sink.add(&self.key, &[Part::Text("last")]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.context(&self.key, 1);
    }
}
