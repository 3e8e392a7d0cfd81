//! What well-known functions and methods give.

use super::calls::elements;
use super::eval::Eval;
use super::language::Language;
use super::value::{Value, What, append, fill, join, one_line, replace};
use crate::text::Text;
use std::ops::Range;

/// Calls that hand on what they are given.
const SAME: &[&str] = &[
    "from_static",
    "from_str",
    "from",
    "from_bytes",
    "from_shared",
    "try_from",
    "from_string",
    "String",
    "str",
    "Some",
    "Ok",
    "Borrowed",
    "TrimSpace",
    "trim",
    "raw",
    "HeaderValue",
    "HeaderName",
    "StringValues",
    "valueOf",
    "static",
    "Trim",
    "wrap",
    "just",
    "string",
];
/// Methods that leave a text, or a list, what it is.
const KEEP: &[&str] = &[
    "strip",
    "squish",
    "chomp",
    "freeze",
    "trim",
    "trimIndent",
    "trimMargin",
    "stripIndent",
    "html_safe",
    "to_string",
    "to_owned",
    "into",
    "clone",
    "as_str",
    "as_bytes",
    "parse",
    "unwrap",
    "expect",
    "unwrap_or_default",
    "to_s",
    "dup",
    "toString",
    "ToString",
    "build",
    "Build",
    "as_ref",
    "strip_heredoc",
    "to_str",
    "ok",
    "Trim",
    "TrimEnd",
    "trimEnd",
    "compact",
    "flatten",
    "uniq",
    "iter",
    "into_iter",
    "collect",
    "toArray",
    "ToArray",
    "ToList",
    "toList",
    "filter",
    "reject",
    "select",
    "sort",
    "presence",
    "to_a",
    "to_vec",
    "stream",
    "String",
    "lines",
    "split",
    "into_boxed_str",
    "leak",
    "borrow",
    "deref",
    "lstrip",
    "rstrip",
    "all",
    "intern",
    "try_into",
    "values",
    "get",
    "as_deref",
    "unique",
];
/// What a program that runs is told from outside, with what holds when nobody tells.
const ASKED: &[&str] = &[
    "env",
    "getenv",
    "fetch",
    "config",
    "getProperty",
    "Getenv",
    "getOrDefault",
    "unwrap_or",
    "getOrElse",
    "GetValue",
    "get",
    "value_or",
    "orElse",
    "param",
    "unwrap_or_else",
];
const LISTS: &[&str] = &[
    "asList",
    "of",
    "listOf",
    "arrayOf",
    "mutableListOf",
    "setOf",
    "array",
    "vec!",
    "collect",
    "Array",
    "arrayListOf",
];
const FORMATS: &[&str] = &[
    "Sprintf", "sprintf", "format", "Format", "format!", "vsprintf", "printf",
];
const REPLACERS: &[&str] = &[
    "replace",
    "replaceAll",
    "Replace",
    "ReplaceAll",
    "gsub",
    "sub",
    "str_replace",
    "preg_replace",
    "str_ireplace",
    "ReplaceLineEndings",
    "tr",
    "delete",
];

/// What a function gives.
pub(super) fn call(
    eval: &Eval<'_>,
    name: &str,
    holder: Option<&str>,
    arguments: &[Range<usize>],
    place: &Range<usize>,
    depth: usize,
) -> Value {
    let value = |at: usize| arguments.get(at).map(|range| eval.eval(range, depth + 1));
    let unknown = || Value::unknown(place.clone());
    let empty = || {
        let mut text = Text::default();
        text.push("", place.start..place.start);
        Value::new(What::Text(text), place.clone())
    };
    match name {
        "StringBuilder" | "StringBuffer" if arguments.is_empty() => return empty(),
        "new" if holder == Some("String") && arguments.is_empty() => return empty(),
        "StringBuilder" | "StringBuffer" => return value(0).unwrap_or_else(unknown),
        "ArrayList" | "List" | "LinkedList" | "HashSet" | "LinkedHashSet"
            if arguments.is_empty() =>
        {
            return Value::new(What::List(Vec::new()), place.clone());
        }
        "new" if holder == Some("Vec") => return Value::new(What::List(Vec::new()), place.clone()),
        "Join" | "join" | "implode" | "concat!" => {
            return joined(eval, name, arguments, place, depth);
        }
        "mapOf" | "hashMapOf" => return elements(eval, arguments, place.clone(), depth),
        _ => {}
    }
    if let Some(own) = eval.result(name, depth + 1) {
        return own;
    }
    // Another name of such a function: `let v = HeaderValue::from_static;`
    let renamed = match arguments.len() == 1 && name.len() < 4 {
        true => eval.resolve(name, eval.tokens.all.len(), depth + 1),
        false => None,
    };
    let renamed = renamed.as_ref().and_then(Value::word);
    if SAME.contains(&renamed.unwrap_or(name)) && arguments.len() == 1 {
        return value(0).unwrap_or_else(unknown);
    }
    if LISTS.contains(&name) {
        let only = value(0).filter(|only| arguments.len() == 1 && only.list().is_some());
        return only.unwrap_or_else(|| elements(eval, arguments, place.clone(), depth));
    }
    if FORMATS.contains(&name) {
        let with: Vec<Value> = arguments
            .iter()
            .skip(1)
            .map(|range| eval.eval(range, depth + 1))
            .collect();
        return match value(0).as_ref().and_then(|first| first.one().text()) {
            Some(text) => eval.bounded(fill(text, &with), place.clone()),
            None => unknown(),
        };
    }
    if REPLACERS.contains(&name) && arguments.len() >= 3 {
        // PHP names the text last, others first.
        let (of, what, with) = match eval.tokens.language {
            Language::Php => (2, 0, 1),
            _ => (0, 1, 2),
        };
        return match (value(of), arguments.get(what), arguments.get(with)) {
            (Some(of), Some(what), Some(with)) => {
                replaced(eval, &of, &[what.clone(), with.clone()], place, depth)
            }
            _ => unknown(),
        };
    }
    if ASKED.contains(&name) {
        let default = match name {
            "unwrap_or" | "getOrElse" | "value_or" | "orElse" => value(0),
            _ => value(1),
        };
        return default
            .filter(|value| value.str().is_some() || value.list().is_some())
            .unwrap_or_else(unknown);
    }
    unknown()
}

fn joined(
    eval: &Eval<'_>,
    name: &str,
    arguments: &[Range<usize>],
    place: &Range<usize>,
    depth: usize,
) -> Value {
    let mut values: Vec<Value> = arguments
        .iter()
        .map(|range| eval.eval(range, depth + 1))
        .collect();
    let between = match (eval.tokens.language, name) {
        (_, "concat!") => Some(String::new()),
        // Go names the list first; PHP takes both orders.
        (Language::Go, _) if values.len() == 2 => {
            values.pop().and_then(|last| last.str().map(str::to_owned))
        }
        _ if values.len() > 1 => {
            let first = values.remove(0);
            first.str().map(str::to_owned)
        }
        _ => Some(String::new()),
    };
    let list = match values.as_slice() {
        [one] => one.one().list().map(<[Value]>::to_vec),
        _ => Some(values.clone()),
    };
    // A list with a name of its own is where the text begins.
    let own = match values.as_slice() {
        [one] => Some(one.place.start).filter(|start| !place.contains(start)),
        _ => None,
    };
    match (between, list) {
        (Some(between), Some(list)) if own.is_some() => {
            let text = join(&list, &between, place);
            let text = text.begins_at(own.unwrap_or(place.start));
            eval.bounded(text, place.clone())
        }
        (Some(between), Some(list)) => eval.bounded(join(&list, &between, place), place.clone()),
        _ => Value::unknown(place.clone()),
    }
}

/// What a method gives.
pub(super) fn method(
    eval: &Eval<'_>,
    receiver: &Value,
    name: &str,
    arguments: &[Range<usize>],
    place: &Range<usize>,
    depth: usize,
) -> Value {
    let receiver = receiver.one();
    let value = |at: usize| arguments.get(at).map(|range| eval.eval(range, depth + 1));
    if depth > super::eval::DEEPEST {
        return Value::unknown(place.clone());
    }
    if let Some(text) = receiver.text() {
        if REPLACERS.contains(&name) {
            return replaced(eval, receiver, arguments, place, depth);
        }
        let with = || {
            arguments
                .iter()
                .map(|range| eval.eval(range, depth + 1))
                .collect::<Vec<_>>()
        };
        return match name {
            "format" | "formatted" | "Format" => eval.bounded(fill(text, &with()), place.clone()),
            // Its lines, put together again.
            "join" | "joinToString" => Value::new(What::Text(one_line(text, " ")), place.clone()),
            "map" => receiver.clone(),
            "append" | "concat" | "Append" | "plus" | "AppendLine" => {
                let mut out = Text::default();
                append(&mut out, text);
                with().iter().for_each(|value| value.write(&mut out));
                eval.bounded(out, place.clone())
            }
            _ if KEEP.contains(&name) => receiver.clone(),
            _ => Value::unknown(place.clone()),
        };
    }
    if let Some(list) = receiver.list() {
        return match name {
            "join" | "joinToString" | "implode" | "concat"
                if !arguments.is_empty() || name != "concat" =>
            {
                let between = match value(0) {
                    Some(between) if between.list().is_some() => {
                        let more = between.list().unwrap_or_default();
                        let all = [list, more].concat();
                        return Value::new(What::List(all), place.clone());
                    }
                    Some(between) => between.str().map(str::to_owned),
                    None if name == "joinToString" => Some(", ".to_owned()),
                    None => Some(String::new()),
                };
                match between {
                    Some(between) => {
                        let text = join(list, &between, place).begins_at(receiver.place.start);
                        eval.bounded(text, place.clone())
                    }
                    None => Value::unknown(place.clone()),
                }
            }
            "concat" => eval.bounded(join(list, "", place), place.clone()),
            "push" | "append" | "add" | "Add" | "with" => {
                let mut all = list.to_vec();
                all.extend(value(0));
                Value::new(What::List(all), place.clone())
            }
            _ if KEEP.contains(&name) => receiver.clone(),
            _ => Value::unknown(place.clone()),
        };
    }
    match receiver.what {
        What::Nothing => Value::unknown(place.clone()),
        _ => call(eval, name, None, arguments, place, depth),
    }
}

/// A text with something replaced: line breaks, or a word that stands for something.
fn replaced(
    eval: &Eval<'_>,
    of: &Value,
    arguments: &[Range<usize>],
    place: &Range<usize>,
    depth: usize,
) -> Value {
    let Some(text) = of.one().text() else {
        return Value::unknown(place.clone());
    };
    let with = match arguments.get(1) {
        Some(with) => eval.eval(with, depth + 1),
        None => Value::new(What::Nothing, place.clone()),
    };
    let pattern = arguments.first();
    let written = pattern.map(|pattern| {
        eval.tokens
            .text
            .get(eval.tokens.place(pattern))
            .unwrap_or_default()
    });
    let written = written.unwrap_or("\\n");
    let blank = ["\\n", "\\s", "\\r"]
        .iter()
        .any(|mark| written.contains(mark))
        || written.contains('\n');
    if blank {
        return Value::new(
            What::Text(one_line(text, with.str().unwrap_or_default())),
            place.clone(),
        );
    }
    let what = pattern.map(|pattern| eval.eval(pattern, depth + 1));
    match what.as_ref().and_then(Value::str) {
        Some(what) => eval.bounded(replace(text, what, &with), place.clone()),
        None => Value::unknown(place.clone()),
    }
}
