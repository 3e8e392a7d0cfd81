//! The policies that carriers hold, judged as a browser reads them.

use super::headers::path_of;
use super::{Found, Raised};
use crate::file::Tree;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use crate::rule::Severity;
use lockgate_csp::{Delivery, Given, judge};
use std::collections::BTreeSet;

/// Looks at all responses.
pub(crate) fn look(tree: &Tree, _roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let Found {
        responses, raised, ..
    } = found;
    // A policy that a server hands down to its locations is the same policy: judged once, told once.
    let (mut judged, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for response in responses.iter() {
        let policies: Vec<(&Header, Delivery)> = response
            .headers
            .iter()
            .filter(|header| header.state == State::Sent)
            .filter_map(|header| Some((header, delivery(header)?)))
            .collect();
        let context = context(response);
        let places: Vec<_> = policies
            .iter()
            .map(|(header, _)| {
                let at = [
                    header.place.start,
                    header.place.end,
                    header.value.value().len(),
                ];
                (
                    path_of(response, header).to_owned(),
                    header.name.clone(),
                    at,
                )
            })
            .collect();
        if policies.is_empty() || !judged.insert((places, context.framing_header, context.html)) {
            continue;
        }
        let given: Vec<Given<'_>> = policies
            .iter()
            .map(|(header, delivery)| Given {
                text: header.value.value(),
                delivery: *delivery,
                dynamic: header.value.dynamic(),
                versioned: tree.is_tracked(path_of(response, header)),
            })
            .collect();
        for flaw in judge(&given, &context) {
            let Some((header, _)) = policies.get(flaw.policy) else {
                continue;
            };
            let path = path_of(response, header);
            // Of a header that no browser reads the name is what is wrong.
            let unread = flaw.rule.0 == "LG-CSP-407";
            let place = match header.value.value().is_empty() || unread {
                true => header.place.clone(),
                false => header.value.place(flaw.place),
            };
            if !seen.insert((flaw.rule, path.to_owned(), place.start, place.end)) {
                continue;
            }
            let mut one = Raised::new(flaw.rule.0, path, place, flaw.message);
            one.severity = Some(severity(flaw.severity));
            one.better = flaw.better;
            raised.push(one);
        }
    }
}

fn delivery(header: &Header) -> Option<Delivery> {
    Some(match (header.name.as_str(), header.meta) {
        ("content-security-policy", None) => Delivery::Header,
        ("content-security-policy", Some(late)) => Delivery::Meta { late },
        ("content-security-policy-report-only", None) => Delivery::ReportOnly,
        ("content-security-policy-report-only", Some(_)) => Delivery::MetaReportOnly,
        ("x-content-security-policy" | "x-webkit-csp", None) => Delivery::Legacy,
        _ => return None,
    })
}

/// What else is known of the response.
fn context(response: &Response) -> lockgate_csp::Response {
    let framing = response.headers.iter().find(|header| {
        header.name == "x-frame-options" && header.state == State::Sent && header.meta.is_none()
    });
    let keeps_out = framing.map(|header| {
        let value = header.value.value().trim().to_ascii_lowercase();
        matches!(value.as_str(), "deny" | "sameorigin")
    });
    lockgate_csp::Response {
        // Where others may add headers, nobody can say that there is none.
        framing_header: keeps_out.or(response.closed.then_some(false)),
        html: match response.serves {
            Serves::Html => Some(true),
            Serves::Assets | Serves::Data => Some(false),
            Serves::Unknown => None,
        },
    }
}

fn severity(severity: lockgate_csp::Severity) -> Severity {
    match severity {
        lockgate_csp::Severity::Info => Severity::Info,
        lockgate_csp::Severity::Low => Severity::Low,
        lockgate_csp::Severity::Medium => Severity::Medium,
        lockgate_csp::Severity::High => Severity::High,
        lockgate_csp::Severity::Critical => Severity::Critical,
    }
}
