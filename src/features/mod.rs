//! Features: what the CRF may know of a token, as hashed attributes.
//!
//! *Word* families look at one word form; their attributes are computed once per distinct word and seen from every token of
//! the window. *Context* families look at several tokens and are computed per token. Each family is one file in [`families`],
//! listed in one ordered list there; [`config`] switches and parameterises them. To add one, copy `families/length.rs` (word)
//! or `families/boundary.rs` (context).
//!
//! ```text
//! surface ─ Extractor::word ─► Word ─ word families ─► (attribute hash, window slots)
//!                                └─ Extractor::keys ─► WordKeys ─ context families ─► attribute hash
//! ```
//!
//! The same code that hashes attributes for speed also spells them out ([`sink`], [`spelling`]), so that a model can be
//! explained and exported with readable names; [`keys`] turns a name back into its hash.

mod class_set;
pub mod config;
pub mod context;
pub mod domain;
pub mod evidence;
mod extractor;
pub mod families;
pub mod keys;
pub mod sink;
pub mod spelling;
pub mod template;
mod word;

pub use config::{FeatureConfig, Window};
pub use context::Context;
pub use extractor::Extractor;
pub use keys::KeyTable;
pub use word::{Stem, View, Word, WordKeys};

/// Window offsets that word attributes can be seen from.
pub const OFFSETS: std::ops::RangeInclusive<i8> = -2..=2;
/// Number of window offsets.
pub const N_SLOTS: usize = 5;

/// A window of offsets as a bit set: bit 0 is the first of [`OFFSETS`].
pub type SlotMask = u8;

/// The bit set of the offsets `first..=last`.
pub fn slots(first: i8, last: i8) -> SlotMask {
    OFFSETS
        .enumerate()
        .filter(|(_, d)| (first..=last).contains(d))
        .fold(0, |mask, (slot, _)| mask | 1 << slot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slot_masks() {
        assert_eq!(slots(-2, 2), 0b11111);
        assert_eq!(slots(0, 0), 0b00100);
        assert_eq!(slots(-1, 1), 0b01110);
        assert_eq!(slots(1, -1), 0);
        assert_eq!(OFFSETS.count(), N_SLOTS);
    }
}
