use std::process::Command;

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
            eprintln!("SKIPPED report_page: no shell ({error})");
            return;
        }
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        eprintln!("{stderr}");
        return;
    }
    assert!(output.status.success(), "{stderr}");
}
