//! Annotations of an Ingress that set headers: HAProxy's two controllers, the first Traefik, CORS of
//! ingress-nginx.

use super::walk::Walk;
use crate::response::Header;
use crate::words::header::known;
use crate::yaml::Node;

/// Annotations with a header on each line, by the end of their names.
const LINES: [&str; 5] = [
    "/response-set-header",
    "/response-add-header",
    "/headers",
    "/custom-response-headers",
    "/custom-headers",
];

/// Controllers that one resource speaks to, at most.
const CONTROLLERS: usize = 10;

/// Adds what a map says, if it is one of annotations.
pub(super) fn of(walk: &Walk<'_>, node: &Node, out: &mut Vec<Header>) {
    for (key, value) in node.entries() {
        if LINES.iter().any(|end| key.text.ends_with(end)) {
            lines(walk, value, out);
        }
    }
    let origins = node.entries().iter().filter_map(|(key, value)| {
        let prefix = key.text.strip_suffix("/cors-allow-origin")?;
        Some((prefix, key, value))
    });
    for (prefix, key, value) in origins.take(CONTROLLERS) {
        let on = |name: &str| {
            let other = node.get(&format!("{prefix}/{name}"));
            other.and_then(|node| node.truth()) == Some(true)
        };
        let Some(text) = walk.text(value).filter(|_| on("enable-cors")) else {
            continue;
        };
        let origin = "access-control-allow-origin";
        out.push(walk.header(origin, key.place.clone(), text));
        if on("cors-allow-credentials")
            && let Some((key, value)) = node.entry(&format!("{prefix}/cors-allow-credentials"))
            && let Some(text) = walk.text(value)
        {
            let credentials = "access-control-allow-credentials";
            out.push(walk.header(credentials, key.place.clone(), text));
        }
    }
}

/// `Name value` or `Name: value`, one a line or with `||` in between.
fn lines(walk: &Walk<'_>, node: &Node, out: &mut Vec<Header>) {
    let source = &walk.documents.source;
    let raw = source.get(node.place.clone()).unwrap_or_default();
    let mut at = node.place.start;
    for line in raw.split_inclusive('\n') {
        let mut from = at;
        at += line.len();
        for part in line.split("||") {
            let start = from + (part.len() - part.trim_start().len());
            from += part.len() + 2;
            // What is in quotes of YAML begins behind them.
            let body = part.trim();
            let bare = body.trim_start_matches(['"', '\'']);
            let start = start + (body.len() - bare.len());
            let Some(end) = bare.find([':', ' ', '\t']) else {
                continue;
            };
            let (name, value) = bare.split_at(end);
            let Some(name) = known(name) else {
                continue;
            };
            let inside = value.trim_start_matches([':', ' ', '\t', '"']);
            let value_at = start + end + (value.len() - inside.len());
            let inside = inside.trim_end().trim_end_matches(['"', '\'']);
            let place = start..value_at + inside.len();
            out.push(walk.header(name, place, walk.plain(inside, value_at)));
        }
    }
}
