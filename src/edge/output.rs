//! Files that the user asked for.

use crate::error::{Error, ErrorKind};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A place for an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `-`.
    StandardOutput,
    /// A file.
    File(PathBuf),
}

impl Destination {
    /// Reads the user's word.
    pub fn new(text: &str) -> Self {
        match text {
            "-" => Self::StandardOutput,
            path => Self::File(path.into()),
        }
    }

    /// Makes ready to write: creates the folders, and removes an older file, so that a run that
    /// dies leaves no output that looks like its own.
    ///
    /// # Errors
    /// When the file could not be written later.
    pub fn prepare(&self) -> Result<(), Error> {
        let Self::File(path) = self else {
            return Ok(());
        };
        let fail = |e: std::io::Error| {
            Error::usage(format!("an output cannot be written: {e}"))
                .detail(path.display().to_string())
                .hint("name a file in a folder that can be written to")
        };
        if path.is_dir() {
            return Err(fail(std::io::ErrorKind::IsADirectory.into()));
        }
        std::fs::create_dir_all(folder(path)).map_err(fail)?;
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(fail(e)),
            _ => {}
        }
        // The final file appears whole or not at all; whether it can appear is known now.
        tempfile::NamedTempFile::new_in(folder(path)).map_err(fail)?;
        Ok(())
    }

    /// Writes the whole content.
    ///
    /// # Errors
    /// When it is not there afterwards.
    pub fn write(&self, content: &[u8]) -> Result<(), Error> {
        let Self::File(path) = self else {
            super::terminal::out(content);
            return Ok(());
        };
        write_file(path, content).map_err(|e| {
            Error::new(
                ErrorKind::Delivery,
                format!("an output could not be written: {e}"),
            )
            .detail(path.display().to_string())
        })
    }
}

fn write_file(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
    file.write_all(content)?;
    readable(&file)?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private; an output is an ordinary file that later steps may run as another
/// user to read.
#[cfg(unix)]
fn readable(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
