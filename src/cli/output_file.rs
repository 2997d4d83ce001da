//! Writing results: to stdout, or to a file that appears only when it is complete.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, Result};

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 16;

/// A destination of results. Nothing is left behind when it is dropped before [`OutputFile::finish`].
#[derive(Debug)]
pub struct OutputFile {
    target: Target,
}

#[derive(Debug)]
enum Target {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// A pipe or device, which cannot be renamed to.
    Direct(BufWriter<File>, PathBuf),
    Renamed(BufWriter<NamedTempFile>, PathBuf),
}

impl OutputFile {
    /// Opens a destination; `-` is stdout.
    ///
    /// # Errors
    /// When it cannot be written; nothing has been changed then.
    pub fn create(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self::stdout());
        }
        let failed = |e: io::Error| {
            let is_missing = e.kind() == io::ErrorKind::NotFound;
            let error = write_error(e).in_file(path.display());
            if is_missing {
                error.hint("does the folder exist?")
            } else {
                error
            }
        };
        // A link stays a link: what it points at is replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let metadata = path.metadata().ok();
        if let Some(metadata) = &metadata {
            if metadata.is_dir() {
                return Err(Error::new("cannot write: this is a folder")
                    .expected("a file name")
                    .in_file(path.display()));
            }
            // Also tells whether an existing file may be written, which renaming over it would not ask.
            let file = OpenOptions::new().write(true).open(&path).map_err(failed)?;
            if !metadata.is_file() {
                let target = Target::Direct(BufWriter::with_capacity(BUFFER, file), path);
                return Ok(Self { target });
            }
        }
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".musamma-");
        if let Some(permissions) =
            metadata.map_or_else(new_file_permissions, |m| Some(m.permissions()))
        {
            builder.permissions(permissions);
        }
        let file = builder.tempfile_in(folder).map_err(failed)?;
        let target = Target::Renamed(BufWriter::with_capacity(BUFFER, file), path);
        Ok(Self { target })
    }

    /// Finds out whether a destination can be written, so that a long run does not end in vain. Leaves nothing behind,
    /// also when the run is interrupted.
    ///
    /// # Errors
    /// As [`OutputFile::create`].
    pub fn check(path: &Path) -> Result<()> {
        // Opening a pipe and closing it again would end it for its reader.
        let is_special = path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir());
        if is_special {
            return Ok(());
        }
        Self::create(path).map(drop)
    }

    /// A file, or stdout where none is named.
    pub fn create_or_stdout(path: Option<&Path>) -> Result<Self> {
        path.map_or_else(|| Ok(Self::stdout()), Self::create)
    }

    /// Stdout.
    pub fn stdout() -> Self {
        let stdout = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        Self {
            target: Target::Stdout(stdout),
        }
    }

    /// Writes what is buffered and puts the file in its place.
    pub fn finish(self) -> Result<()> {
        match self.target {
            Target::Stdout(mut stdout) => stdout.flush().map_err(write_error),
            Target::Direct(mut file, path) => file
                .flush()
                .map_err(|e| write_error(e).in_file(path.display())),
            Target::Renamed(file, path) => {
                let failed = |e| write_error(e).in_file(path.display());
                let file = file.into_inner().map_err(|e| failed(e.into_error()))?;
                file.as_file().sync_all().map_err(failed)?;
                file.persist(&path).map_err(|e| failed(e.error))?;
                Ok(())
            }
        }
    }
}

impl Write for OutputFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.target {
            Target::Stdout(out) => out.write(bytes),
            Target::Direct(out, _) => out.write(bytes),
            Target::Renamed(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.target {
            Target::Stdout(out) => out.flush(),
            Target::Direct(out, _) => out.flush(),
            Target::Renamed(out, _) => out.flush(),
        }
    }
}

/// Permissions of a file that was not there before: as any new file, the process's mask applies. A temporary file would
/// be readable by its owner only.
#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "other systems have none")]
fn new_file_permissions() -> Option<Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn new_file_permissions() -> Option<Permissions> {
    None
}

/// The error of output that cannot be written; a closed pipe stays recognisable as such.
pub fn write_error(error: io::Error) -> Error {
    Error::io("cannot write", error)
}
