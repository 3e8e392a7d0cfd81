//! Calls whose result the file tells: constants put together, and functions of its own.

use super::eval::{Eval, merge};
use super::nodes::place;
use super::texts::{collapse, is_blank, substitute};
use super::value::{Object, Value, What, append, join};
use crate::text::Text;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use std::ops::Range;

impl<'a> Eval<'_, 'a> {
    pub(super) fn call(&self, call: &CallExpression<'a>, at: Range<usize>, depth: u32) -> Value {
        let arguments = &call.arguments;
        let argument = |nth: usize| arguments.get(nth).and_then(Argument::as_expression);
        match call.callee.get_inner_expression() {
            Expression::Identifier(id) => match id.name.as_str() {
                "String" | "Boolean" | "Number" | "parseInt" => match argument(0) {
                    Some(one) => self.eval(one, depth + 1),
                    None => Value::unknown(at),
                },
                name => match self.identifier(name, place(&call.callee), depth + 1).what {
                    What::Function(Some(value)) => *value,
                    _ => Value::unknown(at),
                },
            },
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let on_object = member.object.is_specific_id("Object");
                if on_object && name == "freeze" {
                    return argument(0).map_or(Value::unknown(at), |one| self.eval(one, depth + 1));
                }
                if on_object && name == "assign" {
                    let mut out = Object::default();
                    for one in arguments {
                        let value = one.as_expression().map(|one| self.eval(one, depth + 1));
                        merge(&mut out, value.unwrap_or(Value::unknown(at.clone())));
                    }
                    return Value::new(at, What::Object(out));
                }
                if on_object && name == "entries" {
                    return argument(0).map_or(Value::unknown(at), |one| self.eval(one, depth + 1));
                }
                let receiver = self.eval(&member.object, depth + 1);
                self.method(name, receiver, call, at, depth)
            }
            _ => Value::unknown(at),
        }
    }

    fn method(
        &self,
        name: &str,
        receiver: Value,
        call: &CallExpression<'a>,
        at: Range<usize>,
        depth: u32,
    ) -> Value {
        let arguments = &call.arguments;
        let argument = |nth: usize| {
            let one = arguments.get(nth).and_then(Argument::as_expression)?;
            Some(self.eval(one, depth + 1))
        };
        match (name, &receiver.what) {
            ("join", What::List(list)) => {
                let between = argument(0);
                let place = between.as_ref().map_or(at.clone(), |one| one.place.clone());
                let between = between.as_ref().map_or(Some(","), Value::str);
                let mut out = Text::default();
                // The value begins where the list does, for whoever is told.
                out.push("", receiver.place.start..receiver.place.start);
                join(list, between.unwrap_or(" "), &place, &mut out);
                Value::new(at, What::Text(out))
            }
            // `Object.entries(x).map(([name, values]) => …)`: a line for each directive.
            ("map", What::Object(object)) => {
                let mut lines = Vec::new();
                for entry in object.effective() {
                    let mut out = Text::default();
                    out.push(&entry.key, entry.at.clone());
                    match &entry.value.what {
                        What::List(list) if !list.is_empty() => {
                            out.push(" ", entry.at.end..entry.at.end);
                            join(list, " ", &entry.value.place, &mut out);
                        }
                        What::Text(text) if !text.value().is_empty() => {
                            out.push(" ", entry.at.end..entry.at.end);
                            append(&mut out, text);
                        }
                        What::Unknown => {
                            out.push(" ", entry.at.end..entry.at.end);
                            entry.value.write(&mut out);
                        }
                        _ => {}
                    }
                    lines.push(Value::new(entry.at.clone(), What::Text(out)));
                }
                Value::new(at, What::List(lines))
            }
            ("filter" | "flat" | "slice", What::List(list)) => {
                let kept = list
                    .iter()
                    .filter(|one| one.truth() != Some(false))
                    .cloned();
                Value::new(at, What::List(kept.collect()))
            }
            ("filter", What::Object(_)) | ("trim" | "toString" | "normalize", What::Text(_)) => {
                receiver
            }
            ("concat", What::List(list)) => {
                let mut list = list.clone();
                for nth in 0..arguments.len() {
                    match argument(nth) {
                        Some(Value {
                            what: What::List(more),
                            ..
                        }) => list.extend(more),
                        Some(one) => list.push(one),
                        None => list.push(Value::unknown(at.clone())),
                    }
                }
                Value::new(at, What::List(list))
            }
            ("replace" | "replaceAll", What::Text(text)) => {
                let first = arguments.first().and_then(Argument::as_expression);
                let blank = match first.map(Expression::get_inner_expression) {
                    Some(Expression::RegExpLiteral(regex)) => is_blank(regex),
                    _ => false,
                };
                let with = argument(1);
                let mut out = Text::default();
                if blank {
                    collapse(
                        text,
                        with.as_ref().and_then(Value::str).unwrap_or(" "),
                        &mut out,
                    );
                } else if let Some(what) = argument(0).as_ref().and_then(Value::str) {
                    substitute(text, what, with.as_ref(), &mut out);
                } else {
                    append(&mut out, text);
                }
                Value::new(at, What::Text(out))
            }
            // helmet.contentSecurityPolicy.getDefaultDirectives() and what other libraries offer.
            ("getDefaultDirectives", _) => {
                Value::new(at.clone(), What::Object(super::directives::defaults(&at)))
            }
            (_, What::Object(object)) => match object.get(name).map(|entry| &entry.value.what) {
                Some(What::Function(Some(value))) => (**value).clone(),
                _ => Value::unknown(at),
            },
            _ => Value::unknown(at),
        }
    }
}
