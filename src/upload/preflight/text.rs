//! Texts of rules and results, whatever they are in the file.

use super::{About, loses, rejects};
use serde_json::Value;

/// A value that is a text and not empty: "The empty string is not supported for required
/// properties."
pub fn is_given(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// The `text` of a message.
pub fn message(value: &Value) -> Option<&str> {
    value.get("text")?.as_str()
}

/// "could not convert rules: invalid security severity value, is not a number"
const NO_NUMBER: About = rejects(
    "security-severity",
    "a rule's security-severity is no text with a number in it",
);

const NO_SEVERITY: About = loses(
    "security-severity-range",
    "a rule's security-severity is not above 0 and up to 10, and counts as none",
);

/// What is wrong with a `security-severity`.
pub fn severity(value: &Value) -> Option<About> {
    let number = value.as_str().map(str::parse::<f64>);
    match number {
        Some(Ok(number)) if number > 0.0 && number <= 10.0 => None,
        Some(Ok(number)) if number.is_finite() => Some(NO_SEVERITY),
        _ => Some(NO_NUMBER),
    }
}
