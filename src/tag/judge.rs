//! Tagging gold documents: predictions, and what the model thinks of the gold entities.

use std::ops::Range;

use rayon::prelude::*;

use super::{Analysis, Worker, sentence_ranges};
use crate::corpus::{Document, KindMap};
use crate::evaluate::{Belief, Predicted, Predictions};
use crate::label::Span;
use crate::model::Model;

/// Predicts on gold documents, in parallel; the result does not depend on the number of threads.
///
/// `map` renames and drops the model's types, as it did those of the gold data, so that a model of other types can be scored.
pub fn predict(model: &Model, documents: &[Document], map: &KindMap) -> Predictions {
    let kinds = model.labels().kinds();
    let targets: Vec<Option<&str>> = kinds.iter().map(|kind| map.target(kind)).collect();
    let n_chunks = rayon::current_num_threads() * 4;
    documents
        .par_chunks(documents.len().div_ceil(n_chunks).max(1))
        .flat_map_iter(|documents| {
            let mut judge = Judge {
                worker: Worker::new(model),
                kinds,
                targets: &targets,
            };
            documents
                .iter()
                .map(|document| judge.predict(document))
                .collect::<Vec<_>>()
        })
        .collect()
}

struct Judge<'a> {
    worker: Worker<'a>,
    kinds: &'a [String],
    /// What each of `kinds` becomes.
    targets: &'a [Option<&'a str>],
}

impl Judge<'_> {
    fn predict(&mut self, document: &Document) -> Vec<Predicted> {
        let starts: Vec<usize> = sentence_ranges(document).iter().map(|r| r.start).collect();
        let mut predicted: Vec<Predicted> = document
            .sentences
            .iter()
            .map(|sentence| Predicted {
                gold_beliefs: vec![Belief::default(); sentence.spans.len()],
                ..Predicted::default()
            })
            .collect();
        let (kinds, targets) = (self.kinds, self.targets);
        self.worker.analyse_document(document, &mut |analysis| {
            let s = analysis.sentence;
            // Long sentences come in pieces: entities of this one, with indices that count from its first token.
            let from = analysis.tokens.start - starts[s];
            let to = analysis.tokens.end - starts[s];
            for (i, span) in document.sentences[s].spans.iter().enumerate() {
                if from <= span.start && span.end <= to {
                    let bounds = span.start - from..span.end - from;
                    predicted[s].gold_beliefs[i] =
                        belief(analysis, bounds, &span.kind, kinds, targets);
                }
            }
            for span in analysis.spans() {
                let index = kinds.iter().position(|kind| *kind == span.kind);
                if let Some(target) = index.and_then(|k| targets[k]) {
                    let bounds = span.start..span.end;
                    let belief = belief(analysis, bounds, target, kinds, targets);
                    let span = Span::new(span.start + from, span.end + from, target);
                    predicted[s].spans.push(span);
                    predicted[s].beliefs.push(belief);
                }
            }
        });
        predicted
    }
}

/// Probabilities of an entity by its mapped type: the sum over the model's types that become it.
fn belief(
    analysis: &Analysis<'_>,
    bounds: Range<usize>,
    target: &str,
    kinds: &[String],
    targets: &[Option<&str>],
) -> Belief {
    let mut sum = Belief::default();
    for (kind, becomes) in kinds.iter().zip(targets) {
        if *becomes == Some(target) {
            let span = Span::new(bounds.start, bounds.end, kind.as_str());
            sum.entity += analysis.belief(&span).entity;
        }
    }
    let any = Span::new(bounds.start, bounds.end, target);
    sum.outside = analysis.belief(&any).outside;
    sum
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::clusters::Lexicon;
    use crate::config::Config;
    use crate::corpus::Sentence;
    use crate::model::Resources;
    use crate::train;
    use std::ops::ControlFlow;

    fn document(name: &str, text: &str, spans: &[Span]) -> Document {
        Document {
            name: name.to_owned(),
            sentences: vec![Sentence {
                tokens: text.split(' ').map(str::to_owned).collect(),
                spans: spans.to_vec(),
                ..Sentence::default()
            }],
            ..Document::default()
        }
    }

    pub fn model() -> Model {
        let per = |start, end| Span::new(start, end, "PER");
        let documents = [
            document(
                "a",
                "زار سامي حداد بيروت أمس",
                &[per(1, 3), Span::new(3, 4, "LOC")],
            ),
            document("b", "قال سامي إن الطقس جميل", &[per(1, 2)]),
            document(
                "c",
                "وصل حداد إلى بيروت",
                &[per(1, 2), Span::new(3, 4, "LOC")],
            ),
        ];
        let resources = Resources::compile(&[], &Lexicon::default()).expect("empty resources");
        train::train(
            &documents,
            &Config::default(),
            &resources,
            &train::Options::default(),
            |_| ControlFlow::Continue(()),
        )
        .expect("a model")
    }

    #[test]
    fn confidences_are_those_of_the_tagger_and_gold_is_judged() {
        let model = model();
        let gold = [
            document(
                "x",
                "زار سامي حداد بيروت",
                &[Span::new(1, 3, "PER"), Span::new(3, 4, "ORG")],
            ),
            document("y", "الطقس جميل", &[Span::new(0, 1, "PER")]),
        ];
        let predictions = predict(&model, &gold, &KindMap::default());
        let mut worker = Worker::new(&model);
        for (document, predicted) in gold.iter().zip(&predictions) {
            let spans = worker.tag_document(document);
            assert_eq!(spans[0], predicted[0].spans);
            let confidences: Vec<f32> = worker.entities().iter().map(|e| e.confidence).collect();
            let ours: Vec<f32> = predicted[0].beliefs.iter().map(|b| b.entity).collect();
            assert_eq!(ours, confidences, "{}", document.name);
        }
        let first = &predictions[0][0];
        assert_eq!(first.spans[0], Span::new(1, 3, "PER"), "{first:?}");
        assert_eq!(first.gold_beliefs[0], first.beliefs[0]);
        assert_eq!(first.gold_beliefs[1].entity, 0.0, "the model knows no ORG");
        let unlikely = predictions[1][0].gold_beliefs[0];
        assert!(
            unlikely.entity < 0.5 && unlikely.outside > 0.5,
            "{unlikely:?}"
        );
        assert!(
            unlikely.entity + unlikely.outside <= 1.0 + 1e-5,
            "{unlikely:?}"
        );
    }

    #[test]
    fn types_are_mapped_on_the_way() {
        let model = model();
        let gold = [document(
            "x",
            "زار سامي حداد بيروت",
            &[Span::new(1, 3, "HUMAN")],
        )];
        let map = KindMap::parse(["PER=HUMAN", "LOC=O"]).expect("valid");
        let mapped = &predict(&model, &gold, &map)[0][0];
        let plain = &predict(&model, &gold, &KindMap::default())[0][0];
        assert_eq!(mapped.spans, [Span::new(1, 3, "HUMAN")]);
        assert_eq!(mapped.beliefs, plain.beliefs[..1]);
        assert_eq!(mapped.gold_beliefs, mapped.beliefs);
        assert_eq!(plain.gold_beliefs[0].entity, 0.0);
    }

    #[test]
    fn sentences_longer_than_a_piece_are_judged_piece_by_piece() {
        let model = model();
        let text = vec!["زار سامي حداد بيروت"; 300].join(" ");
        let spans: Vec<Span> = (0..300)
            .map(|i| Span::new(4 * i + 1, 4 * i + 3, "PER"))
            .collect();
        let predictions = predict(
            &model,
            &[document("long", &text, &spans)],
            &KindMap::default(),
        );
        let predicted = &predictions[0][0];
        assert_eq!(predicted.beliefs.len(), predicted.spans.len());
        let doubted = predicted
            .gold_beliefs
            .iter()
            .filter(|b| b.entity < 0.5)
            .count();
        assert!(doubted < 5, "{doubted} of 300 repeated names are doubted");
    }
}
