//! Numbers of a file that may be damaged: every look is checked.

use crate::error::{Error, Result};

/// The error of a file that contradicts itself.
pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::new(format!("the CRFsuite model is damaged: {what}"))
        .hint("copy the file again, or train it again")
}

/// A piece of a file, with the name that errors call it by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a> {
    pub bytes: &'a [u8],
    pub name: &'static str,
}

impl<'a> Bytes<'a> {
    /// `len` bytes from `at`.
    pub fn slice(self, at: usize, len: usize) -> Result<&'a [u8]> {
        at.checked_add(len)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or_else(|| {
                damaged(format_args!(
                    "{} points to bytes {at} to {}, but has {}",
                    self.name,
                    at.saturating_add(len),
                    self.bytes.len()
                ))
            })
    }

    /// The little-endian number at `at`.
    pub fn u32(self, at: usize) -> Result<u32> {
        let mut number = [0; 4];
        number.copy_from_slice(self.slice(at, 4)?);
        Ok(u32::from_le_bytes(number))
    }

    /// The number at `at` as a length or offset.
    pub fn size(self, at: usize) -> Result<usize> {
        Ok(self.u32(at)? as usize)
    }

    /// The double at `at`.
    pub fn f64(self, at: usize) -> Result<f64> {
        let mut number = [0; 8];
        number.copy_from_slice(self.slice(at, 8)?);
        Ok(f64::from_le_bytes(number))
    }

    /// Where an array of `count` elements of `width` bytes lies; fails before anything is allocated for it.
    pub fn array(self, at: usize, count: usize, width: usize) -> Result<&'a [u8]> {
        let len = count.checked_mul(width).ok_or_else(|| {
            damaged(format_args!(
                "{} has {count} elements of {width} bytes",
                self.name
            ))
        })?;
        self.slice(at, len)
    }

    /// The chunk that begins at `at` with `id` and, at `at + 4`, its own size.
    pub fn chunk(self, at: usize, id: [u8; 4], name: &'static str) -> Result<Self> {
        if self.slice(at, 4)? != id {
            return Err(damaged(format_args!("{name} does not begin at byte {at}")));
        }
        let bytes = self.slice(at, self.size(at + 4)?)?;
        Ok(Self { bytes, name })
    }
}

/// A length or offset as the format stores it.
pub(super) fn u32_of(size: usize) -> Result<u32> {
    u32::try_from(size).map_err(|_| {
        Error::new("the model is too large for CRFsuite's format").expected("less than 4 GiB")
    })
}
