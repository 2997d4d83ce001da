//! Characters that make equal words unequal.

use super::{Finding, LabelledFile, Severity};

/// Invisible marks, presentation forms, control characters, white space, mixed scripts and foreign Arabic letters in
/// tokens; at most one finding a token.
pub(super) fn odd_characters(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    for file in files {
        for sentence in file.sentences() {
            for (i, token) in sentence.tokens.iter().enumerate() {
                if token.is_ascii() && !token.contains(|c: char| c.is_ascii_control() || c == ' ') {
                    continue;
                }
                if let Some((severity, what)) = oddity(token) {
                    let message = format!("`{}` {what}", token.escape_debug());
                    findings.push(file.finding(
                        severity,
                        "character",
                        file.line_of(sentence, i),
                        message,
                    ));
                }
            }
        }
    }
}

/// The worst that is odd about a token.
fn oddity(token: &str) -> Option<(Severity, String)> {
    let code = |c: char| format!("U+{:04X}", c as u32);
    let worst = token.chars().filter_map(|c| {
        let (severity, what) = match c {
            '\u{200e}'
            | '\u{200f}'
            | '\u{61c}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' => (Severity::Warning, "holds a bidi mark"),
            '\u{200b}' | '\u{2060}' | '\u{feff}' => (Severity::Warning, "holds a zero-width mark"),
            '\u{200c}' | '\u{200d}' => (Severity::Note, "holds a joiner mark"),
            '\u{fffd}' => (
                Severity::Error,
                "holds a replacement character: the text was decoded wrongly",
            ),
            _ if c.is_control() => (Severity::Error, "holds a control character"),
            _ if c.is_whitespace() => (Severity::Warning, "holds white space"),
            _ if is_presentation_form(c) => (Severity::Warning, "holds a presentation form"),
            _ => return None,
        };
        Some((severity, format!("{what} ({})", code(c))))
    });
    if let Some(found) = worst.min_by_key(|(severity, _)| std::cmp::Reverse(*severity)) {
        return Some(found);
    }
    let arabic = token.chars().find(|&c| is_arabic_letter(c));
    let other = token.chars().find(|&c| c.is_alphabetic() && !is_arabic(c));
    if let (Some(_), Some(other)) = (arabic, other) {
        let what = format!("mixes Arabic letters with `{other}` ({})", code(other));
        return Some((Severity::Warning, what));
    }
    let is_latin = |c: char| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c);
    let look_alike = |c: char| ('\u{370}'..='\u{52f}').contains(&c);
    if let (true, Some(other)) = (
        token.contains(is_latin),
        token.chars().find(|&c| look_alike(c)),
    ) {
        let what = format!("mixes Latin letters with `{other}` ({})", code(other));
        return Some((Severity::Warning, what));
    }
    // The letters that Persian and Urdu keyboards give for ي, ك and ه.
    let foreign = token.chars().find(|c| "یکہھ".contains(*c))?;
    Some((
        Severity::Note,
        format!(
            "is spelt with `{foreign}` ({}), a Persian or Urdu letter",
            code(foreign)
        ),
    ))
}

/// Arabic presentation forms A and B, without the ornate brackets and honorific ligatures (ﷲ ﷺ ﷽ …), which have no
/// other spelling.
fn is_presentation_form(c: char) -> bool {
    match c {
        '\u{fd3e}'..='\u{fd4f}' | '\u{fdf0}'..='\u{fdff}' => false,
        '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' => true,
        _ => false,
    }
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' | '\u{fb50}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

fn is_arabic_letter(c: char) -> bool {
    is_arabic(c) && c.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_tokens() {
        let table = [
            ("محمود", None),
            ("المشتـرك", None),
            ("شُكْراً", None),
            ("ﷺ", None),
            ("COVID", None),
            ("٢٠١٥", None),
            ("m²", None),
            ("😀", None),
            ("مصر\u{200f}", Some((Severity::Warning, "bidi"))),
            (
                "ﻣﺼﺮ",
                Some((Severity::Warning, "presentation form (U+FEE3)")),
            ),
            ("ﻻ", Some((Severity::Warning, "presentation"))),
            ("a\u{7}", Some((Severity::Error, "control"))),
            (
                "٥\u{a0}٦",
                Some((Severity::Warning, "white space (U+00A0)")),
            ),
            ("م\u{fffd}", Some((Severity::Error, "replacement"))),
            (
                "كoرة",
                Some((Severity::Warning, "mixes Arabic letters with `o`")),
            ),
            (
                "Mоscow",
                Some((Severity::Warning, "mixes Latin letters with `о`")),
            ),
            ("می\u{200c}خواهم", Some((Severity::Note, "joiner"))),
            ("علی", Some((Severity::Note, "Persian"))),
        ];
        for (token, expected) in table {
            let found = oddity(token);
            match (&found, expected) {
                (None, None) => {}
                (Some((severity, what)), Some((wanted, part))) => {
                    assert_eq!(*severity, wanted, "{token:?}: {what}");
                    assert!(what.contains(part), "{token:?}: {what}");
                }
                _ => panic!("{token:?}: {found:?} instead of {expected:?}"),
            }
        }
    }
}
