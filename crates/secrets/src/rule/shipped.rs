//! The rules that lockgate ships, as the build wrote them down: one text, because thousands of pointers
//! would take more room than what they point at, and each has to be set when the program starts.

use super::{Confidence, Finder, Rule, Severity};

/// Between rules, between the fields of a rule, and between the texts of a field.
const RULE: char = '\u{1e}';
const FIELD: char = '\u{1f}';
const TEXT: char = '\u{1d}';

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// All of them, sorted by id.
pub(super) fn rules() -> Vec<Rule> {
    SHIPPED.split_terminator(RULE).filter_map(rule).collect()
}

fn texts(field: &str) -> Vec<String> {
    field.split_terminator(TEXT).map(str::to_owned).collect()
}

fn rule(written: &str) -> Option<Rule> {
    let mut fields = written.split(FIELD);
    let mut next = || fields.next();
    let (id, provider, description) = (next()?, next()?, next()?);
    let (severity, confidence) = (next()?, next()?);
    let (entropy, check, revoke) = (next()?, next()?, next()?);
    let (first, second) = (next()?, texts(next()?));
    let finder = match (next(), next()) {
        (Some(words), Some(within)) => Finder::Named {
            names: texts(first),
            values: second,
            words: texts(words),
            within: within.parse().ok()?,
        },
        _ => Finder::Regex {
            pattern: first.to_owned(),
            keywords: second,
        },
    };
    Some(Rule {
        id: id.to_owned(),
        provider: provider.to_owned(),
        description: description.to_owned(),
        finder,
        entropy: entropy.parse().ok()?,
        check: (!check.is_empty()).then(|| check.to_owned()),
        severity: match severity {
            "Info" => Severity::Info,
            "Low" => Severity::Low,
            "Medium" => Severity::Medium,
            "High" => Severity::High,
            _ => Severity::Critical,
        },
        confidence: match confidence {
            "Low" => Confidence::Low,
            "Medium" => Confidence::Medium,
            _ => Confidence::High,
        },
        revoke: revoke.to_owned(),
        matches: Vec::new(),
        rejects: Vec::new(),
    })
}
