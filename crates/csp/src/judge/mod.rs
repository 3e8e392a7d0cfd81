//! What is wrong, on which token.
//!
//! A rule about what a policy lets happen speaks only where every enforced policy lets it happen.

mod delivery;
mod fetch;
mod hosts;
mod missing;
mod plain;
mod script;
mod sources;
mod syntax;
mod values;

use crate::directive::Act;
use crate::flaw::{Flaw, RuleId, Severity};
use crate::given::{Answer, Delivery, Given, Response};
use crate::list::together;
use crate::parse::{self, Policy};
use crate::rules;
use crate::url::Url;
use std::collections::BTreeMap;
use std::ops::Range;

/// Flaws of one rule in one text: more of them say nothing new.
pub const MOST_FLAWS: usize = 64;

/// One thing wrong in each of the places where it is wrong; sorted by policy, place and rule. At most
/// [`MOST_FLAWS`] of one rule in one text.
pub fn judge(given: &[Given<'_>], response: &Response) -> Vec<Flaw> {
    let policies: Vec<Policy<'_>> = given
        .iter()
        .enumerate()
        .flat_map(|(index, given)| parse::policies(index, given))
        .collect();
    let mut judge = Judge {
        given,
        policies: &policies,
        response,
        flaws: Vec::new(),
        count: BTreeMap::new(),
    };
    delivery::judge(&mut judge);
    for policy in judge.read() {
        syntax::judge(&mut judge, policy);
    }
    script::judge(&mut judge);
    hosts::judge(&mut judge);
    plain::judge(&mut judge);
    fetch::judge(&mut judge);
    missing::judge(&mut judge);
    let mut flaws = judge.flaws;
    flaws.sort_by(|a, b| {
        let key = |flaw: &Flaw| (flaw.policy, flaw.place.start, flaw.place.end, flaw.rule);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
    flaws
}

struct Judge<'j, 't> {
    given: &'j [Given<'t>],
    policies: &'j [Policy<'t>],
    response: &'j Response,
    flaws: Vec<Flaw>,
    count: BTreeMap<(usize, RuleId), usize>,
}

impl<'j, 't> Judge<'j, 't> {
    fn delivery(&self, policy: &Policy<'_>) -> Delivery {
        let given = self.given.get(policy.given);
        given.map_or(Delivery::Header, |given| given.delivery)
    }

    fn versioned(&self, policy: &Policy<'_>) -> bool {
        self.given
            .get(policy.given)
            .is_some_and(|given| given.versioned)
    }

    /// Those that browsers read, whether they hold to them or only report.
    fn read(&self) -> Vec<&'j Policy<'t>> {
        let read = |policy: &&Policy<'_>| {
            !matches!(
                self.delivery(policy),
                Delivery::MetaReportOnly | Delivery::Legacy
            )
        };
        self.policies.iter().filter(read).collect()
    }

    fn enforced(&self) -> impl Iterator<Item = &'j Policy<'t>> + use<'j, 't> {
        self.policies.iter().filter(|policy| policy.enforced)
    }

    /// True unless some enforced policy is sure to refuse.
    fn all_let(&self, of: impl Fn(&Policy<'t>) -> Answer) -> bool {
        together(self.policies, of) != Answer::No
    }

    fn all_fetch(&self, act: Act, url: Url<'_>) -> bool {
        self.all_let(|policy| policy.fetches(act, url))
    }

    /// Adds a flaw with its rule's severity; of a policy that only reports, one step less.
    fn add(
        &mut self,
        rule: RuleId,
        policy: &Policy<'_>,
        place: Range<usize>,
        message: String,
        better: Option<String>,
    ) {
        let severity = rules::rule(rule).map_or(Severity::Low, |rule| rule.severity);
        self.add_as(rule, severity, policy, place, message, better);
    }

    fn add_as(
        &mut self,
        rule: RuleId,
        severity: Severity,
        policy: &Policy<'_>,
        place: Range<usize>,
        message: String,
        better: Option<String>,
    ) {
        let count = self.count.entry((policy.given, rule)).or_default();
        let twice =
            |flaw: &Flaw| flaw.rule == rule && flaw.policy == policy.given && flaw.place == place;
        if *count >= MOST_FLAWS || self.flaws.iter().rev().any(twice) {
            return;
        }
        *count += 1;
        let reports = self.delivery(policy) == Delivery::ReportOnly;
        // These are about the day on which it is enforced.
        let enforcing = [rules::REPORT_ONLY, rules::STRICT_DYNAMIC_ALONE].contains(&rule);
        let severity = match severity {
            severity if !reports || enforcing => severity,
            Severity::Critical => Severity::High,
            Severity::High => Severity::Medium,
            Severity::Medium => Severity::Low,
            Severity::Low | Severity::Info => Severity::Info,
        };
        self.flaws.push(Flaw {
            rule,
            policy: policy.given,
            place,
            severity,
            message,
            better,
        });
    }

    /// True where one of these rules already speaks of this token.
    fn told(&self, policy: &Policy<'_>, place: &Range<usize>, rules: &[RuleId]) -> bool {
        let here = |flaw: &&Flaw| flaw.policy == policy.given && flaw.place == *place;
        self.flaws
            .iter()
            .filter(here)
            .any(|flaw| rules.contains(&flaw.rule))
    }
}
