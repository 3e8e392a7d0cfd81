//! `bun.lock`.
//!
//! Source: bun's documentation of its lockfile and its printer (oven-sh/bun,
//! `src/install/lockfile/bun.lock.zig`): `packages` maps the way to a package (`a`, `b/a` for the
//! copy of `b`) to a list that starts with `name@version` and holds a table of what it needs.

use super::build::Builder;
use super::nested::Folders;
use super::read::{Node, json};
use super::{Entry, Source, node};

/// The entries, or `None` when this is no lockfile of bun.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = json::parse(source.text)?;
    let packages = lock.get("packages").filter(|node| node.is_map());
    let workspaces = lock.get("workspaces").filter(|node| node.is_map())?;
    let mut builder = Builder::default();
    let mut folders = Folders::default();
    let mut installed = Vec::new();
    for (key, package) in packages.into_iter().flat_map(Node::members) {
        let locator = package.items().first().and_then(Node::text);
        let Some((name, version)) = locator.and_then(node::split) else {
            continue;
        };
        // Folders of the project.
        if ["workspace:", "link:", "root:"]
            .iter()
            .any(|local| version.starts_with(local))
        {
            continue;
        }
        let index = builder.add(node::entry(name, node::version(version), package.line, key));
        let (folder, own) = split_key(key);
        folders.install(folder, own, index);
        installed.push((index, key, package));
    }
    for (index, key, package) in installed {
        let tables = package.items().iter().filter(|item| item.is_map());
        let names = tables.flat_map(node::needs).map(|(name, _)| name);
        for need in folders.find(key, names) {
            builder.need(index, need);
        }
    }
    builder.roots_known();
    builder.needs_known();
    for (_, workspace) in workspaces.members() {
        // The copies of a member of the workspace stand below its name.
        let folder = workspace.text_of("name").unwrap_or_default();
        for (name, _, scope) in node::asks(workspace) {
            for index in folders.find(folder, std::iter::once(name)) {
                builder.ask(index, Some(scope));
            }
        }
    }
    Some(builder.finish())
}

/// `b/@s/a` → `b`, `@s/a`.
fn split_key(key: &str) -> (&str, &str) {
    let scoped = key
        .rsplit_once('/')
        .and_then(|(before, _)| before.rfind('/').map_or(Some(0), |at| Some(at + 1)))
        .filter(|start| key.get(*start..).is_some_and(|name| name.starts_with('@')));
    let start = scoped
        .or_else(|| key.rfind('/').map(|at| at + 1))
        .unwrap_or(0);
    let folder = key.get(..start).unwrap_or_default();
    let name = key.get(start..).unwrap_or_default();
    (folder.strip_suffix('/').unwrap_or(folder), name)
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn keys_split_before_the_name() {
        assert_eq!(split_key("a"), ("", "a"));
        assert_eq!(split_key("@s/a"), ("", "@s/a"));
        assert_eq!(split_key("b/a"), ("b", "a"));
        assert_eq!(split_key("@t/b/@s/a"), ("@t/b", "@s/a"));
    }

    #[test]
    fn the_nearest_copy_is_needed() {
        let text = r#"{
  "lockfileVersion": 1,
  "workspaces": { // one of each
    "": {"name": "root", "devDependencies": {"a": "1"}},
    "packages/w": {"name": "w", "dependencies": {"b": "2"}},
  },
  "packages": {
    "a": ["a@1.0.0", "", {"dependencies": {"b": "1"}}, "sha512-x"],
    "b": ["b@1.0.0", "", {}, "sha512-x"],
    "w": ["w@workspace:packages/w"],
    "w/b": ["real@2.0.0", "", {}, "sha512-x"],
    "g": ["g@github:o/r#abc", {}, "o-r-abc"],
  }
}"#;
        let entries = parse(&Source::alone("bun.lock", text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "a 1.0.0 8 [1] direct development",
                "b 1.0.0 9 [] transitive development",
                "real 2.0.0 11 [] direct production",
                "g - 12 [] transitive -",
            ]
        );
        assert_eq!(parse(&Source::alone("bun.lock", "{}")), None);
    }
}
