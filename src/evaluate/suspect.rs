//! Likely annotation errors: where models that have not seen a sentence contradict its gold with confidence.

use super::{Disagreement, Predictions, disagreements};
use crate::corpus::Document;
use crate::label::Span;
use std::collections::BTreeMap;

/// How sure models usually are that words outside of entities are outside. It is so near to 1 that its mean is not worth
/// computing.
const USUAL_OUTSIDE: f32 = 1.0;

/// A gold entity (or its absence) that is likely to be wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// What stands against what. Its probabilities are means over the runs that disagree.
    pub disagreement: Disagreement,
    /// Runs that disagree so.
    pub votes: usize,
    /// How much surer than usual the models are of the predicted reading, plus how much less sure than usual of the gold one;
    /// mean over all runs, −2 to 2. See [`suspects`].
    pub suspicion: f32,
}

/// Ranks the disagreements of one run or several by how likely the gold is wrong; those without probabilities are left out.
///
/// Confident learning (Northcutt, Jiang & Chuang, JAIR 2021), over whole entities: the normalised margin
/// p(predicted) − p(gold), with the mean self-confidence t of either's type taken off, which is what tells how much a
/// probability means for that type: (p(predicted) − t(predicted)) − (p(gold) − t(gold)). Without that, the ranking is led by
/// rare names that models cannot know: of these a model is as sure that they are no names as it is of any other word.
///
/// Predictions must come from models that were not trained on the sentence (out-of-fold): a model agrees with the errors that
/// it was taught.
pub fn suspects(documents: &[Document], runs: &[Predictions]) -> Vec<Suspect> {
    let usual = self_confidence(documents, runs);
    let usual = |span: Option<&Span>| match span {
        Some(span) => usual.get(span.kind.as_str()).copied().unwrap_or(0.0),
        None => USUAL_OUTSIDE,
    };
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
            let n = votes as f32;
            disagreement.gold_probability = Some(gold / n);
            disagreement.predicted_probability = Some(predicted / n);
            let of_predicted = predicted - n * usual(disagreement.predicted.as_ref());
            let of_gold = gold - n * usual(disagreement.gold.as_ref());
            Suspect {
                disagreement,
                votes,
                suspicion: (of_predicted - of_gold) / runs.len() as f32,
            }
        })
        .collect();
    // Stable: places of equal suspicion stay in the order of the documents.
    ranked.sort_by(|a, b| b.suspicion.total_cmp(&a.suspicion));
    ranked
}

/// Mean probability that models give to the gold entities of each type.
fn self_confidence<'a>(documents: &'a [Document], runs: &[Predictions]) -> BTreeMap<&'a str, f32> {
    let mut sums: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for run in runs {
        for (document, predicted) in documents.iter().zip(run) {
            for (sentence, predicted) in document.sentences.iter().zip(predicted) {
                for (span, belief) in sentence.spans.iter().zip(&predicted.gold_beliefs) {
                    let (sum, n) = sums.entry(&span.kind).or_default();
                    *sum += f64::from(belief.entity);
                    *n += 1.0;
                }
            }
        }
    }
    let mean = |(kind, (sum, n)): (&'a str, (f64, f64))| (kind, (sum / n) as f32);
    sums.into_iter().map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;
    use crate::evaluate::{Belief, Predicted};

    /// A gold sentence and its prediction: types of the only token, with what the model thinks of each.
    struct Case {
        gold: Option<(&'static str, f32)>,
        predicted: Option<(&'static str, f32)>,
        outside: f32,
    }

    fn case(
        gold: Option<(&'static str, f32)>,
        predicted: Option<(&'static str, f32)>,
        outside: f32,
    ) -> Case {
        Case {
            gold,
            predicted,
            outside,
        }
    }

    fn documents(cases: &[Case]) -> Vec<Document> {
        let mut document = Document::new("d");
        document.sentences = cases
            .iter()
            .map(|case| Sentence {
                tokens: vec!["w".to_owned()],
                spans: case.gold.iter().map(|g| Span::new(0, 1, g.0)).collect(),
                ..Sentence::default()
            })
            .collect();
        vec![document]
    }

    fn run(cases: &[Case]) -> Predictions {
        let belief = |entity, outside| Belief { entity, outside };
        let predicted = |case: &Case| Predicted {
            spans: case
                .predicted
                .iter()
                .map(|p| Span::new(0, 1, p.0))
                .collect(),
            beliefs: case
                .predicted
                .iter()
                .map(|p| belief(p.1, case.outside))
                .collect(),
            gold_beliefs: case
                .gold
                .iter()
                .map(|g| belief(g.1, case.outside))
                .collect(),
        };
        vec![cases.iter().map(predicted).collect()]
    }

    #[test]
    fn what_is_sure_for_its_type_comes_first() {
        // Gold As get 0.4 on the mean and Bs 0.9, so that 0.8 is much for an A and little for a B.
        let cases = [
            case(Some(("A", 0.7)), Some(("A", 0.7)), 0.1),
            case(Some(("A", 0.1)), None, 0.9),
            case(Some(("B", 0.9)), Some(("B", 0.9)), 0.1),
            case(None, Some(("A", 0.8)), 0.1),
            case(None, Some(("B", 0.8)), 0.1),
        ];
        let ranked = suspects(&documents(&cases), &[run(&cases)]);
        let shown: Vec<(usize, i32)> = ranked
            .iter()
            .map(|s| {
                (
                    s.disagreement.sentence,
                    (s.suspicion * 100.0).round() as i32,
                )
            })
            .collect();
        // (0.8 − 0.4) − (0.1 − 1), (0.8 − 0.9) − (0.1 − 1), (0.9 − 1) − (0.1 − 0.4)
        assert_eq!(shown, [(3, 130), (4, 80), (1, 20)]);
    }

    #[test]
    fn a_run_that_does_not_disagree_halves_the_suspicion() {
        let one = [case(None, Some(("A", 0.8)), 0.2)];
        // (0.8 − 0) − (0.2 − 1) = 1.6 in one of two runs.
        let other = [case(None, None, 0.9)];
        let ranked = suspects(&documents(&one), &[run(&one), run(&other)]);
        assert_eq!((ranked.len(), ranked[0].votes), (1, 1));
        // A is in no gold: its usual confidence is 0.
        assert!((ranked[0].suspicion - 0.8).abs() < 1e-6, "{ranked:?}");
        assert_eq!(ranked[0].disagreement.predicted_probability, Some(0.8));
    }

    #[test]
    fn predictions_without_probabilities_accuse_nobody() {
        let cases = [case(None, None, 0.0)];
        let run = vec![vec![Predicted::from_spans(vec![Span::new(0, 1, "A")])]];
        assert!(suspects(&documents(&cases), &[run]).is_empty());
    }
}
