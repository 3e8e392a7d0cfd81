//! LG-OPS-103: a check of readiness that says yes whatever happens.

use super::Program;
use super::names;
use super::nodes::{Means, place, range};
use crate::check::Raised;
use oxc_ast::ast::{Argument, Expression};
use oxc_span::GetSpan as _;
use std::ops::Range;

/// Last parts of the paths under which platforms ask whether a program may get requests.
const ROUTES: &[&str] = &["ready", "readyz", "readiness"];
/// Objects that answer, and calls that ask nobody else.
const OWN: &[&str] = &[
    "res", "response", "reply", "ctx", "c", "context", "Date", "JSON", "process", "os",
];
/// Parts of a text that may ask somebody, or decide.
const ASKS: &[&str] = &["await", "if", "?", "&&", "||", "then", "throw", "next"];

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        let callee = names::path(&call.node.callee);
        let [_, .., "get"] = callee.as_slice() else {
            continue;
        };
        let arguments = &call.node.arguments;
        let first = arguments.first().and_then(Argument::as_expression);
        let Some(Expression::StringLiteral(route)) = first else {
            continue;
        };
        let last = route.value.rsplit('/').next().unwrap_or_default();
        let own = route.value.starts_with('/') && arguments.len() == 2;
        if !own || !ROUTES.contains(&last.to_ascii_lowercase().as_str()) {
            continue;
        }
        let handler = arguments.last().and_then(Argument::as_expression);
        let Some(handler) = handler.and_then(|handler| body(program, handler)) else {
            continue;
        };
        if asks_nothing(program, &handler) {
            let message = format!(
                "{} says yes as long as the process lives; nothing that it needs is asked.",
                program.said(&range(route.span))
            );
            raised.push(program.raise("LG-OPS-103", range(route.span), message));
        }
    }
}

/// The bytes of a handler that stands here or has a name in this file.
fn body(program: &Program<'_, '_>, handler: &Expression<'_>) -> Option<Range<usize>> {
    match handler.get_inner_expression() {
        Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => {
            Some(place(handler))
        }
        Expression::Identifier(id) => {
            match program
                .eval
                .means(id.name.as_str(), id.span.start as usize)?
            {
                Means::Function(body) => Some(range(body.span)),
                Means::Expression(Expression::ArrowFunctionExpression(one)) => {
                    Some(range(one.body.span()))
                }
                Means::Expression(Expression::FunctionExpression(one)) => {
                    one.body.as_ref().map(|body| range(body.span))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn asks_nothing(program: &Program<'_, '_>, handler: &Range<usize>) -> bool {
    let text = program.text.get(handler.clone()).unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = text.split(|c: char| !is_part(c));
    let signs = ASKS.iter().filter(|sign| !sign.starts_with(is_part));
    if words.any(|word| ASKS.contains(&word)) || signs.into_iter().any(|sign| text.contains(sign)) {
        return false;
    }
    let calls = program.nodes.calls.iter();
    let inside = calls.filter(|call| {
        let at = range(call.node.span);
        handler.start <= at.start && at.end <= handler.end
    });
    let mut answers = false;
    for call in inside {
        let root = names::path(&call.node.callee);
        let root = root.first().copied().unwrap_or_default();
        if !OWN.contains(&root) {
            return false;
        }
        answers = true;
    }
    answers
}
