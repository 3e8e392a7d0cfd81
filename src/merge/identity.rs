//! What makes two observations the same problem.

use super::alias::Aliases;
use super::{condense, raw};
use crate::model::{
    Certainty, FINGERPRINT_SCHEME, Foreign as _, Kind, Located, Observation, ScannerId,
};
use crate::version::canonical;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// See [`Identity::digest`].
pub type Digest = u128;

/// The identity of a problem. It never contains line numbers or messages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// A vulnerability in one installed package, as one manifest has it.
    Dependency {
        /// Package URL type.
        ecosystem: String,
        /// Name in the ecosystem's normal form.
        name: String,
        /// The best known name of the advisory.
        advisory: String,
        /// Installed version; `None` when no one said.
        version: Option<String>,
        /// The manifest, or what was scanned instead; `None` when no one said.
        place: Option<String>,
    },
    /// Anything else: by scanner, rule, file and the text of the line.
    Place {
        /// The scanner; its rules have no meaning for others.
        scanner: String,
        /// The rule.
        rule: String,
        /// The kind's word, because one scanner may use a rule's name for two kinds.
        kind: &'static str,
        /// The file, or what was scanned instead.
        path: String,
        /// The line's text without white space; empty when unknown. Of a secret only the mark, for
        /// scanners that have one.
        line: String,
        /// The package of a licence finding.
        package: String,
    },
}

impl Identity {
    /// True for a dependency whose version or place no one said.
    pub fn has_gaps(&self) -> bool {
        self.gaps() > 0
    }

    /// How many of a dependency's version and place no one said, 0–2.
    pub fn gaps(&self) -> usize {
        match self {
            Self::Dependency { version, place, .. } => {
                usize::from(version.is_none()) + usize::from(place.is_none())
            }
            Self::Place { .. } => 0,
        }
    }

    /// Takes over what the other one of the same problem knows.
    pub fn learn(&mut self, other: &Self) {
        if let (
            Self::Dependency { version, place, .. },
            Self::Dependency {
                version: other_version,
                place: other_place,
                ..
            },
        ) = (self, other)
        {
            *version = version.take().or_else(|| other_version.clone());
            *place = place.take().or_else(|| other_place.clone());
        }
    }

    /// Ecosystem, name and advisory of a dependency.
    pub fn dependency_key(&self) -> Option<(String, String, String)> {
        match self {
            Self::Dependency {
                ecosystem,
                name,
                advisory,
                ..
            } => Some((ecosystem.clone(), name.clone(), advisory.clone())),
            Self::Place { .. } => None,
        }
    }

    /// True when nothing that both know differs.
    pub fn fits(&self, other: &Self) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| match (a, b) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        };
        match (self, other) {
            (
                Self::Dependency {
                    version: v,
                    place: p,
                    ..
                },
                Self::Dependency {
                    version: w,
                    place: q,
                    ..
                },
            ) => agree(v, w) && agree(p, q),
            _ => false,
        }
    }

    /// A short form that is equal only for equal identities.
    pub fn digest(&self) -> Digest {
        let bytes = self.hash(0).finalize();
        bytes
            .first_chunk()
            .map_or(0, |bytes| Digest::from_be_bytes(*bytes))
    }

    /// The finding's `lockgate/v1` fingerprint: 128 bits of SHA-256 as 32 hex digits.
    pub fn fingerprint(&self, number: usize) -> String {
        let bytes = self.hash(number).finalize();
        bytes
            .iter()
            .take(16)
            .fold(String::with_capacity(32), |mut out, byte| {
                let _ = write!(out, "{byte:02x}");
                out
            })
    }

    /// The scheme, then each part after a byte that no text contains.
    fn hash(&self, number: usize) -> Sha256 {
        let mut hash = Sha256::new();
        hash.update(FINGERPRINT_SCHEME.as_bytes());
        for part in self.parts() {
            hash.update([0xff]);
            hash.update(part.as_bytes());
        }
        if number > 0 {
            hash.update([0xff]);
            hash.update(number.to_string().as_bytes());
        }
        hash
    }

    /// The parts that the fingerprint is made of.
    fn parts(&self) -> Vec<&str> {
        match self {
            Self::Dependency {
                ecosystem,
                name,
                advisory,
                version,
                place,
            } => vec![
                "dependency",
                ecosystem,
                name,
                advisory,
                version.as_deref().unwrap_or("?"),
                place.as_deref().unwrap_or("?"),
            ],
            Self::Place {
                scanner,
                rule,
                kind,
                path,
                line,
                package,
            } => {
                vec![kind, scanner, rule, path, line, package]
            }
        }
    }
}

/// Ecosystem and normal name of the package.
pub fn package(observation: &Observation) -> (String, String) {
    match &observation.package {
        Some(package) => (package.ecosystem.as_str().to_owned(), package.normal_name()),
        None => (String::new(), String::new()),
    }
}

/// The identity of an observation.
pub fn of(located: &Located, scanner: Option<&ScannerId>, aliases: &Aliases) -> Identity {
    let observation = &located.observation;
    let location = &located.location;
    let scanner = scanner.map(|s| s.as_str().to_owned()).unwrap_or_default();
    let elsewhere = location.target.as_ref().map(|t| t.raw().to_owned());
    if let (Kind::Dependency, Some(installed)) = (observation.kind, &observation.package) {
        let (ecosystem, name) = package(observation);
        let advisory = match aliases.canonical(observation) {
            Some(id) => id.to_string(),
            None => observation
                .family
                .unwrap_or(observation.rule.raw())
                .to_owned(),
        };
        let place = match location.certainty {
            Certainty::Assumed => elsewhere,
            Certainty::Exact | Certainty::File => Some(location.path.raw().to_owned()),
        };
        let version = installed
            .version
            .as_ref()
            .map(|v| canonical(&installed.ecosystem, v.raw()));
        return Identity::Dependency {
            ecosystem,
            name,
            advisory,
            version,
            place,
        };
    }
    let line = if observation.holds_secret() {
        let sighted = observation.sighted.as_ref();
        raw(sighted.map(|sighted| &sighted.mark)).to_owned()
    } else {
        let quoted = || {
            observation
                .quoted_line
                .as_ref()
                .map(|line| condense(line.raw()))
        };
        let line = located.line_text.clone().or_else(quoted);
        raw(line.as_ref()).to_owned()
    };
    Identity::Place {
        scanner,
        rule: observation.rule.raw().to_owned(),
        kind: observation.kind.word(),
        path: match elsewhere {
            Some(target) if location.certainty == Certainty::Assumed => target,
            _ => location.path.raw().to_owned(),
        },
        line,
        package: observation
            .package
            .as_ref()
            .map(|p| p.name.raw().to_owned())
            .unwrap_or_default(),
    }
}
