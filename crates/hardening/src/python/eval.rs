//! Expressions, as far as they can be folded: literals, `+`, `%`, `join`, the environment's defaults.

use super::call;
use super::source::{dotted, last, place, span};
use super::value::{Cast, Value, Valued, What, append, push_unknown};
use crate::text::Text;
use ruff_python_ast::{
    BoolOp, CmpOp, Expr, ExprFString, FStringPart, InterpolatedStringElement, Number, Operator,
    UnaryOp,
};
use ruff_text_size::TextRange;
use std::cell::Cell;

/// Steps for one evaluation, at most; then everything is unknown.
pub(super) const FUEL: u32 = 400_000;

/// Where names lead.
pub(super) trait Names {
    /// The value of a name.
    fn find(&self, name: &str) -> Option<Value>;
}

/// Folds the expressions of one file.
#[derive(Clone, Copy)]
pub(super) struct Eval<'n> {
    pub(super) names: &'n dyn Names,
    pub(super) file: usize,
    pub(super) fuel: &'n Cell<u32>,
}

impl Eval<'_> {
    /// What an expression is.
    pub(super) fn value(self, expr: &Expr) -> Value {
        self.fold(expr).unwrap_or_else(|| self.unknown(expr))
    }

    pub(super) fn unknown(self, expr: &Expr) -> Value {
        Valued::unknown(place(expr), self.file)
    }

    pub(super) fn made(self, what: What, expr: &Expr) -> Value {
        Valued::new(what, place(expr), self.file)
    }

    /// Takes so many steps; false when there are no more.
    pub(super) fn step(self, steps: usize) -> bool {
        let left = self.fuel.get();
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.fuel.set(left.saturating_sub(steps));
        left > steps
    }

    fn fold(self, expr: &Expr) -> Option<Value> {
        if !self.step(1) {
            return None;
        }
        let what = match expr {
            Expr::NoneLiteral(_) => What::Nothing,
            Expr::BooleanLiteral(bool) => What::Bool(bool.value),
            Expr::NumberLiteral(number) => match &number.value {
                Number::Int(int) => What::Number(f64::from(int.as_i32()?)),
                Number::Float(float) => What::Number(*float),
                Number::Complex { .. } => return None,
            },
            Expr::StringLiteral(string) => {
                let mut text = Text::default();
                for part in &string.value {
                    push(&mut text, &part.value, part.content_range());
                }
                What::Text(text)
            }
            Expr::BytesLiteral(bytes) => {
                let mut text = Text::default();
                for part in &bytes.value {
                    let value = String::from_utf8_lossy(&part.value);
                    push(&mut text, &value, part.content_range());
                }
                What::Text(text)
            }
            Expr::FString(string) => What::Text(self.interpolated(string)),
            Expr::List(list) => What::List(self.elements(&list.elts)),
            Expr::Tuple(tuple) => What::List(self.elements(&tuple.elts)),
            Expr::Set(set) => What::List(self.elements(&set.elts)),
            Expr::Dict(dict) => {
                let mut entries = Vec::new();
                for item in &dict.items {
                    let value = self.value(&item.value);
                    match &item.key {
                        Some(key) => entries.push((self.value(key), value)),
                        None => entries.extend(value.dict().unwrap_or_default().iter().cloned()),
                    }
                }
                What::Dict(entries)
            }
            Expr::Name(name) => return self.names.find(&name.id),
            Expr::Attribute(_) => return self.attribute(expr),
            Expr::UnaryOp(unary) => return self.unary(unary.op, &unary.operand, expr),
            Expr::BinOp(op) => {
                let (left, right) = (self.value(&op.left), self.value(&op.right));
                return self.binary(op.op, &left, &right, expr);
            }
            Expr::BoolOp(op) => return self.either(op.op, &op.values, expr),
            Expr::Compare(compare) => {
                let ([op], [right]) = (&*compare.ops, &*compare.comparators) else {
                    return None;
                };
                return self.compare(*op, &compare.left, right, expr);
            }
            Expr::If(choice) => return self.choice(&choice.test, &choice.body, &choice.orelse),
            Expr::Call(call) => return call::fold(self, call, expr),
            Expr::Named(named) => return self.fold(&named.value),
            Expr::Starred(starred) => return self.fold(&starred.value),
            Expr::Await(awaited) => return self.fold(&awaited.value),
            Expr::Subscript(subscript) => {
                let value = self.value(&subscript.value);
                let key = self.value(&subscript.slice);
                if dotted(&subscript.value).ends_with("environ") {
                    let (default, cast) = (None, Cast::Text);
                    return Some(self.made(What::Environment { default, cast }, expr));
                }
                return value.get(key.str()?).map(|(_, value)| value.clone());
            }
            _ => return None,
        };
        Some(self.made(what, expr))
    }

    /// The elements of a list; those of a starred list stand for themselves.
    fn elements(self, all: &[Expr]) -> Vec<Value> {
        let mut values = Vec::with_capacity(all.len());
        for one in all {
            let value = self.value(one);
            match (one, value.list()) {
                (Expr::Starred(_), Some(inner)) => {
                    self.step(inner.len());
                    values.extend(inner.iter().cloned());
                }
                _ => values.push(value),
            }
        }
        values
    }

    fn interpolated(self, string: &ExprFString) -> Text {
        let mut text = Text::default();
        for part in &string.value {
            let elements = match part {
                FStringPart::Literal(part) => {
                    push(&mut text, &part.value, part.content_range());
                    continue;
                }
                FStringPart::FString(part) => &part.elements,
            };
            for element in elements {
                match element {
                    InterpolatedStringElement::Literal(part) => {
                        push(&mut text, &part.value, part.range);
                    }
                    InterpolatedStringElement::Interpolation(part) => {
                        let value = self.value(&part.expression);
                        self.insert(&mut text, &value, span(part.range));
                    }
                }
            }
        }
        text
    }

    /// Adds a value to a text: its own text, or a stand-in.
    pub(super) fn insert(self, text: &mut Text, value: &Valued, place: std::ops::Range<usize>) {
        match value.text() {
            Some(more) if value.file == self.file => {
                self.step(more.segments().len() + more.value().len() / 64);
                append(text, more);
            }
            // Another file says it: this place is where it comes in.
            Some(more) if value.str().is_some() => text.push(more.value(), place),
            _ => push_unknown(text, place),
        }
    }

    fn attribute(self, expr: &Expr) -> Option<Value> {
        let word = match last(expr) {
            "SELF" => "'self'",
            "NONE" => "'none'",
            "UNSAFE_INLINE" => "'unsafe-inline'",
            "UNSAFE_EVAL" => "'unsafe-eval'",
            "UNSAFE_HASHES" => "'unsafe-hashes'",
            "WASM_UNSAFE_EVAL" => "'wasm-unsafe-eval'",
            "STRICT_DYNAMIC" => "'strict-dynamic'",
            "REPORT_SAMPLE" => "'report-sample'",
            "UNSAFE_ALLOW_REDIRECTS" => "'unsafe-allow-redirects'",
            "NONCE" => "",
            _ => return self.names.find(&dotted(expr)),
        };
        // `CSP.SELF` of Django, `csp.constants.SELF` of django-csp.
        let whose = dotted(expr).to_ascii_lowercase();
        if !whose.starts_with("csp.") && !whose.contains("constants.") {
            return None;
        }
        Some(self.keyword(word, expr))
    }

    /// A keyword of a policy that is written as a constant; empty for a nonce.
    pub(super) fn keyword(self, word: &str, expr: &Expr) -> Value {
        let mut text = Text::default();
        match word.is_empty() {
            true => text.push_dynamic("'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'", place(expr)),
            false => text.push(word, place(expr)),
        }
        self.made(What::Text(text), expr)
    }

    fn unary(self, op: UnaryOp, operand: &Expr, expr: &Expr) -> Option<Value> {
        // `not DEBUG` is what production is about, whatever the line above says of it.
        if op == UnaryOp::Not
            && matches!(operand, Expr::Name(_) | Expr::Attribute(_))
            && let Some(truth) = super::truth::said(last(operand))
        {
            return Some(self.made(What::Bool(!truth), expr));
        }
        let value = self.value(operand);
        let what = match (op, &value.what) {
            (UnaryOp::Not, What::Environment { default, .. }) => {
                let truth = match default {
                    // Nothing is false.
                    None => Some(false),
                    Some(value) => match value.str() {
                        Some(text) => Some(!text.is_empty()),
                        None => value.bool(),
                    },
                };
                What::Environment {
                    default: truth.map(|bool| self.made(What::Bool(!bool), expr)),
                    cast: Cast::Read,
                }
            }
            (UnaryOp::Not, _) => What::Bool(!value.bool()?),
            (UnaryOp::USub, What::Number(number)) => What::Number(-number),
            _ => return None,
        };
        Some(self.made(what, expr))
    }

    /// `left op right`.
    pub(super) fn binary(
        self,
        op: Operator,
        left: &Value,
        right: &Value,
        expr: &Expr,
    ) -> Option<Value> {
        use What::{Dict, Duration, List, Number};
        let what = match (op, &left.what, &right.what) {
            (Operator::Add, List(a), List(b)) => {
                self.step(a.len() + b.len());
                List(a.iter().chain(b).cloned().collect())
            }
            // A list that is partly unknown has at least what is known.
            (Operator::Add, List(a), _) => List(a.iter().cloned().chain([right.clone()]).collect()),
            (Operator::Add, _, List(b)) => List(
                [left.clone()]
                    .into_iter()
                    .chain(b.iter().cloned())
                    .collect(),
            ),
            (Operator::BitOr, Dict(a), Dict(b)) => {
                self.step(a.len() + b.len());
                Dict(a.iter().chain(b).cloned().collect())
            }
            (Operator::Add, What::Text(_), _) | (Operator::Add, _, What::Text(_)) => {
                let mut text = Text::default();
                for side in [left, right] {
                    self.insert(&mut text, side, side.place.clone());
                }
                What::Text(text)
            }
            (Operator::Mod, What::Text(text), _) => What::Text(call::percent(self, text, right)),
            (Operator::Add, Number(a), Number(b)) => Number(a + b),
            (Operator::Sub, Number(a), Number(b)) => Number(a - b),
            (Operator::Mult, Number(a), Number(b)) => Number(a * b),
            (Operator::Div, Number(a), Number(b)) if *b != 0.0 => Number(a / b),
            (Operator::Pow, Number(a), Number(b)) => Number(a.powf(*b)),
            (Operator::Add, Duration(a), Duration(b)) => Duration(a + b),
            (Operator::Mult, Duration(a), Number(b)) | (Operator::Mult, Number(b), Duration(a)) => {
                Duration(a * b)
            }
            _ => return None,
        };
        Some(self.made(what, expr))
    }

    /// `a or b`: from the environment, or else what stands behind it.
    fn either(self, op: BoolOp, values: &[Expr], expr: &Expr) -> Option<Value> {
        let values: Vec<Value> = values.iter().map(|one| self.value(one)).collect();
        let (first, last) = (values.first()?, values.last()?);
        if let (BoolOp::Or, What::Environment { default, cast }) = (op, &first.what) {
            let falls = default.as_ref().is_none_or(|value| {
                value
                    .str()
                    .map_or(value.bool() == Some(false), str::is_empty)
            });
            let default = match falls {
                true => last.otherwise().is_some().then(|| last.clone()),
                false => default.clone(),
            };
            let default = default.filter(|value| !matches!(value.what, What::Environment { .. }));
            return Some(self.made(
                What::Environment {
                    default,
                    cast: *cast,
                },
                expr,
            ));
        }
        let truths: Option<Vec<bool>> = values.iter().map(|value| value.bool()).collect();
        let truths = truths?;
        let bool = match op {
            BoolOp::And => truths.iter().all(|bool| *bool),
            BoolOp::Or => truths.iter().any(|bool| *bool),
        };
        Some(self.made(What::Bool(bool), expr))
    }

    fn compare(self, op: CmpOp, left: &Expr, right: &Expr, expr: &Expr) -> Option<Value> {
        let (left, right) = (self.value(left), self.value(right));
        let same = |a: &Valued, b: &Valued| match (&a.what, &b.what) {
            (What::Text(a), What::Text(b)) => Some(a.value() == b.value()),
            (What::Unknown | What::Environment { .. }, _)
            | (_, What::Unknown | What::Environment { .. }) => None,
            _ => Some(a.bool()? == b.bool()?),
        };
        let holds = |value: &Valued| match op {
            CmpOp::Eq | CmpOp::Is => same(value, &right),
            CmpOp::NotEq | CmpOp::IsNot => same(value, &right).map(|same| !same),
            CmpOp::In | CmpOp::NotIn => {
                let all = right.list()?;
                let inside = all.iter().any(|one| same(value, one) == Some(true));
                Some(inside == (op == CmpOp::In))
            }
            _ => None,
        };
        let what = match &left.what {
            What::Environment { default, .. } => What::Environment {
                default: match default {
                    Some(value) => holds(value).map(|bool| self.made(What::Bool(bool), expr)),
                    // Nothing is equal to nothing that is written.
                    None => {
                        Some(self.made(What::Bool(matches!(op, CmpOp::NotEq | CmpOp::NotIn)), expr))
                    }
                },
                cast: Cast::Read,
            },
            _ => What::Bool(holds(&left)?),
        };
        Some(self.made(what, expr))
    }

    /// `a if test else b`, as it comes out in production.
    fn choice(self, test: &Expr, yes: &Expr, no: &Expr) -> Option<Value> {
        match super::truth::in_production(self, test) {
            Some(true) => self.fold(yes),
            Some(false) => self.fold(no),
            None => {
                let (yes, no) = (self.value(yes), self.value(no));
                let (given, other) = match (&yes.what, &no.what) {
                    (What::Environment { .. }, _) => (&yes, &no),
                    (_, What::Environment { .. }) => (&no, &yes),
                    _ => return None,
                };
                let What::Environment { cast, .. } = given.what else {
                    return None;
                };
                let default = Some(other.clone());
                Some(Valued::new(
                    What::Environment { default, cast },
                    given.place.clone(),
                    self.file,
                ))
            }
        }
    }
}

fn push(text: &mut Text, value: &str, range: TextRange) {
    text.push(value, span(range));
}
