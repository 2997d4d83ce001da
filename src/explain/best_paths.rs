//! How good a sentence's best sequence can be when one token has a given label.

use crate::model::{Model, grammar};
use crate::tag::Analysis;

/// Score of the best legal sequence through each (token, label), tokens × labels; −∞ where there is none.
///
/// Viterbi from both ends (max-marginals; Wainwright & Jordan 2008, §8.1): what it says of the chosen label is the decoder's own
/// score, and what it says of another is how far that decision was from falling differently.
pub fn best_paths(model: &Model, analysis: &Analysis<'_>) -> Vec<f32> {
    let n = model.labels().n_labels();
    let len = analysis.labels.len();
    let grammar = grammar(model.labels());
    let emission = |t: usize, l: usize| analysis.emission(t, l);
    let mut forward = vec![f32::NEG_INFINITY; len * n];
    let mut backward = vec![f32::NEG_INFINITY; len * n];
    for t in 0..len {
        for l in 0..n {
            let before = if t == 0 {
                if grammar.starts(l) {
                    0.0
                } else {
                    f32::NEG_INFINITY
                }
            } else {
                let from = |p: usize| forward[(t - 1) * n + p] + analysis.transition(p, l);
                (0..n).map(from).fold(f32::NEG_INFINITY, f32::max)
            };
            forward[t * n + l] = before + emission(t, l);
        }
    }
    for t in (0..len).rev() {
        for l in 0..n {
            backward[t * n + l] = if t + 1 == len {
                if grammar.ends(l) {
                    0.0
                } else {
                    f32::NEG_INFINITY
                }
            } else {
                let to = |q: usize| {
                    analysis.transition(l, q) + emission(t + 1, q) + backward[(t + 1) * n + q]
                };
                (0..n).map(to).fold(f32::NEG_INFINITY, f32::max)
            };
        }
    }
    forward.iter().zip(&backward).map(|(f, b)| f + b).collect()
}
