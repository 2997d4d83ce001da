//! What text, Markdown and HTML show: a title, columns and cells.

/// Content of a cell, not yet formatted: each renderer has its own ways.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A short word of ours or a type's name.
    Text(String),
    /// Words of the data, most likely Arabic. Only in a table's last column, where no alignment depends on their width.
    Corpus(String),
    /// A count.
    Count(u64),
    /// A mean of counts, shown without decimals.
    Rounded(f64),
    /// A fraction, shown as a percentage with two decimals; `None` where undefined.
    Percent(Option<f64>),
    /// A fraction, shown with three decimals.
    Decimal(Option<f64>),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A text cell.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A percentage that is defined.
    pub fn percent(fraction: f64) -> Self {
        Self::Percent(Some(fraction))
    }

    /// Whether the cell is right-aligned.
    pub fn is_number(&self) -> bool {
        !matches!(self, Self::Text(_) | Self::Corpus(_))
    }

    /// The content as plain text; `–` where a number is undefined.
    pub fn shown(&self) -> String {
        let undefined = || "–".to_owned();
        match self {
            Self::Text(text) | Self::Corpus(text) => text.clone(),
            Self::Count(n) => n.to_string(),
            Self::Rounded(x) => format!("{x:.0}"),
            Self::Percent(fraction) => {
                fraction.map_or_else(undefined, |x| format!("{:.2}", x * 100.0))
            }
            Self::Decimal(fraction) => fraction.map_or_else(undefined, |x| format!("{x:.3}")),
            Self::Empty => String::new(),
        }
    }
}

/// A table with a title.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows.
    pub title: String,
    /// A remark on how to read it, one line; may be empty.
    pub note: String,
    /// Column headings; the first is that of the row names. No columns: only title and note are shown.
    pub columns: Vec<String>,
    /// Rows of as many cells.
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table without rows.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Adds a remark.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds a row.
    pub fn push(&mut self, row: Vec<Cell>) {
        debug_assert_eq!(row.len(), self.columns.len(), "{row:?}");
        self.rows.push(row);
    }

    /// Whether a column holds numbers.
    pub fn is_numeric(&self, column: usize) -> bool {
        column > 0
            && self
                .rows
                .iter()
                .all(|row| row.get(column).is_none_or(Cell::is_number))
    }
}
