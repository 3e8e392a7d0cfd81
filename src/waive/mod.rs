//! A finding → the waiver that accepts it. Pure: what is known of the findings and the policy in,
//! waivers or the reason for refusing out.

mod known;
mod report;

pub use known::{Known, pick};
pub use report::read;

use crate::escape;
use crate::import::{Subject, Waiver};
use crate::model::{AdvisoryId, Context, Finding, Foreign as _, Package, Problem, Untrusted};
use crate::policy::{Policy, Term};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// Longest reason and owner, in characters.
pub const MAX_TEXT: usize = 1000;

/// Longest title in a comment, in characters.
const MAX_TITLE: usize = 120;

/// What a waiver names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// This finding alone.
    Fingerprint,
    /// The advisory, for this package, wherever it is installed.
    Advisory,
    /// The rule, in this file.
    Rule,
}

/// What the user says of the waivers.
#[derive(Debug, Clone)]
pub struct Terms {
    /// What they name; `None` for what suits the finding.
    pub by: Option<By>,
    /// Why.
    pub reason: Untrusted,
    /// Who answers for them.
    pub owner: Untrusted,
    /// The last day on which they hold.
    pub expires: Date,
}

/// The waiver for a finding.
///
/// # Errors
/// When the finding has nothing of the kind to be named by.
pub fn waiver(finding: &Finding, terms: &Terms) -> Result<Waiver, Problem> {
    let observation = &finding.observation;
    let suits = match (&observation.package, observation.advisories.is_empty()) {
        (Some(_), false) => By::Advisory,
        _ => By::Fingerprint,
    };
    let subject = match terms.by.unwrap_or(suits) {
        By::Fingerprint => Subject {
            fingerprints: BTreeSet::from([finding.fingerprint.clone()]),
            ..Subject::default()
        },
        By::Advisory => Subject {
            advisories: advisories(finding)?,
            packages: observation.package.iter().map(package).collect(),
            ..Subject::default()
        },
        By::Rule => rule(finding)?,
    };
    Ok(Waiver {
        subject,
        reason: Some(terms.reason.raw().to_owned()),
        owner: Some(terms.owner.clone()),
        expires: Some(terms.expires),
        about: Some(about(finding)),
        origins: Vec::new(),
        wider: BTreeSet::new(),
    })
}

/// The best known name, and those under which its witnesses report it: the waiver must also fit when
/// only one of them runs.
fn advisories(finding: &Finding) -> Result<BTreeSet<AdvisoryId>, Problem> {
    let known = &finding.observation.advisories;
    let best = known.first().cloned().ok_or_else(|| {
        let text = "it has no advisory; name it by its fingerprint, or by its rule";
        Problem::new("no-advisory", text)
    })?;
    let told = finding.witnesses.iter();
    let told = told.filter_map(|witness| AdvisoryId::new(witness.rule.raw()));
    Ok(told.filter(|id| known.contains(id)).chain([best]).collect())
}

fn package(package: &Package) -> Untrusted {
    crate::import::literal(&package.normal_name())
}

fn rule(finding: &Finding) -> Result<Subject, Problem> {
    if finding.observation.holds_secret() {
        let text = "by rule and file it would also accept every later secret in that file; name it by \
                    its fingerprint";
        return Err(Problem::new("secret-by-rule", text));
    }
    let rules = finding.witnesses.iter().map(|witness| witness.rule.raw());
    Ok(Subject {
        rules: rules.map(crate::import::literal).collect(),
        paths: BTreeSet::from([crate::import::literal(finding.location.path.raw())]),
        ..Subject::default()
    })
}

/// One line that says which finding is meant.
fn about(finding: &Finding) -> String {
    let title = escape::terminal_up_to(&finding.observation.title, MAX_TITLE);
    let path = escape::terminal(&finding.location.path);
    let line = finding.location.region.map(|region| region.line);
    let line = line.map(|line| format!(":{line}")).unwrap_or_default();
    let name = match finding.observation.advisories.first() {
        Some(id) => id.to_string(),
        None => escape::terminal(&finding.observation.rule),
    };
    let package = finding.observation.package.as_ref();
    let package = package.map(|package| format!(" in {}", escape::terminal(&package.name)));
    let title = match title == name {
        true => String::new(),
        false => format!(": {title}"),
    };
    format!(
        "{name}{}{title} ({path}{line})",
        package.unwrap_or_default()
    )
}

/// Why a finding needs no waiver, or cannot have another one.
pub fn refuse(known: &Known, policy: &Policy, context: &Context) -> Option<Problem> {
    let today = context.today();
    let waivers = policy.waivers.iter();
    let mut fitting: Vec<_> = waivers
        .filter(|waiver| policy.fits(waiver, &known.finding, context))
        .map(|waiver| (Term::of(waiver, &policy.waiver_rules, today), waiver))
        .collect();
    fitting.sort_by_key(|(term, _)| *term != Term::Valid);
    if let Some((term, waiver)) = fitting.first() {
        let (line, day) = (waiver.line, waiver.expires);
        let text = match term {
            Term::Valid => format!("the waiver in line {line} accepts it until {day}"),
            Term::Expired => {
                format!(
                    "a waiver for it stands in line {line} and expired on {day}; renew that one"
                )
            }
            Term::TooLong => format!(
                "a waiver for it stands in line {line}, but {day} is later than the policy allows; \
                 shorten that one"
            ),
        };
        let problem = Problem::new("waiver-there", text);
        return Some(problem.detail(waiver.source.clone()));
    }
    known.passes.map(|why| {
        let text = format!("nothing stops this finding, so it needs no waiver: {why}");
        Problem::new("passes", text)
    })
}
