//! What the packages of a `pnpm-lock.yaml` of version 9 are for.
//!
//! A package stands there once, and in `snapshots` once for each choice of its peers. Only the
//! choices tell what is shipped: taken together, a package that one choice brings in for developers
//! would seem to be shipped because another choice of the same parent is.

use super::pnpm::{asks, without_peers};
use super::read::Node;
use super::{Entry, graph};
use crate::model::Scope;
use std::collections::BTreeMap;

/// The packages whose choices are all known, each with its scope.
pub fn scopes<'n>(lock: &'n Node<'_>) -> BTreeMap<&'n str, Option<Scope>> {
    let mut by_key = BTreeMap::new();
    let mut snapshots = Vec::new();
    for (index, (key, snapshot)) in lock.members_of("snapshots").enumerate() {
        by_key.insert(key, index);
        snapshots.push((key, snapshot));
    }
    let find = |name: &str, version: &str| {
        let named = || by_key.get(format!("{name}@{version}").as_str());
        by_key.get(version).or_else(named).copied()
    };
    let choice = |(_, snapshot): &(&str, &Node<'_>)| {
        let mut entry = Entry::new("", None, 0);
        for table in ["dependencies", "optionalDependencies"] {
            let needs = snapshot.members_of(table);
            let needs = needs.filter_map(|(name, to)| find(name, to.text()?));
            entry.needs.extend(needs);
        }
        entry
    };
    let choices: Vec<Entry> = snapshots.iter().map(choice).collect();
    let asked: Vec<_> = asks(lock)
        .filter_map(|asked| Some((find(asked.name, asked.version)?, asked.scope)))
        .collect();
    let mut scopes: BTreeMap<&str, Option<Scope>> = BTreeMap::new();
    let found = graph::scopes(&choices, &asked);
    for ((key, _), scope) in snapshots.iter().zip(found) {
        let known = scopes.entry(without_peers(key)).or_insert(scope);
        // Shipped when one choice is; unknown when one is unknown and none is shipped.
        *known = match (*known, scope) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (Some(Scope::Production), None) | (None, Some(Scope::Production)) => {
                Some(Scope::Production)
            }
            _ => None,
        };
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::super::{Source, pnpm, rows};

    /// After Trivy's fixture `pnpm-lock_v9_same-vers-diff-peers.yaml` (Apache-2.0), shortened.
    #[test]
    fn choices_of_peers_are_told_apart() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      config:\n        version: 30.0.3(peer@1.0.0)\n    devDependencies:\n      runner:\n        version: 27.5.1\npackages:\n  config@30.0.3: {}\n  pnp@1.2.3: {}\n  resolve@27.5.1: {}\n  resolve@30.0.2: {}\n  runner@27.5.1: {}\nsnapshots:\n  config@30.0.3(peer@1.0.0):\n    dependencies:\n      pnp: 1.2.3(resolve@30.0.2)\n  pnp@1.2.3(resolve@27.5.1):\n    optionalDependencies:\n      resolve: 27.5.1\n  pnp@1.2.3(resolve@30.0.2):\n    optionalDependencies:\n      resolve: 30.0.2\n  resolve@27.5.1: {}\n  resolve@30.0.2: {}\n  runner@27.5.1:\n    dependencies:\n      pnp: 1.2.3(resolve@27.5.1)\n";
        let entries = pnpm::parse(&Source::alone("pnpm-lock.yaml", text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "config 30.0.3 11 [1] direct production",
                "pnp 1.2.3 12 [2, 3] transitive production",
                "resolve 27.5.1 13 [] transitive development",
                "resolve 30.0.2 14 [] transitive production",
                "runner 27.5.1 15 [1] direct development",
            ]
        );
    }

    #[test]
    fn what_members_catalogues_and_aliases_ask_for_stands_elsewhere() {
        let text = "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n      b:\n        specifier: 'catalog:'\n        version: 1.0.0\n      c:\n        specifier: npm:real@1\n        version: real@1.0.0\n  w:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n      d:\n        specifier: ^1\n        version: 1.0.0\npackages:\n  a@1.0.0: {}\n  b@1.0.0: {}\n  d@1.0.0: {}\n  real@1.0.0: {}\n";
        let entries = pnpm::parse(&Source::alone("pnpm-lock.yaml", text)).unwrap();
        let told: Vec<_> = entries.iter().map(|e| (&*e.name, e.elsewhere)).collect();
        assert_eq!(
            told,
            [("a", false), ("b", true), ("d", true), ("real", true)]
        );
    }
}
