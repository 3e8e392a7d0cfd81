//! Hosts and schemes that let an attacker's script in.

use super::Judge;
use crate::bypass::{self, Bypass};
use crate::directive::{Act, Kind};
use crate::flaw::{Severity, quoted};
use crate::given::Answer;
use crate::parse::{Directive, Policy, Token};
use crate::rules;
use crate::source::{Host, Keyword, Source};
use crate::url::Url;

/// Names under which anybody may have one of their own, besides those of a single label.
const SHARED: &[&str] = &[
    "appspot.com",
    "azureedge.net",
    "azurewebsites.net",
    "blob.core.windows.net",
    "blogspot.com",
    "cloudfront.net",
    "firebaseapp.com",
    "fly.dev",
    "gitlab.io",
    "github.io",
    "glitch.me",
    "herokuapp.com",
    "netlify.app",
    "ngrok-free.app",
    "ngrok.io",
    "onrender.com",
    "pages.dev",
    "s3.amazonaws.com",
    "amazonaws.com",
    "surge.sh",
    "vercel.app",
    "web.app",
    "workers.dev",
];

/// Second labels under which countries register names: `co.uk`, `com.au`.
const SECOND: &[&str] = &[
    "ac", "co", "com", "edu", "gob", "gov", "gouv", "net", "ne", "or", "org",
];

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    for policy in judge.enforced() {
        if let Some(directive) = policy.governing(Act::Script)
            && !directive.has(Keyword::StrictDynamic)
        {
            for (token, source) in directive.values.iter().zip(&directive.sources) {
                script(judge, policy, directive, token, source);
            }
        }
        flash(judge, policy);
    }
    for policy in judge.read() {
        plain(judge, policy);
    }
}

/// Any host, or a part of the world that anybody may join.
pub(super) fn is_wide(source: &Source<'_>) -> bool {
    matches!(source, Source::Host(host) if host.host == "*")
}

fn script(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    token: &Token<'_>,
    source: &Source<'_>,
) {
    let place = token.place.clone();
    match source {
        Source::Scheme(name) => {
            let lower = name.to_ascii_lowercase();
            let (urls, severity): (&[Url<'_>], _) = match lower.as_str() {
                "https" | "wss" => (&[Url::HTTPS], Severity::High),
                "http" | "ws" => (&[Url::HTTPS, Url::HTTP], Severity::High),
                "data" => (&[Url::DATA], Severity::High),
                "blob" => (&[Url::BLOB], Severity::Low),
                "filesystem" => (&[Url::at("filesystem", "")], Severity::Low),
                _ => return,
            };
            if !urls.iter().any(|url| judge.all_fetch(Act::Script, *url)) {
                return;
            }
            let message = match lower.as_str() {
                "data" => "Inserted script runs: it stands in the address itself.".to_owned(),
                "blob" | "filesystem" => {
                    "Script that other script of the page has put together runs.".to_owned()
                }
                _ => format!(
                    "Script of every host runs: {} names none.",
                    quoted(token.text)
                ),
            };
            judge.add_as(rules::SCRIPT_SCHEME, severity, policy, place, message, None);
        }
        Source::Host(host) => {
            if wildcard(judge, policy, token, host) || known_bypass(judge, policy, token, host) {
                return;
            }
            if !directive.has_nonce_or_hash() && !is_local(host) {
                let message = format!("Whatever {} serves runs as script.", quoted(token.text));
                judge.add(rules::ALLOWED_HOST, policy, place, message, None);
            }
        }
        Source::Keyword(Keyword::Own) => {
            let message =
                "Whatever the page's own host serves runs as script, uploads too.".to_owned();
            judge.add(rules::ALLOWED_HOST, policy, place, message, None);
        }
        _ => {}
    }
}

fn wildcard(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    token: &Token<'_>,
    host: &Host<'_>,
) -> bool {
    let lower = host.host.to_ascii_lowercase();
    let (stranger, severity) = if lower == "*" {
        ("stranger.invalid".to_owned(), Severity::High)
    } else if let Some(under) = lower.strip_prefix("*.") {
        let severity = match shared(under) {
            Some(severity) => severity,
            None => return false,
        };
        (format!("stranger.{under}"), severity)
    } else {
        return false;
    };
    let port = host.port.and_then(|port| port.parse().ok());
    let scheme = host.scheme.unwrap_or("https").to_ascii_lowercase();
    let path = if host.path.is_empty() { "/" } else { host.path };
    let url = Url {
        port,
        path,
        ..Url::at(&scheme, &stranger)
    };
    if judge.all_fetch(Act::Script, url) {
        let message = match lower.as_str() {
            "*" => format!(
                "Script of every host runs: {} names none.",
                quoted(token.text)
            ),
            _ => format!(
                "Anybody may have a name under {}, and script of it runs.",
                quoted(token.text)
            ),
        };
        judge.add_as(
            rules::SCRIPT_WILDCARD,
            severity,
            policy,
            token.place.clone(),
            message,
            None,
        );
    }
    true
}

/// How bad a wildcard under this name is, where anybody may have a name under it.
fn shared(under: &str) -> Option<Severity> {
    let mut labels = under.trim_end_matches('.').split('.');
    let registry = match (labels.next(), labels.next(), labels.next()) {
        (Some(_), None, None) => true,
        (Some(second), Some(country), None) => country.len() == 2 && SECOND.contains(&second),
        _ => false,
    };
    match registry {
        true => Some(Severity::High),
        false => SHARED.contains(&under).then_some(Severity::Medium),
    }
}

fn known_bypass(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    token: &Token<'_>,
    host: &Host<'_>,
) -> bool {
    let eval = judge.all_let(|policy| policy.eval(&[Keyword::UnsafeEval]));
    let works = |entry: &&&bypass::Entry| {
        entry.kind != Bypass::Flash
            && (eval || !entry.needs_eval)
            && judge.all_fetch(Act::Script, entry.url())
    };
    let entries = bypass::behind(host);
    let Some(entry) = entries.iter().find(works) else {
        return false;
    };
    let what = match entry.kind {
        Bypass::Angular => "AngularJS, which runs code from attributes",
        _ => "an answer that the asker writes (JSONP)",
    };
    let message = format!(
        "{} serves {what}, at {}.",
        quoted(token.text),
        quoted(&entry.address())
    );
    judge.add(
        rules::KNOWN_BYPASS,
        policy,
        token.place.clone(),
        message,
        None,
    );
    true
}

/// Films of a plugin that browsers no longer have.
fn flash(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    let Some(directive) = policy.governing(Act::Object) else {
        return;
    };
    if directive.lower != "object-src" {
        return;
    }
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        let Source::Host(host) = source else {
            continue;
        };
        let film = |entry: &&bypass::Entry| {
            entry.kind == Bypass::Flash && judge.all_fetch(Act::Object, entry.url())
        };
        if host.host != "*" && bypass::behind(host).into_iter().any(|entry| film(&entry)) {
            let message = format!(
                "{} serves Flash films that run script of others.",
                quoted(token.text)
            );
            let place = token.place.clone();
            let better = Some("'none'".to_owned());
            judge.add_as(
                rules::KNOWN_BYPASS,
                Severity::Low,
                policy,
                place,
                message,
                better,
            );
        }
    }
}

fn is_local(host: &Host<'_>) -> bool {
    host.host.eq_ignore_ascii_case("localhost") || host.is_ipv4()
}

/// Addresses of one machine, and plain text, in any directive.
fn plain(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    let upgraded = policy.get("upgrade-insecure-requests").is_some();
    for directive in policy.live() {
        let report = match directive.known.map(|known| known.kind) {
            Some(Kind::Fetch | Kind::Sources | Kind::Ancestors) => false,
            Some(Kind::ReportUri) => true,
            _ => continue,
        };
        // Passed over, or told by a rule of their own.
        let strict =
            directive.lower.starts_with("script-src") && directive.has(Keyword::StrictDynamic);
        let passive = matches!(directive.lower.as_str(), "img-src" | "media-src");
        if strict {
            continue;
        }
        for (token, source) in directive.values.iter().zip(&directive.sources) {
            let lower = token.text.get(..7).map(str::to_ascii_lowercase);
            let insecure = match source {
                Source::Host(host) => host.scheme.is_some_and(|scheme| {
                    ["http", "ws", "ftp"]
                        .iter()
                        .any(|name| scheme.eq_ignore_ascii_case(name))
                }),
                _ => report && lower.as_deref() == Some("http://"),
            };
            if let Source::Host(host) = source
                && is_local(host)
            {
                local(judge, policy, token, host);
            } else if insecure && !passive && !is_wide(source) {
                // What an address asks for may be nobody's business.
                let shown = token.text.split(['?', '#']).next().unwrap_or_default();
                let message = format!(
                    "{} is fetched in plain text, which anybody on the way can change.",
                    quoted(shown)
                );
                let severity = if upgraded {
                    Severity::Low
                } else {
                    Severity::Medium
                };
                let better = better(shown);
                judge.add_as(
                    rules::PLAIN_TEXT,
                    severity,
                    policy,
                    token.place.clone(),
                    message,
                    better,
                );
            }
        }
    }
}

/// The same over TLS.
fn better(token: &str) -> Option<String> {
    let (scheme, rest) = token.split_once("://")?;
    let scheme = if scheme.eq_ignore_ascii_case("ws") {
        "wss"
    } else {
        "https"
    };
    Some(format!("{scheme}://{rest}"))
}

fn local(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, token: &Token<'_>, host: &Host<'_>) {
    let message = match host.is_ipv4() && host.host != "127.0.0.1" {
        true => format!(
            "{} never matches: browsers take no address for a host.",
            quoted(token.text)
        ),
        false => format!(
            "{} is the visitor's own machine: left from development.",
            quoted(token.text)
        ),
    };
    judge.add(
        rules::LOCAL_SOURCE,
        policy,
        token.place.clone(),
        message,
        None,
    );
}

/// True where a source lets any host's content in over TLS or in plain text.
pub(super) fn lets_strangers(source: &Source<'_>) -> bool {
    [Url::HTTPS, Url::HTTP]
        .iter()
        .any(|url| source.matches(*url) == Answer::Yes)
}
