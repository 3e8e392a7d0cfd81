//! Java and Kotlin: the headers of Spring Security.
//!
//! After its reference (<https://docs.spring.io/spring-security/reference/servlet/exploits/headers.html>): frames
//! of other sites are refused unless somebody says otherwise, a policy is sent only when one is given.

use super::blocks;
use super::eval::Eval;
use super::responses::{Set, header, told};
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

const CSP: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";
const FRAMES: &str = "x-frame-options";
const HSTS: &str = "strict-transport-security";

/// Adds what Spring Security sets.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let mut framed: Vec<(Option<usize>, usize)> = Vec::new();
    let from = out.len();
    for at in 0..tokens.all.len() {
        let Some(name) = tokens.name(at).filter(|_| eval.is_live(at)) else {
            continue;
        };
        let calls = tokens.is(at + 1, "(") || tokens.is(at + 1, "{");
        match name {
            "policyDirectives" => directives(eval, at, out),
            "contentSecurityPolicy" if calls => policy(eval, at, out),
            "frameOptions" if calls => {
                framed.push((blocks::function(tokens, at), at));
                frames(eval, at, out);
            }
            "httpStrictTransportSecurity" | "hsts" if calls => strict(eval, at, out),
            "headers" if calls && disables(eval, at) => {
                add(eval, at, CSP, Text::default(), State::Disabled, out);
                add(eval, at, FRAMES, Text::default(), State::Removed, out);
            }
            _ => {}
        }
    }
    // What Spring Security sends by itself.
    let own: Vec<usize> = out
        .iter()
        .skip(from)
        .enumerate()
        .filter(|(_, set)| set.header.name == CSP && set.header.state != State::Disabled)
        .map(|(nth, _)| from + nth)
        .collect();
    for nth in own {
        let Some((group, scope, place)) = out
            .get(nth)
            .map(|set| (set.group, set.scope.clone(), set.header.place.clone()))
        else {
            continue;
        };
        if framed.iter().any(|(known, _)| *known == group) {
            continue;
        }
        let mut text = Text::default();
        text.push("DENY", place.clone());
        out.push(Set {
            group,
            scope,
            header: header(FRAMES, text, place, State::Sent),
        });
    }
}

fn add(
    eval: &Eval<'_>,
    at: usize,
    name: &'static str,
    value: Text,
    state: State,
    out: &mut Vec<Set>,
) {
    let tokens = &eval.tokens;
    out.push(Set {
        group: blocks::function(tokens, at),
        scope: blocks::scope(tokens, at).to_owned(),
        header: header(name, value, tokens.place(&(at..at + 1)), state),
    });
}

/// What a call is about: its arguments and what is called on it right behind.
fn around(eval: &Eval<'_>, at: usize) -> Range<usize> {
    let tokens = &eval.tokens;
    let mut end = tokens.after(at + 1);
    while tokens.is(end, ".")
        && tokens.name(end + 1).is_some_and(|name| name != "and")
        && tokens.is(end + 2, "(")
    {
        end = tokens.after(end + 2);
    }
    at..end
}

fn holds(eval: &Eval<'_>, range: &Range<usize>, names: &[&str]) -> bool {
    // What is said of one header is no longer.
    range
        .clone()
        .take(2000)
        .any(|at| eval.tokens.is_any(at, names))
}

/// `policyDirectives("…")`, `policyDirectives = "…"` of Kotlin.
fn directives(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let value = match tokens.is(at + 1, "=") {
        true => Some(tokens.expression(at + 2)),
        false => tokens.arguments(at + 1).into_iter().next(),
    };
    let Some(value) = value.filter(|_| tokens.is_any(at + 1, &["=", "("])) else {
        return;
    };
    // `.reportOnly()` stands beside it, in the same brackets.
    let open = tokens.parent(at);
    let beside = open.map_or(at..around(eval, at).end, |open| tokens.inside(open));
    let beside = beside.start..beside.end.min(beside.start + 400);
    given(
        eval,
        at,
        &value,
        holds(eval, &beside, &["reportOnly"])
            && open.is_some_and(|open| !tokens.is(open, "{") || tokens.is(at + 1, "=")),
        out,
    );
}

/// `contentSecurityPolicy("…")` of older versions, and what it sends when nothing is given.
fn policy(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let range = around(eval, at);
    let inside = tokens.inside(at + 1);
    if holds(eval, &inside, &["policyDirectives", "->"]) || tokens.is(at + 1, "{") {
        return;
    }
    // A method of that name, and no call of one.
    let declared = tokens.is(range.end, "{") || inside.is_empty();
    let called = at
        .checked_sub(1)
        .is_some_and(|before| tokens.is(before, "."));
    if declared || !called {
        return;
    }
    if holds(eval, &inside, &["withDefaults"]) {
        let mut text = Text::default();
        text.push("default-src 'self'", tokens.place(&(at..at + 1)));
        return add(eval, at, CSP, text, State::Sent, out);
    }
    let Some(value) = tokens.arguments(at + 1).into_iter().next() else {
        return;
    };
    given(eval, at, &value, holds(eval, &range, &["reportOnly"]), out);
}

fn given(eval: &Eval<'_>, at: usize, value: &Range<usize>, only_reports: bool, out: &mut Vec<Set>) {
    let name = match only_reports {
        true => REPORT_ONLY,
        false => CSP,
    };
    let start = eval.tokens.place(&(at..at + 1)).start;
    for one in eval.value(value).alternatives().into_iter().take(6) {
        let (text, state) = told(one);
        let begins = text.begins().unwrap_or(start);
        add(eval, at, name, text.begins_at(begins), state, out);
    }
}

fn frames(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let range = around(eval, at);
    let place = eval.tokens.place(&(at..at + 1));
    let value = |value: &str| {
        let mut text = Text::default();
        text.push(value, place.clone());
        text
    };
    if holds(eval, &range, &["disable", "disabled"]) {
        add(eval, at, FRAMES, Text::default(), State::Removed, out);
    } else if holds(eval, &range, &["sameOrigin", "SAMEORIGIN"]) {
        add(eval, at, FRAMES, value("SAMEORIGIN"), State::Sent, out);
    } else if holds(eval, &range, &["deny", "DENY", "withDefaults"]) {
        add(eval, at, FRAMES, value("DENY"), State::Sent, out);
    }
}

/// `maxAgeInSeconds(…)`, `disable()`
fn strict(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let range = around(eval, at);
    if holds(eval, &range, &["disable"]) {
        return add(eval, at, HSTS, Text::default(), State::Removed, out);
    }
    let age = range
        .clone()
        .find(|at| tokens.is_any(*at, &["maxAgeInSeconds", "maxAge"]));
    let Some(age) =
        age.filter(|age| tokens.is(age + 1, "(") && tokens.arguments(age + 1).len() == 1)
    else {
        return;
    };
    let argument = tokens.inside(age + 1);
    let seconds = tokens
        .word(argument.start)
        .trim_end_matches(['L', 'l'])
        .replace('_', "");
    if argument.len() == 1 && seconds.parse::<u64>().is_ok() {
        let mut text = Text::default();
        text.push(
            &format!("max-age={seconds}; includeSubDomains"),
            tokens.place(&argument),
        );
        add(eval, at, HSTS, text, State::Sent, out);
    }
}

/// `headers().disable()`, `headers(h -> h.disable())`, `headers(HeadersConfigurer::disable)`
fn disables(eval: &Eval<'_>, at: usize) -> bool {
    let tokens = &eval.tokens;
    let inside = tokens.inside(at + 1);
    if inside.is_empty() {
        let end = tokens.after(at + 1);
        return tokens.is(end, ".") && tokens.is(end + 1, "disable");
    }
    if tokens.is(inside.start + 1, "->") {
        let own = tokens.name(inside.start);
        return tokens.name(inside.start + 2) == own
            && tokens.is(inside.start + 3, ".")
            && tokens.is(inside.start + 4, "disable");
    }
    let last = inside.end.saturating_sub(1);
    let reference = tokens.is(last, "disable") && tokens.is(last.saturating_sub(1), "::");
    let kotlin = inside.len() <= 3 && tokens.is(inside.start, "disable");
    reference || kotlin
}
