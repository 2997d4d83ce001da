//! Writing the `CoNLL` format.

use super::{Document, meta_line};
use crate::error::{Error, Result};
use crate::label::{Scheme, tags_from_spans};
use std::io::Write;

/// Writes documents so that [`super::ConllReader`] reads them back: a `# doc` line, meta lines, a token and a tag a line.
///
/// # Errors
/// When a name, meta entry or token could not be read back (it holds a line end or tab, or is empty), or when writing
/// fails.
pub fn write_conll<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
    scheme: Scheme,
    output: &mut impl Write,
) -> Result<()> {
    let io = |e| Error::io("cannot write", e);
    for document in documents {
        refuse_breaks("document name", &document.name)?;
        writeln!(output, "# doc = {}", document.name).map_err(io)?;
        for (key, value) in &document.meta {
            let line = format!("# {key} = {value}");
            if line.contains(['\n', '\r'])
                || meta_line(&line).is_none_or(|(k, _)| k != key || k == "doc")
            {
                return Err(
                    Error::new(format!("`{line}` cannot be written as meta data"))
                        .expected("a key of one word other than doc, and a value on one line"),
                );
            }
            writeln!(output, "{line}").map_err(io)?;
        }
        for sentence in &document.sentences {
            let tags = tags_from_spans(&sentence.spans, sentence.tokens.len(), scheme);
            for (token, tag) in sentence.tokens.iter().zip(tags) {
                refuse_breaks("token", token)?;
                writeln!(output, "{token}\t{tag}").map_err(io)?;
            }
            writeln!(output).map_err(io)?;
        }
    }
    Ok(())
}

fn refuse_breaks(what: &str, text: &str) -> Result<()> {
    if text.trim().is_empty() || text.contains(['\n', '\r', '\t', '\0']) {
        return Err(Error::new(format!(
            "the {what} `{}` cannot be written as CoNLL",
            text.escape_debug()
        ))
        .expected("text without tabs and line ends"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{ConllReader, Sentence};
    use crate::label::Span;
    use proptest::prelude::*;

    fn read(input: &[u8]) -> Result<Vec<Document>> {
        ConllReader::new(input, "file").collect()
    }

    fn document() -> impl Strategy<Value = Document> {
        let token = "#|# |-DOCSTART-x|\"|[\\PC&&[^\\s#]]{1,6}|#[a-z]{1,3}|ال[ء-ي]{1,5}";
        let token = token.prop_map(|t: String| t.trim().to_owned());
        let token = token.prop_filter("a token is not blank", |t| {
            !t.is_empty() && !t.contains('\u{feff}')
        });
        let sentence = (
            prop::collection::vec(token, 1..9),
            prop::collection::vec((0u8..4, 0u8..2), 9),
        );
        let sentence = sentence.prop_map(|(tokens, marks)| {
            let tags: Vec<String> = (0..tokens.len())
                .map(|i| match marks[i] {
                    (0 | 3, _) => "O".to_owned(),
                    (1, kind) => format!("B-K{kind}"),
                    (_, kind) => format!("I-K{kind}"),
                })
                .collect();
            (tokens, crate::label::spans_from_tags(&tags))
        });
        let meta = prop::collection::vec(("[a-z]{1,5}", "[a-zء-ي]{0,5}"), 0..3);
        let name = "[a-zء-ي0-9]{1,8}( [a-z0-9.]{1,5})?";
        (name, meta, prop::collection::vec(sentence, 0..5)).prop_map(|(name, meta, sentences)| {
            Document {
                name,
                meta: meta
                    .into_iter()
                    .filter(|(k, _): &(String, String)| k != "doc")
                    .collect(),
                sentences: sentences
                    .into_iter()
                    .map(|(tokens, spans)| Sentence {
                        tokens,
                        spans,
                        ..Sentence::default()
                    })
                    .collect(),
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(documents in prop::collection::vec(document(), 0..4)) {
            for scheme in [Scheme::Iob2, Scheme::Bioes] {
                let mut file = Vec::new();
                write_conll(&documents, scheme, &mut file).expect("writable");
                let mut back = read(&file).unwrap_or_else(|e| panic!("{e}\n{}", String::from_utf8_lossy(&file)));
                for sentence in back.iter_mut().flat_map(|d| &mut d.sentences) {
                    sentence.line = 0;
                    sentence.tags.clear();
                }
                prop_assert_eq!(&back, &documents, "{}", String::from_utf8_lossy(&file));
            }
        }
    }

    #[test]
    fn refuses_to_write_what_would_not_read_back() {
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            tokens: vec!["a\tb".to_owned()],
            spans: vec![Span::new(0, 1, "X")],
            ..Sentence::default()
        });
        assert!(write_conll([&document], Scheme::Iob2, &mut Vec::new()).is_err());
        document.sentences.clear();
        document.meta.push(("two words".to_owned(), String::new()));
        assert!(write_conll([&document], Scheme::Iob2, &mut Vec::new()).is_err());
    }
}
