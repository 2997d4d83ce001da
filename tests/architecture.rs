//! The rooms of the crate: imports point down the diagram in `src/lib.rs`, and only `cli` touches the outside world.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use source::{SourceFile, files, rooms};

/// What a library room must not name, and what to do instead. Printing, `unwrap` and `dbg!` are clippy's (see Cargo.toml).
const OUTSIDE_WORLD: &[(&[&str], &str)] = &[
    (
        &["std::fs", "File::open", "File::create", "io::stdin"],
        "take `Read`, `Write` or bytes; `cli` opens paths and streams",
    ),
    (
        &["io::stdout", "io::stderr", "anstream", "indicatif"],
        "take `Write`, return an `Error` or call back; `cli` shows results and progress",
    ),
    (
        &["std::env", "process::exit"],
        "take a parameter, return an `Error`; `cli` knows the process",
    ),
    (
        &["allow(clippy::print", "allow(clippy::unwrap"],
        "return an `Error`, or `expect` what cannot fail and say why",
    ),
];

/// Row of each room in the diagram of `src/lib.rs`, the top one 0.
///
/// A row is `room  room   what they are about`: everything before the first run of three spaces are rooms.
fn diagram(lib: &str) -> BTreeMap<&str, usize> {
    lib.lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .skip_while(|line| *line != "```text")
        .skip(1)
        .take_while(|line| *line != "```")
        .enumerate()
        .flat_map(|(row, line)| {
            let names = line.split("   ").next().unwrap_or_default();
            names.split_whitespace().map(move |room| (room, row))
        })
        .collect()
}

/// Every import between two rooms, with a place that it was found at.
fn imports() -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for file in files() {
        for (line, room) in file.imports() {
            if room != file.room {
                let place = format!("{}:{line}", file.path.display());
                found.entry((file.room.clone(), room)).or_insert(place);
            }
        }
    }
    found
}

#[test]
fn the_diagram_shows_every_room() {
    let lib = SourceFile::read("src/lib.rs");
    let shown: BTreeSet<String> = diagram(&lib.text).into_keys().map(str::to_owned).collect();
    assert_eq!(
        shown,
        rooms(),
        "rooms in the diagram of src/lib.rs (left) and in src (right)"
    );
}

#[test]
fn imports_point_down() {
    let lib = SourceFile::read("src/lib.rs");
    let rows = diagram(&lib.text);
    let row = |room: &str| *rows.get(room).unwrap_or_else(|| panic!("no room `{room}`"));
    let imports = imports();
    assert!(imports.len() > 50, "imports were read: {}", imports.len());
    let upward: Vec<String> = imports
        .iter()
        .filter(|((from, to), _)| row(from) > row(to))
        .map(|((from, to), place)| format!("{place}: `{from}` imports `{to}` from above it"))
        .collect();
    assert!(
        upward.is_empty(),
        "move what is shared down, or pass it in:\n{}",
        upward.join("\n")
    );
}

/// Rooms of one row may use each other, but not in a circle: there is always one that can be read first.
#[test]
fn no_rooms_import_each_other_in_a_circle() {
    let mut left: Vec<((String, String), String)> = imports().into_iter().collect();
    loop {
        // An import whose room imports nothing more, or is imported by nothing more, is in no circle.
        let before = left.len();
        let from: BTreeSet<String> = left.iter().map(|i| i.0.0.clone()).collect();
        let to: BTreeSet<String> = left.iter().map(|i| i.0.1.clone()).collect();
        left.retain(|(import, _)| to.contains(&import.0) && from.contains(&import.1));
        if left.len() == before {
            break;
        }
    }
    let circle: Vec<String> = left
        .iter()
        .map(|((from, to), place)| format!("{place}: `{from}` imports `{to}`"))
        .collect();
    assert!(circle.is_empty(), "a circle:\n{}", circle.join("\n"));
}

#[test]
fn only_cli_touches_the_outside_world() {
    let mut found = Vec::new();
    let mut n_cli = 0;
    for file in files() {
        for (line, code) in file.code() {
            for (names, instead) in OUTSIDE_WORLD {
                let Some(name) = names.iter().find(|name| code.contains(**name)) else {
                    continue;
                };
                if file.room == "cli" {
                    n_cli += 1;
                } else {
                    let place = format!("{}:{line}", file.path.display());
                    found.push(format!("{place}: {name}: {instead}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    assert!(n_cli > 10, "the search finds what `cli` does: {n_cli}");
}
