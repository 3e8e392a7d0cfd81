//! Trivy's findings → observations.

use super::format::{
    License, Lines, Misconfiguration, Package, Report, Secret, Target, Vulnerability,
};
use crate::ingest::lenient::{Text, cwe_numbers};
use crate::ingest::summary::first_sentence;
use crate::model::{
    self, AdvisoryId, Ecosystem, Fix, Kind, Observation, Place, Region, Relation, Reported, RuleId,
    RuleInfo, Scope, Severity, Untrusted,
};
use crate::version::upgrade;
use std::collections::{BTreeMap, BTreeSet};

/// What the targets' names refer to.
pub enum Subject {
    /// Files of the scanned folder.
    Files,
    /// Something that is not in the repository: an image, a machine, a cluster's resource.
    Elsewhere(String),
}

impl Subject {
    /// Decides by the artifact's type. Reports without one are old `trivy fs` or `repo` reports,
    /// or config scans.
    pub fn of(report: &Report<'_>) -> Self {
        let name = report
            .artifact_name
            .as_ref()
            .map(Text::as_str)
            .unwrap_or_default();
        match report.artifact_type.as_ref().map(Text::as_str) {
            Some("container_image" | "vm" | "aws_account" | "cyclonedx" | "spdx") => {
                Self::Elsewhere(name.to_owned())
            }
            _ => Self::Files,
        }
    }

    fn place(&self, target: &Target<'_>, path: &str) -> Place {
        let class = target.class.as_ref().map(Text::as_str);
        match self {
            Self::Files if class != Some("os-pkgs") => Place {
                path: Some(path.into()),
                ..Place::default()
            },
            Self::Files => Place {
                target: Some(target.target.as_str().into()),
                ..Place::default()
            },
            Self::Elsewhere(name) => {
                let inside = target.target.as_str();
                // An image's own packages carry the image's name already: `alpine:3.10 (alpine 3.10.2)`.
                let target = if name.is_empty() || inside.starts_with(name.as_str()) {
                    inside.to_owned()
                } else {
                    format!("{name}: {path}")
                };
                Place {
                    target: Some(target.into()),
                    ..Place::default()
                }
            }
        }
    }
}

/// Adds everything that one target holds.
pub fn target(
    target: &Target<'_>,
    subject: &Subject,
    observations: &mut Vec<Observation>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) {
    let packages = Packages::of(target);
    for v in target.vulnerabilities.as_deref().unwrap_or_default() {
        observations.push(vulnerability(v, target, subject, &packages, rules));
    }
    for m in target.misconfigurations.as_deref().unwrap_or_default() {
        if m.failed() {
            observations.push(misconfiguration(m, target, subject, rules));
        }
    }
    for s in target.secrets.as_deref().unwrap_or_default() {
        observations.push(secret(s, target, subject, rules));
    }
    for l in target.licenses.as_deref().unwrap_or_default() {
        observations.push(license(l, target, subject, rules));
    }
}

/// Trivy's lines stand at the packages, not at the vulnerabilities.
struct Packages<'a> {
    by_id: BTreeMap<&'a str, &'a Package<'a>>,
    by_name: BTreeMap<(&'a str, &'a str), &'a Package<'a>>,
}

impl<'a> Packages<'a> {
    fn of(target: &'a Target<'a>) -> Self {
        let mut by_id = BTreeMap::new();
        let mut by_name = BTreeMap::new();
        for package in target.packages.as_deref().unwrap_or_default() {
            if let Some(id) = &package.id {
                by_id.entry(id.as_str()).or_insert(package);
            }
            if let (Some(name), Some(version)) = (&package.name, &package.version) {
                by_name
                    .entry((name.as_str(), version.as_str()))
                    .or_insert(package);
            }
        }
        Self { by_id, by_name }
    }

    fn find(&self, v: &Vulnerability<'_>) -> Option<&'a Package<'a>> {
        let by_id = v.pkg_id.as_ref().and_then(|id| self.by_id.get(id.as_str()));
        by_id.copied().or_else(|| {
            let version = v.installed_version.as_ref()?.as_str();
            self.by_name.get(&(v.pkg_name.as_str(), version)).copied()
        })
    }
}

fn severity(word: &str) -> Option<Severity> {
    match word {
        "CRITICAL" => Some(Severity::Critical),
        "HIGH" => Some(Severity::High),
        "MEDIUM" => Some(Severity::Medium),
        "LOW" => Some(Severity::Low),
        _ => None,
    }
}

fn rate(observation: &mut Observation, word: Option<&Text<'_>>) {
    let word = word.map(Text::as_str).filter(|w| !w.is_empty());
    observation.severity = word.and_then(severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        ..Reported::default()
    };
}

fn lines(lines: Option<Lines>) -> Option<Region> {
    let lines = lines?;
    Region::line(lines.start_line).map(|region| region.to_line(lines.end_line))
}

fn vulnerability(
    v: &Vulnerability<'_>,
    target: &Target<'_>,
    subject: &Subject,
    packages: &Packages<'_>,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let name = v.pkg_name.as_str();
    let id = v.id.as_ref().map(Text::as_str).unwrap_or_default();
    let rule = RuleId::new(if id.is_empty() { name } else { id });
    let description = v.description.as_ref().map(Text::as_str).unwrap_or_default();
    let title = v
        .title
        .as_ref()
        .and_then(|title| first_sentence(title.as_str()))
        .or_else(|| first_sentence(description))
        .unwrap_or_else(|| format!("{id} in {name}"));
    let cwe: BTreeSet<u32> = cwe_numbers(v.cwe_ids.as_deref().unwrap_or_default()).collect();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: Some(description.into()).filter(|d: &Untrusted| !d.is_empty()),
        help_url: v.primary_url.as_ref().map(|url| url.as_str().into()),
        cwe: cwe.iter().copied().collect(),
        ..RuleInfo::titled(title.as_str())
    });

    let mut observation = Observation::new(rule, Kind::Dependency, title);
    if !description.is_empty() {
        observation.message = description.into();
    }
    rate(&mut observation, v.severity.as_ref());
    observation.reported.score = score(v);
    let source = v.severity_source.as_ref().map(Text::as_str);
    observation.reported.source = source.filter(|s| !s.is_empty()).map(Untrusted::from);
    observation.cwe = cwe;
    observation.advisories = advisories(v, id);
    let installed = v
        .installed_version
        .as_ref()
        .map(Text::as_str)
        .filter(|t| !t.is_empty());
    let fixed = fixed_versions(v);
    let mut package = model::Package::new(ecosystem(v, target), name);
    package.version = installed.map(Untrusted::from);
    package.fixed = fixed.iter().map(|f| f.as_str().into()).collect();

    let path = v
        .pkg_path
        .as_ref()
        .map(Text::as_str)
        .filter(|p| !p.is_empty());
    let mut place = subject.place(target, path.unwrap_or(target.target.as_str()));
    if let Some(known) = packages.find(v) {
        place.region = lines(known.locations.as_ref().and_then(|l| l.first().copied()));
        package.scope = Some(if known.dev {
            Scope::Development
        } else {
            Scope::Production
        });
        package.relation = match known.relationship.as_ref().map(Text::as_str) {
            Some("direct") => Some(Relation::Direct),
            Some("indirect") => Some(Relation::Transitive),
            _ if known.indirect => Some(Relation::Transitive),
            _ => None,
        };
    }
    observation.fix = Some(upgrade(&package));
    observation.package = Some(package);
    observation.place = place;
    observation
}

/// `1.2.3, 2.0.1`; old reports write `>=4.17.11`.
fn fixed_versions(v: &Vulnerability<'_>) -> Vec<String> {
    let text = v
        .fixed_version
        .as_ref()
        .map(Text::as_str)
        .unwrap_or_default();
    text.split(',')
        .map(|version| version.trim().trim_start_matches(['>', '=', ' ']))
        .filter(|version| !version.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The score of the source that gave the severity, so that word and number fit together; else the
/// national database's, else GitHub's.
fn score(v: &Vulnerability<'_>) -> Option<f64> {
    let cvss = v.cvss.as_ref()?;
    let source = v
        .severity_source
        .as_ref()
        .map(Text::as_str)
        .unwrap_or_default();
    [source, "nvd", "ghsa", "redhat"]
        .into_iter()
        .find_map(|source| {
            let cvss = cvss.get(source)?;
            [&cvss.v3, &cvss.v4]
                .into_iter()
                .flatten()
                .filter_map(crate::ingest::lenient::Scalar::number)
                .find(|score| Severity::from_score(*score).is_some())
        })
}

/// The id, GHSA ids among the vendors' ids, and the GHSA that the references name, when they name
/// exactly one. CVEs in references are not taken: those pages speak of related problems too.
fn advisories(v: &Vulnerability<'_>, id: &str) -> BTreeSet<AdvisoryId> {
    let mut ids: BTreeSet<AdvisoryId> = AdvisoryId::new(id).into_iter().collect();
    let ghsa = |id: &AdvisoryId| id.authority() == 1;
    let vendors = v.vendor_ids.as_deref().unwrap_or_default();
    ids.extend(
        vendors
            .iter()
            .filter_map(|id| AdvisoryId::new(id))
            .filter(ghsa),
    );
    if !ids.iter().any(ghsa) {
        let references = v.references.as_deref().unwrap_or_default();
        let named: BTreeSet<AdvisoryId> = references
            .iter()
            .filter_map(|url| AdvisoryId::ghsa_in_url(url))
            .collect();
        if named.len() == 1 {
            ids.extend(named);
        }
    }
    ids
}

/// From the package URL, else from the target's type (`pkg/fanal/types/const.go`).
fn ecosystem(v: &Vulnerability<'_>, target: &Target<'_>) -> Ecosystem {
    let purl = v.pkg_identifier.as_ref().and_then(|i| i.purl.as_deref());
    if let Some((kind, _)) = purl.and_then(|p| p.strip_prefix("pkg:")?.split_once('/')) {
        return Ecosystem::new(kind);
    }
    let kind = target.r#type.as_ref().map(Text::as_str).unwrap_or_default();
    Ecosystem::new(match kind {
        "npm" | "yarn" | "pnpm" | "bun" | "node-pkg" => return Ecosystem::NPM,
        "pip" | "pipenv" | "poetry" | "uv" | "pylock" | "python-pkg" | "conda-pkg" => {
            return Ecosystem::PYPI;
        }
        "alpine" | "wolfi" | "chainguard" => "apk",
        "debian" | "ubuntu" => "deb",
        "redhat" | "centos" | "alma" | "rocky" | "fedora" | "amazon" | "oracle" | "photon"
        | "cbl-mariner" | "azurelinux" | "opensuse" | "suse" => "rpm",
        "gomod" | "gobinary" => "golang",
        "cargo" | "rustbinary" => "cargo",
        "composer" | "composer-vendor" => "composer",
        "bundler" | "gemspec" => "gem",
        "jar" | "pom" | "gradle" | "sbt" => "maven",
        "nuget" | "dotnet-core" | "packages-props" => "nuget",
        "hex" => "hex",
        "pub" => "pub",
        "swift" | "cocoapods" | "conan" | "julia" => kind,
        _ => return Ecosystem::UNKNOWN,
    })
}

fn misconfiguration(
    m: &Misconfiguration<'_>,
    target: &Target<'_>,
    subject: &Subject,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let rule = RuleId::new(m.id.as_str());
    let title = m.title.as_ref().map_or(m.id.as_str(), Text::as_str);
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: m.description.as_ref().map(|d| d.as_str().into()),
        help_url: m.primary_url.as_ref().map(|url| url.as_str().into()),
        severity: m.severity.as_ref().and_then(|s| severity(s.as_str())),
        ..RuleInfo::titled(title)
    });
    let mut observation = Observation::new(rule, Kind::Config, title);
    if let Some(message) = &m.message {
        observation.message = message.as_str().into();
    }
    rate(&mut observation, m.severity.as_ref());
    observation.place = subject.place(target, target.target.as_str());
    observation.place.region = lines(m.cause_metadata);
    observation.fix = m
        .resolution
        .as_ref()
        .filter(|r| !r.as_str().is_empty())
        .map(|r| Fix::Advice(r.as_str().into()));
    observation
}

fn secret(
    s: &Secret<'_>,
    target: &Target<'_>,
    subject: &Subject,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let rule = RuleId::new(s.rule_id.as_str());
    let title = s.title.as_ref().map_or(s.rule_id.as_str(), Text::as_str);
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        severity: s.severity.as_ref().and_then(|s| severity(s.as_str())),
        cwe: vec![798],
        ..RuleInfo::titled(title)
    });
    let mut observation = Observation::new(rule, Kind::Secret, title);
    let category = s.category.as_ref().map_or(s.rule_id.as_str(), Text::as_str);
    rate(&mut observation, s.severity.as_ref());
    observation.cwe.insert(798);
    observation.place = subject.place(target, target.target.as_str());
    observation.place.region = Region::line(s.start_line).map(|region| region.to_line(s.end_line));
    // Trivy masks the secret, but not what else stands on the line.
    observation.evidence = s
        .r#match
        .as_ref()
        .map(|text| model::Secret::new(text.as_str()).redact(category));
    observation.fix = Some(Fix::Advice(
        "Revoke the credential where it was issued, then remove it: it stays in the history."
            .into(),
    ));
    observation
}

fn license(
    l: &License<'_>,
    target: &Target<'_>,
    subject: &Subject,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let name = l.name.as_ref().map_or("unknown license", Text::as_str);
    let rule = RuleId::new(name);
    let category = l.category.as_ref().map(Text::as_str).unwrap_or_default();
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: l.link.as_ref().map(|url| url.as_str().into()),
        ..RuleInfo::titled(format!("License {name} ({category})"))
    });
    let package = l
        .pkg_name
        .as_ref()
        .map(Text::as_str)
        .filter(|n| !n.is_empty());
    let path = l
        .file_path
        .as_ref()
        .map(Text::as_str)
        .filter(|p| !p.is_empty());
    let subject_name = package.or(path).unwrap_or(target.target.as_str());
    let title = format!("{subject_name} is under {name}");
    let mut observation = Observation::new(rule, Kind::License, title);
    rate(&mut observation, l.severity.as_ref());
    observation.package = package.map(|name| model::Package::new(Ecosystem::UNKNOWN, name));
    observation.place = subject.place(target, path.unwrap_or(target.target.as_str()));
    observation
}
