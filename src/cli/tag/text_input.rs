//! Texts as bytes from files and stdin, checked to be text.

use std::io::{self, Read};
use std::path::Path;

use crate::cli::input::cannot_open;
use crate::error::{Error, Result};

/// Bytes that a paragraph may have before it is cut, so that input without empty lines cannot fill the memory.
const MAX_PARAGRAPH: usize = 64 << 20;
/// Bytes that are asked for at once. A pipe gives what it has.
const READ_BYTES: usize = 1 << 18;

/// Reads a whole file, or stdin for `-`.
pub fn read(path: &Path) -> Result<String> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|e| Error::io("cannot read", e).in_file("stdin"))?;
        return checked(bytes, 0).map_err(|e| e.in_file("stdin"));
    }
    let bytes = std::fs::read(path).map_err(|e| cannot_open(path, e))?;
    checked(bytes, 0).map_err(|e| e.in_file(path.display()))
}

/// Bytes as text; `lines_before` were read before them.
fn checked(bytes: Vec<u8>, lines_before: u64) -> Result<String> {
    let line_at = |at: usize, bytes: &[u8]| lines_before + line_ends(&bytes[..at]) + 1;
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return Err(Error::new("this is a binary file (it holds a NUL byte)")
            .at_line(line_at(at, &bytes))
            .expected("text in UTF-8")
            .hint("a UTF-16 file converts with `iconv -f UTF-16 -t UTF-8`"));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let bytes = e.as_bytes();
        let line_start = bytes[..at]
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(0, |i| i + 1);
        let column = String::from_utf8_lossy(&bytes[line_start..at])
            .chars()
            .count();
        Error::new(format!("the byte 0x{:02x} is not UTF-8", bytes[at]))
            .at_line(line_at(at, bytes))
            .at_column(column as u64 + 1)
            .expected("text in UTF-8")
            .hint("Windows Arabic converts with `iconv -f WINDOWS-1256 -t UTF-8`")
    })
}

/// Cuts a stream at empty lines.
#[derive(Debug)]
pub struct Paragraphs<R> {
    input: R,
    /// What has been read and not handed out.
    buffer: Vec<u8>,
    /// Bytes of `buffer` that are known to hold no paragraph end; the start of a line.
    scanned: usize,
    /// Lines handed out.
    n_lines: u64,
    max_bytes: usize,
    is_at_end: bool,
}

impl<R: Read> Paragraphs<R> {
    /// A reader.
    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: Vec::new(),
            scanned: 0,
            n_lines: 0,
            max_bytes: MAX_PARAGRAPH,
            is_at_end: false,
        }
    }

    /// The paragraphs that can be had without waiting, at least one; `None` at the end of the input.
    ///
    /// A paragraph is its lines as written, without the end of the last. One that is no text is an error of its own.
    ///
    /// # Errors
    /// When reading fails.
    pub fn next_batch(&mut self) -> Result<Option<Vec<Result<String>>>> {
        let mut batch = Vec::new();
        while batch.is_empty() {
            if self.is_at_end {
                return Ok(None);
            }
            let before = self.buffer.len();
            self.buffer.resize(before + READ_BYTES, 0);
            let read = loop {
                match self.input.read(&mut self.buffer[before..]) {
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    other => break other,
                }
            };
            self.buffer.truncate(before + *read.as_ref().unwrap_or(&0));
            self.is_at_end = read.map_err(|e| Error::io("cannot read", e))? == 0;
            self.take_paragraphs(&mut batch);
        }
        Ok(Some(batch))
    }

    /// Moves complete paragraphs from the buffer to the batch.
    fn take_paragraphs(&mut self, batch: &mut Vec<Result<String>>) {
        let mut start = 0;
        while let Some(len) = self.buffer[self.scanned..].iter().position(|&b| b == b'\n') {
            let line = self.scanned..self.scanned + len;
            self.scanned = line.end + 1;
            if self.buffer[line.clone()].trim_ascii().is_empty() {
                self.take(start..line.start, batch);
                self.n_lines += 1;
                start = self.scanned;
            } else if self.scanned - start > self.max_bytes {
                self.take(start..self.scanned, batch);
                start = self.scanned;
            }
        }
        if self.is_at_end {
            self.take(start..self.buffer.len(), batch);
            start = self.buffer.len();
            self.scanned = start;
        } else if self.buffer.len() - start > self.max_bytes {
            let cut = start + last_break(&self.buffer[start..]);
            self.take(start..cut, batch);
            start = cut;
            self.scanned = cut;
        }
        self.buffer.drain(..start);
        self.scanned -= start;
    }

    fn take(&mut self, range: std::ops::Range<usize>, batch: &mut Vec<Result<String>>) {
        let mut bytes = self.buffer[range].to_vec();
        let n_lines = line_ends(&bytes);
        for end in [b'\n', b'\r'] {
            bytes.pop_if(|last| *last == end);
        }
        if !bytes.trim_ascii().is_empty() {
            batch.push(checked(bytes, self.n_lines));
        }
        self.n_lines += n_lines;
    }
}

#[allow(
    clippy::naive_bytecount,
    reason = "a vanishing share of the time that tagging takes"
)]
fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&b| b == b'\n').count() as u64
}

/// Where bytes are best cut: behind the last white space, else before the last character.
fn last_break(bytes: &[u8]) -> usize {
    let space = bytes.iter().rposition(u8::is_ascii_whitespace);
    let character = bytes.iter().rposition(|&b| b & 0xC0 != 0x80);
    let cut = space.map(|at| at + 1).or(character.filter(|&at| at > 0));
    cut.unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out its parts one read each, as a pipe does.
    struct Parts<'a>(Vec<&'a [u8]>);

    impl Read for Parts<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let part = self.0.remove(0);
            buffer[..part.len()].copy_from_slice(part);
            Ok(part.len())
        }
    }

    fn batches(parts: &[&str], max_bytes: usize) -> Vec<Vec<String>> {
        let mut reader = Paragraphs::new(Parts(parts.iter().map(|p| p.as_bytes()).collect()));
        reader.max_bytes = max_bytes;
        let mut batches = Vec::new();
        while let Some(batch) = reader.next_batch().expect("readable") {
            batches.push(batch.into_iter().map(|p| p.expect("text")).collect());
        }
        batches
    }

    #[test]
    fn table_of_streams() {
        let table: &[(&[&str], &[&[&str]])] = &[
            (&[], &[]),
            (&["\n\n \n"], &[]),
            (&["a"], &[&["a"]]),
            (&["a\nb\n\nc\n"], &[&["a\nb"], &["c"]]),
            (&["a\r\n\r\nb\r\n"], &[&["a"], &["b"]]),
            (&["\n\n  a\n \t\n\n\nb \n\n"], &[&["  a", "b "]]),
            // A paragraph is handed out as soon as its empty line has come.
            (
                &["a\n\n", "b", "\n", "\n", "c\n\nd\n\n"],
                &[&["a"], &["b"], &["c", "d"]],
            ),
        ];
        for (parts, expected) in table {
            assert_eq!(&batches(parts, 100), expected, "of {parts:?}");
        }
    }

    #[test]
    fn a_paragraph_without_end_is_cut() {
        assert_eq!(
            batches(&["aaaa bbbb", " cc", "\ndd\nee"], 8),
            [["aaaa "], ["bbbb cc\ndd"], ["ee"]]
        );
        assert_eq!(batches(&["مممممم"], 8).concat().concat(), "مممممم");
    }

    #[test]
    fn errors_name_the_line_of_the_stream() {
        let input = b"a\nb\n\n\nc\nd\xff\n\ne\0\n";
        let mut reader = Paragraphs::new(&input[..]);
        let mut all = Vec::new();
        while let Some(batch) = reader.next_batch().expect("readable") {
            all.extend(batch);
        }
        let shown: Vec<String> = all
            .into_iter()
            .map(|p| p.unwrap_or_else(|e| e.to_string().chars().take(12).collect()))
            .collect();
        assert_eq!(shown, ["a\nb", "6:2: the byt", "8: this is a"]);
    }
}
