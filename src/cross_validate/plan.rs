//! Which models are trained, and on which sentences.

use super::Options;
use crate::corpus::{Document, DocumentSlice, FoldUnit, Folds};
use crate::error::{Error, Result};
use crate::random::SplitMix64;

/// Shares of the training data that the learning curve is drawn over, in percent; the last is the fold's own model.
pub const CURVE_PERCENTS: [u32; 4] = [10, 25, 50, 100];
/// Training documents from which on parts of the data are whole documents; of fewer, they are sentences.
const MIN_DOCUMENTS: usize = 20;

/// One model of a cross-validation. Ordered by share, then repeat, then fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Job {
    /// Share of the training data in percent.
    pub percent: u32,
    /// Repeat, from 0.
    pub repeat: usize,
    /// Fold, from 0.
    pub fold: usize,
}

impl Job {
    /// Whether all of the fold's training data is used.
    pub fn is_whole(&self) -> bool {
        self.percent == 100
    }
}

/// All jobs, and the folds of each repeat.
#[derive(Debug)]
pub struct Plan {
    folds: Vec<Folds>,
    jobs: Vec<Job>,
    seed: u64,
}

impl Plan {
    /// Plans the folds of all repeats.
    pub fn new(documents: &[Document], options: &Options) -> Result<Self> {
        if options.repeats == 0 {
            return Err(Error::new("0 repeats are too few").expected("1 or more"));
        }
        let folds = (0..options.repeats)
            .map(|repeat| {
                let seed = options.seed.wrapping_add(repeat as u64);
                Folds::new(documents, options.folds, seed)
            })
            .collect::<Result<Vec<_>>>()?;
        let percents: &[u32] = if options.learning_curve {
            &CURVE_PERCENTS
        } else {
            &[100]
        };
        // The longest first, so that the threads end at about the same time.
        let mut jobs = Vec::new();
        for &percent in percents.iter().rev() {
            for repeat in 0..options.repeats {
                jobs.extend((0..options.folds).map(|fold| Job {
                    percent,
                    repeat,
                    fold,
                }));
            }
        }
        Ok(Self {
            folds,
            jobs,
            seed: options.seed,
        })
    }

    /// Jobs in the order in which they begin.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// Number of repeats.
    pub fn n_repeats(&self) -> usize {
        self.folds.len()
    }

    /// What folds are made of; the same in all repeats.
    pub fn unit(&self) -> FoldUnit {
        self.folds[0].unit()
    }

    /// Sentences that a job's model is tested on.
    pub fn test(&self, job: Job) -> Vec<DocumentSlice> {
        self.folds[job.repeat].test(job.fold)
    }

    /// Sentences that it is trained on. Those of a smaller share are among those of a larger one, so that the learning curve
    /// shows the size of the data and not the luck of the draw.
    pub fn train(&self, documents: &[Document], job: Job) -> Vec<DocumentSlice> {
        let all = self.folds[job.repeat].train(job.fold);
        if job.is_whole() {
            return all;
        }
        let mut units = if all.len() < MIN_DOCUMENTS {
            all.iter().flat_map(sentences_of).collect()
        } else {
            all
        };
        let has_tokens = |slice: &DocumentSlice| {
            let sentences = &documents[slice.document].sentences[slice.sentences.clone()];
            sentences.iter().any(|s| !s.tokens.is_empty())
        };
        units.retain(has_tokens);
        // A stream of its own for each fold, and the same for all shares.
        let stream = (job.repeat * self.folds[job.repeat].n_folds() + job.fold) as u64;
        let mut random = SplitMix64::new(self.seed ^ stream.wrapping_add(1).rotate_left(32));
        random.shuffle(&mut units);
        let n_kept = (units.len() * job.percent as usize).div_ceil(100);
        units.truncate(n_kept);
        units.sort_by_key(|slice| (slice.document, slice.sentences.start));
        units
    }
}

fn sentences_of(slice: &DocumentSlice) -> impl Iterator<Item = DocumentSlice> + use<> {
    let document = slice.document;
    slice.sentences.clone().map(move |s| DocumentSlice {
        document,
        sentences: s..s + 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;

    fn documents(n: usize) -> Vec<Document> {
        let sentence = Sentence {
            tokens: vec!["w".to_owned()],
            ..Sentence::default()
        };
        let mut document = Document::new("d");
        document.sentences = vec![sentence; 4];
        vec![document; n]
    }

    fn sentences(slices: &[DocumentSlice]) -> Vec<(usize, usize)> {
        let of = |s: &DocumentSlice| {
            s.sentences
                .clone()
                .map(|i| (s.document, i))
                .collect::<Vec<_>>()
        };
        slices.iter().flat_map(of).collect()
    }

    #[test]
    fn shares_are_nested_and_of_the_right_size() {
        for (n, unit) in [(40, 4), (5, 1)] {
            let documents = documents(n);
            let options = Options {
                folds: 4,
                learning_curve: true,
                ..Options::default()
            };
            let plan = Plan::new(&documents, &options).expect("enough");
            let job = |percent| Job {
                percent,
                repeat: 0,
                fold: 1,
            };
            let mut previous: Vec<(usize, usize)> = Vec::new();
            for percent in CURVE_PERCENTS {
                let kept = sentences(&plan.train(&documents, job(percent)));
                let total = sentences(&plan.train(&documents, job(100))).len();
                let exact = total as f64 * f64::from(percent) / 100.0;
                assert!(
                    kept.len() as f64 >= exact && (kept.len() as f64) < exact + f64::from(unit),
                    "{percent} % of {total} sentences in units of {unit}: {}",
                    kept.len()
                );
                assert!(
                    previous.iter().all(|s| kept.contains(s)),
                    "{percent} % lacks sentences of the share below"
                );
                assert!(kept.is_sorted(), "{kept:?}");
                previous = kept;
            }
        }
    }

    #[test]
    fn the_longest_jobs_begin_first() {
        let options = Options {
            folds: 2,
            repeats: 2,
            seed: 3,
            learning_curve: true,
        };
        let plan = Plan::new(&documents(9), &options).expect("enough");
        let percents: Vec<u32> = plan.jobs().iter().map(|j| j.percent).collect();
        assert_eq!(percents.len(), 16);
        assert!(percents.is_sorted_by(|a, b| a >= b), "{percents:?}");
        assert_ne!(plan.folds[0], plan.folds[1], "repeats have other folds");
    }
}
