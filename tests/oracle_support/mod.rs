//! The way to the Python programs that tests compare with.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Says past the capture of the test runner that something was not tested.
pub fn skipped(what: &str) {
    // The runner swallows what a passing test prints by `eprintln!`, and a skipped test must not look like a passed one.
    let _ = writeln!(std::io::stderr(), "SKIPPED: {what}");
}

/// A Python that can import the packages, or `None`, said aloud.
///
/// `MUSAMMA_PYTHON` names it; else it is the one that `.ci/python.sh` made, else `python3`.
pub fn python(packages: &[&str]) -> Option<String> {
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../python/bin/python");
    let python = std::env::var("MUSAMMA_PYTHON").unwrap_or_else(|_| {
        if made.exists() {
            made.display().to_string()
        } else {
            "python3".to_owned()
        }
    });
    let has_packages = Command::new(&python)
        .args(["-c", &format!("import {}", packages.join(", "))])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_packages {
        let packages = packages.join(", ");
        skipped(&format!(
            "{python} cannot import {packages} (run .ci/python.sh): NOT compared"
        ));
        return None;
    }
    Some(python)
}

/// Sends questions to a script of this folder, a line of JSON each, and returns its answers, a line of JSON each.
pub fn ask(python: &str, script: &str, questions: &[Value]) -> Vec<Value> {
    let mut child = Command::new(python)
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests")
                .join(script),
        )
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let lines: Vec<String> = questions.iter().map(Value::to_string).collect();
    // A thread of its own, because python answers while it is still being asked.
    let writer = std::thread::spawn(move || lines.iter().try_for_each(|l| writeln!(stdin, "{l}")));
    let output = child.wait_with_output().expect("python ends");
    let written = writer.join().expect("the questions are written");
    assert!(output.status.success(), "{script} failed");
    written.expect("python reads to the end");
    let answers = String::from_utf8(output.stdout).expect("python prints UTF-8");
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).expect("an answer in JSON"))
        .collect();
    assert_eq!(answers.len(), questions.len(), "answers of {script}");
    answers
}
