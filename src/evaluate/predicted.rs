//! What a tagger says about gold sentences: its own entities, and what it thinks of the gold ones.

use crate::corpus::Document;
use crate::error::{Error, Result};
use crate::label::Span;

/// Two probabilities that a model gives to the tokens of an entity; 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Belief {
    /// That exactly this entity stands there: its type, its first and its last token.
    pub entity: f32,
    /// That all its tokens are outside of entities.
    pub outside: f32,
}

/// What was predicted on one sentence.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Predicted {
    /// Predicted entities in order.
    pub spans: Vec<Span>,
    /// What the model thinks of each predicted entity; empty where predictions come without probabilities.
    pub beliefs: Vec<Belief>,
    /// What the model thinks of each gold entity of the sentence; empty likewise.
    pub gold_beliefs: Vec<Belief>,
}

impl Predicted {
    /// Predictions without probabilities.
    pub fn from_spans(spans: Vec<Span>) -> Self {
        Self {
            spans,
            ..Self::default()
        }
    }

    /// Probability of predicted entity `i`, where known.
    pub fn confidence(&self, i: usize) -> Option<f32> {
        self.beliefs.get(i).map(|b| b.entity)
    }
}

/// Predictions on documents: for each document, one [`Predicted`] a sentence.
pub type Predictions = Vec<Vec<Predicted>>;

/// The predictions of a tagger that finds nothing.
pub fn no_predictions(documents: &[Document]) -> Predictions {
    let nothing = |d: &Document| vec![Predicted::default(); d.sentences.len()];
    documents.iter().map(nothing).collect()
}

/// Takes the entities of labelled documents as predictions on gold documents.
///
/// Documents may be divided differently; the sentences in order must have the same tokens.
///
/// # Errors
/// At the first sentence whose tokens differ, naming its line in `file`.
pub fn align_predictions(
    gold: &[Document],
    predicted: &[Document],
    file: &str,
) -> Result<Predictions> {
    let mut others = predicted
        .iter()
        .flat_map(|d| d.sentences.iter().map(move |s| (d, s)));
    let mut all = Vec::with_capacity(gold.len());
    let mut last_line = 0;
    for document in gold {
        let mut sentences = Vec::with_capacity(document.sentences.len());
        for sentence in &document.sentences {
            let place = format!("document {}, line {}", document.name, sentence.line);
            let Some((_, other)) = others.next() else {
                return Err(Error::new("the predictions end too early")
                    .expected(format!(
                        "the gold sentence of {place}: {}",
                        start_of(&sentence.tokens)
                    ))
                    .at_line(last_line)
                    .in_file(file));
            };
            let differs = sentence
                .tokens
                .iter()
                .zip(&other.tokens)
                .position(|(a, b)| a != b);
            let n_common = sentence.tokens.len().min(other.tokens.len());
            let at = match differs {
                Some(at) => Some(at),
                None if sentence.tokens.len() != other.tokens.len() => Some(n_common),
                None => None,
            };
            if let Some(at) = at {
                let shown = |tokens: &[String]| match tokens.get(at) {
                    Some(token) => format!("`{token}`"),
                    None => "the end of the sentence".to_owned(),
                };
                return Err(Error::new(format!(
                    "token {} of the sentence is {}",
                    at + 1,
                    shown(&other.tokens)
                ))
                .expected(format!(
                    "{} as in the gold data ({place})",
                    shown(&sentence.tokens)
                ))
                .hint("predictions must have the tokens and sentences of the gold data")
                .at_line(other.line + if other.line > 0 { at as u64 } else { 0 })
                .in_file(file));
            }
            last_line = other.line + other.tokens.len() as u64;
            sentences.push(Predicted::from_spans(other.spans.clone()));
        }
        all.push(sentences);
    }
    if let Some((document, sentence)) = others.next() {
        return Err(Error::new(format!(
            "the predictions go on after the gold data, with document {}: {}",
            document.name,
            start_of(&sentence.tokens)
        ))
        .expected("the sentences of the gold data and no more")
        .at_line(sentence.line)
        .in_file(file));
    }
    Ok(all)
}

/// The first words of a sentence, for a message.
fn start_of(tokens: &[String]) -> String {
    let n = tokens.len().min(5);
    format!("`{}`", tokens[..n].join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;

    fn document(name: &str, sentences: &[&str]) -> Document {
        let mut document = Document::new(name);
        let mut line = 2;
        for text in sentences {
            let tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
            let n = tokens.len() as u64;
            document.sentences.push(Sentence {
                spans: vec![Span::new(0, 1, "PER")],
                tokens,
                line,
                ..Sentence::default()
            });
            line += n + 1;
        }
        document
    }

    #[test]
    fn documents_may_be_cut_differently() {
        let gold = [document("a", &["x y", "z"]), document("b", &["u"])];
        let one = [document("all", &["x y", "z", "u"])];
        let predictions = align_predictions(&gold, &one, "p").expect("the same tokens");
        assert_eq!(predictions.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(predictions[1][0].spans, [Span::new(0, 1, "PER")]);
        assert_eq!(predictions[1][0].confidence(0), None);
    }

    #[test]
    fn other_tokens_are_errors_with_their_line() {
        let gold = [document("a", &["x y", "z"])];
        let table: [(&[&str], &str); 5] = [
            (
                &["x q", "z"],
                "p:3: token 2 of the sentence is `q`; expected `y`",
            ),
            (&["x", "z"], "p:3: token 2 of the sentence is the end"),
            (
                &["x y v", "z"],
                "p:4: token 3 of the sentence is `v`; expected the end",
            ),
            (&["x y"], "p:4: the predictions end too early"),
            (&["x y", "z", "more words"], "p:7: the predictions go on"),
        ];
        for (sentences, expected) in table {
            let error = align_predictions(&gold, &[document("p", sentences)], "p")
                .expect_err(expected)
                .to_string();
            assert!(
                error.starts_with(expected),
                "{error} does not start with {expected}"
            );
        }
    }
}
