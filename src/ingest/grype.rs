//! Grype's JSON.
//!
//! Source of the format: `grype/presenter/models/` (anchore/grype): `document.go`, `match.go`,
//! `vulnerability.go`, `package.go`, `source.go`, `descriptor.go`.

use super::advisory::{Advisory, LONGEST, MOST, identifiers, scored, severity, versions};
use super::lenient::{Scalar, Text, Texts, or_default};
use super::purl;
use super::sarif::of_syft;
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::{moment, short};
use crate::model::{
    AdvisoryId, Coverage, Fix, Health, Observation, Package, Place, Problem, Reported, RuleId,
    RuleInfo, Untrusted, Work,
};
use crate::version::upgrade;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct Grype;

static INFO: ToolInfo = ToolInfo {
    id: "grype",
    name: "grype",
    aliases: &["anchore-grype"],
    url: "https://github.com/anchore/grype",
    command: "grype dir:. -o json --file grype.json",
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    matches: Vec<Match<'a>>,
    #[serde(default, rename = "ignoredMatches")]
    ignored: Option<Vec<Ignored>>,
    #[serde(default)]
    source: Option<Source>,
    #[serde(default)]
    descriptor: Option<Descriptor>,
}

/// A match that a rule of the configuration, or a VEX document, took out.
#[derive(Deserialize)]
struct Ignored {
    vulnerability: IgnoredVulnerability,
}

#[derive(Deserialize)]
struct IgnoredVulnerability {
    #[serde(default)]
    id: Scalar,
}

#[derive(Deserialize)]
struct Source {
    /// `image`, `directory`, `file`, `sbom-file`, `unknown` …
    #[serde(default, rename = "type")]
    kind: Scalar,
    #[serde(default)]
    target: Target,
}

/// A path; of an image, an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Target {
    Image {
        #[serde(rename = "userInput")]
        user_input: String,
    },
    Path(String),
    Other(IgnoredAny),
}

impl Default for Target {
    fn default() -> Self {
        Self::Other(IgnoredAny)
    }
}

#[derive(Deserialize)]
struct Descriptor {
    #[serde(default)]
    version: Scalar,
    #[serde(default)]
    timestamp: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    db: Database,
}

/// `built` stands in `status` since schema 6 of the database.
#[derive(Deserialize, Default)]
struct Database {
    #[serde(default)]
    built: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    status: Status,
}

#[derive(Deserialize, Default)]
struct Status {
    #[serde(default)]
    built: Scalar,
}

#[derive(Deserialize)]
struct Match<'a> {
    #[serde(borrow)]
    vulnerability: Vulnerability<'a>,
    #[serde(
        default,
        borrow,
        rename = "relatedVulnerabilities",
        deserialize_with = "or_default"
    )]
    related: Vec<Vulnerability<'a>>,
    #[serde(borrow)]
    artifact: Artifact<'a>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default, rename = "dataSource")]
    page: Scalar,
    /// `github:language:python`, `nvd:cpe`, `debian:distro:debian:10`.
    #[serde(default)]
    namespace: Scalar,
    #[serde(default)]
    severity: Scalar,
    #[serde(default, borrow)]
    description: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    cvss: Vec<Cvss>,
    #[serde(default)]
    fix: Option<FixState>,
    /// Since version 6 of the database, which then also has `known_exploited`.
    #[serde(default, deserialize_with = "or_default")]
    epss: Vec<Epss>,
    #[serde(default, rename = "knownExploited", deserialize_with = "or_default")]
    known_exploited: Vec<IgnoredAny>,
}

impl Vulnerability<'_> {
    /// Whether CISA's catalogue has it. Databases without EPSS do not have the catalogue either.
    fn kev(&self) -> Option<bool> {
        match (self.known_exploited.is_empty(), self.epss.is_empty()) {
            (false, _) => Some(true),
            (true, false) => Some(false),
            (true, true) => None,
        }
    }
}

#[derive(Deserialize)]
struct Epss {
    #[serde(default)]
    epss: Scalar,
}

#[derive(Deserialize)]
struct Cvss {
    #[serde(default)]
    version: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    metrics: Metrics,
}

#[derive(Deserialize, Default)]
struct Metrics {
    #[serde(default, rename = "baseScore")]
    base: Scalar,
}

#[derive(Deserialize)]
struct FixState {
    #[serde(default)]
    versions: Texts,
    /// `fixed`, `not-fixed`, `wont-fix`, `unknown`.
    #[serde(default)]
    state: Scalar,
}

#[derive(Deserialize)]
struct Artifact<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
    #[serde(default)]
    purl: Scalar,
    /// Syft's word for the kind of package.
    #[serde(default, rename = "type")]
    kind: Scalar,
    #[serde(default, borrow, deserialize_with = "or_default")]
    locations: Vec<At<'a>>,
}

#[derive(Deserialize)]
struct At<'a> {
    #[serde(borrow)]
    path: Text<'a>,
}

impl Tool for Grype {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let matches = shape.get("matches")?;
        let own = match matches.first() {
            Some(first) => first.has_all(&["vulnerability", "artifact"]),
            None => shape.has_any(&["descriptor", "source"]),
        };
        own.then_some("Grype JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let report: Report<'_> =
            serde_json::from_str(text).map_err(|e| wrong_shape(INFO.name, &e))?;
        let subject = report.source.as_ref().and_then(Source::name);
        let mut rules = BTreeMap::new();
        let observations = report.matches.iter();
        let observations = observations
            .map(|found| observe(found, report.source.as_ref(), &mut rules))
            .collect();
        // Only a document that says what was looked at proves that something was.
        let looked = report.source.is_some() || !report.matches.is_empty();
        let health = Health::judge(
            Work::new(u64::from(looked), "targets"),
            Vec::new(),
            Problem::new(
                "nothing-scanned",
                "the report does not say what Grype looked at",
            ),
        );
        let descriptor = report.descriptor.as_ref();
        let built = descriptor.and_then(|d| d.db.built.text().or(d.db.status.built.text()));
        let version = descriptor.and_then(|d| d.version.text());
        Ok(Parsed {
            version: version
                .filter(|version| version.starts_with(|c: char| c.is_ascii_digit()))
                .map(Untrusted::from),
            observations,
            rules,
            notes: suppressed(&report).into_iter().collect(),
            coverage: Coverage {
                written: descriptor.and_then(|d| moment(d.timestamp.text()?)),
                data: built.and_then(moment),
                ..Coverage::default().inputs(subject.map(Untrusted::from))
            },
            ..Parsed::of(&INFO, health)
        })
    }
}

impl Source {
    /// The folder, file or image.
    fn name(&self) -> Option<&str> {
        let name = match &self.target {
            Target::Path(name) | Target::Image { user_input: name } => name,
            Target::Other(_) => return None,
        };
        Some(short(name, LONGEST)).filter(|name| !name.is_empty())
    }

    /// True for something whose files are not the project's.
    fn is_image(&self) -> bool {
        matches!(self.kind.text(), Some("image"))
    }
}

fn suppressed(report: &Report<'_>) -> Option<Problem> {
    let ignored = report.ignored.as_deref().filter(|i| !i.is_empty())?;
    let ids = ignored.iter().filter_map(|i| i.vulnerability.id.text());
    let text = format!(
        "Grype was told to keep silent about {} matches",
        ignored.len()
    );
    Some(Problem::new("native-suppressions", text).items(ids.map(Untrusted::from)))
}

fn observe(
    found: &Match<'_>,
    source: Option<&Source>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let v = &found.vulnerability;
    let mut described = std::iter::once(v).chain(&found.related);
    let told = Advisory {
        rule: v.id.as_str(),
        ids: aliases(found),
        title: None,
        text: described.find_map(|v| Some(v.description.as_ref()?.as_str())),
        page: v.page.text(),
        cwe: BTreeSet::new(),
    };
    let mut package = package(&found.artifact);
    let fix = v.fix.as_ref().and_then(|fix| {
        package.fixed = versions(fix.versions.items.iter().map(String::as_str));
        match fix.state.text() {
            _ if !package.fixed.is_empty() => Some(upgrade(&package)),
            Some("fixed") => Some(Fix::UpgradeExists),
            Some("not-fixed" | "wont-fix") => Some(Fix::NoneYet),
            _ => None,
        }
    });
    let mut observation = told.observe(package, rules);
    observation.fix = fix;
    let word = v.severity.text();
    let score = score(&v.cvss);
    observation.severity = severity(word, score);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        score,
        confidence: None,
        source: v.namespace.text().and_then(rater).map(Untrusted::from),
    };
    let all = || std::iter::once(v).chain(&found.related);
    let scores = all().flat_map(|v| &v.epss).filter_map(|e| e.epss.number());
    observation.epss = scores.filter(|p| (0.0..=1.0).contains(p)).reduce(f64::max);
    observation.kev = all().filter_map(Vulnerability::kev).max();
    observation.place = place(&found.artifact, source);
    observation
}

/// The id and its other names. What a distribution's advisory relates to are all the
/// vulnerabilities that it mends, which are not its names.
fn aliases(found: &Match<'_>) -> BTreeSet<AdvisoryId> {
    let own = AdvisoryId::new(found.vulnerability.id.as_str());
    let related = found.related.iter().map(|v| v.id.as_str());
    let mut ids = identifiers(related);
    match own.as_ref().map(AdvisoryId::authority) {
        // A vulnerability has one CVE.
        Some(0) => ids.retain(|id| id.authority() != 0),
        Some(1 | 2) => {}
        _ => ids.clear(),
    }
    ids.extend(own);
    ids
}

fn package(artifact: &Artifact<'_>) -> Package {
    let by_url = artifact.purl.text().filter(|url| url.len() <= LONGEST);
    let mut package = by_url.and_then(purl::package).unwrap_or_else(|| {
        let kind = artifact.kind.text().unwrap_or_default();
        Package::new(of_syft(kind), artifact.name.as_str())
    });
    if package.version.is_none() {
        let version = artifact.version.as_ref().map(Text::as_str);
        package.version = version.filter(|v| !v.is_empty()).map(Untrusted::from);
    }
    package
}

/// Of several base scores that of the newest version of CVSS.
fn score(cvss: &[Cvss]) -> Option<f64> {
    let scored = cvss
        .iter()
        .take(MOST)
        .filter_map(|c| Some((c.version.number(), scored(c.metrics.base.number())?)));
    let newest = |a: &Option<f64>, b: &Option<f64>| a.unwrap_or(0.0).total_cmp(&b.unwrap_or(0.0));
    let best = scored.reduce(|best, next| match newest(&next.0, &best.0) {
        std::cmp::Ordering::Greater => next,
        _ => best,
    });
    best.map(|(_, score)| score)
}

/// Whose severity it is, by the namespace of the vulnerability.
fn rater(namespace: &str) -> Option<&str> {
    match namespace.split(':').next()? {
        "" => None,
        "github" => Some("ghsa"),
        other => Some(short(other, LONGEST)),
    }
}

/// Syft writes paths from the folder that it looked at, with or without a leading `/`.
fn place(artifact: &Artifact<'_>, source: Option<&Source>) -> Place {
    let path = artifact.locations.first().map(|at| at.path.as_str());
    let subject = source.and_then(Source::name);
    if source.is_some_and(Source::is_image) {
        let target = match (subject, path) {
            (Some(image), Some(path)) => Some(format!("{image}: {path}")),
            (image, path) => image.or(path).map(str::to_owned),
        };
        return Place {
            target: target.map(Untrusted::from),
            ..Place::default()
        };
    }
    let folder = subject.filter(|_| source.is_some_and(|s| s.kind.text() == Some("directory")));
    let folder = folder.map_or("", |folder| folder.trim_end_matches('/'));
    let path = path.map(|path| match folder {
        "" | "." => path.trim_start_matches('/').to_owned(),
        folder => format!("{folder}/{}", path.trim_start_matches('/')),
    });
    Place {
        path: path.map(Untrusted::from),
        ..Place::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest;
    use crate::model::{Foreign as _, HealthLevel, Severity};

    fn read(found: &str, rest: &str) -> Parsed {
        let text = format!(r#"{{"matches":[{found}]{rest}}}"#);
        ingest::read(text.as_bytes(), None).remove(0)
    }

    const MATCH: &str = r#"{"vulnerability":{"id":"GHSA-aaaa-bbbb-cccc","namespace":"github:language:javascript","severity":"Negligible",
        "cvss":[{"version":"2.0","metrics":{"baseScore":5}},{"version":"3.1","metrics":{"baseScore":9.8}}],
        "fix":{"versions":["1.2.0"],"state":"fixed"}},"relatedVulnerabilities":[{"id":"CVE-2024-1","description":"Long text of it"}],
        "artifact":{"name":"p","version":"1.0.0","type":"npm","purl":"pkg:npm/p@1.0.0","locations":[{"path":"/web/package-lock.json"}]}}"#;

    #[test]
    fn matches_are_findings_of_a_package_in_a_file() {
        let rest = r#","source":{"type":"directory","target":"app/"},"descriptor":{"version":"0.96.0",
            "timestamp":"2026-01-02T03:04:05Z","db":{"status":{"built":"2026-01-01T00:00:00Z"}}},
            "ignoredMatches":[{"vulnerability":{"id":"CVE-2020-1"}}]"#;
        let run = read(MATCH, rest);
        assert_eq!(run.health.level(), HealthLevel::Complete);
        assert_eq!(run.coverage.data, "2026-01-01T00:00:00Z".parse().ok());
        assert_eq!(run.notes[0].code, "native-suppressions");
        let seen = &run.observations[0];
        assert_eq!(seen.severity, Some(Severity::Info));
        assert_eq!(seen.reported.score, Some(9.8));
        assert_eq!(seen.reported.source.as_ref().unwrap().raw(), "ghsa");
        assert_eq!(seen.advisories.len(), 2);
        let path = seen.place.path.as_ref().unwrap();
        assert_eq!(path.raw(), "app/web/package-lock.json");
    }

    #[test]
    fn what_a_distribution_mends_are_not_names_of_its_advisory() {
        let found = MATCH.replace("GHSA-aaaa-bbbb-cccc", "ELSA-2024-1");
        let run = read(&found, "");
        assert_eq!(run.observations[0].advisories.len(), 1);
        let found = MATCH.replace("GHSA-aaaa-bbbb-cccc", "CVE-2024-2");
        assert_eq!(read(&found, "").observations[0].advisories.len(), 1);
    }

    #[test]
    fn files_of_images_are_not_files_of_the_project() {
        let rest = r#","source":{"type":"image","target":{"userInput":"i:1"}}"#;
        let run = read(MATCH, rest);
        let place = &run.observations[0].place;
        assert!(place.path.is_none());
        let target = place.target.as_ref().unwrap();
        assert_eq!(target.raw(), "i:1: /web/package-lock.json");
    }

    #[test]
    fn no_source_proves_no_work() {
        let run = read("", r#","descriptor":{}"#);
        assert_eq!(run.health.level(), HealthLevel::Failed);
    }
}
