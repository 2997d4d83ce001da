//! Which format a labelled file has, and one way to open them all.

use super::inline::Segments;
use super::{ConllReader, CsvColumns, CsvReader, Document, InlineReader};
use crate::error::{Error, Result};
use crate::label::parse_tag;
use std::io::{BufRead, Cursor, Read};

/// Bytes that detection looks at: enough for a heading, a header line and some sentences.
const HEAD_BYTES: u64 = 1024;

/// Format of a labelled file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Token and tag a line, see [`ConllReader`].
    Conll,
    /// A row a token under a header line, see [`CsvReader`].
    Csv,
    /// Text with bracketed entities, see [`InlineReader`].
    Inline,
}

impl Format {
    /// Tells the format from the file's name and its first kilobyte; `None` when neither says.
    ///
    /// The ending decides where it names a format (`conll`, `iob`, `iob2`, `bio`, `bioes`, `csv`); `txt`, `tsv` and all
    /// others leave it to the content.
    pub fn detect(name: &str, head: &[u8]) -> Option<Self> {
        let ending = name
            .rsplit_once('.')
            .map_or("", |(_, ending)| ending)
            .to_ascii_lowercase();
        match ending.as_str() {
            "conll" | "iob" | "iob2" | "bio" | "bioes" => return Some(Self::Conll),
            "csv" => return Some(Self::Csv),
            _ => {}
        }
        let head = String::from_utf8_lossy(head);
        let head = head.trim_start_matches('\u{feff}');
        let mut lines = head.lines().filter(|line| !line.trim().is_empty());
        let first = lines.next()?;
        if first.starts_with("### ") || head.contains('⟦') {
            return Some(Self::Inline);
        }
        if CsvColumns::default().fit_header(first) {
            return Some(Self::Csv);
        }
        let ends_in_tag = |line: &str| {
            let mut columns = line.split_ascii_whitespace();
            columns.next().is_some()
                && columns
                    .next_back()
                    .is_some_and(|tag| parse_tag(tag).is_ok())
        };
        let mut lines = std::iter::once(first).chain(lines);
        let is_conll = first.starts_with("-DOCSTART-")
            || lines
                .find(|line| !line.starts_with('#'))
                .is_some_and(ends_in_tag);
        is_conll.then_some(Self::Conll)
    }
}

/// How labelled files are read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The format, where the caller knows it.
    pub format: Option<Format>,
    /// Columns of CSV files.
    pub csv: CsvColumns,
    /// Whether files without tags are accepted.
    pub allows_unlabelled: bool,
}

/// Documents of one file, one after the other.
pub type Documents<'a> = Box<dyn Iterator<Item = Result<Document>> + 'a>;

/// Detects the format of `input` and streams its documents; errors name `file`.
///
/// A document that the file does not name is called like the file, without folders and ending. `segment` tokenises the
/// paragraphs of the annotators' format.
///
/// # Errors
/// When reading fails or the format cannot be told. An empty input has no documents and is no error here.
pub fn open<'a, R: BufRead + 'a>(
    mut input: R,
    file: &str,
    options: &ReadOptions,
    segment: impl FnMut(&str) -> Segments + 'a,
) -> Result<(Format, Documents<'a>)> {
    let mut head = Vec::new();
    (&mut input)
        .take(HEAD_BYTES)
        .read_to_end(&mut head)
        .map_err(|e| Error::io("cannot read", e).in_file(file))?;
    let format = match options.format.or_else(|| Format::detect(file, &head)) {
        Some(format) => format,
        // The CoNLL reader says best what is wrong with bytes that are no text, and reads an empty file as nothing.
        None if head.contains(&0) || head.trim_ascii().is_empty() || options.allows_unlabelled => {
            Format::Conll
        }
        None => {
            return Err(Error::new("the file's format cannot be told")
                .in_file(file)
                .expected("CoNLL (token and tag a line), CSV with a header, or text with ⟦TYPE …⟧")
                .hint("is it plain text? `tag` reads that"));
        }
    };
    let input = Cursor::new(head).chain(input);
    let name = document_name(file);
    let documents: Documents<'a> = match format {
        Format::Conll => {
            Box::new(ConllReader::new(input, name).allow_unlabelled(options.allows_unlabelled))
        }
        Format::Csv => Box::new(
            CsvReader::new(input, name, options.csv.clone())
                .allow_unlabelled(options.allows_unlabelled),
        ),
        Format::Inline => Box::new(InlineReader::new(input, name, segment)),
    };
    let file = file.to_owned();
    Ok((
        format,
        Box::new(documents.map(move |document| document.map_err(|e| e.in_file(&file)))),
    ))
}

/// The file name without its folders and ending.
fn document_name(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let name = if stem.is_empty() { name } else { stem };
    if name.is_empty() {
        "document".to_owned()
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Segments {
        let start = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
        let tokens: Vec<_> = text
            .split_whitespace()
            .map(|w| start(w)..start(w) + w.len())
            .collect();
        Segments {
            sentences: std::iter::once(0..tokens.len()).collect(),
            tokens,
        }
    }

    #[test]
    fn table_of_heads() {
        let (conll, csv, inline) = (Some(Format::Conll), Some(Format::Csv), Some(Format::Inline));
        let table = [
            ("a.conll", "anything", conll),
            ("dir.csv/a.IOB2", "", conll),
            ("a.csv", "anything", csv),
            ("a.ann.txt", "### doc\n\ntext", inline),
            ("a.txt", "نص ⟦PER محمود⟧", inline),
            ("a.txt", "a\tO\nb\tO\n", conll),
            ("a", "# doc = x\n\na NN O\n", conll),
            ("-", "-DOCSTART- -X- O O\n\n", conll),
            ("a.tsv", "sentence_id\ttoken\ttag\n1\ta\tO\n", csv),
            ("a.tsv", "\u{feff}a\tO\n", conll),
            ("a.txt", "Sentence #,Word,POS,Tag\n", csv),
            ("a.txt", "plain words of text", None),
            ("a.txt", "", None),
        ];
        for (name, head, expected) in table {
            assert_eq!(
                Format::detect(name, head.as_bytes()),
                expected,
                "{name}: {head}"
            );
        }
    }

    #[test]
    fn opens_every_format_and_names_the_file() {
        let names = |file: &str, input: &str| -> Result<String> {
            let (_, documents) = open(input.as_bytes(), file, &ReadOptions::default(), words)?;
            let names: Result<Vec<String>> = documents.map(|d| d.map(|d| d.name)).collect();
            names.map(|names| names.join(","))
        };
        assert_eq!(
            names("x/y.ann.txt", "⟦PER a⟧ b\n### n\nc").expect("inline"),
            "y,n"
        );
        assert_eq!(
            names("y.csv", "sentence,token,tag\n1,a,O\n").expect("csv"),
            "y"
        );
        assert_eq!(names("y", "a O\n").expect("conll"), "y");
        assert_eq!(names("y", "").expect("empty"), "");
        let long = format!("{}\nb X-Y\n", "a\tO\n".repeat(1000));
        let table = [
            ("x/y", long.as_str(), "x/y:1002: unknown tag `X-Y`"),
            (
                "x/y",
                "plain words",
                "x/y: the file's format cannot be told",
            ),
            ("x/y", "\u{1}\0\0", "x/y:1: this is a binary file"),
        ];
        for (file, input, expected) in table {
            let error = names(file, input).expect_err(expected).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
