//! Web and mail addresses, which stay whole.

use super::chars::{CharClass, class_of};

/// Longest local part of a mail address (RFC 5321, section 4.5.3.1.1); bounds the look-ahead.
const MAX_LOCAL_BYTES: usize = 64;
/// Longest domain name (RFC 1035, section 2.3.4); bounds the look-ahead.
const MAX_HOST_BYTES: usize = 253;
/// What an address with an explicit beginning begins with, in lower case.
const PREFIXES: [&str; 4] = ["http://", "https://", "ftp://", "www."];
/// Top-level domains of more than two letters that are written without `http://` or `www.`.
const TOP_DOMAINS: [&str; 8] = ["com", "net", "org", "info", "gov", "edu", "int", "news"];

/// Bytes of the web or mail address that `text` begins with, if it begins with one.
pub(super) fn address_len(text: &str) -> Option<usize> {
    let prefix = PREFIXES.iter().find(|prefix| {
        text.get(..prefix.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(prefix))
    });
    if let Some(prefix) = prefix {
        return url_len(text, prefix.len());
    }
    mail_len(text).or_else(|| domain_len(text))
}

/// Bytes of the `@handle` that `text` begins with, if it begins with one.
pub(super) fn handle_len(text: &str) -> Option<usize> {
    let name = text.strip_prefix('@')?;
    let len = run_len(name, usize::MAX, |b| b.is_ascii_alphanumeric() || b == b'_');
    (len > 0).then_some(1 + len)
}

/// Extends an address whose first `known` bytes are certain as far as it goes.
fn url_len(text: &str, known: usize) -> Option<usize> {
    let run = text
        .find(|c: char| match class_of(c) {
            CharClass::Punctuation | CharClass::Symbol => {
                !c.is_ascii() || matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}')
            }
            class => !class.is_word(),
        })
        .unwrap_or(text.len());
    let url = &text[..run.max(known)];
    // Punctuation at the end belongs to the sentence, as does a bracket that was opened outside.
    let mut unclosed = url.matches(')').count() > url.matches('(').count();
    let trimmed = url.trim_end_matches(|c: char| match c {
        ')' => std::mem::replace(&mut unclosed, false),
        _ => matches!(
            c,
            '.' | ',' | ':' | ';' | '!' | '?' | '\'' | '*' | '[' | ']'
        ),
    });
    (trimmed.len() > known).then_some(trimmed.len())
}

fn mail_len(text: &str) -> Option<usize> {
    let local = run_len(text, MAX_LOCAL_BYTES, |b| {
        b.is_ascii_alphanumeric() || b"._%+-".contains(&b)
    });
    let domain = text[local..].strip_prefix('@')?;
    let host = host(domain);
    (local > 0 && host.contains('.')).then_some(local + 1 + host.len())
}

fn domain_len(text: &str) -> Option<usize> {
    let host = host(text);
    let (rest, top) = host.rsplit_once('.')?;
    let second = rest.rsplit('.').next().unwrap_or(rest);
    let named = second.len() > 1 && second.bytes().any(|b| b.is_ascii_alphabetic());
    let topped = TOP_DOMAINS.iter().any(|t| top.eq_ignore_ascii_case(t))
        || top.len() == 2 && top.bytes().all(|b| b.is_ascii_lowercase());
    if !named || !topped {
        return None;
    }
    if text[host.len()..].starts_with('/') {
        return url_len(text, host.len()).or(Some(host.len()));
    }
    Some(host.len())
}

fn host(text: &str) -> &str {
    let len = run_len(text, MAX_HOST_BYTES, |b| {
        b.is_ascii_alphanumeric() || b == b'.' || b == b'-'
    });
    text[..len].trim_end_matches(['.', '-'])
}

/// Length of the run of ASCII bytes at the start of `text` that `accept` takes, at most `max`.
fn run_len(text: &str, max: usize, accept: impl Fn(u8) -> bool) -> usize {
    text.bytes().take(max).take_while(|&b| accept(b)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let cases = [
            (
                "http://www.spa.gov.sa/a?b=1&c=2. ثم",
                "http://www.spa.gov.sa/a?b=1&c=2",
            ),
            ("HTTPS://t.co/aB1)", "HTTPS://t.co/aB1"),
            (
                "https://ar.wikipedia.org/wiki/محمد_(اسم)، ثم",
                "https://ar.wikipedia.org/wiki/محمد_(اسم)",
            ),
            ("www.bbc.com/arabic", "www.bbc.com/arabic"),
            ("bbc.com/arabic/", "bbc.com/arabic/"),
            ("alarabiya.net.", "alarabiya.net"),
            ("spa.gov.sa،", "spa.gov.sa"),
            ("info@spa.gov.sa.", "info@spa.gov.sa"),
            ("a.b+c@mail-host.com", "a.b+c@mail-host.com"),
        ];
        for (text, address) in cases {
            assert_eq!(
                address_len(text).map(|len| &text[..len]),
                Some(address),
                "{text}"
            );
        }
        for text in [
            "http://",
            "www.",
            "U.S.A",
            "3.5m",
            "a@b",
            "end.Next",
            "12.30",
            "x",
            "http",
            "بغداد",
        ] {
            assert_eq!(address_len(text), None, "{text}");
        }
        assert_eq!(handle_len("@BBC_News:"), Some(9));
        assert_eq!(handle_len("@خبر"), None);
    }
}
