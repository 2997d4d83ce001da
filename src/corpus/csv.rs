//! CSV: a row a token, with columns for the sentence, the token, its tag and, where there is one, the document.

use super::csv_columns::{CsvColumns, Positions, find_delimiter};
use super::lines::Lines;
use super::{Document, Sentence};
use crate::error::{Error, Result};
use crate::label::parse_tag;
use csv::StringRecord;
use std::io::{self, BufRead, Read};

/// Streams the documents of a CSV file with a header line.
///
/// A row takes one line: a field that spans lines is refused, so that an unclosed quote cannot swallow a file.
/// After an error the iterator ends.
pub struct CsvReader<R> {
    /// The checked lines, until the header is read.
    input: Option<CheckedLines<R>>,
    columns: CsvColumns,
    allows_unlabelled: bool,
    rows: Option<(csv::Reader<CheckedLines<R>>, Positions)>,
    record: StringRecord,
    document: Document,
    /// Whether a row has named `document`, or it is the file's only one with at least one row.
    has_rows: bool,
    sentence_id: String,
    tokens: Vec<String>,
    tags: Vec<String>,
    sentence_line: u64,
    is_done: bool,
}

impl<R: BufRead> CsvReader<R> {
    /// A reader; `default_name` is the name of the document where no column names it.
    pub fn new(input: R, default_name: impl Into<String>, columns: CsvColumns) -> Self {
        Self {
            input: Some(CheckedLines::new(input)),
            columns,
            allows_unlabelled: false,
            rows: None,
            record: StringRecord::new(),
            document: Document::new(default_name),
            has_rows: false,
            sentence_id: String::new(),
            tokens: Vec::new(),
            tags: Vec::new(),
            sentence_line: 0,
            is_done: false,
        }
    }

    /// Whether a file without a tag column is accepted (all tags `O`). The default is no.
    #[must_use]
    pub fn allow_unlabelled(mut self, allows: bool) -> Self {
        self.allows_unlabelled = allows;
        self
    }

    /// Reads the header; an empty file has none and no rows.
    fn open(&mut self) -> Result<()> {
        let Some(mut input) = self.input.take() else {
            return Ok(());
        };
        let Some(header) = input.peek()? else {
            self.is_done = true;
            return Ok(());
        };
        let delimiter = self
            .columns
            .delimiter
            .unwrap_or_else(|| find_delimiter(header));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(input);
        let header = reader.headers().map_err(from_csv)?;
        let positions = Positions::find(header, &self.columns, self.allows_unlabelled)?;
        self.rows = Some((reader, positions));
        Ok(())
    }

    /// Reads up to the end of the next document.
    fn read_document(&mut self) -> Result<Option<Document>> {
        self.open()?;
        let Some((reader, positions)) = &mut self.rows else {
            return Ok(None);
        };
        let positions = *positions;
        loop {
            if !reader.read_record(&mut self.record).map_err(from_csv)? {
                self.is_done = true;
                self.end_sentence();
                return Ok(self.has_rows.then(|| std::mem::take(&mut self.document)));
            }
            // A row takes one line, so the row ended just before the line where the reader stands now.
            let line = reader.position().line().saturating_sub(1);
            let row = Row::of(&self.record, positions).map_err(|e| e.at_line(line))?;

            let is_new_document = row.document.is_some_and(|name| name != self.document.name);
            let is_new_sentence =
                is_new_document || (!row.sentence.is_empty() && row.sentence != self.sentence_id);
            let mut finished = None;
            if is_new_sentence {
                let (tokens, tags) = (
                    std::mem::take(&mut self.tokens),
                    std::mem::take(&mut self.tags),
                );
                push_sentence(&mut self.document, tokens, tags, self.sentence_line);
                row.sentence.clone_into(&mut self.sentence_id);
            }
            if let (true, Some(name)) = (is_new_document, row.document) {
                let before = std::mem::replace(&mut self.document, Document::new(name));
                finished = self.has_rows.then_some(before);
            }
            self.has_rows = true;
            if self.tokens.is_empty() {
                self.sentence_line = line;
            }
            self.tokens.push(row.token.to_owned());
            self.tags.push(row.tag.to_owned());
            if finished.is_some() {
                return Ok(finished);
            }
        }
    }

    fn end_sentence(&mut self) {
        let (tokens, tags) = (
            std::mem::take(&mut self.tokens),
            std::mem::take(&mut self.tags),
        );
        push_sentence(&mut self.document, tokens, tags, self.sentence_line);
    }
}

fn push_sentence(document: &mut Document, tokens: Vec<String>, tags: Vec<String>, line: u64) {
    if !tokens.is_empty() {
        document
            .sentences
            .push(Sentence::from_tags(tokens, tags, line));
    }
}

/// The fields of one row.
struct Row<'a> {
    sentence: &'a str,
    token: &'a str,
    tag: &'a str,
    /// `None` without a document column, and where the field is empty: the row belongs to the document before.
    document: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(record: &'a StringRecord, positions: Positions) -> Result<Self> {
        let field = |what: &str, position: usize| {
            record.get(position).ok_or_else(|| {
                Error::new(format!(
                    "the {what} is missing: the row has only {} columns",
                    record.len()
                ))
                .expected(format!("at least {}", position + 1))
            })
        };
        let token = field("token", positions.token)?;
        if token.trim().is_empty() {
            return Err(Error::new("the token is empty").expected("a token in each row"));
        }
        let tag = match positions.tag {
            Some(position) => field("tag", position)?.trim(),
            None => "O",
        };
        parse_tag(tag)?;
        let document = positions
            .document
            .map(|p| field("document", p))
            .transpose()?;
        Ok(Self {
            sentence: field("sentence", positions.sentence)?.trim(),
            token,
            tag,
            document: document.map(str::trim).filter(|name| !name.is_empty()),
        })
    }
}

/// Our own error where one came up through the CSV reader, else the CSV reader's words.
fn from_csv(error: csv::Error) -> Error {
    let line = error.position().map(csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Io(e) => match e.downcast::<Error>() {
            Ok(ours) => ours,
            Err(e) => Error::io("cannot read", e),
        },
        kind => {
            let error =
                Error::new(format!("unreadable row ({kind:?})")).expected("CSV with a header line");
            match line {
                Some(line) => error.at_line(line),
                None => error,
            }
        }
    }
}

impl<R: BufRead> Iterator for CsvReader<R> {
    type Item = Result<Document>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let document = self.read_document();
        if document.is_err() {
            self.is_done = true;
        }
        document.transpose()
    }
}

/// Hands the CSV reader checked lines: bounded, UTF-8, without NUL, every quote closed on its own line.
struct CheckedLines<R> {
    lines: Lines<R>,
    /// The line under way with its end, and how much of it has been handed out.
    line: Vec<u8>,
    at: usize,
}

impl<R: BufRead> CheckedLines<R> {
    fn new(input: R) -> Self {
        Self {
            lines: Lines::new(input),
            line: Vec::new(),
            at: 0,
        }
    }

    /// The first line that is not handed out yet; `None` at the end of the input.
    fn peek(&mut self) -> Result<Option<&str>> {
        if self.at == self.line.len() && !self.fill()? {
            return Ok(None);
        }
        Ok(std::str::from_utf8(&self.line[self.at..]).ok())
    }

    /// Reads the next line; false at the end of the input.
    fn fill(&mut self) -> Result<bool> {
        self.line.clear();
        self.at = 0;
        let Some((number, line)) = self.lines.next_line()? else {
            return Ok(false);
        };
        self.line.extend_from_slice(line.as_bytes());
        self.line.push(b'\n');
        if line.matches('"').count() % 2 == 1 {
            return Err(Error::new("a quote is not closed on its line")
                .at_line(number)
                .expected("a row a line, with \" inside a field written as \"\" within quotes")
                .hint("the token \" is written \"\"\"\""));
        }
        Ok(true)
    }
}

impl<R: BufRead> Read for CheckedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.line.len() && !self.fill().map_err(io::Error::other)? {
            return Ok(0);
        }
        let n = buffer.len().min(self.line.len() - self.at);
        buffer[..n].copy_from_slice(&self.line[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(input: impl AsRef<[u8]>) -> Result<Vec<Document>> {
        CsvReader::new(input.as_ref(), "file", CsvColumns::default()).collect()
    }

    fn shown(documents: &[Document]) -> String {
        let mut shown = Vec::new();
        for document in documents {
            let sentences: Vec<String> = document
                .sentences
                .iter()
                .map(|s| {
                    let spans = s
                        .spans
                        .iter()
                        .map(|p| format!("{}-{}{}", p.start, p.end, p.kind));
                    format!(
                        "{}:{}/{}",
                        s.line,
                        s.tokens.join(" "),
                        spans.collect::<Vec<_>>().join(",")
                    )
                })
                .collect();
            shown.push(format!("{} {}", document.name, sentences.join(" | ")));
        }
        shown.join("\n")
    }

    #[test]
    fn table_of_files() {
        let table = [
            ("", ""),
            ("sentence,token,tag\n", ""),
            (
                "sentence,token,tag\n1,a,O\n1,b,B-X\n2,c,I-X",
                "file 2:a b/1-2X | 4:c/0-1X",
            ),
            (
                "\u{feff}Sentence;Word;Tag\r\n1;a;O\r\n\r\n\r\n1;b;O\r\n",
                "file 2:a b/",
            ),
            // Kaggle: the id stands on a sentence's first row only.
            (
                "Sentence #,Word,POS,Tag\nSentence: 1,a,NN,O\n,\",\",NN,O\n,\"\"\"\",NN,B-x\nSentence: 2,c,NN,O\n",
                "file 2:a , \"/2-3x | 5:c/",
            ),
            (
                "doc,sent_id,token,ner\nd,1,a,O\nd,2,b,O\ne,2,c,O\n,,x,O\n",
                "d 2:a/ | 3:b/\ne 4:c x/",
            ),
            ("sentence\ttoken\ttag\n1\ta,b\tO\n", "file 2:a,b/"),
        ];
        for (input, expected) in table {
            let documents = read(input).unwrap_or_else(|e| panic!("{input:?}: {e}"));
            assert_eq!(shown(&documents), expected, "of {input:?}");
        }
    }

    #[test]
    fn columns_are_the_callers_to_name() {
        let [sentence, token, tag, document] =
            ["S", "W", "T", "D"].map(|name| Some(name.to_owned()));
        let columns = CsvColumns {
            sentence,
            token,
            tag,
            document,
            delimiter: None,
        };
        let input = "d,t,w,s\nx,B-A,a,1\n";
        let documents: Result<Vec<_>> =
            CsvReader::new(input.as_bytes(), "f", columns.clone()).collect();
        assert_eq!(shown(&documents.expect("valid")), "x 2:a/0-1A");
        let error = CsvReader::new(&b"d,t,w\nx,O,a\n"[..], "f", columns).next();
        let error = error
            .and_then(Result::err)
            .expect("no column s")
            .to_string();
        assert_eq!(
            error,
            "1: the header has no sentence column; expected S\nhint: its columns are: d, t, w"
        );
        let input = "sentence,token\n1,a\n";
        let unlabelled =
            CsvReader::new(input.as_bytes(), "f", CsvColumns::default()).allow_unlabelled(true);
        let documents: Result<Vec<_>> = unlabelled.collect();
        assert_eq!(shown(&documents.expect("valid")), "f 2:a/");
        assert!(read(input).is_err());
    }

    #[test]
    fn errors_name_the_line() {
        let head = "sentence,token,tag\n";
        let table: &[(&[u8], &str)] = &[
            (b"1,a,O\n\n1,b,X-PER\n", "4: unknown tag `X-PER`; expected"),
            (
                b"1,a\n",
                "2: the tag is missing: the row has only 2 columns",
            ),
            (b"1,a,\n", "2: unknown tag ``"),
            (b"1,,O\n", "2: the token is empty"),
            (b"1,a,O\n1,\",O\n1,b,O\n", "3: a quote is not closed"),
            (b"1,\xff,O\n", "2:3: byte 2 of the line (0xff) is not UTF-8"),
            (b"1,a,O\n\0\0", "3: this is a binary file"),
        ];
        for (input, expected) in table {
            let error = read([head.as_bytes(), input].concat())
                .expect_err("damaged")
                .to_string();
            assert!(error.starts_with(expected), "{error} instead of {expected}");
        }
    }

    proptest! {
        #[test]
        fn any_rows_give_documents_or_an_error(rows in "([a-z0-9\"]{0,3}[,;\n]|B-X|O|\"\"|\n){0,60}") {
            let _ = read(format!("sentence,token,tag\n{rows}"));
        }
    }
}
