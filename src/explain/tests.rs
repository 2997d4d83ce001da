use super::*;
use crate::clusters::Lexicon;
use crate::config::Config;
use crate::corpus::Sentence;
use crate::gazetteer::Entry;
use crate::label::{Scheme, Span};
use crate::model::Resources;
use crate::train;
use std::ops::ControlFlow;

fn document(text: &str, spans: &[Span]) -> Document {
    let mut document = Document::new("d");
    for (i, line) in text.split('\n').enumerate() {
        document.sentences.push(Sentence {
            tokens: line.split(' ').map(str::to_owned).collect(),
            spans: if i == 0 { spans.to_vec() } else { Vec::new() },
            ..Sentence::default()
        });
    }
    document
}

fn model(scheme: Scheme) -> Model {
    let span = Span::new;
    let documents = [
        document(
            "زار سامي حداد بيروت أمس",
            &[span(1, 3, "PER"), span(3, 4, "LOC")],
        ),
        document(
            "أعلن الاتحاد الأوروبي في بروكسل",
            &[span(1, 3, "ORG"), span(4, 5, "LOC")],
        ),
        document(
            "وصل حداد إلى بيروت",
            &[span(1, 2, "PER"), span(3, 4, "LOC")],
        ),
    ];
    let entry = |name: &str, class: &str| Entry {
        name: name.into(),
        class: class.into(),
    };
    let lists = [entry("الاتحاد الأوروبي", "ORG"), entry("بيروت", "CITY")];
    let resources = Resources::compile(&lists, &Lexicon::default()).expect("resources");
    let config = Config {
        scheme,
        ..Config::default()
    };
    let options = train::Options::default();
    let go_on = |_: &train::Event| ControlFlow::Continue(());
    train::train(&documents, &config, &resources, &options, go_on).expect("a model")
}

fn text() -> Document {
    document("زار حداد الاتحاد الأوروبي\nوصل سامي إلى بيروت", &[])
}

#[test]
fn the_weights_of_all_features_are_the_score() {
    for scheme in [Scheme::Iob2, Scheme::Bioes] {
        let explanation = explain(&model(scheme), &text());
        assert_eq!(explanation.sentences.len(), 2);
        for token in explanation.sentences.iter().flat_map(|s| &s.tokens) {
            for label in &token.labels {
                let weights = token
                    .features
                    .iter()
                    .filter(|f| !f.name.starts_with("previous label"))
                    .flat_map(|f| &f.weights)
                    .filter(|w| w.0 == label.label);
                let sum: f32 = weights.map(|w| w.1).sum();
                assert!(
                    (sum - label.score).abs() < 1e-4,
                    "{} {}: {sum} of {}",
                    token.text,
                    label.label,
                    label.score
                );
            }
        }
    }
}

#[test]
fn the_chosen_label_is_not_behind_and_the_runner_up_is_next() {
    let model = model(Scheme::Bioes);
    let explanation = explain(&model, &text());
    for token in explanation.sentences.iter().flat_map(|s| &s.tokens) {
        let behind = |name: &str| {
            let label = token.labels.iter().find(|l| l.label == name);
            label.and_then(|l| l.behind).expect("legal")
        };
        assert!(behind(&token.label).abs() < 1e-4, "{token:?}");
        assert!((behind(&token.runner_up) - token.margin).abs() < 1e-6);
        let others = token.labels.iter().filter(|l| l.label != token.label);
        let nearest = others
            .filter_map(|l| l.behind)
            .fold(f32::INFINITY, f32::min);
        assert!((nearest - token.margin).abs() < 1e-6, "{token:?}");
        let sum: f32 = token.labels.iter().map(|l| l.probability).sum();
        assert!((sum - 1.0).abs() < 1e-3, "probabilities add up to {sum}");
        let sizes: Vec<f32> = token.features.iter().map(|f| f.difference.abs()).collect();
        assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    }
}

#[test]
fn phrases_and_neighbours_are_named() {
    let explanation = explain(&model(Scheme::Iob2), &text());
    let token = &explanation.sentences[0].tokens[2];
    assert_eq!(
        (token.text.as_str(), token.label.as_str()),
        ("الاتحاد", "B-ORG")
    );
    let names: Vec<&str> = token.features.iter().map(|f| f.name.as_str()).collect();
    for expected in ["phrase0=B|ORG", "form=الاوروبي[+1]"] {
        assert!(names.contains(&expected), "{expected} not in {names:?}");
    }
    let previous = format!(
        "previous label={}",
        explanation.sentences[0].tokens[1].label
    );
    assert!(
        names.contains(&previous.as_str()),
        "{previous} not in {names:?}"
    );
    let entities = &explanation.sentences[0].entities;
    assert!(
        entities
            .iter()
            .any(|e| e.kind == "ORG" && (e.start, e.end) == (2, 4)),
        "{entities:?}"
    );
}

#[test]
fn names_have_a_family_a_value_and_an_offset() {
    for (name, parts) in [
        ("form=بيروت", ("form=", "بيروت", "")),
        ("suffix1=ي[+1]", ("suffix1=", "ي", "[+1]")),
        ("form@0 form@1=[|[x]", ("form@0 form@1=", "[|[x]", "")),
        ("unlisted=[-2]", ("unlisted=", "", "[-2]")),
        ("form=[", ("form=", "[", "")),
        ("bare", ("", "bare", "")),
    ] {
        let feature = FeatureWeights {
            name: name.to_owned(),
            difference: 0.0,
            weights: Vec::new(),
        };
        assert_eq!(feature.parts(), parts, "{name}");
    }
}
