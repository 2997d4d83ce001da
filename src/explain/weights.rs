//! The features of a token by name, with their weights.

use std::collections::HashMap;
use std::ops::Range;

use super::NamedWeights;
use crate::corpus::Document;
use crate::features::context::{Context, Phrases};
use crate::features::sink::{ContextNames, WordNames};
use crate::features::{N_SLOTS, OFFSETS, Word, WordKeys};
use crate::model::{Model, slot_name};

/// Names and weights of the features of a document's tokens.
#[derive(Debug)]
pub struct Weights<'m> {
    model: &'m Model,
    /// Distinct words.
    words: Vec<Word>,
    keys: Vec<WordKeys>,
    /// Features of each distinct word: name, and weights as (slot, label, weight).
    word_features: Vec<Vec<(String, Vec<(u8, u8, f32)>)>>,
    /// Index of each token's word.
    tokens: Vec<usize>,
}

impl<'m> Weights<'m> {
    /// Looks every distinct word of a document up.
    pub fn new(model: &'m Model, document: &Document) -> Self {
        let extractor = model.extractor();
        let mut index: HashMap<&str, usize> = HashMap::new();
        let mut all = Self {
            model,
            words: Vec::new(),
            keys: Vec::new(),
            word_features: Vec::new(),
            tokens: Vec::new(),
        };
        for token in document.sentences.iter().flat_map(|s| &s.tokens) {
            let word = *index.entry(token).or_insert_with(|| {
                let word = extractor.word(token);
                let mut names = WordNames::default();
                extractor.word_attributes(&word, &mut names);
                let features = names.0.into_iter();
                let features = features.map(|(name, hash, _)| (name, model.table().weights(hash)));
                all.word_features.push(features.collect());
                all.keys.push(extractor.keys(&word));
                all.words.push(word);
                all.words.len() - 1
            });
            all.tokens.push(word);
        }
        all
    }

    /// Features of token `t` of a sentence (or piece of one) that is the document's tokens `sentence`.
    pub fn of_token(&mut self, sentence: Range<usize>, t: usize) -> Vec<NamedWeights> {
        let mut found = Vec::new();
        for (slot, offset) in OFFSETS.enumerate() {
            let seen = (sentence.start + t).checked_add_signed(isize::from(offset));
            let Some(seen) = seen.filter(|seen| sentence.contains(seen)) else {
                continue;
            };
            for (name, weights) in &self.word_features[self.tokens[seen]] {
                let here = weights.iter().filter(|w| usize::from(w.0) == slot);
                let here: Vec<(usize, f32)> = here.map(|w| (usize::from(w.1), w.2)).collect();
                if !here.is_empty() {
                    found.push((format!("{name}{}", slot_name(slot as u8)), here));
                }
            }
        }
        self.add_context(sentence, t, &mut found);
        found
    }

    fn add_context(&self, sentence: Range<usize>, t: usize, found: &mut Vec<NamedWeights>) {
        let extractor = self.model.extractor();
        let of_sentence = &self.tokens[sentence];
        let words: Vec<&Word> = of_sentence.iter().map(|&w| &self.words[w]).collect();
        let keys: Vec<&WordKeys> = of_sentence.iter().map(|&w| &self.keys[w]).collect();
        let mut phrases = Phrases::default();
        phrases.find(extractor.gazetteer(), &keys, 0..keys.len());
        let context = Context {
            words: &keys,
            sentence: 0..keys.len(),
            gazetteer: extractor.gazetteer(),
            phrases: &phrases,
        };
        let mut names = ContextNames {
            words: &words,
            keys: &keys,
            out: Vec::new(),
        };
        extractor.context_attributes(&context, t, &mut names);
        for (name, hash) in names.out {
            let weights = self.model.table().weights(hash);
            // Cells of other slots would be those of a word feature with the same fingerprint, which the tagger ignores too.
            let here = weights.iter().filter(|w| usize::from(w.0) == N_SLOTS);
            let here: Vec<(usize, f32)> = here.map(|w| (usize::from(w.1), w.2)).collect();
            found.push((name, here));
        }
    }
}
