//! The k folds of a cross-validation: whole documents where there are enough, else contiguous blocks of sentences.

use super::Document;
use crate::error::{Error, Result};
use crate::random::SplitMix64;
use std::cmp::Reverse;
use std::ops::Range;

/// What a fold is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FoldUnit {
    /// Whole documents.
    Document,
    /// Contiguous blocks of sentences, because there are fewer documents than folds.
    ///
    /// Neighbouring sentences speak of the same people; blocks keep them on one side, sentences drawn one by one would not.
    SentenceBlock,
}

/// A run of sentences of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSlice {
    /// Index of the document.
    pub document: usize,
    /// Sentences of it, half-open, never empty.
    pub sentences: Range<usize>,
}

impl DocumentSlice {
    /// The sentences as a document of their own, with the name and meta data of the one they are cut from.
    pub fn cut(&self, documents: &[Document]) -> Document {
        let document = &documents[self.document];
        Document {
            name: document.name.clone(),
            meta: document.meta.clone(),
            sentences: document.sentences[self.sentences.clone()].to_vec(),
        }
    }
}

/// A partition of all sentences into test sets, one a fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    k: usize,
    unit: FoldUnit,
    /// For each document, the fold of each of its sentences.
    fold_of: Vec<Vec<usize>>,
}

impl Folds {
    /// Splits documents into `n_folds` test sets of about as many tokens each; the seed alone decides which.
    ///
    /// Documents are shuffled, then given out in classes of size, the largest first, each to the fold with the fewest tokens so far. Blocks are cut
    /// from the sequence of all sentences, seen as a ring that starts at a random sentence.
    ///
    /// # Errors
    /// When `n_folds` is below 2 or above the number of sentences.
    pub fn new(documents: &[Document], n_folds: usize, seed: u64) -> Result<Self> {
        if n_folds < 2 {
            return Err(Error::new(format!("{n_folds} folds are too few")).expected("2 or more"));
        }
        let n_sentences: usize = documents.iter().map(|d| d.sentences.len()).sum();
        if n_sentences < n_folds {
            return Err(Error::new(format!(
                "{n_sentences} sentences are too few for {n_folds} folds"
            ))
            .expected("a sentence or more a fold")
            .hint("lower --folds, or give more data"));
        }
        let mut folds = Self {
            k: n_folds,
            unit: FoldUnit::Document,
            fold_of: documents
                .iter()
                .map(|d| vec![0; d.sentences.len()])
                .collect(),
        };
        let mut random = SplitMix64::new(seed);
        let n_documents = documents.iter().filter(|d| !d.sentences.is_empty()).count();
        if n_documents >= n_folds {
            folds.assign_documents(documents, &mut random);
        } else {
            folds.unit = FoldUnit::SentenceBlock;
            folds.assign_blocks(documents, n_sentences, &mut random);
        }
        Ok(folds)
    }

    fn assign_documents(&mut self, documents: &[Document], random: &mut SplitMix64) {
        let mut order: Vec<usize> = (0..documents.len())
            .filter(|&d| !documents[d].sentences.is_empty())
            .collect();
        random.shuffle(&mut order);
        // By doublings, not exactly: among documents that all differ in length, an exact order would undo the shuffle.
        order.sort_by_key(|&d| Reverse(documents[d].n_tokens().checked_ilog2()));
        // Tokens, then documents, so far: the second keeps folds from staying empty among documents without tokens.
        let mut load = vec![(0usize, 0usize); self.k];
        for d in order {
            let fold = (0..self.k).min_by_key(|&f| load[f]).unwrap_or(0);
            load[fold].0 += documents[d].n_tokens();
            load[fold].1 += 1;
            self.fold_of[d].fill(fold);
        }
    }

    fn assign_blocks(
        &mut self,
        documents: &[Document],
        n_sentences: usize,
        random: &mut SplitMix64,
    ) {
        let places = documents.iter().enumerate();
        let mut places: Vec<(usize, usize)> = places
            .flat_map(|(d, document)| (0..document.sentences.len()).map(move |s| (d, s)))
            .collect();
        places.rotate_left(random.below(n_sentences));
        let n_tokens = |&(d, s): &(usize, usize)| documents[d].sentences[s].tokens.len();
        let total: usize = places.iter().map(n_tokens).sum();
        let (mut fold, mut n_in_fold, mut n_given) = (0, 0, 0);
        for (i, place) in places.iter().enumerate() {
            // The next fold begins once this one has its share, and in time to leave a sentence for each that follows.
            let n_after = self.k - 1 - fold;
            let has_share = n_given * self.k >= total * (fold + 1) && n_in_fold > 0;
            let must_hurry = n_sentences - i <= n_after && n_in_fold > 0;
            if n_after > 0 && (has_share || must_hurry) {
                fold += 1;
                n_in_fold = 0;
            }
            self.fold_of[place.0][place.1] = fold;
            n_in_fold += 1;
            n_given += n_tokens(place);
        }
    }

    /// Number of folds.
    pub fn n_folds(&self) -> usize {
        self.k
    }

    /// What the folds are made of.
    pub fn unit(&self) -> FoldUnit {
        self.unit
    }

    /// The sentences that `fold` is tested on, in corpus order.
    pub fn test(&self, fold: usize) -> Vec<DocumentSlice> {
        self.slices(|f| f == fold)
    }

    /// The sentences that the model of `fold` is trained on: all others, in corpus order.
    pub fn train(&self, fold: usize) -> Vec<DocumentSlice> {
        self.slices(|f| f != fold)
    }

    fn slices(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<DocumentSlice> {
        let mut slices = Vec::new();
        for (document, folds) in self.fold_of.iter().enumerate() {
            let mut start = 0;
            for run in folds.chunk_by(|&a, &b| is_wanted(a) == is_wanted(b)) {
                let sentences = start..start + run.len();
                start = sentences.end;
                if is_wanted(run[0]) {
                    slices.push(DocumentSlice {
                        document,
                        sentences,
                    });
                }
            }
        }
        slices
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;
    use proptest::prelude::*;

    fn corpus(lengths: &[Vec<usize>]) -> Vec<Document> {
        let sentence = |&n: &usize| Sentence {
            tokens: vec!["w".to_owned(); n],
            ..Sentence::default()
        };
        let document = |sentences: &Vec<usize>| Document {
            sentences: sentences.iter().map(sentence).collect(),
            ..Document::default()
        };
        lengths.iter().map(document).collect()
    }

    fn tokens(documents: &[Document], slices: &[DocumentSlice]) -> usize {
        let sentences = |s: &DocumentSlice| &documents[s.document].sentences[s.sentences.clone()];
        slices
            .iter()
            .flat_map(|s| sentences(s).iter())
            .map(|s| s.tokens.len())
            .sum()
    }

    #[test]
    fn documents_stay_whole_and_folds_balanced() {
        let lengths: Vec<Vec<usize>> = (0..40).map(|i| vec![10; 1 + i % 7]).collect();
        let documents = corpus(&lengths);
        let folds = Folds::new(&documents, 10, 42).expect("enough documents");
        assert_eq!(folds.unit(), FoldUnit::Document);
        for fold in 0..10 {
            let test = folds.test(fold);
            for slice in &test {
                assert_eq!(
                    slice.sentences,
                    0..documents[slice.document].sentences.len()
                );
            }
            let n = tokens(&documents, &test);
            assert!(
                (130..=180).contains(&n),
                "fold {fold} has {n} of about 154 tokens"
            );
        }
        assert_eq!(folds, Folds::new(&documents, 10, 42).expect("again"));
        assert_ne!(folds, Folds::new(&documents, 10, 43).expect("another seed"));
    }

    #[test]
    fn the_seed_matters_though_no_two_documents_are_equally_long() {
        let lengths: Vec<Vec<usize>> = (0..24).map(|i| vec![100 + 17 * i]).collect();
        let documents = corpus(&lengths);
        let folds = |seed| Folds::new(&documents, 5, seed).expect("enough documents");
        assert_ne!(folds(1), folds(2));
        for fold in 0..5 {
            let n = tokens(&documents, &folds(1).test(fold));
            assert!(
                (1100..=1800).contains(&n),
                "fold {fold} has {n} of about 1420 tokens"
            );
        }
    }

    #[test]
    fn few_documents_are_cut_into_blocks() {
        let documents = corpus(&[vec![7; 100], vec![3; 50]]);
        let folds = Folds::new(&documents, 5, 1).expect("enough sentences");
        assert_eq!(folds.unit(), FoldUnit::SentenceBlock);
        for fold in 0..5 {
            let test = folds.test(fold);
            // A block may run over the ring's seam and over the border between the documents.
            assert!(test.len() <= 3, "{test:?}");
            assert!((160..=180).contains(&tokens(&documents, &test)), "{test:?}");
        }
        assert_ne!(folds, Folds::new(&documents, 5, 2).expect("another seed"));
    }

    #[test]
    fn too_few_are_errors() {
        let documents = corpus(&[vec![1, 1], vec![]]);
        for n_folds in [0, 1, 3] {
            let error = Folds::new(&documents, n_folds, 0)
                .expect_err("too few")
                .to_string();
            assert!(
                error.contains("too few") && error.contains("expected"),
                "{error}"
            );
        }
        assert!(Folds::new(&[], 2, 0).is_err());
        assert!(Folds::new(&documents, 2, 0).is_ok());
    }

    proptest! {
        #[test]
        fn folds_partition_the_sentences(
            lengths in prop::collection::vec(prop::collection::vec(0usize..20, 0..6), 0..9),
            n_folds in 2usize..8,
            seed in any::<u64>(),
        ) {
            let documents = corpus(&lengths);
            if let Ok(folds) = Folds::new(&documents, n_folds, seed) {
                let n_sentences: usize = lengths.iter().map(Vec::len).sum();
                let count = |slices: &[DocumentSlice]| slices.iter().map(|s| s.sentences.len()).sum::<usize>();
                let mut tested = 0;
                for fold in 0..n_folds {
                    let (test, train) = (count(&folds.test(fold)), count(&folds.train(fold)));
                    prop_assert!(test > 0, "fold {} is empty: {:?}", fold, folds);
                    prop_assert_eq!(test + train, n_sentences);
                    tested += test;
                }
                prop_assert_eq!(tested, n_sentences);
            }
        }
    }
}
