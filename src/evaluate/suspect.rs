//! Likely annotation errors: where models that have not seen a sentence contradict its gold with confidence.

use super::{Disagreement, Predictions, disagreements};
use crate::corpus::Document;
use std::collections::BTreeMap;

/// A gold entity (or its absence) that is likely to be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// What stands against what. Its probabilities are means over the runs that disagree.
    pub disagreement: Disagreement,
    /// Runs that disagree so.
    pub votes: usize,
    /// Mean over all runs of p(predicted reading) − p(gold reading), 0 for a run that does not disagree so; −1 to 1.
    pub suspicion: f32,
}

/// Ranks the disagreements of one run or several by how likely the gold is wrong; those without probabilities are left out.
///
/// Predictions must come from models that were not trained on the sentence (out-of-fold): a model agrees with the errors that
/// it was taught.
pub fn suspects(documents: &[Document], runs: &[Predictions]) -> Vec<Suspect> {
    let mut places: BTreeMap<_, (Disagreement, usize, f32, f32)> = BTreeMap::new();
    for run in runs {
        for found in disagreements(documents, run) {
            let (Some(gold), Some(predicted)) =
                (found.gold_probability, found.predicted_probability)
            else {
                continue;
            };
            let start = found.tokens().start;
            let key = (
                found.document,
                found.sentence,
                start,
                found.gold.clone(),
                found.predicted.clone(),
            );
            let entry = places.entry(key).or_insert((found, 0, 0.0, 0.0));
            entry.1 += 1;
            entry.2 += gold;
            entry.3 += predicted;
        }
    }
    let mut ranked: Vec<Suspect> = places
        .into_values()
        .map(|(mut disagreement, votes, gold, predicted)| {
            disagreement.gold_probability = Some(gold / votes as f32);
            disagreement.predicted_probability = Some(predicted / votes as f32);
            Suspect {
                disagreement,
                votes,
                suspicion: (predicted - gold) / runs.len() as f32,
            }
        })
        .collect();
    // Stable: places of equal suspicion stay in the order of the documents.
    ranked.sort_by(|a, b| b.suspicion.total_cmp(&a.suspicion));
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;
    use crate::evaluate::{Belief, Predicted};
    use crate::label::Span;

    fn run(claims: &[(&str, f32)]) -> Predictions {
        let predicted = |&(kind, entity): &(&str, f32)| Predicted {
            spans: vec![Span::new(0, 1, kind)],
            beliefs: vec![Belief {
                entity,
                outside: 0.05,
            }],
            gold_beliefs: vec![Belief {
                entity: 0.1,
                outside: 0.05,
            }],
        };
        vec![claims.iter().map(predicted).collect()]
    }

    #[test]
    fn runs_vote_and_the_surest_comes_first() {
        let mut document = Document::new("d");
        let sentence = Sentence {
            tokens: vec!["w".to_owned()],
            spans: vec![Span::new(0, 1, "A")],
            ..Sentence::default()
        };
        document.sentences = vec![sentence; 3];
        let runs = [
            run(&[("B", 0.5), ("A", 0.9), ("B", 0.8)]),
            run(&[("B", 0.7), ("B", 0.9), ("B", 0.8)]),
        ];
        let ranked = suspects(&[document], &runs);
        let shown: Vec<(usize, usize, i32)> = ranked
            .iter()
            .map(|s| {
                let rounded = (s.suspicion * 100.0).round() as i32;
                (s.disagreement.sentence, s.votes, rounded)
            })
            .collect();
        assert_eq!(shown, [(2, 2, 70), (0, 2, 50), (1, 1, 40)]);
        let probability = ranked[1].disagreement.predicted_probability;
        assert!(
            probability.is_some_and(|p| (p - 0.6).abs() < 1e-6),
            "{probability:?}"
        );
    }

    #[test]
    fn predictions_without_probabilities_accuse_nobody() {
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            tokens: vec!["w".to_owned()],
            ..Sentence::default()
        });
        let run = vec![vec![Predicted::from_spans(vec![Span::new(0, 1, "A")])]];
        assert!(suspects(&[document], &[run]).is_empty());
    }
}
