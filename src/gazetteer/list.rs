//! Name lists as CSV: `name,class,source,licence`.

use std::io::Read;

use serde::Deserialize;

use crate::error::{Error, Result};

/// A name and what the list says that it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The name as written, tokens separated by spaces.
    pub name: String,
    /// Class, for example `CITY` or `GIVEN`.
    pub class: String,
}

/// A row of a list; source and licence are for people.
#[derive(Deserialize)]
struct Row {
    name: String,
    class: String,
}

/// Reads a list. `source` names it in errors.
pub fn read_entries(reader: impl Read, source: &str) -> Result<Vec<Entry>> {
    let mut csv = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(reader);
    let mut entries = Vec::new();
    for row in csv.deserialize() {
        let row: Row = row.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            Error::new(format!("not a name list row: {e}"))
                .expected("the columns name,class,source,licence")
                .at_line(line)
                .in_file(source)
        })?;
        if row.name.is_empty() || row.class.is_empty() {
            return Err(Error::new("a name or its class is empty")
                .at_line(csv.position().line().saturating_sub(1))
                .in_file(source));
        }
        entries.push(Entry {
            name: row.name,
            class: row.class,
        });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_with_commas_and_refuses_other_tables() {
        let text = "name,class,source,licence\n\"واشنطن، دي سي\",CITY,x,y\nسعيد,GIVEN,x,y\n";
        let entries = read_entries(text.as_bytes(), "a.csv").expect("a list");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[1].class, "GIVEN");
        let error =
            read_entries("token,tag\nأ,O\n".as_bytes(), "b.csv").expect_err("no name column");
        assert!(error.to_string().starts_with("b.csv:2: "), "{error}");
        assert!(read_entries("name,class\n,GIVEN\n".as_bytes(), "c.csv").is_err());
    }
}
