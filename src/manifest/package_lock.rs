//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
//!
//! Source: npm's documentation of package-lock.json. Version 2 repeats its content in the form of
//! version 1; the lines of `packages` are the ones that npm, Trivy and people look at.

use super::{Entry, Source};
use crate::model::{Relation, Scope};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::{BTreeMap, BTreeSet};

/// Nested `dependencies` of version 1 are followed to this depth.
const MAX_DEPTH: usize = 64;

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(default, borrow)]
    packages: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(default, borrow)]
    dependencies: Option<BTreeMap<String, &'a RawValue>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Root {
    dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    dev_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    optional_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
    peer_dependencies: BTreeMap<String, serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    link: bool,
    #[serde(default, borrow)]
    dependencies: Option<BTreeMap<String, &'a RawValue>>,
}

/// The entries, or `None` when this is no lockfile of npm.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let text = source.text;
    let lock: Lock<'_> = serde_json::from_str(text).ok()?;
    let lines = Lines::of(text);
    let mut entries = Vec::new();
    match (lock.packages, lock.dependencies) {
        (Some(packages), _) => keyed(&packages, &lines, &mut entries),
        (None, Some(dependencies)) => nested(&dependencies, "", 0, &lines, &mut entries),
        (None, None) => return None,
    }
    entries.sort_by_key(|entry| entry.line);
    Some(entries)
}

fn keyed(packages: &BTreeMap<String, &RawValue>, lines: &Lines<'_>, entries: &mut Vec<Entry>) {
    let root: Root = packages
        .get("")
        .and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default();
    let direct: BTreeSet<&String> = [
        &root.dependencies,
        &root.dev_dependencies,
        &root.optional_dependencies,
        &root.peer_dependencies,
    ]
    .into_iter()
    .flat_map(BTreeMap::keys)
    .collect();
    for (key, raw) in packages {
        let Some((_, name)) = key.rsplit_once("node_modules/") else {
            continue;
        };
        let Ok(package) = serde_json::from_str::<Flat>(raw.get()) else {
            continue;
        };
        if package.link {
            continue;
        }
        let at_root = key
            .strip_prefix("node_modules/")
            .is_some_and(|rest| rest == name);
        let is_direct = at_root && direct.contains(&name.to_owned());
        entries.push(Entry {
            // An alias (`npm:other@1`) stands under its alias and names the real package.
            name: package.name.unwrap_or_else(|| name.to_owned()),
            version: package.version,
            line: lines.line_of(raw.get()),
            key: Some(key.clone()),
            scope: Some(scope(package.dev || package.dev_optional)),
            relation: Some(if is_direct {
                Relation::Direct
            } else {
                Relation::Transitive
            }),
            needs: Vec::new(),
        });
    }
}

/// A package of versions 2 and 3, whose `dependencies` are ranges, not packages.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Flat {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    dev_optional: bool,
    #[serde(default)]
    link: bool,
}

fn nested(
    dependencies: &BTreeMap<String, &RawValue>,
    prefix: &str,
    depth: usize,
    lines: &Lines<'_>,
    entries: &mut Vec<Entry>,
) {
    for (name, raw) in dependencies {
        let Ok(package) = serde_json::from_str::<Package<'_>>(raw.get()) else {
            continue;
        };
        let key = format!("{prefix}node_modules/{name}");
        if let Some(inner) = package.dependencies.as_ref().filter(|_| depth < MAX_DEPTH) {
            nested(inner, &format!("{key}/"), depth + 1, lines, entries);
        }
        if package.link {
            continue;
        }
        entries.push(Entry {
            name: package.name.unwrap_or_else(|| name.clone()),
            version: package.version,
            line: lines.line_of(raw.get()),
            key: Some(key),
            scope: Some(scope(package.dev)),
            // Version 1 does not say what the project itself asks for.
            relation: None,
            needs: Vec::new(),
        });
    }
}

fn scope(dev: bool) -> Scope {
    if dev {
        Scope::Development
    } else {
        Scope::Production
    }
}

/// Line numbers by position. A raw value borrows from the document, so that its address tells where
/// it stands.
struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|(_, b)| *b == b'\n')
                    .map(|(at, _)| at + 1),
            )
            .collect();
        Self { text, starts }
    }

    fn line_of(&self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let line = self.starts.partition_point(|start| *start <= offset);
        u32::try_from(line).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_3_gives_lines_scopes_and_relations() {
        let text = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "a": "^1" }, "devDependencies": { "c": "1" } },
    "node_modules/a": {
      "version": "1.0.0"
    },
    "node_modules/a/node_modules/b": { "version": "2.0.0" },
    "node_modules/c": { "version": "3.0.0", "dev": true },
    "node_modules/w": { "resolved": "packages/w", "link": true }
  }
}"#;
        let entries = parse(&Source::alone("", text)).unwrap();
        let seen: Vec<_> = entries
            .iter()
            .map(|e| {
                (
                    e.name.as_str(),
                    e.version.as_deref(),
                    e.line,
                    e.relation,
                    e.scope,
                )
            })
            .collect();
        let (direct, transitive) = (Some(Relation::Direct), Some(Relation::Transitive));
        let (production, development) = (Some(Scope::Production), Some(Scope::Development));
        assert_eq!(
            seen,
            [
                ("a", Some("1.0.0"), 5, direct, production),
                ("b", Some("2.0.0"), 8, transitive, production),
                ("c", Some("3.0.0"), 9, direct, development),
            ]
        );
    }

    #[test]
    fn version_1_is_nested() {
        let text = "{\"dependencies\":{\n\"a\":{\"version\":\"1.0.0\",\"dependencies\":{\n\"b\":{\"version\":\"2.0.0\"}}}}}";
        let entries = parse(&Source::alone("", text)).unwrap();
        let keys: Vec<_> = entries
            .iter()
            .map(|e| (e.key.as_deref().unwrap(), e.line))
            .collect();
        assert_eq!(
            keys,
            [("node_modules/a", 2), ("node_modules/a/node_modules/b", 3)]
        );
    }
}
