//! Aligned columns for terminals.
//!
//! Terminals that reorder right-to-left text do so line by line. A mark at the head of lines with corpus words keeps their
//! direction, isolates keep the words from pulling numbers along, and corpus words stand last so that nothing is aligned
//! behind them.

use super::table::{Cell, Table};
use crate::error::{Error, Result};
use std::io::Write;

/// LEFT-TO-RIGHT MARK.
const LRM: char = '\u{200e}';
/// FIRST STRONG ISOLATE.
const FSI: char = '\u{2068}';
/// POP DIRECTIONAL ISOLATE.
const PDI: char = '\u{2069}';

/// Writes tables with an empty line between them.
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
        out.push_str(&table.title);
        out.push('\n');
    }
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|c| {
            let cells = table.rows.iter().map(|row| width(&row[c]));
            cells
                .chain([table.columns[c].chars().count()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    if !table.columns.is_empty() {
        let heads: Vec<Cell> = table.columns.iter().map(Cell::text).collect();
        line(table, &heads, &widths, &mut out);
    }
    for row in &table.rows {
        line(table, row, &widths, &mut out);
    }
    if !table.note.is_empty() {
        out.push_str(&table.note);
        out.push('\n');
    }
    out
}

/// Columns a cell takes; corpus words take none, being last.
fn width(cell: &Cell) -> usize {
    match cell {
        Cell::Corpus(_) => 0,
        cell => cell.shown().chars().count(),
    }
}

/// Whether some letter is of a right-to-left script: Hebrew to Arabic Extended, and presentation forms.
fn is_right_to_left(text: &str) -> bool {
    let is_strong =
        |c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}');
    text.chars().any(is_strong)
}

fn line(table: &Table, cells: &[Cell], widths: &[usize], out: &mut String) {
    if cells.iter().any(|cell| is_right_to_left(&cell.shown())) {
        out.push(LRM);
    }
    let start = out.len();
    for (c, cell) in cells.iter().enumerate() {
        let shown = cell.shown();
        let gap = " ".repeat(widths[c].saturating_sub(width(cell)));
        out.push_str("  ");
        match cell {
            Cell::Corpus(_) if shown.is_empty() => {}
            Cell::Corpus(_) => out.extend([FSI.to_string(), shown, PDI.to_string()]),
            _ if table.is_numeric(c) => out.extend([gap, shown]),
            Cell::Text(_) if is_right_to_left(&shown) => {
                out.extend([FSI.to_string(), shown, PDI.to_string(), gap]);
            }
            _ => out.extend([shown, gap]),
        }
    }
    out.truncate(start + out[start..].trim_end().len());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_right_aligned_and_corpus_words_isolated() {
        let mut table = Table::new("Scores", &["", "f1", "n", "words"]).with_note("A note.");
        let row = |name: &str, f1, n, words: &str| {
            vec![
                Cell::text(name),
                Cell::Percent(f1),
                Cell::Count(n),
                Cell::Corpus(words.into()),
            ]
        };
        table.push(row("PER", Some(0.5), 7, "في القاهرة"));
        table.push(row("ORG", None, 1234, ""));
        let mut out = Vec::new();
        write(&[table], &mut out).expect("writes to memory");
        let expected = "Scores\n          f1     n  words\n\u{200e}  PER  50.00     7  \u{2068}في القاهرة\u{2069}\n  ORG      –  1234\nA note.\n";
        assert_eq!(String::from_utf8_lossy(&out), expected);
    }
}
