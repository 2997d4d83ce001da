//! Scores against seqeval and nervaluate, bit for bit, on random taggings.
//!
//! Needs `python3` (or what `MUSAMMA_PYTHON` names) with both packages: `pip install seqeval==1.2.2 nervaluate==1.2.1`.

#![allow(clippy::print_stderr, reason = "a skipped test says so")]

use musamma::evaluate::{Evaluation, MatchTable, Matching};
use musamma::label::{Scheme, spans_from_tags, tags_from_spans};
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// Reads rounds of `{gold, predicted}` and prints one line of JSON a round. Floats travel as the integer of their bits.
const SCRIPT: &str = r#"
import json, struct, sys, warnings
warnings.filterwarnings("ignore")
from seqeval.metrics.sequence_labeling import accuracy_score, get_entities, precision_recall_fscore_support as prfs
from nervaluate import Evaluator

bits = lambda x: struct.unpack("<Q", struct.pack("<d", float(x)))[0]
for line in sys.stdin:
    data = json.loads(line)
    gold, predicted, kinds = data["gold"], data["predicted"], data["kinds"]
    result = {
        "entities": [[[s, e + 1, k] for k, s, e in get_entities(tags)] for tags in gold],
        "accuracy": bits(accuracy_score(data["plain_gold"], data["plain_predicted"])),
    }
    for average in ["micro", "macro"]:
        result[average] = [bits(x) for x in prfs(gold, predicted, average=average)[:3]]
    p, r, f, support = prfs(gold, predicted, average=None)
    result["types"] = [[bits(a), bits(b), bits(c), int(n)] for a, b, c, n in zip(p, r, f, support)]
    nerv = Evaluator(data["plain_gold"], data["plain_predicted"], tags=kinds, loader="list").evaluate()
    show = lambda m: [m.correct, m.incorrect, m.partial, m.missed, m.spurious, bits(m.precision), bits(m.recall), bits(m.f1)]
    result["nervaluate"] = {
        "overall": {name: show(m) for name, m in nerv["overall"].items()},
        "types": {kind: {name: show(m) for name, m in table.items()} for kind, table in nerv["entities"].items()},
    }
    print(json.dumps(result))
"#;

const KINDS: [&str; 3] = ["LOC", "ORG-X", "PER"];

/// Knuth's MMIX linear congruential generator; its high bits are random enough to choose tags.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// One round: sentences of gold and predicted tags.
type Round = Vec<(Vec<String>, Vec<String>)>;

fn random_round(random: &mut Random, round: usize) -> Round {
    let letters: &[&str] = if round.is_multiple_of(2) {
        &["O", "B", "I"]
    } else {
        &["O", "B", "I", "E", "S"]
    };
    let n_kinds = 1 + random.below(KINDS.len());
    (0..=random.below(8))
        .map(|_| {
            let n_tokens = 1 + random.below(15);
            let tag = |random: &mut Random| match letters[random.below(letters.len())] {
                "O" => "O".to_owned(),
                letter => format!("{letter}-{}", KINDS[random.below(n_kinds)]),
            };
            let gold: Vec<String> = (0..n_tokens).map(|_| tag(random)).collect();
            // Mostly right, so that every outcome is frequent.
            let mut predicted = gold.clone();
            for slot in &mut predicted {
                if random.below(4) == 0 {
                    *slot = tag(random);
                }
            }
            (gold, predicted)
        })
        .collect()
}

/// The legal IOB2 tags of the same spans, which both packages read alike.
fn plain(tags: &[String]) -> Vec<String> {
    tags_from_spans(&spans_from_tags(tags), tags.len(), Scheme::Iob2)
}

/// The oracle's answers, or `None` where it is not installed.
fn ask(rounds: &[Round]) -> Option<Vec<Value>> {
    let python = std::env::var("MUSAMMA_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_packages = Command::new(&python)
        .args(["-c", "import seqeval, nervaluate"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_packages {
        eprintln!(
            "SKIPPED: {python} with seqeval and nervaluate is not at hand; the oracle was NOT compared"
        );
        return None;
    }
    let mut child = Command::new(&python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let questions: Vec<String> = rounds
        .iter()
        .map(|round| {
            let column = |pick: &dyn Fn(&(Vec<String>, Vec<String>)) -> Vec<String>| {
                round.iter().map(pick).collect::<Vec<_>>()
            };
            json!({
                "kinds": KINDS,
                "gold": column(&|(gold, _)| gold.clone()),
                "predicted": column(&|(_, predicted)| predicted.clone()),
                "plain_gold": column(&|(gold, _)| plain(gold)),
                "plain_predicted": column(&|(_, predicted)| plain(predicted)),
            })
            .to_string()
        })
        .collect();
    // A thread of its own, because python answers while it is still being asked.
    let writer = std::thread::spawn(move || {
        for question in questions {
            writeln!(stdin, "{question}").expect("python listens");
        }
    });
    let output = child.wait_with_output().expect("python ends");
    writer.join().expect("the questions are written");
    assert!(output.status.success(), "the oracle failed");
    let answers = String::from_utf8(output.stdout).expect("python prints UTF-8");
    Some(
        answers
            .lines()
            .map(|line| serde_json::from_str(line).expect("an answer in JSON"))
            .collect(),
    )
}

/// The bits of a score, 0 where undefined as the oracles have it.
fn bits(score: Option<f64>) -> u64 {
    score.unwrap_or(0.0).to_bits()
}

fn compare(round: &Round, answer: &Value) {
    let mut evaluation = Evaluation::default();
    let mut table = MatchTable::default();
    let mut entities = Vec::new();
    for (gold, predicted) in round {
        let (gold_spans, predicted_spans) = (spans_from_tags(gold), spans_from_tags(predicted));
        evaluation.add_sentence(&gold_spans, &predicted_spans, gold.len());
        table.add_sentence(&gold_spans, &predicted_spans);
        let spans = gold_spans.iter().map(|s| json!([s.start, s.end, s.kind]));
        entities.push(spans.collect::<Vec<_>>());
    }
    assert_eq!(json!(entities), answer["entities"], "entities of {round:?}");
    assert_eq!(
        json!(bits(evaluation.token_accuracy())),
        answer["accuracy"],
        "accuracy of {round:?}"
    );
    let scores = [
        ("micro", evaluation.micro().scores()),
        ("macro", evaluation.macro_average()),
    ];
    for (average, s) in scores {
        if average == "macro" && evaluation.kinds.is_empty() {
            // The mean over no types is undefined; seqeval prints NaN.
            assert!(s.f1.is_none(), "{round:?}");
            continue;
        }
        let ours = json!([bits(s.precision), bits(s.recall), bits(s.f1)]);
        assert_eq!(ours, answer[average], "{average} of {round:?}");
    }
    let types: Vec<Value> = evaluation
        .kinds
        .values()
        .map(|c| {
            json!([
                bits(c.precision()),
                bits(c.recall()),
                bits(c.f1()),
                c.support()
            ])
        })
        .collect();
    assert_eq!(json!(types), answer["types"], "types of {round:?}");

    for (i, matching) in Matching::ALL.into_iter().enumerate() {
        let name = json!(matching);
        let name = name.as_str().expect("a name");
        let show = |m: &musamma::evaluate::MatchCounts| {
            let counts = [m.correct, m.incorrect, m.partial, m.missed, m.spurious];
            let scores = [bits(m.precision()), bits(m.recall()), bits(m.f1())];
            json!([&counts[..], &scores[..]].concat())
        };
        let theirs = &answer["nervaluate"];
        assert_eq!(
            show(&table.overall[i]),
            theirs["overall"][name],
            "{name} of {round:?}"
        );
        for (kind, counts) in &table.kinds {
            assert_eq!(
                show(&counts[i]),
                theirs["types"][kind][name],
                "{name} {kind} of {round:?}"
            );
        }
    }
}

#[test]
fn scores_are_those_of_seqeval_and_nervaluate() {
    let mut random = Random(2024);
    let rounds: Vec<Round> = (0..2000).map(|i| random_round(&mut random, i)).collect();
    let Some(answers) = ask(&rounds) else {
        return;
    };
    assert_eq!(answers.len(), rounds.len());
    for (round, answer) in rounds.iter().zip(&answers) {
        compare(round, answer);
    }
}
