//! Sentence ends, found while the tokens are made.

use std::ops::Range;

use super::tokenise::TokenKind;

/// What a token is to the sentence around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Opens a quotation or bracket.
    Opener,
    /// Closes a quotation or bracket.
    Closer,
    /// A quotation mark that may do either.
    Quote,
    /// A single full stop.
    FullStop,
    /// Any other mark that ends a sentence: `!`, `؟`, a run of dots.
    Stop,
    /// A comma, colon or semicolon: behind a stop it shows that the sentence goes on (`قال: متى؟، ثم مضى`).
    Pause,
    /// A number of up to three digits, as at the head of a list item.
    ShortNumber,
    /// Anything else.
    Other,
}

impl Role {
    /// The role of a token, from its first character, kind and length in characters.
    pub(super) fn of(first: char, kind: TokenKind, chars: usize) -> Self {
        match kind {
            TokenKind::Number if chars <= 3 => Self::ShortNumber,
            TokenKind::Punctuation => match first {
                '.' | '۔' if chars == 1 => Self::FullStop,
                '.' | '…' | '!' | '?' | '؟' | '۔' | '‼' | '⁉' => Self::Stop,
                '(' | '[' | '{' | '«' | '‹' | '﴾' => Self::Opener,
                ')' | ']' | '}' | '»' | '›' | '﴿' => Self::Closer,
                // Arabic newsrooms type “ and ” in either direction.
                '"' | '\'' | '“' | '”' | '„' | '‘' | '’' => Self::Quote,
                '،' | ',' | '؛' | ';' | ':' => Self::Pause,
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }
}

/// Groups tokens into sentences as they come: half-open token ranges, none empty, that partition the tokens.
#[derive(Debug)]
pub(super) struct SentenceSplitter {
    /// First token of the sentence that is open.
    start: usize,
    /// Whether the open sentence has met its end, so that only closing marks and more stops may join it.
    stopped: bool,
    previous: Role,
}

impl SentenceSplitter {
    pub(super) const fn new() -> Self {
        Self {
            start: 0,
            stopped: false,
            previous: Role::Other,
        }
    }

    /// Takes the token `index`; `glued` says that no gap parts it from the one before.
    pub(super) fn token(
        &mut self,
        index: usize,
        role: Role,
        glued: bool,
        sentences: &mut Vec<Range<usize>>,
    ) {
        let stays = match role {
            Role::Stop | Role::FullStop | Role::Closer => true,
            Role::Quote => glued,
            _ => false,
        };
        if role == Role::Pause {
            self.stopped = false;
        } else if self.stopped && !stays {
            self.end_before(index, sentences);
        }
        let stops = match role {
            // `1.` at the head of a sentence numbers a list item.
            Role::FullStop => self.previous != Role::ShortNumber || index != self.start + 1,
            Role::Stop => true,
            _ => false,
        };
        // Dots at the head of a sentence, or alone in brackets as `[…]`, stand for left-out text.
        if stops && index > self.start && self.previous != Role::Opener {
            self.stopped = true;
        }
        self.previous = role;
    }

    /// Ends the open sentence, if it has tokens, before token `index`: at a line end or at the end of the text.
    pub(super) fn end_before(&mut self, index: usize, sentences: &mut Vec<Range<usize>>) {
        if index > self.start {
            sentences.push(self.start..index);
        }
        self.start = index;
        self.stopped = false;
        self.previous = Role::Other;
    }
}

#[cfg(test)]
mod tests {
    use crate::text::tokenise::{Tokenised, tokenise_into};

    /// The sentences of a text, each as its source slice.
    fn sentences(source: &str) -> Vec<&str> {
        let mut out = Tokenised::default();
        tokenise_into(source, &mut out);
        let slice = |s: &std::ops::Range<usize>| {
            &source[out.tokens[s.start].byte_start..out.tokens[s.end - 1].byte_end]
        };
        out.sentences.iter().map(slice).collect()
    }

    #[test]
    fn ends() {
        let cases: [(&str, &[&str]); 23] = [
            ("قال. ثم مضى.", &["قال.", "ثم مضى."]),
            ("هل جاء؟ نعم! حسنا", &["هل جاء؟", "نعم!", "حسنا"]),
            ("حل ليل بغداد.وقال", &["حل ليل بغداد.", "وقال"]),
            ("سطر\nسطر\r\n\r\nسطر\u{2028}سطر\u{2029}سطر", &["سطر"; 5]),
            ("\n\n", &[]),
            ("", &[]),
            ("نسبة 3.5 بالمئة. ثم", &["نسبة 3.5 بالمئة.", "ثم"]),
            (
                "قال د. محمد و أ.د. علي. ثم",
                &["قال د. محمد و أ.د. علي.", "ثم"],
            ),
            ("عن أ.ف.ب أمس. ثم", &["عن أ.ف.ب أمس.", "ثم"]),
            ("في 2015 م. وقال", &["في 2015 م.", "وقال"]),
            ("في 1436 هـ. وقال", &["في 1436 هـ.", "وقال"]),
            ("قال: «جاء.» ثم مضى", &["قال: «جاء.»", "ثم مضى"]),
            ("قال: \"جاء.\" ثم", &["قال: \"جاء.\"", "ثم"]),
            ("جاء. \"ثم\" مضى", &["جاء.", "\"ثم\" مضى"]),
            ("(جاء.) ثم", &["(جاء.)", "ثم"]),
            ("لماذا..!! ثم", &["لماذا..!!", "ثم"]),
            ("وقال … ثم", &["وقال …", "ثم"]),
            ("نص […] مستمر", &["نص […] مستمر"]),
            ("متى؟، قال. ثم", &["متى؟، قال.", "ثم"]),
            ("... وقال", &["... وقال"]),
            ("1. وزارة\n2. هيئة", &["1. وزارة", "2. هيئة"]),
            ("عام 2013. وقال", &["عام 2013.", "وقال"]),
            (
                "اقرأ أيضاً: خبر\n// انتهى //\n13:08 ت م",
                &["اقرأ أيضاً: خبر", "// انتهى //", "13:08 ت م"],
            ),
        ];
        for (source, expected) in cases {
            assert_eq!(sentences(source), expected, "{source:?}");
        }
    }
}
