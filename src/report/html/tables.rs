//! Tables for the page: the same as in text, with headings in both languages and columns that sort.

use super::page::{escape, number};
use super::words::{arabic, term};
use crate::report::table::{Cell, Table};

/// Renders tables; those without columns are remarks between them.
pub(super) fn render(tables: &[Table]) -> String {
    let parts: Vec<String> = tables.iter().map(one).collect();
    format!("<div class=\"tables\">{}</div>\n", parts.join("\n"))
}

/// One table with its title, remark and scroll area.
pub(super) fn one(table: &Table) -> String {
    let note = if table.note.is_empty() {
        String::new()
    } else if table.columns.is_empty() {
        format!("<p class=\"remark\">{}</p>", term(&table.note))
    } else {
        format!(
            "<p class=\"note\" lang=\"en\" dir=\"ltr\">{}</p>",
            escape(&table.note)
        )
    };
    if table.columns.is_empty() {
        return note;
    }
    let heads: Vec<String> = (0..table.columns.len()).map(|c| head(table, c)).collect();
    let rows: Vec<String> = table.rows.iter().map(|row| line(row)).collect();
    // A scrolling area must be reachable by keyboard and have a name.
    format!(
        "<div class=\"table\"><h3>{}</h3><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\
         <table class=\"sortable\"><thead><tr>{}</tr></thead><tbody>\n{}\n</tbody></table></div>{note}</div>",
        term(&table.title),
        escape(arabic(&table.title)),
        heads.join(""),
        rows.join("\n")
    )
}

fn head(table: &Table, column: usize) -> String {
    let class = if table.is_numeric(column) {
        " class=\"num\""
    } else {
        ""
    };
    let name = &table.columns[column];
    if name.is_empty() {
        return format!(
            "<th scope=\"col\"{class}><button type=\"button\">{}</button></th>",
            term("name")
        );
    }
    format!(
        "<th scope=\"col\"{class}><button type=\"button\">{}</button></th>",
        term(name)
    )
}

fn line(row: &[Cell]) -> String {
    let cells = row.iter().enumerate().map(|(c, cell)| match cell {
        _ if c == 0 => format!("<th scope=\"row\">{}</th>", term(&cell.shown())),
        Cell::Corpus(text) => format!("<td><bdi lang=\"ar\">{}</bdi></td>", escape(text)),
        Cell::Text(text) => format!("<td>{}</td>", term(text)),
        Cell::Empty => "<td></td>".to_owned(),
        cell => format!("<td class=\"num\">{}</td>", number(&cell.shown())),
    });
    format!("<tr>{}</tr>", cells.collect::<String>())
}
