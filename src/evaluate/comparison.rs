//! Where two systems differ, and which of them is right.

use super::Predictions;
use crate::corpus::Document;
use crate::label::Span;
use serde::Serialize;
use std::ops::Range;

/// Who is right about a stretch of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Both give the gold entities.
    BothRight,
    /// Only the first.
    FirstRight,
    /// Only the second.
    SecondRight,
    /// Neither; they may differ or not.
    BothWrong,
}

/// A stretch of tokens that entities of gold or of either system connect: the smallest on which the three can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Index of the document.
    pub document: usize,
    /// Index of the sentence in it.
    pub sentence: usize,
    /// Tokens of the sentence, half-open.
    pub tokens: Range<usize>,
    /// Who is right.
    pub outcome: Outcome,
    /// Gold entities.
    pub gold: Vec<Span>,
    /// Entities of the first system.
    pub first: Vec<Span>,
    /// Entities of the second.
    pub second: Vec<Span>,
}

/// All regions, in the order of the documents.
pub fn regions(documents: &[Document], first: &Predictions, second: &Predictions) -> Vec<Region> {
    let mut found = Vec::new();
    for (d, (document, (first, second))) in
        documents.iter().zip(first.iter().zip(second)).enumerate()
    {
        let sentences = document.sentences.iter().zip(first.iter().zip(second));
        for (s, (sentence, (first, second))) in sentences.enumerate() {
            of_sentence(
                [&sentence.spans, &first.spans, &second.spans],
                |tokens, [gold, first, second]| {
                    let outcome = match (gold == first, gold == second) {
                        (true, true) => Outcome::BothRight,
                        (true, false) => Outcome::FirstRight,
                        (false, true) => Outcome::SecondRight,
                        (false, false) => Outcome::BothWrong,
                    };
                    found.push(Region {
                        document: d,
                        sentence: s,
                        tokens,
                        outcome,
                        gold: gold.to_vec(),
                        first: first.to_vec(),
                        second: second.to_vec(),
                    });
                },
            );
        }
    }
    found
}

/// Calls `found` for each connected stretch of a sentence, with the spans of the three that lie in it.
fn of_sentence(all: [&[Span]; 3], mut found: impl FnMut(Range<usize>, [&[Span]; 3])) {
    let mut at = [0; 3];
    loop {
        let next = (0..3).filter_map(|k| all[k].get(at[k])).map(|s| s.start);
        let Some(start) = next.min() else {
            return;
        };
        let from = at;
        let mut end = start + 1;
        // Grows while some span begins within.
        while let Some(k) = (0..3).find(|&k| all[k].get(at[k]).is_some_and(|s| s.start < end)) {
            end = end.max(all[k][at[k]].end);
            at[k] += 1;
        }
        let part = |k: usize| &all[k][from[k]..at[k]];
        found(start..end, [part(0), part(1), part(2)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;
    use crate::evaluate::Predicted;
    use crate::label::spans_from_tags;
    use crate::random::SplitMix64;

    fn spans(tags: &str) -> Vec<Span> {
        spans_from_tags(&tags.split(' ').collect::<Vec<_>>())
    }

    fn compare(gold: &[Span], first: &[Span], second: &[Span]) -> Vec<Region> {
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            tokens: vec!["w".to_owned(); 20],
            spans: gold.to_vec(),
            ..Sentence::default()
        });
        let run = |spans: &[Span]| vec![vec![Predicted::from_spans(spans.to_vec())]];
        regions(&[document], &run(first), &run(second))
    }

    #[test]
    fn chains_of_overlaps_are_one_region() {
        let found = compare(
            &spans("B-A I-A O B-B O B-C B-A"),
            &spans("O B-A I-A I-A O B-C B-A"),
            &spans("B-A I-A O B-B O B-D B-A"),
        );
        let shown: Vec<(Range<usize>, Outcome)> = found
            .iter()
            .map(|r| (r.tokens.clone(), r.outcome))
            .collect();
        assert_eq!(
            shown,
            [
                (0..4, Outcome::SecondRight),
                (5..6, Outcome::FirstRight),
                (6..7, Outcome::BothRight)
            ]
        );
        assert_eq!(found[0].gold.len(), 2);
    }

    #[test]
    fn every_entity_is_in_one_region_and_regions_do_not_touch_spans_of_others() {
        let mut random = SplitMix64::new(3);
        for _ in 0..2000 {
            let mut tags = || {
                let tag = |_| ["O", "B-X", "I-X", "B-Y"][random.below(4)];
                spans_from_tags(&(0..9).map(tag).collect::<Vec<_>>())
            };
            let (gold, first, second) = (tags(), tags(), tags());
            let found = compare(&gold, &first, &second);
            for (all, part) in [
                (&gold, (|r| &r.gold) as fn(&Region) -> &Vec<Span>),
                (&first, |r| &r.first),
                (&second, |r| &r.second),
            ] {
                let parts: Vec<Span> = found.iter().flat_map(|r| part(r).clone()).collect();
                assert_eq!(&parts, all);
            }
            assert!(
                found
                    .windows(2)
                    .all(|w| w[0].tokens.end <= w[1].tokens.start)
            );
        }
    }
}
