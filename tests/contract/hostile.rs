//! A report whose author wants to command the runner, the reader's browser, or the people mentioned.

use crate::fixtures;
use serde_json::{Value, json};

/// What such an author writes where a name or a sentence is expected.
pub const ATTACKS: [&str; 16] = [
    "a\n::set-output name=verdict::pass",
    "::set-output name=verdict::pass",
    "\r::error::forged",
    "a ##[set-output name=verdict]pass",
    "##[error]forged",
    "###[error]forged",
    "::stop-commands::x",
    "a\n  ::stop-commands::x\n##[stop-commands]x",
    "::add-mask::block",
    "%0A::error::forged",
    "a%0a%3A%3Aerror%3A%3Aforged,title=forged::forged",
    "``` `a` | </details></table><script>",
    "@everyone [a](https://example.org) ![b](https://example.org/c.png)",
    "\u{202e}::error::forged\u{2066}",
    "\u{2028}::error::forged\u{85}##[error]forged",
    "\u{1b}[2K\u{1b}[1A::error::forged\u{0}",
];

/// Findings of one report: no more than fit into the annotations of a step, so that each attack is
/// tried there too.
const EACH: usize = 8;

/// Bandit reports, each with some of the attacks in every field that is text.
pub fn reports() -> Vec<String> {
    ATTACKS.chunks(EACH).map(report).collect()
}

/// An honest report with an attack in each finding.
fn report(attacks: &[&str]) -> String {
    let bytes = fixtures::read("bandit/gen__pygoat.json");
    let mut report: Value = serde_json::from_slice(&bytes).unwrap();
    let results = report["results"].as_array_mut().unwrap();
    results.truncate(attacks.len());
    assert_eq!(results.len(), attacks.len());
    for (result, attack) in results.iter_mut().zip(attacks) {
        result["issue_severity"] = json!("HIGH");
        for field in [
            "code",
            "filename",
            "issue_text",
            "more_info",
            "test_id",
            "test_name",
        ] {
            result[field] = json!(attack);
        }
        result["issue_cwe"]["link"] = json!(attack);
    }
    let metrics = report["metrics"].as_object_mut().unwrap();
    let one = metrics.values().next_back().unwrap().clone();
    for attack in attacks {
        metrics.insert((*attack).to_owned(), one.clone());
    }
    // Files that could not be read: shown as problems of the run.
    report["errors"] = attacks
        .iter()
        .map(|attack| json!({"filename": attack, "reason": attack}))
        .collect();
    report.to_string()
}

/// A policy whose author is no better. It warns of the run that left files out, so that the
/// findings decide.
pub fn policy() -> String {
    let attack = |number: usize| serde_json::to_string(ATTACKS[number]).unwrap();
    format!(
        "[scanners.bandit]\non-partial = \"warn\"\n\n\
         [[gate]]\nname = {}\nwhen = {{ severity = \">=high\" }}\naction = \"block\"\n\n\
         [[waiver]]\nrule = {}\npath = \"**\"\nreason = {}\nowner = {}\nexpires = 2020-01-01\n",
        attack(0),
        attack(1),
        attack(3),
        attack(12),
    )
}
