//! Whether a program can hold anything that a rule is about: words are looked for before it is read.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// In lower case; the case of the file makes no difference.
const WORDS: &[&str] = &[
    "security-policy",
    "security_policy",
    "securitypolicy",
    "x-frame-options",
    "x_frame_options",
    "xframeoptions",
    "frameoptions",
    "strict-transport",
    "strict_transport",
    "stricttransport",
    "content-type-options",
    "content_type_options",
    "contenttypeoptions",
    "referrer-policy",
    "referrer_policy",
    "x-xss-protection",
    "permissions-policy",
    "access-control-allow-",
    "access_control_allow",
    "accesscontrolallow",
    "secureheaders",
    "force_ssl",
    "default_headers",
    "rack::cors",
    "allowedorigins",
    "alloworigins",
    "allowallorigins",
    "allowed_origins",
    "adddirective",
    "spatie\\csp",
    "usecsp",
    "policydirectives",
    "httpsecurity",
    "headers().disable",
    "headers()",
    "stsseconds",
    "framedeny",
    "usehsts",
    "allowanyorigin",
    "allow_origin",
    "corslayer",
    "x-content-security",
    "x-webkit-csp",
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let mut builder = AhoCorasick::builder();
    // Most of what is searched has none of the words: the table that reads fastest pays.
    let builder = builder.kind(Some(AhoCorasickKind::DFA));
    builder.ascii_case_insensitive(true).build(WORDS).ok()
});

/// Whether a program is worth reading.
pub(super) fn lets_through(text: &str) -> bool {
    SEARCH.as_ref().is_none_or(|search| search.is_match(text))
}
