//! OSV-Scanner's JSON.
//!
//! Sources of the format: `pkg/models/results.go` (google/osv-scanner) and the OSV schema
//! (ossf/osv-schema) for the vulnerabilities in it. One finding is one *group*: the records that
//! are names of the same vulnerability.

use super::advisory::{Advisory, LONGEST, MOST, identifiers, scored, severity, versions};
use super::lenient::{Scalar, Text, Texts, cwe_numbers, or_default};
use super::shape::Shape;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::version::upgrade;
use super::{cvss, words};
use crate::model::{
    Confidence, Coverage, Ecosystem, Fix, Health, Observation, Package, Problem, Reported, RuleId,
    RuleInfo, Scope, Untrusted, Work,
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The adapter.
pub struct OsvScanner;

static INFO: ToolInfo = ToolInfo {
    id: "osv-scanner",
    name: "osv-scanner",
    aliases: &["osv", "osv_scanner"],
    url: "https://github.com/google/osv-scanner",
    command: "osv-scanner scan --all-packages --format json --output osv-scanner.json .",
};

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    results: Option<Vec<Looked<'a>>>,
}

/// What was found in one lockfile, folder or image.
#[derive(Deserialize)]
struct Looked<'a> {
    #[serde(borrow)]
    source: Source<'a>,
    #[serde(borrow)]
    packages: Vec<Installed<'a>>,
}

#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    /// `lockfile`, `sbom`, `docker`, `os`, `git`, `artifact` …
    #[serde(default, rename = "type")]
    kind: Scalar,
}

#[derive(Deserialize)]
struct Installed<'a> {
    #[serde(borrow)]
    package: Named<'a>,
    #[serde(default, deserialize_with = "or_default")]
    dependency_groups: Vec<String>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    vulnerabilities: Vec<Vulnerability<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    groups: Vec<Group>,
    #[serde(default)]
    license_violations: Texts,
}

#[derive(Deserialize)]
struct Named<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
    #[serde(default, borrow)]
    ecosystem: Option<Text<'a>>,
}

/// A record of the OSV schema.
#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    #[serde(default, borrow)]
    summary: Option<Text<'a>>,
    #[serde(default, borrow)]
    details: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    severity: Vec<Vector>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    affected: Vec<Affected<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    database_specific: Specific,
}

#[derive(Deserialize)]
struct Vector {
    #[serde(default)]
    score: Scalar,
}

#[derive(Deserialize)]
struct Affected<'a> {
    #[serde(default, borrow)]
    package: Option<Named<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    ranges: Vec<Range>,
}

#[derive(Deserialize)]
struct Range {
    /// `SEMVER`, `ECOSYSTEM` or `GIT`, whose versions are commits.
    #[serde(default, rename = "type")]
    kind: Scalar,
    #[serde(default, deserialize_with = "or_default")]
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    fixed: Scalar,
}

/// What GitHub's database adds.
#[derive(Deserialize, Default)]
struct Specific {
    #[serde(default)]
    severity: Scalar,
    #[serde(default)]
    cwe_ids: Texts,
}

#[derive(Deserialize, Default)]
struct Group {
    ids: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    aliases: Vec<String>,
    /// The highest CVSS base score, as text; empty when there is none.
    #[serde(default)]
    max_severity: Scalar,
    /// By id: whether the project calls the vulnerable code.
    #[serde(default, deserialize_with = "or_default")]
    experimental_analysis: BTreeMap<String, Analysis>,
}

#[derive(Deserialize)]
struct Analysis {
    #[serde(default)]
    called: bool,
}

impl Tool for OsvScanner {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let own = match shape.get("results")? {
            Shape::Array(Some(first)) => first.has_all(&["source", "packages"]),
            // Nothing was found, or nothing was looked at.
            Shape::Array(None) | Shape::Null => {
                shape.has("experimental_config") || shape.keys().eq(["results"])
            }
            _ => false,
        };
        own.then_some("OSV-Scanner JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let report: Report<'_> =
            serde_json::from_str(text).map_err(|e| wrong_shape(INFO.name, &e))?;
        let mut read = Read::default();
        for looked in report.results.iter().flatten() {
            for installed in &looked.packages {
                read.package(&looked.source, installed);
            }
        }
        let sources = report.results.iter().flatten();
        let sources = sources.map(|l| words::short(l.source.path.as_str(), LONGEST).into());
        let health = Health::judge(
            Work::new(read.packages, "packages"),
            Vec::new(),
            Problem::new(
                "nothing-scanned",
                "the report lists no package: OSV-Scanner found no vulnerability, or nothing to \
                 look at; only with `--all-packages` does it say which",
            ),
        );
        Ok(Parsed {
            coverage: Coverage::default().inputs(sources),
            notes: read.notes(),
            observations: read.observations,
            rules: read.rules,
            ..Parsed::of(&INFO, health)
        })
    }
}

#[derive(Default)]
struct Read {
    packages: u64,
    observations: Vec<Observation>,
    rules: BTreeMap<RuleId, RuleInfo>,
    licenses: Vec<Untrusted>,
    uncalled: Vec<Untrusted>,
}

impl Read {
    fn package(&mut self, source: &Source<'_>, installed: &Installed<'_>) {
        self.packages += 1;
        if !installed.license_violations.items.is_empty() {
            self.licenses.push(short(&installed.package.name).into());
        }
        let records: BTreeMap<&str, &Vulnerability<'_>> = installed
            .vulnerabilities
            .iter()
            .map(|v| (v.id.as_str(), v))
            .collect();
        let grouped: BTreeSet<&str> = installed
            .groups
            .iter()
            .flat_map(|group| group.ids.iter().map(String::as_str))
            .collect();
        let alone: Vec<Group> = records
            .keys()
            .filter(|id| !grouped.contains(*id))
            .map(|id| Group {
                ids: vec![(*id).to_owned()],
                ..Group::default()
            })
            .collect();
        // Every record belongs to one group: a long text is not told again and again.
        let mut records = records;
        for group in installed.groups.iter().chain(&alone) {
            let ids = group.ids.iter().map(String::as_str);
            let own: Vec<_> = ids.filter_map(|id| records.remove(id)).collect();
            self.group(source, installed, group, &own);
        }
    }

    fn group(
        &mut self,
        source: &Source<'_>,
        installed: &Installed<'_>,
        group: &Group,
        records: &[&Vulnerability<'_>],
    ) {
        let ids = || group.ids.iter().map(String::as_str);
        let aliases = records.iter().flat_map(|record| &record.aliases);
        let aliases = group.aliases.iter().chain(aliases).map(String::as_str);
        let cwe = records.iter();
        let cwe = cwe.flat_map(|r| cwe_numbers(&r.database_specific.cwe_ids.items));
        let told = Advisory {
            rule: words::short(ids().next().unwrap_or_default(), LONGEST),
            ids: identifiers(ids().chain(aliases)),
            title: records
                .iter()
                .find_map(|r| Some(r.summary.as_ref()?.as_str())),
            text: records
                .iter()
                .find_map(|r| Some(r.details.as_ref()?.as_str())),
            page: None,
            cwe: cwe.collect(),
        };
        let mut package = package(&installed.package);
        let known = records.iter().flat_map(|record| &record.affected);
        let known: Vec<&Affected<'_>> = known
            .filter(|a| {
                a.package
                    .as_ref()
                    .is_some_and(|p| same(p, &installed.package))
            })
            .collect();
        package.fixed = versions(known.iter().flat_map(|a| fixed(a)));
        package.scope = development(&installed.dependency_groups);
        let fix = match known.is_empty() {
            true => None,
            false if package.fixed.is_empty() => Some(Fix::NoneYet),
            false => Some(upgrade(&package)),
        };
        let mut observation = told.observe(package, &mut self.rules);
        observation.fix = fix;
        rate(&mut observation, group, records);
        let path = words::short(source.path.as_str(), LONGEST).into();
        match source.kind.text() {
            Some("docker" | "os") => observation.place.target = Some(path),
            _ => observation.place.path = Some(path),
        }
        if uncalled(group) {
            observation.reported.confidence = Some(Confidence::Low);
            let id = ids().next().unwrap_or_default();
            let name = format!("{} ({id})", short(&installed.package.name));
            self.uncalled.push(name.into());
        }
        self.observations.push(observation);
    }

    fn notes(&mut self) -> Vec<Problem> {
        let mut notes = Vec::new();
        if !self.uncalled.is_empty() {
            let text = "OSV-Scanner saw no call of the vulnerable code; such findings count with \
                        low confidence";
            let uncalled = std::mem::take(&mut self.uncalled);
            notes.push(Problem::new("not-called", text).items(uncalled));
        }
        if !self.licenses.is_empty() {
            let text = "OSV-Scanner objects to licences of packages, which is not read";
            let licenses = std::mem::take(&mut self.licenses);
            notes.push(Problem::new("license-violations", text).items(licenses));
        }
        notes
    }
}

/// Severity by the database's word, which only GitHub gives, else by the highest score.
fn rate(observation: &mut Observation, group: &Group, records: &[&Vulnerability<'_>]) {
    let word = records.iter().find_map(|record| {
        let word = record.database_specific.severity.text()?;
        Some((record.id.as_str(), word))
    });
    let vectors = || {
        let vectors = records.iter().flat_map(|record| &record.severity);
        let scores = vectors
            .take(MOST)
            .filter_map(|v| cvss::score(v.score.text()?));
        scores.max_by(f64::total_cmp)
    };
    let score = scored(group.max_severity.number()).or_else(vectors);
    observation.severity = severity(word.map(|(_, word)| word), score);
    observation.reported = Reported {
        severity: word.map(|(_, word)| words::short(word, LONGEST).into()),
        score,
        confidence: None,
        source: word
            .filter(|(id, _)| id.starts_with("GHSA-"))
            .map(|_| "ghsa".into()),
    };
}

/// True when the analysis of calls looked at the group and found none.
fn uncalled(group: &Group) -> bool {
    let mut analysed = group.experimental_analysis.values().peekable();
    analysed.peek().is_some() && analysed.all(|analysis| !analysis.called)
}

fn short<'t>(text: &'t Text<'_>) -> &'t str {
    words::short(text.as_str(), LONGEST)
}

fn package(named: &Named<'_>) -> Package {
    let ecosystem = named.ecosystem.as_ref().map_or("", Text::as_str);
    let mut package = Package::new(of_osv(ecosystem), short(&named.name));
    let version = named.version.as_ref().map(short);
    package.version = version.filter(|v| !v.is_empty()).map(Untrusted::from);
    package
}

fn same(a: &Named<'_>, b: &Named<'_>) -> bool {
    a.name == b.name && a.ecosystem == b.ecosystem
}

fn fixed<'t>(affected: &'t Affected<'_>) -> impl Iterator<Item = &'t str> {
    let ranges = affected.ranges.iter();
    ranges
        .filter(|range| range.kind.text() != Some("GIT"))
        .flat_map(|range| range.events.iter().filter_map(|event| event.fixed.text()))
}

/// Development only when every group that asks for the package is one for developers.
fn development(groups: &[String]) -> Option<Scope> {
    let developers = ["dev", "development", "test", "dev-dependencies"];
    let all = groups.iter().all(|g| developers.contains(&g.as_str()));
    (!groups.is_empty() && all).then_some(Scope::Development)
}

/// Ecosystems of the OSV schema (`docs/schema.md`, ossf/osv-schema) as package-url types. What
/// follows a colon is a release: `Debian:12`.
fn of_osv(name: &str) -> Ecosystem {
    let family = name.split(':').next().unwrap_or_default();
    let kind = match family {
        "crates.io" => "cargo",
        "Go" => "golang",
        "RubyGems" => "gem",
        "Packagist" => "composer",
        "SwiftURL" => "swift",
        "ConanCenter" => "conan",
        "GitHub Actions" => "githubactions",
        "Debian" | "Ubuntu" | "Echo" => "deb",
        "Alpine" | "Wolfi" | "Chainguard" | "MinimOS" => "apk",
        "AlmaLinux" | "Rocky Linux" | "Red Hat" | "SUSE" | "openSUSE" | "Mageia" | "openEuler"
        | "Photon OS" | "Azure Linux" => "rpm",
        "npm" | "PyPI" | "Maven" | "NuGet" | "Pub" | "Hex" | "Hackage" | "CRAN" | "Bitnami"
        | "Julia" => family,
        _ => return Ecosystem::UNKNOWN,
    };
    Ecosystem::new(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest;
    use crate::model::{Foreign as _, HealthLevel, Severity};

    fn read(packages: &str) -> Parsed {
        let text = format!(
            r#"{{"results":[{{"source":{{"path":"a/poetry.lock","type":"lockfile"}},"packages":[{packages}]}}]}}"#
        );
        ingest::read(text.as_bytes(), None).remove(0)
    }

    const RECORDS: &str = r#"[{"id":"GHSA-aaaa-bbbb-cccc","aliases":["CVE-2024-1"],"summary":"Too much","details":"d",
        "affected":[{"package":{"name":"p","ecosystem":"PyPI"},"ranges":[{"type":"GIT","events":[{"fixed":"abc"}]},
        {"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.2"}]}]}],
        "database_specific":{"severity":"MODERATE","cwe_ids":["CWE-79"]}},{"id":"PYSEC-2024-1"}]"#;

    #[test]
    fn a_group_is_one_finding() {
        let run = read(&format!(
            r#"{{"package":{{"name":"p","version":"1.0","ecosystem":"PyPI"}},"dependency_groups":["dev"],"vulnerabilities":{RECORDS},
            "groups":[{{"ids":["GHSA-aaaa-bbbb-cccc","PYSEC-2024-1"],"max_severity":"9.8",
            "experimental_analysis":{{"PYSEC-2024-1":{{"called":false}}}}}}]}}"#
        ));
        assert_eq!(run.observations.len(), 1);
        let seen = &run.observations[0];
        let ids: Vec<_> = seen.advisories.iter().map(|id| id.as_str()).collect();
        assert_eq!(ids, ["CVE-2024-1", "GHSA-aaaa-bbbb-cccc", "PYSEC-2024-1"]);
        // The database's word goes before the score.
        assert_eq!(seen.severity, Some(Severity::Medium));
        assert_eq!(seen.reported.score, Some(9.8));
        assert_eq!(seen.reported.source.as_ref().unwrap().raw(), "ghsa");
        let package = seen.package.as_ref().unwrap();
        assert_eq!(package.ecosystem, Ecosystem::PYPI);
        assert_eq!(package.scope, Some(Scope::Development));
        assert!(matches!(&seen.fix, Some(Fix::Upgrade { version, .. }) if version.raw() == "1.2"));
        // Said to be out of reach: told, and still a finding.
        assert_eq!(run.notes[0].code, "not-called");
        assert_eq!(seen.reported.confidence, Some(Confidence::Low));
    }

    #[test]
    fn a_record_outside_of_all_groups_is_a_finding() {
        let run = read(&format!(
            r#"{{"package":{{"name":"p"}},"vulnerabilities":{RECORDS},"groups":[{{"ids":["PYSEC-2024-1"]}}]}}"#
        ));
        assert_eq!(run.observations.len(), 2);
    }

    #[test]
    fn no_packages_prove_no_work() {
        for text in [
            r#"{"results":[]}"#,
            r#"{"results":null,"experimental_config":{}}"#,
        ] {
            let run = ingest::read(text.as_bytes(), None).remove(0);
            assert_eq!(run.health.level(), HealthLevel::Failed);
            assert_eq!(run.health.problems()[0].code, "nothing-scanned");
        }
    }

    #[test]
    fn ecosystems_are_package_url_types() {
        for (name, kind) in [
            ("crates.io", "cargo"),
            ("PyPI", "pypi"),
            ("Debian:12", "deb"),
            ("Red Hat:enterprise_linux:9", "rpm"),
            ("Nonsense", "generic"),
        ] {
            assert_eq!(of_osv(name).as_str(), kind);
        }
    }
}
