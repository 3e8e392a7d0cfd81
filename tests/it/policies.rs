//! Policies: the shipped ones on real evidence, and every way to write one wrong.

use crate::program::{Lockgate, fixture};
use serde_json::Value;

const SHIPPED: [&str; 3] = [
    "lockgate:audit-only",
    "lockgate:balanced",
    "lockgate:strict",
];

/// Outcome of each shipped policy on each kind of evidence. Shipped policies are documentation; this
/// is what they say.
#[test]
fn shipped_policies_on_real_reports() {
    let evidence = [
        (
            "clean bandit",
            "bandit/wild__svange_tagmania__bandit-report.json",
        ),
        ("bandit, low and medium", "bandit/dd_bandit__dd.json"),
        ("bandit, high", "bandit/gen__pygoat.json"),
        ("trivy, medium", "trivy/golden__npm.json"),
        (
            "trivy, high misconfiguration",
            "trivy/golden__dockerfile.json",
        ),
        ("npm, low", "npm/auditci__npm-low__npm7-output.json"),
        (
            "npm, critical",
            "npm/auditci__npm-critical__npm7-output.json",
        ),
        ("pip-audit, unrated", "pip-audit/gen__trivy-pip.json"),
        (
            "pip-audit, partial",
            "pip-audit/dd_pip_audit__zero_vulns_new.json",
        ),
        ("nothing scanned", "bandit/gen__missing-target.json"),
        ("an outage", "npm/gen__err-405-npm10.json"),
    ];
    let mut table = String::new();
    for (name, path) in evidence {
        table.push_str(&format!("{name}\n"));
        for policy in SHIPPED {
            let report = fixture("reports").join(path);
            let (json, code) = Lockgate::check()
                .args(&["--policy", policy, "--report", report.to_str().unwrap()])
                .json();
            let counts = &json["counts"];
            table.push_str(&format!(
                "  {policy:<20} {:<10} exit {code}  blocked {} warned {} of {}\n",
                json["verdict"].as_str().unwrap(),
                counts["blocked"],
                counts["warned"],
                counts["findings"],
            ));
        }
    }
    insta::assert_snapshot!("shipped_policies", table);
}

#[test]
fn all_errors_of_a_file_come_at_once_with_a_way_out() {
    let bad = std::fs::read_to_string(fixture("policy/bad.toml")).unwrap();
    let outcome = Lockgate::check().file("lockgate.toml", bad).run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.stdout.is_empty());
    insta::assert_snapshot!("policy_errors", outcome.stderr);
}

#[test]
fn syntax_errors_are_drawn_too() {
    let outcome = Lockgate::check()
        .file(
            "lockgate.toml",
            "extends = [\"lockgate:balanced\"\n[[gate]\n",
        )
        .run();
    assert_eq!(outcome.code, 2);
    insta::assert_snapshot!("policy_syntax", outcome.stderr);
}

#[test]
fn policy_check_says_what_a_policy_holds() {
    let shop = crate::program::repository().join("examples/shop");
    let outcome = Lockgate::new(&[
        "policy",
        "check",
        "lockgate.toml",
        "--root",
        shop.to_str().unwrap(),
    ])
    .run();
    assert_eq!(
        (outcome.code, outcome.stdout.as_str()),
        (
            0,
            "lockgate.toml + lockgate:balanced: no errors; gates: 7, waivers: 1, scanners: 4\n"
        )
    );
    for policy in SHIPPED {
        assert_eq!(Lockgate::new(&["policy", "check", policy]).run().code, 0);
        let shown = Lockgate::new(&["policy", "show", policy]).run().stdout;
        assert!(shown.contains(policy));
    }
}

fn pygoat(policy: &str) -> Value {
    let report = std::fs::read(fixture("reports/bandit/gen__pygoat.json")).unwrap();
    let (json, code) = Lockgate::check()
        .file("lockgate.toml", policy)
        .report("bandit", "b.json", report)
        .json();
    assert_ne!(code, 2, "{policy}");
    json
}

#[test]
fn the_first_gate_that_matches_decides() {
    let allow = "[[gate]]\nname = \"a\"\nwhen = { rule = \"B1*\" }\naction = \"allow\"\n";
    let block = "[[gate]]\nname = \"b\"\nwhen = { severity = \">=low\" }\naction = \"block\"\n";
    let gates = |json: &Value, gate: &str| {
        json["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["gate"] == gate)
            .count()
    };
    let first = pygoat(&format!("{allow}{block}"));
    let second = pygoat(&format!("{block}{allow}"));
    assert!(gates(&first, "a") > 0 && gates(&first, "b") > 0);
    assert_eq!((gates(&second, "a"), gates(&second, "b")), (0, 65));
}

/// A policy that only names scanners or waivers would otherwise let everything pass.
#[test]
fn a_policy_without_gates_has_the_default_ones() {
    let json = pygoat("[scanners.bandit]\nrequired = true\n");
    assert_eq!(json["verdict"], "block");
    assert_eq!(
        json["policy"]["sources"],
        serde_json::json!(["lockgate.toml", "lockgate:balanced"])
    );
}

#[test]
fn what_a_file_says_comes_before_what_it_extends() {
    let json = pygoat(
        "extends = \"lockgate:strict\"\nunrated = \"low\"\n[[gate]]\nname = \"mine\"\nwhen = { kind = \"code\" }\naction = \"allow\"\n",
    );
    assert_eq!(json["verdict"], "pass");
    assert_eq!(json["policy"]["unrated"], "low");
    assert_eq!(
        json["policy"]["sources"],
        serde_json::json!(["lockgate.toml", "lockgate:strict"])
    );
}

#[test]
fn files_extend_files_relative_to_themselves_and_never_themselves() {
    let report = std::fs::read(fixture("reports/bandit/gen__pygoat.json")).unwrap();
    let lockgate = Lockgate::check()
        .file(".github/lockgate.toml", "extends = \"team/base.toml\"\n")
        .file(
            ".github/team/base.toml",
            "extends = [\"more.toml\", \"lockgate:audit-only\"]\n",
        )
        .file(".github/team/more.toml", "unrated = \"info\"\n")
        .report("bandit", "b.json", report);
    let (json, _) = lockgate.json();
    assert_eq!(json["verdict"], "warn");
    assert_eq!(json["policy"]["unrated"], "info");
    for extends in [
        "lockgate.toml",
        "../outside.toml",
        "/etc/passwd",
        "nowhere.toml",
        "lockgate:none",
    ] {
        let outcome = Lockgate::check()
            .file("lockgate.toml", format!("extends = \"{extends}\"\n"))
            .run();
        assert_eq!(outcome.code, 2, "{extends}");
        assert!(
            outcome.stderr.contains("lockgate.toml:1:11"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn evidence_rules_can_be_relaxed_scanner_by_scanner() {
    let missing = |policy: &str| {
        Lockgate::check()
            .file("lockgate.toml", policy)
            .args(&["--report", "bandit=nowhere.json"])
            .run()
            .code
    };
    assert_eq!(missing(""), 3);
    assert_eq!(missing("[scanners.bandit]\non-incomplete = \"warn\"\n"), 0);
    assert_eq!(missing("on-incomplete = \"warn\"\n"), 0);
    assert_eq!(
        missing("on-incomplete = \"warn\"\n[scanners.bandit]\non-incomplete = \"block\"\n"),
        3
    );

    let report = std::fs::read(fixture(
        "reports/pip-audit/dd_pip_audit__zero_vulns_new.json",
    ))
    .unwrap();
    let partial = |policy: &str| {
        let lockgate =
            Lockgate::check()
                .file("lockgate.toml", policy)
                .report("pip-audit", "p.json", &report);
        crate::program::verdict(lockgate)
    };
    assert_eq!(partial(""), ("warn".to_owned(), 0));
    assert_eq!(
        partial("[scanners.pip-audit]\nrequired = true\n"),
        ("incomplete".to_owned(), 3)
    );
    assert_eq!(
        partial("[scanners.pip-audit]\nrequired = true\non-partial = \"warn\"\n"),
        ("warn".to_owned(), 0)
    );
    assert_eq!(
        partial("[scanners.pip-audit]\non-partial = \"block\"\n"),
        ("incomplete".to_owned(), 3)
    );
}

/// A comment in the code can tell a scanner to be silent. That is the pull request judging itself,
/// so that it counts unless the policy says otherwise.
#[test]
fn suppressions_in_reports_count_unless_the_policy_honours_them() {
    let report = std::fs::read(fixture("reports/sarif/dd_sarif__suppression_test.sarif")).unwrap();
    let counts = |policy: &str| {
        let (json, _) = Lockgate::check()
            .file("lockgate.toml", policy)
            .report("", "s.sarif", &report)
            .json();
        (
            json["counts"]["warned"].as_u64().unwrap(),
            json["counts"]["suppressed"].as_u64().unwrap(),
        )
    };
    let all = "extends = \"lockgate:audit-only\"\n";
    assert_eq!(counts(all), (5, 0));
    let honoured = counts(&format!(
        "{all}[scanners.codescanner]\nsuppressions = \"honour\"\n"
    ));
    assert!(
        honoured.1 > 0 && honoured.0 + honoured.1 == 5,
        "{honoured:?}"
    );
}

#[test]
fn waivers_that_need_care_are_reported_with_their_line() {
    let policy = "extends = \"lockgate:balanced\"\n\n[[waiver]]\nadvisory = \"CVE-2019-14806\"\nreason = \"r\"\nowner = \"@a\"\nexpires = 2026-11-30\n\n\
                  [[waiver]]\nadvisory = \"CVE-2020-28724\"\nreason = \"r\"\nowner = \"@b\"\nexpires = 2026-11-01\n\n\
                  [[waiver]]\nadvisory = \"CVE-1999-0001\"\nreason = \"r\"\nowner = \"@c\"\nexpires = 2099-01-01\n";
    let report = std::fs::read(fixture("reports/trivy/golden__pip.json")).unwrap();
    let (json, _) = Lockgate::check()
        .file("lockgate.toml", policy)
        .report("trivy", "t.json", report)
        .args(&["--as-of", "2026-11-20"])
        .json();
    let notes: Vec<_> = json["waivers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| {
            (
                n["code"].as_str().unwrap(),
                n["line"].as_u64().unwrap(),
                n["owner"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        notes,
        [
            ("waiver-expiring", 3, "@a"),
            ("waiver-expired", 9, "@b"),
            ("waiver-unused", 15, "@c")
        ]
    );
}

/// The distance is from the installed version to the least fixed one; `minor` means at most minor.
#[test]
fn gates_choose_by_the_distance_to_the_fix() {
    let blocked = |fix: &str, installed: &str, fixed: &[&str]| {
        let report = serde_json::json!({"dependencies": [{"name": "a", "version": installed,
            "vulns": [{"id": "PYSEC-2020-1", "fix_versions": fixed}]}]});
        let policy =
            format!("[[gate]]\nname = \"g\"\nwhen = {{ fix = \"{fix}\" }}\naction = \"block\"\n");
        let (verdict, _) =
            crate::program::verdict(Lockgate::check().file("lockgate.toml", policy).report(
                "",
                "p.json",
                report.to_string(),
            ));
        verdict == "block"
    };
    for (installed, fixed, holds) in [
        (
            "1.2.3",
            &["1.2.4", "2.0"][..],
            ["patch", "minor", "major", "any"].as_slice(),
        ),
        ("1.2.3", &["1.3"], &["minor", "major", "any"]),
        ("0.2.3", &["0.3"], &["major", "any"]),
        ("1.2.3", &[], &["none"]),
    ] {
        for fix in ["none", "patch", "minor", "major", "any"] {
            let seen = blocked(fix, installed, fixed);
            assert_eq!(seen, holds.contains(&fix), "{fix}: {installed} {fixed:?}");
        }
    }
}

#[test]
fn extends_are_followed_through_eight_files_and_no_further() {
    let chain = |files: usize| {
        let mut run = Lockgate::new(&["policy", "check", "p0.toml"]);
        for number in 0..files {
            let next = number + 1;
            let text = match next < files {
                true => format!("extends = [\"p{next}.toml\"]\n"),
                false => String::new(),
            };
            run = run.file(&format!("p{number}.toml"), text);
        }
        run.run()
    };
    let eight = chain(8);
    assert_eq!(eight.code, 0, "{}", eight.stderr);
    let nine = chain(9);
    assert_eq!(nine.code, 2);
    assert!(nine.stderr.contains("p7.toml"), "{}", nine.stderr);
}
