//! Which gate decides about a finding.

use super::condition::{Answer, Polarity, Subject};
use super::{Action, Gate};

impl Action {
    /// What the action does with a finding, as conditions ask for it.
    pub fn polarity(self) -> Polarity {
        match self {
            Self::Block | Self::Warn => Polarity::Stops,
            Self::Allow => Polarity::Passes,
        }
    }
}

impl Gate {
    /// Whether it matches a finding.
    pub fn answer(&self, subject: &Subject<'_>) -> Answer {
        self.when.answer(&subject.seen_by(self.action.polarity()))
    }
}

/// The position of the gate that decides: the first that matches. `candidates` are the positions of
/// those that can match at all, ascending.
///
/// Where it cannot be told whether a gate matches, the stricter of what it would do and of what the
/// gates after it do counts: one that blocks decides, one that allows does not, and one that warns
/// does unless a later one blocks.
pub fn choose(
    gates: &[Gate],
    candidates: impl Iterator<Item = usize>,
    subject: &Subject<'_>,
) -> Option<usize> {
    let mut perhaps = None;
    for at in candidates {
        let Some(gate) = gates.get(at) else { continue };
        match (gate.answer(subject), gate.action) {
            (Answer::No, _) | (Answer::Unknown, Action::Allow) => {}
            (_, Action::Block) => return Some(at),
            (Answer::Unknown, Action::Warn) => perhaps = perhaps.or(Some(at)),
            (Answer::Yes, Action::Warn | Action::Allow) => return perhaps.or(Some(at)),
        }
    }
    perhaps
}
