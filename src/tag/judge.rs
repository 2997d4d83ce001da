//! Tagging gold documents: predictions, and what the model thinks of the gold entities.

use rayon::prelude::*;

use super::{Worker, sentence_ranges};
use crate::corpus::Document;
use crate::evaluate::{Belief, Predicted, Predictions};
use crate::label::Span;
use crate::model::Model;

/// Predicts on gold documents, in parallel; the result does not depend on the number of threads.
pub fn predict(model: &Model, documents: &[Document]) -> Predictions {
    let n_chunks = rayon::current_num_threads() * 4;
    documents
        .par_chunks(documents.len().div_ceil(n_chunks).max(1))
        .flat_map_iter(|documents| {
            let mut worker = Worker::new(model);
            documents
                .iter()
                .map(|document| predict_document(&mut worker, document))
                .collect::<Vec<_>>()
        })
        .collect()
}

fn predict_document(worker: &mut Worker<'_>, document: &Document) -> Vec<Predicted> {
    let starts: Vec<usize> = sentence_ranges(document).iter().map(|r| r.start).collect();
    let mut predicted: Vec<Predicted> = document
        .sentences
        .iter()
        .map(|sentence| Predicted {
            gold_beliefs: vec![Belief::default(); sentence.spans.len()],
            ..Predicted::default()
        })
        .collect();
    let spans = worker.analyse_document(document, &mut |analysis| {
        let s = analysis.sentence;
        // Long sentences come in pieces: entities of this one, with indices that count from its first token.
        let from = analysis.tokens.start - starts[s];
        let to = analysis.tokens.end - starts[s];
        let in_piece = |span: &Span| {
            let is_inside = from <= span.start && span.end <= to;
            is_inside.then(|| Span::new(span.start - from, span.end - from, span.kind.as_str()))
        };
        for (i, span) in document.sentences[s].spans.iter().enumerate() {
            if let Some(span) = in_piece(span) {
                predicted[s].gold_beliefs[i] = analysis.belief(&span);
            }
        }
        let beliefs = analysis.spans().into_iter().map(|span| analysis.belief(&span));
        predicted[s].beliefs.extend(beliefs);
    });
    for (predicted, spans) in predicted.iter_mut().zip(spans) {
        predicted.spans = spans;
    }
    predicted
}

#[cfg(test)]
mod tests {
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

    fn model() -> Model {
        let per = |start, end| Span::new(start, end, "PER");
        let documents = [
            document("a", "زار سامي حداد بيروت أمس", &[per(1, 3), Span::new(3, 4, "LOC")]),
            document("b", "قال سامي إن الطقس جميل", &[per(1, 2)]),
            document("c", "وصل حداد إلى بيروت", &[per(1, 2), Span::new(3, 4, "LOC")]),
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
            document("x", "زار سامي حداد بيروت", &[Span::new(1, 3, "PER"), Span::new(3, 4, "ORG")]),
            document("y", "الطقس جميل", &[Span::new(0, 1, "PER")]),
        ];
        let predictions = predict(&model, &gold);
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
        assert!(unlikely.entity < 0.5 && unlikely.outside > 0.5, "{unlikely:?}");
        assert!(unlikely.entity + unlikely.outside <= 1.0 + 1e-5, "{unlikely:?}");
    }

    #[test]
    fn sentences_longer_than_a_piece_are_judged_piece_by_piece() {
        let model = model();
        let text = vec!["زار سامي حداد بيروت"; 300].join(" ");
        let spans: Vec<Span> = (0..300).map(|i| Span::new(4 * i + 1, 4 * i + 3, "PER")).collect();
        let predictions = predict(&model, &[document("long", &text, &spans)]);
        let predicted = &predictions[0][0];
        assert_eq!(predicted.beliefs.len(), predicted.spans.len());
        let doubted = predicted.gold_beliefs.iter().filter(|b| b.entity < 0.5).count();
        assert!(doubted < 5, "{doubted} of 300 repeated names are doubted");
    }
}
