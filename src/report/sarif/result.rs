//! One finding → one result.

use super::Purpose;
use super::rules::{self, Key, Rules};
use crate::escape;
use crate::model::{Certainty, Decided, Disposition, FINGERPRINT_SCHEME, Location};
use crate::report::phrase::{self, Sink};
use serde_sarif::sarif;
use std::collections::BTreeMap;

/// Foreign words in a message: without links and controls.
static MESSAGE: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::sarif_text(name),
    title: |title| escape::sarif_text(title),
    words: |words| escape::sarif_text(words),
};

/// The result. `suppressible`: some result of the run is suppressed, so that each needs a list
/// (SARIF 2.1.0 §3.27.23).
pub fn result(
    decided: &Decided,
    key: &Key,
    rules: &Rules,
    purpose: Purpose,
    suppressible: bool,
) -> sarif::Result {
    let (index, id) = rules.find(key).unwrap_or((0, ""));
    let finding = &decided.finding;
    let mut fingerprints =
        BTreeMap::from([(FINGERPRINT_SCHEME.to_owned(), finding.fingerprint.clone())]);
    if let Some(hash) = &finding.line_hash {
        fingerprints.insert("primaryLocationLineHash".to_owned(), hash.clone());
    }
    // serde-sarif's types are kilobytes large, and each call of a builder moves them.
    let text = sarif::Message::builder().text(message(decided)).build();
    let mut result = sarif::Result::builder().message(text).build();
    result.rule_id = Some(id.to_owned());
    result.rule_index = i64::try_from(index).ok();
    result.level = Some(rules::level(decided.effective));
    result.locations = Some(vec![location(&finding.location)]);
    result.partial_fingerprints = Some(fingerprints);
    if purpose == Purpose::Full {
        if suppressible {
            result.suppressions = Some(suppressions(&decided.disposition));
        }
        if let Disposition::Informational(_) = decided.disposition {
            result.kind = Some(sarif::ResultKind::Informational);
            result.level = Some(sarif::ResultLevel::None);
        }
        result.properties = Some(properties(decided));
    }
    result
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
    let title = escape::sarif_text(&observation.title);
    let mut text = if title.is_empty() {
        escape::sarif_name(&observation.rule)
    } else {
        title
    };
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
fn location(location: &Location) -> sarif::Location {
    let known = location.region;
    let region = sarif::Region {
        start_line: Some(known.map_or(1, |r| r.line.into())),
        start_column: known.and_then(|r| r.column).map(i64::from),
        end_line: known.and_then(|r| r.end_line).map(i64::from),
        end_column: known.and_then(|r| r.end_column).map(i64::from),
        ..sarif::Region::default()
    };
    let artifact = sarif::ArtifactLocation {
        uri: Some(escape::uri_path(&location.path)),
        uri_base_id: Some("SRCROOT".to_owned()),
        ..sarif::ArtifactLocation::default()
    };
    let physical = sarif::PhysicalLocation {
        artifact_location: Some(artifact),
        region: Some(region),
        ..sarif::PhysicalLocation::default()
    };
    let mut place = sarif::Location {
        physical_location: Some(physical),
        ..sarif::Location::default()
    };
    if let Some(target) = &location.target {
        let name = escape::sarif_name(target);
        place.logical_locations = Some(vec![
            sarif::LogicalLocation::builder()
                .fully_qualified_name(name)
                .build(),
        ]);
    }
    place
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
            Some(why) => escape::sarif_text(why),
            None => "suppressed in the report".to_owned(),
        }),
        _ => Vec::new(),
    }
}

fn properties(decided: &Decided) -> sarif::PropertyBag {
    let finding = &decided.finding;
    let observation = &finding.observation;
    let mut more: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    let mut set = |key: &str, value: serde_json::Value| {
        more.insert(format!("lockgate/{key}"), value);
    };
    set("disposition", decided.disposition.word().into());
    set("kind", observation.kind.word().into());
    set("effectiveSeverity", decided.effective.word().into());
    if let Some(severity) = observation.severity {
        set("severity", severity.word().into());
    }
    if let Some(gate) = decided.disposition.gate() {
        set("gate", escape::json(&gate.name).into());
    }
    if finding.witnesses.len() > 1 {
        let list: Vec<serde_json::Value> = finding
            .witnesses
            .iter()
            .map(|w| serde_json::json!({"scanner": w.scanner.as_str(), "rule": escape::json(&w.rule)}))
            .collect();
        set("witnesses", list.into());
    }
    if !observation.advisories.is_empty() {
        let ids: Vec<&str> = observation
            .advisories
            .iter()
            .map(|id| id.as_str())
            .collect();
        set("advisories", ids.into());
    }
    if finding.location.certainty != Certainty::Exact {
        set("certainty", finding.location.certainty.word().into());
    }
    sarif::PropertyBag::builder()
        .additional_properties(more)
        .build()
}
