//! Failures that users of other gates met. Each test bears its case's number.

use crate::baseline::{Project, new};
use crate::commenting;
use crate::hub::Account;
use crate::job::{Evidence, Job};
use crate::origin::{
    ONLY_THE_NEW_LINE, Server, ZEROS, assert_origins, commit, event, known, origins, push,
    unreadable,
};
use crate::program::{Lockgate, fixture, git, verdict};
use crate::suppressions::Pull;
use crate::tamper::{BLOCKS_CRITICAL, BLOCKS_HIGH, assert_base_decides, changes, pull};
use serde_json::{Value, json};

fn incomplete() -> (String, i32) {
    ("incomplete".to_owned(), 3)
}

fn report(path: &str) -> Vec<u8> {
    std::fs::read(fixture("reports").join(path)).unwrap()
}

fn only_run(lockgate: Lockgate) -> Value {
    let (json, _) = lockgate.json();
    assert_eq!(json["runs"].as_array().unwrap().len(), 1);
    json["runs"][0].clone()
}

fn sarif(runs: Value) -> String {
    json!({"version": "2.1.0", "runs": runs}).to_string()
}

fn result(extra: Value) -> Value {
    let mut result = json!({
        "ruleId": "r1",
        "message": {"text": "m"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.c"}, "region": {"startLine": 3}}}],
    });
    result
        .as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    result
}

#[test]
fn anchor_01_a_missing_report_is_incomplete() {
    let named = Lockgate::check().args(&["--report", "bandit=nowhere.json"]);
    assert_eq!(verdict(named), incomplete());
    let pattern = Lockgate::check().args(&["--report", "reports/*.json"]);
    assert_eq!(verdict(pattern), incomplete());
    let policy = "[scanners.trivy]\nreports = \"trivy*.json\"\n";
    assert_eq!(
        verdict(Lockgate::check().file("lockgate.toml", policy)),
        incomplete()
    );
    let required = "[scanners.trivy]\nrequired = true\n";
    let other = Lockgate::check().file("lockgate.toml", required).report(
        "bandit",
        "b.json",
        report("bandit/wild__svange_tagmania__bandit-report.json"),
    );
    assert_eq!(verdict(other), incomplete());
    assert_eq!(verdict(Lockgate::check()), incomplete(), "no report at all");
}

#[test]
fn anchor_02_what_is_no_report_is_incomplete_and_other_encodings_are_read() {
    for content in [
        "",
        " \n",
        "{}",
        "[]",
        "null",
        "<html>502 Bad Gateway</html>",
        "{\"results\": [",
        "true",
    ] {
        for tool in ["", "bandit", "trivy", "npm-audit", "pip-audit"] {
            let lockgate = Lockgate::check().report(tool, "r.json", content);
            assert_eq!(verdict(lockgate), incomplete(), "{tool} {content:?}");
        }
    }
    for file in [
        "bandit__utf16le-bom-crlf.json",
        "npm__utf16be-bom.json",
        "pip-audit__utf8-bom.json",
        "trivy__utf16le-nobom.json",
    ] {
        let run =
            only_run(Lockgate::check().report("", "r.json", report(&format!("_malformed/{file}"))));
        assert_eq!(run["health"], "complete", "{file}");
        assert!(run["findings"].as_u64().unwrap() > 0, "{file}");
    }
}

#[test]
fn anchor_03_an_error_document_is_incomplete_and_said_to_be_an_outage() {
    for content in [
        r#"{"error": {"code": "ENOAUDIT", "summary": "Your configured registry does not support audit requests.", "detail": ""}}"#,
        r#"{"message": "request failed", "method": "POST", "uri": "https://npm.example/", "statusCode": 503, "body": ""}"#,
        r#"{"error": {"summary": "x"}, "auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}, "dependencies": {"total": 9}}}"#,
    ] {
        let lockgate = Lockgate::check().report("npm-audit", "n.json", content);
        let (json, code) = lockgate.json();
        assert_eq!(
            (json["verdict"].as_str(), code),
            (Some("incomplete"), 3),
            "{content}"
        );
        assert_eq!(
            json["runs"][0]["reasons"][0]["code"], "error-document",
            "{content}"
        );
        assert!(
            json["reasons"][0]["text"]
                .as_str()
                .unwrap()
                .contains("outage"),
            "{content}"
        );
    }
}

/// Bandit that could not parse one file; the change touches `touched`.
fn unparsed(policy: &str, touched: &str, base: &[&str]) -> (String, i32) {
    let bandit = json!({
        "errors": [{"filename": "./app/broken.py", "reason": "syntax error while parsing AST from file"}],
        "generated_at": "2026-11-20T10:00:00Z",
        "metrics": {"_totals": {"loc": 9}, "./app/broken.py": {"loc": 0}, "./app/fine.py": {"loc": 9}},
        "results": [],
    });
    let lockgate = Lockgate::check()
        .file("lockgate.toml", policy)
        .file("app/broken.py", "def\n")
        .file("app/fine.py", "x = 1\n")
        .file(".gitignore", "b.json\n");
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["init"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-m", "base"]);
    git(&folder, &["checkout", "-b", "topic"]);
    let lockgate = lockgate.file(touched, "def def\n");
    git(&folder, &["commit", "-am", "change"]);
    verdict(
        lockgate
            .report("bandit", "b.json", bandit.to_string())
            .args(base),
    )
}

#[test]
fn anchor_04_a_file_that_was_not_scanned_stops_the_change_that_touches_it() {
    let base = ["--base", "main"];
    let warns = ("warn".to_owned(), 0);
    assert_eq!(unparsed("", "app/broken.py", &base), incomplete());
    assert_eq!(unparsed("", "app/fine.py", &base), warns);
    let required = "[scanners.bandit]\nrequired = true\n";
    assert_eq!(unparsed(required, "app/fine.py", &base), warns);
    assert_eq!(unparsed(required, "app/fine.py", &[]), incomplete());
    let unknown = ["--base", "no-such-branch"];
    assert_eq!(unparsed(required, "app/fine.py", &unknown), incomplete());
    let strict = "on-partial = \"block\"\n";
    assert_eq!(unparsed(strict, "app/fine.py", &base), incomplete());
    let relaxed = "on-partial = \"warn\"\n";
    assert_eq!(unparsed(relaxed, "app/broken.py", &base), warns);
}

#[test]
fn anchor_05_an_unsuccessful_sarif_run_is_never_complete() {
    let run = |invocation: Value, results: Value| {
        sarif(
            json!([{"tool": {"driver": {"name": "T"}}, "invocations": [invocation], "results": results}]),
        )
    };
    let failed = run(json!({"executionSuccessful": false}), json!([]));
    assert_eq!(
        verdict(Lockgate::check().report("", "s.sarif", failed)),
        incomplete()
    );
    let notified = run(
        json!({"executionSuccessful": true, "toolConfigurationNotifications": [
            {"level": "error", "message": {"text": "syntax error"},
             "locations": [{"physicalLocation": {"artifactLocation": {"uri": "bad.py"}}}]}]}),
        json!([]),
    );
    let run = only_run(Lockgate::check().report("", "s.sarif", notified));
    assert_eq!(run["health"], "partial");
    assert_eq!(run["reasons"][0]["items"], json!(["bad.py"]));
}

#[test]
fn anchor_06_sarif_without_runs_or_results_is_incomplete_and_empty_results_are_clean() {
    assert_eq!(
        verdict(Lockgate::check().report("", "s.sarif", sarif(json!([])))),
        incomplete()
    );
    let without = sarif(json!([{"tool": {"driver": {"name": "T"}}}]));
    assert_eq!(
        verdict(Lockgate::check().report("", "s.sarif", without)),
        incomplete()
    );
    let empty = sarif(json!([{"tool": {"driver": {"name": "T", "version": "1"}}, "results": []}]));
    assert_eq!(
        verdict(Lockgate::check().report("", "s.sarif", empty)),
        ("pass".to_owned(), 0)
    );
}

#[test]
fn anchor_07_a_critical_result_without_location_blocks_and_can_be_uploaded() {
    let run = json!([{
        "tool": {"driver": {"name": "T", "rules": [{"id": "r1", "properties": {"security-severity": "9.9"}}]}},
        "results": [{"ruleId": "r1", "message": {"text": "m"}}],
    }]);
    let lockgate = Lockgate::check()
        .report("", "s.sarif", sarif(run))
        .args(&["--output", "upload-sarif=up.sarif"]);
    let folder = lockgate.folder.path().to_owned();
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 1);
    let upload: Value =
        serde_json::from_slice(&std::fs::read(folder.join("up.sarif")).unwrap()).unwrap();
    let place = &upload["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert!(place["artifactLocation"]["uri"].is_string());
    assert_eq!(place["region"]["startLine"], 1);
}

#[test]
fn anchor_08_odd_security_severities_are_no_severity() {
    let severity = |given: Value| {
        let run = json!([{
            "tool": {"driver": {"name": "T", "rules": [{"id": "r1", "properties": {"security-severity": given}}]}},
            "results": [result(json!({"level": "note"}))],
        }]);
        let (json, _) = Lockgate::check().report("", "s.sarif", sarif(run)).json();
        let finding = &json["findings"][0];
        (
            finding["severity"].as_str().unwrap().to_owned(),
            finding["reported"]["score"].clone(),
        )
    };
    for given in [
        json!(null),
        json!("undefined"),
        json!("11"),
        json!(0.0),
        json!({}),
        json!([]),
    ] {
        assert_eq!(
            severity(given.clone()),
            ("low".to_owned(), Value::Null),
            "{given}"
        );
    }
    assert_eq!(severity(json!("9.8 ")), ("critical".to_owned(), json!(9.8)));
}

#[test]
fn anchor_09_rules_are_found_wherever_they_stand() {
    let severity = |tool: Value, extra: Value| {
        let run = json!([{"tool": tool, "results": [result(extra)]}]);
        let (json, _) = Lockgate::check().report("", "s.sarif", sarif(run)).json();
        json["findings"][0]["severity"].as_str().unwrap().to_owned()
    };
    let rule = json!({"id": "r1", "properties": {"security-severity": "8.1"}});
    let extension =
        json!({"driver": {"name": "T"}, "extensions": [{"name": "E", "rules": [rule]}]});
    assert_eq!(severity(extension.clone(), json!({})), "high");
    let reference = json!({"ruleId": null, "rule": {"index": 0, "toolComponent": {"index": 0}}});
    assert_eq!(severity(extension, reference), "high");
    let driver = json!({"driver": {"name": "T", "rules": [rule]}});
    assert_eq!(
        severity(driver.clone(), json!({"ruleId": null, "ruleIndex": 0})),
        "high"
    );
    assert_eq!(severity(driver, json!({"ruleId": "r1/sub"})), "high");
    let level = json!({"driver": {"name": "T", "rules": [{"id": "r1", "defaultConfiguration": {"level": "error"}}]}});
    assert_eq!(severity(level, json!({})), "high");
}

#[test]
fn anchor_10_one_known_finding_never_hides_fifty() {
    let project = Project::new();
    let line = |number: usize| format!("x{number} = eval(y{number})\n");
    project.sources(&[("a.py", &line(0))]);
    project.write();
    let fifty: String = (0..50).map(line).collect();
    project.sources(&[("a.py", &fifty)]);
    assert_eq!(new(&project.check()).len(), 49);
    // Not even when all of them look alike.
    project.sources(&[("a.py", "eval(y)\n")]);
    project.write();
    project.sources(&[("a.py", &"eval(y)\n".repeat(50))]);
    let alike = new(&project.check());
    assert_eq!(alike.len(), 49);
    assert!(
        alike.iter().all(|(_, why)| why.contains("fewer like it")),
        "{alike:?}"
    );
}

#[test]
fn anchor_11_twenty_five_thousand_shifted_results_are_all_known() {
    let line = |n: usize| {
        if n.is_multiple_of(3) {
            "eval(x)\n".to_owned()
        } else {
            format!("eval(y{n})\n")
        }
    };
    let text: String = (0..25_000).map(line).collect();
    let project = Project::new();
    project.sources(&[("a.py", &text)]);
    project.write();
    project.sources(&[("a.py", &format!("import a\nimport b\nimport c\n{text}"))]);
    let report = project.check();
    assert_eq!(report["findings"].as_array().unwrap().len(), 25_000);
    assert_eq!(new(&report), []);
    assert_eq!(report["resolved"], json!([]));

    // The same where no source is at hand: several findings of a file that move alike are believed.
    let project = Project::new();
    let names: Vec<(String, String)> = (0..2_500)
        .map(|n| (format!("R{}", n % 7), format!("src/{}.py", n % 50)))
        .collect();
    let shifted = |by: usize| -> Vec<(&str, &str, usize)> {
        let all = names.iter().enumerate();
        all.map(|(n, (rule, path))| (rule.as_str(), path.as_str(), n / 100 + by))
            .collect()
    };
    project.found(&shifted(1));
    project.write();
    project.found(&shifted(4));
    assert_eq!(new(&project.check()), []);
}

#[test]
fn anchor_12_one_fixed_and_one_added_is_one_new() {
    let before = "def a(x):\n    return eval(x)\n\ndef b(x):\n    return 1\n";
    let after = "def a(x):\n    return 1\n\ndef b(x):\n    return eval(x)\n";
    let project = Project::new();
    project.sources(&[("a.py", before)]);
    project.write();
    project.sources(&[("a.py", after)]);
    let report = project.check();
    let why = "the baseline has one like it only at another place of the file";
    assert_eq!(new(&report), [(5, why.to_owned())]);
    assert_eq!(report["resolved"].as_array().unwrap().len(), 1);
    // Nor does it help to do it among others that stay, or without the source.
    let others = "\nz = eval(z)\nz = 2\n";
    project.sources(&[("a.py", &format!("{before}{others}"))]);
    project.write();
    project.sources(&[("a.py", &format!("{after}{others}"))]);
    assert_eq!(new(&project.check()).len(), 1);
    project.remove("a.py");
    project.found(&[("R1", "a.py", 2)]);
    project.write();
    project.found(&[("R1", "a.py", 5)]);
    assert_eq!(new(&project.check()).len(), 1);
}

#[test]
fn anchor_13_a_renamed_file_is_followed_only_where_nothing_is_guessed() {
    let one = "def a(x):\n    return eval(x)\n";
    let two = "def a(x):\n    return eval(x)\n\ndef b(x):\n    return eval(x)\n";
    let project = Project::new();
    let renamed = |text: &str| {
        let _ = std::fs::remove_file(project.path("new.py"));
        project.sources(&[("old.py", text)]);
        project.write();
        project.remove("old.py");
        project.sources(&[("new.py", text)]);
        project.check()
    };
    let report = renamed(one);
    assert_eq!(new(&report), []);
    let why = "the baseline knows it in a file that is gone, of which this is the new name";
    assert_eq!(report["findings"][0]["origin_reason"], why);
    let report = renamed(two);
    let reasons = new(&report);
    assert_eq!(reasons.len(), 2);
    assert!(
        reasons.iter().all(|(_, why)| why.contains("look alike")),
        "{reasons:?}"
    );
    // A copy is no renamed file.
    project.sources(&[("old.py", one)]);
    project.write();
    project.file("new.py", one);
    project.found(&[("R1", "new.py", 2)]);
    assert_eq!(new(&project.check()).len(), 1);
}

#[test]
fn anchor_14_one_advisory_under_three_names_is_one_finding() {
    let pip = json!({"dependencies": [{"name": "werkzeug", "version": "0.11", "vulns": [
        {"id": "PYSEC-2019-140", "fix_versions": ["0.15.3"], "aliases": ["CVE-2019-14806", "GHSA-gq9m-qvpx-68hc"]}]}]});
    let grype = sarif(json!([{
        "tool": {"driver": {"name": "Trivy", "rules": [{"id": "CVE-2019-14806", "properties": {"tags": ["vulnerability"], "security-severity": "7.5"}}]}},
        "results": [],
    }]));
    let lockgate = Lockgate::check()
        .file("requirements.txt", "#\n#\n#\n#\n#\nWerkzeug==0.11\n")
        .report("", "t.json", report("trivy/golden__pip.json"))
        .report("", "p.json", pip.to_string())
        .report("", "s.sarif", grype);
    let (json, _) = lockgate.json();
    let findings = json["findings"].as_array().unwrap();
    let one: Vec<&Value> = findings
        .iter()
        .filter(|f| {
            f["advisories"]
                .as_array()
                .unwrap()
                .contains(&json!("CVE-2019-14806"))
        })
        .collect();
    assert_eq!(one.len(), 1, "{findings:#?}");
    let scanners: Vec<_> = one[0]["witnesses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| w["scanner"].clone())
        .collect();
    assert_eq!(scanners, ["pip-audit", "trivy"]);
    assert_eq!(one[0]["severity"], "high", "borrowed from Trivy");
    assert_eq!(one[0]["location"]["line"], 6);
}

#[test]
fn anchor_15_one_advisory_in_two_lockfiles_is_two_findings() {
    let results = ["a/package-lock.json", "b/package-lock.json"].map(|target| {
        json!({"Target": target, "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2020-8203", "PkgName": "lodash", "InstalledVersion": "4.17.15", "Severity": "HIGH"}]})
    });
    let trivy = json!({"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": results});
    let (json, _) = Lockgate::check()
        .report("", "t.json", trivy.to_string())
        .json();
    assert_eq!(json["findings"].as_array().unwrap().len(), 2);
}

#[test]
fn anchor_16_a_waiver_that_the_change_adds_is_shown_and_counts_for_nothing() {
    let waiver = "[[waiver]]\nrule = \"HIGH\"\npath = \"app.py\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2030-01-01\n";
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        let text = format!("{BLOCKS_HIGH}{waiver}");
        std::fs::write(folder.join("lockgate.toml"), text).unwrap();
    });
    let (json, code) = lockgate.args(&["--as-of", "2026-11-21"]).json();
    assert_base_decides(&json, code);
    let shown = "weaker: adds a waiver until 2030-01-01 for rule HIGH, path app.py";
    assert_eq!(changes(&json), [shown]);
}

#[test]
fn anchor_17_a_threshold_that_the_change_raises_is_shown_and_has_no_effect() {
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        std::fs::write(folder.join("lockgate.toml"), BLOCKS_CRITICAL).unwrap();
    });
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    assert_eq!(
        changes(&json),
        ["weaker: gate serious no longer blocks severity high"]
    );
}

#[test]
fn anchor_18_a_wrong_policy_is_refused_with_its_place() {
    for (policy, place) in [
        ("unknwon = 1\n", "lockgate.toml:1:1"),
        ("unrated = \"severe\"\n", "lockgate.toml:1:11"),
        (
            "[scanners.trivy]\nrequired = \"yes\"\n",
            "lockgate.toml:2:12",
        ),
    ] {
        let outcome = Lockgate::check().file("lockgate.toml", policy).run();
        assert_eq!(outcome.code, 2, "{policy}");
        assert!(outcome.stderr.contains(place), "{}", outcome.stderr);
        assert!(outcome.stdout.is_empty());
    }
}

#[test]
fn anchor_19_a_waiver_holds_through_its_last_day() {
    let policy = "[[waiver]]\nadvisory = \"CVE-2019-14806\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2026-11-20\n";
    let blocked = |day: &str| {
        let (json, _) = Lockgate::check()
            .file(
                "lockgate.toml",
                format!("extends = \"lockgate:balanced\"\n{policy}"),
            )
            .report("", "t.json", report("trivy/golden__pip.json"))
            .args(&["--as-of", day])
            .json();
        let counts = &json["counts"];
        (
            counts["blocked"].as_u64().unwrap(),
            counts["waived"].as_u64().unwrap(),
        )
    };
    assert_eq!(blocked("2026-11-19"), (0, 1));
    assert_eq!(blocked("2026-11-20"), (0, 1));
    assert_eq!(blocked("2026-11-21"), (1, 0));
    for line in [
        "reason = \"r\"\n",
        "owner = \"o\"\n",
        "expires = 2026-11-20\n",
        "advisory = \"CVE-2019-14806\"\n",
    ] {
        let outcome = Lockgate::check()
            .file("lockgate.toml", policy.replace(line, ""))
            .run();
        assert_eq!(outcome.code, 2, "without {line}");
    }
}

#[test]
fn anchor_21_two_reports_of_one_tool_share_no_category() {
    let lockgate = Lockgate::check()
        .report("", "fs.json", report("trivy/golden__pip.json"))
        .report("", "config.json", report("trivy/golden__dockerfile.json"))
        .report("", "b.json", report("bandit/gen__pygoat.json"))
        .args(&["--output", "upload-sarif=up.sarif"]);
    let folder = lockgate.folder.path().to_owned();
    lockgate.run();
    let upload: Value =
        serde_json::from_slice(&std::fs::read(folder.join("up.sarif")).unwrap()).unwrap();
    let ids: Vec<_> = upload["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["lockgate/bandit/", "lockgate/trivy/"]);
}

fn trivy(version: &str, created: &str) -> String {
    json!({
        "SchemaVersion": 2,
        "Trivy": {"Version": version},
        "CreatedAt": created,
        "ArtifactName": ".",
        "ArtifactType": "filesystem",
        "Results": [{"Target": "Cargo.lock", "Class": "lang-pkgs", "Type": "cargo"}],
    })
    .to_string()
}

fn reason(lockgate: Lockgate) -> (String, i32, String) {
    let (json, code) = lockgate.json();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (
        word(&json["verdict"]),
        code,
        word(&json["reasons"][0]["code"]),
    )
}

#[test]
fn anchor_22_a_forks_token_changes_nothing_but_where_it_is_told() {
    for evidence in Evidence::ALL {
        for event in [
            "pull_request_fork",
            "pull_request_deleted_fork",
            "pull_request_dependabot",
        ] {
            let own = Job::on("pull_request", evidence).run();
            let job = Job::on(event, evidence);
            let ran = job.run();
            let (code, verdict) = evidence.expected();
            assert_eq!(
                (ran.code, ran.output("verdict")),
                (code, verdict),
                "{event}"
            );
            assert_eq!(ran.outputs, own.outputs, "{event}");
            // What stops the merge is said at its line and in the summary, as with all rights.
            assert_eq!(ran.verdict(), own.verdict(), "{event}");
            assert_eq!(ran.verdict().2.is_empty(), evidence == Evidence::Passing);
            assert!(!ran.summary.is_empty());
            let state = job.hub.state();
            assert_eq!(
                (state.comments.len(), state.sarifs.len()),
                (0, 0),
                "{event}"
            );
            drop(state);
            // One sentence says what was not posted.
            if evidence == Evidence::Blocked {
                let words = "read-only";
                let said = [&ran.stdout, &ran.stderr].map(|log| log.matches(words).count());
                assert!(said[0] + said[1] > 0, "{}{}", ran.stdout, ran.stderr);
                assert!(ran.summary.contains(words), "{}", ran.summary);
            }
        }
    }
}

#[test]
fn anchor_23_a_merge_group_is_compared_with_its_own_base() {
    let server = Server::new();
    let at = server.at();
    // A release branch, which lacks what main has, and in the queue before us a change of somebody else.
    git(at, &["checkout", "-b", "release", &server.fork]);
    let ahead = commit(at, &[("other.py", "z\n")]);
    git(at, &["checkout", "-b", "queue"]);
    commit(at, &[("app.py", "a\nnew\nc\n")]);
    let payload = json!({"action": "checks_requested", "merge_group": {
        "base_sha": ahead, "base_ref": "refs/heads/release", "head_ref": "refs/heads/queue"}});
    let (json, _) = event(server.check("queue", 0), "merge_group", &payload).json();
    known(&json, "release", &ahead);
    assert_eq!(json["comparison"]["event"], "merge_group");
    assert_origins(&json, ONLY_THE_NEW_LINE);
    let (json, _) = event(server.check("queue", 1), "merge_group", &payload).json();
    unreadable(&json, "fetch-depth: 0");
    // Servers that do not say the id: the branch.
    let payload = json!({"merge_group": {"base_ref": "refs/heads/release"}});
    let (json, _) = event(server.check("queue", 0), "merge_group", &payload).json();
    known(&json, "release", &ahead);
}

#[test]
fn anchor_24_comments_and_summaries_keep_within_their_limits() {
    commenting::comments_keep_within_the_limit();
    commenting::summaries_keep_within_a_mebibyte();
}

#[test]
fn anchor_25_somebody_elses_comment_with_our_marker_is_left_alone() {
    let job = Job::on("pull_request", Evidence::Blocked).args(&["--upload", "off"]);
    job.run();
    let ours = job.comments().remove(0);
    let job = Job::on("pull_request", Evidence::Blocked).args(&["--upload", "off"]);
    let theirs: Vec<u64> = {
        let mut state = job.hub.state();
        let names = ["mallory", "github-actions"].map(Account::person);
        let names = names.into_iter().chain([Account::bot("other[bot]", 5)]);
        names.map(|who| state.comment(7, &who, &ours)).collect()
    };
    // Twice, because the second run has one of its own to find.
    job.run();
    job.run();
    assert_eq!(job.comments().len(), 1);
    let state = job.hub.state();
    let left = state.comments.iter().filter(|c| theirs.contains(&c.id));
    let left: Vec<bool> = left
        .map(|c| c.body == ours && c.created == c.updated)
        .collect();
    assert_eq!(left, [true; 3]);
}

#[test]
fn anchor_27_evidence_older_than_the_policy_accepts_is_incomplete() {
    let policy = "[scanners.trivy]\nmax-age = \"90d\"\n";
    let aged = |created: &str, policy: &str| {
        let lockgate = Lockgate::check().args(&["--as-of", "2026-11-21"]);
        let report = trivy("0.70.0", created);
        reason(
            lockgate
                .file("lockgate.toml", policy)
                .report("", "t.json", report),
        )
    };
    let stale = ("incomplete".into(), 3, "stale".into());
    let pass = ("pass".into(), 0, String::new());
    assert_eq!(aged("2026-08-22T00:00:00Z", policy), stale);
    assert_eq!(aged("2026-08-24T00:00:00Z", policy), pass);
    assert_eq!(aged("2020-01-01T00:00:00Z", ""), pass);
}

#[test]
fn anchor_28_a_report_of_a_compromised_release_is_refused() {
    let by = |version: &str, policy: &str| {
        let report = trivy(version, "2026-11-20T00:00:00Z");
        reason(
            Lockgate::check()
                .file("lockgate.toml", policy)
                .report("", "t.json", report),
        )
    };
    let refused = ("incomplete".into(), 3, "compromised-version".into());
    let trusting = "[scanners.trivy]\nversion = \"=0.69.4\"\n";
    assert_eq!(by("0.69.4", ""), refused);
    assert_eq!(by("v0.69.4", trusting), refused);
    assert_eq!(by("0.69.3", ""), ("pass".into(), 0, String::new()));
    let range = "[scanners.trivy]\nversion = \">=0.70\"\n";
    assert_eq!(
        by("0.69.3", range),
        ("incomplete".into(), 3, "version".into())
    );
    let sarif =
        sarif(json!([{"tool": {"driver": {"name": "Trivy", "version": "0.69.4"}}, "results": []}]));
    let of_sarif = reason(Lockgate::check().report("", "t.sarif", sarif));
    assert_eq!(of_sarif, refused);
}

#[test]
fn anchor_29_a_first_run_is_judged_whole_and_says_so() {
    let server = Server::new();
    let payload = push(ZEROS, "refs/heads/main", false);
    let lockgate = event(server.check("main", 0), "push", &payload);
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 1);
    assert!(
        outcome
            .stdout
            .contains("not compared: this is the first push")
    );
    let (json, code) = lockgate.json();
    assert_eq!(
        (json["comparison"]["state"].as_str(), code),
        (Some("none"), 1)
    );
    assert!(origins(&json).values().all(|origin| origin == "unknown"));
    assert_eq!(json["findings"][0]["disposition"], "blocked");
}

#[test]
fn anchor_30_what_is_reported_is_what_was_evaluated() {
    let (json, _) = Lockgate::check()
        .report("", "b.json", report("bandit/gen__pygoat.json"))
        .report("", "n.json", report("npm/gen__jimahub-npm11.json"))
        .json();
    let findings = json["findings"].as_array().unwrap();
    let counts = json["counts"].as_object().unwrap();
    let dispositions: u64 = counts
        .iter()
        .filter(|(k, _)| *k != "findings")
        .map(|(_, n)| n.as_u64().unwrap())
        .sum();
    assert_eq!(findings.len() as u64, dispositions);
    assert_eq!(findings.len(), 65 + 89);
    let witnesses: usize = findings
        .iter()
        .map(|f| f["witnesses"].as_array().unwrap().len())
        .sum();
    assert_eq!(witnesses, 65 + 89);
}

#[test]
fn anchor_16_what_the_change_suppresses_counts_all_the_same_and_is_shown() {
    for (path, head) in [
        (".trivyignore", "CVE-2024-1\n"),
        ("a.py", "run(x)  # nosec\n"),
    ] {
        let pull = Pull::on(&[]).with(path, head.as_bytes());
        let (json, code) = pull.judge();
        assert_eq!((code, &json["verdict"]), (1, &json!("block")), "{path}");
        let shown = json["findings"].as_array().unwrap().iter();
        let shown = shown.clone().find(|f| f["scanner"] == "suppressions");
        assert_eq!(shown.unwrap()["location"]["path"], path);
    }
}

/// A report with so many results, of which the first is an error.
fn crowded(tool: &str, results: usize) -> String {
    let result = |n: usize| {
        result(json!({
            "message": {"text": format!("finding {n}")},
            "level": if n == 0 { "error" } else { "note" },
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": "a.py"}, "region": {"startLine": n + 1}}}],
        }))
    };
    let results: Vec<Value> = (0..results).map(result).collect();
    sarif(
        json!([{"tool": {"driver": {"name": tool, "version": "1", "rules": [{"id": "r1"}]}},
        "results": results}]),
    )
}

/// The upload file and those beside it, and how many results they hold. Each is looked at by the
/// preflight, which reads nothing but bytes.
fn uploads(lockgate: Lockgate) -> (Vec<Value>, usize) {
    let lockgate = lockgate.args(&["--quiet", "--output", "upload-sarif=up.sarif"]);
    lockgate.run();
    let mut names = vec!["up.sarif".to_owned()];
    names.extend(
        (2..)
            .map(|n| format!("up.part-{n}.sarif"))
            .take_while(|name| lockgate.folder.path().join(name).exists()),
    );
    let mut files = Vec::new();
    let mut results = 0;
    for name in names {
        let bytes = std::fs::read(lockgate.folder.path().join(name)).unwrap();
        let remarks = lockgate::upload::preflight::file(&bytes);
        assert!(
            lockgate::upload::preflight::accepts(&remarks),
            "{remarks:?}"
        );
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        for run in file["runs"].as_array().unwrap() {
            results += run["results"].as_array().unwrap().len();
        }
        files.push(file);
    }
    (files, results)
}

/// Text that no compression makes smaller than three quarters.
fn noise(seed: usize, length: usize) -> String {
    let mut state = seed as u64 + 1;
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-";
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(digits[(state >> 58) as usize])
    };
    (0..length).map(next).collect()
}

#[test]
fn anchor_20_21_runs_become_several_valid_uploads() {
    let mut lockgate = Lockgate::check();
    for n in 0..21 {
        let text = crowded(&format!("Tool {n:02}"), 1);
        lockgate = lockgate.report("", &format!("{n}.json"), text);
    }
    let (files, results) = uploads(lockgate);
    let runs = |file: &Value| file["runs"].as_array().unwrap().len();
    assert_eq!(files.iter().map(runs).collect::<Vec<_>>(), [20, 1]);
    assert_eq!(results, 21);
}

#[test]
fn anchor_20_25001_results_become_several_valid_uploads() {
    let text = crowded("T", 25_001);
    let (files, results) = uploads(Lockgate::check().report("", "t.json", text));
    assert_eq!(results, 25_001);
    let ids: Vec<&str> = files[0]["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["lockgate/t/", "lockgate/t.2/"]);
    // The most severe one comes first.
    assert_eq!(files[0]["runs"][0]["results"][0]["level"], "error");
}

#[test]
fn anchor_20_more_than_10_mb_compressed_become_several_valid_uploads() {
    // Rules with long texts of their own: each takes some 900 bytes however it is packed.
    let rule = |n: usize| {
        json!({"id": format!("r{n}"), "shortDescription": {"text": noise(n, 200)},
            "fullDescription": {"text": noise(n + 1_000_000, 1_000)}})
    };
    let finding = |n: usize| result(json!({"ruleId": format!("r{n}")}));
    let run = json!([{
        "tool": {"driver": {"name": "T", "version": "1", "rules": (0..13_000).map(rule).collect::<Vec<_>>()}},
        "results": (0..13_000).map(finding).collect::<Vec<_>>(),
    }]);
    let (files, results) = uploads(Lockgate::check().report("", "t.json", sarif(run)));
    assert_eq!((files.len(), results), (2, 13_000));
}

#[test]
fn anchor_20_21_tags_become_at_most_10() {
    let tags: Vec<String> = (1..=21)
        .map(|n| format!("external/cwe/cwe-{n:03}"))
        .collect();
    let run = json!([{
        "tool": {"driver": {"name": "T", "version": "1",
            "rules": [{"id": "r1", "properties": {"tags": tags, "security-severity": "8.0"}}]}},
        "results": [result(json!({}))],
    }]);
    let (files, _) = uploads(Lockgate::check().report("", "t.json", sarif(run)));
    let rule = &files[0]["runs"][0]["tool"]["driver"]["rules"][0];
    let tags = rule["properties"]["tags"].as_array().unwrap();
    assert!(
        tags.len() <= 10 && tags.contains(&json!("security")),
        "{tags:?}"
    );
}
