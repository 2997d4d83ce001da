//! Conjunction templates as the configuration writes them: `form@-1 form@0`.

use super::word::View;
use crate::error::{Error, Result};

/// How far from the token a template may look.
pub const REACH: i8 = 3;

/// Views of tokens around the current one, joined into one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// As written; names the attribute.
    pub text: String,
    /// (offset, view) in order.
    pub parts: Vec<(i8, View)>,
}

impl Template {
    /// Parses `view@offset` parts separated by spaces.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| {
            Error::new(what)
                .expected("view@offset parts separated by spaces, for example `form@-1 form@0`")
                .hint(format!("views: {}", View::NAMES))
        };
        let mut parts = Vec::new();
        for part in text.split_whitespace() {
            let (view, offset) = part
                .split_once('@')
                .ok_or_else(|| wrong(format!("template part `{part}` has no @")))?;
            let view = View::parse(view)
                .ok_or_else(|| wrong(format!("unknown view `{view}` in a template")))?;
            let offset: i8 = offset
                .parse()
                .ok()
                .filter(|d: &i8| (-REACH..=REACH).contains(d))
                .ok_or_else(|| wrong(format!("offset `{offset}` is not within ±{REACH}")))?;
            parts.push((offset, view));
        }
        if parts.is_empty() {
            return Err(wrong("an empty template".into()));
        }
        Ok(Self {
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            parts,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_and_refuses() {
        let template = Template::parse("form@-1  cluster1@0").expect("a template");
        assert_eq!(template.text, "form@-1 cluster1@0");
        assert_eq!(template.parts, [(-1, View::Form), (0, View::Cluster(1))]);
        for wrong in ["", "form", "shap@0", "form@9", "cluster9@0"] {
            assert!(Template::parse(wrong).is_err(), "{wrong}");
        }
    }
}
