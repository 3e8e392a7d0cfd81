//! Yes, no, or nobody knows: what a condition says of a finding.

use crate::model::{Context, Finding, Severity};

/// What a condition says of a finding. In their order, so that all of several conditions hold as
/// surely as the least of them, and any of them as surely as the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// It surely does not hold.
    No,
    /// It may hold: what it asks for is not known, or the witnesses differ.
    Unknown,
    /// It surely holds.
    Yes,
}

impl From<bool> for Answer {
    fn from(holds: bool) -> Self {
        match holds {
            true => Self::Yes,
            false => Self::No,
        }
    }
}

impl std::ops::Not for Answer {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::Unknown => Self::Unknown,
            Self::No => Self::Yes,
        }
    }
}

impl Answer {
    /// The answer over several witnesses: sure only where all of them agree.
    pub fn agreed(answers: impl Iterator<Item = Self>) -> Self {
        let mut answers = answers;
        let Some(first) = answers.next() else {
            return Self::Unknown;
        };
        match answers.all(|answer| answer == first) {
            true => first,
            false => Self::Unknown,
        }
    }

    /// All of these; yes when there are none.
    pub fn all(answers: impl Iterator<Item = Self>) -> Self {
        let mut least = Self::Yes;
        for answer in answers {
            if answer == Self::No {
                return Self::No;
            }
            least = least.min(answer);
        }
        least
    }

    /// Any of these; no when there are none.
    pub fn any(answers: impl Iterator<Item = Self>) -> Self {
        let mut most = Self::No;
        for answer in answers {
            if answer == Self::Yes {
                return Self::Yes;
            }
            most = most.max(answer);
        }
        most
    }
}

/// What follows when the condition holds. Not knowing must never let a finding pass, so that what
/// is not known counts for what stops it and against what lets it pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Polarity {
    /// The finding is blocked or warned of.
    Stops,
    /// The finding is allowed or waived.
    Passes,
}

/// What a condition is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The finding.
    pub finding: &'a Finding,
    /// The severity that it counts as.
    pub effective: Severity,
    /// The check: its moment, for ages, and its event.
    pub context: &'a Context,
    /// What follows.
    pub polarity: Polarity,
}

impl<'a> Subject<'a> {
    /// A finding, seen by what lets it pass.
    pub fn passing(finding: &'a Finding, effective: Severity, context: &'a Context) -> Self {
        Self {
            finding,
            effective,
            context,
            polarity: Polarity::Passes,
        }
    }

    /// The same, seen by something else.
    #[must_use]
    pub fn seen_by(self, polarity: Polarity) -> Self {
        Self { polarity, ..self }
    }

    /// The answer where a finding has nothing of what is asked for: the scope of a finding in code,
    /// the CWE number of one that nobody gave any. What stops does not reach that far; what lets
    /// pass has no ground to stand on, whether the condition or its opposite is asked for.
    pub fn without(&self) -> Answer {
        match self.polarity {
            Polarity::Stops => Answer::No,
            Polarity::Passes => Answer::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Answer::{No, Unknown, Yes};

    #[test]
    fn what_is_not_known_stays_so() {
        assert_eq!([!Yes, !Unknown, !No], [No, Unknown, Yes]);
        let all = |list: &[Answer]| Answer::all(list.iter().copied());
        let any = |list: &[Answer]| Answer::any(list.iter().copied());
        let agreed = |list: &[Answer]| Answer::agreed(list.iter().copied());
        assert_eq!([all(&[]), all(&[Yes, Unknown])], [Yes, Unknown]);
        assert_eq!([all(&[Unknown, No]), any(&[])], [No, No]);
        assert_eq!([any(&[No, Unknown]), any(&[Unknown, Yes])], [Unknown, Yes]);
        assert_eq!([agreed(&[Yes, Yes]), agreed(&[Yes, No])], [Yes, Unknown]);
        assert_eq!([agreed(&[No]), agreed(&[])], [No, Unknown]);
    }
}
