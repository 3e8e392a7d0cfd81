//! What the waivers of a policy file are about, so that none is added twice.

use super::statement::Subject;
use super::table;
use super::tree::{Entry, Node, Value};
use crate::model::{AdvisoryId, Kind, Problem, Untrusted};
use std::collections::BTreeSet;

/// Scanners that an import names.
const SCANNERS: [&str; 2] = ["bandit", "trivy"];

/// A policy file with waivers at its end. Nothing else of it changes.
///
/// # Errors
/// When the file is not valid TOML, or writes its waivers in a way that nothing can be added to.
pub fn append(policy: &str, waivers: &str) -> Result<String, Problem> {
    table::parse(policy)?;
    let mut text = policy.to_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(waivers);
    match table::parse(&text) {
        Ok(_) => Ok(text),
        Err(_) => Err(Problem::new(
            "not-appendable",
            "its waivers stand in one list (`waiver = [...]`); write each as a `[[waiver]]` table",
        )),
    }
}

/// The subjects of a policy's waivers, as far as an import could have made them.
pub fn subjects(policy: &str) -> BTreeSet<Subject> {
    let Ok(root) = table::parse(policy) else {
        return BTreeSet::new();
    };
    root.list_of("waiver").iter().filter_map(subject).collect()
}

/// `None` for a waiver with conditions that no import writes.
fn subject(waiver: &Node) -> Option<Subject> {
    let mut subject = Subject::default();
    for Entry { key, value, .. } in waiver.entries() {
        let words = match &value.value {
            Value::List(list) => list.as_slice(),
            _ => std::slice::from_ref(value),
        };
        let texts = words.iter().filter_map(Node::text);
        let patterns = texts.clone().map(Untrusted::from);
        match key.as_str() {
            "advisory" => subject.advisories = texts.filter_map(AdvisoryId::new).collect(),
            "rule" => subject.rules = patterns.collect(),
            "path" => subject.paths = patterns.collect(),
            "package" => subject.packages = patterns.collect(),
            "scanner" => {
                let scanner = value.text()?;
                subject.scanner = Some(SCANNERS.into_iter().find(|known| *known == scanner)?);
            }
            "kind" => subject.kind = Some(Kind::parse(value.text()?)?),
            "reason" | "owner" | "expires" => {}
            _ => return None,
        }
    }
    let everywhere = BTreeSet::from(["**".into()]);
    if subject.advisories.is_empty() && subject.paths == everywhere {
        subject.paths.clear();
    }
    Some(subject)
}
