//! The feature families, one file each, and their order.

mod affixes;
mod boundary;
mod clitics;
mod clusters;
mod conjunctions;
mod document;
mod domain;
mod form;
mod gazetteer;
mod length;
mod ngrams;
mod phrases;
mod shape;

use super::config::FeatureConfig;
use super::context::Context;
use super::keys::KeyTable;
use super::sink::{ContextSink, WordSink};
use super::word::Word;
use crate::error::Result;

/// A family of attributes that depend on one word form only.
pub trait WordFamily: Send + Sync + std::fmt::Debug {
    /// Adds the family's attributes of `word`.
    fn extract(&self, word: &Word, sink: &mut dyn WordSink);

    /// Declares every key that [`WordFamily::extract`] uses, with its slots and number of parts.
    fn declare(&self, keys: &mut KeyTable);
}

/// A family of attributes that depend on several tokens.
pub trait ContextFamily: Send + Sync + std::fmt::Debug {
    /// Adds the family's attributes of token `t` (an index into the document).
    fn extract(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink);

    /// Declares every key that [`ContextFamily::extract`] uses, with its number of parts.
    fn declare(&self, keys: &mut KeyTable);
}

/// The word families that the configuration switches on, in order.
pub fn word_families(config: &FeatureConfig) -> Vec<Box<dyn WordFamily>> {
    let mut list: Vec<Box<dyn WordFamily>> = Vec::new();
    if config.form.enabled {
        list.push(Box::new(form::Family::new(&config.form)));
    }
    if config.affixes.enabled {
        list.push(Box::new(affixes::Family::new(&config.affixes)));
    }
    if config.ngrams.enabled {
        list.push(Box::new(ngrams::Family::new(&config.ngrams)));
    }
    if config.shape.enabled {
        list.push(Box::new(shape::Family::new(&config.shape)));
    }
    if config.length.enabled {
        list.push(Box::new(length::Family::new(&config.length)));
    }
    if config.clitics.enabled {
        list.push(Box::new(clitics::Family::new(&config.clitics)));
    }
    if config.gazetteer.enabled {
        list.push(Box::new(gazetteer::Family::new(&config.gazetteer)));
    }
    if config.clusters.enabled {
        list.push(Box::new(clusters::Family::new(&config.clusters)));
    }
    list
}

/// The context families that the configuration switches on, in order.
pub fn context_families(config: &FeatureConfig) -> Result<Vec<Box<dyn ContextFamily>>> {
    let mut list: Vec<Box<dyn ContextFamily>> = Vec::new();
    if config.boundary.enabled {
        list.push(Box::new(boundary::Family::new()));
    }
    if config.conjunctions.enabled {
        list.push(Box::new(conjunctions::Family::new(&config.conjunctions)?));
    }
    if config.phrases.enabled {
        list.push(Box::new(phrases::Family::new(&config.phrases)));
    }
    if config.document.enabled {
        list.push(Box::new(document::Family::new()));
    }
    if config.domain.enabled {
        list.push(Box::new(domain::Family::new(&config.domain)));
    }
    Ok(list)
}
