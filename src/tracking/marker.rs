//! The line by which the issue is found.

use crate::model::{Foreign, Untrusted};

/// The mark in an issue's text: whose it is, and which run wrote it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Tells several gates of one repository apart.
    pub key: String,
    /// The run's id and attempt; later ones are larger.
    pub run: (u64, u64),
}

impl Marker {
    /// The line.
    pub fn write(&self) -> String {
        let (run, attempt) = self.run;
        format!("<!-- lockgate:v1 key={} run={run}.{attempt} -->", self.key)
    }

    /// Reads the one that a text ends with.
    pub fn read(text: &Untrusted) -> Option<Self> {
        let last = text.raw().trim_end().lines().next_back()?;
        let inside = last
            .strip_prefix("<!-- lockgate:v1 key=")?
            .strip_suffix(" -->")?;
        let (key, run) = inside.split_once(" run=")?;
        let (run, attempt) = run.split_once('.')?;
        Some(Self {
            key: key.to_owned(),
            run: (run.parse().ok()?, attempt.parse().ok()?),
        })
    }
}
