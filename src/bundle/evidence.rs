//! Runs and observations as they are stored.

use super::Bad;
use super::codec::{Codec, by_word, record};
use super::words::{Code, LineHash, Sentence, Unit};
use crate::model::{
    AdvisoryId, Certainty, Confidence, Coverage, Distance, Ecosystem, Fix, Health, Kind, Located,
    Location, Observation, Package, Place, Problem, Redacted, Region, Relation, RepoPath, Reported,
    RuleId, RuleInfo, Run, ScannerId, Scope, Severity, Sighted, Silences, SourceDigests, Standing,
    Untrusted, Work,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

by_word! {
    Kind { Code, Dependency, Secret, Config, License }
    Severity { Info, Low, Medium, High, Critical }
    Confidence { Low, Medium, High }
    Certainty { Exact, File, Assumed }
    Scope { Production, Development }
    Relation { Direct, Transitive }
    Distance { Patch, Minor, Major }
}

record! {
    Problem as ProblemForm {
        code: Code,
        text: Sentence,
        detail: Option<Untrusted>,
        items: Vec<Untrusted>,
        files: bool,
    }
    Coverage as CoverageForm {
        written: Option<Timestamp>,
        data: Option<Timestamp>,
        modified: Option<Timestamp>,
        inputs: Vec<Untrusted>,
        exit: Option<i32>,
        folder: Option<RepoPath>,
    }
    RuleInfo as RuleInfoForm {
        title: Untrusted,
        description: Option<Untrusted>,
        help_url: Option<Untrusted>,
        cwe: Vec<u32>,
        severity: Option<Severity>,
        confidence: Option<Confidence>,
    }
    Run as RunForm {
        scanner: ScannerId,
        tool: Untrusted,
        home: Home,
        version: Option<Untrusted>,
        report: Option<Untrusted>,
        ordinal: usize,
        format: Option<Code>,
        health: Health,
        coverage: Coverage,
        notes: Vec<Problem>,
        findings: usize,
        rules: BTreeMap<RuleId, RuleInfo>,
    }
    Reported as ReportedForm {
        severity: Option<Untrusted>,
        score: Option<Score>,
        source: Option<Untrusted>,
        confidence: Option<Confidence>,
    }
    Place as PlaceForm {
        path: Option<Untrusted>,
        region: Option<Region>,
        target: Option<Untrusted>,
        lock_keys: Vec<Untrusted>,
        lockfiles: Done,
    }
    Package as PackageForm {
        ecosystem: Ecosystem,
        name: Untrusted,
        version: Option<Untrusted>,
        fixed: Vec<Untrusted>,
        scope: Option<Scope>,
        relation: Option<Relation>,
        elsewhere: bool,
        paths: Vec<Vec<Untrusted>>,
        more_paths: bool,
    }
    Redacted as RedactedForm {
        kind: Untrusted,
        length: usize,
    }
    Silences as SilencesForm {
        scanners: Vec<ScannerId>,
        names: Vec<Untrusted>,
        undone: bool,
    }
    Sighted as SightedForm {
        mark: Untrusted,
        further: Vec<Location>,
        more: usize,
        in_base: Option<bool>,
    }
    Observation as ObservationForm {
        rule: RuleId,
        kind: Kind,
        severity: Option<Severity>,
        reported: Reported,
        title: Untrusted,
        message: Untrusted,
        place: Place,
        package: Option<Package>,
        advisories: BTreeSet<AdvisoryId>,
        cwe: BTreeSet<u32>,
        epss: Option<Probability>,
        kev: Option<bool>,
        family: Option<Code>,
        fix: Option<Fix>,
        evidence: Option<Redacted>,
        sighted: Option<Box<Sighted>>,
        standing: Standing,
        quoted_line: Option<Untrusted>,
        line_hash: Option<LineHash>,
    }
    Location as LocationForm {
        path: RepoPath,
        region: Option<Region>,
        certainty: Certainty,
        target: Option<Untrusted>,
    }
    Located as LocatedForm {
        observation: Box<Observation>,
        location: Location,
        line_hash: Option<LineHash>,
        line_text: Option<Untrusted>,
        digests: SourceDigests,
    }
    SourceDigests as SourceDigestsForm {
        text: Option<u64>,
        around: [Option<u16>; 2],
    }
}

/// A tool's home page follows from its name: it is asked for again, not believed.
pub struct Home;

impl Codec for Home {
    type Model = Option<&'static str>;
    type Form = Option<()>;

    fn store(_: &Self::Model) -> Option<()> {
        None
    }

    fn restore(_: Option<()>) -> Result<Self::Model, Bad> {
        Ok(None)
    }

    fn is_absent(_: &Option<()>) -> bool {
        true
    }
}

/// The lockfiles to look for a package in have served when the place was found.
pub struct Done;

impl Codec for Done {
    type Model = &'static [&'static str];
    type Form = Option<()>;

    fn store(_: &Self::Model) -> Option<()> {
        None
    }

    fn restore(_: Option<()>) -> Result<Self::Model, Bad> {
        Ok(&[])
    }

    fn is_absent(_: &Option<()>) -> bool {
        true
    }
}

/// Numbers that are refused outside their range.
macro_rules! within {
    ($($(#[$doc:meta])* $name:ident $range:expr;)*) => {$(
        $(#[$doc])*
        pub struct $name;

        impl Codec for $name {
            type Model = f64;
            type Form = f64;

            fn store(model: &f64) -> f64 {
                *model
            }

            fn restore(form: f64) -> Result<f64, Bad> {
                match $range.contains(&form) {
                    true => Ok(form),
                    false => Err(Bad::new(concat!("a number is not in ", stringify!($range)))),
                }
            }
        }
    )*};
}
within! {
    /// A CVSS base score.
    Score 0.0..=10.0;
    /// An EPSS probability.
    Probability 0.0..=1.0;
}

/// [`Region`] as it is stored.
#[derive(Serialize, Deserialize)]
pub struct RegionForm(u32, Option<u32>, Option<u32>, Option<u32>);

impl Codec for Region {
    type Model = Self;
    type Form = RegionForm;

    fn store(model: &Self) -> RegionForm {
        let Self {
            line,
            column,
            end_line,
            end_column,
        } = *model;
        RegionForm(line, column, end_line, end_column)
    }

    fn restore(form: RegionForm) -> Result<Self, Bad> {
        let RegionForm(line, column, end_line, end_column) = form;
        let last = end_line.unwrap_or(line);
        let back = last == line && end_column.is_some_and(|end| Some(end) < column);
        if line == 0 || last < line || back || column == Some(0) || end_column == Some(0) {
            return Err(Bad::new(
                "a place begins before line 1, or ends before it begins",
            ));
        }
        Ok(Self {
            line,
            column,
            end_line,
            end_column,
        })
    }
}

/// [`Work`] as it is stored.
#[derive(Serialize, Deserialize)]
pub struct WorkForm(u64, String);

impl Codec for Work {
    type Model = Self;
    type Form = WorkForm;

    fn store(model: &Self) -> WorkForm {
        WorkForm(model.inputs(), Unit::store(&model.unit()))
    }

    fn restore(WorkForm(inputs, unit): WorkForm) -> Result<Self, Bad> {
        let work = Self::new(inputs, Unit::restore(unit)?);
        work.ok_or_else(|| Bad::new("a run looked at nothing and is called complete or partial"))
    }
}

/// [`Health`] as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthForm {
    /// See [`Health::Complete`].
    Complete(WorkForm),
    /// See [`Health::Partial`].
    Partial(WorkForm, Vec<ProblemForm>),
    /// See [`Health::Failed`].
    Failed(ProblemForm),
    /// See [`Health::Skipped`].
    Skipped(ProblemForm),
}

impl Codec for Health {
    type Model = Self;
    type Form = HealthForm;

    fn store(model: &Self) -> HealthForm {
        match model {
            Self::Complete(work) => HealthForm::Complete(Work::store(work)),
            Self::Partial(work, problems) => {
                HealthForm::Partial(Work::store(work), Vec::<Problem>::store(problems))
            }
            Self::Failed(problem) => HealthForm::Failed(Problem::store(problem)),
            Self::Skipped(problem) => HealthForm::Skipped(Problem::store(problem)),
        }
    }

    fn restore(form: HealthForm) -> Result<Self, Bad> {
        Ok(match form {
            HealthForm::Complete(work) => Self::Complete(Work::restore(work)?),
            HealthForm::Partial(_, problems) if problems.is_empty() => {
                return Err(Bad::new("a run is partial, and nothing says why"));
            }
            HealthForm::Partial(work, problems) => {
                Self::Partial(Work::restore(work)?, Vec::<Problem>::restore(problems)?)
            }
            HealthForm::Failed(problem) => Self::Failed(Problem::restore(problem)?),
            HealthForm::Skipped(problem) => Self::Skipped(Problem::restore(problem)?),
        })
    }
}

/// [`Standing`] as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandingForm {
    /// See [`Standing::Open`].
    Open,
    /// See [`Standing::Suppressed`].
    Suppressed(Option<String>),
    /// See [`Standing::SuppressedByChange`].
    SuppressedByChange(Option<String>),
    /// See [`Standing::Settled`].
    Settled(String),
    /// See [`Standing::Silences`].
    Silences(SilencesForm),
    /// See [`Standing::NotAProblem`].
    NotAProblem(String),
}

impl Codec for Standing {
    type Model = Self;
    type Form = StandingForm;

    fn store(model: &Self) -> StandingForm {
        match model {
            Self::Open => StandingForm::Open,
            Self::Suppressed(why) => StandingForm::Suppressed(Option::<Untrusted>::store(why)),
            Self::SuppressedByChange(why) => {
                StandingForm::SuppressedByChange(Option::<Untrusted>::store(why))
            }
            Self::Settled(why) => StandingForm::Settled(Code::store(why)),
            Self::Silences(silences) => StandingForm::Silences(Silences::store(silences)),
            Self::NotAProblem(why) => StandingForm::NotAProblem(Code::store(why)),
        }
    }

    fn restore(form: StandingForm) -> Result<Self, Bad> {
        Ok(match form {
            StandingForm::Open => Self::Open,
            StandingForm::Suppressed(why) => Self::Suppressed(why.map(Untrusted::from)),
            StandingForm::SuppressedByChange(why) => {
                Self::SuppressedByChange(why.map(Untrusted::from))
            }
            StandingForm::Settled(why) => Self::Settled(Code::restore(why)?),
            StandingForm::Silences(form) => Self::Silences(Box::new(Silences::restore(form)?)),
            StandingForm::NotAProblem(why) => Self::NotAProblem(Code::restore(why)?),
        })
    }
}

/// [`Fix`] as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum FixForm {
    /// See [`Fix::Upgrade`].
    Upgrade {
        /// What to move.
        package: String,
        /// Where to.
        version: String,
        /// How far.
        #[serde(skip_serializing_if = "Option::is_none")]
        distance: Option<String>,
    },
    /// See [`Fix::UpgradeExists`].
    UpgradeExists,
    /// See [`Fix::NoneYet`].
    NoneYet,
    /// See [`Fix::Advice`].
    Advice(String),
}

impl Codec for Fix {
    type Model = Self;
    type Form = FixForm;

    fn store(model: &Self) -> FixForm {
        match model {
            Self::Upgrade {
                package,
                version,
                distance,
            } => FixForm::Upgrade {
                package: Untrusted::store(package),
                version: Untrusted::store(version),
                distance: Option::<Distance>::store(distance),
            },
            Self::UpgradeExists => FixForm::UpgradeExists,
            Self::NoneYet => FixForm::NoneYet,
            Self::Advice(advice) => FixForm::Advice(Untrusted::store(advice)),
        }
    }

    fn restore(form: FixForm) -> Result<Self, Bad> {
        Ok(match form {
            FixForm::Upgrade {
                package,
                version,
                distance,
            } => Self::Upgrade {
                package: package.into(),
                version: version.into(),
                distance: Option::<Distance>::restore(distance)?,
            },
            FixForm::UpgradeExists => Self::UpgradeExists,
            FixForm::NoneYet => Self::NoneYet,
            FixForm::Advice(advice) => Self::Advice(advice.into()),
        })
    }
}
