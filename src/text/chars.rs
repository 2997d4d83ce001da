//! Character classes: one table lookup for U+0000–U+07FF, where Arabic, Latin and their punctuation live.

use unicode_normalization::char::is_combining_mark;

/// What a character is to the tokeniser, the normal form and the word shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CharClass {
    /// A letter of the Arabic script, presentation forms and Persian or Urdu letters included.
    ArabicLetter,
    /// A sign that modifies an Arabic letter without being one: harakat, superscript alef, Koranic signs, tatweel.
    ArabicMark,
    /// A letter of any other script.
    Letter,
    /// Any other combining mark, and variation selectors.
    Mark,
    /// A digit of any script (`7`, `٧`, `۷`), and other numeric characters such as `½`.
    Digit,
    /// White space within a line, NBSP and the exotic spaces included; also stray control characters.
    Space,
    /// A character that ends a line.
    LineEnd,
    /// A bidi control or another character without width: RLM, ZWJ, BOM, soft hyphen.
    Invisible,
    /// Punctuation, `%` and `#` included.
    Punctuation,
    /// Mathematical, currency and other signs, and whatever Unicode has not assigned.
    Symbol,
    /// Pictographs, skin tones and flag letters.
    Emoji,
}

impl CharClass {
    /// Whether the character is part of a word or number wherever it stands.
    #[inline]
    pub const fn is_word(self) -> bool {
        matches!(
            self,
            Self::ArabicLetter | Self::ArabicMark | Self::Letter | Self::Mark | Self::Digit
        )
    }

    /// Whether the character is a letter, Arabic or other.
    #[inline]
    pub const fn is_letter(self) -> bool {
        matches!(self, Self::ArabicLetter | Self::Letter)
    }

    /// Whether the character separates tokens and belongs to none.
    #[inline]
    pub const fn is_gap(self) -> bool {
        matches!(self, Self::Space | Self::LineEnd)
    }
}

/// Characters in the table: the two-byte range of UTF-8, which ends just after the Arabic supplement and N'Ko.
const TABLE_LEN: usize = 0x800;

/// Class of every character below [`TABLE_LEN`]: 2 KiB, so it stays in the first-level cache.
static TABLE: [CharClass; TABLE_LEN] = {
    let mut table = [CharClass::Symbol; TABLE_LEN];
    let mut code = 0;
    while code < TABLE_LEN {
        table[code] = low_class(code as u32);
        code += 1;
    }
    table
};

/// The class of a character.
#[inline]
pub fn class_of(c: char) -> CharClass {
    match TABLE.get(c as usize) {
        Some(&class) => class,
        None => high_class(c),
    }
}

/// Whether the character vanishes from normal forms: Arabic marks, invisible characters, variation selectors.
#[inline]
pub fn is_stripped(c: char) -> bool {
    match class_of(c) {
        CharClass::ArabicMark | CharClass::Invisible => true,
        CharClass::Mark => matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'),
        _ => false,
    }
}

/// The class of a code point below U+0800, by ranges, for the table.
#[allow(
    clippy::match_same_arms,
    reason = "ranges in the order of the code points"
)]
pub(super) const fn low_class(code: u32) -> CharClass {
    use CharClass::{
        ArabicLetter, ArabicMark, Digit, Invisible, Letter, LineEnd, Mark, Punctuation, Space,
        Symbol,
    };
    match code {
        0x0A | 0x0D | 0x85 => LineEnd,
        0x00..=0x20 | 0x7F..=0xA0 => Space,
        0x30..=0x39 | 0xB2 | 0xB3 | 0xB9 | 0xBC..=0xBE => Digit,
        0x41..=0x5A | 0x61..=0x7A | 0xAA | 0xB5 | 0xBA => Letter,
        // $ + < = > ^ ` | ~ and their Latin-1 company.
        0x24 | 0x2B | 0x3C..=0x3E | 0x5E | 0x60 | 0x7C | 0x7E => Symbol,
        0x21..=0x7E | 0xA1 | 0xA7 | 0xAB | 0xB6 | 0xB7 | 0xBB | 0xBF => Punctuation,
        0xAD => Invisible,
        0xA2..=0xBE | 0xD7 | 0xF7 => Symbol,
        0xC0..=0x2FF => Letter,
        0x300..=0x36F | 0x483..=0x489 => Mark,
        0x37E | 0x387 | 0x55A..=0x55F | 0x589 | 0x58A => Punctuation,
        0x375
        | 0x378
        | 0x379
        | 0x380..=0x385
        | 0x38B
        | 0x38D
        | 0x3A2
        | 0x3F6
        | 0x482
        | 0x530
        | 0x557
        | 0x558
        | 0x58B..=0x590 => Symbol,
        0x370..=0x588 => Letter,
        0x5BE | 0x5C0 | 0x5C3 | 0x5C6 | 0x5F3 | 0x5F4 => Punctuation,
        0x591..=0x5C9 => Mark,
        0x5D0..=0x5EA | 0x5EF..=0x5F2 => Letter,
        0x60C | 0x60D | 0x61B | 0x61D..=0x61F | 0x66A..=0x66D | 0x6D4 => Punctuation,
        0x61C => Invisible,
        // U+0640 is tatweel; U+06E5 and U+06E6 are the small waw and yeh of Koranic spelling.
        0x610..=0x61A
        | 0x640
        | 0x64B..=0x65F
        | 0x670
        | 0x6D6..=0x6DC
        | 0x6DF..=0x6E8
        | 0x6EA..=0x6ED => ArabicMark,
        0x660..=0x669 | 0x6F0..=0x6F9 | 0x7C0..=0x7C9 => Digit,
        0x5CA..=0x60F | 0x6DD | 0x6DE | 0x6E9 | 0x6FD | 0x6FE => Symbol,
        0x620..=0x6FF | 0x750..=0x77F => ArabicLetter,
        0x700..=0x70D | 0x7F7..=0x7F9 => Punctuation,
        0x70F => Invisible,
        0x711 | 0x730..=0x74A | 0x7A6..=0x7B0 | 0x7EB..=0x7F3 | 0x7FD => Mark,
        0x710..=0x72F | 0x74D..=0x74F | 0x780..=0x7A5 | 0x7B1 | 0x7CA..=0x7EA => Letter,
        0x7F4 | 0x7F5 | 0x7FA => Letter,
        _ => Symbol,
    }
}

/// The class of a character from U+0800 on.
#[cold]
#[allow(
    clippy::match_same_arms,
    reason = "ranges in the order of the code points"
)]
fn high_class(c: char) -> CharClass {
    match c {
        '\u{2028}' | '\u{2029}' => CharClass::LineEnd,
        '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{E0000}'..='\u{E00FF}' => CharClass::Invisible,
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => CharClass::Mark,
        // Arabic Extended, then the presentation forms; spacing forms of harakat count as the marks they show.
        '\u{890}' | '\u{891}' | '\u{888}' | '\u{8E2}' | '\u{FDFC}'..='\u{FDFF}' => {
            CharClass::Symbol
        }
        '\u{897}'..='\u{89F}'
        | '\u{8CA}'..='\u{8FF}'
        | '\u{FC5E}'..='\u{FC63}'
        | '\u{FCF2}'..='\u{FCF4}'
        | '\u{FE70}'..='\u{FE7F}' => CharClass::ArabicMark,
        '\u{FD3E}' | '\u{FD3F}' => CharClass::Punctuation,
        '\u{870}'..='\u{88E}'
        | '\u{8A0}'..='\u{8C9}'
        | '\u{FB50}'..='\u{FBB1}'
        | '\u{FBD3}'..='\u{FD3D}'
        | '\u{FD50}'..='\u{FDFB}'
        | '\u{FE80}'..='\u{FEFC}' => CharClass::ArabicLetter,
        '\u{2044}' | '\u{2052}' => CharClass::Symbol,
        '\u{202F}' | '\u{205F}' => CharClass::Space,
        '\u{2010}'..='\u{205E}'
        | '\u{2E00}'..='\u{2E5D}'
        | '\u{3001}'..='\u{3003}'
        | '\u{3008}'..='\u{3011}'
        | '\u{FE10}'..='\u{FE19}'
        | '\u{FE30}'..='\u{FE6B}'
        | '\u{FF01}'..='\u{FF0F}'
        | '\u{FF1A}'..='\u{FF20}'
        | '\u{FF3B}'..='\u{FF3F}' => CharClass::Punctuation,
        '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}' => {
            CharClass::Emoji
        }
        _ if c.is_whitespace() || c.is_control() => CharClass::Space,
        _ if c.is_numeric() => CharClass::Digit,
        _ if is_combining_mark(c) => CharClass::Mark,
        _ if c.is_alphabetic() => CharClass::Letter,
        _ => CharClass::Symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        let cases: [(CharClass, &str); 11] = [
            (CharClass::ArabicLetter, "اأآٱىيةهءپچڤگکیۀﻻﷲ"),
            (CharClass::ArabicMark, "ًّْٰـۡۥٔ\u{FE76}"),
            (CharClass::Letter, "aZéÿĀЖאΩ中"),
            (CharClass::Mark, "\u{301}\u{FE0F}\u{20E3}"),
            (CharClass::Digit, "09٠٩۰۹²½५"),
            (
                CharClass::Space,
                " \t\u{A0}\u{2009}\u{202F}\u{3000}\u{B}\u{C}\0",
            ),
            (CharClass::LineEnd, "\n\r\u{85}\u{2028}\u{2029}"),
            (
                CharClass::Invisible,
                "\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{202B}\u{2067}\u{61C}\u{FEFF}\u{AD}",
            ),
            (
                CharClass::Punctuation,
                ".,،؛؟«»…“”‘’–—-()[]{}!?:%٪٫٬#@_/\\*۔",
            ),
            (CharClass::Symbol, "$+=<>|~©€×₤→﷼"),
            (CharClass::Emoji, "😀🇸🏽❤⚽⭐"),
        ];
        for (class, characters) in cases {
            for c in characters.chars() {
                assert_eq!(class_of(c), class, "{c:?} U+{:04X}", c as u32);
            }
        }
    }

    /// The hand-written ranges against the standard library's properties: no letter, digit or space is missed.
    #[test]
    fn table_agrees_with_unicode() {
        for c in (0..TABLE_LEN as u32).filter_map(char::from_u32) {
            let class = class_of(c);
            let place = format!("{c:?} U+{:04X} is {class:?}", c as u32);
            if c.is_whitespace() || c.is_control() {
                assert!(class.is_gap(), "{place}");
            } else if c.is_numeric() {
                assert_eq!(class, CharClass::Digit, "{place}");
            } else if is_combining_mark(c) {
                assert!(
                    matches!(class, CharClass::Mark | CharClass::ArabicMark),
                    "{place}"
                );
            } else if c.is_alphabetic() {
                let sign = matches!(c, '\u{640}' | '\u{6E5}' | '\u{6E6}');
                assert!(class.is_letter() || sign, "{place}");
            } else {
                let modifier = ('\u{2C2}'..='\u{2FF}').contains(&c);
                assert!(!class.is_word() || modifier, "{place}");
            }
        }
    }
}
