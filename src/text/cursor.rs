//! Reads a source character by character, and from a first character one token.

use std::str::Chars;

use super::abbreviation::{Dot, dot_after};
use super::chars::{CharClass, class_of};
use super::tokenise::TokenKind;

/// A place in the source, between two characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) byte: usize,
    pub(super) chars: usize,
}

/// Reads the source once; each character is decoded and classified as it becomes the current one.
///
/// The methods that read a token start at its first character and return the place of its end; the cursor may have
/// gone on over invisible characters behind it, which are gap.
pub(super) struct Cursor<'s> {
    source: &'s str,
    /// What follows the current character.
    rest: Chars<'s>,
    /// The current character, `None` at the end.
    pub(super) current: Option<(char, CharClass)>,
    /// Where the current character starts.
    pub(super) at: Position,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        let mut rest = source.chars();
        let current = rest.next().map(|c| (c, class_of(c)));
        let at = Position { byte: 0, chars: 0 };
        Self {
            source,
            rest,
            current,
            at,
        }
    }

    #[inline]
    pub(super) fn bump(&mut self) {
        if let Some((c, _)) = self.current {
            self.at.byte += c.len_utf8();
            self.at.chars += 1;
        }
        self.current = self.rest.next().map(|c| (c, class_of(c)));
    }

    /// The source from the current character on.
    pub(super) fn text(&self) -> &'s str {
        &self.source[self.at.byte..]
    }

    /// Moves `len` bytes ahead.
    pub(super) fn skip(&mut self, len: usize) -> Position {
        let end = self.at.byte + len;
        while self.at.byte < end {
            self.bump();
        }
        self.at
    }

    /// A word, number or abbreviation.
    pub(super) fn word(&mut self, after_number: bool) -> (Position, TokenKind) {
        let mut end = self.at;
        // Start of the letters since the last dot of an abbreviation.
        let mut part = self.at.byte;
        let mut dotted = false;
        let mut kind = TokenKind::Punctuation;
        // The last letter or digit.
        let mut last = CharClass::Space;
        while let Some((c, class)) = self.current {
            match class {
                CharClass::ArabicLetter | CharClass::Letter => {
                    (last, kind) = (class, TokenKind::Word);
                    self.bump();
                    end = self.at;
                }
                CharClass::Digit => {
                    last = class;
                    if kind == TokenKind::Punctuation {
                        kind = TokenKind::Number;
                    }
                    self.bump();
                    end = self.at;
                }
                CharClass::ArabicMark | CharClass::Mark => {
                    self.bump();
                    end = self.at;
                }
                CharClass::Invisible => self.bump(),
                CharClass::Punctuation if joins(last, c, &self.rest) => self.bump(),
                CharClass::Punctuation if c == '.' && last.is_letter() => {
                    let letters = &self.source[part..end.byte];
                    match dot_after(letters, self.rest.as_str(), dotted, after_number) {
                        Dot::Splits => break,
                        Dot::Joins => {
                            self.bump();
                            (part, dotted) = (self.at.byte, true);
                        }
                        Dot::Closes => {
                            self.bump();
                            end = self.at;
                            break;
                        }
                    }
                }
                _ => break,
            }
        }
        (end, kind)
    }

    /// One punctuation mark or sign, or a run of the same; `.` and `…` run together, quotes and brackets stay single.
    pub(super) fn marks(&mut self, first: char) -> Position {
        const DOTS: [char; 2] = ['.', '…'];
        self.bump();
        while let Some((c, class)) = self.current {
            let runs = c == first && !is_paired(c) || DOTS.contains(&c) && DOTS.contains(&first);
            // A variation selector makes an emoji of a sign.
            if !runs && class != CharClass::Mark {
                break;
            }
            self.bump();
        }
        self.at
    }

    /// A run of emoji, with the joiners, selectors and tags inside it.
    pub(super) fn emoji(&mut self) -> Position {
        let mut end = self.at;
        while let Some((_, class)) = self.current {
            match class {
                CharClass::Emoji | CharClass::Mark => {
                    self.bump();
                    end = self.at;
                }
                CharClass::Invisible => self.bump(),
                _ => break,
            }
        }
        end
    }
}

/// Whether the mark `c` between the letter or digit `last` and the first character of `rest` is inside a token.
fn joins(last: CharClass, c: char, rest: &Chars) -> bool {
    use CharClass::{Digit, Letter};
    let next = rest.clone().next().map_or(CharClass::Space, class_of);
    match c {
        '_' => (last.is_letter() || last == Digit) && (next.is_letter() || next == Digit),
        '-' | '‐' | '‑' => matches!(last, Letter | Digit) && matches!(next, Letter | Digit),
        '.' | ',' | ':' | '–' | '٫' | '٬' | '،' => last == Digit && next == Digit,
        '\'' | '’' | '&' => last == Letter && next == Letter,
        _ => false,
    }
}

/// Quotation marks and brackets: each one opens or closes something, so a run of them is not one mark.
fn is_paired(c: char) -> bool {
    matches!(
        c,
        '(' | ')' | '[' | ']' | '{' | '}' | '«' | '»' | '‹' | '›' | '"' | '“' | '”' | '﴾' | '﴿'
    )
}
