//! Words as numbers, in the order in which they first came.

use hashbrown::HashTable;

use crate::frozen::text_hash;

/// Distinct words, each known by its number from 0.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: Vec<Box<str>>,
    /// Numbers by the hash of their word: every word is stored once.
    index: HashTable<u32>,
}

impl Vocabulary {
    /// The number of a word, a new one if need be.
    pub(super) fn number(&mut self, word: &str) -> u32 {
        let hash = text_hash(word);
        if let Some(&number) = self.index.find(hash, |&n| &*self.words[n as usize] == word) {
            return number;
        }
        let number = self.words.len() as u32;
        self.words.push(word.into());
        let words = &self.words;
        self.index
            .insert_unique(hash, number, |&n| text_hash(&words[n as usize]));
        number
    }

    /// The number of a word that is there.
    pub(super) fn find(&self, word: &str) -> Option<u32> {
        self.index
            .find(text_hash(word), |&n| &*self.words[n as usize] == word)
            .copied()
    }

    /// The words by number.
    pub(super) fn words(&self) -> &[Box<str>] {
        &self.words
    }
}
