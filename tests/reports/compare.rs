use super::{Folder, GOLD, PREDICTED, assert_error, corpus, json, model_path, stdout};

#[test]
fn wins_and_losses_are_listed_with_their_places() {
    let folder = Folder::new();
    let gold = folder.write("gold.conll", GOLD);
    let a = folder.write("a.conll", PREDICTED);
    let mended = PREDICTED.replace("النجار\tO", "النجار\tI-PER");
    let b = folder.write("b.conll", &mended.replace("بيروت\tB-LOC", "بيروت\tO"));
    let report = json(&["compare", &gold, &a, &b]);
    let places = &report["places"];
    assert_eq!(
        (&places["only_a"], &places["only_b"]),
        (&1.into(), &1.into())
    );
    assert_eq!(
        (&places["both_right"], &places["both_wrong"]),
        (&0.into(), &2.into())
    );
    assert_eq!(report["wins"][0]["gold"][0]["text"], "سامي النجار");
    assert_eq!(report["losses"][0]["b"], serde_json::json!([]));
    assert_eq!(report["losses"][0]["context"], "قال سامي النجار في ⟦بيروت⟧");
    let text = stdout(&["compare", &gold, &a, &b]);
    assert!(
        text.contains("Wins: only B is right") && text.contains("gold.conll:3"),
        "{text}"
    );
    let few = stdout(&["compare", &gold, &a, &b, "--limit", "0"]);
    assert!(few.contains("1 more"), "{few}");
}

#[test]
fn equal_systems_do_not_differ_and_a_model_beats_nothing() {
    let folder = Folder::new();
    let model = model_path();
    let same = json(&["compare", &corpus(), &model, &model, "--shuffles", "500"]);
    assert_eq!(same["differences"]["micro"]["f1"]["difference"], 0.0);
    assert_eq!(same["differences"]["micro"]["f1"]["p_value"], 1.0);
    assert_eq!(same["unit"], "document");
    let saved = folder.path("gold.conll");
    stdout(&[
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--folds",
        "2",
        "-q",
        "--save-predictions",
        &saved,
    ]);
    let emptied: String = folder
        .read("gold.conll")
        .lines()
        .map(|line| {
            line.split_once('\t')
                .map_or_else(|| line.to_owned(), |(t, _)| format!("{t}\tO"))
                + "\n"
        })
        .collect();
    let nothing = folder.write("nothing.conll", &emptied);
    let better = json(&["compare", &corpus(), &nothing, &model]);
    let f1 = &better["differences"]["micro"]["f1"];
    assert!(f1["p_value"].as_f64().expect("a number") < 0.001, "{f1}");
    assert_eq!(better["losses"], serde_json::json!([]));
}

#[test]
fn a_missing_system_is_an_error() {
    assert_error(
        &["compare", &corpus(), "no-such-file.mus", "neither.mus"],
        &["no-such-file.mus", "cannot read"],
    );
}
