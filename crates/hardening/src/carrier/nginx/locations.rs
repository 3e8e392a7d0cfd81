//! Locations: what is handed out that should not be.

use super::level::{self, Level};
use super::place;
use super::resolve::{Inside, Node};
use super::walk::{Around, Walk, head};
use crate::check::Raised;
use crate::message::quoted;

/// Paths under which a program tells of itself.
const MONITORING: &[&str] = &[
    "metrics",
    "nginx_status",
    "stub_status",
    "flower",
    "actuator",
    "server-status",
    "prometheus",
    "basic_status",
];
/// What a check of health is called, and what it is followed by when it says more than yes or no.
const HEALTH: &[&str] = &["health", "healthz", "healthcheck", "status"];
const DETAILS: &[&str] = &["detailed", "details", "detail", "metrics", "full"];
/// Folders that hold a program, and not only what it publishes.
const PROGRAM: &[&str] = &[
    "/",
    "/app",
    "/code",
    "/usr/src/app",
    "/srv/app",
    "/workspace",
];

/// One location.
pub(super) fn location(
    walk: &mut Walk<'_>,
    node: &Node<'_>,
    inside: &Inside<'_>,
    level: &Level<'_>,
    around: Around,
) {
    super::servers::settings(walk, inside);
    let path = place::path(node);
    let words = place::words(path);
    alias(walk, node, inside, path);
    let acts = |node: &Node<'_>| {
        let name = node.name();
        name.ends_with("_pass") || matches!(name, "alias" | "root" | "try_files" | "stub_status")
    };
    let named = is_monitoring(&words) && inside.nodes.iter().any(acts);
    let tells = named || inside.has("stub_status");
    if tells && !level.guarded && !around.loopback && !place::turns_away(inside) {
        let message = format!("{} answers everybody.", quoted(path));
        let raised = Raised::new("LG-NGX-303", node.path, head(node), message);
        walk.found
            .raised
            .push(raised.better("allow 10.0.0.0/8;\ndeny all;"));
    }
    uploads(walk, node, inside, level, &words);
}

/// Whether a path is one under which a program tells of itself, also below what all paths of an interface
/// begin with (`/api/v1/health/detailed`).
fn is_monitoring(words: &[String]) -> bool {
    let version = |word: &str| {
        let digits = word.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut rest = words.iter().map(String::as_str).peekable();
    while rest
        .next_if(|word| *word == "api" || version(word))
        .is_some()
    {}
    let first = rest.next().unwrap_or_default();
    MONITORING.contains(&first)
        || HEALTH.contains(&first) && rest.next().is_some_and(|word| DETAILS.contains(&word))
}

fn alias(walk: &mut Walk<'_>, node: &Node<'_>, inside: &Inside<'_>, path: &str) {
    let open = !place::is_pattern(node) && node.arg(0) != "=" && !path.ends_with('/');
    let Some(alias) = inside
        .named("alias")
        .next()
        .filter(|_| open && path.len() > 1)
    else {
        return;
    };
    if !alias.arg(0).ends_with('/') {
        return;
    }
    let message = format!(
        "{} has no slash at its end and `alias` has one: {} leads out of the folder.",
        quoted(path),
        quoted(&format!("{path}../")),
    );
    let raised = Raised::new("LG-NGX-302", node.path, head(node), message)
        .better(format!("location {path}/ {{"))
        .related(alias.path, alias.it.place.clone(), "the folder");
    walk.found.raised.push(raised);
}

fn uploads(
    walk: &mut Walk<'_>,
    node: &Node<'_>,
    inside: &Inside<'_>,
    level: &Level<'_>,
    words: &[String],
) {
    let named = words
        .iter()
        .take(2)
        .any(|word| place::UPLOADS.contains(&word.as_str()));
    let files = inside.has("alias") || inside.has("root") || inside.has("try_files");
    let passed = inside
        .nodes
        .iter()
        .any(|node| node.name().ends_with("_pass"));
    if !named || !files || passed || level.guarded || level.open_here {
        return;
    }
    let below = inside
        .nodes
        .iter()
        .filter_map(|node| Some((node, node.inside.as_ref()?)));
    let mut kinds = below.filter(|(node, _)| node.name() == "location" || node.name() == "if");
    let refuses =
        kinds.any(|(_, inside)| level::guards(inside) == Some(true) || place::turns_away(inside));
    let sent = || level.adds.iter().chain(&level.more);
    let attached = sent().any(|set| set.name == "content-disposition");
    let closed = sent().any(|set| {
        let value = set.value.text.to_ascii_lowercase();
        let none = value.contains("sandbox") || value.contains("default-src 'none'");
        set.name == "content-security-policy" && none
    });
    let plain = inside
        .named("default_type")
        .any(|node| !node.arg(0).contains("html"));
    let retyped = inside.has("types") && plain;
    if refuses || attached || closed || retyped {
        return;
    }
    let message = format!(
        "Files that users bring are shown as pages of this site under {}.",
        quoted(place::path(node)),
    );
    let raised = Raised::new("LG-NGX-304", node.path, head(node), message).better(
        "add_header Content-Disposition attachment always;\nadd_header X-Content-Type-Options nosniff always;",
    );
    walk.found.raised.push(raised);
}

/// A root that holds the program itself, with nothing that keeps hidden files back.
pub(super) fn root(walk: &mut Walk<'_>, inside: &Inside<'_>) {
    let hidden = |node: &Node<'_>| {
        let closed = node.inside.as_ref().and_then(level::guards) == Some(true);
        place::is_pattern(node) && place::path(node).contains("/\\.") && closed
    };
    if inside.open || inside.named("location").any(hidden) {
        return;
    }
    // A location's own path stands between its root and the file.
    let below = inside
        .named("location")
        .filter(|node| place::path(node) == "/")
        .filter_map(|node| node.inside.as_ref());
    for inside in std::iter::once(inside).chain(below) {
        for node in inside.named("root") {
            let folder = node.arg(0).trim_end_matches('/');
            let folder = if folder.is_empty() { "/" } else { folder };
            if PROGRAM.contains(&folder) {
                let message = format!(
                    "{} holds the program itself, and nothing keeps hidden files (`.env`, `.git`) back.",
                    quoted(node.arg(0)),
                );
                let place = node.it.place.clone();
                let raised = Raised::new("LG-NGX-307", node.path, place, message);
                walk.found
                    .raised
                    .push(raised.better("location ~ /\\. {\n    deny all;\n}"));
            }
        }
    }
}
