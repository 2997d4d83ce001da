//! A token's surroundings: the sentence, and the listed phrases in it.

use std::ops::Range;

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

/// Listed phrases of one sentence, reused from sentence to sentence.
#[derive(Debug, Default)]
pub struct Phrases {
    start: usize,
    places: Vec<Option<(u16, Place)>>,
}

impl Phrases {
    /// Finds the longest phrases of two tokens or more, from left to right.
    pub fn find(&mut self, gazetteer: &Gazetteer, words: &[&WordKeys], sentence: Range<usize>) {
        self.start = sentence.start;
        self.places.clear();
        self.places.resize(sentence.len(), None);
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
                self.places[k - self.start] = Some((set, place));
            }
            t = end;
        }
    }
}

/// What context families see.
#[derive(Debug)]
pub struct Context<'a> {
    /// The document's words.
    pub words: &'a [&'a WordKeys],
    /// Tokens of the current sentence, as indices into `words`.
    pub sentence: Range<usize>,
    /// The name lists, for the classes of phrases.
    pub gazetteer: &'a Gazetteer,
    /// Phrases of the current sentence.
    pub phrases: &'a Phrases,
}

impl Context<'_> {
    /// The token `offset` away from `t`, within the sentence.
    #[inline]
    pub fn neighbour(&self, t: usize, offset: i8) -> Option<usize> {
        let token = t.checked_add_signed(isize::from(offset))?;
        self.sentence.contains(&token).then_some(token)
    }

    /// The listed phrase that covers a token of the sentence: class set and position.
    #[inline]
    pub fn phrase(&self, token: usize) -> Option<(u16, Place)> {
        self.phrases.places[token - self.phrases.start]
    }
}
