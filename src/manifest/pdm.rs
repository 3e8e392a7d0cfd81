//! `pdm.lock`, lock versions 4.x.
//!
//! Source: PDM's writer (pdm-project/pdm, `src/pdm/formats` and `src/pdm/project/lockfile`):
//! `groups` of each package, `default` for what the project itself needs; requirements as text.

use super::build::Builder;
use super::python::{Names, Project, name_of};
use super::read::{Node, toml};
use super::{Entry, Source};
use crate::model::Scope;

/// The entries, or `None` when this is no lockfile of PDM.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = toml::parse(source.text)?;
    lock.get("metadata").or_else(|| lock.get("package"))?;
    let project = Project::beside(source);
    let mut builder = Builder::default();
    let mut names = Names::default();
    let scope = |package: &Node<'_>| scope(package, project.as_ref());
    let added = names.add(lock.items_of("package"), scope, &mut builder);
    for (index, package) in added {
        let needs = package.items_of("dependencies").iter();
        for name in needs.filter_map(|need| name_of(need.text()?)) {
            names.get(name).for_each(|to| builder.need(index, to));
        }
    }
    builder.needs_known();
    names.ask(project.as_ref(), &mut builder);
    Some(builder.finish())
}

/// Extras and groups of developers share one list of names; only the project tells them apart.
fn scope(package: &Node<'_>, project: Option<&Project>) -> Option<Scope> {
    let groups = || package.items_of("groups").iter().filter_map(Node::text);
    let of = |group: &str| match group {
        "default" => Some(Scope::Production),
        group => project.and_then(|project| project.group(group)),
    };
    if groups().any(|group| of(group) == Some(Scope::Production)) {
        return Some(Scope::Production);
    }
    let all = groups().next().is_some() && groups().all(|group| of(group).is_some());
    all.then_some(Scope::Development)
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn groups_are_told_apart_by_the_project() {
        let text = "[metadata]\nlock_version = \"4.5.0\"\n[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"default\", \"dev\"]\ndependencies = [\"B>=1; x\"]\n[[package]]\nname = \"b\"\nversion = \"1\"\ngroups = [\"default\"]\n[[package]]\nname = \"t\"\nversion = \"1\"\ngroups = [\"dev\"]\n[[package]]\nname = \"e\"\nversion = \"1\"\ngroups = [\"extra\"]\n";
        let source = Source {
            name: "pdm.lock",
            text,
            beside: &|_| {
                Some("[project]\ndependencies = [\"a\"]\n[project.optional-dependencies]\nextra = [\"e\"]\n[dependency-groups]\ndev = [\"t\"]\n".into())
            },
        };
        assert_eq!(
            rows(&parse(&source).unwrap()),
            [
                "a 1 5 [1] direct production",
                "b 1 10 [] transitive production",
                "t 1 14 [] direct development",
                "e 1 18 [] direct production",
            ]
        );
        let alone = parse(&Source::alone("pdm.lock", text)).unwrap();
        assert_eq!(rows(&alone)[2], "t 1 14 [] - -");
    }
}
