//! `features`, `convert-model` and `train --trainer crfsuite` through the binary.

mod support;

use std::path::Path;

use musamma::crfsuite::{ReferenceTagger, read};
use musamma::label::{Scheme, spans_from_tags, tags_from_spans};
use support::{FIXTURE, run, run_with};

/// Items of a file in CRFsuite's text format: one list of (label, attributes) a sentence.
fn parse(text: &str) -> Vec<Vec<(String, Vec<String>)>> {
    let unescape = |field: &str| {
        let mut out = String::new();
        let mut chars = field.chars();
        while let Some(c) = chars.next() {
            out.extend(if c == '\\' { chars.next() } else { Some(c) });
        }
        out
    };
    text.split("\n\n")
        .map(|sentence| {
            let lines = sentence.lines().map(|line| {
                let mut fields = line.split('\t').map(unescape);
                (fields.next().expect("a label"), fields.collect())
            });
            lines.collect()
        })
        .collect()
}

#[test]
fn a_model_goes_to_crfsuite_and_back() {
    let (model, dev) = (FIXTURE.model(), FIXTURE.path("dev.conll"));
    let there = FIXTURE.path("model.crfsuite");
    run(&format!("convert-model {model} {there}")).ok();
    let items = run(&format!("features {dev} --format crfsuite --like {model}")).ok();
    let sentences = parse(&items);
    assert_eq!(sentences.len(), 4 * 7);
    assert!(items.contains("\tboundary=first\t"), "{items:.300}");

    // What CRFsuite would say is what the tagger says.
    let crfsuite = read(&std::fs::read(&there).expect("a file"))
        .expect("sound")
        .model;
    let tagger = ReferenceTagger::new(&crfsuite);
    let tag_with = |model: &str| {
        run_with(
            [
                "tag", &dev, "--input", "conll", "--format", "conll", "--model", model,
            ],
            "",
        )
        .ok()
    };
    // What is written there is IOB2, whatever the model's scheme.
    let expected: Vec<String> = sentences
        .iter()
        .flat_map(|sentence| {
            let items: Vec<&Vec<String>> = sentence.iter().map(|item| &item.1).collect();
            let labels = tagger.tag(&items);
            let tags: Vec<&String> = labels.iter().map(|&l| &crfsuite.labels[l]).collect();
            tags_from_spans(&spans_from_tags(&tags), tags.len(), Scheme::Iob2)
        })
        .collect();
    let ours = tag_with(&model);
    let found: Vec<&str> = ours
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').nth(1))
        .collect();
    assert_eq!(found, expected);

    let back = FIXTURE.path("back.mus");
    run(&format!("convert-model {there} {back} --like {model}")).ok();
    assert_eq!(tag_with(&back), ours);
}

#[test]
fn models_that_cannot_be_converted_are_refused() {
    let model = FIXTURE.model();
    let out = FIXTURE.path("out");
    let junk = FIXTURE.write("junk", "neither");
    let cut = FIXTURE.write("cut.crfsuite", "lCRF\0\0");
    for (input, expected) in [
        (junk.as_str(), "neither a Musamma nor a CRFsuite model"),
        (cut.as_str(), "shorter than its header"),
        ("/nowhere", "cannot read"),
    ] {
        let error = run(&format!("convert-model {input} {out} --like {model}")).failed();
        assert!(error.contains(expected), "{error}");
    }
    assert!(!Path::new(&out).exists(), "nothing is left behind");
}

#[test]
fn the_flags_reach_the_configuration() {
    let config = run("train --print-config --trainer crfsuite --algorithm pa").ok();
    assert!(config.contains("trainer = \"crfsuite\""), "{config}");
    assert!(config.contains("algorithm = \"pa\""), "{config}");
    let error = run("train --print-config --algorithm pa").failed();
    assert!(error.contains("the native trainer"), "{error}");
}

#[test]
fn training_with_crfsuite_works_or_says_that_it_is_not_there() {
    let (train, model) = (FIXTURE.path("train.conll"), FIXTURE.path("pa.mus"));
    let command =
        format!("train {train} --model {model} --no-lists --trainer crfsuite --algorithm pa");
    if cfg!(feature = "crfsuite") {
        run(&command).ok();
        let inspected = run(&format!("inspect {model}")).ok();
        assert!(inspected.contains("PER"), "{inspected}");
    } else {
        let error = run(&command).failed();
        assert!(error.contains("--features crfsuite"), "{error}");
        assert!(!Path::new(&model).exists());
    }
}
