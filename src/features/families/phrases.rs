//! Phrases of several words in the name lists: `كوريا الجنوبية`, `ريال مدريد`, `حقوق الإنسان`.
//!
//! Longest matches from left to right; the first word may carry proclitics. A token inside a match has the position (B, I,
//! E) and each class of the phrase; neighbours see the match from outside. Sample: `phrase0=B-CLUB`, `phrase-1=E-TITLE_POL`.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::features::config::Phrases;
use crate::features::context::Place;
use crate::features::sink::{Key, Part};

#[derive(Debug)]
pub(super) struct Family {
    /// (offset, key) of the window.
    keys: Vec<(i8, Key)>,
}

impl Family {
    pub(super) fn new(config: &Phrases) -> Self {
        let [first, last] = config.window;
        Self {
            keys: (first..=last)
                .map(|d| (d, Key::new(format!("phrase{d}"))))
                .collect(),
        }
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        for (offset, key) in &self.keys {
            let Some(token) = context.neighbour(t, *offset) else {
                continue;
            };
            let Some((set, place)) = context.phrases.of(token) else {
                continue;
            };
            let place = match place {
                Place::Begin => "B",
                Place::Inside => "I",
                Place::End => "E",
            };
            for class in context.gazetteer.classes_of(set) {
                sink.add(key, &[Part::Text(place), Part::Text(class)]);
            }
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        for (_, key) in &self.keys {
            keys.context(key, 2);
        }
    }
}
