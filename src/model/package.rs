//! Packages: what a dependency finding is about.

use super::text::{Foreign as _, Untrusted};
use std::borrow::Cow;

/// A package ecosystem, by its package-url type (`npm`, `pypi`, `deb` …): an open set, because
/// scanners keep adding some. Lower-case letters, digits, `-`, `.` and `+` only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ecosystem(Cow<'static, str>);

impl Ecosystem {
    /// JavaScript packages.
    pub const NPM: Self = Self(Cow::Borrowed("npm"));
    /// Python packages.
    pub const PYPI: Self = Self(Cow::Borrowed("pypi"));
    /// Rust packages.
    pub const CARGO: Self = Self(Cow::Borrowed("cargo"));
    /// Go modules.
    pub const GOLANG: Self = Self(Cow::Borrowed("golang"));
    /// PHP packages.
    pub const COMPOSER: Self = Self(Cow::Borrowed("composer"));
    /// Ruby packages.
    pub const GEM: Self = Self(Cow::Borrowed("gem"));
    /// Anything that could not be told.
    pub const UNKNOWN: Self = Self(Cow::Borrowed("generic"));

    /// Takes a package-url type; anything that is not one becomes [`Self::UNKNOWN`].
    pub fn new(purl_type: &str) -> Self {
        let ok = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+');
        if purl_type.is_empty() || purl_type.len() > 32 || !purl_type.chars().all(ok) {
            return Self::UNKNOWN;
        }
        Self(Cow::Owned(purl_type.to_ascii_lowercase()))
    }

    /// The package-url type.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A package name in the form in which two names of the same package are equal: PEP 503 for
    /// Python, lower case where the registry ignores case, else unchanged.
    pub fn normalise(&self, name: &str) -> String {
        self.normal(name).into_owned()
    }

    /// The same, copied only where it differs.
    pub fn normal<'a>(&self, name: &'a str) -> Cow<'a, str> {
        let lower = !name.contains(|c: char| c.is_ascii_uppercase() || !c.is_ascii());
        match self.as_str() {
            "pypi" if lower && !name.contains(['_', '.']) && !name.contains("--") => name.into(),
            "composer" | "nuget" if lower => name.into(),
            "pypi" => {
                let mut out = String::with_capacity(name.len());
                for c in name.chars() {
                    let c = if matches!(c, '-' | '_' | '.') { '-' } else { c };
                    if c != '-' || !out.ends_with('-') {
                        out.extend(c.to_lowercase());
                    }
                }
                out.into()
            }
            "composer" | "nuget" => name.to_lowercase().into(),
            _ => name.into(),
        }
    }
}

/// Whether a package is needed when the program runs, or only while it is built and tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Shipped.
    Production,
    /// Used by developers only.
    Development,
}

impl Scope {
    /// Both, in the order in which errors list them.
    pub const ALL: [Self; 2] = [Self::Production, Self::Development];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

/// Whether the project asks for a package itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Named in the project's own manifest.
    Direct,
    /// Brought in by another package.
    Transitive,
}

impl Relation {
    /// Both, in the order in which errors list them.
    pub const ALL: [Self; 2] = [Self::Direct, Self::Transitive];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Transitive => "transitive",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|how| how.word() == word)
    }
}

/// The installed package that a dependency finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Which registry's naming applies.
    pub ecosystem: Ecosystem,
    /// Name as the scanner wrote it.
    pub name: Untrusted,
    /// Installed version; npm audit gives none.
    pub version: Option<Untrusted>,
    /// Versions in which the problem is mended.
    pub fixed: Vec<Untrusted>,
    /// Production or development, when known.
    pub scope: Option<Scope>,
    /// Direct or transitive, when known.
    pub relation: Option<Relation>,
    /// Direct, but asked for by a member of a workspace, an extra, a catalogue or under another
    /// name: what moves a package for the project at the root would not move this one.
    pub elsewhere: bool,
    /// Ways from the project to this package, each a list of names that ends with its own, shortest
    /// first.
    pub paths: Vec<Vec<Untrusted>>,
    /// There are, or may be, more ways than those.
    pub more_paths: bool,
}

impl Package {
    /// A package of which only ecosystem and name are known.
    pub fn new(ecosystem: Ecosystem, name: impl Into<Untrusted>) -> Self {
        Self {
            ecosystem,
            name: name.into(),
            version: None,
            fixed: Vec::new(),
            scope: None,
            relation: None,
            elsewhere: false,
            paths: Vec::new(),
            more_paths: false,
        }
    }

    /// The name in the ecosystem's normal form.
    pub fn normal_name(&self) -> String {
        self.ecosystem.normalise(self.name.raw())
    }
}

/// How far it is from an installed version to a fixed one: what the move may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Distance {
    /// Only mends.
    Patch,
    /// Adds, without breaking what was there.
    Minor,
    /// May break.
    Major,
}

impl Distance {
    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// How to mend a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix {
    /// Move `package` to `version` or a later one. For npm this may be another package than the
    /// vulnerable one: the direct dependency that brings it in.
    Upgrade {
        /// What to move.
        package: Untrusted,
        /// The least version that mends it.
        version: Untrusted,
        /// How far that is from what is installed, when both are known.
        distance: Option<Distance>,
    },
    /// A fixed version exists, but the scanner does not say which.
    UpgradeExists,
    /// No fixed version is published.
    NoneYet,
    /// What the scanner advises, in its words; behind [`Fix::HERE`] the very line as it should be.
    Advice(Untrusted),
}

impl Fix {
    /// What stands in an advice before the line to copy.
    pub const HERE: &'static str = " Here: ";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_names_compare_by_pep_503() {
        for name in ["Flask-SQLAlchemy", "flask_sqlalchemy", "flask.-_sqlalchemy"] {
            assert_eq!(Ecosystem::PYPI.normalise(name), "flask-sqlalchemy");
        }
    }

    #[test]
    fn npm_names_keep_their_case() {
        assert_eq!(Ecosystem::NPM.normalise("JSONStream"), "JSONStream");
    }
}
