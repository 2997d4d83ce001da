//! The CRFsuite library as the trainer.

mod crfsuite_support;

use std::ops::ControlFlow;

use crfsuite_support::{documents, resources};
use musamma::Result;
use musamma::config::{Algorithm, Config, Trainer};
use musamma::model::Model;
use musamma::train::{self, Options};

fn config(algorithm: Algorithm) -> Config {
    let mut config = Config::default();
    config.training.trainer = Trainer::Crfsuite;
    config.training.algorithm = algorithm;
    config
}

fn train(config: &Config, options: &Options<'_>) -> Result<Model> {
    let watch = |_: &train::Event| ControlFlow::Continue(());
    train::train(&documents(1, 80), config, &resources(), options, watch)
}

#[cfg(not(feature = "crfsuite"))]
#[test]
fn a_build_without_the_library_says_so() {
    let error = train(&config(Algorithm::Pa), &Options::default()).expect_err("not compiled in");
    let error = error.to_string();
    assert!(
        error.contains("no CRFsuite") && error.contains("--features crfsuite"),
        "{error}"
    );
}

#[cfg(feature = "crfsuite")]
mod with_library {
    use super::*;
    use musamma::crf::{
        Dataset, Grammar, LabelSpace, Objective, Optimiser, Progress, Regularisation, Weights,
    };
    use musamma::crfsuite;
    use musamma::label::Scheme;

    #[test]
    fn every_algorithm_gives_a_working_model() {
        for algorithm in [
            Algorithm::Lbfgs,
            Algorithm::L2sgd,
            Algorithm::Ap,
            Algorithm::Pa,
            Algorithm::Arow,
        ] {
            let model = train(&config(algorithm), &Options::default()).expect("a model");
            let f1 = train::score(&model, &documents(2, 80)).micro().scores().f1;
            assert!(f1 > Some(0.8), "{algorithm:?}: F1 {f1:?}");
            let names = model.named_weights().expect("names");
            assert!(names.iter().all(|n| n.0.contains('=')), "{algorithm:?}");
            assert!(model.manifest().loss.is_finite());
            // The others shuffle by the C library's random numbers, whose state is shared by the process.
            if algorithm == Algorithm::Lbfgs {
                let again = train(&config(algorithm), &Options::default()).expect("a model");
                assert!(
                    model.to_bytes().expect("bytes") == again.to_bytes().expect("bytes"),
                    "not deterministic"
                );
            }
        }
    }

    /// Without a grammar, which CRFsuite does not know, both trainers minimise one objective.
    #[test]
    fn both_trainers_find_one_minimum() {
        let mut config = config(Algorithm::Lbfgs);
        // Every label of this scheme occurs in the data; CRFsuite does not know others.
        config.scheme = Scheme::Iob2;
        let t = &mut config.training;
        (t.c1, t.c2, t.delta, t.max_iterations) = (0.0, 1.0, 1e-9, 2000);
        let model = train(&config, &Options::default()).expect("a model");
        let (labels, observations) =
            train::observations(&documents(1, 80), &config, &resources(), &[]).expect("a problem");
        let grammar = Grammar::free(labels.n_labels());
        let data = Dataset::new(observations, 1, LabelSpace::Observed, grammar);
        let regularisation = Regularisation {
            c1: 0.0,
            c2: 1.0,
            miss_cost: 0.0,
        };
        let optimiser = Optimiser {
            max_iterations: 2000,
            delta: 1e-9,
            ..Optimiser::default()
        };
        let mut x = vec![0.0; data.n_parameters()];
        let mut objective = Objective::new(&data, regularisation);
        let watch = |_: &Progress, _: &[f64]| ControlFlow::Continue(());
        let loss = optimiser.minimise(&mut objective, &mut x, watch).last.loss;
        let found = model.manifest().loss;
        assert!(
            (found - loss).abs() < 1e-6 * loss,
            "CRFsuite {found}, native {loss}"
        );
        assert_eq!(model.manifest().attributes, data.n_attributes());
        let weights = Weights::from_parameters(&data, &x);
        for (ours, theirs) in weights.transitions.iter().zip(model.transition_weights()) {
            assert!(
                (ours - theirs).abs() < 1e-2,
                "CRFsuite {theirs}, native {ours}"
            );
        }
    }

    #[test]
    fn what_crfsuite_cannot_do_is_refused() {
        let start = train(&config(Algorithm::Ap), &Options::default()).expect("a model");
        let refused = |config: &Config, options: &Options<'_>, what: &str| {
            let error = train(config, options).expect_err(what).to_string();
            assert!(error.contains(what) && error.contains("native"), "{error}");
        };
        let mut options = Options {
            start: Some(&start),
            ..Options::default()
        };
        let mut config = config(Algorithm::Lbfgs);
        refused(&config, &options, "continue from a model");
        options = Options::default();
        options.document_weights = &[0.5];
        refused(&config, &options, "weight");
        options = Options::default();
        config.training.patience = 3;
        refused(&config, &options, "patience");
        config.training.patience = 0;
        config.training.miss_cost = 1.0;
        refused(&config, &options, "miss_cost");
    }

    /// The defect that the wrapper's attribute codes evade, and that the reader reports: names whose length is a multiple of
    /// twelve bytes stand under a wrong hash in files of this library.
    #[test]
    fn the_library_misplaces_names_of_twelve_bytes() {
        use ::crfsuite::{Algorithm, Attribute, GraphicalModel, Trainer};
        let names: Vec<String> = (1..=40).map(|len| "n".repeat(len)).collect();
        let file = tempfile::NamedTempFile::new().expect("a file");
        let mut trainer = Trainer::new(false);
        trainer
            .select(Algorithm::LBFGS, GraphicalModel::CRF1D)
            .expect("known");
        for (i, name) in names.iter().enumerate() {
            let item = vec![Attribute::new(name.as_str(), 1.0)];
            trainer
                .append(&[item], &[["A", "B"][i % 2]], 0)
                .expect("appended");
        }
        trainer
            .train(file.path().to_str().expect("UTF-8"), -1)
            .expect("trained");
        let bytes = std::fs::read(file.path()).expect("a file");
        let imported = crfsuite::read(&bytes).expect("sound but for hashes");
        let mut found = imported.model.attributes;
        found.sort();
        assert_eq!(found, names);
        assert_eq!(imported.misplaced, 3, "of 12, 24 and 36 bytes");
    }
}
