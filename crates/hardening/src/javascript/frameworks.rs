//! Policies that frameworks make of their configuration: nuxt-security, CloudFront, and options of helmet that are
//! handed to it elsewhere.

use super::Program;
use super::directives::{dashed, directive, policy};
use super::helmet::header;
use super::names;
use super::nodes::{Means, range};
use super::sites::{astro, svelte_kit};
use super::value::{Entry, Object, Value, What};
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use std::ops::Range;

/// What nuxt-security sends when nobody says otherwise (`src/defaultConfig.ts` of Baroshem/nuxt-security 2).
const NUXT: &[(&str, &str)] = &[
    ("base-uri", "'none'"),
    ("font-src", "'self' https: data:"),
    ("form-action", "'self'"),
    ("frame-ancestors", "'self'"),
    ("img-src", "'self' data:"),
    ("object-src", "'none'"),
    ("script-src-attr", "'none'"),
    ("style-src", "'self' https: 'unsafe-inline'"),
    (
        "script-src",
        "'self' https: 'unsafe-inline' 'strict-dynamic' 'nonce-{{nonce}}'",
    ),
    ("upgrade-insecure-requests", ""),
];

/// Adds the responses that a framework's configuration makes.
pub(super) fn look(program: &Program<'_, '_>, out: &mut Vec<Response>) {
    let name = program.path.rsplit('/').next().unwrap_or_default();
    let mut add = |carrier, header: Header| {
        out.push(Response {
            carrier,
            path: program.path.to_owned(),
            scope: String::new(),
            place: header.place.clone(),
            serves: match carrier {
                "helmet" => program.serves,
                _ => Serves::Html,
            },
            tls: None,
            closed: false,
            headers: vec![header],
        });
    };
    let nuxt = name.starts_with("nuxt.config.");
    let svelte = name.starts_with("svelte.config.")
        || name.starts_with("vite.config.") && program.text.contains("sveltekit(");
    let is_astro = name.starts_with("astro.config.");
    let mut secured = false;
    let by_helmet: Vec<Range<usize>> = program
        .nodes
        .calls
        .iter()
        .map(|call| range(call.node.span))
        .collect();
    let mut looked = 0;
    for one in program.live(&program.nodes.objects) {
        let has = |key: &str| {
            let mut properties = one
                .node
                .properties
                .iter()
                .filter_map(|one| one.as_property());
            properties.any(|property| property.key.static_name().as_deref() == Some(key))
        };
        if nuxt && has("security") && program.text.contains("nuxt-security") {
            let value = program.value_of_object(one.node);
            if let Some(entry) = value.object().and_then(|object| object.get("security")) {
                secured = true;
                add("nuxt-security", nuxt_security(entry));
            }
        } else if svelte && has("csp") {
            let value = program.value_of_object(one.node);
            if let Some(csp) = value.object().and_then(|object| object.get("csp")) {
                for header in svelte_kit(csp) {
                    add("sveltekit", header);
                }
            }
        } else if is_astro && has("csp") {
            let value = program.value_of_object(one.node);
            let csp = value.object().and_then(|object| object.get("csp"));
            if let Some(header) = csp.and_then(astro) {
                add("astro", header);
            }
        } else if has("contentSecurityPolicy") && has("override") {
            // The inner one of CloudFront's two, in the cloud development kit.
            let value = program.value_of_object(one.node);
            let entry = value
                .object()
                .and_then(|object| object.get("contentSecurityPolicy"));
            if let Some((entry, text)) = entry.and_then(|entry| Some((entry, entry.value.text()?)))
            {
                let name = "content-security-policy";
                add(
                    "cloudfront",
                    header(name, text.clone(), entry.at.clone(), State::Sent),
                );
            }
        } else if !nuxt && has("contentSecurityPolicy") {
            // Calls were looked at before; this is for options that another file hands on.
            let at = range(one.node.span);
            let inside = |call: &Range<usize>| call.start < at.start && at.end <= call.end;
            let names_helmet = |call: &Range<usize>| {
                let before = program.text.get(call.start..at.start).unwrap_or_default();
                before.to_ascii_lowercase().contains("helmet")
            };
            looked += 1;
            if looked > 20 {
                continue;
            }
            let handed = by_helmet
                .iter()
                .any(|call| inside(call) && names_helmet(call));
            let used = one.names.first().is_some_and(|name| is_used(program, name));
            if handed || used {
                continue;
            }
            let value = program.value_of_object(one.node);
            let entry = value
                .object()
                .and_then(|object| object.get("contentSecurityPolicy"));
            let Some(entry) = entry else { continue };
            let directives = entry
                .value
                .object()
                .is_some_and(|object| object.get("directives").is_some());
            if directives {
                add("helmet", policy(program, Some(&entry.value), &entry.at));
            }
        }
    }
    // The module alone sends its defaults.
    if let Some(at) = module(program).filter(|_| nuxt && !secured) {
        let value = Value::new(at.clone(), What::Bool(true));
        let key = "security".to_owned();
        add("nuxt-security", nuxt_security(&Entry { key, at, value }));
    }
}

/// The place where the module of nuxt-security is named in a configuration.
fn module(program: &Program<'_, '_>) -> Option<Range<usize>> {
    let at = program.text.find("nuxt-security")?;
    let before = program.text.get(..at)?;
    let listed = before.ends_with(['\'', '"', '`']) && before.contains("modules");
    listed.then(|| at..at + "nuxt-security".len())
}

/// Whether an object of this name is an argument of helmet in this file.
fn is_used(program: &Program<'_, '_>, name: &str) -> bool {
    let used = |call: &str| program.text.contains(&format!("{call}({name}"));
    used("helmet")
        || program.text.contains(&format!("elmet, {name}"))
        || program.text.contains(&format!("...{name}"))
}

fn nuxt_security(security: &Entry) -> Header {
    let name = "content-security-policy";
    let at = &security.at;
    let state = |state| header(name, Text::default(), at.clone(), state);
    let empty = Object::default();
    let options = match &security.value.what {
        What::Object(object) => object,
        What::Bool(true) => &empty,
        What::Bool(false) => return state(State::Disabled),
        _ => return state(State::Undecidable),
    };
    let headers = match options
        .get("headers")
        .map(|entry| (&entry.value.what, &entry.at))
    {
        Some((What::Object(object), _)) => object,
        Some((What::Bool(false), at)) => {
            return header(name, Text::default(), at.clone(), State::Disabled);
        }
        None => &empty,
        _ => return state(State::Undecidable),
    };
    let (directives, at) = match headers.get("contentSecurityPolicy") {
        None => (&empty, at.clone()),
        Some(entry) => match &entry.value.what {
            What::Object(object) => (object, entry.at.clone()),
            What::Bool(false) => {
                return header(name, Text::default(), entry.at.clone(), State::Disabled);
            }
            What::Bool(true) => (&empty, entry.at.clone()),
            _ => return header(name, Text::default(), entry.at.clone(), State::Undecidable),
        },
    };
    let given: Vec<(String, &Entry)> = directives
        .effective()
        .into_iter()
        .map(|entry| (dashed(&entry.key), entry))
        .collect();
    let mut text = Text::default();
    for (name, values) in NUXT {
        if given.iter().any(|(given, _)| given == name) {
            continue;
        }
        if !text.value().is_empty() {
            text.push(";", at.clone());
        }
        text.push(name, at.clone());
        for value in values.split_whitespace() {
            text.push(" ", at.clone());
            text.push_maybe_nonce(value, &at);
        }
    }
    for (name, entry) in &given {
        directive(name, entry, &mut text);
    }
    header(name, nonces(&text), at, State::Sent)
}

trait MaybeNonce {
    fn push_maybe_nonce(&mut self, value: &str, at: &Range<usize>);
}

impl MaybeNonce for Text {
    /// nuxt-security writes `{{nonce}}` where each response has its own.
    fn push_maybe_nonce(&mut self, value: &str, at: &Range<usize>) {
        match value.contains("{{nonce}}") {
            true => self.push_dynamic("'nonce-bm9uY2Vub25jZW5vbmNl'", at.clone()),
            false => self.push(value, at.clone()),
        }
    }
}

fn nonces(text: &Text) -> Text {
    let mut out = Text::default();
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        match segment.dynamic {
            true => out.push_dynamic(part, segment.file.clone()),
            false => out.push_maybe_nonce(part, &segment.file),
        }
    }
    out
}

/// Policies in modules that hold nothing else, for others to send.
pub(super) fn held(program: &Program<'_, '_>, out: &mut Vec<Response>) {
    let is_policy = |header: &Header| header.name.starts_with("content-security-policy");
    if out
        .iter()
        .flat_map(|response| &response.headers)
        .any(is_policy)
    {
        return;
    }
    for (name, bindings) in &program.nodes.bindings {
        let words = names::words(name);
        let named = words.iter().any(|word| word == "csp")
            || words.windows(2).any(|two| two == ["security", "policy"]);
        let Some(Means::Expression(init)) = bindings.first().map(|one| one.means).filter(|_| named)
        else {
            continue;
        };
        let value = program.eval.value(init);
        if let Some(text) = value.text().filter(|text| looks_like_policy(text.value())) {
            let place = value.place.clone();
            out.push(Response {
                carrier: "javascript",
                path: program.path.to_owned(),
                scope: (*name).to_owned(),
                place: place.start..place.start,
                serves: program.serves,
                tls: None,
                closed: false,
                headers: vec![header(
                    "content-security-policy",
                    text.clone(),
                    place,
                    State::Sent,
                )],
            });
        }
    }
}

/// Whether a text is a policy by the look of it.
fn looks_like_policy(text: &str) -> bool {
    let directives = text.split(';').filter(|part| {
        let name = part.split_whitespace().next().unwrap_or_default();
        name.ends_with("-src") || ["base-uri", "form-action", "frame-ancestors"].contains(&name)
    });
    directives.count() >= 2
}
