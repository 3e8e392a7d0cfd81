//! RustSec's advisories, as both scanners pass them on.

use crate::ingest::advisory::{Advisory as Told, identifiers, versions};
use crate::ingest::cvss;
use crate::ingest::lenient::{Scalar, Text, or_default};
use crate::model::{
    Ecosystem, Fix, Observation, Package, Reported, RuleId, RuleInfo, Severity, Untrusted,
};
use crate::version::upgrade;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The file that both scanners read.
pub const LOCKFILES: &[&str] = &["Cargo.lock"];

/// `advisory`.
#[derive(Deserialize)]
pub struct Advisory<'a> {
    /// `RUSTSEC-…`.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The package that it is about.
    #[serde(default, borrow)]
    pub package: Option<Text<'a>>,
    #[serde(default, borrow)]
    title: Option<Text<'a>>,
    #[serde(default, borrow)]
    description: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    /// A vector of CVSS 3.x or 4.0.
    #[serde(default)]
    cvss: Scalar,
    /// `unmaintained`, `unsound`, `notice`: not a vulnerability.
    #[serde(default)]
    informational: Scalar,
    #[serde(default)]
    url: Scalar,
}

/// `versions`: requirements such as `>=1.2.3` and `<0.10.0, >=0.9.3`.
#[derive(Deserialize, Default)]
pub struct Versions {
    #[serde(default, deserialize_with = "or_default")]
    patched: Vec<String>,
}

impl Versions {
    /// The versions that these requirements name.
    pub fn of(patched: Vec<String>) -> Self {
        Self { patched }
    }

    /// The least version that each requirement allows.
    fn fixed(&self) -> Vec<Untrusted> {
        let bounds = self.patched.iter().flat_map(|requirement| {
            requirement.split(',').filter_map(|part| {
                let part = part.trim();
                let operators = [">=", "^", "~", "="];
                operators.iter().find_map(|o| part.strip_prefix(o))
            })
        });
        versions(bounds)
    }
}

/// A package, as both name it.
#[derive(Deserialize)]
pub struct Krate<'a> {
    /// Name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Installed version.
    #[serde(default, borrow)]
    pub version: Option<Text<'a>>,
}

/// A package of Rust's own registry.
pub fn krate(name: &str, version: Option<&str>) -> Package {
    let mut package = Package::new(Ecosystem::new("cargo"), name);
    package.version = version.map(Untrusted::from);
    package
}

/// The observation that the advisory concerns the package.
pub fn observe(
    advisory: &Advisory<'_>,
    versions: &Versions,
    mut package: Package,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    package.fixed = versions.fixed();
    let fix = match (package.fixed.is_empty(), versions.patched.is_empty()) {
        (false, _) => upgrade(&package),
        (true, false) => Fix::UpgradeExists,
        (true, true) => Fix::NoneYet,
    };
    let id = advisory.id.as_str();
    let aliases = advisory.aliases.iter().map(String::as_str);
    let told = Told {
        rule: id,
        ids: identifiers(std::iter::once(id).chain(aliases)),
        title: advisory.title.as_ref().map(Text::as_str),
        text: advisory.description.as_ref().map(Text::as_str),
        page: advisory.url.text(),
        ..Told::default()
    };
    let mut observation = told.observe(package, rules);
    observation.fix = Some(fix);
    let score = advisory.cvss.text().and_then(cvss::score);
    observation.reported = Reported {
        score,
        ..Reported::default()
    };
    observation.severity = match advisory.informational.text() {
        Some("unsound") => Some(Severity::Medium),
        Some(_) => Some(Severity::Info),
        None => score.and_then(Severity::from_score),
    };
    observation.place.lockfiles = LOCKFILES;
    observation
}
