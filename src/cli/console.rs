//! Words for the user: everything that goes to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstyle::{AnsiColor, Style};

use crate::error::Error;

static QUIET: AtomicBool = AtomicBool::new(false);

/// Remembers `--quiet` and `--color` for the whole run.
pub fn set_up(quiet: bool, color: clap::ColorChoice) {
    QUIET.store(quiet, Ordering::Relaxed);
    match color {
        clap::ColorChoice::Auto => anstream::ColorChoice::Auto,
        clap::ColorChoice::Always => anstream::ColorChoice::Always,
        clap::ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// Whether `--quiet` was given.
pub fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Whether progress can be redrawn in place.
pub fn draws_progress() -> bool {
    !is_quiet() && std::io::stderr().is_terminal()
}

/// An error with its hint.
pub fn error(error: &Error) {
    say("error", AnsiColor::Red, error);
}

/// Something that is most likely a slip, but does not stop the run. Not silenced by `--quiet`.
pub fn warn(message: impl Display) {
    say("warning", AnsiColor::Yellow, &message);
}

/// A remark on what is being done; silenced by `--quiet`.
pub fn note(message: impl Display) {
    if !is_quiet() {
        // A reader of stderr that went away must not end the run.
        let _ = writeln!(anstream::stderr(), "{message}");
    }
}

fn say(label: &str, color: AnsiColor, message: &dyn Display) {
    let style = Style::new().bold().fg_color(Some(color.into()));
    let _ = writeln!(anstream::stderr(), "{style}{label}:{style:#} {message}");
}
