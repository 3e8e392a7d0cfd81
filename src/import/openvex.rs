//! OpenVEX.
//!
//! Source of the format: openvex/spec, `OPENVEX-SPEC.md` 0.2.0. Before 0.2 vulnerabilities and
//! products are plain texts.

use super::statement::Found;
use super::tree::Node;
use super::vex::{Claim, Status, claims};
use super::{Document, Format};

/// True for an OpenVEX document.
pub fn is_one(document: &Document<'_>) -> bool {
    document.format == Format::Json
        && document.root.has("statements")
        && document
            .root
            .text_of("@context")
            .is_some_and(|context| context.contains("openvex"))
}

/// Reads it.
pub fn read(document: &Document<'_>, found: &mut Found) {
    let time = document.root.text_of("timestamp");
    let statements = document.root.list_of("statements");
    let all: Vec<Claim> = statements.iter().map(|s| claim(s, time)).collect();
    claims(&all, found);
}

fn claim(statement: &Node, document_time: Option<&str>) -> Claim {
    let time = statement.text_of("timestamp").or(document_time);
    let words = ["justification", "impact_statement"].map(|key| statement.text_of(key));
    Claim {
        line: statement.line,
        names: names(statement),
        status: match statement.text_of("status") {
            Some("not_affected") => Status::NotAffected,
            Some("fixed") => Status::Fixed,
            Some("affected" | "under_investigation") => Status::Open,
            _ => Status::Unknown,
        },
        products: products(statement),
        reason: reason(words),
        time: time.and_then(|text| text.parse().ok()),
    }
}

/// The justification, whose words are joined by `_`, and the sentence that goes with it.
pub fn reason(words: [Option<&str>; 2]) -> String {
    let [justification, sentence] = words;
    let justification = justification.map(|word| word.replace('_', " "));
    let parts = justification.into_iter().chain(sentence.map(str::to_owned));
    parts.collect::<Vec<_>>().join(": ")
}

fn names(statement: &Node) -> Vec<String> {
    let Some(vulnerability) = statement.get("vulnerability") else {
        return Vec::new();
    };
    let first = [
        vulnerability.text(),
        vulnerability.text_of("name"),
        vulnerability.text_of("@id"),
    ];
    let aliases = vulnerability.list_of("aliases").iter().map(Node::text);
    let all = first.into_iter().chain(aliases).flatten();
    all.map(str::to_owned).collect()
}

/// The parts of products that the statement is about, else the products.
fn products(statement: &Node) -> Vec<String> {
    let mut all = Vec::new();
    for product in statement.list_of("products") {
        let parts = product.list_of("subcomponents");
        if parts.is_empty() {
            all.push(identifier(product));
        }
        all.extend(parts.iter().map(identifier));
    }
    all
}

fn identifier(component: &Node) -> String {
    let purl = component
        .get("identifiers")
        .and_then(|identifiers| identifiers.text_of("purl"));
    let text = purl
        .or_else(|| component.text())
        .or_else(|| component.text_of("@id"));
    text.unwrap_or_default().to_owned()
}
