//! The normal form of a word, under which spelling variants of news text meet.
//!
//! Real articles write `التى` beside `التي`, `المشتـرك` with tatweel, tanwin on alef, and drop hamzas at will. Features
//! look at the normal form, so that one variant seen in training covers all.

use unicode_normalization::UnicodeNormalization;

use super::chars::{CharClass, class_of, is_stripped, low_class};

/// Fold of a character that leaves no trace.
const DROP: u16 = 0;
/// Fold of a character that needs decomposition: the whole word takes the slow path.
const SLOW: u16 = u16::MAX;
/// The table ends with the Arabic block; what follows is rare in news.
const TABLE_LEN: usize = 0x700;

static FOLDS: [u16; TABLE_LEN] = {
    let mut table = [SLOW; TABLE_LEN];
    let mut code = 0;
    while code < TABLE_LEN {
        table[code] = low_fold(code as u16);
        code += 1;
    }
    table
};

/// Writes the normal form of `surface` into `out`, replacing what was there.
///
/// - Harakat, superscript alef, tatweel, bidi and zero-width marks vanish.
/// - `أ إ آ ٱ` → `ا`, `ى ئ ی` → `ي`, `ؤ` → `و`, `ة` → `ه`, `ک` → `ك`; `پ چ ڤ گ` stay, as they tell foreign names.
/// - Presentation forms become base letters (NFKC).
/// - Every digit, of whatever script, becomes `0`; letters become lower case; white space becomes a space.
///
/// A word that consists of vanishing characters only (a lone tatweel) is its own normal form, so the form of a
/// non-empty word is never empty. Words of ASCII and the Arabic block take one pass without allocation.
pub fn normalise_into(surface: &str, out: &mut String) {
    out.clear();
    for c in surface.chars() {
        match fold(c) {
            DROP => {}
            SLOW => {
                out.clear();
                out.push_str(&fold_slowly(surface));
                break;
            }
            folded => out.extend(char::from_u32(u32::from(folded))),
        }
    }
    if out.is_empty() {
        out.push_str(surface);
    }
}

/// The normal form of `surface` as a new string; see [`normalise_into`].
pub fn normalise(surface: &str) -> String {
    let mut out = String::with_capacity(surface.len());
    normalise_into(surface, &mut out);
    out
}

/// The folded character, or `None` where the character vanishes or has no single counterpart.
pub(super) fn fold_char(c: char) -> Option<char> {
    match fold(c) {
        DROP | SLOW => None,
        folded => char::from_u32(u32::from(folded)),
    }
}

#[inline]
fn fold(c: char) -> u16 {
    match FOLDS.get(c as usize) {
        Some(&folded) => folded,
        None if class_of(c) == CharClass::Invisible => DROP,
        None => SLOW,
    }
}

const fn low_fold(code: u16) -> u16 {
    match code {
        // ا from آ أ إ ٱ ٲ ٳ
        0x622 | 0x623 | 0x625 | 0x671..=0x673 => 0x627,
        // و from ؤ
        0x624 => 0x648,
        // ي from ئ ى ی ې ے ۓ
        0x626 | 0x649 | 0x6CC | 0x6D0 | 0x6D2 | 0x6D3 => 0x64A,
        // ه from ة ھ ۀ ہ ۂ ۃ ە
        0x629 | 0x6BE | 0x6C0..=0x6C3 | 0x6D5 => 0x647,
        // ك from ک ڪ
        0x6A9 | 0x6AA => 0x643,
        // High-hamza letters decompose into two characters.
        0x675..=0x678 => SLOW,
        0x41..=0x5A => code + 0x20,
        0xAB | 0xBB => code,
        _ => match low_class(code as u32) {
            CharClass::Space | CharClass::LineEnd => 0x20,
            CharClass::ArabicMark | CharClass::Invisible => DROP,
            _ if code > 0x7F && code < 0x600 => SLOW,
            CharClass::Digit => 0x30,
            _ => code,
        },
    }
}

/// The same folds after compatibility composition, for text with presentation forms, accents or other scripts.
fn fold_slowly(surface: &str) -> String {
    // Lower-casing and stripping can bring combining marks together that compose or change places only in another
    // round (`İ` with a dot below); three rounds settle every known case.
    const MAX_ROUNDS: usize = 4;
    let mut form = surface.to_owned();
    for _ in 0..MAX_ROUNDS {
        let next = fold_round(&form);
        if next == form {
            break;
        }
        form = next;
    }
    form
}

fn fold_round(form: &str) -> String {
    let mut out = String::with_capacity(form.len());
    for (i, piece) in form.split(|c| class_of(c).is_gap()).enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let composed = piece.chars().filter(|&c| !is_stripped(c)).nfkc();
        for c in composed.flat_map(char::to_lowercase) {
            // Compatibility decompositions bring in spaces (`¨`, `ﷺ`) that no tokeniser would have kept.
            if is_stripped(c) || class_of(c).is_gap() {
                continue;
            }
            match fold(c) {
                _ if c.is_numeric() => out.push('0'),
                DROP => {}
                SLOW => out.push(c),
                folded => out.extend(char::from_u32(u32::from(folded))),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds() {
        let cases = [
            ("التى", "التي"),
            ("المشتـرك", "المشترك"),
            ("شخصًا", "شخصا"),
            ("مُحَمَّدٌ", "محمد"),
            ("هٰذا", "هذا"),
            ("أإآٱ", "اااا"),
            ("وزارة", "وزاره"),
            ("مؤتمر", "موتمر"),
            ("هيئة", "هييه"),
            ("کیهان", "كيهان"),
            ("گوگل", "گوگل"),
            ("پاريس", "پاريس"),
            ("٢٠١٥", "0000"),
            ("۱۳۹۴", "0000"),
            ("13:08", "00:00"),
            ("١٬٠٠٠", "0٬000"),
            ("BBC", "bbc"),
            ("Émile", "émile"),
            ("E\u{301}mile", "émile"),
            ("\u{200F}بغداد\u{200E}", "بغداد"),
            ("می\u{200C}خواهم", "ميخواهم"),
            ("ﺑﻐﺪﺍﺩ", "بغداد"),
            ("ﻻ", "لا"),
            ("ا\u{654}حمد", "احمد"),
            ("ﷺ", "صلياللهعليهوسلم"),
            ("ﬁfa", "fifa"),
            ("كم²", "كم0"),
            ("ـ", "ـ"),
            ("ًّ", "ًّ"),
            ("«", "«"),
            ("😀", "😀"),
            ("", ""),
        ];
        for (surface, form) in cases {
            assert_eq!(normalise(surface), form, "{surface:?}");
        }
    }

    #[test]
    fn replaces_what_the_buffer_held() {
        let mut out = String::from("قديم");
        normalise_into("جديد", &mut out);
        assert_eq!(out, "جديد");
        normalise_into("ﺝ", &mut out);
        assert_eq!(out, "ج");
    }

    proptest! {
        #[test]
        fn idempotent_and_never_empty(word in any::<String>()) {
            let once = normalise(&word);
            prop_assert_eq!(once.is_empty(), word.is_empty());
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn idempotent_on_accented_and_arabic(word in "[a-zA-Zİıß\u{300}-\u{345}\u{600}-\u{6FF}\u{FB50}-\u{FEFF}\u{1E00}-\u{1FFF} ]{1,12}") {
            let once = normalise(&word);
            prop_assert!(!once.is_empty());
            prop_assert_eq!(normalise(&once), once);
        }

        #[test]
        fn both_paths_agree(word in "[ -~\u{600}-\u{674}\u{679}-\u{6FF}\u{200B}-\u{200F}]{1,12}") {
            let slow = fold_slowly(&word);
            prop_assert_eq!(normalise(&word), if slow.is_empty() { word } else { slow });
        }
    }
}
