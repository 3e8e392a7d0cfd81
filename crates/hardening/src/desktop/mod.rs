//! Applications around a browser: Tauri, extensions of browsers, and Keycloak's realms, whose pages get
//! headers by a file in JSON.

use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;

/// Their files.
pub(crate) const KIND: Kind = Kind {
    name: "application manifest",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let tauri =
        name.starts_with("tauri.") && (name.ends_with("conf.json") || name.ends_with("conf.json5"));
    let manifest = name.starts_with("manifest") && name.ends_with(".json");
    let realm = name.contains("realm") && name.ends_with(".json");
    tauri || manifest || realm
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let words = [
        "\"security\"",
        "content_security_policy",
        "browserSecurityHeaders",
        "\"csp\"",
    ];
    if !words.iter().any(|word| text.contains(word)) {
        return;
    }
    // It refuses what is nested more than 512 times.
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
    let value = match parsed.map(|parsed| parsed.value) {
        Ok(Some(Value::Object(object))) => object,
        Ok(_) => return,
        Err(_) => {
            found.gaps.push(Gap {
                path: look.file.path.clone(),
                reason: "it is no JSON".to_owned(),
                template: text.contains("{{") || text.contains("<%"),
            });
            return;
        }
    };
    let mut add = |carrier, scope: &str, headers: Vec<Header>| {
        let Some(first) = headers.first() else {
            return;
        };
        let start = first.place.start;
        found.responses.push(Response {
            carrier,
            path: look.file.path.clone(),
            scope: scope.to_owned(),
            place: start..start,
            serves: Serves::Html,
            tls: None,
            closed: false,
            headers,
        });
    };
    // Version 2 says `app`, version 1 `tauri`.
    for root in ["app", "tauri"] {
        let security = object(&value, root).and_then(|root| object(root, "security"));
        let csp = security.and_then(|security| property(security, "csp"));
        add(
            "tauri",
            root,
            csp.map(|csp| tauri(text, csp)).into_iter().collect(),
        );
    }
    if property(&value, "manifest_version").is_some() {
        for (scope, property) in extension(&value) {
            add(
                "extension",
                scope,
                written(text, "content-security-policy", property)
                    .into_iter()
                    .collect(),
            );
        }
    }
    if let Some(headers) = object(&value, "browserSecurityHeaders") {
        add("keycloak", "realm", realm(text, headers));
    }
}

fn property<'o, 'a>(object: &'o Object<'a>, name: &str) -> Option<&'o ObjectProp<'a>> {
    object
        .properties
        .iter()
        .rev()
        .find(|one| one.name.as_str() == name)
}

fn object<'o, 'a>(outer: &'o Object<'a>, name: &str) -> Option<&'o Object<'a>> {
    match &property(outer, name)?.value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

/// The bytes of a property's name.
fn name_of(property: &ObjectProp<'_>) -> Range<usize> {
    let whole = property.range();
    whole.start..whole.start + property.name.as_str().len() + 2
}

fn header(name: &str, value: Text, place: Range<usize>, state: State) -> Header {
    Header {
        name: name.to_owned(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

/// A text as it is written, when it stands on its own.
fn text_of(text: &str, value: &Value<'_>) -> Option<Text> {
    let Value::StringLit(literal) = value else {
        return None;
    };
    let whole = literal.range();
    let inside = whole.start + 1..whole.end.saturating_sub(1);
    let mut out = Text::default();
    match text.get(inside.clone()) {
        Some(raw) if raw == literal.value.as_ref() => out.push(raw, inside),
        _ => out.push(literal.value.as_ref(), inside),
    }
    Some(out)
}

/// A header that a property says; nothing for an empty one.
fn written(text: &str, name: &str, property: &ObjectProp<'_>) -> Option<Header> {
    let value = text_of(text, &property.value)?;
    if value.value().trim().is_empty() {
        return None;
    }
    Some(header(name, value, name_of(property), State::Sent))
}

/// `"csp": "…"`, `{ "default-src": "…" or […] }`, or `null` for none.
fn tauri(text: &str, csp: &ObjectProp<'_>) -> Header {
    let name = "content-security-policy";
    let place = name_of(csp);
    let directives = match &csp.value {
        Value::StringLit(_) => {
            let value = text_of(text, &csp.value).unwrap_or_default();
            return header(name, value, place, State::Sent);
        }
        Value::Object(directives) => directives,
        Value::NullKeyword(_) => return header(name, Text::default(), place, State::Disabled),
        _ => return header(name, Text::default(), place, State::Undecidable),
    };
    let mut out = Text::default();
    for directive in &directives.properties {
        let at = name_of(directive);
        if !out.value().is_empty() {
            out.push("; ", at.start..at.start);
        }
        out.push(directive.name.as_str(), at.start + 1..at.end - 1);
        let list = match &directive.value {
            Value::Array(array) => array.elements.iter().collect(),
            other => vec![other],
        };
        for value in list.into_iter().filter_map(|one| text_of(text, one)) {
            let place = value.file();
            out.push(" ", place.start..place.start);
            out.push(value.value(), place);
        }
    }
    header(name, out, place, State::Sent)
}

/// Version 2 of manifests has one text, version 3 one for each kind of page.
fn extension<'o, 'a>(manifest: &'o Object<'a>) -> Vec<(&'static str, &'o ObjectProp<'a>)> {
    let Some(csp) = property(manifest, "content_security_policy") else {
        return Vec::new();
    };
    match &csp.value {
        Value::Object(pages) => {
            // Pages in a sandbox have no rights to lose.
            let pages = property(pages, "extension_pages");
            pages
                .map(|pages| ("extension_pages", pages))
                .into_iter()
                .collect()
        }
        _ => vec![("extension", csp)],
    }
}

fn realm(text: &str, headers: &Object<'_>) -> Vec<Header> {
    const NAMES: &[(&str, &str)] = &[
        ("contentSecurityPolicy", "content-security-policy"),
        (
            "contentSecurityPolicyReportOnly",
            "content-security-policy-report-only",
        ),
        ("xFrameOptions", "x-frame-options"),
        ("xContentTypeOptions", "x-content-type-options"),
        ("strictTransportSecurity", "strict-transport-security"),
        ("referrerPolicy", "referrer-policy"),
        ("xXSSProtection", "x-xss-protection"),
    ];
    let one = |(key, name): &(&str, &str)| written(text, name, property(headers, key)?);
    NAMES.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use crate::response::State;
    use crate::{File, Header, Options, Tree, scan};

    fn headers(path: &str, text: &str) -> Vec<Header> {
        let mut tree = Tree::default();
        tree.add(File::new(path, text.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        scanned
            .responses
            .into_iter()
            .flat_map(|one| one.headers)
            .collect()
    }

    #[test]
    fn policies_of_applications() {
        let path = "src-tauri/tauri.conf.json";
        let text = r#"{"app": {"security": {"csp": {"default-src": "'self'", "img-src": ["'self'", "asset:"]}}}}"#;
        assert_eq!(
            headers(path, text)[0].value.value(),
            "default-src 'self'; img-src 'self' asset:"
        );
        let text = r#"{"tauri": {"security": {"csp": null}}} // version 1"#;
        assert_eq!(headers(path, text)[0].state, State::Disabled);
        let path = "extension/manifest.json";
        let text = r#"{"manifest_version": 3, "content_security_policy": {"extension_pages": "script-src 'self'"}}"#;
        let found = headers(path, text);
        assert_eq!(text.get(found[0].value.file()), Some("script-src 'self'"));
        let text = r#"{"manifest_version": 2, "content_security_policy": "script-src 'self' 'unsafe-eval'"}"#;
        assert_eq!(headers(path, text).len(), 1);
        assert!(
            headers(
                path,
                r#"{"name": "page", "content_security_policy": "img-src *"}"#
            )
            .is_empty()
        );
        let realm = r#"{"browserSecurityHeaders": {"contentSecurityPolicy": "frame-src 'self'", "xFrameOptions": "SAMEORIGIN", "referrerPolicy": ""}}"#;
        assert_eq!(headers("keycloak/realm-shop.json", realm).len(), 2);
    }
}
