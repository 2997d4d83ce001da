//! For people: the text with its entities marked, and a list of their names.

use std::collections::HashMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::{Exporter, Mention, TaggedDocument};

/// The text with entities in colour, or in `⟦TYPE …⟧` brackets without colours; then each distinct name with its type,
/// highest confidence and number of mentions.
///
/// Names stand last on their line and between Unicode isolates, so that right-to-left names do not reorder the columns.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text {
    /// Whether to use ANSI colours.
    pub has_colors: bool,
    /// Whether to head each document with its name.
    pub has_names: bool,
}

/// First strong isolate and its end: what lies between is laid out by its own direction.
const ISOLATE: (char, char) = ('\u{2068}', '\u{2069}');

impl Exporter for Text {
    fn write(&self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        if self.has_names {
            let bold = self.style(Style::new().bold());
            writeln!(out, "{bold}== {} =={bold:#}", document.name)?;
        }
        self.write_text(document, out)?;
        self.write_list(document, out)
    }
}

impl Text {
    fn write_text(self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (pieces, rest) = document.pieces();
        for (before, mention, text) in pieces {
            out.write_all(before.as_bytes())?;
            if self.has_colors {
                let style = style_of(mention.kind);
                write!(out, "{style}{text}{style:#}")?;
            } else {
                write!(out, "⟦{} {text}⟧", mention.kind)?;
            }
        }
        out.write_all(rest.as_bytes())?;
        if !document.source.is_empty() && !document.source.ends_with('\n') {
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_list(self, document: &TaggedDocument<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut index: HashMap<(&str, &str), usize> = HashMap::new();
        let mut names: Vec<(&Mention<'_>, f32, usize)> = Vec::new();
        for mention in document.mentions {
            let at = *index
                .entry((mention.kind, &mention.name))
                .or_insert_with(|| {
                    names.push((mention, 0.0, 0));
                    names.len() - 1
                });
            let (_, confidence, count) = &mut names[at];
            *confidence = confidence.max(mention.confidence);
            *count += 1;
        }
        let width = names.iter().map(|(m, ..)| m.kind.chars().count()).max();
        let width = width.unwrap_or_default();
        if !names.is_empty() {
            writeln!(out)?;
        }
        for (mention, confidence, count) in names {
            let style = self.style(style_of(mention.kind));
            let times = if count > 1 {
                format!("×{count}")
            } else {
                String::new()
            };
            writeln!(
                out,
                "  {style}{:width$}{style:#}  {confidence:.2}  {times:<4}  {}{}{}",
                mention.kind, ISOLATE.0, mention.name, ISOLATE.1
            )?;
        }
        writeln!(out)
    }

    fn style(self, style: Style) -> Style {
        if self.has_colors { style } else { Style::new() }
    }
}

/// The colour of a type; types that are not ours share one.
fn style_of(kind: &str) -> Style {
    let color = match kind {
        "PER" | "PERS" => AnsiColor::Cyan,
        "ORG" => AnsiColor::Yellow,
        "LOC" => AnsiColor::Green,
        "TOPIC" => AnsiColor::Magenta,
        _ => AnsiColor::Blue,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::testing::written;

    const TEXT: &str = "زار علي القاهرة. عاد علي من القاهرة.";
    const SPANS: &[(usize, usize, &str)] =
        &[(1, 2, "PER"), (2, 3, "LOC"), (5, 6, "PER"), (7, 8, "LOC")];

    #[test]
    fn without_colours_brackets_mark_entities() {
        let text = Text {
            has_colors: false,
            has_names: true,
        };
        assert_eq!(
            written(&text, TEXT, SPANS),
            "== خبر.txt ==\nزار ⟦PER علي⟧ ⟦LOC القاهرة⟧. عاد ⟦PER علي⟧ من ⟦LOC القاهرة⟧.\n\n  \
             PER  0.94  ×2    \u{2068}علي\u{2069}\n  LOC  0.94  ×2    \u{2068}القاهرة\u{2069}\n\n"
        );
        assert!(!written(&text, "", &[]).contains('\u{2068}'));
    }

    #[test]
    fn colours_replace_brackets() {
        let text = Text {
            has_colors: true,
            has_names: false,
        };
        let written = written(&text, TEXT, SPANS);
        assert!(
            written.starts_with("زار \u{1b}[1m\u{1b}[36mعلي\u{1b}[0m "),
            "{written:?}"
        );
        assert!(!written.contains('⟦'));
    }
}
