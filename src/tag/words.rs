//! What a worker remembers of word forms.
//!
//! Two generations: when the young one is full it becomes the old one, and what is still in use comes back from there. So the
//! frequent words of endless input stay, at a bounded size.

use hashbrown::HashTable;

use crate::crf::touch;
use crate::features::sink::WordHashes;
use crate::features::{N_SLOTS, WordKeys};
use crate::frozen::text_hash;
use crate::model::Model;

/// Words of a generation: two of them are about 60 MB with 17 labels.
const GENERATION: usize = 1 << 16;

#[derive(Debug, Default)]
struct Remembered {
    surface: Box<str>,
    keys: WordKeys,
}

#[derive(Debug, Default)]
struct Generation {
    index: HashTable<u32>,
    words: Vec<Remembered>,
    /// Scores of each word: slots × labels.
    scores: Vec<f32>,
}

impl Generation {
    fn find(&self, surface: &str, hash: u64) -> Option<u32> {
        self.index
            .find(hash, |&w| *self.words[w as usize].surface == *surface)
            .copied()
    }

    /// Takes in a word whose scores were appended.
    fn push(&mut self, word: Remembered, hash: u64) -> u32 {
        let id = self.words.len() as u32;
        self.words.push(word);
        self.index
            .insert_unique(hash, id, |&w| text_hash(&self.words[w as usize].surface));
        id
    }

    fn clear(&mut self) {
        self.index.clear();
        self.words.clear();
        self.scores.clear();
    }
}

/// Words with their scores at every window offset.
#[derive(Debug)]
pub(super) struct Words<'m> {
    model: &'m Model,
    n_labels: usize,
    young: Generation,
    old: Generation,
    attributes: Vec<(u64, u8)>,
    hashes: Vec<u64>,
    cells: Vec<u32>,
}

impl<'m> Words<'m> {
    pub fn new(model: &'m Model) -> Self {
        Self {
            model,
            n_labels: model.labels().n_labels(),
            young: Generation::default(),
            old: Generation::default(),
            attributes: Vec::new(),
            hashes: Vec::new(),
            cells: Vec::new(),
        }
    }

    /// Makes room for `n` words; ids from before are no longer good.
    pub fn make_room(&mut self, n: usize) {
        if self.young.words.len() + n > GENERATION {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
    }

    /// The id of a word form, good until the next call of [`Words::make_room`].
    pub fn id(&mut self, surface: &str) -> u32 {
        let hash = text_hash(surface);
        if let Some(id) = self.young.find(surface, hash) {
            return id;
        }
        match self.old.find(surface, hash) {
            Some(id) => self.bring_back(id, hash),
            None => self.learn(surface, hash),
        }
    }

    /// Hashes of a word's views.
    pub fn keys(&self, id: u32) -> &WordKeys {
        &self.young.words[id as usize].keys
    }

    /// Scores of all words from one word on: slots × labels of the first, then those of the others.
    #[inline(always)]
    pub fn scores_from(&self, id: u32) -> &[f32] {
        &self.young.scores[id as usize * N_SLOTS * self.n_labels..]
    }

    /// Reads the scores of words ahead of their sums, see [`touch`].
    #[inline(always)]
    pub fn touch(&self, ids: &[u32]) {
        let width = N_SLOTS * self.n_labels;
        let mut sum = 0.0;
        for &id in ids {
            sum += touch(&self.scores_from(id)[..width]);
        }
        std::hint::black_box(sum);
    }

    fn bring_back(&mut self, id: u32, hash: u64) -> u32 {
        // The empty form that stays behind is no token.
        let word = std::mem::take(&mut self.old.words[id as usize]);
        let width = N_SLOTS * self.n_labels;
        let start = id as usize * width;
        self.young
            .scores
            .extend_from_slice(&self.old.scores[start..start + width]);
        self.young.push(word, hash)
    }

    /// Computes a word's scores for every window slot.
    #[cold]
    fn learn(&mut self, surface: &str, hash: u64) -> u32 {
        let extractor = self.model.extractor();
        let word = extractor.word(surface);
        let attributes = &mut self.attributes;
        attributes.clear();
        extractor.word_attributes(&word, &mut WordHashes(attributes));
        let start = self.young.scores.len();
        self.young
            .scores
            .resize(start + N_SLOTS * self.n_labels, 0.0);
        let scores = &mut self.young.scores[start..];
        self.hashes.clear();
        let mut perhaps = [0_u64; 16];
        for &(hash, _) in attributes.iter() {
            // An n-gram may occur twice in a word. Training sees the set of a word's attributes, and so does tagging. The bits
            // tell most attributes from all before without a search.
            let (word, bit) = (hash as usize % 16, 1 << (hash >> 4 & 63));
            if perhaps[word] & bit != 0 && self.hashes.contains(&hash) {
                continue;
            }
            perhaps[word] |= bit;
            self.hashes.push(hash);
        }
        let table = self.model.table();
        table.add_word(&self.hashes, &mut self.cells, scores);
        let keys = extractor.keys(&word);
        let surface = surface.into();
        self.young.push(Remembered { surface, keys }, hash)
    }
}

#[cfg(test)]
mod tests {
    use super::super::judge::tests::model;
    use super::*;

    #[test]
    fn frequent_words_survive_any_number_of_others() {
        let model = model();
        let mut words = Words::new(&model);
        let width = N_SLOTS * model.labels().n_labels();
        let id = words.id("بيروت");
        let (keys, scores) = (
            words.keys(id).clone(),
            words.scores_from(id)[..width].to_vec(),
        );
        assert!(scores.iter().any(|&s| s != 0.0));
        for i in 0..3 * GENERATION / 1000 {
            words.make_room(1001);
            for k in 0..1000 {
                words.id(&format!("{}", i * 1000 + k));
            }
            let id = words.id("بيروت");
            assert_eq!(
                (words.keys(id), &words.scores_from(id)[..width]),
                (&keys, &scores[..])
            );
            assert!(words.young.words.len() <= GENERATION);
        }
    }
}
