use serde_json::Value;

use super::{Folder, assert_error, corpus, json, run, stdout};

/// A search that takes a second: few iterations, and a start that is too strict for so small a corpus.
fn arguments(more: &[&str]) -> Vec<String> {
    let corpus = corpus();
    let fixed = [
        "tune",
        &corpus,
        "--no-lists",
        "--trials",
        "6",
        "--seed",
        "3",
        "--max-iterations",
        "16",
        "--c1",
        "2",
    ];
    fixed.iter().chain(more).map(|a| (*a).to_owned()).collect()
}

fn refs(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn f1(report: &Value) -> f64 {
    report["f1"].as_f64().expect("a number")
}

#[test]
fn every_output_is_the_same_for_any_number_of_threads() {
    let folder = Folder::new();
    let of = |threads: &str| {
        let best = folder.path(&format!("{threads}.toml"));
        let more = ["--folds", "3", "--quiet", "--threads", threads];
        let arguments = arguments(&[&more[..], &["--output", &best, "--format", "json"]].concat());
        (
            stdout(&refs(&arguments)),
            folder.read(&format!("{threads}.toml")),
        )
    };
    let one = of("1");
    assert!(one == of("3"), "the number of threads changes the result");
}

#[test]
fn the_best_configuration_scores_the_same_when_it_is_used() {
    let folder = Folder::new();
    let best = folder.path("best.toml");
    let more = ["--folds", "3", "--quiet", "--output", &best];
    let report = json(&refs(&arguments(&more)));
    let trials = report["trials"].as_array().expect("trials");
    assert_eq!(trials.len(), 6);
    assert!(f1(&trials[0]) > 0.0, "{report:#}");
    assert_eq!(report["design"]["rungs"], serde_json::json!([2, 4, 8, 16]));
    let start = trials.iter().find(|t| t["trial"] == 1).expect("the start");
    assert_eq!(start["iterations"], 16, "it is kept to the end");
    assert!(
        start["changes"]
            .as_object()
            .is_some_and(serde_json::Map::is_empty)
    );
    assert_eq!(report["provenance"]["config"]["training"]["c1"], 2.0);

    // Nobody would begin with a penalty of 2, so the search finds better, and says by how much.
    assert_ne!(trials[0]["trial"], 1, "{report:#}");
    let gain = &report["gain"]["f1"];
    let difference = gain["difference"].as_f64().expect("a number");
    assert!((difference - (f1(&trials[0]) - f1(start))).abs() < 1e-12);
    assert!(
        gain["p_value"]
            .as_f64()
            .is_some_and(|p| p > 0.0 && p <= 1.0)
    );

    let again = [
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--quiet",
        "--folds",
        "3",
        "--seed",
        "3",
        "--config",
        &best,
    ];
    let again = json(&again);
    for key in ["tp", "fp", "fn"] {
        assert_eq!(again["pooled"]["micro"][key], trials[0][key], "{key}");
    }
    let printed = stdout(&["train", "--print-config", "--config", &best]);
    assert_eq!(printed, folder.read("best.toml"));
}

#[test]
fn a_dev_file_is_measured_on_and_progress_is_shown() {
    let folder = Folder::new();
    let text = std::fs::read_to_string(corpus()).expect("the corpus");
    let at = text.match_indices("### ").nth(16).expect("24 articles").0;
    let train = folder.write("train.txt", &text[..at]);
    let dev = folder.write("dev.txt", &text[at..]);
    let (best, model) = (folder.path("best.toml"), folder.path("m.mus"));
    let fixed = ["tune", &train, "--dev", &dev, "--no-lists", "--trials", "3"];
    let more = ["--max-iterations", "12", "--c1", "2", "--output", &best];
    let output = run(&[&fixed[..], &more].concat());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    for part in [
        "rung 1 of 2: 3 trials, 6 iterations",
        "(3 of 3)",
        "rung 2 of 2: best trial ",
    ] {
        assert!(stderr.contains(part), "{part} not in: {stderr}");
    }
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    for part in ["Trials", "the start", "c1 = ", "on the dev data"] {
        assert!(shown.contains(part), "{part} not in: {shown}");
    }
    let of_best = shown.lines().nth(2).expect("a line");
    stdout(&[
        "train",
        &train,
        "--no-lists",
        "--quiet",
        "--config",
        &best,
        "--model",
        &model,
    ]);
    let report = json(&["evaluate", &dev, "--model", &model]);
    let percent = format!(" {:.2}  ", 100.0 * f1(&report["micro"]));
    assert!(of_best.contains(&percent), "{percent} in {of_best}");

    let toml = stdout(
        &[
            &fixed[..],
            &["--max-iterations", "12", "--quiet", "--output", "-"],
        ]
        .concat(),
    );
    assert!(toml.starts_with("scheme = "), "no report beside it: {toml}");
}

#[test]
fn what_cannot_be_searched_is_an_error() {
    let corpus = corpus();
    for missing in [vec!["tune", &corpus], vec!["tune", "--folds", "3"]] {
        assert_eq!(run(&missing).status.code(), Some(2), "{missing:?}");
    }
    let both = ["tune", &corpus, "--folds", "3", "--dev", &corpus];
    assert_eq!(run(&both).status.code(), Some(2));
    assert_error(
        &[
            "tune",
            &corpus,
            "--no-lists",
            "--folds",
            "3",
            "--trials",
            "1",
        ],
        &["1 trials are too few"],
    );
    assert_error(
        &["tune", &corpus, "--no-lists", "--folds", "1"],
        &["1 folds are too few"],
    );
    assert_error(
        &[
            "tune",
            &corpus,
            "--folds",
            "3",
            "--output",
            "no/such/folder/best.toml",
        ],
        &["does the folder exist?"],
    );
}
