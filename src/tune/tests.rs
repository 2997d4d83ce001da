use super::*;
use crate::clusters::Lexicon;
use crate::corpus::testing;
use crate::cross_validate::{self, cross_validate};
use crate::report::Provenance;
use std::sync::Mutex;

/// Short news of the same make with other names in each; some names are rare.
fn documents(n: usize) -> Vec<Document> {
    let people = ["سامي", "هدى", "كمال", "ليلى", "نادر", "رشا", "فادي"];
    let places = ["صور", "حماة", "طنجة", "قنا", "سوسة"];
    let sentence = |i: usize, text: &str| {
        let person = people[i * i % people.len()];
        testing::sentence(text, person, places[i * 3 % places.len()])
    };
    let texts = [
        "وصل شخص إلى مكان أمس",
        "قال شخص إن الطقس جميل في مكان",
        "زار مكان وفد كبير برئاسة شخص",
        "عاد شخص",
    ];
    let document = |i: usize| Document {
        name: format!("d{i}"),
        sentences: (0..2)
            .map(|s| sentence(i + s, texts[(i + s) % 4]))
            .collect(),
        ..Document::default()
    };
    (0..n).map(document).collect()
}

fn resources() -> Resources {
    Resources::compile(&[], &Lexicon::default()).expect("empty resources")
}

fn start() -> Config {
    let mut config = Config::default();
    config.training.max_iterations = 16;
    config
}

fn search(documents: &[Document], options: &Options<'_>) -> Result<Tuning> {
    let go_on = |_: &Event| ControlFlow::Continue(());
    tune(documents, &start(), &resources(), options, &go_on)
}

fn by_folds(trials: usize) -> Options<'static> {
    Options {
        measure: Measure::Folds(3),
        trials,
        seed: 5,
    }
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let documents = documents(15);
    let (train, dev) = documents.split_at(10);
    let on_dev = Options {
        measure: Measure::Dev(dev),
        ..by_folds(6)
    };
    for (documents, options) in [(&documents[..], by_folds(6)), (train, on_dev)] {
        let run = |threads| {
            let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = builder.build().expect("a pool");
            pool.install(|| search(documents, &options)).expect("tunes")
        };
        let one = run(1);
        assert_eq!(one, run(3), "{options:?}");
        assert_eq!(one.rungs, [2, 4, 8, 16]);
        assert_eq!(one.trials.len(), 6);
        let order: Vec<(usize, f64)> = one
            .trials
            .iter()
            .map(|t| (t.rung, t.counts.f1().expect("defined")))
            .collect();
        assert!(order.is_sorted_by(|a, b| a >= b), "{order:?}");
        assert_eq!(one.start().rung, 3, "the start is kept to the end");
        assert_eq!(one.start().config, start());
        assert!(one.start().changes.is_empty());
    }
}

#[test]
fn scores_are_those_of_cross_validation_and_of_training() {
    let documents = documents(15);
    let tuning = search(&documents, &by_folds(4)).expect("tunes");
    let last: Vec<&Trial> = tuning.trials.iter().filter(|t| t.rung == 2).collect();
    assert_eq!(last.len(), 2, "the start and another");
    let options = cross_validate::Options {
        folds: 3,
        seed: 5,
        ..cross_validate::Options::default()
    };
    let go_on = |_: &cross_validate::Event| ControlFlow::Continue(());
    for trial in last {
        let all = cross_validate(&documents, &trial.config, &resources(), &options, &go_on)
            .expect("cross-validates");
        let pooled = Breakdown::new(&documents, &all.predictions, |_| false);
        assert_eq!(pooled.evaluation.micro(), trial.counts);
        assert_eq!(pooled.units(None), (tuning.unit, trial.units.clone()));
    }
    let (train, dev) = documents.split_at(10);
    let options = Options {
        measure: Measure::Dev(dev),
        ..by_folds(4)
    };
    let tuning = search(train, &options).expect("tunes");
    for trial in tuning.trials.iter().filter(|t| t.rung == 2) {
        let plain = train::Options::default();
        let go_on = |_: &train::Event| ControlFlow::Continue(());
        let model = train::train(train, &trial.config, &resources(), &plain, go_on);
        let model = model.expect("trains");
        assert_eq!(train::score(&model, dev).micro(), trial.counts);
    }
}

#[test]
fn the_report_compares_the_best_with_the_start() {
    let documents = documents(15);
    let options = by_folds(6);
    let tuning = search(&documents, &options).expect("tunes");
    let report = tuning
        .report(&options, Provenance::default())
        .expect("a report");
    assert_eq!(report.best, tuning.best().config);
    assert_eq!(report.trials[0].trial, tuning.best().number + 1);
    let of_start = report.trials.iter().find(|t| t.trial == 1).expect("there");
    match &report.gain {
        Some(gain) => {
            let difference = report.trials[0].scores.f1 - of_start.scores.f1;
            assert!((gain.f1.difference - difference).abs() < 1e-12);
            assert_eq!(gain.compared, 5);
        }
        None => assert_eq!(report.trials[0].trial, 1),
    }
    assert!(of_start.scores.interval.is_some());
    let n_intervals = report.trials.iter().filter(|t| t.scores.interval.is_some());
    assert!(n_intervals.count() <= 2);
}

#[test]
fn every_training_is_told() {
    let documents = documents(9);
    let seen = Mutex::new(Vec::new());
    let watch = |event: &Event| {
        seen.lock().expect("no panic").push(event.clone());
        ControlFlow::Continue(())
    };
    tune(&documents, &start(), &resources(), &by_folds(4), &watch).expect("tunes");
    let seen = seen.into_inner().expect("no panic");
    let rungs: Vec<(usize, usize, usize)> = seen
        .iter()
        .filter_map(|event| match event {
            Event::Rung {
                iterations,
                trials,
                trainings,
                ..
            } => Some((*iterations, *trials, *trainings)),
            _ => None,
        })
        .collect();
    assert_eq!(rungs, [(4, 4, 12), (8, 3, 9), (16, 2, 6)]);
    let count = |is: fn(&Event) -> bool| seen.iter().filter(|e| is(e)).count();
    assert_eq!(count(|e| matches!(e, Event::Finished(..))), 27);
    assert_eq!(count(|e| matches!(e, Event::Ranked { .. })), 3);
}

#[test]
fn a_search_can_be_stopped_and_refuses_what_it_cannot_do() {
    let documents = documents(9);
    let stop = |event: &Event| match event {
        Event::Iteration(..) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    let error = tune(&documents, &start(), &resources(), &by_folds(4), &stop).expect_err("stops");
    assert!(error.to_string().contains("was stopped"), "{error}");
    let error = search(&documents, &by_folds(1)).expect_err("one trial");
    assert!(
        error.to_string().contains("1 trials are too few"),
        "{error}"
    );
    let go_on = |_: &Event| ControlFlow::Continue(());
    let mut foreign = start();
    foreign.training.trainer = Trainer::Crfsuite;
    let error = tune(&documents, &foreign, &resources(), &by_folds(4), &go_on).expect_err("theirs");
    assert!(error.to_string().contains("native"), "{error}");
    let many = Options {
        measure: Measure::Folds(90),
        ..by_folds(4)
    };
    assert!(search(&documents, &many).is_err());
}
