//! The rules of a run.

use super::Slice;
use crate::escape;
use crate::model::{Decided, RuleId, RuleInfo, Severity};
use serde_sarif::sarif::{
    MultiformatMessageString, PropertyBag, ReportingConfiguration, ReportingDescriptor,
};
use std::collections::{BTreeMap, BTreeSet};

/// A rule as GitHub must see it: severity belongs to the rule there, so that a finding whose
/// severity is not its rule's gets a rule of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    rule: RuleId,
    /// Set when it differs from the severity that the rule has.
    own: Option<Severity>,
}

/// Position and id of every rule that a scanner's findings use.
pub struct Rules(BTreeMap<Key, (usize, String)>);

/// Which rule a finding belongs to.
pub fn key(decided: &Decided, info: Option<&RuleInfo>) -> Key {
    let base = info.and_then(|info| info.severity);
    Key {
        rule: decided.finding.observation.rule.clone(),
        own: base
            .filter(|base| *base != decided.effective)
            .map(|_| decided.effective),
    }
}

/// What the scanner's reports say of a rule.
pub fn info<'a>(slice: &Slice<'a>, rule: &RuleId) -> Option<&'a RuleInfo> {
    slice.runs.iter().find_map(|run| run.rules.get(rule))
}

/// What is gathered of a rule before it is described.
struct Use<'a> {
    example: &'a Decided,
    severity: Severity,
    score: Option<f64>,
}

impl Rules {
    /// Collects the rules of the findings that will be written; the descriptors are in the order of
    /// the positions.
    pub fn of(slice: &Slice<'_>) -> (Self, Vec<ReportingDescriptor>) {
        let mut uses: BTreeMap<Key, Use<'_>> = BTreeMap::new();
        for decided in &slice.findings {
            let info = info(slice, &decided.finding.observation.rule);
            let score = decided.finding.observation.reported.score;
            let entry = uses.entry(key(decided, info)).or_insert_with(|| Use {
                example: decided,
                severity: decided.effective,
                score,
            });
            if decided.effective > entry.severity {
                entry.severity = decided.effective;
            }
            if score > entry.score {
                entry.score = score;
            }
        }
        let mut index = BTreeMap::new();
        let mut descriptors = Vec::new();
        let mut taken = BTreeSet::new();
        for (key, usage) in uses {
            let mut id = id(&key);
            // A tool's own rule may be called as ours with a severity behind it.
            while !taken.insert(id.clone()) {
                id.push('~');
            }
            let info = info(slice, &key.rule);
            index.insert(key, (descriptors.len(), id.clone()));
            descriptors.push(describe(&id, &usage, info));
        }
        (Self(index), descriptors)
    }

    /// Position and id of a rule.
    pub fn find(&self, key: &Key) -> Option<(usize, &str)> {
        self.0
            .get(key)
            .map(|(position, id)| (*position, id.as_str()))
    }
}

/// True when a finding gets a rule of its own, because its severity is not its rule's.
pub fn own_severity(slice: &Slice<'_>, decided: &Decided) -> bool {
    let info = info(slice, &decided.finding.observation.rule);
    key(decided, info).own.is_some()
}

fn id(key: &Key) -> String {
    let id = escape::sarif_key(&key.rule);
    match key.own {
        Some(severity) => format!("{id}-{severity}"),
        None => id,
    }
}

fn describe(id: &str, usage: &Use<'_>, info: Option<&RuleInfo>) -> ReportingDescriptor {
    let observation = &usage.example.finding.observation;
    let title = match info {
        Some(info) => escape::sarif_text(&info.title).into_owned(),
        None => escape::sarif_text(&observation.title).into_owned(),
    };
    let title = if title.is_empty() {
        id.to_owned()
    } else {
        title
    };
    let description = info
        .and_then(|info| info.description.as_ref())
        .map(|text| escape::sarif_text(text).into_owned())
        .filter(|text| !text.is_empty());
    let full = description.unwrap_or_else(|| title.clone());
    let url = info
        .and_then(|info| info.help_url.as_ref())
        .and_then(escape::url)
        .or_else(|| observation.advisories.first()?.url());
    let cwe = info.map(|info| info.cwe.as_slice()).unwrap_or_default();
    let message = |text: &str| MultiformatMessageString::builder().text(text).build();
    let (help, help_markdown) = help(&title, &full, url.as_deref(), cwe, info);

    let mut descriptor = ReportingDescriptor::builder()
        .id(id)
        .short_description(message(&title))
        .full_description(message(&full))
        .help(
            MultiformatMessageString::builder()
                .text(help)
                .markdown(help_markdown)
                .build(),
        )
        .default_configuration(
            ReportingConfiguration::builder()
                .level(level(usage.severity))
                .build(),
        )
        .properties(properties(usage, cwe, info))
        .build();
    descriptor.help_uri = url;
    descriptor
}

/// GitHub shows this beside the alert.
fn help(
    title: &str,
    full: &str,
    url: Option<&str>,
    cwe: &[u32],
    info: Option<&RuleInfo>,
) -> (String, String) {
    let mut text = title.to_owned();
    let mut markdown = match info {
        Some(info) => format!("**{}**", escape::markdown_up_to(&info.title, 1000)),
        None => String::new(),
    };
    if full != title {
        text.push_str("\n\n");
        text.push_str(full);
        if let Some(description) = info.and_then(|info| info.description.as_ref()) {
            markdown.push_str("\n\n");
            markdown.push_str(&escape::markdown_up_to(description, 4000));
        }
    }
    for number in cwe {
        let address = format!("https://cwe.mitre.org/data/definitions/{number}.html");
        text.push_str(&format!("\n\nCWE-{number}: {address}"));
        markdown.push_str(&format!("\n\n[CWE-{number}]({address})"));
    }
    if let Some(url) = url {
        text.push_str(&format!("\n\nMore: {url}"));
        markdown.push_str(&format!("\n\n[More about this]({url})"));
    }
    (text, markdown)
}

/// Weaknesses of a rule that become tags: of the tags GitHub keeps ten (docs.github.com, "SARIF
/// support for code scanning", limits), and two are ours.
pub const MAX_CWE: usize = 8;

/// `security` makes it a security rule; without it GitHub ignores
/// `security-severity`.
fn properties(usage: &Use<'_>, cwe: &[u32], info: Option<&RuleInfo>) -> PropertyBag {
    let mut tags = vec![
        "security".to_owned(),
        usage.example.finding.observation.kind.word().to_owned(),
    ];
    tags.extend(
        cwe.iter()
            .take(MAX_CWE)
            .map(|number| format!("external/cwe/cwe-{number:03}")),
    );
    let mut more = BTreeMap::new();
    if let Some(score) = security_severity(usage.severity, usage.score) {
        more.insert("security-severity".to_owned(), score.into());
    }
    let confidence = usage.example.finding.observation.reported.confidence;
    if let Some(confidence) = info.and_then(|info| info.confidence).or(confidence) {
        more.insert("precision".to_owned(), confidence.word().into());
    }
    PropertyBag::builder()
        .tags(tags)
        .additional_properties(more)
        .build()
}

/// The level that a severity stands for.
pub fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// The number that makes GitHub show the same word as lockgate: the score itself when it lies in
/// the word's band, else the middle of the band. Exactly 9.0 is avoided, because GitHub's
/// documentation and its users disagree about which band it is in. `info` has none.
fn security_severity(severity: Severity, score: Option<f64>) -> Option<String> {
    let middle = match severity {
        Severity::Critical => 9.5,
        Severity::High => 8.0,
        Severity::Medium => 5.5,
        Severity::Low => 2.0,
        Severity::Info => return None,
    };
    let fits = |score: &f64| Severity::from_score(*score) == Some(severity) && *score > 0.0;
    let score = score.filter(fits).unwrap_or(middle);
    // GitHub reads a decimal; one digit is what CVSS has.
    let score = if severity == Severity::Critical {
        score.max(9.1)
    } else {
        score
    };
    Some(format!("{score:.1}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_never_contradicts_the_word() {
        let number = |s, score| security_severity(s, score);
        assert_eq!(number(Severity::High, Some(9.8)).as_deref(), Some("8.0"));
        assert_eq!(number(Severity::High, Some(7.5)).as_deref(), Some("7.5"));
        assert_eq!(
            number(Severity::Critical, Some(9.0)).as_deref(),
            Some("9.1")
        );
        assert_eq!(number(Severity::Critical, None).as_deref(), Some("9.5"));
        assert_eq!(number(Severity::Info, Some(3.0)), None);
    }
}
