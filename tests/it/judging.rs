//! What must hold for any finding and any policy, and the default policy by event, origin and age.
//!
//! Needs nothing but the library: it is also run for each mutant, see tests/mutation.

use lockgate::model::{
    AdvisoryId, Certainty, Confidence, Context, Decided, Disposition, Distance, Ecosystem, Event,
    Finding, Fix, Kind, Location, Observation, Origin, Package, Provenance, Relation, RepoPath,
    Reported, RuleId, ScannerId, Scope, Severity, Witness,
};
use lockgate::policy::{self, Action, Judge, Policy, Source, Tally, trace};
use proptest::prelude::*;

/// What the default policy does, event by event: a change is stopped by what it brings in, a
/// scheduled check by what nobody mended in time.
#[test]
fn the_default_policy_by_event_origin_and_age() {
    use Origin::{Disclosed, Existing, Introduced, Unknown};
    use Severity::{Critical, High, Low, Medium};
    let policy = load("");
    let word = |event, kind, severity, origin, since: &str| {
        let mut finding = bare(kind);
        finding.observation.severity = Some(severity);
        finding.provenance.origin = origin;
        finding.since = since.parse().ok();
        let context = Context { event, ..context() };
        let mut tally = Tally::new(0);
        Judge::new(&policy, &context)
            .one(finding, &mut tally)
            .disposition
            .word()
    };
    let (change, clock) = (Event::PullRequest, Event::Schedule);
    for (event, kind, severity, origin, since, expected) in [
        (change, Kind::Code, High, Introduced, "", "blocked"),
        (change, Kind::Code, High, Unknown, "", "blocked"),
        (change, Kind::Code, High, Existing, "", "warned"),
        (change, Kind::Dependency, Critical, Disclosed, "", "warned"),
        // The clock does not belong to whoever opens a pull request.
        (
            change,
            Kind::Dependency,
            Critical,
            Disclosed,
            "2026-01-01",
            "warned",
        ),
        (change, Kind::Code, Medium, Introduced, "", "warned"),
        (change, Kind::Code, Low, Introduced, "", "unmatched"),
        (change, Kind::Secret, Low, Introduced, "", "blocked"),
        (change, Kind::Secret, Low, Existing, "", "warned"),
        (change, Kind::License, Critical, Introduced, "", "warned"),
        (clock, Kind::Dependency, Critical, Existing, "", "warned"),
        (
            clock,
            Kind::Dependency,
            Critical,
            Existing,
            "2026-11-13",
            "warned",
        ),
        (
            clock,
            Kind::Dependency,
            Critical,
            Existing,
            "2026-11-12",
            "blocked",
        ),
        (clock, Kind::Secret, Low, Existing, "2026-11-12", "blocked"),
        (clock, Kind::Config, High, Existing, "2026-10-21", "warned"),
        (clock, Kind::Config, High, Existing, "2026-10-20", "blocked"),
        (clock, Kind::Code, Medium, Existing, "2020-01-01", "warned"),
        (
            clock,
            Kind::License,
            Critical,
            Existing,
            "2020-01-01",
            "warned",
        ),
    ] {
        let seen = word(event, kind, severity, origin, since);
        assert_eq!(
            seen, expected,
            "{event:?} {kind:?} {severity} {origin:?} {since}"
        );
    }
}

fn some<T: Clone + std::fmt::Debug + 'static>(list: &[T]) -> BoxedStrategy<Option<T>> {
    let known = prop::sample::select(list.to_vec()).prop_map(Some);
    prop_oneof![Just(None), known].boxed()
}

/// What of a finding may not be known.
#[derive(Debug, Clone)]
struct Facts {
    origin: Option<Origin>,
    scope: Option<Scope>,
    relation: Option<Relation>,
    confidence: Option<Confidence>,
    score: Option<f64>,
    epss: Option<f64>,
    kev: Option<bool>,
    fix: Option<Fix>,
    ways: Option<Vec<Vec<&'static str>>>,
}

fn facts() -> impl Strategy<Value = Facts> {
    let upgrade = |distance| Fix::Upgrade {
        package: "lodash".into(),
        version: "9".into(),
        distance,
    };
    let fixes = [
        upgrade(Some(Distance::Patch)),
        upgrade(Some(Distance::Major)),
        Fix::NoneYet,
    ];
    let ways = [
        vec![vec!["grunt", "lodash"]],
        vec![vec!["lodash"], vec!["grunt", "lodash"]],
    ];
    let first = (
        some(&[Origin::Introduced, Origin::Disclosed, Origin::Existing]),
        some(&Scope::ALL),
        some(&Relation::ALL),
        some(&Confidence::ALL),
        some(&[3.0, 7.0, 9.8]),
    );
    let second = (
        some(&[0.01, 0.6]),
        some(&[false, true]),
        some(&fixes),
        some(&ways),
    );
    (first, second).prop_map(
        |((origin, scope, relation, confidence, score), (epss, kev, fix, ways))| Facts {
            origin,
            scope,
            relation,
            confidence,
            score,
            epss,
            kev,
            fix,
            ways,
        },
    )
}

impl Facts {
    /// The same, with what is not known taken from `other`. An unknown origin only ever stands for
    /// an introduced one.
    fn or(self, other: &Self) -> Self {
        Self {
            origin: self.origin.or(Some(Origin::Introduced)),
            scope: self.scope.or(other.scope),
            relation: self.relation.or(other.relation),
            confidence: self.confidence.or(other.confidence),
            score: self.score.or(other.score),
            epss: self.epss.or(other.epss),
            kev: self.kev.or(other.kev),
            fix: self.fix.or_else(|| other.fix.clone()),
            ways: self.ways.or_else(|| other.ways.clone()),
        }
    }

    fn of(&self, mut finding: Finding) -> Finding {
        finding.provenance = Provenance {
            origin: self.origin.unwrap_or(Origin::Unknown),
            why: "so it is",
        };
        for witness in &mut finding.witnesses {
            witness.reported.confidence = self.confidence;
        }
        let observation = &mut finding.observation;
        // What is no vulnerability has none of these, and that is known.
        if observation.kind == Kind::Dependency {
            observation.reported.score = self.score;
            observation.epss = self.epss;
            observation.kev = self.kev;
            observation.fix = self.fix.clone();
        }
        if let Some(package) = &mut observation.package {
            package.scope = self.scope;
            package.relation = self.relation;
            let ways = self.ways.iter().flatten();
            package.paths = ways
                .map(|way| way.iter().map(|name| (*name).into()).collect())
                .collect();
        }
        finding
    }
}

/// A finding of which no more is known than what every scanner tells.
fn bare(kind: Kind) -> Finding {
    let mut observation = Observation::new(RuleId::new("R1"), kind, "t");
    if kind == Kind::Dependency {
        observation.package = Some(Package::new(Ecosystem::NPM, "lodash"));
        observation.advisories = AdvisoryId::new("CVE-2024-1").into_iter().collect();
    }
    Finding {
        namesake: String::new(),
        fingerprint: "0".repeat(32),
        scanner: ScannerId::new("alpha").unwrap(),
        witnesses: vec![witness("alpha")],
        observation: Box::new(observation),
        location: Location {
            path: RepoPath::new("src/a.py").unwrap(),
            region: None,
            certainty: Certainty::File,
            target: None,
        },
        line_hash: None,
        digests: Default::default(),
        provenance: Provenance::UNSEEN,
        since: None,
    }
}

fn witness(scanner: &str) -> Witness {
    Witness {
        scanner: ScannerId::new(scanner).unwrap(),
        run: 0,
        rule: RuleId::new(if scanner == "alpha" { "R1" } else { "X9" }),
        severity: None,
        reported: Reported::default(),
    }
}

fn finding() -> impl Strategy<Value = Finding> {
    let kind = prop::sample::select(&Kind::ALL[..]);
    let scanners = prop::sample::select(vec![vec!["alpha"], vec!["beta"], vec!["alpha", "beta"]]);
    let path = prop::sample::select(vec!["src/a.py", "tests/b.py"]);
    let since = some(&["2026-11-20", "2026-11-01", "2026-09-01"]);
    (kind, some(&Severity::ALL), scanners, path, since).prop_map(
        |(kind, severity, scanners, path, since)| {
            let mut finding = bare(kind);
            finding.observation.severity = severity;
            finding.scanner = ScannerId::new(scanners[0]).unwrap();
            finding.witnesses = scanners.iter().map(|scanner| witness(scanner)).collect();
            finding.location.path = RepoPath::new(path).unwrap();
            finding.since = since.map(|day| day.parse().unwrap());
            finding
        },
    )
}

/// Conditions on everything that [`finding`] and [`facts`] choose from.
fn condition() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "severity = \">=high\"",
        "severity = \"<medium\"",
        "kind = \"dependency\"",
        "kind = [\"code\", \"secret\"]",
        "scanner = \"alpha\"",
        "rule = \"R*\"",
        "path = \"tests\"",
        "advisory = \"CVE-2024-1\"",
        "package = \"lodash\"",
        "ecosystem = \"npm\"",
        "scope = \"production\"",
        "scope = \"development\"",
        "relation = \"direct\"",
        "via = \"grunt > *\"",
        "fix = \"minor\"",
        "fix = \"none\"",
        "origin = \"introduced\"",
        "origin = [\"existing\", \"disclosed\"]",
        "event = \"local\"",
        "age = \">7d\"",
        "confidence = \">=medium\"",
        "witnesses = \">=2\"",
        "cvss = \">=7\"",
        "epss = \"<0.5\"",
        "kev = true",
        "kev = false",
    ]);
    leaf.prop_map(str::to_owned)
        .prop_recursive(3, 12, 3, |inner| {
            let list = prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| {
                parts
                    .iter()
                    .map(|p| format!("{{ {p} }}"))
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            prop_oneof![
                inner.prop_map(|part| format!("not = {{ {part} }}")),
                list.clone().prop_map(|list| format!("any = [{list}]")),
                list.prop_map(|list| format!("all = [{list}]")),
            ]
        })
}

/// Gates and waivers.
fn policy() -> impl Strategy<Value = String> {
    let gate = (
        condition(),
        prop::sample::select(vec!["block", "warn", "allow"]),
    );
    let waiver = (condition(), any::<bool>());
    let gates = prop::collection::vec(gate, 1..5);
    (gates, prop::collection::vec(waiver, 0..3)).prop_map(|(gates, waivers)| {
        let mut text = String::new();
        for (at, (when, action)) in gates.iter().enumerate() {
            text.push_str(&format!("[[gate]]\nname = \"g{at}\"\nwhen = {{ {when} }}\naction = \"{action}\"\n"));
        }
        for (at, (when, valid)) in waivers.iter().enumerate() {
            let expires = if *valid { "2027-01-01" } else { "2026-01-01" };
            text.push_str(&format!(
                "[[waiver]]\nrule = [\"R1\", \"X9\"]\npath = \"**\"\nall = [{{ {when} }}]\nreason = \"w{at}\"\nowner = \"o\"\nexpires = {expires}\n"
            ));
        }
        text
    })
}

fn load(text: &str) -> Policy {
    let source = Source {
        name: "p.toml".into(),
        path: None,
        text: text.into(),
    };
    policy::load(&source, &policy::Nothing).unwrap_or_else(|errors| panic!("{text}\n{errors:?}"))
}

fn context() -> Context {
    Context::at("2026-11-20T12:00:00Z".parse().unwrap())
}

fn judge(finding: Finding, policy: &Policy) -> Decided {
    let context = context();
    Judge::new(policy, &context).one(finding, &mut Tally::new(policy.waivers.len()))
}

/// How much a disposition stops.
fn strength(disposition: &Disposition) -> u8 {
    match disposition {
        Disposition::Blocked(_) => 2,
        Disposition::Warned(_) => 1,
        _ => 0,
    }
}

proptest! {
    /// Whatever is not known of a finding: to learn it never makes the decision harder.
    #[test]
    fn not_knowing_is_never_milder_than_knowing(finding in finding(), some in facts(), rest in facts(), policy in policy()) {
        let policy = load(&policy);
        let unsure = judge(some.of(finding.clone()), &policy);
        let sure = judge(some.or(&rest).of(finding), &policy);
        prop_assert!(
            strength(&unsure.disposition) >= strength(&sure.disposition),
            "{:?} but {:?}", unsure.disposition, sure.disposition
        );
    }

    /// The trace tells of the same gate and the same waiver that decided.
    #[test]
    fn the_trace_never_disagrees(finding in finding(), facts in facts(), policy in policy()) {
        let policy = load(&policy);
        let decided = judge(facts.of(finding), &policy);
        let trace = trace(&decided.finding, decided.effective, &policy, &context());
        let gate = trace.decision().map(|step| (&step.gate, step.action));
        match &decided.disposition {
            Disposition::Blocked(name) => prop_assert_eq!(gate, Some((name, Action::Block))),
            Disposition::Warned(name) => prop_assert_eq!(gate, Some((name, Action::Warn))),
            Disposition::Allowed(name) => prop_assert_eq!(gate, Some((name, Action::Allow))),
            Disposition::Unmatched => prop_assert_eq!(gate, None),
            Disposition::Waived(name, used) => {
                prop_assert_eq!(gate.map(|(name, _)| name), Some(name));
                prop_assert_eq!(trace.waived, Some(used.index));
            }
            other => prop_assert!(false, "{other:?}"),
        }
        if !matches!(decided.disposition, Disposition::Waived(..)) {
            prop_assert_eq!(trace.waived, None);
        }
        // Every clause of a sure match is sure, and a sure miss has a clause that surely misses.
        for step in &trace.gates {
            let least = step.clauses.iter().map(|clause| clause.answer).min();
            prop_assert_eq!(step.answer, least.unwrap_or(policy::Answer::Yes));
        }
    }

    /// Of gates that surely match or surely do not, the first that matches decides.
    #[test]
    fn the_first_sure_match_decides(finding in finding(), known in facts(), rest in facts(), policy in policy()) {
        let all = Facts { score: Some(5.0), epss: Some(0.6), kev: Some(true), scope: Some(Scope::Production),
            relation: Some(Relation::Direct), confidence: Some(Confidence::High), fix: Some(Fix::NoneYet),
            ways: Some(vec![vec!["lodash"]]), origin: Some(Origin::Existing) };
        let policy = load(&policy);
        let decided = judge(known.or(&rest).or(&all).of(finding), &policy);
        let trace = trace(&decided.finding, decided.effective, &policy, &context());
        let sure = trace.gates.iter().all(|step| step.answer != policy::Answer::Unknown);
        if sure {
            let first = trace.gates.iter().position(|step| step.answer == policy::Answer::Yes);
            prop_assert_eq!(trace.decided, first);
        }
    }

    /// Twice not is nothing.
    #[test]
    fn not_not_is_the_same(finding in finding(), facts in facts(), when in condition(), action in prop::sample::select(vec!["block", "warn", "allow"])) {
        let gate = |when: &str| load(&format!("[[gate]]\nname = \"g\"\nwhen = {{ {when} }}\naction = \"{action}\"\n"));
        let finding = facts.of(finding);
        let once = judge(finding.clone(), &gate(&when));
        let thrice = judge(finding, &gate(&format!("not = {{ not = {{ {when} }} }}")));
        prop_assert_eq!(once.disposition, thrice.disposition);
    }
}
