//! Whether inserted script runs.

use super::Judge;
use crate::directive::Act;
use crate::flaw::{Severity, quoted};
use crate::given::Answer;
use crate::parse::{Directive, Policy, Token};
use crate::rules;
use crate::source::{Keyword, Source};

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    for act in [Act::Script, Act::ScriptAttribute] {
        if judge.all_let(|policy| policy.inline(act)) {
            inline(judge, act);
        }
    }
    if judge.all_let(|policy| policy.eval(&[Keyword::UnsafeEval])) {
        eval(judge);
    }
    for policy in judge.read() {
        shape(judge, policy);
    }
}

fn eval(judge: &mut Judge<'_, '_>) {
    // Then text is code only where a policy of the page's own scripts has made it so (section 4.4.1).
    let typed = judge.enforced().any(|policy| {
        let required = policy.get("require-trusted-types-for");
        required.is_some_and(|directive| {
            let mut values = directive.values.iter();
            values.any(|value| value.text.eq_ignore_ascii_case("'script'"))
        })
    });
    let (severity, message) = match typed {
        true => (
            Severity::Low,
            "Text of a trusted type becomes code; `'trusted-types-eval'` says that and no more.",
        ),
        false => (
            Severity::Medium,
            "Text becomes code: `eval`, `new Function` and timers with text run.",
        ),
    };
    for policy in judge.enforced() {
        for token in tokens(policy.governing(Act::Eval), Keyword::UnsafeEval) {
            let place = token.place.clone();
            let better = typed.then(|| "'trusted-types-eval'".to_owned());
            judge.add_as(
                rules::UNSAFE_EVAL,
                severity,
                policy,
                place,
                message.to_owned(),
                better,
            );
        }
    }
}

/// The tokens of a directive that are this keyword.
pub(super) fn tokens<'d, 't>(
    directive: Option<&'d Directive<'t>>,
    keyword: Keyword,
) -> impl Iterator<Item = &'d Token<'t>> {
    let directive = directive.into_iter();
    let all = directive.flat_map(|directive| directive.values.iter().zip(&directive.sources));
    all.filter(move |(_, source)| **source == Source::Keyword(keyword))
        .map(|(token, _)| token)
        .take(1)
}

fn inline(judge: &mut Judge<'_, '_>, act: Act) {
    for policy in judge.enforced() {
        let directive = policy.governing(act);
        if directive.is_none_or(|directive| directive.inline(true) == Answer::No) {
            continue;
        }
        for token in tokens(directive, Keyword::UnsafeInline) {
            let message = match act {
                Act::Script => {
                    "`'unsafe-inline'` lets inserted script run: elements with content, and links to `javascript:`."
                }
                _ => "`'unsafe-inline'` lets inserted event handlers run.",
            };
            judge.add(
                rules::UNSAFE_INLINE,
                policy,
                token.place.clone(),
                message.to_owned(),
                None,
            );
        }
    }
}

/// What a list that governs scripts is like, whether it is enforced or not.
fn shape(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    for act in [
        Act::Script,
        Act::ScriptAttribute,
        Act::Style,
        Act::StyleAttribute,
    ] {
        let Some(directive) = policy.governing(act) else {
            continue;
        };
        let script = matches!(act, Act::Script | Act::ScriptAttribute);
        for token in tokens(Some(directive), Keyword::UnsafeHashes) {
            let severity = if script {
                Severity::Low
            } else {
                Severity::Info
            };
            let message = "Event handlers and attributes of a listed hash run wherever an attacker puts them.";
            let place = token.place.clone();
            judge.add_as(
                rules::UNSAFE_HASHES,
                severity,
                policy,
                place,
                message.to_owned(),
                None,
            );
        }
        neutralised(judge, policy, directive, script);
    }
    let Some(directive) = policy.governing(Act::Script) else {
        return;
    };
    if directive.has_nonce_or_hash() || directive.has_unknown() {
        return;
    }
    for token in tokens(Some(directive), Keyword::StrictDynamic) {
        let message = "No script runs at all: `'strict-dynamic'` passes over hosts and `'self'`, and there is no nonce or hash to begin with.";
        let better = Some("'strict-dynamic' 'nonce-…'".to_owned());
        judge.add(
            rules::STRICT_DYNAMIC_ALONE,
            policy,
            token.place.clone(),
            message.to_owned(),
            better,
        );
    }
}

/// What other tokens of the list make browsers pass over.
fn neutralised(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    script: bool,
) {
    let strict = script && directive.has(Keyword::StrictDynamic);
    let inert = strict || directive.has_nonce_or_hash();
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        let passed_over = match source {
            Source::Keyword(Keyword::UnsafeInline) => inert,
            Source::Keyword(Keyword::Own) | Source::Scheme(_) | Source::Host(_) => strict,
            _ => false,
        };
        if passed_over {
            let message = format!(
                "Browsers of today pass over {} here; older ones need it.",
                quoted(token.text)
            );
            judge.add(
                rules::NEUTRALISED,
                policy,
                token.place.clone(),
                message,
                None,
            );
        }
    }
}
