//! The shape of the JSON reports is a contract: every path with its type is kept in `tests/reports/*.schema`.

use super::{Folder, GOLD, PREDICTED, corpus, json, model_path};
use serde_json::Value;
use std::collections::BTreeSet;

/// Keys under which names of the data stand: their own keys are shown as `*`.
const MAPS: [&str; 9] = [
    "types",
    "by_length",
    "by_meta",
    "domain",
    "genre",
    "country",
    "differences",
    "entities",
    "by_attachment",
];

/// Keys under which settings stand, by name or as a whole; these have tests of their own.
const OPAQUE: [&str; 3] = ["config", "best", "changes"];

/// Adds every path below `value` with its type.
fn paths(value: &Value, at: &str, last: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !OPAQUE.contains(&last) => {
            for (key, value) in object {
                let is_data = MAPS.contains(&last) && !matches!(value, Value::Array(_));
                let name = if is_data { "*" } else { key };
                paths(value, &format!("{at}.{name}"), key, found);
            }
        }
        Value::Array(items) => {
            for value in items {
                paths(value, &format!("{at}[]"), "", found);
            }
        }
        value => {
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "number",
                Value::String(_) => "string",
                _ => "object",
            };
            found.insert(format!("{at}: {kind}"));
        }
    }
}

fn assert_schema(name: &str, reports: &[Value]) {
    let mut found = BTreeSet::new();
    for report in reports {
        paths(report, "", "", &mut found);
    }
    let lines: Vec<String> = found.into_iter().collect();
    let found = lines.join("\n") + "\n";
    let file = format!("{}/tests/reports/{name}.schema", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("MUSAMMA_UPDATE").is_some() {
        std::fs::write(&file, &found).expect("writes");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    let difference: Vec<String> = kept
        .lines()
        .filter(|line| !found.lines().any(|l| l == *line))
        .map(|line| format!("- {line}"))
        .chain(
            found
                .lines()
                .filter(|line| !kept.lines().any(|l| l == *line))
                .map(|line| format!("+ {line}")),
        )
        .collect();
    assert!(
        difference.is_empty(),
        "the schema of {name} differs from {file}:\n{}\nIf that is meant, run again with MUSAMMA_UPDATE=1, raise the version in `schema` where a key went or changed its meaning, and tell it in docs/EVALUATION.md and CHANGELOG.md",
        difference.join("\n")
    );
}

#[test]
fn evaluation() {
    let folder = Folder::new();
    let gold = folder.write("gold.conll", GOLD);
    let predicted = folder.write("predicted.conll", PREDICTED);
    assert_schema(
        "evaluation",
        &[
            json(&[
                "evaluate",
                &gold,
                "--predictions",
                &predicted,
                "--map",
                "XY=O",
            ]),
            json(&[
                "evaluate",
                &gold,
                "--model",
                &model_path(),
                "--train",
                &corpus(),
            ]),
            json(&[
                "evaluate",
                &corpus(),
                "--model",
                &model_path(),
                "--bootstrap",
                "0",
            ]),
        ],
    );
}

#[test]
fn cross_validation() {
    let arguments = [
        "cross-validate",
        &corpus(),
        "--no-lists",
        "--folds",
        "3",
        "--quiet",
    ];
    let report = json(&[&arguments[..], &["--learning-curve", "--suspects", "100"]].concat());
    assert_schema("cross_validation", &[report]);
}

#[test]
fn tuning() {
    let folder = Folder::new();
    let dev = folder.write("dev.conll", GOLD);
    let fixed = ["tune", &corpus(), "--no-lists", "--quiet", "--trials", "4"];
    let with = |more: &[&str]| json(&[&fixed[..], &["--max-iterations", "12"], more].concat());
    assert_schema(
        "tuning",
        &[
            with(&["--folds", "2", "--c1", "2", "--map", "TOPIC=O"]),
            with(&["--dev", &dev]),
        ],
    );
}

#[test]
fn comparison() {
    let folder = Folder::new();
    let gold = folder.write("gold.conll", GOLD);
    let a = folder.write("a.conll", PREDICTED);
    let b = folder.write("b.conll", GOLD);
    assert_schema(
        "comparison",
        &[
            json(&["compare", &gold, &a, &b]),
            json(&["compare", &gold, &b, &a]),
            json(&["compare", &gold, &a, &model_path()]),
        ],
    );
}

#[test]
fn explanation() {
    let text = "وصل الرئيس سامي النجار إلى القاهرة.";
    assert_schema(
        "explanation",
        &[json(&["explain", text, "--model", &model_path()])],
    );
}
