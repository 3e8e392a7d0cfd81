//! Tokens of a list of sources: what is none, what says nothing, what can never match.

use super::Judge;
use super::syntax::distance;
use crate::directive::Kind;
use crate::flaw::{Severity, quoted};
use crate::parse::{Directive, Dynamic, Policy, Token};
use crate::rules;
use crate::source::{Fault, KEYWORDS, Keyword, QUOTES, Source, is_base64_value};
use std::collections::BTreeSet;

/// The shortest nonce that is worth the name, in characters; real ones have at least 22.
const SHORTEST_NONCE: usize = 8;

/// The first `end` tokens.
pub(super) fn judge(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    kind: Kind,
    end: usize,
) {
    if directive.values.is_empty() {
        let better = format!("{} 'none'", directive.lower);
        let message = format!(
            "{} without a value allows nothing, as `'none'` does.",
            quoted(&directive.lower)
        );
        judge.add_as(
            rules::EMPTY,
            Severity::Info,
            policy,
            directive.name.place.clone(),
            message,
            Some(better),
        );
    }
    let whole = end == directive.values.len();
    let mut seen = BTreeSet::new();
    for (token, source) in directive.values.iter().zip(&directive.sources).take(end) {
        if !seen.insert(sameness(token, source)) {
            let message = format!("{} stands here twice.", quoted(token.text));
            judge.add(rules::NO_EFFECT, policy, token.place.clone(), message, None);
            continue;
        }
        match source {
            Source::None if directive.values.len() > 1 && whole => {
                let message =
                    "`'none'` counts only alone: beside other sources it says nothing.".to_owned();
                judge.add(
                    rules::NONE_NOT_ALONE,
                    policy,
                    token.place.clone(),
                    message,
                    None,
                );
            }
            Source::Invalid(fault) => invalid(judge, policy, token, *fault),
            Source::Host(_) if token.dynamic == Dynamic::Not => unquoted(judge, policy, token),
            Source::Hash(bits, Some(value)) => hash(judge, policy, token, *bits, value),
            Source::Nonce(Some(value)) => nonce(judge, policy, directive, token, value),
            _ => {}
        }
        if !counts(&directive.lower, kind, source) {
            let message = format!(
                "{} means nothing in {}.",
                quoted(token.text),
                quoted(&directive.lower)
            );
            judge.add(rules::NO_EFFECT, policy, token.place.clone(), message, None);
        }
    }
}

/// Tokens that are the same to a browser have this in common.
fn sameness(token: &Token<'_>, source: &Source<'_>) -> String {
    let cased = match source {
        Source::Nonce(_) | Source::Hash(..) | Source::PartlyKnown | Source::Unknown => true,
        Source::Host(host) => !host.path.is_empty(),
        _ => false,
    };
    match (cased, token.dynamic) {
        // Two placeholders may stand for two things.
        (_, Dynamic::Part | Dynamic::Whole) => format!("{}@{}", token.text, token.place.start),
        (true, _) => token.text.to_owned(),
        (false, _) => token.text.to_ascii_lowercase(),
    }
}

/// Schemes whose colon is forgotten: without it they are names of hosts.
const SCHEMES: &[&str] = &[
    "blob",
    "data",
    "filesystem",
    "http",
    "https",
    "mediastream",
    "ws",
    "wss",
];

/// A keyword that lacks its quotes, or a scheme that lacks its colon.
fn unquoted(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, token: &Token<'_>) {
    let lower = token.text.to_ascii_lowercase();
    if SCHEMES.contains(&lower.as_str()) {
        let better = format!("{lower}:");
        let message = format!(
            "{} is read as a host: a scheme ends with `:`.",
            quoted(token.text)
        );
        judge.add(
            rules::KEYWORD,
            policy,
            token.place.clone(),
            message,
            Some(better),
        );
        return;
    }
    let keyword = lower == "none" || KEYWORDS.iter().any(|(name, _)| *name == lower);
    let prefixed = ["nonce-", "sha256-", "sha384-", "sha512-"];
    if keyword || prefixed.iter().any(|prefix| lower.starts_with(prefix)) {
        let better = format!("'{}'", token.text);
        let message = format!(
            "{} is read as a host: a keyword stands in single quotes.",
            quoted(token.text)
        );
        judge.add(
            rules::KEYWORD,
            policy,
            token.place.clone(),
            message,
            Some(better),
        );
    }
}

fn invalid(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, token: &Token<'_>, fault: Fault) {
    let text = token.text;
    let why = match fault {
        Fault::Keyword => return keyword(judge, policy, token),
        Fault::Comma => {
            let message = format!(
                "{} has a comma, which separates nothing in an element.",
                quoted(text)
            );
            let better = text.replace(',', " ").trim().to_owned();
            judge.add(
                rules::COMMA,
                policy,
                token.place.clone(),
                message,
                Some(better),
            );
            return;
        }
        // Long values of a nonce or hash without quotes have characters that no host has.
        _ if ["nonce-", "sha256-", "sha384-", "sha512-"]
            .iter()
            .any(|prefix| text.starts_with(prefix)) =>
        {
            return unquoted(judge, policy, token);
        }
        Fault::NoScheme => "a source has no `//` without a scheme",
        Fault::Slashes => "`://` stands between scheme and host",
        Fault::Star => "`*` stands only alone or as the first label",
        Fault::Ipv6 => "a source cannot name an IPv6 address",
        Fault::Query => "a source has no query and no fragment",
        Fault::Port => "a port is a number or `*`",
        Fault::Character => "it is neither a host nor a keyword",
    };
    let better = match fault {
        Fault::NoScheme => Some(text.trim_start_matches('/').to_owned()),
        Fault::Query => text.split(['?', '#']).next().map(str::to_owned),
        Fault::Slashes => text
            .split_once(':')
            .map(|(scheme, host)| format!("{scheme}://{}", host.trim_start_matches('/'))),
        _ => None,
    };
    let message = format!("{} never matches: {why}.", quoted(text));
    judge.add(
        rules::INVALID_SOURCE,
        policy,
        token.place.clone(),
        message,
        better,
    );
}

/// Something in quotes, or in half of them, that is no keyword.
fn keyword(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, token: &Token<'_>) {
    let inner = token.text.trim_matches(QUOTES);
    let lower = inner.to_ascii_lowercase();
    let rightly = token.text == format!("'{inner}'");
    if rightly && lower.starts_with("nonce-") {
        let message = format!(
            "{} never matches: a nonce is made of the letters of base64.",
            quoted(token.text)
        );
        judge.add(rules::BAD_NONCE, policy, token.place.clone(), message, None);
        return;
    }
    if rightly
        && ["sha256-", "sha384-", "sha512-"]
            .iter()
            .any(|prefix| lower.starts_with(prefix))
    {
        let message = format!(
            "{} never matches: a hash is written in base64.",
            quoted(token.text)
        );
        judge.add(rules::BAD_HASH, policy, token.place.clone(), message, None);
        return;
    }
    let value = ["nonce-", "sha256-", "sha384-", "sha512-"]
        .iter()
        .find_map(|prefix| lower.strip_prefix(prefix))
        .is_some_and(is_base64_value);
    let better = match lower.as_str() {
        "none" => Some("'none'".to_owned()),
        "wasm-eval" => Some("'wasm-unsafe-eval'".to_owned()),
        "unsafe-hashed-attributes" => Some("'unsafe-hashes'".to_owned()),
        _ if value => Some(format!("'{inner}'")),
        _ if lower.len() <= 32 => KEYWORDS
            .iter()
            .map(|(name, _)| (distance(&lower, name), name))
            .min()
            .filter(|(distance, _)| *distance <= 2.min(lower.len() / 4))
            .map(|(_, name)| format!("'{name}'")),
        _ => None,
    };
    let message = match rightly {
        true => format!(
            "{} is no keyword: browsers pass over it.",
            quoted(token.text)
        ),
        false => format!(
            "{} is nothing to a browser: a keyword stands in single quotes.",
            quoted(token.text)
        ),
    };
    judge.add(rules::KEYWORD, policy, token.place.clone(), message, better);
}

/// A hash that no content has: it is compared as text (section 6.7.3.3).
fn hash(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    token: &Token<'_>,
    bits: usize,
    value: &str,
) {
    let bytes = bits / 8;
    let expected = bytes.div_ceil(3) * 4;
    let padding = (3 - bytes % 3) % 3;
    let digits = value.trim_end_matches('=');
    let why = if digits.len() != expected - padding {
        format!(
            "a hash of {bits} bits has {expected} characters, this one {}",
            value.len()
        )
    } else if value.len() != expected {
        format!("it ends with {padding} `=`")
    } else if !ends_clean(digits, padding) {
        "its last letter is none that base64 writes there".to_owned()
    } else {
        return;
    };
    let message = format!("{} never matches: {why}.", quoted(token.text));
    judge.add(rules::BAD_HASH, policy, token.place.clone(), message, None);
}

/// The bits that the last letter has to spare are zero: two for one `=`, four for two.
fn ends_clean(digits: &str, padding: usize) -> bool {
    let clean: &[u8] = match padding {
        0 => return true,
        1 => b"AEIMQUYcgkosw048",
        _ => b"AQgw",
    };
    digits
        .bytes()
        .last()
        .is_some_and(|last| clean.contains(&last))
}

fn nonce(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    token: &Token<'_>,
    value: &str,
) {
    if judge.versioned(policy) && !placeholder(value) {
        let severity = match directive.lower.starts_with("style-src") {
            true => Severity::Low,
            false => Severity::High,
        };
        let message = "The nonce is the same for every visitor, who can read it: what an attacker inserts may carry it.";
        let place = token.place.clone();
        judge.add_as(
            rules::STATIC_NONCE,
            severity,
            policy,
            place,
            message.to_owned(),
            None,
        );
    } else if value.len() < SHORTEST_NONCE {
        let message = format!(
            "{} is guessed easily: a nonce has at least 128 random bits.",
            quoted(token.text)
        );
        judge.add(rules::BAD_NONCE, policy, token.place.clone(), message, None);
    }
}

/// What a server replaces before it sends the header.
fn placeholder(value: &str) -> bool {
    let crossed = value.len() > 2 && value.bytes().all(|byte| byte.eq_ignore_ascii_case(&b'x'));
    let capital = value
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'-');
    crossed || (capital && (value.contains("NONCE") || value.contains("RANDOM")))
}

/// Whether a source can do anything in a directive.
fn counts(name: &str, kind: Kind, source: &Source<'_>) -> bool {
    use Keyword::{Own, Reporting, UnsafeEval, UnsafeHashes, UnsafeInline};
    let fetch = kind == Kind::Fetch;
    match (name, source) {
        ("default-src" | "script-src", _) => true,
        (
            "script-src-attr" | "style-src-attr",
            Source::Scheme(_) | Source::Host(_) | Source::Nonce(_),
        ) => false,
        (_, Source::Scheme(_) | Source::Host(_) | Source::None) => true,
        ("script-src-elem", Source::Keyword(keyword)) => !matches!(
            keyword,
            UnsafeEval | Keyword::WasmUnsafeEval | Keyword::TrustedTypesEval
        ),
        ("script-src-attr" | "style-src-attr", Source::Keyword(keyword)) => {
            matches!(
                keyword,
                UnsafeInline | UnsafeHashes | Reporting | Keyword::StrictDynamic
            )
        }
        ("style-src", Source::Keyword(keyword)) => {
            matches!(
                keyword,
                Own | UnsafeInline | UnsafeHashes | UnsafeEval | Reporting
            )
        }
        ("style-src-elem", Source::Keyword(keyword)) => {
            matches!(keyword, Own | UnsafeInline | Reporting)
        }
        ("connect-src", Source::Keyword(Keyword::Other)) => true,
        (_, Source::Keyword(keyword)) => *keyword == Own,
        (_, Source::Nonce(_) | Source::Hash(..)) => {
            fetch && (name.starts_with("script-src") || name.starts_with("style-src"))
        }
        (_, Source::PartlyKnown | Source::Unknown | Source::Invalid(_)) => true,
    }
}
