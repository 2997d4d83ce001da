//! An explanation as a page: the text with its entities, and a drawer a token.

use super::text::margin;
use super::{ExplainedSentence, ExplainedToken, Explanation};
use crate::report::html::page::{Page, escape, latin, number};
use crate::report::html::term;
use std::fmt::Write as _;

/// The page of a text, called `name` where it has one, with the `n_features` most decisive features of each token.
pub fn page(explanation: &Explanation, name: Option<&str>, n_features: usize) -> String {
    let mut page = Page::new("explanation");
    if let Some(name) = name {
        let line = format!("<p class=\"sources\">{}: {}</p>", term("text"), latin(name));
        page.push(&line);
    }
    for (s, sentence) in explanation.sentences.iter().enumerate() {
        let tokens: String = sentence
            .tokens
            .iter()
            .enumerate()
            .map(|(t, token)| drawer(&anchor(s, t), token, n_features))
            .collect();
        let words = words(s, sentence);
        page.push(&format!(
            "<section>{words}<div class=\"tokens\">{tokens}</div></section>"
        ));
    }
    page.finish()
}

fn anchor(sentence: usize, token: usize) -> String {
    format!("t{sentence}-{token}")
}

/// The running text: every token a link to its drawer, entities marked with their type.
fn words(s: usize, sentence: &ExplainedSentence) -> String {
    let mut out = String::from("<p class=\"sentence\" dir=\"auto\" lang=\"ar\">");
    for (t, token) in sentence.tokens.iter().enumerate() {
        if let Some(entity) = sentence.entities.iter().find(|e| e.start == t) {
            let tooltip = format!("{} {:.3}", entity.kind, entity.confidence);
            let _ = write!(
                out,
                "<span class=\"e\" data-type=\"{}\" title=\"{}\">",
                escape(&entity.kind),
                escape(&tooltip)
            );
        }
        let link = format!("<a href=\"#{}\">{}</a>", anchor(s, t), escape(&token.text));
        out.push_str(&link);
        if sentence.entities.iter().any(|e| e.end == t + 1) {
            out.push_str("</span>");
        }
        out.push(' ');
    }
    out.push_str("</p>");
    out
}

fn drawer(id: &str, token: &ExplainedToken, n_features: usize) -> String {
    // Open where the decision is of interest: entities, and what was nearly one.
    let open = if token.label != "O" || token.probability < 0.9 {
        " open"
    } else {
        ""
    };
    let mut rows = String::new();
    for feature in token.features.iter().take(n_features) {
        let weight = |label: &str| {
            let found = feature.weights.iter().find(|w| w.0 == label);
            found.map_or_else(String::new, |w| number(&format!("{:+.3}", w.1)))
        };
        let (family, value, offset) = feature.parts();
        let _ = write!(
            rows,
            "<tr><th scope=\"row\"><bdi dir=\"ltr\">{}<bdi>{}</bdi>{}</bdi></th><td class=\"num\">{}</td><td class=\"num\">{}</td><td class=\"num\">{}</td></tr>",
            escape(family),
            escape(value),
            escape(offset),
            number(&format!("{:+.3}", feature.difference)),
            weight(&token.label),
            weight(&token.runner_up)
        );
    }
    let rest = token.features.get(n_features..).unwrap_or_default();
    if !rest.is_empty() {
        let sum: f32 = rest.iter().map(|f| f.difference).sum();
        let _ = write!(
            rows,
            "<tr><th scope=\"row\">{} {}</th><td class=\"num\">{}</td><td></td><td></td></tr>",
            number(&rest.len().to_string()),
            term("more features"),
            number(&format!("{sum:+.3}"))
        );
    }
    let probability = |p: f32| number(&format!("{p:.3}"));
    format!(
        "<details class=\"token\" id=\"{id}\"{open}><summary><b lang=\"ar\">{}</b> {} {}</summary>\
         <p class=\"facts\"><span>{}: {} {}</span> <span>{}: {}</span></p>\
         <div class=\"scroll\"><table class=\"sortable\"><thead><tr>{}{}{}{}</tr></thead><tbody>{rows}</tbody></table></div></details>\n",
        escape(&token.text),
        latin(&token.label),
        probability(token.probability),
        term("runner-up"),
        latin(&token.runner_up),
        probability(token.runner_up_probability),
        term("margin"),
        number(&margin(token.margin)),
        head("", &term("feature")),
        head(" class=\"num\"", &term("difference")),
        head(" class=\"num\"", &latin(&token.label)),
        head(" class=\"num\"", &latin(&token.runner_up)),
    )
}

fn head(class: &str, name: &str) -> String {
    format!("<th scope=\"col\"{class}><button type=\"button\">{name}</button></th>")
}
