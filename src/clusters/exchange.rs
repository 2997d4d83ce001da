//! Exchange clustering of words by both neighbours (Martin, Liermann and Ney 1998; Uszkoreit and Brants 2008).
//!
//! Words get the classes that make p(class | left neighbour) and p(class | right neighbour) most informative: the objective
//! is `Σ f(N(v,c)) + Σ f(N(c,u)) − 2 Σ f(N(c))` with `f(x) = x ln x` over the bigram counts N, the class side
//! predictive on each side. Every word in turn goes to the class where the objective is highest. Words are taken in fixed
//! batches: the best class of each is found in parallel against the counts before the batch, then the batch moves, so that
//! the result is the same for any number of threads.

use rayon::prelude::*;

use super::bigrams::Bigrams;
use super::class_counts::{ClassCounts, ClassSizes, Gains, Move};

/// Settings of a clustering run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchange {
    /// Number of classes, at most 65,535.
    pub classes: usize,
    /// Passes over the vocabulary.
    pub iterations: usize,
}

/// Words that move together: few enough that their moves hardly disturb one another.
const BATCH: usize = 64;
/// The run ends when a pass moves fewer than one in so many words: later passes hardly change what the classes tell.
const SETTLED: usize = 500;

impl Exchange {
    /// Clusters the words: each word with its class, from 1, most frequent words first. `watch` sees (pass, words moved).
    pub fn run(
        &self,
        bigrams: &Bigrams,
        mut watch: impl FnMut(usize, usize),
    ) -> Vec<(String, u16)> {
        let n = bigrams.words.len();
        let mut state = State::new(bigrams, self.classes.clamp(1, usize::from(u16::MAX)));
        let order: Vec<usize> = (0..n).collect();
        for pass in 1..=self.iterations {
            let mut moved = 0;
            for batch in order.chunks(BATCH) {
                let best: Vec<u16> = batch
                    .par_iter()
                    .map_init(Vec::new, |gains, &w| state.best_class(w, gains))
                    .collect();
                moved += state.move_words(batch.iter().copied().zip(best));
            }
            watch(pass, moved);
            if moved * SETTLED < n {
                break;
            }
        }
        let classes = state.class_of.iter().map(|c| c + 1);
        bigrams.words.iter().cloned().zip(classes).collect()
    }
}

/// Where every word is, and what follows from that.
#[derive(Debug)]
struct State<'b> {
    bigrams: &'b Bigrams,
    class_of: Vec<u16>,
    /// Per left neighbour v: N(v, class).
    left: ClassCounts,
    /// Per right neighbour u: N(class, u).
    right: ClassCounts,
    sizes: ClassSizes,
    gains: Gains,
}

impl<'b> State<'b> {
    /// Deals the words out to the classes in turn, most frequent first.
    fn new(bigrams: &'b Bigrams, classes: usize) -> Self {
        let class_of: Vec<u16> = (0..bigrams.words.len())
            .map(|w| (w % classes) as u16)
            .collect();
        let gains = Gains::new();
        let (left, right) = rayon::join(
            || ClassCounts::new(&bigrams.left, &class_of, classes, &gains),
            || ClassCounts::new(&bigrams.right, &class_of, classes, &gains),
        );
        let mut sizes = ClassSizes::new(classes);
        for (&class, &count) in class_of.iter().zip(&bigrams.counts) {
            sizes.add(class, i64::from(count));
        }
        Self {
            bigrams,
            class_of,
            left,
            right,
            sizes,
            gains,
        }
    }

    /// The class where the objective is highest with a word in it; the word's own where that is as good.
    fn best_class(&self, word: usize, gains: &mut Vec<f32>) -> u16 {
        let home = self.class_of[word];
        self.gains_of(word, gains);
        self.sizes
            .best_class(gains, self.bigrams.counts[word], home)
    }

    /// What a word adds to both sums over bigrams, per class that it might be in.
    fn gains_of(&self, word: usize, gains: &mut Vec<f32>) {
        let home = self.class_of[word];
        gains.clear();
        gains.resize(self.sizes.n_classes(), 0.0);
        let sides = [
            (&self.left, &self.bigrams.left),
            (&self.right, &self.bigrams.right),
        ];
        for (counts, neighbours) in sides {
            counts.add_gains(neighbours.of(word), home, &self.gains, gains);
        }
    }

    /// Puts words into classes; tells how many were in others.
    fn move_words(&mut self, classes: impl Iterator<Item = (usize, u16)>) -> usize {
        let mut moves = Vec::new();
        for (word, to) in classes {
            let from = std::mem::replace(&mut self.class_of[word], to);
            if from != to {
                let count = i64::from(self.bigrams.counts[word]);
                self.sizes.add(from, -count);
                self.sizes.add(to, count);
                moves.push(Move { word, from, to });
            }
        }
        let (left, right) = (&mut self.left, &mut self.right);
        rayon::join(
            || left.apply(&moves, &self.bigrams.left, &self.gains),
            || right.apply(&moves, &self.bigrams.right, &self.gains),
        );
        moves.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::clusters::BigramCounter;
    use crate::random::SplitMix64;

    /// Verbs stand between names and places: three classes that the neighbours give away.
    fn text() -> Bigrams {
        let mut random = SplitMix64::new(1);
        let mut counter = BigramCounter::default();
        for _ in 0..3000 {
            let words = [
                format!("name{}", random.below(10)),
                format!("verb{}", random.below(5)),
                format!("place{}", random.below(10)),
            ];
            counter.add(words.iter().map(String::as_str));
        }
        counter.finish(1, 1000)
    }

    fn cluster(threads: usize) -> Vec<(String, u16)> {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("a pool")
            .install(|| {
                let exchange = Exchange {
                    classes: 3,
                    iterations: 20,
                };
                exchange.run(&text(), |_, _| ())
            })
    }

    #[test]
    fn words_used_alike_share_a_class() {
        let classes: HashMap<String, u16> = cluster(1).into_iter().collect();
        for kind in ["name", "verb", "place"] {
            let first = classes[&format!("{kind}0")];
            let all: Vec<_> = classes
                .iter()
                .filter(|(w, _)| w.starts_with(kind))
                .collect();
            assert!(all.iter().all(|(_, c)| **c == first), "{all:?}");
        }
        assert_ne!(classes["name0"], classes["place0"]);
    }

    #[test]
    fn the_same_for_any_number_of_threads() {
        assert_eq!(cluster(1), cluster(2));
    }

    #[test]
    fn an_empty_text_has_no_words() {
        let exchange = Exchange {
            classes: 3,
            iterations: 2,
        };
        let bigrams = BigramCounter::default().finish(1, 10);
        assert!(exchange.run(&bigrams, |_, _| ()).is_empty());
    }

    /// Words of very different frequency, at random, with neighbours of every kind.
    fn random_text() -> Bigrams {
        let mut random = SplitMix64::new(7);
        let mut counter = BigramCounter::default();
        for _ in 0..4000 {
            let words: Vec<String> = (0..random.below(12))
                .map(|_| {
                    let rank = 1 << random.below(9);
                    format!("w{}", rank + random.below(rank))
                })
                .collect();
            counter.add(words.iter().map(String::as_str));
        }
        counter.finish(5, 300)
    }

    /// Σ f(N(v, c)) + Σ f(N(c, u)) − 2 Σ f(N(c)), from nothing but the classes.
    fn objective(bigrams: &Bigrams, class_of: &[u16]) -> f64 {
        let f = |n: &u32| f64::from(*n) * libm::log(f64::from(*n));
        let mut sum = 0.0;
        for side in [&bigrams.left, &bigrams.right] {
            let mut counts: HashMap<(u32, u16), u32> = HashMap::new();
            for (word, &class) in class_of.iter().enumerate() {
                for &(neighbour, count) in side.of(word) {
                    *counts.entry((neighbour, class)).or_default() += count;
                }
            }
            sum += counts.values().map(f).sum::<f64>();
        }
        let mut sizes: HashMap<u16, u32> = HashMap::new();
        for (&class, &count) in class_of.iter().zip(&bigrams.counts) {
            *sizes.entry(class).or_default() += count;
        }
        sum - 2.0 * sizes.values().map(f).sum::<f64>()
    }

    /// Also after many moves: the counts that are kept up to date are those of the classes.
    #[test]
    fn gains_are_differences_of_the_objective() {
        const CLASSES: usize = 12;
        let bigrams = random_text();
        let mut random = SplitMix64::new(3);
        let mut state = State::new(&bigrams, CLASSES);
        let mut gains = Vec::new();
        for round in 0..600 {
            let word = random.below(bigrams.n_words());
            let to = random.below(CLASSES) as u16;
            let home = state.class_of[word];
            state.gains_of(word, &mut gains);
            let value = |c| state.sizes.value(&gains, bigrams.counts[word], home, c);
            let expected = value(to) - value(home);
            let best = state.best_class(word, &mut Vec::new());
            let highest = (0..CLASSES as u16).map(value).fold(f64::MIN, f64::max);
            assert!(value(best) >= highest - 1e-5, "round {round}: not the best");
            // The objective from scratch is slow, and most rounds serve to move words.
            let before = (round % 20 == 0).then(|| objective(&bigrams, &state.class_of));
            state.move_words(std::iter::once((word, to)));
            if let Some(before) = before {
                let gained = objective(&bigrams, &state.class_of) - before;
                assert!(
                    (gained - expected).abs() < 0.02 + 1e-5 * gained.abs(),
                    "round {round}: gained {gained}, expected {expected}"
                );
            }
        }
    }

    #[test]
    fn passes_raise_the_objective() {
        let bigrams = random_text();
        let after = |iterations| {
            let classes = Exchange {
                classes: 12,
                iterations,
            }
            .run(&bigrams, |_, _| ());
            let class_of: Vec<u16> = classes.iter().map(|c| c.1).collect();
            objective(&bigrams, &class_of)
        };
        let (none, one, five) = (after(0), after(1), after(5));
        assert!(none < one && one < five, "{none} {one} {five}");
    }
}
