//! The annotators' format: running text with `⟦PER محمود توفيق⟧` around each entity.

use super::lines::Lines;
use super::{Document, Sentence, meta_line};
use crate::error::{Error, Result};
use crate::label::Span;
use std::io::BufRead;
use std::ops::Range;

const OPEN: char = '⟦';
const CLOSE: char = '⟧';

/// The tokens and sentences of one paragraph, as a tokeniser hands them over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segments {
    /// Byte ranges of the tokens within the paragraph, in order, without overlap.
    pub tokens: Vec<Range<usize>>,
    /// Ranges of token indices, one a sentence, in order, covering all tokens.
    pub sentences: Vec<Range<usize>>,
}

/// Streams the documents of a file in the annotators' format.
///
/// `### NAME` starts a document, `# key = value` lines directly after it are its meta data, and every other line that is
/// not blank is a paragraph. `segment` tokenises a paragraph whose brackets have been taken out. A span must begin and end
/// with a token; a sentence boundary within a span is suppressed. Text before the first `###` is a document of the
/// default name. After an error the iterator ends.
pub struct InlineReader<R, F> {
    lines: Lines<R>,
    segment: F,
    default_name: String,
    document: Option<Document>,
    /// Whether only the heading and meta lines of `document` have been read.
    is_in_head: bool,
    is_done: bool,
}

impl<R: BufRead, F: FnMut(&str) -> Segments> InlineReader<R, F> {
    /// A reader; `default_name` is the name of text before the first `###`.
    pub fn new(input: R, default_name: impl Into<String>, segment: F) -> Self {
        Self {
            lines: Lines::new(input),
            segment,
            default_name: default_name.into(),
            document: None,
            is_in_head: false,
            is_done: false,
        }
    }

    /// Reads up to the end of the next document.
    fn read_document(&mut self) -> Result<Option<Document>> {
        loop {
            let Some((number, line)) = self.lines.next_line()? else {
                self.is_done = true;
                return Ok(self.document.take());
            };
            if let Some(name) = heading(line) {
                if name.is_empty() {
                    return Err(Error::new("the document has no name")
                        .at_line(number)
                        .expected("### NAME"));
                }
                let before = self.document.replace(Document::new(name));
                self.is_in_head = true;
                if before.is_some() {
                    return Ok(before);
                }
                continue;
            }
            if self.is_in_head
                && let (Some((key, value)), Some(document)) = (meta_line(line), &mut self.document)
            {
                document.meta.push((key.to_owned(), value.to_owned()));
                continue;
            }
            self.is_in_head = false;
            if line.trim().is_empty() {
                continue;
            }
            let paragraph = Paragraph::parse(line);
            let paragraph = paragraph.map_err(|e| e.at_line(number))?;
            let segments = (self.segment)(&paragraph.text);
            let document = self
                .document
                .get_or_insert_with(|| Document::new(self.default_name.as_str()));
            paragraph
                .push_sentences(&segments, number, &mut document.sentences)
                .map_err(|e| e.at_line(number))?;
        }
    }
}

impl<R: BufRead, F: FnMut(&str) -> Segments> Iterator for InlineReader<R, F> {
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

/// The name in `### NAME`; `####` and `###name` are text.
fn heading(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("###")?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

/// A paragraph without its brackets.
#[derive(Debug)]
struct Paragraph {
    text: String,
    marks: Vec<Mark>,
}

/// A bracketed entity.
#[derive(Debug)]
struct Mark {
    kind: String,
    /// Bytes of [`Paragraph::text`].
    bytes: Range<usize>,
    /// Column of its opening bracket in the line, in characters from 1.
    column: u64,
}

impl Paragraph {
    fn parse(line: &str) -> Result<Self> {
        let mut text = String::with_capacity(line.len());
        let mut marks = Vec::new();
        let mut rest = line;
        // Column of the first character of `rest`.
        let mut column = 1;
        while let Some(at) = rest.find([OPEN, CLOSE]) {
            text.push_str(&rest[..at]);
            column += rest[..at].chars().count() as u64;
            let Some(inner) = rest[at..].strip_prefix(OPEN) else {
                return Err(Error::new(format!("`{CLOSE}` closes nothing"))
                    .at_column(column)
                    .expected(format!("`{OPEN}TYPE` before it")));
            };
            let Some((marked, after)) = inner.split_once(CLOSE) else {
                return Err(Error::new(format!("`{OPEN}` is not closed on its line"))
                    .at_column(column)
                    .expected(format!("`{CLOSE}` after the entity's last word")));
            };
            if let Some((before, _)) = marked.split_once(OPEN) {
                return Err(Error::new("an entity within an entity")
                    .at_column(column + 1 + before.chars().count() as u64)
                    .expected(format!("`{CLOSE}` before the next `{OPEN}`"))
                    .hint("spans are flat: the longest official name wins"));
            }
            let (kind, surface) = split_mark(marked).map_err(|e| e.at_column(column))?;
            let start = text.len();
            text.push_str(surface);
            marks.push(Mark {
                kind: kind.to_owned(),
                bytes: start..text.len(),
                column,
            });
            column += 2 + marked.chars().count() as u64;
            rest = after;
        }
        text.push_str(rest);
        Ok(Self { text, marks })
    }

    /// Appends the paragraph's sentences.
    fn push_sentences(
        &self,
        segments: &Segments,
        line: u64,
        sentences: &mut Vec<Sentence>,
    ) -> Result<()> {
        let spans = self.spans(&segments.tokens)?;
        let n_tokens = segments.tokens.len();
        let cuts_a_span = |end: usize| {
            let n_before = spans.partition_point(|span| span.start < end);
            n_before > 0 && end < spans[n_before - 1].end
        };
        let ends = segments.sentences.iter().map(|sentence| sentence.end);
        let ends = ends
            .filter(|&end| end < n_tokens && !cuts_a_span(end))
            .chain([n_tokens]);

        let (mut start, mut remaining) = (0, spans.as_slice());
        for end in ends {
            if end <= start {
                continue;
            }
            let (inside, after) =
                remaining.split_at(remaining.partition_point(|span| span.end <= end));
            let tokens = segments.tokens[start..end].iter();
            sentences.push(Sentence {
                tokens: tokens.map(|token| self.slice(token).to_owned()).collect(),
                spans: inside
                    .iter()
                    .map(|span| Span::new(span.start - start, span.end - start, span.kind.as_str()))
                    .collect(),
                line,
                tags: Vec::new(),
            });
            (start, remaining) = (end, after);
        }
        Ok(())
    }

    /// The marks as spans over the paragraph's tokens.
    fn spans(&self, tokens: &[Range<usize>]) -> Result<Vec<Span>> {
        let mut spans = Vec::with_capacity(self.marks.len());
        for mark in &self.marks {
            // The token that a place in the text cuts in two, if it cuts one.
            let check = |place: usize, found: std::result::Result<usize, usize>| {
                found.map_err(|_| {
                    let after = tokens.partition_point(|token| token.end <= place);
                    let cut = tokens.get(after).filter(|token| token.start < place);
                    self.misaligned(mark, cut)
                })
            };
            let start = tokens.binary_search_by_key(&mark.bytes.start, |token| token.start);
            let end = tokens.binary_search_by_key(&mark.bytes.end, |token| token.end);
            let start = check(mark.bytes.start, start)?;
            let end = check(mark.bytes.end, end)? + 1;
            if end <= start {
                return Err(self.misaligned(mark, None));
            }
            spans.push(Span::new(start, end, mark.kind.as_str()));
        }
        Ok(spans)
    }

    fn misaligned(&self, mark: &Mark, cut: Option<&Range<usize>>) -> Error {
        let detail = cut.map_or_else(String::new, |token| {
            format!(": it cuts `{}`", self.slice(token))
        });
        Error::new(format!(
            "the {} `{}` is not whole tokens{detail}",
            mark.kind,
            self.slice(&mark.bytes)
        ))
        .at_column(mark.column)
        .expected("brackets at token boundaries")
        .hint("clitics and the article stay inside with their word, punctuation outside")
    }

    /// A part of the text; empty where a tokeniser's range does not fit it.
    fn slice(&self, bytes: &Range<usize>) -> &str {
        self.text.get(bytes.clone()).unwrap_or_default()
    }
}

/// Type and surface of `TYPE surface`.
fn split_mark(marked: &str) -> Result<(&str, &str)> {
    let shown: String = marked.chars().take(40).collect();
    let error = |what: &str| {
        Error::new(format!("`{OPEN}{shown}{CLOSE}` {what}"))
            .expected(format!("{OPEN}TYPE the words of the entity{CLOSE}"))
    };
    if marked.trim().is_empty() {
        return Err(error("is empty"));
    }
    let (kind, surface) = match marked.split_once(char::is_whitespace) {
        Some(parts) => parts,
        None => (marked, ""),
    };
    let is_type = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    if kind.is_empty() || kind == "O" || !kind.chars().all(is_type) {
        return Err(error("has no entity type").hint(format!(
            "the type stands right after the bracket: {OPEN}PER محمود توفيق{CLOSE}"
        )));
    }
    if surface.trim().is_empty() {
        return Err(error("holds no words"));
    }
    if surface.trim() != surface {
        return Err(error("has white space at its edge"));
    }
    Ok((kind, surface))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Words and single signs are tokens; a full stop ends a sentence.
    fn segment(text: &str) -> Segments {
        let mut segments = Segments::default();
        let mut word: Option<usize> = None;
        let mut first = 0;
        for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
            if c.is_alphanumeric() {
                word.get_or_insert(at);
                continue;
            }
            if let Some(start) = word.take() {
                segments.tokens.push(start..at);
            }
            if !c.is_whitespace() {
                segments.tokens.push(at..at + c.len_utf8());
            }
            if c == '.' {
                segments.sentences.push(first..segments.tokens.len());
                first = segments.tokens.len();
            }
        }
        if first < segments.tokens.len() {
            segments.sentences.push(first..segments.tokens.len());
        }
        segments
    }

    fn read(input: impl AsRef<[u8]>) -> Result<Vec<Document>> {
        InlineReader::new(input.as_ref(), "file", segment).collect()
    }

    fn shown(documents: &[Document]) -> String {
        let mut shown = Vec::new();
        for document in documents {
            let meta = document.meta.iter().map(|(k, v)| format!("{k}={v}"));
            let sentences = document.sentences.iter().map(|s| {
                let spans = s
                    .spans
                    .iter()
                    .map(|p| format!("{}:{}", p.kind, s.surface(p)));
                format!(
                    "{}:{}/{}",
                    s.line,
                    s.tokens.join(" "),
                    spans.collect::<Vec<_>>().join(",")
                )
            });
            shown.push(format!(
                "{}[{}] {}",
                document.name,
                meta.collect::<Vec<_>>().join(";"),
                sentences.collect::<Vec<_>>().join(" | ")
            ));
        }
        shown.join("\n")
    }

    #[test]
    fn table_of_files() {
        let table = [
            ("", ""),
            ("\n \n", ""),
            (
                "قال ⟦PER محمود توفيق⟧، أمس.",
                "file[] 1:قال محمود توفيق ، أمس ./PER:محمود توفيق",
            ),
            (
                "### a 1\n# domain = sport\n\n# x = y. ⟦ORG واس⟧\r\nb.\n### c\n",
                "a 1[domain=sport] 4:# x = y ./ | 4:واس/ORG:واس | 5:b ./\nc[] ",
            ),
            ("⟦LOC a⟧⟦PER -⟧ ### no", "file[] 1:a - # # # no/LOC:a,PER:-"),
            ("#### x\n###y", "file[] 1:# # # # x/ | 2:# # # y/"),
            // A full stop inside a span does not end the sentence; the ones around it do.
            (
                "x. y ⟦ORG a. b. c⟧ z. ⟦PER w⟧",
                "file[] 1:x ./ | 1:y a . b . c z ./ORG:a . b . c | 1:w/PER:w",
            ),
        ];
        for (input, expected) in table {
            let documents = read(input).unwrap_or_else(|e| panic!("{input:?}: {e}"));
            assert_eq!(shown(&documents), expected, "of {input:?}");
        }
    }

    #[test]
    fn errors_name_line_and_column() {
        let table: &[(&[u8], &str)] = &[
            ("a\nقال ⟦PER b".as_bytes(), "2:5: `⟦` is not closed"),
            ("قا⟧".as_bytes(), "1:3: `⟧` closes nothing"),
            (
                "⟦PER b⟧ ⟦ORG a ⟦LOC b⟧ c⟧".as_bytes(),
                "1:16: an entity within",
            ),
            ("a ⟦⟧".as_bytes(), "1:3: `⟦⟧` is empty"),
            ("a ⟦PER⟧".as_bytes(), "1:3: `⟦PER⟧` holds no words"),
            ("a ⟦PER  ⟧".as_bytes(), "1:3: `⟦PER  ⟧` holds no words"),
            ("a ⟦محمود⟧".as_bytes(), "1:3: `⟦محمود⟧` has no entity type"),
            (
                "a ⟦ PER x⟧".as_bytes(),
                "1:3: `⟦ PER x⟧` has no entity type",
            ),
            ("a ⟦PER x ⟧".as_bytes(), "1:3: `⟦PER x ⟧` has white space"),
            (
                "⟦PER a⟧ و⟦PER توفيق⟧".as_bytes(),
                "1:10: the PER `توفيق` is not whole tokens: it cuts `وتوفيق`",
            ),
            (
                "⟦PER ab⟧c".as_bytes(),
                "1:1: the PER `ab` is not whole tokens: it cuts `abc`",
            ),
            ("###\na".as_bytes(), "1: the document has no name"),
            (b"a\n\xff", "2:1: byte 0"),
            (b"a\0", "1: this is a binary file"),
        ];
        for (input, expected) in table {
            let error = read(input).expect_err("damaged").to_string();
            assert!(error.starts_with(expected), "{error} instead of {expected}");
        }
    }

    #[test]
    fn a_line_of_very_many_marks_is_no_trouble() {
        let line = "⟦A b⟧. ".repeat(100_000);
        let documents = read(&line).expect("valid");
        assert_eq!(documents[0].sentences.len(), 100_000);
    }

    proptest! {
        #[test]
        fn any_text_and_any_segments_give_documents_or_an_error(
            text in "(\\PC{0,3}|⟦|⟧|⟦[A-Z]{0,2} ?[a-z.]{0,3} ?|\n|###? ?){0,30}",
            tokens in prop::collection::vec((0usize..30, 0usize..30), 0..6),
            sentences in prop::collection::vec((0usize..9, 0usize..9), 0..4),
        ) {
            let _ = read(&text);
            let ranges = |pairs: &[(usize, usize)]| pairs.iter().map(|&(a, b)| a..b).collect();
            let careless = |_: &str| Segments { tokens: ranges(&tokens), sentences: ranges(&sentences) };
            let _ = InlineReader::new(text.as_bytes(), "f", careless).collect::<Result<Vec<_>>>();
        }
    }
}
