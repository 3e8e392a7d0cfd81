//! The condition `fix`: how far a package's fix is.

use crate::model::{Distance, Finding, Fix};

/// A word of the condition `fix`. It speaks of packages; other findings never match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FixTest {
    /// No fixed version is known.
    None,
    /// A fixed version is at most this far. An unknown distance is at most major, and no less.
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

    /// Whether it holds for a finding.
    pub fn holds(self, finding: &Finding) -> bool {
        let observation = &finding.observation;
        if observation.package.is_none() {
            return false;
        }
        match (self, &observation.fix) {
            (Self::None, None | Some(Fix::NoneYet)) => true,
            (Self::AtMost(most), Some(Fix::Upgrade { distance, .. })) => {
                distance.unwrap_or(Distance::Major) <= most
            }
            (Self::Any, fix) => !matches!(fix, None | Some(Fix::NoneYet)),
            _ => false,
        }
    }
}
