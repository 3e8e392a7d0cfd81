//! The headers that matter here, and what a value of each looks like.

/// In lower case.
const HEADERS: &[&str] = &[
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
pub(super) fn header(name: &str) -> Option<&'static str> {
    let name = name.trim().trim_end_matches(':');
    HEADERS
        .iter()
        .copied()
        .find(|known| known.eq_ignore_ascii_case(name))
}

/// The header that a library's constant names: `X_FRAME_OPTIONS`, `HeaderXFrameOptions`.
pub(super) fn constant(name: &str) -> Option<&'static str> {
    let shouts = name.starts_with(|c: char| c.is_ascii_uppercase()) || name.starts_with("header");
    if name.len() < 12 || !shouts {
        return None;
    }
    let squeezed = name.to_ascii_lowercase().replace('_', "");
    let squeezed = squeezed.strip_prefix("header").unwrap_or(&squeezed);
    let same = |known: &&&str| {
        let mut letters = known.bytes().filter(|byte| *byte != b'-');
        squeezed.bytes().all(|byte| letters.next() == Some(byte)) && letters.next().is_none()
    };
    HEADERS.iter().find(same).copied()
}

/// Whether a text can be the value of a header, and is not a sentence about it.
pub(super) fn is_plausible(name: &str, value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    match name {
        "content-security-policy"
        | "content-security-policy-report-only"
        | "x-content-security-policy"
        | "x-webkit-csp" => is_policy(&lower),
        "strict-transport-security" => lower.contains("max-age"),
        "x-content-type-options" => lower == "nosniff",
        "x-frame-options" => {
            ["deny", "sameorigin", "allowall"].contains(&lower.as_str())
                || lower.starts_with("allow-from")
        }
        "x-xss-protection" => lower.starts_with(['0', '1']),
        "permissions-policy" | "feature-policy" => lower.contains(['=', '\'']),
        "access-control-allow-origin" => lower == "*" || lower.starts_with("http"),
        "access-control-allow-credentials" => lower == "true",
        _ => !lower.contains(' ') && lower.contains('-') || lower == "origin",
    }
}

/// Whether a text in lower case begins as a policy does.
pub(super) fn is_policy(lower: &str) -> bool {
    let words = lower.split(|c: char| c.is_ascii_whitespace() || c == ';');
    let first = words
        .into_iter()
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let src = first.split('-').next_back() == Some("src") || first.contains("-src-");
    src || matches!(
        first,
        "base-uri"
            | "form-action"
            | "frame-ancestors"
            | "sandbox"
            | "upgrade-insecure-requests"
            | "report-uri"
            | "report-to"
            | "require-trusted-types-for"
            | "trusted-types"
            | "block-all-mixed-content"
    )
}
