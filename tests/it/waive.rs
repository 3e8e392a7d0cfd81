//! `lockgate waive`: a correct entry, and nothing but that; or a reason and a way out.

use crate::program::{Lockgate, Outcome, fixture};
use serde_json::Value;
use std::path::Path;

const WHY: [&str; 8] = [
    "--reason",
    "never sees user input",
    "--owner",
    "@org/web",
    "--expires",
    "90d",
    "--as-of",
    "2026-11-20",
];

fn report(name: &str) -> Vec<u8> {
    std::fs::read(fixture("reports").join(name)).unwrap()
}

/// A folder with a Bandit report and a report of dependencies.
fn waive(args: &[&str]) -> Lockgate {
    Lockgate::new(&["waive"])
        .args(args)
        .args(&WHY)
        .report("bandit", "b.json", report("bandit/gen__pygoat.json"))
        .report("trivy", "t.json", report("trivy/golden__pip.json"))
}

/// The JSON of a check of the same folder.
fn check(lockgate: &Lockgate) -> Value {
    let folder = lockgate.folder.path().to_str().unwrap();
    let reports = ["b.json", "t.json"].map(|name| format!("{folder}/{name}"));
    let args = [
        "check",
        folder,
        "--as-of",
        "2026-11-20",
        "--report",
        &reports[0],
        "--report",
        &reports[1],
    ];
    Lockgate::new(&args).json().0
}

fn findings(json: &Value) -> &Vec<Value> {
    json["findings"].as_array().unwrap()
}

fn print_of(json: &Value, wanted: impl Fn(&Value) -> bool) -> String {
    let found = findings(json).iter().find(|f| wanted(f)).unwrap();
    found["fingerprint"].as_str().unwrap().to_owned()
}

fn again(lockgate: Lockgate, args: &[&str]) -> (Lockgate, Outcome) {
    let lockgate = lockgate.args(args);
    let outcome = lockgate.run();
    (lockgate, outcome)
}

fn policy(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("lockgate.toml")).unwrap_or_default()
}

#[test]
fn a_waiver_is_written_that_accepts_the_finding() {
    let before = check(&waive(&[]));
    let code = print_of(&before, |f| {
        f["kind"] == "code" && f["disposition"] == "blocked"
    });
    let package = print_of(&before, |f| {
        f["kind"] == "dependency" && f["disposition"] == "blocked"
    });
    let old = "# kept as it is\nextends = 'lockgate:balanced'\n[scanners.bandit]  # here, too\nrequired=true";
    let lockgate = waive(&[&code[..6], &package]).file("lockgate.toml", old);
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let text = policy(lockgate.folder.path());
    let added = text.strip_prefix(old).unwrap();
    insta::assert_snapshot!("waivers_written", added);
    let after = check(&lockgate);
    for f in findings(&after) {
        let print = f["fingerprint"].as_str().unwrap();
        let expected = [code.as_str(), package.as_str()].contains(&print);
        assert_eq!(f["disposition"] == "waived", expected, "{f}");
    }
    // What is accepted needs no second waiver.
    let (lockgate, outcome) = again(lockgate, &[]);
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("accepts it until 2027-02-18"),
        "{}",
        outcome.stderr
    );
    assert_eq!(policy(lockgate.folder.path()), text);
}

#[test]
fn what_a_waiver_names_can_be_chosen() {
    let before = check(&waive(&[]));
    let package = print_of(&before, |f| f["kind"] == "dependency");
    let code = print_of(&before, |f| {
        f["rule"] == "B602" || f["rule"] == "B105" || f["kind"] == "code"
    });
    for (print, by, names) in [
        (&package, "fingerprint", ["fingerprint ="].as_slice()),
        (&package, "advisory", &["advisory =", "package  ="]),
        (&code, "rule", &["rule     =", "path     ="]),
        (&code, "fingerprint", &["fingerprint ="]),
    ] {
        let lockgate = waive(&[
            print,
            "--by",
            by,
            "--dry-run",
            "--policy",
            "lockgate:audit-only",
        ]);
        // A shipped policy can hold no waivers.
        assert_eq!(lockgate.run().code, 2);
        let lockgate = waive(&[print, "--by", by, "--dry-run"])
            .file("lockgate.toml", "extends = \"lockgate:audit-only\"\n");
        let outcome = lockgate.run();
        assert_eq!(outcome.code, 0, "{}", outcome.stderr);
        for name in names {
            assert!(outcome.stdout.contains(name), "{}", outcome.stdout);
        }
        assert!(!policy(lockgate.folder.path()).contains("waiver"));
    }
    let outcome = waive(&[&code, "--by", "advisory"]).run();
    assert!(
        outcome.stderr.contains("it has no advisory"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn without_a_policy_file_one_is_made() {
    let before = check(&waive(&[]));
    let blocked = print_of(&before, |f| f["disposition"] == "blocked");
    let lockgate = waive(&[&blocked]);
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    assert!(policy(lockgate.folder.path()).starts_with("extends = \"lockgate:balanced\"\n\n#"));
    let after = check(&lockgate);
    assert_eq!(after["counts"]["waived"], 1);
    assert_eq!(
        after["counts"]["blocked"].as_u64().unwrap() + 1,
        before["counts"]["blocked"].as_u64().unwrap()
    );
}

#[test]
fn every_refusal_says_why_and_writes_nothing() {
    let before = check(&waive(&[]));
    let blocked = print_of(&before, |f| f["disposition"] == "blocked");
    let passes = print_of(&before, |f| f["disposition"] == "unmatched");
    let expired = format!(
        "extends = \"lockgate:balanced\"\n[[waiver]]\nfingerprint = \"{blocked}\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-01-01\n"
    );
    let limited = "extends = \"lockgate:balanced\"\n[waivers]\nmax-days = 30\n";
    for (args, file, expected) in [
        (&["000000"][..], "", "the nearest are"),
        (&["12345"], "", "first 6 or more digits"),
        (&["blocked"], "", "first 6 or more digits"),
        (&[&passes], "", "no gate of the policy speaks of it"),
        (
            &[&blocked],
            &expired,
            "stands in line 2 and expired on 2026-01-01",
        ),
        (&[&blocked], limited, "at most 30 days"),
        (
            &[&blocked],
            "waiver = []\n",
            "write each as a `[[waiver]]` table",
        ),
        (&[&blocked], "gates = 1\n", "unknown key"),
        (&[&blocked, "--from", "b.json"], "", "cannot be used with"),
    ] {
        let lockgate = waive(args);
        let lockgate = match file {
            "" => lockgate,
            text => lockgate.file("lockgate.toml", text),
        };
        let outcome = lockgate.run();
        assert_eq!(outcome.code, 2, "{args:?}");
        assert!(
            outcome.stderr.contains(expected),
            "{args:?}: {}",
            outcome.stderr
        );
        assert_eq!(policy(lockgate.folder.path()), file, "{args:?}");
    }
    for (option, value) in [
        ("--expires", "yesterday"),
        ("--expires", "2026-11-19"),
        ("--expires", "0x5d"),
        ("--reason", "  "),
        ("--owner", ""),
    ] {
        let mut args: Vec<&str> = WHY.to_vec();
        let at = args.iter().position(|a| *a == option).unwrap();
        args[at + 1] = value;
        let outcome = Lockgate::new(&["waive", "123456"]).args(&args).run();
        assert_eq!(outcome.code, 2, "{option} {value}");
        assert!(outcome.stderr.contains(option), "{}", outcome.stderr);
    }
}

fn from(report: &str, args: &[&str]) -> Lockgate {
    Lockgate::new(&["waive"])
        .args(args)
        .args(&["--from", "report.json"])
        .args(&WHY)
        .file("report.json", report)
        .file("lockgate.toml", "extends = \"lockgate:balanced\"\r\n")
}

#[test]
fn an_earlier_check_can_tell_the_findings() {
    let json = check(&waive(&[]));
    let print = print_of(&json, |f| {
        f["kind"] == "dependency" && f["disposition"] == "blocked"
    });
    let lockgate = from(&json.to_string(), &[&print]);
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    let text = policy(lockgate.folder.path());
    assert!(text.contains("package ") && !text.replace("\r\n", "").contains('\n'));
    let folder = lockgate.folder.path();
    for name in ["b.json", "t.json"] {
        let from = if name == "b.json" {
            "bandit/gen__pygoat.json"
        } else {
            "trivy/golden__pip.json"
        };
        std::fs::write(folder.join(name), report(from)).unwrap();
    }
    assert_eq!(check(&lockgate)["counts"]["waived"], 1);
}

#[test]
fn a_hostile_report_says_nothing_but_text() {
    let print = "0123456789abcdef0123456789abcdef";
    let hostile = "x\"\n[[waiver]]\nrule = \"*\"\n##[error]::error::\u{202e}\u{1b}[2J";
    let entry = serde_json::json!({
        "fingerprint": print, "kind": "dependency", "rule": hostile, "title": hostile, "disposition": "blocked",
        "location": {"path": "a\n[[gate]]", "line": 3}, "package": {"ecosystem": hostile, "name": hostile},
        "advisories": ["CVE-2024-1"], "witnesses": [{"scanner": "trivy", "rule": hostile}],
    });
    let document = |entry: &Value| {
        serde_json::json!({"version": 1, "tool": {"name": "lockgate"}, "findings": [entry]})
            .to_string()
    };
    for by in ["advisory", "rule", "fingerprint"] {
        let lockgate = from(&document(&entry), &[print, "--by", by]);
        let outcome = lockgate.run();
        assert_eq!(outcome.code, 0, "{by}: {}", outcome.stderr);
        let text = policy(lockgate.folder.path());
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["waiver"].as_array().unwrap().len(), 1, "{text}");
        assert!(!table.contains_key("gate"));
        for shown in [&text, &outcome.stdout] {
            assert!(
                !shown.contains("##[") && !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
                "{shown}"
            );
        }
    }
    for (part, value) in [
        ("fingerprint", serde_json::json!("../../x")),
        ("kind", serde_json::json!("weird")),
        ("severity", serde_json::json!("::error::")),
        ("advisories", serde_json::json!(["\n"])),
        ("witnesses", serde_json::json!([])),
        ("location", serde_json::json!({"path": "../x"})),
    ] {
        let mut damaged = entry.clone();
        damaged[part] = value;
        let outcome = from(&document(&damaged), &[print]).run();
        assert_eq!(outcome.code, 2, "{part}");
        assert!(outcome.stderr.contains("is damaged"), "{}", outcome.stderr);
    }
    for other in [
        "",
        "{}",
        "[]",
        "{\"version\":2,\"tool\":{\"name\":\"lockgate\"},\"findings\":[]}",
        &"[".repeat(100_000),
    ] {
        assert_eq!(from(other, &[print]).run().code, 2);
    }
}
