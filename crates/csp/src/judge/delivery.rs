//! Whether the policies reach the browser, and in one piece.

use super::Judge;
use crate::flaw::quoted;
use crate::given::{Delivery, Given};
use crate::parse::{Policy, State};
use crate::rules;
use std::ops::Range;

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    let enforced = judge
        .enforced()
        .any(|policy| !policy.directives.is_empty() || policy.open);
    for policy in judge.policies {
        let whole = policy.place.clone();
        match judge.delivery(policy) {
            Delivery::Header => {}
            Delivery::ReportOnly => {
                if !enforced && policy.comma.is_none() {
                    let message = "The policy only reports: browsers refuse nothing, and no other policy is enforced.";
                    let better = "Content-Security-Policy".to_owned();
                    judge.add(
                        rules::REPORT_ONLY,
                        policy,
                        whole,
                        message.to_owned(),
                        Some(better),
                    );
                }
            }
            Delivery::Meta { late } => {
                meta(judge, policy);
                if late {
                    let message = "The element stands after the first script or style, which the policy does not govern.";
                    judge.add(rules::META_LATE, policy, whole, message.to_owned(), None);
                }
            }
            Delivery::MetaReportOnly => {
                let message =
                    "An element cannot carry a policy that only reports: browsers pass over it.";
                judge.add(
                    rules::META_REPORT_ONLY,
                    policy,
                    whole,
                    message.to_owned(),
                    None,
                );
            }
            Delivery::Legacy => {
                let message = "No browser reads this header any more.";
                let better = "Content-Security-Policy".to_owned();
                judge.add(
                    rules::LEGACY_HEADER,
                    policy,
                    whole,
                    message.to_owned(),
                    Some(better),
                );
            }
        }
    }
    // Once a text: what has no name of a policy's own.
    for (index, given) in judge.given.iter().enumerate() {
        let first = judge.policies.iter().find(|policy| policy.given == index);
        if let (Some(policy), Some(place)) = (first, control(given)) {
            let message = match given.delivery.meta() {
                true => "A control character stands in the policy.",
                false => {
                    "A line break or control character stands in the header's value: servers and clients refuse it or cut it there."
                }
            };
            judge.add(
                rules::CONTROL,
                policy,
                place,
                message.to_owned(),
                Some(" ".to_owned()),
            );
        }
    }
}

fn meta(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    for directive in &policy.directives {
        if directive.state == State::Meta {
            let message = format!(
                "Browsers pass over {} in an element: only a header can say it.",
                quoted(directive.name.text)
            );
            judge.add(
                rules::META_IGNORED,
                policy,
                directive.name.place.clone(),
                message,
                None,
            );
        }
    }
}

/// The first run of what no header's value may hold (RFC 9110, section 5.5), or no element's.
fn control(given: &Given<'_>) -> Option<Range<usize>> {
    let meta = given.delivery.meta();
    let refused = |c: char| match c {
        '\t' => false,
        '\n' | '\r' | '\u{c}' => !meta,
        c => c.is_ascii_control(),
    };
    let start = given.text.find(refused)?;
    let rest = given.text.get(start..)?;
    let length = rest.find(|c| !refused(c)).unwrap_or(rest.len());
    Some(start..start + length)
}
