//! Tokens without a text: the text that they make when joined.

use std::borrow::Cow;
use std::ops::Range;

use super::{Mention, TaggedDocument};
use crate::corpus::Document;
use crate::text::{Token, kind_of};

/// A labelled document as a text: tokens parted by single spaces, sentences by line ends. A buffer to reuse.
#[derive(Debug, Clone, Default)]
pub struct Joined {
    source: String,
    tokens: Vec<Token>,
    sentences: Vec<Range<usize>>,
}

impl Joined {
    /// Replaces what it held with a document.
    pub fn fill(&mut self, document: &Document) {
        self.source.clear();
        self.tokens.clear();
        self.sentences.clear();
        let mut n_chars = 0;
        for sentence in &document.sentences {
            let first = self.tokens.len();
            for token in &sentence.tokens {
                if !self.source.is_empty() {
                    self.source.push(if self.tokens.len() == first {
                        '\n'
                    } else {
                        ' '
                    });
                    n_chars += 1;
                }
                let (byte_start, char_start) = (self.source.len(), n_chars);
                self.source.push_str(token);
                n_chars += token.chars().count();
                self.tokens.push(Token {
                    byte_start,
                    byte_end: self.source.len(),
                    char_start,
                    char_end: n_chars,
                    kind: kind_of(token),
                });
            }
            self.sentences.push(first..self.tokens.len());
        }
    }

    /// The document that it was filled with, with other entities.
    pub fn tagged<'a>(
        &'a self,
        document: &'a Document,
        mentions: &'a [Mention<'a>],
    ) -> TaggedDocument<'a> {
        TaggedDocument {
            name: &document.name,
            meta: &document.meta,
            source: &self.source,
            tokens: &self.tokens,
            sentences: &self.sentences,
            mentions,
        }
    }

    /// The tokens of a range as one text.
    pub fn text(&self, tokens: &Range<usize>) -> &str {
        &self.source[self.tokens[tokens.start].byte_start..self.tokens[tokens.end - 1].byte_end]
    }

    /// The document's own entities, with confidence 1 and their text as name.
    pub fn gold<'a>(&'a self, document: &'a Document) -> Vec<Mention<'a>> {
        let mut mentions = Vec::new();
        for (s, (sentence, range)) in document.sentences.iter().zip(&self.sentences).enumerate() {
            for span in &sentence.spans {
                let tokens = range.start + span.start..range.start + span.end;
                mentions.push(Mention {
                    kind: &span.kind,
                    sentence: s,
                    name: Cow::Borrowed(self.text(&tokens)),
                    tokens,
                    confidence: 1.0,
                });
            }
        }
        mentions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ConllReader;

    #[test]
    fn offsets_slice_the_joined_text() {
        let file = "قال\tO\nمحمود\tB-PER\nتوفيق\tI-PER\n\nx\tB-ORG\n";
        let document = ConllReader::new(file.as_bytes(), "f")
            .next()
            .expect("a document")
            .expect("valid");
        let mut joined = Joined::default();
        joined.fill(&Document::new("before"));
        joined.fill(&document);
        let mentions = joined.gold(&document);
        let tagged = joined.tagged(&document, &mentions);
        assert_eq!(tagged.source, "قال محمود توفيق\nx");
        let chars: Vec<char> = tagged.source.chars().collect();
        let found: Vec<(usize, String)> = mentions
            .iter()
            .map(|m| (m.sentence, chars[tagged.chars(m)].iter().collect()))
            .collect();
        assert_eq!(found, [(0, "محمود توفيق".to_owned()), (1, "x".to_owned())]);
        assert_eq!(tagged.text(&mentions[0]), "محمود توفيق");
    }
}
