//! The one issue in which scheduled scans tell what is open. Pure: what a scan found and what the
//! issue says go in, the text and what is to be done come out.

mod body;
mod chart;
mod decide;
mod matters;
mod memory;

pub use body::{Text, body};
pub use decide::{Action, Left, decide};
pub use matters::Matters;
pub use memory::{Memory, Point, Recalled};

use crate::model::Assessment;

/// The label by which the issue is found.
pub const LABEL: &str = "lockgate";

/// The labels that a new issue gets. Those that are not there are made with it.
pub const LABELS: [&str; 2] = [LABEL, "security"];

/// Longest text, in UTF-16 units: GitHub allows 65,536 characters with the marker, and nobody knows
/// how it counts them.
pub const MOST_UNITS: usize = 59_000;

/// A new issue's title. It stays: people may give it another.
pub fn title(key: &str) -> String {
    let title = "lockgate: what the scheduled scan found";
    match key {
        "" => title.to_owned(),
        key => format!("{title} ({key})"),
    }
}

/// What the issue remembers after this scan, which follows what it remembered before.
pub fn remember(before: Option<Memory>, assessment: &Assessment, matters: &Matters<'_>) -> Memory {
    let mut memory = before.unwrap_or_default();
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    memory.add(Point {
        day: assessment.today,
        open: number(matters.findings().count()),
        blocking: number(matters.blocking.len()),
        gaps: number(matters.gaps.len()),
    });
    memory.open = matters.remembered();
    memory.clear = match matters.is_clear() {
        true => Some(memory.clear.unwrap_or(assessment.today)),
        false => None,
    };
    memory
}
