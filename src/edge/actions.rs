//! The GitHub Actions runner: its files and its environment.

use crate::error::{Error, ErrorKind};
use std::io::Write as _;
use std::path::PathBuf;

/// What the runner offers to this step.
#[derive(Debug, Default)]
pub struct Runner {
    summary: Option<PathBuf>,
    outputs: Option<PathBuf>,
}

impl Runner {
    /// The runner that this process runs in, if it does.
    pub fn detect() -> Option<Self> {
        (std::env::var_os("GITHUB_ACTIONS")? == "true").then(Self::attach)
    }

    /// A runner of which only the files matter.
    pub fn attach() -> Self {
        let file = |name: &str| {
            std::env::var_os(name)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
        };
        Self {
            summary: file("GITHUB_STEP_SUMMARY"),
            outputs: file("GITHUB_OUTPUT"),
        }
    }

    /// Adds to the job summary what `render` gives for the room that is left of `most`, in bytes:
    /// whatever runs in the same step may have written to it.
    ///
    /// # Errors
    /// When the runner's file cannot be written.
    pub fn summary(&self, most: usize, render: impl FnOnce(usize) -> String) -> Result<(), Error> {
        let Some(path) = &self.summary else {
            return Ok(());
        };
        let used = std::fs::metadata(path).map_or(0, |m| m.len());
        // One for the line break that ends it.
        let used = usize::try_from(used)
            .unwrap_or(usize::MAX)
            .saturating_add(1);
        append(path, &render(most.saturating_sub(used))).map_err(|e| failed("the job summary", &e))
    }

    /// Sets the step's outputs. Values are single lines, so that none can set another output.
    ///
    /// # Errors
    /// When the runner's file cannot be written, or a value has a line break.
    pub fn outputs(&self, outputs: &[(&str, String)]) -> Result<(), Error> {
        let Some(path) = &self.outputs else {
            return Ok(());
        };
        let mut text = String::new();
        for (name, value) in outputs {
            if value.contains(['\n', '\r']) {
                return Err(Error::new(
                    ErrorKind::Delivery,
                    "an output's path has a line break",
                ));
            }
            text.push_str(&format!("{name}={value}\n"));
        }
        append(path, &text).map_err(|e| failed("the step's outputs", &e))
    }
}

fn failed(what: &str, e: &std::io::Error) -> Error {
    Error::new(
        ErrorKind::Delivery,
        format!("{what} could not be written: {e}"),
    )
}

fn append(path: &PathBuf, text: &str) -> std::io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        file.write_all(b"\n")?;
    }
    Ok(())
}
