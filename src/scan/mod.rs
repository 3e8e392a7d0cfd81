//! Our own scanners: pure, over bytes that somebody else has read.

pub mod hardening;
pub mod secrets;
