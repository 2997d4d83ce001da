//! Dots that belong to an abbreviation (`د.`, `أ.ف.ب`, `ق.م.`, `U.S.`), not to the end of a sentence.

use super::chars::{CharClass, class_of};

/// What a dot after a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dot {
    /// It is a token of its own, and may end the sentence.
    Splits,
    /// It is inside an abbreviation that goes on with the next letter.
    Joins,
    /// It is the last character of an abbreviation.
    Closes,
}

/// Abbreviation parts of more than one letter.
///
/// Names of Latin letters, as in `بي.بي.سي` and `جي. بي. مورغان`; titles behind a proclitic; the Latin titles that
/// appear in Arabic news. Words that can end a sentence (`في`, `إلخ`, `كم`) are not here.
const LONG_PARTS: [&str; 41] = [
    "بي", "سي", "دي", "جي", "تي", "كي", "إي", "اي", "إس", "اس", "إم", "ام", "إن", "إل", "ال", "آر",
    "ار", "إف", "اف", "يو", "أد", "ود", "وم", "وأ", "لد", "لم", "Dr", "Mr", "Ms", "Mrs", "St",
    "Jr", "Sr", "Prof", "Gen", "Col", "Inc", "Ltd", "Co", "No", "vs",
];

/// Reads the dot between `part` (the letters since the token began or since its last dot) and `after`.
///
/// `dotted` says that the token already holds a dot, `after_number` that a number stands before the token: there a
/// single letter is a unit or an era (`2015 م.`, `1436 هـ.`), and its dot a full stop.
pub(super) fn dot_after(part: &str, after: &str, dotted: bool, after_number: bool) -> Dot {
    let Some(script) = part_script(part) else {
        return Dot::Splits;
    };
    let next_len = after
        .find(|c| !class_of(c).is_word())
        .unwrap_or(after.len());
    let next = &after[..next_len];
    if part_script(next) == Some(script) {
        return Dot::Joins;
    }
    if after_number && !dotted {
        return Dot::Splits;
    }
    let rest = after
        .trim_start_matches(|c| matches!(class_of(c), CharClass::Space | CharClass::Invisible));
    let spaced = rest.len() < after.len();
    match rest.chars().next().map(class_of) {
        None | Some(CharClass::LineEnd) => Dot::Splits,
        // A title glued to its name (`د.محمد`) or set apart from it (`د. محمد`), a numbered thing (`ص. 12`).
        Some(class) if class == script || class == CharClass::Digit => Dot::Closes,
        // `م..` is a run of dots.
        Some(_) if after.starts_with(['.', '…']) => Dot::Splits,
        Some(_) if dotted && (spaced || next.is_empty()) => Dot::Closes,
        Some(_) => Dot::Splits,
    }
}

/// The script of an abbreviation part: one letter with its marks, or one of [`LONG_PARTS`].
fn part_script(part: &str) -> Option<CharClass> {
    let mut classes = part.chars().map(class_of).filter(|c| {
        !matches!(
            c,
            CharClass::ArabicMark | CharClass::Mark | CharClass::Invisible
        )
    });
    let script = classes.next().filter(|class| class.is_letter())?;
    (classes.next().is_none() || LONG_PARTS.contains(&part)).then_some(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots() {
        let cases = [
            // part, after, dotted, after a number, meaning
            ("د", " محمد", false, false, Dot::Closes),
            ("د", "محمد", false, false, Dot::Closes),
            ("دَ", "\u{A0}محمد", false, false, Dot::Closes),
            ("أ", "د. محمد", false, false, Dot::Joins),
            ("د", " محمد", true, false, Dot::Closes),
            ("ا", "ف.ب", false, false, Dot::Joins),
            ("ب", ")", true, false, Dot::Closes),
            ("ب", "\n", true, false, Dot::Splits),
            ("ب", "", true, false, Dot::Splits),
            ("م", " وقال", false, true, Dot::Splits),
            ("ق", "م. وكان", false, true, Dot::Joins),
            ("م", " وكان", true, true, Dot::Closes),
            ("م", "..", false, false, Dot::Splits),
            ("بي", " بي. سي", false, false, Dot::Closes),
            ("بغداد", " وقال", false, false, Dot::Splits),
            ("في", " وقال", false, false, Dot::Splits),
            ("U", "S. Army", false, false, Dot::Joins),
            ("C", " وقال", false, false, Dot::Splits),
            ("Dr", " Smith", false, false, Dot::Closes),
        ];
        for (part, after, dotted, after_number, dot) in cases {
            let place = format!("{part:?} . {after:?}");
            assert_eq!(dot_after(part, after, dotted, after_number), dot, "{place}");
        }
    }
}
