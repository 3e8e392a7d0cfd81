//! What Python's lockfiles share: names, and what `pyproject.toml` asks for.

use super::build::Builder;
use super::read::{Node, toml};
use super::{Entry, Source};
use crate::model::{Ecosystem, Scope};
use std::collections::BTreeMap;

/// Entries of one name that a need leads to: markers choose among them when it is installed.
const MAX_CHOICES: usize = 16;

/// The entries of a lockfile by normal name.
#[derive(Default)]
pub struct Names(BTreeMap<String, Vec<usize>>);

impl Names {
    /// Adds what `[[package]]` tables describe: name and version, with the line of the version, or
    /// of the name when there is none. Gives each with its number; those without a name are left
    /// out. `scope`: what a table says of itself.
    pub fn add<'n, 'a>(
        &mut self,
        packages: impl IntoIterator<Item = &'n Node<'a>>,
        scope: impl Fn(&Node<'a>) -> Option<Scope>,
        builder: &mut Builder,
    ) -> Vec<(usize, &'n Node<'a>)>
    where
        'a: 'n,
    {
        let mut added = Vec::new();
        for package in packages {
            let name = package.get("name");
            let Some((name, text)) = name.and_then(|name| Some((name, name.text()?))) else {
                continue;
            };
            let version = package.get("version");
            let line = version.unwrap_or(name).line;
            let version = version.and_then(Node::text).map(str::to_owned);
            let normal = Ecosystem::PYPI.normalise(text);
            let mut entry = Entry::new(normal.clone(), version, line);
            entry.scope = scope(package);
            let index = builder.add(entry);
            self.0.entry(normal).or_default().push(index);
            added.push((index, package));
        }
        added
    }

    /// The entries of a name.
    pub fn get(&self, name: &str) -> impl Iterator<Item = usize> {
        let list = self.0.get(&Ecosystem::PYPI.normalise(name));
        list.into_iter().flatten().copied().take(MAX_CHOICES)
    }

    /// Tells the builder what the project beside asks for, when that is known.
    pub fn ask(&self, project: Option<&Project>, builder: &mut Builder) {
        let Some(project) = project.filter(|project| !project.asked.is_empty()) else {
            return;
        };
        if project.shipped_known {
            builder.roots_known();
        }
        for asked in &project.asked {
            for index in self.get(&asked.name) {
                match asked.elsewhere {
                    true => builder.ask_elsewhere(index, Some(asked.scope)),
                    false => builder.ask(index, Some(asked.scope)),
                }
            }
        }
    }
}

/// The name at the start of a requirement. Source: PEP 508.
pub fn name_of(requirement: &str) -> Option<&str> {
    let requirement = requirement.trim_start();
    let end = requirement
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(requirement.len());
    let name = requirement.get(..end)?;
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        .then_some(name)
}

/// The packages that a project asks for.
#[derive(Default)]
pub struct Project {
    asked: Vec<Asked>,
    /// What it ships is told here, and not computed while it is built or kept in another file.
    shipped_known: bool,
}

struct Asked {
    name: String,
    scope: Scope,
    group: Option<String>,
    /// See [`Entry::elsewhere`]: an extra asks for it.
    elsewhere: bool,
}

impl Project {
    /// Reads the `pyproject.toml` beside: the tables of PEP 621, of PEP 735, of Poetry, PDM and uv.
    pub fn beside(source: &Source<'_>) -> Option<Self> {
        let text = source.read_beside("pyproject.toml")?;
        let file = toml::parse(&text)?;
        let mut project = Self::default();
        if let Some(standard) = file.get("project") {
            let mut computed = standard.items_of("dynamic").iter().filter_map(Node::text);
            project.shipped_known = !computed.any(|field| field == "dependencies");
            project.list(standard.get("dependencies"), Scope::Production, None);
            for (group, list) in standard.members_of("optional-dependencies") {
                project.list(Some(list), Scope::Production, Some(group));
            }
        }
        for (group, list) in file.members_of("dependency-groups") {
            project.list(Some(list), Scope::Development, Some(group));
        }
        if let Some(tool) = file.get("tool") {
            project.list(
                tool.at(&["uv", "dev-dependencies"]),
                Scope::Development,
                None,
            );
            let pdm = tool.at(&["pdm", "dev-dependencies"]);
            for (group, list) in pdm.into_iter().flat_map(Node::members) {
                project.list(Some(list), Scope::Development, Some(group));
            }
            if let Some(poetry) = tool.get("poetry") {
                project.poetry(poetry);
            }
        }
        Some(project)
    }

    fn poetry(&mut self, poetry: &Node<'_>) {
        // Poetry takes from here what it declares as dynamic.
        let table = poetry.get("dependencies");
        self.shipped_known |= table.is_some() || poetry.text_of("package-mode") == Some("false");
        self.table(table, Scope::Production);
        self.table(poetry.get("dev-dependencies"), Scope::Development);
        for (group, table) in poetry.members_of("group") {
            let scope = poetry_scope(group);
            self.table(table.get("dependencies"), scope);
        }
    }

    fn list(&mut self, list: Option<&Node<'_>>, scope: Scope, group: Option<&str>) {
        let texts = list.map(Node::items).unwrap_or_default().iter();
        for name in texts.filter_map(|item| name_of(item.text()?)) {
            self.push(name, scope, group, group.is_some());
        }
    }

    fn table(&mut self, table: Option<&Node<'_>>, scope: Scope) {
        for (name, wanted) in table.into_iter().flat_map(Node::members) {
            if name != "python" {
                self.push(name, scope, None, wanted.flag("optional"));
            }
        }
    }

    fn push(&mut self, name: &str, scope: Scope, group: Option<&str>, elsewhere: bool) {
        self.asked.push(Asked {
            name: name.to_owned(),
            scope,
            group: group.map(str::to_owned),
            elsewhere,
        });
    }

    /// What a group of this name is for: an extra is shipped, a dependency group is not.
    pub fn group(&self, group: &str) -> Option<Scope> {
        let mut of_group = self
            .asked
            .iter()
            .filter(|a| a.group.as_deref() == Some(group));
        of_group.next().map(|asked| asked.scope)
    }
}

/// Poetry's only group that is part of what is published is `main`. Source: Poetry's documentation,
/// "Managing dependencies".
pub fn poetry_scope(group: &str) -> Scope {
    if group == "main" {
        Scope::Production
    } else {
        Scope::Development
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_a_project_is_read() {
        let source = Source {
            name: "uv.lock",
            text: "",
            beside: &|_| {
                Some("[project]\ndependencies = [\"A[x]>=1 ; y\"]\n[project.optional-dependencies]\ne = [\"b\"]\n[dependency-groups]\ndev = [\"c\", {include-group = \"t\"}]\n[tool.uv]\ndev-dependencies = [\"d\"]\n[tool.pdm.dev-dependencies]\nt = [\"f\"]\n[tool.poetry.dependencies]\npython = \"3\"\ng = \"1\"\n[tool.poetry.group.x.dependencies]\nh = \"1\"\n".into())
            },
        };
        let project = Project::beside(&source).unwrap();
        let seen: Vec<_> = project
            .asked
            .iter()
            .map(|a| (a.name.as_str(), a.scope))
            .collect();
        let (production, development) = (Scope::Production, Scope::Development);
        assert_eq!(
            seen,
            [
                ("A", production),
                ("b", production),
                ("c", development),
                ("d", development),
                ("f", development),
                ("g", production),
                ("h", development),
            ]
        );
        assert!(project.shipped_known);
        assert_eq!(project.group("e"), Some(production));
        assert_eq!(project.group("dev"), Some(development));
    }

    #[test]
    fn computed_dependencies_are_not_known() {
        for (text, known) in [
            ("[project]\ndependencies = []\n", true),
            ("[project]\ndynamic = [\"version\"]\n", true),
            ("[project]\ndynamic = [\"dependencies\"]\n", false),
            ("[dependency-groups]\ndev = [\"a\"]\n", false),
            (
                "[project]\ndynamic = [\"dependencies\"]\n[tool.poetry.dependencies]\na = \"1\"\n",
                true,
            ),
        ] {
            let beside = |_: &str| Some(text.to_owned());
            let source = Source {
                name: "poetry.lock",
                text: "",
                beside: &beside,
            };
            assert_eq!(
                Project::beside(&source).unwrap().shipped_known,
                known,
                "{text}"
            );
        }
    }
}
