//! The `CoNLL` format: a token and its tag a line, an empty line after each sentence.

use super::lines::Lines;
use super::{Document, Sentence, meta_line};
use crate::error::{Error, Result};
use crate::label::parse_tag;
use std::io::BufRead;

/// Streams the documents of a `CoNLL` file.
///
/// The token stands in the first column and the tag in the last; columns are parted by tabs where the line has one, else
/// by white space. IOB1, IOB2, IOE and BIOES need not be told apart. A document starts at `# doc = NAME` or `-DOCSTART-`;
/// further `# key = value` lines before its first token are its meta data; every other comment is skipped, also those
/// before the first `# doc`. A file without marks is one document.
///
/// A line that starts with `#` is a token when it has a tab and ends in a tag, or when it has no tab, is no
/// `# key = value`, has as many columns as the lines before and ends in a tag.
///
/// After an error the iterator ends.
pub struct ConllReader<R> {
    lines: Lines<R>,
    /// Name of a document that the file does not name.
    default_name: String,
    allows_unlabelled: bool,
    /// Columns of the last token line.
    n_columns: Option<usize>,
    n_docstarts: u64,
    /// The document under way, and how it began.
    document: Option<(Document, Beginning)>,
    tokens: Vec<String>,
    tags: Vec<String>,
    /// Line of the first of `tokens`.
    sentence_line: u64,
    is_done: bool,
}

/// How a document began.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// Without a mark, with the first token of the file.
    Unmarked,
    /// With `-DOCSTART-`, which a `# doc` line right after it names.
    Docstart,
    /// With `# doc = …`.
    Named,
}

/// What a line is.
enum Line<'a> {
    Blank,
    Docstart,
    Meta(&'a str, &'a str),
    Comment,
    /// First and last column, and how many there are.
    Token(&'a str, &'a str, usize),
}

impl<R: BufRead> ConllReader<R> {
    /// A reader; `default_name` is the name of a document that the file itself does not name.
    pub fn new(input: R, default_name: impl Into<String>) -> Self {
        Self {
            lines: Lines::new(input),
            default_name: default_name.into(),
            allows_unlabelled: false,
            n_columns: None,
            n_docstarts: 0,
            document: None,
            tokens: Vec::new(),
            tags: Vec::new(),
            sentence_line: 0,
            is_done: false,
        }
    }

    /// Whether lines of one column, tokens without a tag, are accepted (as `O`). The default is no.
    #[must_use]
    pub fn allow_unlabelled(mut self, allows: bool) -> Self {
        self.allows_unlabelled = allows;
        self
    }

    /// Reads up to the end of the next document.
    fn read_document(&mut self) -> Result<Option<Document>> {
        loop {
            let context = (self.allows_unlabelled, self.n_columns);
            let Some((number, line)) = self.lines.next_line()? else {
                self.is_done = true;
                self.end_sentence();
                return Ok(self.document.take().map(|(document, _)| document));
            };
            match classify(line, context) {
                Line::Blank => self.end_sentence(),
                Line::Comment => {}
                Line::Docstart => {
                    self.n_docstarts += 1;
                    let name = format!("{}#{}", self.default_name, self.n_docstarts);
                    if let Some(done) = self.begin(name, Beginning::Docstart) {
                        return Ok(Some(done));
                    }
                }
                Line::Meta("doc", name) => {
                    if name.is_empty() {
                        return Err(Error::new("the document has no name")
                            .at_line(number)
                            .expected("# doc = NAME"));
                    }
                    let name = name.to_owned();
                    if let Some((document, beginning @ Beginning::Docstart)) = &mut self.document
                        && document.sentences.is_empty()
                        && self.tokens.is_empty()
                    {
                        document.name = name;
                        *beginning = Beginning::Named;
                    } else if let Some(done) = self.begin(name, Beginning::Named) {
                        return Ok(Some(done));
                    }
                }
                Line::Meta(key, value) => {
                    if let Some((document, _)) = &mut self.document
                        && document.sentences.is_empty()
                        && self.tokens.is_empty()
                    {
                        document.meta.push((key.to_owned(), value.to_owned()));
                    }
                }
                Line::Token(token, tag, n_columns) => {
                    check_token(token, tag, n_columns, self.allows_unlabelled)
                        .map_err(|e| e.at_line(number))?;
                    if self.tokens.is_empty() {
                        self.sentence_line = number;
                    }
                    self.n_columns = Some(n_columns);
                    self.tokens.push(token.to_owned());
                    self.tags
                        .push(if n_columns == 1 { "O" } else { tag }.to_owned());
                }
            }
        }
    }

    /// Starts a document and hands back the one before, if there was one.
    fn begin(&mut self, name: String, beginning: Beginning) -> Option<Document> {
        self.end_sentence();
        let before = self.document.replace((Document::new(name), beginning));
        before.map(|(document, _)| document)
    }

    fn end_sentence(&mut self) {
        if self.tokens.is_empty() {
            return;
        }
        let sentence = Sentence::from_tags(
            std::mem::take(&mut self.tokens),
            std::mem::take(&mut self.tags),
            self.sentence_line,
        );
        let (document, _) = self.document.get_or_insert_with(|| {
            let document = Document::new(self.default_name.as_str());
            (document, Beginning::Unmarked)
        });
        document.sentences.push(sentence);
    }
}

/// Tells what a line is; `context` is whether one column is allowed and how many columns the last token line had.
fn classify(line: &str, context: (bool, Option<usize>)) -> Line<'_> {
    let trimmed = line.trim();
    if trimmed.is_empty() {
        return Line::Blank;
    }
    if trimmed == "-DOCSTART-"
        || trimmed.starts_with("-DOCSTART- ")
        || trimmed.starts_with("-DOCSTART-\t")
    {
        return Line::Docstart;
    }
    let columns = columns(line);
    if !line.starts_with('#') {
        return columns;
    }
    let (allows_unlabelled, known_columns) = context;
    let Line::Token(token, tag, n_columns) = columns else {
        return columns;
    };
    let ends_in_tag = n_columns > 1 && parse_tag(tag).is_ok();
    if line.contains('\t') && ends_in_tag {
        return columns;
    }
    if let Some((key, value)) = meta_line(line) {
        return Line::Meta(key, value);
    }
    let is_token = (ends_in_tag && n_columns == known_columns.unwrap_or(2))
        || (allows_unlabelled && n_columns == 1);
    if is_token {
        Line::Token(token, tag, n_columns)
    } else {
        Line::Comment
    }
}

fn columns(line: &str) -> Line<'_> {
    if line.contains('\t') {
        // White space at the line's end is no column; within the line an empty column is one.
        let mut parts = line.trim_end().split('\t');
        // Only the blanks of a sloppy file go: a no-break space belongs to the token, and the lint will find it.
        let token = parts.next().unwrap_or_default().trim_matches(' ');
        let (mut last, mut n_columns) = (token, 1);
        for part in parts {
            (last, n_columns) = (part.trim(), n_columns + 1);
        }
        return Line::Token(token, last, n_columns);
    }
    let mut parts = line.split_ascii_whitespace();
    let token = parts.next().unwrap_or_default();
    let (mut last, mut n_columns) = (token, 1);
    for part in parts {
        (last, n_columns) = (part, n_columns + 1);
    }
    Line::Token(token, last, n_columns)
}

fn check_token(token: &str, tag: &str, n_columns: usize, allows_unlabelled: bool) -> Result<()> {
    if n_columns == 1 {
        if allows_unlabelled {
            return Ok(());
        }
        let shown: String = token.chars().take(40).collect();
        return Err(Error::new(format!("the tag of `{shown}` is missing"))
            .expected("a token and a tag, parted by a tab or spaces")
            .hint(
                "is this running text? `tag` reads that; gold data has a tag in its last column",
            ));
    }
    if token.trim().is_empty() {
        return Err(Error::new("the token is empty").expected("a token in the first column"));
    }
    parse_tag(tag).map(|_| ())
}

impl<R: BufRead> Iterator for ConllReader<R> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(input: impl AsRef<[u8]>) -> Result<Vec<Document>> {
        ConllReader::new(input.as_ref(), "file").collect()
    }

    /// `name[key=value] tokens/spans | …`, compact enough for a table.
    fn shown(documents: &[Document]) -> String {
        let lines: Vec<String> = documents
            .iter()
            .map(|d| {
                let meta: Vec<String> = d.meta.iter().map(|(k, v)| format!("{k}={v}")).collect();
                let sentences: Vec<String> = d
                    .sentences
                    .iter()
                    .map(|s| {
                        let spans: Vec<String> = s
                            .spans
                            .iter()
                            .map(|p| format!("{}-{}{}", p.start, p.end, p.kind))
                            .collect();
                        format!("{}:{}/{}", s.line, s.tokens.join(" "), spans.join(","))
                    })
                    .collect();
                format!("{}[{}] {}", d.name, meta.join(";"), sentences.join(" | "))
            })
            .collect();
        lines.join("\n")
    }

    #[test]
    fn table_of_files() {
        let table = [
            ("", ""),
            ("\n \n\t\n", ""),
            ("a\tO\nb\tB-X\n\nc\tI-X\n", "file[] 1:a b/1-2X | 4:c/0-1X"),
            ("a O\nb B-X", "file[] 1:a b/1-2X"),
            ("a NN B-NP O\nb NN I-NP S-X\n", "file[] 1:a b/1-2X"),
            ("\u{feff}a\tO\r\n\r\nb\tO\r\n", "file[] 1:a/ | 3:b/"),
            ("a\tO\n \u{a0}\t\nb\tO\n", "file[] 1:a/ | 3:b/"),
            ("New York\tB-X\n", "file[] 1:New York/0-1X"),
            ("a\tO \nb\tB-X\t\n", "file[] 1:a b/1-2X"),
            (
                "# doc = one 1\n# domain = sport\na\tO\n# source = late\nb\tO\n\n# doc=two\n\nc\tO\n",
                "one 1[domain=sport] 3:a b/\ntwo[] 9:c/",
            ),
            ("# licence = x\n# doc = d\na\tO\n", "d[] 3:a/"),
            (
                "# doc = d\n# doc = e\na\tO\n# doc = f\n",
                "d[] \ne[] 3:a/\nf[] ",
            ),
            ("a\tO\n# doc = d\nb\tO\n", "file[] 1:a/\nd[] 3:b/"),
            ("# newdoc id = d\na\tO\n", "d[] 2:a/"),
            (
                "-DOCSTART- -X- O O\n\na O\n\n-DOCSTART-\n# doc = n\n# k = v\nb O\n",
                "file#1[] 3:a/\nn[k=v] 8:b/",
            ),
            // The sign itself, and hash tags, as tokens.
            ("#\tO\n#tag\tB-X\n# x\tO\n", "file[] 1:# #tag # x/1-2X"),
            ("# O\n#tag B-X\n", "file[] 1:# #tag/1-2X"),
            (
                "a NN O\n# NN O\n# about I-X\n# I-X\n",
                "file[] 1:a # #/2-3X",
            ),
            ("# about the tag I-X\n#\n## a = b\na O\n", "file[] 4:a/"),
            ("# doc = O\na O\n# k = B-X\n", "O[] 2:a/"),
        ];
        for (input, expected) in table {
            let documents = read(input).unwrap_or_else(|e| panic!("{input:?}: {e}"));
            assert_eq!(shown(&documents), expected, "of {input:?}");
        }
    }

    #[test]
    fn one_column_only_where_allowed() {
        let error = read("a\n").expect_err("no tag").to_string();
        assert!(
            error.starts_with("1: the tag of `a` is missing; expected"),
            "{error}"
        );
        let documents: Result<Vec<_>> =
            ConllReader::new(&b"# doc = d\na\n#\n#tag\n# free words\n\nb\n"[..], "f")
                .allow_unlabelled(true)
                .collect();
        assert_eq!(
            shown(&documents.expect("unlabelled")),
            "d[] 2:a # #tag/ | 7:b/"
        );
    }

    #[test]
    fn errors_name_the_line() {
        let table: &[(&[u8], &str)] = &[
            (b"a\tO\nb\tX-PER\n", "2: unknown tag `X-PER`; expected"),
            (b"a\tO\n\nb\tB-\n", "3: unknown tag `B-`"),
            (b"a B_PER\n", "1: unknown tag `B_PER`"),
            (b"a\tO\nb\n", "2: the tag of `b` is missing"),
            (b"\tO\n", "1: the token is empty"),
            (b"# doc =\na O\n", "1: the document has no name"),
            (
                b"a\tO\nb\xff\tO\n",
                "2:2: byte 1 of the line (0xff) is not UTF-8",
            ),
            (b"\x7fELF\0\0\n", "1: this is a binary file"),
        ];
        for (input, expected) in table {
            let error = read(input).expect_err("damaged").to_string();
            assert!(error.starts_with(expected), "{error} instead of {expected}");
        }
        let mut reader = ConllReader::new(&b"a\nb\tO\n"[..], "f");
        assert!(reader.next().is_some_and(|d| d.is_err()) && reader.next().is_none());
    }

    #[test]
    fn keeps_the_tags_only_where_they_are_not_iob2() {
        let documents = read("a\tB-X\nb\tI-X\n\na\tI-X\n\na\tS-X\n").expect("valid");
        let tags: Vec<_> = documents[0]
            .sentences
            .iter()
            .map(|s| s.tags.join(" "))
            .collect();
        assert_eq!(tags, ["", "I-X", "S-X"]);
    }

    #[test]
    fn reads_the_corpora_at_hand() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        for (path, n_tokens, n_spans, n_documents) in [
            ("anercorp/train.conll", 104_270, 7344, 1),
            ("anercorp/dev.conll", 20_832, 1656, 1),
            ("news/dev.conll", 5812, 447, 24),
        ] {
            let Ok(file) = std::fs::File::open(folder.join(path)) else {
                #[allow(clippy::print_stderr, reason = "a skipped test says so")]
                {
                    eprintln!("skipped: {path} is not at hand");
                }
                continue;
            };
            let documents: Vec<Document> = ConllReader::new(std::io::BufReader::new(file), "f")
                .collect::<Result<_>>()
                .unwrap_or_else(|e| panic!("{path}: {e}"));
            let spans = documents
                .iter()
                .flat_map(|d| &d.sentences)
                .map(|s| s.spans.len())
                .sum::<usize>();
            let tokens = documents.iter().map(Document::n_tokens).sum::<usize>();
            assert_eq!(
                (tokens, spans, documents.len()),
                (n_tokens, n_spans, n_documents),
                "{path}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_documents_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn any_text_gives_documents_or_an_error(text in "(\\PC{0,5}[\t \n]|# ?[a-z]?=?|[BIO]-?|\n){0,40}") {
            let _ = read(&text);
        }
    }
}
