//! Tokens and sentences of a text, in one pass over its characters.

use std::ops::Range;

use super::address::{address_len, handle_len};
use super::chars::CharClass;
use super::cursor::Cursor;
use super::sentence::{Role, SentenceSplitter};

/// What a token is, as far as its characters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Letters, with digits glued to them (`1435هـ`) or without.
    Word,
    /// Digits, with the marks inside a number, time or score: `3.5`, `١٬٠٠٠`, `13:08`, `63-35`.
    Number,
    /// A punctuation mark or a run of the same; also a lone tatweel, which news text uses as a dash.
    Punctuation,
    /// A web address, mail address or `@handle`.
    Url,
    /// A currency sign, another sign, or a run of emoji.
    Symbol,
}

/// A token: half-open ranges of the source, in bytes and in characters.
///
/// Offsets are `usize`, not `u32`: no source is too long, so tokenising cannot fail; 40 bytes a token are held only
/// while one document is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    /// First byte.
    pub byte_start: usize,
    /// One past the last byte.
    pub byte_end: usize,
    /// First character, counted from the start of the source.
    pub char_start: usize,
    /// One past the last character.
    pub char_end: usize,
    /// What the token is.
    pub kind: TokenKind,
}

impl Token {
    /// The token's bytes in the source.
    pub const fn byte_range(&self) -> Range<usize> {
        self.byte_start..self.byte_end
    }

    /// The token's characters in the source.
    pub const fn char_range(&self) -> Range<usize> {
        self.char_start..self.char_end
    }

    /// The token as written; `source` must be the text that was tokenised.
    pub fn surface<'s>(&self, source: &'s str) -> &'s str {
        &source[self.byte_range()]
    }
}

/// The tokens of one source and the sentences that they form; a buffer to reuse from text to text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tokenised {
    /// Tokens in the order of the source, not overlapping.
    pub tokens: Vec<Token>,
    /// Half-open ranges of `tokens`; none is empty, and together they are all tokens.
    pub sentences: Vec<Range<usize>>,
}

impl Tokenised {
    /// Forgets the tokens and keeps the memory.
    pub fn clear(&mut self) {
        self.tokens.clear();
        self.sentences.clear();
    }
}

/// Finds the tokens and sentences of `source`, replacing what `out` held.
///
/// Tokens end at white space and punctuation. Numbers, addresses and abbreviations stay whole, hyphens join Latin but
/// not Arabic words, underscores join both. Harakat, tatweel and invisible marks inside a word belong to it; invisible
/// marks at its edge lie in the gap. The cost is linear in the length of the source, whatever it holds.
pub fn tokenise_into(source: &str, out: &mut Tokenised) {
    out.clear();
    let Tokenised { tokens, sentences } = out;
    let mut cursor = Cursor::new(source);
    let mut splitter = SentenceSplitter::new();
    while let Some((first, class)) = cursor.current {
        let previous = tokens.last().copied();
        let start = cursor.at;
        let glued = previous.is_some_and(|p| p.byte_end == start.byte);
        let (end, kind) = match class {
            CharClass::Space | CharClass::Invisible => {
                cursor.bump();
                continue;
            }
            CharClass::LineEnd => {
                cursor.bump();
                splitter.end_before(tokens.len(), sentences);
                continue;
            }
            CharClass::Emoji => (cursor.emoji(), TokenKind::Symbol),
            CharClass::Punctuation | CharClass::Symbol => {
                match handle_len(cursor.text()).filter(|_| !glued) {
                    Some(len) => (cursor.skip(len), TokenKind::Url),
                    None => (cursor.marks(first), mark_kind(class)),
                }
            }
            _ if first.is_ascii_alphanumeric() => match address_len(cursor.text()) {
                Some(len) => (cursor.skip(len), TokenKind::Url),
                None => cursor.word(follows_number(previous)),
            },
            _ => cursor.word(follows_number(previous)),
        };
        let role = Role::of(first, kind, end.chars - start.chars);
        splitter.token(tokens.len(), role, glued, sentences);
        tokens.push(Token {
            byte_start: start.byte,
            byte_end: end.byte,
            char_start: start.chars,
            char_end: end.chars,
            kind,
        });
    }
    splitter.end_before(tokens.len(), sentences);
}

fn mark_kind(class: CharClass) -> TokenKind {
    if class == CharClass::Symbol {
        TokenKind::Symbol
    } else {
        TokenKind::Punctuation
    }
}

fn follows_number(previous: Option<Token>) -> bool {
    previous.is_some_and(|token| token.kind == TokenKind::Number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::chars::class_of;

    fn surfaces(source: &str) -> Vec<&str> {
        let mut out = Tokenised::default();
        tokenise_into(source, &mut out);
        out.tokens.iter().map(|t| t.surface(source)).collect()
    }

    /// Each case: what it shows, the source, and its tokens parted by `|`.
    #[test]
    fn tokens() {
        let cases = [
            ("spelling", "التى التي", "التى|التي"),
            ("tatweel", "المشتـرك هـ ـ", "المشتـرك|هـ|ـ"),
            ("tanwin", "شخصًا أيضاً,", "شخصًا|أيضاً|,"),
            (
                "quotes",
                "تنظيم «داعش» و\"داعش\"",
                "تنظيم|«|داعش|»|و|\"|داعش|\"",
            ),
            ("dots in brackets", "قال […] ثم", "قال|[|…|]|ثم"),
            ("runs", "ماذا..!! ... // --", "ماذا|..|!!|...|//|--"),
            ("nested brackets", "((أ))", "(|(|أ|)|)"),
            ("Arabic marks", "أ، ب؛ ت؟", "أ|،|ب|؛|ت|؟"),
            ("title", "قال د. محمد", "قال|د.|محمد"),
            ("glued title", "د.محمد م.علي", "د.|محمد|م.|علي"),
            ("two titles", "أ.د. محمد", "أ.د.|محمد"),
            ("agency", "(ا.ف.ب) أ.ف.ب", "(|ا.ف.ب|)|أ.ف.ب"),
            ("post box", "ص.ب 123", "ص.ب|123"),
            ("era", "سنة 500 ق.م. كان", "سنة|500|ق.م.|كان"),
            (
                "letter names",
                "بي.بي.سي جي. بي. مورغان",
                "بي.بي.سي|جي.|بي.|مورغان",
            ),
            ("full stop", "بغداد. وقال", "بغداد|.|وقال"),
            ("full stop, glued", "بغداد.وقال", "بغداد|.|وقال"),
            ("last letter", "13:08 ت م.", "13:08|ت|م|."),
            (
                "times and scores",
                "13:08 63-35 2014-2015",
                "13:08|63-35|2014-2015",
            ),
            (
                "decimals",
                "3.5 1,000 ١٬٠٠٠ ١٫٥ 1,25.",
                "3.5|1,000|١٬٠٠٠|١٫٥|1,25|.",
            ),
            ("slashes", "10/8/2015 45/2015", "10|/|8|/|2015|45|/|2015"),
            ("per cent", "5% ٪5", "5|%|٪|5"),
            ("dash after number", "1- محمد 1-محمد", "1|-|محمد|1|-|محمد"),
            (
                "glued digits",
                "13مواطن 1435هـ 9ر98 و6",
                "13مواطن|1435هـ|9ر98|و6",
            ),
            (
                "address",
                "زر http://a.com/ب؟ أو a@b.com.",
                "زر|http://a.com/ب|؟|أو|a@b.com|.",
            ),
            (
                "domain",
                "موقع www.spa.gov.sa، ثم",
                "موقع|www.spa.gov.sa|،|ثم",
            ),
            ("handle", "عبر @BBC_Arabic: @خبر", "عبر|@BBC_Arabic|:|@|خبر"),
            ("hashtag", "#كأس_العالم ##", "#|كأس_العالم|##"),
            (
                "Latin",
                "al-Qaeda AT&T O'Neil F-16 EMEA",
                "al-Qaeda|AT&T|O'Neil|F-16|EMEA",
            ),
            ("Latin quotes", "'moon' U.S. Army", "'|moon|'|U.S.|Army"),
            (
                "Arabic hyphen",
                "الجنوب-أفريقي كوفيد-19",
                "الجنوب|-|أفريقي|كوفيد|-|19",
            ),
            ("NBSP", "بنك\u{A0}الخليج\u{3000}هنا", "بنك|الخليج|هنا"),
            (
                "bidi edge",
                "\u{200F}بغداد\u{200F}. \u{202B}3\u{202C}",
                "بغداد|.|3",
            ),
            (
                "bidi inside",
                "بغ\u{200F}داد می\u{200C}خواهم",
                "بغ\u{200F}داد|می\u{200C}خواهم",
            ),
            ("presentation forms", "ﺑﻐﺪﺍﺩ،", "ﺑﻐﺪﺍﺩ|،"),
            ("emoji", "مبروك😀🎉 👨‍👩‍👧 ❤️ 🇸🇦!", "مبروك|😀🎉|👨‍👩‍👧|❤️|🇸🇦|!"),
            ("signs", "$5 +3 ©", "$|5|+|3|©"),
            ("boilerplate", "اقرأ أيضاً: خبر", "اقرأ|أيضاً|:|خبر"),
            ("line ends", "أ\r\n\r\nب\n", "أ|ب"),
            ("nothing", " \n\u{200F}", ""),
        ];
        for (what, source, expected) in cases {
            assert_eq!(surfaces(source).join("|"), expected, "{what}: {source:?}");
        }
    }

    #[test]
    fn kinds() {
        use TokenKind::{Number, Punctuation, Symbol, Url, Word};
        let mut out = Tokenised::default();
        tokenise_into("عام 2015 1435هـ ، ـ $ 😀 a@b.com @ab ق.م AT&T", &mut out);
        let kinds: Vec<_> = out.tokens.iter().map(|t| t.kind).collect();
        let expected = [
            Word,
            Number,
            Word,
            Punctuation,
            Punctuation,
            Symbol,
            Symbol,
            Url,
            Url,
            Word,
            Word,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        let started = std::time::Instant::now();
        let mut out = Tokenised::default();
        for unit in [
            "a+", "a.", "a@", "د.", ")", "http://", "ـ", "\u{200F}", "1:", "@", "أ_", "www.",
        ] {
            tokenise_into(&unit.repeat(200_000), &mut out);
            tokenise_into(&format!("http://a{}", unit.repeat(200_000)), &mut out);
        }
        // Quadratic time would be minutes; linear is well below a second.
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    /// Text of the characters that rules look at, so that short samples meet them.
    const TRICKY: &str = "[دمبألaZ09٣ ـً\u{200F}\u{200D}\u{A0}\n\r.…،,:;!؟?\"'’«»()\\[\\]%@#_/&+$\\-–😀\u{FE0F}é中ﷺ]{0,40}";

    fn check(source: &str) -> std::result::Result<(), TestCaseError> {
        let mut out = Tokenised::default();
        tokenise_into(source, &mut out);
        let mut rebuilt = String::new();
        let mut chars = 0;
        let mut byte = 0;
        for token in &out.tokens {
            prop_assert!(token.byte_start < token.byte_end && byte <= token.byte_start);
            let gap = &source[byte..token.byte_start];
            prop_assert!(
                gap.chars()
                    .all(|c| class_of(c).is_gap() || class_of(c) == CharClass::Invisible)
            );
            let surface = token.surface(source);
            prop_assert!(!surface.chars().any(|c| class_of(c).is_gap()));
            prop_assert!(!surface.starts_with(|c| class_of(c) == CharClass::Invisible));
            prop_assert!(!surface.ends_with(|c| class_of(c) == CharClass::Invisible));
            prop_assert_eq!(token.char_start, chars + gap.chars().count());
            prop_assert_eq!(token.char_end, token.char_start + surface.chars().count());
            rebuilt.push_str(gap);
            rebuilt.push_str(surface);
            (byte, chars) = (token.byte_end, token.char_end);
        }
        rebuilt.push_str(&source[byte..]);
        prop_assert_eq!(rebuilt, source);
        let mut next = 0;
        for sentence in &out.sentences {
            prop_assert!(sentence.start == next && sentence.end > next);
            next = sentence.end;
        }
        prop_assert_eq!(next, out.tokens.len());
        Ok(())
    }

    proptest! {
        #[test]
        fn tokens_and_gaps_restore_any_text(source in any::<String>()) {
            check(&source)?;
        }

        #[test]
        fn tokens_and_gaps_restore_tricky_text(source in TRICKY) {
            check(&source)?;
        }
    }
}
