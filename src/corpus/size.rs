//! How large a set of documents is.

use super::Document;
use serde::Serialize;

/// Size of a set of documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Size {
    /// Documents, or parts of documents.
    pub documents: usize,
    /// Sentences.
    pub sentences: usize,
    /// Tokens.
    pub tokens: usize,
    /// Gold entities.
    pub entities: usize,
}

impl Size {
    /// Counts documents.
    pub fn of<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Self {
        let mut size = Self::default();
        for document in documents {
            size.documents += 1;
            size.sentences += document.sentences.len();
            size.tokens += document.n_tokens();
            size.entities += document
                .sentences
                .iter()
                .map(|s| s.spans.len())
                .sum::<usize>();
        }
        size
    }
}
