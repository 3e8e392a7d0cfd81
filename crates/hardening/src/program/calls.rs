//! Names, lists and calls: what they give, as far as it is known what is called.

use super::eval::Eval;
use super::language::Language;
use super::library::{call, method};
use super::token::Kind;
use super::value::{Value, What};
use std::ops::Range;

/// A list, a map or a tuple that begins here.
pub(super) fn collection(eval: &Eval<'_>, at: usize, depth: usize) -> (Value, usize) {
    let tokens = &eval.tokens;
    let mut open = at;
    let mut next = tokens.after(at);
    // `[]string{…}`, `new[] {…}`
    if tokens.is(at, "[") && tokens.inside(at).len() <= 1 {
        let typed = match tokens.name(next).is_some() {
            true => next + 1,
            false => next,
        };
        if tokens.is(typed, "{") && !matches!(tokens.language, Language::Ruby | Language::Php) {
            open = typed;
            next = tokens.after(open);
        }
    }
    let place = tokens.place(&(open..next));
    let inside = tokens.inside(open);
    if tokens.word(open).starts_with('%') {
        let words = inside.map(|word| eval.eval(&(word..word + 1), depth + 1));
        return (Value::new(What::List(words.collect()), place), next);
    }
    let is_known = tokens.is_any(open, &["[", "{", "("]);
    if !is_known || depth > super::eval::DEEPEST {
        return (Value::unknown(place), next);
    }
    let parts = tokens.arguments(open);
    (elements(eval, &parts, place, depth), next)
}

/// What stands between commas: entries, or items.
pub(super) fn elements(
    eval: &Eval<'_>,
    parts: &[Range<usize>],
    place: Range<usize>,
    depth: usize,
) -> Value {
    let entries: Vec<_> = parts
        .iter()
        .filter_map(|part| entry(eval, part, depth))
        .collect();
    if !entries.is_empty() {
        return Value::new(What::Map(entries), place);
    }
    let mut items = Vec::new();
    for part in parts {
        let spread = eval.tokens.is_any(part.start, &["*", "..."]);
        let value = eval.eval(part, depth + 1);
        match value.one().list().filter(|_| spread) {
            Some(more) => items.extend_from_slice(more),
            None => items.push(value),
        }
    }
    Value::new(What::List(items), place)
}

/// `key => value`, `key: value`, `key to value`
pub(super) fn entry(eval: &Eval<'_>, part: &Range<usize>, depth: usize) -> Option<(Value, Value)> {
    let tokens = &eval.tokens;
    let second = part.start + 1;
    let sign = match tokens.is_any(second, &[":", "to"]) {
        true => second,
        false => tokens.find(part, &["=>"])?,
    };
    let key = part.start..sign;
    let key = match tokens.is(sign, ":") && tokens.name(part.start).is_some() {
        true => Value::new(
            What::Named(tokens.word(part.start).to_owned()),
            tokens.place(&key),
        ),
        false => eval.eval(&key, depth + 1),
    };
    let value = sign + 1..part.end;
    (!value.is_empty()).then(|| (key, eval.eval(&value, depth + 1)))
}

/// What a name, a path of names or a call stands for, and where it ends.
pub(super) fn named(eval: &Eval<'_>, range: &Range<usize>, depth: usize) -> (Value, usize) {
    let tokens = &eval.tokens;
    let mut path = vec![tokens.name(range.start).unwrap_or_default()];
    let mut next = range.start + 1;
    while next + 1 < range.end
        && tokens.is_any(next, &[".", "::", "\\", "->", "?.", "?->", "&."])
        && let Some(name) = tokens.name(next + 1)
    {
        path.push(name);
        next += 2;
    }
    next = behind_types(eval, next, range.end);
    let macro_call = tokens.is(next, "!") && tokens.kind(next + 1) == Some(Kind::Open);
    let last = path.last().copied().unwrap_or_default();
    let place = tokens.place(&(range.start..next));
    let holder = path
        .len()
        .checked_sub(2)
        .and_then(|at| path.get(at))
        .copied();
    if next < range.end && (tokens.is(next, "(") || macro_call) {
        let open = next + usize::from(macro_call);
        let arguments = tokens.arguments(open);
        let end = tokens.after(open);
        let place = tokens.place(&(range.start..end));
        let receiver = holder.and_then(|name| eval.resolve(name, range.start, depth + 1));
        let value = match receiver.filter(Value::is_known) {
            Some(receiver) => method(eval, &receiver, last, &arguments, &place, depth),
            None => {
                let name = match macro_call {
                    true => format!("{last}!"),
                    false => last.to_owned(),
                };
                call(eval, &name, holder, &arguments, &place, depth)
            }
        };
        return (value, end);
    }
    // `List<string> { … }`, `string[] { … }`
    let array = tokens.is(next, "[") && tokens.inside(next).is_empty();
    let braces = next + if array { 2 } else { 0 };
    if braces < range.end && tokens.is(braces, "{") && tokens.language != Language::Ruby {
        return collection(eval, braces, depth);
    }
    let constant = match last {
        "true" | "True" => Some(What::Bool(true)),
        "false" | "False" => Some(What::Bool(false)),
        "nil" | "null" | "NULL" | "None" | "Empty" => Some(What::Nothing),
        _ => None,
    };
    if let Some(what) = constant {
        return (Value::new(what, place), next);
    }
    let named = || Value::new(What::Named(last.to_owned()), place.clone());
    let own = match holder {
        None | Some("this" | "self" | "Self" | "static") => true,
        Some(holder) => holder.starts_with(|c: char| c.is_ascii_uppercase()),
    };
    if let Some(value) = eval.resolve(last, range.start, depth + 1).filter(|_| own) {
        return (value, next);
    }
    if let Some(holder) = holder.filter(|_| tokens.language == Language::Ruby)
        && let Some(receiver) = eval.resolve(holder, range.start, depth + 1)
    {
        return (method(eval, &receiver, last, &[], &place, depth), next);
    }
    let result = match own && tokens.language == Language::Ruby {
        true => eval.result(last, depth + 1),
        false => None,
    };
    (result.unwrap_or_else(named), next)
}

/// Behind `<…>` and `::<…>`, when a call or a list follows.
fn behind_types(eval: &Eval<'_>, at: usize, end: usize) -> usize {
    let tokens = &eval.tokens;
    let from = at + usize::from(tokens.is(at, "::"));
    if !tokens.is(from, "<") {
        return at;
    }
    let close = (from..(from + 10).min(end)).find(|at| tokens.is(*at, ">"));
    match close.filter(|close| tokens.is_any(close + 1, &["(", "{"])) {
        Some(close) => close + 1,
        None => at,
    }
}
