//! The hash that attributes, phrases and words are known by: the same on every machine and in every version.

use xxhash_rust::xxh3::xxh3_64;

/// XXH3 (64 bits) of a piece of text.
#[inline]
pub fn text_hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Adds a part to a hash; the order of the parts matters. The odd factor is 2^64 divided by the golden ratio.
#[inline(always)]
pub fn fold(hash: u64, part: u64) -> u64 {
    (hash.rotate_left(23) ^ part).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// Spreads a folded hash over all its bits (the final mix of `MurmurHash3`, a bijection).
#[inline(always)]
pub fn finish(mut hash: u64) -> u64 {
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Models store these values: they must never change.
    #[test]
    fn values_are_frozen() {
        assert_eq!(text_hash(""), 0x2D06_8005_38D3_94C2);
        assert_eq!(finish(fold(1, 2)), finish(fold(1, 2)));
        assert_ne!(fold(fold(0, 1), 2), fold(fold(0, 2), 1));
    }
}
