//! Labels: tag schemes, and the only place where tags and spans are turned into each other.

use std::ops::Range;

/// A typed entity span over the tokens of one sentence, half-open.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Token indices within the sentence, half-open, never empty.
    pub tokens: Range<usize>,
    /// Entity type as the data names it: `PER`, `PERS`, `LOC` …
    pub kind: String,
}
