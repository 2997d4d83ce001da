//! `musamma cluster` through the binary.

mod support;

use std::collections::HashMap;
use std::fmt::Write;

use flate2::{Compression, write::GzEncoder};
use support::{FIXTURE, Run, run_with};

const NAMES: [&str; 6] = ["سالم", "نادر", "هدى", "ليلى", "طارق", "منصور"];
const VERBS: [&str; 4] = ["زار", "غادر", "بلغ", "دخل"];
const PLACES: [&str; 6] = ["بغداد", "تونس", "صنعاء", "عمّان", "الرباط", "الخرطوم"];

/// Names before verbs before places, every one with every other.
fn text() -> String {
    let mut text = String::new();
    for name in NAMES {
        for verb in VERBS {
            for place in PLACES {
                let _ = writeln!(text, "{verb} {name} {place}");
            }
        }
    }
    // Rarer than بغداد, so it is cut.
    text.push_str("دخل نادر وبغداد\n");
    text
}

fn cluster(arguments: &[&str], stdin: impl Into<Vec<u8>>) -> Run {
    run_with(["cluster"].iter().chain(arguments), stdin)
}

/// The rows of a lexicon.
fn rows(lexicon: &str) -> HashMap<&str, Vec<u16>> {
    let lines = lexicon.lines().filter(|line| !line.starts_with("# "));
    lines
        .map(|line| {
            let (word, ids) = line.split_once('\t').expect("a word and its ids");
            let ids = ids.split('\t').map(|id| id.parse().expect("an id"));
            (word, ids.collect())
        })
        .collect()
}

/// The class of all of these words, which must be one.
#[track_caller]
fn class_of(rows: &HashMap<&str, Vec<u16>>, words: &[&str], column: usize) -> u16 {
    let ids: Vec<u16> = words.iter().map(|word| rows[word][column]).collect();
    assert!(ids.iter().all(|&id| id == ids[0]), "{words:?}: {ids:?}");
    ids[0]
}

#[test]
fn words_used_alike_share_a_class() {
    let input = FIXTURE.write("cluster/text.txt", text());
    let output = FIXTURE.path("cluster/classes.tsv");
    let flags = ["--classes", "3,2", "--min-count", "5", "--iterations", "20"];
    let mut arguments = vec!["--input", &input, "-o", &output];
    arguments.extend(flags);
    let run = cluster(&arguments, "");
    assert!(run.stderr.contains("3 classes, pass  1/20: "), "{run:?}");
    assert_eq!(run.ok(), "", "all is in the file");
    let lexicon = std::fs::read_to_string(&output).expect("written");
    let comments: Vec<&str> = lexicon
        .lines()
        .take_while(|l| l.starts_with("# "))
        .collect();
    assert!(comments[0].starts_with("# musamma "), "{comments:?}");
    assert!(comments[0].contains("classes 3,2"), "{comments:?}");
    assert!(comments[1].ends_with(" of text.txt"), "{comments:?}");
    let words: Vec<&str> = lexicon
        .lines()
        .skip(comments.len())
        .map(|line| line.split('\t').next().unwrap_or_default())
        .collect();
    assert!(words.is_sorted(), "{words:?}");

    let rows = rows(&lexicon);
    assert_eq!(rows.len(), 16, "{rows:?}");
    let places = ["بغداد", "تونس", "صنعاء", "عمان", "الرباط", "الخرطوم"];
    let names = ["سالم", "نادر", "هدي", "ليلي", "طارق", "منصور"];
    let of = [&names[..], &VERBS, &places].map(|words| class_of(&rows, words, 0));
    assert!(of[0] != of[1] && of[1] != of[2] && of[0] != of[2], "{of:?}");
    assert!(
        rows.values().all(|ids| (1..=2).contains(&ids[1])),
        "{rows:?}"
    );

    // What the command writes, training reads.
    let model = FIXTURE.path("cluster/model.mus");
    let train = FIXTURE.path("train.conll");
    let train = [
        "train",
        &train,
        "-m",
        &model,
        "--no-lists",
        "--clusters",
        &output,
    ];
    run_with(train.iter().chain(&["--quiet"]), "").ok();
}

#[test]
fn stdin_gzip_and_threads_make_no_difference() {
    // Enough words for several batches of moves, of a spread of frequencies.
    let mut text = String::new();
    for i in 0_usize..30_000 {
        // In letters, as all digits are one to a normal form.
        let word = i * i % 977 % (1 + i % 400);
        let word: String = [word / 100, word / 10 % 10, word % 10]
            .iter()
            .map(|&digit| ['ب', 'ت', 'ج', 'د', 'ر', 'س', 'ش', 'ط', 'ع', 'م'][digit])
            .collect();
        let end = if i % 11 == 0 { " .\n" } else { " " };
        let _ = write!(text, "{word}{end}");
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut gzip, text.as_bytes()).expect("compressed");
    let gzip = gzip.finish().expect("compressed");
    let flags = [
        "--classes",
        "20,5",
        "--min-count",
        "2",
        "--input",
        "-",
        "-o",
        "-",
    ];
    let one = cluster(&[&["--threads", "1"], &flags[..]].concat(), text.clone()).ok();
    assert!(rows(&one).len() > 100, "{one}");
    let two = cluster(&[&["--threads", "2"], &flags[..]].concat(), text.clone()).ok();
    assert!(one == two, "one and two threads differ");
    let unpacked = cluster(&flags, gzip.clone()).ok();
    assert!(one == unpacked, "plain and gzip differ");
    // A file may hold several archives; a broken one says so.
    let input = FIXTURE.write("cluster/twice.gz", [gzip.as_slice(), &gzip].concat());
    let twice = cluster(&["--input", &input, "--classes", "5", "-o", "-"], "").ok();
    let plain = FIXTURE.write("cluster/twice.txt", text.repeat(2));
    let plain = cluster(&["--input", &plain, "--classes", "5", "-o", "-"], "").ok();
    assert!(
        rows(&twice) == rows(&plain),
        "two archives and the text twice differ"
    );
    let broken = FIXTURE.write("cluster/broken.gz", &gzip[..gzip.len() / 2]);
    let error = cluster(&["--input", &broken, "-o", "-"], "").failed();
    assert!(error.contains("broken.gz"), "{error}");
}

#[test]
fn columns_are_appended() {
    let input = FIXTURE.write("cluster/append.txt", text());
    let old = "# thanks to somebody\nسالم\t7\nغريب\t9\n";
    let old = FIXTURE.write("cluster/old.tsv", old);
    let flags = ["--classes", "2", "--min-count", "1", "--append", &old];
    let mut arguments = vec!["--input", &input, "-o", &old];
    arguments.extend(flags);
    // Onto itself, too.
    cluster(&arguments, "").ok();
    let lexicon = std::fs::read_to_string(&old).expect("written");
    assert!(
        lexicon.starts_with("# thanks to somebody\n# musamma "),
        "{lexicon}"
    );
    let rows = rows(&lexicon);
    assert_eq!(rows["غريب"], [9, 0]);
    assert_eq!(rows["سالم"][0], 7);
    assert_ne!(rows["سالم"][1], 0);
    assert_eq!(rows["تونس"][0], 0);
    assert!(
        rows.contains_key("و+"),
        "the proclitic that was cut off: {rows:?}"
    );
    assert!(!rows.contains_key("وبغداد"), "{rows:?}");

    let flags = ["--classes", "2,3,4,5,6,7,8", "--append", &old];
    let mut arguments = vec!["--input", &input, "-o", &old];
    arguments.extend(flags);
    let error = cluster(&arguments, "").failed();
    assert!(error.contains("at most 8"), "{error}");
}

#[test]
fn mistakes_are_told_and_leave_no_file() {
    let input = FIXTURE.write("cluster/short.txt", "كلمة واحدة\n");
    let empty = FIXTURE.write("cluster/empty.txt", "\n \n");
    let bytes = FIXTURE.write("cluster/bytes.txt", b"\xd8\xa7\n\xc7\xe1\n");
    let output = FIXTURE.path("cluster/none.tsv");
    let none = FIXTURE.path("cluster/none.txt");
    let cases = [
        (&none, "none.txt"),
        (&empty, "no words"),
        (&input, "--min-count 1"),
        (&bytes, "bytes.txt:2:1: "),
    ];
    for (input, message) in cases {
        let error = cluster(&["--input", input, "-o", &output], "").failed();
        assert!(error.contains(message), "{message} in {error}");
        assert!(!std::path::Path::new(&output).exists(), "{message}");
    }
    for classes in ["0", "65536", "x", "", "3,"] {
        let run = cluster(
            &["--input", &input, "--classes", classes, "-o", &output],
            "",
        );
        assert_eq!(run.code, Some(2), "--classes {classes}: {run:?}");
    }
}
