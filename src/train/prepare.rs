//! From documents to observations: every distinct word once, every token's context.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::config::Config;
use crate::corpus::Document;
use crate::crf::{Csr, Observations};
use crate::error::Result;
use crate::features::context::{Context, Surroundings, stretches};
use crate::features::sink::{ContextHashes, WordHashes};
use crate::features::{Extractor, OFFSETS, Word, WordKeys};
use crate::label::LabelSet;
use crate::model::Resources;

/// Training documents with everything that feature extraction needs: distinct words, and tokens as word indices.
#[derive(Debug)]
pub struct Corpus {
    pub extractor: Extractor,
    pub words: Vec<Word>,
    pub keys: Vec<WordKeys>,
    /// Word index of each token.
    pub tokens: Vec<u32>,
    /// First token of each sentence, and the end.
    pub sentences: Vec<u32>,
    /// First sentence of each document, and the end.
    pub documents: Vec<u32>,
    gold: Vec<u8>,
    weights: Vec<f64>,
    n_labels: usize,
}

impl Corpus {
    /// Indexes documents. Sentences without tokens are left out.
    pub fn new(
        documents: &[Document],
        config: &Config,
        resources: &Resources,
        labels: &LabelSet,
        document_weights: &[f64],
    ) -> Result<Self> {
        let (gazetteer, clusters) = resources.open()?;
        let extractor = Extractor::new(&config.features, gazetteer, clusters)?;
        let mut index: HashMap<&str, u32> = HashMap::new();
        let mut surfaces: Vec<&str> = Vec::new();
        let mut tokens = Vec::new();
        let mut gold = Vec::new();
        let mut sentences = vec![0];
        let mut bounds = vec![0];
        let mut weights = Vec::new();
        let mut encoded = Vec::new();
        for (d, document) in documents.iter().enumerate() {
            for sentence in document.sentences.iter().filter(|s| !s.tokens.is_empty()) {
                labels
                    .encode(&sentence.spans, sentence.tokens.len(), &mut encoded)
                    .map_err(|e| e.at_line(sentence.line).in_file(&document.name))?;
                gold.extend(encoded.iter().map(|&l| l as u8));
                for token in &sentence.tokens {
                    let next = surfaces.len() as u32;
                    let word = *index.entry(token).or_insert_with(|| {
                        surfaces.push(token);
                        next
                    });
                    tokens.push(word);
                }
                sentences.push(tokens.len() as u32);
                weights.push(document_weights.get(d).copied().unwrap_or(1.0));
            }
            bounds.push(sentences.len() as u32 - 1);
        }
        let words: Vec<Word> = surfaces.par_iter().map(|s| extractor.word(s)).collect();
        let keys = words.par_iter().map(|w| extractor.keys(w)).collect();
        Ok(Self {
            extractor,
            words,
            keys,
            tokens,
            sentences,
            documents: bounds,
            gold,
            weights,
            n_labels: labels.n_labels(),
        })
    }

    /// Hashes all attributes.
    pub fn observations(&self) -> Observations {
        let rows: Vec<Vec<(u64, u8)>> = self
            .words
            .par_iter()
            .map(|word| {
                let mut row = Vec::new();
                self.extractor
                    .word_attributes(word, &mut WordHashes(&mut row));
                row
            })
            .collect();
        let mut word_attributes = Csr::default();
        for row in rows {
            word_attributes.push_row(row);
        }
        let contexts: Vec<Vec<Vec<u64>>> = self
            .documents
            .par_windows(2)
            .map(|d| {
                let mut rows = Vec::new();
                self.visit(d[0] as usize..d[1] as usize, |_, keys, context, t| {
                    let mut out = Vec::new();
                    let mut sink = ContextHashes {
                        words: keys,
                        out: &mut out,
                    };
                    self.extractor.context_attributes(context, t, &mut sink);
                    rows.push(out);
                });
                rows
            })
            .collect();
        let mut context_attributes = Csr::default();
        for row in contexts.into_iter().flatten() {
            context_attributes.push_row(row);
        }
        Observations {
            n_labels: self.n_labels,
            offsets: OFFSETS,
            word_attributes,
            context_attributes,
            words: self.tokens.clone(),
            gold: self.gold.clone(),
            sentences: self.sentences.clone(),
            weights: self.weights.clone(),
        }
    }

    /// Calls `visit` for each token of the sentences: first token of its stretch, the stretch's keys, the context, and the token
    /// within the stretch.
    pub fn visit(
        &self,
        sentences: std::ops::Range<usize>,
        mut visit: impl FnMut(usize, &[&WordKeys], &Context<'_>, usize),
    ) {
        let ranges: Vec<std::ops::Range<usize>> = sentences
            .map(|s| self.sentences[s] as usize..self.sentences[s + 1] as usize)
            .collect();
        let mut surroundings = Surroundings::default();
        for stretch in stretches(&ranges) {
            let base = ranges[stretch.start].start;
            let end = ranges[stretch.end - 1].end;
            let keys: Vec<&WordKeys> = self.tokens[base..end]
                .iter()
                .map(|&w| &self.keys[w as usize])
                .collect();
            let local: Vec<std::ops::Range<usize>> = ranges[stretch]
                .iter()
                .map(|r| r.start - base..r.end - base)
                .collect();
            surroundings.read(&self.extractor, &keys, &local);
            for sentence in local {
                let context = surroundings.context(&self.extractor, &keys, sentence.clone());
                for t in sentence {
                    visit(base, &keys, &context, t);
                }
            }
        }
    }
}
