//! The lint of labelled data: what makes a corpus train badly or score unfairly, each with its place.

mod characters;
mod duplicates;
mod edges;
mod sequences;

pub use duplicates::{SharedNgrams, shared_ngrams};

use super::{Document, Format, Sentence};
use serde::Serialize;
use std::collections::HashMap;

/// A labelled file in memory.
#[derive(Debug, Clone)]
pub struct LabelledFile {
    /// Name as the user gave it.
    pub name: String,
    /// Its format, which says whether each token has a line of its own.
    pub format: Format,
    /// Its documents.
    pub documents: Vec<Document>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; often right as it is.
    Note,
    /// Most likely a slip.
    Warning,
    /// Wrong under any reading.
    Error,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Short name of the rule, such as `tag-sequence`.
    pub rule: &'static str,
    /// The file's name.
    pub file: String,
    /// Line, from 1; 0 when unknown.
    pub line: u64,
    /// What was found, in a sentence.
    pub message: String,
}

/// Looks at all files and appends what it finds.
type Rule = fn(&[LabelledFile], &mut Vec<Finding>);

/// All rules. To add one, write a file with such a function and list it here.
const RULES: &[Rule] = &[
    sequences::illegal_sequences,
    characters::odd_characters,
    edges::punctuation_in_entities,
    duplicates::document_names,
    duplicates::same_documents,
    duplicates::conflicting_sentences,
    duplicates::overlapping_files,
];

/// Runs every rule; findings come in the order of files, then lines.
pub fn check(files: &[LabelledFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in RULES {
        rule(files, &mut findings);
    }
    let position: HashMap<&str, usize> = files
        .iter()
        .enumerate()
        .map(|(i, file)| (file.name.as_str(), i))
        .collect();
    // The message too, because a rule may collect in a hash map and one line of running text holds several sentences.
    findings.sort_by_cached_key(|f| {
        (
            position.get(f.file.as_str()).copied(),
            f.line,
            f.rule,
            f.message.clone(),
        )
    });
    findings
}

impl LabelledFile {
    fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.documents
            .iter()
            .flat_map(|document| &document.sentences)
    }

    /// Line of a sentence's token: its own where each token has one, else the sentence's.
    fn line_of(&self, sentence: &Sentence, token: usize) -> u64 {
        match self.format {
            Format::Inline => sentence.line,
            Format::Conll | Format::Csv => sentence.line + token as u64,
        }
    }

    fn finding(
        &self,
        severity: Severity,
        rule: &'static str,
        line: u64,
        message: String,
    ) -> Finding {
        Finding {
            severity,
            rule,
            file: self.name.clone(),
            line,
            message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::ConllReader;

    /// `severity rule file:line` of all findings on `CoNLL` files called `a`, `b` …
    pub(super) fn found(files: &[&str]) -> Vec<String> {
        let files: Vec<LabelledFile> = files
            .iter()
            .zip('a'..)
            .map(|(text, name)| LabelledFile {
                name: name.to_string(),
                format: Format::Conll,
                documents: ConllReader::new(text.as_bytes(), format!("doc-{name}"))
                    .collect::<crate::Result<_>>()
                    .expect("a readable file"),
            })
            .collect();
        check(&files)
            .into_iter()
            .map(|f| {
                format!(
                    "{:?} {} {}:{} {}",
                    f.severity, f.rule, f.file, f.line, f.message
                )
            })
            .collect()
    }

    #[test]
    fn clean_data_has_no_findings() {
        let file =
            "# doc = a\nقال\tO\nمحمود\tB-PER\nتوفيق\tI-PER\n.\tO\n\n# doc = b\nواس\tB-ORG\n، \tO\n";
        assert_eq!(found(&[file]), Vec::<String>::new());
        assert_eq!(found(&[]), Vec::<String>::new());
    }

    #[test]
    fn findings_come_in_file_and_line_order() {
        let found = found(&["x\tO\nа\u{200f}\tO\n\n.\tB-X\n", "y\tI-X\n"]);
        let places: Vec<&str> = found.iter().filter_map(|f| f.split(' ').nth(2)).collect();
        assert_eq!(places, ["a:2", "a:4", "b:1"], "{found:#?}");
    }
}
