//! Semgrep's JSON.
//!
//! Source of the format: `semgrep_output_v1.atd` of semgrep-interfaces. Before 0.x grew `paths`
//! the report did not say what was scanned; without a login `lines` and `fingerprint` are the text
//! `requires login`.

mod health;

use super::lenient::{Int, Scalar, Text, Texts, or_default};
use super::shape::Shape;
use super::summary::first_sentence;
use super::tool::{Parsed, Tool, ToolInfo, wrong_shape};
use super::words::{self, REVOKE};
use crate::model::{
    AdvisoryId, Coverage, Ecosystem, Fix, Kind, Observation, Package, Problem, Region, Relation,
    Reported, RuleId, RuleInfo, Secret, Severity, Standing, Untrusted,
};
use crate::version::upgrade;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// The adapter.
pub struct Semgrep;

static INFO: ToolInfo = ToolInfo {
    id: "semgrep",
    name: "Semgrep",
    // The driver names of its SARIF.
    aliases: &["Semgrep OSS", "Semgrep PRO", "semgrep-oss"],
    url: "https://semgrep.dev",
    command: "semgrep scan --config p/default --json --output semgrep.json",
};

/// What stands in place of a field that needs an account.
const LOGIN: &str = "requires login";

#[derive(Deserialize)]
struct Report<'a> {
    #[serde(borrow)]
    results: Vec<Match<'a>>,
    #[serde(borrow)]
    errors: Vec<health::Error<'a>>,
    #[serde(default, borrow, deserialize_with = "or_default")]
    paths: health::Paths<'a>,
    #[serde(default, deserialize_with = "or_default")]
    skipped_rules: Vec<IgnoredAny>,
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Match<'a> {
    #[serde(borrow)]
    check_id: Text<'a>,
    #[serde(borrow)]
    path: Text<'a>,
    #[serde(default)]
    start: Position,
    #[serde(default)]
    end: Position,
    #[serde(borrow)]
    extra: Extra<'a>,
}

#[derive(Deserialize, Default)]
struct Position {
    #[serde(default)]
    line: Int,
    #[serde(default)]
    col: Int,
}

#[derive(Deserialize)]
struct Extra<'a> {
    #[serde(default, borrow)]
    severity: Option<Text<'a>>,
    #[serde(default, borrow)]
    message: Option<Text<'a>>,
    #[serde(default, deserialize_with = "or_default")]
    metadata: Metadata,
    #[serde(default)]
    metavars: Option<BTreeMap<String, IgnoredAny>>,
    #[serde(default)]
    is_ignored: Option<bool>,
    #[serde(default, borrow)]
    lines: Option<Text<'a>>,
    #[serde(default, borrow)]
    fix: Option<Text<'a>>,
    #[serde(default, borrow)]
    sca_info: Option<SupplyChain<'a>>,
}

/// What the author of a rule wrote: any type may stand anywhere.
#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    cwe: Texts,
    #[serde(default)]
    owasp: Texts,
    #[serde(default)]
    confidence: Scalar,
    #[serde(default)]
    category: Scalar,
    #[serde(default)]
    technology: Texts,
    #[serde(default)]
    vulnerability_class: Texts,
    #[serde(default)]
    references: Texts,
    #[serde(default)]
    source: Scalar,
    #[serde(default, rename = "sca-vuln-database-identifier")]
    advisory: Scalar,
    #[serde(default, rename = "sca-fix-versions")]
    fixed: serde_json::Value,
}

#[derive(Deserialize)]
struct SupplyChain<'a> {
    #[serde(borrow)]
    dependency_match: DependencyMatch<'a>,
}

#[derive(Deserialize)]
struct DependencyMatch<'a> {
    #[serde(borrow)]
    found_dependency: Dependency<'a>,
    #[serde(default, borrow)]
    lockfile: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Dependency<'a> {
    #[serde(borrow)]
    package: Text<'a>,
    #[serde(default, borrow)]
    version: Option<Text<'a>>,
    #[serde(default)]
    ecosystem: Scalar,
    #[serde(default)]
    transitivity: Scalar,
}

impl Tool for Semgrep {
    fn info(&self) -> &'static ToolInfo {
        &INFO
    }

    fn sniff(&self, shape: &Shape) -> Option<&'static str> {
        let results = shape.get("results").filter(|r| r.is_array())?;
        let own = shape.get("errors").is_some_and(Shape::is_array)
            && !shape.has("metrics")
            && match results.first() {
                Some(first) => first.has_all(&["check_id", "extra"]),
                None => true,
            };
        own.then_some("Semgrep JSON")
    }

    fn parse(&self, text: &str, _: &Shape) -> Result<Parsed, Problem> {
        let report: Report<'_> =
            serde_json::from_str(text).map_err(|e| wrong_shape("Semgrep", &e))?;
        let mut rules = BTreeMap::new();
        let observations = report.results.iter().map(|m| observe(m, &mut rules));
        let observations = observations.collect();
        Ok(Parsed {
            version: report.version.as_ref().map(|v| v.as_str().into()),
            observations,
            rules,
            notes: health::notes(&report),
            coverage: Coverage::default().inputs(report.paths.scanned()),
            ..Parsed::of(&INFO, health::judge(&report))
        })
    }
}

/// The older words rank the rule's certainty as well (`ERROR`, `WARNING`, `INFO`); the newer ones
/// are those of the product's pages.
fn severity(word: &str) -> Option<Severity> {
    match word {
        "ERROR" => Some(Severity::High),
        "WARNING" => Some(Severity::Medium),
        "INFO" => Some(Severity::Low),
        "INVENTORY" | "EXPERIMENT" => Some(Severity::Info),
        word => words::severity(word),
    }
}

impl Metadata {
    /// Semgrep's own rules for credentials name them as technology or as class of weakness.
    fn is_secret(&self) -> bool {
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        self.technology.items.iter().any(|t| is(t, "secrets"))
            || self.category.text().is_some_and(|c| is(c, "secrets"))
            || self
                .vulnerability_class
                .items
                .iter()
                .any(|c| is(c, "Hard-coded Secrets"))
    }

    /// `CWE-79: Improper …`: the number alone, not what the text after it holds.
    fn cwe(&self) -> Vec<u32> {
        let numbers = self.cwe.items.iter().filter_map(|text| {
            let head = text.split(':').next()?;
            head.trim().trim_start_matches("CWE-").parse().ok()
        });
        numbers.filter(|n| *n > 0).collect()
    }

    fn rule(&self, title: &str, severity: Option<Severity>) -> RuleInfo {
        let owasp = self.owasp.items.join("; ");
        let pages = [&self.source]
            .into_iter()
            .filter_map(|s| s.text())
            .chain(self.references.items.iter().map(String::as_str));
        let mut cwe = self.cwe();
        cwe.sort_unstable();
        cwe.dedup();
        RuleInfo {
            description: (!owasp.is_empty()).then(|| format!("OWASP: {owasp}").into()),
            help_url: pages.into_iter().next().map(Untrusted::from),
            cwe,
            severity,
            confidence: self.confidence.text().and_then(words::confidence),
            ..RuleInfo::titled(title)
        }
    }
}

fn observe(found: &Match<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let extra = &found.extra;
    let id = found.check_id.as_str();
    // `python.lang.security.x.x`: what comes before depends on where the rule file lies.
    let short = id.rsplit('.').next().unwrap_or(id).replace(['-', '_'], " ");
    let kind = match () {
        () if extra.sca_info.is_some() => Kind::Dependency,
        () if extra.metadata.is_secret() => Kind::Secret,
        () => Kind::Code,
    };
    let message = extra.message.as_ref().map(Text::as_str).unwrap_or_default();
    // A rule may put what it matched into its message.
    let bare = extra.metavars.as_ref().is_some_and(BTreeMap::is_empty);
    let message = if kind == Kind::Secret && !bare {
        ""
    } else {
        message
    };
    let word = extra.severity.as_ref().map(Text::as_str);
    let severity = word.and_then(severity);
    let rule = RuleId::new(id);
    rules
        .entry(rule.clone())
        .or_insert_with(|| extra.metadata.rule(&short, severity));

    let title = first_sentence(message).unwrap_or_else(|| short.clone());
    let mut observation = Observation::new(rule, kind, title);
    if !message.is_empty() {
        observation.message = message.into();
    }
    observation.severity = severity;
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        confidence: extra.metadata.confidence.text().and_then(words::confidence),
        ..Reported::default()
    };
    observation.cwe = extra.metadata.cwe().into_iter().collect();
    if extra.is_ignored == Some(true) {
        observation.standing = Standing::Suppressed(None);
    }
    observation.place.path = Some(found.path.as_str().into());
    let lines = extra.lines.as_ref().map(Text::as_str);
    let quoted = lines
        .filter(|text| *text != LOGIN)
        .and_then(|text| text.lines().next());
    observation.place.region = region(found, quoted);
    match kind {
        Kind::Secret => {
            observation.evidence = lines.map(|l| Secret::new(l).redact(short.as_str()));
            observation.fix = Some(Fix::Advice(REVOKE.into()));
        }
        Kind::Dependency => dependency(&mut observation, extra),
        _ => {
            observation.quoted_line = quoted.map(Untrusted::from);
            let fix = extra.fix.as_ref().map(|f| f.as_str().trim());
            let fix = fix.filter(|f| !f.is_empty() && *f != LOGIN);
            observation.fix = fix.map(|f| Fix::Advice(format!("Replace it by: {f}").into()));
        }
    }
    observation
}

/// Columns are 1-based and count bytes or characters, depending on the version; on lines where
/// that is the same they are kept.
fn region(found: &Match<'_>, quoted: Option<&str>) -> Option<Region> {
    let region = words::lines(found.start.line, found.end.line)?;
    if region.end_line.is_some() || !quoted.is_some_and(str::is_ascii) {
        return Some(region);
    }
    let [start, end] = [found.start.col, found.end.col].map(words::positive);
    Some(region.columns(start, end))
}

/// A finding of Semgrep Supply Chain: the package, and where its lockfile is.
fn dependency(observation: &mut Observation, extra: &Extra<'_>) {
    let Some(found) = extra.sca_info.as_ref().map(|s| &s.dependency_match) else {
        return;
    };
    let dependency = &found.found_dependency;
    let name = dependency.package.as_str();
    let mut package = Package::new(ecosystem(dependency.ecosystem.text()), name);
    package.version = dependency.version.as_ref().map(|v| v.as_str().into());
    package.relation = match dependency.transitivity.text() {
        Some("direct") => Some(Relation::Direct),
        Some("transitive") => Some(Relation::Transitive),
        _ => None,
    };
    // `[{"lodash": "4.17.21"}]`
    let fixed = extra.metadata.fixed.as_array().into_iter().flatten();
    package.fixed = fixed
        .filter_map(|versions| versions.get(name)?.as_str())
        .map(Untrusted::from)
        .collect();
    let advisory = extra.metadata.advisory.text().and_then(AdvisoryId::new);
    observation.advisories = advisory.into_iter().collect();
    observation.fix = Some(upgrade(&package));
    observation.package = Some(package);
    if let Some(lockfile) = &found.lockfile {
        // The match may stand where the package is used; the finding is about the package.
        let lockfile = Some(Untrusted::new(lockfile.as_str()));
        if observation.place.path != lockfile {
            observation.place.path = lockfile;
            observation.place.region = None;
        }
    }
}

/// Semgrep's names of ecosystems (`semgrep_output_v1.atd`, `ecosystem`) as package-url types.
fn ecosystem(word: Option<&str>) -> Ecosystem {
    match word.unwrap_or_default() {
        "gomod" => Ecosystem::new("golang"),
        "swiftpm" => Ecosystem::new("swift"),
        "mix" => Ecosystem::new("hex"),
        kind => Ecosystem::new(kind),
    }
}

#[cfg(test)]
mod tests;
