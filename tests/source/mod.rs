//! The crate's own source files, as far as the architecture tests read them: code without comments and tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A file below `src`.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the crate.
    pub path: PathBuf,
    /// The module below the crate's root that it belongs to.
    pub room: String,
    /// All of it.
    pub text: String,
    /// Modules between the crate's root and the file's items: 1 in `src/tag.rs` and `src/crf/mod.rs`.
    depth: usize,
}

impl SourceFile {
    /// Reads a file of the crate.
    pub fn read(path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let text = fs::read_to_string(&whole).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut modules: Vec<String> = path
            .with_extension("")
            .iter()
            .skip(1)
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        if modules.last().is_some_and(|last| last == "mod") {
            modules.pop();
        }
        Self {
            path: path.to_owned(),
            room: modules[0].clone(),
            depth: modules.len(),
            text,
        }
    }

    /// Lines of code with their numbers, from 1; comments and what is compiled for tests only are left out.
    pub fn code(&self) -> Vec<(usize, &str)> {
        let mut code = Vec::new();
        // Indentation of a test-only item that is being skipped, and whether its own attributes are still being read.
        let mut skipped: Option<usize> = None;
        for (number, line) in (1..).zip(self.text.lines()) {
            let trimmed = line.trim_start();
            let indentation = line.len() - trimmed.len();
            if let Some(outer) = skipped {
                let ends = indentation == outer
                    && !trimmed.starts_with('#')
                    && (trimmed.ends_with(';') || trimmed.starts_with('}'));
                if ends {
                    skipped = None;
                }
            } else if trimmed.starts_with("#[cfg(test)]") {
                skipped = Some(indentation);
            } else if !trimmed.starts_with("//") && !trimmed.is_empty() {
                code.push((number, line));
            }
        }
        code
    }

    /// Modules that are declared for tests only in a file of their own: `#[cfg(test)] mod tests;`.
    fn test_modules(&self) -> Vec<&str> {
        let lines: Vec<&str> = self.text.lines().map(str::trim).collect();
        lines
            .windows(2)
            .filter(|pair| pair[0] == "#[cfg(test)]")
            .filter_map(|pair| pair[1].strip_prefix("mod ")?.strip_suffix(';'))
            .collect()
    }

    /// Rooms that the code names, each with its line: `crate::room`, `crate::{room, …}`, and `super::…` up to the root.
    pub fn imports(&self) -> Vec<(usize, String)> {
        let code = self.code();
        let mut text = String::new();
        let mut starts = Vec::new();
        for (number, line) in code {
            starts.push((text.len(), number));
            text.push_str(line);
            text.push('\n');
        }
        let line_at = |at: usize| starts[starts.partition_point(|s| s.0 <= at) - 1].1;
        let supers = "super::".repeat(self.depth);
        let mut found = Vec::new();
        for root in ["crate::", &supers] {
            for (at, _) in text.match_indices(root) {
                let is_part_of_longer_path = text[..at].ends_with("::")
                    || text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$');
                if !is_part_of_longer_path {
                    let line = line_at(at);
                    let names = first_names(&text[at + root.len()..]);
                    found.extend(names.into_iter().map(|name| (line, name)));
                }
            }
        }
        // The crate's own items (`crate::Error`) and macros are no rooms.
        let rooms = rooms();
        found.retain(|(_, name)| rooms.contains(name));
        found
    }
}

/// The first path segments behind a root: one name, or those of a brace group.
fn first_names(rest: &str) -> Vec<String> {
    let name = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![name(rest)];
    };
    let mut names = vec![name(group)];
    let mut depth = 0;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(name(&group[at + 1..])),
            _ => {}
        }
    }
    names
}

/// All files below `src` that are part of the library, without test modules.
pub fn files() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(SourceFile::read(
                    path.strip_prefix(root).expect("within the crate"),
                ));
            }
        }
    }
    let tests: BTreeSet<PathBuf> = files
        .iter()
        .flat_map(|file| {
            // `mod x;` in `a/mod.rs` is `a/x.rs`, in `a.rs` it is `a/x.rs` too.
            let folder = match file.path.file_name().and_then(|name| name.to_str()) {
                Some("mod.rs" | "lib.rs" | "main.rs") => file.path.parent().unwrap_or(&file.path),
                _ => &file.path,
            };
            let folder = folder.with_extension("");
            file.test_modules()
                .into_iter()
                .flat_map(move |name| {
                    let whole = folder.join(name);
                    [whole.with_extension("rs"), whole.join("mod.rs")]
                })
                .collect::<Vec<_>>()
        })
        .collect();
    files.retain(|file| {
        let is_root = ["lib", "main"].contains(&file.room.as_str());
        !is_root && !tests.contains(&file.path)
    });
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The crate's modules, as `src/lib.rs` declares them.
pub fn rooms() -> BTreeSet<String> {
    let lib = SourceFile::read("src/lib.rs");
    let names = lib.text.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(str::to_owned).collect()
}
