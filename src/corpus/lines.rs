//! Lines of a text file, bounded and checked: the ground that all readers stand on.

use crate::error::{Error, Result};
use std::io::{BufRead, Read};

/// Longest line that a labelled file, or a text that words are clustered from, may have: 16 MiB.
///
/// A line holds a token or a paragraph, hardly ever more than some kilobytes; the bound keeps a file that is no text
/// from filling the memory, and leaves a thousandfold margin.
pub const MAX_LINE_BYTES: usize = 16 << 20;

/// Hands out one line after the other from a reused buffer.
pub(crate) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            number: 0,
        }
    }

    /// Number, from 1, and text of the next line, without its end (LF or CRLF) and without a leading byte order mark; `None` at the end of the input.
    ///
    /// # Errors
    /// When reading fails, or a line is too long, holds a NUL byte or is not UTF-8.
    pub(crate) fn next_line(&mut self) -> Result<Option<(u64, &str)>> {
        self.buffer.clear();
        self.number += 1;
        let n_read = (&mut self.input)
            .take(MAX_LINE_BYTES as u64 + 1)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|e| Error::io("cannot read", e).at_line(self.number))?;
        if n_read == 0 {
            return Ok(None);
        }
        // The content is judged first: a long line of zeros is a binary file, not a long line.
        if self.buffer.contains(&0) {
            return Err(Error::new("this is a binary file (it holds a NUL byte)")
                .at_line(self.number)
                .expected("text in UTF-8")
                .hint("a UTF-16 file converts with `iconv -f UTF-16 -t UTF-8`"));
        }
        if self.buffer.len() > MAX_LINE_BYTES {
            return Err(Error::new("the line is too long")
                .at_line(self.number)
                .expected(format!("at most {} MiB", MAX_LINE_BYTES >> 20))
                .hint("is this a text file with line ends?"));
        }
        let mut line = self.buffer.as_slice();
        if self.number == 1 {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        line = line.strip_suffix(b"\n").unwrap_or(line);
        line = line.strip_suffix(b"\r").unwrap_or(line);
        match std::str::from_utf8(line) {
            Ok(line) => Ok(Some((self.number, line))),
            Err(e) => Err(utf8_error(line, e.valid_up_to()).at_line(self.number)),
        }
    }
}

/// The error of a line whose first `valid` bytes only are UTF-8.
fn utf8_error(line: &[u8], valid: usize) -> Error {
    let n_chars = String::from_utf8_lossy(&line[..valid]).chars().count();
    Error::new(format!(
        "byte {valid} of the line (0x{:02x}) is not UTF-8",
        line.get(valid).copied().unwrap_or_default()
    ))
    .at_column(n_chars as u64 + 1)
    .expected("text in UTF-8")
    .hint("Windows Arabic converts with `iconv -f WINDOWS-1256 -t UTF-8`")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &[u8]) -> Result<Vec<String>> {
        let mut lines = Lines::new(input);
        let mut found = Vec::new();
        while let Some((number, line)) = lines.next_line()? {
            found.push(line.to_owned());
            assert_eq!(number, found.len() as u64);
        }
        Ok(found)
    }

    #[test]
    fn line_ends_and_byte_order_mark() {
        let table: &[(&[u8], &[&str])] = &[
            (b"", &[]),
            (b"a", &["a"]),
            (b"a\n", &["a"]),
            (b"a\r\n\r\nb\r\n", &["a", "", "b"]),
            (b"\xef\xbb\xbfa\nb", &["a", "b"]),
            (b"\xef\xbb\xbf", &[""]),
            (b"a\rb\n", &["a\rb"]),
        ];
        for (input, expected) in table {
            assert_eq!(read(input).expect("text"), *expected, "of {input:?}");
        }
    }

    #[test]
    fn says_where_the_bytes_are_wrong() {
        let error = read(b"a\n\xd9\x83\xff").expect_err("not UTF-8").to_string();
        assert!(
            error.starts_with("2:2: byte 2 of the line (0xff)"),
            "{error}"
        );
        let error = read(b"a\nb\0c").expect_err("binary").to_string();
        assert!(error.starts_with("2: this is a binary file"), "{error}");
    }

    #[test]
    fn a_line_without_end_is_bounded() {
        let mut lines = Lines::new(std::io::BufReader::new(std::io::repeat(b'a')));
        let error = lines.next_line().expect_err("endless").to_string();
        assert!(
            error.starts_with("1: the line is too long; expected at most 16 MiB"),
            "{error}"
        );
    }
}
