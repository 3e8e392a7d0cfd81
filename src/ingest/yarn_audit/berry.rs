//! Yarn 4: a line for each advisory and package. Nothing says how many packages were looked at, or
//! where the list ends.

use super::stream::{Advice, Id, Row, Stream};
use super::{INFO, WRITER};
use crate::ingest::lenient::Text;
use crate::ingest::npm_audit::severity;
use crate::ingest::tool::Parsed;
use crate::model::{
    AdvisoryId, Ecosystem, Health, Kind, Observation, Package, Problem, Relation, Reported, RuleId,
    RuleInfo, Untrusted, Work,
};
use std::collections::BTreeMap;

/// The run.
pub fn read(stream: &Stream<'_>) -> Parsed {
    let (deprecated, vulnerable): (Vec<_>, Vec<_>) = stream
        .rows
        .iter()
        .partition(|row| is_deprecation(&row.advice));
    let mut rules = BTreeMap::new();
    let observations: Vec<_> = vulnerable
        .iter()
        .map(|row| observe(row, &mut rules))
        .collect();
    let mut notes = Vec::new();
    if !deprecated.is_empty() {
        let text =
            "yarn names packages that their authors have deprecated; that is no vulnerability";
        let names = deprecated.iter().map(|row| row.package.as_str().into());
        notes.push(Problem::new("deprecated", text).items(names));
    }
    let transitive = |row: &Row<'_>| relation(&row.advice) == Some(Relation::Transitive);
    if !stream.rows.iter().any(transitive) {
        notes.push(Problem::new(
            "direct-only",
            "nothing in the report is about a transitive dependency: without --all --recursive, yarn \
             looks at the direct dependencies of one workspace only",
        ));
    }
    // That there is nothing to suggest is what one audit came to.
    let rows = stream.rows.len() as u64;
    let work = match rows {
        0 => Work::new(u64::from(stream.nothing_to_suggest), "audits"),
        rows => Work::new(rows, "advisories"),
    };
    let nothing = Problem::new("nothing-scanned", "yarn audit looked at nothing");
    Parsed {
        format: Some("yarn audit JSON (4)"),
        notes,
        observations,
        rules,
        ..Parsed::of(&INFO, Health::judge(work, Vec::new(), nothing))
    }
}

/// Deprecated packages have a text for a number and no address.
fn is_deprecation(advice: &Advice<'_>) -> bool {
    matches!(advice.id, Some(Id::Text(_))) && advice.url.is_none()
}

/// Whether a workspace asks for the package, by yarn's names of those who do: `a@npm:1.0.0`,
/// `web@workspace:packages/web`, `web@virtual:0123…#workspace:packages/web`.
fn relation(advice: &Advice<'_>) -> Option<Relation> {
    let dependents = &advice.dependents.items;
    if dependents.is_empty() {
        None
    } else if dependents.iter().any(|d| d.contains("workspace:")) {
        Some(Relation::Direct)
    } else {
        Some(Relation::Transitive)
    }
}

fn observe(row: &Row<'_>, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
    let Row { package, advice } = row;
    let name = package.as_str();
    let url = advice.url.as_ref().map_or("", Text::as_str);
    let ghsa = AdvisoryId::ghsa_in_url(url);
    let rule = match (&ghsa, &advice.id) {
        (Some(id), _) => RuleId::new(id.as_str()),
        (None, Some(Id::Number(number))) => RuleId::new(&number.to_string()),
        (None, Some(Id::Text(text))) => RuleId::new(text),
        (None, None) => RuleId::new(name),
    };
    let issue = match advice.issue.as_str() {
        "" => format!("Vulnerability in {name}"),
        issue => issue.to_owned(),
    };
    rules.entry(rule.clone()).or_insert_with(|| RuleInfo {
        help_url: advice.url.as_ref().map(|url| url.as_str().into()),
        ..RuleInfo::titled(issue.as_str())
    });
    let mut observation = Observation::new(rule, Kind::Dependency, issue.as_str());
    if let Some(range) = advice.vulnerable.text() {
        observation.message = format!("{issue}. Affected: {name} {range}").into();
    }
    let word = advice.severity.as_ref().map(Text::as_str);
    let word = word.filter(|w| !w.is_empty());
    observation.severity = word.and_then(severity);
    observation.reported = Reported {
        severity: word.map(Untrusted::from),
        source: ghsa.as_ref().map(|_| "ghsa".into()),
        ..Reported::default()
    };
    observation.advisories = ghsa.into_iter().collect();
    observation.place.lockfiles = WRITER.lockfiles;
    let mut package = Package::new(Ecosystem::NPM, name);
    package.version = match advice.installed.items.as_slice() {
        [version] => Some(version.as_str().into()),
        _ => None,
    };
    package.relation = relation(advice);
    if package.relation == Some(Relation::Direct) {
        package.paths = vec![vec![name.into()]];
        // It does not say who else brings it in.
        package.more_paths = true;
    }
    observation.package = Some(package);
    observation
}
