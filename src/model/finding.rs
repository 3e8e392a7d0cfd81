//! Observations (what one run says) and findings (one problem each).

use super::advisory::AdvisoryId;
use super::baseline::SourceDigests;
use super::change::Provenance;
use super::location::{Location, Region};
use super::package::{Fix, Package};
use super::rule::{RuleId, ScannerId};
use super::severity::{Confidence, Severity};
use super::text::{Redacted, Untrusted};
use std::collections::BTreeSet;

/// What sort of problem it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A weakness in the project's own code.
    Code,
    /// A package with a published vulnerability.
    Dependency,
    /// A credential.
    Secret,
    /// A weakness in configuration: container images, infrastructure, headers.
    Config,
    /// A package under a licence that somebody objects to.
    License,
}

impl Kind {
    /// All kinds, in the order in which outputs list them.
    pub const ALL: [Self; 5] = [
        Self::Code,
        Self::Dependency,
        Self::Secret,
        Self::Config,
        Self::License,
    ];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Dependency => "dependency",
            Self::Secret => "secret",
            Self::Config => "config",
            Self::License => "license",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }
}

/// Severity and confidence exactly as the scanner wrote them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reported {
    /// The scanner's own word.
    pub severity: Option<Untrusted>,
    /// A CVSS base score, 0.1–10.0.
    pub score: Option<f64>,
    /// Who rated it, when the scanner passes on somebody's rating: `ghsa`, `nvd`.
    pub source: Option<Untrusted>,
    /// How sure the scanner is.
    pub confidence: Option<Confidence>,
}

/// What the report itself says about the standing of a result.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Standing {
    /// An ordinary problem.
    #[default]
    Open,
    /// The scanner was told to keep silent about it; the text is the justification, if any.
    Suppressed(Option<Untrusted>),
    /// The same, and the judged change has brought that about: no policy honours it.
    SuppressedByChange(Option<Untrusted>),
    /// The scanner would be silent about it, for a reason that the base has, too; only lockgate made
    /// it speak. The clause says why.
    Settled(&'static str),
    /// Not a weakness itself, but something in the judged change that silences scanners. Only
    /// lockgate says that, never a report.
    Silences(Box<Silences>),
    /// A result that is not a problem (SARIF 2.1.0 §3.27.9 `kind` other than `fail`, or
    /// §3.27.24 `baselineState` `absent`); the word says which.
    NotAProblem(&'static str),
}

/// What a suppression that the judged change adds silences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silences {
    /// Whose findings.
    pub scanners: Vec<ScannerId>,
    /// What it names: advisories, rules, paths, in its own words; none when it does not say.
    pub names: Vec<Untrusted>,
    /// True when the scanners ran without it, so that it has no effect on this check.
    pub undone: bool,
}

/// Where the scanner says it is, before that is resolved against the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// A file, as written: relative to whatever the scanner's folder was, or absolute.
    pub path: Option<Untrusted>,
    /// The lines in that file.
    pub region: Option<Region>,
    /// What the scanner looked at when that is not a file: an image, a cluster resource, a URL.
    pub target: Option<Untrusted>,
    /// Keys of the lockfile that hold the package (npm's `nodes`), exact.
    pub lock_keys: Vec<Untrusted>,
    /// File names of the lockfiles that the scanner reads, when it names no path: the package is
    /// looked for in these before any other manifest of its ecosystem.
    pub lockfiles: &'static [&'static str],
}

/// What a scanner knows that has held the secret itself: where else it stands, and whether the base has
/// it. Nothing of the secret is in here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sighted {
    /// What tells it apart from other secrets of its rule and file: a digest of the line without the
    /// secret, and for a random token one of itself, both keyed with rule and path. For fingerprints
    /// only, never shown.
    pub mark: Untrusted,
    /// The other places of the same secret, sorted; at most [`Self::MOST`].
    pub further: Vec<Location>,
    /// How many places there are beyond those.
    pub more: usize,
    /// Whether the base holds the same secret, anywhere; `None` when nobody has looked.
    pub in_base: Option<bool>,
}

impl Sighted {
    /// Most places that are kept beside the first one.
    pub const MOST: usize = 100;
}

/// What one run says about one problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Observation {
    /// By which rule.
    pub rule: RuleId,
    /// What sort of problem.
    pub kind: Kind,
    /// Normalised severity; `None` when the scanner gave none that can be used.
    pub severity: Option<Severity>,
    /// The same, verbatim.
    pub reported: Reported,
    /// One line.
    pub title: Untrusted,
    /// What is wrong here.
    pub message: Untrusted,
    /// Where.
    pub place: Place,
    /// The package, for dependency and licence findings.
    pub package: Option<Package>,
    /// Every identifier by which the advisory is known to this report.
    pub advisories: BTreeSet<AdvisoryId>,
    /// CWE numbers.
    pub cwe: BTreeSet<u32>,
    /// The probability that it is exploited within the next 30 days, 0 to 1 (FIRST's EPSS).
    pub epss: Option<f64>,
    /// Whether CISA's catalogue of known exploited vulnerabilities has it; `None` when nobody
    /// looked.
    pub kev: Option<bool>,
    /// A word that different scanners' rules for one weakness have in common, when they are known
    /// to name the same one.
    pub family: Option<&'static str>,
    /// How to mend it.
    pub fix: Option<Fix>,
    /// What may be said about the secret that is there, also when the kind is another one.
    pub evidence: Option<Redacted>,
    /// What lockgate's own scan knows of a secret, beyond what reports tell.
    pub sighted: Option<Box<Sighted>>,
    /// Standing in the report.
    pub standing: Standing,
    /// The offending source line as the report quotes it. For fingerprints only; never shown, and
    /// never set for secrets.
    pub quoted_line: Option<Untrusted>,
    /// `primaryLocationLineHash` as the report gives it, used when the file is not at hand.
    pub line_hash: Option<String>,
}

impl Observation {
    /// True when the place holds a secret: its text is then neither quoted nor hashed.
    pub fn holds_secret(&self) -> bool {
        self.kind == Kind::Secret || self.evidence.is_some()
    }

    /// An observation with the parts that every scanner gives.
    pub fn new(rule: RuleId, kind: Kind, title: impl Into<Untrusted>) -> Self {
        let title = title.into();
        Self {
            rule,
            kind,
            severity: None,
            reported: Reported::default(),
            message: title.clone(),
            title,
            place: Place::default(),
            package: None,
            advisories: BTreeSet::new(),
            cwe: BTreeSet::new(),
            epss: None,
            kev: None,
            family: None,
            fix: None,
            evidence: None,
            sighted: None,
            standing: Standing::Open,
            quoted_line: None,
            line_hash: None,
        }
    }
}

/// Name and version of the fingerprint scheme; the key in SARIF's `partialFingerprints`.
pub const FINGERPRINT_SCHEME: &str = "lockgate/v1";

/// One scanner's sight of a finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// Which scanner.
    pub scanner: ScannerId,
    /// Index into the assessment's runs.
    pub run: usize,
    /// Its name for the rule.
    pub rule: RuleId,
    /// Its severity, normalised.
    pub severity: Option<Severity>,
    /// Its severity, verbatim.
    pub reported: Reported,
}

/// One problem, with everything that any scanner said about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// `lockgate/v1` fingerprint: 32 lower-case hex digits, stable over line shifts and rewording.
    pub fingerprint: String,
    /// The fingerprint of the first of those that differ in nothing but their place among each other:
    /// two equal lines of a file.
    pub namesake: String,
    /// The scanner that leads: first by name among the witnesses that gave a severity.
    pub scanner: ScannerId,
    /// What the leading scanner saw, with the gaps filled from the other witnesses. Its severity is
    /// the highest that any witness gave.
    pub observation: Box<Observation>,
    /// Where.
    pub location: Location,
    /// `primaryLocationLineHash` as GitHub code scanning computes it.
    pub line_hash: Option<String>,
    /// What tells its line apart from others like it.
    pub digests: SourceDigests,
    /// Everybody who saw it; at least one, sorted by scanner and rule.
    pub witnesses: Vec<Witness>,
    /// Whether the judged change brings it in.
    pub provenance: Provenance,
    /// The first day, in UTC, on which it was seen, when somebody wrote that down.
    pub since: Option<jiff::civil::Date>,
}
