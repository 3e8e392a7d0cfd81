//! Directives as objects of options name them, with the defaults of helmet 8
//! (`middlewares/content-security-policy/index.ts` of helmetjs/helmet).

use super::Program;
use super::helmet::header;
use super::value::{Entry, Object, Value, What, append, stand_in};
use crate::response::{Header, State};
use crate::text::Text;
use std::ops::Range;

/// Directives that are sent when nobody says otherwise.
const DEFAULTS: &[(&str, &[&str])] = &[
    ("default-src", &["'self'"]),
    ("base-uri", &["'self'"]),
    ("font-src", &["'self'", "https:", "data:"]),
    ("form-action", &["'self'"]),
    ("frame-ancestors", &["'self'"]),
    ("img-src", &["'self'", "data:"]),
    ("object-src", &["'none'"]),
    ("script-src", &["'self'"]),
    ("script-src-attr", &["'none'"]),
    ("style-src", &["'self'", "https:", "'unsafe-inline'"]),
    ("upgrade-insecure-requests", &[]),
];

/// The default directives as an object of the program; all of it stands at `at`.
pub(super) fn defaults(at: &Range<usize>) -> Object {
    let entry = |(name, values): &(&str, &[&str])| {
        let text = |value: &&str| {
            let mut text = Text::default();
            text.push(value, at.clone());
            Value::new(at.clone(), What::Text(text))
        };
        let list = values.iter().map(text).collect();
        Entry {
            key: (*name).to_owned(),
            at: at.clone(),
            value: Value::new(at.clone(), What::List(list)),
        }
    };
    Object {
        entries: DEFAULTS.iter().map(entry).collect(),
        open: false,
    }
}

/// The policy that options of `contentSecurityPolicy` make.
pub(super) fn policy(
    program: &Program<'_, '_>,
    options: Option<&Value>,
    at: &Range<usize>,
) -> Header {
    let name = "content-security-policy";
    let empty = Object::default();
    let options = match options.map(|options| &options.what) {
        None | Some(What::Undefined | What::Bool(true)) => &empty,
        Some(What::Bool(false)) => {
            return header(name, Text::default(), at.clone(), State::Disabled);
        }
        Some(What::Object(object)) => object,
        Some(_) => return header(name, Text::default(), at.clone(), State::Undecidable),
    };
    let name = match options.get("reportOnly") {
        Some(entry) if entry.value.truth() == Some(true) => "content-security-policy-report-only",
        _ => name,
    };
    let directives = match options.get("directives").map(|entry| &entry.value.what) {
        Some(What::Object(object)) => object,
        None if !options.open => &empty,
        _ => return header(name, Text::default(), at.clone(), State::Undecidable),
    };
    let use_defaults = match options.get("useDefaults").map(|entry| &entry.value) {
        Some(value) => value.truth() != Some(false),
        // Before version 5 what is given is all that is sent.
        None => program.helmet.is_none_or(|version| version >= 5) || directives.entries.is_empty(),
    };
    let given: Vec<(String, &Entry)> = directives
        .effective()
        .into_iter()
        .map(|entry| (dashed(&entry.key), entry))
        .collect();
    let mut text = Text::default();
    let mut said = Vec::new();
    if use_defaults {
        for (name, values) in DEFAULTS {
            match given.iter().find(|(given, _)| given == name) {
                Some((_, entry)) => directive(name, entry, &mut text),
                None => {
                    between(&mut text, at);
                    text.push(name, at.clone());
                    for value in *values {
                        text.push(" ", at.clone());
                        text.push(value, at.clone());
                    }
                }
            }
            said.push(*name);
        }
    }
    for (name, entry) in &given {
        if !said.contains(&name.as_str()) {
            directive(name, entry, &mut text);
        }
    }
    if text.value().is_empty() {
        return header(name, text, at.clone(), State::Undecidable);
    }
    header(name, text, at.clone(), State::Sent)
}

fn between(text: &mut Text, at: &Range<usize>) {
    if !text.value().is_empty() {
        text.push(";", at.clone());
    }
}

/// Writes a directive with its values, as objects of options say them.
pub(super) fn directive(name: &str, entry: &Entry, out: &mut Text) {
    let value = &entry.value;
    if matches!(value.what, What::Null | What::Undefined | What::Bool(false)) {
        return;
    }
    between(out, &entry.at);
    out.push(name, entry.at.clone());
    let mut write = |one: &Value| {
        if matches!(one.what, What::Null | What::Undefined | What::Bool(_)) {
            return;
        }
        out.push(" ", one.place.start..one.place.start);
        match &one.what {
            What::Text(text) => append(out, text),
            // A function is asked at each request; most make a nonce.
            What::Function(None) => {
                out.push_dynamic("'nonce-bm9uY2Vub25jZW5vbmNl'", one.place.clone())
            }
            What::Function(Some(value)) => value.write(out),
            What::Unknown => out.push_dynamic(stand_in(""), one.place.clone()),
            _ => one.write(out),
        }
    };
    match &value.what {
        What::List(list) => list.iter().for_each(&mut write),
        _ => write(value),
    }
}

/// Adds a nonce to scripts and styles, as @fastify/helmet does.
pub(super) fn with_nonces(text: &Text, at: &Range<usize>) -> Text {
    let mut out = Text::default();
    let mut open = false;
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        if part.starts_with(';') && open {
            out.push_dynamic(" 'nonce-bm9uY2Vub25jZW5vbmNl'", at.clone());
            open = false;
        }
        open |= part == "script-src" || part == "style-src";
        match segment.dynamic {
            true => out.push_dynamic(part, segment.file.clone()),
            false => out.push(part, segment.file.clone()),
        }
    }
    if open {
        out.push_dynamic(" 'nonce-bm9uY2Vub25jZW5vbmNl'", at.clone());
    }
    out
}

/// `scriptSrcElem` is `script-src-elem`.
pub(super) fn dashed(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() && !name.contains('-') {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
