//! Why a finding was decided as it was: every gate up to the one that decided, every waiver that
//! comes near, and what would change the outcome. It asks the same questions as
//! [`super::evaluate`], and only writes down the answers.

use super::choose::choose;
use super::condition::{Answer, Condition, Has, Subject};
use super::term::Term;
use super::{Action, Gate, Policy};
use crate::model::{Context, Finding, GateName, Severity, Standing, Untrusted};
use jiff::civil::Date;

/// How a finding was decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// Set when no gate was asked, because of the standing that the report gives the finding: a
    /// clause of ours.
    pub unasked: Option<&'static str>,
    /// The gates in the order in which they were asked, up to the one that decided or the last.
    pub gates: Vec<GateStep>,
    /// Which of them decided; `None` when none matched.
    pub decided: Option<usize>,
    /// The waiver that was applied, by its position in the policy.
    pub waived: Option<usize>,
    /// Waivers that match, also those that do not hold any more, and those that miss by one clause.
    pub waivers: Vec<WaiverStep>,
    /// What would have changed the outcome, the nearest first.
    pub ways_out: Vec<WayOut>,
}

/// One gate, asked.
#[derive(Debug, Clone, PartialEq)]
pub struct GateStep {
    /// Its name and file.
    pub gate: GateName,
    /// What it does.
    pub action: Action,
    /// What its condition says.
    pub answer: Answer,
    /// Its clauses, which must all hold; none for a gate that matches everything.
    pub clauses: Vec<Clause>,
}

/// One waiver, asked.
#[derive(Debug, Clone, PartialEq)]
pub struct WaiverStep {
    /// Its position in the policy.
    pub index: usize,
    /// What it accepts, in the policy's words.
    pub subject: Untrusted,
    /// Who answers for it.
    pub owner: Untrusted,
    /// Its last day, in UTC.
    pub expires: Date,
    /// True when that day is over.
    pub expired: bool,
    /// Whether it still holds.
    pub term: Term,
    /// What its condition says. It applies only where that is yes.
    pub answer: Answer,
    /// Its clauses, which must all hold.
    pub clauses: Vec<Clause>,
    /// Its file, and the line in it, 1-based.
    pub place: (Untrusted, usize),
}

/// One clause of a condition. `key` and `found.note` are words of ours; `wants` and `found.values`
/// are foreign.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Its key in the policy file: `severity`, `not`.
    pub key: &'static str,
    /// What it wants, in the policy's words; alternatives of each other.
    pub wants: Vec<Untrusted>,
    /// What the finding has.
    pub found: Has,
    /// Whether that fits.
    pub answer: Answer,
    /// The clauses inside of `all`, `any` and `not`.
    pub parts: Vec<Self>,
}

/// Something that would have changed the outcome.
#[derive(Debug, Clone, PartialEq)]
pub enum WayOut {
    /// The waiver at this position of [`Trace::waivers`] matches, but does not hold any more, or
    /// longer than the policy allows.
    Renew(usize),
    /// The waiver at this position of [`Trace::waivers`] misses by one clause.
    Waiver(usize, Clause),
    /// The gate at this position of [`Trace::gates`] would have let it pass, or only warned, and
    /// misses by one clause.
    Gate(usize, Clause),
    /// The gate that decided does so because this is not known.
    Learn(Clause),
    /// No gate speaks of it; or it passes already.
    Nothing,
}

/// Traces one finding. `effective` is the severity that the gates see.
pub fn trace(finding: &Finding, effective: Severity, policy: &Policy, context: &Context) -> Trace {
    let subject = Subject::passing(finding, effective, context);
    let honoured = || policy.scanner(&finding.scanner).honour_suppressions;
    let unasked = match &finding.observation.standing {
        Standing::NotAProblem(_) => Some("the report says that it is not a problem"),
        Standing::Suppressed(_) if honoured() => {
            Some("the report says that it is suppressed, and the policy honours that")
        }
        Standing::Settled(why) => Some(*why),
        Standing::Suppressed(_)
        | Standing::SuppressedByChange(_)
        | Standing::Silences(_)
        | Standing::Open => None,
    };
    let mut trace = Trace {
        unasked,
        gates: Vec::new(),
        decided: None,
        waived: None,
        waivers: Vec::new(),
        ways_out: Vec::new(),
    };
    if unasked.is_none() {
        let (all, _) = policy.gates_for(finding);
        trace.decided = choose(all, 0..all.len(), &subject);
        trace.gates = gates(all, &subject, trace.decided);
        trace.waivers = waivers(policy, &subject, context.today());
        let action = trace.decision().map(|step| step.action);
        let valid = |w: &&WaiverStep| w.answer == Answer::Yes && w.term == Term::Valid;
        if matches!(action, Some(Action::Block | Action::Warn)) {
            trace.waived = trace.waivers.iter().find(valid).map(|w| w.index);
        }
        trace.ways_out = ways_out(&trace);
    }
    trace
}

impl Trace {
    /// The gate that decided.
    pub fn decision(&self) -> Option<&GateStep> {
        self.gates.get(self.decided?)
    }
}

fn gates(all: &[Gate], subject: &Subject<'_>, decided: Option<usize>) -> Vec<GateStep> {
    // A gate that perhaps warns decides only after all others were asked.
    let sure = decided.filter(|at| {
        let gate = all.get(*at);
        gate.is_some_and(|gate| gate.action == Action::Block || gate.answer(subject) == Answer::Yes)
    });
    let last = sure.map_or(all.len(), |at| at + 1);
    let asked = all.iter().take(last);
    asked
        .map(|gate| GateStep {
            gate: GateName {
                name: gate.name.clone(),
                source: gate.source.clone(),
            },
            action: gate.action,
            answer: gate.answer(subject),
            clauses: clauses(&gate.when, &subject.seen_by(gate.action.polarity())),
        })
        .collect()
}

fn waivers(policy: &Policy, subject: &Subject<'_>, today: Date) -> Vec<WaiverStep> {
    let mut steps = Vec::new();
    for (index, waiver) in policy.waivers.iter().enumerate() {
        let answer = waiver.when.answer(subject);
        let near = || {
            let parts = waiver.when.clauses();
            let missing = parts.iter().filter(|part| !part.holds(subject)).count();
            missing == 1 && parts.len() > 1
        };
        if answer == Answer::Yes || near() {
            let term = Term::of(waiver, &policy.waiver_rules, today);
            steps.push(WaiverStep {
                index,
                subject: waiver.subject.clone(),
                owner: waiver.owner.clone(),
                expires: waiver.expires,
                expired: term == Term::Expired,
                term,
                answer,
                clauses: clauses(&waiver.when, subject),
                place: (waiver.source.clone(), waiver.line),
            });
        }
    }
    steps
}

fn clauses(condition: &Condition, subject: &Subject<'_>) -> Vec<Clause> {
    let clauses = condition.clauses().into_iter();
    clauses.map(|one| clause(one, subject)).collect()
}

fn clause(condition: &Condition, subject: &Subject<'_>) -> Clause {
    let parts = condition.parts().iter();
    Clause {
        key: condition.key(),
        wants: condition.wanted(),
        found: condition.found(subject),
        answer: condition.answer(subject),
        parts: parts.map(|part| clause(part, subject)).collect(),
    }
}

/// The one clause that is missing, if it is only one.
fn missing(clauses: &[Clause]) -> Option<&Clause> {
    let mut missing = clauses.iter().filter(|c| c.answer != Answer::Yes);
    let first = missing.next()?;
    missing.next().is_none().then_some(first)
}

fn ways_out(trace: &Trace) -> Vec<WayOut> {
    let Some(decision) = trace.decision() else {
        return vec![WayOut::Nothing];
    };
    if decision.action == Action::Allow || trace.waived.is_some() {
        return vec![WayOut::Nothing];
    }
    let mut ways = Vec::new();
    for (at, waiver) in trace.waivers.iter().enumerate() {
        match missing(&waiver.clauses) {
            None if waiver.answer == Answer::Yes => ways.push(WayOut::Renew(at)),
            Some(clause) if waiver.term == Term::Valid => {
                ways.push(WayOut::Waiver(at, clause.clone()))
            }
            _ => {}
        }
    }
    let unknown = decision
        .clauses
        .iter()
        .filter(|c| c.answer == Answer::Unknown);
    ways.extend(unknown.map(|clause| WayOut::Learn(clause.clone())));
    let milder = |action: Action| match decision.action {
        Action::Block => action != Action::Block,
        _ => action == Action::Allow,
    };
    let before = trace.gates.iter().enumerate();
    for (at, step) in before.take(trace.decided.unwrap_or_default()) {
        if let Some(clause) = missing(&step.clauses).filter(|_| milder(step.action)) {
            ways.push(WayOut::Gate(at, clause.clone()));
        }
    }
    ways
}
