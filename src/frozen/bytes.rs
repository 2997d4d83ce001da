//! A slice of shared or static bytes.

use std::ops::{Deref, Range};
use std::sync::Arc;

/// Bytes of a bundle: compiled into the program, or read from a file and shared.
#[derive(Debug, Clone)]
pub struct Bytes {
    owner: Owner,
    range: Range<usize>,
}

#[derive(Debug, Clone)]
enum Owner {
    Static(&'static [u8]),
    Shared(Arc<Vec<u8>>),
}

impl Bytes {
    /// Bytes that are part of the program.
    pub fn from_static(bytes: &'static [u8]) -> Self {
        Self {
            range: 0..bytes.len(),
            owner: Owner::Static(bytes),
        }
    }

    /// A part of these bytes, sharing them; `None` when it reaches outside.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        let inside = range.start <= range.end && range.end <= self.len();
        inside.then(|| Self {
            owner: self.owner.clone(),
            range: self.range.start + range.start..self.range.start + range.end,
        })
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            range: 0..bytes.len(),
            owner: Owner::Shared(Arc::new(bytes)),
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        let all = match &self.owner {
            Owner::Static(bytes) => bytes,
            Owner::Shared(bytes) => bytes.as_slice(),
        };
        &all[self.range.clone()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_of_slices_stay_inside() {
        let bytes = Bytes::from(vec![0, 1, 2, 3, 4]);
        let inner = bytes.slice(1..4).expect("inside");
        assert_eq!(&*inner, [1, 2, 3]);
        assert_eq!(&*inner.slice(1..2).expect("inside"), [2]);
        assert!(inner.slice(2..4).is_none());
    }
}
