//! The condition `fix`: how far a package's fix is.

use super::answer::{Answer, Subject};
use crate::model::{Distance, Fix, Kind};

/// A word of the condition `fix`. It speaks of vulnerable packages; other findings have no fix that
/// could be near or far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixTest {
    /// No fixed version is published.
    None,
    /// A fixed version is at most this far. Every fix is at most a major one.
    AtMost(Distance),
    /// Something mends it, whether or not the version is known.
    Any,
}

impl FixTest {
    /// All words, in the order in which errors list them.
    pub const ALL: [Self; 5] = [
        Self::None,
        Self::AtMost(Distance::Patch),
        Self::AtMost(Distance::Minor),
        Self::AtMost(Distance::Major),
        Self::Any,
    ];

    /// The word used in policies.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AtMost(distance) => distance.word(),
            Self::Any => "any",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|test| test.word() == word)
    }

    fn answer(self, fix: &Fix) -> Answer {
        match (self, fix) {
            (Self::None, fix) => (*fix == Fix::NoneYet).into(),
            (_, Fix::NoneYet) => Answer::No,
            (Self::Any, _) => Answer::Yes,
            (Self::AtMost(most), Fix::Upgrade { distance, .. }) => match distance {
                Some(distance) => (*distance <= most).into(),
                None if most == Distance::Major => Answer::Yes,
                None => Answer::Unknown,
            },
            (Self::AtMost(_), Fix::UpgradeExists | Fix::Advice(_)) => Answer::Unknown,
        }
    }
}

/// Whether one of the words holds. Not every scanner says whether there is a fix.
pub fn answer(tests: &[FixTest], subject: &Subject<'_>) -> Answer {
    let observation = &subject.finding.observation;
    if observation.package.is_none() || observation.kind == Kind::License {
        return subject.without();
    }
    match &observation.fix {
        None => Answer::Unknown,
        Some(fix) => Answer::any(tests.iter().map(|test| test.answer(fix))),
    }
}
