//! LG-NODE-121: every origin may read answers with the visitor's cookies.

use super::Program;
use super::headers::{is_from, is_required};
use super::names;
use super::nodes::{In, range};
use super::value::{Value, What};
use crate::check::Raised;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use std::collections::BTreeMap;
use std::ops::Range;

const MODULES: &[&str] = &[
    "cors",
    "@fastify/cors",
    "fastify-cors",
    "@koa/cors",
    "koa2-cors",
    "hono/cors",
    "micro-cors",
    "@elysiajs/cors",
];

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        if let Some(options) = options(program, call.node) {
            judge(program, &options, raised);
        }
    }
    for new in program.live(&program.nodes.news) {
        // socket.io: new Server(http, { cors: { … } })
        for argument in &new.node.arguments {
            nested(program, argument, raised);
        }
    }
    reflected(program, raised);
}

/// The options of a call that sets CORS.
fn options<'a>(program: &Program<'_, 'a>, call: &CallExpression<'a>) -> Option<Value> {
    let callee = names::path(&call.callee);
    let arguments = call.arguments.as_slice();
    let nth = match callee.as_slice() {
        [name] | [name, "default"] if is_from(program, name, MODULES).is_some() => 0,
        ["require"] if is_required(&call.callee, MODULES) => 0,
        [.., "enableCors"] => 0,
        [.., "register"] => {
            let plugin = arguments.first()?.as_expression()?;
            let path = names::path(plugin);
            let known = path
                .first()
                .is_some_and(|name| is_from(program, name, MODULES).is_some());
            if !known && !is_required(plugin, MODULES) {
                return None;
            }
            1
        }
        // NestFactory.create(AppModule, { cors: { … } }), io(server, { cors: { … } })
        [.., "create"] | ["io" | "socketio" | "socketIo" | "require"] | ["socketIO"] => {
            let value = arguments
                .iter()
                .find_map(|argument| cors_of(program, argument))?;
            return Some(value);
        }
        _ => return None,
    };
    program.eval.argument(arguments, nth)
}

fn cors_of<'a>(program: &Program<'_, 'a>, argument: &Argument<'a>) -> Option<Value> {
    let value = program.eval.value(argument.as_expression()?);
    Some(value.object()?.get("cors")?.value.clone())
}

fn nested<'a>(program: &Program<'_, 'a>, argument: &Argument<'a>, raised: &mut Vec<Raised>) {
    let is_object = matches!(
        argument
            .as_expression()
            .map(Expression::get_inner_expression),
        Some(Expression::ObjectExpression(_) | Expression::Identifier(_))
    );
    if let Some(cors) = is_object.then(|| cors_of(program, argument)).flatten() {
        judge(program, &cors, raised);
    }
}

fn judge(program: &Program<'_, '_>, options: &Value, raised: &mut Vec<Raised>) {
    let options = match &options.what {
        What::Function(Some(value)) => value,
        _ => options,
    };
    let Some(object) = options.object() else {
        return;
    };
    let with_cookies = object
        .get("credentials")
        .filter(|entry| entry.value.truth() == Some(true));
    let Some((with_cookies, origin)) = with_cookies.zip(object.get("origin")) else {
        return;
    };
    if !everybody(&origin.value) {
        return;
    }
    let place = match program.text.get(origin.value.place.clone()) {
        Some(_) => origin.at.start..origin.value.place.end.max(origin.at.end),
        None => origin.at.clone(),
    };
    // A constant stands somewhere else than the option.
    let place = match origin.value.place.start < origin.at.start || place.len() > 300 {
        true => origin.value.place.clone(),
        false => place,
    };
    raise(program, place, &with_cookies.at, raised);
}

fn raise(
    program: &Program<'_, '_>,
    place: Range<usize>,
    cookies: &Range<usize>,
    raised: &mut Vec<Raised>,
) {
    let message = format!(
        "{} lets every site read answers that were made with the visitor's cookies",
        program.said(&place)
    );
    raised.push(
        program
            .raise("LG-NODE-121", place, message)
            .better("origin: ['https://app.example.com'],")
            .related(program.path, cookies.clone(), "cookies are sent along"),
    );
}

/// Whether an option lets every origin in.
fn everybody(origin: &Value) -> bool {
    match &origin.what {
        What::Bool(true) => true,
        What::Text(text) => text.value() == "*",
        What::List(list) => list.iter().any(|one| one.str() == Some("*")),
        // hono: origin: (origin) => origin
        What::Function(Some(value)) => {
            matches!(&value.what, What::Bool(true)) || value.str() == Some("*")
        }
        _ => false,
    }
}

/// `setHeader('Access-Control-Allow-Origin', req.headers.origin)` with credentials.
fn reflected(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    let header = |call: &In<&CallExpression<'_>>, wanted: &str| -> Option<Range<usize>> {
        let first = call.node.arguments.first()?.as_expression()?;
        match first.get_inner_expression() {
            Expression::StringLiteral(text) if text.value.eq_ignore_ascii_case(wanted) => {
                Some(range(text.span))
            }
            _ => None,
        }
    };
    let mut with_cookies = BTreeMap::new();
    for call in program.live(&program.nodes.calls) {
        if let Some(place) = header(call, "access-control-allow-credentials") {
            with_cookies.entry(call.around).or_insert(place);
        }
    }
    for call in program.live(&program.nodes.calls) {
        if header(call, "access-control-allow-origin").is_none() {
            continue;
        }
        let cookies = with_cookies.get(&call.around);
        let (Some(cookies), Some(value)) = (
            cookies,
            call.node.arguments.get(1).and_then(Argument::as_expression),
        ) else {
            continue;
        };
        let path = names::path(left_of_default(value));
        let asks = path.iter().any(|name| name.eq_ignore_ascii_case("origin"))
            && path
                .first()
                .is_some_and(|root| ["req", "request", "ctx", "c"].contains(root));
        let asks_by_name = matches!(left_of_default(value), Expression::CallExpression(call)
            if names::path(&call.callee).first().is_some_and(|root| ["req", "request", "ctx", "c"].contains(root))
                && header_argument(call).is_some_and(|name| name.eq_ignore_ascii_case("origin")));
        if asks || asks_by_name {
            raise(program, range(call.node.span), cookies, raised);
        }
    }
}

fn header_argument<'a>(call: &CallExpression<'a>) -> Option<&'a str> {
    match call.arguments.first()?.as_expression()? {
        Expression::StringLiteral(text) => Some(text.value.as_str()),
        _ => None,
    }
}

fn left_of_default<'e, 'a>(expression: &'e Expression<'a>) -> &'e Expression<'a> {
    match expression.get_inner_expression() {
        Expression::LogicalExpression(both) if !both.operator.is_and() => {
            left_of_default(&both.left)
        }
        other => other,
    }
}
