//! Addresses of one machine, and plain text, in any directive.

use super::Judge;
use super::hosts::is_wide;
use crate::directive::Kind;
use crate::flaw::{Severity, quoted};
use crate::parse::{Policy, Token};
use crate::rules;
use crate::source::{Fault, Host, Keyword, Source, is_ipv4};

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    for policy in judge.read() {
        of(judge, policy);
    }
}

/// Told by a rule of its own, and left from development.
pub(super) fn is_local(host: &Host<'_>) -> bool {
    host.host.eq_ignore_ascii_case("localhost") || host.is_ipv4()
}

fn of(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
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
            if names_address(source, token) {
                let message = format!(
                    "{} never matches: browsers take no address for a host.",
                    quoted(token.text)
                );
                judge.add(
                    rules::LOCAL_SOURCE,
                    policy,
                    token.place.clone(),
                    message,
                    None,
                );
            } else if let Source::Host(host) = source
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

/// An IPv6 address, or an IPv4 address in a form that is no source.
fn names_address(source: &Source<'_>, token: &Token<'_>) -> bool {
    match source {
        Source::Invalid(Fault::Ipv6) => true,
        Source::Invalid(Fault::NoScheme) => {
            let rest = token.text.trim_start_matches('/');
            let host = rest.split(['/', ':']).next().unwrap_or_default();
            rest.starts_with('[') || is_ipv4(host)
        }
        _ => false,
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
