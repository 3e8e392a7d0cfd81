//! Which of two conditions speaks of more.
//!
//! That one holds wherever another does is shown part by part: fewer alternatives, more parts that
//! must all hold, a smaller range. What is shown is so; what cannot be shown may still be so, and
//! counts as unclear.

use crate::model::{Confidence, Severity, Untrusted};
use crate::policy::condition::{Age, Condition, Pattern, Range};
use std::cell::Cell;
use std::collections::BTreeSet;

/// How a condition differs from an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It holds for the same.
    Same,
    /// It holds for more.
    Wider,
    /// It holds for less.
    Narrower,
    /// Nobody can say, or for more of one thing and less of another.
    Unclear,
}

/// Comparisons of parts that are made before it stays unclear.
const MOST_STEPS: usize = 100_000;

/// Compares two conditions.
pub fn relation(before: &Condition, after: &Condition) -> Relation {
    if before == after {
        return Relation::Same;
    }
    let steps = Steps(Cell::new(MOST_STEPS));
    match (steps.within(after, before), steps.within(before, after)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::Narrower,
        (false, true) => Relation::Wider,
        (false, false) => Relation::Unclear,
    }
}

/// True when no finding can fit both.
pub fn is_apart(one: &Condition, other: &Condition) -> bool {
    let (one, other) = (one.clauses(), other.clauses());
    one.iter().any(|a| other.iter().any(|b| excludes(a, b)))
}

/// Of what a finding has one of, so that two lists without a common word exclude each other.
fn excludes(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::Severity(a), Condition::Severity(b)) => {
            let both = |s: &Severity| holds(a, *s) && holds(b, *s);
            !Severity::ALL.iter().any(both)
        }
        (Condition::Kind(a), Condition::Kind(b)) => !a.iter().any(|kind| b.contains(kind)),
        _ => false,
    }
}

fn holds<T: Copy + PartialOrd>(ranges: &[Range<T>], value: T) -> bool {
    ranges.iter().any(|range| range.holds(value))
}

/// The comparisons that are left.
struct Steps(Cell<usize>);

impl Steps {
    fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }

    /// True when it can be shown that `b` holds wherever `a` does.
    fn within(&self, a: &Condition, b: &Condition) -> bool {
        if !self.take() {
            return false;
        }
        match (a, b) {
            (_, Condition::All(parts)) => parts.iter().all(|part| self.within(a, part)),
            (Condition::Any(parts), _) => parts.iter().all(|part| self.within(part, b)),
            (Condition::Not(a), Condition::Not(b)) => self.within(b, a),
            _ => {
                let by_a = match a {
                    Condition::All(parts) => parts.iter().any(|part| self.within(part, b)),
                    _ => false,
                };
                let by_b = || match b {
                    Condition::Any(parts) => parts.iter().any(|part| self.within(a, part)),
                    _ => false,
                };
                by_a || by_b() || self.simple(a, b)
            }
        }
    }

    /// The same for conditions on one fact.
    fn simple(&self, a: &Condition, b: &Condition) -> bool {
        use Condition as C;
        match (a, b) {
            (C::Severity(a), C::Severity(b)) => inside(a, b, &Severity::ALL),
            (C::Confidence(a), C::Confidence(b)) => inside(a, b, &Confidence::ALL),
            (C::Witnesses(a), C::Witnesses(b)) => {
                let around = |v: u32| [v.saturating_sub(1), v, v.saturating_add(1)];
                let points: Vec<u32> = values(a, b).flat_map(around).filter(|v| *v > 0).collect();
                inside(a, b, &points)
            }
            (C::Cvss(a), C::Cvss(b)) => inside(a, b, &between(values(a, b), 10.0)),
            (C::Epss(a), C::Epss(b)) => inside(a, b, &between(values(a, b), 1.0)),
            (C::Age(a), C::Age(b)) => ages(a, b),
            (C::Scanner(a), C::Scanner(b))
            | (C::Rule(a), C::Rule(b))
            | (C::Package(a), C::Package(b)) => {
                self.patterns(a, b, |a, b| names(a.text(), b.text()))
            }
            (C::Path(a), C::Path(b)) => self.patterns(a, b, |a, b| paths(a.text(), b.text())),
            (C::Fix(a), C::Fix(b)) => {
                let far = |word: &str| {
                    ["patch", "minor", "major", "any"]
                        .iter()
                        .position(|w| *w == word)
                };
                let covered = |a: &str| {
                    b.iter()
                        .any(|b| a == b.word() || (far(a).is_some() && far(a) <= far(b.word())))
                };
                a.iter().all(|test| covered(test.word()))
            }
            _ => {
                a.key() == b.key() && is_simple(a) && {
                    let known: BTreeSet<Untrusted> = b.wanted().into_iter().collect();
                    a.wanted().iter().all(|word| known.contains(word))
                }
            }
        }
    }

    fn patterns(
        &self,
        a: &[Pattern],
        b: &[Pattern],
        covers: impl Fn(&Pattern, &Pattern) -> bool,
    ) -> bool {
        let known: BTreeSet<&str> = b.iter().map(Pattern::text).collect();
        let covered = |one: &Pattern| {
            known.contains(one.text()) || b.iter().any(|other| self.take() && covers(one, other))
        };
        a.iter().all(covered)
    }
}

/// True for a condition that is not made of others.
pub fn is_simple(condition: &Condition) -> bool {
    !matches!(
        condition,
        Condition::All(_) | Condition::Any(_) | Condition::Not(_)
    )
}

fn values<'r, T: Copy>(a: &'r [Range<T>], b: &'r [Range<T>]) -> impl Iterator<Item = T> + 'r {
    a.iter().chain(b).flat_map(Range::values)
}

/// Whether each point of one is a point of the other.
fn inside<T: Copy + PartialOrd>(a: &[Range<T>], b: &[Range<T>], points: &[T]) -> bool {
    points
        .iter()
        .all(|point| !holds(a, *point) || holds(b, *point))
}

/// The values, and one between each two of them and beyond the last ones, from 0 to `most`: between
/// those nothing can change.
fn between(values: impl Iterator<Item = f64>, most: f64) -> Vec<f64> {
    let mut points: Vec<f64> = values.chain([0.0, most]).collect();
    points.retain(|value| (0.0..=most).contains(value));
    points.sort_by(f64::total_cmp);
    let middles: Vec<f64> = points
        .windows(2)
        .map(|pair| pair.iter().sum::<f64>() / 2.0)
        .collect();
    points.extend(middles);
    points
}

/// In hours. What asks for one day alone is not compared: a day has many hours.
fn ages(a: &[Range<Age>], b: &[Range<Age>]) -> bool {
    if a.iter().chain(b).any(Range::is_exact) {
        return a == b;
    }
    let points: BTreeSet<i64> = values(a, b)
        .flat_map(|age| [age.hours() - 1, age.hours(), age.hours() + 1])
        .filter(|hours| *hours >= 0)
        .collect();
    let holds = |ranges: &[Range<Age>], hours: i64| {
        let test =
            |range: &Range<Age>| range.all(|comparison, age| comparison.holds(hours, age.hours()));
        ranges.iter().any(test)
    };
    points
        .iter()
        .all(|hours| !holds(a, *hours) || holds(b, *hours))
}

/// True when every name that fits `a` also fits `b`: `B1*` covers `B101` and `B10*`.
fn names(a: &str, b: &str) -> bool {
    a == b
        || b.strip_suffix('*')
            .is_some_and(|start| is_literal(start) && a.starts_with(start))
}

/// The same for paths: `src` and `src/**` cover `src/api/*.py`.
fn paths(a: &str, b: &str) -> bool {
    if a == b || b == "**" {
        return true;
    }
    let (folder, itself) = match b.strip_suffix("/**") {
        Some(folder) => (folder, false),
        None => (b, true),
    };
    let below = a.strip_prefix(folder);
    let below = below.is_some_and(|rest| rest.starts_with('/') || (itself && rest.is_empty()));
    // `src/**` does not mean a file of the name `src`, which `src/` in `a` cannot be either.
    is_literal(folder) && below
}

fn is_literal(text: &str) -> bool {
    !text.contains(['*', '?', '[', '{', '\\', '!'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Nothing, Source, load};

    fn condition(when: &str) -> Condition {
        let text = format!("[[gate]]\nname = \"g\"\naction = \"block\"\nwhen = {{ {when} }}\n");
        let source = Source {
            name: "p.toml".into(),
            path: None,
            text,
        };
        let mut policy = load(&source, &Nothing).unwrap_or_else(|e| panic!("{when}: {e:?}"));
        policy.gates.remove(0).when
    }

    #[test]
    fn what_speaks_of_more_is_wider() {
        for (narrow, wide) in [
            ("severity = \">=high\"", "severity = \">=medium\""),
            ("severity = \"high\"", "severity = [\"critical\", \"high\"]"),
            ("severity = \">=high\"", ""),
            (
                "severity = \">=high\", kind = \"code\"",
                "severity = \">=high\"",
            ),
            ("kind = \"code\"", "kind = [\"secret\", \"code\"]"),
            ("path = \"src/api/**\"", "path = \"src\""),
            ("path = \"src/a.py\"", "path = \"src/**\""),
            ("path = \"**/*.py\"", "path = \"**\""),
            ("rule = \"B10*\"", "rule = \"B1*\""),
            ("fix = \"patch\"", "fix = \"minor\""),
            ("fix = \"major\"", "fix = [\"none\", \"any\"]"),
            (
                "origin = \"introduced\"",
                "origin = [\"introduced\", \"disclosed\"]",
            ),
            ("cvss = \">=9\"", "cvss = \">=7\""),
            ("epss = \">=0.2, <0.5\"", "epss = \">=0.1\""),
            ("witnesses = \">=3\"", "witnesses = \">=2\""),
            ("age = \">2w\"", "age = \">=7d\""),
            (
                "all = [{ kind = \"code\" }, { scope = \"production\" }]",
                "scope = \"production\"",
            ),
            (
                "kind = \"code\"",
                "any = [{ kind = \"code\" }, { scope = \"production\" }]",
            ),
            (
                "not = { severity = \"<=medium\" }",
                "not = { severity = \"<=low\" }",
            ),
        ] {
            let (narrow, wide) = (condition(narrow), condition(wide));
            assert_eq!(
                relation(&narrow, &wide),
                Relation::Wider,
                "{narrow:?} {wide:?}"
            );
            assert_eq!(
                relation(&wide, &narrow),
                Relation::Narrower,
                "{narrow:?} {wide:?}"
            );
        }
    }

    #[test]
    fn the_same_in_other_words_is_the_same() {
        for (one, other) in [
            (
                "severity = \">=high\"",
                "severity = [\"critical\", \"high\"]",
            ),
            (
                "severity = \">=info\"",
                "severity = [\"<high\", \">=high\"]",
            ),
            (
                "kind = [\"code\", \"secret\"]",
                "kind = [\"secret\", \"code\"]",
            ),
            (
                "kind = \"dependency\", scope = \"production\"",
                "all = [{ scope = \"production\" }, { kind = \"dependency\" }]",
            ),
            ("witnesses = \">1\"", "witnesses = \">=2\""),
            (
                "not = { not = { kind = \"code\" } }",
                "not = { not = { kind = [\"code\"] } }",
            ),
        ] {
            assert_eq!(
                relation(&condition(one), &condition(other)),
                Relation::Same,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn what_cannot_be_told_is_unclear() {
        for (one, other) in [
            ("severity = \"high\"", "severity = \"low\""),
            ("severity = \">=high\"", "kind = \"code\""),
            ("path = \"src*\"", "path = \"src\""),
            ("path = \"src2/**\"", "path = \"src\""),
            ("rule = \"{a,b}*\"", "rule = \"a*\""),
        ] {
            assert_eq!(
                relation(&condition(one), &condition(other)),
                Relation::Unclear,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn hostile_conditions_cost_little() {
        let deep = |inner: &str| {
            let mut text = inner.to_owned();
            for _ in 0..4 {
                text = format!("any = [{}]", vec![format!("{{ {text} }}"); 6].join(", "));
            }
            text
        };
        // Whether or not such a condition is refused, comparing two of them ends.
        let source = |text: String| Source {
            name: "p".into(),
            path: None,
            text: format!("[[gate]]\nname = \"g\"\naction = \"block\"\nwhen = {{ {text} }}\n"),
        };
        let one = load(&source(deep("kind = \"code\"")), &Nothing);
        let other = load(&source(deep("path = \"a\"")), &Nothing);
        if let (Ok(one), Ok(other)) = (one, other) {
            relation(&one.gates[0].when, &other.gates[0].when);
        }
    }
}
