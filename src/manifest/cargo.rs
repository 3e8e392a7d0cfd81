//! `Cargo.lock`, versions 1 to 4.
//!
//! Source: the Cargo book and rust-lang/cargo, `src/cargo/core/resolver/encode.rs`: packages
//! without a source are folders of the project; what a package needs is written as `name`,
//! `name version` or `name version (source)`, as short as it is unambiguous.

use super::build::Builder;
use super::read::{Node, toml};
use super::{Entry, Source};
use crate::model::Scope;
use std::collections::{BTreeMap, BTreeSet};

struct Package<'n> {
    name: &'n str,
    version: &'n str,
    source: Option<&'n str>,
    /// Its number, when it is not a folder of the project.
    index: Option<usize>,
    node: &'n Node<'n>,
}

/// The entries, or `None` when this is no lockfile of Cargo. An empty one is valid.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = toml::parse(source.text)?;
    let known = |key: &str| matches!(key, "package" | "version" | "metadata" | "patch" | "root");
    if lock.get("package").is_none() && !lock.members().all(|(key, _)| known(key)) {
        return None;
    }
    let mut builder = Builder::default();
    let mut packages: Vec<Package<'_>> = Vec::new();
    // Until 2017 the project itself stood in a table of its own.
    let root = lock.get("root").into_iter();
    for node in lock.items_of("package").iter().chain(root) {
        let (Some(name), Some(at)) = (node.text_of("name"), node.get("version")) else {
            continue;
        };
        let version = at.text().unwrap_or_default();
        let source = node.text_of("source");
        let entry = || Entry::new(name, Some(version.to_owned()), at.line);
        let index = source.map(|_| builder.add(entry()));
        packages.push(Package {
            name,
            version,
            source,
            index,
            node,
        });
    }
    let mut by_name: BTreeMap<&str, Vec<&Package<'_>>> = BTreeMap::new();
    for package in &packages {
        by_name.entry(package.name).or_default().push(package);
    }
    let development = Development::read(source);
    for package in &packages {
        let needs = package.node.items_of("dependencies").iter();
        let needs = needs.filter_map(|need| find(&by_name, need.text()?));
        for need in needs {
            match (package.index, need.index) {
                (Some(from), Some(to)) => builder.need(from, to),
                (None, Some(to)) => builder.ask(to, development.scope(package.name, need.name)),
                (_, None) => {}
            }
        }
    }
    builder.roots_known();
    builder.needs_known();
    Some(builder.finish())
}

/// Whether a need's source is that of a package, which adds the commit: `git+https://host/r#abc`.
fn same(own: &str, needed: &str) -> bool {
    own == needed
        || own
            .split_once('#')
            .is_some_and(|(place, _)| place == needed)
}

/// The package that `name`, `name version` or `name version (source)` means.
fn find<'p, 'n>(
    by_name: &BTreeMap<&str, Vec<&'p Package<'n>>>,
    words: &str,
) -> Option<&'p Package<'n>> {
    let mut words = words.splitn(3, ' ');
    let candidates = by_name.get(words.next()?)?;
    let version = words.next();
    let source = words
        .next()
        .map(|s| s.trim_start_matches('(').trim_end_matches(')'));
    let fits = |package: &&&Package<'_>| {
        version.is_none_or(|version| version == package.version)
            && source.is_none_or(|source| package.source.is_some_and(|own| same(own, source)))
    };
    // Folders have no source to write down, so that without one they are meant.
    let fitting = || candidates.iter().filter(fits);
    let folder = fitting().find(|package| package.source.is_none());
    folder.or_else(|| fitting().next()).copied()
}

/// What the `Cargo.toml` beside the lockfile says of its own package.
#[derive(Default)]
struct Development {
    member: Option<String>,
    shipped: BTreeSet<String>,
}

impl Development {
    fn read(source: &Source<'_>) -> Self {
        let Some(text) = source.read_beside("Cargo.toml") else {
            return Self::default();
        };
        let Some(manifest) = toml::parse(&text) else {
            return Self::default();
        };
        let shared = manifest.at(&["workspace", "dependencies"]);
        let targets = manifest.members_of("target").map(|(_, target)| target);
        let mut shipped = BTreeSet::new();
        for part in targets.chain(std::iter::once(&manifest)) {
            // What a build script runs ends up in what is shipped.
            for table in ["dependencies", "build-dependencies", "build_dependencies"] {
                for (name, wanted) in part.members_of(table) {
                    let renamed = wanted
                        .text_of("package")
                        .or_else(|| shared?.get(name)?.text_of("package"));
                    shipped.insert(renamed.unwrap_or(name).to_owned());
                }
            }
        }
        let member = manifest.at(&["package", "name"]).and_then(Node::text);
        Self {
            member: member.map(str::to_owned),
            shipped,
        }
    }

    /// For what a member of the workspace asks for a package: only known of the one whose manifest
    /// is beside.
    fn scope(&self, member: &str, package: &str) -> Option<Scope> {
        (self.member.as_deref() == Some(member)).then(|| {
            if self.shipped.contains(package) {
                Scope::Production
            } else {
                Scope::Development
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"a\",\n \"t\",\n \"b 2.0.0\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\ndependencies = [\"b 1.0.0 (registry+x)\"]\n\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"t\"\nversion = \"3.0.0\"\nsource = \"registry+x\"\n";

    #[test]
    fn the_projects_own_packages_tell_what_is_direct() {
        let source = Source {
            name: "Cargo.lock",
            text: LOCK,
            beside: &|_| {
                Some("[package]\nname = \"app\"\n[dependencies]\na = \"1\"\n[target.x.dependencies]\nz = { package = \"b\", version = \"2\" }\n[dev-dependencies]\nt = \"3\"\n".into())
            },
        };
        let entries = parse(&source).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "a 1.0.0 14 [1] direct production",
                "b 1.0.0 20 [] transitive production",
                "b 2.0.0 25 [] direct production",
                "t 3.0.0 30 [] direct development",
            ]
        );
        let alone = parse(&Source::alone("Cargo.lock", LOCK)).unwrap();
        assert!(
            alone
                .iter()
                .all(|e| e.scope.is_none() && e.relation.is_some())
        );
    }

    #[test]
    fn the_root_of_old_and_commits_of_git() {
        let git = "git+https://host.invalid/o/a";
        let text = format!(
            "[root]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"a 1.0.0 ({git})\",\n \"w 1.0.0\",\n]\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nsource = \"{git}#0123\"\n\n[[package]]\nname = \"w\"\nversion = \"1.0.0\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"w\"\nversion = \"1.0.0\"\ndependencies = [\"a 1.0.0 (registry+x)\"]\n"
        );
        let entries = parse(&Source::alone("Cargo.lock", &text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "a 1.0.0 11 [] direct -",
                "a 1.0.0 16 [] direct -",
                "w 1.0.0 21 [] transitive -",
            ]
        );
    }

    #[test]
    fn an_empty_lockfile_is_valid() {
        assert_eq!(parse(&Source::alone("Cargo.lock", "")), Some(Vec::new()));
        assert_eq!(parse(&Source::alone("Cargo.lock", "hello = 1")), None);
        assert_eq!(parse(&Source::alone("Cargo.lock", "{")), None);
    }
}
