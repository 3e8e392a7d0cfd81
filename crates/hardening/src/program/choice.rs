//! Expressions that are one thing or another: `a ? b : c`, `a || b`, `if`, `match`.

use super::eval::Eval;
use super::language::Language;
use super::names::truth;
use super::value::{Value, What};
use std::ops::Range;

/// What a choice stands for; nothing when the expression is none.
pub(super) fn value(eval: &Eval<'_>, range: &Range<usize>, depth: usize) -> Option<Value> {
    let tokens = &eval.tokens;
    if tokens.is(range.start, "if") && tokens.language != Language::Ruby {
        return branches(eval, range, depth);
    }
    if tokens.is_any(range.start, &["match", "when"]) {
        return arms(eval, range, depth);
    }
    if let Some(sign) = tokens.find(range, &["?"])
        && let Some(colon) = tokens.find(&(sign + 1..range.end), &[":"])
    {
        let sides = [sign + 1..colon, colon + 1..range.end];
        let truth = truth(tokens, &(range.start..sign));
        return Some(either(eval, &sides, truth, range, depth));
    }
    let sign = tokens.find(range, &["||", "??", "?:", "or"])?;
    let left = eval.eval(&(range.start..sign), depth + 1);
    // What is only known at run time has this value when nobody sets another one.
    let known = left.is_known() && left.text().is_none_or(|text| text.dynamic().is_empty());
    Some(match known && !matches!(left.what, What::Nothing) {
        true => left,
        false => eval.eval(&(sign + 1..range.end), depth + 1),
    })
}

fn either(
    eval: &Eval<'_>,
    sides: &[Range<usize>],
    truth: Option<bool>,
    range: &Range<usize>,
    depth: usize,
) -> Value {
    let wanted = match truth {
        Some(true) => sides.get(..1),
        Some(false) => sides.get(1..),
        None => Some(sides),
    };
    let values = wanted.unwrap_or_default().iter().take(6);
    let mut values: Vec<Value> = values.map(|side| eval.eval(side, depth + 1)).collect();
    match (values.len(), values.pop()) {
        (1, Some(only)) => only,
        (_, Some(last)) => {
            values.push(last);
            Value::new(What::Either(values), eval.tokens.place(range))
        }
        _ => Value::unknown(eval.tokens.place(range)),
    }
}

/// `if a { b } else { c }`, `if (a) b else c`
fn branches(eval: &Eval<'_>, range: &Range<usize>, depth: usize) -> Option<Value> {
    let tokens = &eval.tokens;
    let otherwise = tokens.find(range, &["else"])?;
    let kotlin = tokens.language == Language::Kotlin;
    let condition = match kotlin {
        true => tokens.inside(range.start + 1),
        false => range.start + 1..tokens.find(range, &["{"])?,
    };
    let then = match kotlin {
        true => tokens.after(range.start + 1)..otherwise,
        false => condition.end..otherwise,
    };
    let sides = [block(eval, &then), block(eval, &(otherwise + 1..range.end))];
    let truth = truth(tokens, &condition);
    Some(either(eval, &sides, truth, range, depth))
}

/// What a block in braces gives back; an expression stays what it is.
fn block(eval: &Eval<'_>, range: &Range<usize>) -> Range<usize> {
    let tokens = &eval.tokens;
    if tokens.is(range.start, "{") && tokens.after(range.start) >= range.end {
        let inside = tokens.inside(range.start);
        return eval.tail(&inside).unwrap_or(inside);
    }
    range.clone()
}

/// `match a { b => c, _ => d }`
fn arms(eval: &Eval<'_>, range: &Range<usize>, depth: usize) -> Option<Value> {
    let tokens = &eval.tokens;
    let open = tokens.find(range, &["{"])?;
    let inside = tokens.inside(open);
    let mut sides = Vec::new();
    let mut at = inside.start;
    while let Some(arrow) = tokens.find(&(at..inside.end), &["=>", "->"]) {
        let side = tokens.expression(arrow + 1);
        let side = match tokens.is(arrow + 1, "{") {
            true => arrow + 1..tokens.after(arrow + 1),
            false => side.start..side.end.min(inside.end),
        };
        at = side.end.max(arrow + 1);
        sides.push(block(eval, &side));
    }
    (!sides.is_empty()).then(|| either(eval, &sides, None, range, depth))
}
