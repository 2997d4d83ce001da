//! Where attributes go: hashed for the CRF, or spelled out for people.

use super::SlotMask;
use super::spelling::spell;
use super::word::{View, Word, WordKeys};
use crate::frozen::{finish, fold, text_hash};

/// Name of a kind of attribute, for example `suffix3`, with its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    name: String,
    hash: u64,
}

impl Key {
    /// A key; names must differ between kinds of attributes.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            hash: text_hash(&name),
            name,
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Takes the attributes of one word.
pub trait WordSink {
    /// An attribute `key=part|part…`, seen from the window offsets in `slots`.
    fn add(&mut self, slots: SlotMask, key: &Key, parts: &[&str]);
}

/// A part of a context attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// A view of the token with this index in the document.
    View(usize, View),
    /// A literal.
    Text(&'a str),
}

/// Takes the attributes of one token's context.
pub trait ContextSink {
    /// An attribute `key=part|part…`. Ignored when a view has no value.
    fn add(&mut self, key: &Key, parts: &[Part<'_>]);
}

/// Hashes word attributes into a list of (hash, slots).
#[derive(Debug)]
pub struct WordHashes<'a>(pub &'a mut Vec<(u64, SlotMask)>);

impl WordSink for WordHashes<'_> {
    fn add(&mut self, slots: SlotMask, key: &Key, parts: &[&str]) {
        let hash = parts.iter().fold(key.hash, |h, p| fold(h, text_hash(p)));
        self.0.push((finish(hash), slots));
    }
}

/// Hashes context attributes by way of the words' precomputed views.
#[derive(Debug)]
pub struct ContextHashes<'a> {
    /// Keys of the document's words.
    pub words: &'a [&'a WordKeys],
    /// Attribute hashes.
    pub out: &'a mut Vec<u64>,
}

impl ContextSink for ContextHashes<'_> {
    #[inline]
    fn add(&mut self, key: &Key, parts: &[Part<'_>]) {
        let mut hash = key.hash;
        for part in parts {
            let value = match part {
                Part::Text(text) => text_hash(text),
                Part::View(token, view) => match self.words[*token].view(*view) {
                    0 => return,
                    value => value,
                },
            };
            hash = fold(hash, value);
        }
        self.out.push(finish(hash));
    }
}

/// Spells word attributes: (name, hash, slots).
#[derive(Debug, Default)]
pub struct WordNames(pub Vec<(String, u64, SlotMask)>);

impl WordSink for WordNames {
    fn add(&mut self, slots: SlotMask, key: &Key, parts: &[&str]) {
        let mut hashes = Vec::new();
        WordHashes(&mut hashes).add(slots, key, parts);
        self.0.push((spell(&key.name, parts), hashes[0].0, slots));
    }
}

/// Spells context attributes: (name, hash).
#[derive(Debug)]
pub struct ContextNames<'a> {
    /// The document's words in full.
    pub words: &'a [&'a Word],
    /// Their keys.
    pub keys: &'a [&'a WordKeys],
    /// Names with hashes.
    pub out: Vec<(String, u64)>,
}

impl ContextSink for ContextNames<'_> {
    fn add(&mut self, key: &Key, parts: &[Part<'_>]) {
        let mut hashes = Vec::new();
        ContextHashes {
            words: self.keys,
            out: &mut hashes,
        }
        .add(key, parts);
        let Some(&hash) = hashes.first() else { return };
        let values: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => (*text).to_owned(),
                Part::View(token, view) => self.words[*token].view(*view).unwrap_or_default(),
            })
            .collect();
        self.out.push((spell(&key.name, &values), hash));
    }
}
