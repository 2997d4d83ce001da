//! From a cross-validation to its report.

use super::{CURVE_PERCENTS, CrossValidation, Options, Run};
use crate::corpus::{Document, FoldUnit};
use crate::evaluate::{Breakdown, SeenRecall};
use crate::report::{
    Case, CrossValidationReport, CurvePoint, Design, FoldReport, Provenance, RunScores, ScoreRow,
    Scorecard, SpreadScores,
};

impl CrossValidation {
    /// Scores everything. `suspects` are the likely annotation errors that the report shows; 0 `resamples` leave out the
    /// intervals; `is_attached` as in [`Breakdown::new`].
    pub fn report(
        &self,
        documents: &[Document],
        options: &Options,
        resamples: usize,
        suspects: Vec<Case>,
        provenance: Provenance,
        is_attached: impl Fn(&str) -> bool,
    ) -> CrossValidationReport {
        let mut seen = SeenRecall::default();
        self.folds.iter().for_each(|run| seen.merge(&run.seen));
        let breakdown = Breakdown::new(documents, &self.predictions, is_attached);
        let scores: Vec<RunScores> = self.folds.iter().map(scores_of).collect();
        CrossValidationReport {
            schema: CrossValidationReport::SCHEMA,
            design: Design {
                folds: options.folds,
                repeats: options.repeats,
                seed: options.seed,
                unit: match self.unit {
                    FoldUnit::Document => "document",
                    FoldUnit::SentenceBlock => "sentence_block",
                },
            },
            folds: self.folds.iter().map(fold).collect(),
            spread: SpreadScores::new(&scores),
            pooled: Scorecard::new(&breakdown, Some(&seen), resamples, options.seed),
            learning_curve: self.curve(options),
            suspects,
            provenance,
        }
    }

    fn curve(&self, options: &Options) -> Vec<CurvePoint> {
        if !options.learning_curve {
            return Vec::new();
        }
        let point = |&percent: &u32| {
            let runs: Vec<&Run> = self
                .parts
                .iter()
                .chain(&self.folds)
                .filter(|run| run.job.percent == percent)
                .collect();
            let scores: Vec<RunScores> = runs.iter().map(|run| scores_of(run)).collect();
            let mean = |size: fn(&Run) -> usize| {
                runs.iter().map(|run| size(run)).sum::<usize>() as f64 / runs.len().max(1) as f64
            };
            CurvePoint {
                percent,
                train_tokens: mean(|run| run.train.tokens),
                train_entities: mean(|run| run.train.entities),
                scores: SpreadScores::new(&scores),
            }
        };
        CURVE_PERCENTS.iter().map(point).collect()
    }
}

fn scores_of(run: &Run) -> RunScores {
    RunScores::from(&run.evaluation)
}

fn fold(run: &Run) -> FoldReport {
    FoldReport {
        repeat: run.job.repeat + 1,
        fold: run.job.fold + 1,
        train: run.train,
        test: run.test,
        iterations: run.iterations,
        counts: ScoreRow::from(&run.evaluation.micro()),
        scores: scores_of(run),
    }
}
