//! Lists of other tools → waivers: what a user relies on, and what hostile files must not do.

use crate::program::{Lockgate, Outcome, fixture};
use jiff::civil::date;
use lockgate::import::{self, Fill};
use lockgate::model::{Foreign as _, Untrusted};
use lockgate::policy::{self, Nothing, Source};
use proptest::prelude::*;
use serde_json::Value;
use std::time::{Duration, Instant};

const FIXTURES: [&str; 10] = [
    ".trivyignore",
    ".trivyignore.yaml",
    "plain/.bandit",
    "pyproject.toml",
    "bandit.yaml",
    "baseline/baseline.json",
    "audit-ci.jsonc",
    "osv-scanner.toml",
    "vex/openvex.json",
    "vex/cyclonedx.json",
];

const FILLED: [&str; 6] = [
    "--owner",
    "@org/team",
    "--expires",
    "2099-12-31",
    "--reason",
    "accepted before",
];

fn text(name: &str) -> String {
    std::fs::read_to_string(fixture("import").join(name)).unwrap()
}

/// `policy import` in a folder that holds all fixtures.
fn importing(args: &[&str]) -> Lockgate {
    let lockgate = Lockgate::new(&["policy", "import"]).args(args);
    FIXTURES
        .iter()
        .fold(lockgate, |l, name| l.file(name, text(name)))
}

/// The same, successful.
fn imported(args: &[&str]) -> Outcome {
    let outcome = importing(args).run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    outcome
}

fn check(policy: &str) -> Outcome {
    Lockgate::new(&["policy", "check", "lockgate.toml"])
        .file("lockgate.toml", policy)
        .run()
}

#[test]
fn every_kind_of_file_becomes_waivers() {
    let mut all = String::new();
    for name in FIXTURES {
        let outcome = imported(&[name]);
        all.push_str(&format!("{}{}\n", outcome.stdout, outcome.stderr));
    }
    insta::assert_snapshot!("imports", all);
}

#[test]
fn filled_in_they_are_a_valid_policy() {
    for name in FIXTURES {
        let outcome = imported(&[&[name], &FILLED[..]].concat());
        assert!(!outcome.stdout.contains("TODO"), "{}", outcome.stdout);
        let checked = check(&outcome.stdout);
        assert_eq!(checked.code, 0, "{name}: {}", checked.stderr);
    }
    let all = imported(&[&FIXTURES[..], &FILLED[..]].concat());
    assert_eq!(check(&all.stdout).code, 0);
}

/// What is missing is for a person to say, and nothing passes before that.
#[test]
fn every_gap_is_refused_with_its_line() {
    let outcome = imported(&["plain/.bandit"]);
    let gaps: Vec<usize> = (1..)
        .zip(outcome.stdout.lines())
        .filter(|(_, line)| line.contains("TODO"))
        .map(|(number, _)| number)
        .collect();
    assert_eq!(gaps.len(), 12);
    assert!(
        outcome.stderr.contains("fill in 12 fields"),
        "{}",
        outcome.stderr
    );
    let checked = check(&outcome.stdout);
    assert_eq!(checked.code, 2);
    for line in gaps {
        let place = format!("lockgate.toml:{line}:");
        assert!(checked.stderr.contains(&place), "{}", checked.stderr);
    }
    for message in [
        "`owner` is empty",
        "`reason` is empty",
        "`expires` is empty",
    ] {
        assert_eq!(checked.stderr.matches(message).count(), 4, "{message}");
    }
}

/// Dispositions of the findings of one report under an imported policy.
fn dispositions(name: &str, tool: &str, report: &[u8]) -> Vec<(String, String)> {
    let policy = imported(&[&[name], &FILLED[..]].concat()).stdout;
    let (json, code) = Lockgate::check()
        .file("lockgate.toml", policy)
        .report(tool, "report.json", report)
        .json();
    assert_ne!(code, 2);
    let list = json["findings"].as_array().unwrap();
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    let pairs = list
        .iter()
        .map(|f| (word(&f["rule"]), word(&f["disposition"])));
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort();
    pairs
}

fn pair(rule: &str, disposition: &str) -> (String, String) {
    (rule.to_owned(), disposition.to_owned())
}

/// What the tool kept silent about is waived, and nothing else.
#[test]
fn what_the_tool_accepted_is_waived() {
    let report = |path: &str| std::fs::read(fixture("reports").join(path)).unwrap();
    let pip = report("trivy/golden__pip.json");
    let both = [
        pair("CVE-2019-14806", "waived"),
        pair("CVE-2020-28724", "waived"),
    ];
    let first = [
        pair("CVE-2019-14806", "waived"),
        pair("CVE-2020-28724", "warned"),
    ];
    assert_eq!(dispositions(".trivyignore", "trivy", &pip), both);
    assert_eq!(dispositions(".trivyignore.yaml", "trivy", &pip), first);
    assert_eq!(dispositions("vex/openvex.json", "trivy", &pip), both);
    assert_eq!(dispositions("vex/cyclonedx.json", "trivy", &pip), first);

    let docker = report("trivy/golden__dockerfile.json");
    let waived = [pair("DS-0002", "waived")];
    assert_eq!(dispositions(".trivyignore", "trivy", &docker), waived);
    assert_eq!(dispositions(".trivyignore.yaml", "trivy", &docker), waived);

    let npm = report("npm/auditci__npm-low__npm7-output.json");
    let policy = imported(&[&["audit-ci.jsonc"], &FILLED[..]].concat()).stdout;
    let gate = "\n[[gate]]\nname = \"all\"\naction = \"block\"\n";
    let (json, code) = Lockgate::check()
        .file("lockgate.toml", format!("{policy}{gate}"))
        .report("npm-audit", "n.json", npm)
        .json();
    assert_eq!(
        (code, &json["findings"][0]["disposition"]),
        (0, &"waived".into())
    );
}

fn bandit_report(results: &[(&str, &str)]) -> String {
    let results: Vec<Value> = results
        .iter()
        .map(|(rule, file)| {
            serde_json::json!({
                "code": "1 x\n", "filename": file, "issue_severity": "HIGH",
                "issue_confidence": "HIGH", "issue_text": "text", "line_number": 1,
                "line_range": [1], "test_id": rule, "test_name": "name", "more_info": "",
            })
        })
        .collect();
    serde_json::json!({
        "errors": [], "generated_at": "2026-01-01T00:00:00Z",
        "metrics": {"_totals": {}, "./a.py": {}}, "results": results,
    })
    .to_string()
}

#[test]
fn what_bandit_accepted_is_waived() {
    let waived = |name: &str, rule: &str, file: &str| {
        let seen = dispositions(name, "bandit", bandit_report(&[(rule, file)]).as_bytes());
        assert_eq!(seen.len(), 1);
        seen[0].1 == "waived"
    };
    assert!(waived("plain/.bandit", "B101", "./src/a.py"));
    assert!(waived("plain/.bandit", "B602", "./tests/a.py"));
    assert!(waived("plain/.bandit", "B602", "./src/build/a.py"));
    assert!(!waived("plain/.bandit", "B602", "./src/tests/a.py"));
    assert!(waived("pyproject.toml", "B602", "./src/tests/a.py"));
    assert!(!waived("pyproject.toml", "B602", "./src/contests/a.py"));
    assert!(waived("bandit.yaml", "B602", "./vendor/old/a.py"));
    assert!(waived("baseline/baseline.json", "B602", "app/run[1].py"));
    assert!(!waived("baseline/baseline.json", "B602", "app/run1.py"));
    assert!(!waived("baseline/baseline.json", "B301", "app/run[1].py"));
}

#[test]
fn the_same_statement_in_two_files_is_one_waiver() {
    let outcome = imported(&[".trivyignore", "osv-scanner.toml"]);
    let other = importing(&[".trivyignore", "copy/osv-scanner.toml"])
        .file(
            "copy/osv-scanner.toml",
            "[[IgnoredVulns]]\nid = \"cve-2019-14806\"\nignoreUntil = 2098-01-01\nreason = \"same\"\n",
        )
        .run();
    assert_eq!(outcome.stdout.matches("[[waiver]]").count(), 4);
    assert_eq!(other.stdout.matches("[[waiver]]").count(), 3);
    for part in [
        "# from .trivyignore:2, .trivyignore:12, copy/osv-scanner.toml:1\n",
        "reason   = \"The session cookie is never parsed from user input.; same\"\n",
        "expires  = 2098-01-01\n",
    ] {
        assert!(other.stdout.contains(part), "{}", other.stdout);
    }
}

#[test]
fn files_are_not_overwritten_unless_told() {
    let there = importing(&[".trivyignore", "--output", "out.toml"]).file("out.toml", "kept");
    let path = there.folder.path().join("out.toml");
    let read = || std::fs::read_to_string(&path).unwrap();
    assert_eq!(there.run().code, 2);
    assert_eq!(read(), "kept");
    let forced = there.args(&["--force"]);
    let outcome = forced.run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (0, ""));
    assert!(outcome.stderr.contains("lockgate policy check out.toml"));
    assert!(read().contains("[[waiver]]"));
}

#[test]
fn a_policy_is_added_to_only_once_and_never_damaged() {
    let policy = "extends = \"lockgate:strict\"\n\n[scanners.trivy]\nrequired = true";
    let adding = importing(&[".trivyignore", "--append", "lockgate.toml"])
        .args(&FILLED)
        .file("lockgate.toml", policy);
    let path = adding.folder.path().join("lockgate.toml");
    let read = || std::fs::read_to_string(&path).unwrap();
    assert_eq!(adding.run().code, 0);
    let first = read();
    assert!(
        first.starts_with(&format!("{policy}\n\n# from .trivyignore")),
        "{first}"
    );
    let checked = check(&first);
    assert!(
        checked.stdout.contains("waivers: 3, scanners: 1"),
        "{}",
        checked.stderr
    );
    let again = adding.run();
    assert_eq!((again.code, read()), (0, first));
    assert!(
        again.stderr.contains("there already: 3 waivers"),
        "{}",
        again.stderr
    );

    for bad in ["waiver = []\n", "[[gate]\n"] {
        std::fs::write(&path, bad).unwrap();
        assert_eq!((adding.run().code, read()), (2, bad.to_owned()));
    }
}

#[test]
fn one_bad_file_and_nothing_is_imported() {
    let outcome = importing(&[
        ".trivyignore",
        "nowhere",
        ".gitleaksignore",
        "::error::x.json",
        "--output",
        "out.toml",
    ])
    .file(".gitleaksignore", "a.py:aws:1\n")
    .file("::error::x.json", "{\"a\": \u{1b}[2J}")
    .run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.stdout.is_empty());
    insta::assert_snapshot!("import_errors", outcome.stderr);
    for (option, value) in [
        ("--expires", "2020-01-01"),
        ("--expires", "x"),
        ("--owner", " "),
    ] {
        let outcome = importing(&[".trivyignore", option, value]).run();
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (2, ""),
            "{option} {value}"
        );
    }
}

fn fill() -> Fill {
    Fill {
        owner: Some("@o".into()),
        reason: Some("r".into()),
        expires: Some(date(2099, 1, 1)),
    }
}

/// Imports, reads the outcome back, and compares: as many waivers, each about what was found.
fn round_trip(name: &str, file: &str) -> Result<(), TestCaseError> {
    let Ok(found) = import::read(name, file) else {
        return Ok(());
    };
    let files = vec![(Untrusted::from(name), found)];
    let import = import::gather(files, &fill(), date(2026, 1, 1));
    let text = import::render(&import);
    prop_assert!(!text.contains("##[") && !text.contains('\u{1b}'), "{text}");
    prop_assert!(
        text.lines().all(|l| !l.trim_start().starts_with("::")),
        "{text}"
    );
    let table: toml::Table = text
        .parse()
        .map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
    let written = table.get("waiver").and_then(toml::Value::as_array);
    let written = written.map(Vec::as_slice).unwrap_or_default();
    prop_assert_eq!(table.len(), usize::from(!written.is_empty()));
    prop_assert_eq!(written.len(), import.waivers.len());
    for (table, waiver) in written.iter().zip(&import.waivers) {
        prop_assert_eq!(words(table, "rule"), expected(waiver.subject.rules.iter()));
        prop_assert_eq!(
            words(table, "package"),
            expected(waiver.subject.packages.iter())
        );
        if !waiver.subject.everywhere() {
            prop_assert_eq!(words(table, "path"), expected(waiver.subject.paths.iter()));
        }
        prop_assert_eq!(
            table.get("reason").and_then(|r| r.as_str()),
            waiver.reason.as_deref()
        );
    }
    let source = Source {
        name: "imported".to_owned(),
        path: None,
        text: text.clone(),
    };
    if let Err(errors) = policy::load(&source, &Nothing) {
        return Err(TestCaseError::fail(format!("{errors:?}\n{text}")));
    }
    let mut again = import.clone();
    prop_assert_eq!(again.without(&text), import.waivers.len());
    Ok(())
}

fn words(table: &toml::Value, key: &str) -> Vec<String> {
    match table.get(key) {
        Some(toml::Value::Array(list)) => list
            .iter()
            .map(|v| v.as_str().unwrap().to_owned())
            .collect(),
        Some(value) => vec![value.as_str().unwrap().to_owned()],
        None => Vec::new(),
    }
}

fn expected<'a>(texts: impl Iterator<Item = &'a Untrusted>) -> Vec<String> {
    texts.map(|text| text.raw().to_owned()).collect()
}

/// Words that break TOML, patterns, logs and terminals, and some that look right.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(
            &[
                "\"",
                "'",
                "\\",
                "\"\"\"",
                "'''",
                "\n",
                "\r\n",
                "\t",
                "\0",
                "\u{1b}[2J",
                "\u{202e}",
                "\u{7f}",
                "\u{85}",
                "\u{2028}",
                "##[error]",
                "::error::",
                "[[waiver]]",
                "\n[[waiver]]\n",
                "advisory = \"CVE-1\"",
                "#",
                "{",
                "}",
                "[",
                "]",
                "*",
                "**",
                "?",
                "/",
                "..",
                "!",
                ",",
                "|",
                ">",
                "@",
                "pkg:npm/",
                "%0a",
                "%5D",
                "CVE-2024-1",
                "GHSA-jf85-cpcp-j695",
                "DS002",
                "B101",
                "2099-01-01",
                "a",
                "é",
                " ",
                "-",
                ":",
                "tests",
            ][..]
        )
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn files(t: &[String]) -> Vec<(&'static str, String)> {
    let json = |v: Value| v.to_string();
    let mut table = toml::Table::new();
    let vulns = toml::toml! { [[IgnoredVulns]] };
    table.extend(vulns);
    let mut entry = toml::Table::new();
    entry.insert("id".into(), t[0].as_str().into());
    entry.insert("reason".into(), t[1].as_str().into());
    entry.insert("ignoreUntil".into(), t[2].as_str().into());
    table.insert("IgnoredVulns".into(), vec![toml::Value::from(entry)].into());
    let trivy = serde_json::json!([{"id": t[0], "paths": [t[1], t[2]], "statement": t[3]},
        {"id": "CVE-2024-1", "purls": [format!("pkg:npm/{}", t[4])], "expired_at": t[5]}]);
    vec![
        (".trivyignore", t.join("\n")),
        (
            ".trivyignore",
            format!("# {}\nCVE-2024-1 # {}\n{} exp:{}", t[0], t[1], t[2], t[3]),
        ),
        // JSON is YAML.
        (
            "x.yaml",
            json(
                serde_json::json!({"vulnerabilities": trivy, "secrets": trivy, "licenses": trivy}),
            ),
        ),
        (
            "bandit.yaml",
            json(serde_json::json!({"skips": t, "exclude_dirs": t})),
        ),
        (
            ".bandit",
            format!("[bandit]\nskips = {}\nexclude: {}\n", t[0], t[1]),
        ),
        (
            "baseline.json",
            json(
                serde_json::json!({"results": [{"filename": t[0], "test_id": t[1]},
                {"filename": "a.py", "test_id": t[2]}], "metrics": {}, "errors": []}),
            ),
        ),
        (
            "audit-ci.json",
            json(
                serde_json::json!({"allowlist": [t[0], format!("GHSA-jf85-cpcp-j695|{}", t[1]),
                {t[2].clone(): {"notes": t[3], "expiry": t[4]}},
                {"GHSA-jf85-cpcp-j695": {"notes": t[5]}}]}),
            ),
        ),
        ("osv-scanner.toml", table.to_string()),
        (
            "openvex.json",
            json(serde_json::json!({"@context": "openvex", "statements": [
                {"vulnerability": {"name": "CVE-2024-1", "aliases": [t[0]]}, "status": "not_affected",
                 "products": [t[1], {"@id": format!("pkg:npm/{}", t[2])}], "justification": t[3],
                 "impact_statement": t[4]}, {"vulnerability": t[5], "status": "not_affected"}]})),
        ),
        (
            "bom.json",
            json(
                serde_json::json!({"bomFormat": "CycloneDX", "vulnerabilities": [
                {"id": "CVE-2024-1", "analysis": {"state": "false_positive", "detail": t[0]},
                 "affects": [{"ref": format!("pkg:npm/{}", t[1])}, {"ref": format!("pkg:pypi/{}", t[2])}]}]}),
            ),
        ),
    ]
}

proptest! {
    /// Whatever stands in a field, the outcome is TOML, holds exactly the waivers that were meant,
    /// and is a policy.
    #[test]
    fn no_text_breaks_the_policy_or_forges_a_waiver(t in prop::collection::vec(hostile(), 6..7)) {
        for (name, file) in files(&t) {
            round_trip(name, &file)?;
        }
    }

    #[test]
    fn any_text_is_an_import_or_an_error(
        name in prop::sample::select(&["x", "x.json", "x.toml", "x.yaml", ".bandit", ".trivyignore"][..]),
        text in hostile(),
    ) {
        round_trip(name, &text)?;
    }
}

/// The largest file that is read, filled with whatever is dearest.
#[test]
fn hostile_files_cost_bounded_time() {
    let fill = |unit: &str| unit.repeat(1024 * 1024 / unit.len());
    let started = Instant::now();
    for (name, text) in [
        (".trivyignore", fill("A-1\n")),
        (".trivyignore", fill("# a\n")),
        ("x.yaml", fill("[")),
        ("x.yaml", fill("- ")),
        ("x.yaml", fill("? ")),
        ("x.yaml", format!("secrets: {}", fill("{a: [b, "))),
        ("x.yaml", format!("skips: [{}]", fill("B1,"))),
        ("x.yaml", format!("skips: \"{}\"", fill("B1,"))),
        ("x.yaml", fill("a: &a b\n")),
        ("x.json", fill("[")),
        (
            "x.json",
            format!("{{\"allowlist\": [{}1]}}", fill("\"a\",")),
        ),
        ("x.json", format!("{{{}}}", fill("\"allowlist\":[],"))),
        (
            "x.toml",
            format!("[tool.bandit]\nskips = [{}]", fill("\"B1\",")),
        ),
        ("x.toml", fill("[[IgnoredVulns]]\n")),
        (".bandit", format!("[bandit]\nskips = {}", fill("B1\n "))),
    ] {
        let _ = import::read(name, &text);
        let so_far = started.elapsed();
        assert!(
            so_far < Duration::from_secs(60),
            "{name} {}: {so_far:?}",
            &text[..20]
        );
    }
}
