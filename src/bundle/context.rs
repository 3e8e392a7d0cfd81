//! The circumstances of a verdict as they are stored.

use super::Bad;
use super::codec::{Codec, by_word, record};
use super::words::{Compared, Hex, Sentence};
use crate::model::{
    AdvisoryId, Alert, Authority, Base, BasePackages, Baseline, BaselineEntry, Change, Context,
    Direction, Ecosystem, Event, Kind, Lines, PolicyChange, PolicyError, PolicyOrigin, RepoPath,
    Revision, RuleId, ScannerId, Scope, Severity, Untrusted,
};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

by_word! {
    Event { PullRequest, MergeGroup, Push, Schedule, Manual, Local }
    Direction { Weaker, Mixed, Stricter }
}

record! {
    Context as ContextForm {
        prefix: Option<RepoPath>,
        now: Timestamp,
        event: Event,
        base: Base,
        baseline: Option<Baseline>,
        state: Option<Baseline>,
        alerts: Vec<Alert>,
        alerts_unread: Flag,
        policy_changes: Vec<PolicyChange>,
        authority: Authority,
    }
    Authority as AuthorityForm {
        origin: PolicyOrigin,
        errors: Vec<PolicyError>,
    }
    PolicyError as PolicyErrorForm {
        source: Untrusted,
        place: Option<(usize, usize)>,
        message: Untrusted,
    }
    Revision as RevisionForm {
        name: Untrusted,
        id: Hex,
    }
    Change as ChangeForm {
        base: Revision,
        files: BTreeSet<RepoPath>,
        renamed: BTreeMap<RepoPath, RepoPath>,
        lines: BTreeMap<RepoPath, Lines>,
        packages: BTreeMap<RepoPath, BasePackages>,
        texts: BTreeMap<RepoPath, BTreeSet<u64>>,
        brought: BTreeMap<RepoPath, BasePackages>,
    }
    BasePackages as BasePackagesForm {
        ecosystem: Ecosystem,
        list: BTreeSet<(Compared, Option<Compared>, Option<Scope>)>,
    }
    Baseline as BaselineForm {
        written: Option<Date>,
        scanners: BTreeMap<ScannerId, Date>,
        entries: Vec<BaselineEntry>,
        history: Option<Untrusted>,
        absent: BTreeSet<RepoPath>,
    }
    BaselineEntry as BaselineEntryForm {
        fingerprint: Hex,
        scanner: ScannerId,
        rule: RuleId,
        kind: Kind,
        severity: Severity,
        title: Untrusted,
        path: RepoPath,
        line: Option<u32>,
        target: Option<Untrusted>,
        text: Option<Hex>,
        around: [Option<Hex>; 2],
        package: Option<(Ecosystem, Compared, Option<Compared>)>,
        advisories: BTreeSet<AdvisoryId>,
        since: Option<Date>,
    }
    Alert as AlertForm {
        scanner: ScannerId,
        rule: RuleId,
        path: RepoPath,
        line: Option<u32>,
        since: Date,
        dismissed: bool,
    }
    PolicyChange as PolicyChangeForm {
        direction: Direction,
        text: Sentence,
        words: Vec<Untrusted>,
        source: Untrusted,
        line: Option<usize>,
    }
}

/// Something that is mostly not so, and then not written.
pub struct Flag;

impl Codec for Flag {
    type Model = bool;
    type Form = Option<bool>;

    fn store(model: &bool) -> Option<bool> {
        model.then_some(true)
    }

    fn restore(form: Option<bool>) -> Result<bool, Bad> {
        Ok(form.unwrap_or_default())
    }

    fn is_absent(form: &Option<bool>) -> bool {
        form.is_none()
    }
}

/// [`Lines`] as they are stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinesForm {
    added: Vec<(u32, u32)>,
    cut: Vec<u32>,
}

impl Codec for Lines {
    type Model = Self;
    type Form = LinesForm;

    fn store(model: &Self) -> LinesForm {
        let Self { added, cut } = model;
        LinesForm {
            added: added.clone(),
            cut: cut.clone(),
        }
    }

    /// They are searched by halves, which goes wrong silently when they are not in order.
    fn restore(LinesForm { added, cut }: LinesForm) -> Result<Self, Bad> {
        let ordered = added.is_sorted_by(|(_, end), (start, _)| end < start)
            && added.iter().all(|(start, end)| *start > 0 && start <= end)
            && cut.is_sorted_by(|a, b| a < b);
        match ordered {
            true => Ok(Self { added, cut }),
            false => Err(Bad::new("the lines of a change are not in order")),
        }
    }
}

/// [`Base`] as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BaseForm {
    /// See [`Base::Known`].
    Known(Box<ChangeForm>),
    /// See [`Base::Unreadable`].
    Unreadable {
        /// Why.
        why: String,
        /// What mends it.
        mend: String,
    },
    /// See [`Base::None`].
    None {
        /// Why.
        why: String,
    },
    /// See [`Base::Whole`].
    Whole,
}

impl Codec for Base {
    type Model = Self;
    type Form = BaseForm;

    fn store(model: &Self) -> BaseForm {
        match model {
            Self::Known(change) => BaseForm::Known(Box::<Change>::store(change)),
            Self::Unreadable { why, mend } => BaseForm::Unreadable {
                why: why.clone(),
                mend: mend.clone(),
            },
            Self::None { why } => BaseForm::None { why: why.clone() },
            Self::Whole => BaseForm::Whole,
        }
    }

    fn restore(form: BaseForm) -> Result<Self, Bad> {
        Ok(match form {
            BaseForm::Known(change) => Self::Known(Box::<Change>::restore(change)?),
            BaseForm::Unreadable { why, mend } => Self::Unreadable {
                why: Sentence::restore(why)?,
                mend: Sentence::restore(mend)?,
            },
            BaseForm::None { why } => Self::None {
                why: Sentence::restore(why)?,
            },
            BaseForm::Whole => Self::Whole,
        })
    }
}

/// [`PolicyOrigin`] as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum PolicyOriginForm {
    /// See [`PolicyOrigin::Given`].
    Given,
    /// See [`PolicyOrigin::Base`].
    Base(RevisionForm),
    /// See [`PolicyOrigin::Default`].
    Default(RevisionForm),
    /// See [`PolicyOrigin::Change`].
    Change {
        /// Why.
        why: String,
        /// What mends it.
        mend: String,
    },
}

impl Codec for PolicyOrigin {
    type Model = Self;
    type Form = PolicyOriginForm;

    fn store(model: &Self) -> PolicyOriginForm {
        match model {
            Self::Given => PolicyOriginForm::Given,
            Self::Base(commit) => PolicyOriginForm::Base(Revision::store(commit)),
            Self::Default(commit) => PolicyOriginForm::Default(Revision::store(commit)),
            Self::Change { why, mend } => PolicyOriginForm::Change {
                why: why.clone(),
                mend: mend.clone(),
            },
        }
    }

    fn restore(form: PolicyOriginForm) -> Result<Self, Bad> {
        Ok(match form {
            PolicyOriginForm::Given => Self::Given,
            PolicyOriginForm::Base(commit) => Self::Base(Revision::restore(commit)?),
            PolicyOriginForm::Default(commit) => Self::Default(Revision::restore(commit)?),
            PolicyOriginForm::Change { why, mend } => Self::Change {
                why: Sentence::restore(why)?,
                mend: Sentence::restore(mend)?,
            },
        })
    }
}
