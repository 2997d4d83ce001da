//! Conjunctions of views of neighbouring words: word bigrams, cluster bigrams, a title's class before a name's.
//!
//! The templates stand in the configuration, see [`crate::features::template`]. Sample: `form@-1 form@0=وزير|الداخليه`.

use super::{Context, ContextFamily, ContextSink, KeyTable};
use crate::error::Result;
use crate::features::config::Conjunctions;
use crate::features::sink::{Key, Part};
use crate::features::template::Template;

#[derive(Debug)]
pub(super) struct Family {
    templates: Vec<(Key, Template)>,
}

/// Parts of a template at most; more are cut off when parsed parts are laid out.
const MAX_PARTS: usize = 8;

impl Family {
    pub(super) fn new(config: &Conjunctions) -> Result<Self> {
        let mut templates: Vec<(Key, Template)> = Vec::new();
        for text in &config.templates {
            let template = Template::parse(text)?;
            // A template that is listed twice counts once: training sees sets of attributes, the tagger would add twice.
            if templates.iter().all(|(_, t)| *t != template) {
                templates.push((Key::new(template.text.clone()), template));
            }
        }
        Ok(Self { templates })
    }
}

impl ContextFamily for Family {
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        for (key, template) in &self.templates {
            let mut parts = [Part::Text(""); MAX_PARTS];
            let n = template.parts.len().min(MAX_PARTS);
            for (part, &(offset, view)) in parts.iter_mut().zip(&template.parts) {
                *part = match context.neighbour(t, offset) {
                    Some(token) => Part::View(token, view),
                    // Outside the sentence, on which side is told by the template.
                    None => Part::Text("∅"),
                };
            }
            sink.add(key, &parts[..n]);
        }
    }

    fn declare(&self, keys: &mut KeyTable) {
        for (key, template) in &self.templates {
            keys.context(key, template.parts.len().min(MAX_PARTS));
        }
    }
}
