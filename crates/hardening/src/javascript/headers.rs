//! Headers that a program sets itself: `setHeader(name, value)` and its relatives, and objects that name
//! headers (Next.js, Electron, `writeHead`).

use super::Program;
use super::helmet::header;
use super::names;
use super::nodes::{Import, In, place, range};
use super::value::{Value, What};
use crate::response::{Header, Response, State};
use crate::text::Text;
use crate::words::header::known;
use oxc_ast::ast::{Argument, Expression, JSXAttributeItem, JSXAttributeValue, UnaryOperator};
use std::collections::BTreeMap;
use std::ops::Range;

const SETTERS: &[&str] = &[
    "set",
    "setHeader",
    "header",
    "append",
    "appendHeader",
    "setResponseHeader",
    "add",
    "addHeader",
];
const REMOVERS: &[&str] = &["removeHeader", "delete", "remove", "removeResponseHeader"];

/// A header with where it belongs to: all with one key are of one response.
struct Set {
    group: Range<usize>,
    scope: String,
    header: Header,
}

/// Adds the responses whose headers a file sets.
pub(super) fn look(program: &Program<'_, '_>, out: &mut Vec<Response>) {
    let mut all = Vec::new();
    calls(program, &mut all);
    objects(program, &mut all);
    assignments(program, &mut all);
    let mut groups: BTreeMap<(usize, usize), (String, Vec<Header>)> = BTreeMap::new();
    for set in all {
        let key = (set.group.start, set.group.end);
        let (_, headers) = groups.entry(key).or_insert_with(|| (set.scope, Vec::new()));
        headers.push(set.header);
    }
    for ((start, _), (scope, mut headers)) in groups {
        headers.sort_by_key(|header| header.place.start);
        out.push(response(program, "javascript", scope, start, headers));
    }
    for (place, value, late) in metas(program) {
        let mut one = header("content-security-policy", value, place.clone(), State::Sent);
        one.meta = Some(late);
        let mut response = response(program, "html", "<meta>".to_owned(), place.start, vec![one]);
        response.serves = crate::Serves::Html;
        out.push(response);
    }
}

fn response(
    program: &Program<'_, '_>,
    carrier: &'static str,
    scope: String,
    start: usize,
    headers: Vec<Header>,
) -> Response {
    Response {
        carrier,
        path: program.path.to_owned(),
        scope,
        place: start..start,
        serves: program.serves,
        tls: None,
        closed: false,
        headers,
    }
}

/// What is around a part, as the group of a response.
fn group<T>(program: &Program<'_, '_>, one: &In<T>, name: &str) -> Range<usize> {
    // Who may read an answer is mostly decided by the origin, a branch for each.
    if name.starts_with("access-control-") {
        return one.block.clone();
    }
    let mut at = one.around;
    while let Some(around) = at.and_then(|at| program.nodes.around.get(at)) {
        if !around.catch {
            return around.place.clone();
        }
        at = around.outer;
    }
    0..program.text.len()
}

/// A header and what its value says of it.
fn with_value(name: &str, place: Range<usize>, value: &Value) -> Header {
    match &value.what {
        What::Text(text) if !all_dynamic(text) => header(name, text.clone(), place, State::Sent),
        // Electron wants a list of one; Node takes several.
        What::List(list) if !list.is_empty() && list.iter().all(|one| one.text().is_some()) => {
            let mut text = Text::default();
            super::value::join(list, ", ", &value.place, &mut text);
            header(name, text, place, State::Sent)
        }
        What::Number(_) | What::Bool(true) => {
            let mut text = Text::default();
            value.write(&mut text);
            header(name, text, place, State::Sent)
        }
        // CloudFront hands headers over as objects, or as lists of them.
        What::Object(object)
            if object
                .get("value")
                .is_some_and(|one| one.value.text().is_some()) =>
        {
            match object.get("value") {
                Some(entry) => with_value(name, place, &entry.value),
                None => header(name, Text::default(), place, State::Undecidable),
            }
        }
        What::List(list) if list.len() == 1 => match list.first() {
            Some(one) if one.object().is_some() => with_value(name, place, one),
            _ => header(name, Text::default(), place, State::Undecidable),
        },
        What::Null | What::Undefined | What::Bool(false) => {
            header(name, Text::default(), place, State::Removed)
        }
        What::Text(text) => header(name, text.clone(), place, State::Undecidable),
        _ => header(name, Text::default(), place, State::Undecidable),
    }
}

fn all_dynamic(text: &Text) -> bool {
    let known = text.segments().iter().filter(|segment| !segment.dynamic);
    let known = known.map(|segment| segment.value.len()).sum::<usize>();
    known == 0 && !text.value().is_empty()
}

fn calls(program: &Program<'_, '_>, out: &mut Vec<Set>) {
    for call in program.live(&program.nodes.calls) {
        let callee = names::path(&call.node.callee);
        let Some(last) = callee.last() else {
            continue;
        };
        let sets = SETTERS.contains(last);
        let removes = REMOVERS.contains(last);
        let asks = callee.iter().any(|name| is_request(name));
        if !(sets || removes) || asks {
            continue;
        }
        // h3 takes the event first: setResponseHeader(event, name, value).
        for nth in 0..2 {
            let Some(argument) = call
                .node
                .arguments
                .get(nth)
                .and_then(Argument::as_expression)
            else {
                continue;
            };
            let name = program.eval.value(argument);
            let Some(name) = name.str().and_then(known) else {
                continue;
            };
            let at = place(argument);
            let value = program.eval.argument(&call.node.arguments, nth + 1);
            let header = match value {
                _ if removes => header(name, Text::default(), at, State::Removed),
                Some(value) => with_value(name, at, &value),
                None => continue,
            };
            out.push(Set {
                group: group(program, call, name),
                scope: call.names.first().cloned().unwrap_or_default(),
                header,
            });
            break;
        }
    }
}

fn is_request(name: &str) -> bool {
    names::words(name)
        .iter()
        .any(|word| word == "request" || word == "req" || word == "expect")
}

fn objects(program: &Program<'_, '_>, out: &mut Vec<Set>) {
    if program.only_in_development() {
        return;
    }
    for one in program.live(&program.nodes.objects) {
        let at = range(one.node.span);
        // Only an object that names a header is worth evaluating.
        let keys: Vec<_> = one
            .node
            .properties
            .iter()
            .filter_map(|property| property.as_property())
            .map(|property| property.key.static_name().unwrap_or_default())
            .collect();
        let named = keys.iter().any(|key| known(key).is_some());
        let paired = ["key", "name"]
            .into_iter()
            .find(|name| keys.iter().any(|key| key == name));
        let value_name = keys.iter().any(|key| key == "value").then_some("value");
        let computed = one
            .node
            .properties
            .iter()
            .filter_map(|property| property.as_property())
            .any(|property| property.computed);
        let pair = paired.zip(value_name);
        if !named && pair.is_none() && !computed {
            continue;
        }
        if one.names.iter().any(|name| is_request(name)) {
            continue;
        }
        let value = program.value_of_object(one.node);
        let Some(object) = value.object() else {
            continue;
        };
        let scope = one.names.first().cloned().unwrap_or_default();
        if let Some((key, value)) = pair
            && let (Some(key), Some(value)) = (object.get(key), object.get(value))
            && let Some(name) = key.value.str().and_then(known)
        {
            out.push(Set {
                group: one.array.clone().unwrap_or(at.clone()),
                scope: scope.clone(),
                header: with_value(name, key.value.place.clone(), &value.value),
            });
        }
        for entry in &object.entries {
            let inside = at.contains(&entry.at.start);
            if let Some(name) = known(&entry.key).filter(|_| inside) {
                out.push(Set {
                    group: at.clone(),
                    scope: scope.clone(),
                    header: with_value(name, entry.at.clone(), &entry.value),
                });
            }
        }
    }
}

fn assignments(program: &Program<'_, '_>, out: &mut Vec<Set>) {
    for one in program.live(&program.nodes.assignments) {
        let Some(target) = one.node.left.as_member_expression() else {
            continue;
        };
        let name = target.static_property_name().and_then(known);
        let Some(name) = name.filter(|_| {
            !names::path(target.object())
                .iter()
                .any(|name| is_request(name))
        }) else {
            continue;
        };
        let at = range(oxc_span::GetSpan::span(target));
        let value = program.eval.value(&one.node.right);
        out.push(Set {
            group: group(program, one, name),
            scope: one.names.first().cloned().unwrap_or_default(),
            header: with_value(name, at, &value),
        });
    }
    for one in program.live(&program.nodes.deletes) {
        if one.node.operator != UnaryOperator::Delete {
            continue;
        }
        let Some(target) = one.node.argument.as_member_expression() else {
            continue;
        };
        if let Some(name) = target.static_property_name().and_then(known) {
            let at = range(oxc_span::GetSpan::span(target));
            out.push(Set {
                group: group(program, one, name),
                scope: String::new(),
                header: header(name, Text::default(), at, State::Removed),
            });
        }
    }
}

/// Policies in `<meta httpEquiv="Content-Security-Policy" content=…>` of JSX, and whether each stands behind
/// a script or a style sheet.
fn metas(program: &Program<'_, '_>) -> Vec<(Range<usize>, Text, bool)> {
    let mut found = Vec::new();
    let mut late = false;
    for element in &program.nodes.elements {
        let name = element.name.get_identifier_name();
        let name = name
            .map(|name| name.as_str().to_owned())
            .unwrap_or_default();
        if ["script", "style", "Script"].contains(&name.as_str()) {
            late = true;
        }
        if name != "meta" {
            continue;
        }
        let attribute = |wanted: &[&str]| {
            element.attributes.iter().find_map(|item| match item {
                JSXAttributeItem::Attribute(one) => {
                    let name = one.name.as_identifier()?.name.as_str();
                    let value = one.value.as_ref().filter(|_| wanted.contains(&name))?;
                    Some((range(one.span), value))
                }
                JSXAttributeItem::SpreadAttribute(_) => None,
            })
        };
        let value = |value: &JSXAttributeValue<'_>| match value {
            JSXAttributeValue::StringLiteral(text) => {
                let at = range(text.span);
                let mut out = Text::default();
                out.push(text.value.as_str(), at.start + 1..at.end.saturating_sub(1));
                Some(out)
            }
            _ => None,
        };
        let Some((place, equivalent)) = attribute(&["httpEquiv", "http-equiv"]) else {
            continue;
        };
        let is_policy = value(equivalent)
            .is_some_and(|text| text.value().eq_ignore_ascii_case("content-security-policy"));
        if !is_policy {
            continue;
        }
        let content = match attribute(&["content"]) {
            Some((_, JSXAttributeValue::ExpressionContainer(container))) => {
                let expression = container.expression.as_expression();
                let text = expression.and_then(|one| program.meta_value(one));
                text.unwrap_or_default()
            }
            Some((_, other)) => value(other).unwrap_or_default(),
            None => continue,
        };
        found.push((place, content, late));
    }
    found
}

/// Whether a name was brought in from one of these modules.
pub(super) fn is_from<'n>(
    program: &'n Program<'_, '_>,
    name: &str,
    modules: &[&str],
) -> Option<&'n Import> {
    let import = program.nodes.imports.get(name)?;
    modules.contains(&import.module.as_str()).then_some(import)
}

/// Whether an expression is a call of `require` for one of these modules.
pub(super) fn is_required(expression: &Expression<'_>, modules: &[&str]) -> bool {
    match expression.get_inner_expression() {
        Expression::CallExpression(call) if call.callee.is_specific_id("require") => {
            let module = call.arguments.first().and_then(Argument::as_expression);
            matches!(module, Some(Expression::StringLiteral(text)) if modules.contains(&text.value.as_str()))
        }
        _ => false,
    }
}
