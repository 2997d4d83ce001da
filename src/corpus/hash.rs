//! A fingerprint of labelled data.

use super::Document;
use xxhash_rust::xxh3::Xxh3;

/// Hash (XXH3, 128 bits, hexadecimal) of tokens and entities, in order. Names, meta data and line numbers are not in it.
pub fn data_hash<'a>(documents: impl IntoIterator<Item = &'a Document>) -> String {
    let mut hash = Xxh3::new();
    for sentence in documents.into_iter().flat_map(|d| &d.sentences) {
        for token in &sentence.tokens {
            hash.update(token.as_bytes());
            hash.update(&[0]);
        }
        for span in &sentence.spans {
            hash.update(format!("{}-{} {}\n", span.start, span.end, span.kind).as_bytes());
        }
        hash.update(&[1]);
    }
    format!("{:032x}", hash.digest128())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::Sentence;
    use crate::label::Span;

    #[test]
    fn tokens_entities_and_sentence_ends_count_and_names_do_not() {
        let document = |name: &str, sentences: &[&str], spans: Vec<Span>| {
            let mut document = Document::new(name);
            document.sentences = sentences
                .iter()
                .map(|text| Sentence {
                    tokens: text.split(' ').map(str::to_owned).collect(),
                    spans: spans.clone(),
                    ..Sentence::default()
                })
                .collect();
            data_hash([&document])
        };
        let plain = document("a", &["x y"], vec![]);
        assert_eq!(plain.len(), 32);
        assert_eq!(plain, document("b", &["x y"], vec![]));
        assert_ne!(plain, document("a", &["x", "y"], vec![]));
        assert_ne!(plain, document("a", &["xy"], vec![]));
        assert_ne!(plain, document("a", &["x y"], vec![Span::new(0, 1, "A")]));
    }
}
