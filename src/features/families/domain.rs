//! What the surrounding text is about, joined with the word's lists: a city on a sports page may be a club.
//! The domain alone is no attribute: it would only shift the balance of types. Sample: `domain_lists=DOMAIN_SPORT|CITY`.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::features::View;
use crate::features::config::Domain;
use crate::features::sink::{Key, Part};

#[derive(Debug)]
pub(super) struct Family {
    names: Vec<String>,
    lists: Key,
}

impl Family {
    pub(super) fn new(config: &Domain) -> Self {
        Self {
            names: config.classes.clone(),
            lists: Key::new("domain_lists"),
        }
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        let Some(name) = context.domain.and_then(|d| self.names.get(d)) else {
            return;
        };
        let name = Part::Text(name);
        sink.add(&self.lists, &[name, Part::View(t, View::Lists)]);
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.context(&self.lists, 2);
    }
}
