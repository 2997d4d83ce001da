//! Which column of a CSV file is which.

use crate::error::{Error, Result};
use csv::StringRecord;

/// Which columns of a CSV file hold what. Names are compared without regard to case.
///
/// A column that is not named here is looked for under the names in common use, which [`CsvColumns::SENTENCE`] and its
/// sisters list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvColumns {
    /// Column of the sentence id. Rows belong to one sentence while it stays the same or is empty.
    pub sentence: Option<String>,
    /// Column of the token.
    pub token: Option<String>,
    /// Column of the tag.
    pub tag: Option<String>,
    /// Column of the document name. Without one the file is a single document.
    pub document: Option<String>,
    /// Field delimiter; by default a tab, semicolon or comma, whichever the header line has first.
    pub delimiter: Option<u8>,
}

impl CsvColumns {
    /// Names under which the sentence id is looked for (`sentence #` is that of the Kaggle NER corpus).
    pub const SENTENCE: &[&str] = &[
        "sentence",
        "sentence_id",
        "sentence #",
        "sentence_idx",
        "sent_id",
        "sent",
    ];
    /// Names under which the token is looked for.
    pub const TOKEN: &[&str] = &["token", "word", "tokens", "form"];
    /// Names under which the tag is looked for.
    pub const TAG: &[&str] = &["tag", "ner", "ner_tag", "label", "tags"];
    /// Names under which the document is looked for.
    pub const DOCUMENT: &[&str] = &["doc", "document", "doc_id", "document_id"];

    /// Whether a header line looks like one of ours; what format detection asks.
    pub(super) fn fit_header(&self, header: &str) -> bool {
        let delimiter = char::from(self.delimiter.unwrap_or_else(|| find_delimiter(header)));
        let names: StringRecord = header
            .split(delimiter)
            .map(|n| n.trim_matches('"'))
            .collect();
        Positions::find(&names, self, false).is_ok()
    }
}

/// The tab, semicolon or comma that stands first in the header.
pub(super) fn find_delimiter(header: &str) -> u8 {
    header.bytes().find(|b| b"\t;,".contains(b)).unwrap_or(b',')
}

/// Where the columns stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Positions {
    pub(super) sentence: usize,
    pub(super) token: usize,
    /// `None` in an unlabelled file.
    pub(super) tag: Option<usize>,
    pub(super) document: Option<usize>,
}

impl Positions {
    pub(super) fn find(
        header: &StringRecord,
        columns: &CsvColumns,
        allows_unlabelled: bool,
    ) -> Result<Self> {
        let position = |name: &str| {
            header
                .iter()
                .position(|n| n.trim().eq_ignore_ascii_case(name.trim()))
        };
        let find = |what: &str, wanted: Option<&str>, known: &[&str]| {
            let found = match wanted {
                Some(name) => position(name),
                None => known.iter().find_map(|name| position(name)),
            };
            found.ok_or_else(|| {
                let names: Vec<&str> = header.iter().collect();
                let expected =
                    wanted.map_or_else(|| format!("one of {}", known.join(", ")), str::to_owned);
                Error::new(format!("the header has no {what} column"))
                    .at_line(1)
                    .expected(expected)
                    .hint(format!("its columns are: {}", names.join(", ")))
            })
        };
        let tag = find("tag", columns.tag.as_deref(), CsvColumns::TAG);
        let document = find(
            "document",
            columns.document.as_deref(),
            CsvColumns::DOCUMENT,
        );
        Ok(Self {
            sentence: find(
                "sentence",
                columns.sentence.as_deref(),
                CsvColumns::SENTENCE,
            )?,
            token: find("token", columns.token.as_deref(), CsvColumns::TOKEN)?,
            tag: if allows_unlabelled && columns.tag.is_none() {
                tag.ok()
            } else {
                Some(tag?)
            },
            // A document column is optional unless the caller asked for it.
            document: if columns.document.is_some() {
                Some(document?)
            } else {
                document.ok()
            },
        })
    }
}
