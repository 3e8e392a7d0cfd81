//! `uv.lock`.
//!
//! Source: uv's documentation and source (astral-sh/uv, `crates/uv-resolver/src/lock`): packages of
//! a local source are the project and the members of its workspace. Where a name has several
//! versions, those who need it say which.

use super::build::Builder;
use super::python::Names;
use super::read::{Node, toml};
use super::{Entry, Source};
use crate::model::{Ecosystem, Scope};
use std::collections::BTreeMap;

/// Sources that are folders of the project.
const LOCAL: [&str; 3] = ["virtual", "editable", "directory"];

/// The entries, or `None` when this is no lockfile of uv.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = toml::parse(source.text)?;
    lock.text_of("version")?;
    let mut builder = Builder::default();
    let mut names = Names::default();
    let mut versions = BTreeMap::new();
    let local = |package: &&Node<'_>| {
        let place = package.get("source");
        LOCAL
            .iter()
            .any(|kind| place.is_some_and(|place| place.get(kind).is_some()))
    };
    let (projects, packages): (Vec<_>, Vec<_>) = lock.items_of("package").iter().partition(local);
    let added = names.add(packages, |_| None, &mut builder);
    for (index, package) in &added {
        let name = package.text_of("name").unwrap_or_default();
        let version = package.text_of("version").unwrap_or_default();
        versions.insert((Ecosystem::PYPI.normalise(name), version), *index);
    }
    let targets = |need: &Node<'_>| -> Vec<usize> {
        let name = need.text_of("name").unwrap_or_default();
        let version = need.text_of("version");
        let exact = version.and_then(|v| versions.get(&(Ecosystem::PYPI.normalise(name), v)));
        exact.map_or_else(|| names.get(name).collect(), |index| vec![*index])
    };
    for (index, package) in added {
        let extras = package
            .members_of("optional-dependencies")
            .map(|(_, list)| list);
        for need in package
            .get("dependencies")
            .into_iter()
            .chain(extras)
            .flat_map(Node::items)
        {
            targets(need)
                .into_iter()
                .for_each(|to| builder.need(index, to));
        }
    }
    builder.needs_known();
    if !projects.is_empty() {
        builder.roots_known();
    }
    for project in projects {
        let place = project.get("source");
        let at_root = LOCAL
            .iter()
            .any(|kind| place.and_then(|place| place.text_of(kind)) == Some("."));
        let extras = project
            .members_of("optional-dependencies")
            .map(|(_, list)| list);
        let main = project.get("dependencies").into_iter().filter(|_| at_root);
        for index in main.flat_map(Node::items).flat_map(&targets) {
            builder.ask(index, Some(Scope::Production));
        }
        let shipped = project.get("dependencies").into_iter().chain(extras);
        let groups = project.members_of("dev-dependencies").map(|(_, list)| list);
        let shipped = shipped.map(|list| (list, Scope::Production));
        for (list, scope) in shipped.chain(groups.map(|list| (list, Scope::Development))) {
            for index in list.items().iter().flat_map(&targets) {
                builder.ask_elsewhere(index, Some(scope));
            }
        }
    }
    // A workspace without a project at its root keeps its groups here.
    let groups = lock.at(&["manifest", "dependency-groups"]);
    for (_, list) in groups.into_iter().flat_map(Node::members) {
        for index in list.items().iter().flat_map(&targets) {
            builder.ask(index, Some(Scope::Development));
        }
    }
    Some(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn extras_and_members_ask_elsewhere() {
        let text = "version = 1\n[[package]]\nname = \"app\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"a\" }]\n[package.optional-dependencies]\nx = [{ name = \"b\" }]\n[[package]]\nname = \"w\"\nsource = { editable = \"w\" }\ndependencies = [{ name = \"a\" }, { name = \"c\" }]\n[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\"\nversion = \"1\"\n[[package]]\nname = \"c\"\nversion = \"1\"\n";
        let entries = parse(&Source::alone("uv.lock", text)).unwrap();
        let told: Vec<_> = entries.iter().map(|e| (&*e.name, e.elsewhere)).collect();
        assert_eq!(told, [("a", false), ("b", true), ("c", true)]);
    }

    #[test]
    fn members_tell_what_is_direct() {
        let text = "version = 1\n[[package]]\nname = \"app\"\nsource = { editable = \".\" }\ndependencies = [{ name = \"a\", version = \"2\" }]\n[package.dev-dependencies]\ndev = [{ name = \"t\" }]\n[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"a\"\nversion = \"2\"\ndependencies = [{ name = \"b\" }]\n[[package]]\nname = \"b\"\nversion = \"1\"\n[[package]]\nname = \"t\"\nversion = \"1\"\ndependencies = [{ name = \"b\" }]\n";
        assert_eq!(
            rows(&parse(&Source::alone("uv.lock", text)).unwrap()),
            [
                "a 1 10 [] transitive -",
                "a 2 13 [2] direct production",
                "b 1 17 [] transitive production",
                "t 1 20 [2] direct development",
            ]
        );
        assert_eq!(parse(&Source::alone("uv.lock", "a = 1")), None);
    }
}
