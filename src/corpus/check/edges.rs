//! Entities that take in punctuation.

use super::{Finding, LabelledFile, Severity};

/// Opening signs and their closing ones, which may end an entity that holds both: `هيئة الإذاعة (BBC)`.
const PAIRS: &[(&str, &str)] = &[("(", ")"), ("[", "]"), ("«", "»"), ("“", "”"), ("\"", "\"")];

/// Entities of nothing but punctuation, and such that begin or end with it.
pub(super) fn punctuation_in_entities(files: &[LabelledFile], findings: &mut Vec<Finding>) {
    for file in files {
        for sentence in file.sentences() {
            for span in &sentence.spans {
                let Some(tokens) = sentence.tokens.get(span.start..span.end) else {
                    continue;
                };
                let Some((severity, what)) = judge(tokens) else {
                    continue;
                };
                let message = format!("the {} `{}` {what}", span.kind, tokens.join(" "));
                let line = file.line_of(sentence, span.start);
                findings.push(file.finding(severity, "entity-edge", line, message));
            }
        }
    }
}

fn judge(tokens: &[String]) -> Option<(Severity, &'static str)> {
    let is_punctuation = |token: &String| !token.contains(char::is_alphanumeric);
    let (first, last) = (tokens.first()?, tokens.last()?);
    if tokens.iter().all(is_punctuation) {
        return Some((Severity::Error, "is punctuation only"));
    }
    if is_punctuation(first) {
        return Some((Severity::Warning, "begins with punctuation"));
    }
    let is_closed_pair = || {
        let pair = PAIRS.iter().find(|(_, close)| last == close);
        pair.is_some_and(|(open, _)| tokens[..tokens.len() - 1].iter().any(|token| token == open))
    };
    (is_punctuation(last) && !is_closed_pair())
        .then_some((Severity::Warning, "ends with punctuation"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_of_entities() {
        let table = [
            ("واس", None),
            ("د. محمود", None),
            ("هيئة ( BBC )", None),
            ("تنظيم « داعش »", None),
            ("« داعش »", Some("begins")),
            ("داعش »", Some("ends")),
            ("واس ،", Some("ends")),
            ("- واس", Some("begins")),
            (". ،", Some("only")),
        ];
        for (entity, expected) in table {
            let tokens: Vec<String> = entity.split(' ').map(str::to_owned).collect();
            let found = judge(&tokens);
            assert_eq!(found.is_some(), expected.is_some(), "{entity}: {found:?}");
            if let (Some((_, what)), Some(part)) = (found, expected) {
                assert!(what.contains(part), "{entity}: {what}");
            }
        }
    }
}
