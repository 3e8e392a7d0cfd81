//! `pylock.toml` and `pylock.NAME.toml`.
//!
//! Source: PEP 751. What a package needs is told for information only, and often left out.

use super::build::Builder;
use super::python::{Names, Project};
use super::read::{Node, toml};
use super::{Entry, Source};

/// The entries, or `None` when this is no such lockfile.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = toml::parse(source.text)?;
    lock.text_of("lock-version")?;
    let mut builder = Builder::default();
    let mut names = Names::default();
    let local = |package: &&Node<'_>| package.get("directory").is_some();
    let (projects, packages): (Vec<_>, Vec<_>) = lock.items_of("packages").iter().partition(local);
    let added = names.add(packages, |_| None, &mut builder);
    let needs = |package: &Node<'_>| -> Vec<usize> {
        let needs = package.items_of("dependencies").iter();
        let needed = needs.filter_map(|need| need.text_of("name"));
        needed.flat_map(|name| names.get(name)).collect()
    };
    for (index, package) in &added {
        for to in needs(package) {
            builder.need(*index, to);
            builder.needs_known();
        }
    }
    for project in &projects {
        needs(project)
            .into_iter()
            .for_each(|index| builder.ask(index, None));
    }
    names.ask(Project::beside(source).as_ref(), &mut builder);
    Some(builder.finish())
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    const LOCK: &str = "lock-version = \"1.0\"\n[[packages]]\nname = \"a\"\nversion = \"1\"\n[[packages]]\nname = \"B_b\"\n[[packages]]\nname = \"me\"\ndirectory = {path = \".\"}\n";

    #[test]
    fn scopes_need_to_know_what_packages_need() {
        let project = "[project]\ndependencies = [\"a\"]\n[dependency-groups]\nd = [\"b-b\"]\n";
        let read = |text: &str| {
            let source = Source {
                name: "pylock.toml",
                text,
                beside: &|_| Some(project.into()),
            };
            rows(&parse(&source).unwrap())
        };
        assert_eq!(read(LOCK), ["a 1 4 [] direct -", "b-b - 6 [] direct -"]);
        let told = format!("{LOCK}[[packages]]\nname = \"c\"\ndependencies = [{{name = \"a\"}}]\n");
        assert_eq!(
            read(&told),
            [
                "a 1 4 [] direct production",
                "b-b - 6 [] direct development",
                "c - 11 [0] transitive -",
            ]
        );
        assert_eq!(parse(&Source::alone("pylock.toml", "a = 1")), None);
    }
}
