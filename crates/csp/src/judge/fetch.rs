//! Styles, images, connections and frames.

use super::hosts::{is_wide, lets_strangers};
use super::{Judge, script};
use crate::directive::Act;
use crate::flaw::{RuleId, Severity, quoted};
use crate::given::Answer;
use crate::parse::{Directive, Policy, Token};
use crate::rules;
use crate::source::{Keyword, Source};
use crate::url::Url;

pub(super) fn judge(judge: &mut Judge<'_, '_>) {
    for policy in judge.enforced() {
        styles(judge, policy);
        wide(judge, policy, Act::Style, rules::STYLE_WILDCARD, |source| {
            matches!(source, Source::Scheme(name) if name.eq_ignore_ascii_case("data"))
                || lets_strangers(source)
        });
        wide(judge, policy, Act::Image, rules::PLAIN_MEDIA, is_plain);
        wide(judge, policy, Act::Media, rules::PLAIN_MEDIA, is_plain);
        wide(
            judge,
            policy,
            Act::Connect,
            rules::CONNECT_WILDCARD,
            |source| match source {
                Source::Scheme(name) => ["ws", "http"]
                    .iter()
                    .any(|wide| name.eq_ignore_ascii_case(wide)),
                source => is_wide(source),
            },
        );
        ancestors(judge, policy);
    }
}

/// Rules that speak of a token of `default-src` for scripts already.
const WORSE: &[RuleId] = &[
    rules::UNSAFE_INLINE,
    rules::SCRIPT_SCHEME,
    rules::SCRIPT_WILDCARD,
];

fn styles(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    for act in [Act::Style, Act::StyleAttribute] {
        if !judge.all_let(|policy| policy.inline(act)) {
            continue;
        }
        let directive = policy.governing(act);
        if directive.is_none_or(|directive| directive.inline(false) == Answer::No) {
            continue;
        }
        for token in script::tokens(directive, Keyword::UnsafeInline) {
            if !judge.told(policy, &token.place, WORSE) {
                let message =
                    "Inserted styles apply: they can hide, forge and read parts of the page.";
                judge.add(
                    rules::STYLE_INLINE,
                    policy,
                    token.place.clone(),
                    message.to_owned(),
                    None,
                );
            }
        }
    }
}

/// Tokens of the directive that governs an act and let too much of it in.
fn wide(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    act: Act,
    rule: RuleId,
    is: impl Fn(&Source<'_>) -> bool,
) {
    let any = [Url::HTTPS, Url::HTTP, Url::DATA];
    if !any.iter().any(|url| judge.all_fetch(act, *url)) && rule != rules::PLAIN_MEDIA {
        return;
    }
    let Some(directive) = policy.governing(act) else {
        return;
    };
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        if is(source) && !judge.told(policy, &token.place, WORSE) {
            tell(judge, policy, directive, token, rule);
        }
    }
}

fn tell(
    judge: &mut Judge<'_, '_>,
    policy: &Policy<'_>,
    directive: &Directive<'_>,
    token: &Token<'_>,
    rule: RuleId,
) {
    if rule == rules::PLAIN_MEDIA && judge.told(policy, &token.place, &[rules::PLAIN_TEXT]) {
        return;
    }
    let token_shown = quoted(token.text);
    let message = match rule {
        rules::STYLE_WILDCARD => {
            format!("Style sheets of every host apply: {token_shown} names none.")
        }
        rules::CONNECT_WILDCARD => {
            format!("Inserted script may send data to every host: {token_shown} names none.")
        }
        _ => format!(
            "{token_shown} lets images or media come in plain text, which anybody on the way can change."
        ),
    };
    let better = match rule {
        rules::PLAIN_MEDIA => Some(
            token
                .text
                .to_ascii_lowercase()
                .replacen("http:", "https:", 1),
        ),
        _ => None,
    };
    let better =
        better.filter(|better| better.starts_with("https:") && directive.lower != "default-src");
    judge.add(rule, policy, token.place.clone(), message, better);
}

/// `http:` or `ftp:`, alone or before a host.
fn is_plain(source: &Source<'_>) -> bool {
    let plain = |scheme: &str| {
        ["http", "ftp"]
            .iter()
            .any(|name| scheme.eq_ignore_ascii_case(name))
    };
    match source {
        Source::Scheme(scheme) => plain(scheme),
        Source::Host(host) => {
            let local = host.host.eq_ignore_ascii_case("localhost") || host.is_ipv4();
            !local && host.scheme.is_some_and(plain)
        }
        _ => false,
    }
}

fn ancestors(judge: &mut Judge<'_, '_>, policy: &Policy<'_>) {
    if !judge.all_fetch(Act::Ancestors, Url::HTTPS) {
        return;
    }
    let Some(directive) = policy.get("frame-ancestors") else {
        return;
    };
    for (token, source) in directive.values.iter().zip(&directive.sources) {
        if lets_strangers(source) {
            let message = format!(
                "Every site may show the page in a frame: {} names none.",
                quoted(token.text)
            );
            let better = Some("'self'".to_owned());
            let severity = match judge.response.framing_header {
                // Browsers that know `frame-ancestors` pass over the other header.
                _ if judge.response.html == Some(false) => Severity::Low,
                _ => Severity::Medium,
            };
            judge.add_as(
                rules::FRAMED_BY_ANY,
                severity,
                policy,
                token.place.clone(),
                message,
                better,
            );
        }
    }
}
