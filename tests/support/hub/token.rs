//! A token that no two tests share, and the search for it in whatever was written.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use std::hash::{BuildHasher as _, RandomState};

/// Characters of a form that have to be the same before it counts as the token: enough that chance
/// does not produce it.
const TELLING: usize = 16;

/// A new token in the form of those that a job gets.
pub fn random() -> String {
    let part = || RandomState::new().hash_one(std::process::id());
    let digits: String = (0..3).map(|_| format!("{:016x}", part())).collect();
    format!("ghs_{}", &digits[..36])
}

/// How the token stands in what was written, if it does: as it is, backwards, or in base64, hex or
/// percent-encoding. A long enough part of it counts.
pub fn leak(token: &str, written: &[u8]) -> Option<&'static str> {
    let text = String::from_utf8_lossy(written);
    let lower = text.to_lowercase();
    let secret = token.trim_start_matches("ghs_");
    let hex: String = token.bytes().map(|b| format!("{b:02x}")).collect();
    let percent: String = token.bytes().map(|b| format!("%{b:02x}")).collect();
    let reversed: String = token.chars().rev().collect();
    let parts = |form: &str, whole: &str| {
        let form: Vec<char> = form.chars().collect();
        let mut windows = form.windows(TELLING.min(form.len()));
        windows.any(|part| whole.contains(&part.iter().collect::<String>()))
    };
    if parts(secret, &text) {
        return Some("as it is");
    }
    if parts(&reversed, &text) {
        return Some("backwards");
    }
    if parts(&hex, &lower) {
        return Some("in hex");
    }
    if parts(&percent, &lower) {
        return Some("percent-encoded");
    }
    // What stands before it shifts the digits; the first and the last depend on the neighbours.
    for before in ["", "x", "xx"] {
        for engine in [&STANDARD, &URL_SAFE] {
            let form = engine.encode(format!("{before}{token}"));
            let inner = form.trim_end_matches('=');
            if parts(&inner[4..inner.len() - 2], &text) {
                return Some("in base64");
            }
        }
    }
    None
}
