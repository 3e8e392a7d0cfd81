//! Outcomes for a terminal, as a test runner shows them.

use super::{Failure, Outcome};
use crate::escape;
use crate::explain::{self, Style};
use crate::model::Untrusted;
use crate::report::phrase::count;
use std::fmt::Write as _;

/// One file's outcomes: a line for each case, and what is wrong below those that fail.
pub fn render(file: &Untrusted, policy: &[Untrusted], outcomes: &[Outcome]) -> String {
    let sources: Vec<String> = policy.iter().map(escape::terminal).collect();
    let mut out = format!(
        "{} (policy {})\n",
        escape::terminal(file),
        sources.join(" + ")
    );
    for outcome in outcomes {
        let name = escape::terminal(&outcome.name);
        if outcome.failures.is_empty() {
            let _ = writeln!(out, "  ok    {name}");
            continue;
        }
        let _ = writeln!(out, "  FAIL  {name} (line {})", outcome.line);
        for failure in &outcome.failures {
            describe(failure, &mut out);
        }
    }
    let failed = outcomes.iter().filter(|o| !o.failures.is_empty()).count();
    let _ = writeln!(out, "{}, {failed} failed\n", count(outcomes.len(), "case"));
    out
}

fn describe(failure: &Failure, out: &mut String) {
    match failure {
        Failure::Verdict {
            expected,
            actual,
            reasons,
        } => {
            let _ = writeln!(out, "        verdict: expected {expected}, is {actual}");
            for (text, detail) in reasons {
                let detail = detail
                    .as_ref()
                    .map(|d| format!(" \"{}\"", escape::terminal(d)));
                let _ = writeln!(out, "          {text}{}", detail.unwrap_or_default());
            }
        }
        Failure::Reason { expected, actual } => {
            let there = match actual.is_empty() {
                true => "there is none".to_owned(),
                false => format!("there are {}", actual.join(", ")),
            };
            let expected = escape::terminal(expected);
            let _ = writeln!(out, "        reason: expected {expected}, {there}");
        }
        Failure::Finding {
            number,
            about,
            what,
            expected,
            actual,
            trace,
        } => {
            let about: Vec<String> = about.iter().map(escape::terminal).collect();
            let _ = writeln!(
                out,
                "        finding {number} ({}): expected {what} \"{}\", is \"{}\"",
                about.join(", "),
                escape::terminal(expected),
                escape::terminal(actual),
            );
            for line in explain::steps(trace).iter().chain(&explain::waivers(trace)) {
                let _ = writeln!(
                    out,
                    "          {}{}",
                    "  ".repeat(line.depth),
                    line.show(Style::Text)
                );
            }
        }
    }
}
