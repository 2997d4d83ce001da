//! Explanations: why each token has its label, in weights of named features.
//!
//! ```text
//! Model, Document ─ Worker::analyse_document ─► emissions, labels, probabilities ─┐
//!                  └ WordNames, ContextNames ─► names with weights ───────────────┴─► Explanation ─ text, html
//! ```

mod best_paths;
mod html;
mod text;
mod weights;

pub use html::page;
pub use text::write_text;

use serde::Serialize;

use crate::corpus::Document;
use crate::label::LabelSet;
use crate::model::Model;
use crate::tag::{Analysis, Worker};
use best_paths::best_paths;
use weights::Weights;

/// Why a text is tagged as it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// Name and version of the JSON schema.
    pub schema: &'static str,
    /// Sentences in order. A sentence too long to be decoded at once comes in pieces.
    pub sentences: Vec<ExplainedSentence>,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedSentence {
    /// Entities that were found.
    pub entities: Vec<ExplainedEntity>,
    /// Tokens in order.
    pub tokens: Vec<ExplainedToken>,
}

/// An entity that was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedEntity {
    /// Type.
    #[serde(rename = "type")]
    pub kind: String,
    /// First token of the sentence.
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Probability that exactly this entity stands here.
    pub confidence: f32,
}

/// A token and what decided its label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplainedToken {
    /// As written.
    pub text: String,
    /// Its label in the best sequence.
    pub label: String,
    /// Probability of that label.
    pub probability: f32,
    /// The label of the best other sequence.
    pub runner_up: String,
    /// Probability of that label.
    pub runner_up_probability: f32,
    /// Score of the best sequence minus that of the best one in which this token has the runner-up: e to this power is how
    /// many times likelier the first is.
    pub margin: f32,
    /// Every label, in the order of the model.
    pub labels: Vec<LabelScore>,
    /// Features with a weight, the most decisive between label and runner-up first.
    pub features: Vec<FeatureWeights>,
}

/// What stands for one label of a token.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelScore {
    /// The label.
    pub label: String,
    /// Probability.
    pub probability: f32,
    /// Sum of the weights of the token's features.
    pub score: f32,
    /// Score of the best sequence minus that of the best one with this label here; `null` where none is legal.
    pub behind: Option<f32>,
}

/// A feature with its weights.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FeatureWeights {
    /// `family=value`, with the window offset where it is seen from another token.
    pub name: String,
    /// Weight for the label minus weight for the runner-up.
    pub difference: f32,
    /// Label → weight, where not 0, in the order of the model.
    pub weights: Vec<(String, f32)>,
}

impl FeatureWeights {
    /// The name in three parts, `family=`, value and `[offset]`: shown together, Arabic values would pull signs over.
    fn parts(&self) -> (&str, &str, &str) {
        let value = self.name.find('=').map_or(0, |at| at + 1);
        let is_offset = |at: &usize| {
            let inner = self.name[at + 1..].strip_suffix(']').unwrap_or_default();
            let digits = inner.strip_prefix(['+', '-']).unwrap_or_default();
            !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
        };
        let offset = self.name.rfind('[').filter(|at| *at >= value);
        let offset = offset.filter(is_offset).unwrap_or(self.name.len());
        (
            &self.name[..value],
            &self.name[value..offset],
            &self.name[offset..],
        )
    }
}

/// Explains a document.
pub fn explain(model: &Model, document: &Document) -> Explanation {
    let mut weights = Weights::new(model, document);
    let tokens: Vec<&String> = document.sentences.iter().flat_map(|s| &s.tokens).collect();
    let mut sentences = Vec::new();
    Worker::new(model).analyse_document(document, &mut |analysis| {
        let paths = best_paths(model, analysis);
        let entity = |span: crate::label::Span| ExplainedEntity {
            confidence: analysis.belief(&span).entity,
            kind: span.kind,
            start: span.start,
            end: span.end,
        };
        sentences.push(ExplainedSentence {
            entities: analysis.spans().into_iter().map(entity).collect(),
            tokens: (0..analysis.labels.len())
                .map(|t| {
                    let text = tokens[analysis.tokens.start + t].clone();
                    let features = weights.of_token(analysis.tokens.clone(), t);
                    token(model.labels(), analysis, t, text, &paths, features)
                })
                .collect(),
        });
    });
    Explanation {
        schema: "musamma/explanation/1",
        sentences,
    }
}

/// Name of a feature and its (label, weight) pairs.
type NamedWeights = (String, Vec<(usize, f32)>);

fn token(
    labels: &LabelSet,
    analysis: &Analysis<'_>,
    t: usize,
    text: String,
    paths: &[f32],
    mut features: Vec<NamedWeights>,
) -> ExplainedToken {
    let n = labels.n_labels();
    let paths = &paths[t * n..(t + 1) * n];
    let chosen = usize::from(analysis.labels[t]);
    let others = (0..n).filter(|&l| l != chosen);
    let runner_up = others
        .max_by(|&a, &b| paths[a].total_cmp(&paths[b]).then(b.cmp(&a)))
        .unwrap_or(chosen);
    if t > 0 {
        // The label before is a reason too. Behind another label the runner-up may be illegal; it then has no weight here.
        let previous = usize::from(analysis.labels[t - 1]);
        let name = format!("previous label={}", labels.name(previous as u16));
        let transition = |l: usize| {
            let score = analysis.transition(previous, l);
            (score.is_finite() && score != 0.0).then_some((l, score))
        };
        features.push((name, (0..n).filter_map(transition).collect()));
    }
    let difference = |weights: &[(usize, f32)]| {
        let of = |l: usize| {
            weights
                .iter()
                .filter(|w| w.0 == l)
                .map(|w| w.1)
                .sum::<f32>()
        };
        of(chosen) - of(runner_up)
    };
    let mut features: Vec<FeatureWeights> = features
        .into_iter()
        .filter(|(_, weights)| !weights.is_empty())
        .map(|(name, weights)| FeatureWeights {
            name,
            difference: difference(&weights),
            weights: weights
                .into_iter()
                .map(|(l, w)| (labels.name(l as u16), w))
                .collect(),
        })
        .collect();
    let size = |f: &FeatureWeights| f.difference.abs();
    features.sort_by(|a, b| {
        size(b)
            .total_cmp(&size(a))
            .then_with(|| a.name.cmp(&b.name))
    });
    let best = paths[chosen];
    let behind = |l: usize| paths[l].is_finite().then(|| (best - paths[l]).max(0.0));
    ExplainedToken {
        text,
        label: labels.name(chosen as u16),
        probability: analysis.marginal(t, chosen),
        runner_up: labels.name(runner_up as u16),
        runner_up_probability: analysis.marginal(t, runner_up),
        margin: behind(runner_up).unwrap_or(f32::MAX),
        labels: (0..n)
            .map(|l| LabelScore {
                label: labels.name(l as u16),
                probability: analysis.marginal(t, l),
                score: analysis.emission(t, l),
                behind: behind(l),
            })
            .collect(),
        features,
    }
}

#[cfg(test)]
mod tests;
