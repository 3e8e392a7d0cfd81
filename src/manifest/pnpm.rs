//! `pnpm-lock.yaml`, versions 5 to 9.
//!
//! Source: pnpm's specification of the lockfile (pnpm/spec, `lockfile/`) and its package
//! `lockfile.types`. Keys are `/a/1.0.0_peer` in version 5, `/a@1.0.0(peer@1)` in 6 and
//! `a@1.0.0` in 9, where `snapshots` holds what packages need, once for each choice of peers.

use super::build::Builder;
use super::read::{Node, yaml};
use super::{Entry, Source, node, pnpm_snapshots};
use crate::model::Scope;
use std::collections::BTreeMap;

/// The tables of an importer. Those of pnpm itself (`configDependencies`,
/// `packageManagerDependencies`) stand in a document of their own before the project's.
const ASKS: [(&str, Option<Scope>); 5] = [
    ("dependencies", Some(Scope::Production)),
    ("optionalDependencies", Some(Scope::Production)),
    ("devDependencies", Some(Scope::Development)),
    ("configDependencies", None),
    ("packageManagerDependencies", None),
];

/// The entries, or `None` when this is no lockfile of pnpm.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let documents = yaml::parse(source.text)?;
    if documents.is_empty() {
        return None;
    }
    let mut builder = Builder::default();
    for document in &documents {
        document.get("lockfileVersion")?;
        read(document, &mut builder);
    }
    builder.roots_known();
    builder.needs_known();
    Some(builder.finish())
}

fn read(lock: &Node<'_>, builder: &mut Builder) {
    let mut by_key: BTreeMap<&str, usize> = BTreeMap::new();
    for (key, package) in lock.members_of("packages") {
        let Some((name, version)) = identity(key, package) else {
            continue;
        };
        let mut entry = node::entry(name, version, package.line, key);
        // Until version 8 each package says it; later only the walk does.
        entry.scope = match package.text_of("dev") {
            Some("true") => Some(Scope::Development),
            Some("false") => Some(Scope::Production),
            _ => None,
        };
        by_key.insert(key, builder.add(entry));
    }
    let owners = lock
        .members_of("packages")
        .chain(lock.members_of("snapshots"));
    for (key, owner) in owners {
        let Some(from) = find(&by_key, "", key) else {
            continue;
        };
        for table in ["dependencies", "optionalDependencies"] {
            for (name, to) in owner.members_of(table) {
                let to = to.text().and_then(|to| find(&by_key, name, to));
                to.into_iter().for_each(|to| builder.need(from, to));
            }
        }
    }
    for asked in asks(lock) {
        let Some(index) = find(&by_key, asked.name, asked.version) else {
            continue;
        };
        match asked.elsewhere {
            true => builder.ask_elsewhere(index, asked.scope),
            false => builder.ask(index, asked.scope),
        }
    }
    for (key, scope) in pnpm_snapshots::scopes(lock) {
        if let Some(index) = find(&by_key, "", key) {
            builder.scope(index, scope);
        }
    }
}

/// What an importer asks for.
pub struct Asked<'n> {
    /// The name under which it asks; of an alias, not the package's own.
    pub name: &'n str,
    /// The version or key to which that leads.
    pub version: &'n str,
    /// For what, as far as the table tells.
    pub scope: Option<Scope>,
    /// See [`Entry::elsewhere`].
    pub elsewhere: bool,
}

/// What the importers ask for.
pub fn asks<'n>(lock: &'n Node<'_>) -> impl Iterator<Item = Asked<'n>> {
    // A lockfile of one project has the tables of its only importer at the top.
    let importers = lock.members_of("importers");
    importers
        .chain(std::iter::once((".", lock)))
        .flat_map(|(place, importer)| ASKS.map(|(table, scope)| (place, importer, table, scope)))
        .flat_map(|(place, importer, table, scope)| {
            let members = importer.members_of(table);
            members.filter_map(move |(name, asked)| {
                let version = asked.text().or_else(|| asked.text_of("version"))?;
                let specifier = asked.text_of("specifier").unwrap_or_default();
                // Where an alias leads begins with the real name.
                let alias = without_peers(version).contains('@') || version.starts_with('/');
                Some(Asked {
                    name,
                    version,
                    scope,
                    elsewhere: place != "." || alias || specifier.starts_with("catalog:"),
                })
            })
        })
}

/// The package to which `name: version` leads. The version may be the key itself, also that of
/// another package when `name` is an alias.
fn find(by_key: &BTreeMap<&str, usize>, name: &str, version: &str) -> Option<usize> {
    let get = |key: &str| by_key.get(key).copied();
    let plain = without_peers(version);
    get(version)
        .or_else(|| get(&format!("/{name}/{version}")))
        .or_else(|| get(&format!("/{name}@{version}")))
        .or_else(|| get(&format!("{name}@{plain}")))
        .or_else(|| get(plain))
}

/// `1.0.0(peer@1)` → `1.0.0`.
pub fn without_peers(text: &str) -> &str {
    text.split_once('(').map_or(text, |(before, _)| before)
}

/// Name and version of a package: its own words where the key is an address.
fn identity<'n>(key: &'n str, package: &'n Node<'_>) -> Option<(&'n str, Option<String>)> {
    let key = without_peers(key);
    let (name, version) = match key.split_once('/') {
        // `/a/1.0.0_peer`, also behind the name of a registry.
        Some((host, rest)) if !host.contains('@') => {
            let with_at = node::split(rest);
            let slashes = if rest.starts_with('@') { 2 } else { 1 };
            let end = rest.match_indices('/').nth(slashes - 1).map(|(at, _)| at);
            let with_slash = end.and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?)));
            match (with_slash, with_at) {
                (Some((name, version)), _) if starts_with_digit(version) => {
                    let end = version.find('_').unwrap_or(version.len());
                    (Some(name), version.get(..end))
                }
                (_, Some((name, version))) => (Some(name), Some(version)),
                _ => (None, None),
            }
        }
        _ => node::split(key).map_or((None, None), |(name, version)| (Some(name), Some(version))),
    };
    let name = package.text_of("name").or(name)?;
    let version = package.text_of("version").or(version);
    Some((name, version.and_then(node::version)))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    fn read(text: &str) -> Vec<String> {
        rows(&parse(&Source::alone("pnpm-lock.yaml", text)).unwrap())
    }

    #[test]
    fn version_5() {
        let text = "lockfileVersion: 5.4\ndependencies:\n  al: /real/2.0.0\n  '@s/a': 1.10.0_b@1.0.0\npackages:\n  /@s/a/1.10.0_b@1.0.0:\n    dev: false\n    dependencies: {b: 1.0.0}\n  /b/1.0.0:\n    dev: true\n  registry.example/c/3.0.0:\n    dev: true\n  /real/2.0.0: {}\n";
        assert_eq!(
            read(text),
            [
                "@s/a 1.10.0 6 [1] direct production",
                "b 1.0.0 9 [] transitive development",
                "c 3.0.0 11 [] transitive development",
                "real 2.0.0 13 [] direct production",
            ]
        );
    }

    #[test]
    fn version_9_with_a_document_before_it() {
        let text = "---\nlockfileVersion: '9.0'\nimporters:\n  .:\n    configDependencies:\n      cfg:\n        specifier: 1.0.0\n        version: 1.0.0\npackages:\n  cfg@1.0.0: {}\n---\nlockfileVersion: '9.0'\nimporters:\n  w:\n    devDependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(p@2.0.0)\n      l:\n        version: link:../l\npackages:\n  a@1.0.0: {}\n  p@2.0.0: {}\nsnapshots:\n  a@1.0.0(p@2.0.0):\n    dependencies:\n      p: 2.0.0\n  p@2.0.0: {}\n";
        assert_eq!(
            read(text),
            [
                "cfg 1.0.0 10 [] direct -",
                "a 1.0.0 22 [2] direct development",
                "p 2.0.0 23 [] transitive development",
            ]
        );
    }

    #[test]
    fn other_documents_are_refused() {
        for text in ["", "a: 1\n", "- 1\n", "lockfileVersion: [\n", "x"] {
            assert_eq!(parse(&Source::alone("", text)), None, "{text}");
        }
    }
}
