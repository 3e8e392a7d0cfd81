//! How time has passed, for machines.

use crate::escape::json as text;
use crate::model::{Memory, Schedule};
use serde::Serialize;

/// The field `schedule` of the JSON.
#[derive(Serialize)]
pub struct ScheduleOut<'a> {
    /// `none`, `first` or `since`.
    memory: &'static str,
    last: Option<String>,
    deadlines: Vec<DeadlineOut<'a>>,
    dark: Vec<DarkOut<'a>>,
}

#[derive(Serialize)]
struct DeadlineOut<'a> {
    fingerprint: &'a str,
    day: String,
    gate: &'a str,
}

#[derive(Serialize)]
struct DarkOut<'a> {
    scanner: &'a str,
    since: String,
    days: i64,
    accepted: Option<i64>,
    overdue: bool,
}

impl<'a> ScheduleOut<'a> {
    /// Of a schedule.
    pub fn of(schedule: &'a Schedule) -> Self {
        let (memory, last) = match schedule.memory {
            Memory::None => ("none", None),
            Memory::First => ("first", None),
            Memory::Since(day) => ("since", Some(day.to_string())),
        };
        let deadlines = schedule.deadlines.iter();
        let dark = schedule.dark.iter();
        Self {
            memory,
            last,
            deadlines: deadlines
                .map(|(fingerprint, deadline)| DeadlineOut {
                    fingerprint,
                    day: deadline.day.to_string(),
                    gate: text(&deadline.gate.name),
                })
                .collect(),
            dark: dark
                .map(|dark| DarkOut {
                    scanner: dark.scanner.as_str(),
                    since: dark.since.to_string(),
                    days: dark.days,
                    accepted: dark.accepted,
                    overdue: dark.overdue,
                })
                .collect(),
        }
    }
}
