//! Whether a policy reaches the browser.

use super::headers::{about, path_of};
use super::{Found, Raised};
use crate::file::Tree;
use crate::message::quoted;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use crate::rule::Severity;
use std::collections::BTreeSet;

const POLICY: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";
/// Servers, which decide what is served as pages.
pub(super) const SERVERS: [&str; 9] = [
    "apache",
    "caddy",
    "firebase",
    "haproxy",
    "headers file",
    "netlify",
    "nginx",
    "staticwebapp",
    "vercel",
];

/// Looks at all responses.
pub(crate) fn look(_tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let Found {
        responses, raised, ..
    } = found;
    let enforced: BTreeSet<&str> = responses
        .iter()
        .filter(|response| response.headers.iter().any(is_enforced))
        .map(|response| response.path.as_str())
        .collect();
    for response in responses.iter() {
        report_only(response, raised);
        for header in &response.headers {
            one(response, header, &enforced, raised);
        }
    }
    contradiction(responses, roles, raised);
    nowhere(responses, roles, raised);
}

fn is_policy(header: &Header) -> bool {
    header.name == POLICY || header.name == REPORT_ONLY
}

fn is_enforced(header: &Header) -> bool {
    header.name == POLICY && matches!(header.state, State::Sent | State::Undecidable)
}

fn report_only(response: &Response, raised: &mut Vec<Raised>) {
    let is_sent = |header: &&Header| {
        header.name == REPORT_ONLY && header.state == State::Sent && header.meta.is_none()
    };
    let reports = response.headers.iter().find(is_sent);
    if let Some(header) = reports.filter(|_| !response.headers.iter().any(is_enforced)) {
        let message = format!(
            "{} has a policy that only reports.",
            quoted(&response.scope)
        );
        raised.push(about("LG-CSP-401", response, header, message));
    }
}

fn one(response: &Response, header: &Header, enforced: &BTreeSet<&str>, raised: &mut Vec<Raised>) {
    let path = path_of(response, header);
    match header.state {
        State::Removed | State::Disabled if header.name == POLICY => {
            let replaced = response.headers.iter().any(is_enforced);
            let data = matches!(response.serves, Serves::Assets | Serves::Data);
            if !replaced && !data {
                let severity = match response.serves {
                    Serves::Html => Severity::High,
                    _ => Severity::Medium,
                };
                let message = match header.state {
                    State::Disabled => "The policy is switched off here.",
                    _ => "The policy of the application behind is taken away here.",
                };
                let place = header.place.clone();
                raised.push(Raised::new("LG-CSP-405", path, place, message).at(severity));
            }
        }
        State::Commented if is_policy(header) && !enforced.contains(path) => {
            let first = raised
                .iter()
                .any(|one| one.rule.0 == "LG-CSP-412" && one.path == path);
            if !first {
                let message = "A policy stands in a comment only.";
                let place = header.place.clone();
                raised.push(Raised::new("LG-CSP-412", path, place, message));
            }
        }
        State::Undecidable if is_policy(header) => {
            let message = "A policy is set, but to what cannot be told from here.".to_owned();
            raised.push(about("LG-CSP-413", response, header, message));
        }
        _ => {}
    }
}

/// Policies of pages that several kinds of carriers set, and not the same one.
fn contradiction(responses: &[Response], roles: &dyn Fn(&str) -> Role, raised: &mut Vec<Raised>) {
    let mut first: Vec<(String, &Response, &Header)> = Vec::new();
    for response in responses {
        let pages = matches!(response.serves, Serves::Html | Serves::Unknown);
        let sent = |header: &&Header| header.name == POLICY && header.state == State::Sent;
        let header = response.headers.iter().find(sent).filter(|_| pages);
        let known = first.iter().any(|one| one.1.carrier == response.carrier);
        let Some(header) = header.filter(|_| !known) else {
            continue;
        };
        if roles(&response.path) == Role::Production {
            first.push((normal(header.value.value()), response, header));
        }
    }
    first.sort_by(|a, b| a.1.path.cmp(&b.1.path));
    let mut all = first.into_iter();
    let Some((policy, one, there)) = all.next() else {
        return;
    };
    let Some((_, two, here)) = all.find(|other| other.0 != policy) else {
        return;
    };
    let message = format!("{} sets another policy for pages.", quoted(&one.path));
    let place = there.value.file();
    let raise = about("LG-CSP-411", two, here, message);
    raised.push(raise.related(path_of(one, there), place, "the other policy"));
}

fn normal(policy: &str) -> String {
    let words: Vec<&str> = policy.split_ascii_whitespace().collect();
    words
        .join(" ")
        .trim_end_matches([';', ' '])
        .to_ascii_lowercase()
}

/// Pages are served, and nobody says anything of a policy.
fn nowhere(responses: &[Response], roles: &dyn Fn(&str) -> Role, raised: &mut Vec<Raised>) {
    let said = responses
        .iter()
        .any(|response| response.headers.iter().any(is_policy));
    if said {
        return;
    }
    let page = responses.iter().find(|response| {
        let server = SERVERS.contains(&response.carrier);
        server && response.serves == Serves::Html && roles(&response.path) == Role::Production
    });
    let Some(page) = page else {
        return;
    };
    let carriers: BTreeSet<&str> = responses.iter().map(|one| one.carrier).collect();
    let carriers: Vec<&str> = carriers.into_iter().collect();
    let message = format!(
        "{} serves pages, and no policy was found; looked for in: {}.",
        quoted(&page.scope),
        carriers.join(", "),
    );
    raised.push(Raised::new(
        "LG-CSP-406",
        &page.path,
        page.place.clone(),
        message,
    ));
}
