use super::*;
use crate::clusters::Lexicon;
use crate::corpus::testing;
use std::sync::Mutex;

/// Short news of the same make with other names in each.
fn documents(n: usize) -> Vec<Document> {
    let people = ["سامي", "هدى", "كمال", "ليلى", "نادر"];
    let places = ["صور", "حماة", "طنجة", "قنا"];
    let sentence = |i: usize, text: &str| {
        let (person, place) = (people[i % people.len()], places[i % places.len()]);
        testing::sentence(text, person, place)
    };
    let document = |i: usize| Document {
        name: format!("d{i}"),
        sentences: vec![
            sentence(i, "وصل الوزير شخص إلى مدينة مكان أمس"),
            sentence(i + 3, "قال الرئيس شخص إن الطقس جميل في مكان"),
        ],
        ..Document::default()
    };
    (0..n).map(document).collect()
}

fn resources() -> Resources {
    Resources::compile(&[], &Lexicon::default()).expect("empty resources")
}

fn options() -> Options {
    Options {
        folds: 3,
        repeats: 2,
        seed: 7,
        learning_curve: true,
    }
}

fn run(
    threads: usize,
    watch: &(dyn Fn(&Event) -> ControlFlow<()> + Sync),
) -> Result<CrossValidation> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool");
    pool.install(|| {
        cross_validate(
            &documents(24),
            &Config::default(),
            &resources(),
            &options(),
            watch,
        )
    })
}

#[test]
fn the_result_is_the_same_for_any_number_of_threads() {
    let go_on = |_: &Event| ControlFlow::Continue(());
    let one = run(1, &go_on).expect("runs");
    assert_eq!(one, run(2, &go_on).expect("runs"));
    assert_eq!(one, run(5, &go_on).expect("runs"));
    assert_eq!(one.unit, FoldUnit::Document);
    assert_eq!((one.folds.len(), one.parts.len()), (6, 18));
}

#[test]
fn every_sentence_is_predicted_once_a_repeat_by_a_model_that_did_not_see_it() {
    let live = Mutex::new((0usize, 0usize));
    let watch = |event: &Event| {
        let mut live = live.lock().expect("not poisoned");
        match event {
            Event::Started(_) => live.0 += 1,
            Event::Finished(..) => live.0 -= 1,
            Event::Iteration(..) => {}
        }
        live.1 = live.1.max(live.0);
        ControlFlow::Continue(())
    };
    let all = run(2, &watch).expect("runs");
    let (open, most) = *live.lock().expect("not poisoned");
    assert_eq!(open, 0);
    assert!(most <= 2, "{most} models at once on two threads");
    let documents = documents(24);
    for (repeat, predictions) in all.predictions.iter().enumerate() {
        let mut pooled = Evaluation::default();
        for (document, predicted) in documents.iter().zip(predictions) {
            for (sentence, predicted) in document.sentences.iter().zip(predicted) {
                pooled.add_sentence(&sentence.spans, &predicted.spans, sentence.tokens.len());
                assert_eq!(predicted.beliefs.len(), predicted.spans.len());
                assert_eq!(predicted.gold_beliefs.len(), sentence.spans.len());
            }
        }
        let mut folds = Evaluation::default();
        for fold in all.folds.iter().filter(|run| run.job.repeat == repeat) {
            folds.merge(&fold.evaluation);
            assert_eq!(fold.train.sentences + fold.test.sentences, 48);
        }
        assert_eq!(pooled, folds, "repeat {repeat}");
        let f1 = pooled.micro().f1().unwrap_or(0.0);
        assert!(f1 > 0.8, "names in fixed contexts are found: {f1}");
    }
}

#[test]
fn a_break_ends_the_run() {
    let watch = |event: &Event| match event {
        Event::Iteration(..) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    };
    for threads in [1, 2] {
        let error = run(threads, &watch).expect_err("stopped").to_string();
        assert!(error.contains("stopped"), "{error}");
    }
}

#[test]
fn a_fold_without_entities_to_learn_from_is_named() {
    let mut documents = documents(3);
    for document in &mut documents[1..] {
        document.sentences.iter_mut().for_each(|s| s.spans.clear());
    }
    let options = Options {
        folds: 3,
        repeats: 1,
        ..options()
    };
    let watch = |_: &Event| ControlFlow::Continue(());
    let error = cross_validate(
        &documents,
        &Config::default(),
        &resources(),
        &options,
        &watch,
    )
    .expect_err("one fold has no entity")
    .to_string();
    assert!(
        error.starts_with("fold ") && error.contains("no entity"),
        "{error}"
    );
}

#[test]
fn documents_have_the_weights_that_they_carry() {
    let go_on = |_: &Event| ControlFlow::Continue(());
    let options = Options {
        folds: 3,
        repeats: 1,
        learning_curve: false,
        ..options()
    };
    let f1 = |weight: &str| {
        let mut documents = documents(24);
        // Documents that say nothing of persons would teach that there are none.
        for document in &mut documents[..12] {
            document.meta.push(("weight".to_owned(), weight.to_owned()));
            document
                .sentences
                .iter_mut()
                .for_each(|s| s.spans.retain(|span| span.kind != "PER"));
        }
        let all = cross_validate(
            &documents,
            &Config::default(),
            &resources(),
            &options,
            &go_on,
        );
        let mut sum = Evaluation::default();
        all?.folds.iter().for_each(|run| sum.merge(&run.evaluation));
        Ok::<_, Error>(sum.kinds["PER"].recall().unwrap_or(0.0))
    };
    let (none, full) = (f1("0").expect("runs"), f1("1").expect("runs"));
    assert!(
        none > full,
        "recall of persons {none} without the bad half, {full} with it"
    );
    assert!(f1("much").is_err(), "a weight that is no number");
}
