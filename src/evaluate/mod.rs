//! Evaluation: gold against predicted spans, as counts; every ratio is derived from them.

pub mod bootstrap;
mod breakdown;
mod calibration;
mod comparison;
mod confusion;
mod counts;
mod disagreement;
mod matching;
mod predicted;
mod seen;
pub mod selection;
mod suspect;

pub use breakdown::{Breakdown, META_KEYS, MIN_DOCUMENTS, ResamplingUnit};
pub use calibration::{Bin, Calibration, N_BINS};
pub use comparison::{Outcome, Region, regions};
pub use confusion::{Confusion, ConfusionTable, Pair, align};
pub use counts::{Counts, Evaluation, Scores};
pub use disagreement::{Disagreement, DisagreementKind, disagreements};
pub use matching::{MatchCounts, MatchTable, Matching, match_spans};
pub use predicted::{Belief, Predicted, Predictions, align_predictions, no_predictions};
pub use seen::{Found, SeenMentions, SeenRecall};
pub use suspect::{Suspect, suspects};
