//! Tagging: text or tokens to entities.
//!
//! A [`Worker`] has buffers and a cache of its own and is used by one thread; workers share one [`Model`].

mod analysis;
mod judge;
mod words;

pub use analysis::Analysis;
pub use judge::predict;

use std::borrow::Cow;
use std::ops::Range;

use crate::corpus::Document;
use crate::crf::{Decoder, Lattice, with_stride};
use crate::features::context::{Surroundings, stretches};
use crate::features::sink::ContextHashes;
use crate::features::{OFFSETS, WordKeys};
use crate::label::{LabelSet, Span};
use crate::model::Model;
use crate::text::{self, Token, Tokenised};
use words::Words;

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

/// Who sees each decoded sentence, if anybody.
type Watch<'w> = Option<&'w mut dyn FnMut(&Analysis<'_>)>;

/// A thread's tagger.
#[derive(Debug)]
pub struct Worker<'m> {
    model: &'m Model,
    options: TagOptions,
    words: Words<'m>,
    tokenised: Tokenised,
    entities: Vec<Entity>,
    buffers: Buffers,
}

#[derive(Debug, Default)]
struct Buffers {
    word_ids: Vec<u32>,
    context: Vec<u64>,
    /// Ends of each token's attributes in `context`.
    context_ends: Vec<u32>,
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
            words: Words::new(model),
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
        self.words.make_room(tokens.len());
        self.buffers.word_ids.clear();
        for t in tokens {
            let id = self.words.id(surface(t));
            self.buffers.word_ids.push(id);
        }
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
        let model = self.model;
        let stride = model.transitions().stride();
        let buffers = &mut self.buffers;
        let keys: Vec<&WordKeys> = buffers
            .word_ids
            .iter()
            .map(|&w| self.words.keys(w))
            .collect();
        buffers.surroundings.read(model.extractor(), &keys, pieces);
        for (&sentence, piece) in owners.iter().zip(pieces) {
            emissions(model, &keys, &self.words, piece, buffers);
            if self.options.recall_bias != 0.0 {
                for row in buffers.emissions.chunks_exact_mut(stride) {
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

/// Fills `buffers.emissions` (tokens × stride) for a piece of a sentence.
fn emissions(
    model: &Model,
    keys: &[&WordKeys],
    words: &Words<'_>,
    piece: &Range<usize>,
    buffers: &mut Buffers,
) {
    let extractor = model.extractor();
    let context = buffers.surroundings.context(extractor, keys, piece.clone());
    buffers.context.clear();
    buffers.context_ends.clear();
    for t in piece.clone() {
        let mut sink = ContextHashes {
            words: keys,
            out: &mut buffers.context,
        };
        extractor.context_attributes(&context, t, &mut sink);
        buffers.context_ends.push(buffers.context.len() as u32);
    }

    let stride = model.transitions().stride();
    let n_labels = model.labels().n_labels();
    buffers.emissions.clear();
    buffers.emissions.resize(piece.len() * stride, 0.0);
    let ids = &buffers.word_ids[piece.clone()];
    words.touch(ids);
    model.table().touch(&buffers.context);
    let rows = &mut buffers.emissions;
    model.transitions().vectorised(
        #[inline(always)]
        || with_stride!(stride, n => add_words(n, n_labels, ids, words, rows)),
    );
    let mut first = 0;
    for (row, &last) in buffers
        .emissions
        .chunks_exact_mut(stride)
        .zip(&buffers.context_ends)
    {
        for &attribute in &buffers.context[first..last as usize] {
            model.table().add_context(attribute, row);
        }
        first = last as usize;
    }
}

/// Adds to each token's row the scores of the words in its window. A word's scores are read once, for all the tokens that see it.
#[inline(always)]
fn add_words(stride: usize, n_labels: usize, ids: &[u32], words: &Words<'_>, rows: &mut [f32]) {
    for (t, &id) in ids.iter().enumerate() {
        let scores = words.scores_from(id);
        for (slot, offset) in OFFSETS.enumerate() {
            let Some(seen_from) = t.checked_add_signed(-isize::from(offset)) else {
                continue;
            };
            let Some(row) = rows.get_mut(seen_from * stride..(seen_from + 1) * stride) else {
                continue;
            };
            // Whole registers: what follows a slot's scores falls on the padding of the row.
            let scores = &scores[slot * n_labels..];
            match scores.get(..stride) {
                Some(scores) => row.iter_mut().zip(scores).for_each(|(r, s)| *r += s),
                None => row.iter_mut().zip(scores).for_each(|(r, s)| *r += s),
            }
        }
    }
}
