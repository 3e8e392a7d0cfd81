//! What a browser does not understand, or understands otherwise than it was meant.

use super::{Judge, sources, values};
use crate::directive::{DIRECTIVES, Kind, Known};
use crate::flaw::{Severity, quoted};
use crate::parse::{Directive, Dynamic, Policy, State};
use crate::rules;
use crate::source::Source;

pub(super) fn judge(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    if policy.directives.is_empty() {
        if !policy.open {
            let message = "The policy is empty: it forbids nothing.".to_owned();
            let severity = if policy.enforced {
                Severity::Medium
            } else {
                Severity::Low
            };
            judge.add_as(
                rules::EMPTY,
                severity,
                policy,
                policy.place.clone(),
                message,
                None,
            );
        }
        return;
    }
    comma(judge, policy);
    for directive in &policy.directives {
        match directive.state {
            State::NotAscii => not_ascii(judge, policy, directive),
            State::Duplicate(first) => duplicate(judge, policy, first, directive),
            State::Meta => {}
            State::Live => match directive.known {
                Some(known) => of_known(judge, policy, directive, known),
                None if directive.name.dynamic != Dynamic::Not => {}
                None => unknown(judge, policy, directive),
            },
        }
    }
}

/// The comma before the policy.
fn comma(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    let (Some(comma), Some(first)) = (&policy.comma, policy.directives.first()) else {
        return;
    };
    let tail = first.known.is_none() && first.name.dynamic == Dynamic::Not;
    let (severity, message) = match tail {
        true => (
            Severity::Medium,
            format!(
                "A comma ends the policy: {} begins another one, and is no directive.",
                quoted(first.name.text)
            ),
        ),
        false => (
            Severity::Low,
            "A comma ends the policy: what follows is another one, and both are enforced."
                .to_owned(),
        ),
    };
    let better = if tail { " " } else { ";" };
    judge.add_as(
        rules::COMMA,
        severity,
        policy,
        comma.clone(),
        message,
        Some(better.to_owned()),
    );
}

fn not_ascii(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, directive: &Directive<'_>) {
    let mut tokens = std::iter::once(&directive.name).chain(&directive.values);
    let Some(token) = tokens.find(|token| token.dynamic == Dynamic::Not && !token.text.is_ascii())
    else {
        return;
    };
    let fixed = token.text.replace(
        ['\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{b4}'],
        "'",
    );
    let fixed = fixed.replace(['\u{a0}', '\u{202f}', '\u{3000}'], " ");
    let decides = ["script-src", "default-src"];
    let severity = match decides.iter().any(|name| directive.lower.starts_with(name)) {
        true => Severity::High,
        false => Severity::Medium,
    };
    let message = format!(
        "Browsers skip the whole directive: {} has a character beyond ASCII.",
        quoted(token.text)
    );
    let better = fixed.is_ascii().then_some(fixed);
    judge.add_as(
        rules::NOT_ASCII,
        severity,
        policy,
        token.place.clone(),
        message,
        better,
    );
}

fn duplicate(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    first: usize,
    directive: &Directive<'_>,
) {
    let Some(first) = policy.directives.get(first) else {
        return;
    };
    let (severity, why) = match stricter(directive, first) {
        None => (Severity::Info, "says the same"),
        Some(true) => (Severity::High, "is stricter"),
        Some(false) => (Severity::Low, "differs"),
    };
    let message = format!(
        "Browsers take the first {} and pass over this one, which {why}.",
        quoted(&directive.lower)
    );
    judge.add_as(
        rules::DUPLICATE,
        severity,
        policy,
        directive.name.place.clone(),
        message,
        None,
    );
}

/// Whether the one that is passed over allows less; `None` for the same.
fn stricter(ignored: &Directive<'_>, first: &Directive<'_>) -> Option<bool> {
    use std::collections::BTreeSet;
    let set = |directive: &Directive<'_>| -> BTreeSet<String> {
        let allows = directive.values.iter().zip(&directive.sources);
        let allows = allows.filter(|(_, source)| **source != Source::None);
        allows
            .map(|(token, _)| token.text.to_ascii_lowercase())
            .collect()
    };
    let (ignored, first) = (set(ignored), set(first));
    if ignored == first {
        return None;
    }
    let wide = [
        "'unsafe-inline'",
        "'unsafe-eval'",
        "*",
        "http:",
        "https:",
        "data:",
    ];
    let narrows = wide
        .iter()
        .any(|token| first.contains(*token) && !ignored.contains(*token));
    Some(ignored.is_subset(&first) || narrows)
}

fn unknown(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, directive: &Directive<'_>) {
    let name = directive.name.text;
    let source = name.starts_with(['\'', '*']) || name.contains(['.', '/']) || name.ends_with(':');
    let better = nearest(&directive.lower);
    let after = match policy.directives.first() {
        Some(first) if policy.comma.is_some() && first.name.place == directive.name.place => {
            "comma"
        }
        _ => "`;`",
    };
    let message = match &better {
        Some(_) => format!(
            "Browsers pass over {}, which is no directive.",
            quoted(name)
        ),
        None if source => format!(
            "{} is read as a directive, and there is none of that name: the {after} before it ends the list.",
            quoted(name)
        ),
        None => format!(
            "Browsers pass over {}: no directive has that name.",
            quoted(name)
        ),
    };
    judge.add(
        rules::UNKNOWN_DIRECTIVE,
        policy,
        directive.name.place.clone(),
        message,
        better,
    );
    semicolon(judge, policy, directive);
}

/// The directive that was meant, if one is near.
fn nearest(lower: &str) -> Option<String> {
    if lower.len() > 32 {
        return None;
    }
    let plain = lower.trim_end_matches([':', '=', ',']).replace('_', "-");
    let near = DIRECTIVES
        .iter()
        .filter(|known| !matches!(known.kind, Kind::Old(_)))
        .map(|known| (distance(&plain, known.name), known.name))
        .min()?;
    let (distance, name) = near;
    let stuck = plain
        .strip_prefix(name)
        .is_some_and(|rest| rest.starts_with('\''));
    (stuck || distance <= 2.min(plain.len() / 4)).then(|| name.to_owned())
}

/// Edits between two short texts (Levenshtein).
pub(super) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let above = row.get(j + 1).copied().unwrap_or_default();
            let best = (above + 1)
                .min(left + 1)
                .min(diagonal + usize::from(x != y));
            if let Some(cell) = row.get_mut(j) {
                *cell = left;
            }
            diagonal = above;
            left = best;
        }
        if let Some(cell) = row.last_mut() {
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

fn of_known(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    known: &Known,
) {
    if let Kind::Old(instead) = known.kind {
        let message = format!("{} is withdrawn: {instead}.", quoted(&directive.lower));
        judge.add(
            rules::DEPRECATED,
            policy,
            directive.name.place.clone(),
            message,
            None,
        );
        return;
    }
    let end = semicolon(judge, policy, directive);
    match known.kind {
        Kind::Fetch | Kind::Sources | Kind::Ancestors => {
            sources::judge(judge, policy, directive, known.kind, end);
        }
        _ => values::judge(judge, policy, directive, known.kind, end),
    }
}

/// A directive's name among the values: how many values stand before it.
fn semicolon(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, directive: &Directive<'_>) -> usize {
    let mut first = directive.values.len();
    for (index, token) in directive.values.iter().enumerate() {
        let lower = token.text.to_ascii_lowercase();
        let lower = lower.trim_end_matches(':');
        let name = lower.contains('-') || lower == "sandbox";
        if !name || crate::directive::known(lower).is_none() {
            continue;
        }
        first = first.min(index);
        let message = format!(
            "A `;` is missing before {}: it is read as a value of {}.",
            quoted(token.text),
            quoted(&directive.lower)
        );
        let better = Some(format!("; {lower}"));
        judge.add(
            rules::MISSING_SEMICOLON,
            policy,
            token.place.clone(),
            message,
            better,
        );
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_directive_is_named() {
        assert_eq!(nearest("scripts-src").as_deref(), Some("script-src"));
        assert_eq!(nearest("default-src:").as_deref(), Some("default-src"));
        assert_eq!(nearest("report_uri").as_deref(), Some("report-uri"));
        assert_eq!(nearest("default-src'self'").as_deref(), Some("default-src"));
        assert_eq!(nearest("https://cdn.example"), None);
        assert_eq!(nearest("allow"), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
    }
}
