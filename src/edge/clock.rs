//! The one place that asks what time it is.

use jiff::Timestamp;

/// Now, from the system's clock, to the second.
pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    Timestamp::from_second(i64::try_from(since).unwrap_or_default()).unwrap_or_default()
}

/// Today in UTC.
pub fn today() -> jiff::civil::Date {
    jiff::tz::Offset::UTC.to_datetime(now()).date()
}

/// Seconds since 1970.
pub fn seconds() -> u64 {
    u64::try_from(now().as_second()).unwrap_or_default()
}
