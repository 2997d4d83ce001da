//! The features of a token by name, with their weights.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::NamedWeights;
use crate::corpus::Document;
use crate::features::context::{Surroundings, stretches};
use crate::features::sink::{ContextNames, WordNames};
use crate::features::{N_SLOTS, OFFSETS, Word, WordKeys};
use crate::model::{Model, slot_name};
use crate::tag::{pieces, sentence_ranges};

/// Name of a word feature, and its weights as (slot, label, weight).
type WordFeature = (String, Vec<(u8, u8, f32)>);

/// Names and weights of the features of a document's tokens.
#[derive(Debug)]
pub struct Weights<'m> {
    model: &'m Model,
    /// Distinct words.
    words: Vec<Word>,
    keys: Vec<WordKeys>,
    /// Features of each distinct word.
    word_features: Vec<Vec<WordFeature>>,
    /// Index of each token's word.
    tokens: Vec<usize>,
    /// Features of each token's context.
    context_features: Vec<Vec<NamedWeights>>,
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
            context_features: Vec::new(),
        };
        for token in document.sentences.iter().flat_map(|s| &s.tokens) {
            let word = *index.entry(token).or_insert_with(|| {
                let word = extractor.word(token);
                let mut names = WordNames::default();
                extractor.word_attributes(&word, &mut names);
                // A word's features are a set, for the tagger too: an n-gram that occurs twice counts once.
                let mut seen = HashSet::new();
                let features = names.0.into_iter().filter(|n| seen.insert(n.1));
                let features = features.map(|(name, hash, _)| (name, model.table().weights(hash)));
                all.word_features.push(features.collect());
                all.keys.push(extractor.keys(&word));
                all.words.push(word);
                all.words.len() - 1
            });
            all.tokens.push(word);
        }
        all.add_contexts(document);
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
        found.extend(self.context_features[sentence.start + t].iter().cloned());
        found
    }

    /// Spells the contexts of all tokens, stretch by stretch as the tagger sees them.
    fn add_contexts(&mut self, document: &Document) {
        let extractor = self.model.extractor();
        let (_, pieces) = pieces(&sentence_ranges(document));
        let mut surroundings = Surroundings::default();
        for stretch in stretches(&pieces) {
            let base = pieces[stretch.start].start;
            let of_stretch = &self.tokens[base..pieces[stretch.end - 1].end];
            let words: Vec<&Word> = of_stretch.iter().map(|&w| &self.words[w]).collect();
            let keys: Vec<&WordKeys> = of_stretch.iter().map(|&w| &self.keys[w]).collect();
            let local: Vec<Range<usize>> = pieces[stretch]
                .iter()
                .map(|p| p.start - base..p.end - base)
                .collect();
            surroundings.read(extractor, &keys, &local);
            for sentence in local {
                let context = surroundings.context(extractor, &keys, sentence.clone());
                for t in sentence {
                    let mut names = ContextNames {
                        words: &words,
                        keys: &keys,
                        out: Vec::new(),
                    };
                    extractor.context_attributes(&context, t, &mut names);
                    let features = names.out.into_iter().map(|(name, hash)| {
                        // Cells of other slots would be those of a word feature with the same fingerprint, which the tagger
                        // ignores too.
                        let weights = self.model.table().weights(hash).into_iter();
                        let here = weights.filter(|w| usize::from(w.0) == N_SLOTS);
                        (name, here.map(|w| (usize::from(w.1), w.2)).collect())
                    });
                    self.context_features.push(features.collect());
                }
            }
        }
    }
}
