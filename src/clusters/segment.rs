//! Cutting proclitics off words before they are counted.
//!
//! Arabic writes conjunctions and prepositions as part of the word that follows: `القاهره`, `والقاهره` and `بالقاهره` would be
//! three words, two of them rare, and the preposition that tells a place from a person would be hidden inside. Cut, the
//! place has all its occurrences, and `ب+` stands among its neighbours. A word is cut only where the text itself bears the
//! reading out: `وزير` stays whole, because `زير` is rarer than `وزير`.

use super::vocabulary::Vocabulary;
use crate::text::clitics;

/// Fewest letters of a stem: most words of two letters are particles that begin other words by chance.
const MIN_LETTERS: usize = 3;
/// Fewest occurrences of a stem as a word of its own: below, it may be a slip of the pen or of the tokeniser.
const MIN_STEM_COUNT: u32 = 5;

/// The two pieces of a word that is cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    /// The proclitic letters with a `+`, as no word of a text ends: `و+`, `وب+`.
    pub(super) proclitic: String,
    /// Number of the rest, with its article, as a word: `القاهره`.
    pub(super) stem: u32,
}

/// How to cut the word with a number, or `None` where it stays whole; `counts` are the occurrences of the words.
///
/// Of the readings of [`clitics`] with a stem that is a word of at least 3 letters, occurs at least 5 times and more often
/// than the uncut word, that with the most frequent stem is taken; of equals the shortest proclitic.
pub(super) fn cut(number: usize, vocabulary: &Vocabulary, counts: &[u32]) -> Option<Cut> {
    let word = &vocabulary.words()[number];
    let mut stem = String::new();
    let mut best: Option<(u32, Cut)> = None;
    for split in &clitics(word) {
        if split.proclitic.is_empty() {
            continue;
        }
        split.write_name(&mut stem);
        if stem.chars().nth(MIN_LETTERS - 1).is_none() {
            continue;
        }
        let Some(found) = vocabulary.find(&stem) else {
            continue;
        };
        let count = counts[found as usize];
        let is_best = best.as_ref().is_none_or(|b| count > b.0);
        if count >= MIN_STEM_COUNT && count > counts[number] && is_best {
            let proclitic = format!("{}+", split.proclitic);
            let cut = Cut {
                proclitic,
                stem: found,
            };
            best = Some((count, cut));
        }
    }
    best.map(|b| b.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_where_the_stem_is_the_commoner_word() {
        let text = [
            ("القاهره", 50),
            ("والقاهره", 9),
            ("بالقاهره", 20),
            ("وبالقاهره", 2),
            ("وزير", 30),
            ("زير", 6),
            ("للبنان", 7),
            ("لبنان", 40),
            ("البنان", 5),
            ("ومي", 1),
            ("مي", 80),
            ("وسلمان", 1),
            ("سلمان", 4),
            ("كالعاده", 3),
        ];
        let mut vocabulary = Vocabulary::default();
        let counts: Vec<u32> = text
            .iter()
            .map(|&(word, count)| {
                vocabulary.number(word);
                count
            })
            .collect();
        let pieces = |word: &str| {
            let number = vocabulary.find(word).expect("a word of the text");
            cut(number as usize, &vocabulary, &counts).map_or_else(
                || word.to_owned(),
                |c| format!("{}{}", c.proclitic, vocabulary.words()[c.stem as usize]),
            )
        };
        let cases = [
            ("القاهره", "القاهره", "the article alone is no proclitic"),
            ("والقاهره", "و+القاهره", "one proclitic"),
            ("بالقاهره", "ب+القاهره", "one proclitic"),
            ("وبالقاهره", "وب+القاهره", "the most frequent stem"),
            ("وزير", "وزير", "the stem is rarer than the word"),
            ("للبنان", "ل+لبنان", "of two readings the more frequent"),
            ("ومي", "ومي", "a stem of two letters"),
            ("وسلمان", "وسلمان", "a stem that occurs four times"),
            ("كالعاده", "كالعاده", "the text does not have the stem"),
        ];
        for (word, expected, why) in cases {
            assert_eq!(pieces(word), expected, "{word}: {why}");
        }
    }
}
