//! VEX in CycloneDX: `vulnerabilities` with an `analysis`.
//!
//! Source of the format: the JSON schema of CycloneDX 1.4 to 1.6, `#/definitions/vulnerability`.

use super::openvex::reason;
use super::statement::Found;
use super::tree::Node;
use super::vex::{Claim, Status, claims};
use super::{Document, Format};
use std::collections::BTreeMap;

/// True for a CycloneDX document with vulnerabilities.
pub fn is_one(document: &Document<'_>) -> bool {
    document.format == Format::Json
        && document.root.text_of("bomFormat") == Some("CycloneDX")
        && document.root.has("vulnerabilities")
}

/// Reads it.
pub fn read(document: &Document<'_>, found: &mut Found) {
    let mut packages = BTreeMap::new();
    if let Some(metadata) = document.root.get("metadata") {
        packages.extend(metadata.get("component").and_then(package));
    }
    components(&document.root, &mut packages);
    let mut all = Vec::new();
    for vulnerability in document.root.list_of("vulnerabilities") {
        match vulnerability.get("analysis") {
            Some(analysis) => all.push(claim(vulnerability, analysis, &packages)),
            None => found.leave(
                vulnerability.line,
                vulnerability.text_of("id").unwrap_or_default(),
                "it has no analysis",
            ),
        }
    }
    claims(&all, found);
}

/// Package URLs by reference, of nested components too; the tree is not deep.
fn components<'a>(node: &'a Node, packages: &mut BTreeMap<&'a str, &'a str>) {
    for component in node.list_of("components") {
        packages.extend(package(component));
        components(component, packages);
    }
}

fn package(component: &Node) -> Option<(&str, &str)> {
    Some((component.text_of("bom-ref")?, component.text_of("purl")?))
}

fn claim(vulnerability: &Node, analysis: &Node, packages: &BTreeMap<&str, &str>) -> Claim {
    let references = vulnerability.list_of("references").iter();
    let ids = [vulnerability.text_of("id")]
        .into_iter()
        .chain(references.map(|reference| reference.text_of("id")));
    let affects = vulnerability.list_of("affects").iter();
    Claim {
        line: vulnerability.line,
        names: ids.flatten().map(str::to_owned).collect(),
        status: match analysis.text_of("state") {
            Some("not_affected" | "false_positive") => Status::NotAffected,
            Some("resolved" | "resolved_with_pedigree") => Status::Fixed,
            Some("exploitable" | "in_triage") => Status::Open,
            _ => Status::Unknown,
        },
        products: affects
            .map(|affected| affected.text_of("ref").unwrap_or_default())
            .map(|reference| resolve(reference, packages))
            .collect(),
        reason: reason([
            analysis.text_of("justification"),
            analysis.text_of("detail"),
        ]),
        time: analysis
            .text_of("lastUpdated")
            .and_then(|text| text.parse().ok()),
    }
}

/// A reference into this document, or into another one (`urn:cdx:serial/version#reference`), where
/// it most often is a package URL itself.
fn resolve(reference: &str, packages: &BTreeMap<&str, &str>) -> String {
    if let Some(purl) = packages.get(reference) {
        return (*purl).to_owned();
    }
    let inside = reference
        .strip_prefix("urn:cdx:")
        .and_then(|link| link.split_once('#'))
        .map(|(_, inside)| percent_encoding::percent_decode_str(inside).decode_utf8_lossy());
    inside.map_or_else(|| reference.to_owned(), std::borrow::Cow::into_owned)
}
