//! `evaluate`, `cross-validate`, `tune`, `compare` and `explain` as a user runs them, on a small corpus of our own.

mod compare;
mod cross_validate;
mod evaluate;
mod explain;
mod page;
mod schema;
mod tune;

use assert_cmd::Command;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::OnceLock;
use tempfile::TempDir;

/// 24 short articles with domain, genre and country.
fn corpus() -> String {
    format!("{}/tests/corpus/news.txt", env!("CARGO_MANIFEST_DIR"))
}

/// Runs the program; `stdin` is empty.
fn run(arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("musamma").expect("the program is built");
    command.args(arguments).output().expect("it runs")
}

/// Runs the program and gives its stdout; a failure shows stderr.
fn stdout(arguments: &[&str]) -> String {
    let output = run(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Runs the program with `--format json`.
fn json(arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&stdout(&all)).expect("JSON")
}

/// Runs the program, which must fail with exit code 1 and a message that has all of `words`.
fn assert_error(arguments: &[&str], words: &[&str]) {
    let output = run(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {stderr}");
    for word in words {
        assert!(stderr.contains(word), "{word} not in: {stderr}");
    }
    assert!(output.stdout.is_empty(), "an error leaves stdout alone");
}

/// A folder with files written into it.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("writes");
        path
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect("was written")
    }
}

/// A model of the corpus, trained once.
fn model() -> &'static Path {
    static MODEL: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = MODEL.get_or_init(|| {
        let folder = TempDir::new().expect("a temporary folder");
        let path = folder.path().join("news.mus");
        let out = path.display().to_string();
        stdout(&["train", &corpus(), "--no-lists", "--quiet", "--model", &out]);
        (folder, path)
    });
    path
}

/// The model as an argument.
fn model_path() -> String {
    model().display().to_string()
}

/// Gold and predictions in `CoNLL`, a token a line, as in conlleval's own example files but small.
const GOLD: &str = "# doc = a\n# domain = sport\nقال\tO\nسامي\tB-PER\nالنجار\tI-PER\nفي\tO\nبيروت\tB-LOC\n\nوصل\tO\nوفد\tO\nالاتحاد\tB-ORG\n\n# doc = b\nوبيروت\tB-LOC\nجميلة\tO\n";
const PREDICTED: &str = "قال\tO\nسامي\tB-PER\nالنجار\tO\nفي\tO\nبيروت\tB-LOC\n\nوصل\tO\nوفد\tB-ORG\nالاتحاد\tI-ORG\n\nوبيروت\tB-ORG\nجميلة\tO\n";
