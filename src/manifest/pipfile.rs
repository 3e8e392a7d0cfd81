//! `Pipfile.lock`.
//!
//! Source: Pipenv's documentation and its schema (pypa/pipfile): `default`, `develop` and further
//! categories, each with all packages that it installs; who needs whom is not told.

use super::build::Builder;
use super::read::{json, toml};
use super::{Entry, Source};
use crate::model::{Ecosystem, Scope};
use std::collections::BTreeMap;

/// The entries, or `None` when this is no lockfile of Pipenv.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let lock = json::parse(source.text)?;
    lock.get("_meta")?;
    let mut builder = Builder::default();
    let mut by_name = BTreeMap::new();
    for (section, packages) in lock.members().filter(|(section, _)| *section != "_meta") {
        for (name, package) in packages.members() {
            let version = package.text_of("version");
            // A folder of the project.
            if version.is_none() && package.get("path").is_some() {
                continue;
            }
            let exact = version.map(|text| text.trim_start_matches('=').trim());
            let name = Ecosystem::PYPI.normalise(name);
            let mut entry = Entry::new(name.clone(), exact.map(str::to_owned), package.line);
            entry.scope = match section {
                "default" => Some(Scope::Production),
                "develop" => Some(Scope::Development),
                _ => None,
            };
            by_name.insert((section, name), builder.add(entry));
        }
    }
    let project = source.read_beside("Pipfile");
    if let Some(project) = project.as_deref().and_then(toml::parse) {
        builder.roots_known();
        for (table, packages) in project.members() {
            let section = match table {
                "packages" => "default",
                "dev-packages" => "develop",
                category => category,
            };
            for (name, _) in packages.members() {
                let key = (section, Ecosystem::PYPI.normalise(name));
                by_name
                    .get(&key)
                    .into_iter()
                    .for_each(|index| builder.ask(*index, None));
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
    fn sections_are_scopes() {
        let text = "{\n\"_meta\": {},\n\"default\": {\n\"a\": {\"version\": \"==1.0\"},\n\"me\": {\"path\": \".\", \"editable\": true}\n},\n\"develop\": {\n\"A\": {\"version\": \"==1.0\"},\n\"g\": {\"git\": \"x\", \"ref\": \"y\"}\n}\n}";
        let source = Source {
            name: "Pipfile.lock",
            text,
            beside: &|_| Some("[packages]\na = \"*\"\n[dev-packages]\nG = {git = \"x\"}\n".into()),
        };
        assert_eq!(
            rows(&parse(&source).unwrap()),
            [
                "a 1.0 4 [] direct production",
                "a 1.0 8 [] transitive development",
                "g - 9 [] direct development",
            ]
        );
        assert_eq!(parse(&Source::alone("Pipfile.lock", "{}")), None);
    }
}
