//! Rules as they are written: TOML.

use super::{Confidence, Finder, Rule, Severity};
use serde::Deserialize;

/// What is wrong with a file of rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// The rule's id; empty when the file itself cannot be read.
    pub rule: String,
    /// What is wrong, in our words.
    pub text: String,
    /// What the parser says of the text.
    pub detail: String,
}

/// Bytes between a name and its value, unless a service says otherwise.
const WITHIN: usize = 40;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Entry>,
    #[serde(default)]
    service: Vec<Entry>,
}

/// A `[[rule]]` or a `[[service]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    provider: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
    within: Option<usize>,
    #[serde(default)]
    entropy: f64,
    check: Option<String>,
    severity: Option<Severity>,
    confidence: Option<Confidence>,
    #[serde(default)]
    revoke: String,
    /// Each example is a list of parts to be joined, so that no scanner takes this file for a leak.
    #[serde(default, rename = "match")]
    matches: Vec<Vec<String>>,
    #[serde(default)]
    reject: Vec<Vec<String>>,
}

/// Reads a file of rules.
///
/// # Errors
/// Everything that is wrong with it.
pub fn parse(text: &str) -> Result<Vec<Rule>, Vec<RuleError>> {
    let file: File = toml::from_str(text).map_err(|error| {
        vec![RuleError {
            rule: String::new(),
            text: match error.span().and_then(|span| text.get(..span.start)) {
                Some(before) => format!(
                    "line {} is not what a file of rules holds",
                    before.matches('\n').count() + 1
                ),
                None => "not a file of rules".to_owned(),
            },
            detail: error.to_string(),
        }]
    })?;
    let mut rules = Vec::new();
    let mut errors = Vec::new();
    let entries = file.rule.into_iter().map(|entry| (entry, false));
    let services = file.service.into_iter().map(|entry| (entry, true));
    for (entry, named) in entries.chain(services) {
        match finder(&entry, named) {
            Ok((finder, confidence)) => rules.push(build(entry, finder, confidence)),
            Err(text) => errors.push(RuleError {
                rule: entry.id,
                text: text.to_owned(),
                detail: String::new(),
            }),
        }
    }
    if errors.is_empty() {
        Ok(rules)
    } else {
        Err(errors)
    }
}

fn finder(entry: &Entry, named: bool) -> Result<(Finder, Confidence), &'static str> {
    match (&entry.regex, named) {
        (Some(pattern), false) if entry.names.is_empty() && entry.values.is_empty() => Ok((
            Finder::Regex {
                pattern: pattern.clone(),
                keywords: entry.keywords.clone(),
            },
            Confidence::High,
        )),
        (None, true) if !entry.names.is_empty() && !entry.values.is_empty() => Ok((
            Finder::Named {
                names: entry.names.clone(),
                values: entry.values.clone(),
                words: entry.words.clone(),
                within: entry.within.unwrap_or(WITHIN),
            },
            Confidence::Medium,
        )),
        (_, false) => Err("a rule has `regex`, and neither `names` nor `values`"),
        (_, true) => Err("a service has `names` and `values`, and no `regex`"),
    }
}

fn build(entry: Entry, finder: Finder, confidence: Confidence) -> Rule {
    let joined = |examples: Vec<Vec<String>>| examples.iter().map(|parts| parts.concat()).collect();
    let description = match entry.description.as_str() {
        "" => format!("{} key", entry.provider),
        _ => entry.description,
    };
    Rule {
        id: entry.id,
        provider: entry.provider,
        description,
        finder,
        entropy: entry.entropy,
        check: entry.check,
        severity: entry.severity.unwrap_or(Severity::High),
        confidence: entry.confidence.unwrap_or(confidence),
        revoke: entry.revoke,
        matches: joined(entry.matches),
        rejects: joined(entry.reject),
    }
}
