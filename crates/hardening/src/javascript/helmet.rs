//! Helmet and its relatives: what they send by themselves, and what their options make of it.
//!
//! Defaults and the names of options are those of helmet 8 (`middlewares/*/index.ts` of helmetjs/helmet).

use super::directives::{policy, with_nonces};
use super::eval::Eval;
use super::nodes::range;
use super::value::{Object, Value, What, join};
use super::{Program, names};
use crate::response::{Header, Response, State};
use crate::text::Text;
use oxc_ast::ast::{Argument, CallExpression, Expression};
use std::ops::Range;

/// Modules that are helmet or hand on to it.
const MODULES: &[&str] = &[
    "helmet",
    "koa-helmet",
    "@fastify/helmet",
    "fastify-helmet",
    "helmet-csp",
    "@nestjs/helmet",
];

/// The names of an option, the header and its value when nobody says otherwise.
type Setting = (&'static [&'static str], &'static str, &'static str);
const SETTINGS: &[Setting] = &[
    (
        &["strictTransportSecurity", "hsts"],
        "strict-transport-security",
        "max-age=31536000; includeSubDomains",
    ),
    (
        &["xFrameOptions", "frameguard"],
        "x-frame-options",
        "SAMEORIGIN",
    ),
    (
        &["xContentTypeOptions", "noSniff"],
        "x-content-type-options",
        "nosniff",
    ),
    (&["referrerPolicy"], "referrer-policy", "no-referrer"),
];

/// Adds a response for each use of helmet in a file.
pub(super) fn look(program: &Program<'_, '_>, out: &mut Vec<Response>) {
    for call in program.live(&program.nodes.calls) {
        let Some((part, arguments)) = of_helmet(program, call.node) else {
            continue;
        };
        let place = range(call.node.span);
        let options = program.eval.argument(arguments, 0);
        let headers = match part {
            None => all(program, options.as_ref(), &place),
            Some(part) => single(program, part, options.as_ref(), &place),
        };
        if headers.is_empty() {
            continue;
        }
        out.push(Response {
            carrier: "helmet",
            path: program.path.to_owned(),
            scope: call.names.first().cloned().unwrap_or_default(),
            place: place.start..place.start,
            serves: program.serves,
            tls: None,
            closed: false,
            headers,
        });
    }
}

/// Whether a call is one of helmet, for which part (`None` for all of it), and with what arguments.
fn of_helmet<'e, 'a>(
    program: &Program<'_, 'a>,
    call: &'e CallExpression<'a>,
) -> Option<(Option<&'a str>, &'e [Argument<'a>])> {
    let from_helmet = |name: &str| {
        let import = program.nodes.imports.get(name);
        import.filter(|import| MODULES.contains(&import.module.as_str()))
    };
    let callee = names::path(&call.callee);
    let arguments = call.arguments.as_slice();
    match callee.as_slice() {
        // `require('helmet')()`
        ["require"] => match call.callee.get_inner_expression() {
            Expression::CallExpression(inner) => match inner.arguments.first()?.as_expression()? {
                Expression::StringLiteral(module) if MODULES.contains(&module.value.as_str()) => {
                    Some((None, arguments))
                }
                _ => None,
            },
            _ => None,
        },
        [name] => {
            let import = from_helmet(name)?;
            match import.name.as_str() {
                _ if import.module == "helmet-csp" => {
                    Some((Some("contentSecurityPolicy"), arguments))
                }
                "default" | "*" | "helmet" | "fastifyHelmet" => Some((None, arguments)),
                _ => Some((Some(name), arguments)),
            }
        }
        [name, "default"] => from_helmet(name).map(|_| (None, arguments)),
        [name, part] if from_helmet(name).is_some() => Some((Some(part), arguments)),
        [.., "register"] => {
            let plugin = names::path(arguments.first()?.as_expression()?);
            let dynamic = plugin
                .first()
                .is_some_and(|name| from_helmet(name).is_some());
            let inline = plugin.first() == Some(&"require") && is_required(arguments.first()?);
            (dynamic || inline).then(|| (None, arguments.get(1..).unwrap_or_default()))
        }
        _ => None,
    }
}

fn is_required(argument: &Argument<'_>) -> bool {
    let Some(Expression::CallExpression(call)) = argument.as_expression() else {
        return false;
    };
    let module = call.arguments.first().and_then(Argument::as_expression);
    matches!(module, Some(Expression::StringLiteral(text)) if MODULES.contains(&text.value.as_str()))
}

/// All headers of `helmet(options)`.
fn all(program: &Program<'_, '_>, options: Option<&Value>, call: &Range<usize>) -> Vec<Header> {
    let empty = Object::default();
    let object = match options.map(|options| &options.what) {
        None | Some(What::Undefined) => &empty,
        Some(What::Object(object)) => object,
        Some(_) => {
            let place = options.map_or(call.clone(), |one| one.place.clone());
            return vec![header(
                "content-security-policy",
                Text::default(),
                place,
                State::Undecidable,
            )];
        }
    };
    let start = call.start..call.start + 1;
    let mut headers = Vec::new();
    let entry = object.get("contentSecurityPolicy");
    let nonces = object
        .get("enableCSPNonces")
        .filter(|entry| entry.value.is(true));
    let mut csp = match entry {
        // Something unknown is spread in: it may say anything.
        None if object.open => header(
            "content-security-policy",
            Text::default(),
            start.clone(),
            State::Undecidable,
        ),
        None if program.helmet == Some(3) => header(
            "content-security-policy",
            Text::default(),
            start.clone(),
            State::Undecidable,
        ),
        None => policy(program, None, &start),
        Some(entry) => policy(program, Some(&entry.value), &entry.at),
    };
    if let Some(nonces) = nonces.filter(|_| csp.state == State::Sent) {
        csp.value = with_nonces(&csp.value, &nonces.at);
    }
    headers.push(csp);
    for setting in SETTINGS {
        headers.extend(match object.any(setting.0) {
            None => Some(plain(setting.1, setting.2, &start)),
            Some(entry) => set(setting, &entry.value, &entry.at),
        });
    }
    headers
}

/// The header of `helmet.hsts(options)` and the like.
fn single(
    program: &Program<'_, '_>,
    part: &str,
    options: Option<&Value>,
    call: &Range<usize>,
) -> Vec<Header> {
    let start = call.start..call.start + 1;
    if part == "contentSecurityPolicy" {
        return vec![policy(program, options, &start)];
    }
    let setting = SETTINGS.iter().find(|setting| setting.0.contains(&part));
    let header = setting.and_then(|setting| match options {
        Some(options) => set(setting, options, &start),
        None => Some(plain(setting.1, setting.2, &start)),
    });
    header.into_iter().collect()
}

/// What an option makes of a header.
fn set(setting: &Setting, value: &Value, at: &Range<usize>) -> Option<Header> {
    let (_, name, standard) = setting;
    let disabled = |state| Some(header(name, Text::default(), at.clone(), state));
    let object = match &value.what {
        What::Bool(false) => return disabled(State::Disabled),
        What::Bool(true) | What::Undefined => return Some(plain(name, standard, at)),
        What::Object(object) => object,
        _ => return disabled(State::Undecidable),
    };
    let mut text = Text::default();
    match *name {
        "strict-transport-security" => {
            text.push("max-age=", at.clone());
            match object.any(&["maxAge", "maxage"]) {
                Some(age) => age.value.write(&mut text),
                None => text.push("31536000", at.clone()),
            }
            if !object
                .get("includeSubDomains")
                .is_some_and(|one| one.value.is(false))
            {
                text.push("; includeSubDomains", at.clone());
            }
            if object.get("preload").is_some_and(|one| one.value.is(true)) {
                text.push("; preload", at.clone());
            }
        }
        "x-frame-options" => match object.get("action") {
            Some(action) => match action.value.str() {
                Some(word) => text.push(&word.to_ascii_uppercase(), action.value.place.clone()),
                None => return disabled(State::Undecidable),
            },
            None => text.push(standard, at.clone()),
        },
        "referrer-policy" => match object.get("policy") {
            Some(policy) => match &policy.value.what {
                What::List(list) => join(list, ",", &policy.value.place, &mut text),
                _ => policy.value.write(&mut text),
            },
            None => text.push(standard, at.clone()),
        },
        _ => text.push(standard, at.clone()),
    }
    Some(header(name, text, at.clone(), State::Sent))
}

/// A header with a value that the library brings along.
fn plain(name: &str, value: &str, at: &Range<usize>) -> Header {
    let mut text = Text::default();
    text.push(value, at.clone());
    header(name, text, at.clone(), State::Sent)
}

/// A header of a program.
pub(super) fn header(name: &str, value: Text, place: Range<usize>, state: State) -> Header {
    Header {
        name: name.to_ascii_lowercase(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

/// Whether helmet is switched off for transport security, and where.
pub(super) fn without_hsts(program: &Program<'_, '_>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for call in program.live(&program.nodes.calls) {
        let Some((None, arguments)) = of_helmet(program, call.node) else {
            continue;
        };
        let options = Eval::argument(&program.eval, arguments, 0);
        let object = options.as_ref().and_then(Value::object);
        let entry = object.and_then(|object| object.any(&["strictTransportSecurity", "hsts"]));
        places.extend(
            entry
                .filter(|one| one.value.is(false))
                .map(|one| one.at.start..one.value.place.end),
        );
    }
    places
}
