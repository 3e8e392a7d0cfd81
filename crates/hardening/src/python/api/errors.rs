//! Errors that tell a visitor what only the log should know.

use super::Api;
use crate::python::eval::Eval;
use crate::python::run::Around;
use crate::python::source::{dotted, head, inside, last, place};
use crate::python::truth;
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_python_ast::{FStringPart, InterpolatedStringElement};

/// Calls that answer a request.
const ANSWERS: &[&str] = &[
    "HTTPException",
    "StarletteHTTPException",
    "JsonResponse",
    "JSONResponse",
    "ORJSONResponse",
    "UJSONResponse",
    "PlainTextResponse",
    "HTMLResponse",
    "HttpResponse",
    "HttpResponseServerError",
    "HttpResponseBadRequest",
    "Response",
    "make_response",
    "jsonify",
    "abort",
    "APIException",
];

impl Api<'_> {
    /// The text of an error in an answer.
    pub(super) fn errors(&mut self, eval: Eval<'_>, statement: &Stmt, around: &Around) {
        if around.handlers.is_empty() {
            return;
        }
        let names: Vec<&str> = around
            .handlers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let any = around.handlers.iter().any(|(_, any)| *any);
        let told = match statement {
            Stmt::Return(_) | Stmt::Raise(_) => head(statement),
            // An answer that is made first and returned later.
            Stmt::Assign(_) => head(statement),
            _ => return,
        };
        for expr in told {
            let paired = match expr {
                // Flask: the answer and its status.
                Expr::Tuple(pair) => pair.elts.get(1).and_then(|one| number(eval, one)),
                _ => None,
            };
            for one in inside(expr) {
                let (parts, status): (Vec<&Expr>, _) = match one {
                    Expr::Call(call) if ANSWERS.contains(&last(&call.func)) => {
                        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
                        let all = call.arguments.args.iter().chain(keywords).collect();
                        (all, status(eval, call).or(paired))
                    }
                    // A route of FastAPI or Flask that returns a dictionary.
                    Expr::Dict(dict)
                        if matches!(statement, Stmt::Return(_))
                            && around.routes.last() == Some(&true)
                            && (std::ptr::eq(one, expr) || matches!(expr, Expr::Tuple(_))) =>
                    {
                        (dict.items.iter().map(|item| &item.value).collect(), paired)
                    }
                    _ => continue,
                };
                if !any && status.is_none_or(|status| status < 500) {
                    continue;
                }
                for part in parts {
                    if let Some(leak) = leak(eval, part, &names) {
                        self.raise(
                            "LG-API-106",
                            place(leak),
                            "The answer carries the text of the error, and with it paths, queries, and names of servers.",
                            "logger.exception(\"…\")  # and answer: \"Internal error\"",
                        );
                    }
                }
            }
        }
    }
}

/// The status that an answer has, if it says so.
fn status(eval: Eval<'_>, call: &ExprCall) -> Option<u32> {
    let keyword = ["status_code", "status"]
        .iter()
        .find_map(|name| call.arguments.find_keyword(name));
    if let Some(keyword) = keyword {
        return number(eval, &keyword.value);
    }
    match last(&call.func) {
        "HttpResponseServerError" => Some(500),
        "HttpResponseBadRequest" => Some(400),
        "HTTPException" | "abort" => number(eval, call.arguments.args.first()?),
        "Response" | "make_response" => number(eval, call.arguments.args.get(1)?),
        _ => None,
    }
}

/// `500`, or `status.HTTP_500_INTERNAL_SERVER_ERROR`.
fn number(eval: Eval<'_>, expr: &Expr) -> Option<u32> {
    if let Some(rest) = last(expr).strip_prefix("HTTP_") {
        return rest.split('_').next()?.parse().ok();
    }
    match eval.value(expr).what {
        crate::python::value::What::Number(number) if (100.0..600.0).contains(&number) => {
            Some(number as u32)
        }
        _ => None,
    }
}

/// The part of an answer that gives the error away.
fn leak<'e>(eval: Eval<'_>, expr: &'e Expr, names: &[&str]) -> Option<&'e Expr> {
    let error = |expr: &Expr| matches!(expr, Expr::Name(name) if names.contains(&name.id.as_str()));
    match expr {
        Expr::Call(call) => {
            let name = last(&call.func);
            if matches!(name, "str" | "repr") && call.arguments.args.first().is_some_and(error)
                || matches!(name, "format_exc" | "format_exception")
            {
                return Some(expr);
            }
            // A function of one's own may well make it harmless; what gathers and joins does not.
            let kept = ["format", "dict", "dumps", "jsonify", "join"].contains(&name)
                || ANSWERS.contains(&name);
            let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            let mut parts = call.arguments.args.iter().chain(keywords);
            let plain = call.arguments.args.iter().any(error) && name == "format";
            if plain {
                return Some(expr);
            }
            // A call that answers by itself is looked at by itself.
            match kept && !ANSWERS.contains(&name) {
                true => parts.find_map(|one| leak(eval, one, names)),
                false => None,
            }
        }
        Expr::FString(string) => {
            let told = string.value.iter().any(|part| match part {
                FStringPart::FString(part) => part.elements.iter().any(|element| match element {
                    InterpolatedStringElement::Interpolation(part) => {
                        error(&part.expression) || leak(eval, &part.expression, names).is_some()
                    }
                    InterpolatedStringElement::Literal(_) => false,
                }),
                FStringPart::Literal(_) => false,
            });
            told.then_some(expr)
        }
        Expr::BinOp(op) => leak(eval, &op.left, names)
            .or_else(|| leak(eval, &op.right, names))
            .or_else(|| error(&op.right).then_some(expr)),
        Expr::Dict(dict) => dict
            .items
            .iter()
            .find_map(|item| leak(eval, &item.value, names)),
        Expr::List(list) => list.elts.iter().find_map(|one| leak(eval, one, names)),
        Expr::Tuple(tuple) => tuple.elts.iter().find_map(|one| leak(eval, one, names)),
        Expr::Set(set) => set.elts.iter().find_map(|one| leak(eval, one, names)),
        Expr::If(choice) => match truth::in_production(eval, &choice.test) {
            Some(true) => leak(eval, &choice.body, names),
            Some(false) => leak(eval, &choice.orelse, names),
            None => leak(eval, &choice.body, names).or_else(|| leak(eval, &choice.orelse, names)),
        },
        Expr::Attribute(attribute) if dotted(expr).ends_with(".args") => {
            error(&attribute.value).then_some(expr)
        }
        _ => None,
    }
}
