//! The annotators' format: running text with `⟦TYPE …⟧` around each entity.

use std::io::{self, Write};

use super::{Exporter, TaggedDocument, on_one_line};

/// `### NAME`, the meta lines, an empty line, then the text with its entities in brackets.
///
/// Two things are changed so that the file reads back: brackets that the text itself has become `[` and `]`, and a line
/// that would start a document is moved in by a space.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inline;

impl Exporter for Inline {
    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "### {}", on_one_line(document.name).trim())?;
        for (key, value) in document.meta {
            writeln!(out, "# {key} = {}", on_one_line(value))?;
        }
        // Ends the meta lines, so that a first line such as `# a = b` stays text.
        writeln!(out)?;
        let (pieces, rest) = document.pieces();
        let mut starts_line = true;
        for (before, mention, text) in pieces {
            write_text(before, starts_line, out)?;
            write!(out, "⟦{} ", mention.kind)?;
            write_text(text, false, out)?;
            out.write_all("⟧".as_bytes())?;
            starts_line = false;
        }
        write_text(rest, starts_line, out)?;
        let ends_line = document.source.ends_with('\n') || document.source.is_empty();
        out.write_all(if ends_line { b"\n" } else { b"\n\n" })
    }
}

/// Text as it is, except for brackets and heading marks of its own.
fn write_text(text: &str, starts_line: bool, out: &mut dyn Write) -> io::Result<()> {
    if !text.contains(['⟦', '⟧', '#']) {
        return out.write_all(text.as_bytes());
    }
    let mut at_start = starts_line;
    for line in text.split_inclusive('\n') {
        if at_start && line.starts_with("###") {
            out.write_all(b" ")?;
        }
        at_start = true;
        out.write_all(line.replace('⟦', "[").replace('⟧', "]").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Document, InlineReader, Segments};
    use crate::output::testing::written;
    use crate::text::{Token, Tokenised, tokenise_into};

    fn read(file: &str) -> Vec<Document> {
        let segment = |text: &str| {
            let mut tokenised = Tokenised::default();
            tokenise_into(text, &mut tokenised);
            Segments {
                tokens: tokenised.tokens.iter().map(Token::byte_range).collect(),
                sentences: tokenised.sentences,
            }
        };
        InlineReader::new(file.as_bytes(), "f", segment)
            .collect::<crate::Result<_>>()
            .unwrap_or_else(|e| panic!("{e}\n{file}"))
    }

    #[test]
    fn brackets_stand_around_entities() {
        let text = "وصل محمود توفيق إلى القاهرة.\r\nقال";
        assert_eq!(
            written(&Inline, text, &[(1, 3, "PER"), (4, 5, "LOC")]),
            "### خبر.txt\n# domain = sport\n\nوصل ⟦PER محمود توفيق⟧ إلى ⟦LOC القاهرة⟧.\r\nقال\n\n"
        );
    }

    #[test]
    fn text_that_looks_like_the_format_reads_back_as_text() {
        let file = written(
            &Inline,
            "# a = b\n### عنوان\nزار ⟦علي⟧ مكة\n",
            &[(8, 9, "PER")],
        );
        let documents = read(&file);
        assert_eq!(documents.len(), 1, "{file}");
        assert_eq!(documents[0].meta.len(), 1, "{file}");
        let surfaces: Vec<String> = documents[0]
            .sentences
            .iter()
            .flat_map(|s| s.spans.iter().map(|span| s.surface(span)))
            .collect();
        assert_eq!(surfaces, ["علي"], "{file}");
    }
}
