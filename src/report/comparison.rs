//! The report of `compare`.

use super::score::{ScoreRow, Triple};
use super::scorecard_tables::triple_cells;
use super::table::{Cell, Table};
use super::{Mention, Provenance, Report, ScoreLine};
use crate::corpus::Document;
use crate::error::Result;
use crate::evaluate::bootstrap::{Significance, randomisation};
use crate::evaluate::{Breakdown, Counts, Outcome, Predictions, Region, ResamplingUnit, regions};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Tokens of context on either side.
const CONTEXT: usize = 8;

/// One of the two systems.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Side {
    /// Name as the user gave it.
    pub name: String,
    /// All types together.
    pub micro: ScoreRow,
    /// Unweighted means over the types.
    #[serde(rename = "macro")]
    pub macro_average: Triple,
    /// Each type.
    pub types: BTreeMap<String, ScoreRow>,
}

/// Approximate randomisation of each fraction: B minus A.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Difference {
    /// Of precision.
    pub precision: Significance,
    /// Of recall.
    pub recall: Significance,
    /// Of F1.
    pub f1: Significance,
}

/// Places by who is right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Contingency {
    /// Both.
    pub both_right: u64,
    /// Only A: B's losses.
    pub only_a: u64,
    /// Only B: its wins.
    pub only_b: u64,
    /// Neither.
    pub both_wrong: u64,
}

/// A place where one system is right and the other wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// File, where known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Line of the sentence in its file; 0 where it was not read from a file.
    pub line: u64,
    /// Name of the document.
    pub document: String,
    /// Sentence in the document, from 0.
    pub sentence: usize,
    /// Gold entities.
    pub gold: Vec<Mention>,
    /// Entities of A.
    pub a: Vec<Mention>,
    /// Entities of B.
    pub b: Vec<Mention>,
    /// The words around, the place itself in `⟦ ⟧`.
    pub context: String,
}

/// Two systems on the same gold data.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparisonReport {
    /// Name and version of the JSON schema.
    pub schema: &'static str,
    /// The first system.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// `micro` and each type → how sure the difference is.
    pub differences: BTreeMap<String, Difference>,
    /// What is swapped between the systems.
    pub unit: ResamplingUnit,
    /// Number of units.
    pub units: usize,
    /// Number of shuffles.
    pub shuffles: usize,
    /// Their seed.
    pub seed: u64,
    /// Places by who is right.
    pub places: Contingency,
    /// Places where only B is right.
    pub wins: Vec<Choice>,
    /// Places where only A is right.
    pub losses: Vec<Choice>,
    /// Places of either list that text and Markdown show.
    #[serde(skip)]
    pub shown: usize,
    /// What was compared.
    pub provenance: Provenance,
}

impl ComparisonReport {
    /// Compares predictions of two named systems on the same documents; `files` has the file of each document, or nothing.
    ///
    /// # Errors
    /// When there are no documents.
    pub fn new(
        documents: &[Document],
        files: &[String],
        (first_name, first): (&str, Predictions),
        (second_name, second): (&str, Predictions),
        shuffles: usize,
        seed: u64,
        provenance: Provenance,
    ) -> Result<Self> {
        let found = regions(documents, &first, &second);
        let count = |o: Outcome| found.iter().filter(|r| r.outcome == o).count() as u64;
        let places = Contingency {
            both_right: count(Outcome::BothRight),
            only_a: count(Outcome::FirstRight),
            only_b: count(Outcome::SecondRight),
            both_wrong: count(Outcome::BothWrong),
        };
        let list = |outcome: Outcome| -> Vec<Choice> {
            let chosen = found.iter().filter(|r| r.outcome == outcome);
            chosen.map(|r| choice(documents, files, r)).collect()
        };
        let (losses, wins) = (list(Outcome::FirstRight), list(Outcome::SecondRight));
        let first = Breakdown::new(documents, &[first], |_| false);
        let second = Breakdown::new(documents, &[second], |_| false);
        let kinds: BTreeSet<&String> = first
            .evaluation
            .kinds
            .keys()
            .chain(second.evaluation.kinds.keys())
            .collect();
        let difference = |kind: Option<&str>| -> Result<Difference> {
            let (a, b) = (first.units(kind).1, second.units(kind).1);
            let of = |score| randomisation(&a, &b, score, shuffles, seed);
            Ok(Difference {
                precision: of(Counts::precision)?,
                recall: of(Counts::recall)?,
                f1: of(Counts::f1)?,
            })
        };
        let mut differences = BTreeMap::from([("micro".to_owned(), difference(None)?)]);
        for kind in kinds {
            differences.insert(kind.clone(), difference(Some(kind))?);
        }
        let (unit, units) = first.units(None);
        Ok(Self {
            schema: "musamma/comparison/1",
            a: side(first_name, &first),
            b: side(second_name, &second),
            differences,
            unit,
            units: units.len(),
            shuffles,
            seed,
            places,
            wins,
            losses,
            shown: usize::MAX,
            provenance,
        })
    }

    fn choice_table(&self, title: &str, choices: &[Choice]) -> Table {
        let mut table = Table::new(title, &["place", "gold", "A", "B", "words"]);
        for choice in choices.iter().take(self.shown) {
            let place = match (choice.file.as_str(), choice.line) {
                ("", _) | (_, 0) => format!("{}#{}", choice.document, choice.sentence + 1),
                (file, line) => format!("{file}:{line}"),
            };
            let kinds = |mentions: &[Mention]| {
                let kinds: Vec<&str> = mentions.iter().map(|m| m.kind.as_str()).collect();
                Cell::Text(if kinds.is_empty() {
                    "O".to_owned()
                } else {
                    kinds.join("+")
                })
            };
            table.push(vec![
                Cell::Text(place),
                kinds(&choice.gold),
                kinds(&choice.a),
                kinds(&choice.b),
                Cell::Corpus(choice.context.clone()),
            ]);
        }
        if choices.len() > self.shown {
            table.note = format!("{} more", choices.len() - self.shown);
        }
        table
    }
}

fn side(name: &str, all: &Breakdown) -> Side {
    let row = |(kind, counts): (&String, &Counts)| (kind.clone(), ScoreRow::from(counts));
    Side {
        name: name.to_owned(),
        micro: ScoreRow::from(&all.evaluation.micro()),
        macro_average: all.evaluation.macro_average().into(),
        types: all.evaluation.kinds.iter().map(row).collect(),
    }
}

fn choice(documents: &[Document], files: &[String], region: &Region) -> Choice {
    let document = &documents[region.document];
    let sentence = &document.sentences[region.sentence];
    let mentions = |spans: &[crate::label::Span]| {
        let mention = |span| Mention::new(sentence, span);
        spans.iter().map(mention).collect()
    };
    let n = sentence.tokens.len();
    let (start, end) = (region.tokens.start.min(n), region.tokens.end.min(n));
    let from = start.saturating_sub(CONTEXT);
    let to = (end + CONTEXT).min(n);
    let words = |range: std::ops::Range<usize>| sentence.tokens[range].join(" ");
    let context = format!(
        "{}{} ⟦{}⟧ {}{}",
        if from > 0 { "… " } else { "" },
        words(from..start),
        words(start..end),
        words(end..to),
        if to < n { " …" } else { "" }
    );
    Choice {
        file: files.get(region.document).cloned().unwrap_or_default(),
        line: sentence.line,
        document: document.name.clone(),
        sentence: region.sentence,
        gold: mentions(&region.gold),
        a: mentions(&region.first),
        b: mentions(&region.second),
        context: context.trim().to_owned(),
    }
}

impl Report for ComparisonReport {
    fn tables(&self) -> Vec<Table> {
        let columns = ["", "precision", "recall", "f1", "support", "predicted"];
        let mut scores = Table::new("Scores (type and boundaries right, %)", &columns)
            .with_note(format!("A: {}\nB: {}", self.a.name, self.b.name));
        let zero = ScoreRow::default();
        let kinds = self.differences.keys().filter(|k| *k != "micro");
        let names = std::iter::once("micro").chain(kinds.map(String::as_str));
        let row_of = |side: &Side, name: &str| match name {
            "micro" => side.micro.clone(),
            kind => side.types.get(kind).unwrap_or(&zero).clone(),
        };
        for name in names.clone() {
            for (letter, side) in [("A", &self.a), ("B", &self.b)] {
                let row = row_of(side, name);
                let mut cells = triple_cells(&format!("{name} {letter}"), &row.scores());
                cells.extend([Cell::Count(row.support), Cell::Count(row.predicted)]);
                scores.push(cells);
            }
        }
        let columns = ["", "precision", "p", "recall", "p", "f1", "p"];
        let unit = match self.unit {
            ResamplingUnit::Document => "documents",
            ResamplingUnit::Sentence => "sentences",
        };
        let mut differences = Table::new("B minus A (points)", &columns).with_note(format!(
            "p: approximate randomisation over {} {unit}, {} shuffles, two-sided",
            self.units, self.shuffles
        ));
        for name in names {
            let d = &self.differences[name];
            let mut cells = vec![Cell::text(name)];
            for s in [&d.precision, &d.recall, &d.f1] {
                cells.push(Cell::percent(s.difference));
                cells.push(Cell::Decimal(Some(s.p_value)));
            }
            differences.push(cells);
        }
        let mut places = Table::new("Places with an entity", &["", "number"]);
        for (name, n) in [
            ("both right", self.places.both_right),
            ("only A right", self.places.only_a),
            ("only B right", self.places.only_b),
            ("both wrong", self.places.both_wrong),
        ] {
            places.push(vec![Cell::text(name), Cell::Count(n)]);
        }
        let mut tables = vec![scores, differences, places];
        for (title, choices) in [
            ("Wins: only B is right", &self.wins),
            ("Losses: only A is right", &self.losses),
        ] {
            if !choices.is_empty() {
                tables.push(self.choice_table(title, choices));
            }
        }
        tables
    }

    fn score_lines(&self) -> Vec<ScoreLine> {
        let mut lines = Vec::new();
        for (table, side) in [("a", &self.a), ("b", &self.b)] {
            lines.push(ScoreLine::counted(table, "micro", &side.micro));
            lines.push(ScoreLine::derived(table, "macro", side.macro_average));
            let line = |(kind, row): (&String, &ScoreRow)| ScoreLine::counted(table, kind, row);
            lines.extend(side.types.iter().map(line));
        }
        for (table, value) in [
            ("difference", (|s| s.difference) as fn(&Significance) -> f64),
            ("p_value", |s| s.p_value),
        ] {
            let line = |(name, d): (&String, &Difference)| {
                let scores = Triple {
                    precision: value(&d.precision),
                    recall: value(&d.recall),
                    f1: value(&d.f1),
                };
                ScoreLine::derived(table, name, scores)
            };
            lines.extend(self.differences.iter().map(line));
        }
        lines
    }
}
