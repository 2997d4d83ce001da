//! Read-only tables that live in the bytes of a model bundle: no parsing and no allocation when a model is opened.

mod bytes;
mod hash;
mod map;

pub use bytes::Bytes;
pub use hash::{finish, fold, text_hash};
pub use map::{FrozenMap, write_map};
