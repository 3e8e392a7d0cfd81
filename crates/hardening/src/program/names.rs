//! Where names get their values, which functions a program has, and what never runs in production.

use super::language::Language;
use super::token::{Kind, Tokens};
use std::collections::BTreeMap;
use std::ops::Range;

/// A name gets a value, or more of one.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    /// The token of the name.
    pub(super) at: usize,
    pub(super) how: How,
    /// The tokens of the value.
    pub(super) value: Range<usize>,
}

/// What becomes of the value that was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Set,
    /// Something is added at its end.
    Add,
    /// The list gets one more.
    Push,
}

/// Methods that add to what they are called on.
const ADDERS: &[&str] = &[
    "append",
    "Append",
    "AppendLine",
    "AppendFormat",
    "push",
    "push_str",
    "add",
    "Add",
    "concat",
    "WriteString",
    "AppendJoin",
];

/// All places where names get values, by name.
pub(super) fn assigned<'t>(tokens: &Tokens<'t>) -> BTreeMap<&'t str, Vec<Assigned>> {
    let mut found: BTreeMap<&str, Vec<Assigned>> = BTreeMap::new();
    for at in 0..tokens.all.len() {
        if let Some((name, value)) = defined(tokens, at) {
            let how = How::Set;
            found
                .entry(name)
                .or_default()
                .push(Assigned { at, how, value });
            continue;
        }
        let Some(name) = tokens.name(at) else {
            continue;
        };
        if let Some((how, from)) = operator(tokens, at) {
            let value = tokens.expression(from);
            found
                .entry(name)
                .or_default()
                .push(Assigned { at, how, value });
        }
        let mut dot = at + 1;
        while tokens.is(dot, ".")
            && ADDERS.contains(&tokens.word(dot + 1))
            && tokens.is(dot + 2, "(")
        {
            let value = tokens.inside(dot + 2);
            let how = How::Push;
            found
                .entry(name)
                .or_default()
                .push(Assigned { at, how, value });
            dot = tokens.after(dot + 2);
        }
    }
    found
}

/// `define('NAME', value)`
fn defined<'t>(tokens: &Tokens<'t>, at: usize) -> Option<(&'t str, Range<usize>)> {
    let fits =
        tokens.language == Language::Php && tokens.is(at, "define") && tokens.is(at + 1, "(");
    let arguments = fits.then(|| tokens.arguments(at + 1))?;
    let [name, value, ..] = arguments.as_slice() else {
        return None;
    };
    let name = tokens.word(name.start).trim_matches(['\'', '"']);
    Some((name, value.clone()))
}

/// What a name's value is done with, and where the value begins.
fn operator(tokens: &Tokens<'_>, at: usize) -> Option<(How, usize)> {
    let mut next = at + 1;
    let declares = at.checked_sub(1).is_some_and(|before| {
        tokens.is_any(before, &["let", "const", "static", "val", "var", "mut"])
    });
    let go = tokens.language == Language::Go;
    if tokens.is(next, ":") && declares {
        next = tokens.find(&(next..next + 14), &["=", ";", ","])?;
    } else if go && tokens.is(next, "[") && tokens.is(next + 1, "]") && tokens.is(next + 3, "=") {
        next += 3;
    } else if go
        && tokens.name(next).is_some()
        && tokens.is(next + 1, "=")
        && !tokens.get(next)?.line
    {
        next += 1;
    } else if tokens.is(next, "[") && tokens.is(next + 1, "]") && tokens.is(next + 2, "=") {
        return Some((How::Push, next + 3));
    }
    match tokens.word(next) {
        "=" | ":=" | "||=" | "??=" if tokens.kind(next) == Some(Kind::Sign) => {
            Some((How::Set, next + 1))
        }
        "+=" | ".=" => Some((How::Add, next + 1)),
        "<<" if tokens.language == Language::Ruby => Some((How::Push, next + 1)),
        // A property of C# whose value is computed each time.
        "=>" if tokens.language == Language::CSharp => {
            let typed = at.checked_sub(1).and_then(|before| tokens.name(before));
            typed.filter(|word| *word != "return")?;
            Some((How::Set, next + 1))
        }
        _ => None,
    }
}

/// The bodies of functions, by name.
pub(super) fn functions<'t>(tokens: &Tokens<'t>) -> BTreeMap<&'t str, Vec<Range<usize>>> {
    let mut found: BTreeMap<&str, Vec<Range<usize>>> = BTreeMap::new();
    for at in 0..tokens.all.len() {
        let Some(name) = tokens.name(at) else {
            continue;
        };
        if let Some(body) = body(tokens, at) {
            found.entry(name).or_default().push(body);
        }
    }
    found
}

/// The body of the function that is named here.
fn body(tokens: &Tokens<'_>, at: usize) -> Option<Range<usize>> {
    let before = at.checked_sub(1)?;
    if tokens.language == Language::Ruby {
        let owned = tokens.is(before, ".").then(|| at.checked_sub(3)).flatten();
        let def = owned.unwrap_or(before);
        return (tokens.is(def, "def") && tokens.pair(def)? > at).then(|| {
            let from = match tokens.is(at + 1, "(") {
                true => tokens.after(at + 1),
                false => at + 1,
            };
            from..tokens.pair(def).unwrap_or(from)
        });
    }
    if !tokens.is(at + 1, "(") {
        return None;
    }
    let keyword = tokens.is_any(before, &["func", "fn", "function", "fun"]);
    let method = tokens.language == Language::Go
        && tokens.is(before, ")")
        && tokens
            .pair(before)
            .and_then(|open| open.checked_sub(1))
            .is_some_and(|word| tokens.is(word, "func"));
    let typed = matches!(tokens.language, Language::Java | Language::CSharp)
        && (tokens.is_any(before, &[">", "]"])
            || tokens.name(before).is_some_and(|word| {
                ![
                    "new", "return", "else", "throw", "await", "yield", "in", "case",
                ]
                .contains(&word)
            }));
    if !keyword && !method && !typed {
        return None;
    }
    let mut next = tokens.after(at + 1);
    for _ in 0..14 {
        if tokens.is(next, "{") {
            return Some(tokens.inside(next));
        }
        if tokens.is_any(next, &["=>", "="]) {
            return Some(tokens.expression(next + 1));
        }
        if tokens.is_any(next, &[";", ",", ")", "}"]) {
            return None;
        }
        next = tokens.after(next);
    }
    None
}

/// What never runs in production: branches that their conditions rule out, as ranges of tokens.
pub(super) fn dead(tokens: &Tokens<'_>) -> Vec<Range<usize>> {
    let mut dead = Vec::new();
    for at in 0..tokens.all.len() {
        if !tokens.is_any(at, &["if", "unless", "elseif", "elsif"]) {
            continue;
        }
        let negated = tokens.is(at, "unless");
        match tokens.language {
            Language::Ruby => ruby_branch(tokens, at, negated, &mut dead),
            _ => branch(tokens, at, &mut dead),
        }
    }
    dead.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    // What lies inside of another one says nothing more.
    let mut outer: Vec<Range<usize>> = Vec::new();
    for range in dead {
        if outer.last().is_none_or(|last| last.end < range.end) {
            outer.push(range);
        }
    }
    outer
}

fn branch(tokens: &Tokens<'_>, at: usize, dead: &mut Vec<Range<usize>>) {
    let limit = (at + 1)..(at + 80).min(tokens.all.len());
    let parens =
        tokens.is(at + 1, "(") && !matches!(tokens.language, Language::Go | Language::Rust);
    let (condition, then) = match parens {
        true => (tokens.inside(at + 1), tokens.after(at + 1)),
        false => match tokens.find(&limit, &["{"]) {
            Some(open) => (at + 1..open, open),
            None => return,
        },
    };
    let Some(truth) = truth(tokens, &condition) else {
        return;
    };
    let end = match tokens.is(then, "{") {
        true => tokens.after(then),
        false => tokens.expression(then).end,
    };
    if !truth {
        dead.push(then..end);
        return;
    }
    let other = end + usize::from(tokens.is(end, ";"));
    if tokens.is(other, "else") {
        let start = other + 1;
        let end = match tokens.is(start, "{") {
            true => tokens.after(start),
            false => tokens.expression(start).end,
        };
        dead.push(start..end);
    }
}

fn ruby_branch(tokens: &Tokens<'_>, at: usize, negated: bool, dead: &mut Vec<Range<usize>>) {
    let mut end = at + 1;
    while tokens.get(end).is_some_and(|token| !token.line)
        && !tokens.is_any(end, &["then", ";", "end"])
    {
        end = tokens.after(end);
    }
    let Some(truth) = truth(tokens, &(at + 1..end)).map(|truth| truth != negated) else {
        return;
    };
    if tokens.kind(at) == Some(Kind::Name) && !tokens.is(at, "elsif") {
        // Behind what it is the condition of.
        if !truth {
            dead.push(tokens.statement(at)..at);
        }
        return;
    }
    let close = match tokens.is(at, "elsif") {
        true => tokens.parent(at).and_then(|open| tokens.pair(open)),
        false => tokens.pair(at),
    };
    let Some(close) = close else {
        return;
    };
    let other = tokens.find(&(end..close), &["else", "elsif"]);
    match truth {
        false => dead.push(end..other.unwrap_or(close)),
        true => dead.extend(other.map(|other| other..close)),
    }
}

const DEVELOPMENT: &[&str] = &[
    "development",
    "dev",
    "local",
    "test",
    "testing",
    "debug",
    "staging_local",
];
const PRODUCTION: &[&str] = &["production", "prod"];

/// Whether a condition holds in production.
pub(super) fn truth(tokens: &Tokens<'_>, range: &Range<usize>) -> Option<bool> {
    // Brackets in one another, and signs in front: more is made for nobody to read.
    truth_at(tokens, range, 0)
}

fn truth_at(tokens: &Tokens<'_>, range: &Range<usize>, depth: usize) -> Option<bool> {
    if depth > 12 || range.is_empty() || range.len() > 200 {
        return None;
    }
    if tokens.is(range.start, "(") && tokens.after(range.start) == range.end {
        return truth_at(tokens, &tokens.inside(range.start), depth + 1);
    }
    let parts = |signs: &[&str]| {
        let parts = tokens.split(range, signs);
        (parts.len() > 1).then(|| {
            let truths = parts.iter().map(|part| truth_at(tokens, part, depth + 1));
            truths.collect::<Vec<_>>()
        })
    };
    if let Some(any) = parts(&["||"]) {
        return match any.contains(&Some(true)) {
            true => Some(true),
            false => any.iter().all(|one| *one == Some(false)).then_some(false),
        };
    }
    if let Some(all) = parts(&["&&"]) {
        return match all.contains(&Some(false)) {
            true => Some(false),
            false => all.iter().all(|one| *one == Some(true)).then_some(true),
        };
    }
    if tokens.is_any(range.start, &["!", "not"]) {
        return truth_at(tokens, &(range.start + 1..range.end), depth + 1).map(|truth| !truth);
    }
    if let Some(sign) = tokens.find(range, &["==", "===", "!=", "!=="]) {
        let same = tokens.word(sign).starts_with('=');
        let sides = [range.start..sign, sign + 1..range.end];
        let text = sides.iter().find_map(|side| tokens.plain(side.start))?;
        return named(&text.to_ascii_lowercase()).map(|truth| truth == same);
    }
    leaf(tokens, range)
}

fn named(word: &str) -> Option<bool> {
    match (DEVELOPMENT.contains(&word), PRODUCTION.contains(&word)) {
        (true, _) => Some(false),
        (_, true) => Some(true),
        _ => None,
    }
}

/// `Rails.env.development?`, `env.IsDevelopment()`, `app()->environment('local')`, `cfg!(debug_assertions)`
fn leaf(tokens: &Tokens<'_>, range: &Range<usize>) -> Option<bool> {
    let asked = range.clone().find(|at| {
        tokens.name(*at).is_some_and(|name| {
            let lower = name.to_ascii_lowercase();
            ["environment", "profile", "isenv"]
                .iter()
                .any(|word| lower.contains(word))
        }) && tokens.is(*at + 1, "(")
    });
    if let Some(call) = asked {
        let texts: Vec<String> = range
            .clone()
            .skip_while(|at| at <= &call)
            .filter_map(|at| {
                let text = tokens.plain(at)?;
                Some(text.to_ascii_lowercase())
            })
            .collect();
        let truths: Vec<_> = texts.iter().map(|text| named(text)).collect();
        let first = *truths.first()?;
        return truths.iter().all(|one| *one == first).then_some(first)?;
    }
    if range.clone().any(|at| tokens.is(at, "debug_assertions")) {
        return Some(false);
    }
    let name = range.clone().rev().find_map(|at| tokens.name(at))?;
    let lower: String = name.to_ascii_lowercase().replace(['_', '?'], "");
    let word = lower.strip_prefix("is").unwrap_or(&lower);
    let word = word
        .strip_suffix("mode")
        .or_else(|| word.strip_suffix("env"))
        .unwrap_or(word);
    match word {
        "debug" | "development" | "dev" | "test" | "local" | "testing"
            if word != lower || name.ends_with('?') || lower == "debug" =>
        {
            Some(false)
        }
        "production" | "prod" if word != lower || name.ends_with('?') => Some(true),
        _ => None,
    }
}
