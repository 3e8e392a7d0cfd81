//! Routers to Traefik's own interface, and what guards them.

use super::settings::{Entry, Source};
use crate::check::{Found, Raised};
use crate::role::Role;
use crate::rule::Severity;
use crate::words::secret::quoted;
use std::collections::{BTreeMap, BTreeSet};

const MIDDLEWARES: &str = "http.middlewares.";
const ROUTERS: &str = "http.routers.";
/// Middlewares that ask who somebody is, or where from.
const GUARDS: &[&str] = &[
    "basicauth",
    "digestauth",
    "forwardauth",
    "ipallowlist",
    "ipwhitelist",
    "jwt",
    "oidc",
    "hmac",
    "ldap",
    "apikey",
    "plugin",
];
/// Chains inside of chains, at most.
const DEEPEST: usize = 8;

/// All middlewares of the repository, and which of them routers name.
pub(super) struct Dynamic<'t> {
    /// By name: their kinds, and for chains what they consist of.
    kinds: BTreeMap<&'t str, Vec<&'t Entry>>,
    pub(super) used: BTreeSet<String>,
    pub(super) has_routers: bool,
}

/// `(name, rest)` of `http.routers.name.rest`.
pub(super) fn part<'e>(entry: &'e Entry, prefix: &str) -> Option<(&'e str, &'e str)> {
    entry.name.strip_prefix(prefix)?.split_once('.')
}

/// Names in a list, without the provider (`auth@file`).
fn names(value: &str) -> impl Iterator<Item = String> {
    let each = value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    each.map(|name| {
        name.split('@')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase()
    })
}

impl<'t> Dynamic<'t> {
    pub(super) fn of(sources: &'t [Source<'_>]) -> Self {
        let mut all = Self {
            kinds: BTreeMap::new(),
            used: BTreeSet::new(),
            has_routers: false,
        };
        for source in sources {
            for entry in &source.dynamic {
                if let Some((name, _)) = part(entry, MIDDLEWARES) {
                    all.kinds.entry(name).or_default().push(entry);
                    if entry.name.ends_with(".chain.middlewares") {
                        all.used.extend(names(&entry.value));
                    }
                }
                if let Some((_, rest)) = part(entry, ROUTERS) {
                    all.has_routers = true;
                    if rest == "middlewares" {
                        all.used.extend(names(&entry.value));
                    }
                }
            }
            for entry in source
                .entries
                .iter()
                .filter(|entry| entry.name.ends_with(".http.middlewares"))
            {
                all.used.extend(names(&entry.value));
            }
        }
        all
    }

    /// Whether a middleware asks for something; `None` when nobody says what it is.
    fn guards(&self, name: &str, depth: usize) -> Option<bool> {
        let entries = self.kinds.get(name)?;
        let mut unknown = false;
        for entry in entries {
            let Some((_, rest)) = part(entry, MIDDLEWARES) else {
                continue;
            };
            let kind = rest.split('.').next().unwrap_or_default();
            if GUARDS.contains(&kind) {
                return Some(true);
            }
            if rest == "chain.middlewares" && depth < DEEPEST {
                for inner in names(&entry.value) {
                    match self.guards(&inner, depth + 1) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => unknown = true,
                    }
                }
            }
        }
        (!unknown).then_some(false)
    }
}

pub(super) fn look(sources: &[Source<'_>], dynamic: &Dynamic<'_>, found: &mut Found) {
    // A guard of an entry point is before all of its routers.
    let at_entry = sources
        .iter()
        .flat_map(|source| &source.entries)
        .any(|entry| {
            entry.name.ends_with(".http.middlewares")
                && names(&entry.value).any(|name| dynamic.guards(&name, 0) == Some(true))
        });
    if at_entry {
        return;
    }
    for source in sources {
        for entry in &source.dynamic {
            let Some((router, "service")) = part(entry, ROUTERS) else {
                continue;
            };
            let service = entry.value.trim().to_ascii_lowercase();
            if matches!(service.as_str(), "api@internal" | "dashboard@internal") {
                found
                    .raised
                    .extend(unguarded(source, entry, router, dynamic));
            }
        }
    }
}

fn unguarded(
    source: &Source<'_>,
    entry: &Entry,
    router: &str,
    dynamic: &Dynamic<'_>,
) -> Option<Raised> {
    let key = format!("{ROUTERS}{router}.middlewares");
    let lists = source.dynamic.iter().filter(|other| other.name == key);
    let guards: Vec<(String, Option<bool>)> = lists
        .flat_map(|list| names(&list.value))
        .map(|name| {
            let guards = dynamic.guards(&name, 0);
            (name, guards)
        })
        .collect();
    if guards.iter().any(|(_, guards)| *guards == Some(true)) {
        return None;
    }
    let path = &source.file.path;
    let raise = |message: String| Raised::new("LG-TRF-102", path, entry.place.clone(), message);
    let unknown = guards.iter().find(|(_, guards)| guards.is_none());
    if let Some((name, _)) = unknown {
        let message = format!(
            "Router {} leads to Traefik's interface; whether {} guards it is not in the repository.",
            quoted(router),
            quoted(name)
        );
        return Some(raise(message).at(Severity::Info));
    }
    let message = format!(
        "Router {} leads everybody to Traefik's interface.",
        quoted(router)
    );
    let better = match (source.is_file, path.ends_with(".toml")) {
        (false, _) => format!("traefik.http.routers.{router}.middlewares=auth"),
        (true, true) => "middlewares = [\"auth\"]".to_owned(),
        (true, false) => "middlewares: [auth]".to_owned(),
    };
    let raised = raise(message).better(better);
    Some(match source.role {
        Role::Development | Role::Test | Role::Template => raised.at(Severity::Medium),
        _ => raised,
    })
}
