//! What could not be looked at.

use crate::model::{Problem, Untrusted};
use std::collections::{BTreeMap, BTreeSet};

/// Ids or names that are shown of each kind of gap.
const MOST_SHOWN: usize = 20;

/// Kinds of gaps, each with a stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// The checkout does not hold it: a partial clone.
    Missing,
    /// It is there, and cannot be read.
    Damaged,
    /// It is larger than what is searched.
    TooLarge,
    /// The checkout does not reach so far back.
    Shallow,
    /// There is more in it than is listed or decoded.
    Cut,
    /// There is more to be followed up than anybody would want to read.
    TooMany,
}

impl Gap {
    const ALL: [Self; 6] = [
        Self::Missing,
        Self::Damaged,
        Self::TooLarge,
        Self::Shallow,
        Self::Cut,
        Self::TooMany,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing-objects",
            Self::Damaged => "damaged-objects",
            Self::TooLarge => "too-large",
            Self::Shallow => "shallow-history",
            Self::Cut => "not-all-looked-at",
            Self::TooMany => "too-many-hits",
        }
    }

    fn text(self, count: u64) -> String {
        match (self, count) {
            (Self::Missing, 1) => "1 object is not in this checkout (a partial clone?)".to_owned(),
            (Self::Missing, n) => format!("{n} objects are not in this checkout (a partial clone?)"),
            (Self::Damaged, 1) => "1 object of the repository cannot be read".to_owned(),
            (Self::Damaged, n) => format!("{n} objects of the repository cannot be read"),
            (Self::TooLarge, 1) => "1 file of the history is too large to be searched".to_owned(),
            (Self::TooLarge, n) => format!("{n} files of the history are too large to be searched"),
            (Self::Shallow, 1) => {
                "the checkout ends at 1 commit whose parents it does not hold (fetch-depth: 0 fetches all)"
                    .to_owned()
            }
            (Self::Shallow, n) => format!(
                "the checkout ends at {n} commits whose parents it does not hold (fetch-depth: 0 fetches all)"
            ),
            (Self::Cut, 1) => "1 file of the history holds more than is looked at".to_owned(),
            (Self::Cut, n) => format!("{n} files of the history hold more than is looked at"),
            (Self::TooMany, n) => format!("{n} hits were too many to be followed up"),
        }
    }
}

/// Gaps with what they are about.
#[derive(Default)]
pub(super) struct Gaps {
    known: BTreeMap<Gap, (u64, BTreeSet<String>)>,
}

impl Gaps {
    /// Adds an object, or a file.
    pub(super) fn add(&mut self, gap: Gap, about: impl Into<String>) {
        let (count, shown) = self.known.entry(gap).or_default();
        *count += 1;
        shown.insert(about.into());
        if shown.len() > MOST_SHOWN {
            shown.pop_last();
        }
    }

    /// Adds what an earlier search could not look at either.
    pub(super) fn add_earlier(&mut self, earlier: &BTreeMap<String, u64>) {
        for gap in Gap::ALL {
            if let Some(count) = earlier.get(gap.code()) {
                self.known.entry(gap).or_default().0 += count;
            }
        }
    }

    /// By code: how many.
    pub(super) fn counts(&self) -> BTreeMap<String, u64> {
        let counts = self.known.iter();
        counts
            .map(|(gap, (count, _))| (gap.code().to_owned(), *count))
            .collect()
    }

    /// As problems of a run.
    pub(super) fn problems(self) -> Vec<Problem> {
        let problem = |(gap, (count, shown)): (Gap, (u64, BTreeSet<String>))| {
            let shown = shown.into_iter().map(Untrusted::from);
            Problem::new(gap.code(), gap.text(count)).items(shown)
        };
        self.known.into_iter().map(problem).collect()
    }
}
