//! What each condition says of what is known and of what is not.

mod packages;

use super::*;
use crate::model::{
    Certainty, Context, Distance, Fix, Location, Observation, Package, Provenance, RepoPath,
    Reported, RuleId, ScannerId,
};
use crate::policy::{Nothing, Source, load};
use Answer::{No, Unknown, Yes};

fn context(event: Event) -> Context {
    Context {
        event,
        ..Context::at("2026-11-21T06:30:00Z".parse().unwrap())
    }
}

/// The condition of a gate, read as a user writes it.
fn when(text: &str) -> Condition {
    let source = Source {
        name: "p.toml".into(),
        path: None,
        text: format!("[[gate]]\nname = \"g\"\nwhen = {{ {text} }}\naction = \"block\"\n"),
    };
    let policy = load(&source, &Nothing).unwrap_or_else(|errors| panic!("{text}: {errors:?}"));
    policy.gates.into_iter().next().unwrap().when
}

fn finding(kind: Kind) -> Finding {
    let mut observation = Observation::new(RuleId::new("R1"), kind, "title");
    observation.reported = Reported::default();
    Finding {
        fingerprint: "0".repeat(32),
        namesake: String::new(),
        scanner: ScannerId::new("alpha").unwrap(),
        observation: Box::new(observation),
        location: Location {
            path: RepoPath::new("src/a.py").unwrap(),
            region: None,
            certainty: Certainty::File,
            target: None,
        },
        line_hash: None,
        digests: Default::default(),
        witnesses: vec![witness("alpha", "R1", None)],
        provenance: Provenance::UNSEEN,
        since: None,
    }
}

fn witness(scanner: &str, rule: &str, confidence: Option<Confidence>) -> Witness {
    Witness {
        scanner: ScannerId::new(scanner).unwrap(),
        run: 0,
        rule: RuleId::new(rule),
        severity: None,
        reported: Reported {
            confidence,
            ..Reported::default()
        },
    }
}

fn code() -> Finding {
    finding(Kind::Code)
}

fn dependency() -> Finding {
    let mut finding = finding(Kind::Dependency);
    finding.observation.package = Some(Package::new(Ecosystem::NPM, "lodash"));
    finding
}

/// The answers to what stops and to what lets pass.
fn both(text: &str, finding: &Finding) -> [Answer; 2] {
    let context = context(Event::Schedule);
    let subject = Subject::passing(finding, Severity::High, &context);
    let condition = when(text);
    [Polarity::Stops, Polarity::Passes].map(|p| condition.answer(&subject.seen_by(p)))
}

/// One case: a change of the finding, and what is then said of a condition.
fn check(base: fn() -> Finding, change: impl Fn(&mut Finding), cases: &[(&str, [Answer; 2])]) {
    for (text, expected) in cases {
        let mut finding = base();
        change(&mut finding);
        assert_eq!(both(text, &finding), *expected, "{text}");
        let opposite = expected.map(|answer| !answer);
        assert_eq!(
            both(&format!("not = {{ {text} }}"), &finding),
            opposite,
            "not {text}"
        );
        let twice = format!("not = {{ not = {{ {text} }} }}");
        assert_eq!(both(&twice, &finding), *expected, "not not {text}");
    }
}

const ALWAYS: [Answer; 2] = [Yes, Yes];
const NEVER: [Answer; 2] = [No, No];
/// Not known: stops, and does not let pass.
const MAYBE: [Answer; 2] = [Unknown, Unknown];
/// Nothing of the kind is there: neither stops nor lets pass.
const WITHOUT: [Answer; 2] = [No, Unknown];

#[test]
fn origin() {
    let of = |origin| move |f: &mut Finding| f.provenance.origin = origin;
    check(
        code,
        of(Origin::Introduced),
        &[
            ("origin = \"introduced\"", ALWAYS),
            ("origin = [\"existing\", \"disclosed\"]", NEVER),
        ],
    );
    check(
        code,
        of(Origin::Unknown),
        &[
            ("origin = \"introduced\"", [Yes, Unknown]),
            ("origin = \"existing\"", WITHOUT),
            ("origin = \"unknown\"", ALWAYS),
            ("origin = [\"existing\", \"unknown\"]", ALWAYS),
        ],
    );
}

#[test]
fn age() {
    let seen = |day: &str| {
        let day = Some(day.parse().unwrap());
        move |f: &mut Finding| f.since = day
    };
    check(
        code,
        seen("2026-11-14"),
        &[
            ("age = \">=7d\"", ALWAYS),
            ("age = \">7d\"", NEVER),
            ("age = \">=1w, <8d\"", ALWAYS),
            ("age = [\"<1d\", \">6d\"]", ALWAYS),
            ("age = \">174h\"", NEVER),
            ("age = \">=174h\"", ALWAYS),
        ],
    );
    check(
        code,
        seen("2026-11-21"),
        &[("age = \"<24h\"", ALWAYS), ("age = \">6h\"", NEVER)],
    );
    // A clock that nobody started has not run out, and excuses nothing.
    let unknown = [
        ("age = \">7d\"", WITHOUT),
        ("age = \"<7d\"", [Yes, Unknown]),
    ];
    check(code, |_| {}, &unknown);
    check(code, seen("2027-01-01"), &unknown);
}

#[test]
fn event() {
    check(
        code,
        |_| {},
        &[
            ("event = \"schedule\"", ALWAYS),
            ("event = [\"pull_request\", \"merge_group\"]", NEVER),
        ],
    );
}

#[test]
fn confidence_and_witnesses() {
    let cases = |list: &[Option<Confidence>]| {
        let witnesses: Vec<Witness> = list.iter().map(|c| witness("alpha", "R", *c)).collect();
        move |f: &mut Finding| f.witnesses.clone_from(&witnesses)
    };
    let (low, high) = (Some(Confidence::Low), Some(Confidence::High));
    let test = ("confidence = \">=medium\"", ALWAYS);
    check(
        code,
        cases(&[high]),
        &[test, ("confidence = \"low\"", NEVER)],
    );
    check(
        code,
        cases(&[high, low]),
        &[(test.0, MAYBE), ("confidence = \"medium\"", NEVER)],
    );
    check(code, cases(&[None]), &[(test.0, MAYBE)]);
    check(code, cases(&[high, None]), &[(test.0, MAYBE)]);
    check(
        code,
        |f| {
            f.witnesses = vec![
                witness("alpha", "R1", None),
                witness("alpha", "R2", None),
                witness("beta", "R1", None),
            ];
        },
        &[
            ("witnesses = 2", ALWAYS),
            ("witnesses = \">=2\"", ALWAYS),
            ("witnesses = \">2\"", NEVER),
            ("scanner = \"alpha\"", MAYBE),
            ("scanner = [\"alpha\", \"b*\"]", ALWAYS),
            ("rule = \"R2\"", MAYBE),
            ("rule = \"R*\"", ALWAYS),
            ("rule = \"X\"", NEVER),
        ],
    );
}

#[test]
fn scores() {
    check(
        dependency,
        |_| {},
        &[
            ("cvss = \">=7.0\"", MAYBE),
            ("epss = \">=0.5\"", MAYBE),
            ("kev = true", MAYBE),
            ("kev = false", MAYBE),
        ],
    );
    check(
        code,
        |_| {},
        &[
            ("cvss = \"<7.0\"", WITHOUT),
            ("epss = \"<0.5\"", WITHOUT),
            ("kev = false", WITHOUT),
        ],
    );
    check(
        dependency,
        |f| {
            let mut other = witness("beta", "R", None);
            other.reported.score = Some(9.1);
            f.witnesses.push(other);
            f.observation.reported.score = Some(5.0);
            f.observation.epss = Some(0.5);
            f.observation.kev = Some(false);
        },
        &[
            ("cvss = \">=9\"", ALWAYS),
            ("cvss = \">=4, <9.1\"", NEVER),
            ("cvss = [\"<1\", \">9.0\"]", ALWAYS),
            ("epss = \">=0.5\"", ALWAYS),
            ("epss = \">0.5\"", NEVER),
            ("kev = false", ALWAYS),
            ("kev = true", NEVER),
        ],
    );
}

#[test]
fn weaknesses_and_advisories() {
    check(
        code,
        |f| f.observation.cwe = [79, 80].into(),
        &[("cwe = 79", ALWAYS), ("cwe = [\"CWE-89\", 78]", NEVER)],
    );
    check(code, |_| {}, &[("cwe = \"CWE-79\"", WITHOUT)]);
    check(code, |_| {}, &[("advisory = \"CVE-2024-1\"", WITHOUT)]);
    check(
        dependency,
        |f| f.observation.advisories = AdvisoryId::new("CVE-2024-1").into_iter().collect(),
        &[
            ("advisory = \"cve-2024-1\"", ALWAYS),
            ("advisory = \"CVE-2024-2\"", NEVER),
        ],
    );
}

#[test]
fn combinations() {
    check(
        code,
        |_| {},
        &[
            (
                "all = [{ kind = \"code\" }, { severity = \">=high\" }]",
                ALWAYS,
            ),
            (
                "any = [{ kind = \"secret\" }, { severity = \"high\" }]",
                ALWAYS,
            ),
            (
                "any = [{ kind = \"secret\" }, { severity = \"low\" }]",
                NEVER,
            ),
            ("kind = \"code\", not = { path = \"tests/**\" }", ALWAYS),
            (
                "any = [{ all = [{ kind = \"code\" }], not = { path = \"src\" } }]",
                NEVER,
            ),
        ],
    );
    check(
        dependency,
        |_| {},
        &[
            ("scope = \"production\", path = \"tests\"", NEVER),
            (
                "any = [{ scope = \"production\" }, { kind = \"dependency\" }]",
                ALWAYS,
            ),
            (
                "any = [{ scope = \"production\" }, { kind = \"code\" }]",
                MAYBE,
            ),
            ("kind = \"dependency\", not = { kev = true }", MAYBE),
        ],
    );
}

#[test]
fn the_cheapest_clause_is_asked_first() {
    let condition =
        when("via = \"a > *\", path = \"src\", kind = \"dependency\", not = { kev = true }");
    let keys: Vec<_> = condition.clauses().iter().map(|c| c.key()).collect();
    assert_eq!(keys, ["kind", "not", "path", "via"]);
}

/// Which snapshots a policy needs is asked of every condition in it.
#[test]
fn a_condition_has_what_stands_in_its_parts() {
    let has = |text: &str| when(text).has(&|condition| matches!(condition, Condition::Kev(_)));
    for text in [
        "kev = true",
        "not = { kev = true }",
        "any = [{ severity = \"high\" }, { not = { all = [{ kev = true }] } }]",
    ] {
        assert!(has(text), "{text}");
    }
    assert!(!has("not = { severity = \"high\" }"));
}
