//! The statements of all files → waivers: what is over is left out, what is said twice is said once,
//! what is missing is filled in.

use super::statement::{Fate, Found, Left, Subject};
use crate::escape;
use crate::model::Untrusted;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Longest reason that is taken over, in characters.
const MAX_REASON: usize = 1000;

/// What the user gives for whatever the files leave open.
#[derive(Debug, Clone, Default)]
pub struct Fill {
    /// Who answers for it.
    pub owner: Option<Untrusted>,
    /// Why it is acceptable.
    pub reason: Option<Untrusted>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file, as the user named it.
    pub file: Untrusted,
    /// The line, 1-based.
    pub line: u32,
}

/// A waiver, perhaps with gaps that a person must fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// What it accepts.
    pub subject: Subject,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub owner: Option<Untrusted>,
    /// The last day on which it holds.
    pub expires: Option<Date>,
    /// Which finding is meant, as one line that is shown as it is.
    pub about: Option<String>,
    /// Where another tool's file says it.
    pub origins: Vec<Origin>,
    /// In what it accepts more than the files did.
    pub wider: BTreeSet<&'static str>,
}

impl Waiver {
    /// Number of fields that a person must fill.
    pub fn gaps(&self) -> usize {
        let gaps = [
            self.reason.is_none(),
            self.owner.is_none(),
            self.expires.is_none(),
        ];
        gaps.into_iter().filter(|gap| *gap).count()
    }
}

/// Something that did not become a waiver, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub origin: Origin,
    /// What became of it.
    pub left: Left,
}

/// The outcome of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// In the order of the files and their lines.
    pub waivers: Vec<Waiver>,
    /// What did not become a waiver, likewise.
    pub remarks: Vec<Remark>,
}

impl Import {
    /// Number of fields that a person must fill.
    pub fn gaps(&self) -> usize {
        self.waivers.iter().map(Waiver::gaps).sum()
    }

    /// Leaves out the waivers that a policy file has already, whatever their reason, owner and
    /// expiry are there; returns how many these are.
    pub fn without(&mut self, policy: &str) -> usize {
        let existing = super::existing::subjects(policy);
        let before = self.waivers.len();
        self.waivers
            .retain(|waiver| !existing.contains(&waiver.subject));
        before - self.waivers.len()
    }
}

/// Puts the files together. `files` are their names with what was found in them; what expired before
/// `today` is left out.
pub fn gather(files: Vec<(Untrusted, Found)>, fill: &Fill, today: Date) -> Import {
    let mut import = Import::default();
    let mut reasons: Vec<BTreeSet<String>> = Vec::new();
    let mut known: BTreeMap<Subject, usize> = BTreeMap::new();
    for (file, mut found) in files {
        found.statements.sort_by_key(|statement| statement.line);
        let origin = |line| Origin {
            file: file.clone(),
            line,
        };
        let mut remarks = found.left;
        for statement in found.statements {
            if let Some(expired) = statement.expires.filter(|day| *day < today) {
                remarks.push(Left {
                    fate: Fate::Expired,
                    what: name(&statement.subject),
                    why: format!("it ended on {expired}"),
                    line: statement.line,
                });
                continue;
            }
            let index = *known
                .entry(statement.subject)
                .or_insert_with_key(|subject| {
                    import.waivers.push(new(subject));
                    reasons.push(BTreeSet::new());
                    reasons.len() - 1
                });
            let (Some(waiver), Some(reasons)) =
                (import.waivers.get_mut(index), reasons.get_mut(index))
            else {
                continue;
            };
            waiver.origins.push(origin(statement.line));
            waiver.wider.extend(statement.wider);
            // Of two days the earlier one: each was meant to be the end.
            waiver.expires = [waiver.expires, statement.expires]
                .into_iter()
                .flatten()
                .min();
            let reason = statement.reason.iter();
            reasons.extend(reason.map(|r| escape::terminal_up_to(r, MAX_REASON)));
        }
        remarks.sort_by_key(|left| left.line);
        import
            .remarks
            .extend(remarks.into_iter().map(|left| Remark {
                origin: origin(left.line),
                left,
            }));
    }
    for (waiver, reasons) in import.waivers.iter_mut().zip(reasons) {
        let said: Vec<String> = reasons.into_iter().filter(|r| !r.is_empty()).collect();
        let said = Some(said.join("; ")).filter(|reason| !reason.is_empty());
        let given = fill.reason.as_ref();
        let reason = said.map(Untrusted::from).or_else(|| given.cloned());
        waiver.reason = reason.map(|r| escape::terminal_up_to(&r, MAX_REASON));
        waiver.owner.clone_from(&fill.owner);
        waiver.expires = waiver.expires.or(fill.expires);
    }
    import
}

fn new(subject: &Subject) -> Waiver {
    Waiver {
        subject: subject.clone(),
        reason: None,
        owner: None,
        expires: None,
        about: None,
        origins: Vec::new(),
        wider: BTreeSet::new(),
    }
}

/// A subject's first word, for lists.
fn name(subject: &Subject) -> Untrusted {
    let advisory = subject.advisories.first().map(|id| id.as_str().into());
    advisory
        .or_else(|| subject.rules.first().cloned())
        .unwrap_or_default()
}
