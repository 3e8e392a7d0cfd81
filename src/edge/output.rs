//! Files that the user asked for.

use crate::error::{Error, ErrorKind};
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};

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
        if is_special(path) {
            return Ok(());
        }
        std::fs::create_dir_all(folder(path)).map_err(fail)?;
        stays_below(path)?;
        match std::fs::remove_file(path) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(fail(e)),
            _ => {}
        }
        // The final file appears whole or not at all; whether it can appear is known now.
        tempfile::NamedTempFile::new_in(folder(path)).map_err(fail)?;
        Ok(())
    }

    /// Writes what `fill` gives. A file appears whole or not at all.
    ///
    /// # Errors
    /// When it is not there afterwards.
    pub fn write(&self, fill: Fill<'_>) -> Result<(), Error> {
        let failed = |e: std::io::Error, path: &str| {
            Error::new(
                ErrorKind::Delivery,
                format!("an output could not be written: {e}"),
            )
            .detail(path)
        };
        match self {
            Self::StandardOutput => {
                let mut content = Vec::new();
                buffered(&mut content, fill).map_err(|e| failed(e, "standard output"))?;
                super::terminal::out(&content);
                Ok(())
            }
            Self::File(path) => {
                write_file(path, fill).map_err(|e| failed(e, &path.display().to_string()))
            }
        }
    }

    /// The place of the part with this number, from 1: `x.sarif`, `x.part-2.sarif`. Only a file has
    /// room for more than one.
    pub fn beside(&self, number: usize) -> Option<Self> {
        if number == 1 {
            return Some(self.clone());
        }
        let Self::File(path) = self else { return None };
        let stem = path.file_stem()?.to_str()?;
        let extension = path.extension().and_then(|e| e.to_str());
        let extension = extension.map_or_else(String::new, |e| format!(".{e}"));
        let name = format!("{stem}.part-{number}{extension}");
        (!is_special(path)).then(|| Self::File(path.with_file_name(name)))
    }

    /// Whether something is there already; never for standard output.
    pub fn exists(&self) -> bool {
        match self {
            Self::StandardOutput => false,
            Self::File(path) => path.symlink_metadata().is_ok(),
        }
    }

    /// The path in a form that means the same in every folder; empty for standard output.
    pub fn absolute(&self) -> String {
        match self {
            Self::StandardOutput => String::new(),
            Self::File(path) => std::path::absolute(path)
                .unwrap_or_else(|_| path.clone())
                .display()
                .to_string(),
        }
    }
}

/// Where an output's content goes. The buffer is outermost, so that the many small writes of a
/// renderer are no virtual calls.
pub type Buffer<'a> = BufWriter<&'a mut dyn Write>;

/// Writes an output's content.
pub type Fill<'a> = &'a dyn Fn(&mut Buffer<'_>) -> std::io::Result<()>;

fn buffered(out: &mut dyn Write, fill: Fill<'_>) -> std::io::Result<()> {
    let mut buffer = BufWriter::with_capacity(256 * 1024, out);
    fill(&mut buffer)?;
    buffer.flush()
}

/// A device or pipe, such as `/dev/stderr` (also when that leads to a file): it is written to, never
/// replaced.
fn is_special(path: &Path) -> bool {
    path.starts_with("/dev")
        || path.starts_with("/proc")
        || path.metadata().is_ok_and(|m| !m.is_file() && !m.is_dir())
}

/// The checkout may hold links that somebody else made. A relative path without `..` is meant to
/// stay below the working folder.
fn stays_below(path: &Path) -> Result<(), Error> {
    let plain = |c| matches!(c, Component::Normal(_) | Component::CurDir);
    if !path.components().all(plain) {
        return Ok(());
    }
    let inside = std::env::current_dir()
        .and_then(|here| here.canonicalize())
        .and_then(|here| Ok(folder(path).canonicalize()?.starts_with(here)))
        .unwrap_or(false);
    if inside {
        return Ok(());
    }
    Err(
        Error::usage("an output's folder is a link that leads out of the working folder")
            .detail(path.display().to_string())
            .hint("name the real folder by its absolute path"),
    )
}

fn write_file(path: &Path, fill: Fill<'_>) -> std::io::Result<()> {
    if is_special(path) {
        let mut device = std::fs::OpenOptions::new().write(true).open(path)?;
        return buffered(&mut device, fill);
    }
    let mut file = tempfile::NamedTempFile::new_in(folder(path))?;
    buffered(&mut file, fill)?;
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
