//! Output: tagged text in the formats that people and programs read.
//!
//! ```text
//! text or labelled document ─► TaggedDocument ─► Exporter ─► bytes
//! ```
//!
//! To add a format, copy the shortest exporter ([`Inline`]), and list it in `cli`.

mod conll;
mod csv;
mod inline;
mod joined;
mod jsonl;
mod text;
mod token_csv;

pub use conll::Conll;
pub use csv::Csv;
pub use inline::Inline;
pub use joined::Joined;
pub use jsonl::Jsonl;
pub use text::Text;
pub use token_csv::TokenCsv;

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::Range;

use crate::text::Token;

/// A document with its entities, as exporters see it.
#[derive(Debug, Clone, Copy)]
pub struct TaggedDocument<'a> {
    /// Name.
    pub name: &'a str,
    /// Keys and values that the input had for it, in order.
    pub meta: &'a [(String, String)],
    /// The text that all offsets count in.
    pub source: &'a str,
    /// Tokens in order.
    pub tokens: &'a [Token],
    /// Sentences as ranges of tokens, in order.
    pub sentences: &'a [Range<usize>],
    /// Entities in order, not overlapping, none across a sentence end.
    pub mentions: &'a [Mention<'a>],
}

/// An entity in a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention<'a> {
    /// Its type.
    pub kind: &'a str,
    /// Its sentence, counted from 0 in the document.
    pub sentence: usize,
    /// Its tokens within the document, half-open, not empty.
    pub tokens: Range<usize>,
    /// Probability that exactly this entity stands here, 0 to 1; 1 in labelled data.
    pub confidence: f32,
    /// It without leading proclitics.
    pub name: Cow<'a, str>,
}

impl<'a> TaggedDocument<'a> {
    /// Bytes of the source that a mention covers, half-open.
    pub fn bytes(&self, mention: &Mention<'_>) -> Range<usize> {
        self.tokens[mention.tokens.start].byte_start..self.tokens[mention.tokens.end - 1].byte_end
    }

    /// Characters of the source that a mention covers, half-open.
    pub fn chars(&self, mention: &Mention<'_>) -> Range<usize> {
        self.tokens[mention.tokens.start].char_start..self.tokens[mention.tokens.end - 1].char_end
    }

    /// The mention as written.
    pub fn text(&self, mention: &Mention<'_>) -> &'a str {
        &self.source[self.bytes(mention)]
    }

    /// The source cut at the mentions, each with the text before it; then the text after the last.
    fn pieces<'d>(
        &'d self,
    ) -> (
        impl Iterator<Item = (&'a str, &'d Mention<'a>, &'a str)> + 'd,
        &'a str,
    ) {
        let last = self.mentions.last().map_or(0, |m| self.bytes(m).end);
        let mut at = 0;
        let pieces = self.mentions.iter().map(move |mention| {
            let bytes = self.bytes(mention);
            let before = &self.source[at..bytes.start];
            at = bytes.end;
            (before, mention, &self.source[bytes])
        });
        (pieces, &self.source[last..])
    }
}

/// A format. Documents are independent of each other, so that many can be written at once and put together in order.
pub trait Exporter: Sync {
    /// Writes what stands once, before the first document.
    ///
    /// # Errors
    /// When writing fails.
    fn begin(&self, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes a document.
    ///
    /// # Errors
    /// When writing fails.
    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()>;
}

/// Text on one line: what would end the line or the column becomes a space.
fn on_one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r', '\t', '\0']) {
        Cow::Owned(text.replace(['\n', '\r', '\t', '\0'], " "))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod testing {
    use super::*;
    use crate::text::{Tokenised, tokenise_into};

    /// What an exporter writes for a text with entities at (first token, one past the last, type).
    pub fn written(
        exporter: &dyn Exporter,
        source: &str,
        spans: &[(usize, usize, &str)],
    ) -> String {
        let mut tokenised = Tokenised::default();
        tokenise_into(source, &mut tokenised);
        let mut document = TaggedDocument {
            name: "خبر.txt",
            meta: &[("domain".to_owned(), "sport".to_owned())],
            source,
            tokens: &tokenised.tokens,
            sentences: &tokenised.sentences,
            mentions: &[],
        };
        let mentions: Vec<Mention<'_>> = spans
            .iter()
            .map(|&(start, end, kind)| {
                let mut mention = Mention {
                    kind,
                    sentence: tokenised.sentences.partition_point(|s| s.end <= start),
                    tokens: start..end,
                    confidence: 0.9375,
                    name: Cow::Borrowed(""),
                };
                let text = document.text(&mention);
                mention.name = crate::text::name_without_proclitics(text, |_| false);
                mention
            })
            .collect();
        document.mentions = &mentions;
        let mut out = Vec::new();
        exporter.begin(&mut out).expect("memory takes anything");
        exporter
            .write(&document, &mut out)
            .expect("memory takes anything");
        String::from_utf8(out).expect("formats are text")
    }
}
