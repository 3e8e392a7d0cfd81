//! What a gate or a waiver is about.
//!
//! A condition answers yes, no or unknown ([`Answer`]). What that means depends on what follows
//! ([`Polarity`]): not knowing never lets a finding pass.

mod age;
mod answer;
mod facts;
mod fix;
mod pattern;
mod range;
mod via;
mod words;

pub use age::Age;
pub use answer::{Answer, Polarity, Subject};
pub use fix::FixTest;
pub use pattern::Pattern;
pub use range::Range;
pub use via::Via;
pub use words::Has;

use crate::model::{
    AdvisoryId, Confidence, Ecosystem, Event, Finding, Foreign as _, Kind, Origin, Relation, Scope,
    Severity, Witness,
};

/// A condition. All parts of a list are alternatives, but for [`Condition::All`].
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// The effective severity.
    Severity(Vec<Range<Severity>>),
    /// The kind.
    Kind(Vec<Kind>),
    /// The witnesses' scanners: unknown where some fit and some do not.
    Scanner(Vec<Pattern>),
    /// The witnesses' rules, likewise; the rules of one advisory are names of the same thing.
    Rule(Vec<Pattern>),
    /// The file.
    Path(Vec<Pattern>),
    /// The CWE numbers that any witness gave.
    Cwe(Vec<u32>),
    /// Any of the advisory's names.
    Advisory(Vec<AdvisoryId>),
    /// The package's name.
    Package(Vec<Pattern>),
    /// The package's ecosystem.
    Ecosystem(Vec<Ecosystem>),
    /// Whether the package is shipped.
    Scope(Vec<Scope>),
    /// Whether the project asks for the package itself.
    Relation(Vec<Relation>),
    /// The ways to the package.
    Via(Vec<Via>),
    /// How far the package's fix is.
    Fix(Vec<FixTest>),
    /// Since when it is there.
    Origin(Vec<Origin>),
    /// Why the check runs.
    Event(Vec<Event>),
    /// How long ago it was first seen.
    Age(Vec<Range<Age>>),
    /// How sure the witnesses are.
    Confidence(Vec<Range<Confidence>>),
    /// How many different scanners saw it.
    Witnesses(Vec<Range<u32>>),
    /// The highest CVSS base score, 0 to 10.
    Cvss(Vec<Range<f64>>),
    /// The probability that it is exploited within 30 days, 0 to 1 (FIRST's EPSS).
    Epss(Vec<Range<f64>>),
    /// Whether it is known to be exploited (CISA's catalogue).
    Kev(bool),
    /// The fingerprint.
    Fingerprint(Vec<String>),
    /// All of these; true when there are none.
    All(Vec<Self>),
    /// At least one of these.
    Any(Vec<Self>),
    /// Not this.
    Not(Box<Self>),
}

impl Condition {
    /// All of these, the cheapest first.
    pub fn all(mut parts: Vec<Self>) -> Self {
        parts.sort_by_key(Self::cost);
        Self::All(parts)
    }

    /// At least one of these, the cheapest first.
    pub fn any(mut parts: Vec<Self>) -> Self {
        parts.sort_by_key(Self::cost);
        Self::Any(parts)
    }

    /// What an answer costs, roughly: 1 compares a word or a number, 2 looks into a short list, 3
    /// matches a pattern, more is a search.
    fn cost(&self) -> usize {
        match self {
            Self::Event(_) | Self::Severity(_) | Self::Kind(_) | Self::Origin(_) => 1,
            Self::Kev(_) | Self::Epss(_) => 1,
            Self::Scope(_) | Self::Relation(_) | Self::Ecosystem(_) | Self::Fix(_) => 1,
            Self::Age(_) | Self::Confidence(_) | Self::Witnesses(_) | Self::Cvss(_) => 2,
            Self::Cwe(_) | Self::Advisory(_) | Self::Fingerprint(_) => 2,
            Self::Scanner(_) | Self::Path(_) | Self::Rule(_) | Self::Package(_) => 3,
            Self::Via(_) => 8,
            Self::All(parts) | Self::Any(parts) => parts.iter().map(Self::cost).sum(),
            Self::Not(part) => part.cost(),
        }
    }

    /// Whether it holds, given what follows: what stops needs no more than that it may hold, what
    /// lets pass needs that it surely does.
    pub fn holds(&self, subject: &Subject<'_>) -> bool {
        match subject.polarity {
            Polarity::Stops => self.answer(subject) != Answer::No,
            Polarity::Passes => self.answer(subject) == Answer::Yes,
        }
    }

    /// What it says of a finding.
    pub fn answer(&self, subject: &Subject<'_>) -> Answer {
        let finding = subject.finding;
        let observation = &finding.observation;
        match self {
            Self::Severity(ranges) => facts::within(ranges, subject.effective),
            Self::Kind(kinds) => kinds.contains(&observation.kind).into(),
            Self::Scanner(patterns) => over(finding, |w| fits(patterns, w.scanner.as_str())),
            Self::Rule(patterns) if observation.kind == Kind::Dependency => {
                let fits = |w: &Witness| fits(patterns, w.rule.raw());
                finding.witnesses.iter().any(fits).into()
            }
            Self::Rule(patterns) => over(finding, |w| fits(patterns, w.rule.raw())),
            Self::Path(patterns) => fits(patterns, finding.location.path.raw()).into(),
            Self::Cwe(numbers) => facts::cwe(numbers, subject),
            Self::Advisory(_) if observation.advisories.is_empty() => subject.without(),
            Self::Advisory(ids) => {
                let named = |id: &AdvisoryId| observation.advisories.contains(id);
                ids.iter().any(named).into()
            }
            Self::Package(patterns) => match &observation.package {
                None => subject.without(),
                Some(package) => {
                    let named = |p: &Pattern| via::names(p, &package.name, &package.ecosystem);
                    patterns.iter().any(named).into()
                }
            },
            Self::Ecosystem(wanted) => facts::ecosystem(wanted, subject),
            Self::Scope(wanted) => facts::of_package(wanted, subject, |p| p.scope),
            Self::Relation(wanted) => facts::of_package(wanted, subject, |p| p.relation),
            Self::Via(vias) => via::answer(vias, subject),
            Self::Fix(tests) => fix::answer(tests, subject),
            Self::Origin(wanted) => facts::origin(wanted, subject),
            Self::Event(events) => events.contains(&subject.context.event).into(),
            Self::Age(ranges) => age::answer(ranges, subject),
            Self::Confidence(ranges) => facts::confidence(ranges, subject),
            Self::Witnesses(ranges) => facts::witnesses(ranges, finding),
            Self::Cvss(ranges) => facts::cvss(ranges, subject),
            Self::Epss(ranges) => facts::epss(ranges, subject),
            Self::Kev(wanted) => facts::kev(*wanted, subject),
            Self::Fingerprint(prints) => prints.contains(&finding.fingerprint).into(),
            Self::All(parts) => Answer::all(parts.iter().map(|part| part.answer(subject))),
            Self::Any(parts) => Answer::any(parts.iter().map(|part| part.answer(subject))),
            Self::Not(part) => !part.answer(subject),
        }
    }

    /// The conditions that it is made of; a single one has no parts.
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::All(parts) | Self::Any(parts) => parts,
            Self::Not(part) => std::slice::from_ref(part),
            _ => &[],
        }
    }

    /// Whether `test` is true of it or of anything in it.
    pub fn has(&self, test: &impl Fn(&Self) -> bool) -> bool {
        test(self) || self.parts().iter().any(|part| part.has(test))
    }

    /// The conditions that must all hold: those of an `all`, also inside another, or itself.
    pub fn clauses(&self) -> Vec<&Self> {
        match self {
            Self::All(parts) => parts.iter().flat_map(Self::clauses).collect(),
            one => vec![one],
        }
    }
}

fn fits(patterns: &[Pattern], text: &str) -> bool {
    patterns.iter().any(|pattern| pattern.matches(text))
}

/// What one scanner is allowed to find does not silence another: what holds for some witnesses
/// only is not sure.
fn over(finding: &Finding, fits: impl Fn(&Witness) -> bool) -> Answer {
    Answer::agreed(finding.witnesses.iter().map(|witness| fits(witness).into()))
}

#[cfg(test)]
mod tests;
