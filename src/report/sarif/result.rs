//! One finding → one result.

use super::Purpose;
use super::rules::{self, Key, Rules};
use crate::escape;
use crate::model::{Certainty, Decided, Disposition, FINGERPRINT_SCHEME, Location, RepoPath};
use crate::report::comparison;
use crate::report::phrase::{self, Sink};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};
use serde_sarif::sarif;

/// Foreign words in a message: without links and controls.
static MESSAGE: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::sarif_text(name).into_owned(),
    title: |title| escape::sarif_text(title).into_owned(),
    line: |line| escape::sarif_text(line).into_owned(),
    words: |words| escape::sarif_text(words).into_owned(),
};

/// SARIF 2.1.0 §3.27, as far as it is used. serde-sarif's own type has room for everything that a
/// result may hold, kilobytes of it, and there are tens of thousands of results.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultOut<'a> {
    rule_id: &'a str,
    rule_index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    message: Message,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<sarif::Suppression>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties<'a>>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

/// §3.28
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[sarif::LogicalLocation; 1]>,
}

/// §3.27.22: a place that is part of the problem without being where it is shown.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Related {
    id: usize,
    #[serde(flatten)]
    place: Place,
    message: Message,
}

/// §3.29
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: RegionOut,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
}

/// §3.30
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegionOut {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

struct Fingerprints<'a> {
    own: &'a str,
    line: Option<&'a str>,
}

impl Serialize for Fingerprints<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(FINGERPRINT_SCHEME, self.own)?;
        if let Some(line) = self.line {
            map.serialize_entry("primaryLocationLineHash", line)?;
        }
        map.end()
    }
}

/// What SARIF has no word for.
#[derive(Serialize)]
struct Properties<'a> {
    #[serde(rename = "lockgate/advisories", skip_serializing_if = "Vec::is_empty")]
    advisories: Vec<&'a str>,
    #[serde(rename = "lockgate/certainty", skip_serializing_if = "Option::is_none")]
    certainty: Option<&'static str>,
    #[serde(rename = "lockgate/disposition")]
    disposition: &'static str,
    #[serde(rename = "lockgate/effectiveSeverity")]
    effective_severity: &'static str,
    #[serde(rename = "lockgate/gate", skip_serializing_if = "Option::is_none")]
    gate: Option<&'a str>,
    #[serde(rename = "lockgate/kind")]
    kind: &'static str,
    #[serde(rename = "lockgate/origin")]
    origin: &'static str,
    #[serde(rename = "lockgate/severity", skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
    #[serde(rename = "lockgate/witnesses", skip_serializing_if = "Vec::is_empty")]
    witnesses: Vec<WitnessOut<'a>>,
}

#[derive(Serialize)]
struct WitnessOut<'a> {
    scanner: &'a str,
    rule: &'a str,
}

/// The result. `suppressible`: some result of the run is suppressed, so that each needs a list
/// (SARIF 2.1.0 §3.27.23). `compared`: the base is known, so that each has a state (§3.27.24); what the
/// base has too is unchanged, whether somebody had seen it there or not.
pub fn result<'a>(
    decided: &'a Decided,
    key: &Key,
    rules: &'a Rules,
    purpose: Purpose,
    suppressible: bool,
    prefix: Option<&RepoPath>,
    compared: bool,
) -> ResultOut<'a> {
    let (rule_index, rule_id) = rules.find(key).unwrap_or((0, ""));
    let finding = &decided.finding;
    let full = purpose == Purpose::Full;
    // §3.27.9: a kind other than `fail` has the level `none`.
    let informational = full && matches!(decided.disposition, Disposition::Informational(_));
    ResultOut {
        rule_id,
        rule_index,
        kind: informational.then_some("informational"),
        level: if informational {
            "none"
        } else {
            rules::level(decided.effective)
        },
        baseline_state: (full && compared).then(|| match comparison::is_new(decided) {
            true => "new",
            false => "unchanged",
        }),
        message: Message {
            text: message(decided),
        },
        locations: [place(&finding.location, prefix)],
        related_locations: related(decided, prefix),
        partial_fingerprints: Fingerprints {
            own: &finding.fingerprint,
            line: finding.line_hash.as_deref(),
        },
        suppressions: (full && suppressible).then(|| suppressions(&decided.disposition)),
        properties: full.then(|| properties(decided)),
    }
}

/// True for a finding that is shown as suppressed.
pub fn is_suppressed(decided: &Decided) -> bool {
    matches!(
        decided.disposition,
        Disposition::Waived(..) | Disposition::Suppressed(_)
    )
}

/// The first sentence is the alert's title on GitHub; then the package, then the fix.
fn message(decided: &Decided) -> String {
    let finding = &decided.finding;
    let observation = &finding.observation;
    let mut text = escape::sarif_text(&observation.title).into_owned();
    if text.is_empty() {
        text = escape::sarif_name(&observation.rule);
    }
    if !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    if let Some(package) = phrase::package(finding) {
        text.push_str(&format!(" Package: {}.", package.show(&MESSAGE)));
    }
    if let Some(target) = &finding.location.target {
        text.push_str(&format!(" Found in {}.", escape::sarif_text(target)));
    }
    if let Some(fix) = phrase::fix(finding) {
        text.push_str(&format!(" Fix: {}", fix.show(&MESSAGE)));
        if !text.ends_with('.') {
            text.push('.');
        }
    }
    text
}

/// Never without a file and a line: GitHub needs both.
fn place(location: &Location, prefix: Option<&RepoPath>) -> Place {
    let region = location.region;
    let named = |target| {
        let name = escape::sarif_name(target);
        [sarif::LogicalLocation::builder()
            .fully_qualified_name(name)
            .build()]
    };
    Place {
        physical_location: Physical {
            artifact_location: Artifact {
                uri: escape::uri_path(&*location.path.below(prefix)).into_owned(),
                uri_base_id: "SRCROOT",
            },
            region: RegionOut {
                start_line: region.map_or(1, |r| r.line),
                start_column: region.and_then(|r| r.column),
                end_line: region.and_then(|r| r.end_line),
                end_column: region.and_then(|r| r.end_column),
            },
        },
        logical_locations: location.target.as_ref().map(named),
    }
}

/// The other places of a secret.
fn related(decided: &Decided, prefix: Option<&RepoPath>) -> Vec<Related> {
    let sighted = decided.finding.observation.sighted.as_ref();
    let further = sighted.map_or(&[][..], |sighted| &sighted.further);
    let each = further.iter().enumerate().map(|(index, location)| Related {
        id: index + 1,
        place: place(location, prefix),
        message: Message {
            text: match &location.target {
                Some(target) => format!("It is in {}, too.", escape::sarif_text(target)),
                None => "It stands here, too.".to_owned(),
            },
        },
    });
    each.collect()
}

fn suppressions(disposition: &Disposition) -> Vec<sarif::Suppression> {
    let suppression = |justification: String| {
        vec![
            sarif::Suppression::builder()
                .kind("external")
                .status("accepted")
                .justification(justification)
                .build(),
        ]
    };
    match disposition {
        Disposition::Waived(_, waiver) => suppression(format!(
            "{} (owner {}, until {})",
            escape::sarif_text(&waiver.reason),
            escape::sarif_text(&waiver.owner),
            waiver.expires
        )),
        Disposition::Suppressed(why) => suppression(match why {
            Some(why) => escape::sarif_text(why).into_owned(),
            None => "suppressed in the report".to_owned(),
        }),
        _ => Vec::new(),
    }
}

fn properties(decided: &Decided) -> Properties<'_> {
    let finding = &decided.finding;
    let observation = &finding.observation;
    let certainty = finding.location.certainty;
    let several = finding.witnesses.len() > 1;
    Properties {
        advisories: observation
            .advisories
            .iter()
            .map(|id| id.as_str())
            .collect(),
        certainty: (certainty != Certainty::Exact).then(|| certainty.word()),
        disposition: decided.disposition.word(),
        effective_severity: decided.effective.word(),
        gate: decided
            .disposition
            .gate()
            .map(|gate| escape::json(&gate.name)),
        kind: observation.kind.word(),
        origin: finding.provenance.origin.word(),
        severity: observation.severity.map(|severity| severity.word()),
        witnesses: finding
            .witnesses
            .iter()
            .filter(|_| several)
            .map(|w| WitnessOut {
                scanner: w.scanner.as_str(),
                rule: escape::json(&w.rule),
            })
            .collect(),
    }
}
