//! Offline verification: checksums and structure, one file for each family.
//!
//! A check gets the secret and says what its own form says of it. It answers [`Proof::None`] for what
//! is not of the form that it knows, so that a rule may be wider than its check.

use crate::hit::Proof;

/// Seconds since 1970, when they are known.
pub type Now = Option<u64>;

/// A check: what the secret's form says of it.
pub type Check = fn(&[u8], Now) -> Proof;

/// Every check by the name that rules use, sorted.
pub const CHECKS: &[(&str, Check)] = &[];

/// The check of that name.
pub fn by_name(name: &str) -> Option<Check> {
    CHECKS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, check)| *check)
}
