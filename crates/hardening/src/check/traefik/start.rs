//! What Traefik is started with: its interface, its entry points, its provider.

use super::last;
use super::settings::{Entry, Source};
use crate::check::{Found, Raised};
use crate::role::Role;
use crate::rule::Severity;
use crate::words::secret::quoted;
use crate::words::variable;
use std::ops::Range;

/// What a source says of TLS.
struct Says {
    serves: bool,
    sends_on: bool,
    upstream: bool,
    /// It is reached in production.
    reached: bool,
}

impl Says {
    fn of(source: &Source<'_>) -> Self {
        let by_entry = |entry: &Entry| entry.name.contains(".http.redirections.");
        let by_router = |entry: &Entry| entry.name.contains(".redirectscheme.");
        Self {
            serves: has_tls(source),
            sends_on: source.entries.iter().any(by_entry) || source.dynamic.iter().any(by_router),
            upstream: source.tls_upstream,
            reached: source.reached && matches!(source.role, Role::Production | Role::Overlay),
        }
    }
}

pub(super) fn look(sources: &[Source<'_>], found: &mut Found) {
    let says: Vec<Says> = sources.iter().map(Says::of).collect();
    for source in sources {
        insecure(source, found);
        provider(source, found);
        if entry_points(source).next().is_none() {
            continue;
        }
        // Flags may stand in one file and the ports of the same service in another one beside it.
        let beside = sources
            .iter()
            .zip(&says)
            .filter(|(other, _)| is_beside(source, other));
        let mut all = Says {
            serves: false,
            sends_on: false,
            upstream: false,
            reached: false,
        };
        for (_, one) in beside {
            all.serves |= one.serves;
            all.sends_on |= one.sends_on;
            all.upstream |= one.upstream;
            all.reached |= one.reached;
        }
        match all.serves {
            true => redirect(source, &all, found),
            false => tls(source, &all, found),
        }
    }
}

/// Whether another source is of the same deployment, as far as folders tell.
fn is_beside(one: &Source<'_>, other: &Source<'_>) -> bool {
    let (a, b) = (one.file.folder(), other.file.folder());
    let within = |outer: &str, inner: &str| {
        outer.is_empty()
            || inner == outer
            || inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    within(a, b) || within(b, a)
}

fn insecure(source: &Source<'_>, found: &mut Found) {
    let Some(entry) = last(&source.entries, "api.insecure").filter(|entry| entry.is_on()) else {
        return;
    };
    let message =
        "Traefik's interface is open to everybody on port 8080, with all routes and services.";
    let raised = Raised::new(
        "LG-TRF-101",
        &source.file.path,
        entry.place.clone(),
        message,
    );
    found
        .raised
        .push(eased(source, raised).better(written(source, entry, "false")));
}

/// A setting with another value, as it stands in the file.
fn written(source: &Source<'_>, entry: &Entry, value: &str) -> String {
    let before = source.file.text().get(..entry.place.end);
    let said = before.unwrap_or_default().lines().next_back();
    let said = said.unwrap_or_default();
    if source.is_file && !said.contains("--") {
        let key = entry.name.rsplit('.').next().unwrap_or_default();
        let between = if source.file.path.ends_with(".toml") {
            " ="
        } else {
            ":"
        };
        format!("{key}{between} {value}")
    } else if said.contains("TRAEFIK_") {
        let name = entry.name.to_ascii_uppercase().replace('.', "_");
        format!("TRAEFIK_{name}: \"{value}\"")
    } else {
        format!("--{}={value}", entry.name)
    }
}

/// Convenient on a developer's machine, and low there.
fn eased(source: &Source<'_>, raised: Raised) -> Raised {
    match source.role {
        Role::Development | Role::Test | Role::Template => raised.at(Severity::Medium),
        _ => raised,
    }
}

fn provider(source: &Source<'_>, found: &mut Found) {
    for provider in ["providers.docker", "providers.swarm"] {
        let inside = format!("{provider}.");
        let of_it = |entry: &&Entry| entry.name == provider || entry.name.starts_with(&inside);
        let Some(first) = source.entries.iter().find(of_it) else {
            continue;
        };
        let path = &source.file.path;
        let exposed = last(&source.entries, &format!("{provider}.exposedbydefault"));
        if !exposed.is_some_and(Entry::is_off) {
            let place = exposed.unwrap_or(first).place.clone();
            let message = "Every container gets a route unless its labels say no.";
            let raised = Raised::new("LG-TRF-105", path, place, message);
            found
                .raised
                .push(raised.better(format!("{provider}.exposedByDefault=false")));
        }
        let endpoint = last(&source.entries, &format!("{provider}.endpoint"));
        let direct = endpoint.is_none_or(|entry| entry.value.starts_with("unix:"));
        // With Compose it is the mount that tells (LG-CMP-102).
        if source.is_file && direct {
            let place = endpoint.unwrap_or(first).place.clone();
            let message = "Traefik talks to the Docker socket itself; who is in it owns the host.";
            let raised = Raised::new("LG-TRF-106", path, place, message);
            found
                .raised
                .push(raised.better(format!("{provider}.endpoint=tcp://socket-proxy:2375")));
        }
    }
}

/// The entry points and their addresses.
fn entry_points<'a>(source: &'a Source<'_>) -> impl Iterator<Item = (&'a str, &'a Entry)> {
    source.entries.iter().filter_map(|entry| {
        let name = entry
            .name
            .strip_prefix("entrypoints.")?
            .strip_suffix(".address")?;
        (!name.contains('.')).then_some((name, entry))
    })
}

fn has_tls(source: &Source<'_>) -> bool {
    let by_address = entry_points(source).any(|(_, entry)| port(&entry.value) == Some(443));
    let by_flag = source
        .entries
        .iter()
        .any(|entry| entry.name.starts_with("entrypoints.") && entry.name.contains(".http.tls"));
    by_address || by_flag || source.published.iter().any(|port| port == "443")
}

/// The port of `:443`, `0.0.0.0:443/tcp`.
fn port(address: &str) -> Option<u16> {
    let address = variable::resolve(address);
    address
        .split('/')
        .next()?
        .rsplit(':')
        .next()?
        .trim()
        .parse()
        .ok()
}

fn tls(source: &Source<'_>, all: &Says, found: &mut Found) {
    let Some((_, first)) = entry_points(source).next() else {
        return;
    };
    let commented = commented(source.file.text());
    // A base file that publishes no port leaves TLS to the file that does.
    let left = !all.reached && commented.is_none();
    if source.role != Role::Production || all.upstream || left {
        return;
    }
    let path = &source.file.path;
    let raised = match commented {
        Some(place) => Raised::new(
            "LG-TRF-103",
            path,
            place,
            "Everything goes out unencrypted: what would serve TLS stands in a comment.",
        ),
        None => {
            let message = format!(
                "Everything goes out unencrypted: no entry point serves TLS, only {}.",
                quoted(&first.value)
            );
            Raised::new("LG-TRF-103", path, first.place.clone(), message)
        }
    };
    found
        .raised
        .push(raised.better("--entrypoints.websecure.address=:443"));
}

/// The first line of a comment that would serve TLS.
fn commented(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        if trimmed.starts_with('#') {
            let lower = trimmed.to_ascii_lowercase();
            let serves = [
                "certificatesresolvers.",
                "entrypoints.websecure",
                ".http.tls",
                "address=:443",
            ];
            if serves.iter().any(|word| lower.contains(word)) {
                let start = at + (line.len() - line.trim_start().len());
                return Some(start..start + trimmed.len());
            }
        }
        at += line.len();
    }
    None
}

fn redirect(source: &Source<'_>, all: &Says, found: &mut Found) {
    if all.sends_on || all.upstream {
        return;
    }
    for (name, entry) in entry_points(source).filter(|(_, entry)| port(&entry.value) == Some(80)) {
        let message = format!(
            "The entry point {} answers without TLS and sends nobody on.",
            quoted(name)
        );
        let raised = Raised::new(
            "LG-TRF-104",
            &source.file.path,
            entry.place.clone(),
            message,
        );
        found.raised.push(raised.better(format!(
            "--entrypoints.{name}.http.redirections.entrypoint.to=websecure"
        )));
    }
}
