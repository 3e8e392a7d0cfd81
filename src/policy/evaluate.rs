//! Findings → dispositions.

use super::choose::choose;
use super::condition::Subject;
use super::index::Index;
use super::tally::Tally;
use super::term::Term;
use super::{Action, Gate, Policy, Waiver};
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
            Standing::Settled(why) => return Disposition::Suppressed(Some((*why).into())),
            Standing::Suppressed(_)
            | Standing::SuppressedByChange(_)
            | Standing::Silences(_)
            | Standing::Open => {}
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
        let at = match self.policy.gates_for(subject.finding) {
            (gates, false) => return gates.get(choose(gates, 0..gates.len(), subject)?),
            (gates, true) => {
                let candidates = self.gates.candidates(subject.finding, subject.effective);
                choose(gates, candidates, subject)?
            }
        };
        self.policy.gates.get(at)
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

impl Policy {
    /// Whether a waiver speaks of a finding, valid or not.
    pub fn fits(&self, waiver: &Waiver, finding: &Finding, context: &Context) -> bool {
        let effective = finding.observation.severity.unwrap_or(self.unrated);
        waiver
            .when
            .holds(&Subject::passing(finding, effective, context))
    }
}

fn name(gate: &Gate) -> GateName {
    GateName {
        name: gate.name.clone(),
        source: gate.source.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Nothing, Source, load};
    use super::*;
    use crate::model::{
        AdvisoryId, Certainty, Ecosystem, Kind, Location, Observation, Package, Provenance,
        RepoPath, Reported, RuleId, ScannerId, Severity, SourceDigests, Witness,
    };
    use proptest::prelude::*;

    const PRINTS: [&str; 2] = [
        "00000000000000000000000000000000",
        "11111111111111111111111111111111",
    ];

    const NAMES: [&str; 3] = ["left_pad", "Left-Pad", "right"];

    fn finding() -> impl Strategy<Value = Finding> {
        let severity = prop_oneof![
            Just(None),
            prop::sample::select(&Severity::ALL[..]).prop_map(Some)
        ];
        let ecosystems = [Ecosystem::PYPI, Ecosystem::NPM, Ecosystem::COMPOSER];
        let package = (
            prop::sample::select(&NAMES[..]),
            prop::sample::select(ecosystems.to_vec()),
        );
        let package = prop::option::of(package);
        let ids = prop::collection::vec(1..4_u8, 0..3);
        let rules = prop::collection::vec(0..3_usize, 1..3);
        let kind = prop::sample::select(&Kind::ALL[..]);
        (severity, kind, package, ids, rules, 0..2_usize, 0..2_usize).prop_map(
            |(severity, kind, package, ids, rules, print, path)| {
                let rule = |at: usize| RuleId::new(["R1", "R2", "X9"][at]);
                let scanner = ScannerId::literal("alpha");
                let mut observation = Observation::new(rule(rules[0]), kind, "t");
                observation.severity = severity;
                observation.package =
                    package.map(|(name, ecosystem)| Package::new(ecosystem, name));
                let ids = ids
                    .iter()
                    .map(|n| AdvisoryId::new(&format!("CVE-2024-{n}")));
                observation.advisories = ids.map(Option::unwrap).collect();
                Finding {
                    fingerprint: PRINTS[print].to_owned(),
                    scanner: scanner.clone(),
                    observation: Box::new(observation),
                    location: Location {
                        path: RepoPath::new(["src/a.py", "tests/b.py"][path]).unwrap(),
                        region: None,
                        certainty: Certainty::Exact,
                        target: None,
                    },
                    line_hash: None,
                    digests: SourceDigests::default(),
                    witnesses: rules
                        .iter()
                        .enumerate()
                        .map(|(nth, at)| Witness {
                            scanner: ScannerId::literal(["alpha", "beta"][nth]),
                            run: 0,
                            rule: rule(*at),
                            severity,
                            reported: Reported::default(),
                        })
                        .collect(),
                    provenance: Provenance::UNSEEN,
                    since: None,
                }
            },
        )
    }

    /// One condition, as TOML.
    fn condition() -> impl Strategy<Value = String> {
        let words = prop::sample::select(vec![
            "rule = \"R1\"",
            "rule = [\"R2\", \"X9\"]",
            "rule = [\"R1\", \"X*\"]",
            "package = \"left-pad\"",
            "package = [\"Left_Pad\", \"right\"]",
            "package = \"l*\"",
            "advisory = \"cve-2024-1\"",
            "advisory = [\"CVE-2024-2\", \"CVE-2024-3\"]",
            "fingerprint = \"00000000000000000000000000000000\"",
            "severity = \">=high\"",
            "severity = [\"low\", \"info\"]",
            "kind = [\"code\", \"dependency\", \"license\"]",
            "path = \"tests/**\"",
            "path = [\"src\", \"tests/b.py\"]",
            "path = [\"src\", \"**/*.py\"]",
            "path = [\"**/b.*\", \"s?c/*.py\"]",
            "rule = [\"*9\", \"R?\"]",
            "scanner = \"alpha\"",
            "scanner = [\"alpha\", \"beta\"]",
            "cwe = [79, 80]",
            "any = [{ cwe = 79 }, { path = \"tests\" }]",
            "not = { rule = \"R1\" }",
            "not = { package = \"right\" }",
            "any = [{ rule = \"R1\" }, { advisory = \"CVE-2024-1\" }]",
            "all = [{ rule = \"R1\" }, { severity = \"<high\" }]",
        ]);
        // Keys of one table differ.
        prop::collection::vec(words, 1..4).prop_map(|mut words| {
            let key = |word: &str| word.split(' ').next().map(str::to_owned);
            words.sort_unstable();
            words.dedup_by_key(|word| key(word));
            words.join("\u{1}")
        })
    }

    fn policy() -> impl Strategy<Value = String> {
        let action = prop::sample::select(vec!["block", "warn", "allow"]);
        let gates = prop::collection::vec((condition(), action), 0..8);
        let waivers = prop::collection::vec((condition(), 19..25_u8), 0..8);
        (gates, waivers, any::<bool>()).prop_map(|(gates, waivers, limited)| {
            let mut text = String::new();
            if limited {
                text.push_str("[waivers]\nmax-days = 2\n");
            }
            for (index, (when, action)) in gates.iter().enumerate() {
                let when = when.replace('\u{1}', ", ");
                text.push_str(&format!(
                    "[[gate]]\nname = \"g{index}\"\naction = \"{action}\"\nwhen = {{ {when} }}\n"
                ));
            }
            for (when, day) in waivers {
                let when = when.replace('\u{1}', "\n");
                // A waiver must name something; here that is whatever an advisory can be.
                let names = |line: &str| {
                    line.starts_with("advisory =") || line.starts_with("fingerprint =")
                };
                let named = match when.lines().any(names) {
                    true => "",
                    false => "advisory = [\"CVE-2024-1\", \"CVE-2024-2\"]\n",
                };
                text.push_str(&format!(
                    "[[waiver]]\n{named}{when}\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-11-{day}\n"
                ));
            }
            text
        })
    }

    fn context() -> Context {
        Context::at("2026-11-20T12:00:00Z".parse().unwrap())
    }

    /// The plain way: every gate and every waiver is tried.
    fn plain(policy: &Policy, finding: &Finding, context: &Context) -> Disposition {
        let effective = finding.observation.severity.unwrap_or(policy.unrated);
        let subject = Subject::passing(finding, effective, context);
        let Some(at) = choose(&policy.gates, 0..policy.gates.len(), &subject) else {
            return Disposition::Unmatched;
        };
        let gate = &policy.gates[at];
        let valid = policy.waivers.iter().position(|waiver| {
            policy.fits(waiver, finding, context)
                && Term::of(waiver, &policy.waiver_rules, context.today()) == Term::Valid
        });
        match (gate.action, valid) {
            (Action::Allow, _) => Disposition::Allowed(name(gate)),
            (_, Some(index)) => {
                let waiver = &policy.waivers[index];
                let applied = WaiverUse {
                    index,
                    reason: waiver.reason.clone(),
                    owner: waiver.owner.clone(),
                    expires: waiver.expires,
                };
                Disposition::Waived(name(gate), applied)
            }
            (Action::Block, None) => Disposition::Blocked(name(gate)),
            (Action::Warn, None) => Disposition::Warned(name(gate)),
        }
    }

    proptest! {
        #[test]
        fn looking_up_decides_like_trying_each(text in policy(), findings in prop::collection::vec(finding(), 1..12)) {
            let source = Source { name: "p.toml".into(), path: None, text };
            let policy = load(&source, &Nothing).map_err(|e| TestCaseError::fail(format!("{e:?}")))?;
            let context = context();
            let judge = Judge::new(&policy, &context);
            let (decided, tally) = judge.all(findings.clone(), |finding| finding);
            for (finding, decided) in findings.iter().zip(&decided) {
                prop_assert_eq!(&decided.disposition, &plain(&policy, finding, &context));
            }
            for (index, waiver) in policy.waivers.iter().enumerate() {
                let fitting = findings.iter().filter(|f| policy.fits(waiver, f, &context)).count();
                prop_assert_eq!(tally.get(index).unwrap().matched, fitting);
            }
        }
    }
}
