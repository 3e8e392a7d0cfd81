//! Values of the directives that have no sources.

use super::Judge;
use crate::directive::Kind;
use crate::flaw::quoted;
use crate::parse::{Directive, Dynamic, Policy, Token};
use crate::rules;
use std::collections::BTreeSet;

/// What a sandbox may allow (HTML, the iframe element's `sandbox`).
const SANDBOX: &[&str] = &[
    "allow-downloads",
    "allow-forms",
    "allow-modals",
    "allow-orientation-lock",
    "allow-pointer-lock",
    "allow-popups",
    "allow-popups-to-escape-sandbox",
    "allow-presentation",
    "allow-same-origin",
    "allow-scripts",
    "allow-storage-access-by-user-activation",
    "allow-top-navigation",
    "allow-top-navigation-by-user-activation",
    "allow-top-navigation-to-custom-protocols",
];

/// The first `end` values.
pub(super) fn judge(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    kind: Kind,
    end: usize,
) {
    let needs = matches!(
        kind,
        Kind::ReportUri | Kind::ReportTo | Kind::RequireTrustedTypes | Kind::Webrtc
    );
    if needs && directive.values.is_empty() {
        let message = format!("{} says nothing without a value.", quoted(&directive.lower));
        judge.add(
            rules::EMPTY,
            policy,
            directive.name.place.clone(),
            message,
            None,
        );
    }
    if kind == Kind::ReportUri && policy.get("report-to").is_none() {
        let message = "`report-uri` is to be replaced by `report-to`; until all browsers know that, both stand side by side.";
        judge.add(
            rules::DEPRECATED,
            policy,
            directive.name.place.clone(),
            message.to_owned(),
            None,
        );
    }
    let mut seen = BTreeSet::new();
    for (index, token) in directive.values.iter().enumerate().take(end) {
        if token.dynamic != Dynamic::Not {
            continue;
        }
        if kind != Kind::ReportUri && !seen.insert(token.text.to_ascii_lowercase()) {
            no_effect(judge, policy, token, "stands here twice");
            continue;
        }
        match kind {
            Kind::Sandbox if !one_of(token, SANDBOX) => {
                let bare = token.text.trim_matches('\'').to_ascii_lowercase();
                let better = SANDBOX.iter().find(|name| **name == bare);
                let better = better.map(|name| (*name).to_owned());
                keyword(
                    judge,
                    policy,
                    token,
                    "is nothing that a sandbox can allow",
                    better,
                );
            }
            Kind::Flag => no_effect(
                judge,
                policy,
                token,
                "is passed over: the directive has no value",
            ),
            Kind::ReportTo if index > 0 => {
                no_effect(judge, policy, token, "is passed over: one name is all")
            }
            Kind::ReportTo if !token.text.bytes().all(is_name) => {
                keyword(
                    judge,
                    policy,
                    token,
                    "is no name of a reporting endpoint",
                    None,
                );
            }
            Kind::RequireTrustedTypes if !one_of(token, &["'script'"]) => {
                let better = Some("'script'".to_owned());
                keyword(
                    judge,
                    policy,
                    token,
                    "is nothing that types can be required for",
                    better,
                );
            }
            Kind::Webrtc if !one_of(token, &["'allow'", "'block'"]) => {
                keyword(
                    judge,
                    policy,
                    token,
                    "is neither `'allow'` nor `'block'`",
                    None,
                );
            }
            Kind::TrustedTypes => trusted_types(judge, policy, directive, token),
            _ => {}
        }
    }
}

fn trusted_types(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    token: &Token<'_>,
) {
    let alone = directive.values.len() == 1;
    match token.text.to_ascii_lowercase().as_str() {
        "'none'" if !alone => {
            let message = "`'none'` counts only alone: beside names it says nothing.".to_owned();
            judge.add(
                rules::NONE_NOT_ALONE,
                policy,
                token.place.clone(),
                message,
                None,
            );
        }
        "'none'" => {}
        "'allow-duplicates'" if alone => {
            no_effect(judge, policy, token, "allows nothing without names")
        }
        "'allow-duplicates'" => {}
        "*" => no_effect(
            judge,
            policy,
            token,
            "lets scripts create policies of any name",
        ),
        "none" | "allow-duplicates" => {
            let better = Some(format!("'{}'", token.text));
            keyword(
                judge,
                policy,
                token,
                "is read as a name: a keyword stands in single quotes",
                better,
            );
        }
        text if text.starts_with('\'') => keyword(judge, policy, token, "is no keyword", None),
        _ => {}
    }
}

fn one_of(token: &Token<'_>, names: &[&str]) -> bool {
    names
        .iter()
        .any(|name| token.text.eq_ignore_ascii_case(name))
}

/// `token` of RFC 9110, section 5.6.2.
fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn no_effect(judge: &mut Judge<'_, '_>, policy: &Policy<'_>, token: &Token<'_>, why: &str) {
    let message = format!("{} {why}.", quoted(token.text));
    judge.add(rules::NO_EFFECT, policy, token.place.clone(), message, None);
}

fn keyword(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    token: &Token<'_>,
    why: &str,
    better: Option<String>,
) {
    let message = format!("{} {why}.", quoted(token.text));
    judge.add(rules::KEYWORD, policy, token.place.clone(), message, better);
}
