//! Corpus: labelled documents and the formats that hold them.

use crate::label::Span;

/// One sentence: its tokens as written, and the gold entities over them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Tokens as written in the file.
    pub tokens: Vec<String>,
    /// Gold spans in order of their start, never overlapping. Empty when unlabelled.
    pub spans: Vec<Span>,
    /// Line of the first token in its file, from 1; 0 when it was not read from a file.
    pub line: u64,
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
