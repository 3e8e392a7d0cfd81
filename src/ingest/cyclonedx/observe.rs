//! Vulnerabilities of a CycloneDX document → observations.

use super::format::{Affected, Bom, Component, Rating, Vulnerability};
use crate::ingest::lenient::{Text, cwe_numbers};
use crate::ingest::summary::first_sentence;
use crate::ingest::{cvss, purl, words};
use crate::model::{
    AdvisoryId, Ecosystem, Fix, Foreign as _, Kind, Observation, Package, Place, Reported, RuleId,
    RuleInfo, Severity, Standing, Untrusted,
};
use crate::version::upgrade;
use std::collections::{BTreeMap, BTreeSet};

/// Components of one vulnerability that are told its whole text. A list of thousands would repeat
/// it thousands of times.
const TOLD: usize = 16;

/// Characters of a name or path, of which many findings may speak.
const LONGEST: usize = 512;

/// Properties or places of one component that are looked at.
const MAX_PROPERTIES: usize = 256;

/// Identifiers of one vulnerability that are kept.
const MAX_ALIASES: usize = 32;

/// The components of a document, by the names that the rest of it uses.
pub struct Components<'t> {
    by_ref: BTreeMap<&'t str, &'t Component<'t>>,
    /// By package URL without version; `None` where several versions share it.
    by_package: BTreeMap<&'t str, Option<&'t Component<'t>>>,
    count: usize,
    /// What the document is about, when that is not a folder: an image, a machine.
    image: Option<&'t str>,
}

impl<'t> Components<'t> {
    /// Lists all components, also those inside others.
    pub fn of(bom: &'t Bom<'_>) -> Self {
        let subject = bom.metadata.component.as_ref();
        let mut found = Self {
            by_ref: BTreeMap::new(),
            by_package: BTreeMap::new(),
            count: 0,
            image: subject.and_then(image),
        };
        let mut open: Vec<&Component<'_>> = bom.components.iter().rev().collect();
        while let Some(component) = open.pop() {
            found.count += 1;
            found.add(component);
            open.extend(component.components.iter().rev());
        }
        if let Some(subject) = subject {
            found.add(subject);
        }
        found
    }

    fn add(&mut self, component: &'t Component<'_>) {
        if let Some(name) = &component.bom_ref {
            self.by_ref.entry(name.as_str()).or_insert(component);
        }
        if let Some(url) = &component.purl {
            self.by_package
                .entry(purl::versionless(url.as_str()))
                .and_modify(|known| *known = None)
                .or_insert(Some(component));
        }
    }

    /// Number of components, without the one that the document is about.
    pub fn count(&self) -> usize {
        self.count
    }

    /// `ref` is a component's name, or a link `urn:cdx:…#name` into another document, or, as
    /// OSV-Scanner writes it, a package URL without version.
    fn find(&self, name: &str) -> Option<&'t Component<'t>> {
        let inner = name.split_once('#').map_or(name, |(_, inner)| inner);
        let by_ref = self.by_ref.get(name).or_else(|| self.by_ref.get(inner));
        by_ref.copied().or_else(|| *self.by_package.get(name)?)
    }
}

/// The name of an image or a machine.
fn image<'t>(subject: &'t Component<'_>) -> Option<&'t str> {
    let kind = subject.kind.as_ref()?.as_str();
    let elsewhere = ["container", "device", "firmware", "operating-system"].contains(&kind);
    let name = subject.name.as_ref().filter(|_| elsewhere)?;
    Some(words::short(name.as_str(), LONGEST))
}

/// All observations, one for each vulnerability and component, and their rules.
pub fn all(
    bom: &Bom<'_>,
    components: &Components<'_>,
) -> (Vec<Observation>, BTreeMap<RuleId, RuleInfo>) {
    let mut rules = BTreeMap::new();
    let mut observations = Vec::new();
    for vulnerability in bom.vulnerabilities.as_deref().unwrap_or_default() {
        let told = vulnerability.affects.len() <= TOLD;
        let one = describe(vulnerability, told, &mut rules);
        let mut seen = BTreeSet::new();
        let affects = vulnerability.affects.iter();
        let affects: Vec<_> = affects.filter(|a| seen.insert(a.target.as_str())).collect();
        for affected in &affects {
            let mut observation = one.clone();
            place(&mut observation, vulnerability, affected, components);
            observations.push(observation);
        }
        if affects.is_empty() {
            observations.push(one);
        }
    }
    (observations, rules)
}

fn describe(
    v: &Vulnerability<'_>,
    told: bool,
    rules: &mut BTreeMap<RuleId, RuleInfo>,
) -> Observation {
    let id = v.id.as_ref().map(Text::as_str).unwrap_or_default();
    let rule = RuleId::new(id);
    let texts = [&v.description, &v.detail].into_iter().flatten();
    let mut texts = texts.map(Text::as_str).filter(|t| !t.trim().is_empty());
    let description = texts.next();
    let title = description
        .and_then(first_sentence)
        .unwrap_or_else(|| format!("Vulnerability {id}").trim_end().to_owned());
    let cwe: BTreeSet<u32> = cwe_numbers(&v.cwes.items).collect();
    let page = v
        .source
        .url
        .text()
        .filter(|url| url.starts_with("https://"));
    let own_page = AdvisoryId::new(id).and_then(|id| id.url());
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        description: description.map(Untrusted::from),
        help_url: own_page.as_deref().or(page).map(Untrusted::from),
        cwe: cwe.iter().copied().collect(),
        ..RuleInfo::titled(title.as_str())
    });
    let mut observation = Observation::new(rule, Kind::Dependency, title);
    if let Some(description) = description.filter(|_| told) {
        observation.message = description.into();
    }
    observation.cwe = cwe;
    observation.advisories = advisories(v, id);
    rate(&mut observation, v);
    observation.standing = standing(v, told);
    observation
}

/// The id, the ids that the document calls equivalent, and the GHSA that the pages name, when they
/// name exactly one.
fn advisories(v: &Vulnerability<'_>, id: &str) -> BTreeSet<AdvisoryId> {
    let references = v.references.iter().filter_map(|r| r.id.as_ref());
    let mut ids: BTreeSet<AdvisoryId> = std::iter::once(id)
        .chain(references.map(Text::as_str))
        .filter_map(AdvisoryId::new)
        .take(MAX_ALIASES)
        .collect();
    if !ids.iter().any(|id| id.authority() == 1) {
        let pages = v.advisories.iter().filter_map(|a| a.url.text());
        ids.extend(words::only_ghsa(pages));
    }
    ids
}

/// Severity and score. Documents list the ratings of several sources: that of the vulnerability's
/// own source goes first, as in Trivy, then GitHub's for GitHub's ids, then the national
/// database's; documents that name no sources mean their own order.
fn rate(observation: &mut Observation, v: &Vulnerability<'_>) {
    let own = v.source.name.text();
    let ghsa =
        v.id.as_ref()
            .is_some_and(|id| id.as_str().starts_with("GHSA-"));
    let rank = |rating: &Rating| match rating.source.name.text() {
        Some(name) if Some(name) == own => 0,
        Some("ghsa") if ghsa => 1,
        Some(name) if name.eq_ignore_ascii_case("nvd") => 2,
        _ => 3,
    };
    let worded = v.ratings.iter().filter(|r| r.severity.text().is_some());
    let chosen = worded.min_by_key(|r| {
        let rank = rank(r);
        // Of one source's, the newest method.
        (rank, if rank == 3 { 0 } else { u8::MAX - method(r) })
    });
    let scored = chosen.and_then(score).or_else(|| {
        let scores = v.ratings.iter().filter_map(|r| Some((r, score(r)?)));
        let best = scores.min_by_key(|(r, _)| (rank(r), u8::MAX - method(r)));
        best.map(|(_, score)| score)
    });
    let word = chosen.and_then(|r| r.severity.text());
    // `unknown` is no rating.
    observation.severity = word
        .and_then(words::severity)
        .or_else(|| scored.and_then(Severity::from_score));
    let source = chosen
        .or(v.ratings.first())
        .and_then(|r| r.source.name.text());
    observation.reported = Reported {
        severity: word.map(|word| words::short(word, LONGEST).into()),
        score: scored,
        confidence: None,
        source: source.map(|source| words::short(source, LONGEST).into()),
    };
}

/// How new a method is; 0 for those that are not CVSS.
fn method(rating: &Rating) -> u8 {
    match rating.method.text() {
        Some("CVSSv4") => 4,
        Some("CVSSv31") => 3,
        Some("CVSSv3") => 2,
        Some("CVSSv2") => 1,
        _ => 0,
    }
}

/// A CVSS base score. Other methods (EPSS, the list of known exploited vulnerabilities) have
/// numbers of other meanings.
fn score(rating: &Rating) -> Option<f64> {
    let vector = rating.vector.text();
    let is_cvss = method(rating) > 0 || vector.is_some_and(|v| v.starts_with("CVSS:"));
    if !is_cvss && rating.method.text().is_some() {
        return None;
    }
    let written = rating.score.number().filter(|s| *s > 0.0 && *s <= 10.0);
    let plain_rating = is_cvss || rating.severity.text().is_some();
    written.filter(|_| plain_rating).or_else(|| {
        let vector = vector?;
        // The extension leaves the version out.
        let prefix = match rating.method.text() {
            Some("CVSSv3" | "CVSSv31") if !vector.starts_with("CVSS:") => "CVSS:3.1/",
            _ => "",
        };
        cvss::score(&format!("{prefix}{vector}"))
    })
}

/// `analysis.state` of the specification, with the reason in the document's words.
fn standing(v: &Vulnerability<'_>, told: bool) -> Standing {
    match v.analysis.state.text() {
        Some("resolved" | "resolved_with_pedigree" | "false_positive" | "not_affected") => {
            let analysis = &v.analysis;
            let texts = [&analysis.detail, &analysis.justification, &analysis.state];
            let reason = texts.into_iter().find_map(|t| t.text());
            Standing::Suppressed(reason.filter(|_| told).map(Untrusted::from))
        }
        _ => Standing::Open,
    }
}

/// Package, place and fix of one affected component.
fn place(
    observation: &mut Observation,
    v: &Vulnerability<'_>,
    affected: &Affected<'_>,
    components: &Components<'_>,
) {
    let name = affected.target.as_str();
    let component = components.find(name);
    let inner = name.split_once('#').map_or(name, |(_, inner)| inner);
    let package = component.and_then(package).or_else(|| purl::package(inner));
    let Some(mut package) = package else {
        observation.place.target = components.image.or(Some(name)).map(Untrusted::from);
        return;
    };
    if package.version.is_none() {
        let mut versions = affected.versions.iter();
        let version = versions.find(|v| v.status.text().is_none_or(|s| s == "affected"));
        package.version = version.and_then(|v| v.version.text()).map(Untrusted::from);
    }
    observation.fix = fix(v, &mut package);
    observation.package = Some(package);
    let path = component.and_then(path).map(|p| words::short(p, LONGEST));
    observation.place = match (components.image, path) {
        (Some(image), Some(path)) => Place {
            target: Some(format!("{image}: {path}").into()),
            ..Place::default()
        },
        (image, path) => Place {
            target: image.map(Untrusted::from),
            path: path.map(Untrusted::from),
            ..Place::default()
        },
    };
}

fn package(component: &Component<'_>) -> Option<Package> {
    let text = |text: &Option<Text<'_>>| {
        let text = text.as_ref().map(|t| words::short(t.as_str(), LONGEST));
        text.filter(|t| !t.is_empty()).map(str::to_owned)
    };
    let by_url = component.purl.as_ref();
    let by_url = by_url.filter(|url| url.as_str().len() <= LONGEST);
    let by_url = by_url.and_then(|url| purl::package(url.as_str()));
    let mut package = by_url.or_else(|| {
        let name = text(&component.name)?;
        let name = match text(&component.group) {
            Some(group) => format!("{group}/{name}"),
            None => name,
        };
        Some(Package::new(Ecosystem::UNKNOWN, name))
    })?;
    if package.version.is_none() {
        package.version = text(&component.version).map(Untrusted::from);
    }
    Some(package)
}

/// The file that brings the component in, as the specification, Syft or Trivy say it.
fn path<'t>(component: &'t Component<'_>) -> Option<&'t str> {
    let occurrences = component.evidence.occurrences.iter().take(MAX_PROPERTIES);
    let mut seen = occurrences.filter_map(|o| o.location.text());
    seen.next().or_else(|| {
        let known = ["syft:location:0:path", "aquasecurity:trivy:FilePath"];
        let properties = component.properties.iter().take(MAX_PROPERTIES);
        let mut found = properties.filter(|p| p.name.text().is_some_and(|n| known.contains(&n)));
        // Syft writes paths from the folder that it looked at, with a leading `/`.
        Some(found.next()?.value.text()?.trim_start_matches('/'))
    })
}

/// Trivy recommends `Upgrade NAME to version 1.2.3, 2.0.1`; pip-audit writes only `Upgrade`.
fn fix(v: &Vulnerability<'_>, package: &mut Package) -> Option<Fix> {
    let advice = v.recommendation.as_ref()?.as_str().trim();
    let advice = match v.affects.len() {
        n if n <= TOLD => advice,
        _ => words::short(advice, LONGEST),
    };
    let upgrade_to = advice.strip_prefix("Upgrade ").and_then(|rest| {
        let (name, versions) = rest.split_once(" to version ")?;
        // Of several components the text speaks of one.
        (name == package.name.raw() || v.affects.len() == 1).then_some(versions)
    });
    if let Some(versions) = upgrade_to {
        let versions = versions.split(',').map(str::trim);
        package.fixed = versions
            .filter(|v| !v.is_empty())
            .take(MAX_ALIASES)
            .map(Untrusted::from)
            .collect();
        return Some(upgrade(package));
    }
    match advice {
        "" => None,
        "Upgrade" => Some(Fix::UpgradeExists),
        advice => Some(Fix::Advice(advice.into())),
    }
}
