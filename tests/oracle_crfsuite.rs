//! The native trainer, the tagger and the model files against CRFsuite 0.12 by way of python-crfsuite.
//!
//! Needs a Python with the packages of `tests/requirements.txt`, which `.ci/python.sh` installs; skips aloud without.

mod crfsuite_support;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;

use crfsuite_support::{
    Random, anercorp, ask, documents, extractor, python, resources, write_items,
};
use musamma::config::Config;
use musamma::corpus::Document;
use musamma::crf::{
    self, Dataset, Grammar, LabelSpace, Objective, Optimiser, Regularisation, Weights, warm_start,
};
use musamma::crfsuite::{
    CrfsuiteModel, ItemReader, ReferenceTagger, State, Transition, export, parse_item_name, read,
    write,
};
use musamma::features::Extractor;
use musamma::label::{LabelSet, Scheme, tags_from_spans};
use musamma::tag::Worker;
use musamma::train;
use serde_json::{Value, json};

/// A training problem that both programs solve.
struct Case {
    documents: Vec<Document>,
    config: Config,
    c1: f64,
    c2: f64,
    space: LabelSpace,
}

/// Both programs' results on one problem.
struct Result {
    labels: LabelSet,
    items: Vec<Vec<Vec<String>>>,
    /// CRFsuite's model as it wrote it.
    file: Vec<u8>,
    /// CRFsuite's last printed loss.
    peer_loss: f64,
    /// The native objective at CRFsuite's weights.
    loss_at_peer: f64,
    /// The native trainer's objective.
    loss: f64,
    /// The native trainer's weights, in CRFsuite's terms.
    model: CrfsuiteModel,
}

fn items(documents: &[Document], extractor: &Extractor) -> Vec<Vec<Vec<String>>> {
    let mut reader = ItemReader::new(extractor);
    documents.iter().flat_map(|d| reader.items(d)).collect()
}

fn solve(python: &str, case: &Case, folder: &Path) -> Result {
    let extractor = extractor(&case.config);
    let (text, model) = (folder.join("items.txt"), folder.join("peer.crfsuite"));
    write_items(&case.documents, &extractor, case.config.scheme, &text);
    let all = i32::from(case.space == LabelSpace::All);
    let mut params = json!({
        "c1": case.c1, "c2": case.c2, "max_iterations": 3000, "period": 20, "delta": 1e-10, "epsilon": 1e-7,
        "feature.possible_states": all, "feature.possible_transitions": all,
    });
    if case.c1 == 0.0 {
        params["max_linesearch"] = json!(50);
    }
    let answer = ask(
        python,
        &json!({"op": "train", "items": text, "params": params, "model": model}),
    );
    let peer_loss = answer["losses"]
        .as_array()
        .and_then(|l| l.last())
        .and_then(Value::as_f64)
        .expect("a loss");
    let file = std::fs::read(&model).expect("CRFsuite's model");

    let (labels, observations) =
        train::observations(&case.documents, &case.config, &resources(), &[]).expect("a problem");
    let n = labels.n_labels();
    // CRFsuite knows no grammar, and no label that does not occur.
    let occurs: Vec<bool> = (0..n)
        .map(|l| observations.gold.contains(&(l as u8)))
        .collect();
    let grammar = Grammar::new(n, |i, j| occurs[i] && occurs[j], |j| occurs[j], |_| true);
    let data = Dataset::new(observations, 1, case.space, grammar);
    let regularisation = Regularisation {
        c1: case.c1,
        c2: case.c2,
        miss_cost: 0.0,
    };
    let mut objective = Objective::new(&data, regularisation);
    let optimiser = Optimiser {
        max_iterations: 3000,
        memory: 10,
        delta: 1e-10,
        period: 20,
        epsilon: 1e-7,
    };
    let mut x = vec![0.0; data.n_parameters()];
    let summary = optimiser.minimise(&mut objective, &mut x, |_, _| ControlFlow::Continue(()));

    let items = items(&case.documents, &extractor);
    let peer = read(&file).expect("a sound file").model;
    let at_peer = parameters(&data, &peer, &labels, &extractor);
    let mut gradient = vec![0.0; x.len()];
    let smooth = objective.evaluate(&at_peer, &mut gradient);
    let l1 = objective.l1_weights();
    let penalty: f64 = at_peer.iter().zip(&l1).map(|(x, c)| c * x.abs()).sum();
    Result {
        model: in_crfsuites_terms(
            &Weights::from_parameters(&data, &x),
            &labels,
            &items,
            &extractor,
        ),
        labels,
        items,
        file,
        peer_loss,
        loss_at_peer: smooth + penalty,
        loss: summary.last.loss,
    }
}

/// CRFsuite's weights as the optimiser's vector.
fn parameters(
    data: &Dataset,
    model: &CrfsuiteModel,
    labels: &LabelSet,
    extractor: &Extractor,
) -> Vec<f64> {
    let keys = extractor.key_table();
    let label = |position: u32| {
        labels
            .id(&model.labels[position as usize])
            .expect("a label")
    };
    let mut state: HashMap<u64, Vec<(u8, u8, f32)>> = HashMap::new();
    for s in &model.states {
        let name = &model.attributes[s.attribute as usize];
        let (_, hash, slot) = parse_item_name(name, &keys).expect(name);
        let cell = (slot, label(s.label) as u8, s.weight as f32);
        state.entry(hash).or_default().push(cell);
    }
    let n = labels.n_labels();
    let mut transitions = vec![0.0; n * n];
    for t in &model.transitions {
        transitions[usize::from(label(t.from)) * n + usize::from(label(t.to))] = t.weight as f32;
    }
    warm_start(
        data,
        |hash| state.get(&hash).cloned().unwrap_or_default(),
        &transitions,
    )
}

fn in_crfsuites_terms(
    weights: &Weights,
    labels: &LabelSet,
    items: &[Vec<Vec<String>>],
    extractor: &Extractor,
) -> CrfsuiteModel {
    let keys = extractor.key_table();
    let mut position: HashMap<(u64, u8), u32> = HashMap::new();
    let mut attributes = Vec::new();
    for item in items.iter().flatten().flatten() {
        let (_, hash, slot) = parse_item_name(item, &keys).expect(item);
        position.entry((hash, slot)).or_insert_with(|| {
            attributes.push(item.clone());
            attributes.len() as u32 - 1
        });
    }
    let n = weights.n_labels;
    CrfsuiteModel {
        labels: labels.ids().map(|id| labels.name(id)).collect(),
        states: weights
            .state
            .iter()
            .map(|w| State {
                attribute: position[&(w.hash, w.slot)],
                label: w.label.into(),
                weight: w.weight.into(),
            })
            .collect(),
        attributes,
        transitions: (0..n * n)
            .map(|k| Transition {
                from: (k / n) as u32,
                to: (k % n) as u32,
                weight: weights.transitions[k].into(),
            })
            .collect(),
    }
}

/// Asks CRFsuite for tags and marginals, and compares with the reference tagger on the same model. Returns the tags.
fn compare_tagging(
    python: &str,
    model: &CrfsuiteModel,
    items: &[Vec<Vec<String>>],
    (file, text): (&Path, &Path),
) -> Vec<Vec<String>> {
    let answer = ask(python, &json!({"op": "tag", "items": text, "model": file}));
    let names: Vec<String> = serde_json::from_value(answer["labels"].clone()).expect("labels");
    assert_eq!(names, model.labels);
    let tags: Vec<Vec<String>> = serde_json::from_value(answer["tags"].clone()).expect("tags");
    let marginals: Vec<Vec<Vec<f64>>> =
        serde_json::from_value(answer["marginals"].clone()).expect("marginals");
    let tagger = ReferenceTagger::new(model);
    assert_eq!(tags.len(), items.len());
    for (s, item) in items.iter().enumerate() {
        let lattice = tagger.lattice(item);
        let best = lattice.best();
        let theirs: Vec<usize> = tags[s]
            .iter()
            .map(|tag| names.iter().position(|n| n == tag).expect("a label"))
            .collect();
        let gap = lattice.score(&best) - lattice.score(&theirs);
        assert!(
            theirs == best || gap.abs() < 1e-9,
            "sentence {s}: CRFsuite {theirs:?}, here {best:?}, {gap} better"
        );
        for (t, row) in marginals[s].iter().enumerate() {
            for (l, expected) in row.iter().enumerate() {
                let found = lattice.marginal(t, l);
                assert!(
                    (found - expected).abs() < 1e-9,
                    "sentence {s} token {t} label {l}: CRFsuite {expected}, here {found}"
                );
            }
        }
    }
    tags
}

fn compare(case: &Case, name: &str) {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let result = solve(&python, case, folder.path());
    let scale = result.peer_loss.abs();
    let difference = (result.loss - result.peer_loss).abs() / scale;
    assert!(
        difference < 1e-6,
        "{name}: CRFsuite ends at {}, the native trainer at {}: {difference:e}",
        result.peer_loss,
        result.loss
    );
    // Weights are kept in single precision here, of which the objective has no more than its square at the minimum.
    let difference = (result.loss_at_peer - result.peer_loss).abs() / scale;
    assert!(
        difference < 1e-6,
        "{name}: CRFsuite says {} of its weights, the native objective {}: {difference:e}",
        result.peer_loss,
        result.loss_at_peer
    );

    // The file that CRFsuite wrote is understood to the last byte …
    let peer = read(&result.file).expect("a sound file");
    assert_eq!(peer.misplaced, 0, "{name}");
    assert!(
        write(&peer.model).expect("small") == result.file,
        "{name}: not the same bytes"
    );
    // … tags there as the reference tagger says, and so does the native model written as a file.
    let text = folder.path().join("items.txt");
    let theirs = compare_tagging(
        &python,
        &peer.model,
        &result.items,
        (&folder.path().join("peer.crfsuite"), &text),
    );
    let own_file = folder.path().join("own.crfsuite");
    std::fs::write(&own_file, write(&result.model).expect("small")).expect("a file");
    let ours = compare_tagging(&python, &result.model, &result.items, (&own_file, &text));

    // Two minima of one convex objective: the same tags, but for ties that the last digits decide.
    let tagger = ReferenceTagger::new(&result.model);
    for (s, (theirs, ours)) in theirs.iter().zip(&ours).enumerate() {
        if theirs != ours {
            let ids = |tags: &[String]| -> Vec<usize> {
                tags.iter()
                    .map(|t| usize::from(result.labels.id(t).expect("a label")))
                    .collect()
            };
            let lattice = tagger.lattice(&result.items[s]);
            let gap = lattice.score(&ids(ours)) - lattice.score(&ids(theirs));
            assert!(
                gap < 1e-2,
                "{name}, sentence {s}: CRFsuite {theirs:?}, here {ours:?}, {gap} better"
            );
        }
    }
}

#[test]
fn the_native_trainer_finds_crfsuites_minimum() {
    for (c1, c2, space) in [
        (0.0, 1.0, LabelSpace::Observed),
        (0.0, 0.1, LabelSpace::Observed),
        (0.0, 1.0, LabelSpace::All),
        (0.5, 0.1, LabelSpace::Observed),
        (0.3, 0.3, LabelSpace::All),
    ] {
        let case = Case {
            documents: documents(1, 60),
            config: Config::default(),
            c1,
            c2,
            space,
        };
        compare(&case, &format!("c1 {c1} c2 {c2} {space:?}"));
    }
    let mut iob2 = Config {
        scheme: Scheme::Iob2,
        ..Config::default()
    };
    iob2.features.ngrams.enabled = false;
    let case = Case {
        documents: documents(2, 40),
        config: iob2,
        c1: 0.0,
        c2: 1.0,
        space: LabelSpace::Observed,
    };
    compare(&case, "iob2");
}

#[test]
fn the_native_trainer_finds_crfsuites_minimum_on_news() {
    let Some(documents) = anercorp(150) else {
        return;
    };
    let case = Case {
        documents,
        config: Config::default(),
        c1: 0.0,
        c2: 1.0,
        space: LabelSpace::Observed,
    };
    compare(&case, "anercorp");
}

/// Names of `len` bytes, in Latin and, as far as they fit, Arabic letters.
fn names(len: usize) -> [String; 2] {
    let latin: String = (0..len)
        .map(|i| char::from(b'a' + ((i * 7 + len) % 26) as u8))
        .collect();
    let arabic = "ب".repeat(len / 2) + &"x".repeat(len % 2);
    [latin, arabic]
}

#[test]
fn names_of_every_length_pass_both_ways() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut attributes: Vec<String> = (1..=60).flat_map(names).collect();
    attributes.sort();
    attributes.dedup();
    let labels: Vec<String> = (1..=40)
        .step_by(3)
        .map(|len| names(len)[0].clone())
        .collect();
    let label_of = |a: usize| a % labels.len();

    // Export: each attribute alone pulls its own label.
    let model = CrfsuiteModel {
        states: (0..attributes.len())
            .map(|a| State {
                attribute: a as u32,
                label: label_of(a) as u32,
                weight: 1.0,
            })
            .collect(),
        labels: labels.clone(),
        attributes: attributes.clone(),
        transitions: Vec::new(),
    };
    let (file, text) = (
        folder.path().join("m.crfsuite"),
        folder.path().join("items.txt"),
    );
    std::fs::write(&file, write(&model).expect("small")).expect("a file");
    let lines = |label: &dyn Fn(usize) -> String| {
        let sentence = |(a, name): (usize, &String)| [&label(a), "\t", name, "\n\n"].concat();
        attributes
            .iter()
            .enumerate()
            .map(sentence)
            .collect::<String>()
    };
    std::fs::write(&text, lines(&|_| "O".into())).expect("a file");
    let items: Vec<Vec<Vec<String>>> = attributes.iter().map(|a| vec![vec![a.clone()]]).collect();
    let tags = compare_tagging(&python, &model, &items, (&file, &text));
    for (a, tags) in tags.iter().enumerate() {
        assert_eq!(
            tags[0],
            labels[label_of(a)],
            "`{}` ({} bytes) is not found there",
            attributes[a],
            attributes[a].len()
        );
    }
    let known = ask(&python, &json!({"op": "names", "model": file}));
    let mut known: Vec<String> =
        serde_json::from_value(known["attributes"].clone()).expect("names");
    known.sort();
    assert_eq!(known, attributes);

    // Import.
    std::fs::write(&text, lines(&|a| labels[label_of(a)].clone())).expect("a file");
    ask(
        &python,
        &json!({"op": "train", "items": text, "params": {"max_iterations": 5}, "model": file}),
    );
    let bytes = std::fs::read(&file).expect("a file");
    let imported = read(&bytes).expect("a sound file");
    assert_eq!(imported.misplaced, 0);
    let mut found = imported.model.attributes.clone();
    found.sort();
    assert_eq!(found, attributes);
    assert!(
        write(&imported.model).expect("small") == bytes,
        "not the same bytes"
    );
}

#[test]
fn random_models_tag_alike() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (file, text) = (
        folder.path().join("m.crfsuite"),
        folder.path().join("items.txt"),
    );
    let mut random = Random(7);
    for _ in 0..12 {
        let n = 1 + random.below(9);
        let n_attributes = 1 + random.below(300);
        let mut states = Vec::new();
        for attribute in 0..n_attributes as u32 {
            for label in 0..n as u32 {
                if random.below(2) == 0 {
                    let weight = 5.0 * random.signed();
                    states.push(State {
                        attribute,
                        label,
                        weight,
                    });
                }
            }
        }
        let mut transitions = Vec::new();
        for from in 0..n as u32 {
            for to in 0..n as u32 {
                if random.below(3) > 0 {
                    let weight = 3.0 * random.signed();
                    transitions.push(Transition { from, to, weight });
                }
            }
        }
        let model = CrfsuiteModel {
            labels: (0..n).map(|l| format!("L{l}")).collect(),
            attributes: (0..n_attributes)
                .map(|a| format!("{a}{}", "ـا".repeat(random.below(20))))
                .collect(),
            states,
            transitions,
        };
        std::fs::write(&file, write(&model).expect("small")).expect("a file");
        let mut lines = String::new();
        let mut items = Vec::new();
        for _ in 0..30 {
            let item: Vec<Vec<String>> = (0..=random.below(12))
                .map(|_| {
                    (0..random.below(6))
                        .map(|_| model.attributes[random.below(n_attributes)].clone())
                        .collect()
                })
                .collect();
            for attributes in &item {
                let fields: Vec<&str> = attributes.iter().map(String::as_str).collect();
                lines += &format!("L0\t{}\n", fields.join("\t")).replace("\t\n", "\n");
            }
            lines.push('\n');
            items.push(item);
        }
        std::fs::write(&text, lines).expect("a file");
        compare_tagging(&python, &model, &items, (&file, &text));
    }
}

/// The lattice that gives entities their confidence, against CRFsuite's marginals.
#[test]
fn marginals_in_single_precision_agree() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let case = Case {
        documents: documents(3, 40),
        config: Config::default(),
        c1: 0.0,
        c2: 0.5,
        space: LabelSpace::Observed,
    };
    let result = solve(&python, &case, folder.path());
    let model = read(&result.file).expect("a sound file").model;
    let (file, text) = (
        folder.path().join("peer.crfsuite"),
        folder.path().join("items.txt"),
    );
    let answer = ask(&python, &json!({"op": "tag", "items": text, "model": file}));
    let marginals: Vec<Vec<Vec<f64>>> =
        serde_json::from_value(answer["marginals"].clone()).expect("marginals");
    let n = model.labels.len();
    let mut weights = vec![0.0_f32; n * n];
    for t in &model.transitions {
        weights[t.from as usize * n + t.to as usize] = t.weight as f32;
    }
    let transitions = crf::Transitions::new(&weights, &Grammar::free(n));
    let mut by_name: HashMap<&str, Vec<(usize, f32)>> = HashMap::new();
    for s in &model.states {
        let name = model.attributes[s.attribute as usize].as_str();
        by_name
            .entry(name)
            .or_default()
            .push((s.label as usize, s.weight as f32));
    }
    let mut lattice = crf::Lattice::default();
    for (s, item) in result.items.iter().enumerate() {
        let stride = transitions.stride();
        let mut emissions = vec![0.0_f32; item.len() * stride];
        for (row, names) in emissions.chunks_exact_mut(stride).zip(item) {
            for &(l, w) in names
                .iter()
                .filter_map(|name| by_name.get(name.as_str()))
                .flatten()
            {
                row[l] += w;
            }
        }
        lattice.fill(&transitions, &emissions);
        for (t, row) in marginals[s].iter().enumerate() {
            for (l, expected) in row.iter().enumerate() {
                let found = f64::from(lattice.marginal(t, l));
                assert!(
                    (found - expected).abs() < 1e-4,
                    "sentence {s} token {t} label {l}: CRFsuite {expected}, here {found}"
                );
            }
        }
    }
}

#[test]
fn an_exported_model_tags_identically_there() {
    let Some(python) = python() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for (scheme, space) in [
        (Scheme::Iob2, LabelSpace::Observed),
        (Scheme::Bioes, LabelSpace::All),
    ] {
        let mut config = Config {
            scheme,
            ..Config::default()
        };
        config.training.label_space = space;
        config.training.c1 = 0.05;
        let watch = |_: &train::Event| ControlFlow::Continue(());
        let model = train::train(
            &documents(4, 60),
            &config,
            &resources(),
            &train::Options::default(),
            watch,
        )
        .expect("a model");
        let exported = export(&model).expect("a model for CRFsuite");
        assert!(!exported.has_free_boundaries);

        let mut unseen = documents(5, 60);
        unseen.extend(anercorp(200).unwrap_or_default());
        let (file, text) = (
            folder.path().join("m.crfsuite"),
            folder.path().join("items.txt"),
        );
        std::fs::write(&file, write(&exported.model).expect("small")).expect("a file");
        write_items(&unseen, model.extractor(), scheme, &text);
        let items = items(&unseen, model.extractor());
        let theirs = compare_tagging(&python, &exported.model, &items, (&file, &text));

        let mut worker = Worker::new(&model);
        let sentences = unseen.iter().flat_map(|d| &d.sentences);
        let ours = unseen
            .iter()
            .flat_map(|d| worker.tag_document(d))
            .collect::<Vec<_>>();
        let mut entities = 0;
        for (s, ((sentence, spans), theirs)) in sentences.zip(&ours).zip(&theirs).enumerate() {
            entities += spans.len();
            let ours = tags_from_spans(spans, sentence.tokens.len(), scheme);
            assert_eq!(
                &ours, theirs,
                "{scheme:?}, sentence {s}: {:?}",
                sentence.tokens
            );
        }
        assert!(entities > 60, "{entities} entities are too few to tell");
    }
}
