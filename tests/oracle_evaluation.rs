//! Scores against seqeval, conlleval and nervaluate, bit for bit, on thousands of random taggings.
//!
//! Needs a Python with the packages of `tests/requirements.txt`, see [`oracle_support::python`]; skips aloud without.

mod oracle_support;

use musamma::evaluate::{Counts, Evaluation, MatchCounts, MatchTable, Matching};
use musamma::label::{Scheme, Span, spans_from_tags, tags_from_spans};
use oracle_support::{ask, python};
use serde_json::{Value, json};
use std::fmt::Write;

/// Rounds of each kind.
const N_ROUNDS: usize = 600;

/// A dash and a space within, as some corpora have them, and enough types for numpy's other way to add.
const KINDS: [&str; 12] = [
    "LOC", "ORG-X", "PER", "A B", "D", "DATE", "E", "I", "MISC", "O", "TOPIC", "حدث",
];

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

/// How legal tags are written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Style {
    Iob1,
    Iob2,
    Bioes,
}

impl Style {
    const ALL: [Self; 3] = [Self::Iob1, Self::Iob2, Self::Bioes];

    /// Its name in seqeval.
    fn scheme(self) -> &'static str {
        match self {
            Self::Iob1 => "IOB1",
            Self::Iob2 => "IOB2",
            Self::Bioes => "IOBES",
        }
    }

    /// Written here once more, so that the library's tables are not tested against themselves.
    fn tags(self, spans: &[Span], n_tokens: usize) -> Vec<String> {
        let mut tags = vec!["O".to_owned(); n_tokens];
        for (i, span) in spans.iter().enumerate() {
            let is_next_to_its_like =
                i > 0 && spans[i - 1].end == span.start && spans[i - 1].kind == span.kind;
            for position in span.start..span.end {
                let (is_first, is_last) = (position == span.start, position + 1 == span.end);
                let letter = match self {
                    Self::Bioes if is_first && is_last => 'S',
                    Self::Bioes if is_last => 'E',
                    Self::Iob1 if is_first && !is_next_to_its_like => 'I',
                    _ if is_first => 'B',
                    _ => 'I',
                };
                tags[position] = format!("{letter}-{}", span.kind);
            }
        }
        tags
    }
}

/// Sentences of gold and predicted tags, and the scheme that they obey, if any.
#[derive(Debug)]
struct Round {
    sentences: Vec<(Vec<String>, Vec<String>)>,
    scheme: Option<Style>,
}

impl Round {
    fn question(&self) -> Value {
        let (gold, predicted): (Vec<_>, Vec<_>) = self.sentences.iter().cloned().unzip();
        json!({"gold": gold, "predicted": predicted, "scheme": self.scheme.map(Style::scheme)})
    }
}

/// Up to nine sentences that `sentence(random, number of tokens, number of types)` makes. Most rounds have few types.
fn round(
    random: &mut Random,
    scheme: Option<Style>,
    mut sentence: impl FnMut(&mut Random, usize, usize) -> (Vec<String>, Vec<String>),
) -> Round {
    let n_kinds = match random.below(8) {
        0 => KINDS.len(),
        n => 1 + n % 3,
    };
    let sentences = (0..=random.below(9))
        .map(|_| {
            let n_tokens = 1 + random.below(15);
            sentence(random, n_tokens, n_kinds)
        })
        .collect();
    Round { sentences, scheme }
}

/// Entities in order, often side by side.
fn spans(random: &mut Random, n_tokens: usize, n_kinds: usize) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = random.below(3);
    while start < n_tokens {
        let end = (start + 1 + random.below(4)).min(n_tokens);
        spans.push(Span::new(start, end, KINDS[random.below(n_kinds)]));
        start = end + random.below(4).saturating_sub(1);
    }
    spans
}

/// What a tagger could make of the entities: some lost, cut short, joined with the next token, or of another type.
fn blur(random: &mut Random, gold: &[Span], n_tokens: usize, n_kinds: usize) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for span in gold {
        let mut span = span.clone();
        match random.below(10) {
            0 => continue,
            1 => span.kind = KINDS[random.below(n_kinds)].into(),
            2 => span.start += 1,
            3 => span.end += 1,
            4 => span.end -= 1,
            _ => {}
        }
        let free_from = spans.last().map_or(0, |last| last.end);
        span.start = span.start.max(free_from);
        span.end = span.end.min(n_tokens);
        if span.start < span.end {
            spans.push(span);
        }
    }
    spans
}

/// Tags that obey a scheme, or a scheme for each side.
fn legal(random: &mut Random, gold_style: Style, predicted_style: Style) -> Round {
    let scheme = (gold_style == predicted_style).then_some(gold_style);
    round(random, scheme, |random, n_tokens, n_kinds| {
        let gold = spans(random, n_tokens, n_kinds);
        let predicted = blur(random, &gold, n_tokens, n_kinds);
        for (spans, style) in [(&gold, gold_style), (&predicted, predicted_style)] {
            let tags = style.tags(spans, n_tokens);
            assert_eq!(&spans_from_tags(&tags), spans, "read from {tags:?}");
            let scheme = match style {
                Style::Iob1 => continue,
                Style::Iob2 => Scheme::Iob2,
                Style::Bioes => Scheme::Bioes,
            };
            assert_eq!(
                tags_from_spans(spans, n_tokens, scheme),
                tags,
                "written as {scheme:?}"
            );
        }
        (
            gold_style.tags(&gold, n_tokens),
            predicted_style.tags(&predicted, n_tokens),
        )
    })
}

/// Tags in any order: most sequences obey no scheme.
fn broken(random: &mut Random, letters: &[&str]) -> Round {
    round(random, None, |random, n_tokens, n_kinds| {
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
}

/// Legal tags with the faults of real taggers: entities that begin with `I`, and types that change within.
fn damaged(random: &mut Random, style: Style) -> Round {
    let mut round = legal(random, style, style);
    round.scheme = None;
    for tag in round
        .sentences
        .iter_mut()
        .flat_map(|(gold, predicted)| gold.iter_mut().chain(predicted))
    {
        match random.below(8) {
            0 if tag.starts_with("B-") => tag.replace_range(..1, "I"),
            1 if tag.starts_with("I-") => *tag = format!("I-{}", KINDS[random.below(3)]),
            _ => {}
        }
    }
    round
}

fn rounds() -> Vec<Round> {
    let mut random = Random(2024);
    let mut rounds = Vec::new();
    for _ in 0..N_ROUNDS {
        for style in Style::ALL {
            rounds.push(legal(&mut random, style, style));
            rounds.push(damaged(&mut random, style));
        }
        let mixed = [0; 2].map(|_| Style::ALL[random.below(3)]);
        rounds.push(legal(&mut random, mixed[0], mixed[1]));
        rounds.push(broken(&mut random, &["O", "B", "I"]));
        rounds.push(broken(&mut random, &["O", "B", "I", "E", "S"]));
    }
    rounds
}

/// The bits of a score, 0 where undefined as the oracles have it.
fn bits(score: Option<f64>) -> u64 {
    score.unwrap_or(0.0).to_bits()
}

/// Ours as seqeval's tables are written.
fn seqeval_table(evaluation: &Evaluation) -> Value {
    if evaluation.kinds.is_empty() {
        let scores = evaluation.macro_average();
        assert!(scores.f1.is_none(), "a mean over no types is undefined");
        return Value::Null;
    }
    let row = |p, r, f1, support: u64| json!([bits(p), bits(r), bits(f1), support]);
    let counts = |c: &Counts| row(c.precision(), c.recall(), c.f1(), c.support());
    let (micro, mean) = (evaluation.micro(), evaluation.macro_average());
    json!({
        "types": evaluation.kinds.values().map(counts).collect::<Vec<_>>(),
        "micro": counts(&micro),
        "macro": row(mean.precision, mean.recall, mean.f1, micro.support()),
    })
}

/// From eight types on, numpy adds in eight heaps, which can differ in the last of 53 bits; the mean is then taken from the
/// oracle if it is as near as that.
fn take_mean(ours: &mut Value, theirs: &Value, n_kinds: usize) {
    if n_kinds < 8 || theirs.is_null() {
        return;
    }
    for i in 0..3 {
        let value = |table: &Value| f64::from_bits(table["macro"][i].as_u64().expect("bits"));
        let difference = (value(ours) - value(theirs)).abs();
        if difference <= 4.0 * f64::EPSILON {
            ours["macro"][i] = theirs["macro"][i].clone();
        }
    }
}

/// Ours in the words of conlleval.
fn conlleval_table(evaluation: &Evaluation) -> Value {
    let line = |c: &Counts| {
        let percent = |score: Option<f64>| 100.0 * score.unwrap_or(0.0);
        format!(
            "precision: {:6.2}%; recall: {:6.2}%; FB1: {:6.2}",
            percent(c.precision()),
            percent(c.recall()),
            percent(c.f1())
        )
    };
    let row = |c: &Counts| json!([c.tp, c.support(), c.predicted(), line(c)]);
    let types: serde_json::Map<String, Value> = evaluation
        .kinds
        .iter()
        .map(|(kind, c)| (kind.clone(), row(c)))
        .collect();
    json!({"types": types, "overall": line(&evaluation.micro())})
}

/// Ours as nervaluate's tables are written.
fn nervaluate_table(table: &MatchTable) -> Value {
    let show = |m: &MatchCounts| {
        let counts = [m.correct, m.incorrect, m.partial, m.missed, m.spurious];
        let scores = [bits(m.precision()), bits(m.recall()), bits(m.f1())];
        json!([&counts[..], &scores[..]].concat())
    };
    let ways = |counts: &[MatchCounts; 4]| -> Value {
        let named = Matching::ALL.into_iter().zip(counts);
        let named = named.map(|(matching, m)| {
            (
                json!(matching).as_str().expect("a name").to_owned(),
                show(m),
            )
        });
        Value::Object(named.collect())
    };
    let types: serde_json::Map<String, Value> = table
        .kinds
        .iter()
        .map(|(kind, counts)| (kind.clone(), ways(counts)))
        .collect();
    json!({"overall": ways(&table.overall), "types": types})
}

fn compare(round: &Round, answer: &Value) {
    let mut evaluation = Evaluation::default();
    let mut table = MatchTable::default();
    let mut entities = [Vec::new(), Vec::new()];
    for (gold, predicted) in &round.sentences {
        let sides = [spans_from_tags(gold), spans_from_tags(predicted)];
        evaluation.add_sentence(&sides[0], &sides[1], gold.len());
        table.add_sentence(&sides[0], &sides[1]);
        for (entities, spans) in entities.iter_mut().zip(&sides) {
            let spans = spans.iter().map(|s| json!([s.start, s.end, s.kind]));
            entities.push(spans.collect::<Vec<_>>());
        }
    }
    let [gold, predicted] = entities;
    assert_eq!(
        json!({"gold": gold, "predicted": predicted}),
        answer["entities"],
        "entities of {round:?}"
    );
    let accuracy = json!(bits(evaluation.token_accuracy()));
    assert_eq!(accuracy, answer["accuracy"], "accuracy of {round:?}");
    if round.scheme == Some(Style::Iob2) {
        assert_eq!(
            accuracy, answer["accuracy_as_tagged"],
            "accuracy of {round:?}"
        );
    }
    let n_kinds = evaluation.kinds.len();
    let mut ours = seqeval_table(&evaluation);
    take_mean(&mut ours, &answer["default"], n_kinds);
    assert_eq!(
        ours, answer["default"],
        "seqeval's default mode on {round:?}"
    );
    if round.scheme.is_some() {
        assert_eq!(ours, answer["strict"], "seqeval's strict mode on {round:?}");
    }
    let strict = &answer["nervaluate"]["overall"]["strict"];
    let micro = evaluation.micro().scores();
    let micro = [micro.precision, micro.recall, micro.f1].map(bits);
    assert_eq!(
        json!(micro),
        json!(strict.as_array().expect("a row")[5..]),
        "strict matching of {round:?}"
    );
    if !answer["conlleval"].is_null() {
        assert_eq!(
            conlleval_table(&evaluation),
            answer["conlleval"],
            "conlleval on {round:?}"
        );
    }
    assert_eq!(
        nervaluate_table(&table),
        answer["nervaluate"],
        "nervaluate on {round:?}"
    );
}

#[test]
fn scores_are_those_of_seqeval_conlleval_and_nervaluate() {
    let Some(python) = python(&["seqeval", "nervaluate"]) else {
        return;
    };
    let rounds = rounds();
    let questions: Vec<Value> = rounds.iter().map(Round::question).collect();
    let answers = ask(&python, "oracle_evaluation.py", &questions);
    for (round, answer) in rounds.iter().zip(&answers) {
        compare(round, answer);
    }
}

/// A column of tags as a file, an invented word a token.
fn conll(sentences: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = String::new();
    for tags in sentences {
        for (i, tag) in tags.iter().enumerate() {
            writeln!(text, "كلمة{i}\t{tag}").expect("in memory");
        }
        text.push('\n');
    }
    text
}

#[test]
fn the_program_prints_the_scores_of_seqeval_and_nervaluate() {
    let Some(python) = python(&["seqeval", "nervaluate"]) else {
        return;
    };
    let mut random = Random(5);
    let makers: [fn(&mut Random) -> Round; 3] = [
        |random| legal(random, Style::Iob1, Style::Bioes),
        |random| damaged(random, Style::Iob2),
        |random| broken(random, &["O", "B", "I", "E", "S"]),
    ];
    let rounds = makers.map(|make| Round {
        sentences: (0..60).flat_map(|_| make(&mut random).sentences).collect(),
        scheme: None,
    });
    let answers = ask(
        &python,
        "oracle_evaluation.py",
        &rounds.each_ref().map(Round::question),
    );
    for (round, answer) in rounds.iter().zip(&answers) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [gold, predicted] =
            ["gold.conll", "predicted.conll"].map(|name| folder.path().join(name));
        let (gold_tags, predicted_tags): (Vec<_>, Vec<_>) = round.sentences.iter().cloned().unzip();
        std::fs::write(&gold, conll(gold_tags.into_iter())).expect("a file");
        std::fs::write(&predicted, conll(predicted_tags.into_iter())).expect("a file");
        let output = assert_cmd::Command::new(env!("CARGO_BIN_EXE_musamma"))
            .args(["evaluate", "--bootstrap", "0", "--format", "json"])
            .arg(&gold)
            .arg("--predictions")
            .arg(&predicted)
            .output()
            .expect("the program starts");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");

        let scores = |c: &Value| {
            ["precision", "recall", "f1"].map(|name| c[name].as_f64().expect("a score").to_bits())
        };
        let row = |c: &Value, support: &Value| {
            let [p, r, f1] = scores(c);
            json!([p, r, f1, support])
        };
        let support = &report["micro"]["support"];
        let types = report["types"].as_object().expect("types");
        let mut ours = json!({
            "types": types.values().map(|c| row(c, &c["support"])).collect::<Vec<_>>(),
            "micro": row(&report["micro"], support),
            "macro": row(&report["macro"], support),
        });
        take_mean(&mut ours, &answer["default"], types.len());
        assert_eq!(ours, answer["default"]);

        let ways = |ours: &Value, theirs: &Value, of: &str| {
            for (name, counts) in ours.as_object().expect("counts") {
                let [p, r, f1] = scores(counts);
                let counts = ["correct", "incorrect", "partial", "missed", "spurious"]
                    .map(|c| counts[c].clone());
                let shown = json!([&counts[..], &[json!(p), json!(r), json!(f1)]].concat());
                assert_eq!(shown, theirs[name], "{name} of {of}");
            }
        };
        for (ours, theirs) in [
            ("strict", "strict"),
            ("exact", "exact"),
            ("partial", "partial"),
            ("type", "ent_type"),
        ] {
            let (ours, theirs_of) = (&report["matching"][ours], &answer["nervaluate"]);
            ways(
                &json!({theirs: ours["overall"]}),
                &theirs_of["overall"],
                "all types",
            );
            for (kind, counts) in ours["types"].as_object().expect("types") {
                ways(&json!({theirs: counts}), &theirs_of["types"][kind], kind);
            }
        }
    }
}
