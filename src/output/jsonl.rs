//! JSON lines: a document a line.

use std::io::{self, Write};

use super::{Exporter, TaggedDocument};

/// `{"doc": …, "entities": [{"type", "start", "end", "byte_start", "byte_end", "text", "name", "confidence", "sentence"}]}`.
///
/// Offsets are half-open; `start` and `end` count characters (Unicode scalar values) of the source, `byte_start` and
/// `byte_end` bytes of its UTF-8. Confidence has four decimals at most.
#[derive(Debug, Clone, Copy, Default)]
pub struct Jsonl;

impl Exporter for Jsonl {
    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        // Written by hand: this is the path that bounds the speed of tagging, and a map of values a mention would double it.
        out.write_all(b"{\"doc\": ")?;
        write_string(document.name, out)?;
        out.write_all(b", \"entities\": [")?;
        for (i, mention) in document.mentions.iter().enumerate() {
            out.write_all(if i == 0 { b"" } else { b", " })?;
            let (chars, bytes) = (document.chars(mention), document.bytes(mention));
            out.write_all(b"{\"type\": ")?;
            write_string(mention.kind, out)?;
            for (key, value) in [
                (", \"start\": ", chars.start),
                (", \"end\": ", chars.end),
                (", \"byte_start\": ", bytes.start),
                (", \"byte_end\": ", bytes.end),
            ] {
                out.write_all(key.as_bytes())?;
                write_number(value, out)?;
            }
            out.write_all(b", \"text\": ")?;
            write_string(&document.source[bytes], out)?;
            out.write_all(b", \"name\": ")?;
            write_string(&mention.name, out)?;
            out.write_all(b", \"confidence\": ")?;
            write_fraction(mention.confidence, out)?;
            out.write_all(b", \"sentence\": ")?;
            write_number(mention.sentence, out)?;
            out.write_all(b"}")?;
        }
        out.write_all(b"]}\n")
    }
}

/// A JSON string. Control characters, quotes and backslashes are escaped, all else is written as it is.
fn write_string(text: &str, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\"")?;
    let bytes = text.as_bytes();
    let mut from = 0;
    for (i, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.write_all(&bytes[from..i])?;
        match byte {
            b'"' => out.write_all(b"\\\"")?,
            b'\\' => out.write_all(b"\\\\")?,
            b'\n' => out.write_all(b"\\n")?,
            b'\r' => out.write_all(b"\\r")?,
            b'\t' => out.write_all(b"\\t")?,
            _ => write!(out, "\\u{byte:04x}")?,
        }
        from = i + 1;
    }
    out.write_all(&bytes[from..])?;
    out.write_all(b"\"")
}

fn write_number(mut number: usize, out: &mut dyn Write) -> io::Result<()> {
    // 20 digits hold any 64-bit number.
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return out.write_all(&digits[at..]);
        }
    }
}

/// A number between 0 and 1 with up to four decimals.
#[allow(clippy::cast_sign_loss, reason = "clamped to 0 and above")]
fn write_fraction(fraction: f32, out: &mut dyn Write) -> io::Result<()> {
    // NaN clamps to itself and casts to 0.
    let parts = (fraction.clamp(0.0, 1.0) * 10_000.0).round() as u32;
    let mut digits = [b'0' + (parts / 10_000) as u8, b'.', b'0', b'0', b'0', b'0'];
    for (i, unit) in [1000, 100, 10, 1].into_iter().enumerate() {
        digits[i + 2] = b'0' + (parts / unit % 10) as u8;
    }
    let mut end = digits.len();
    while end > 3 && digits[end - 1] == b'0' {
        end -= 1;
    }
    out.write_all(&digits[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::written;
    use proptest::prelude::*;

    #[test]
    fn a_document_is_a_line() {
        let line = written(&Jsonl, "رحب بالاتحاد الأوروبي.", &[(1, 3, "ORG")]);
        assert_eq!(
            line,
            "{\"doc\": \"خبر.txt\", \"entities\": [{\"type\": \"ORG\", \"start\": 4, \"end\": 21, \
             \"byte_start\": 7, \"byte_end\": 40, \"text\": \"بالاتحاد الأوروبي\", \
             \"name\": \"الاتحاد الأوروبي\", \"confidence\": 0.9375, \"sentence\": 0}]}\n"
        );
        assert_eq!(
            written(&Jsonl, "", &[]),
            "{\"doc\": \"خبر.txt\", \"entities\": []}\n"
        );
    }

    #[test]
    fn fractions_have_up_to_four_decimals() {
        let table = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (1.5, "1.0"),
            (0.5, "0.5"),
            (0.97, "0.97"),
            (0.123_46, "0.1235"),
            (0.000_04, "0.0"),
            (f32::NAN, "0.0"),
        ];
        for (fraction, expected) in table {
            let mut out = Vec::new();
            write_fraction(fraction, &mut out).expect("memory");
            assert_eq!(String::from_utf8_lossy(&out), expected, "of {fraction}");
        }
    }

    proptest! {
        #[test]
        fn any_string_reads_back(text in ".*|[\\x00-\\x7f]*") {
            let mut out = Vec::new();
            write_string(&text, &mut out).expect("memory");
            let back: String = serde_json::from_slice(&out).expect("valid JSON");
            prop_assert_eq!(back, text);
        }

        #[test]
        fn any_number_reads_back(number: usize) {
            let mut out = Vec::new();
            write_number(number, &mut out).expect("memory");
            prop_assert_eq!(String::from_utf8_lossy(&out), number.to_string());
        }
    }
}
