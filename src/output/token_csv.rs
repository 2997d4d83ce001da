//! CSV: a token a row, as the corpus reader takes it.

use std::io::{self, Write};

use super::{Exporter, TaggedDocument};
use crate::label::{Prefix, Scheme};

/// The columns `doc`, `sentence`, `token` and `tag`. Meta data have no place in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenCsv {
    /// How entities are marked.
    pub scheme: Scheme,
}

impl Exporter for TokenCsv {
    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"doc,sentence,token,tag\n")
    }

    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        let mut mentions = document.mentions.iter().peekable();
        let mut tag = String::new();
        for (number, sentence) in (1_usize..).zip(document.sentences) {
            let number = number.to_string();
            for t in sentence.clone() {
                while mentions.next_if(|m| m.tokens.end <= t).is_some() {}
                tag.clear();
                match mentions.peek() {
                    Some(mention) if mention.tokens.start <= t => {
                        let offset = t - mention.tokens.start;
                        let prefix = Prefix::of_position(self.scheme, offset, mention.tokens.len());
                        tag.push(prefix.letter());
                        tag.push('-');
                        tag.push_str(mention.kind);
                    }
                    _ => tag.push('O'),
                }
                let token = document.tokens[t].surface(document.source);
                writer.write_record([document.name, &number, token, &tag])?;
            }
        }
        writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{CsvColumns, CsvReader, Document};
    use crate::label::Span;
    use crate::output::testing::written;

    #[test]
    fn reads_back() {
        let file = written(
            &TokenCsv::default(),
            "قال \"محمود توفيق\", اليوم.\nوصل",
            &[(2, 4, "PER")],
        );
        let documents: Vec<Document> = CsvReader::new(file.as_bytes(), "f", CsvColumns::default())
            .collect::<crate::Result<_>>()
            .unwrap_or_else(|e| panic!("{e}\n{file}"));
        assert_eq!(documents.len(), 1, "{file}");
        assert_eq!(documents[0].name, "خبر.txt");
        assert_eq!(documents[0].sentences.len(), 2, "{file}");
        let first = &documents[0].sentences[0];
        assert_eq!(first.spans, [Span::new(2, 4, "PER")], "{file}");
        assert_eq!(first.tokens[1], "\"", "{file}");
    }
}
