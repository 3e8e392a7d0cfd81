//! PHP: `header("Name: value")`, policies of spatie/laravel-csp, `config/cors.php` of Laravel.
//!
//! After the manual of PHP and the documentation of spatie/laravel-csp, versions 2 and 3.

use super::blocks;
use super::eval::Eval;
use super::known;
use super::policy::{self, Policy};
use super::responses::{Set, group, header, settled};
use super::token::Kind;
use super::value::{Value, What, says_something};
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

/// Adds what programs in PHP set in their own ways.
pub(super) fn look(eval: &Eval<'_>, path: &str, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        if !eval.is_live(at) {
            continue;
        }
        if tokens.is(at, "header") && tokens.is(at + 1, "(") {
            sent(eval, at, out);
        } else if matches!(tokens.kind(at), Some(Kind::Text(_))) {
            listed(eval, at, out);
        }
    }
    spatie(eval, out);
    if path.ends_with("config/cors.php") || path == "cors.php" {
        cors(eval, out);
    }
}

/// `header("Name: value")`
fn sent(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let arguments = eval.tokens.arguments(at + 1);
    let Some(first) = arguments.first() else {
        return;
    };
    for one in eval.value(first).alternatives().into_iter().take(6) {
        let Some((name, value)) = one.text().and_then(cut) else {
            continue;
        };
        let state = match says_something(&value) {
            true => State::Sent,
            false => State::Undecidable,
        };
        let (value, state) = settled(name, (value, state));
        // A text of a variable begins where that is.
        let whole = eval.tokens.place(first);
        let mut own = value.segments().iter().map(|segment| segment.file.start);
        let own = own.next().filter(|start| !whole.contains(start));
        let begins = one.text().and_then(Text::begins).or(own);
        let begins = begins.unwrap_or(eval.tokens.place(&(at..at + 1)).start);
        add(
            eval,
            at,
            eval.tokens.place(first),
            name,
            value.begins_at(begins),
            state,
            out,
        );
    }
}

/// A text that says name and value, in a list of such.
fn listed(eval: &Eval<'_>, at: usize, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    let beside = |at: usize| tokens.is_any(at, &["[", "(", ",", "]", ")"]);
    if !beside(at + 1) || !at.checked_sub(1).is_some_and(beside) {
        return;
    }
    let called = at
        .checked_sub(2)
        .is_some_and(|word| tokens.is(word, "header"));
    let value = eval.literal(at, 1);
    if let Some((name, value)) = value.text().and_then(cut).filter(|_| !called)
        && known::is_plausible(name, value.value())
    {
        add(
            eval,
            at,
            tokens.place(&(at..at + 1)),
            name,
            value,
            State::Sent,
            out,
        );
    }
}

fn add(
    eval: &Eval<'_>,
    at: usize,
    place: Range<usize>,
    name: &'static str,
    value: Text,
    state: State,
    out: &mut Vec<Set>,
) {
    out.push(Set {
        group: group(eval, at, name),
        scope: blocks::scope(&eval.tokens, at).to_owned(),
        header: header(name, value, place, state),
    });
}

/// The header and its value of `Name: value`.
fn cut(text: &Text) -> Option<(&'static str, Text)> {
    let (name, rest) = text.value().split_once(':')?;
    let name = known::header(name)?;
    let from = text.value().len() - rest.trim_start().len();
    let mut out = Text::default();
    for segment in text
        .segments()
        .iter()
        .filter(|segment| segment.value.end > from || segment.value.is_empty())
    {
        let range = segment.value.start.max(from)..segment.value.end.max(from);
        let value = text.value().get(range.clone()).unwrap_or_default();
        match segment.dynamic {
            true => out.push_dynamic(value, segment.file.clone()),
            false if value.is_empty() => {}
            false => out.push(value, text.place(range)),
        }
    }
    Some((name, out))
}

/// `->addDirective(Directive::SCRIPT, Keyword::SELF)` of version 2, `->add(…)` of version 3.
fn spatie(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    if !tokens.text.contains("\\Csp\\") && !tokens.text.contains("Directive::") {
        return;
    }
    let mut policy = Policy::default();
    let mut first = None;
    let mut only_reports = false;
    let preset = (0..tokens.all.len())
        .any(|at| tokens.is(at, "implements") && tokens.is_any(at + 1, &["Preset", "Fragment"]));
    for at in 0..tokens.all.len() {
        let called = tokens.is(at + 1, "(") && eval.is_live(at);
        let Some(name) = tokens.name(at).filter(|_| called) else {
            continue;
        };
        let arguments = tokens.arguments(at + 1);
        let on = at
            .checked_sub(1)
            .is_some_and(|before| tokens.is_any(before, &["->", "::"]));
        match name {
            "addDirective" | "add" | "addNonceForDirective" | "addNonce" if on => {
                let said = directive(eval, at, name, &arguments, &mut policy);
                first = first.or(said.then_some(at));
            }
            "reportOnly" if on => only_reports = true,
            "configure" if on => {
                let basic = basic(eval, at);
                if basic {
                    defaults(&mut policy, tokens.place(&(at..at + 1)));
                    first = first.or(Some(at));
                }
            }
            _ => {}
        }
    }
    let Some(at) = first.filter(|_| !policy.is_empty()) else {
        return;
    };
    let begins = tokens.place(&(tokens.statement(at)..at + 1)).start;
    let name = match only_reports {
        true => "content-security-policy-report-only",
        false => "content-security-policy",
    };
    // Presets are added up by the configuration: without a default this one is a part of a policy only.
    let part = preset && !policy.has("default-src");
    let state = match part {
        true => State::Undecidable,
        false => State::Sent,
    };
    out.push(Set {
        group: None,
        scope: "spatie/laravel-csp".to_owned(),
        header: header(
            name,
            policy.text().begins_at(begins),
            tokens.place(&(at..at + 1)),
            state,
        ),
    });
}

/// Whether a call adds what the library's own basic policy says.
fn basic(eval: &Eval<'_>, at: usize) -> bool {
    let tokens = &eval.tokens;
    let before = tokens.statement(at)..at;
    let mut names = before.filter_map(|at| tokens.name(at));
    let parent = names.clone().any(|name| name == "parent");
    let extends =
        (0..tokens.all.len()).any(|at| tokens.is(at, "extends") && tokens.is(at + 1, "Basic"));
    names.any(|name| name == "Basic") || parent && extends
}

fn defaults(policy: &mut Policy, place: Range<usize>) {
    let own = [
        "base-uri",
        "connect-src",
        "default-src",
        "form-action",
        "img-src",
        "media-src",
    ];
    for name in own {
        policy.directive(name, place.clone());
        policy.word(name, "'self'", place.clone());
    }
    policy.directive("object-src", place.clone());
    policy.word("object-src", "'none'", place.clone());
    for name in ["script-src", "style-src"] {
        policy.directive(name, place.clone());
        policy.word(name, "'self'", place.clone());
        policy.nonce(name, place.clone());
    }
}

fn directive(
    eval: &Eval<'_>,
    at: usize,
    call: &str,
    arguments: &[Range<usize>],
    policy: &mut Policy,
) -> bool {
    let Some(first) = arguments.first() else {
        return false;
    };
    let names = eval.value(first);
    let list = names
        .list()
        .map_or_else(|| vec![names.clone()], <[Value]>::to_vec);
    let mut found = false;
    for one in list {
        let Some(name) = one.word().and_then(named) else {
            continue;
        };
        found = true;
        let place = eval.tokens.place(&(at..at + 1));
        policy.directive(&name, one.place.clone());
        if call.starts_with("addNonce") {
            policy.nonce(&name, place);
        } else if let Some(value) = arguments.get(1) {
            let value = eval.value(value);
            // `Value::NO_VALUE` stands for nothing.
            if value.word() != Some("NO_VALUE") {
                policy.value(&name, &value, &policy::word);
            }
        }
    }
    found
}

/// The directive of `Directive::SCRIPT`, or of its text.
fn named(word: &str) -> Option<String> {
    if let Some(name) = policy::directive(word) {
        return Some(name);
    }
    let lower = word.to_ascii_lowercase().replace('_', "-");
    if lower == "base" {
        return Some("base-uri".to_owned());
    }
    let report = lower == "report";
    let source = match lower
        .strip_suffix("-elem")
        .or_else(|| lower.strip_suffix("-attr"))
    {
        Some(stem) => format!("{stem}-src{}", lower.get(stem.len()..).unwrap_or_default()),
        None if report => "report-uri".to_owned(),
        None => format!("{lower}-src"),
    };
    let shouts = !word.chars().any(|c| c.is_ascii_lowercase());
    policy::directive(&source).filter(|_| shouts)
}

/// `'allowed_origins' => ['*'], 'supports_credentials' => true`
fn cors(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        let Some(key) = tokens.plain(at).filter(|_| tokens.is(at + 1, "=>")) else {
            continue;
        };
        let value = eval.value(&tokens.expression(at + 2));
        let list = value
            .list()
            .map_or_else(|| vec![value.clone()], <[Value]>::to_vec);
        let every = list.iter().find(|one| one.str() == Some("*"));
        let found = match key.as_str() {
            "allowed_origins" | "allowed_origins_patterns" => every.map(|one| {
                (
                    "access-control-allow-origin",
                    one.text().cloned().unwrap_or_default(),
                )
            }),
            "supports_credentials" if matches!(value.what, What::Bool(true)) => Some((
                "access-control-allow-credentials",
                Text::plain("true", value.place.start),
            )),
            _ => None,
        };
        if let Some((name, value)) = found {
            out.push(Set {
                group: tokens.parent(at),
                scope: "cors".to_owned(),
                header: header(name, value, tokens.place(&(at..at + 1)), State::Sent),
            });
        }
    }
}
