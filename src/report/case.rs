//! A disagreement of gold and prediction with its place and words, ready to be shown.

use crate::corpus::{Document, Sentence};
use crate::error::{Error, Result};
use crate::evaluate::{Disagreement, Predictions, Suspect, disagreements, suspects};
use crate::label::Span;
use serde::Serialize;
use std::io::Write;

/// Tokens of the sentence that are shown on either side.
const CONTEXT: usize = 12;

/// An entity, by type and words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its tokens as written, joined by spaces.
    pub text: String,
    /// First token in the sentence, from 0.
    pub start: usize,
    /// One past the last token.
    pub end: usize,
}

impl Mention {
    pub(super) fn new(sentence: &Sentence, span: &Span) -> Self {
        Self {
            kind: span.kind.clone(),
            text: sentence.surface(span),
            start: span.start,
            end: span.end,
        }
    }
}

/// A run of words that are in the same entities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// Words joined by spaces.
    pub text: String,
    /// Whether they are in the gold entity.
    pub gold: bool,
    /// Whether they are in the predicted entity.
    pub predicted: bool,
}

/// A disagreement in its sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Case {
    /// `missed`, `spurious`, `type`, `boundary` or `type_and_boundary`, seen from the gold.
    pub kind: &'static str,
    /// File of the document, where known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// Line of the sentence in its file; 0 where it was not read from a file.
    pub line: u64,
    /// Name of the document.
    pub document: String,
    /// Sentence in the document, from 0.
    pub sentence: usize,
    /// The gold entity.
    pub gold: Option<Mention>,
    /// The predicted entity.
    pub predicted: Option<Mention>,
    /// Probability of the gold reading, 0 to 1.
    pub gold_probability: Option<f64>,
    /// Probability of the predicted reading.
    pub predicted_probability: Option<f64>,
    /// How likely the gold is wrong, −2 to 2; see [`crate::evaluate::suspects`].
    pub suspicion: Option<f64>,
    /// Repeats that disagree so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub votes: Option<usize>,
    /// The words around it.
    pub context: Vec<Piece>,
}

impl Case {
    /// `file:line`, or the document and its sentence where there is no file.
    pub fn place(&self) -> String {
        match (self.file.as_str(), self.line) {
            ("", _) | (_, 0) => format!("{}#{}", self.document, self.sentence + 1),
            (file, line) => format!("{file}:{line}"),
        }
    }

    /// The context as plain text: the gold entity in `⟦ ⟧`, the predicted one in `{ }`.
    pub fn marked_context(&self) -> String {
        let mut out = String::new();
        let (mut in_gold, mut in_predicted) = (false, false);
        for piece in &self.context {
            close(
                &mut out,
                in_gold && !piece.gold,
                in_predicted && !piece.predicted,
            );
            if !out.is_empty() {
                out.push(' ');
            }
            if piece.gold && !in_gold {
                out.push('⟦');
            }
            if piece.predicted && !in_predicted {
                out.push('{');
            }
            out.push_str(&piece.text);
            (in_gold, in_predicted) = (piece.gold, piece.predicted);
        }
        close(&mut out, in_gold, in_predicted);
        out
    }
}

/// Closes the brackets of entities that end; the predicted one, opened last, first.
fn close(out: &mut String, gold: bool, predicted: bool) {
    if predicted {
        out.push('}');
    }
    if gold {
        out.push('⟧');
    }
}

/// Makes cases of disagreements.
#[derive(Debug, Clone, Copy)]
pub struct Cases<'a> {
    documents: &'a [Document],
    files: &'a [String],
}

impl<'a> Cases<'a> {
    /// `files` has the file of each document, or nothing.
    pub fn new(documents: &'a [Document], files: &'a [String]) -> Self {
        Self { documents, files }
    }

    /// Shows a disagreement.
    pub fn case(&self, found: &Disagreement) -> Case {
        let document = &self.documents[found.document];
        let sentence = &document.sentences[found.sentence];
        let mention = |span: &Option<Span>| span.as_ref().map(|s| Mention::new(sentence, s));
        Case {
            kind: found.kind.name(),
            file: self.files.get(found.document).cloned().unwrap_or_default(),
            line: sentence.line,
            document: document.name.clone(),
            sentence: found.sentence,
            gold: mention(&found.gold),
            predicted: mention(&found.predicted),
            gold_probability: found.gold_probability.map(f64::from),
            predicted_probability: found.predicted_probability.map(f64::from),
            suspicion: None,
            votes: None,
            context: context(sentence, found),
        }
    }

    /// Shows all places where predictions of one run or several differ from the gold, those where the gold is likeliest to be
    /// wrong first; of predictions without probabilities, those of the first run in the order of the documents.
    pub fn all(&self, runs: &[Predictions]) -> Vec<Case> {
        let ranked = suspects(self.documents, runs);
        if !ranked.is_empty() {
            return ranked.iter().map(|s| self.suspect(s)).collect();
        }
        let first = runs.first().map(|run| disagreements(self.documents, run));
        let found = first.unwrap_or_default();
        found.iter().map(|d| self.case(d)).collect()
    }

    /// Shows a likely annotation error.
    pub fn suspect(&self, suspect: &Suspect) -> Case {
        Case {
            suspicion: Some(f64::from(suspect.suspicion)),
            votes: Some(suspect.votes),
            ..self.case(&suspect.disagreement)
        }
    }
}

fn context(sentence: &Sentence, found: &Disagreement) -> Vec<Piece> {
    let range = found.tokens();
    let start = range.start.saturating_sub(CONTEXT);
    let end = (range.end + CONTEXT).min(sentence.tokens.len());
    let is_in = |span: &Option<Span>, t: usize| {
        span.as_ref().is_some_and(|s| (s.start..s.end).contains(&t))
    };
    let mut pieces: Vec<Piece> = Vec::new();
    for t in start..end {
        let (gold, predicted) = (is_in(&found.gold, t), is_in(&found.predicted, t));
        match pieces.last_mut() {
            Some(piece) if (piece.gold, piece.predicted) == (gold, predicted) => {
                piece.text.push(' ');
                piece.text.push_str(&sentence.tokens[t]);
            }
            _ => pieces.push(Piece {
                text: sentence.tokens[t].clone(),
                gold,
                predicted,
            }),
        }
    }
    if let Some(first) = pieces.first_mut().filter(|_| start > 0) {
        first.text.insert_str(0, "… ");
    }
    if let Some(last) = pieces.last_mut().filter(|_| end < sentence.tokens.len()) {
        last.text.push_str(" …");
    }
    pieces
}

/// Writes cases as CSV with a header line.
///
/// # Errors
/// When writing fails.
pub fn write_cases(cases: &[Case], output: &mut impl Write) -> Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    let failed = |e: csv::Error| Error::io("cannot write", std::io::Error::from(e));
    let header = [
        "rank",
        "suspicion",
        "kind",
        "file",
        "line",
        "document",
        "sentence",
        "gold_type",
        "gold_text",
        "predicted_type",
        "predicted_text",
        "gold_probability",
        "predicted_probability",
        "votes",
        "context",
    ];
    writer.write_record(header).map_err(failed)?;
    for (i, case) in cases.iter().enumerate() {
        let number = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.4}"));
        let part = |mention: &Option<Mention>, of: fn(&Mention) -> &String| {
            mention.as_ref().map_or_else(String::new, |m| of(m).clone())
        };
        let record = [
            (i + 1).to_string(),
            number(case.suspicion),
            case.kind.to_owned(),
            case.file.clone(),
            case.line.to_string(),
            case.document.clone(),
            case.sentence.to_string(),
            part(&case.gold, |m| &m.kind),
            part(&case.gold, |m| &m.text),
            part(&case.predicted, |m| &m.kind),
            part(&case.predicted, |m| &m.text),
            number(case.gold_probability),
            number(case.predicted_probability),
            case.votes.map_or_else(String::new, |v| v.to_string()),
            case.marked_context(),
        ];
        writer.write_record(record).map_err(failed)?;
    }
    writer.flush().map_err(|e| Error::io("cannot write", e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::DisagreementKind;

    fn case(gold: Option<Span>, predicted: Option<Span>, n_tokens: usize) -> Case {
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            tokens: (0..n_tokens).map(|i| format!("w{i}")).collect(),
            line: 7,
            ..Sentence::default()
        });
        let found = Disagreement {
            document: 0,
            sentence: 0,
            kind: DisagreementKind::Boundary,
            gold,
            predicted,
            gold_probability: Some(0.25),
            predicted_probability: Some(0.75),
        };
        Cases::new(&[document], &["f".to_owned()]).case(&found)
    }

    #[test]
    fn contexts_mark_both_entities() {
        let span = |start, end| Some(Span::new(start, end, "A"));
        let table = [
            (span(1, 3), span(1, 2), "w0 ⟦{w1} w2⟧ w3"),
            (span(1, 2), span(0, 3), "{w0 ⟦w1⟧ w2} w3"),
            (span(0, 2), span(1, 3), "⟦w0 {w1⟧ w2} w3"),
            (None, span(3, 4), "w0 w1 w2 {w3}"),
            (span(0, 4), None, "⟦w0 w1 w2 w3⟧"),
        ];
        for (gold, predicted, expected) in table {
            let case = case(gold, predicted, 4);
            assert_eq!(case.marked_context(), expected);
            assert_eq!(case.place(), "f:7");
        }
    }

    #[test]
    fn long_sentences_are_cut_around_the_entity() {
        let case = case(Some(Span::new(20, 21, "A")), None, 60);
        let context = case.marked_context();
        assert!(
            context.starts_with("… w8 ") && context.ends_with(" w32 …"),
            "{context}"
        );
    }

    #[test]
    fn csv_has_a_line_a_case() {
        let cases = [case(Some(Span::new(0, 1, "A")), None, 2)];
        let mut out = Vec::new();
        write_cases(&cases, &mut out).expect("writes to memory");
        let text = String::from_utf8(out).expect("UTF-8");
        let line = text.lines().nth(1).expect("a line");
        assert_eq!(line, "1,,boundary,f,7,d,0,A,w0,,,0.2500,0.7500,,⟦w0⟧ w1");
    }
}
