//! How an attribute is spelled, `key=part|part…`, and how the spelling is read back.
//!
//! Names are what people see and what other programs know an attribute by, so two attributes must never share one. A part may
//! be any piece of text; what would be taken for the name's own punctuation, or would break a line of a file, is written as
//!
//! | text | spelled |
//! |---|---|
//! | backslash, `\|` | `\\`, `\p` |
//! | tab, line feed, carriage return, NUL | `\t`, `\n`, `\r`, `\0` |
//! | nothing at all, as a part | `\e` |
//!
//! An attribute without parts ends with the equals sign. Every spelling stands for one list of parts, and [`unspell`] accepts
//! no other spelling of it.

/// Spells an attribute.
pub fn spell<S: AsRef<str>>(key: &str, parts: &[S]) -> String {
    let mut name = String::with_capacity(key.len() + 1 + 16 * parts.len());
    name.push_str(key);
    name.push('=');
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            name.push('|');
        }
        escape(part.as_ref(), &mut name);
    }
    name
}

/// Key and parts of a spelled attribute; `None` for text that [`spell`] never writes.
pub fn unspell(name: &str) -> Option<(&str, Vec<String>)> {
    let (key, rest) = name.split_once('=')?;
    if rest.is_empty() {
        return Some((key, Vec::new()));
    }
    // An escape never contains the separator itself, so cutting first is safe.
    let parts: Option<Vec<String>> = rest.split('|').map(unescape).collect();
    Some((key, parts?))
}

fn escape(part: &str, name: &mut String) {
    if part.is_empty() {
        name.push_str("\\e");
    }
    for c in part.chars() {
        match c {
            '\\' => name.push_str("\\\\"),
            '|' => name.push_str("\\p"),
            '\t' => name.push_str("\\t"),
            '\n' => name.push_str("\\n"),
            '\r' => name.push_str("\\r"),
            '\0' => name.push_str("\\0"),
            c => name.push(c),
        }
    }
}

fn unescape(spelled: &str) -> Option<String> {
    if spelled == "\\e" {
        return Some(String::new());
    }
    let mut part = String::with_capacity(spelled.len());
    let mut chars = spelled.chars();
    while let Some(c) = chars.next() {
        part.push(match c {
            '\\' => match chars.next()? {
                '\\' => '\\',
                'p' => '|',
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                '0' => '\0',
                _ => return None,
            },
            '\t' | '\n' | '\r' | '\0' => return None,
            c => c,
        });
    }
    // Nothing at all is spelled out.
    (!part.is_empty()).then_some(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn table_of_spellings() {
        let table: [(&str, &[&str], &str); 7] = [
            ("form", &["القاهره"], "form=القاهره"),
            ("unlisted", &[], "unlisted="),
            ("shape", &[""], r"shape=\e"),
            ("form", &["a=b"], "form=a=b"),
            ("form@-1 form@0", &["|", "a\\p"], r"form@-1 form@0=\p|a\\p"),
            ("pair", &["", ""], r"pair=\e|\e"),
            ("form", &["\t\n\r\0"], r"form=\t\n\r\0"),
        ];
        for (key, parts, name) in table {
            assert_eq!(spell(key, parts), name);
            let parts = parts.iter().map(|&p| p.to_owned()).collect();
            assert_eq!(unspell(name), Some((key, parts)), "{name}");
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for name in [
            "form", r"form=\x", r"form=a\", "a=b||c", "a=|", r"a=x\e", "a=b\tc",
        ] {
            assert_eq!(unspell(name), None, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn any_parts_survive(parts in prop::collection::vec("[|\\\\a\\t\\n=e\\[\\]+1ب]{0,4}", 0..4)) {
            let name = spell("key", &parts);
            prop_assert!(!name.contains(['\t', '\n']), "{name:?}");
            prop_assert_eq!(unspell(&name), Some(("key", parts)));
        }

        #[test]
        fn any_readable_name_is_the_only_spelling(name in "k=[|\\\\aept0=]{0,6}") {
            if let Some((key, parts)) = unspell(&name) {
                prop_assert_eq!(spell(key, &parts), name);
            }
        }
    }
}
