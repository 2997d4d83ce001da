use std::io::Write;
use std::process::Command;

/// Past the capture of the test runner, which would swallow it: a skipped test must not look like a passed one.
fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{}", what.trim_end());
}

/// Runs `tests/report_page.sh`, which needs Chromium and Node, and says so where they are missing.
#[test]
fn the_page_works_in_a_browser() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/report_page.sh");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new("sh")
        .args([script, env!("CARGO_BIN_EXE_musamma")])
        .arg(folder.path())
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            say(&format!("SKIPPED report_page: no shell ({error})"));
            return;
        }
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        say(&stderr);
        return;
    }
    assert!(output.status.success(), "{stderr}");
}
