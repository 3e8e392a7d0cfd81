//! LG-NODE-101, 102, 131, 132 and 133: what an Express application leaves out. Whether another file of the
//! repository has it is asked when all files were looked at.

use super::Program;
use super::headers::{is_from, is_required};
use super::helmet;
use super::names;
use super::nodes::{In, range};
use crate::check::Raised;
use crate::response::Serves;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use oxc_span::GetSpan as _;

const LIMITERS: &[&str] = &["express-rate-limit"];
/// Parts of paths where people sign in.
const DOORS: &[&str] = &[
    "login",
    "signin",
    "sign-in",
    "forgot-password",
    "reset-password",
    "authenticate",
];

/// Requests a minute under which a limit for all routes also slows down whoever tries passwords.
const TIGHT: f64 = 30.0;

/// Looks at one program; what its limits let through goes to `limits`, by whether it is little.
pub(super) fn look(program: &Program<'_, '_>, limits: &mut Vec<bool>, raised: &mut Vec<Raised>) {
    for place in helmet::without_hsts(program) {
        let message = format!(
            "{} takes Strict-Transport-Security away",
            program.said(&place)
        );
        let fixed = "hsts: { maxAge: 31536000, includeSubDomains: true },";
        raised.push(program.raise("LG-NODE-102", place, message).better(fixed));
    }
    let express = is_from_express(program);
    let mut door = false;
    for call in program.live(&program.nodes.calls) {
        let path = names::path(&call.node.callee);
        match path.as_slice() {
            [name]
                if program.serves == Serves::Html
                    && is_from(program, name, &["express"])
                        .is_some_and(|import| import.name == "default") =>
            {
                let message = "This application serves pages, and nothing here or before it sets the headers that protect them";
                raised.push(
                    program
                        .raise("LG-NODE-101", range(call.node.span), message)
                        .better("app.use(helmet());"),
                );
            }
            [name] | [name, "default" | "rateLimit"]
                if is_from(program, name, LIMITERS).is_some() =>
            {
                limits.push(limiter(program, call, raised));
            }
            ["require"] if is_required(&call.node.callee, LIMITERS) => {
                limits.push(limiter(program, call, raised));
            }
            [.., "post"] if express && !door => {
                door = is_door(program, call, raised);
            }
            _ => {}
        }
    }
}

fn is_from_express(program: &Program<'_, '_>) -> bool {
    program
        .nodes
        .imports
        .values()
        .any(|import| import.module == "express")
}

/// One limit; whether it lets little through, or nobody can tell.
fn limiter(
    program: &Program<'_, '_>,
    call: &In<&CallExpression<'_>>,
    raised: &mut Vec<Raised>,
) -> bool {
    let value = program.eval.argument(&call.node.arguments, 0);
    let object = value.as_ref().and_then(|value| value.object());
    let Some(object) = object else {
        return true;
    };
    let callee = range(call.node.callee.span());
    if object.get("store").is_none() && !object.open {
        let message = "The rate limit counts in this process only: each further one, and each restart, begins at nothing.";
        raised.push(program.raise("LG-NODE-131", callee, message));
    }
    if let Some(entry) = object.get("keyGenerator") {
        let place = entry.at.start..entry.value.place.end.max(entry.at.end);
        let text = program.text.get(place.clone()).unwrap_or_default();
        if text.contains(".ip") && !text.contains("forwarded") {
            let message = "Behind a proxy `req.ip` is the proxy's address, and all visitors share one limit, unless `trust proxy` is set";
            let fixed = "app.set('trust proxy', 1);";
            raised.push(program.raise("LG-NODE-133", place, message).better(fixed));
        }
    }
    // express-rate-limit counts by the minute, and to 5, when nothing else is said.
    let number = |names: &[&str], otherwise| match object.any(names) {
        Some(entry) => entry.value.number(),
        None => Some(otherwise),
    };
    match (
        number(&["limit", "max"], 5.0),
        number(&["windowMs"], 60_000.0),
    ) {
        (Some(most), Some(window)) => most * 60_000.0 <= TIGHT * window,
        _ => true,
    }
}

/// Raises when people sign in here without a limit; whether it did.
fn is_door(
    program: &Program<'_, '_>,
    call: &In<&CallExpression<'_>>,
    raised: &mut Vec<Raised>,
) -> bool {
    let Some(Expression::StringLiteral(path)) = call
        .node
        .arguments
        .first()
        .and_then(Argument::as_expression)
    else {
        return false;
    };
    let route = path.value.as_str().to_ascii_lowercase();
    if !route.starts_with('/') || call.node.arguments.len() < 2 {
        return false;
    }
    if !route.split('/').any(|part| DOORS.contains(&part)) {
        return false;
    }
    let message = format!(
        "{} takes as many guesses as somebody can send",
        program.said(&range(path.span))
    );
    let finding = program.raise("LG-NODE-132", range(path.span), message);
    raised.push(finding.better(
        "router.post('/login', rateLimit({ windowMs: 15 * 60 * 1000, limit: 5 }), login);",
    ));
    true
}
