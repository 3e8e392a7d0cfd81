//! LG-NODE-111 and 112: what an error says, or where it happened, is sent to whoever asked.

use super::Program;
use super::names;
use super::nodes::{Around, In, Means, place, range};
use crate::check::Raised;
use oxc_ast::ast::{
    Argument, ArrayExpressionElement, BinaryOperator, CallExpression, Expression,
    ObjectPropertyKind, UnaryOperator,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// Objects that answer.
const ANSWERS: &[&str] = &[
    "res",
    "response",
    "reply",
    "rep",
    "ctx",
    "c",
    "context",
    "NextResponse",
    "Response",
];
const SINKS: &[&str] = &[
    "json", "send", "end", "jsonp", "write", "render", "text", "html",
];
/// How far names are followed.
const DEPTH: u32 = 12;

/// Expressions looked at for one answer.
const STEPS: u32 = 2000;

/// A leak: what is read of the error.
struct Leak {
    place: Range<usize>,
    stack: bool,
}

/// What an answer reads of an error.
struct Reading<'e> {
    error: &'e str,
    leaks: Vec<Leak>,
    steps: u32,
}

/// What is known of the functions of a file.
struct Known {
    /// Functions that were registered as handlers of errors.
    handlers: Vec<(usize, usize)>,
    /// The status that is set in a function, beside the answer.
    statuses: BTreeMap<Option<usize>, f64>,
}

impl Known {
    fn of(program: &Program<'_, '_>) -> Self {
        let mut handlers = Vec::new();
        let mut statuses = BTreeMap::new();
        for call in &program.nodes.calls {
            let path = names::path(&call.node.callee);
            let name = path.last().copied().unwrap_or_default();
            if ["setErrorHandler", "onError"].contains(&name) {
                let places = call
                    .node
                    .arguments
                    .iter()
                    .filter_map(Argument::as_expression);
                handlers.extend(places.map(place).map(|at| (at.start, at.end)));
            }
            if path.len() == 2
                && ["status", "code", "writeHead"].contains(&name)
                && let Some(status) = status_value(program, call.node.arguments.first())
            {
                statuses.entry(call.around).or_insert(status);
            }
        }
        for one in &program.nodes.assignments {
            let target = one.node.left.as_member_expression();
            let name = target.and_then(|target| target.static_property_name());
            if name.is_some_and(|name| ["status", "statusCode"].contains(&name))
                && let Some(status) = status(program, &one.node.right, 0)
            {
                statuses.entry(one.around).or_insert(status);
            }
        }
        handlers.sort_unstable();
        Self { handlers, statuses }
    }
}

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    let known = Known::of(program);
    for call in program.live(&program.nodes.calls) {
        let chain = names::chain(call.node);
        let callee = names::path(&call.node.callee);
        let is_sink = chain.first().is_some_and(|(name, _)| SINKS.contains(name))
            && callee.first().is_some_and(|root| ANSWERS.contains(root));
        if is_sink {
            let status = status_of(program, &known, call);
            sink(program, &known, call, &call.node.arguments, status, raised);
        }
    }
    for new in program.live(&program.nodes.news) {
        if new.node.callee.is_specific_id("Response") {
            let status = status_option(program, new.node.arguments.get(1));
            sink(program, &known, new, &new.node.arguments, status, raised);
        }
    }
    for one in program.live(&program.nodes.assignments) {
        let target = one.node.left.as_member_expression();
        let is_body = target.is_some_and(|target| {
            target.static_property_name() == Some("body")
                && names::path(target.object())
                    .last()
                    .is_some_and(|name| ["ctx", "context", "response"].contains(name))
        });
        if is_body {
            let status = known.statuses.get(&one.around).copied();
            for handler in handlers(program, &known, one.around) {
                let mut reading = Reading::of(&handler);
                reading.read(program, &one.node.right, 0);
                tell(program, &handler, status, reading.leaks, raised);
            }
        }
    }
}

/// Somebody who has an error in hand.
struct Handler {
    error: String,
    /// Called for whatever went wrong, not for something that was expected.
    whatever: bool,
}

fn sink<'a, T>(
    program: &Program<'_, 'a>,
    known: &Known,
    one: &In<T>,
    arguments: &[Argument<'a>],
    status: Option<f64>,
    raised: &mut Vec<Raised>,
) {
    for handler in handlers(program, known, one.around) {
        let mut reading = Reading::of(&handler);
        for argument in arguments {
            if let Some(expression) = argument.as_expression() {
                reading.read(program, expression, 0);
            }
        }
        tell(program, &handler, status, reading.leaks, raised);
    }
}

fn tell(
    program: &Program<'_, '_>,
    handler: &Handler,
    status: Option<f64>,
    leaks: Vec<Leak>,
    raised: &mut Vec<Raised>,
) {
    for leak in leaks {
        let said = program.said(&leak.place);
        if leak.stack {
            let message =
                format!("{said} is sent: it shows files, lines and libraries of the server");
            raised.push(program.raise("LG-NODE-112", leak.place, message));
            continue;
        }
        // A message beside a status of 4xx was most likely written for the visitor.
        let unexpected = match status {
            Some(status) => status >= 500.0,
            None => handler.whatever,
        };
        if unexpected {
            let message = format!(
                "{said} is sent, whatever went wrong: queries, hosts and paths of the server included"
            );
            let fixed = program.raise("LG-NODE-111", leak.place, message);
            raised.push(fixed.better("res.status(500).json({ error: 'Internal server error' });"));
        }
    }
}

/// The errors that are in hand in a place, by their names.
fn handlers(program: &Program<'_, '_>, known: &Known, around: Option<usize>) -> Vec<Handler> {
    let mut found = Vec::new();
    let mut at = around;
    while let Some(one) = at.and_then(|at| program.nodes.around.get(at)) {
        if one.catch {
            found.extend(one.params.first().map(|error| Handler {
                error: error.clone(),
                whatever: false,
            }));
        } else if let Some(error) = handled(known, one) {
            found.push(Handler {
                error,
                whatever: true,
            });
        }
        at = one.outer;
    }
    found.retain(|handler| !handler.error.is_empty());
    found
}

/// The error that a function is called with, when it is one for errors.
fn handled(known: &Known, function: &Around) -> Option<String> {
    let first = function.params.first()?;
    let words = names::words(first);
    let error = words
        .iter()
        .any(|word| ["err", "error", "e", "ex", "exception"].contains(&word.as_str()));
    if !error {
        return None;
    }
    if function.params.len() == 4 {
        return Some(first.clone());
    }
    let place = (function.place.start, function.place.end);
    let registered = known.handlers.binary_search(&place).is_ok();
    // Callbacks: (err, rows) => res.status(500).json(…).
    (registered || function.params.len() == 2 && function.place.len() < 4000)
        .then(|| first.clone())
        .filter(|_| {
            registered
                || words
                    .iter()
                    .all(|word| ["err", "error"].contains(&word.as_str()))
        })
}

/// The status of an answer: in the chain, in the options, or set beside it.
fn status_of<'a>(
    program: &Program<'_, 'a>,
    known: &Known,
    call: &In<&CallExpression<'a>>,
) -> Option<f64> {
    for (name, arguments) in names::chain(call.node) {
        if ["status", "code", "writeHead"].contains(&name) {
            return Some(status_value(program, arguments.first()).unwrap_or(0.0))
                .filter(|status| *status > 0.0);
        }
    }
    if let Some(status) = status_option(program, call.node.arguments.get(1)) {
        return Some(status);
    }
    known.statuses.get(&call.around).copied()
}

/// `{ status: 500 }`, or the number itself (hono).
fn status_option<'a>(program: &Program<'_, 'a>, argument: Option<&Argument<'a>>) -> Option<f64> {
    let value = program.eval.value(argument?.as_expression()?);
    match value.object() {
        Some(object) => object.any(&["status", "statusCode"])?.value.number(),
        None => value.number(),
    }
}

fn status_value<'a>(program: &Program<'_, 'a>, argument: Option<&Argument<'a>>) -> Option<f64> {
    status(program, argument?.as_expression()?, 0)
}

/// A status, also one that is only a default: `err.status || 500`.
fn status<'a>(program: &Program<'_, 'a>, expression: &Expression<'a>, depth: u32) -> Option<f64> {
    let value = program.eval.value(expression);
    if let Some(number) = value.number() {
        return Some(number);
    }
    // HttpStatus.INTERNAL_SERVER_ERROR and its like.
    let path = names::path(expression);
    if path
        .last()
        .is_some_and(|name| name.contains("INTERNAL_SERVER_ERROR"))
    {
        return Some(500.0);
    }
    match expression.get_inner_expression() {
        Expression::ConditionalExpression(choice) if depth < DEPTH => {
            let one = status(program, &choice.consequent, depth + 1);
            let other = status(program, &choice.alternate, depth + 1);
            [one, other]
                .into_iter()
                .flatten()
                .find(|status| *status >= 500.0)
        }
        Expression::Identifier(id) if depth < DEPTH => {
            match program
                .eval
                .means(id.name.as_str(), id.span.start as usize)?
            {
                Means::Expression(init) => status(program, init, depth + 1),
                _ => None,
            }
        }
        _ => None,
    }
}

impl<'e> Reading<'e> {
    fn of(handler: &'e Handler) -> Self {
        Self {
            error: &handler.error,
            leaks: Vec::new(),
            steps: 0,
        }
    }

    /// What an expression reads of an error, but for what does not run in production.
    fn read<'a>(&mut self, program: &Program<'_, 'a>, expression: &Expression<'a>, depth: u32) {
        let at = place(expression);
        self.steps += 1;
        if depth > DEPTH || self.steps > STEPS || !program.is_live(&at) {
            return;
        }
        let error = self.error;
        let mut go = |inner: &Expression<'a>| self.read(program, inner, depth + 1);
        match expression.get_inner_expression() {
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let of_error = member.object.is_specific_id(error);
                if of_error && ["message", "stack", "sqlMessage"].contains(&name) {
                    self.leaks.push(Leak {
                        place: range(member.span),
                        stack: name == "stack",
                    });
                }
            }
            Expression::ChainExpression(chain) => {
                if let Some(member) = chain.expression.as_member_expression()
                    && member.object().is_specific_id(error)
                    && let Some(name @ ("message" | "stack")) = member.static_property_name()
                {
                    self.leaks.push(Leak {
                        place: at,
                        stack: name == "stack",
                    });
                }
            }
            Expression::ObjectExpression(object) => {
                for property in &object.properties {
                    match property {
                        ObjectPropertyKind::ObjectProperty(one) => go(&one.value),
                        ObjectPropertyKind::SpreadProperty(spread) => go(&spread.argument),
                    }
                }
            }
            Expression::ArrayExpression(array) => {
                for element in &array.elements {
                    match element {
                        ArrayExpressionElement::SpreadElement(spread) => go(&spread.argument),
                        other => {
                            if let Some(one) = other.as_expression() {
                                go(one);
                            }
                        }
                    }
                }
            }
            Expression::TemplateLiteral(template) => template.expressions.iter().for_each(go),
            Expression::BinaryExpression(two) if two.operator == BinaryOperator::Addition => {
                go(&two.left);
                go(&two.right);
            }
            Expression::LogicalExpression(both) => {
                go(&both.right);
                if !both.operator.is_and() {
                    go(&both.left);
                }
            }
            Expression::ConditionalExpression(choice) => match program.eval.holds(&choice.test) {
                Some(true) => go(&choice.consequent),
                Some(false) => go(&choice.alternate),
                // `err instanceof Error ? err.message : …` decides nothing; other conditions may.
                None if asks_for_type(&choice.test) => {
                    go(&choice.consequent);
                    go(&choice.alternate);
                }
                None => {}
            },
            Expression::CallExpression(call) => {
                let path = names::path(&call.callee);
                let passes = matches!(
                    path.as_slice(),
                    ["String"] | ["JSON", "stringify"] | [.., "toString" | "concat" | "trim"]
                );
                if passes {
                    call.arguments
                        .iter()
                        .filter_map(Argument::as_expression)
                        .for_each(&mut go);
                    if let Expression::StaticMemberExpression(member) =
                        call.callee.get_inner_expression()
                    {
                        go(&member.object);
                    }
                }
            }
            Expression::Identifier(id) => {
                let means = program.eval.means(id.name.as_str(), id.span.start as usize);
                if let Some(Means::Expression(init)) = means
                    && !place(init).contains(&(id.span.start as usize))
                {
                    go(init);
                }
            }
            _ => {}
        }
    }
}

/// Whether a condition only asks what kind of thing an error is, or whether it is there.
fn asks_for_type(test: &Expression<'_>) -> bool {
    match test.get_inner_expression() {
        Expression::BinaryExpression(two) => {
            two.operator == BinaryOperator::Instanceof
                && matches!(&two.right, Expression::Identifier(id) if id.name == "Error")
                || matches!(two.left.get_inner_expression(), Expression::UnaryExpression(unary)
                    if unary.operator == UnaryOperator::Typeof)
        }
        Expression::Identifier(_) => true,
        Expression::StaticMemberExpression(member) => member.property.name == "message",
        _ => false,
    }
}
