//! What the reports of dependency scanners have in common: an advisory about a package.

use super::summary::first_sentence;
use super::words;
use crate::model::{AdvisoryId, Kind, Observation, Package, RuleId, RuleInfo, Severity, Untrusted};
use std::collections::{BTreeMap, BTreeSet};

/// Characters of a name or a path that many findings of one document may share.
pub const LONGEST: usize = 512;

/// Identifiers, fixed versions and the like that are kept of one advisory.
pub const MOST: usize = 32;

/// Characters of a version.
const LONGEST_VERSION: usize = 64;

/// An advisory, as far as a report tells of it.
#[derive(Debug, Default)]
pub struct Advisory<'t> {
    /// The scanner's name for it.
    pub rule: &'t str,
    /// Every identifier that the report gives it.
    pub ids: BTreeSet<AdvisoryId>,
    /// One line about it.
    pub title: Option<&'t str>,
    /// The whole text.
    pub text: Option<&'t str>,
    /// Where to read more; only `https` addresses are kept.
    pub page: Option<&'t str>,
    /// Weaknesses by CWE number.
    pub cwe: BTreeSet<u32>,
}

impl Advisory<'_> {
    /// The observation that this advisory concerns the package; adds the rule.
    pub fn observe(self, package: Package, rules: &mut BTreeMap<RuleId, RuleInfo>) -> Observation {
        let rule = RuleId::new(self.rule);
        let text = self.text.filter(|text| !text.trim().is_empty());
        let given = self.title.filter(|title| !title.trim().is_empty());
        let title = given
            .and_then(first_sentence)
            .or_else(|| text.and_then(first_sentence))
            .unwrap_or_else(|| format!("Vulnerability {}", self.rule));
        rules.entry(rule.clone()).or_insert_with(|| {
            let own = AdvisoryId::new(self.rule).and_then(|id| id.url());
            let page = self.page.filter(|page| page.starts_with("https://"));
            RuleInfo {
                description: text.map(Untrusted::from),
                help_url: own.as_deref().or(page).map(Untrusted::from),
                cwe: self.cwe.iter().copied().collect(),
                ..RuleInfo::titled(title.as_str())
            }
        });
        let mut observation = Observation::new(rule, Kind::Dependency, title);
        if let Some(text) = text {
            observation.message = text.into();
        }
        observation.advisories = self.ids;
        observation.cwe = self.cwe;
        observation.package = Some(package);
        observation
    }
}

/// The identifiers among these texts.
pub fn identifiers<'t>(texts: impl IntoIterator<Item = &'t str>) -> BTreeSet<AdvisoryId> {
    let ids = texts.into_iter().filter_map(AdvisoryId::new);
    ids.take(MOST).collect()
}

/// Versions without the empty ones.
pub fn versions<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Untrusted> {
    let texts = texts.into_iter().map(str::trim).filter(|t| !t.is_empty());
    let texts = texts.take(MOST);
    let texts = texts.map(|text| words::short(text, LONGEST_VERSION));
    texts.map(Untrusted::from).collect()
}

/// The severity by the scanner's word; by the CVSS base score only where there is no word, or one
/// that rates nothing (`Unknown`).
pub fn severity(word: Option<&str>, score: Option<f64>) -> Option<Severity> {
    word.and_then(words::severity)
        .or_else(|| score.and_then(Severity::from_score))
}

/// A CVSS base score that says something: 0.1–10.0.
pub fn scored(score: Option<f64>) -> Option<f64> {
    score.filter(|score| *score > 0.0 && *score <= 10.0)
}
