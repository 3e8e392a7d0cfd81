//! Since when findings are there, as code scanning remembers.

use crate::model::{
    Alert, Context, Finding, Foreign as _, Problem, RepoPath, RuleId, Run, ScannerId, Severity,
    Untrusted,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What an alert and a finding must have in common.
type Key<'a> = (&'a ScannerId, &'a str, RepoPath);

/// Lines and positions of what shares a key.
#[derive(Default)]
struct Sides {
    findings: Vec<(u32, usize)>,
    alerts: Vec<(u32, usize)>,
}

/// Gives each finding the day of its alert, unless an earlier one is known: same tool, rule and
/// file, and the nearest line. Each alert dates one finding. What was dismissed is noted at the run,
/// and counts all the same.
pub fn date(findings: &mut [Finding], runs: &mut [Run], context: &Context) {
    let mut sides: BTreeMap<Key<'_>, Sides> = BTreeMap::new();
    for (index, alert) in context.alerts.iter().enumerate() {
        let path = match &context.prefix {
            None => Some(alert.path.clone()),
            Some(prefix) => alert.path.inside(prefix),
        };
        let Some(path) = path else { continue };
        let side = sides.entry((&alert.scanner, bare(&alert.rule), path));
        side.or_default()
            .alerts
            .push((alert.line.unwrap_or(0), index));
    }
    if sides.is_empty() {
        return;
    }
    for (index, finding) in findings.iter().enumerate() {
        let line = finding.location.region.map_or(0, |region| region.line);
        let names: BTreeSet<_> = finding
            .witnesses
            .iter()
            .map(|w| (&w.scanner, bare(&w.rule)))
            .collect();
        for (scanner, rule) in names {
            let key = (scanner, rule, finding.location.path.clone());
            if let Some(side) = sides.get_mut(&key) {
                side.findings.push((line, index));
            }
        }
    }
    let pairs: Vec<(usize, &Alert)> = sides
        .into_values()
        .flat_map(pair)
        .filter_map(|(finding, alert)| Some((finding, context.alerts.get(alert)?)))
        .collect();
    let mut dismissed: BTreeMap<ScannerId, Vec<Untrusted>> = BTreeMap::new();
    for (index, alert) in pairs {
        let Some(finding) = findings.get_mut(index) else {
            continue;
        };
        // A clock that runs ahead makes nothing younger than today.
        let day: Date = alert.since.min(context.today());
        finding.since = Some(finding.since.map_or(day, |since| since.min(day)));
        if alert.dismissed {
            let name = format!("{} in {}", alert.rule.raw(), alert.path.raw());
            let list = dismissed.entry(alert.scanner.clone()).or_default();
            list.push(name.into());
        }
    }
    for (scanner, names) in dismissed {
        let text = format!(
            "{} of its findings are dismissed in code scanning; that accepts nothing here, a waiver does",
            names.len()
        );
        if let Some(run) = runs.iter_mut().find(|run| run.scanner == scanner) {
            run.notes
                .push(Problem::new("alerts-dismissed", text).items(names));
        }
    }
}

/// The rule without the severity that an upload puts behind its name where a finding's is not the
/// rule's own: `B602-critical`.
fn bare(rule: &RuleId) -> &str {
    match rule.raw().rsplit_once('-') {
        Some((rule, severity)) if Severity::parse(severity).is_some() => rule,
        _ => rule.raw(),
    }
}

/// Pairs of a finding and an alert: those on one line first, then each remaining finding with the
/// nearest alert that is left.
fn pair(sides: Sides) -> Vec<(usize, usize)> {
    let mut left: BTreeSet<(u32, usize)> = sides.alerts.into_iter().collect();
    let mut findings = sides.findings;
    findings.sort_unstable();
    let mut pairs = Vec::new();
    findings.retain(|(line, finding)| {
        let same = left.range((*line, 0)..=(*line, usize::MAX)).next().copied();
        match same {
            Some(alert) => {
                left.remove(&alert);
                pairs.push((*finding, alert.1));
                false
            }
            None => true,
        }
    });
    for (line, finding) in findings {
        let before = left.range(..(line, 0)).next_back().copied();
        let after = left.range((line, 0)..).next().copied();
        let nearest = before.into_iter().chain(after);
        let Some(alert) = nearest.min_by_key(|(at, _)| at.abs_diff(line)) else {
            break;
        };
        left.remove(&alert);
        pairs.push((finding, alert.1));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(findings: &[u32], alerts: &[u32]) -> Vec<(usize, usize)> {
        let side = |lines: &[u32]| lines.iter().copied().zip(0..).collect();
        let mut pairs = pair(Sides {
            findings: side(findings),
            alerts: side(alerts),
        });
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn one_alert_dates_one_finding() {
        assert_eq!(paired(&[10, 12], &[12]), [(1, 0)]);
        assert_eq!(paired(&[13, 10], &[10, 40]), [(0, 1), (1, 0)]);
        assert_eq!(paired(&[5, 5, 5], &[5, 5]), [(0, 0), (1, 1)]);
        assert_eq!(paired(&[7], &[1, 6, 9]), [(0, 1)]);
        assert_eq!(paired(&[], &[1]), []);
    }

    #[test]
    fn severities_behind_a_rule_are_the_uploads() {
        let bare = |text: &str| bare(&RuleId::new(text)).to_owned();
        assert_eq!(bare("B602-critical"), "B602");
        assert_eq!(bare("py/sql-injection"), "py/sql-injection");
        assert_eq!(bare("CVE-2020-1-high"), "CVE-2020-1");
    }
}
