//! The frame of every page, and how text gets into HTML.

use super::words::{arabic, term};

/// Style of every page.
const STYLE: &str = include_str!("style.css");
/// Sorting and filtering.
const SCRIPT: &str = include_str!("script.js");
/// Nothing may be loaded, whatever the data says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

/// A page that grows by sections.
#[derive(Debug)]
pub(crate) struct Page {
    title: &'static str,
    navigation: Vec<(&'static str, &'static str)>,
    body: String,
}

impl Page {
    /// A page by its English title.
    pub(crate) fn new(title: &'static str) -> Self {
        Self {
            title,
            navigation: Vec::new(),
            body: String::new(),
        }
    }

    /// Adds HTML without a heading.
    pub(crate) fn push(&mut self, html: &str) {
        self.body.push_str(html);
        self.body.push('\n');
    }

    /// Adds a section, which the navigation lists; nothing if it is empty.
    pub(crate) fn section(&mut self, id: &'static str, title: &'static str, html: &str) {
        if html.is_empty() {
            return;
        }
        self.navigation.push((id, title));
        let heading = term(title);
        self.push(&format!(
            "<section id=\"{id}\" aria-labelledby=\"h-{id}\"><h2 id=\"h-{id}\">{heading}</h2>\n{html}</section>"
        ));
    }

    /// The whole document.
    pub(crate) fn finish(self) -> String {
        let links: Vec<String> = self
            .navigation
            .iter()
            .map(|(id, title)| format!("<a href=\"#{id}\">{}</a>", escape(arabic(title))))
            .collect();
        let navigation = if links.len() > 1 {
            let label = escape(arabic("contents"));
            format!("<nav aria-label=\"{label}\">{}</nav>", links.join(" "))
        } else {
            String::new()
        };
        format!(
            "<!DOCTYPE html>\n<html lang=\"ar\" dir=\"rtl\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"generator\" content=\"musamma\">\n<link rel=\"icon\" href=\"data:,\">\n\
             <title>{} – musamma</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">{}</a>\n<header><h1>{}</h1>{navigation}</header>\n\
             <main id=\"main\">\n{}</main>\n<footer>{} <bdi dir=\"ltr\">musamma {}</bdi></footer>\n\
             <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
            escape(arabic(self.title)),
            escape(arabic("to the content")),
            term(self.title),
            self.body,
            escape(arabic("made with")),
            env!("CARGO_PKG_VERSION"),
        )
    }
}

/// Text for element content and quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Not allowed in HTML; a corpus may hold anything.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// A number or formula in a left-to-right isolate.
pub(crate) fn number(text: &str) -> String {
    format!("<bdi class=\"n\" dir=\"ltr\">{}</bdi>", escape(text))
}

/// A file name, a type, an English word: left to right, isolated.
pub(crate) fn latin(text: &str) -> String {
    format!("<bdi dir=\"ltr\">{}</bdi>", escape(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_data_is_markup() {
        assert_eq!(
            escape("<b>&\"'\u{1}</b>"),
            "&lt;b&gt;&amp;&quot;&#39;\u{fffd}&lt;/b&gt;"
        );
    }

    #[test]
    fn empty_sections_are_left_out() {
        let mut page = Page::new("evaluation report");
        page.section("charts", "charts", "");
        page.section("errors", "errors in their sentences", "<p>x</p>");
        let html = page.finish();
        assert!(!html.contains("id=\"charts\"") && html.contains("id=\"errors\""));
        assert!(!html.contains("<nav"), "one section needs no navigation");
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains("dir=\"rtl\""));
    }
}
