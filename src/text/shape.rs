//! The shape of a word: which kinds of characters it is made of, in order.

use super::address::{address_len, handle_len};
use super::chars::{CharClass, class_of};
use super::tokenise::TokenKind;

/// Longest shape, in characters: enough for `A.A.A`, `9:9`, `aAa-9`; an address is then one of few shapes.
const MAX_SHAPE_CHARS: usize = 8;

/// Writes the shape of `surface` into `out`, replacing what was there.
///
/// Runs collapse: Arabic letters to `ع`, digits to `9`, capitals to `A`, other letters to `a`, emoji to `☺`; equal
/// punctuation and signs to one of themselves. Marks and invisible characters leave no trace. So `بغداد` is `ع`,
/// `13:08` is `9:9`, `1435هـ` is `9ع`, `EMEA` is `A`, `McCain` is `AaAa`. A word of marks only has their first
/// character as its shape.
pub fn shape_into(surface: &str, out: &mut String) {
    out.clear();
    let mut previous = None;
    let mut chars = 0;
    for c in surface.chars() {
        let shape = match class_of(c) {
            CharClass::ArabicLetter => 'ع',
            CharClass::Digit => '9',
            CharClass::Letter if c.is_uppercase() => 'A',
            CharClass::Letter => 'a',
            CharClass::Emoji => '☺',
            CharClass::Punctuation | CharClass::Symbol => c,
            CharClass::ArabicMark
            | CharClass::Mark
            | CharClass::Invisible
            | CharClass::Space
            | CharClass::LineEnd => continue,
        };
        if previous == Some(shape) {
            continue;
        }
        if chars == MAX_SHAPE_CHARS {
            break;
        }
        out.push(shape);
        chars += 1;
        previous = Some(shape);
    }
    if out.is_empty() {
        out.extend(surface.chars().next());
    }
}

/// The kind of a token that was made elsewhere, as in a labelled corpus.
///
/// Agrees with the tokeniser on its own tokens. A token of a foreign tokeniser that mixes kinds is a word if it has a
/// letter, else a number if it has a digit (`5%`), else punctuation or a symbol after its first such character.
pub fn kind_of(surface: &str) -> TokenKind {
    let whole = Some(surface.len());
    let first = surface.chars().next();
    let address = first.is_some_and(|c| c.is_ascii_alphanumeric()) && address_len(surface) == whole;
    if address || handle_len(surface) == whole {
        return TokenKind::Url;
    }
    let mut kind = None;
    for c in surface.chars() {
        match class_of(c) {
            CharClass::ArabicLetter | CharClass::Letter => return TokenKind::Word,
            CharClass::Digit => kind = Some(TokenKind::Number),
            CharClass::Emoji | CharClass::Symbol => {
                kind.get_or_insert(TokenKind::Symbol);
            }
            CharClass::Punctuation => {
                kind.get_or_insert(TokenKind::Punctuation);
            }
            _ => {}
        }
    }
    kind.unwrap_or(TokenKind::Punctuation)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::tokenise::{Tokenised, tokenise_into};

    #[test]
    fn shapes() {
        let cases = [
            ("بغداد", "ع"),
            ("المشتـرك", "ع"),
            ("مُحَمَّد", "ع"),
            ("2015", "9"),
            ("١٬٠٠٠", "9٬9"),
            ("13:08", "9:9"),
            ("63-35", "9-9"),
            ("1435هـ", "9ع"),
            ("9ر98", "9ع9"),
            ("EMEA", "A"),
            ("Finance", "Aa"),
            ("al-Qaeda", "a-Aa"),
            ("أ.ف.ب", "ع.ع.ع"),
            ("...", "."),
            ("😀🎉", "☺"),
            ("http://www.bbc.com/arabic", "a:/a.a.a"),
            ("ـ", "ـ"),
            ("", ""),
        ];
        let mut out = String::new();
        for (surface, shape) in cases {
            shape_into(surface, &mut out);
            assert_eq!(out, shape, "{surface:?}");
        }
    }

    #[test]
    fn kinds_of_foreign_tokens() {
        let cases = [
            ("بغداد", TokenKind::Word),
            ("ق.م.", TokenKind::Word),
            ("و44", TokenKind::Word),
            ("5%", TokenKind::Number),
            ("112.5", TokenKind::Number),
            ("''", TokenKind::Punctuation),
            ("ـ", TokenKind::Punctuation),
            ("$", TokenKind::Symbol),
            ("❤️", TokenKind::Symbol),
            ("www.bbc.com", TokenKind::Url),
            ("@BBC", TokenKind::Url),
            ("", TokenKind::Punctuation),
        ];
        for (surface, kind) in cases {
            assert_eq!(kind_of(surface), kind, "{surface:?}");
        }
    }

    proptest! {
        #[test]
        fn kind_agrees_with_the_tokeniser(source in "[دمبأaZ09٣ ـً\u{200F}.…،,:!؟\"'«»()%@#_/&+$\\-😀é中ﷺ]{0,30}") {
            let mut tokenised = Tokenised::default();
            tokenise_into(&source, &mut tokenised);
            for token in &tokenised.tokens {
                let surface = token.surface(&source);
                // A handle glued to a word is split, but looks whole from outside; a run of `@` is no handle.
                if !surface.contains('@') {
                    prop_assert_eq!(kind_of(surface), token.kind, "{}", surface);
                }
            }
        }

        #[test]
        fn shape_is_short_and_never_empty(surface in any::<String>()) {
            let mut out = String::new();
            shape_into(&surface, &mut out);
            prop_assert_eq!(out.is_empty(), surface.is_empty());
            prop_assert!(out.chars().count() <= MAX_SHAPE_CHARS);
        }
    }
}
