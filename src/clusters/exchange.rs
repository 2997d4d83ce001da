//! Exchange clustering of words by both neighbours (Martin, Liermann and Ney 1998; Uszkoreit and Brants 2008).
//!
//! Words get the classes that make p(class | left neighbour) and p(class | right neighbour) most informative: the objective
//! is Σ_{v,c} f(N(v,c)) + Σ_{c,u} f(N(c,u)) − 2 Σ_c f(N(c)) with f(x) = x ln x over the bigram counts N, the class side
//! predictive on each side. Every word in turn goes to the class where the objective is highest. Words are taken in fixed
//! batches: the best class of each is found in parallel against the counts before the batch, then the batch moves, so that
//! the result is the same for any number of threads.

use std::collections::HashMap;

use rayon::prelude::*;

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
/// Bigram counts below this have their gain looked up.
const TABLE: usize = 1 << 14;
/// Moved counts below this have a gain table of their own.
const SMALL: usize = 4;

/// Word bigrams of a text over a vocabulary, indexed from both sides.
#[derive(Debug)]
pub struct Bigrams {
    /// Words, most frequent first.
    words: Vec<String>,
    /// Occurrences of each word.
    counts: Vec<u32>,
    /// Per word: (left neighbour, count).
    left: Neighbours,
    /// Per word: (right neighbour, count).
    right: Neighbours,
}

#[derive(Debug, Default)]
struct Neighbours {
    starts: Vec<usize>,
    items: Vec<(u32, u32)>,
}

impl Neighbours {
    fn of(&self, word: usize) -> &[(u32, u32)] {
        &self.items[self.starts[word]..self.starts[word + 1]]
    }

    /// From sorted (word, neighbour) pairs.
    fn new(pairs: &[u64], n_words: usize) -> Self {
        let mut items: Vec<(u32, u32)> = Vec::new();
        let mut starts = Vec::with_capacity(n_words + 1);
        let mut k = 0;
        for word in 0..n_words as u64 {
            starts.push(items.len());
            let first = items.len();
            while k < pairs.len() && pairs[k] >> 32 == word {
                let neighbour = pairs[k] as u32;
                match items[first..].last_mut() {
                    Some(last) if last.0 == neighbour => last.1 += 1,
                    _ => items.push((neighbour, 1)),
                }
                k += 1;
            }
        }
        starts.push(items.len());
        Self { starts, items }
    }
}

/// Collects sentences of normalised words.
#[derive(Debug, Default)]
pub struct BigramCounter {
    index: HashMap<String, u32>,
    counts: Vec<u32>,
    /// All sentences as word numbers, each followed by `END`.
    stream: Vec<u32>,
}

const END: u32 = u32::MAX;

impl BigramCounter {
    /// Adds a sentence.
    pub fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        for word in words {
            let id = if let Some(&id) = self.index.get(word) {
                id
            } else {
                let id = self.counts.len() as u32;
                self.index.insert(word.to_owned(), id);
                self.counts.push(0);
                id
            };
            self.counts[id as usize] += 1;
            self.stream.push(id);
        }
        self.stream.push(END);
    }

    /// Number of words added.
    pub fn n_tokens(&self) -> usize {
        self.counts.iter().map(|&c| c as usize).sum()
    }

    /// Bigrams of the words that occur at least `min_count` times, at most `max_words` of them. The beginning and the end of a
    /// sentence and all rarer words are neighbours too, each as one.
    pub fn finish(self, min_count: u32, max_words: usize) -> Bigrams {
        let mut words: Vec<(String, u32)> = self.index.into_iter().collect();
        words.sort_by(|a, b| {
            let count = |w: &(String, u32)| self.counts[w.1 as usize];
            count(b).cmp(&count(a)).then_with(|| a.0.cmp(&b.0))
        });
        words.retain(|w| self.counts[w.1 as usize] >= min_count);
        words.truncate(max_words);
        let n = words.len() as u32;
        let (rare, edge) = (n, n + 1);
        let mut rank = vec![rare; self.counts.len()];
        for (r, w) in words.iter().enumerate() {
            rank[w.1 as usize] = r as u32;
        }
        let counts = words.iter().map(|w| self.counts[w.1 as usize]).collect();
        let mut left = Vec::with_capacity(self.stream.len());
        let mut right = Vec::with_capacity(self.stream.len());
        let mut previous = edge;
        for &id in &self.stream {
            let word = if id == END { edge } else { rank[id as usize] };
            if previous < n {
                right.push(u64::from(previous) << 32 | u64::from(word));
            }
            if word < n {
                left.push(u64::from(word) << 32 | u64::from(previous));
            }
            previous = word;
        }
        left.par_sort_unstable();
        right.par_sort_unstable();
        Bigrams {
            words: words.into_iter().map(|w| w.0).collect(),
            counts,
            left: Neighbours::new(&left, n as usize),
            right: Neighbours::new(&right, n as usize),
        }
    }
}

/// N(neighbour, class) of one side: a dense row for neighbours with many classes, a short list for the others.
#[derive(Debug)]
struct ClassCounts {
    classes: usize,
    rows: Vec<Row>,
}

#[derive(Debug)]
enum Row {
    Dense(Vec<u32>),
    Sparse(Vec<(u16, u32)>),
}

impl ClassCounts {
    fn new(neighbours: &Neighbours, n_words: usize, class_of: &[u16], classes: usize) -> Self {
        // Two more neighbours than words: rare words and the sentence's edge.
        let mut rows: Vec<Row> = (0..n_words + 2).map(|_| Row::Sparse(Vec::new())).collect();
        for (word, &class) in class_of.iter().enumerate() {
            for &(neighbour, count) in neighbours.of(word) {
                add(
                    &mut rows[neighbour as usize],
                    class,
                    i64::from(count),
                    classes,
                );
            }
        }
        Self { classes, rows }
    }

    fn move_word(&mut self, neighbours: &[(u32, u32)], from: u16, to: u16) {
        for &(neighbour, count) in neighbours {
            let row = &mut self.rows[neighbour as usize];
            add(row, from, -i64::from(count), self.classes);
            add(row, to, i64::from(count), self.classes);
        }
    }

    /// Adds to `gains[c]` what putting a word with these neighbours into class c gains on this side. The word is counted in
    /// class `home` as yet.
    fn add_gains(&self, neighbours: &[(u32, u32)], home: u16, tables: &Tables, gains: &mut [f32]) {
        // Gain of a class that a neighbour has no count for; the same for every class, so added at the end.
        let mut empty = 0.0_f32;
        for &(neighbour, count) in neighbours {
            let fresh = tables.gain(0, count);
            match &self.rows[neighbour as usize] {
                Row::Dense(row) => {
                    if let Some(table) = tables.small.get(count as usize) {
                        for (gain, &n) in gains.iter_mut().zip(row) {
                            *gain += table
                                .get(n as usize)
                                .copied()
                                .unwrap_or_else(|| slope(n, count));
                        }
                    } else {
                        for (gain, &n) in gains.iter_mut().zip(row) {
                            *gain += tables.gain(n, count);
                        }
                    }
                    let at_home = row[usize::from(home)];
                    gains[usize::from(home)] +=
                        tables.gain(at_home - count, count) - tables.gain(at_home, count);
                }
                Row::Sparse(list) => {
                    empty += fresh;
                    for &(class, n) in list {
                        let n = if class == home { n - count } else { n };
                        gains[usize::from(class)] += tables.gain(n, count) - fresh;
                    }
                }
            }
        }
        for gain in gains {
            *gain += empty;
        }
    }
}

/// Adds to a row's count of a class; a list that grows long becomes a dense row.
fn add(row: &mut Row, class: u16, count: i64, classes: usize) {
    let changed = |n: u32| (i64::from(n) + count).max(0) as u32;
    match row {
        Row::Dense(counts) => counts[usize::from(class)] = changed(counts[usize::from(class)]),
        Row::Sparse(list) => {
            if let Some(i) = list.iter().position(|e| e.0 == class) {
                list[i].1 = changed(list[i].1);
                if list[i].1 == 0 {
                    list.swap_remove(i);
                }
            } else if count > 0 {
                list.push((class, changed(0)));
                if list.len() > classes / 3 {
                    let mut dense = vec![0; classes];
                    for &(class, n) in list.iter() {
                        dense[usize::from(class)] = n;
                    }
                    *row = Row::Dense(dense);
                }
            }
        }
    }
}

/// f(n + count) − f(n), tabulated where it is asked for most.
#[derive(Debug)]
struct Tables {
    /// f(n) for n < `TABLE`.
    f: Vec<f32>,
    /// `small[count][n]`, for small counts.
    small: Vec<Vec<f32>>,
}

impl Tables {
    fn new() -> Self {
        Self {
            f: (0..TABLE as u32).map(|n| x_log_x(n) as f32).collect(),
            small: (0..SMALL as u32)
                .map(|count| (0..TABLE as u32).map(|n| slope(n, count)).collect())
                .collect(),
        }
    }

    fn gain(&self, n: u32, count: u32) -> f32 {
        if let Some(g) = self
            .small
            .get(count as usize)
            .and_then(|t| t.get(n as usize))
        {
            return *g;
        }
        match (self.f.get((n + count) as usize), self.f.get(n as usize)) {
            // Differences of large values would lose digits in single precision.
            (Some(after), Some(before)) if n < 256 => after - before,
            _ => slope(n, count),
        }
    }
}

fn x_log_x(n: u32) -> f64 {
    let n = f64::from(n);
    if n > 0.0 { n * libm::log(n) } else { 0.0 }
}

fn slope(n: u32, count: u32) -> f32 {
    (x_log_x(n + count) - x_log_x(n)) as f32
}

impl Exchange {
    /// Clusters the words: each word with its class, from 1, most frequent words first. `watch` sees (pass, words moved).
    pub fn run(
        &self,
        bigrams: &Bigrams,
        mut watch: impl FnMut(usize, usize),
    ) -> Vec<(String, u16)> {
        let n = bigrams.words.len();
        let classes = self.classes.clamp(1, usize::from(u16::MAX));
        let mut class_of: Vec<u16> = (0..n).map(|w| (w % classes) as u16).collect();
        let mut sizes = vec![0_i64; classes];
        for (w, &c) in class_of.iter().enumerate() {
            sizes[usize::from(c)] += i64::from(bigrams.counts[w]);
        }
        let tables = Tables::new();
        let mut left = ClassCounts::new(&bigrams.left, n, &class_of, classes);
        let mut right = ClassCounts::new(&bigrams.right, n, &class_of, classes);
        let order: Vec<usize> = (0..n).collect();
        for pass in 1..=self.iterations {
            let mut moved = 0;
            for batch in order.chunks(BATCH) {
                let best: Vec<u16> = batch
                    .par_iter()
                    .map_init(
                        || vec![0.0_f32; classes],
                        |gains, &w| {
                            let home = class_of[w];
                            gains.fill(0.0);
                            left.add_gains(bigrams.left.of(w), home, &tables, gains);
                            right.add_gains(bigrams.right.of(w), home, &tables, gains);
                            best_class(gains, &sizes, i64::from(bigrams.counts[w]), home)
                        },
                    )
                    .collect();
                for (&w, to) in batch.iter().zip(best) {
                    let from = class_of[w];
                    if from == to {
                        continue;
                    }
                    left.move_word(bigrams.left.of(w), from, to);
                    right.move_word(bigrams.right.of(w), from, to);
                    sizes[usize::from(from)] -= i64::from(bigrams.counts[w]);
                    sizes[usize::from(to)] += i64::from(bigrams.counts[w]);
                    class_of[w] = to;
                    moved += 1;
                }
            }
            watch(pass, moved);
            if moved * 500 < n {
                break;
            }
        }
        bigrams
            .words
            .iter()
            .cloned()
            .zip(class_of.iter().map(|c| c + 1))
            .collect()
    }
}

/// The class with the highest gain after the penalty for its size; the word's own where it is as good.
fn best_class(gains: &[f32], sizes: &[i64], count: i64, home: u16) -> u16 {
    let total = |c: usize| {
        let size = if c == usize::from(home) {
            sizes[c] - count
        } else {
            sizes[c]
        };
        let f = |n: i64| {
            if n > 0 {
                n as f64 * libm::log(n as f64)
            } else {
                0.0
            }
        };
        f64::from(gains[c]) - 2.0 * (f(size + count) - f(size))
    };
    let mut best = (home, total(usize::from(home)));
    for c in 0..gains.len() {
        let value = total(c);
        if value > best.1 + 1e-6 {
            best = (c as u16, value);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
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
}
