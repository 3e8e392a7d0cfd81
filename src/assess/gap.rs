//! What is missing from the evidence, and what that does to the verdict.

use crate::model::{
    Context, Foreign as _, HealthLevel, Problem, Reason, RepoPath, Run, ScannerId, Untrusted,
    Verdict,
};
use crate::policy::{OnGap, Policy};
use std::collections::BTreeSet;

/// Everything that is missing from the evidence.
pub fn gaps(runs: &[Run], policy: &Policy, context: &Context) -> Vec<Reason> {
    let mut reasons = Vec::new();
    // One scanner may have nothing to look at. When all have, the checkout is missing or empty.
    let own = |run: &&Run| run.scanner.as_str() != ScannerId::SUPPRESSIONS;
    if runs.iter().filter(own).all(|run| run.health.is_excused()) {
        let text = match runs.is_empty() {
            true => "no report was given, so nothing was examined",
            false => "no tool was run and no report was given, so nothing was examined",
        };
        reasons.push(Reason {
            verdict: Verdict::Incomplete,
            code: "no-evidence",
            scanner: None,
            text: text.to_owned(),
            detail: None,
        });
    }
    reasons.extend(runs.iter().filter_map(|run| gap(run, policy, context)));
    reasons
}

/// A part of a divided check that is not there: what it would have found, nobody knows, not even
/// which scanners' word on gaps would count.
pub fn missing(problem: Problem) -> Reason {
    let names: Vec<&str> = problem.items.iter().map(|item| item.raw()).collect();
    let named = (!names.is_empty()).then(|| Untrusted::from(names.join(", ")));
    Reason {
        verdict: Verdict::Incomplete,
        code: problem.code,
        scanner: None,
        text: problem.text,
        detail: problem.detail.or(named),
    }
}

/// The verdict that a gap alone gives.
pub fn on(gap: OnGap) -> Verdict {
    match gap {
        OnGap::Block => Verdict::Incomplete,
        OnGap::Warn => Verdict::Warn,
    }
}

/// What one run lacks. A report that somebody named is expected whether its scanner is required or
/// not: naming it is asking for its evidence.
fn gap(run: &Run, policy: &Policy, context: &Context) -> Option<Reason> {
    let rule = policy.scanner(&run.scanner);
    let mut problem = run.health.problems().first()?;
    let verdict = match run.health.level() {
        HealthLevel::Complete => return None,
        HealthLevel::Skipped if run.health.is_excused() => return None,
        HealthLevel::Failed | HealthLevel::Skipped => {
            on(rule.on_incomplete.unwrap_or(policy.on_incomplete))
        }
        HealthLevel::Partial => match rule.on_partial.or(policy.on_partial) {
            Some(gap) => on(gap),
            None => {
                let worst = run
                    .health
                    .problems()
                    .iter()
                    .map(|p| (left_out(p, rule.required, context), p))
                    .max_by_key(|(verdict, _)| *verdict)?;
                problem = worst.1;
                worst.0
            }
        },
    };
    Some(Reason {
        verdict,
        code: problem.code,
        scanner: Some(run.scanner.clone()),
        text: problem.text.clone(),
        detail: run.report.clone(),
    })
}

/// What it means that a scanner left something out, when the policy does not say: a file that the
/// change touches was not judged, so nobody can say; files that it does not touch are as well
/// examined as before; without knowledge of the change, required scanners must be whole.
fn left_out(problem: &Problem, required: bool, context: &Context) -> Verdict {
    let known = context.base.change().filter(|_| problem.files);
    match known.map(|change| problem.items.iter().any(|item| is_in(item, &change.files))) {
        Some(true) => Verdict::Incomplete,
        Some(false) => Verdict::Warn,
        None if required => Verdict::Incomplete,
        None => Verdict::Warn,
    }
}

/// True when a path as a scanner wrote it, relative or absolute, is one of the change.
fn is_in(item: &Untrusted, change: &BTreeSet<RepoPath>) -> bool {
    let text = item.raw().replace('\\', "/");
    let ends = |path: &RepoPath| {
        text.strip_suffix(path.raw())
            .is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    change.iter().any(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Base, Change, Coverage, Health, Revision, ScannerId};
    use std::collections::BTreeMap;

    fn skipped(code: &'static str) -> Run {
        Run {
            scanner: ScannerId::new("x").unwrap(),
            tool: "X".into(),
            home: None,
            version: None,
            report: None,
            ordinal: 0,
            format: None,
            health: Health::Skipped(Problem::new(code, "skipped")),
            coverage: Coverage::default(),
            notes: Vec::new(),
            findings: 0,
            rules: BTreeMap::new(),
        }
    }

    #[test]
    fn only_an_excuse_of_ours_makes_a_skipped_run_no_gap() {
        let context = Context::at("2026-11-21T00:00:00Z".parse().unwrap());
        let source = crate::policy::Source {
            name: "p.toml".into(),
            path: None,
            text: String::new(),
        };
        let policy = crate::policy::load(&source, &crate::policy::Nothing).unwrap();
        let verdict = |code| gap(&skipped(code), &policy, &context).map(|reason| reason.verdict);
        assert_eq!(verdict(Health::NOTHING_TO_LOOK_AT), None);
        assert_eq!(verdict("skipped-by-itself"), Some(Verdict::Incomplete));
    }

    #[test]
    fn only_files_of_the_change_stop_it() {
        let change = ["src/app.py"].iter().map(|p| RepoPath::new(p).unwrap());
        let unknown = Context::at("2026-11-21T00:00:00Z".parse().unwrap());
        let context = Context {
            base: Base::Known(Box::new(Change {
                base: Revision {
                    name: "main".into(),
                    id: String::new(),
                },
                files: change.collect(),
                renamed: BTreeMap::new(),
                lines: BTreeMap::new(),
                packages: BTreeMap::new(),
                texts: BTreeMap::new(),
                brought: BTreeMap::new(),
            })),
            ..unknown.clone()
        };
        let problem = |item: &str| Problem::new("x", "x").files([item.into()]);
        for path in [
            "src/app.py",
            "./src/app.py",
            "/home/a/src/app.py",
            "b\\src\\app.py",
        ] {
            let verdict = left_out(&problem(path), false, &context);
            assert_eq!(verdict, Verdict::Incomplete, "{path}");
        }
        for path in ["app.py", "osrc/app.py", "src/app.pyc", ""] {
            assert_eq!(
                left_out(&problem(path), true, &context),
                Verdict::Warn,
                "{path}"
            );
        }
        assert_eq!(left_out(&problem("a"), true, &unknown), Verdict::Incomplete);
        assert_eq!(left_out(&problem("a"), false, &unknown), Verdict::Warn);
        let package = Problem::new("x", "x").items(["flask".into()]);
        assert_eq!(left_out(&package, true, &context), Verdict::Incomplete);
    }
}
