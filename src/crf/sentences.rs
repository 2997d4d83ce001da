//! What an evaluation does with sentences: emissions, forward-backward, residuals.

use std::ops::Range;

use super::dataset::Dataset;
use super::lattice::{Factors, Workspace, forward_backward};
use super::rows::{add_rows, touch};
use super::state_weights::StateWeights;

/// Everything that the shards of one evaluation share.
pub(super) struct Sentences<'a> {
    pub data: &'a Dataset,
    pub weights: &'a StateWeights,
    /// Scores of word rows: rows × stride.
    pub word_scores: &'a [f32],
    pub factors: &'a Factors,
    /// τ, previous × next, without padding.
    pub transitions: &'a [f64],
    pub miss_cost: f64,
}

/// What a shard's task writes to.
#[derive(Debug, Default)]
pub(super) struct ShardSums {
    workspace: Workspace,
    /// Emissions, then posterior probabilities, of a sentence: tokens × stride.
    scores: Vec<f64>,
    /// Expected label pairs without their transition factors: stride × stride.
    pub pairs: Vec<f64>,
}

impl Sentences<'_> {
    /// Writes the residuals p(y_t) − \[gold\] of a run of sentences, whole rows and those of label 0 once more by themselves, and
    /// returns their loss.
    #[inline(always)]
    pub fn run(
        &self,
        shard: Range<usize>,
        residuals: &mut [f32],
        residuals_of_first: &mut [f32],
        sums: &mut ShardSums,
    ) -> f64 {
        let (data, stride) = (self.data, self.factors.stride);
        let base = data.sentences[shard.start] as usize;
        sums.pairs.clear();
        sums.pairs.resize(stride * stride, 0.0);
        let mut loss = 0.0;
        for s in shard {
            let tokens = data.sentences[s] as usize..data.sentences[s + 1] as usize;
            let weight = data.sentence_weights[s];
            if sums.scores.len() < tokens.len() * stride {
                sums.scores.resize(tokens.len() * stride, 0.0);
            }
            let scores = &mut sums.scores[..tokens.len() * stride];
            let gold_score = self.score(tokens.clone(), scores);
            let log_z = forward_backward(
                self.factors,
                data.n_labels,
                weight,
                scores,
                &mut sums.pairs,
                &mut sums.workspace,
            );
            loss += weight * (log_z - gold_score);
            let rows = scores
                .chunks_exact_mut(stride)
                .zip(residuals[(tokens.start - base) * stride..].chunks_exact_mut(stride))
                .zip(&mut residuals_of_first[tokens.start - base..]);
            for (((p, residual), first), &gold) in rows.zip(&data.gold[tokens]) {
                p[usize::from(gold)] -= 1.0;
                for (r, p) in residual.iter_mut().zip(p) {
                    *r = (weight * *p) as f32;
                }
                *first = residual[0];
            }
        }
        loss
    }

    /// Fills the emissions of a sentence, −∞ in the padding, and returns the score of its gold labels.
    #[inline(always)]
    fn score(&self, tokens: Range<usize>, scores: &mut [f64]) -> f64 {
        let (data, stride) = (self.data, self.factors.stride);
        self.touch(tokens.clone());
        let mut gold_score = 0.0;
        let mut previous = None;
        for (t, row) in tokens.zip(scores.chunks_exact_mut(stride)) {
            self.emission(t, row);
            let gold = usize::from(data.gold[t]);
            gold_score += row[gold];
            if let Some(previous) = previous {
                gold_score += self.transitions[previous * data.n_labels + gold];
            }
            previous = Some(gold);
            if gold != 0 {
                row[0] += self.miss_cost;
            }
            row[data.n_labels..].fill(f64::NEG_INFINITY);
        }
        gold_score
    }

    /// Reads the word rows that a sentence needs ahead of their sums, see [`touch`].
    #[inline(always)]
    fn touch(&self, tokens: Range<usize>) {
        let width = self.data.n_slots * self.factors.stride;
        let mut sum = 0.0;
        for &word in &self.data.words[tokens] {
            let word = word as usize;
            sum += touch(&self.word_scores[word * width..(word + 1) * width]);
        }
        std::hint::black_box(sum);
    }

    /// Scores of token `t`: its window of word rows, then its own context columns.
    #[inline(always)]
    fn emission(&self, t: usize, scores: &mut [f64]) {
        let (data, stride) = (self.data, scores.len());
        let row = |slot: usize, seen: usize| {
            let row = data.words[seen] as usize * data.n_slots + slot;
            &self.word_scores[row * stride..(row + 1) * stride]
        };
        scores.fill(0.0);
        let (before, after) = data.room[t];
        let first = data.first_offset.max(-i32::from(before));
        let last = (data.first_offset + data.n_slots as i32 - 1).min(i32::from(after));
        let rows = (first..=last).map(|offset| {
            row(
                (offset - data.first_offset) as usize,
                (t as i64 + i64::from(offset)) as usize,
            )
        });
        add_rows(rows, scores);
        let columns = data.row_columns.row(data.n_word_rows() + t);
        self.weights.add(&data.columns, columns, scores);
    }
}
