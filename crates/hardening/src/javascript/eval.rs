//! What an expression stands for in production: constants of the file, texts put together, objects with
//! what is spread into them. Everything else is unknown, and says so.

use super::environment;
use super::nodes::{Means, Nodes, place, range};
use super::texts::{literal, unescape};
use super::value::{Entry, Object, Value, What};
use crate::text::Text;
use oxc_ast::ast::{
    Argument, ArrayExpressionElement, ArrowFunctionBody, BinaryOperator, ChainElement, Expression,
    FunctionBody, LogicalOperator, ObjectExpression, ObjectPropertyKind, Statement,
    TemplateLiteral, UnaryOperator,
};
use oxc_span::GetSpan as _;
use std::cell::Cell;
use std::ops::Range;

/// How far constants are followed into one another.
const DEPTH: u32 = 48;
/// Expressions looked at for one value.
const STEPS: u32 = 6000;
/// And for all values of a file.
const ALL_STEPS: u32 = 400_000;

/// Looks up what names of a file stand for.
pub(crate) struct Eval<'n, 'a> {
    pub(crate) nodes: &'n Nodes<'a>,
    steps: Cell<u32>,
    all: Cell<u32>,
}

impl<'n, 'a> Eval<'n, 'a> {
    pub(crate) fn new(nodes: &'n Nodes<'a>) -> Self {
        Self {
            nodes,
            steps: Cell::new(0),
            all: Cell::new(0),
        }
    }

    /// What an expression stands for.
    pub(crate) fn value(&self, expression: &Expression<'a>) -> Value {
        self.steps.set(0);
        self.eval(expression, 0)
    }

    /// What an argument stands for; nothing for one that is spread.
    pub(crate) fn argument(&self, call: &[Argument<'a>], nth: usize) -> Option<Value> {
        let expression = call.get(nth)?.as_expression()?;
        Some(self.value(expression))
    }

    /// Whether a condition holds in production, as far as the file tells.
    pub(crate) fn holds(&self, test: &Expression<'a>) -> Option<bool> {
        self.steps.set(0);
        self.test(test, 0)
    }

    /// What a name means where it is used.
    pub(crate) fn means(&self, name: &str, at: usize) -> Option<Means<'a>> {
        let all = self.nodes.bindings.get(name)?;
        let around = all.iter().filter(|binding| binding.scope.contains(&at));
        let closest = around.min_by_key(|binding| binding.scope.len());
        closest.map(|binding| binding.means)
    }

    fn test(&self, test: &Expression<'a>, depth: u32) -> Option<bool> {
        if let Some(truth) = environment::last_name(test).and_then(environment::flag) {
            return Some(truth);
        }
        match test.get_inner_expression() {
            Expression::UnaryExpression(not) if not.operator == UnaryOperator::LogicalNot => {
                self.test(&not.argument, depth + 1).map(|truth| !truth)
            }
            Expression::LogicalExpression(both) => {
                let left = self.test(&both.left, depth + 1);
                let right = || self.test(&both.right, depth + 1);
                match (both.operator, left) {
                    (LogicalOperator::And, Some(false)) => Some(false),
                    (LogicalOperator::And, Some(true)) => right(),
                    (LogicalOperator::And, None) if right() == Some(false) => Some(false),
                    (LogicalOperator::Or, Some(true)) => Some(true),
                    (LogicalOperator::Or, Some(false)) => right(),
                    (LogicalOperator::Or, None) if right() == Some(true) => Some(true),
                    _ => None,
                }
            }
            Expression::BinaryExpression(two) if depth < DEPTH => {
                let equal = match two.operator {
                    BinaryOperator::Equality | BinaryOperator::StrictEquality => true,
                    BinaryOperator::Inequality | BinaryOperator::StrictInequality => false,
                    _ => return None,
                };
                let left = self.eval(&two.left, depth + 1);
                let right = self.eval(&two.right, depth + 1);
                let production = match (left.str(), right.str()) {
                    (Some(left), Some(right)) => left == right,
                    // `config.env === 'development'`: what a file of settings calls the environment.
                    (None, Some(word)) if environment::names(&two.left) => {
                        environment::is_production(word)?
                    }
                    (Some(word), None) if environment::names(&two.right) => {
                        environment::is_production(word)?
                    }
                    _ => return None,
                };
                Some(production == equal)
            }
            _ => self.eval(test, depth + 1).truth(),
        }
    }

    pub(super) fn eval(&self, expression: &Expression<'a>, depth: u32) -> Value {
        let at = place(expression);
        self.steps.set(self.steps.get() + 1);
        self.all.set(self.all.get() + 1);
        if depth > DEPTH || self.steps.get() > STEPS || self.all.get() > ALL_STEPS {
            return Value::unknown(at);
        }
        let what = match expression.get_inner_expression() {
            Expression::StringLiteral(text) => What::Text(literal(text)),
            Expression::TemplateLiteral(template) => What::Text(self.template(template, depth)),
            Expression::NumericLiteral(number) => What::Number(number.value),
            Expression::BooleanLiteral(truth) => What::Bool(truth.value),
            Expression::NullLiteral(_) => What::Null,
            Expression::Identifier(id) => return self.identifier(id.name.as_str(), at, depth),
            Expression::ArrayExpression(array) => {
                let mut list = Vec::new();
                for element in &array.elements {
                    match element {
                        ArrayExpressionElement::SpreadElement(spread) => {
                            let value = self.eval(&spread.argument, depth + 1);
                            match value.what {
                                What::List(inner) => list.extend(inner),
                                What::Null | What::Undefined | What::Bool(false) => {}
                                _ => list.push(Value::unknown(range(spread.span))),
                            }
                        }
                        ArrayExpressionElement::Elision(_) => {}
                        other => {
                            if let Some(one) = other.as_expression() {
                                list.push(self.eval(one, depth + 1));
                            }
                        }
                    }
                }
                What::List(list)
            }
            Expression::ObjectExpression(object) => What::Object(self.properties(object, depth)),
            Expression::ArrowFunctionExpression(arrow) => {
                let returned = match &arrow.body {
                    ArrowFunctionBody::FunctionBody(body) => self.returned(body, depth),
                    other => other.as_expression().map(|one| self.eval(one, depth + 1)),
                };
                What::Function(returned.map(Box::new))
            }
            Expression::FunctionExpression(function) => {
                let body = function.body.as_ref();
                let returned = body.and_then(|body| self.returned(body, depth));
                What::Function(returned.map(Box::new))
            }
            Expression::BinaryExpression(_) => self.binary(expression, depth),
            Expression::LogicalExpression(both) => {
                return self.logical(both.operator, &both.left, &both.right, at, depth);
            }
            Expression::ConditionalExpression(choice) => {
                return match self.test(&choice.test, depth + 1) {
                    Some(true) => self.eval(&choice.consequent, depth + 1),
                    Some(false) => self.eval(&choice.alternate, depth + 1),
                    None => Value::unknown(at),
                };
            }
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::LogicalNot => self
                    .test(expression, depth + 1)
                    .map_or(What::Unknown, What::Bool),
                UnaryOperator::UnaryNegation => match self.eval(&unary.argument, depth + 1).what {
                    What::Number(number) => What::Number(-number),
                    _ => What::Unknown,
                },
                UnaryOperator::Void => What::Undefined,
                _ => What::Unknown,
            },
            Expression::AwaitExpression(wait) => return self.eval(&wait.argument, depth + 1),
            Expression::AssignmentExpression(one) => return self.eval(&one.right, depth + 1),
            Expression::CallExpression(call) => return self.call(call, at, depth),
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::CallExpression(call) => return self.call(call, at, depth),
                _ => What::Unknown,
            },
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                if name == "NODE_ENV" {
                    let mut text = Text::default();
                    text.push_dynamic("production", at.clone());
                    return Value::new(at, What::Text(text));
                }
                if name == "dangerouslyDisableDefaultSrc" {
                    return Value::new(at, What::Null);
                }
                let object = self.eval(&member.object, depth + 1);
                return member_of(object, name, at);
            }
            Expression::ComputedMemberExpression(member) => {
                let object = self.eval(&member.object, depth + 1);
                return match self.computed(&member.expression, depth) {
                    Some(name) => member_of(object, &name, at),
                    None => Value::unknown(at),
                };
            }
            _ => What::Unknown,
        };
        Value::new(at, what)
    }

    /// What an object stands for.
    pub(crate) fn object(&self, object: &ObjectExpression<'a>) -> Value {
        self.steps.set(0);
        Value::new(range(object.span), What::Object(self.properties(object, 0)))
    }

    fn properties(&self, object: &ObjectExpression<'a>, depth: u32) -> Object {
        let mut out = Object::default();
        for property in &object.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(one) => {
                    let key = match one.key.static_name() {
                        Some(key) if !one.computed => Some(key.into_owned()),
                        _ => one
                            .key
                            .as_expression()
                            .and_then(|key| self.computed(key, depth)),
                    };
                    match key {
                        Some(key) => out.entries.push(Entry {
                            key,
                            at: range(one.key.span()),
                            value: self.eval(&one.value, depth + 1),
                        }),
                        None => out.open = true,
                    }
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    let value = self.eval(&spread.argument, depth + 1);
                    merge(&mut out, value);
                }
            }
        }
        out
    }

    fn computed(&self, key: &Expression<'a>, depth: u32) -> Option<String> {
        self.eval(key, depth + 1).str().map(ToOwned::to_owned)
    }

    pub(super) fn identifier(&self, name: &str, at: Range<usize>, depth: u32) -> Value {
        if name == "undefined" {
            return Value::new(at, What::Undefined);
        }
        match self.means(name, at.start) {
            // A constant that is made of itself is not one.
            Some(Means::Expression(init)) if !place(init).contains(&at.start) => {
                self.eval(init, depth + 1)
            }
            Some(Means::Function(body)) => {
                let returned = self.returned(body, depth).map(Box::new);
                Value::new(at, What::Function(returned))
            }
            _ => Value::unknown(at),
        }
    }

    /// What a function returns at its end.
    fn returned(&self, body: &FunctionBody<'a>, depth: u32) -> Option<Value> {
        let last = body
            .statements
            .iter()
            .rev()
            .find_map(|statement| match statement {
                Statement::ReturnStatement(end) => end.argument.as_ref(),
                _ => None,
            })?;
        Some(self.eval(last, depth + 1))
    }

    fn template(&self, template: &TemplateLiteral<'a>, depth: u32) -> Text {
        let mut out = Text::default();
        let mut parts = template.expressions.iter();
        for quasi in &template.quasis {
            let raw = quasi.value.raw.as_str();
            let at = quasi.span.start as usize;
            unescape(raw, at, &mut out);
            if let Some(part) = parts.next() {
                self.eval(part, depth + 1).write(&mut out);
            }
        }
        out
    }

    fn binary(&self, expression: &Expression<'a>, depth: u32) -> What {
        // A long `a + b + c …` leans to the left: its parts are taken one after the other.
        let mut parts = Vec::new();
        let mut left = expression.get_inner_expression();
        while let Expression::BinaryExpression(two) = left {
            if two.operator != BinaryOperator::Addition {
                break;
            }
            parts.push(&two.right);
            left = two.left.get_inner_expression();
        }
        if parts.is_empty() {
            let Expression::BinaryExpression(two) = left else {
                return What::Unknown;
            };
            if two.operator.is_equality() {
                return self
                    .test(expression, depth + 1)
                    .map_or(What::Unknown, What::Bool);
            }
            let left = self.eval(&two.left, depth + 1).number();
            let right = self.eval(&two.right, depth + 1).number();
            return match (two.operator, left, right) {
                (BinaryOperator::Multiplication, Some(a), Some(b)) => What::Number(a * b),
                (BinaryOperator::Subtraction, Some(a), Some(b)) => What::Number(a - b),
                (BinaryOperator::Division, Some(a), Some(b)) if b != 0.0 => What::Number(a / b),
                _ => What::Unknown,
            };
        }
        let mut values = vec![self.eval(left, depth + 1)];
        values.extend(
            parts
                .into_iter()
                .rev()
                .map(|part| self.eval(part, depth + 1)),
        );
        let numbers: Option<Vec<f64>> = values.iter().map(Value::number).collect();
        if let Some(numbers) = numbers {
            return What::Number(numbers.into_iter().sum());
        }
        if !values.iter().any(|value| value.text().is_some()) {
            return What::Unknown;
        }
        let mut out = Text::default();
        for value in values {
            value.write(&mut out);
        }
        What::Text(out)
    }

    fn logical(
        &self,
        operator: LogicalOperator,
        left: &Expression<'a>,
        right: &Expression<'a>,
        at: Range<usize>,
        depth: u32,
    ) -> Value {
        let first = self.eval(left, depth + 1);
        match operator {
            LogicalOperator::And => match self.test(left, depth + 1) {
                Some(false) => Value::new(at, What::Bool(false)),
                Some(true) => self.eval(right, depth + 1),
                None => Value::unknown(at),
            },
            _ => {
                let known = match operator {
                    LogicalOperator::Coalesce => {
                        !matches!(first.what, What::Null | What::Undefined | What::Unknown)
                    }
                    _ => {
                        first.truth() == Some(true)
                            || first.text().is_some_and(|text| !text.value().is_empty())
                    }
                };
                if known {
                    return first;
                }
                let second = self.eval(right, depth + 1);
                match (&first.what, &second.what) {
                    // What the environment says comes first: the default is a guess.
                    (What::Unknown, What::Text(text)) => {
                        let mut out = Text::default();
                        out.push_dynamic(text.value(), second.place.clone());
                        Value::new(at, What::Text(out))
                    }
                    _ => second,
                }
            }
        }
    }
}

pub(super) fn member_of(object: Value, name: &str, at: Range<usize>) -> Value {
    let found = match &object.what {
        What::Object(inner) => match inner.get(name) {
            Some(entry) => Some(entry.value.clone()),
            None if !inner.open => Some(Value::new(at.clone(), What::Undefined)),
            None => None,
        },
        What::List(list) => name
            .parse()
            .ok()
            .and_then(|nth: usize| list.get(nth))
            .cloned(),
        _ => None,
    };
    found.unwrap_or(Value::unknown(at))
}

pub(super) fn merge(out: &mut Object, value: Value) {
    match value.what {
        What::Object(inner) => {
            out.open |= inner.open;
            out.entries.extend(inner.entries);
        }
        What::Null | What::Undefined | What::Bool(false) => {}
        _ => out.open = true,
    }
}
