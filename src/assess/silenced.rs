//! Suppressions in reports that the judged change has brought about: no policy honours those.

use crate::model::{Base, Context, Finding, Foreign as _, Origin, ScannerId, Standing};
use std::collections::{BTreeMap, BTreeSet};

/// What the change silences.
pub struct Silenced {
    /// True when there is a change that is judged.
    judged: bool,
    /// Scanner → what is said about it; nothing for everything.
    added: BTreeMap<ScannerId, Option<BTreeSet<String>>>,
}

impl Silenced {
    /// Collects it from the findings about the suppressions themselves.
    pub fn new(findings: &[Finding], context: &Context) -> Self {
        let judged = context.event.judges_a_change()
            || matches!(context.base, Base::Known(_) | Base::Unreadable { .. });
        let mut added: BTreeMap<ScannerId, Option<BTreeSet<String>>> = BTreeMap::new();
        for finding in findings {
            let Standing::Silences(silences) = &finding.observation.standing else {
                continue;
            };
            if silences.undone {
                continue;
            }
            for scanner in &silences.scanners {
                let known = added
                    .entry(scanner.clone())
                    .or_insert_with(|| Some(BTreeSet::new()));
                // Paths and patterns are not looked into: they may mean anything.
                let names = silences.names.iter().map(|name| name.raw().to_lowercase());
                let ids = silences.names.iter().all(|name| is_id(name.raw()));
                match known {
                    Some(set) if ids && !silences.names.is_empty() => set.extend(names),
                    _ => *known = None,
                }
            }
        }
        Self { judged, added }
    }

    /// The finding, with its suppression taken back if the change has brought it about.
    pub fn recheck(&self, mut finding: Finding) -> Finding {
        let Standing::Suppressed(why) = &finding.observation.standing else {
            return finding;
        };
        let new = matches!(
            finding.provenance.origin,
            Origin::Introduced | Origin::Unknown
        );
        if self.judged && (new || self.is_added(&finding)) {
            finding.observation.standing = Standing::SuppressedByChange(why.clone());
        }
        finding
    }

    fn is_added(&self, finding: &Finding) -> bool {
        finding.witnesses.iter().any(|witness| {
            let Some(names) = self.added.get(&witness.scanner) else {
                return false;
            };
            let Some(names) = names else { return true };
            let rule = witness.rule.raw().to_lowercase();
            let advisories = finding.observation.advisories.iter();
            let mut all = advisories
                .map(|id| id.as_str().to_lowercase())
                .chain([rule.clone()]);
            all.any(|name| names.contains(&name))
                || names.iter().any(|name| rule.ends_with(&format!(".{name}")))
        })
    }
}

/// True for what looks like the name of a rule or an advisory, and of nothing else.
fn is_id(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    text.contains(|c: char| c.is_ascii_digit()) && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::is_id;

    #[test]
    fn names_of_rules_and_advisories_are_told_from_words() {
        for id in ["B602", "CVE-2024-1", "python.lang:sec_1.x", "79"] {
            assert!(is_id(id), "{id}");
        }
        for text in ["", "all", "a b 1", "B602,", "see #12"] {
            assert!(!is_id(text), "{text}");
        }
    }
}
