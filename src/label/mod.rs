//! Labels: tag schemes, and the only place where tags and spans are turned into each other.

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
