//! Configuration of frameworks that name headers: `application.yml` and `.properties` of Spring, Quarkus and
//! Micronaut, packages of Symfony.

use super::known;
use super::policy::{self, Policy};
use super::responses::{header, response};
use super::value::{Value, What};
use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::{Header, State};
use crate::text::Text;
use crate::yaml::{self, Node};
use std::ops::Range;

/// Their files.
pub(crate) const KIND: Kind = Kind {
    name: "framework configuration",
    fits,
    look,
};

/// Maps inside of one another, at most.
const DEEPEST: usize = 24;
/// Headers of one file, at most.
const MOST: usize = 200;
const CSP: &str = "content-security-policy";
const ORIGIN: &str = "access-control-allow-origin";

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let spring = ["application", "bootstrap"]
        .iter()
        .any(|start| name.starts_with(start));
    let symfony = path.contains("config/packages/");
    yaml && (spring || symfony || name.starts_with("nelmio"))
        || name.ends_with(".properties") && (spring || name.starts_with("microprofile-config"))
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let lower = text.to_ascii_lowercase();
    let words = [
        "security-policy",
        "securitypolicy",
        "security_policy",
        "nelmio",
        "x-frame",
        "strict-transport",
        "alloworigin",
        "allow-origin",
        "allowedorigin",
        "allowed-origin",
        "origins",
    ];
    if !words.iter().any(|word| lower.contains(word)) {
        return;
    }
    let path = look.file.path.as_str();
    let mut groups: Vec<Vec<Header>> = Vec::new();
    if path.ends_with(".properties") {
        groups.push(properties(text));
    } else {
        match yaml::parse(text) {
            Ok(documents) => {
                for document in &documents {
                    let mut plain = Vec::new();
                    walk(document, 0, &mut plain, &mut groups);
                    groups.push(plain);
                }
            }
            Err(error) => found.gaps.push(Gap {
                path: path.to_owned(),
                reason: error.0.to_owned(),
                template: yaml::is_template(text),
            }),
        }
    }
    for headers in groups {
        found.responses.extend(response(
            "settings",
            path,
            "",
            headers.into_iter().take(MOST).collect(),
        ));
    }
}

/// The header that a key names, also in the ways of Java.
fn named(key: &str) -> Option<&'static str> {
    known::header(key).or_else(|| {
        let squeezed = key.to_ascii_lowercase().replace(['-', '_'], "");
        match squeezed.as_str() {
            "contentsecuritypolicy" | "policydirectives" => Some(CSP),
            "contentsecuritypolicyreportonly" => Some("content-security-policy-report-only"),
            _ => None,
        }
    })
}

fn walk(node: &Node, depth: usize, plain: &mut Vec<Header>, groups: &mut Vec<Vec<Header>>) {
    if depth > DEEPEST || plain.len() > MOST || groups.len() > MOST {
        return;
    }
    for item in node.items() {
        walk(item, depth + 1, plain, groups);
    }
    groups.extend(origins(node));
    for (key, value) in node.entries() {
        let text = value
            .text()
            .map(|_| &**value)
            .or_else(|| value.get("value").map(|value| &**value));
        let policy = named(&key.text).zip(text);
        if let Some((name, value)) = policy
            && known::is_plausible(name, value.text().unwrap_or_default())
        {
            plain.push(header(name, scalar(value), key.place.clone(), State::Sent));
            continue;
        }
        if &*key.text == "csp" || &*key.text == "nelmio_security" {
            for (kind, name) in [
                ("enforce", CSP),
                ("report", "content-security-policy-report-only"),
            ] {
                if let Some((key, directives)) = value.entry(kind) {
                    groups.extend(
                        nelmio(directives, key.place.clone(), name).map(|header| vec![header]),
                    );
                }
            }
        }
        walk(value, depth + 1, plain, groups);
    }
}

/// A scalar as a text; what is folded over lines has one place only.
fn scalar(node: &Node) -> Text {
    let value = node.text().unwrap_or_default();
    match node.text_at() {
        Some(at) => Text::plain(value, at),
        None => {
            let mut text = Text::default();
            text.push(value, node.place.clone());
            text
        }
    }
}

/// The directives of nelmio/security-bundle.
fn nelmio(directives: &Node, place: Range<usize>, name: &str) -> Option<Header> {
    let mut policy = Policy::default();
    for (key, value) in directives.entries() {
        let Some(directive) = policy::directive(&key.text.replace('-', "_")) else {
            continue;
        };
        if value.truth() == Some(false) {
            continue;
        }
        policy.directive(&directive, key.place.clone());
        let items: Vec<&Node> = match value.items() {
            [] => vec![value],
            items => items.iter().map(|item| &**item).collect(),
        };
        for item in items
            .into_iter()
            .filter(|item| item.text().is_some() && item.truth().is_none())
        {
            let value = Value::new(What::Text(scalar(item)), item.place.clone());
            policy.value(&directive, &value, &policy::word);
        }
    }
    (!policy.is_empty()).then(|| {
        header(
            name,
            policy.text().begins_at(place.start),
            place,
            State::Sent,
        )
    })
}

/// `allowedOrigins: "*"` with `allowCredentials: true` beside it.
fn origins(node: &Node) -> Option<Vec<Header>> {
    let squeezed = |key: &str| key.to_ascii_lowercase().replace(['-', '_'], "");
    let find = |names: &[&str]| {
        let mut entries = node.entries().iter();
        entries.find(|(key, _)| names.contains(&squeezed(&key.text).as_str()))
    };
    let (_, sites) = find(&["allowedorigins", "alloworigin", "allowedoriginpatterns"])?;
    let items = sites.items().iter().map(|item| &**item);
    let every = items
        .chain([&**sites])
        .find(|item| item.text() == Some("*"))?;
    let mut headers = vec![header(
        ORIGIN,
        scalar(every),
        every.place.clone(),
        State::Sent,
    )];
    let credentials = find(&["allowcredentials"]).filter(|(_, value)| value.truth() == Some(true));
    if let Some((key, value)) = credentials {
        let mut text = Text::default();
        text.push("true", value.place.clone());
        headers.push(header(
            "access-control-allow-credentials",
            text,
            key.place.clone(),
            State::Sent,
        ));
    }
    Some(headers)
}

/// `key=value` lines: `quarkus.http.header."Content-Security-Policy".value=…`
fn properties(text: &str) -> Vec<Header> {
    let mut headers = Vec::new();
    let mut at = 0;
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let start = at;
        at += line.len();
        let trimmed = line.trim_start();
        let commented = trimmed.starts_with(['#', '!']);
        let Some(sign) = line
            .find(['='])
            .or_else(|| line.find(':'))
            .filter(|_| !commented)
        else {
            continue;
        };
        let key = line.get(..sign).unwrap_or_default().trim();
        let parts = key.split(['.', '"']).rev().filter(|part| !part.is_empty());
        let Some(name) = parts.take(2).find_map(named) else {
            continue;
        };
        let mut value = Text::default();
        let mut piece = (start + sign + 1, line.get(sign + 1..).unwrap_or_default());
        loop {
            let body = piece.1.trim_end_matches(['\n', '\r']);
            let more = body.ends_with('\\');
            let body = body.trim_end_matches('\\');
            let from = body.len() - body.trim_start().len();
            let words = body.get(from..).unwrap_or_default();
            value.push(words, piece.0 + from..piece.0 + from + words.len());
            match lines.next().filter(|_| more) {
                Some(next) => {
                    piece = (at, next);
                    at += next.len();
                }
                None => break,
            }
        }
        if known::is_plausible(name, value.value()) {
            let first = start + (line.len() - trimmed.len());
            headers.push(header(name, value, first..first + key.len(), State::Sent));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use crate::{File, Options, Tree, scan};

    fn policies(path: &str, text: &str) -> Vec<(String, String)> {
        let mut tree = Tree::default();
        tree.add(File::new(path, text.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        let all = scanned.responses.into_iter().flat_map(|one| one.headers);
        all.map(|one| {
            let at = one.value.segments().first().map(|first| first.file.start);
            let line = 1 + text.get(..at.unwrap()).unwrap().matches('\n').count();
            (format!("{line} {}", one.name), one.value.value().to_owned())
        })
        .collect()
    }

    #[test]
    fn headers_in_configuration() {
        let csp = |line: usize, value: &str| {
            vec![(format!("{line} content-security-policy"), value.to_owned())]
        };
        assert_eq!(
            policies(
                "src/main/resources/application.yml",
                "shop:\n  security:\n    content-security-policy: \"default-src 'self'; img-src *\"\n"
            ),
            csp(3, "default-src 'self'; img-src *")
        );
        assert_eq!(
            policies(
                "application-prod.properties",
                "# a: b\nquarkus.http.header.\"Content-Security-Policy\".value=default-src 'self'; \\\n  img-src *\n"
            ),
            csp(2, "default-src 'self'; img-src *")
        );
        assert_eq!(
            policies(
                "config/packages/nelmio_security.yaml",
                "nelmio_security:\n  csp:\n    enforce:\n      default-src: ['self']\n      script-src:\n        - self\n        - unsafe-inline\n      block-all-mixed-content: true\n"
            ),
            csp(
                4,
                "default-src 'self'; script-src 'self' 'unsafe-inline'; block-all-mixed-content"
            )
        );
        assert!(
            policies(
                "application.yml",
                "note: the content-security-policy of the shop\n"
            )
            .is_empty()
        );
    }

    #[test]
    fn every_site_with_credentials() {
        let mut tree = Tree::default();
        let text = "spring:\n  cloud:\n    cors:\n      allowed-origins: \"*\"\n      allow-credentials: true\n";
        tree.add(File::new("application.yml", text.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        assert!(
            scanned
                .findings
                .iter()
                .any(|one| one.rule.0 == "LG-HDR-108" && one.start.line == 4)
        );
    }
}
