//! What a location serves, by its name and by what it does.

use super::resolve::{Inside, Node};
use crate::response::Serves;

/// Endings of files that are no pages.
const ASSETS: &[&str] = &[
    "js",
    "mjs",
    "css",
    "map",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "ico",
    "svg",
    "webp",
    "avif",
    "woff",
    "woff2",
    "ttf",
    "eot",
    "otf",
    "mp4",
    "webm",
    "mp3",
    "wasm",
    "webmanifest",
    "xml",
    "txt",
    "json",
];
const PAGES: &[&str] = &["html", "htm", "xhtml", "php"];
/// Folders of files that are no pages.
const ASSET_FOLDERS: &[&str] = &[
    "static",
    "assets",
    "_next",
    "_nuxt",
    "images",
    "image",
    "img",
    "css",
    "js",
    "fonts",
    "icons",
    "favicon.ico",
    "robots.txt",
];
/// What programs ask for.
const DATA: &[&str] = &[
    "api",
    "graphql",
    "ws",
    "wss",
    "websocket",
    "socket.io",
    "health",
    "healthz",
    "healthcheck",
    "metrics",
    "ping",
    "ready",
    "readyz",
    "livez",
    "status",
    "rpc",
    "webhook",
    "webhooks",
    "_health",
    "health-check",
    "nginx_status",
    "stub_status",
    "nginx-health",
];

/// Folders of files that users bring.
pub(super) const UPLOADS: &[&str] = &[
    "upload",
    "uploads",
    "media",
    "mediafiles",
    "user-uploads",
    "user_uploads",
    "usercontent",
    "user-content",
    "attachments",
    "userfiles",
];

/// The path of a location, without what says how it is compared.
pub(super) fn path<'p>(node: &Node<'p>) -> &'p str {
    match node.arg(0) {
        "=" | "~" | "~*" | "^~" => node.arg(1),
        path => path.trim_start_matches(['=', '~', '^']),
    }
}

/// Whether a location is a regular expression.
pub(super) fn is_pattern(node: &Node<'_>) -> bool {
    node.arg(0).starts_with('~')
}

/// The words of a path: what stands between slashes and dots, in lower case.
pub(super) fn words(path: &str) -> Vec<String> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let words = path.split(|c| !is_word(c));
    let words = words.map(|word| word.trim_matches('.').to_ascii_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}

/// Whether all that is done is to send the browser elsewhere, or to refuse.
pub(super) fn turns_away(inside: &Inside<'_>) -> bool {
    let away = |node: &Node<'_>| {
        let code = node.arg(0);
        code.starts_with('3') || code.starts_with('4') || code.contains("://")
    };
    let rewrites = |node: &Node<'_>| matches!(node.arg(2), "permanent" | "redirect");
    inside.named("return").any(away)
        || inside.named("deny").any(|node| node.arg(0) == "all") && !inside.has("allow")
        || inside.named("rewrite").any(rewrites) && !inside.has("proxy_pass") && !inside.has("root")
}

/// What a location serves.
pub(super) fn location(node: &Node<'_>, inside: &Inside<'_>) -> Serves {
    let challenge = path(node).contains("acme-challenge");
    if challenge || turns_away(inside) || inside.has("stub_status") {
        return Serves::Data;
    }
    let path = path(node);
    let words = words(path);
    let holds = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    let ends = || {
        words
            .iter()
            .map(|word| word.rsplit('.').next().unwrap_or_default())
    };
    if is_error_page(&words) {
        return Serves::Unknown;
    }
    if ends().any(|end| PAGES.contains(&end)) || path.contains(".php") {
        return Serves::Html;
    }
    let one_file = !is_pattern(node) && !path.ends_with('/') && path.contains('.');
    let last = words.last().and_then(|word| word.rsplit_once('.'));
    if one_file && last.is_some_and(|(_, end)| ASSETS.contains(&end)) {
        return Serves::Assets;
    }
    if is_pattern(node) && path.contains("\\.") {
        let mut known = ends().filter(|end| ASSETS.contains(end));
        if known.next().is_some() {
            return Serves::Assets;
        }
    }
    if inside
        .named("return")
        .any(|node| node.arg(0).starts_with('2'))
    {
        let types = inside
            .named("default_type")
            .chain(inside.named("add_header"));
        let html = types
            .into_iter()
            .any(|node| node.args().any(|arg| arg.contains("html")));
        return if html { Serves::Html } else { Serves::Data };
    }
    if holds(ASSET_FOLDERS) {
        return Serves::Assets;
    }
    if words
        .first()
        .is_some_and(|word| DATA.contains(&word.as_str()))
    {
        return Serves::Data;
    }
    if holds(UPLOADS) {
        return Serves::Unknown;
    }
    block(inside)
}

/// `/404.html`, `/50x.html`: pages that only tell of an error.
fn is_error_page(words: &[String]) -> bool {
    let is_code = |word: &String| {
        let mut start = word.chars();
        let first = start.next().is_some_and(|c| matches!(c, '4' | '5'));
        let code = start
            .take(2)
            .filter(|c| c.is_ascii_digit() || *c == 'x')
            .count()
            == 2;
        first && code && word.len() <= 8
    };
    matches!(words, [word] if is_code(word))
}

/// What a block serves by what it does, when its name says nothing.
pub(super) fn block(inside: &Inside<'_>) -> Serves {
    let files = ["root", "try_files", "index"];
    let has_files = files.iter().any(|name| inside.has(name));
    if has_files && !inside.has("proxy_pass") && !inside.has("internal") {
        return Serves::Html;
    }
    if inside.has("fastcgi_pass") || inside.has("uwsgi_pass") {
        return Serves::Html;
    }
    Serves::Unknown
}
