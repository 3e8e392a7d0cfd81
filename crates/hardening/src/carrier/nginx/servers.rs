//! Servers: encryption, redirects, and what is said of nginx itself.

use super::level::{self, Level};
use super::place;
use super::resolve::{Inside, Node};
use super::walk::{Walk, head};
use crate::check::Raised;
use crate::message::quoted;
use crate::rule::Severity;
use crate::words::tls as names;

const HSTS: &str = "strict-transport-security";

/// Whether a server answers over TLS; `None` when it does not say where it listens.
pub(super) fn tls(inside: &Inside<'_>) -> Option<bool> {
    let mut listens = inside.named("listen").peekable();
    let on = inside.named("ssl").any(|node| node.arg(0) == "on");
    if listens.peek().is_none() {
        return on.then_some(true);
    }
    let encrypted = |node: &Node<'_>| {
        let port = port(node.arg(0));
        port == "443" || node.args().any(|arg| matches!(arg, "ssl" | "quic"))
    };
    Some(on || listens.any(encrypted))
}

fn port(address: &str) -> &str {
    match address.rsplit_once(':') {
        Some((_, port)) if !port.contains(']') => port,
        _ => address,
    }
}

/// Whether only this machine may ask.
pub(super) fn is_loopback(inside: &Inside<'_>) -> bool {
    let mut listens = inside.named("listen").peekable();
    let local = ["127.0.0.1", "localhost", "[::1]", "unix:"];
    listens.peek().is_some()
        && listens.all(|node| local.iter().any(|start| node.arg(0).starts_with(start)))
}

/// What takes all servers of a file: Strict-Transport-Security that nobody sends, redirects.
pub(super) fn file(walk: &mut Walk<'_>, inside: &Inside<'_>) {
    let http = || {
        let below = inside.named("http").filter_map(|node| node.inside.as_ref());
        std::iter::once(inside).chain(below)
    };
    let servers: Vec<(&Node<'_>, &Inside<'_>)> = http()
        .flat_map(|inside| inside.named("server"))
        .filter_map(|node| Some((node, node.inside.as_ref()?)))
        .collect();
    let sends = http().any(|inside| sends_here(inside))
        || servers.iter().any(|(_, inside)| sends_hsts(inside));
    if !sends {
        let mut comments = Vec::new();
        for inside in http() {
            comments.extend(inside.comments.iter());
        }
        commented(walk, &comments);
    }
    if !limits(inside) {
        for (_, inside) in &servers {
            login(walk, inside);
        }
    }
    let encrypted = servers.iter().any(|(_, inside)| tls(inside) == Some(true));
    for (node, inside) in servers {
        if encrypted && tls(inside).is_some() && is_plain(inside) {
            let raised = Raised::new(
                "LG-NGX-202",
                node.path,
                head(node),
                "This server answers on port 80 and does not send the browser to https.",
            );
            let better = raised.better("return 301 https://$host$request_uri;");
            walk.found.raised.push(better);
        }
    }
}

fn limits(inside: &Inside<'_>) -> bool {
    let mut below = inside.nodes.iter().filter_map(|node| node.inside.as_ref());
    inside.has("limit_req") || inside.open || below.any(limits)
}

/// Places where people log in, with no limit of requests anywhere.
fn login(walk: &mut Walk<'_>, inside: &Inside<'_>) {
    let names = [
        "login", "signin", "sign-in", "auth", "token", "api", "accounts",
    ];
    for node in inside.named("location") {
        let words = place::words(place::path(node));
        let named = words.iter().any(|word| names.contains(&word.as_str()));
        let passed = node
            .inside
            .as_ref()
            .is_some_and(|inside| inside.has("proxy_pass"));
        if named && passed {
            let path = quoted(place::path(node));
            let message = format!("{path} is passed on, and nothing limits how often.");
            let raised = Raised::new("LG-NGX-305", node.path, head(node), message);
            walk.found
                .raised
                .push(raised.better("limit_req zone=login burst=5 nodelay;"));
            return;
        }
    }
}

/// Whether a server on port 80 has something to say but a redirect.
fn is_plain(inside: &Inside<'_>) -> bool {
    let on_80 = |node: &Node<'_>| matches!(port(node.arg(0)), "80" | "[::]");
    let turned = |inside: &Inside<'_>| {
        let conditional = inside.named("if").filter_map(|node| node.inside.as_ref());
        place::turns_away(inside) || conditional.into_iter().any(place::turns_away)
    };
    let root = inside
        .named("location")
        .filter(|node| place::path(node) == "/");
    let mut root = root.filter_map(|node| node.inside.as_ref());
    inside.named("listen").any(on_80)
        && !is_loopback(inside)
        && !inside.open
        && !turned(inside)
        && !root.any(turned)
        && inside
            .nodes
            .iter()
            .any(|node| matches!(node.name(), "root" | "location"))
        && !only_challenges(inside)
}

/// Whether nothing is answered but what proves to whom the name belongs (RFC 8555, 8.3).
fn only_challenges(inside: &Inside<'_>) -> bool {
    let mut locations = inside.named("location").peekable();
    locations.peek().is_some() && locations.all(|node| place::path(node).contains("acme-challenge"))
}

/// One server.
pub(super) fn server(walk: &mut Walk<'_>, node: &Node<'_>, inside: &Inside<'_>, level: &Level<'_>) {
    settings(walk, inside);
    let has = |sets: &[level::Set<'_>]| sets.iter().any(|set| set.name == HSTS);
    if has(&level.adds) || has(&level.more) || sends_hsts(inside) {
        return;
    }
    let before = walk.found.raised.len();
    let mut comments = Vec::new();
    all_comments(inside, &mut comments);
    commented(walk, &comments);
    let told = walk.found.raised.len() > before;
    let missing = tls(inside) == Some(true) && !place::turns_away(inside) && !any_open(inside);
    if !told && missing && !level.open && !is_loopback(inside) {
        let message = "This server answers over TLS without Strict-Transport-Security.";
        let raised = Raised::new("LG-HDR-101", node.path, head(node), message).better(
            "add_header Strict-Transport-Security \"max-age=31536000; includeSubDomains\" always;",
        );
        match hands_on(inside) {
            true => walk.found.hsts_behind.push(raised),
            false => walk.found.raised.push(raised),
        }
    }
}

/// Whether an application answers some of the requests.
fn hands_on(inside: &Inside<'_>) -> bool {
    let passes = |node: &Node<'_>| node.name().ends_with("_pass");
    let mut below = inside.nodes.iter().filter_map(|node| node.inside.as_ref());
    inside.nodes.iter().any(passes) || below.any(hands_on)
}

fn commented(walk: &mut Walk<'_>, comments: &[&(&str, &std::ops::Range<usize>)]) {
    for (path, comment) in comments {
        let text = walk.tree.file(path).map_or("", |file| file.text());
        let Some(set) = level::commented(path, text, comment).filter(|set| set.name == HSTS) else {
            continue;
        };
        let message = "Strict-Transport-Security is set in a comment only.";
        let better = text.get(set.place.clone()).unwrap_or_default();
        let better = format!("{};", better.trim_end_matches(';'));
        let raised = Raised::new("LG-HDR-101", path, set.place.clone(), message);
        walk.found.raised.push(raised.better(better));
        return;
    }
}

fn all_comments<'i, 'p>(
    inside: &'i Inside<'p>,
    comments: &mut Vec<&'i (&'p str, &'p std::ops::Range<usize>)>,
) {
    comments.extend(inside.comments.iter());
    for inside in inside.nodes.iter().filter_map(|node| node.inside.as_ref()) {
        all_comments(inside, comments);
    }
}

fn any_open(inside: &Inside<'_>) -> bool {
    let mut below = inside.nodes.iter().filter_map(|node| node.inside.as_ref());
    inside.open || below.any(any_open)
}

fn sends_here(inside: &Inside<'_>) -> bool {
    let names = |node: &Node<'_>| {
        node.args()
            .any(|arg| arg.to_ascii_lowercase().starts_with(HSTS))
    };
    inside.named("add_header").any(names) || inside.named("more_set_headers").any(names)
}

fn sends_hsts(inside: &Inside<'_>) -> bool {
    let mut below = inside.nodes.iter().filter_map(|node| node.inside.as_ref());
    sends_here(inside) || below.any(sends_hsts)
}

/// Settings of a block that are weak by themselves.
pub(super) fn settings(walk: &mut Walk<'_>, inside: &Inside<'_>) {
    for node in &inside.nodes {
        match node.name() {
            "ssl_protocols" | "proxy_ssl_protocols" => protocols(walk, node),
            "ssl_ciphers" => ciphers(walk, node),
            "autoindex" if node.arg(0) == "on" => {
                let message = "Everybody may list the files of this folder.";
                let place = node.it.place.clone();
                let raised = Raised::new("LG-NGX-301", node.path, place, message);
                walk.found.raised.push(raised.better("autoindex off;"));
            }
            "server_tokens" if node.arg(0) == "on" => {
                let message = "Every answer tells nginx's version (`server_tokens on`).";
                let place = node.it.place.clone();
                let raised = Raised::new("LG-NGX-308", node.path, place, message);
                walk.found.raised.push(raised.better("server_tokens off;"));
            }
            "client_max_body_size" if is_large(node.arg(0)) => {
                let message = format!(
                    "Bodies of requests may be as large as {}.",
                    quoted(node.arg(0))
                );
                let place = node.it.place.clone();
                let raised = Raised::new("LG-NGX-306", node.path, place, message);
                walk.found.raised.push(raised);
            }
            _ => {}
        }
    }
}

/// 50 MB or more, or no limit at all.
fn is_large(size: &str) -> bool {
    let lower = size.to_ascii_lowercase();
    let digits = lower.trim_end_matches(['k', 'm', 'g']);
    let Ok(number) = digits.parse::<u64>() else {
        return false;
    };
    let unit = match lower.chars().last() {
        Some('k') => 1 << 10,
        Some('m') => 1 << 20,
        Some('g') => 1 << 30,
        _ => 1,
    };
    number == 0 || number.saturating_mul(unit) >= 50 << 20
}

fn protocols(walk: &mut Walk<'_>, node: &Node<'_>) {
    let old: Vec<&str> = node.args().filter(|arg| names::is_old(arg)).collect();
    if old.is_empty() {
        return;
    }
    let message = format!(
        "{} can be broken; browsers have given up on it.",
        quoted(&old.join(" "))
    );
    let raised = Raised::new("LG-NGX-201", node.path, node.it.place.clone(), message);
    let better = format!("{} TLSv1.2 TLSv1.3;", node.name());
    walk.found.raised.push(raised.better(better));
}

fn ciphers(walk: &mut Walk<'_>, node: &Node<'_>) {
    if let Some(first) = names::weak_cipher(node.arg(0)) {
        let message = format!("{} is a weak cipher.", quoted(&first));
        let place = node
            .it
            .args
            .first()
            .map_or(node.it.place.clone(), |word| word.inside());
        let raised = Raised::new("LG-NGX-203", node.path, place, message);
        let better = format!("{} ECDHE+AESGCM:ECDHE+CHACHA20;", node.name());
        walk.found
            .raised
            .push(raised.at(Severity::Medium).better(better));
    }
}
