//! What the headers of all responses say, whoever sets them.

use super::delivery::SERVERS;
use super::{Found, Raised};
use crate::file::Tree;
use crate::message::quoted;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use crate::rule::Severity;

/// A year, in seconds.
const YEAR: u64 = 31_536_000;
const HSTS: &str = "Strict-Transport-Security";
/// What Strict-Transport-Security should say.
const LONG: &str = "max-age=31536000; includeSubDomains";
const NOSNIFF: &str = "x-content-type-options";
const ORIGIN: &str = "access-control-allow-origin";
/// Referrer policies (W3C Referrer Policy, 3).
const REFERRER: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];
/// What browsers do not take from a meta element. A report-only policy there is told by the policy's rules.
const NOT_IN_META: [&str; 7] = [
    "access-control-allow-origin",
    "cross-origin-opener-policy",
    "permissions-policy",
    "referrer-policy",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// Looks at all responses.
pub(crate) fn look(tree: &Tree, _roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let Found {
        responses, raised, ..
    } = found;
    let behind = sent_behind(responses, NOSNIFF);
    for response in responses.iter() {
        for header in &response.headers {
            match (header.state, header.meta) {
                (State::Sent, Some(_)) => meta(response, header, raised),
                (State::Sent, None) => one(tree, response, header, raised),
                (State::Disabled, None) if header.name == NOSNIFF => {
                    let message = "X-Content-Type-Options is switched off here.".to_owned();
                    raised.push(about("LG-HDR-104", response, header, message));
                }
                (State::Undecidable, None) if header.name == ORIGIN => {
                    raised.extend(origin(tree, response, header, ""));
                }
                _ => {}
            }
        }
        missing(response, behind, raised);
    }
}

/// A header as the carrier of a response writes it.
fn written(response: &Response, name: &str, value: &str) -> String {
    match response.carrier {
        "nginx" => format!("add_header {name} \"{value}\" always;"),
        "apache" => format!("Header always set {name} \"{value}\""),
        "caddy" => format!("header {name} \"{value}\""),
        "haproxy" => format!("http-response set-header {name} \"{value}\""),
        _ => format!("{name}: {value}"),
    }
}

/// Whether the application behind a server sends a header, as far as one of the repository does.
fn sent_behind(responses: &[Response], name: &str) -> bool {
    let mut applications = responses
        .iter()
        .filter(|response| !SERVERS.contains(&response.carrier));
    applications.any(|response| {
        let mut headers = response.headers.iter();
        headers.any(|header| {
            let set = matches!(header.state, State::Sent | State::Undecidable);
            header.name == name && set && header.meta.is_none()
        })
    })
}

/// The file that a header stands in.
pub(super) fn path_of<'r>(response: &'r Response, header: &'r Header) -> &'r str {
    header.value.other_file().unwrap_or(&response.path)
}

/// Something about a header; the value is the place, where there is one.
pub(super) fn about(
    rule: &'static str,
    response: &Response,
    header: &Header,
    message: String,
) -> Raised {
    let value = header.value.place(0..header.value.value().len());
    let place = match value.is_empty() {
        true => header.place.clone(),
        false => value,
    };
    Raised::new(rule, path_of(response, header), place, message)
}

fn meta(response: &Response, header: &Header, raised: &mut Vec<Raised>) {
    if NOT_IN_META.contains(&header.name.as_str()) {
        let message = format!("{} in a meta element has no effect.", quoted(&header.name));
        raised.push(about("LG-HDR-110", response, header, message));
    }
}

/// One header by itself, as it is sent.
fn one(tree: &Tree, response: &Response, header: &Header, raised: &mut Vec<Raised>) {
    let value = header.value.value().trim();
    let known = header.value.dynamic().is_empty();
    match header.name.as_str() {
        "strict-transport-security" if known => raised.extend(hsts(response, header, value)),
        "x-frame-options" if known => raised.extend(framing(response, header, value)),
        "referrer-policy" if known => raised.extend(referrer(response, header, value)),
        "x-xss-protection" if value.starts_with('1') => {
            let message = format!("X-XSS-Protection is {}.", quoted(value));
            let better = written(response, "X-XSS-Protection", "0");
            raised.push(about("LG-HDR-109", response, header, message).better(better));
        }
        ORIGIN => {
            raised.extend(origin(tree, response, header, value));
        }
        _ => {}
    }
}

fn hsts(response: &Response, header: &Header, value: &str) -> Option<Raised> {
    let lower = value.to_ascii_lowercase();
    let mut parts = lower.split(';').map(str::trim);
    let age = parts.find_map(|part| part.strip_prefix("max-age")?.trim_start().strip_prefix('='));
    let age = age.map(|age| age.trim().trim_matches('"').parse::<u64>().ok());
    let preload = lower.contains("preload") && !lower.contains("includesubdomains");
    let (message, severity) = match age {
        Some(Some(0)) => (
            "`max-age=0` makes browsers forget that the site is encrypted.".to_owned(),
            Severity::Medium,
        ),
        Some(Some(age)) if age < YEAR => (
            format!("Strict-Transport-Security holds for {age} seconds, less than a year."),
            Severity::Low,
        ),
        Some(Some(_)) if preload => (
            "`preload` is of no use without `includeSubDomains`.".to_owned(),
            Severity::Low,
        ),
        Some(Some(_)) => return None,
        _ => (
            format!("{} has no `max-age` that browsers can read.", quoted(value)),
            Severity::Medium,
        ),
    };
    let raised = about("LG-HDR-102", response, header, message).at(severity);
    Some(raised.better(written(response, HSTS, LONG)))
}

fn framing(response: &Response, header: &Header, value: &str) -> Option<Raised> {
    let lower = value.to_ascii_lowercase();
    if matches!(lower.as_str(), "deny" | "sameorigin") {
        return None;
    }
    let message = format!(
        "Browsers do not know {} and let every site frame the page.",
        quoted(value)
    );
    let raised = about("LG-HDR-103", response, header, message);
    Some(raised.better(written(response, "X-Frame-Options", "SAMEORIGIN")))
}

fn referrer(response: &Response, header: &Header, value: &str) -> Option<Raised> {
    let lower = value.to_ascii_lowercase();
    // The last one that a browser knows counts.
    let known = |word: &&str| REFERRER.contains(word);
    let message = match lower.split(',').map(str::trim).rfind(known) {
        Some("unsafe-url") => "`unsafe-url` tells other sites the whole address.".to_owned(),
        Some(_) => return None,
        None => format!("Browsers do not know {}.", quoted(value)),
    };
    let raised = about("LG-HDR-105", response, header, message);
    let safe = "strict-origin-when-cross-origin";
    Some(raised.better(written(response, "Referrer-Policy", safe)))
}

/// `*`, or the name of whoever asks.
fn origin(tree: &Tree, response: &Response, header: &Header, value: &str) -> Option<Raised> {
    let credentials = response.headers.iter().any(|other| {
        other.name == "access-control-allow-credentials"
            && other.state == State::Sent
            && other.value.value().trim().eq_ignore_ascii_case("true")
    });
    let any = value == "*";
    if credentials && (any || reflects(tree, response, header)) {
        let message = match any {
            true => "Every site is allowed, together with credentials.",
            false => "Whoever asks is allowed, together with credentials.",
        };
        return Some(about("LG-HDR-108", response, header, message.to_owned()));
    }
    let matters = any && response.serves != Serves::Assets;
    matters.then(|| {
        let message = "Every site may read these responses.".to_owned();
        about("LG-HDR-107", response, header, message)
    })
}

/// Whether a value is the asking site's own name, and nothing compares it.
fn reflects(tree: &Tree, response: &Response, header: &Header) -> bool {
    if header.value.dynamic().is_empty() || response.scope.contains("if ($http_origin") {
        return false;
    }
    // A table of origins, of which only what holds for all others lets everybody in.
    let value = header.value.file();
    let from_table = !header.place.contains(&value.start);
    if from_table && !response.scope.ends_with("(default)") {
        return false;
    }
    let text = tree
        .file(path_of(response, header))
        .map_or("", |file| file.text());
    let written = text.get(value).unwrap_or_default();
    let lower = written.to_ascii_lowercase();
    let names = [
        "$http_origin",
        "headers.origin",
        "request.header.origin",
        "%{http:origin}",
        "req.hdr(origin)",
    ];
    names.iter().any(|name| lower.contains(name))
}

/// What a response lacks beside what it has.
fn missing(response: &Response, behind: bool, raised: &mut Vec<Raised>) {
    let has = |name: &str| response.headers.iter().any(|header| header.name == name);
    let sent = |name: &str| {
        let mut headers = response.headers.iter();
        headers.find(|header| header.name == name && header.state == State::Sent)
    };
    // nginx tells it for each server: see its own rules.
    let tls = response.tls == Some(true) && response.carrier != "nginx";
    let pages = matches!(response.serves, Serves::Html | Serves::Unknown);
    if tls && response.closed && pages && !has("strict-transport-security") {
        let message = format!(
            "{} goes out without Strict-Transport-Security.",
            quoted(&response.scope)
        );
        let raise = Raised::new(
            "LG-HDR-101",
            &response.path,
            response.place.clone(),
            message,
        );
        raised.push(raise.better(written(response, HSTS, LONG)));
    }
    let others = [
        "content-security-policy",
        "x-frame-options",
        "strict-transport-security",
        "referrer-policy",
    ];
    let beside = others.iter().find_map(|name| sent(name));
    if let Some(beside) = beside.filter(|_| response.closed && pages && !behind && !has(NOSNIFF)) {
        let message = format!(
            "{} is set without X-Content-Type-Options beside it.",
            quoted(&beside.name)
        );
        let place = beside.place.clone();
        let raise = Raised::new("LG-HDR-104", path_of(response, beside), place, message);
        raised.push(raise.better(written(response, "X-Content-Type-Options", "nosniff")));
    }
}
