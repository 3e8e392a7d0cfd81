//! What a file of another tool says: statements that can become waivers, and those that cannot.

use crate::model::{AdvisoryId, Ecosystem, Kind, Untrusted};
use crate::policy::Pattern;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Longest pattern that is taken over, in bytes. No path or package name is longer.
const MAX_PATTERN: usize = 512;

/// Entries and patterns that are read of one file. Each pattern is compiled, so that many of them
/// cost time.
const MAX_ENTRIES: usize = 20_000;

/// What a waiver accepts: the conditions of `[[waiver]]` that an import can fill. All that are not
/// empty must hold; the elements of one are alternatives.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Fingerprints of single findings, which no file of another tool knows.
    pub fingerprints: BTreeSet<String>,
    /// Names of the advisory.
    pub advisories: BTreeSet<AdvisoryId>,
    /// Globs of rule names.
    pub rules: BTreeSet<Untrusted>,
    /// Globs of paths.
    pub paths: BTreeSet<Untrusted>,
    /// Globs of package names.
    pub packages: BTreeSet<Untrusted>,
    /// The scanner whose rules are meant.
    pub scanner: Option<&'static str>,
    /// The kind of finding.
    pub kind: Option<Kind>,
}

impl Subject {
    /// An advisory, wherever it is found.
    pub fn advisory(id: AdvisoryId) -> Self {
        Self {
            advisories: BTreeSet::from([id]),
            ..Self::default()
        }
    }

    /// A rule of a scanner, in every file until paths are added.
    pub fn rule(scanner: &'static str, rule: Untrusted) -> Self {
        Self {
            rules: BTreeSet::from([rule]),
            scanner: Some(scanner),
            ..Self::default()
        }
    }

    /// True when it accepts the rule in every file.
    pub fn everywhere(&self) -> bool {
        self.fingerprints.is_empty() && self.advisories.is_empty() && self.paths.is_empty()
    }
}

/// Something that can become a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it accepts.
    pub subject: Subject,
    /// Why, when the file says so.
    pub reason: Option<Untrusted>,
    /// The last day on which it holds, when the file says so.
    pub expires: Option<Date>,
    /// Where it stands, 1-based.
    pub line: u32,
    /// In what the waiver accepts more than the file did.
    pub wider: Option<&'static str>,
}

impl Statement {
    /// A statement without reason and expiry.
    pub fn new(line: u32, subject: Subject) -> Self {
        Self {
            subject,
            reason: None,
            expires: None,
            line,
            wider: None,
        }
    }

    /// Sets the last day, if there is one; false for text that is no day.
    #[must_use]
    pub fn until(&mut self, text: Option<&str>) -> bool {
        self.expires = text.and_then(day);
        self.expires.is_some() == text.is_some()
    }
}

/// Why something did not become a waiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// No waiver says the same.
    NotImported,
    /// It is over.
    Expired,
    /// There is nothing to accept.
    NotNeeded,
}

impl Fate {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotImported => "not imported",
            Self::Expired => "expired",
            Self::NotNeeded => "not needed",
        }
    }
}

/// Something that did not become a waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Why, in a word.
    pub fate: Fate,
    /// What it is, in the file's words.
    pub what: Untrusted,
    /// Why, in a sentence of ours.
    pub why: String,
    /// Where it stands, 1-based.
    pub line: u32,
}

/// Everything that one file says, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// What can become waivers.
    pub statements: Vec<Statement>,
    /// What cannot.
    pub left: Vec<Left>,
    /// Entries and patterns so far.
    entries: usize,
}

impl Found {
    /// True when there was more than can be read: the rest is missing.
    pub fn overflows(&self) -> bool {
        self.entries > MAX_ENTRIES
    }

    fn fits(&mut self, entries: usize) -> bool {
        self.entries = self.entries.saturating_add(entries);
        !self.overflows()
    }

    /// Adds a statement; one with a pattern that the policy would refuse is left.
    pub fn keep(&mut self, statement: Statement) {
        let subject = &statement.subject;
        let patterns = subject.rules.len() + subject.paths.len() + subject.packages.len();
        if !self.fits(patterns + 1) {
            return;
        }
        match unusable(&statement.subject) {
            Some(pattern) => self.leave(
                statement.line,
                pattern,
                "it is no name or pattern that a policy can hold",
            ),
            None => self.statements.push(statement),
        }
    }

    /// Adds something that cannot be imported.
    pub fn leave(&mut self, line: u32, what: impl Into<Untrusted>, why: impl Into<String>) {
        self.add(Fate::NotImported, line, what.into(), why.into());
    }

    /// Adds something that needs no waiver.
    pub fn unneeded(&mut self, line: u32, what: impl Into<Untrusted>, why: impl Into<String>) {
        self.add(Fate::NotNeeded, line, what.into(), why.into());
    }

    fn add(&mut self, fate: Fate, line: u32, what: Untrusted, why: String) {
        if self.fits(1) {
            self.left.push(Left {
                fate,
                what,
                why,
                line,
            });
        }
    }
}

fn unusable(subject: &Subject) -> Option<Untrusted> {
    use crate::model::Foreign as _;
    type Parse = fn(&str) -> Option<Pattern>;
    let patterns: [(&BTreeSet<Untrusted>, Parse); 3] = [
        (&subject.rules, Pattern::name),
        (&subject.paths, Pattern::path),
        (&subject.packages, Pattern::name),
    ];
    patterns.iter().find_map(|(texts, parse)| {
        let bad = |text: &&Untrusted| {
            let text = text.raw();
            text.trim().is_empty() || text.len() > MAX_PATTERN || parse(text).is_none()
        };
        texts.iter().find(bad).cloned()
    })
}

/// A pattern that matches exactly this text.
pub fn literal(text: &str) -> Untrusted {
    globset::escape(text).into()
}

/// A pattern for a package, by its name in the ecosystem's normal form.
pub fn package(ecosystem: &Ecosystem, name: &str) -> Untrusted {
    literal(&ecosystem.normalise(name))
}

/// A day, also of a point in time, which is taken in UTC. `None` for text that is neither.
pub fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    match text.parse::<jiff::Timestamp>() {
        Ok(time) => Some(jiff::tz::Offset::UTC.to_datetime(time).date()),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_every_spelling() {
        for text in [
            "2027-01-31",
            " 2027-01-31 ",
            "2027-01-31T12:00:00Z",
            "2027-01-31T23:30:00-00:10",
            "2027-01-31 10:00:00",
            "2027-01-31T10:00:00",
        ] {
            assert_eq!(day(text).unwrap().to_string(), "2027-01-31", "{text}");
        }
        for text in ["", "31.1.2027", "2027-02-30", "soon", "2027-13-01"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_that_a_policy_would_refuse_are_left() {
        let mut found = Found::default();
        for rule in ["", " ", "[", &"x".repeat(600)] {
            found.keep(Statement::new(1, Subject::rule("trivy", rule.into())));
        }
        found.keep(Statement::new(1, Subject::rule("trivy", literal("["))));
        assert_eq!((found.statements.len(), found.left.len()), (1, 4));
    }
}
