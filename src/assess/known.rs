//! What the baseline makes of findings and of scanners.
//!
//! Git speaks about this change, the baseline about what a team has seen before. A finding that the
//! baseline knows is existing, wherever git cannot tell it from an old one. Where git is surer, its
//! word stays: the baseline may still hold what was mended since, and must not let it come back.

use super::gap::on;
use crate::merge::baseline::{Known, Pass, compare};
use crate::model::{
    Base, Baseline, BaselineEntry, Context, Coverage, Finding, Foreign as _, Health, HealthLevel,
    Kind, Origin, Provenance, Reason, Run, ScannerId, Scope,
};
use crate::policy::Policy;
use crate::version::canonical;
use std::collections::{BTreeMap, BTreeSet};

/// Gives findings the origin and the first day that the baseline knows. Returns its entries that
/// nobody sees any more, although their scanner has looked.
pub fn apply(findings: &mut [Finding], runs: &[Run], context: &Context) -> Vec<BaselineEntry> {
    let Some(baseline) = &context.baseline else {
        return Vec::new();
    };
    let all: Vec<&Finding> = findings.iter().collect();
    let comparison = compare(&all, baseline);
    for (finding, known) in findings.iter_mut().zip(comparison.findings) {
        match known {
            Known::Entry(index, pass) => {
                if let Some(entry) = baseline.entries.get(index)
                    && outweighs_git(finding, entry, pass, &context.base)
                {
                    finding.provenance = say(Origin::Existing, pass.why());
                    finding.since = finding.since.into_iter().chain(entry.since).min();
                }
            }
            Known::New(novelty) => {
                let silent = finding.provenance.origin == Origin::Unknown;
                if silent || context.base == Base::Whole {
                    finding.provenance = say(Origin::Introduced, novelty.why());
                }
            }
            Known::NotAProblem => {}
        }
    }
    let looked = Looked::of(runs);
    let open = comparison.open.iter();
    let mut resolved: Vec<BaselineEntry> = open
        .filter_map(|index| baseline.entries.get(*index))
        .filter(|entry| looked.at(entry, &baseline.absent))
        .cloned()
        .collect();
    worst_first(&mut resolved);
    resolved
}

/// Sorts entries as people want to read them.
pub fn worst_first(entries: &mut [BaselineEntry]) {
    entries.sort_by(|a, b| {
        let key = |e: &BaselineEntry| (std::cmp::Reverse(e.severity), e.path.clone(), e.line);
        (key(a), &a.rule, &a.fingerprint).cmp(&(key(b), &b.rule, &b.fingerprint))
    });
}

const fn say(origin: Origin, why: &'static str) -> Provenance {
    Provenance { origin, why }
}

/// Whether an entry makes a finding existing, whatever git says.
fn outweighs_git(finding: &Finding, entry: &BaselineEntry, pass: Pass, base: &Base) -> bool {
    let observation = &finding.observation;
    if finding.provenance.origin != Origin::Introduced {
        return true;
    }
    match observation.kind {
        // The line is part of the change, and it may hold another secret now.
        _ if observation.holds_secret() => false,
        // What git says of packages is exact. Only a version that the base has can have moved.
        Kind::Dependency => pass == Pass::Bumped && in_base(finding, entry, base),
        // Lines that were moved or indented are of the change, and the problem is not.
        Kind::Code | Kind::Config | Kind::Secret => finding.digests.text.is_some(),
        Kind::License => false,
    }
}

/// Whether the base has the version of the entry, for a use that weighs as much as today's.
fn in_base(finding: &Finding, entry: &BaselineEntry, base: &Base) -> bool {
    let (Some(change), Some((ecosystem, name, Some(version)))) = (base.change(), &entry.package)
    else {
        return false;
    };
    let path = change.old_name(&finding.location.path);
    let Some(listed) = change.packages.get(path) else {
        return false;
    };
    let package = finding.observation.package.as_ref();
    let shipped = package.is_some_and(|package| package.scope == Some(Scope::Production));
    let version = canonical(ecosystem, version);
    listed.list.iter().any(|(known, pinned, scope)| {
        let same = pinned.as_deref().map(|v| canonical(ecosystem, v)) == Some(version.clone());
        known == name && same && !(shipped && *scope == Some(Scope::Development))
    })
}

/// Which inputs scanners have looked at.
pub struct Looked<'a> {
    /// What each scanner has looked at by name, of those that worked completely; `None` for one that
    /// does not name all of it.
    scanners: BTreeMap<&'a ScannerId, Option<BTreeSet<&'a str>>>,
}

/// Folders of a name that are tried: scanners write paths from their own folder, or absolute ones.
const DEPTH: usize = 64;

impl<'a> Looked<'a> {
    /// What these runs have looked at.
    pub fn of(runs: &'a [Run]) -> Self {
        let mut lists: BTreeMap<&ScannerId, Vec<&Run>> = BTreeMap::new();
        for run in runs {
            lists.entry(&run.scanner).or_default().push(run);
        }
        let complete = |run: &&Run| run.health.level() == HealthLevel::Complete;
        lists.retain(|_, runs| runs.iter().all(complete));
        let named = |runs: Vec<&'a Run>| {
            let mut names = BTreeSet::new();
            for run in runs {
                let inputs = &run.coverage.inputs;
                let unit = run.health.work().map(|work| work.unit());
                let files = matches!(unit, Some("files" | "targets"));
                if !files || inputs.is_empty() || inputs.len() >= Coverage::MOST {
                    return None;
                }
                for name in inputs {
                    let tails = std::iter::successors(Some(name.raw()), |rest| {
                        rest.split_once(['/', '\\']).map(|(_, rest)| rest)
                    });
                    names.extend(tails.take(DEPTH));
                }
            }
            Some(names)
        };
        let scanners = lists.into_iter().map(|(id, runs)| (id, named(runs)));
        Self {
            scanners: scanners.collect(),
        }
    }

    /// Whether an entry's scanner would have found it, if it were still there.
    pub fn at(&self, entry: &BaselineEntry, absent: &BTreeSet<crate::model::RepoPath>) -> bool {
        match self.scanners.get(&entry.scanner) {
            None => false,
            Some(None) => true,
            Some(Some(names)) => {
                let target = entry.target.as_ref().map(|target| target.raw());
                let place = target.unwrap_or(entry.path.raw());
                names.contains(place) || (target.is_none() && absent.contains(&entry.path))
            }
        }
    }
}

/// Scanners that the baseline has evidence of and this check has none: what they would find today,
/// nobody knows.
pub fn gone(runs: &[Run], baseline: Option<&Baseline>, policy: &Policy) -> Vec<Reason> {
    let Some(baseline) = baseline else {
        return Vec::new();
    };
    let led = baseline.entries.iter().map(|entry| &entry.scanner);
    let known: BTreeSet<&ScannerId> = baseline.scanners.keys().chain(led).collect();
    // A run that failed is a gap of its own. One that had nothing to look at is none.
    let here = |run: &&Run| {
        let health = &run.health;
        let problem = health.problems().first().map(|problem| problem.code);
        health.level() != HealthLevel::Skipped || problem == Some(Health::NOTHING_TO_LOOK_AT)
    };
    let here: BTreeSet<&ScannerId> = runs.iter().filter(here).map(|run| &run.scanner).collect();
    known
        .difference(&here)
        .map(|scanner| {
            let rule = policy.scanner(scanner);
            Reason {
                verdict: on(rule.on_incomplete.unwrap_or(policy.on_incomplete)),
                code: "scanner-gone",
                scanner: Some((*scanner).clone()),
                text: "the baseline has evidence of it, and this check has none".to_owned(),
                detail: None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::state;
    use crate::model::{
        BasePackages, Certainty, Change, Location, Observation, Package, Redacted, RepoPath,
        Revision, RuleId, SourceDigests, Witness,
    };

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).unwrap()
    }

    fn finding(kind: Kind, file: &str) -> Finding {
        let mut observation = Observation::new(RuleId::new("R1"), kind, "t");
        if kind == Kind::Dependency {
            let mut package = Package::new(crate::model::Ecosystem::NPM, "qs");
            package.version = Some("2.0.0".into());
            observation.package = Some(package);
        }
        let scanner = ScannerId::new("x").unwrap();
        let witness = Witness {
            scanner: scanner.clone(),
            run: 0,
            rule: RuleId::new("R1"),
            severity: None,
            reported: observation.reported.clone(),
        };
        Finding {
            fingerprint: "0".repeat(32),
            scanner,
            witnesses: vec![witness],
            observation: Box::new(observation),
            location: Location {
                path: path(file),
                region: None,
                certainty: Certainty::File,
                target: None,
            },
            line_hash: None,
            digests: SourceDigests {
                text: Some(1),
                around: [None, None],
            },
            provenance: say(Origin::Introduced, "x"),
            since: None,
        }
    }

    fn entry(of: &Finding, file: &str, since: &str) -> BaselineEntry {
        let package = of.observation.package.as_ref();
        BaselineEntry {
            fingerprint: format!("{since:0>32}"),
            scanner: of.scanner.clone(),
            rule: of.observation.rule.clone(),
            kind: of.observation.kind,
            severity: crate::model::Severity::High,
            title: "t".into(),
            path: path(file),
            line: None,
            target: None,
            text: of.digests.written().0,
            around: [None, None],
            package: package.map(|p| (p.ecosystem.clone(), p.normal_name(), Some("1.0.0".into()))),
            advisories: BTreeSet::new(),
            since: since.parse().ok(),
        }
    }

    fn base(listed: Option<(&str, Option<Scope>)>) -> Base {
        let list = listed.map(|(version, scope)| ("qs".into(), Some(version.into()), scope));
        let packages = BasePackages {
            ecosystem: crate::model::Ecosystem::NPM,
            list: list.into_iter().collect(),
        };
        Base::Known(Box::new(Change {
            base: Revision {
                name: "main".into(),
                id: "0".repeat(40),
            },
            files: BTreeSet::new(),
            renamed: BTreeMap::new(),
            lines: BTreeMap::new(),
            packages: [(path("a"), packages)].into(),
        }))
    }

    #[test]
    fn a_package_that_git_calls_new_is_known_only_by_a_version_that_the_base_has() {
        use Scope::{Development, Production};
        for (listed, scope, expected) in [
            (Some(("1.0.0", None)), None, true),
            (Some(("1.0.0", Some(Production))), Some(Production), true),
            (Some(("1.0.0", Some(Development))), Some(Development), true),
            // It is shipped from now on.
            (Some(("1.0.0", Some(Development))), Some(Production), false),
            (Some(("3.0.0", None)), None, false),
            (None, None, false),
        ] {
            let mut finding = finding(Kind::Dependency, "a");
            finding.observation.package.as_mut().unwrap().scope = scope;
            let old = entry(&finding, "a", "2026-01-01");
            let weighs = |pass| outweighs_git(&finding, &old, pass, &base(listed));
            assert_eq!(weighs(Pass::Bumped), expected, "{listed:?} {scope:?}");
            assert!(!weighs(Pass::Exact));
        }
    }

    #[test]
    fn a_line_that_git_calls_new_is_known_by_its_text_unless_it_holds_a_secret() {
        let weighs = |change: &dyn Fn(&mut Finding)| {
            let mut finding = finding(Kind::Code, "a");
            let old = entry(&finding, "a", "2026-01-01");
            change(&mut finding);
            outweighs_git(&finding, &old, Pass::Moved, &base(None))
        };
        assert!(weighs(&|_| {}));
        assert!(weighs(&|f| f.observation.kind = Kind::Config));
        assert!(!weighs(&|f| f.digests.text = None));
        assert!(!weighs(&|f| f.observation.kind = Kind::License));
        assert!(!weighs(&|f| f.observation.kind = Kind::Secret));
        assert!(!weighs(&|f| {
            f.observation.evidence = Some(Redacted {
                kind: "key".into(),
                length: 9,
            });
        }));
        // Where git knows better than "new", the baseline only agrees.
        assert!(weighs(&|f| {
            f.observation.kind = Kind::Secret;
            f.provenance = say(Origin::Disclosed, "x");
        }));
    }

    #[test]
    fn what_the_baseline_does_not_know_keeps_what_git_says() {
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        for (origin, base, expected) in [
            (Origin::Disclosed, base(None), Origin::Disclosed),
            (Origin::Existing, base(None), Origin::Existing),
            (Origin::Unknown, base(None), Origin::Introduced),
            (Origin::Unknown, Base::Whole, Origin::Introduced),
            (Origin::Existing, Base::Whole, Origin::Introduced),
        ] {
            let mut findings = [finding(Kind::Code, "a")];
            findings[0].provenance = say(origin, "x");
            let context = Context {
                base,
                baseline: Some(Baseline::default()),
                ..Context::at(now)
            };
            apply(&mut findings, &[], &context);
            assert_eq!(findings[0].provenance.origin, expected, "{origin:?}");
        }
    }

    /// Several entries may be meant, so that the clock of the oldest goes on.
    #[test]
    fn a_clock_never_starts_again_because_files_have_moved() {
        let here = finding(Kind::Code, "new");
        let other = {
            let mut other = finding(Kind::Code, "old");
            other.observation.rule = RuleId::new("R2");
            other
        };
        let state = Baseline {
            written: "2026-11-20".parse().ok(),
            entries: vec![
                entry(&here, "b", "2026-03-01"),
                entry(&here, "a", "2026-02-01"),
                entry(&other, "c", "2026-01-01"),
            ],
            absent: ["a", "b", "c"].map(path).into(),
            ..Baseline::default()
        };
        let day = |state: Baseline| {
            let mut findings = [here.clone()];
            let now = "2026-11-21T00:00:00Z".parse().unwrap();
            let context = Context {
                state: Some(state),
                ..Context::at(now)
            };
            state::recall(&mut findings, &[], &context);
            (
                findings[0].since.unwrap().to_string(),
                findings[0].provenance.origin,
            )
        };
        assert_eq!(day(state.clone()), ("2026-02-01".into(), Origin::Existing));
        // None of them is gone: it is another one, and new.
        let kept = Baseline {
            absent: BTreeSet::new(),
            ..state.clone()
        };
        assert_eq!(day(kept), ("2026-11-21".into(), Origin::Disclosed));
    }
}
