//! What has changed since a baseline was written, finding by finding.

use crate::baseline::{self, Change, Fate};
use crate::merge::baseline::{Known, Pass, compare};
use crate::model::{Assessment, Baseline, BaselineEntry};
use std::collections::BTreeSet;

/// Every finding that is a problem and every entry, once: by fate, then by place. The assessment
/// must have been made with this baseline.
pub fn changes(assessment: &Assessment, baseline: &Baseline) -> Vec<Change> {
    let findings: Vec<_> = assessment.findings.iter().map(|d| &d.finding).collect();
    let comparison = compare(&findings, baseline);
    let was = |index: usize| baseline.entries.get(index).cloned();
    let mut changes: Vec<Change> = assessment
        .findings
        .iter()
        .zip(comparison.findings)
        .filter_map(|(decided, known)| {
            let (fate, why, was) = match known {
                Known::Entry(index, pass) => (fate(pass), pass.why(), was(index)),
                Known::New(novelty) if novelty.is_ambiguous() => {
                    (Fate::Ambiguous, novelty.why(), None)
                }
                Known::New(novelty) => (Fate::New, novelty.why(), None),
                Known::NotAProblem => return None,
            };
            let now = Some(baseline::entry(decided, assessment.today));
            Some(Change {
                fate,
                why,
                now,
                was,
            })
        })
        .collect();
    let key = |entry: &BaselineEntry| (entry.fingerprint.clone(), entry.path.clone(), entry.line);
    let resolved: BTreeSet<_> = assessment.resolved.iter().map(key).collect();
    changes.extend(comparison.open.into_iter().filter_map(was).map(|entry| {
        let (fate, why) = match resolved.contains(&key(&entry)) {
            true => (Fate::Resolved, "its scanner does not see it any more"),
            false => (Fate::Unseen, "nobody has looked at where it was"),
        };
        Change {
            fate,
            why,
            now: None,
            was: Some(entry),
        }
    }));
    changes.sort_by_cached_key(|change| {
        let entry = change.entry().map(|e| {
            let rule = (e.rule.clone(), e.fingerprint.clone());
            (e.path.clone(), e.line, rule)
        });
        (change.fate, entry)
    });
    changes
}

fn fate(pass: Pass) -> Fate {
    match pass {
        Pass::Exact => Fate::Known,
        Pass::Moved => Fate::Moved,
        Pass::Alias => Fate::Alias,
        Pass::Renamed => Fate::Renamed,
        Pass::Bumped => Fate::Bumped,
    }
}
