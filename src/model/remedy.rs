//! Remedies: the smallest change that mends a dependency finding.

use super::finding::Finding;
use super::location::Certainty;
use super::package::{Distance, Fix, Package, Relation, Scope};
use super::text::{Foreign as _, Untrusted};
use std::fmt;

/// The change that mends a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remedy {
    /// What to move.
    pub package: Untrusted,
    /// Its installed version, when known.
    pub from: Option<Untrusted>,
    /// The least version that mends the finding.
    pub to: Untrusted,
    /// How far that is, when known.
    pub distance: Option<Distance>,
    /// The package comes in through others: the lockfile is what has to change.
    pub transitive: bool,
    /// The first direct dependency that brings it in, when known.
    pub via: Option<Untrusted>,
    /// A command for the folder of the lockfile, where one is sure to be right.
    pub command: Option<Command>,
}

/// A command to copy: our words, with a name and a version of which every character was checked, so
/// that it may be shown as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command(String);

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Finding {
    /// What mends the finding; `None` when no move of a package to a known version does.
    pub fn remedy(&self) -> Option<Remedy> {
        let Some(Fix::Upgrade {
            package: moved,
            version,
            distance,
        }) = &self.observation.fix
        else {
            return None;
        };
        let own = self.observation.package.as_ref();
        let own = own.filter(|package| package.name == *moved);
        let transitive = own.is_some_and(|p| p.relation == Some(Relation::Transitive));
        let via = own
            .filter(|_| transitive)
            .and_then(|package| package.paths.first())
            .filter(|path| path.len() > 1)
            .and_then(|path| path.first());
        let known = self.location.certainty != Certainty::Assumed;
        let lockfile = self.location.path.file_name();
        Some(Remedy {
            package: moved.clone(),
            from: own.and_then(|package| package.version.clone()),
            to: version.clone(),
            distance: *distance,
            transitive,
            via: via.cloned(),
            command: own
                .filter(|_| known)
                .and_then(|package| command(lockfile, package, version.raw(), *distance)),
        })
    }
}

/// The command that makes the move in a lockfile of this name.
///
/// `yarn.lock` has none, because Yarn 1 and Yarn 2 call it differently; requirements files have
/// none, because their pinned line is what has to change, and the finding points at it.
fn command(
    lockfile: &str,
    package: &Package,
    to: &str,
    distance: Option<Distance>,
) -> Option<Command> {
    let name = package.name.raw();
    if !is_plain_name(name, package.ecosystem.as_str()) || !is_plain_version(to) {
        return None;
    }
    let direct = package.relation? == Relation::Direct;
    // Without a distance the move is perhaps one back; see also [`Package::elsewhere`].
    if distance.is_none() || (direct && package.elsewhere) {
        return None;
    }
    // A move that the ranges of the manifest surely do not allow takes more than the lockfile.
    let within = matches!(distance, Some(Distance::Patch | Distance::Minor));
    let shipped = package.scope == Some(Scope::Production);
    let text = match (lockfile, direct) {
        // `npm install` keeps a package in the list in which the manifest has it.
        ("package-lock.json" | "npm-shrinkwrap.json", true) => format!("npm install {name}@{to}"),
        ("package-lock.json" | "npm-shrinkwrap.json", false) if within => {
            format!("npm update {name}")
        }
        ("pnpm-lock.yaml", true) => format!("pnpm update {name}@{to}"),
        ("poetry.lock", true) if shipped => format!("poetry add \"{name}>={to}\""),
        ("poetry.lock", false) => format!("poetry update {name}"),
        ("uv.lock", true) if shipped => format!("uv add \"{name}>={to}\""),
        ("uv.lock", false) => format!("uv lock --upgrade-package {name}"),
        // The lockfile may hold several versions, and then the name alone is refused.
        ("Cargo.lock", _) if within => match package.version.as_ref().map(Untrusted::raw) {
            Some(from) if is_plain_version(from) => {
                format!("cargo update {name}@{from} --precise {to}")
            }
            _ => return None,
        },
        // No range holds a module back. From version 2 on the number is part of a module's name.
        ("go.mod" | "go.sum", _) if within || is_before_2(to) => {
            format!("go get {name}@v{}", to.strip_prefix('v').unwrap_or(to))
        }
        ("composer.lock", true) if shipped => format!("composer require \"{name}:^{to}\""),
        ("composer.lock", false) if within => format!("composer update {name}"),
        ("Gemfile.lock", false) => format!("bundle update {name} --conservative"),
        ("Gemfile.lock", true) if within => format!("bundle update {name} --conservative"),
        _ => return None,
    };
    Some(Command(text))
}

/// True for `0.7.0` and `v1.2.3`.
fn is_before_2(version: &str) -> bool {
    let number = version.strip_prefix('v').unwrap_or(version);
    number.starts_with("0.") || number.starts_with("1.")
}

/// Names longer than npm's limit (validate-npm-package-name) are hostile; other registries' limits
/// are below it.
const LONGEST_NAME: usize = 214;

fn is_plain(text: &str, most: usize, more: &[char]) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.len() <= most
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| plain(c) || more.contains(&c))
}

/// A name that means a package of the registry, and neither an option nor a path nor a repository.
fn is_plain_name(name: &str, ecosystem: &str) -> bool {
    let part = |text: &str| is_plain(text, LONGEST_NAME, &[]);
    match ecosystem {
        "npm" => match name.strip_prefix('@') {
            Some(scoped) => scoped
                .split_once('/')
                .is_some_and(|(scope, name)| part(scope) && part(name)),
            None => part(name),
        },
        "composer" => name
            .split_once('/')
            .is_some_and(|(vendor, name)| part(vendor) && part(name)),
        // Modules begin with a host; `stdlib` is the toolchain.
        "golang" => {
            let host = name.split('/').next().unwrap_or_default();
            host.contains('.') && name.split('/').all(part) && name.len() <= LONGEST_NAME
        }
        _ => part(name),
    }
}

fn is_plain_version(version: &str) -> bool {
    is_plain(version, 64, &['+'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Ecosystem;

    fn said(
        lockfile: &str,
        ecosystem: &str,
        name: &str,
        to: &str,
        how: Relation,
    ) -> Option<String> {
        let mut package = Package::new(Ecosystem::new(ecosystem), name);
        package.version = Some("1.0.0".into());
        package.relation = Some(how);
        package.scope = Some(Scope::Production);
        command(lockfile, &package, to, Some(Distance::Minor)).map(|c| c.to_string())
    }

    #[test]
    fn commands_fit_the_lockfile() {
        let (direct, transitive) = (Relation::Direct, Relation::Transitive);
        for (lockfile, ecosystem, name, how, expected) in [
            (
                "package-lock.json",
                "npm",
                "@a/b",
                direct,
                "npm install @a/b@1.2.0",
            ),
            (
                "package-lock.json",
                "npm",
                "qs",
                transitive,
                "npm update qs",
            ),
            (
                "Cargo.lock",
                "cargo",
                "time",
                transitive,
                "cargo update time@1.0.0 --precise 1.2.0",
            ),
            (
                "go.mod",
                "golang",
                "golang.org/x/net",
                transitive,
                "go get golang.org/x/net@v1.2.0",
            ),
            (
                "uv.lock",
                "pypi",
                "idna",
                transitive,
                "uv lock --upgrade-package idna",
            ),
            (
                "composer.lock",
                "composer",
                "a/b",
                transitive,
                "composer update a/b",
            ),
            (
                "Gemfile.lock",
                "gem",
                "rack",
                direct,
                "bundle update rack --conservative",
            ),
        ] {
            let command = said(lockfile, ecosystem, name, "1.2.0", how);
            assert_eq!(command.as_deref(), Some(expected));
        }
        assert_eq!(said("yarn.lock", "npm", "qs", "1.2.0", direct), None);
        assert_eq!(said("go.mod", "golang", "stdlib", "1.2.0", direct), None);
    }

    #[test]
    fn no_command_moves_back_or_for_another_project() {
        let mut package = Package::new(Ecosystem::new("npm"), "qs");
        package.version = Some("5.0.0".into());
        package.relation = Some(Relation::Direct);
        let said = |package: &Package, distance| {
            command("package-lock.json", package, "4.0.0", distance).is_some()
        };
        assert!(!said(&package, None));
        assert!(said(&package, Some(Distance::Patch)));
        package.elsewhere = true;
        assert!(!said(&package, Some(Distance::Patch)));
        package.relation = Some(Relation::Transitive);
        assert!(said(&package, Some(Distance::Patch)));
        // What asks for another major version is not to be had within its ranges.
        assert!(!said(&package, Some(Distance::Major)));
    }

    #[test]
    fn a_module_before_version_2_moves_freely() {
        let mut package = Package::new(Ecosystem::new("golang"), "golang.org/x/net");
        package.relation = Some(Relation::Transitive);
        let said = |to| command("go.mod", &package, to, Some(Distance::Major));
        let net = said("0.7.0").map(|c| c.to_string());
        assert_eq!(net.as_deref(), Some("go get golang.org/x/net@v0.7.0"));
        assert_eq!(said("2.0.0"), None);
        assert_eq!(said("10.0.0"), None);
    }

    #[test]
    fn no_command_is_made_of_hostile_words() {
        let lock = "package-lock.json";
        for name in [
            "a;b",
            "$(id)",
            "-g",
            "../x",
            "user/repository",
            "@a",
            "@a/b/c",
            "a b",
            "",
            "a\nb",
            "`x`",
            "https://x.y/z.tgz",
            "file:x",
            "ä",
        ] {
            assert_eq!(
                said(lock, "npm", name, "1.0.0", Relation::Direct),
                None,
                "{name}"
            );
        }
        for version in ["1 || 2", "-1", "git@x", "1&&id", "", ">=1", "1/2"] {
            assert_eq!(
                said(lock, "npm", "qs", version, Relation::Direct),
                None,
                "{version}"
            );
        }
        let long = "a".repeat(300);
        assert_eq!(said(lock, "npm", &long, "1.0.0", Relation::Direct), None);
    }
}
