//! What the page was made from.

use super::page::{escape, latin, number};
use super::tables;
use super::words::{arabic, term};
use crate::report::table::{Cell, Table};
use crate::report::{Provenance, Source};
use std::fmt::Write as _;

/// Names that the line under the title has room for, on a phone too.
const MOST_NAMES: usize = 3;

/// One line under the title: data and model.
pub(super) fn line(provenance: &Provenance) -> String {
    let names = |list: &[Source]| match list {
        [first, ..] if list.len() > MOST_NAMES => format!(
            "{}، … <a href=\"#sources\">{}: {}</a>",
            latin(&first.name),
            escape(arabic("number of files")),
            number(&list.len().to_string())
        ),
        _ => {
            let names: Vec<String> = list.iter().map(|s| latin(&s.name)).collect();
            names.join("، ")
        }
    };
    let mut parts = vec![format!(
        "{}: {}",
        term("gold data"),
        names(&provenance.data)
    )];
    for model in &provenance.models {
        parts.push(format!("{}: {}", term("model"), latin(&model.name)));
    }
    if !provenance.predictions.is_empty() {
        let from = names(&provenance.predictions);
        parts.push(format!("{}: {from}", term("predictions from")));
    }
    format!("<p class=\"sources\">{}</p>", parts.join(" · "))
}

/// Tables of files with their hashes, models, and the configuration.
pub(super) fn render(provenance: &Provenance) -> String {
    let mut out = String::new();
    for (title, list) in [
        ("gold data", &provenance.data),
        ("predictions from", &provenance.predictions),
        ("training data", &provenance.training),
    ] {
        if !list.is_empty() {
            out.push_str(&tables::one(&files(title, list)));
        }
    }
    if !provenance.models.is_empty() {
        let columns = ["name", "train tokens", "iterations", "weights", "hash"];
        let mut table = Table::new("model", &columns);
        for model in &provenance.models {
            table.push(vec![
                Cell::text(&model.name),
                Cell::Count(model.tokens as u64),
                Cell::Count(model.iterations as u64),
                Cell::Count(model.weights as u64),
                Cell::text(&model.data_hash),
            ]);
        }
        out.push_str(&tables::one(&table));
    }
    if !provenance.maps.is_empty() {
        let maps = latin(&provenance.maps.join(", "));
        let _ = writeln!(out, "<p>{}: {maps}</p>", term("renamed types"));
    }
    if let Some(toml) = provenance.config.as_ref().and_then(|c| c.to_toml().ok()) {
        let hash = provenance.config_hash.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "<details><summary>{} {}</summary><pre dir=\"ltr\" tabindex=\"0\">{}</pre></details>",
            term("configuration"),
            number(hash),
            escape(&toml)
        );
    }
    out
}

fn files(title: &str, list: &[Source]) -> Table {
    let columns = [
        "name",
        "documents",
        "sentences",
        "tokens",
        "entities",
        "hash",
    ];
    let mut table = Table::new(title, &columns);
    for source in list {
        let size = &source.size;
        let counts = [size.documents, size.sentences, size.tokens, size.entities];
        let mut row = vec![Cell::text(&source.name)];
        row.extend(counts.map(|n| Cell::Count(n as u64)));
        row.push(Cell::text(&source.hash));
        table.push(row);
    }
    table
}
