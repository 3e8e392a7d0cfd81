//! A table of a case → a finding.

use super::read::{date, scanner_id};
use super::{DISPOSITIONS, Made};
use crate::model::{
    AdvisoryId, Certainty, Confidence, Distance, Ecosystem, Finding, Fix, Foreign as _, Kind,
    Location, Observation, Origin, Package, Provenance, Region, Relation, RepoPath, Reported,
    RuleId, ScannerId, Scope, Severity, SourceDigests, Standing, Witness,
};
use crate::policy::file::{Reader, Word};
use std::collections::BTreeSet;

/// The scanner of a finding that names none.
const SCANNER: &str = "any";

/// Why a made-up finding has its origin.
const WHY: &str = "the case says so";

/// Reads one finding, the `index`th of its case; `None` when there are errors.
pub fn finding(reader: &mut Reader<'_, '_>, index: usize) -> Option<Made> {
    let failed = reader.failed();
    let why = "say what sort of problem it is: code, dependency, secret, config or license";
    let kind = match reader.value("kind") {
        Some(_) => choice(reader, "kind", &Kind::ALL, Kind::word),
        None => {
            reader.missing("kind", why);
            None
        }
    };
    let rule = text(reader, "rule").unwrap_or_else(|| "any".to_owned());
    let title = text(reader, "title").unwrap_or_else(|| "a finding of a test".to_owned());
    let mut observation = Observation::new(RuleId::new(&rule), kind.unwrap_or(Kind::Code), title);
    observation.severity = choice(reader, "severity", &Severity::ALL, Severity::word);
    observation.reported = Reported {
        severity: None,
        score: number(reader, "cvss", 10.0),
        source: None,
        confidence: choice(reader, "confidence", &Confidence::ALL, Confidence::word),
    };
    observation.epss = number(reader, "epss", 1.0);
    observation.kev = reader.boolean("kev");
    observation.advisories = advisories(reader);
    observation.cwe = cwe(reader);
    observation.package = package(reader);
    observation.fix = fix(reader, observation.package.as_ref());
    if reader.boolean("suppressed") == Some(true) {
        observation.standing = Standing::Suppressed(None);
    }
    let origin = choice(reader, "origin", &Origin::ALL, Origin::word);
    let since = date(reader, "since");
    let location = location(reader);
    let witnesses = witnesses(reader, &observation);
    let fingerprint = fingerprint(reader, index);
    let disposition = expected(reader);
    let gate = reader.text("gate").map(|word| word.name.into());
    let scanner = witnesses.first()?.scanner.clone();
    if reader.failed() > failed {
        return None;
    }
    Some(Made {
        finding: Finding {
            fingerprint,
            namesake: String::new(),
            scanner,
            observation: Box::new(observation),
            location: location?,
            line_hash: None,
            digests: SourceDigests::default(),
            witnesses,
            provenance: Provenance {
                origin: origin.unwrap_or(Origin::Introduced),
                why: WHY,
            },
            since,
        },
        disposition,
        gate,
    })
}

fn text(reader: &mut Reader<'_, '_>, key: &'static str) -> Option<String> {
    reader.text(key).map(|word| word.name)
}

fn choice<T: Copy, const N: usize>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    all: &[T; N],
    word: fn(T) -> &'static str,
) -> Option<T> {
    reader.choice(key, &all.map(|value| (word(value), value)))
}

/// A number from 0 to `most`.
fn number(reader: &mut Reader<'_, '_>, key: &'static str, most: f64) -> Option<f64> {
    let words = reader.words_or_numbers(key)?;
    let word = words.first()?;
    let number = word.name.parse().ok();
    let number = number.filter(|number| words.len() == 1 && (0.0..=most).contains(number));
    if number.is_none() {
        let message = format!("`{key}` must be a number from 0 to {most}");
        reader.error(word.span.clone(), &message, "not one", None);
    }
    number
}

fn advisories(reader: &mut Reader<'_, '_>) -> BTreeSet<AdvisoryId> {
    let words = reader.words("advisory").unwrap_or_default();
    let help = "write it as published: `CVE-2024-1234`, `GHSA-jf85-cpcp-j695`";
    each(reader, &words, help, AdvisoryId::new)
}

fn cwe(reader: &mut Reader<'_, '_>) -> BTreeSet<u32> {
    let words = reader.words_or_numbers("cwe").unwrap_or_default();
    each(reader, &words, "write a number: `79` or `CWE-79`", |text| {
        text.strip_prefix("CWE-").unwrap_or(text).parse().ok()
    })
}

fn each<T: Ord>(
    reader: &mut Reader<'_, '_>,
    words: &[Word],
    help: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> BTreeSet<T> {
    let mut found = BTreeSet::new();
    for word in words {
        match parse(&word.name) {
            Some(value) => {
                found.insert(value);
            }
            None => {
                let message = format!("`{}` cannot be understood here", word.name);
                reader.error(word.span.clone(), &message, "", Some(help.to_owned()));
            }
        }
    }
    found
}

/// What only packages have is an error without one: the case would not test what it seems to.
fn package(reader: &mut Reader<'_, '_>) -> Option<Package> {
    let name = reader.text("package");
    let ecosystem = reader.text("ecosystem");
    let version = reader.text("version");
    let scope = choice(reader, "scope", &Scope::ALL, Scope::word);
    let relation = choice(reader, "relation", &Relation::ALL, Relation::word);
    let ways = reader.words("via");
    let Some(name) = name else {
        for key in ["ecosystem", "version", "scope", "relation", "via", "fix"] {
            if reader.value(key).is_some() {
                let message = format!("`{key}` is about a package, and the finding has none");
                let help = "add package = \"name\"".to_owned();
                let span = reader.value(key).map_or(0..0, toml::Spanned::span);
                reader.error(span, &message, "of which package?", Some(help));
            }
        }
        return None;
    };
    let ecosystem = ecosystem.map_or(Ecosystem::UNKNOWN, |word| {
        let known = Ecosystem::new(&word.name);
        if known.as_str() != word.name {
            let message = format!("`{}` is no ecosystem", word.name);
            reader.error(word.span, &message, "such as npm, pypi, cargo", None);
        }
        known
    });
    let mut package = Package::new(ecosystem, name.name.as_str());
    package.version = version.map(|word| word.name.into());
    package.scope = scope;
    package.relation = relation;
    package.paths = ways
        .unwrap_or_default()
        .iter()
        .map(|way| way.name.split('>').map(|step| step.trim().into()).collect())
        .collect();
    Some(package)
}

fn fix(reader: &mut Reader<'_, '_>, package: Option<&Package>) -> Option<Fix> {
    let choices = [
        ("none", None),
        ("patch", Some(Some(Distance::Patch))),
        ("minor", Some(Some(Distance::Minor))),
        ("major", Some(Some(Distance::Major))),
        ("any", Some(None)),
    ];
    let chosen = reader.choice("fix", &choices)?;
    Some(match (chosen, package) {
        (None, _) => Fix::NoneYet,
        (Some(Some(distance)), Some(package)) => Fix::Upgrade {
            package: package.name.clone(),
            version: "the fixed one".into(),
            distance: Some(distance),
        },
        (Some(_), _) => Fix::UpgradeExists,
    })
}

fn location(reader: &mut Reader<'_, '_>) -> Option<Location> {
    let (path, span) = match reader.text("path") {
        Some(word) => (word.name, word.span),
        None => ("a-file".to_owned(), 0..0),
    };
    let line = number(reader, "line", f64::from(u32::MAX));
    match RepoPath::new(&path) {
        Ok(path) => Some(Location {
            path,
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "the number was checked to be in range"
            )]
            region: line.and_then(|line| Region::line(line as u64)),
            certainty: Certainty::Exact,
            target: None,
        }),
        Err(why) => {
            let message = format!("`{path}` is not inside the repository: {why}");
            reader.error(span, &message, "must be relative to the root", None);
            None
        }
    }
}

/// The scanner of the finding, then others that saw it, too, with the same words. Sorted, as merging
/// leaves them.
fn witnesses(reader: &mut Reader<'_, '_>, observation: &Observation) -> Vec<Witness> {
    let own = reader.text("scanner").unwrap_or_else(|| Word {
        name: SCANNER.to_owned(),
        span: 0..0,
    });
    let others = reader.words("witnesses").unwrap_or_default();
    let words: Vec<Word> = std::iter::once(own).chain(others).collect();
    let mut scanners: Vec<ScannerId> = words
        .iter()
        .filter_map(|word| scanner_id(reader, word))
        .collect();
    scanners.sort();
    scanners.dedup();
    let witness = |scanner| Witness {
        scanner,
        run: 0,
        rule: RuleId::new(observation.rule.raw()),
        severity: observation.severity,
        reported: observation.reported.clone(),
    };
    scanners.into_iter().map(witness).collect()
}

fn fingerprint(reader: &mut Reader<'_, '_>, index: usize) -> String {
    let Some(word) = reader.text("fingerprint") else {
        return format!("{:032x}", index + 1);
    };
    let hex = word.name.len() == 32
        && word
            .name
            .chars()
            .all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    if !hex {
        let message = format!("`{}` is no fingerprint", word.name);
        reader.error(word.span, &message, "32 digits 0-9a-f", None);
    }
    word.name
}

fn expected(reader: &mut Reader<'_, '_>) -> Option<&'static str> {
    reader.choice("expect", &DISPOSITIONS.map(|word| (word, word)))
}
