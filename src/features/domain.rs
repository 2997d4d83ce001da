//! What the text around a sentence is about: `العربي` is a club on a sports page and an adjective elsewhere.
//!
//! Words of a domain (`مباراة`, `برميل`) come from the name lists and are counted in the sentence and some way before and
//! after it, so that a page of several reports has the domain of each.

use std::ops::Range;

use super::config::Domain;
use super::word::WordKeys;

/// Domains at most: their bits share 16 with the kinds of evidence.
pub const MAX_DOMAINS: usize = 8;
/// Bits of [`WordKeys::groups`] below the domains'.
const FIRST_BIT: u32 = 8;

/// How domains are told.
#[derive(Debug, Clone)]
pub struct Domains {
    classes: Vec<String>,
    reach: usize,
    min: usize,
}

impl Domains {
    /// From a configuration that is checked.
    pub fn new(config: &Domain) -> Self {
        Self {
            classes: config.classes.clone(),
            reach: config.reach,
            min: config.min.max(1),
        }
    }

    /// The bit in [`WordKeys::groups`] of the domain that words of a list class tell, if they do.
    pub fn bit(&self, class: &str) -> Option<u16> {
        let domain = self.classes.iter().position(|c| c == class)?;
        Some(1 << (FIRST_BIT + domain as u32))
    }

    /// The domain with most words in a sentence and around it, the first of several; `None` when too few words tell.
    pub fn of(&self, words: &[&WordKeys], sentence: &Range<usize>) -> Option<usize> {
        let from = sentence.start.saturating_sub(self.reach);
        let to = sentence.end.saturating_add(self.reach).min(words.len());
        let mut counts = [0_usize; MAX_DOMAINS];
        for word in &words[from..to] {
            let mut bits = word.groups() >> FIRST_BIT;
            while bits != 0 {
                counts[bits.trailing_zeros() as usize] += 1;
                bits &= bits - 1;
            }
        }
        let best = (0..self.classes.len().min(MAX_DOMAINS))
            .rev()
            .max_by_key(|&d| counts[d])?;
        (counts[best] >= self.min).then_some(best)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clusters::Clusters;
    use crate::features::{Extractor, FeatureConfig};
    use crate::gazetteer::{Entry, Gazetteer};

    #[test]
    fn the_domain_is_that_of_the_words_around() {
        let entry = |name: &str, class: &str| Entry {
            name: name.into(),
            class: class.into(),
        };
        let lists = [
            entry("مباراة", "DOMAIN_SPORT"),
            entry("هدف", "DOMAIN_SPORT"),
            entry("سعر", "DOMAIN_ECONOMY"),
            entry("برميل", "DOMAIN_ECONOMY"),
        ];
        let gazetteer = Gazetteer::build(&lists).expect("a gazetteer");
        let mut config = FeatureConfig::default();
        config.domain.reach = 2;
        let extractor =
            Extractor::new(&config, gazetteer, Clusters::empty()).expect("an extractor");
        let keys: Vec<WordKeys> = "المباراة شهدت هدفا العربي هدف لم يكن سعر البرميل وسعر"
            .split(' ')
            .map(|w| extractor.keys(&extractor.word(w)))
            .collect();
        let words: Vec<&WordKeys> = keys.iter().collect();
        let domains = extractor.domains().expect("switched on");
        let name = |sentence| {
            domains
                .of(&words, &sentence)
                .map(|d| config.domain.classes[d].as_str())
        };
        assert_eq!(name(2..4), Some("DOMAIN_SPORT"));
        assert_eq!(name(9..10), Some("DOMAIN_ECONOMY"));
        assert_eq!(name(5..6), None, "one word of each is not enough");
    }
}
