//! Calls that can be folded.

use super::eval::Eval;
use super::source::{dotted, last, place};
use super::value::{Cast, Value, What, append, push_unknown, slice};
use crate::text::Text;
use ruff_python_ast::{Expr, ExprCall};

/// What a call gives.
pub(super) fn fold(eval: Eval<'_>, call: &ExprCall, expr: &Expr) -> Option<Value> {
    if let Expr::Attribute(method) = &*call.func
        && let Some(value) = method_of(eval, &method.value, method.attr.as_str(), call, expr)
    {
        return Some(value);
    }
    let name = dotted(&call.func);
    if let Some(value) = environment(eval, &name, call, expr) {
        return Some(value);
    }
    if last(&call.func) == "Env" {
        return Some(schema(eval, call, expr));
    }
    if last(&call.func) == "timedelta" {
        return duration(eval, call, expr);
    }
    let [one] = &*call.arguments.args else {
        return None;
    };
    let value = eval.value(one);
    match (name.as_str(), &value.what) {
        (
            "bool",
            What::Environment {
                default,
                cast: Cast::Text,
            },
        ) => {
            let truth = |value: &Value| match value.str() {
                Some(text) => Some(!text.is_empty()),
                None => value.bool(),
            };
            let default = default.as_ref().and_then(truth);
            Some(eval.made(
                What::Environment {
                    default: default.map(|bool| eval.made(What::Bool(bool), expr)),
                    cast: Cast::Truth,
                },
                expr,
            ))
        }
        ("bool", What::Environment { .. }) => Some(value),
        ("bool", _) => Some(eval.made(What::Bool(value.bool()?), expr)),
        (
            "list" | "tuple" | "set" | "frozenset" | "sorted" | "str" | "Csv" | "SecretStr" | "CSP"
            | "mark_safe",
            _,
        ) if !matches!(value.what, What::Number(_)) => Some(value),
        ("dict", What::Dict(_)) => Some(value),
        // A function that reads what a text of the environment says.
        (_, What::Environment { default, .. }) => {
            let default = default.as_ref().map(|value| match value.str() {
                Some(text) => read(eval, text, expr),
                None => value.clone(),
            });
            Some(eval.made(
                What::Environment {
                    default,
                    cast: Cast::Read,
                },
                expr,
            ))
        }
        ("int" | "float", What::Text(text)) => {
            Some(eval.made(What::Number(text.value().trim().parse().ok()?), expr))
        }
        ("int" | "float", What::Number(_)) => Some(value),
        _ => None,
    }
}

/// What a text of the environment means.
fn read(eval: Eval<'_>, text: &str, expr: &Expr) -> Value {
    let lower = text.trim().to_ascii_lowercase();
    let what = match lower.as_str() {
        "true" | "yes" | "on" | "y" | "t" => What::Bool(true),
        "false" | "no" | "off" | "n" | "f" | "" | "none" => What::Bool(false),
        number => match number.parse::<f64>() {
            Ok(number) => What::Number(number),
            Err(_) => return eval.unknown(expr),
        },
    };
    eval.made(what, expr)
}

/// `os.environ.get`, `os.getenv`, `decouple.config`, `environ.Env()`, and functions named after them.
fn environment(eval: Eval<'_>, name: &str, call: &ExprCall, expr: &Expr) -> Option<Value> {
    let lower = name.to_ascii_lowercase();
    let whole = lower.rsplit('.').next().unwrap_or_default();
    let known = lower.contains("env")
        || matches!(whole, "config" | "get_config" | "getconfig" | "get_setting")
        || whole.contains("secret") && whole.contains("get");
    if !known || lower.ends_with("read_env") || lower.ends_with("env.env") {
        return None;
    }
    let args = &call.arguments;
    let key = args
        .args
        .first()
        .or_else(|| args.find_keyword("key").map(|key| &key.value))?;
    eval.value(key).str()?;
    let cast = args
        .find_keyword("cast")
        .or_else(|| args.find_keyword("var_type"));
    let default = args
        .find_keyword("default")
        .map(|keyword| &keyword.value)
        .or_else(|| args.args.get(1).filter(|one| !is_type(one)));
    let mut default = default.map(|one| eval.value(one));
    if let Some(keyword) = cast
        && last(&keyword.value) == "bool"
    {
        default = default.map(|value| match value.str() {
            Some(text) => read(eval, text, expr),
            None => value,
        });
    }
    let plain = matches!(
        lower.as_str(),
        "os.environ.get" | "environ.get" | "os.getenv" | "getenv" | "os.environ.setdefault"
    );
    // django-environ takes the type of the default; the others hand over the text.
    let typed = default.as_ref().is_some_and(|value| value.str().is_none());
    let text = plain
        || matches!(whole, "str")
        || cast.is_none() && (whole == "config" || whole == "env" && !typed);
    let schema = match &*call.func {
        Expr::Name(env) => eval.names.find(&env.id),
        _ => None,
    };
    let entry = schema
        .as_ref()
        .and_then(|schema| schema.get(eval.value(key).str()?).cloned());
    if let Some((_, kind)) = &entry
        && default.is_none()
    {
        default = kind.list().and_then(|pair| pair.get(1)).cloned();
    }
    let cast = match text && entry.is_none() {
        true => Cast::Text,
        false => Cast::Read,
    };
    if !text && whole != "list" && whole != "tuple" {
        default = default.map(|value| match value.str() {
            // `envbool("DEBUG", "True")`
            Some(text) if whole.contains("bool") || lower.contains("flag") => {
                read(eval, text, expr)
            }
            _ => value,
        });
    }
    Some(eval.made(What::Environment { default, cast }, expr))
}

/// `environ.Env(DEBUG=(bool, False))`: what each variable is, and what it is otherwise.
fn schema(eval: Eval<'_>, call: &ExprCall, expr: &Expr) -> Value {
    let mut entries = Vec::new();
    for keyword in &call.arguments.keywords {
        if let Some(name) = &keyword.arg {
            let mut text = Text::default();
            text.push(name.as_str(), place(name));
            let key = eval.made(What::Text(text), expr);
            entries.push((key, eval.value(&keyword.value)));
        }
    }
    eval.made(What::Dict(entries), expr)
}

/// `bool`, `int` in the place of a default: a helper's type.
fn is_type(expr: &Expr) -> bool {
    matches!(expr, Expr::Name(name) if matches!(name.id.as_str(), "bool" | "int" | "str" | "list"))
}

/// `timedelta(days=1, hours=2)`.
fn duration(eval: Eval<'_>, call: &ExprCall, expr: &Expr) -> Option<Value> {
    let unit = |name: &str| match name {
        "weeks" => Some(604_800.0),
        "days" => Some(86_400.0),
        "hours" => Some(3_600.0),
        "minutes" => Some(60.0),
        "seconds" => Some(1.0),
        "milliseconds" => Some(0.001),
        "microseconds" => Some(0.000_001),
        _ => None,
    };
    let mut seconds = 0.0;
    let number = |expr: &Expr| match eval.value(expr).otherwise()?.what {
        What::Number(number) => Some(number),
        _ => None,
    };
    for (name, one) in ["days", "seconds"].iter().zip(&*call.arguments.args) {
        seconds += number(one)? * unit(name)?;
    }
    for keyword in &call.arguments.keywords {
        seconds += number(&keyword.value)? * unit(keyword.arg.as_ref()?.as_str())?;
    }
    Some(eval.made(What::Duration(seconds), expr))
}

/// Methods of texts, lists and dictionaries.
fn method_of(eval: Eval<'_>, on: &Expr, name: &str, call: &ExprCall, expr: &Expr) -> Option<Value> {
    let kept = [
        "join", "format", "replace", "strip", "rstrip", "lstrip", "lower", "upper", "split",
        "encode", "decode", "get", "copy", "title",
    ];
    if !kept.contains(&name) {
        return None;
    }
    let value = eval.value(on);
    let args = &*call.arguments.args;
    if let What::Environment { default, cast } = &value.what {
        let default = default.as_ref().and_then(|value| {
            let what = on_text(eval, value.text()?, name, call, expr)?;
            Some(eval.made(what, expr))
        });
        let cast = *cast;
        return Some(eval.made(What::Environment { default, cast }, expr));
    }
    if let (What::Dict(_), "get", Some(key)) = (&value.what, name, args.first()) {
        let key = eval.value(key);
        let found = value.get(key.str()?).map(|(_, value)| value.clone());
        return found.or_else(|| args.get(1).map(|one| eval.value(one)));
    }
    if name == "copy" {
        return (!matches!(value.what, What::Unknown)).then_some(value);
    }
    let what = on_text(eval, value.text()?, name, call, expr)?;
    Some(eval.made(what, expr))
}

fn on_text(eval: Eval<'_>, text: &Text, name: &str, call: &ExprCall, expr: &Expr) -> Option<What> {
    let args = &*call.arguments.args;
    let all = text.value();
    eval.step(all.len() / 16 + text.segments().len());
    let what = match name {
        "strip" | "rstrip" | "lstrip" => {
            let start = match name {
                "rstrip" => 0,
                _ => all.len() - all.trim_start().len(),
            };
            let end = match name {
                "lstrip" => all.len(),
                _ => all.trim_end().len(),
            };
            What::Text(slice(text, start..end.max(start)))
        }
        "encode" | "decode" => What::Text(slice(text, 0..all.len())),
        "lower" | "upper" | "title" => {
            let mut changed = Text::default();
            let value = match name {
                "lower" => all.to_lowercase(),
                "upper" => all.to_uppercase(),
                _ => return None,
            };
            changed.push(&value, text.file());
            What::Text(changed)
        }
        "split" => {
            let by = args.first().map(|one| eval.value(one));
            let by = match &by {
                Some(value) => value.str().filter(|by| !by.is_empty())?,
                None => " ",
            };
            let mut parts = Vec::new();
            let mut at = 0;
            for part in all.split(by) {
                if !part.is_empty() || !args.is_empty() {
                    let piece = slice(text, at..at + part.len());
                    parts.push(eval.made(What::Text(piece), expr));
                }
                at += part.len() + by.len();
            }
            What::List(parts)
        }
        "join" => What::Text(join(eval, text, &eval.value(args.first()?))?),
        "replace" => {
            let (from, to) = (eval.value(args.first()?), eval.value(args.get(1)?));
            What::Text(replace(eval, text, from.str()?, &to, place(expr)))
        }
        "format" => What::Text(format(eval, text, call)),
        _ => return None,
    };
    Some(what)
}

fn join(eval: Eval<'_>, by: &Text, list: &Value) -> Option<Text> {
    let mut text = Text::default();
    for (n, one) in list.list()?.iter().enumerate() {
        if n > 0 {
            append(&mut text, by);
        }
        eval.insert(&mut text, one, one.place.clone());
    }
    Some(text)
}

fn replace(
    eval: Eval<'_>,
    text: &Text,
    from: &str,
    to: &Value,
    at: std::ops::Range<usize>,
) -> Text {
    let mut changed = Text::default();
    let mut done = 0;
    if !from.is_empty() {
        for (found, _) in text.value().match_indices(from).take(1_000) {
            append(&mut changed, &slice(text, done..found));
            eval.insert(&mut changed, to, at.clone());
            done = found + from.len();
        }
    }
    append(&mut changed, &slice(text, done..text.value().len()));
    changed
}

/// `"…{}…{name}…".format(…)`: what is known is put in, the rest stands as unknown.
fn format(eval: Eval<'_>, text: &Text, call: &ExprCall) -> Text {
    let all = text.value();
    let mut filled = Text::default();
    let (mut done, mut next) = (0, 0);
    while let Some(open) = all.get(done..).and_then(|rest| rest.find('{')) {
        let open = done + open;
        append(&mut filled, &slice(text, done..open));
        let Some(length) = all.get(open..).and_then(|rest| rest.find('}')) else {
            done = open;
            break;
        };
        let close = open + length + 1;
        let name = all.get(open + 1..close - 1).unwrap_or_default();
        let name = name.split([':', '!']).next().unwrap_or_default();
        let given = match name.parse::<usize>() {
            Ok(number) => call.arguments.args.get(number),
            Err(_) if name.is_empty() => {
                next += 1;
                call.arguments.args.get(next - 1)
            }
            Err(_) => call
                .arguments
                .find_keyword(name)
                .map(|keyword| &keyword.value),
        };
        match given {
            Some(expr) => eval.insert(&mut filled, &eval.value(expr), place(expr)),
            None => push_unknown(&mut filled, text.place(open..close)),
        }
        if !eval.step(1) {
            break;
        }
        done = close;
    }
    append(&mut filled, &slice(text, done..all.len()));
    filled
}

/// `"…%s…" % …`.
pub(super) fn percent(eval: Eval<'_>, text: &Text, given: &Value) -> Text {
    let all = text.value();
    let mut filled = Text::default();
    let (mut done, mut next) = (0, 0);
    while let Some(mark) = all.get(done..).and_then(|rest| rest.find('%')) {
        let mark = done + mark;
        append(&mut filled, &slice(text, done..mark));
        let rest = all.get(mark + 1..).unwrap_or_default();
        let (length, value) = if let Some(named) = rest.strip_prefix('(') {
            let name = named.split(')').next().unwrap_or_default();
            (
                name.len() + 4,
                given.get(name).map(|(_, value)| value.clone()),
            )
        } else {
            let value = match given.list() {
                Some(list) => list.get(next).cloned(),
                None => Some(given.clone()),
            };
            next += 1;
            (2, value)
        };
        let end = (mark + length).min(all.len());
        match value {
            Some(value) => eval.insert(&mut filled, &value, value.place.clone()),
            None => push_unknown(&mut filled, text.place(mark..end)),
        }
        if !eval.step(1) {
            break;
        }
        done = end;
    }
    append(&mut filled, &slice(text, done..all.len()));
    filled
}
