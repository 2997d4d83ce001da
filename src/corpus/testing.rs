//! Labelled sentences for the tests of rooms that train.

use super::Sentence;
use crate::label::Span;

/// A sentence in whose text `شخص` stands for a person, and `مكان` for a place, of one token each; both are annotated.
pub fn sentence(text: &str, person: &str, place: &str) -> Sentence {
    let mut sentence = Sentence::default();
    for (t, token) in text.split(' ').enumerate() {
        let (token, kind) = match token {
            "شخص" => (person, Some("PER")),
            "مكان" => (place, Some("LOC")),
            plain => (plain, None),
        };
        sentence.tokens.push(token.to_owned());
        sentence
            .spans
            .extend(kind.map(|kind| Span::new(t, t + 1, kind)));
    }
    sentence
}
