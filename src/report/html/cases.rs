//! The list of errors: each in its sentence, with gold and predicted words marked; sorted and filtered by the script.

use super::page::{escape, latin, number};
use super::words::{arabic, term};
use crate::report::{Case, Mention};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Errors that a page lists at most: about 5 MB, which browsers still sort at once. `--errors` writes all.
const MAX_CASES: usize = 5000;

/// Renders the toolbar and the list.
pub(super) fn render(cases: &[Case]) -> String {
    if cases.is_empty() {
        return format!("<p>{}</p>", term("no errors"));
    }
    let listed = &cases[..cases.len().min(MAX_CASES)];
    let mut out = toolbar(listed);
    if listed.len() < cases.len() {
        let _ = writeln!(
            out,
            "<p class=\"note\" lang=\"en\" dir=\"ltr\">The first {MAX_CASES} of {} errors; --errors writes all of them.</p>",
            cases.len()
        );
    }
    out.push_str(&legend());
    out.push_str("<ol id=\"cases\" class=\"cases\">\n");
    for (i, case) in listed.iter().enumerate() {
        item(i, case, &mut out);
    }
    out.push_str("</ol>\n");
    out
}

fn toolbar(cases: &[Case]) -> String {
    let kinds: BTreeSet<&str> = cases.iter().map(|c| c.kind).collect();
    let types: BTreeSet<&str> = cases.iter().flat_map(types).collect();
    let option = |value: &str, name: &str| {
        format!(
            "<option value=\"{}\">{}</option>",
            escape(value),
            escape(name)
        )
    };
    let mut kind_options = option("", arabic("all"));
    for kind in kinds {
        let english = kind.replace('_', " ");
        let name = format!("{} · {english}", arabic(&english));
        kind_options.push_str(&option(kind, &name));
    }
    let mut type_options = option("", arabic("all"));
    for kind in types {
        type_options.push_str(&option(kind, kind));
    }
    let orders = [
        ("suspicion", "suspicion"),
        ("place", "order in the text"),
        ("kind", "kind of error"),
        ("types", "type of entity"),
        ("length", "length"),
    ];
    let has_suspicion = cases.iter().any(|c| c.suspicion.is_some());
    let order_options: String = orders
        .iter()
        .filter(|(value, _)| has_suspicion || *value != "suspicion")
        .map(|(value, name)| option(value, arabic(name)))
        .collect();
    let field = |id: &str, name: &str, control: String| {
        format!(
            "<label for=\"{id}\"><span>{}</span>{control}</label>",
            term(name)
        )
    };
    let select = |id: &str, name: &str, options: &str| {
        field(id, name, format!("<select id=\"{id}\">{options}</select>"))
    };
    format!(
        "<form class=\"toolbar\" id=\"filter\" role=\"search\">{}{}{}{}\
         <span class=\"buttons\"><button type=\"button\" id=\"reverse\" aria-pressed=\"false\">{}</button>\
         <button type=\"reset\">{}</button></span>\
         <output id=\"count\" aria-live=\"polite\">{}: {}</output></form>\n",
        field(
            "query",
            "search",
            "<input id=\"query\" type=\"search\" autocomplete=\"off\" dir=\"auto\">".to_owned()
        ),
        select("kind", "kind of error", &kind_options),
        select("type", "type of entity", &type_options),
        select("order", "sort by", &order_options),
        escape(arabic("reverse")),
        escape(arabic("clear")),
        escape(arabic("shown")),
        number(&format!("{} / {}", cases.len(), cases.len())),
    )
}

fn legend() -> String {
    format!(
        "<p class=\"legend\"><mark class=\"g\">{}</mark> <mark class=\"p\">{}</mark> <mark class=\"g p\">{}</mark></p>\n",
        escape(arabic("gold entity")),
        escape(arabic("predicted entity")),
        escape(arabic("both"))
    )
}

/// Types of the case: gold, predicted, or both.
fn types(case: &Case) -> impl Iterator<Item = &str> {
    let mentions = [&case.gold, &case.predicted];
    mentions.into_iter().flatten().map(|m| m.kind.as_str())
}

fn item(index: usize, case: &Case, out: &mut String) {
    let length = [&case.gold, &case.predicted]
        .into_iter()
        .flatten()
        .map(|m| m.end - m.start)
        .max();
    let kinds: Vec<&str> = types(case).collect();
    let _ = write!(
        out,
        "<li class=\"case\" data-i=\"{index}\" data-kind=\"{}\" data-types=\"{}\" data-place=\"{}\" data-length=\"{}\" data-suspicion=\"{}\">",
        case.kind,
        escape(&kinds.join("\t")),
        escape(&place_key(case)),
        length.unwrap_or(0),
        case.suspicion
            .map_or_else(String::new, |s| format!("{s:.4}"))
    );
    let kind = case.kind.replace('_', " ");
    let _ = write!(
        out,
        "<p class=\"facts\"><span class=\"kind\">{}</span> {} {}",
        term(&kind),
        reading("gold", "g", case.gold.as_ref(), case.gold_probability),
        reading(
            "predicted",
            "p",
            case.predicted.as_ref(),
            case.predicted_probability
        )
    );
    if let Some(suspicion) = case.suspicion {
        let shown = number(&format!("{suspicion:.2}"));
        let _ = write!(
            out,
            " <span class=\"suspicion\">{} {shown}</span>",
            term("suspicion")
        );
    }
    let _ = write!(
        out,
        " <span class=\"place\">{}</span></p><p class=\"words\" dir=\"auto\" lang=\"ar\">",
        latin(&case.place())
    );
    for (i, piece) in case.context.iter().enumerate() {
        if i > 0 {
            out.push(' ');
        }
        let text = escape(&piece.text);
        let class = match (piece.gold, piece.predicted) {
            (false, false) => {
                out.push_str(&text);
                continue;
            }
            (true, false) => "g",
            (false, true) => "p",
            (true, true) => "g p",
        };
        let _ = write!(out, "<mark class=\"{class}\">{text}</mark>");
    }
    out.push_str("</p></li>\n");
}

/// What a side says: the type and its probability.
fn reading(side: &str, class: &str, mention: Option<&Mention>, probability: Option<f64>) -> String {
    let kind = mention.map_or_else(
        || format!("<i>{}</i>", escape(arabic("none"))),
        |m| format!("<b class=\"{class}\">{}</b>", latin(&m.kind)),
    );
    let probability = probability.map_or_else(String::new, |p| number(&format!("{p:.2}")));
    format!(
        "<span class=\"reading\">{}: {kind} {probability}</span>",
        escape(arabic(side))
    )
}

/// Sorts by file, then line, then sentence, as text.
fn place_key(case: &Case) -> String {
    let start = [&case.gold, &case.predicted]
        .into_iter()
        .flatten()
        .map(|m| m.start)
        .min();
    format!(
        "{} {:09} {} {:06} {:05}",
        case.file,
        case.line,
        case.document,
        case.sentence,
        start.unwrap_or(0)
    )
}
