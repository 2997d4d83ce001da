//! Small random problems and brute force over all paths, for the tests of this room.

use super::csr::Csr;
use super::dataset::Observations;
use super::grammar::Grammar;

/// A small reproducible generator (splitmix64, Steele et al. 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Uniform in −1..1.
    pub fn signed(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// IOB2 with one type: O, B, I.
pub fn iob2() -> Grammar {
    Grammar::new(3, |i, j| j != 2 || i != 0, |j| j != 2, |_| true)
}

/// Random sentences whose gold labels are legal in [`iob2`]; window −1..=1.
pub fn observations(seed: u64, n_sentences: usize, n_words: usize) -> Observations {
    let mut random = Random(seed);
    let mut word_attributes = Csr::default();
    for w in 0..n_words {
        word_attributes.push_row((0..4).map(|k| {
            let shared = (random.below(6) + 100) as u64;
            if k == 0 {
                (w as u64, 7)
            } else {
                (shared, 1 + random.below(7) as u8)
            }
        }));
    }
    let mut o = Observations {
        n_labels: 3,
        offsets: -1..=1,
        word_attributes,
        context_attributes: Csr::default(),
        words: Vec::new(),
        gold: Vec::new(),
        sentences: vec![0],
        weights: Vec::new(),
    };
    for s in 0..n_sentences {
        let mut previous = 0;
        for _ in 0..=random.below(6) {
            o.words.push(random.below(n_words) as u32);
            previous = if previous == 0 {
                random.below(2)
            } else {
                random.below(3)
            } as u8;
            o.gold.push(previous);
            let shared = 1000 + random.below(5) as u64;
            o.context_attributes.push_row([shared]);
        }
        o.sentences.push(o.words.len() as u32);
        o.weights.push(if s % 3 == 0 { 0.5 } else { 1.0 });
    }
    o
}

/// Every label sequence of a length.
pub fn all_paths(n_labels: usize, len: usize) -> Vec<Vec<u8>> {
    (0..len).fold(vec![Vec::new()], |paths, _| {
        paths
            .iter()
            .flat_map(|p| {
                (0..n_labels as u8).map(move |l| {
                    let mut longer = p.clone();
                    longer.push(l);
                    longer
                })
            })
            .collect()
    })
}
