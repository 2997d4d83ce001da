//! Models to CRFsuite and back, without CRFsuite at hand.

mod crfsuite_support;

use std::ops::ControlFlow;

use crfsuite_support::{documents, resources};
use musamma::config::Config;
use musamma::crf::LabelSpace;
use musamma::crfsuite::{CrfsuiteModel, ItemReader, ReferenceTagger, export, import, read, write};
use musamma::label::{Scheme, tags_from_spans};
use musamma::model::Model;
use musamma::tag::Worker;
use musamma::train;

fn trained(config: &Config) -> Model {
    let watch = |_: &train::Event| ControlFlow::Continue(());
    let options = train::Options::default();
    train::train(&documents(1, 60), config, &resources(), &options, watch).expect("a model")
}

fn configs() -> [Config; 3] {
    let mut all = Config::default();
    all.training.label_space = LabelSpace::All;
    all.training.c1 = 0.01;
    let iob2 = Config {
        scheme: Scheme::Iob2,
        ..Config::default()
    };
    [Config::default(), all, iob2]
}

#[test]
fn the_exported_model_tags_as_the_model() {
    for config in configs() {
        let model = trained(&config);
        let exported = export(&model).expect("a model for CRFsuite");
        let bytes = write(&exported.model).expect("small");
        let tagger_model = read(&bytes).expect("sound").model;
        let tagger = ReferenceTagger::new(&tagger_model);
        let mut reader = ItemReader::new(model.extractor());
        let mut worker = Worker::new(&model);
        let mut entities = 0;
        for document in documents(2, 100) {
            let ours = worker.tag_document(&document);
            let items = reader.items(&document);
            for ((sentence, spans), item) in document.sentences.iter().zip(&ours).zip(&items) {
                entities += spans.len();
                let ours = tags_from_spans(spans, sentence.tokens.len(), config.scheme);
                let theirs: Vec<&String> = tagger
                    .tag(item)
                    .into_iter()
                    .map(|l| &tagger_model.labels[l])
                    .collect();
                assert_eq!(
                    ours.iter().collect::<Vec<_>>(),
                    theirs,
                    "{:?}: {:?}",
                    config.scheme,
                    sentence.tokens
                );
            }
        }
        assert!(entities > 60, "{entities} entities are too few to tell");
    }
}

#[test]
fn a_model_survives_the_way_there_and_back() {
    for config in configs() {
        let model = trained(&config);
        let there = export(&model).expect("a model for CRFsuite").model;
        let back = import(&there, &model).expect("its own attributes");
        assert_eq!(back.labels(), model.labels());
        assert_eq!(
            back.transition_weights().len(),
            model.transition_weights().len()
        );
        assert_eq!(export(&back).expect("again").model, there);
        let (mut ours, mut theirs) = (Worker::new(&model), Worker::new(&back));
        for document in documents(3, 60) {
            assert_eq!(ours.tag_document(&document), theirs.tag_document(&document));
        }
        if config.training.label_space == LabelSpace::Observed {
            assert_eq!(
                back.named_weights().expect("names"),
                model.named_weights().expect("names")
            );
        }
    }
}

#[test]
fn foreign_attributes_are_counted_and_named() {
    let model = trained(&Config::default());
    let mut there = export(&model).expect("a model for CRFsuite").model;
    let total = there.attributes.len();
    for (attribute, foreign) in there.attributes.iter_mut().zip(["w=a", "form=x[-9]"]) {
        *attribute = foreign.into();
    }
    let error = import(&there, &model).expect_err("foreign").to_string();
    let expected = format!("2 of {total} attributes are none that");
    assert!(error.starts_with(&expected), "{error}");
    assert!(
        error.contains("`w=a`, `form=x[-9]`") && error.contains("--like"),
        "{error}"
    );

    // A model with other features does not know them all either.
    let mut narrow = Config::default();
    narrow.features.form.window = [0, 0];
    let there = export(&model).expect("a model for CRFsuite").model;
    let error = import(&there, &trained(&narrow))
        .expect_err("narrow")
        .to_string();
    assert!(error.contains("form="), "{error}");
}

#[test]
fn labels_come_from_the_model_or_the_file() {
    let [_, _, iob2] = configs();
    let model = trained(&iob2);
    let with = |labels: &[&str]| CrfsuiteModel {
        labels: labels.iter().map(|&l| l.to_owned()).collect(),
        ..CrfsuiteModel::default()
    };
    let kinds = |labels: &[&str]| -> Result<Vec<String>, String> {
        import(&with(labels), &model)
            .map(|m| m.labels().kinds().to_vec())
            .map_err(|e| e.to_string())
    };
    assert_eq!(
        kinds(&["B-PER", "O"]).as_deref(),
        Ok(model.labels().kinds())
    );
    assert_eq!(
        kinds(&["O", "B-X", "B-A", "I-X"]),
        Ok(vec!["A".into(), "X".into()])
    );
    for wrong in ["PER", "S-PER", "o"] {
        assert!(kinds(&["O", wrong]).is_err(), "{wrong}");
    }
}

#[test]
fn without_boundary_features_starts_are_free() {
    let mut config = Config::default();
    config.features.boundary.enabled = false;
    let exported = export(&trained(&config)).expect("a model for CRFsuite");
    assert!(exported.has_free_boundaries);
    assert!(
        exported
            .model
            .attributes
            .iter()
            .all(|a| !a.starts_with("boundary"))
    );
}
