//! The native trainer: L-BFGS over the factorised likelihood, see [`crate::crf`].

use std::ops::ControlFlow;

use super::{Event, Fitted, Problem, Watch, announce, score};
use crate::crf::{Dataset, Objective, Optimiser, Regularisation, Stop, Weights, warm_start};
use crate::error::{Error, Result};
use crate::evaluate::Scores;
use crate::label::LabelSet;
use crate::model::{Manifest, Model, grammar};

/// Estimates the weights; measures on the dev documents while it does, where there are any.
pub fn fit(problem: Problem<'_>, watch: Watch<'_>) -> Result<Fitted> {
    let Problem {
        observations,
        config,
        labels,
        resources,
        options,
    } = problem;
    let t = &config.training;
    let data = Dataset::new(observations, t.min_count, t.label_space, grammar(labels));
    announce(&data, watch)?;
    let mut x = match options.start {
        Some(model) => start_from(model, &data, labels)?,
        None => vec![0.0; data.n_parameters()],
    };
    let mut objective = Objective::new(
        &data,
        Regularisation {
            c1: t.c1,
            c2: t.c2,
            miss_cost: t.miss_cost,
        },
    );
    let optimiser = Optimiser {
        max_iterations: t.max_iterations,
        memory: t.memory,
        delta: t.delta,
        period: t.period,
        epsilon: Optimiser::default().epsilon,
    };
    // F1 on the dev documents and the parameters that reached it.
    let mut best: Option<(f64, Vec<f64>)> = None;
    let mut waiting = 0;
    let mut failed = None;
    let measure = |x: &[f64], documents| -> Result<Scores> {
        let model = Model::new(
            Manifest::default(),
            config.clone(),
            labels.clone(),
            resources.clone(),
            &Weights::from_parameters(&data, x),
            &[],
        )?;
        Ok(score(&model, documents).micro().scores())
    };
    let summary = optimiser.minimise(&mut objective, &mut x, |progress, x| {
        let mut dev = None;
        if let Some(documents) = options.dev
            && progress.iteration % t.dev_every == 0
        {
            match measure(x, documents) {
                Ok(scores) => dev = Some(scores),
                Err(e) => {
                    failed = Some(e);
                    return ControlFlow::Break(());
                }
            }
        }
        let event = Event::Iteration {
            progress: *progress,
            dev,
        };
        if watch(&event).is_break() {
            return ControlFlow::Break(());
        }
        if let (Some(scores), true) = (dev, t.patience > 0) {
            let f1 = scores.f1.unwrap_or(0.0);
            if best.as_ref().is_none_or(|b| f1 > b.0) {
                best = Some((f1, x.to_vec()));
                waiting = 0;
            } else {
                waiting += 1;
                if waiting >= t.patience {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    });
    if let Some(error) = failed {
        return Err(error);
    }
    let kept_best = best.is_some();
    if let Some((_, parameters)) = best {
        x = parameters;
    }
    Ok(Fitted {
        weights: Weights::from_parameters(&data, &x),
        iterations: summary.last.iteration,
        loss: summary.last.loss,
        stop: match (summary.stop, kept_best) {
            (Stop::Converged, _) => "converged",
            (Stop::Iterations, _) => "maximum of iterations",
            (Stop::NoProgress, _) => "no further progress",
            (Stop::Caller, true) => "no better on the dev data",
            (Stop::Caller, false) => "stopped by the caller",
        },
        attributes: data.n_attributes(),
        columns: data.n_columns(),
    })
}

/// The parameters of a model, where the data has them too.
fn start_from(model: &Model, data: &Dataset, labels: &LabelSet) -> Result<Vec<f64>> {
    if model.labels() != labels {
        return Err(Error::new("the model to continue from has other labels")
            .expected(format!(
                "{} in {:?}",
                labels.kinds().join(", "),
                labels.scheme()
            ))
            .hint(format!("it has {}", model.labels().kinds().join(", "))));
    }
    Ok(warm_start(
        data,
        |hash| model.table().weights(hash),
        model.transition_weights(),
    ))
}
