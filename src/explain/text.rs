//! An explanation for terminals: a block a token.

use super::{ExplainedToken, Explanation};
use crate::error::{Error, Result};
use std::fmt::Write as _;
use std::io::Write;

/// FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE: Arabic between them does not pull numbers to its side.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');
/// LEFT-TO-RIGHT MARK, so that a line that begins with Arabic is still laid out from the left.
const LRM: char = '\u{200e}';

/// Writes each token with its label, the runner-up, the margin and its `n_features` most decisive features.
///
/// With `only_entities`, tokens outside of entities are left out unless an entity was likelier than one in ten.
///
/// # Errors
/// When writing fails.
pub fn write_text(
    explanation: &Explanation,
    n_features: usize,
    only_entities: bool,
    output: &mut impl Write,
) -> Result<()> {
    let mut out = String::new();
    for sentence in &explanation.sentences {
        for token in &sentence.tokens {
            if !only_entities || is_of_interest(token) {
                block(token, n_features, &mut out);
            }
        }
        output
            .write_all(out.as_bytes())
            .map_err(|e| Error::io("cannot write", e))?;
        out.clear();
    }
    Ok(())
}

/// Whether the token is in an entity, or nearly was.
fn is_of_interest(token: &ExplainedToken) -> bool {
    token.label != "O" || token.probability < 0.9
}

fn block(token: &ExplainedToken, n_features: usize, out: &mut String) {
    let (open, close) = ISOLATE;
    let _ = writeln!(
        out,
        "{LRM}{open}{}{close}  {} {:.3}  runner-up {} {:.3}, margin {}",
        token.text,
        token.label,
        token.probability,
        token.runner_up,
        token.runner_up_probability,
        margin(token.margin)
    );
    for feature in token.features.iter().take(n_features) {
        let (family, value, offset) = feature.parts();
        let of = |label: &str| {
            let weight = feature.weights.iter().find(|w| w.0 == label);
            weight.map_or_else(|| format!("{:>7}", "·"), |w| format!("{:>+7.3}", w.1))
        };
        let _ = writeln!(
            out,
            "{LRM}  {:>+7.3}   {} {}  {} {}   {family}{open}{value}{close}{offset}",
            feature.difference,
            token.label,
            of(&token.label),
            token.runner_up,
            of(&token.runner_up)
        );
    }
    let rest = token.features.get(n_features..).unwrap_or_default();
    if !rest.is_empty() {
        let sum: f32 = rest.iter().map(|f| f.difference).sum();
        let _ = writeln!(out, "  {sum:>+7.3}   {} more features", rest.len());
    }
}

/// A margin; a label without any legal rival has none.
pub(super) fn margin(margin: f32) -> String {
    if margin < f32::MAX {
        format!("{margin:.3}")
    } else {
        "unlimited".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ExplainedSentence, FeatureWeights};
    use super::*;

    fn token(label: &str, probability: f32) -> ExplainedToken {
        let feature = |name: &str, difference: f32| FeatureWeights {
            name: name.to_owned(),
            difference,
            weights: vec![(label.to_owned(), difference)],
        };
        ExplainedToken {
            text: "بيروت".to_owned(),
            label: label.to_owned(),
            probability,
            runner_up: "B-PER".to_owned(),
            runner_up_probability: 0.01,
            margin: 4.6,
            labels: Vec::new(),
            features: vec![feature("form=بيروت[-1]", 1.5), feature("length=5", -0.25)],
        }
    }

    #[test]
    fn features_beyond_the_limit_are_summed() {
        let explanation = Explanation {
            schema: "",
            sentences: vec![ExplainedSentence {
                entities: Vec::new(),
                tokens: vec![token("B-LOC", 0.95), token("O", 0.99), token("O", 0.6)],
            }],
        };
        let shown = |only| {
            let mut out = Vec::new();
            write_text(&explanation, 1, only, &mut out).expect("writes to memory");
            String::from_utf8_lossy(&out).into_owned()
        };
        let all = shown(false);
        let expected = "\u{200e}\u{2068}بيروت\u{2069}  B-LOC 0.950  runner-up B-PER 0.010, margin 4.600\n\u{200e}   +1.500   B-LOC  +1.500  B-PER       ·   form=\u{2068}بيروت\u{2069}[-1]\n   -0.250   1 more features\n";
        assert!(all.starts_with(expected), "{all}");
        assert_eq!(all.matches("runner-up").count(), 3);
        assert_eq!(shown(true).matches("runner-up").count(), 2);
    }
}
