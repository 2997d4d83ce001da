//! How often each neighbour stands beside each class, and what moving a word would gain.

use super::bigrams::Neighbours;

/// Numbers below this have f(n) tabulated in double precision: half a megabyte that stays in the cache.
const TABLE: usize = 1 << 16;
/// Counts of a bigram below this have gain tables of their own in single precision …
const SMALL: usize = 8;
/// … for counts of neighbour and class below this.
const SMALL_TABLE: usize = 1 << 12;
/// A neighbour gets a dense row when it has seen one in so many classes. Adding a row runs over all classes, but several at
/// a time.
const DENSE_SHARE: usize = 6;
/// Values that differ by less are equal: rounding must not move words to and fro.
const TIE: f64 = 1e-6;

/// f(n + count) − f(n) with f(x) = x ln x, tabulated where it is asked for most.
#[derive(Debug)]
pub(super) struct Gains {
    /// f(n) for n < `TABLE`.
    f: Vec<f64>,
    /// `small[count][n]` for count < `SMALL` and n < `SMALL_TABLE`.
    small: Vec<Vec<f32>>,
}

impl Gains {
    pub(super) fn new() -> Self {
        let f: Vec<f64> = (0..TABLE as u32).map(|n| x_log_x(f64::from(n))).collect();
        let small = (0..SMALL)
            .map(|count| {
                let after = f[count..].iter();
                let gains = after.zip(&f).map(|(after, before)| (after - before) as f32);
                gains.take(SMALL_TABLE).collect()
            })
            .collect();
        Self { f, small }
    }

    #[inline]
    fn of(&self, n: u32, count: u32) -> f32 {
        let small = self.small.get(count as usize);
        if let Some(gain) = small.and_then(|t| t.get(n as usize)) {
            return *gain;
        }
        self.of_large(n, count)
    }

    #[inline]
    fn of_large(&self, n: u32, count: u32) -> f32 {
        let after = self.f.get(n as usize + count as usize);
        if let (Some(after), Some(before)) = (after, self.f.get(n as usize)) {
            return (after - before) as f32;
        }
        let n = f64::from(n);
        (x_log_x(n + f64::from(count)) - x_log_x(n)) as f32
    }
}

fn x_log_x(n: f64) -> f64 {
    if n > 0.0 { n * libm::log(n) } else { 0.0 }
}

/// N(neighbour, class) of one side.
#[derive(Debug)]
pub(super) struct ClassCounts {
    classes: usize,
    rows: Vec<Row>,
}

/// A word that changes its class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Move {
    pub(super) word: usize,
    pub(super) from: u16,
    pub(super) to: u16,
}

/// The counts of one neighbour.
#[derive(Debug)]
enum Row {
    /// Of every class, for neighbours with many classes.
    Dense(Dense),
    /// Of the classes that it has, in no order.
    Sparse(Vec<(u16, u32)>),
}

/// Counts per class, and beside them what one more gains: most bigrams occur once, and the gains of all classes are then
/// added at one stroke.
#[derive(Debug)]
struct Dense {
    counts: Vec<u32>,
    ones: Vec<f32>,
}

impl Row {
    /// Adds to the count of a class; a list that grows long becomes a dense row.
    fn add(&mut self, class: u16, count: u32, classes: usize, gains: &Gains) {
        match self {
            Self::Dense(row) => row.set(class, row.counts[usize::from(class)] + count, gains),
            Self::Sparse(list) => {
                if let Some(entry) = list.iter_mut().find(|e| e.0 == class) {
                    entry.1 += count;
                    return;
                }
                list.push((class, count));
                if list.len() > classes / DENSE_SHARE {
                    *self = Self::Dense(Dense::new(list, classes, gains));
                }
            }
        }
    }

    /// Takes away from the count of a class, which has as many.
    fn take(&mut self, class: u16, count: u32, gains: &Gains) {
        match self {
            Self::Dense(row) => row.set(class, row.counts[usize::from(class)] - count, gains),
            Self::Sparse(list) => {
                if let Some(i) = list.iter().position(|e| e.0 == class) {
                    list[i].1 -= count;
                    if list[i].1 == 0 {
                        list.swap_remove(i);
                    }
                }
            }
        }
    }
}

impl ClassCounts {
    pub(super) fn new(
        neighbours: &Neighbours,
        class_of: &[u16],
        classes: usize,
        gains: &Gains,
    ) -> Self {
        // Two more neighbours than words: rare words and the sentence's edge.
        let rows = (0..class_of.len() + 2).map(|_| Row::Sparse(Vec::new()));
        let mut counts = Self {
            classes,
            rows: rows.collect(),
        };
        for (word, &class) in class_of.iter().enumerate() {
            for &(neighbour, count) in neighbours.of(word) {
                counts.rows[neighbour as usize].add(class, count, classes, gains);
            }
        }
        counts
    }

    /// Takes note of moves.
    pub(super) fn apply(&mut self, moves: &[Move], neighbours: &Neighbours, gains: &Gains) {
        for m in moves {
            for &(neighbour, count) in neighbours.of(m.word) {
                let row = &mut self.rows[neighbour as usize];
                row.take(m.from, count, gains);
                row.add(m.to, count, self.classes, gains);
            }
        }
    }

    /// Adds to `sums[c]` what putting a word with these neighbours into class c gains on this side. The word is counted in
    /// class `home` as yet.
    pub(super) fn add_gains(
        &self,
        neighbours: &[(u32, u32)],
        home: u16,
        gains: &Gains,
        sums: &mut [f32],
    ) {
        // Gain of a class that a neighbour has no count for; the same for every class, so added at the end.
        let mut empty = 0.0_f32;
        for &(neighbour, count) in neighbours {
            match &self.rows[neighbour as usize] {
                Row::Dense(row) => row.add_gains(count, home, gains, sums),
                Row::Sparse(list) => {
                    let fresh = gains.of(0, count);
                    empty += fresh;
                    for &(class, n) in list {
                        let n = if class == home { n - count } else { n };
                        sums[usize::from(class)] += gains.of(n, count) - fresh;
                    }
                }
            }
        }
        for sum in sums {
            *sum += empty;
        }
    }
}

impl Dense {
    fn new(list: &[(u16, u32)], classes: usize, gains: &Gains) -> Self {
        let mut counts = vec![0; classes];
        for &(class, n) in list {
            counts[usize::from(class)] = n;
        }
        let ones = counts.iter().map(|&n| gains.of(n, 1)).collect();
        Self { counts, ones }
    }

    fn set(&mut self, class: u16, n: u32, gains: &Gains) {
        self.counts[usize::from(class)] = n;
        self.ones[usize::from(class)] = gains.of(n, 1);
    }

    fn add_gains(&self, count: u32, home: u16, gains: &Gains, sums: &mut [f32]) {
        if count == 1 {
            for (sum, gain) in sums.iter_mut().zip(&self.ones) {
                *sum += gain;
            }
        } else if let Some(table) = gains.small.get(count as usize) {
            for (sum, &n) in sums.iter_mut().zip(&self.counts) {
                *sum += match table.get(n as usize) {
                    Some(gain) => *gain,
                    None => gains.of_large(n, count),
                };
            }
        } else {
            for (sum, &n) in sums.iter_mut().zip(&self.counts) {
                *sum += gains.of_large(n, count);
            }
        }
        let at_home = self.counts[usize::from(home)];
        sums[usize::from(home)] += gains.of(at_home - count, count) - gains.of(at_home, count);
    }
}

/// N(class), and what follows from it for moving words.
#[derive(Debug)]
pub(super) struct ClassSizes {
    sizes: Vec<i64>,
    /// f(N(c)).
    f: Vec<f64>,
    /// f′(N(c)) = ln N(c) + 1.
    slopes: Vec<f64>,
}

impl ClassSizes {
    pub(super) fn new(classes: usize) -> Self {
        Self {
            sizes: vec![0; classes],
            f: vec![0.0; classes],
            slopes: vec![f64::NEG_INFINITY; classes],
        }
    }

    pub(super) fn n_classes(&self) -> usize {
        self.sizes.len()
    }

    /// Adds occurrences of words to a class, or takes some away.
    pub(super) fn add(&mut self, class: u16, count: i64) {
        let class = usize::from(class);
        self.sizes[class] += count;
        let size = self.sizes[class] as f64;
        self.f[class] = x_log_x(size);
        self.slopes[class] = libm::log(size) + 1.0;
    }

    /// What a word that occurs `count` times and is in `home` as yet adds to the objective in a class: its gains on both
    /// sides less the penalty for the size of the class.
    pub(super) fn value(&self, gains: &[f32], count: u32, home: u16, class: u16) -> f64 {
        let c = usize::from(class);
        let size = self.sizes[c] as f64;
        let count = f64::from(count);
        let penalty = if class == home {
            self.f[c] - x_log_x(size - count)
        } else {
            x_log_x(size + count) - self.f[c]
        };
        f64::from(gains[c]) - 2.0 * penalty
    }

    /// The class of the highest value; `home` where it is as good.
    pub(super) fn best_class(&self, gains: &[f32], count: u32, home: u16) -> u16 {
        let mut best = (home, self.value(gains, count, home, home) + TIE);
        for class in 0..self.sizes.len() as u16 {
            let c = usize::from(class);
            // f is convex, so the penalty is at least count · f′: most classes are out without another logarithm.
            let at_most = f64::from(gains[c]) - 2.0 * f64::from(count) * self.slopes[c];
            if at_most <= best.1 || class == home {
                continue;
            }
            let value = self.value(gains, count, home, class);
            if value > best.1 {
                best = (class, value + TIE);
            }
        }
        best.0
    }
}
