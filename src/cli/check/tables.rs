//! Statistics as Markdown tables.

use std::io::{self, Write};

use super::{NGRAM, Numbers};
use crate::corpus::{KindStatistics, Statistics};

/// Entities of this many tokens and more share a column.
const LONG: usize = 6;

/// Writes all tables, parted by empty lines.
pub fn write(numbers: &Numbers, out: &mut impl Write) -> io::Result<()> {
    let counts = &numbers.counts;
    totals(numbers, out)?;
    writeln!(out)?;
    kinds(counts, out)?;
    for (key, values) in &counts.meta {
        writeln!(out, "\n| {key} | documents | tokens | entities |")?;
        writeln!(out, "|---|---:|---:|---:|")?;
        for (value, n) in values {
            let value = cell(value);
            writeln!(
                out,
                "| {value} | {} | {} | {} |",
                n.documents, n.tokens, n.entities
            )?;
        }
    }
    writeln!(out, "\n| type | most frequent as written |\n|---|---|")?;
    for (kind, n) in &counts.kinds {
        let names: Vec<String> = n
            .frequent
            .iter()
            // Isolates keep the count behind its name.
            .map(|(name, n)| format!("\u{2068}{}\u{2069} {n}", cell(name)))
            .collect();
        writeln!(out, "| {kind} | {} |", names.join(", "))?;
    }
    Ok(())
}

fn totals(numbers: &Numbers, out: &mut impl Write) -> io::Result<()> {
    let counts = &numbers.counts;
    writeln!(out, "| | count |\n|---|---:|")?;
    for (what, n) in [
        ("documents", counts.documents),
        ("sentences", counts.sentences),
        ("tokens", counts.tokens),
        ("entities", counts.entities()),
    ] {
        writeln!(out, "| {what} | {n} |")?;
    }
    let share = percent(numbers.near_duplicates, numbers.compared);
    writeln!(
        out,
        "| documents that share {NGRAM} tokens in a row with another | {} ({share}) |",
        numbers.near_duplicates
    )
}

fn kinds(counts: &Statistics, out: &mut impl Write) -> io::Result<()> {
    write!(
        out,
        "| type | entities | distinct | distinct share | mean tokens |"
    )?;
    for len in 1..LONG {
        write!(out, " {len} |")?;
    }
    writeln!(out, " {LONG}+ |")?;
    writeln!(out, "|---|---:|---:|---:|---:|{}", "---:|".repeat(LONG))?;
    for (kind, n) in &counts.kinds {
        let tokens: u64 = n
            .lengths
            .iter()
            .map(|(&len, count)| len as u64 * count)
            .sum();
        let mean = tokens as f64 / n.entities.max(1) as f64;
        write!(
            out,
            "| {} | {} | {} | {} | {mean:.2} |",
            cell(kind),
            n.entities,
            n.distinct,
            percent(n.distinct, n.entities)
        )?;
        for len in 1..=LONG {
            write!(out, " {} |", of_length(n, len))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Entities of a length; the last column takes all longer ones.
fn of_length(kind: &KindStatistics, len: usize) -> u64 {
    if len < LONG {
        kind.lengths.get(&len).copied().unwrap_or_default()
    } else {
        kind.lengths.range(len..).map(|(_, n)| n).sum()
    }
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        "-".to_owned()
    } else {
        format!("{:.1} %", 100.0 * part as f64 / whole as f64)
    }
}

/// Text that does not end its cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
