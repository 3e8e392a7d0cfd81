//! `yarn.lock` of Yarn 2 and later.
//!
//! Source: Yarn's documentation and source (yarnpkg/berry, `Project.ts`): a YAML map whose keys
//! list descriptors (`a@npm:^1, a@npm:~1.2`) and whose `resolution` is the locator that they lead to.

use super::build::Builder;
use super::descriptors::Descriptors;
use super::read::{Node, yaml};
use super::{Entry, Source, node};
use crate::model::Scope;
use std::collections::{BTreeMap, BTreeSet};

/// The entries, or `None` when this is not the format.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let documents = yaml::parse(source.text)?;
    let [lock] = documents.as_slice() else {
        return None;
    };
    lock.get("__metadata")?;
    let mut builder = Builder::default();
    let mut descriptors = Descriptors::default();
    let mut by_version: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut added = Vec::new();
    let mut projects = Vec::new();
    let mut patched = Vec::new();
    for (key, block) in lock.members() {
        let Some((name, place)) = block.text_of("resolution").and_then(node::split) else {
            continue;
        };
        let version = block.text_of("version").unwrap_or_default();
        let protocol = place.split_once(':').map_or("", |(protocol, _)| protocol);
        match protocol {
            // Folders of the project: what they need, the project asks for.
            "workspace" | "link" | "portal" => projects.push((place, block)),
            // A changed copy of a package that has a block of its own.
            "patch" => patched.push((key, name, version)),
            _ => {
                let index = builder.add(Entry::new(name, node::version(version), block.line));
                added.push((index, block));
                by_version.insert((name, version), index);
                split(key).for_each(|d| descriptors.add(d, index));
            }
        }
    }
    for (key, name, version) in patched {
        if let Some(index) = by_version.get(&(name, version)) {
            split(key).for_each(|d| descriptors.add(d, *index));
        }
    }
    for (index, block) in added {
        for to in targets(block, &descriptors).map(|(_, to)| to) {
            builder.need(index, to);
        }
    }
    builder.roots_known();
    builder.needs_known();
    let development = development(source);
    for (place, project) in projects {
        // Blocks of projects mix both scopes; only the root's `package.json` is beside.
        let known = development.as_ref().filter(|_| place == "workspace:.");
        for (name, to) in targets(project, &descriptors) {
            let scope = known.map(|names| match names.contains(name) {
                true => Scope::Development,
                false => Scope::Production,
            });
            builder.ask(to, scope);
        }
    }
    Some(builder.finish())
}

fn split(key: &str) -> impl Iterator<Item = &str> {
    key.split(',').map(str::trim)
}

/// What a block needs: the name under which, and the entry.
fn targets<'n>(
    block: &'n Node<'_>,
    descriptors: &Descriptors<'_>,
) -> impl Iterator<Item = (&'n str, usize)> {
    let tables = ["dependencies", "optionalDependencies"];
    let needs = tables.into_iter().flat_map(|table| block.members_of(table));
    needs.flat_map(|(name, range)| {
        let found = descriptors.find(name, range.text().unwrap_or_default());
        found.into_iter().map(move |index| (name, index))
    })
}

/// What the root asks for only for development.
fn development(source: &Source<'_>) -> Option<BTreeSet<String>> {
    node::project(source, |project| {
        let asked = |wanted: Scope| {
            let names = node::asks(project).filter(move |(_, _, scope)| *scope == wanted);
            names.map(|(name, _, _)| name.to_owned())
        };
        let shipped: BTreeSet<String> = asked(Scope::Production).collect();
        asked(Scope::Development)
            .filter(|name| !shipped.contains(name))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    const LOCK: &str = r#"
__metadata:
  version: 8

"app@workspace:.":
  version: 0.0.0-use.local
  resolution: "app@workspace:."
  dependencies:
    a: "npm:^1"
    lib: "workspace:*"
    t: "patch:t@npm%3A5.0.0#~/x.patch"

"lib@workspace:*, lib@workspace:packages/lib":
  version: 0.0.0-use.local
  resolution: "lib@workspace:packages/lib"
  dependencies:
    c: ^3

"a@npm:^1, a@npm:~1.2":
  version: 1.2.0
  resolution: "a@npm:1.2.0"
  dependencies:
    b: "npm:2"

"b@npm:2":
  version: 2.0.0
  resolution: "b@npm:2.0.0"

"c@npm:^3":
  version: 3.0.0
  resolution: "c@npm:3.0.0"

"t@npm:5.0.0":
  version: 5.0.0
  resolution: "t@npm:5.0.0"

"t@patch:t@npm%3A5.0.0#~/x.patch":
  version: 5.0.0
  resolution: "t@patch:t@npm%3A5.0.0#~/x.patch::version=5.0.0&hash=1"

"alias@npm:real@1":
  version: 1.0.0
  resolution: "real@npm:1.0.0"
"#;

    #[test]
    fn workspaces_tell_what_is_direct() {
        let source = Source {
            name: "yarn.lock",
            text: LOCK,
            beside: &|_| {
                Some(r#"{"dependencies": {"a": "^1"}, "devDependencies": {"t": "5"}}"#.into())
            },
        };
        let entries = parse(&source).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "a 1.2.0 19 [1] direct production",
                "b 2.0.0 25 [] transitive production",
                "c 3.0.0 29 [] direct -",
                "t 5.0.0 33 [] direct development",
                "real 1.0.0 41 [] transitive -",
            ]
        );
    }
}
