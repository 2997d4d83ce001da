//! What an article says of a word in one place helps in all others: a surname that stands alone was introduced behind a
//! title or a first name before, a district behind `منطقة`.
//!
//! Evidence is read off the name lists alone, without a first pass of tagging, so that it costs one look-up a token.

use std::ops::Range;

use hashbrown::HashMap;

use super::config::Document;
use super::context::{Phrases, Place};
use super::word::{View, WordKeys};

/// Bits of a word's groups of list classes.
const NAME: u16 = 1;
const TITLE: u16 = 2;
const PLACE_HEAD: u16 = 4;
const ORGANISATION_HEAD: u16 = 8;

/// Kinds of evidence, as bits of a token's set.
pub const KINDS: [&str; 6] = [
    "after_name",
    "before_name",
    "after_title",
    "after_place_head",
    "after_organisation_head",
    "in_phrase",
];

/// Groups of a list class, which begins as the configuration says.
pub fn groups_of_class(class: &str, config: &Document) -> u16 {
    [
        (&config.name, NAME),
        (&config.title, TITLE),
        (&config.place_head, PLACE_HEAD),
        (&config.organisation_head, ORGANISATION_HEAD),
    ]
    .into_iter()
    .filter(|(prefixes, _)| prefixes.iter().any(|p| class.starts_with(p.as_str())))
    .fold(0, |groups, (_, bit)| groups | bit)
}

/// Evidence on the words of a stretch of sentences, reused from stretch to stretch.
#[derive(Debug, Default)]
pub struct Evidence {
    /// Evidence that each token has in its own place.
    own: Vec<u8>,
    /// Per stem: occurrences, and those with each kind of evidence.
    stems: HashMap<u64, Tally>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    occurrences: u16,
    kinds: [u16; KINDS.len()],
}

impl Evidence {
    /// Reads the evidence off a stretch whose listed phrases are found.
    pub fn read(&mut self, words: &[&WordKeys], sentences: &[Range<usize>], phrases: &Phrases) {
        self.own.clear();
        self.own.resize(words.len(), 0);
        self.stems.clear();
        for sentence in sentences {
            for t in sentence.clone() {
                let before = if t > sentence.start {
                    words[t - 1].groups()
                } else {
                    0
                };
                let after = if t + 1 < sentence.end {
                    words[t + 1].groups()
                } else {
                    0
                };
                let in_phrase = matches!(phrases.of(t), Some((_, Place::Inside | Place::End)));
                let kinds = [
                    before & NAME != 0,
                    after & NAME != 0 && words[t].groups() & NAME != 0,
                    before & TITLE != 0,
                    before & PLACE_HEAD != 0,
                    before & ORGANISATION_HEAD != 0,
                    in_phrase,
                ];
                let tally = self.stems.entry(words[t].view(View::Stem)).or_default();
                tally.occurrences = tally.occurrences.saturating_add(1);
                for (k, _) in kinds.iter().enumerate().filter(|(_, found)| **found) {
                    self.own[t] |= 1 << k;
                    tally.kinds[k] = tally.kinds[k].saturating_add(1);
                }
            }
        }
    }

    /// How often the word of token `t` stands elsewhere, and for each kind how often with that evidence.
    pub fn elsewhere(&self, words: &[&WordKeys], t: usize) -> (u16, [u16; KINDS.len()]) {
        let Some(tally) = self.stems.get(&words[t].view(View::Stem)) else {
            return (0, [0; KINDS.len()]);
        };
        let mut kinds = tally.kinds;
        for (k, n) in kinds.iter_mut().enumerate() {
            *n -= u16::from(self.own[t] >> k & 1 == 1 && *n > 0);
        }
        (tally.occurrences.saturating_sub(1), kinds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clusters::Clusters;
    use crate::features::{Extractor, FeatureConfig};
    use crate::gazetteer::{Entry, Gazetteer};

    #[test]
    fn a_surname_alone_is_known_from_its_full_form() {
        let entry = |name: &str, class: &str| Entry {
            name: name.into(),
            class: class.into(),
        };
        let lists = [entry("منصور", "GIVEN_M"), entry("المشرف", "TITLE_SPORT")];
        let gazetteer = Gazetteer::build(&lists).expect("a gazetteer");
        let config = FeatureConfig::default();
        let extractor =
            Extractor::new(&config, gazetteer, Clusters::empty()).expect("an extractor");
        let keys: Vec<WordKeys> = ["المشرف", "منصور", "البلوي", "دخل", "البلوي"]
            .iter()
            .map(|w| extractor.keys(&extractor.word(w)))
            .collect();
        let words: Vec<&WordKeys> = keys.iter().collect();
        let sentences = [0..3, 3..5];
        let mut phrases = Phrases::default();
        phrases.find(extractor.gazetteer(), &words, &sentences);
        let mut evidence = Evidence::default();
        evidence.read(&words, &sentences, &phrases);
        let (count, kinds) = evidence.elsewhere(&words, 4);
        assert_eq!((count, kinds[0]), (1, 1), "{kinds:?}");
        let (count, kinds) = evidence.elsewhere(&words, 2);
        assert_eq!(
            (count, kinds),
            (1, [0; KINDS.len()]),
            "its own place is no evidence"
        );
    }
}
