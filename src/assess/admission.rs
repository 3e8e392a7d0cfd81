//! Whether a run may be believed at all: how old its report and data are, which version wrote it.
//!
//! What a refused run saw still counts: a finding in old evidence is a finding, only its absence
//! proves nothing.

use crate::model::{Foreign as _, Health, HealthLevel, Problem, Run, Untrusted};
use crate::policy::Scanner;
use jiff::{SignedDuration, Timestamp};
use semver::{Prerelease, Version};

/// Makes a run failed that the policy does not accept.
pub fn admit(run: &mut Run, rule: &Scanner, now: Timestamp) {
    if matches!(
        run.health.level(),
        HealthLevel::Failed | HealthLevel::Skipped
    ) {
        return;
    }
    let refused = stale(run, rule, now).or_else(|| wrong_version(run, rule));
    if let Some(problem) = refused {
        run.health = Health::Failed(problem);
    }
}

/// The report or the advisory data behind it, whichever is older.
fn stale(run: &Run, rule: &Scanner, now: Timestamp) -> Option<Problem> {
    let most = rule.max_age?;
    let coverage = &run.coverage;
    // A report that does not say when it was written is as old as its file.
    let written = coverage.written.or(coverage.modified);
    let Some(written) = written else {
        return Some(Problem::new(
            "age-unknown",
            format!(
                "nothing tells how old the report is, and the policy accepts at most {}",
                words(most)
            ),
        ));
    };
    let what = [
        (Some(written), "the report"),
        (coverage.data, "the advisory data behind the report"),
    ];
    let (age, what) = what
        .into_iter()
        .filter_map(|(moment, what)| Some((now.duration_since(moment?), what)))
        .max_by_key(|(age, _)| *age)?;
    (age > most).then(|| {
        Problem::new(
            "stale",
            format!(
                "{what} is {} old, and the policy accepts at most {}",
                words(age),
                words(most)
            ),
        )
    })
}

/// `26 hours`, `91 days`: whole units, rounded down, days from two days on.
fn words(duration: SignedDuration) -> String {
    let hours = duration.as_hours();
    let (number, unit) = match (hours, duration.as_mins()) {
        (48.., _) => (hours / 24, "day"),
        (1.., _) => (hours, "hour"),
        (_, minutes) => (minutes, "minute"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

fn wrong_version(run: &Run, rule: &Scanner) -> Option<Problem> {
    let accepted = rule.version.as_ref()?;
    let Some(text) = run.version.as_ref() else {
        return Some(Problem::new(
            "version-unknown",
            format!(
                "the report does not say which version wrote it, and the policy accepts {accepted} only"
            ),
        ));
    };
    let matches = release(text).is_some_and(|version| accepted.matches(&version));
    (!matches).then(|| {
        Problem::new(
            "version",
            format!("it was written by a version outside the policy's {accepted}"),
        )
        .detail(text.clone())
    })
}

/// `v1.9`, `0.70.1-dev` → the release that it belongs to.
fn release(text: &Untrusted) -> Option<Version> {
    let text = text.raw().trim().trim_start_matches(['v', 'V']);
    let dots = |core: &str| core.matches('.').count();
    let core = text.split(['-', '+', ' ']).next().unwrap_or_default();
    let padded = match dots(core) {
        0 => format!("{core}.0.0"),
        1 => format!("{core}.0"),
        _ => core.to_owned(),
    };
    let mut version = Version::parse(&padded).ok()?;
    version.pre = Prerelease::EMPTY;
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Coverage, ScannerId, Work};
    use std::collections::BTreeMap;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn run(version: Option<&str>, coverage: Coverage) -> Run {
        Run {
            scanner: ScannerId::new("x").unwrap(),
            tool: "X".into(),
            home: None,
            version: version.map(Untrusted::from),
            report: None,
            ordinal: 0,
            format: None,
            health: Health::Complete(Work::new(1, "files").unwrap()),
            coverage,
            notes: Vec::new(),
            findings: 0,
            rules: BTreeMap::new(),
        }
    }

    fn code(mut run: Run, rule: &Scanner) -> Option<&'static str> {
        admit(&mut run, rule, at("2026-11-21T00:00:00Z"));
        run.health.problems().first().map(|problem| problem.code)
    }

    #[test]
    fn old_reports_and_old_data_are_refused() {
        let rule = Scanner {
            max_age: Some(SignedDuration::from_hours(90 * 24)),
            ..Scanner::default()
        };
        let written = |text: &str| Coverage {
            written: Some(at(text)),
            ..Coverage::default()
        };
        assert_eq!(
            code(run(None, written("2026-08-24T00:00:00Z")), &rule),
            None
        );
        assert_eq!(
            code(run(None, written("2026-08-22T00:00:00Z")), &rule),
            Some("stale")
        );
        // The limit itself is accepted.
        let limit = "2026-08-23T00:00:00Z";
        assert_eq!(code(run(None, written(limit)), &rule), None);
        let old_data = Coverage {
            data: Some(at("2026-08-22T00:00:00Z")),
            ..written("2026-11-20T00:00:00Z")
        };
        assert_eq!(code(run(None, old_data.clone()), &rule), Some("stale"));
        assert_eq!(
            code(run(None, Coverage::default()), &rule),
            Some("age-unknown")
        );
        assert_eq!(code(run(None, old_data), &Scanner::default()), None);
    }

    #[test]
    fn versions_outside_the_range_are_refused() {
        let rule = Scanner {
            version: Some(">=0.70".parse().unwrap()),
            ..Scanner::default()
        };
        let of = |version: Option<&str>| code(run(version, Coverage::default()), &rule);
        assert_eq!(of(Some("0.70.0")), None);
        assert_eq!(of(Some("v1.2")), None);
        assert_eq!(of(Some("0.70.1-dev")), None);
        // The release that it belongs to may be written short, with more after it.
        assert_eq!(of(Some("1")), None);
        assert_eq!(of(Some("1+build.7")), None);
        assert_eq!(of(Some("0.70+g1234.5")), None);
        assert_eq!(of(Some("0.70.1 (go1.22.3)")), None);
        assert_eq!(of(Some("0.69.9")), Some("version"));
        assert_eq!(of(Some("dev")), Some("version"));
        assert_eq!(of(None), Some("version-unknown"));
    }

    #[test]
    fn ages_are_said_in_whole_units() {
        assert_eq!(words(SignedDuration::from_mins(1)), "1 minute");
        assert_eq!(words(SignedDuration::from_hours(26)), "26 hours");
        assert_eq!(words(SignedDuration::from_hours(91 * 24)), "91 days");
    }
}
