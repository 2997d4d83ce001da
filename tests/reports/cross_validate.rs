use std::fmt::Write as _;

use super::{Folder, assert_error, corpus, json, stdout};

/// All outputs of a run with some number of threads.
fn outputs(folder: &Folder, threads: &str) -> Vec<String> {
    let path = |name: &str| folder.path(&format!("{threads}-{name}"));
    let (page, errors, saved) = (path("page.html"), path("errors.csv"), path("saved.conll"));
    let corpus = corpus();
    let arguments = [
        "cross-validate",
        &corpus,
        "--no-lists",
        "--folds",
        "3",
        "--repeats",
        "2",
        "--learning-curve",
        "--quiet",
        "--threads",
        threads,
        "--report",
        &page,
        "--errors",
        &errors,
        "--save-predictions",
        &saved,
    ];
    let mut all = vec![stdout(&[&arguments[..], &["--format", "json"]].concat())];
    for name in ["page.html", "errors.csv", "saved.conll"] {
        all.push(folder.read(&format!("{threads}-{name}")));
    }
    all
}

#[test]
fn every_output_is_the_same_for_any_number_of_threads() {
    let folder = Folder::new();
    let one = outputs(&folder, "1");
    for threads in ["2", "3"] {
        let others = outputs(&folder, threads);
        for (i, (a, b)) in one.iter().zip(&others).enumerate() {
            assert!(
                a == b,
                "output {i} with {threads} threads differs from that with 1"
            );
        }
    }
}

#[test]
fn the_report_adds_up() {
    let arguments = [
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--folds",
        "4",
        "--quiet",
    ];
    let report = json(
        &[
            &arguments[..],
            &["--seed", "3", "--suspects", "7", "--learning-curve"],
        ]
        .concat(),
    );
    assert_eq!(report["design"]["unit"], "document");
    let folds = report["folds"].as_array().expect("folds");
    assert_eq!(folds.len(), 4);
    let sum = |of: &dyn Fn(&serde_json::Value) -> u64| folds.iter().map(of).sum::<u64>();
    let tp = sum(&|f| f["counts"]["tp"].as_u64().expect("a count"));
    assert_eq!(report["pooled"]["micro"]["tp"], tp);
    assert_eq!(
        sum(&|f| f["test"]["documents"].as_u64().expect("a count")),
        24
    );
    let mean = folds
        .iter()
        .map(|f| f["micro"]["f1"].as_f64().expect("a number"))
        .sum::<f64>()
        / 4.0;
    let reported = report["mean"]["micro"]["f1"].as_f64().expect("a number");
    assert!((mean - reported).abs() < 1e-12, "{mean} and {reported}");
    assert!(report["sd"]["micro"]["f1"].as_f64().expect("a number") > 0.0);
    let curve: Vec<&serde_json::Value> = report["learning_curve"]
        .as_array()
        .expect("points")
        .iter()
        .collect();
    let shares: Vec<u64> = curve
        .iter()
        .map(|p| p["percent"].as_u64().expect("a share"))
        .collect();
    assert_eq!(shares, [10, 25, 50, 100]);
    assert_eq!(curve[3]["mean"], report["mean"]);
    let f1 = |i: usize| curve[i]["mean"]["micro"]["f1"].as_f64().expect("a number");
    assert!(
        f1(0) < f1(3),
        "more data is better: {} and {}",
        f1(0),
        f1(3)
    );
    let suspects = report["suspects"].as_array().expect("a list");
    assert_eq!(suspects.len(), 7);
    let suspicion: Vec<f64> = suspects
        .iter()
        .map(|s| s["suspicion"].as_f64().expect("a number"))
        .collect();
    assert!(suspicion.is_sorted_by(|a, b| a >= b), "{suspicion:?}");
    assert!(
        report["provenance"]["config_hash"]
            .as_str()
            .is_some_and(|h| h.len() == 32)
    );
}

#[test]
fn saved_predictions_score_as_the_pooled_ones() {
    let folder = Folder::new();
    let saved = folder.path("saved.conll");
    let arguments = [
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--folds",
        "4",
        "--quiet",
    ];
    let report = json(&[&arguments[..], &["--save-predictions", &saved]].concat());
    let again = json(&["evaluate", &corpus(), "--predictions", &saved]);
    for key in [
        "micro",
        "macro",
        "types",
        "token_accuracy",
        "matching",
        "by_meta",
    ] {
        assert_eq!(report["pooled"][key], again[key], "{key}");
    }
    assert!(folder.read("saved.conll").contains("# domain = politics"));
}

#[test]
fn a_planted_annotation_error_is_suspected() {
    let folder = Folder::new();
    // The same names stand in many sentences; in one of them the annotator forgot the person, in one took the town for one.
    let mut text = String::new();
    for i in 0..40 {
        let (person, place) = [("سامي", "بيروت"), ("هدى", "طنجة"), ("كمال", "حماة")][i % 3];
        let (per, loc) = match i {
            7 => ("O", "B-LOC"),
            22 => ("B-PER", "B-PER"),
            _ => ("B-PER", "B-LOC"),
        };
        let _ = write!(
            text,
            "# doc = d{i}\nوصل\tO\nالوزير\tO\n{person}\t{per}\nإلى\tO\nمدينة\tO\n{place}\t{loc}\n\n"
        );
    }
    let data = folder.write("data.conll", &text);
    let report = json(&[
        "cross-validate",
        &data,
        "--no-lists",
        "--folds",
        "5",
        "--quiet",
    ]);
    let suspects = report["suspects"].as_array().expect("a list");
    let mut first: Vec<&str> = suspects[..2]
        .iter()
        .map(|s| s["document"].as_str().expect("a name"))
        .collect();
    first.sort_unstable();
    assert_eq!(first, ["d22", "d7"], "{suspects:#?}");
    let line = suspects
        .iter()
        .find(|s| s["document"] == "d7")
        .map(|s| s["line"].as_u64());
    assert_eq!(line, Some(Some(7 * 8 + 2)));
}

#[test]
fn too_few_sentences_and_repeats_are_errors() {
    let folder = Folder::new();
    let data = folder.write("data.conll", "سامي\tB-PER\n\nقال\tO\n");
    assert_error(
        &["cross-validate", &data, "--no-lists"],
        &["2 sentences are too few for 10 folds", "--folds"],
    );
    assert_error(
        &["cross-validate", &corpus(), "--no-lists", "--repeats", "0"],
        &["0 repeats"],
    );
    assert_error(
        &["cross-validate", &corpus(), "--no-lists", "--folds", "1"],
        &["1 folds"],
    );
}

#[test]
fn markdown_and_csv_have_folds_mean_and_deviation() {
    let arguments = [
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--folds",
        "3",
        "--quiet",
    ];
    let markdown = stdout(&[&arguments[..], &["--format", "markdown"]].concat());
    assert!(
        markdown.contains("| mean | ") && markdown.contains("| sd | "),
        "{markdown}"
    );
    let csv = stdout(&[&arguments[..], &["--format", "csv"]].concat());
    for start in [
        "folds,1.3,",
        "mean,micro,",
        "sd,macro,",
        "pooled_overall,micro,",
        "pooled_domain,sport,",
    ] {
        assert!(
            csv.lines().any(|line| line.starts_with(start)),
            "{start} not in {csv}"
        );
    }
}
