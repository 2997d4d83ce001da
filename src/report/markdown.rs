//! GitHub-flavoured Markdown tables.

use super::table::{Cell, Table};
use crate::error::{Error, Result};
use std::fmt::Write as _;
use std::io::Write;

/// Writes each table under a heading.
pub fn write(tables: &[Table], output: &mut impl Write) -> Result<()> {
    for (i, table) in tables.iter().enumerate() {
        let gap = if i == 0 { "" } else { "\n" };
        write!(output, "{gap}{}", render(table)).map_err(|e| Error::io("cannot write", e))?;
    }
    Ok(())
}

fn render(table: &Table) -> String {
    let mut out = String::new();
    if !table.title.is_empty() {
        let _ = write!(out, "## {}\n\n", escaped(&table.title));
    }
    if !table.columns.is_empty() {
        let heads: Vec<String> = table.columns.iter().map(|c| escaped(c)).collect();
        let _ = write!(out, "| {} |\n|", heads.join(" | "));
        for c in 0..table.columns.len() {
            out.push_str(if table.is_numeric(c) { "---:|" } else { "---|" });
        }
        out.push('\n');
    }
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(cell).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    if !table.note.is_empty() {
        let gap = if table.columns.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}", escaped(&table.note));
    }
    out
}

fn cell(cell: &Cell) -> String {
    match cell {
        // Isolated by an element that Markdown lets through, so that brackets and dots stay on their side.
        Cell::Corpus(text) if !text.is_empty() => format!("<bdi>{}</bdi>", escaped(text)),
        cell => escaped(&cell.shown()),
    }
}

/// Takes away the meaning of characters that Markdown and HTML would see.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' => out.extend(['\\', c]),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_have_aligned_heads_and_escaped_cells() {
        let mut table = Table::new("Scores", &["type", "f1", "words"]).with_note("A note.");
        table.push(vec![
            Cell::text("A|B_C"),
            Cell::percent(0.5),
            Cell::Corpus("<ب> *".into()),
        ]);
        let mut out = Vec::new();
        write(&[table, Table::new("", &[]).with_note("x")], &mut out).expect("writes to memory");
        let expected = "## Scores\n\n| type | f1 | words |\n|---|---:|---|\n| A\\|B\\_C | 50.00 | <bdi>&lt;ب&gt; \\*</bdi> |\n\nA note.\n\nx\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
