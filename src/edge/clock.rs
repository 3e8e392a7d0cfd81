//! The one place that asks what day it is.

/// Today in UTC, from the system's clock.
pub fn today() -> jiff::civil::Date {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let seconds = i64::try_from(since).unwrap_or_default();
    jiff::Timestamp::from_second(seconds)
        .map(|now| jiff::tz::Offset::UTC.to_datetime(now).date())
        .unwrap_or_default()
}
