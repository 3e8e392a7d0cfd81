//! `poetry.lock`, versions 1 and 2.
//!
//! Source: Poetry's writer (python-poetry/poetry, `src/poetry/packages/locker.py`). Until Poetry
//! 1.4 each package has a `category`, since Poetry 2 its `groups`; between them nothing tells.

use super::build::Builder;
use super::python::{Names, Project, poetry_scope};
use super::read::{Node, toml};
use super::{Entry, Source};
use crate::model::Scope;

/// The entries, or `None` when this is no lockfile of Poetry.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = toml::parse(source.text)?;
    lock.get("package").or_else(|| lock.get("metadata"))?;
    let mut builder = Builder::default();
    let mut names = Names::default();
    let added = names.add(lock.items_of("package"), scope, &mut builder);
    for (index, package) in added {
        for (name, _) in package.members_of("dependencies") {
            names.get(name).for_each(|to| builder.need(index, to));
        }
    }
    builder.needs_known();
    names.ask(Project::beside(source).as_ref(), &mut builder);
    Some(builder.finish())
}

fn scope(package: &Node<'_>) -> Option<Scope> {
    let groups = package.items_of("groups").iter().filter_map(Node::text);
    let scopes = package.text_of("category").into_iter().chain(groups);
    // Production sorts first.
    scopes.map(poetry_scope).min()
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn an_optional_package_is_asked_for_elsewhere() {
        let text = "[[package]]\nname = \"a\"\nversion = \"1\"\n[[package]]\nname = \"b\"\nversion = \"1\"\n[metadata]\n";
        let source = Source {
            name: "poetry.lock",
            text,
            beside: &|_| {
                Some("[tool.poetry.dependencies]\na = { version = \"1\", optional = true }\nb = \"1\"\n".into())
            },
        };
        let told: Vec<_> = parse(&source)
            .unwrap()
            .iter()
            .map(|e| e.elsewhere)
            .collect();
        assert_eq!(told, [true, false]);
    }

    #[test]
    fn scopes_come_from_the_file_or_from_the_walk() {
        let text = "[[package]]\nname = \"Flask\"\nversion = \"1.0\"\n\n[package.dependencies]\nJinja2 = {version = \"*\"}\n\n[[package]]\nname = \"jinja2\"\nversion = \"3.0\"\n\n[[package]]\nname = \"pytest\"\nversion = \"5.0\"\n\n[[package]]\nname = \"old\"\nversion = \"1\"\ncategory = \"dev\"\n\n[[package]]\nname = \"new\"\nversion = \"1\"\ngroups = [\"test\", \"main\"]\n\n[metadata]\nlock-version = \"2.0\"\n";
        let source = Source {
            name: "poetry.lock",
            text,
            beside: &|_| {
                Some("[tool.poetry.dependencies]\nflask = \"1\"\n[tool.poetry.group.dev.dependencies]\npytest = \"5\"\n".into())
            },
        };
        assert_eq!(
            rows(&parse(&source).unwrap()),
            [
                "flask 1.0 3 [1] direct production",
                "jinja2 3.0 10 [] transitive production",
                "pytest 5.0 14 [] direct development",
                "old 1 18 [] transitive development",
                "new 1 23 [] transitive production",
            ]
        );
        let alone = parse(&Source::alone("poetry.lock", text)).unwrap();
        assert_eq!(rows(&alone)[0], "flask 1.0 3 [1] - -");
        assert_eq!(parse(&Source::alone("poetry.lock", "a = 1")), None);
    }
}
