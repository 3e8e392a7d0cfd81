//! The condition `age`: how long ago a finding was first seen.

use super::answer::{Answer, Polarity, Subject};
use super::range::Range;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::fmt;

/// A length of time, as a policy writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// How many, 0 to [`Age::MOST`].
    count: i64,
    /// Of what.
    unit: AgeUnit,
}

/// What an age is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AgeUnit {
    /// Whole hours since the first day began, in UTC: the day is all that is kept.
    Hours,
    /// Whole days, by the calendar in UTC.
    Days,
    /// Seven days each.
    Weeks,
}

impl AgeUnit {
    fn letter(self) -> char {
        match self {
            Self::Hours => 'h',
            Self::Days => 'd',
            Self::Weeks => 'w',
        }
    }
}

impl Age {
    /// More than any report is old, in any unit.
    const MOST: i64 = 100_000;

    /// Reads `12h`, `7d`, `2w`.
    pub fn parse(text: &str) -> Option<Self> {
        let units = [AgeUnit::Hours, AgeUnit::Days, AgeUnit::Weeks];
        let (count, unit) = units
            .iter()
            .find_map(|unit| Some((text.strip_suffix(unit.letter())?, *unit)))?;
        let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
        let count = digits.then(|| count.parse().ok())??;
        (count <= Self::MOST).then_some(Self { count, unit })
    }

    /// The same in hours, to compare ages of different units.
    pub fn hours(self) -> i64 {
        self.count
            * match self.unit {
                AgeUnit::Hours => 1,
                AgeUnit::Days => 24,
                AgeUnit::Weeks => 7 * 24,
            }
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letter())
    }
}

/// Hours and days since a day; `None` for a day that is still to come.
#[derive(Debug, Clone, Copy)]
struct Passed {
    hours: i64,
    days: i64,
}

impl Passed {
    const NOTHING: Self = Self { hours: 0, days: 0 };

    fn since(day: Date, now: Timestamp) -> Option<Self> {
        let now = Offset::UTC.to_datetime(now);
        let days = i64::from((now.date() - day).get_days());
        (days >= 0).then(|| Self {
            hours: days * 24 + i64::from(now.hour()),
            days,
        })
    }
}

/// Whether the finding's age is in one of the ranges.
///
/// An age that nobody wrote down, or that lies ahead, is that of a finding of this day for what
/// stops: a clock that nobody started has not run out, and the checks that keep clocks (scheduled
/// ones with a state) know every age. For what lets pass it is unknown, and for all when those who know
/// it could not be asked.
pub fn answer(ranges: &[Range<Age>], subject: &Subject<'_>) -> Answer {
    let since = subject.finding.since;
    let passed = match since.and_then(|day| Passed::since(day, subject.context.now)) {
        Some(passed) => passed,
        None if subject.polarity == Polarity::Stops && !subject.context.alerts_unread => {
            Passed::NOTHING
        }
        None => return Answer::Unknown,
    };
    let holds = |range: &Range<Age>| {
        range.all(|comparison, age| {
            let (value, than) = match age.unit {
                AgeUnit::Hours => (passed.hours, age.count),
                AgeUnit::Days => (passed.days, age.count),
                AgeUnit::Weeks => (passed.days, age.count * 7),
            };
            comparison.holds(value, than)
        })
    };
    ranges.iter().any(holds).into()
}

/// The age in days, where it is known.
pub fn days(subject: &Subject<'_>) -> Option<i64> {
    let passed = Passed::since(subject.finding.since?, subject.context.now)?;
    Some(passed.days)
}
