//! Labels: tag schemes, and the only place where tags and spans are turned into each other.

mod scheme;
mod tags;

pub use scheme::{LabelId, LabelSet, Scheme};
pub use tags::{Prefix, parse_tag, spans_from_tags, tags_from_spans};

/// A typed entity span over the tokens of one sentence, half-open.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First token within the sentence.
    pub start: usize,
    /// One past the last token; always greater than `start`.
    pub end: usize,
    /// Entity type as the data names it: `PER`, `PERS`, `LOC` …
    pub kind: String,
}

impl Span {
    /// A span over the tokens `start..end`.
    pub fn new(start: usize, end: usize, kind: impl Into<String>) -> Self {
        Self {
            start,
            end,
            kind: kind.into(),
        }
    }

    /// Number of tokens.
    pub fn len(&self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no token, which no reader of this crate produces.
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }

    /// Number of tokens that both spans hold.
    pub fn overlap(&self, other: &Span) -> usize {
        self.end
            .min(other.end)
            .saturating_sub(self.start.max(other.start))
    }

    /// Whether both spans hold the same tokens, whatever their kinds.
    pub fn same_boundaries(&self, other: &Span) -> bool {
        (self.start, self.end) == (other.start, other.end)
    }
}
