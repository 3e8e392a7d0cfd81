//! A baseline's text → the baseline. The file may come from anywhere: nothing in it is believed that
//! does not have the right form.

use super::{MAX_BYTES, MAX_ENTRIES, VERSION};
use crate::model::{
    AdvisoryId, Baseline, BaselineEntry, Ecosystem, FINGERPRINT_SCHEME, Kind, Problem, RepoPath,
    RuleId, ScannerId, Severity, SourceDigests, Untrusted,
};
use jiff::civil::Date;
use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, de};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Reads a baseline.
///
/// # Errors
/// What is wrong with the file, with its line.
pub fn read(text: &str) -> Result<Baseline, Problem> {
    if text.len() > MAX_BYTES {
        let text = format!("it is larger than {} MiB", MAX_BYTES / 1024 / 1024);
        return Err(Problem::new("baseline-too-large", text));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file: File = serde_json::from_str(text).map_err(|e| explain(text, &e))?;
    scheme(Some(file.version), Some(&file.fingerprints))?;
    Ok(Baseline {
        written: file.written.map(|day| day.0),
        scanners: file.scanners.into_iter().map(|(k, v)| (k.0, v.0)).collect(),
        entries: file.findings.0,
        history: file.history.map(|history| history.get().into()),
        absent: BTreeSet::new(),
    })
}

/// Refuses what another lockgate has to read.
fn scheme(version: Option<u64>, fingerprints: Option<&str>) -> Result<(), Problem> {
    let hint = "write it again with this lockgate: lockgate baseline write";
    match (version, fingerprints) {
        (Some(version), _) if version != VERSION => Err(Problem::new(
            "baseline-version",
            format!("its version is {version}, and this lockgate reads {VERSION}; {hint}"),
        )),
        (_, Some(other)) if other != FINGERPRINT_SCHEME => {
            let text = format!(
                "its fingerprints are of another scheme than {FINGERPRINT_SCHEME}, so none of them would match; {hint}"
            );
            Err(Problem::new("baseline-scheme", text).detail(other))
        }
        _ => Ok(()),
    }
}

/// Why a text is no baseline.
fn explain(text: &str, error: &serde_json::Error) -> Problem {
    #[derive(Deserialize)]
    struct Header {
        version: Option<u64>,
        fingerprints: Option<String>,
    }
    // Of another version, anything may be different.
    if let Ok(header) = serde_json::from_str::<Header>(text)
        && let Err(problem) = scheme(header.version, header.fingerprints.as_deref())
    {
        return problem;
    }
    if text.trim().is_empty() {
        return Problem::new("baseline-damaged", "it is empty");
    }
    let line = error.line();
    if text.lines().any(|line| line.starts_with("<<<<<<< ")) {
        let text = "it holds conflict markers of git: solve the conflict, or write it again";
        return Problem::new("baseline-damaged", text);
    }
    let text = match error.classify() {
        serde_json::error::Category::Eof => format!("it is cut off at line {line}"),
        serde_json::error::Category::Data => format!("line {line} is not what a baseline holds"),
        _ => format!("line {line} is no JSON"),
    };
    Problem::new("baseline-damaged", text).detail(error.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u64,
    fingerprints: String,
    written: Option<Checked<Date>>,
    scanners: BTreeMap<Checked<ScannerId>, Checked<Date>>,
    findings: Findings,
    history: Option<Box<serde_json::value::RawValue>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: Checked<RepoPath>,
    line: Option<std::num::NonZeroU32>,
    target: Option<String>,
    scanner: Checked<ScannerId>,
    rule: String,
    kind: Checked<Kind>,
    severity: Checked<Severity>,
    title: String,
    package: Option<Package>,
    #[serde(default)]
    advisories: BTreeSet<Checked<AdvisoryId>>,
    text: Option<String>,
    before: Option<String>,
    after: Option<String>,
    fingerprint: String,
    since: Option<Checked<Date>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Package {
    ecosystem: String,
    name: String,
    version: Option<String>,
}

impl Line {
    fn entry<E: de::Error>(self) -> Result<BaselineEntry, E> {
        let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        if self.fingerprint.len() != 32 || !self.fingerprint.bytes().all(hex) {
            return Err(E::custom("a fingerprint has 32 lower-case hex digits"));
        }
        let around = [self.before.as_deref(), self.after.as_deref()];
        let digests = SourceDigests::read(self.text.as_deref(), around);
        let (text, [before, after]) = digests.written();
        if text != self.text || before != self.before || after != self.after {
            return Err(E::custom(
                "the digest of a line has 16 lower-case hex digits, those of its neighbours have 4",
            ));
        }
        Ok(BaselineEntry {
            fingerprint: self.fingerprint,
            scanner: self.scanner.0,
            rule: RuleId::new(&self.rule),
            kind: self.kind.0,
            severity: self.severity.0,
            title: self.title.into(),
            path: self.path.0,
            line: self.line.map(std::num::NonZeroU32::get),
            target: self.target.map(Untrusted::from),
            text,
            around: [before, after],
            package: self.package.map(|package| {
                let ecosystem = Ecosystem::new(&package.ecosystem);
                (ecosystem, package.name, package.version)
            }),
            advisories: self.advisories.into_iter().map(|id| id.0).collect(),
            since: self.since.map(|day| day.0),
        })
    }
}

/// The findings, counted while they are read.
struct Findings(Vec<BaselineEntry>);

impl<'de> Deserialize<'de> for Findings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Findings;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of findings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Findings, A::Error> {
                let mut entries = Vec::new();
                while let Some(line) = list.next_element::<Line>()? {
                    if entries.len() >= MAX_ENTRIES {
                        let text = format!("a baseline holds at most {MAX_ENTRIES} findings");
                        return Err(A::Error::custom(text));
                    }
                    entries.push(line.entry()?);
                }
                Ok(Findings(entries))
            }
        }
        deserializer.deserialize_seq(List)
    }
}

/// A text that means something.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Checked<T>(T);

/// Understands a text, or says what it had to be.
trait Meaning: Sized {
    const WANTED: &'static str;
    fn of(text: &str) -> Option<Self>;
}

impl<'de, T: Meaning> Deserialize<'de> for Checked<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("{text:?} is no {}", T::WANTED));
        T::of(&text).map(Self).ok_or_else(wrong)
    }
}

impl Meaning for Date {
    const WANTED: &'static str = "day such as 2027-01-31";
    fn of(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Meaning for ScannerId {
    const WANTED: &'static str = "scanner's name";
    fn of(text: &str) -> Option<Self> {
        Self::new(text)
    }
}

impl Meaning for RepoPath {
    const WANTED: &'static str = "path inside the repository";
    fn of(text: &str) -> Option<Self> {
        Self::new(text).ok()
    }
}

impl Meaning for Kind {
    const WANTED: &'static str = "kind of finding";
    fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Meaning for Severity {
    const WANTED: &'static str = "severity";
    fn of(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Meaning for AdvisoryId {
    const WANTED: &'static str = "advisory's name";
    fn of(text: &str) -> Option<Self> {
        Self::new(text)
    }
}
