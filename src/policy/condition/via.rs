//! The condition `via`: through which packages the project gets a package.

use super::answer::{Answer, Subject};
use super::pattern::Pattern;
use crate::model::{Ecosystem, Foreign as _, Untrusted};
use std::fmt;

/// A way, from what the project asks for itself to the package of the finding, which is its last
/// name: `grunt > *`, `* > handlebars > *`, `lodash`.
#[derive(Debug, Clone, PartialEq)]
pub struct Via(Vec<Step>);

#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// One package.
    Name(Pattern),
    /// `*`: one or more packages, whatever they are.
    Some,
}

/// Most names in a way.
const MOST_STEPS: usize = 32;

impl Via {
    /// Reads names joined by `>`; in a name `*` stands for anything, and alone it stands for one or
    /// more names.
    pub fn parse(text: &str) -> Option<Self> {
        let steps: Option<Vec<Step>> = text
            .split('>')
            .map(|name| match name.trim() {
                "" => None,
                "*" => Some(Step::Some),
                name => Pattern::name(name).map(Step::Name),
            })
            .collect();
        steps.filter(|steps| steps.len() <= MOST_STEPS).map(Self)
    }

    /// Whether it is this way, from its first name to its last one.
    fn fits(&self, way: &[Untrusted], ecosystem: &Ecosystem) -> bool {
        // Which numbers of names the steps so far can stand for.
        let mut reached = vec![false; way.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for step in &self.0 {
            let mut next = vec![false; way.len() + 1];
            let mut open = false;
            for ((before, name), after) in reached.iter().zip(way).zip(next.iter_mut().skip(1)) {
                match step {
                    Step::Some => {
                        open |= *before;
                        *after = open;
                    }
                    Step::Name(pattern) => *after = *before && names(pattern, name, ecosystem),
                }
            }
            reached = next;
        }
        reached.last().copied().unwrap_or(false)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            let joint = if at == 0 { "" } else { " > " };
            let name = match step {
                Step::Name(pattern) => pattern.text(),
                Step::Some => "*",
            };
            write!(f, "{joint}{name}")?;
        }
        Ok(())
    }
}

/// Whether a pattern fits a package's name, in either's own spelling or the ecosystem's.
pub fn names(pattern: &Pattern, name: &Untrusted, ecosystem: &Ecosystem) -> bool {
    if pattern.matches(name.raw()) {
        return true;
    }
    let normal = ecosystem.normal(name.raw());
    match pattern.literal() {
        Some(literal) => ecosystem.normal(literal) == normal,
        None => normal != name.raw() && pattern.matches(&normal),
    }
}

/// Whether one of `vias` is every way to the package: sure only where all ways are known.
pub fn answer(vias: &[Via], subject: &Subject<'_>) -> Answer {
    let Some(package) = &subject.finding.observation.package else {
        return subject.without();
    };
    let known = Answer::agreed(package.paths.iter().map(|way| {
        let fits = |via: &Via| via.fits(way, &package.ecosystem);
        vias.iter().any(fits).into()
    }));
    match package.more_paths {
        true => Answer::Unknown,
        false => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_alone_is_one_or_more_packages() {
        let fits = |via: &str, way: &[&str]| {
            let way: Vec<Untrusted> = way.iter().map(|name| (*name).into()).collect();
            Via::parse(via).unwrap().fits(&way, &Ecosystem::NPM)
        };
        for (via, way, expected) in [
            ("grunt > *", &["grunt", "lodash"][..], true),
            ("grunt>*", &["grunt", "a", "b", "lodash"], true),
            ("grunt > *", &["grunt"], false),
            ("grunt > *", &["a", "grunt", "lodash"], false),
            ("* > grunt > *", &["a", "grunt", "lodash"], true),
            ("* > grunt > *", &["grunt", "lodash"], false),
            ("* > lodash", &["a", "b", "lodash"], true),
            ("lodash", &["lodash"], true),
            ("lodash", &["a", "lodash"], false),
            ("*", &["a", "b"], true),
            ("* > *", &["a"], false),
            ("@babel/* > *", &["@babel/core", "x"], true),
            ("a > * > c > * > e", &["a", "b", "c", "c", "d", "e"], true),
            ("a > * > c > * > e", &["a", "c", "d", "e"], false),
            ("*", &[], false),
        ] {
            assert_eq!(fits(via, way), expected, "{via}: {way:?}");
        }
        for wrong in ["", ">", "a >", "> a", "a > > b", "a > [", "   "] {
            assert!(Via::parse(wrong).is_none(), "{wrong}");
        }
        assert!(Via::parse(&"a>".repeat(100)).is_none());
    }

    #[test]
    fn long_ways_take_no_long_time() {
        let way: Vec<Untrusted> = (0..2000).map(|_| "a".into()).collect();
        let via = Via::parse(&format!("{}b", "* > a > ".repeat(15))).unwrap();
        assert!(!via.fits(&way, &Ecosystem::NPM));
    }

    #[test]
    fn names_are_compared_as_the_ecosystem_does() {
        let same = |pattern: &str, name: &str| {
            names(
                &Pattern::name(pattern).unwrap(),
                &name.into(),
                &Ecosystem::PYPI,
            )
        };
        assert!(same("Flask_Login", "flask-login"));
        assert!(same("flask-login", "Flask.Login"));
        assert!(same("flask-*", "Flask_Login"));
        assert!(!same("flask", "flask-login"));
    }
}
