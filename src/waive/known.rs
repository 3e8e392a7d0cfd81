//! The findings that can be meant, and which one is.

use crate::escape;
use crate::model::{Assessment, Finding, Foreign as _, Problem, Untrusted};

/// Fewest digits that name a finding.
const LEAST_DIGITS: usize = 6;

/// Digits of a fingerprint.
pub const DIGITS: usize = 32;

/// Findings that an error lists at most.
const MOST_LISTED: usize = 5;

/// A finding, and whether it needs a waiver.
#[derive(Debug)]
pub struct Known {
    /// The finding.
    pub finding: Finding,
    /// Why nothing stops it, as a clause; `None` when a gate blocks it or warns of it.
    pub passes: Option<&'static str>,
}

impl Known {
    /// The findings of a check.
    pub fn of(assessment: Assessment) -> Vec<Self> {
        let decided = assessment.findings.into_iter();
        decided
            .map(|decided| Self {
                passes: passes(decided.disposition.word()),
                finding: decided.finding,
            })
            .collect()
    }
}

/// Why a finding with this disposition needs no waiver. A waiver was needed where one was applied.
pub fn passes(disposition: &str) -> Option<&'static str> {
    match disposition {
        "allowed" => Some("a gate of the policy lets it pass"),
        "unmatched" => Some("no gate of the policy speaks of it"),
        "suppressed" => Some("its report marks it as suppressed, and the policy honours that"),
        "informational" => Some("its report marks it as no problem"),
        _ => None,
    }
}

/// The one finding that begins with these digits.
///
/// # Errors
/// When it is none or several; the problem's items are those that may be meant.
pub fn pick<'k>(known: &'k [Known], word: &str) -> Result<&'k Known, Problem> {
    let digits = word.trim().to_ascii_lowercase();
    let hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !hex || !(LEAST_DIGITS..=DIGITS).contains(&digits.len()) {
        let text = "a finding is named by the first 6 or more digits (0-9a-f) of its fingerprint";
        return Err(Problem::new("no-fingerprint", text).detail(word));
    }
    let fits = |known: &&Known| known.finding.fingerprint.starts_with(&digits);
    let mut fitting = known.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(one), None) => Ok(one),
        (Some(first), Some(second)) => {
            let all = [first, second].into_iter().chain(fitting);
            let text = "several findings begin with these digits; give more of them";
            Err(Problem::new("ambiguous", text)
                .detail(word)
                .items(listed(all)))
        }
        (None, _) => {
            let mut near: Vec<_> = known.iter().collect();
            near.sort_by_key(|known| distance(&digits, known));
            let text = "no finding has this fingerprint";
            Err(Problem::new("unknown-finding", text)
                .detail(word)
                .items(listed(near.into_iter())))
        }
    }
}

/// How many digits differ, at the same places; what is stopped is meant first.
fn distance(digits: &str, known: &Known) -> (usize, bool) {
    let theirs = known.finding.fingerprint.bytes();
    let same = digits.bytes().zip(theirs).filter(|(a, b)| a == b).count();
    (digits.len() - same, known.passes.is_some())
}

fn listed<'k>(known: impl Iterator<Item = &'k Known>) -> Vec<Untrusted> {
    let lines = known.take(MOST_LISTED).map(|known| {
        let finding = &known.finding;
        let start: String = finding.fingerprint.chars().take(12).collect();
        let title = escape::terminal_up_to(&finding.observation.title, 60);
        let path = finding.location.path.raw();
        Untrusted::from(format!("{start}  {title}, in {path}"))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::waive::read;

    fn known(prints: &[&str]) -> Vec<Known> {
        let findings: Vec<_> = prints
            .iter()
            .map(|print| {
                serde_json::json!({"fingerprint": format!("{print:0<32}"), "kind": "code", "rule": "R1",
                    "title": "t", "disposition": "blocked", "location": {"path": "a.py"},
                    "witnesses": [{"scanner": "x", "rule": "R1"}]})
            })
            .collect();
        let report =
            serde_json::json!({"version": 1, "tool": {"name": "lockgate"}, "findings": findings});
        read(report.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_beginning_names_one_finding_or_says_which_it_may_be() {
        let known = known(&["abcdef01", "abcdef02", "123456"]);
        let code = |word: &str| pick(&known, word).map_err(|p| (p.code, p.items.len()));
        assert_eq!(
            pick(&known, " ABCDEF01 ").unwrap().finding.fingerprint,
            format!("{:0<32}", "abcdef01")
        );
        assert!(code("123456").is_ok());
        assert_eq!(code("abcdef").unwrap_err(), ("ambiguous", 2));
        assert_eq!(code("123457").unwrap_err(), ("unknown-finding", 3));
        for wrong in ["", "12345", "xyzxyz", "12345é", &"0".repeat(33)] {
            assert_eq!(code(wrong).unwrap_err().0, "no-fingerprint", "{wrong}");
        }
    }
}
