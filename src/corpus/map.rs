//! Renaming and dropping entity types while gold data is read: `PERS=PER`, `MISC=O`.

use super::Document;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// A renaming of entity types, applied once (`A=B` and `B=C` do not chain).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindMap {
    entries: BTreeMap<String, Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// The new name; `None` drops the spans.
    target: Option<String>,
    n_applied: u64,
}

impl KindMap {
    /// Reads arguments of the form `FROM=TO`, where `TO` may be `O` to drop the type.
    ///
    /// # Errors
    /// For an argument of another form, and for a type that two arguments map to different ones.
    pub fn parse<S: AsRef<str>>(arguments: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut map = Self::default();
        for argument in arguments {
            let argument = argument.as_ref();
            let invalid = |what: &str| {
                Error::new(format!("`{argument}` {what}"))
                    .expected("FROM=TO with the names of entity types, such as PERS=PER or MISC=O")
            };
            let (from, to) = argument
                .split_once('=')
                .ok_or_else(|| invalid("has no `=`"))?;
            let (from, to) = (from.trim(), to.trim());
            if from.is_empty() || to.is_empty() {
                return Err(invalid("lacks a name beside `=`"));
            }
            if [from, to]
                .iter()
                .any(|name| name.contains(|c: char| c == '=' || c.is_whitespace()))
            {
                return Err(invalid("is not two names"));
            }
            if from == "O" {
                return Err(invalid("maps O, which is no entity type"));
            }
            if let Some(prefix) = ["B-", "I-", "E-", "S-"]
                .iter()
                .find(|p| from.starts_with(**p) || to.starts_with(**p))
            {
                return Err(invalid("names a tag")
                    .hint(format!("leave `{prefix}` out: types are mapped, not tags")));
            }
            let entry = Entry {
                target: (to != "O").then(|| to.to_owned()),
                n_applied: 0,
            };
            if map
                .entries
                .insert(from.to_owned(), entry.clone())
                .is_some_and(|before| before != entry)
            {
                return Err(invalid("contradicts an earlier mapping of the same type"));
            }
        }
        Ok(map)
    }

    /// Renames and drops the spans of a document. Raw tags, which only the lint reads, stay as written.
    pub fn apply(&mut self, document: &mut Document) {
        if self.entries.is_empty() {
            return;
        }
        for sentence in &mut document.sentences {
            sentence.spans.retain_mut(|span| {
                let Some(entry) = self.entries.get_mut(&span.kind) else {
                    return true;
                };
                entry.n_applied += 1;
                if let Some(target) = &entry.target {
                    target.clone_into(&mut span.kind);
                }
                entry.target.is_some()
            });
        }
    }

    /// The type that a type becomes; `None` where it is dropped.
    pub fn target<'a>(&'a self, kind: &'a str) -> Option<&'a str> {
        match self.entries.get(kind) {
            Some(entry) => entry.target.as_deref(),
            None => Some(kind),
        }
    }

    /// Remembers that types are to be mapped though no document has them: those that a model can predict.
    pub fn mark_used<S: AsRef<str>>(&mut self, kinds: impl IntoIterator<Item = S>) {
        for kind in kinds {
            if let Some(entry) = self.entries.get_mut(kind.as_ref()) {
                entry.n_applied += 1;
            }
        }
    }

    /// The mappings as arguments.
    pub fn arguments(&self) -> Vec<String> {
        let argument = |(from, entry): (&String, &Entry)| {
            format!("{from}={}", entry.target.as_deref().unwrap_or("O"))
        };
        self.entries.iter().map(argument).collect()
    }

    /// Types that a mapping names and no document so far had: most likely a slip of the pen.
    pub fn unused(&self) -> Vec<&str> {
        let unused = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.n_applied == 0);
        unused.map(|(from, _)| from.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_can_be_mapped_like_gold() {
        let mut map = KindMap::parse(["PERS=PER", "TOPIC=O"]).expect("valid");
        assert_eq!(map.target("PERS"), Some("PER"));
        assert_eq!(map.target("TOPIC"), None);
        assert_eq!(map.target("LOC"), Some("LOC"));
        assert_eq!(map.arguments(), ["PERS=PER", "TOPIC=O"]);
        map.mark_used(["TOPIC", "LOC"]);
        assert_eq!(map.unused(), ["PERS"]);
    }
    use crate::corpus::Sentence;
    use crate::label::Span;

    #[test]
    fn renames_drops_and_reports_the_unused() {
        let mut map = KindMap::parse(["PERS=PER", " MISC = O ", "LOC=GPE", "GPE=LOC", "XXX=PER"])
            .expect("valid");
        let kinds = ["PERS", "MISC", "LOC", "ORG", "GPE"];
        let spans = kinds
            .iter()
            .enumerate()
            .map(|(i, k)| Span::new(i, i + 1, *k))
            .collect();
        let mut document = Document::new("d");
        document.sentences.push(Sentence {
            spans,
            ..Sentence::default()
        });
        map.apply(&mut document);
        let kinds: Vec<&str> = document.sentences[0]
            .spans
            .iter()
            .map(|s| s.kind.as_str())
            .collect();
        assert_eq!(kinds, ["PER", "GPE", "ORG", "LOC"]);
        assert_eq!(map.unused(), ["XXX"]);
    }

    #[test]
    fn bad_arguments_are_errors() {
        for bad in [
            "PERS",
            "=PER",
            "PERS=",
            "O=PER",
            "A=B=C",
            "A B=C",
            "B-PER=PER",
            "",
        ] {
            let error = KindMap::parse([bad]).expect_err(bad).to_string();
            assert!(
                error.starts_with(&format!("`{bad}`")) && error.contains("expected FROM=TO"),
                "{error}"
            );
        }
        assert!(KindMap::parse(["A=B", "A=C"]).is_err());
        assert!(KindMap::parse(["A=B", "A=B"]).is_ok());
    }
}
