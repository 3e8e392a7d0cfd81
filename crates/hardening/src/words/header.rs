//! Names of headers.

/// The headers that matter here, and how else they are called.
const HEADERS: [&str; 16] = [
    "content-security-policy",
    "content-security-policy-report-only",
    "x-content-security-policy",
    "x-webkit-csp",
    "strict-transport-security",
    "x-frame-options",
    "x-content-type-options",
    "x-xss-protection",
    "referrer-policy",
    "permissions-policy",
    "feature-policy",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
];

/// The header of that name, if it is one that matters.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    let name = name.trim();
    HEADERS
        .iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
}
