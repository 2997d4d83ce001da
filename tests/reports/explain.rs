use super::{Folder, assert_error, json, model_path, stdout};

const TEXT: &str = "وصل الرئيس سامي النجار إلى القاهرة.";

#[test]
fn a_decision_is_the_sum_of_its_features() {
    let report = json(&["explain", TEXT, "--model", &model_path()]);
    let sentence = &report["sentences"][0];
    let kinds: Vec<&str> = sentence["entities"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|e| e["type"].as_str().expect("a type"))
        .collect();
    assert_eq!(kinds, ["PER", "LOC"]);
    let tokens = sentence["tokens"].as_array().expect("a list");
    assert_eq!(tokens.len(), 7);
    for token in tokens {
        assert_ne!(token["label"], token["runner_up"]);
        for label in token["labels"].as_array().expect("a list") {
            let weights = token["features"].as_array().expect("a list").iter();
            let weights = weights.filter(|f| {
                !f["name"]
                    .as_str()
                    .expect("a name")
                    .starts_with("previous label")
            });
            let weights = weights.flat_map(|f| f["weights"].as_array().expect("a list"));
            let sum: f64 = weights
                .filter(|w| w[0] == label["label"])
                .map(|w| w[1].as_f64().expect("a weight"))
                .sum();
            let score = label["score"].as_f64().expect("a score");
            assert!(
                (sum - score).abs() < 1e-3,
                "{} {}: {sum} and {score}",
                token["text"],
                label["label"]
            );
        }
    }
}

#[test]
fn text_shows_label_runner_up_and_the_features_asked_for() {
    let model = model_path();
    let all = stdout(&["explain", TEXT, "--model", &model, "--top", "3"]);
    assert_eq!(all.matches("runner-up").count(), 7, "{all}");
    assert!(
        all.contains("B-PER") && all.contains("more features"),
        "{all}"
    );
    let few = stdout(&["explain", TEXT, "--model", &model, "--entities"]);
    let n = few.matches("runner-up").count();
    assert!((3..7).contains(&n), "{few}");
}

#[test]
fn files_stdin_and_html_work_too() {
    let folder = Folder::new();
    let model = model_path();
    let file = folder.write("article.txt", TEXT);
    let from_file = stdout(&["explain", &file, "--model", &model]);
    assert_eq!(from_file, stdout(&["explain", TEXT, "--model", &model]));
    let page = stdout(&["explain", &file, "--model", &model, "--format", "html"]);
    assert!(page.contains("<html lang=\"ar\" dir=\"rtl\">") && page.contains("article.txt"));
    assert!(page.contains("data-type=\"PER\""));
    assert_eq!(stdout(&["explain", "", "--model", &model]), "");
    assert_error(
        &["explain", "missing.txt", "--model", &model],
        &["missing.txt", "cannot read"],
    );
    let bad = folder.path("bad.txt");
    std::fs::write(&bad, b"\xff\xfe").expect("writes");
    assert_error(&["explain", &bad, "--model", &model], &["bad.txt", "UTF-8"]);
}
