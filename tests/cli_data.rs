//! `musamma check` and `musamma convert` through the binary.

mod support;

use serde_json::Value;
use support::{FIXTURE, run_with};

#[test]
fn clean_data_passes_and_is_counted() {
    let path = FIXTURE.path("train.conll");
    let run = run_with(["check", &path, "--min-severity", "error", "--stats"], "");
    let stderr = run.stderr.clone();
    let text = run.ok();
    for row in [
        "| documents | 24 |",
        "| sentences | 168 |",
        "| entities | 360 |",
        "| PER | 144 | 6 |",
        "| politics | 24 |",
        "| EG | 24 |",
    ] {
        assert!(text.contains(row), "{row} in {text}");
    }
    assert!(text.contains("\u{2068}وزارة الصحة\u{2069} "), "{text}");
    assert!(
        text.lines().all(|l| l.is_empty() || l.starts_with('|')),
        "{text}"
    );
    assert!(stderr.contains("0 errors"), "{stderr}");
}

#[test]
fn mistakes_are_found_in_every_file() {
    let good = FIXTURE.write("check/a.conll", "زار\tO\nسالم\tI-PER\n.\tB-ORG\n");
    let bad = FIXTURE.write("check/b.conll", "زار\tO\n\nسالم\tX-PER\n");
    let run = run_with(
        ["check", &good, &bad, &FIXTURE.path("check/none.conll")],
        "",
    );
    assert_eq!(run.code, Some(1), "{run:?}");
    let line = |start: String| run.stdout.lines().any(|l| l.starts_with(&start));
    assert!(line(format!("{good}:3: ")), "{}", run.stdout);
    assert!(
        line(format!("{bad}:3: error: unknown tag `X-PER`")),
        "{}",
        run.stdout
    );
    assert!(
        line(format!(
            "{}: error: cannot read",
            FIXTURE.path("check/none.conll")
        )),
        "{}",
        run.stdout
    );
    let json = run_with(["check", &bad, "--format", "json", "--stats"], "");
    assert_eq!(json.code, Some(1));
    let json: Value = serde_json::from_str(&json.stdout).expect("json");
    assert_eq!(json["findings"][0]["severity"], "error");
    assert_eq!(json["findings"][0]["line"], 3);
    assert_eq!(json["statistics"]["documents"], 0);
}

#[test]
fn warnings_do_not_fail() {
    let path = FIXTURE.write("check/warn.conll", "زار\tO\nسالم\tB-PER\n.\tI-PER\n");
    let run = run_with(["check", &path], "");
    assert!(
        run.stdout.contains("warning: ") || run.stdout.contains("note: "),
        "{run:?}"
    );
    run.ok();
}

#[test]
fn formats_convert_into_each_other() {
    let inline = "### مقال\n# domain = sport\n\nزار ⟦PER سالم القاسمي⟧ تونس .\n";
    let source = FIXTURE.write("convert/a.txt", inline);
    let conll = FIXTURE.path("convert/a.conll");
    let set = ["--set", "split=test", "--set", "domain = culture"];
    let run = run_with(
        ["convert", &source, "--to", "conll", "-o", &conll]
            .into_iter()
            .chain(set),
        "",
    );
    assert_eq!(run.ok(), "", "the file takes it all");
    let written = std::fs::read_to_string(&conll).expect("written");
    assert_eq!(
        written,
        "# doc = مقال\n# domain = culture\n# split = test\nزار\tO\nسالم\tB-PER\nالقاسمي\tI-PER\nتونس\tO\n.\tO\n\n"
    );
    let csv = run_with(["convert", &conll, "--to", "csv"], "").ok();
    assert!(
        csv.starts_with("doc,sentence,token,tag\nمقال,1,زار,O\n"),
        "{csv}"
    );
    let csv = FIXTURE.write("convert/a.csv", csv);
    let back = run_with(["convert", &csv, "--to", "inline"], "").ok();
    assert_eq!(back.trim(), "### مقال\n\nزار ⟦PER سالم القاسمي⟧ تونس .");
    let bioes = run_with(
        [
            "convert", "-", "--to", "conll", "--scheme", "bioes", "--split", "test",
        ],
        written,
    );
    assert!(bioes.ok().contains("القاسمي\tE-PER\n"));
    for bad in ["doc=x", "two words=x", "novalue"] {
        let run = run_with(["convert", &csv, "--to", "conll", "--set", bad], "");
        assert_eq!(run.code, Some(2), "{bad}: {run:?}");
    }
}

#[test]
fn columns_of_foreign_tables_can_be_named() {
    let path = FIXTURE.write(
        "convert/foreign.csv",
        "n;w;x;y\n1;زار;V;O\n1;سالم;N;B-PERS\n",
    );
    let flags = [
        "--csv-sentence",
        "n",
        "--csv-token",
        "w",
        "--csv-tag",
        "y",
        "--csv-delimiter",
        ";",
        "--map",
        "PERS=PER",
    ];
    let run = run_with(
        ["convert", &path, "--to", "conll"].into_iter().chain(flags),
        "",
    );
    assert_eq!(run.ok(), "# doc = foreign\nزار\tO\nسالم\tB-PER\n\n");
    let stderr = run_with(["convert", &path, "--to", "conll"], "").failed();
    assert!(
        stderr.contains("no tag column") || stderr.contains("no sentence column"),
        "{stderr}"
    );
}
