//! Tagging: text or tokens to entities.
//!
//! A [`Worker`] has buffers and a cache of its own and is used by one thread; workers share one [`Model`].

mod analysis;
mod judge;

pub use analysis::Analysis;
pub use judge::predict;

use std::borrow::Cow;
use std::ops::Range;

use hashbrown::HashTable;

use crate::corpus::Document;
use crate::crf::{Decoder, Lattice};
use crate::features::context::{Surroundings, stretches};
use crate::features::sink::{ContextHashes, WordHashes};
use crate::features::{N_SLOTS, OFFSETS, WordKeys};
use crate::frozen::text_hash;
use crate::label::{LabelSet, Span};
use crate::model::Model;
use crate::text::{self, Token, Tokenised};

/// Distinct words that a worker remembers: about 30 MB. When they are full it forgets them all, so that endless input with
/// endless new words needs no more.
const CACHED_WORDS: usize = 1 << 16;
/// Tokens of a sentence that are decoded together: bounds the memory for text without any full stop.
const MAX_SENTENCE: usize = 1024;

/// An entity in tagged text.
#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    /// Index of its type in the model's kinds.
    pub kind: usize,
    /// Sentence, counted from 0 in the document.
    pub sentence: usize,
    /// Tokens of the document, half-open.
    pub tokens: Range<usize>,
    /// Probability that exactly this entity stands here, 0 to 1.
    pub confidence: f32,
}

/// Settings of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TagOptions {
    /// Added to the scores of all entity labels: above 0 more entities are found, more of them wrong.
    pub recall_bias: f32,
}

/// A tagged document: the source untouched, its tokens, sentences and entities.
#[derive(Debug)]
pub struct Tagged<'a> {
    /// The text.
    pub source: &'a str,
    /// Tokens in order.
    pub tokens: &'a [Token],
    /// Sentences as ranges of tokens.
    pub sentences: &'a [Range<usize>],
    /// Entities in order.
    pub entities: &'a [Entity],
    model: &'a Model,
}

impl Tagged<'_> {
    /// Type of an entity.
    pub fn kind(&self, entity: &Entity) -> &str {
        &self.model.labels().kinds()[entity.kind]
    }

    /// Bytes of the source that an entity covers, half-open.
    pub fn bytes(&self, entity: &Entity) -> Range<usize> {
        let (first, last) = (entity.tokens.start, entity.tokens.end - 1);
        self.tokens[first].byte_start..self.tokens[last].byte_end
    }

    /// Characters of the source that an entity covers, half-open.
    pub fn chars(&self, entity: &Entity) -> Range<usize> {
        let (first, last) = (entity.tokens.start, entity.tokens.end - 1);
        self.tokens[first].char_start..self.tokens[last].char_end
    }

    /// The entity as written.
    pub fn text(&self, entity: &Entity) -> &str {
        &self.source[self.bytes(entity)]
    }

    /// The entity without its leading proclitics: `بالاتحاد الأوروبي` → `الاتحاد الأوروبي`.
    pub fn name(&self, entity: &Entity) -> Cow<'_, str> {
        text::name_without_proclitics(self.text(entity), |normal| {
            self.model.extractor().is_known(normal)
        })
    }
}

/// What is remembered of a word form.
#[derive(Debug)]
struct Cached {
    surface: Box<str>,
    keys: WordKeys,
}

/// Who sees each decoded sentence, if anybody.
type Watch<'w> = Option<&'w mut dyn FnMut(&Analysis<'_>)>;

/// A thread's tagger.
#[derive(Debug)]
pub struct Worker<'m> {
    model: &'m Model,
    options: TagOptions,
    n_labels: usize,
    index: HashTable<u32>,
    words: Vec<Cached>,
    /// Scores of each remembered word: slots × labels.
    scores: Vec<f32>,
    tokenised: Tokenised,
    entities: Vec<Entity>,
    buffers: Buffers,
}

#[derive(Debug, Default)]
struct Buffers {
    word_ids: Vec<u32>,
    attributes: Vec<(u64, u8)>,
    context: Vec<u64>,
    surroundings: Surroundings,
    emissions: Vec<f32>,
    labels: Vec<u8>,
    decoder: Decoder,
    lattice: Lattice,
}

impl<'m> Worker<'m> {
    /// A worker with default settings.
    pub fn new(model: &'m Model) -> Self {
        Self::with_options(model, TagOptions::default())
    }

    /// A worker with settings.
    pub fn with_options(model: &'m Model, options: TagOptions) -> Self {
        Self {
            model,
            options,
            n_labels: model.labels().n_labels(),
            index: HashTable::new(),
            words: Vec::new(),
            scores: Vec::new(),
            tokenised: Tokenised::default(),
            entities: Vec::new(),
            buffers: Buffers::default(),
        }
    }

    /// Tags a text.
    pub fn tag<'a>(&'a mut self, source: &'a str) -> Tagged<'a> {
        let mut tokenised = std::mem::take(&mut self.tokenised);
        text::tokenise_into(source, &mut tokenised);
        let sentences = std::mem::take(&mut tokenised.sentences);
        let surface = |t: usize| tokenised.tokens[t].surface(source);
        self.run(&sentences, surface, &mut None);
        tokenised.sentences = sentences;
        self.tokenised = tokenised;
        Tagged {
            source,
            tokens: &self.tokenised.tokens,
            sentences: &self.tokenised.sentences,
            entities: &self.entities,
            model: self.model,
        }
    }

    /// Tags the sentences of a document as they are tokenised: one list of spans a sentence.
    pub fn tag_document(&mut self, document: &Document) -> Vec<Vec<Span>> {
        self.run_document(document, &mut None)
    }

    /// As [`Worker::tag_document`], and shows `watch` what each sentence was decided from. Slower: probabilities are computed
    /// for sentences without entities too.
    pub fn analyse_document(
        &mut self,
        document: &Document,
        watch: &mut dyn FnMut(&Analysis<'_>),
    ) -> Vec<Vec<Span>> {
        self.run_document(document, &mut Some(watch))
    }

    fn run_document(&mut self, document: &Document, watch: &mut Watch<'_>) -> Vec<Vec<Span>> {
        let tokens: Vec<&str> = document
            .sentences
            .iter()
            .flat_map(|s| s.tokens.iter().map(String::as_str))
            .collect();
        let sentences = sentence_ranges(document);
        self.run(&sentences, |t| tokens[t], watch);
        let mut spans = vec![Vec::new(); document.sentences.len()];
        for entity in &self.entities {
            let base = sentences[entity.sentence].start;
            spans[entity.sentence].push(Span::new(
                entity.tokens.start - base,
                entity.tokens.end - base,
                self.model.labels().kinds()[entity.kind].as_str(),
            ));
        }
        spans
    }

    /// Entities that the last call found.
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// Tags the tokens of sentences; entities are left in `self.entities`.
    fn run<'t>(
        &mut self,
        sentences: &[Range<usize>],
        surface: impl Fn(usize) -> &'t str,
        watch: &mut Watch<'_>,
    ) {
        self.entities.clear();
        let (owners, pieces) = pieces(sentences);
        for stretch in stretches(&pieces) {
            let (owners, pieces) = (&owners[stretch.clone()], &mut pieces[stretch].to_vec());
            let (from, to) = (pieces[0].start, pieces[pieces.len() - 1].end);
            self.look_up(from..to, &surface);
            for piece in pieces.iter_mut() {
                *piece = piece.start - from..piece.end - from;
            }
            self.decode(owners, pieces, from, watch);
        }
    }

    /// Sets `buffers.word_ids` to the cache entries of the tokens.
    fn look_up<'t>(&mut self, tokens: Range<usize>, surface: &impl Fn(usize) -> &'t str) {
        if self.words.len() + tokens.len() > CACHED_WORDS {
            self.index.clear();
            self.words.clear();
            self.scores.clear();
        }
        self.buffers.word_ids.clear();
        for t in tokens {
            let surface = surface(t);
            let hash = text_hash(surface);
            let known = self
                .index
                .find(hash, |&w| *self.words[w as usize].surface == *surface);
            let id = match known {
                Some(&id) => id,
                None => self.remember(surface, hash),
            };
            self.buffers.word_ids.push(id);
        }
    }

    /// Computes a word's scores for every window slot.
    #[cold]
    fn remember(&mut self, surface: &str, hash: u64) -> u32 {
        let extractor = self.model.extractor();
        let word = extractor.word(surface);
        let attributes = &mut self.buffers.attributes;
        attributes.clear();
        extractor.word_attributes(&word, &mut WordHashes(attributes));
        // An n-gram may occur twice in a word. Training sees the set of a word's attributes, and so does tagging.
        attributes.sort_unstable();
        attributes.dedup();
        let start = self.scores.len();
        self.scores.resize(start + N_SLOTS * self.n_labels, 0.0);
        let scores = &mut self.scores[start..];
        for &(attribute, _) in attributes.iter() {
            self.model.table().add_word(attribute, scores);
        }
        let id = self.words.len() as u32;
        self.words.push(Cached {
            surface: surface.into(),
            keys: extractor.keys(&word),
        });
        self.index
            .insert_unique(hash, id, |&w| text_hash(&self.words[w as usize].surface));
        id
    }

    /// Decodes pieces of sentences whose words are looked up. `base` is the first token of the stretch, `owners` has the
    /// sentence of each piece.
    fn decode(
        &mut self,
        owners: &[usize],
        pieces: &[Range<usize>],
        base: usize,
        watch: &mut Watch<'_>,
    ) {
        let n = self.n_labels;
        let model = self.model;
        let buffers = &mut self.buffers;
        let keys: Vec<&WordKeys> = buffers
            .word_ids
            .iter()
            .map(|&w| &self.words[w as usize].keys)
            .collect();
        let gazetteer = model.extractor().gazetteer();
        buffers.surroundings.read(gazetteer, &keys, pieces);
        for (&sentence, piece) in owners.iter().zip(pieces) {
            emissions(model, &keys, &self.scores, piece, buffers);
            if self.options.recall_bias != 0.0 {
                for row in buffers.emissions.chunks_exact_mut(n) {
                    row[0] -= self.options.recall_bias;
                }
            }
            let Buffers {
                emissions,
                labels,
                decoder,
                lattice,
                ..
            } = &mut *buffers;
            decoder.decode(model.transitions(), emissions, labels);
            if watch.is_none() && labels.iter().all(|&l| l == 0) {
                continue;
            }
            lattice.fill(model.transitions(), emissions);
            if let Some(watch) = watch {
                watch(&Analysis {
                    model,
                    sentence,
                    tokens: base + piece.start..base + piece.end,
                    labels,
                    emissions,
                    lattice,
                });
            }
            collect(model.labels(), labels, |from, to, kind| {
                let continues = |l: usize| continues(model.labels(), labels[to - 1], l);
                let confidence =
                    lattice.segment(model.transitions(), from, &labels[from..to], continues);
                self.entities.push(Entity {
                    kind,
                    sentence,
                    tokens: base + piece.start + from..base + piece.start + to,
                    confidence,
                });
            });
        }
    }
}

/// Sentences cut to at most 1,024 tokens: the sentence that each piece belongs to, and the pieces.
pub fn pieces(sentences: &[Range<usize>]) -> (Vec<usize>, Vec<Range<usize>>) {
    sentences
        .iter()
        .enumerate()
        .flat_map(|(s, sentence)| {
            let starts = sentence.clone().step_by(MAX_SENTENCE);
            starts.map(move |start| (s, start..sentence.end.min(start + MAX_SENTENCE)))
        })
        .unzip()
}

/// Sentences of a document as ranges over all its tokens.
pub fn sentence_ranges(document: &Document) -> Vec<Range<usize>> {
    let mut start = 0;
    document
        .sentences
        .iter()
        .map(|s| {
            let range = start..start + s.tokens.len();
            start = range.end;
            range
        })
        .collect()
}

/// Whether label `next` would lengthen an entity that ends with label `last`.
fn continues(labels: &LabelSet, last: u8, next: usize) -> bool {
    use crate::label::Prefix::{End, Inside};
    let (prefix, kind) = labels.parts(next as u16);
    matches!(prefix, Inside | End) && labels.parts(u16::from(last)).1 == kind
}

/// Entities of a label sequence.
fn collect(labels: &LabelSet, sequence: &[u8], mut found: impl FnMut(usize, usize, usize)) {
    let wide: Vec<u16> = sequence.iter().map(|&l| u16::from(l)).collect();
    for (start, end, kind) in labels.decode(&wide) {
        found(start, end, kind);
    }
}

/// Fills `buffers.emissions` (tokens × labels) for a piece of a sentence.
fn emissions(
    model: &Model,
    keys: &[&WordKeys],
    scores: &[f32],
    piece: &Range<usize>,
    buffers: &mut Buffers,
) {
    let n = model.labels().n_labels();
    let extractor = model.extractor();
    buffers.emissions.clear();
    buffers.emissions.resize(piece.len() * n, 0.0);
    let context = buffers
        .surroundings
        .context(extractor.gazetteer(), keys, piece.clone());
    for (row, t) in buffers.emissions.chunks_exact_mut(n).zip(piece.clone()) {
        for (slot, offset) in OFFSETS.enumerate() {
            let Some(seen) = context.neighbour(t, offset) else {
                continue;
            };
            let word = buffers.word_ids[seen] as usize;
            let at = (word * N_SLOTS + slot) * n;
            for (e, s) in row.iter_mut().zip(&scores[at..at + n]) {
                *e += s;
            }
        }
        buffers.context.clear();
        let mut sink = ContextHashes {
            words: keys,
            out: &mut buffers.context,
        };
        extractor.context_attributes(&context, t, &mut sink);
        for &attribute in &buffers.context {
            model.table().add_context(attribute, row);
        }
    }
}
