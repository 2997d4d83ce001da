//! CRFsuite as the trainer.

use super::{Fitted, Problem, Watch};
use crate::error::{Error, Result};

/// Estimates the weights with CRFsuite.
///
/// # Errors
/// In builds without the feature `crfsuite`, and for what CRFsuite cannot do: continue from a model, weigh documents, stop by
/// dev data, cost-sensitive training.
#[cfg(not(feature = "crfsuite"))]
pub fn fit(_: Problem<'_>, _: Watch<'_>) -> Result<Fitted> {
    Err(
        Error::new("this build has no CRFsuite, which training.trainer asks for")
            .hint("cargo install musamma --features crfsuite, or training.trainer = \"native\""),
    )
}

#[cfg(feature = "crfsuite")]
pub use with_library::fit;

#[cfg(feature = "crfsuite")]
mod with_library {
    use super::{Error, Fitted, Problem, Result, Watch};
    use crate::config::Algorithm;
    use crate::crf::{Dataset, Grammar, Objective, Regularisation, Weights, expand, warm_start};
    use crate::crfsuite::library;
    use crate::train::announce;

    /// Estimates the weights with CRFsuite.
    pub fn fit(problem: Problem<'_>, watch: Watch<'_>) -> Result<Fitted> {
        refuse_the_impossible(&problem)?;
        let t = &problem.config.training;
        let observations = problem.observations;
        let items = expand(&observations, t.min_count);
        let n_labels = observations.n_labels;
        // CRFsuite knows no grammar, and no label that does not occur.
        let mut occurs = vec![false; n_labels];
        for &label in &observations.gold {
            occurs[usize::from(label)] = true;
        }
        let follows = |i: usize, j: usize| occurs[i] && occurs[j];
        let grammar = Grammar::new(n_labels, follows, |j| occurs[j], |_| true);
        let (gold, sentences) = (observations.gold.clone(), observations.sentences.clone());
        let data = Dataset::new(observations, t.min_count, t.label_space, grammar);
        announce(&data, watch)?;
        let model = library::train(&items, &gold, &sentences, t)?;
        let weights = library::weights(&model, &items, n_labels)?;
        Ok(Fitted {
            loss: loss(&data, &weights, penalties(t.algorithm, t.c1, t.c2)),
            weights,
            // The library does not tell.
            iterations: 0,
            stop: "CRFsuite saw fit to end; it does not tell the iterations",
            attributes: data.n_attributes(),
            columns: data.n_columns(),
        })
    }

    fn refuse_the_impossible(problem: &Problem<'_>) -> Result<()> {
        let (t, options) = (&problem.config.training, problem.options);
        let what = if options.start.is_some() {
            "continue from a model"
        } else if options.document_weights.iter().any(|&w| w != 1.0) {
            "give documents a weight (`# weight = …`)"
        } else if t.patience > 0 {
            "stop by the scores on dev data (training.patience)"
        } else if t.miss_cost > 0.0 {
            "train with training.miss_cost"
        } else {
            return Ok(());
        };
        Err(Error::new(format!("CRFsuite cannot {what}")).hint("training.trainer = \"native\" can"))
    }

    /// The penalties that an algorithm of CRFsuite knows.
    fn penalties(algorithm: Algorithm, c1: f64, c2: f64) -> Regularisation {
        let (c1, c2) = match algorithm {
            Algorithm::Lbfgs => (c1, c2),
            Algorithm::L2sgd => (0.0, c2),
            Algorithm::Ap | Algorithm::Pa | Algorithm::Arow => (0.0, 0.0),
        };
        Regularisation {
            c1,
            c2,
            miss_cost: 0.0,
        }
    }

    /// The objective at the weights found, with the penalties that the algorithm minimised: comparable between trainers.
    fn loss(data: &Dataset, weights: &Weights, penalties: Regularisation) -> f64 {
        let of = |hash| {
            let first = weights.state.partition_point(|w| w.hash < hash);
            weights.state[first..]
                .iter()
                .take_while(|w| w.hash == hash)
                .map(|w| (w.slot, w.label, w.weight))
                .collect()
        };
        let x = warm_start(data, of, &weights.transitions);
        let mut objective = Objective::new(data, penalties);
        let mut gradient = vec![0.0; x.len()];
        let smooth = objective.evaluate(&x, &mut gradient);
        let l1 = objective.l1_weights();
        smooth + x.iter().zip(&l1).map(|(x, c)| c * x.abs()).sum::<f64>()
    }
}
