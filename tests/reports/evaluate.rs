use super::{Folder, GOLD, PREDICTED, assert_error, corpus, json, model_path, run, stdout};
use serde_json::{Value, json};

fn files() -> (Folder, String, String) {
    let folder = Folder::new();
    let gold = folder.write("gold.conll", GOLD);
    let predicted = folder.write("predicted.conll", PREDICTED);
    (folder, gold, predicted)
}

#[test]
fn the_contract_of_json() {
    let (_folder, gold, predicted) = files();
    let report = json(&["evaluate", &gold, "--predictions", &predicted]);
    // By hand: of four gold entities one is found; of four predicted three are wrong.
    assert_eq!(report["micro"]["precision"], 0.25);
    assert_eq!(report["micro"]["recall"], 0.25);
    assert_eq!(report["micro"]["f1"], 0.25);
    assert_eq!(report["types"]["LOC"]["precision"], 1.0);
    assert_eq!(report["types"]["LOC"]["recall"], 0.5);
    assert_eq!(report["types"]["PER"]["f1"], 0.0);
    let third = 1.0 / 3.0;
    assert_eq!(report["macro"]["precision"], third);
    assert_eq!(report["macro"]["recall"], 0.5 / 3.0);
    assert_eq!(report["macro"]["f1"], 2.0 * 0.5 / 1.5 / 3.0);
    assert_eq!(report["micro"]["support"], 4);
    assert_eq!(report["token_accuracy"], 0.6);
    let errors =
        json!({"boundary": 2, "missed": 0, "spurious": 0, "type": 1, "type_and_boundary": 0});
    assert_eq!(report["errors"], errors);
    assert_eq!(report["matching"]["type"]["overall"]["correct"], 3);
    assert_eq!(report["matching"]["partial"]["overall"]["f1"], 0.75);
    assert_eq!(report["by_meta"]["domain"]["sport"]["tp"], 1);
    assert_eq!(report["by_attachment"]["attached"]["fn"], 1);
    assert_eq!(report["calibration"], Value::Null);
}

#[test]
fn text_markdown_and_csv_say_the_same() {
    let (_folder, gold, predicted) = files();
    let base = [
        "evaluate",
        &gold,
        "--predictions",
        &predicted,
        "--bootstrap",
        "0",
    ];
    let format = |name: &str| stdout(&[&base[..], &["--format", name]].concat());
    let text = format("text");
    let line = text
        .lines()
        .find(|l| l.trim_start().starts_with("LOC"))
        .expect("a line");
    let cells: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(
        cells,
        ["LOC", "100.00", "50.00", "66.67", "2", "1", "1", "0", "1"]
    );
    assert!(format("markdown").contains("| LOC | 100.00 | 50.00 | 66.67 | 2 | 1 | 1 | 0 | 1 |"));
    let csv = format("csv");
    assert!(
        csv.contains("\ntypes,LOC,1,0.5,0.6666666666666666,1,0,1,2,1,,\n"),
        "{csv}"
    );
    assert!(
        csv.starts_with(
            "table,name,precision,recall,f1,tp,fp,fn,support,predicted,f1_low,f1_high\n"
        )
    );
}

#[test]
fn predictions_with_other_tokens_are_refused_with_their_place() {
    let (folder, gold, _) = files();
    let other = folder.write(
        "other.conll",
        &PREDICTED.replace("بيروت\tB-LOC\n\n", "صور\tB-LOC\n\n"),
    );
    assert_error(
        &["evaluate", &gold, "--predictions", &other],
        &["other.conll:5:", "`صور`", "`بيروت`", "document a"],
    );
    let short = folder.write("short.conll", "قال\tO\n");
    assert_error(
        &["evaluate", &gold, "--predictions", &short],
        &["short.conll:2:", "the end"],
    );
}

#[test]
fn types_are_mapped_on_both_sides() {
    let (_folder, gold, predicted) = files();
    let base = [
        "evaluate",
        &gold,
        "--predictions",
        &predicted,
        "--bootstrap",
        "0",
    ];
    let report = json(&[&base[..], &["--map", "LOC=ORG", "--map", "PER=O"]].concat());
    let types: Vec<&String> = report["types"]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(types, ["ORG"]);
    assert_eq!(report["micro"]["tp"], 2);
    // Types of the model that the gold data lacks can be dropped without a warning.
    let model = model_path();
    let arguments = [
        "evaluate", &gold, "--model", &model, "--map", "TOPIC=O", "--map", "XYZ=O",
    ];
    let output = run(&arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.contains("XYZ") && !stderr.contains("TOPIC"),
        "{stderr}"
    );
}

#[test]
fn a_model_is_scored_with_confidences_and_warned_of_its_training_data() {
    let model = model_path();
    let output = run(&[
        "evaluate",
        &corpus(),
        "--model",
        &model,
        "--format",
        "json",
        "--train",
        &corpus(),
    ]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("trained on"), "{stderr}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(report["micro"]["f1"].as_f64().expect("a number") > 0.9);
    assert!(report["calibration"]["ece"].as_f64().expect("a number") < 0.5);
    assert_eq!(
        report["calibration"]["bins"]
            .as_array()
            .expect("bins")
            .len(),
        10
    );
    assert_eq!(report["seen"]["unseen"]["total"], 0);
    assert_eq!(report["seen"]["unseen"]["recall"], Value::Null);
    assert_eq!(report["bootstrap"]["unit"], "document");
    let interval = &report["micro"]["interval"]["f1"];
    assert!(interval["low"].as_f64() <= report["micro"]["f1"].as_f64());
    assert!(interval["high"].as_f64() >= report["micro"]["f1"].as_f64());
    let hash = report["provenance"]["data"][0]["hash"]
        .as_str()
        .expect("a hash");
    assert_eq!(report["provenance"]["models"][0]["data_hash"], hash);
}

#[test]
fn files_appear_whole_or_not_at_all() {
    let (folder, gold, predicted) = files();
    let (page, errors) = (folder.path("page.html"), folder.path("errors.csv"));
    let base = ["evaluate", &gold, "--predictions", &predicted];
    stdout(&[&base[..], &["--report", &page, "--errors", &errors]].concat());
    assert!(folder.read("page.html").trim_end().ends_with("</html>"));
    let listed = folder.read("errors.csv");
    assert_eq!(listed.lines().count(), 4, "{listed}");
    assert!(
        listed.contains("boundary") && listed.contains("⟦{سامي} النجار⟧"),
        "{listed}"
    );
    let bad = folder.write("bad.conll", "قال\tX-PER\n");
    let late = folder.path("late.html");
    assert_error(
        &[
            "evaluate",
            &bad,
            "--predictions",
            &predicted,
            "--report",
            &late,
        ],
        &["bad.conll:1:"],
    );
    assert!(!std::path::Path::new(&late).exists());
    let nowhere = folder.path("no/folder/page.html");
    assert_error(
        &[&base[..], &["--report", &nowhere]].concat(),
        &["cannot write"],
    );
}

#[test]
fn usage_mistakes_are_exit_code_2() {
    let (_folder, gold, predicted) = files();
    for arguments in [
        &["evaluate"][..],
        &[
            "evaluate",
            &gold,
            "--predictions",
            &predicted,
            "--model",
            "x",
        ],
        &["evaluate", &gold, "--format", "pdf"],
        &["cross-validate", &gold, "--folds", "many"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}
