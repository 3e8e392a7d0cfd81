//! Findings → dispositions.

use super::choose::choose;
use super::condition::Subject;
use super::index::Index;
use super::tally::Tally;
use super::term::Term;
use super::{Action, Gate, Policy};
use crate::model::{Context, Decided, Disposition, Finding, GateName, Standing, WaiverUse};
use jiff::civil::Date;
use rayon::prelude::*;

/// Findings that one thread judges at a stretch.
const STRETCH: usize = 1024;

/// A policy at a moment, ready to judge many findings.
pub struct Judge<'p> {
    policy: &'p Policy,
    context: &'p Context,
    today: Date,
    gates: Index,
    waivers: Index,
}

impl<'p> Judge<'p> {
    /// Makes ready.
    pub fn new(policy: &'p Policy, context: &'p Context) -> Self {
        Self {
            policy,
            context,
            today: context.today(),
            gates: Index::new(policy.gates.iter().map(|gate| &gate.when)),
            waivers: Index::new(policy.waivers.iter().map(|waiver| &waiver.when)),
        }
    }

    /// Decides about all findings, on all processors; `prepare` completes each of them before. The
    /// order is kept.
    pub fn all(
        &self,
        findings: Vec<Finding>,
        prepare: impl Fn(Finding) -> Finding + Sync,
    ) -> (Vec<Decided>, Tally) {
        let start = || (Vec::new(), Tally::new(self.policy.waivers.len()));
        findings
            .into_par_iter()
            .with_min_len(STRETCH)
            .fold(start, |(mut decided, mut tally), finding| {
                decided.push(self.one(prepare(finding), &mut tally));
                (decided, tally)
            })
            .reduce(start, |(mut decided, tally), (more, other)| {
                decided.extend(more);
                (decided, tally.and(other))
            })
    }

    /// Decides about one finding, and counts the waivers that fit it.
    pub fn one(&self, finding: Finding, tally: &mut Tally) -> Decided {
        let effective = finding.observation.severity.unwrap_or(self.policy.unrated);
        let subject = Subject::passing(&finding, effective, self.context);
        let disposition = self.decide(&subject, tally);
        Decided {
            finding,
            effective,
            disposition,
        }
    }

    fn decide(&self, subject: &Subject<'_>, tally: &mut Tally) -> Disposition {
        let (policy, finding) = (self.policy, subject.finding);
        match &finding.observation.standing {
            Standing::NotAProblem(why) => return Disposition::Informational(why),
            Standing::Suppressed(why) if policy.scanner(&finding.scanner).honour_suppressions => {
                return Disposition::Suppressed(why.clone());
            }
            Standing::Suppressed(_) | Standing::Open => {}
        }
        let fitting = self.fitting(subject);
        for index in &fitting {
            if let Some(seen) = tally.at(*index) {
                seen.saw(&finding.observation.rule);
            }
        }
        let Some(gate) = self.gate(subject) else {
            return Disposition::Unmatched;
        };
        let name = name(gate);
        if gate.action == Action::Allow {
            return Disposition::Allowed(name);
        }
        match (self.waived(&fitting, tally), gate.action) {
            (Some(waiver), _) => Disposition::Waived(name, waiver),
            (None, Action::Block) => Disposition::Blocked(name),
            (None, Action::Warn | Action::Allow) => Disposition::Warned(name),
        }
    }

    /// The gate that decides.
    fn gate(&self, subject: &Subject<'_>) -> Option<&'p Gate> {
        let candidates = self.gates.candidates(subject.finding, subject.effective);
        let gates = &self.policy.gates;
        gates.get(choose(gates, candidates, subject)?)
    }

    /// The positions of all waivers that fit, valid or not.
    fn fitting(&self, subject: &Subject<'_>) -> Vec<usize> {
        let candidates = self.waivers.candidates(subject.finding, subject.effective);
        let fits = |index: &usize| {
            let waiver = self.policy.waivers.get(*index);
            waiver.is_some_and(|waiver| waiver.when.holds(subject))
        };
        candidates.filter(fits).collect()
    }

    /// The first valid one of these waivers, which is the one that is applied.
    fn waived(&self, fitting: &[usize], tally: &mut Tally) -> Option<WaiverUse> {
        let mut applied = None;
        for index in fitting {
            let waiver = self.policy.waivers.get(*index)?;
            let Some(seen) = tally.at(*index) else {
                continue;
            };
            seen.needed += 1;
            if Term::of(waiver, &self.policy.waiver_rules, self.today) != Term::Valid {
                continue;
            }
            match applied {
                None => {
                    seen.applied += 1;
                    applied = Some((*index, waiver));
                }
                Some((first, _)) => {
                    seen.instead = Some(seen.instead.map_or(first, |other| other.min(first)));
                }
            }
        }
        applied.map(|(index, waiver)| WaiverUse {
            index,
            reason: waiver.reason.clone(),
            owner: waiver.owner.clone(),
            expires: waiver.expires,
        })
    }
}

fn name(gate: &Gate) -> GateName {
    GateName {
        name: gate.name.clone(),
        source: gate.source.clone(),
    }
}
