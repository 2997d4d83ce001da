//! The same thing twice: document names, documents, sentences, and text that two documents share.

use super::{Finding, LabelledFile, Severity};
use crate::corpus::{Document, Sentence};
use crate::label::Span;
use std::collections::{BTreeMap, HashMap};
use xxhash_rust::xxh3::xxh3_64;

/// Shortest sentence, in tokens, that counts as overlap between files.
///
/// Datelines, bylines and stock phrases of up to four words recur in unrelated articles.
const MIN_OVERLAP_TOKENS: usize = 5;

/// Document names that occur twice, within a file or across files.
///
/// A file of a single document is passed over: it may only be named after the file, and every folder has a `train`.
pub(super) fn document_names(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    let mut first: HashMap<&str, &str> = HashMap::new();
    for (file, document) in all_documents(files) {
        if file.documents.len() == 1 {
            continue;
        }
        if let Some(before) = first.insert(&document.name, &file.name) {
            let message = format!(
                "the document name `{}` is taken already in {before}",
                document.name
            );
            findings.push(file.finding(
                Severity::Warning,
                "document-name",
                line_of(document),
                message,
            ));
        }
    }
}

/// Documents with exactly the same tokens.
pub(super) fn same_documents(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    let mut first: HashMap<Vec<&[String]>, (&LabelledFile, &Document)> = HashMap::new();
    for (file, document) in all_documents(files) {
        if document.n_tokens() < MIN_OVERLAP_TOKENS {
            continue;
        }
        let key: Vec<&[String]> = document
            .sentences
            .iter()
            .map(|s| s.tokens.as_slice())
            .collect();
        let (first_file, first_document) = *first.entry(key).or_insert((file, document));
        if !std::ptr::eq(first_document, document) {
            let message = format!(
                "the document `{}` has the same text as `{}` in {}",
                document.name, first_document.name, first_file.name
            );
            findings.push(file.finding(
                Severity::Warning,
                "same-document",
                line_of(document),
                message,
            ));
        }
    }
}

/// Sentences with the same tokens whose entities differ; the rarer annotations are named, with the commonest beside.
pub(super) fn conflicting_sentences(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    let mut groups: HashMap<&[String], Vec<(&LabelledFile, &Sentence)>> = HashMap::new();
    for file in files {
        for sentence in file.sentences() {
            groups
                .entry(&sentence.tokens)
                .or_default()
                .push((file, sentence));
        }
    }
    for group in groups.values() {
        let mut counts: BTreeMap<&[Span], usize> = BTreeMap::new();
        for (_, sentence) in group {
            *counts.entry(&sentence.spans).or_default() += 1;
        }
        if counts.len() < 2 {
            continue;
        }
        // The commonest; of equally common ones that which stands first.
        let Some((usual_file, usual)) = group
            .iter()
            .rev()
            .max_by_key(|(_, s)| counts[s.spans.as_slice()])
        else {
            continue;
        };
        for (file, sentence) in group.iter().filter(|(_, s)| s.spans != usual.spans) {
            let message = format!(
                "`{}` is annotated as {} here and as {} at {}:{}",
                excerpt(sentence),
                entities(sentence),
                entities(usual),
                usual_file.name,
                usual.line
            );
            findings.push(file.finding(Severity::Warning, "conflict", sentence.line, message));
        }
    }
}

/// Sentences of one file that stand in an earlier one too: a score on the one is then no score on unseen text.
pub(super) fn overlapping_files(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    let is_long = |sentence: &&Sentence| sentence.tokens.len() >= MIN_OVERLAP_TOKENS;
    let mut first: HashMap<&[String], usize> = HashMap::new();
    for (i, file) in files.iter().enumerate() {
        // Earlier file → number of common sentences, and the first of them.
        let mut common: BTreeMap<usize, (u64, &Sentence)> = BTreeMap::new();
        let mut n_long = 0;
        for sentence in file.sentences().filter(is_long) {
            n_long += 1;
            let earlier = *first.entry(&sentence.tokens).or_insert(i);
            if earlier != i {
                common.entry(earlier).or_insert((0, sentence)).0 += 1;
            }
        }
        for (earlier, (n, sentence)) in common {
            let message = format!(
                "{n} of {n_long} sentences stand in {} too, such as `{}`",
                files[earlier].name,
                excerpt(sentence)
            );
            findings.push(file.finding(Severity::Warning, "overlap", sentence.line, message));
        }
    }
}

fn all_documents(files: &[LabelledFile]) -> impl Iterator<Item = (&LabelledFile, &Document)> {
    files
        .iter()
        .flat_map(|file| file.documents.iter().map(move |document| (file, document)))
}

fn line_of(document: &Document) -> u64 {
    document
        .sentences
        .first()
        .map_or(0, |sentence| sentence.line)
}

/// The first words of a sentence.
fn excerpt(sentence: &Sentence) -> String {
    let n = sentence.tokens.len().min(8);
    let dots = if n < sentence.tokens.len() {
        " …"
    } else {
        ""
    };
    format!("{}{dots}", sentence.tokens[..n].join(" "))
}

fn entities(sentence: &Sentence) -> String {
    let entities = sentence
        .spans
        .iter()
        .map(|span| format!("{} {}", span.kind, sentence.surface(span)));
    let entities: Vec<String> = entities.collect();
    if entities.is_empty() {
        "nothing".to_owned()
    } else {
        entities.join(", ")
    }
}

/// How many documents share an n-gram of tokens with another: a measure of near duplicates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SharedNgrams {
    /// Documents of at least n tokens.
    pub documents: u64,
    /// Those among them that share an n-gram with another document.
    pub sharing: u64,
}

impl SharedNgrams {
    /// `sharing` / `documents`; `None` without documents.
    pub fn share(&self) -> Option<f64> {
        (self.documents > 0).then(|| self.sharing as f64 / self.documents as f64)
    }
}

/// Counts the documents that share a run of `n` tokens (usually 8) with another document, across sentence ends.
pub fn shared_ngrams<'a>(
    documents: impl IntoIterator<Item = &'a Document>,
    n: usize,
) -> SharedNgrams {
    let n = n.max(1);
    // N-gram hash → the first document that has it. A false match needs a 64-bit collision.
    let mut owner: HashMap<u64, usize> = HashMap::new();
    let mut shares: Vec<bool> = Vec::new();
    for document in documents {
        let tokens = document
            .sentences
            .iter()
            .flat_map(|sentence| &sentence.tokens);
        let hashes: Vec<[u8; 8]> = tokens
            .map(|token| xxh3_64(token.as_bytes()).to_le_bytes())
            .collect();
        if hashes.len() < n {
            continue;
        }
        let this = shares.len();
        shares.push(false);
        for window in hashes.windows(n) {
            let first = *owner.entry(xxh3_64(window.as_flattened())).or_insert(this);
            if first != this {
                shares[first] = true;
                shares[this] = true;
            }
        }
    }
    SharedNgrams {
        documents: shares.len() as u64,
        sharing: shares.iter().filter(|&&shares| shares).count() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    #[test]
    fn repeated_names_and_documents() {
        let document = "a\tO\nb\tO\nc\tO\n\nd\tO\ne\tO\n\n";
        let file = format!("# doc = x\n{document}# doc = y\n{document}# doc = x\nz\tO\n");
        assert_eq!(
            found(&[&file]),
            [
                "Warning same-document a:10 the document `y` has the same text as `x` in a",
                "Warning document-name a:18 the document name `x` is taken already in a",
            ]
        );
    }

    #[test]
    fn conflicts_name_the_rarer_annotation() {
        let files = ["a\tB-X\nb\tO\n\na\tO\nb\tO\n\n", "a\tB-X\nb\tO\n"];
        assert_eq!(
            found(&files),
            ["Warning conflict a:4 `a b` is annotated as nothing here and as X a at a:1"]
        );
    }

    #[test]
    fn overlap_is_told_once_a_pair_of_files() {
        let long = "1\tO\n2\tO\n3\tO\n4\tO\n5\tO\n\n";
        let short = "1\tO\n2\tO\n\n";
        let files = [
            &*format!("{long}{short}"),
            &*format!("x\tO\n\n{short}{long}{long}"),
        ];
        assert_eq!(
            found(&files),
            ["Warning overlap b:6 2 of 2 sentences stand in a too, such as `1 2 3 4 5`"]
        );
    }

    #[test]
    fn shared_ngrams_run_across_sentences() {
        let document = |sentences: &[&str]| Document {
            sentences: sentences
                .iter()
                .map(|s| Sentence {
                    tokens: s.split(' ').map(str::to_owned).collect(),
                    ..Sentence::default()
                })
                .collect(),
            ..Document::default()
        };
        let documents = [
            document(&["a b c", "d e f"]),
            document(&["x c d e y"]),
            document(&["a b d c e"]),
            document(&["c d"]),
        ];
        let shared = shared_ngrams(&documents, 3);
        assert_eq!(
            shared,
            SharedNgrams {
                documents: 3,
                sharing: 2
            }
        );
        assert_eq!(shared.share(), Some(2.0 / 3.0));
        assert_eq!(shared_ngrams([], 8).share(), None);
    }
}
