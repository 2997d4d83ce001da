//! Which label sequences are legal.

/// The legal label bigrams, first labels and last labels. Illegal paths have probability 0 in training and decoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grammar {
    n_labels: usize,
    follows: Vec<bool>,
    start: Vec<bool>,
    end: Vec<bool>,
}

impl Grammar {
    /// Every sequence is legal, as in CRFsuite.
    pub fn free(n_labels: usize) -> Self {
        Self::new(n_labels, |_, _| true, |_| true, |_| true)
    }

    /// A grammar from its three predicates: label `j` may follow label `i`, a sentence may start with `j`, or end with `i`.
    pub fn new(
        n_labels: usize,
        follows: impl Fn(usize, usize) -> bool,
        start: impl Fn(usize) -> bool,
        end: impl Fn(usize) -> bool,
    ) -> Self {
        Self {
            n_labels,
            follows: (0..n_labels * n_labels)
                .map(|k| follows(k / n_labels, k % n_labels))
                .collect(),
            start: (0..n_labels).map(start).collect(),
            end: (0..n_labels).map(end).collect(),
        }
    }

    /// Number of labels.
    pub fn n_labels(&self) -> usize {
        self.n_labels
    }

    /// Whether label `next` may follow label `previous`.
    pub fn follows(&self, previous: usize, next: usize) -> bool {
        self.follows[previous * self.n_labels + next]
    }

    /// Whether a sentence may start with the label.
    pub fn starts(&self, label: usize) -> bool {
        self.start[label]
    }

    /// Whether a sentence may end with the label.
    pub fn ends(&self, label: usize) -> bool {
        self.end[label]
    }

    /// Whether a whole sequence is legal.
    pub fn accepts(&self, labels: &[u8]) -> bool {
        labels.first().is_none_or(|&l| self.starts(l.into()))
            && labels.last().is_none_or(|&l| self.ends(l.into()))
            && labels
                .windows(2)
                .all(|w| self.follows(w[0].into(), w[1].into()))
    }
}
