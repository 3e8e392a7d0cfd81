//! Whether a policy reaches the browser.

use super::headers::{about, path_of};
use super::{Found, Raised, pages};
use crate::file::Tree;
use crate::message::quoted;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use crate::rule::Severity;
use std::collections::BTreeSet;

const POLICY: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";
/// Servers, which decide what is served as pages.
pub(super) const SERVERS: [&str; 10] = [
    "amplify",
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
pub(crate) fn look(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let Found {
        responses,
        raised,
        hsts_behind,
        ..
    } = found;
    // One answer with the header is enough: it is about the host.
    if !sent_behind(responses, roles) {
        raised.append(hsts_behind);
    }
    let enforced: BTreeSet<&str> = responses
        .iter()
        .filter(|response| response.headers.iter().any(is_enforced))
        .map(|response| response.path.as_str())
        .collect();
    for response in responses.iter() {
        for header in &response.headers {
            one(response, header, &enforced, raised);
        }
    }
    contradiction(responses, roles, raised);
    nowhere(tree, responses, roles, raised);
}

/// Whether an application of production sends Strict-Transport-Security, or something that cannot be told, and
/// none has switched it off: nobody knows which of several stands behind a server.
fn sent_behind(responses: &[Response], roles: &dyn Fn(&str) -> Role) -> bool {
    let applications = responses.iter().filter(|response| {
        !SERVERS.contains(&response.carrier) && roles(&response.path) == Role::Production
    });
    let headers = applications.flat_map(|response| &response.headers);
    let mut states = headers
        .filter(|header| header.name == "strict-transport-security" && header.meta.is_none())
        .map(|header| header.state)
        .filter(|state| *state != State::Commented)
        .peekable();
    states.peek().is_some() && states.all(|state| matches!(state, State::Sent | State::Undecidable))
}

fn is_policy(header: &Header) -> bool {
    header.name == POLICY || header.name == REPORT_ONLY
}

/// Whether browsers are told to hold to a policy, whatever it says.
pub(super) fn is_enforced(header: &Header) -> bool {
    header.name == POLICY && matches!(header.state, State::Sent | State::Undecidable)
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
fn nowhere(
    tree: &Tree,
    responses: &[Response],
    roles: &dyn Fn(&str) -> Role,
    raised: &mut Vec<Raised>,
) {
    let said = responses
        .iter()
        .any(|response| response.headers.iter().any(is_policy));
    if said {
        return;
    }
    let pages = responses.iter().filter(|response| {
        let server = SERVERS.contains(&response.carrier);
        server && response.serves == Serves::Html && roles(&response.path) == Role::Production
    });
    // A server beside it may only send browsers to the one that encrypts.
    let page = pages.min_by_key(|response| response.tls != Some(true));
    let (serves, path, place) = match page {
        Some(page) => (quoted(&page.scope), page.path.as_str(), page.place.clone()),
        None => match pages::first(tree, roles) {
            Some(path) => ("This application".to_owned(), path, 0..0),
            None => return,
        },
    };
    let carriers: BTreeSet<&str> = responses.iter().map(|one| one.carrier).collect();
    let carriers: Vec<&str> = carriers.into_iter().collect();
    let places = match carriers.is_empty() {
        true => "servers, programs, settings and pages".to_owned(),
        false => carriers.join(", "),
    };
    let message =
        format!("{serves} serves pages, and no policy was found; looked for in: {places}.");
    let policy = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    let better = match page.map(|page| page.carrier) {
        Some("nginx") => format!("add_header Content-Security-Policy \"{policy}\" always;"),
        Some("apache") => format!("Header always set Content-Security-Policy \"{policy}\""),
        _ => format!("Content-Security-Policy: {policy}"),
    };
    raised.push(Raised::new("LG-CSP-406", path, place, message).better(better));
}

#[cfg(test)]
mod tests {
    use crate::file::{File, Tree};
    use crate::scan::{Options, scan};

    #[test]
    fn an_application_behind_the_server_may_send_what_the_server_does_not() {
        let nginx = "server { listen 443 ssl; location / { proxy_pass http://web:8000; } }\n";
        let with = |settings: &str| {
            let mut tree = Tree::default();
            tree.add(File::new("nginx/shop.conf", nginx.as_bytes()));
            let text = format!("INSTALLED_APPS = []\n{settings}\n");
            tree.add(File::new("shop/settings.py", text.as_bytes()));
            let findings = scan(&tree, &Options::default()).findings;
            findings.iter().any(|one| one.rule.0 == "LG-HDR-101")
        };
        assert!(with("SECURE_HSTS_SECONDS = 0"));
        assert!(!with("SECURE_HSTS_SECONDS = 31536000"));
    }

    #[test]
    fn of_several_applications_one_that_switches_it_off_may_be_the_one_behind() {
        let nginx = "server { listen 443 ssl; location / { proxy_pass http://app:3000; } }\n";
        let with = |hsts: &str| {
            let mut tree = Tree::default();
            tree.add(File::new("nginx/shop.conf", nginx.as_bytes()));
            for (path, options) in [("app.js", hsts), ("board.js", "")] {
                let text = format!(
                    "import helmet from 'helmet';\nimport express from 'express';\n\
                     const app = express();\napp.use(helmet({{{options}}}));\n"
                );
                tree.add(File::new(path, text.as_bytes()));
            }
            let findings = scan(&tree, &Options::default()).findings;
            findings.iter().any(|one| one.rule.0 == "LG-HDR-101")
        };
        assert!(with("hsts: false"));
        assert!(!with(""));
    }

    #[test]
    fn a_missing_policy_is_told_where_pages_are_encrypted() {
        let text = "server { listen 80; root /srv/www; }\n\
                    server { listen 443 ssl; root /srv/www; }\n";
        let mut tree = Tree::default();
        tree.add(File::new("nginx/shop.conf", text.as_bytes()));
        let findings = scan(&tree, &Options::default()).findings;
        let found = findings.iter().find(|one| one.rule.0 == "LG-CSP-406");
        assert_eq!(found.map(|one| one.start.line), Some(2));
    }
}
