//! Corpus: labelled documents and the formats that hold them.
//!
//! Readers stream: each is an iterator over documents, holds one document at a time, and names the line of every error.
//! [`open`] finds out the format and hands back the reader for it.

pub mod check;
mod conll;
mod conll_writer;
mod csv;
mod csv_columns;
mod folds;
mod format;
mod hash;
mod inline;
mod lines;
mod map;
mod size;
mod statistics;
#[cfg(test)]
pub(crate) mod testing;

pub use conll::ConllReader;
pub use conll_writer::write_conll;
pub use csv::CsvReader;
pub use csv_columns::CsvColumns;
pub use folds::{DocumentSlice, FoldUnit, Folds};
pub use format::{Documents, Format, ReadOptions, open};
pub use hash::data_hash;
pub use inline::{InlineReader, Segments};
pub(crate) use lines::Lines;
pub use lines::MAX_LINE_BYTES;
pub use map::KindMap;
pub use size::Size;
pub use statistics::{KindStatistics, MetaStatistics, Statistics};

use crate::label::{Scheme, Span, spans_from_tags, tags_from_spans};

/// One sentence: its tokens as written, and the gold entities over them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Tokens as written in the file.
    pub tokens: Vec<String>,
    /// Gold spans in order of their start, never overlapping. Empty when unlabelled.
    pub spans: Vec<Span>,
    /// Line of the first token in its file, from 1; 0 when it was not read from a file.
    pub line: u64,
    /// The file's tags, one a token, kept only where they are not the IOB2 tags of `spans`; otherwise empty.
    ///
    /// Only the lint needs them: everybody else reads `spans`.
    pub tags: Vec<String>,
}

impl Sentence {
    /// A sentence from tokens and their well-formed tags.
    fn from_tags(tokens: Vec<String>, tags: Vec<String>, line: u64) -> Self {
        let spans = spans_from_tags(&tags);
        let is_plain = tags_from_spans(&spans, tags.len(), Scheme::Iob2) == tags;
        Self {
            tokens,
            spans,
            line,
            tags: if is_plain { Vec::new() } else { tags },
        }
    }

    /// The tokens of a span as written, joined by single spaces.
    pub fn surface(&self, span: &Span) -> String {
        let end = span.end.min(self.tokens.len());
        self.tokens
            .get(span.start..end)
            .map(|tokens| tokens.join(" "))
            .unwrap_or_default()
    }
}

/// A document: the unit that cross-validation keeps whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Name as marked in the file, or made from the file name.
    pub name: String,
    /// `# key = value` lines in file order, without `doc`.
    pub meta: Vec<(String, String)>,
    /// Sentences in order.
    pub sentences: Vec<Sentence>,
}

impl Document {
    /// A document without sentences.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }

    /// Number of tokens.
    pub fn n_tokens(&self) -> usize {
        self.sentences.iter().map(|s| s.tokens.len()).sum()
    }

    /// The value of a meta key, of its first line where it has several.
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value.as_str())
    }
}

/// Key and value of `# key = value`; `None` for any other line.
///
/// The key is one word (`newdoc id`, as `CoNLL-U` has it, counts as `doc`), so that prose with an equals sign is no meta line.
fn meta_line(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix('#')?.split_once('=')?;
    let key = match key.trim() {
        "newdoc id" => "doc",
        key => key,
    };
    let is_word = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || c == '#');
    is_word.then_some((key, value.trim()))
}
