//! Text: characters, normal forms, tokens, sentences and clitic views over an untouched source.
//!
//! ```text
//! source ─ tokenise ─► Tokenised{tokens, sentences} ─► surface of a token ─┬─ normalise ─► normal form ─ clitics ─► splits
//!                                                                         └─ shape ─► word shape
//! entity surface ─ name_without_proclitics ─► name
//! ```
//!
//! The source is never altered. A token is a byte range and a character range of it; everything else is a view that is
//! computed beside it, into buffers that the caller reuses.

mod abbreviation;
mod address;
pub mod chars;
pub mod clitics;
mod cursor;
pub mod name;
pub mod normalise;
mod sentence;
pub mod shape;
pub mod tokenise;

pub use chars::{CharClass, class_of};
pub use clitics::{Clitics, Split, clitics};
pub use name::name_without_proclitics;
pub use normalise::{normalise, normalise_into};
pub use shape::{kind_of, shape_into};
pub use tokenise::{Token, TokenKind, Tokenised, tokenise_into};
