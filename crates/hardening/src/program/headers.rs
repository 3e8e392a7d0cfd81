//! Headers that a program sets by name: by a call, a key, an entry of a map, a pair.

use super::blocks;
use super::callee::{holds_headers, is_request, words};
use super::eval::Eval;
use super::known;
use super::language::Language;
use super::responses::{Set, group, header, settled, told};
use super::token::Kind;
use super::value::What;
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

/// Words of calls that set what they are given.
const SETTERS: &[&str] = &[
    "set",
    "setheader",
    "addheader",
    "header",
    "add",
    "append",
    "insert",
    "set_header",
    "set_raw_header",
    "insert_header",
    "append_header",
    "with_header",
    "withheader",
    "withaddedheader",
    "put",
    "putifabsent",
    "tryadd",
    "tryappend",
    "staticheaderswriter",
    "overriding",
    "if_not_present",
    "appending",
    "setdefault",
    "store",
    "add_header",
    "rawheader",
    "setresponseheader",
    "appendheader",
    "headers",
    "dateheader",
    "setifabsent",
    "replace",
    "setheaders",
    "addheaders",
    "default_header",
    "custom_header",
    "map",
    "pair",
    "static",
];
/// Words of calls that ask, or compare.
const READERS: &[&str] = &[
    "get",
    "has",
    "contains",
    "assert",
    "expect",
    "equal",
    "verify",
    "should",
    "check",
    "log",
    "print",
    "read",
    "fetch",
    "match",
    "starts",
    "find",
    "index",
    "compare",
    "values",
    "debug",
    "info",
    "warn",
    "error",
    "println",
    "test",
    "include",
    "doesnotexist",
    "exists",
    "string",
    "andexpect",
    "is",
    "key",
    "lookup",
    "t",
    "define",
];
const REMOVERS: &[&str] = &[
    "remove",
    "delete",
    "del",
    "unset",
    "header_remove",
    "removeheader",
    "remove_header",
    "without_header",
    "withoutheader",
    "removeresponseheader",
];

/// How sure it is that a name with a value is a header that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sure {
    /// A call that sets headers.
    Yes,
    /// When its value looks like one.
    ByValue,
}

/// Adds all headers that a program sets by name.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        let Some(name) = name(eval, at).filter(|_| eval.is_live(at)) else {
            continue;
        };
        let unit = unit(eval, at);
        if let Some((value, sure)) = value_of(eval, &unit, name) {
            set(eval, name, at, value.as_ref(), sure, out);
        }
    }
}

/// The header that a token names.
fn name(eval: &Eval<'_>, at: usize) -> Option<&'static str> {
    let tokens = &eval.tokens;
    match tokens.kind(at)? {
        Kind::Text(_) => known::header(&tokens.plain(at).filter(|text| text.len() < 60)?),
        Kind::Name => {
            let name = tokens.name(at)?;
            // `Headers.ContentSecurityPolicy = …` is told where it is looked at what is assigned.
            if let Some(known) = known::constant(name) {
                return Some(known);
            }
            let shouts = name.len() > 2 && name.bytes().any(|byte| byte.is_ascii_uppercase());
            let argues = tokens.is_any(at + 1, &[",", "]", ")"]) && shouts;
            let value = argues.then(|| eval.resolve(name, at, 1)).flatten()?;
            known::header(value.str()?)
        }
        _ => None,
    }
}

/// A name with what is around it and changes nothing: `HeaderName::from_static("…")`, `self::NAME`.
fn unit(eval: &Eval<'_>, at: usize) -> Range<usize> {
    const WRAPS: &[&str] = &[
        "from_static",
        "from_bytes",
        "from",
        "from_str",
        "new",
        "try_from",
        "HeaderName",
        "from_lowercase",
        "of",
    ];
    let tokens = &eval.tokens;
    let mut unit = at..at + 1;
    loop {
        let before = unit.start.checked_sub(1);
        let dotted = before.is_some_and(|before| {
            tokens.is_any(before, &[".", "::", "\\"]) && tokens.kind(unit.start) == Some(Kind::Name)
        });
        if dotted
            && let Some(start) = unit.start.checked_sub(2)
            && tokens.name(start).is_some()
        {
            unit.start = start;
            continue;
        }
        let wrapped =
            before.filter(|open| tokens.is(*open, "(") && tokens.pair(*open) == Some(unit.end));
        let wraps = wrapped
            .and_then(|open| open.checked_sub(1))
            .filter(|word| tokens.is_any(*word, WRAPS));
        // A call of one argument that is no method: `String.from("…")`.
        if let Some(word) = wraps.filter(|_| !tokens.is(unit.end + 1, ";")) {
            unit = word..unit.end + 1;
            continue;
        }
        let method = tokens.is(unit.end, ".")
            && tokens.is_any(
                unit.end + 1,
                &[
                    "parse",
                    "into",
                    "to_string",
                    "to_owned",
                    "unwrap",
                    "expect",
                    "as_str",
                    "freeze",
                    "toString",
                    "ToString",
                    "clone",
                ],
            );
        if method {
            let mut end = unit.end + 2;
            while !tokens.is(end, "(") && end < unit.end + 8 {
                end += 1;
            }
            unit.end = tokens.after(end);
            continue;
        }
        return unit;
    }
}

/// What a name is given, and how sure that is; no value when it is taken away.
fn value_of(
    eval: &Eval<'_>,
    unit: &Range<usize>,
    name: &str,
) -> Option<(Option<Range<usize>>, Sure)> {
    let tokens = &eval.tokens;
    let next = unit.end;
    let before = unit.start.checked_sub(1)?;
    // `response.headers["…"] = …`, `["…"] = …`
    if tokens.is(before, "[") && tokens.is(next, "]") {
        let asks = before
            .checked_sub(1)
            .is_some_and(|holder| is_request(eval, holder));
        let sets = tokens.is_any(next + 1, &["=", "||=", "??=", "+=", "<<"]);
        let sure = match before
            .checked_sub(1)
            .is_some_and(|holder| holds_headers(eval, holder))
        {
            true => Sure::Yes,
            false => Sure::ByValue,
        };
        return (sets && !asks).then(|| (Some(tokens.expression(next + 2)), sure));
    }
    // `Headers.XFrameOptions = …`
    if tokens.kind(unit.end - 1) == Some(Kind::Name) && tokens.is(next, "=") {
        let held = (unit.start..unit.end).any(|at| tokens.is_any(at, &["Headers", "headers"]));
        return held.then(|| (Some(tokens.expression(next + 1)), Sure::Yes));
    }
    let entry = tokens.is_any(next, &["=>", ":", "to"]) && tokens.language != Language::Rust;
    if entry && matches!(tokens.kind(unit.start), Some(Kind::Text(_))) {
        return Some((Some(tokens.expression(next + 1)), Sure::ByValue));
    }
    let open = tokens.parent(unit.start)?;
    if !tokens.is_any(open, &["(", "[", "{"]) {
        return bare(eval, unit);
    }
    // Looked at from here only: a list may be long.
    let mut first = unit.start;
    if tokens.is(first - 1, "&") {
        first -= 1;
    }
    if tokens.is(first - 1, ":")
        && first
            .checked_sub(2)
            .is_some_and(|at| tokens.name(at).is_some())
    {
        first -= 2;
    }
    let leads = first.checked_sub(1) == Some(open);
    let begins = leads
        || first
            .checked_sub(1)
            .is_some_and(|before| tokens.is(before, ","));
    // What is put together, or called on something, is no name by itself.
    if !begins || !tokens.is_any(next, &[",", ")", "]", "}"]) {
        return bare(eval, unit);
    }
    let value = tokens.is(next, ",").then(|| {
        let labelled = tokens.is(next + 2, ":") && tokens.name(next + 1).is_some();
        let start = next + 1 + if labelled { 2 } else { 0 };
        start..argument_end(eval, start)
    });
    let value = value.filter(|value| !value.is_empty());
    let callee = open.checked_sub(1).filter(|_| tokens.is(open, "("));
    let callee = callee.filter(|at| tokens.name(*at).is_some() || tokens.is_any(*at, &[">", "!"]));
    let Some(callee) = callee else {
        // A pair: `("…", "…")`, `{ "…", "…" }`.
        let ends = |value: &Range<usize>| {
            let end = value.end + usize::from(tokens.is(value.end, ","));
            tokens.pair(open) == Some(end)
        };
        let pair = leads && value.as_ref().is_some_and(ends);
        return value
            .filter(|_| pair)
            .map(|value| (Some(value), Sure::ByValue));
    };
    called(eval, callee, value, name)
}

/// Where an argument ends.
fn argument_end(eval: &Eval<'_>, start: usize) -> usize {
    let tokens = &eval.tokens;
    let mut at = start;
    // An argument of more parts was made for nobody to read.
    for _ in 0..4000 {
        let closes = tokens.kind(at).is_none_or(|kind| kind == Kind::Close);
        if closes || tokens.is(at, ",") {
            return at;
        }
        at = tokens.after(at);
    }
    start
}

/// A call without brackets: `headers.set "…", "…"`.
fn bare(eval: &Eval<'_>, unit: &Range<usize>) -> Option<(Option<Range<usize>>, Sure)> {
    let tokens = &eval.tokens;
    let callee = unit.start.checked_sub(1)?;
    let same_line = tokens.get(unit.start).is_some_and(|token| !token.line);
    let fits = tokens.language == Language::Ruby && same_line && tokens.name(callee).is_some();
    if !fits {
        return None;
    }
    let value = tokens
        .is(unit.end, ",")
        .then(|| tokens.expression(unit.end + 1));
    called(eval, callee, value, "")
}

fn called(
    eval: &Eval<'_>,
    callee: usize,
    value: Option<Range<usize>>,
    name: &str,
) -> Option<(Option<Range<usize>>, Sure)> {
    let tokens = &eval.tokens;
    if is_request(eval, callee) {
        return None;
    }
    let word = tokens.name(callee).unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    // Without the object it is called on, `remove` takes anything away from anything.
    if REMOVERS.contains(&lower.as_str()) {
        let removes = value.is_none() && !name.is_empty() || tokens.language == Language::Ruby;
        return removes.then_some((None, Sure::Yes));
    }
    let value = value?;
    if SETTERS.contains(&lower.as_str()) {
        return Some((Some(value), Sure::Yes));
    }
    let mut words = words(word);
    let asks = words.any(|word| READERS.contains(&word.as_str()));
    (!asks).then_some((Some(value), Sure::ByValue))
}

fn set(
    eval: &Eval<'_>,
    name: &'static str,
    at: usize,
    value: Option<&Range<usize>>,
    sure: Sure,
    out: &mut Vec<Set>,
) {
    let tokens = &eval.tokens;
    let place = tokens.place(&(at..at + 1));
    let mut add = |value: Text, state: State| {
        out.push(Set {
            group: group(eval, at, name),
            scope: blocks::scope(tokens, at).to_owned(),
            header: header(name, value, place.clone(), state),
        });
    };
    let Some(range) = value else {
        return add(Text::default(), State::Removed);
    };
    let value = eval.value(range);
    for one in value.alternatives().into_iter().take(6) {
        let (text, state) = settled(name, told(one));
        let plausible = state == State::Sent && known::is_plausible(name, text.value());
        if sure == Sure::Yes || plausible {
            let several = matches!(value.what, What::Either(_));
            let begins = text
                .begins()
                .or_else(|| begin(eval, at, range).filter(|_| !several));
            let text = match begins {
                Some(begins) => text.begins_at(begins),
                None => text,
            };
            add(text, state);
        }
    }
}

/// Where the call or the assignment begins that gives a name its value.
fn begin(eval: &Eval<'_>, at: usize, value: &Range<usize>) -> Option<usize> {
    let tokens = &eval.tokens;
    let start = |at: usize| tokens.place(&(at..at + 1)).start;
    let before = value.start.checked_sub(1)?;
    if tokens.is_any(before, &["=", "||=", "??=", "+=", "<<"]) {
        return Some(start(at));
    }
    let mut open = tokens.parent(at)?;
    for _ in 0..4 {
        if tokens.pair(open)? > value.start {
            break;
        }
        open = tokens.parent(open)?;
    }
    let callee = open.checked_sub(1).filter(|_| tokens.is(open, "("))?;
    tokens.name(callee).map(|_| start(callee))
}
