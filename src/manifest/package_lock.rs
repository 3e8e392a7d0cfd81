//! `package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.
//!
//! Source: npm's documentation of package-lock.json. Version 2 repeats its content in the form of
//! version 1; the lines of `packages` are the ones that npm, Trivy and people look at.

use super::build::Builder;
use super::nested::{Folders, MAX_KEY};
use super::read::{Node, json};
use super::{Entry, Source, node};
use crate::model::Scope;

/// The entries, or `None` when this is no lockfile of npm.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = json::parse(source.text)?;
    let mut builder = Builder::default();
    if let Some(packages) = lock.get("packages").filter(|node| node.is_map()) {
        flat(packages, &mut builder);
    } else {
        let tree = lock.get("dependencies").filter(|node| node.is_map());
        match tree {
            Some(tree) => nested(tree, source, &mut builder)?,
            // A project that needs nothing.
            None if lock.get("lockfileVersion").is_some() => {}
            None => return None,
        }
    }
    Some(builder.finish())
}

/// Versions 2 and 3: every package under the path of its folder.
fn flat(packages: &Node<'_>, builder: &mut Builder) {
    let mut folders = Folders::default();
    let mut installed = Vec::new();
    for (key, package) in packages.members() {
        let Some((folder, name)) = split_key(key) else {
            continue;
        };
        // A link leads to a folder of the project, which has a key of its own.
        if package.flag("link") || !package.is_map() {
            continue;
        }
        // An alias (`npm:other@1`) stands under its alias and names the real package.
        let real = package.text_of("name").unwrap_or(name);
        let version = package.text_of("version").map(str::to_owned);
        let mut entry = node::entry(real, version, package.line, key);
        // `devOptional` is installed for production too, where it can be.
        entry.scope = Some(scope(package.flag("dev")));
        let index = builder.add(entry);
        folders.install(folder, name, index);
        installed.push((index, key, package));
    }
    for (index, key, package) in installed {
        let names = node::needs(package).map(|(name, _)| name);
        for need in folders.find(key, names) {
            builder.need(index, need);
        }
    }
    builder.roots_known();
    for (key, project) in packages.members() {
        if split_key(key).is_none() {
            for (name, _, _) in node::asks(project) {
                let alias = packages.get(&format!("node_modules/{name}"));
                let alias = alias.is_some_and(|package| package.get("name").is_some());
                for index in folders.find(key, std::iter::once(name)) {
                    match key.is_empty() && !alias {
                        true => builder.ask(index, None),
                        false => builder.ask_elsewhere(index, None),
                    }
                }
            }
        }
    }
}

/// `a/node_modules/@s/b` → `a`, `@s/b`; `None` for the project itself and its workspaces.
fn split_key(key: &str) -> Option<(&str, &str)> {
    let (before, name) = key.rsplit_once("node_modules/")?;
    Some((before.strip_suffix('/').unwrap_or(before), name))
}

/// Version 1: packages inside the ones that they are installed for.
/// `None` when their keys, each of which repeats those around it, are much longer than the file.
fn nested(tree: &Node<'_>, source: &Source<'_>, builder: &mut Builder) -> Option<()> {
    let mut room = source.text.len().saturating_mul(4);
    let mut installed: Vec<(usize, String, String, &Node<'_>)> = Vec::new();
    let mut open = vec![(String::new(), tree)];
    while let Some((folder, tree)) = open.pop() {
        for (name, package) in tree.members() {
            let mut key = folder.clone();
            if !key.is_empty() {
                key.push('/');
            }
            key.push_str("node_modules/");
            key.push_str(name);
            room = room.checked_sub(key.len())?;
            if key.len() > MAX_KEY || !package.is_map() {
                continue;
            }
            if let Some(inner) = package.get("dependencies") {
                open.push((key.clone(), inner));
            }
            let version = package.text_of("version").unwrap_or_default();
            if version.starts_with("file:") && package.get("integrity").is_none() {
                continue;
            }
            let real = node::alias(version);
            let exact = real
                .and_then(|_| version.rsplit_once('@'))
                .map_or(version, |(_, v)| v);
            let mut entry = node::entry(
                real.unwrap_or(name),
                node::version(exact),
                package.line,
                &key,
            );
            entry.scope = Some(scope(package.flag("dev")));
            let index = builder.add(entry);
            installed.push((index, folder.clone(), name.to_owned(), package));
        }
    }
    let mut folders = Folders::default();
    for (index, folder, name, _) in &installed {
        folders.install(folder, name, *index);
    }
    for (index, folder, name, package) in &installed {
        let slash = if folder.is_empty() { "" } else { "/" };
        let key = format!("{folder}{slash}node_modules/{name}");
        let names = package.members_of("requires").map(|(name, _)| name);
        for need in folders.find(&key, names) {
            builder.need(*index, need);
        }
    }
    // Version 1 does not say what the project itself asks for.
    node::project(source, |project| {
        builder.roots_known();
        let names = node::asks(project).map(|(name, _, _)| name);
        for index in folders.find("", names) {
            builder.ask(index, None);
        }
    });
    Some(())
}

fn scope(dev: bool) -> Scope {
    if dev {
        Scope::Development
    } else {
        Scope::Production
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn members_and_aliases_ask_elsewhere() {
        let text = r#"{"lockfileVersion": 3, "packages": {
            "": {"workspaces": ["w"], "dependencies": {"a": "1", "b": "npm:real@1"}},
            "w": {"dependencies": {"a": "1", "c": "1"}},
            "node_modules/a": {"version": "1.0.0"},
            "node_modules/b": {"name": "real", "version": "1.0.0"},
            "node_modules/c": {"version": "1.0.0"}}}"#;
        let entries = parse(&Source::alone("", text)).unwrap();
        let told: Vec<_> = entries.iter().map(|e| (&*e.name, e.elsewhere)).collect();
        assert_eq!(told, [("a", false), ("real", true), ("c", true)]);
    }

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
        assert_eq!(
            rows(&entries),
            [
                "a 1.0.0 5 [] direct production",
                "b 2.0.0 8 [] transitive production",
                "c 3.0.0 9 [] direct development",
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

    #[test]
    fn needs_follow_the_folders() {
        let text = r#"{"packages": {
            "": {"dependencies": {"a": "1"}, "workspaces": ["w"]},
            "w": {"dependencies": {"b": "1"}},
            "w/node_modules/b": {"version": "1.5.0"},
            "node_modules/a": {"version": "1.0.0", "dependencies": {"b": "2", "gone": "1"}},
            "node_modules/b": {"version": "1.0.0"},
            "node_modules/a/node_modules/b": {"version": "2.0.0", "peerDependencies": {"a": "1"}},
            "node_modules/x": {"name": "real", "version": "3.0.0", "devOptional": true},
            "node_modules/w": {"resolved": "w", "link": true}
        }}"#;
        let entries = parse(&Source::alone("", text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "b 1.5.0 4 [] direct production",
                "a 1.0.0 5 [3] direct production",
                "b 1.0.0 6 [] transitive production",
                "b 2.0.0 7 [1] transitive production",
                "real 3.0.0 8 [] transitive production",
            ]
        );
    }

    #[test]
    fn version_1_gets_roots_from_the_project() {
        let text = r#"{"lockfileVersion": 1, "dependencies": {
            "a": {"version": "1.0.0", "requires": {"b": "^2"}, "dependencies": {
                "b": {"version": "2.0.0", "requires": {"c": "1"}}
            }},
            "b": {"version": "npm:real@1.0.0", "dev": true},
            "c": {"version": "git+ssh://x/y.git#abc"}
        }}"#;
        let source = Source {
            name: "package-lock.json",
            text,
            beside: &|name| {
                (name == "package.json").then(|| {
                    r#"{"dependencies": {"a": "1"}, "devDependencies": {"b": "1"}}"#.into()
                })
            },
        };
        let entries = parse(&source).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "a 1.0.0 2 [1] direct production",
                "b 2.0.0 3 [3] transitive production",
                "real 1.0.0 5 [] direct development",
                "c - 6 [] transitive production",
            ]
        );
    }

    #[test]
    fn other_documents_are_refused() {
        for text in ["", "[]", "{}", "{\"a\": 1}", "{\"packages\": []}"] {
            assert_eq!(parse(&Source::alone("", text)), None, "{text}");
        }
        assert_eq!(
            parse(&Source::alone("", "{\"lockfileVersion\": 3}")),
            Some(Vec::new())
        );
    }
}
