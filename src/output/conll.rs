//! `CoNLL`: a token and its tag a line.

use std::io::{self, Write};

use super::{Exporter, Mention, TaggedDocument, on_one_line};
use crate::label::{Prefix, Scheme};

/// A `# doc` line, the meta lines, then token, tab and tag a line, with an empty line after each sentence.
#[derive(Debug, Clone, Copy, Default)]
pub struct Conll {
    /// How entities are marked.
    pub scheme: Scheme,
}

impl Exporter for Conll {
    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "# doc = {}", on_one_line(document.name).trim())?;
        for (key, value) in document.meta {
            writeln!(out, "# {key} = {}", on_one_line(value))?;
        }
        let mut mentions = document.mentions.iter().peekable();
        for sentence in document.sentences {
            for t in sentence.clone() {
                while mentions.next_if(|m| m.tokens.end <= t).is_some() {}
                let token = document.tokens[t].surface(document.source);
                out.write_all(token.as_bytes())?;
                match mentions.peek() {
                    Some(mention) if mention.tokens.start <= t => {
                        write_tag(self.scheme, mention, t, out)?;
                    }
                    _ => out.write_all(b"\tO\n")?,
                }
            }
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

fn write_tag(
    scheme: Scheme,
    mention: &Mention<'_>,
    token: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (offset, len) = (token - mention.tokens.start, mention.tokens.len());
    let prefix = Prefix::of_position(scheme, offset, len);
    writeln!(out, "\t{}-{}", prefix.letter(), mention.kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ConllReader;
    use crate::output::testing::written;

    #[test]
    fn tokens_have_tags_and_documents_their_lines() {
        let text = "وصل محمود توفيق إلى القاهرة.\nقال";
        let spans = [(1, 3, "PER"), (4, 5, "LOC")];
        assert_eq!(
            written(&Conll::default(), text, &spans),
            "# doc = خبر.txt\n# domain = sport\nوصل\tO\nمحمود\tB-PER\nتوفيق\tI-PER\nإلى\tO\n\
             القاهرة\tB-LOC\n.\tO\n\nقال\tO\n\n"
        );
        let scheme = Scheme::Bioes;
        let bioes = written(&Conll { scheme }, text, &spans);
        assert!(bioes.contains("محمود\tB-PER\nتوفيق\tE-PER\n"), "{bioes}");
        assert!(bioes.contains("القاهرة\tS-LOC\n"), "{bioes}");
    }

    #[test]
    fn reads_back() {
        let written = written(
            &Conll::default(),
            "# x = y\n#وسم قال علي.",
            &[(6, 7, "PER")],
        );
        let documents: Vec<_> = ConllReader::new(written.as_bytes(), "f")
            .collect::<crate::Result<_>>()
            .unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(documents.len(), 1, "{written}");
        assert_eq!(documents[0].meta("domain"), Some("sport"));
        let tokens: Vec<&str> = documents[0]
            .sentences
            .iter()
            .flat_map(|s| s.tokens.iter().map(String::as_str))
            .collect();
        assert_eq!(tokens[0], "#", "{written}");
    }
}
