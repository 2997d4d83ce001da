//! What the surrounding text is about, alone and with the word's lists and its coarsest cluster: a city on a sports page may be a
//! club. Sample: `domain=DOMAIN_SPORT`, `domain_lists=DOMAIN_SPORT|CITY`, `domain_cluster=DOMAIN_SPORT|17`.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::features::View;
use crate::features::config::Domain;
use crate::features::sink::{Key, Part};

#[derive(Debug)]
pub(super) struct Family {
    names: Vec<String>,
    alone: Key,
    lists: Key,
    cluster: Key,
}

impl Family {
    pub(super) fn new(config: &Domain) -> Self {
        Self {
            names: config.classes.clone(),
            alone: Key::new("domain"),
            lists: Key::new("domain_lists"),
            cluster: Key::new("domain_cluster"),
        }
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        let Some(name) = context.domain.and_then(|d| self.names.get(d)) else {
            return;
        };
        let name = Part::Text(name);
        sink.add(&self.alone, &[name]);
        sink.add(&self.lists, &[name, Part::View(t, View::Lists)]);
        sink.add(&self.cluster, &[name, Part::View(t, View::Cluster(0))]);
    }

    fn declare(&self, keys: &mut KeyTable) {
        keys.context(&self.alone, 1);
        keys.context(&self.lists, 2);
        keys.context(&self.cluster, 2);
    }
}
