//! What a policy does not say, and nothing else says for it.

use super::hosts::lets_strangers;
use super::{Judge, script};
use crate::directive::{Act, Kind};
use crate::flaw::{RuleId, Severity, quoted};
use crate::given::{Answer, Delivery};
use crate::parse::Policy;
use crate::rules;
use crate::source::Keyword;
use crate::url::Url;
use std::ops::Range;

pub(super) fn judge<'t>(judge: &mut Judge<'_, 't>) {
    let enforced: Vec<&Policy<'t>> = judge
        .enforced()
        .filter(|policy| !policy.directives.is_empty())
        .collect();
    // A directive that is not known may be any.
    let open = enforced.iter().any(|policy| policy.open);
    let Some(first) = enforced.first() else {
        return;
    };
    let judged = enforced.iter().find(|policy| fetches(policy)).copied();
    let framing_only = judged.is_none();
    let unrestricted = enforced
        .iter()
        .all(|policy| policy.governing(Act::Script).is_none());
    let sandboxed = !judge.all_let(Policy::sandbox);
    if !open && unrestricted && !sandboxed {
        match judged {
            Some(policy) => {
                let message = "Neither `script-src` nor `default-src` is there: every script runs, inserted ones too.";
                absent(
                    judge,
                    rules::NO_SCRIPT_SRC,
                    None,
                    policy,
                    message,
                    "script-src 'self'",
                );
            }
            None => {
                let message = "The policy governs what it frames, sends or reports, and no script: it is no protection against inserted ones.";
                absent(
                    judge,
                    rules::FRAMING_ONLY,
                    None,
                    first,
                    message,
                    "script-src 'self'",
                );
            }
        }
    }
    let judged = judged.unwrap_or(first);
    objects(judge, &enforced, judged, open || framing_only);
    let html = judge.response.html != Some(false);
    let moot = open || unrestricted || sandboxed || !html;
    base(judge, &enforced, judged, moot);
    let sends = judge.all_let(|policy| policy.sandbox_allows("allow-forms"));
    let moot = open || framing_only || !html || !sends;
    forms(judge, &enforced, judged, moot);
    if open {
        return;
    }
    let none = |name: &str| enforced.iter().all(|policy| policy.get(name).is_none());
    frames(judge, &enforced, judged, html);
    if none("report-uri") && none("report-to") {
        let message =
            "Nobody is told what browsers refuse: there is no `report-to` and no `report-uri`.";
        absent(
            judge,
            rules::NO_REPORTING,
            None,
            judged,
            message,
            "report-to csp",
        );
    }
    if !unrestricted && none("require-trusted-types-for") {
        let message = "`require-trusted-types-for` is missing: scripts may hand text to sinks such as `innerHTML`.";
        absent(
            judge,
            rules::NO_TRUSTED_TYPES,
            None,
            judged,
            message,
            "require-trusted-types-for 'script'",
        );
    }
}

/// Says what is missing, at the whole policy.
fn absent(
    judge: &mut Judge<'_, '_>,
    rule: RuleId,
    severity: Option<Severity>,
    policy: &Policy<'_>,
    message: &str,
    better: &str,
) {
    let place = policy.place.clone();
    let better = Some(better.to_owned());
    match severity {
        Some(severity) => judge.add_as(rule, severity, policy, place, message.to_owned(), better),
        None => judge.add(rule, policy, place, message.to_owned(), better),
    }
}

/// True where a directive governs what is fetched, or was to: browsers pass over `default-src:`.
fn fetches(policy: &Policy<'_>) -> bool {
    policy.directives.iter().any(|directive| {
        let known = directive.known.map(|known| known.kind);
        known == Some(Kind::Fetch) || (known.is_none() && directive.lower.contains("-src"))
    })
}

/// Plugins: nothing says a word about them, or what does lets any host in.
fn objects(judge: &mut Judge<'_, '_>, enforced: &[&Policy<'_>], judged: &Policy<'_>, skip: bool) {
    if enforced
        .iter()
        .all(|policy| policy.governing(Act::Object).is_none())
    {
        if !skip {
            let message = "Neither `object-src` nor `default-src` is there: plugins and embedded documents come from any host.";
            absent(
                judge,
                rules::NO_OBJECT_SRC,
                None,
                judged,
                message,
                "object-src 'none'",
            );
        }
        return;
    }
    if !judge.all_fetch(Act::Object, Url::HTTPS) && !judge.all_fetch(Act::Object, Url::DATA) {
        return;
    }
    for policy in enforced {
        let Some(directive) = policy.governing(Act::Object) else {
            continue;
        };
        for (token, source) in directive.values.iter().zip(&directive.sources) {
            let wide = lets_strangers(source) || source.matches(Url::DATA) == Answer::Yes;
            let told = judge.told(
                policy,
                &token.place,
                &[rules::SCRIPT_SCHEME, rules::SCRIPT_WILDCARD],
            );
            if wide && !told {
                let message = format!(
                    "Plugins and embedded documents come from any host: {} names none.",
                    quoted(token.text)
                );
                let better = Some("object-src 'none'".to_owned());
                judge.add(
                    rules::NO_OBJECT_SRC,
                    policy,
                    token.place.clone(),
                    message,
                    better,
                );
            }
        }
    }
}

/// `<base>`: with it, scripts of relative addresses come from elsewhere.
fn base<'t>(judge: &mut Judge<'_, 't>, enforced: &[&Policy<'t>], judged: &Policy<'t>, skip: bool) {
    let trusting = enforced.iter().any(|policy| {
        policy.governing(Act::Script).is_some_and(|directive| {
            let nonce = directive
                .sources
                .iter()
                .any(|source| matches!(source, crate::source::Source::Nonce(_)));
            nonce
                || script::tokens(Some(directive), Keyword::StrictDynamic)
                    .next()
                    .is_some()
        })
    });
    let severity = if trusting {
        Severity::High
    } else {
        Severity::Low
    };
    if enforced
        .iter()
        .all(|policy| policy.get("base-uri").is_none())
    {
        if !skip {
            let message = match trusting {
                true => {
                    "`base-uri` is missing: an inserted `<base>` sends scripts that carry the nonce to another host. Nothing falls back to it."
                }
                false => {
                    "`base-uri` is missing: an inserted `<base>` changes where relative addresses lead. Nothing falls back to it."
                }
            };
            absent(
                judge,
                rules::NO_BASE_URI,
                Some(severity),
                judged,
                message,
                "base-uri 'none'",
            );
        }
        return;
    }
    wide(judge, enforced, Act::Base, |judge, policy, place, token| {
        let message = format!("A `<base>` may lead to any host: {token} names none.");
        let better = Some("'none'".to_owned());
        judge.add_as(rules::NO_BASE_URI, severity, policy, place, message, better);
    });
}

/// Where forms are sent.
fn forms<'t>(judge: &mut Judge<'_, 't>, enforced: &[&Policy<'t>], judged: &Policy<'t>, skip: bool) {
    if enforced
        .iter()
        .all(|policy| policy.get("form-action").is_none())
    {
        if !skip {
            let message = "`form-action` is missing: an inserted form sends to any host. Nothing falls back to it.";
            absent(
                judge,
                rules::NO_FORM_ACTION,
                None,
                judged,
                message,
                "form-action 'self'",
            );
        }
        return;
    }
    wide(judge, enforced, Act::Form, |judge, policy, place, token| {
        let message = format!("An inserted form sends to any host: {token} names none.");
        let better = Some("'self'".to_owned());
        judge.add(rules::NO_FORM_ACTION, policy, place, message, better);
    });
}

/// Tells of the tokens that let any host in, where every policy does.
fn wide<'t>(
    judge: &mut Judge<'_, 't>,
    enforced: &[&Policy<'t>],
    act: Act,
    tell: impl Fn(&mut Judge<'_, 't>, &Policy<'t>, Range<usize>, String),
) {
    if !judge.all_fetch(act, Url::HTTPS) {
        return;
    }
    for policy in enforced {
        let Some(directive) = policy.governing(act) else {
            continue;
        };
        for (token, source) in directive.values.iter().zip(&directive.sources) {
            if lets_strangers(source) {
                tell(judge, policy, token.place.clone(), quoted(token.text));
            }
        }
    }
}

fn frames(judge: &mut Judge<'_, '_>, enforced: &[&Policy<'_>], judged: &Policy<'_>, html: bool) {
    // An element cannot say it, so that its file cannot lack it.
    let header = enforced
        .iter()
        .any(|policy| judge.delivery(policy) == Delivery::Header);
    let absent_everywhere = enforced
        .iter()
        .all(|policy| policy.get("frame-ancestors").is_none());
    if html && header && absent_everywhere && judge.response.framing_header != Some(true) {
        let message = "`frame-ancestors` is missing: any site may show the page in a frame. Nothing falls back to it.";
        let headed = enforced
            .iter()
            .find(|policy| judge.delivery(policy) == Delivery::Header);
        let policy = match judge.delivery(judged) {
            Delivery::Header => judged,
            _ => headed.copied().unwrap_or(judged),
        };
        absent(
            judge,
            rules::NO_FRAME_ANCESTORS,
            None,
            policy,
            message,
            "frame-ancestors 'self'",
        );
    }
}
