//! How long waivers may hold, and whether one does on a day. `[waivers]` of the policy.

use super::file::Reader;
use super::validate::duration;
use super::{Waiver, WaiverRules};
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use toml::de::DeValue;

/// A waiver is announced this many days before its last day, unless the policy says otherwise.
const NOTICE_DAYS: u32 = 14;

/// The most that `max-days` and `notice` can say: ten years.
const MOST_DAYS: u32 = 3660;

/// What one file says in `[waivers]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct RulesLayer {
    max_days: Option<u32>,
    notice: Option<u32>,
}

impl RulesLayer {
    /// Takes from a less specific layer what this one does not say.
    pub fn underlay(&mut self, below: Self) {
        self.max_days = self.max_days.or(below.max_days);
        self.notice = self.notice.or(below.notice);
    }

    /// Fills in the rest.
    pub fn finish(self) -> WaiverRules {
        WaiverRules {
            max_days: self.max_days,
            notice_days: self.notice.unwrap_or(NOTICE_DAYS),
        }
    }
}

/// Reads `[waivers]`; errors go to the reader.
pub fn rules(mut reader: Reader<'_, '_>) -> RulesLayer {
    let rules = RulesLayer {
        max_days: max_days(&mut reader),
        notice: notice(&mut reader),
    };
    reader.finish();
    rules
}

fn max_days(reader: &mut Reader<'_, '_>) -> Option<u32> {
    let value = reader.value("max-days")?;
    let days = match value.get_ref() {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    };
    let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
    if days.is_none() {
        reader.error(
            value.span(),
            "`max-days` must be a number of days",
            "between 1 and 3660",
            Some("write a whole number: max-days = 180".to_owned()),
        );
    }
    days
}

fn notice(reader: &mut Reader<'_, '_>) -> Option<u32> {
    let word = reader.text("notice")?;
    let hours = duration(&word.name).map(|time| time.as_hours());
    let days = hours
        .filter(|hours| hours % 24 == 0)
        .and_then(|hours| u32::try_from(hours / 24).ok())
        .filter(|days| (1..=MOST_DAYS).contains(days));
    if days.is_none() {
        reader.error(
            word.span,
            &format!("`{}` is no number of days", word.name),
            "not whole days",
            Some("write days or weeks: \"14d\", \"2w\"".to_owned()),
        );
    }
    days
}

/// Where a waiver stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// It holds, also on its last day.
    Valid,
    /// Its last day is over, in UTC.
    Expired,
    /// Its last day is further away than the policy allows.
    TooLong,
}

impl Term {
    /// Judges one waiver. A waiver that is too long does not hold, because the policy that limits
    /// it was meant; that no clock is needed to load a policy is why this is no error in the file.
    pub fn of(waiver: &Waiver, rules: &WaiverRules, today: Date) -> Self {
        if waiver.expires < today {
            return Self::Expired;
        }
        let last = rules.max_days.map(|days| after(today, days));
        match last.is_some_and(|last| waiver.expires > last) {
            true => Self::TooLong,
            false => Self::Valid,
        }
    }
}

/// The day that many days later, at most the last one that the calendar has.
pub fn after(today: Date, days: u32) -> Date {
    today.saturating_add(Span::new().days(i64::from(days)))
}

/// Days from one day to a later one.
pub fn days_until(today: Date, last: Date) -> i64 {
    let span = today.until(last).unwrap_or_else(|_| 0.days());
    i64::from(span.get_days())
}
