//! Who does what.

use super::Number;
use crate::model::{Foreign as _, ScannerId, Untrusted, digest};
use serde::Serialize;
use std::cmp::Reverse;

/// Most shares: as many jobs as one matrix may have (docs.github.com, "Running variations of jobs in
/// a workflow").
pub const MOST: u32 = 256;

/// What is not divided any further.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Everything of one scanner: its reports, and the run of its tool. They belong together, because
    /// a report that is there stands for the run.
    Scanner(ScannerId),
    /// A report, or a pattern, of which only its content tells the scanner.
    Report(Untrusted),
}

/// A unit with what it costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What is to be done.
    pub unit: Unit,
    /// How long it takes, compared with the others; 0 for what has nothing to do.
    pub weight: u64,
}

/// The division of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    shares: Vec<Vec<Task>>,
    /// See [`crate::bundle::Shard::plan`].
    pub digest: String,
}

/// Divides tasks among at most `of` shares, the same way in any order of the tasks: the heaviest
/// first, each to the share that has least to do. No share has nothing to do, unless there is
/// nothing at all.
pub fn plan(mut tasks: Vec<Task>, of: u32) -> Plan {
    tasks.sort_by(|a, b| (Reverse(a.weight), &a.unit).cmp(&(Reverse(b.weight), &b.unit)));
    tasks.dedup_by(|a, b| a.unit == b.unit);
    let busy = tasks.iter().filter(|task| task.weight > 0).count();
    let of = of
        .clamp(1, MOST)
        .min(u32::try_from(busy).unwrap_or(MOST))
        .max(1);
    let mut shares: Vec<(u64, Vec<Task>)> = (0..of).map(|_| (0, Vec::new())).collect();
    for task in tasks {
        if let Some((load, share)) = shares.iter_mut().min_by_key(|(load, _)| *load) {
            *load = load.saturating_add(task.weight);
            share.push(task);
        }
    }
    let shares: Vec<Vec<Task>> = shares.into_iter().map(|(_, share)| share).collect();
    let digest = digest(words(&shares));
    Plan { shares, digest }
}

/// Everything by which one plan differs from another. Weights are not: they only lead to it.
fn words(shares: &[Vec<Task>]) -> Vec<&str> {
    let mut words = Vec::new();
    for share in shares {
        words.push("share");
        for task in share {
            words.extend(match &task.unit {
                Unit::Scanner(id) => ["scanner", id.as_str()],
                Unit::Report(name) => ["report", name.raw()],
            });
        }
    }
    words
}

/// What GitHub wants for `strategy.matrix` (docs.github.com, "Workflow syntax",
/// `jobs.<job_id>.strategy.matrix.include`).
#[derive(Serialize)]
struct Matrix<'a> {
    include: Vec<Job<'a>>,
}

#[derive(Serialize)]
struct Job<'a> {
    shard: String,
    scanners: Vec<&'a str>,
    reports: Vec<&'a str>,
}

impl<'a> Job<'a> {
    fn new(share: &'a [Task], shard: String) -> Self {
        let (mut scanners, mut reports) = (Vec::new(), Vec::new());
        for task in share.iter().filter(|task| task.weight > 0) {
            match &task.unit {
                Unit::Scanner(id) => scanners.push(id.as_str()),
                Unit::Report(name) => reports.push(name.raw()),
            }
        }
        Self {
            shard,
            scanners,
            reports,
        }
    }
}

impl Plan {
    /// How many shares there are.
    pub fn of(&self) -> u32 {
        u32::try_from(self.shares.len()).unwrap_or(MOST)
    }

    /// The tasks of a share.
    pub fn share(&self, number: u32) -> &[Task] {
        let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        let share = index.and_then(|index| self.shares.get(index));
        share.map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a share holds a unit. One that is in no share, which takes a mistake of ours, is in the
    /// first: nothing is left out.
    pub fn holds(&self, share: Number, unit: &Unit) -> bool {
        let has = |tasks: &[Task]| tasks.iter().any(|task| task.unit == *unit);
        let lost = share.number == 1 && !self.shares.iter().any(|tasks| has(tasks));
        lost || has(self.share(share.number))
    }

    /// The matrix, as one line of JSON. Each entry says which share it is, the scanners of it that
    /// have something to do, and its reports.
    pub fn matrix(&self) -> String {
        let of = self.of();
        let shares = self.shares.iter().zip(1_u32..);
        let include = shares
            .map(|(share, number)| Job::new(share, format!("{number}/{of}")))
            .collect();
        serde_json::to_string(&Matrix { include }).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(name: &str, weight: u64) -> Task {
        let unit = match ScannerId::new(name) {
            Some(id) => Unit::Scanner(id),
            None => Unit::Report(name.into()),
        };
        Task { unit, weight }
    }

    #[test]
    fn the_heaviest_come_first_and_the_order_does_not_matter() {
        let tasks = vec![
            task("trivy", 30),
            task("bandit", 10),
            task("npm-audit", 20),
            task("r/*.sarif", 1),
        ];
        let made = plan(tasks.clone(), 2);
        assert_eq!(
            made.matrix(),
            r#"{"include":[{"shard":"1/2","scanners":["trivy"],"reports":["r/*.sarif"]},{"shard":"2/2","scanners":["npm-audit","bandit"],"reports":[]}]}"#
        );
        let turned = plan(tasks.into_iter().rev().collect(), 2);
        assert_eq!(turned, made);
    }

    #[test]
    fn no_share_is_empty_and_what_has_nothing_to_do_is_not_told() {
        let made = plan(vec![task("bandit", 1), task("trivy", 0)], 5);
        assert_eq!(made.of(), 1);
        assert_eq!(
            made.matrix(),
            r#"{"include":[{"shard":"1/1","scanners":["bandit"],"reports":[]}]}"#
        );
        let first = Number { number: 1, of: 1 };
        assert!(made.holds(first, &task("trivy", 0).unit));
        assert_eq!(plan(Vec::new(), 3).of(), 1);
    }

    #[test]
    fn every_unit_is_in_one_share() {
        let names = ["bandit", "trivy", "npm-audit", "grype", "a/b", "c.d"];
        for of in 1..=8 {
            let tasks = names
                .iter()
                .zip(0..)
                .map(|(name, weight)| task(name, weight))
                .collect();
            let made = plan(tasks, of);
            for name in names {
                let unit = task(name, 0).unit;
                let shares = (1..=made.of()).map(|number| Number {
                    number,
                    of: made.of(),
                });
                assert_eq!(
                    shares.filter(|share| made.holds(*share, &unit)).count(),
                    1,
                    "{name} {of}"
                );
            }
        }
    }

    #[test]
    fn plans_that_differ_have_other_digests() {
        let one = plan(vec![task("bandit", 1), task("trivy", 1)], 2);
        let other = plan(vec![task("bandit", 1), task("trivy", 1)], 1);
        let more = plan(
            vec![task("bandit", 1), task("trivy", 1), task("grype", 1)],
            2,
        );
        assert!(one.digest != other.digest && one.digest != more.digest);
    }

    #[test]
    fn names_of_reports_stay_inside_of_their_text() {
        let made = plan(vec![task("a\"}]}\n::set-output name=x::y", 1)], 1);
        let matrix = made.matrix();
        assert!(!matrix.contains('\n'));
        let read: serde_json::Value = serde_json::from_str(&matrix).unwrap();
        assert_eq!(
            read["include"][0]["reports"][0],
            "a\"}]}\n::set-output name=x::y"
        );
    }
}
