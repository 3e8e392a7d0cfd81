//! Which of lockgate's own scanners look at a repository.

use super::request::{ReportArg, Request};
use super::tools::Wanted;
use crate::model::{Foreign as _, ScannerId};
use crate::policy::{DEFAULT, Policy, Running, Scanner};

/// Whether one of our own scanners is to look: on the command line's or the policy's word, and where
/// nobody has said what is to be looked at. A report of that name takes its place.
pub fn wanted(id: &ScannerId, request: &Request, policy: &Policy) -> Wanted {
    if let Some(scan) = &request.scan {
        return match scan.scanner == *id {
            true => Wanted::Expected,
            false => Wanted::No,
        };
    }
    if request.run.named.contains(id) {
        return Wanted::Expected;
    }
    let given = |report: &ReportArg| {
        let expected = report.expected.as_ref();
        expected.is_some_and(|expected| expected.scanner == *id)
    };
    match policy.scanners.get(id) {
        _ if request.reports.iter().any(given) => Wanted::No,
        Some(rule) if runs_itself(id, rule) => Wanted::Expected,
        Some(_) => Wanted::No,
        None if nobody_says(request, policy) => Wanted::Expected,
        None => Wanted::No,
    }
}

/// Whether the policy asks for such a scan, and not for a report in its place.
pub fn runs_itself(id: &ScannerId, rule: &Scanner) -> bool {
    let never = rule.run == Some(Running::Never);
    id.is_own() && !never && rule.reports.is_empty()
}

/// True when there is neither a policy of somebody's nor a report, nor a tool to be run.
fn nobody_says(request: &Request, policy: &Policy) -> bool {
    let shipped = matches!(policy.sources.as_slice(), [one] if one.raw() == DEFAULT);
    let tools = request.run.all || !request.run.named.is_empty();
    shipped && request.policy.is_none() && request.reports.is_empty() && !tools
}

/// Leaves of the policy what is about one of our own scanners.
pub fn narrow(policy: &mut Policy, id: &ScannerId) {
    policy.scanners.retain(|other, _| other == id);
    let rule = policy.scanners.entry(id.clone()).or_default();
    rule.reports.clear();
    policy.run = None;
}
