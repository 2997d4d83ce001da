//! `musamma train` and `musamma inspect` through the binary.

mod support;

use serde_json::Value;
use support::{FIXTURE, Run, corpus, run, run_with};

fn train(arguments: &[&str]) -> Run {
    let fixed = ["train", "--no-lists"].into_iter();
    run_with(fixed.chain(arguments.iter().copied()), "")
}

#[test]
fn training_shows_its_progress_and_writes_the_same_model_with_any_number_of_threads() {
    let (data, dev) = (FIXTURE.path("train.conll"), FIXTURE.path("dev.conll"));
    let mut models = Vec::new();
    for threads in ["1", "2"] {
        let model = FIXTURE.path(&format!("threads-{threads}.mus"));
        let run = train(&[
            &data,
            "--model",
            &model,
            "--dev",
            &dev,
            "--threads",
            threads,
        ]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
        let iterations = run.stderr.lines().filter(|l| l.starts_with("iteration "));
        assert!(iterations.clone().count() > 5, "{}", run.stderr);
        for line in iterations {
            assert!(
                line.contains("loss ") && line.contains("active weights ") && line.contains(" s"),
                "{line}"
            );
        }
        assert!(run.stderr.contains("dev F1 "), "{}", run.stderr);
        for kind in ["PER", "LOC", "ORG", "micro"] {
            let row = run.stderr.lines().find(|l| l.starts_with(kind));
            assert!(
                row.is_some_and(|l| l.contains("100.00")),
                "{kind} in {}",
                run.stderr
            );
        }
        assert!(run.stderr.contains(" MB in "), "{}", run.stderr);
        models.push(std::fs::read(model).expect("a model"));
    }
    assert!(
        models[0] == models[1],
        "the number of threads changes the model"
    );
}

#[test]
fn quiet_training_says_nothing() {
    let model = FIXTURE.path("quiet.mus");
    let run = train(&[
        &FIXTURE.path("train.conll"),
        "--model",
        &model,
        "-q",
        "--max-iterations",
        "2",
    ]);
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (Some(0), "", "")
    );
}

#[test]
fn held_out_documents_stay_out_unless_asked_for() {
    let mut file = corpus(6, 0);
    for (n, split) in [(1, "dev"), (2, "test"), (3, "test")] {
        let doc = format!("# doc = خبر-0-{n}\n");
        file = file.replace(&doc, &format!("{doc}# split = {split}\n"));
    }
    let data = FIXTURE.write("split/data.conll", file);
    let model = FIXTURE.path("split/m.mus");
    let documents = |arguments: &[&str]| {
        let run = train(
            &[
                &[&data, "--model", &model, "--max-iterations", "2"],
                arguments,
            ]
            .concat(),
        );
        assert_eq!(run.code, Some(0), "{run:?}");
        let said = run
            .stderr
            .lines()
            .find(|l| l.contains(" documents used"))
            .map(str::to_owned);
        let json: Value =
            serde_json::from_str(&run_with(["inspect", &model, "--format", "json"], "").ok())
                .expect("json");
        (json["manifest"]["documents"].as_u64(), said)
    };
    let (n, said) = documents(&[]);
    assert_eq!(n, Some(3));
    assert!(said.is_some_and(|s| s.starts_with("3 of 6 documents used")));
    assert_eq!(documents(&["--all-splits"]), (Some(6), None));
    assert_eq!(documents(&["--split", "test"]).0, Some(2));
    assert_eq!(documents(&["--split", "test", "--split", "dev"]).0, Some(3));
    let stderr = train(&[&data, "--model", &model, "--split", "typo"]).failed();
    assert!(stderr.contains("none of the 6 documents"), "{stderr}");
}

#[test]
fn folders_give_their_labelled_files_only() {
    FIXTURE.write("tree/b/2.conll", corpus(2, 1));
    FIXTURE.write("tree/a.csv", "sentence,token,tag\n1,زار,O\n1,سالم,B-PER\n");
    FIXTURE.write("tree/c.txt", "### مقال\n\nزار ⟦PER سالم القاسمي⟧ تونس .\n");
    FIXTURE.write(
        "tree/lists/names.csv",
        "name,class,source,licence\nسالم,GIVEN,own,CC0\n",
    );
    FIXTURE.write("tree/sample.txt", "نص بلا علامات .\n");
    FIXTURE.write("tree/README.md", "# ⟦PER x⟧");
    let model = FIXTURE.path("tree.mus");
    train(&[
        &FIXTURE.path("tree"),
        "--model",
        &model,
        "--max-iterations",
        "2",
    ])
    .ok();
    let report = run_with(["inspect", &model, "--format", "json"], "").ok();
    let json: Value = serde_json::from_str(&report).expect("json");
    assert_eq!(json["manifest"]["documents"], 4, "{report}");
    FIXTURE.write("no-data/README.md", "nothing");
    let stderr = train(&[&FIXTURE.path("no-data"), "--model", &model]).failed();
    assert!(stderr.contains("no labelled file"), "{stderr}");
}

#[test]
fn types_are_renamed_and_dropped() {
    let model = FIXTURE.path("map.mus");
    let run = train(&[
        &FIXTURE.path("train.conll"),
        "--model",
        &model,
        "--max-iterations",
        "2",
        "--map",
        "PER=PERS",
        "--map",
        "ORG=O",
        "--map",
        "GPE=LOC",
    ]);
    assert!(run.stderr.contains("warning: --map GPE"), "{run:?}");
    let report = run_with(["inspect", &model], "");
    let report = report.ok();
    assert!(
        report.contains("labels      O B-LOC I-LOC E-LOC S-LOC B-PERS I-PERS E-PERS S-PERS\n"),
        "{report}"
    );
    let stderr = train(&["x", "--model", &model, "--map", "PER"]).failed();
    assert!(stderr.contains("--map: `PER` has no `=`"), "{stderr}");
}

#[test]
fn the_configuration_is_printed_read_and_checked() {
    let printed = run("train --print-config --c1 0.25 --scheme bioes").ok();
    assert!(
        printed.contains("c1 = 0.25") && printed.contains("scheme = \"bioes\""),
        "{printed}"
    );
    let config = FIXTURE.write("c.toml", &printed);
    assert_eq!(
        run_with(["train", "--print-config", "--config", &config], "").ok(),
        printed
    );
    let typo = FIXTURE.write("typo.toml", "scheme = \"iob2\"\n[training]\nc3 = 1\n");
    let stderr = run_with(["train", "--print-config", "--config", &typo], "").failed();
    assert!(
        stderr.contains("typo.toml:3: ") && stderr.contains("hint: "),
        "{stderr}"
    );
    let stderr = run("train --print-config --c2=-1").failed();
    assert!(stderr.contains("training.c2 = -1"), "{stderr}");
}

#[test]
fn training_goes_on_from_a_model() {
    let (data, model) = (FIXTURE.path("train.conll"), FIXTURE.path("go-on.mus"));
    let first_loss = |run: Run| -> f64 {
        let line = run
            .stderr
            .lines()
            .find(|l| l.starts_with("iteration   1/"))
            .map(str::to_owned);
        let line = line.unwrap_or_else(|| panic!("no iteration in {run:?}"));
        let loss = line.split("loss ").nth(1).and_then(|l| l.split(' ').next());
        loss.and_then(|l| l.parse().ok())
            .unwrap_or_else(|| panic!("no loss in {line}"))
    };
    let fresh = first_loss(train(&[&data, "--model", &model, "--max-iterations", "1"]));
    let base = FIXTURE.model();
    let run = run_with(["train", &data, "--model", &model, "--continue", &base], "");
    let continued = first_loss(run);
    assert!(
        continued < 0.5 * fresh,
        "first loss {fresh} fresh, {continued} continued"
    );
    let other = FIXTURE.write("other.conll", "x\tB-XYZ\n");
    let stderr = run_with(
        ["train", &other, "--model", &model, "--continue", &base],
        "",
    )
    .failed();
    assert!(stderr.contains("other labels"), "{stderr}");
}

#[test]
fn what_was_trained_scores_on_unseen_documents() {
    let (model, dev) = (FIXTURE.model(), FIXTURE.path("dev.conll"));
    let arguments = ["evaluate", &dev, "--model", &model, "--format", "json"];
    let report = run_with(arguments, "").ok();
    let json: Value = serde_json::from_str(&report).expect("json");
    assert_eq!(json["micro"]["f1"], 1.0, "{report}");
    // The file that `tag` writes scores the same as the model itself.
    let tagged = run_with(
        [
            "tag", "--input", "conll", "--format", "conll", "--model", &model, &dev,
        ],
        "",
    )
    .ok();
    let predictions = FIXTURE.write("predicted.conll", tagged);
    let arguments = [
        "evaluate",
        &dev,
        "--predictions",
        &predictions,
        "--format",
        "json",
    ];
    let report = run_with(arguments, "").ok();
    let of_file: Value = serde_json::from_str(&report).expect("json");
    assert_eq!(of_file["types"], json["types"]);
    assert_eq!(of_file["micro"], json["micro"]);
}

#[test]
fn patience_stops_early_and_needs_dev_data() {
    let (data, dev) = (FIXTURE.path("train.conll"), FIXTURE.path("dev.conll"));
    let model = FIXTURE.path("patience.mus");
    let run = train(&[
        &data,
        "--model",
        &model,
        "--dev",
        &dev,
        "--patience",
        "1",
        "--dev-every",
        "1",
    ]);
    assert!(
        run.stderr.contains("ended: no better on the dev data"),
        "{}",
        run.stderr
    );
    let run = train(&[&data, "--model", &model, "--patience", "1"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}

#[test]
fn inspect_shows_a_model() {
    let text = run_with(["inspect", &FIXTURE.model(), "--top", "3"], "").ok();
    for part in [
        "# Model",
        "entities    LOC 120",
        "# Configuration",
        "# Transitions",
        "# Features for and against B-PER",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json = run_with(
        [
            "inspect",
            &FIXTURE.model(),
            "--format",
            "json",
            "--top",
            "3",
        ],
        "",
    )
    .ok();
    let json: Value = serde_json::from_str(&json).expect("json");
    assert_eq!(json["labels"].as_array().map(Vec::len), Some(13));
    assert_eq!(
        json["transitions"][0][2],
        Value::Null,
        "I after O is illegal"
    );
    let strongest = json["features"]["B-PER"]["for"].as_array().expect("a list");
    assert_eq!(strongest.len(), 3);
    let weights: Vec<f64> = strongest
        .iter()
        .filter_map(|w| w["weight"].as_f64())
        .collect();
    assert!(
        weights.is_sorted_by(|a, b| a >= b) && weights[2] > 0.0,
        "{weights:?}"
    );
}

#[test]
fn wrong_usage_ends_with_2() {
    for line in [
        "train",
        "train x",
        "tag --no-such-flag",
        "check",
        "convert x",
        "no-such-command",
        "train x --model y --c1 z",
        "tag --threads 0",
        "tag --threads 2000",
        "",
    ] {
        let run = run(line);
        assert_eq!(run.code, Some(2), "{line}: {run:?}");
        assert_eq!(run.stdout, "", "{line}");
    }
    for line in ["--help", "--version", "tag --help", "train -h"] {
        assert!(run(line).ok().contains("musamma"), "{line}");
    }
}
