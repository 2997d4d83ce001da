//! A token's surroundings: the sentence, and the listed phrases in it.

use std::ops::Range;

use super::Extractor;
use super::evidence::Evidence;
use super::word::WordKeys;
use crate::gazetteer::{Gazetteer, extend_phrase};

/// Where in a listed phrase a token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// First token.
    Begin,
    /// Neither first nor last.
    Inside,
    /// Last token.
    End,
}

/// Tokens of whole sentences that are seen together, about: an article. Longer documents are taken in pieces.
const STRETCH: usize = 1500;

/// Runs of sentences with at most 1,500 tokens (one sentence at least), as ranges of sentence indices. Training and
/// tagging cut documents alike.
pub fn stretches(sentences: &[Range<usize>]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut first = 0;
    std::iter::from_fn(move || {
        let from = sentences.get(first)?.start;
        let mut last = first + 1;
        while last < sentences.len() && sentences[last].end - from <= STRETCH {
            last += 1;
        }
        let range = first..last;
        first = last;
        Some(range)
    })
}

/// Listed phrases of a stretch of sentences, reused from stretch to stretch.
#[derive(Debug, Default)]
pub struct Phrases {
    places: Vec<Option<(u16, Place)>>,
}

impl Phrases {
    /// Finds the longest phrases of two tokens or more in each sentence, from left to right.
    pub fn find(&mut self, gazetteer: &Gazetteer, words: &[&WordKeys], sentences: &[Range<usize>]) {
        self.places.clear();
        self.places.resize(words.len(), None);
        for sentence in sentences {
            self.find_in(gazetteer, words, sentence.clone());
        }
    }

    fn find_in(&mut self, gazetteer: &Gazetteer, words: &[&WordKeys], sentence: Range<usize>) {
        let mut t = sentence.start;
        while t < sentence.end {
            let mut best: Option<(usize, u16)> = None;
            for &start in words[t].phrase_starts() {
                let mut hash = start;
                for end in t + 1..sentence.end {
                    hash = extend_phrase(hash, words[end].form());
                    let Some(found) = gazetteer.find(hash) else {
                        break;
                    };
                    if let Some(set) = found.classes
                        && best.is_none_or(|(e, _)| end >= e)
                    {
                        best = Some((end + 1, set));
                    }
                    if !found.longer {
                        break;
                    }
                }
            }
            let Some((end, set)) = best else {
                t += 1;
                continue;
            };
            for k in t..end {
                let place = if k == t {
                    Place::Begin
                } else if k + 1 == end {
                    Place::End
                } else {
                    Place::Inside
                };
                self.places[k] = Some((set, place));
            }
            t = end;
        }
    }

    /// The listed phrase that covers a token: class set and position.
    #[inline]
    pub fn of(&self, token: usize) -> Option<(u16, Place)> {
        self.places[token]
    }
}

/// What is read off a stretch of sentences before its tokens' features: reused from stretch to stretch.
#[derive(Debug, Default)]
pub struct Surroundings {
    phrases: Phrases,
    evidence: Evidence,
}

impl Surroundings {
    /// Finds listed phrases and evidence in the sentences, which are ranges of `words`.
    pub fn read(&mut self, extractor: &Extractor, words: &[&WordKeys], sentences: &[Range<usize>]) {
        self.phrases.find(extractor.gazetteer(), words, sentences);
        self.evidence.read(words, sentences, &self.phrases);
    }

    /// The context of the tokens of one of the sentences.
    pub fn context<'a>(
        &'a self,
        extractor: &'a Extractor,
        words: &'a [&'a WordKeys],
        sentence: Range<usize>,
    ) -> Context<'a> {
        Context {
            words,
            domain: extractor.domains().and_then(|d| d.of(words, &sentence)),
            sentence,
            gazetteer: extractor.gazetteer(),
            phrases: &self.phrases,
            evidence: &self.evidence,
        }
    }
}

/// What context families see.
#[derive(Debug)]
pub struct Context<'a> {
    /// The words of a stretch of sentences.
    pub words: &'a [&'a WordKeys],
    /// Tokens of the current sentence, as indices into `words`.
    pub sentence: Range<usize>,
    /// The name lists, for the classes of phrases.
    pub gazetteer: &'a Gazetteer,
    /// Phrases of the stretch.
    pub phrases: &'a Phrases,
    /// What the stretch says of its words.
    pub evidence: &'a Evidence,
    /// What the text around the sentence is about: index into the configuration's domains.
    pub domain: Option<usize>,
}

impl Context<'_> {
    /// The token `offset` away from `t`, within the sentence.
    #[inline]
    pub fn neighbour(&self, t: usize, offset: i8) -> Option<usize> {
        let token = t.checked_add_signed(isize::from(offset))?;
        self.sentence.contains(&token).then_some(token)
    }
}
