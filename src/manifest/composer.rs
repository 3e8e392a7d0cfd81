//! `composer.lock`.
//!
//! Source: Composer's documentation and source (composer/composer, `src/Composer/Package/Locker.php`):
//! `packages` and `packages-dev`, each package with what it requires and what it stands for.

use super::build::Builder;
use super::read::{Node, json};
use super::{Entry, Source, without_v};
use crate::model::{Ecosystem, Scope};
use std::collections::BTreeMap;

const SECTIONS: [(&str, &str, Scope); 2] = [
    ("packages", "require", Scope::Production),
    ("packages-dev", "require-dev", Scope::Development),
];

/// The entries, or `None` when this is no lockfile of Composer.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = json::parse(source.text)?;
    lock.get("packages").or_else(|| lock.get("packages-dev"))?;
    let mut builder = Builder::default();
    let mut by_name = BTreeMap::new();
    let mut added = Vec::new();
    for (section, _, scope) in SECTIONS {
        for package in lock.items_of(section) {
            let Some(name) = package.get("name") else {
                continue;
            };
            let normal = Ecosystem::COMPOSER.normalise(name.text().unwrap_or_default());
            let version = package.get("version");
            let line = version.unwrap_or(name).line;
            let version = version
                .and_then(Node::text)
                .map(|v| without_v(v).to_owned());
            let mut entry = Entry::new(normal.clone(), version, line);
            entry.scope = Some(scope);
            let index = builder.add(entry);
            by_name.insert(normal, index);
            added.push((index, package));
        }
    }
    // A package that takes the place of others is what they lead to.
    for (index, package) in &added {
        for table in ["replace", "provide"] {
            for (name, _) in package.members_of(table) {
                let name = Ecosystem::COMPOSER.normalise(name);
                by_name.entry(name).or_insert(*index);
            }
        }
    }
    let find = |name: &str| by_name.get(&Ecosystem::COMPOSER.normalise(name)).copied();
    for (index, package) in &added {
        for (name, _) in package.members_of("require") {
            find(name)
                .into_iter()
                .for_each(|to| builder.need(*index, to));
        }
    }
    let project = source.read_beside("composer.json");
    if let Some(project) = project.as_deref().and_then(json::parse) {
        builder.roots_known();
        for (_, table, scope) in SECTIONS {
            for (name, _) in project.members_of(table) {
                find(name)
                    .into_iter()
                    .for_each(|index| builder.ask(index, Some(scope)));
            }
        }
    }
    Some(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn sections_needs_and_the_project() {
        let text = "{\n \"packages\": [\n  {\n   \"name\": \"Acme/App\",\n   \"version\": \"v1.2.0\",\n   \"require\": {\"php\": \">=8\", \"old/one\": \"*\"}\n  },\n  {\"name\": \"new/one\", \"version\": \"2.0.0\", \"replace\": {\"old/one\": \"*\"}}\n ],\n \"packages-dev\": [{\"name\": \"t/t\", \"version\": \"dev-main\"}]\n}";
        let source = Source {
            name: "composer.lock",
            text,
            beside: &|_| {
                Some(r#"{"require": {"acme/app": "^1"}, "require-dev": {"t/t": "*"}}"#.into())
            },
        };
        let entries = parse(&source).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "acme/app 1.2.0 5 [1] direct production",
                "new/one 2.0.0 8 [] transitive production",
                "t/t dev-main 10 [] direct development",
            ]
        );
        assert_eq!(parse(&Source::alone("composer.lock", "{}")), None);
    }
}
