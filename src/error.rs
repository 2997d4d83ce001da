//! One error type: where it happened, what happened, what was expected, and a hint.

use std::fmt;

/// Result of every fallible operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A failure that the user can act on.
///
/// Displayed as `place: what; expected …` and, on a line of its own, `hint: …`. Parts that are unknown are left out.
#[derive(Debug)]
pub struct Error {
    // Behind one pointer, because every `Result` would otherwise carry the room for the rare case.
    details: Box<Details>,
}

#[derive(Debug)]
struct Details {
    what: String,
    file: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
    expected: Option<String>,
    hint: Option<String>,
    source: Option<std::io::Error>,
}

impl Error {
    /// An error that says what happened.
    pub fn new(what: impl Into<String>) -> Self {
        let details = Details {
            what: what.into(),
            file: None,
            line: None,
            column: None,
            expected: None,
            hint: None,
            source: None,
        };
        Self {
            details: Box::new(details),
        }
    }

    /// An input or output failure while doing `what` (for example `cannot read`).
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        let mut error = Self::new(what);
        error.details.source = Some(source);
        error
    }

    /// Names the file (or `<stdin>`), unless an inner layer already did.
    #[must_use]
    pub fn in_file(mut self, file: impl fmt::Display) -> Self {
        self.details.file.get_or_insert_with(|| file.to_string());
        self
    }

    /// Names the line, counted from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.details.line = Some(line);
        self
    }

    /// Names the column, counted in characters from 1.
    #[must_use]
    pub fn at_column(mut self, column: u64) -> Self {
        self.details.column = Some(column);
        self
    }

    /// Says what would have been right.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.details.expected = Some(expected.into());
        self
    }

    /// Says what the user can do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.details.hint = Some(hint.into());
        self
    }

    /// The line, counted from 1, if known.
    pub fn line(&self) -> Option<u64> {
        self.details.line
    }

    /// What happened and what was expected, without the place and the hint.
    pub fn message(&self) -> String {
        let mut message = self.details.what.clone();
        if let Some(source) = &self.details.source {
            message.push_str(": ");
            message.push_str(&source.to_string());
        }
        if let Some(expected) = &self.details.expected {
            message.push_str("; expected ");
            message.push_str(expected);
        }
        message
    }

    /// Whether the cause is a reader that went away (`musamma tag … | head`).
    pub fn is_broken_pipe(&self) -> bool {
        self.details
            .source
            .as_ref()
            .is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.details.file {
            write!(f, "{file}:")?;
        }
        match (self.details.line, self.details.column) {
            (Some(line), Some(column)) => write!(f, "{line}:{column}:")?,
            (Some(line), None) => write!(f, "{line}:")?,
            _ => {}
        }
        if self.details.file.is_some() || self.details.line.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.message())?;
        if let Some(hint) = &self.details.hint {
            write!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.details.source.as_ref().map(|e| e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_place_expectation_and_hint() {
        let error = Error::new("unknown tag `X-PER`")
            .expected("O, B-… or I-…")
            .hint("see --map")
            .at_line(3)
            .in_file("a.conll")
            .in_file("outer");
        assert_eq!(
            error.to_string(),
            "a.conll:3: unknown tag `X-PER`; expected O, B-… or I-…\nhint: see --map"
        );
    }

    #[test]
    fn without_a_place_there_is_no_leading_colon() {
        assert_eq!(Error::new("no input").to_string(), "no input");
    }
}
