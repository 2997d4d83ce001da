//! Where gold and prediction differ, and what the model thinks of either reading.

use super::{Belief, Pair, Predicted, Predictions, align};
use crate::corpus::{Document, Sentence};
use crate::label::Span;
use serde::Serialize;

/// Kind of a disagreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisagreementKind {
    /// A gold entity without a prediction.
    Missed,
    /// A prediction without a gold entity.
    Spurious,
    /// The same tokens, another type.
    Type,
    /// The same type over other tokens that overlap.
    Boundary,
    /// Another type over other tokens that overlap.
    TypeAndBoundary,
}

impl DisagreementKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Missed,
        Self::Spurious,
        Self::Type,
        Self::Boundary,
        Self::TypeAndBoundary,
    ];

    /// Name for people and machines, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missed => "missed",
            Self::Spurious => "spurious",
            Self::Type => "type",
            Self::Boundary => "boundary",
            Self::TypeAndBoundary => "type_and_boundary",
        }
    }
}

/// A place where gold and prediction differ; at least one of the two spans is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Disagreement {
    /// Index of the document.
    pub document: usize,
    /// Index of the sentence in it.
    pub sentence: usize,
    /// What kind of error it is, if the gold is right.
    pub kind: DisagreementKind,
    /// The gold entity.
    pub gold: Option<Span>,
    /// The predicted entity.
    pub predicted: Option<Span>,
    /// Probability of the gold reading of these tokens under the model, where known. The reading of a side that has no entity
    /// here is that the other side's tokens are all outside.
    pub gold_probability: Option<f32>,
    /// Probability of the predicted reading.
    pub predicted_probability: Option<f32>,
}

impl Disagreement {
    /// First and one past the last token of both spans together.
    pub fn tokens(&self) -> std::ops::Range<usize> {
        let spans = [&self.gold, &self.predicted];
        let spans = || spans.into_iter().flatten();
        let start = spans().map(|s| s.start).min().unwrap_or(0);
        start..spans().map(|s| s.end).max().unwrap_or(start)
    }
}

/// All disagreements, in the order of the documents.
pub fn disagreements(documents: &[Document], predictions: &Predictions) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for (d, (document, predicted)) in documents.iter().zip(predictions).enumerate() {
        for (s, (sentence, predicted)) in document.sentences.iter().zip(predicted).enumerate() {
            of_sentence(sentence, predicted, |mut disagreement| {
                disagreement.document = d;
                disagreement.sentence = s;
                found.push(disagreement);
            });
        }
    }
    found
}

fn of_sentence(gold: &Sentence, predicted: &Predicted, mut found: impl FnMut(Disagreement)) {
    // `align` hands back references into the slices, so an entity's index is found by its start: spans do not overlap.
    let belief = |spans: &[Span], beliefs: &[Belief], span: &Span| -> Option<Belief> {
        let index = spans.binary_search_by_key(&span.start, |s| s.start).ok()?;
        beliefs.get(index).copied()
    };
    let of_gold = |span: &Span| belief(&gold.spans, &predicted.gold_beliefs, span);
    let of_claim = |span: &Span| belief(&predicted.spans, &predicted.beliefs, span);
    for pair in align(&gold.spans, &predicted.spans) {
        if pair.is_correct() {
            continue;
        }
        let (kind, gold, claim) = match pair {
            Pair::SameBoundaries(g, p) => (DisagreementKind::Type, Some(g), Some(p)),
            Pair::Overlap(g, p) if g.kind == p.kind => {
                (DisagreementKind::Boundary, Some(g), Some(p))
            }
            Pair::Overlap(g, p) => (DisagreementKind::TypeAndBoundary, Some(g), Some(p)),
            Pair::Missed(g) => (DisagreementKind::Missed, Some(g), None),
            Pair::Spurious(p) => (DisagreementKind::Spurious, None, Some(p)),
        };
        let of_both = (gold.and_then(of_gold), claim.and_then(of_claim));
        let (gold_probability, predicted_probability) = match of_both {
            (Some(g), Some(p)) => (Some(g.entity), Some(p.entity)),
            (Some(g), None) if claim.is_none() => (Some(g.entity), Some(g.outside)),
            (None, Some(p)) if gold.is_none() => (Some(p.outside), Some(p.entity)),
            _ => (None, None),
        };
        found(Disagreement {
            document: 0,
            sentence: 0,
            kind,
            gold: gold.cloned(),
            predicted: claim.cloned(),
            gold_probability,
            predicted_probability,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn belief(entity: f32, outside: f32) -> Belief {
        Belief { entity, outside }
    }

    #[test]
    fn every_kind_has_the_probabilities_of_its_readings() {
        let span = |start, end, kind: &str| Span::new(start, end, kind);
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            tokens: vec!["w".to_owned(); 12],
            spans: vec![
                span(0, 1, "A"),
                span(2, 3, "A"),
                span(4, 6, "A"),
                span(7, 9, "A"),
                span(11, 12, "A"),
            ],
            ..Sentence::default()
        });
        let predicted = Predicted {
            spans: vec![
                span(2, 3, "B"),
                span(4, 5, "A"),
                span(8, 9, "B"),
                span(10, 11, "A"),
                span(11, 12, "A"),
            ],
            beliefs: (0..5).map(|i| belief(0.9, 0.01 * i as f32)).collect(),
            gold_beliefs: (0..5).map(|i| belief(0.1 * i as f32, 0.75)).collect(),
        };
        let found = disagreements(&[document.clone()], &vec![vec![predicted]]);
        let shown: Vec<(&str, f32, f32)> = found
            .iter()
            .map(|d| {
                let p = |p: Option<f32>| p.expect("known");
                (
                    d.kind.name(),
                    p(d.gold_probability),
                    p(d.predicted_probability),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("missed", 0.0, 0.75),
                ("type", 0.1, 0.9),
                ("boundary", 0.2, 0.9),
                ("type_and_boundary", 0.3, 0.9),
                ("spurious", 0.03, 0.9),
            ]
        );
        assert_eq!(found[2].tokens(), 4..6);
        assert_eq!(found[3].tokens(), 7..9);
        let plain = Predicted::from_spans(vec![span(0, 1, "B")]);
        let found = disagreements(&[document], &vec![vec![plain]]);
        assert_eq!(
            (found[0].gold_probability, found[0].predicted_probability),
            (None, None)
        );
    }
}
