//! Tag sequences that the file's own scheme does not allow.

use super::{Finding, LabelledFile, Severity};
use crate::corpus::Sentence;
use crate::label::{Prefix, parse_tag};

/// `I-` after `O` or another type in IOB2, `I-`/`E-` without `B-` or `B-` without end in BIOES.
///
/// A file is BIOES when it has an `E-` or `S-` tag. A file without them, in which entities never begin with `B-` unless
/// another of their type stands right before, is IOB1: legal, and told once.
pub(super) fn illegal_sequences(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    for file in files {
        // A sentence that keeps no tags is in plain IOB2.
        let irregular: Vec<&Sentence> = file.sentences().filter(|s| !s.tags.is_empty()).collect();
        let Some(first) = irregular.first() else {
            continue;
        };
        let prefixes = |s: &Sentence| {
            s.tags
                .iter()
                .filter_map(|t| parse_tag(t).ok())
                .map(|(p, _)| p)
                .collect::<Vec<_>>()
        };
        let is_bioes = irregular.iter().any(|s| {
            prefixes(s)
                .iter()
                .any(|p| matches!(p, Prefix::End | Prefix::Single))
        });
        if !is_bioes && is_iob1(file) {
            let message =
                "the file is in IOB1 (entities begin with I-); it is read as such".to_owned();
            findings.push(file.finding(Severity::Note, "tag-scheme", first.line, message));
            continue;
        }
        for sentence in file.sentences() {
            if is_bioes {
                check_bioes(file, sentence, findings);
            } else {
                check_iob2(file, sentence, findings);
            }
        }
    }
}

/// Whether no entity begins with `B-` but those that follow another of their type directly.
fn is_iob1(file: &LabelledFile) -> bool {
    file.sentences().all(|sentence| {
        sentence.spans.iter().enumerate().all(|(i, span)| {
            let follows_its_kind = i > 0
                && sentence.spans[i - 1].end == span.start
                && sentence.spans[i - 1].kind == span.kind;
            // Without kept tags the sentence is in plain IOB2, where every entity begins with B-.
            let begins = sentence
                .tags
                .get(span.start)
                .is_none_or(|tag| tag.starts_with("B-"));
            begins == follows_its_kind
        })
    })
}

fn check_iob2(file: &LabelledFile, sentence: &Sentence, findings: &mut Vec<Finding>) {
    for (i, tag) in sentence.tags.iter().enumerate() {
        let before = if i == 0 { "O" } else { &sentence.tags[i - 1] };
        let (Ok((prefix, kind)), Ok((before_prefix, before_kind))) =
            (parse_tag(tag), parse_tag(before))
        else {
            continue;
        };
        if prefix == Prefix::Inside && (before_prefix == Prefix::Outside || before_kind != kind) {
            let place = if i == 0 {
                "at the start of a sentence".to_owned()
            } else {
                format!("after {before}")
            };
            let message = format!(
                "{tag} {place} on `{}`: read as B-{kind}",
                sentence.tokens[i]
            );
            findings.push(file.finding(
                Severity::Warning,
                "tag-sequence",
                file.line_of(sentence, i),
                message,
            ));
        }
    }
}

fn check_bioes(file: &LabelledFile, sentence: &Sentence, findings: &mut Vec<Finding>) {
    // Plain IOB2 sentences of a BIOES file keep no tags; their entities lack E- and S-.
    let tags = if sentence.tags.is_empty() {
        crate::label::tags_from_spans(
            &sentence.spans,
            sentence.tokens.len(),
            crate::label::Scheme::Iob2,
        )
    } else {
        sentence.tags.clone()
    };
    let ends = ["O".to_owned()];
    let mut before = "O";
    for (i, tag) in tags.iter().chain(&ends).enumerate() {
        let (Ok((prefix, kind)), Ok((before_prefix, before_kind))) =
            (parse_tag(tag), parse_tag(before))
        else {
            continue;
        };
        let is_open = matches!(before_prefix, Prefix::Begin | Prefix::Inside);
        let continues = matches!(prefix, Prefix::Inside | Prefix::End);
        if is_open != continues || (is_open && kind != before_kind) {
            let is_end = i == tags.len();
            let place = match (i, is_end) {
                (0, false) => format!("{tag} at the start of a sentence"),
                (_, true) => format!("{before} at the end of a sentence"),
                _ => format!("{tag} after {before}"),
            };
            let i = if is_end { i - 1 } else { i };
            let message = format!("{place} on `{}` is not legal in BIOES", sentence.tokens[i]);
            findings.push(file.finding(
                Severity::Warning,
                "tag-sequence",
                file.line_of(sentence, i),
                message,
            ));
        }
        before = tag;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;

    #[test]
    fn table_of_sequences() {
        let table: &[(&str, &[&str])] = &[
            ("a\tB-X\nb\tI-X\n\nc\tO\nd\tI-X\ne\tI-Y\n", &["a:5", "a:6"]),
            ("a\tB-X\n\nb\tI-X\n", &["a:3"]),
            ("a\tB-X\nb\tE-X\nc\tS-X\n", &[]),
            ("a\tB-X\nb\tO\nc\tE-X\nd\tB-X\n", &["a:2", "a:3", "a:4"]),
            ("a\tS-X\n\nb\tB-X\n", &["a:3"]),
        ];
        for (file, expected) in table {
            let found = found(&[file]);
            let places: Vec<&str> = found.iter().filter_map(|f| f.split(' ').nth(2)).collect();
            assert_eq!(places, *expected, "{file:?}: {found:#?}");
            assert!(
                found.iter().all(|f| f.starts_with("Warning tag-sequence")),
                "{found:#?}"
            );
        }
    }

    #[test]
    fn iob1_is_told_once() {
        let found = found(&["a\tI-X\nb\tI-X\nc\tB-X\n\nd\tI-Y\n"]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("Note tag-scheme a:1"), "{found:#?}");
    }
}
