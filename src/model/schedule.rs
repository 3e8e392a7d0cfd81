//! What a scheduled scan has to say beyond its findings: how time has passed.

use super::assessment::GateName;
use super::rule::ScannerId;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How time has passed since the last scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    /// What is remembered of earlier scans.
    pub memory: Memory,
    /// By fingerprint: when a finding will block that does not block today.
    pub deadlines: BTreeMap<String, Deadline>,
    /// Scanners that earlier scans know and that gave no evidence today, by name.
    pub dark: Vec<Dark>,
}

/// What is remembered of earlier scans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// Nothing is kept: no age is known.
    #[default]
    None,
    /// This is the first scan: every clock starts today.
    First,
    /// The last scan was on this day.
    Since(Date),
}

/// When a finding will block if nothing changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The first day, in UTC, on which it will.
    pub day: Date,
    /// The gate that will.
    pub gate: GateName,
}

/// A scanner that used to give evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dark {
    /// Which.
    pub scanner: ScannerId,
    /// The last day, in UTC, on which it gave evidence.
    pub since: Date,
    /// How long ago that is, in days.
    pub days: i64,
    /// How long the policy accepts that, in days; `None` for ever.
    pub accepted: Option<i64>,
    /// True when it must not be so today.
    pub overdue: bool,
}
