//! A decoded sentence with what the decision was made from.

use std::ops::Range;

use super::continues;
use crate::crf::Lattice;
use crate::evaluate::Belief;
use crate::label::{LabelSet, Span};
use crate::model::Model;

/// What a worker computed for one sentence (of a very long one: for one piece), for explanations and for judging gold entities.
///
/// Token indices of the methods count from the first token of `tokens`.
#[derive(Debug)]
pub struct Analysis<'a> {
    pub(super) model: &'a Model,
    /// Sentence, counted from 0 in the document.
    pub sentence: usize,
    /// Its tokens in the document, half-open.
    pub tokens: Range<usize>,
    /// The best legal label sequence, one label a token.
    pub labels: &'a [u8],
    /// Rows of [`crate::crf::Transitions::stride`] scores.
    pub(super) emissions: &'a [f32],
    pub(super) lattice: &'a Lattice,
}

impl Analysis<'_> {
    /// p(label of token `t` is `label`), 0 to 1.
    pub fn marginal(&self, t: usize, label: usize) -> f32 {
        self.lattice.marginal(t, label)
    }

    /// Score of a label from the attributes of token `t`, without transitions.
    pub fn emission(&self, t: usize, label: usize) -> f32 {
        self.emissions[t * self.model.transitions().stride() + label]
    }

    /// Score of label `next` after `previous`; −∞ where illegal.
    pub fn transition(&self, previous: usize, next: usize) -> f32 {
        self.model.transitions().score(previous, next)
    }

    /// The entities of the best sequence, in order.
    pub fn spans(&self) -> Vec<Span> {
        let wide: Vec<u16> = self.labels.iter().map(|&l| u16::from(l)).collect();
        self.model.labels().decode_spans(&wide)
    }

    /// Probabilities of an entity and of its absence. 0 for an entity that the model cannot give, and for what does not lie
    /// within the tokens.
    pub fn belief(&self, span: &Span) -> Belief {
        let range = span.start..span.end;
        if range.is_empty() || range.end > self.labels.len() {
            return Belief::default();
        }
        let transitions = self.model.transitions();
        let outside = vec![LabelSet::OUTSIDE as u8; span.len()];
        let outside = self
            .lattice
            .segment(transitions, span.start, &outside, |_| false);
        let labels = self.model.labels();
        let whole = Span::new(0, span.len(), span.kind.as_str());
        let mut ids = Vec::new();
        let entity = match labels.encode(&[whole], span.len(), &mut ids) {
            Ok(()) => {
                let ids: Vec<u8> = ids.iter().map(|&id| id as u8).collect();
                let last = ids[ids.len() - 1];
                self.lattice.segment(transitions, span.start, &ids, |next| {
                    continues(labels, last, next)
                })
            }
            Err(_) => 0.0,
        };
        Belief { entity, outside }
    }
}
