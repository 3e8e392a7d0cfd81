//! Ruby: policies of Rails, the gem `secure_headers`, origins of `rack-cors`.
//!
//! After the guide of Rails (<https://guides.rubyonrails.org/security.html>) and the documentation of the gems.

use super::eval::Eval;
use super::policy::{self, Policy};
use super::responses::{Set, header, told};
use super::token::Kind;
use super::value::{Value, What, unknown};
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

const CSP: &str = "content-security-policy";
const REPORT_ONLY: &str = "content-security-policy-report-only";

/// Adds what the libraries of Ruby set.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    /// Policies of one file, at most.
    const MOST: usize = 50;
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        let Some(name) = tokens.name(at).filter(|_| eval.is_live(at)) else {
            continue;
        };
        if out.len() > MOST * 8 {
            return;
        }
        match name {
            "content_security_policy" | "content_security_policy_report_only" => {
                rails(eval, at, out)
            }
            "Configuration" if tokens.is(at + 1, ".") && tokens.is(at + 2, "default") => {
                secure_headers(eval, at + 3, out);
            }
            "origins" => origins(eval, at, out),
            _ => {}
        }
    }
}

/// The block that follows a call: its parameter and its body.
fn block<'t>(eval: &Eval<'t>, at: usize) -> Option<(&'t str, Range<usize>)> {
    let tokens = &eval.tokens;
    let limit = at + 20;
    let mut open = at;
    while !tokens.is_any(open, &["do", "{"]) {
        open = tokens.after(open);
        if open > limit || tokens.get(open).is_none_or(|token| token.line) {
            return None;
        }
    }
    let named = tokens.is(open + 1, "|") && tokens.is(open + 3, "|");
    let parameter = tokens.name(open + 2).filter(|_| named)?;
    let body = match tokens.pair(open) {
        Some(close) => open + 4..close,
        // What is commented out has no blocks: all up to the next policy.
        None => open + 4..tokens.all.len(),
    };
    Some((parameter, body))
}

/// Arguments with or without brackets, and where they end.
fn arguments(eval: &Eval<'_>, at: usize) -> (Vec<Range<usize>>, usize) {
    let tokens = &eval.tokens;
    if tokens.is(at, "(") {
        return (tokens.arguments(at), tokens.after(at));
    }
    let mut all = Vec::new();
    let mut next = at;
    if tokens.get(at).is_none_or(|token| token.line) {
        return (all, at);
    }
    loop {
        let range = tokens.expression(next);
        next = range.end;
        if !range.is_empty() {
            all.push(range);
        }
        if !tokens.is(next, ",") {
            return (all, next);
        }
        next += 1;
    }
}

fn rails(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let place = tokens.place(&(at..at + 1));
    let mut add = |value: Text, state: State, name: &str| {
        out.push(Set {
            group: Some(at),
            scope: "content_security_policy".to_owned(),
            header: header(name, value, place.clone(), state),
        });
    };
    // `content_security_policy false, only: :index` of a controller.
    if tokens.is(at + 1, "false") {
        return add(Text::default(), State::Disabled, CSP);
    }
    let Some((parameter, body)) = block(eval, at + 1) else {
        return;
    };
    let mut policy = Policy::raw();
    let mut next = body.start;
    while next < body.end {
        let calls = tokens.name(next) == Some(parameter) && tokens.is(next + 1, ".");
        let name = tokens
            .name(next + 2)
            .filter(|_| calls && eval.is_live(next));
        let Some(name) = name.and_then(policy::directive) else {
            // The end of a block that is commented out.
            if tokens.kind(next) == Some(Kind::Name) && tokens.is(next, "content_security_policy") {
                break;
            }
            next += 1;
            continue;
        };
        let token = tokens.place(&(next + 2..next + 3));
        let (arguments, end) = arguments(eval, next + 3);
        fill(
            eval,
            &mut policy,
            &name,
            token,
            &arguments,
            parameter,
            tokens.parent(next) != tokens.parent(body.start),
        );
        next = end.max(next + 3);
    }
    if policy.is_empty() {
        return;
    }
    let only_reports = tokens.is(at, "content_security_policy_report_only")
        || is_on(eval, "content_security_policy_report_only");
    let name = match only_reports {
        true => REPORT_ONLY,
        false => CSP,
    };
    nonces(eval, &mut policy, &place);
    let text = policy.text().begins_at(place.start);
    // A controller changes the policy of all; without a default it says a part of it only.
    let whole = at
        .checked_sub(2)
        .is_some_and(|holder| tokens.is_any(holder, &["config", "configuration"]));
    let state = match whole || policy.has("default-src") {
        true => State::Sent,
        false => State::Undecidable,
    };
    add(text, state, name);
    // What Rails sends by itself, unless somebody takes it away.
    let mut frame = Text::default();
    frame.push("SAMEORIGIN", place.clone());
    add(frame, State::Sent, "x-frame-options");
}

/// One directive of a policy. What is said again replaces what was said; under a condition it may be either.
fn fill(
    eval: &Eval<'_>,
    policy: &mut Policy,
    name: &str,
    place: Range<usize>,
    arguments: &[Range<usize>],
    parameter: &str,
    maybe: bool,
) {
    let tokens = &eval.tokens;
    let keeps = |range: &Range<usize>| {
        let holder = range.clone().find(|at| tokens.name(*at) == Some(parameter));
        holder.is_some_and(|at| tokens.is(at + 1, "."))
    };
    let off = arguments
        .first()
        .is_some_and(|first| tokens.is_any(first.start, &["false", "nil"]));
    if off {
        return policy.remove(name);
    }
    policy.directive(name, place);
    if !maybe && !arguments.iter().any(keeps) {
        policy.clear(name);
    }
    for range in arguments.iter().filter(|range| !keeps(range)) {
        let lambda = tokens.is_any(range.start, &["->", "lambda", "proc"]);
        match lambda {
            true => policy.value(name, &Value::unknown(tokens.place(range)), &policy::word),
            false => {
                policy.value(name, &eval.value(range), &policy::word);
            }
        }
    }
}

/// Whether a switch is set to true.
fn is_on(eval: &Eval<'_>, name: &str) -> bool {
    let tokens = &eval.tokens;
    let mut all = 0..tokens.all.len();
    all.any(|at| {
        tokens.name(at) == Some(name)
            && tokens.is(at + 1, "=")
            && tokens.is(at + 2, "true")
            && eval.is_live(at)
    })
}

/// Nonces of Rails: in the directives that are named, or in those that it takes by itself.
fn nonces(eval: &Eval<'_>, policy: &mut Policy, place: &Range<usize>) {
    let tokens = &eval.tokens;
    let assigned = |name: &str| {
        let mut all = 0..tokens.all.len();
        let at = all.find(|at| {
            tokens.name(*at) == Some(name) && tokens.is(at + 1, "=") && eval.is_live(*at)
        })?;
        Some((at, eval.value(&tokens.expression(at + 2))))
    };
    let Some((at, generator)) = assigned("content_security_policy_nonce_generator") else {
        return;
    };
    if matches!(generator.what, What::Nothing) {
        return;
    }
    let named = assigned("content_security_policy_nonce_directives");
    let named = named.as_ref().and_then(|(_, value)| value.list());
    let names: Vec<String> = match named {
        Some(list) => list
            .iter()
            .filter_map(|one| one.word().map(|word| word.replace('_', "-")))
            .collect(),
        None => ["script-src", "style-src"].map(str::to_owned).to_vec(),
    };
    let at = tokens.place(&(at..at + 1));
    let at = if at.is_empty() { place.clone() } else { at };
    for name in names
        .iter()
        .filter(|name| policy.has(name))
        .cloned()
        .collect::<Vec<_>>()
    {
        policy.nonce(&name, at.clone());
    }
}

/// `SecureHeaders::Configuration.default do |config| … end`
fn secure_headers(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    const NAMES: &[(&str, &str)] = &[
        ("csp", CSP),
        ("csp_report_only", REPORT_ONLY),
        ("hsts", "strict-transport-security"),
        ("x_frame_options", "x-frame-options"),
        ("x_content_type_options", "x-content-type-options"),
        ("x_xss_protection", "x-xss-protection"),
        ("referrer_policy", "referrer-policy"),
    ];
    let tokens = &eval.tokens;
    let Some((parameter, body)) = block(eval, at) else {
        return;
    };
    for next in body {
        let sets = tokens.name(next) == Some(parameter)
            && tokens.is(next + 1, ".")
            && tokens.is(next + 3, "=");
        let named = NAMES
            .iter()
            .find(|(name, _)| tokens.name(next + 2) == Some(name));
        let Some((_, name)) = named.filter(|_| sets && eval.is_live(next)) else {
            continue;
        };
        let value = eval.value(&tokens.expression(next + 4));
        let place = tokens.place(&(next + 2..next + 3));
        let (text, state) = secured(&value, name, &place);
        let name = match value.map().is_some_and(only_reports) {
            true => REPORT_ONLY,
            false => name,
        };
        out.push(Set {
            group: Some(at),
            scope: "SecureHeaders".to_owned(),
            header: header(name, text, place, state),
        });
    }
}

fn only_reports(entries: &[(Value, Value)]) -> bool {
    entries
        .iter()
        .any(|(key, value)| key.word() == Some("report_only") && value.is_true())
}

fn secured(value: &Value, name: &str, place: &Range<usize>) -> (Text, State) {
    let value = value.one();
    if value.word() == Some("OPT_OUT") {
        return (Text::default(), State::Disabled);
    }
    let Some(entries) = value.map().filter(|_| name.starts_with("content-security")) else {
        return told(value);
    };
    let mut policy = Policy::raw();
    for (key, value) in entries {
        let Some(name) = key.word().and_then(policy::directive) else {
            continue;
        };
        if matches!(value.what, What::Bool(false) | What::Nothing) {
            continue;
        }
        policy.directive(&name, key.place.clone());
        policy.value(&name, value, &policy::word);
    }
    match policy.is_empty() {
        true => {
            let mut text = Text::default();
            unknown(&mut text, place.clone());
            (text, State::Undecidable)
        }
        false => (policy.text().begins_at(place.start), State::Sent),
    }
}

/// `origins '*'` with `credentials: true` in the same block.
fn origins(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let (arguments, _) = arguments(eval, at + 1);
    let every = arguments
        .iter()
        .find(|range| tokens.plain(range.start).is_some_and(|text| text == "*"));
    let Some(every) = every else {
        return;
    };
    let group = tokens.parent(at);
    let mut add = |name: &str, value: &str, place: Range<usize>| {
        out.push(Set {
            group,
            scope: "cors".to_owned(),
            header: header(name, Text::plain(value, place.start), place, State::Sent),
        });
    };
    let place = tokens.place(every);
    add(
        "access-control-allow-origin",
        "*",
        place.start + 1..place.end.saturating_sub(1),
    );
    let inside = group.map(|open| tokens.inside(open)).unwrap_or_default();
    let credentials = inside.clone().find(|at| {
        tokens.is(*at, "credentials") && tokens.is(at + 1, ":") && tokens.is(at + 2, "true")
    });
    if let Some(at) = credentials {
        add(
            "access-control-allow-credentials",
            "true",
            tokens.place(&(at + 2..at + 3)),
        );
    }
}
