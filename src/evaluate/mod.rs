//! Evaluation: gold against predicted spans, as counts; every ratio is derived from them.

pub mod bootstrap;
mod confusion;
mod counts;
mod matching;
mod seen;

pub use confusion::{Confusion, ConfusionTable, Pair, align};
pub use counts::{Counts, Evaluation, Scores};
pub use matching::{MatchCounts, MatchTable, Matching, match_spans};
pub use seen::{Found, SeenMentions, SeenRecall};
