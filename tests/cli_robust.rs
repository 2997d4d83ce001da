//! Damaged, foreign and hostile input through the binary: a clear error with exit code 1 or a result, never a panic.

mod support;

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use support::{FIXTURE, Run, corpus, run_with};

fn tag(path: &str) -> Run {
    run_with(
        [
            "tag",
            "--model",
            &FIXTURE.model(),
            "--format",
            "jsonl",
            path,
        ],
        "",
    )
}

fn train(path: &str) -> Run {
    let model = FIXTURE.path("never.mus");
    let run = run_with(["train", path, "--model", &model, "--no-lists"], "");
    if run.code != Some(0) {
        assert!(
            !std::fs::exists(&model).expect("known"),
            "a model after {run:?}"
        );
    }
    run
}

#[test]
fn damaged_models_are_refused() {
    let good = std::fs::read(FIXTURE.model()).expect("the model");
    let text = FIXTURE.write("robust/text.txt", "زار سالم القاسمي تونس .");
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    for share in [0, 1, 7, 50, 99] {
        cases.push((
            format!("{share} % of it"),
            good[..good.len() * share / 100].to_vec(),
        ));
    }
    cases.push(("all but a byte".to_owned(), good[..good.len() - 1].to_vec()));
    for at in (0..good.len()).step_by(good.len() / 40) {
        let mut flipped = good.clone();
        flipped[at] ^= 1;
        cases.push((format!("byte {at} flipped"), flipped));
    }
    cases.push(("text".to_owned(), corpus(2, 0).into_bytes()));
    for (what, bytes) in cases {
        let path = FIXTURE.write("robust/bad.mus", bytes);
        let run = run_with(["tag", "--model", &path, &text], "");
        let stderr = run.failed();
        assert!(
            stderr.starts_with(&format!("error: {path}: ")),
            "{what}: {stderr}"
        );
        assert!(stderr.contains("model"), "{what}: {stderr}");
    }
    run_with(["inspect", &FIXTURE.path("robust/bad.mus")], "").failed();
    let stderr = run_with(["tag", "--model", &FIXTURE.path("none.mus"), &text], "").failed();
    assert!(stderr.contains("none.mus: cannot read"), "{stderr}");
    run_with(["tag", "--model", &FIXTURE.path("robust"), &text], "").failed();
}

#[test]
fn files_that_are_no_text_are_named_with_the_place() {
    let table: &[(&str, &[u8], &str)] = &[
        (
            "binary",
            b"\x7fELF\x02\x01\0\0\0\0",
            ":1: this is a binary file",
        ),
        ("utf16", b"\xff\xfeH\0i\0\n\0", ":1: this is a binary file"),
        ("latin", b"abc O\nd\xe9f O\n", ":2:"),
        ("cut", "سطر O\nسل".as_bytes().split_at(12).0, ":2:"),
    ];
    for (name, bytes, expected) in table {
        let path = FIXTURE.write(&format!("robust/{name}.conll"), bytes);
        for run in [tag(&path), train(&path)] {
            let stderr = run.failed();
            assert!(
                stderr.contains(&format!("error: {path}{expected}")),
                "{name}: {stderr}"
            );
            assert!(stderr.contains("hint: "), "{name}: {stderr}");
        }
    }
}

#[test]
fn one_bad_file_does_not_keep_the_others_from_being_tagged() {
    let bad = FIXTURE.write("robust/bad.txt", b"\xff\xff");
    let good = FIXTURE.write("robust/good.txt", "زار سالم القاسمي تونس .");
    let none = FIXTURE.path("robust/none.txt");
    let model = FIXTURE.model();
    for extra in [&[][..], &["--split", "paragraphs"]] {
        let arguments = [
            "tag", "--model", &model, "--format", "jsonl", &bad, &none, &good,
        ];
        let run = run_with(arguments.iter().chain(extra), "");
        assert_eq!(run.code, Some(1), "{run:?}");
        assert_eq!(run.stdout.matches("القاسمي").count(), 2, "{run:?}");
        assert_eq!(run.stderr.matches("error: ").count(), 2, "{run:?}");
    }
}

#[test]
fn unfit_training_data_is_refused() {
    let table = [
        ("empty", "", "the file is empty"),
        ("blank", "\n\n \n", "the file is empty"),
        ("tag", "زار\tO\nسالم\tX-PER\n", ":2: unknown tag `X-PER`"),
        ("untagged", "زار\nسالم\n", "format cannot be told"),
        ("prose", "زار سالم تونس .\n", "format cannot be told"),
        ("no-entity", "زار\tO\n", "the training data has no entity"),
        (
            "inline",
            "### a\n\nزار ⟦PER سالم\n",
            ":3:5: `⟦` is not closed",
        ),
    ];
    for (name, text, expected) in table {
        let path = FIXTURE.write(&format!("robust/{name}.txt"), text);
        let stderr = train(&path).failed();
        assert!(stderr.contains(expected), "{name}: {stderr}");
    }
    let stderr = train(&FIXTURE.path("robust/no-such-file")).failed();
    assert!(stderr.contains("no-such-file: cannot read"), "{stderr}");
}

#[test]
fn a_line_of_50_megabytes() {
    let words = "زار سالم القاسمي تونس ";
    let line = words.repeat((50 << 20) / words.len());
    let path = FIXTURE.write("robust/long.txt", &line);
    let run = tag(&path);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stdout.len() > 50 << 20 && run.stdout.ends_with("]}\n"),
        "{} bytes",
        run.stdout.len()
    );
    let stderr = run_with(["check", "--gold-format", "conll", &path], "");
    assert_eq!(stderr.code, Some(1));
    assert!(
        stderr.stdout.contains("the line is too long"),
        "{}",
        stderr.stdout
    );
    let stderr = train(&path).failed();
    assert!(
        stderr.contains("format cannot be told") || stderr.contains("too long"),
        "{stderr}"
    );
}

#[test]
fn outputs_that_cannot_be_written_are_known_before_the_work() {
    let (data, model) = (FIXTURE.path("train.conll"), FIXTURE.model());
    let folder = FIXTURE.path("");
    let nowhere = FIXTURE.path("no/such/folder/x");
    for target in [&folder, &nowhere] {
        let stderr = run_with(["train", "--no-lists", &data, "--model", target], "").failed();
        assert!(
            stderr.contains("cannot write") && !stderr.contains("iteration"),
            "{stderr}"
        );
        run_with(["tag", "--model", &model, "--output", target], "x").failed();
        run_with(["convert", &data, "--to", "csv", "-o", target], "").failed();
    }
}

#[test]
fn a_failed_run_leaves_the_old_file_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("m.mus");
    std::fs::write(&target, "old").expect("written");
    let bad = FIXTURE.write("robust/late.conll", "زار\tO\nسالم\tX-PER\n");
    let target = target.display().to_string();
    run_with(["train", &bad, "--model", &target], "").failed();
    assert_eq!(std::fs::read(&target).expect("there"), b"old");
    let n_files = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(n_files, 1, "files left behind");
}

#[cfg(unix)]
#[test]
fn a_replaced_file_keeps_its_permissions_and_a_device_is_written_to() {
    use std::os::unix::fs::PermissionsExt;
    let data = FIXTURE.path("train.conll");
    let mode = |path: &str| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let convert = |out: &str| run_with(["convert", &data, "--to", "csv", "-o", out], "").ok();
    let target = FIXTURE.write("robust/private.csv", "old");
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o600)).expect("set");
    convert(&target);
    assert_eq!(mode(&target), 0o600);
    let new = FIXTURE.path("robust/new.csv");
    convert(&new);
    let plain = FIXTURE.write("robust/plain.csv", "");
    assert_eq!(mode(&new), mode(&plain), "as any new file");
    let link = FIXTURE.path("robust/link.csv");
    std::os::unix::fs::symlink(&plain, &link).expect("a link");
    convert(&link);
    assert!(
        std::fs::symlink_metadata(&link)
            .expect("there")
            .is_symlink(),
        "the link stays"
    );
    assert_eq!(
        std::fs::read(&plain).expect("read"),
        std::fs::read(&new).expect("read")
    );
    convert("/dev/null");
    assert!(
        !std::fs::metadata("/dev/null").expect("there").is_file(),
        "the device stays"
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let text = FIXTURE.write(
        "robust/much.txt",
        "زار سالم القاسمي تونس .\n\n".repeat(20_000),
    );
    let (data, model) = (FIXTURE.path("train.conll"), FIXTURE.model());
    for arguments in [
        &["tag", "--model", &model, "--format", "jsonl", &text][..],
        &[
            "tag",
            "--model",
            &model,
            "--split",
            "paragraphs",
            "--format",
            "csv",
            &text,
        ],
        &["convert", &data, "--to", "conll"],
        &["inspect", &model, "--top", "100000"],
        &["--help"],
    ] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_musamma"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts");
        drop(child.stdout.take());
        let mut stderr = String::new();
        let pipe = child.stderr.as_mut().expect("piped");
        pipe.read_to_string(&mut stderr).expect("text");
        let code = child.wait().expect("it ends").code();
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn any_bytes_on_stdin() {
    let mut bytes: Vec<u8> = (0..=255).collect();
    for _ in 0..4 {
        let run = run_with(["tag", "--model", &FIXTURE.model()], bytes.clone());
        assert!(
            matches!(run.code, Some(0 | 1)) && !run.stderr.contains("panicked"),
            "{run:?}"
        );
        bytes.retain(|&b| b != 0 && b < 0x80 || b == b'\n');
        bytes.rotate_left(7);
    }
    // Text made of nothing but what surprises: controls, marks, joiners, private use, the last scalar.
    let odd = "\u{1}\u{7f}\u{85}\u{301}\u{640}\u{64b}\u{200d}\u{202e}\u{2028}\u{fdfa}\u{e000}\u{fffd}\u{10ffff}⟦⟧\"\\,\t";
    for format in ["text", "conll", "jsonl", "csv", "inline"] {
        let mut text = odd.repeat(100).into_bytes();
        text.write_all(b"\n").expect("memory");
        run_with(
            [
                "tag",
                "--model",
                &FIXTURE.model(),
                "--format",
                format,
                "--recall-bias",
                "50",
            ],
            text,
        )
        .ok();
    }
}
