//! CSV: an entity a row.

use std::io::{self, Write};

use super::{Exporter, TaggedDocument};

/// A row an entity under a header, with the fields of [`super::Jsonl`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

/// The columns.
const HEADER: &[&str] = &[
    "doc",
    "type",
    "start",
    "end",
    "byte_start",
    "byte_end",
    "text",
    "name",
    "confidence",
    "sentence",
];

impl Exporter for Csv {
    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(HEADER)?;
        writer.flush()
    }

    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        if document.mentions.is_empty() {
            return Ok(());
        }
        let mut writer = csv::Writer::from_writer(out);
        for mention in document.mentions {
            let (chars, bytes) = (document.chars(mention), document.bytes(mention));
            writer.write_field(document.name)?;
            writer.write_field(mention.kind)?;
            for offset in [chars.start, chars.end, bytes.start, bytes.end] {
                writer.write_field(offset.to_string())?;
            }
            writer.write_field(document.text(mention))?;
            writer.write_field(&*mention.name)?;
            writer.write_field(format!("{:.4}", mention.confidence))?;
            writer.write_field(mention.sentence.to_string())?;
            writer.write_record(None::<&[u8]>)?;
        }
        writer.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::written;

    #[test]
    fn an_entity_is_a_row() {
        assert_eq!(
            written(&Csv, "رحب بالاتحاد الأوروبي.", &[(1, 3, "ORG")]),
            "doc,type,start,end,byte_start,byte_end,text,name,confidence,sentence\n\
             خبر.txt,ORG,4,21,7,40,بالاتحاد الأوروبي,الاتحاد الأوروبي,0.9375,0\n"
        );
        assert_eq!(written(&Csv, "لا أسماء", &[]).lines().count(), 1);
    }
}
