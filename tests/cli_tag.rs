//! `musamma tag` through the binary: formats, offsets, order, streams.

mod support;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use serde_json::Value;
use support::{FIXTURE, Run, run_with, shared_data};

const TEXT: &str = "زار محمود توفيق مدينة بيروت أمس بدعوة من وزارة الصحة .\n\nقال الوزير سالم القاسمي في تونس إن بنك الوادي ستعلن \"النتائج\" غدا .\n";

/// Runs `tag` with the fixture's model.
fn tag(arguments: &[&str], stdin: &str) -> Run {
    let model = FIXTURE.model();
    let all = ["tag", "--model", &model]
        .into_iter()
        .chain(arguments.iter().copied());
    run_with(all, stdin)
}

fn json_lines(output: &str) -> Vec<Value> {
    let parse = |line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}"));
    output.lines().map(parse).collect()
}

fn number(value: &Value, key: &str) -> usize {
    let number = value[key]
        .as_u64()
        .unwrap_or_else(|| panic!("{key} of {value}"));
    usize::try_from(number).expect("fits")
}

/// (type, text) of a document's entities, after a check that both kinds of offsets slice the source to the text.
fn checked_entities(document: &Value, source: &str) -> Vec<(String, String)> {
    let chars: Vec<char> = source.chars().collect();
    let entities = document["entities"].as_array().expect("a list");
    let mut last = 0;
    let mut found = Vec::new();
    for entity in entities {
        let text = entity["text"].as_str().expect("a text");
        let (start, end) = (number(entity, "start"), number(entity, "end"));
        let by_chars: String = chars[start..end].iter().collect();
        let by_bytes = &source[number(entity, "byte_start")..number(entity, "byte_end")];
        assert_eq!(
            by_chars, text,
            "characters {start}..{end} in {}",
            document["doc"]
        );
        assert_eq!(by_bytes, text, "bytes of {entity} in {}", document["doc"]);
        assert!(last <= start && start < end, "order and length of {entity}");
        last = end;
        let confidence = entity["confidence"].as_f64().expect("a number");
        assert!((0.0..=1.0).contains(&confidence), "{entity}");
        assert!(
            !entity["name"].as_str().expect("a name").is_empty(),
            "{entity}"
        );
        found.push((
            entity["type"].as_str().expect("a type").to_owned(),
            text.to_owned(),
        ));
    }
    found
}

#[test]
fn jsonl_has_the_promised_fields_and_offsets() {
    let path = FIXTURE.write("json/خبر \"1\".txt", TEXT);
    let output = tag(&["--format", "jsonl", &path], "").ok();
    let documents = json_lines(&output);
    assert_eq!(documents.len(), 1, "{output}");
    assert_eq!(documents[0]["doc"], path.as_str());
    assert_eq!(
        checked_entities(&documents[0], TEXT),
        [
            ("PER", "محمود توفيق"),
            ("LOC", "بيروت"),
            ("ORG", "وزارة الصحة"),
            ("PER", "سالم القاسمي"),
            ("LOC", "تونس"),
            ("ORG", "بنك الوادي"),
        ]
        .map(|(kind, text)| (kind.to_owned(), text.to_owned()))
    );
    let keys = [
        "type",
        "start",
        "end",
        "byte_start",
        "byte_end",
        "text",
        "name",
        "confidence",
        "sentence",
    ];
    let mut at = 0;
    for key in keys {
        let found = output[at..]
            .find(&format!("\"{key}\": "))
            .unwrap_or_else(|| panic!("{key} in {output}"));
        at += found;
    }
    let fields = documents[0]["entities"][0].as_object().expect("an object");
    assert_eq!(fields.len(), keys.len(), "{fields:?}");
    assert_eq!(documents[0]["entities"][3]["sentence"], 1);
}

#[test]
fn text_is_for_reading() {
    let plain = tag(&[], TEXT).ok();
    assert!(plain.contains("زار ⟦PER محمود توفيق⟧ مدينة"), "{plain}");
    assert!(plain.contains("\u{2068}محمود توفيق\u{2069}"), "{plain}");
    assert!(
        !plain.contains('\u{1b}') && !plain.contains("=="),
        "{plain:?}"
    );
    let coloured = tag(&["--color", "always"], TEXT).ok();
    assert!(
        coloured.contains('\u{1b}') && !coloured.contains('⟦'),
        "{coloured:?}"
    );
    let several = tag(&["--split", "paragraphs", "--color", "never"], TEXT).ok();
    assert!(
        several.contains("== stdin#1 ==\n") && several.contains("== stdin#2 ==\n"),
        "{several}"
    );
}

#[test]
fn machine_formats_hold_neither_colours_nor_isolates() {
    for format in ["conll", "jsonl", "csv", "inline"] {
        let output = tag(&["--format", format, "--color", "always"], TEXT).ok();
        assert!(
            !output.contains(['\u{1b}', '\u{2068}', '\u{2069}']),
            "{format}: {output:?}"
        );
        assert!(output.contains("سالم"), "{format}: {output}");
    }
    let csv = tag(&["--format", "csv"], TEXT).ok();
    assert!(csv.starts_with("doc,type,start,end,"), "{csv}");
    assert_eq!(csv.lines().count(), 7, "{csv}");
    let conll = tag(&["--format", "conll"], TEXT).ok();
    assert!(
        conll.starts_with("# doc = stdin\n") && conll.contains("\nمحمود\tB-PER\nتوفيق\tI-PER\n"),
        "{conll}"
    );
}

#[test]
fn inline_output_is_labelled_data() {
    let inline = tag(&["--format", "inline"], TEXT).ok();
    let path = FIXTURE.write("inline/tagged.txt", &inline);
    let conll = run_with(["convert", "--to", "conll", &path], "").ok();
    assert!(conll.starts_with("# doc = stdin\n"), "{conll}");
    assert_eq!(conll.matches("\tB-").count(), 6, "{inline}\n{conll}");
}

#[test]
fn files_come_in_order_with_any_number_of_threads() {
    let mut paths: Vec<String> = (0..30)
        .map(|i| FIXTURE.write(&format!("many/{i}.txt"), TEXT.repeat(1 + (i * 7) % 11)))
        .collect();
    // The same file twice stays twice.
    paths.push(paths[3].clone());
    let arguments = |threads| {
        let fixed = ["--format", "jsonl", "--threads", threads];
        fixed
            .into_iter()
            .chain(paths.iter().map(String::as_str))
            .collect::<Vec<_>>()
    };
    let one = tag(&arguments("1"), "").ok();
    let names: Vec<Value> = json_lines(&one).iter().map(|d| d["doc"].clone()).collect();
    assert_eq!(names, paths);
    for threads in ["2", "5"] {
        assert!(
            tag(&arguments(threads), "").ok() == one,
            "{threads} threads change the output"
        );
    }
}

#[test]
fn a_folder_stands_for_its_texts() {
    FIXTURE.write("folder/b/2.txt", "وصل سالم القاسمي إلى تونس .");
    FIXTURE.write("folder/a.txt", "");
    FIXTURE.write("folder/notes.md", "x");
    FIXTURE.write("folder/.hidden.txt", "x");
    let output = tag(&["--format", "jsonl", &FIXTURE.path("folder")], "").ok();
    let documents = json_lines(&output);
    assert_eq!(documents.len(), 2, "{output}");
    assert_eq!(documents[0]["entities"], Value::Array(Vec::new()));
    assert!(
        documents[1]["doc"]
            .as_str()
            .is_some_and(|d| d.ends_with("2.txt")),
        "{output}"
    );
}

#[test]
fn stdin_is_one_document_or_one_a_paragraph() {
    let whole = json_lines(&tag(&["--format", "jsonl", "-"], TEXT).ok());
    assert_eq!((whole.len(), &whole[0]["doc"]), (1, &Value::from("stdin")));
    let text = TEXT.replace('\n', "\r\n");
    let split = json_lines(&tag(&["--format", "jsonl", "--split", "paragraphs"], &text).ok());
    let names: Vec<&Value> = split.iter().map(|d| &d["doc"]).collect();
    assert_eq!(names, ["stdin#1", "stdin#2"]);
    let paragraphs: Vec<&str> = TEXT.trim_end().split("\n\n").collect();
    for (document, paragraph) in split.iter().zip(paragraphs) {
        assert_eq!(checked_entities(document, paragraph).len(), 3, "{document}");
    }
}

#[test]
fn a_stream_is_answered_before_it_ends() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_musamma"))
        .args([
            "tag",
            "--format",
            "jsonl",
            "--split",
            "paragraphs",
            "--model",
            &FIXTURE.model(),
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("piped");
    let mut stdout = BufReader::new(child.stdout.take().expect("piped"));
    for n in 1..=3 {
        stdin
            .write_all("زار محمود توفيق بيروت .\n\n".as_bytes())
            .expect("it reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("it answers");
        assert!(
            line.contains(&format!("\"stdin#{n}\"")) && line.contains("محمود"),
            "{line}"
        );
    }
    drop(stdin);
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("it ends");
    assert_eq!(rest, "");
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn labelled_input_keeps_its_tokens_and_lines_and_gets_new_tags() {
    let file = "# doc = خبر\n# domain = sport\nزار\tB-ORG\nمحمود\tO\nتوفيق\tO\nبيروت\tO\n.\tO\n\nقال\nسالم\nالقاسمي\n";
    let conll = tag(&["--input", "conll", "--format", "conll"], file).ok();
    assert_eq!(
        conll,
        "# doc = خبر\n# domain = sport\nزار\tO\nمحمود\tB-PER\nتوفيق\tI-PER\nبيروت\tB-LOC\n.\tO\n\n\
         قال\tO\nسالم\tB-PER\nالقاسمي\tI-PER\n\n"
    );
    let json = json_lines(&tag(&["--input", "conll", "--format", "jsonl"], file).ok());
    let joined = "زار محمود توفيق بيروت .\nقال سالم القاسمي";
    assert_eq!(json[0]["doc"], "خبر");
    assert_eq!(checked_entities(&json[0], joined).len(), 3, "{json:?}");
}

#[test]
fn confidence_and_bias_choose_what_is_shown() {
    let count = |arguments: &[&str]| {
        let output = tag(&[&["--format", "jsonl"], arguments].concat(), TEXT).ok();
        json_lines(&output)[0]["entities"].as_array().map(Vec::len)
    };
    assert_eq!(count(&[]), Some(6));
    assert_eq!(count(&["--min-confidence", "1"]), Some(0));
    assert_eq!(count(&["--recall-bias", "-100"]), Some(0));
    assert!(count(&["--recall-bias", "100"]) > Some(6));
    for bad in [
        ["--min-confidence", "1.5"],
        ["--recall-bias", "NaN"],
        ["--format", "xml"],
    ] {
        let run = tag(&bad, "");
        assert_eq!(run.code, Some(2), "{run:?}");
    }
}

#[test]
fn empty_text_has_no_entities() {
    for text in ["", "\n", " \u{feff}\u{200f}\n"] {
        let output = tag(&["--format", "jsonl"], text).ok();
        assert_eq!(
            output, "{\"doc\": \"stdin\", \"entities\": []}\n",
            "of {text:?}"
        );
        for format in ["text", "conll", "csv", "inline"] {
            tag(&["--format", format], text).ok();
        }
    }
    assert_eq!(
        tag(&["--format", "jsonl", "--split", "paragraphs"], "\n\n").ok(),
        ""
    );
}

#[test]
fn offsets_hold_in_real_articles() {
    let Some(folder) = shared_data("news/raw") else {
        return;
    };
    let output = tag(&["--format", "jsonl", &folder.display().to_string()], "").ok();
    let documents = json_lines(&output);
    assert_eq!(documents.len(), 24, "articles");
    let mut n_entities = 0;
    for document in &documents {
        let path = document["doc"].as_str().expect("a name");
        let source = std::fs::read_to_string(path).expect("an article");
        n_entities += checked_entities(document, &source).len();
    }
    assert!(n_entities > 100, "{n_entities} entities in 24 articles");
}
