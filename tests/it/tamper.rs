//! A change does not judge itself: whatever it does to the policy, the base's decides, and what the
//! change does is shown by its meaning.

use crate::program::{Lockgate, Outcome, git};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::path::Path;

pub const BLOCKS_HIGH: &str =
    "[[gate]]\nname = \"serious\"\nwhen = { severity = \">=high\" }\naction = \"block\"\n";

pub const BLOCKS_CRITICAL: &str =
    "[[gate]]\nname = \"serious\"\nwhen = { severity = \">=critical\" }\naction = \"block\"\n";

const ALLOWS_ALL: &str = "[[gate]]\nname = \"all\"\naction = \"allow\"\n";

/// A report with a finding of high and one of medium severity.
fn report() -> String {
    let result = |rule: &str, score: &str, line: u32| {
        json!({
            "ruleId": rule, "properties": {"security-severity": score},
            "message": {"text": format!("bad {rule}")},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": "app.py"}, "region": {"startLine": line}}}],
        })
    };
    let results = [result("HIGH", "8.0", 1), result("MEDIUM", "5.0", 2)];
    let rules = ["HIGH", "MEDIUM"].map(|id| json!({"id": id}));
    let driver = json!({"name": "T", "version": "1", "rules": rules});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

fn write(folder: &Path, path: &str, content: &str) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, content).unwrap();
}

fn commit(folder: &Path) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "--allow-empty", "-m", "x"]);
}

/// A check of what a change makes of a repository, with the report of a scanner that ran afterwards.
fn change(base: &[(&str, &str)], edit: impl FnOnce(&Path)) -> Lockgate {
    let lockgate = Lockgate::check();
    let folder = lockgate.folder.path().to_owned();
    git(&folder, &["init"]);
    write(&folder, "app.py", "a\nb\n");
    for (path, content) in base {
        write(&folder, path, content);
    }
    commit(&folder);
    git(&folder, &["checkout", "-b", "topic"]);
    edit(&folder);
    commit(&folder);
    lockgate.report("", "out/r.sarif", report())
}

/// The same, as a pull request.
pub fn pull(base: &[(&str, &str)], edit: impl FnOnce(&Path)) -> Lockgate {
    change(base, edit).args(&["--event", "pull_request", "--base", "main"])
}

/// `direction: text` of what is said about the policy.
pub fn changes(json: &Value) -> Vec<String> {
    let changes = json["policy"]["changes"].as_array().unwrap().iter();
    changes
        .map(|change| {
            let word = |key: &str| change[key].as_str().unwrap().to_owned();
            format!("{}: {}", word("direction"), word("text"))
        })
        .collect()
}

fn codes(json: &Value) -> Vec<&str> {
    let reasons = json["reasons"].as_array().unwrap().iter();
    reasons
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

/// Blocked by the base's policy, as if the change had left it alone.
pub fn assert_base_decides(json: &Value, code: i32) {
    assert_eq!(json["verdict"], "block", "{json:#}");
    assert_eq!(code, 1);
    assert_eq!(json["policy"]["origin"], "base");
    assert_eq!(json["counts"]["blocked"], 1);
    assert!(codes(json).contains(&"gate-blocks"), "{:?}", codes(json));
}

#[test]
fn the_threshold_that_a_change_raises_has_no_effect_and_is_shown() {
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        write(folder, "lockgate.toml", BLOCKS_CRITICAL);
    });
    let folder = lockgate.folder.path().to_owned();
    let lockgate = lockgate
        .args(&[
            "--github",
            "always",
            "--output",
            "markdown=s.md",
            "--output",
            "html=s.html",
        ])
        .env(
            "GITHUB_STEP_SUMMARY",
            folder.join("summary").to_str().unwrap(),
        )
        .env("GITHUB_OUTPUT", folder.join("outputs").to_str().unwrap());
    let Outcome { code, stdout, .. } = lockgate.run();
    assert_eq!(code, 1, "{stdout}");
    for part in [
        "This change weakens the policy",
        "weaker: gate \"serious\" no longer blocks severity \"high\" (lockgate.toml line 1)",
        "With it, this very run would be pass; it is block.",
        "1 finding that blocks now would not: HIGH in app.py:1",
        "takes effect only after the merge",
        "policy lockgate.toml of the base main (",
        "::warning file=lockgate.toml,line=1,title=this change weakens the policy::gate \"serious\"",
    ] {
        assert!(stdout.contains(part), "{part}\n{stdout}");
    }
    for file in ["s.md", "s.html"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains("This change weakens the policy"), "{text}");
        assert!(
            text.contains("<code>serious</code> no longer blocks severity"),
            "{text}"
        );
    }
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    assert_eq!(
        changes(&json),
        ["weaker: gate serious no longer blocks severity high"]
    );
    let after = &json["policy"]["after_merge"];
    assert_eq!(after["verdict"], "pass");
    assert_eq!(after["passing"][0], json["findings"][0]["fingerprint"]);
}

#[test]
fn a_policy_cannot_be_taken_away() {
    type Edit = fn(&Path);
    let remove: Edit = |folder| std::fs::remove_file(folder.join("lockgate.toml")).unwrap();
    let moves: Edit = |folder| {
        std::fs::create_dir(folder.join(".github")).unwrap();
        std::fs::rename(
            folder.join("lockgate.toml"),
            folder.join(".github/lockgate.toml"),
        )
        .unwrap();
    };
    let case: Edit = |folder| {
        std::fs::rename(folder.join("lockgate.toml"), folder.join("Lockgate.toml")).unwrap();
    };
    let folder: Edit = |folder| {
        std::fs::remove_file(folder.join("lockgate.toml")).unwrap();
        write(folder, "lockgate.toml/x", "");
    };
    let gone = ["removes the policy file, so that lockgate:balanced decides"];
    for (name, edit, shown) in [
        ("removed", remove, &gone[..]),
        ("moved", moves, &[]),
        ("in other letters", case, &gone),
        ("now a folder", folder, &gone),
    ] {
        let (json, code) = pull(&[("lockgate.toml", BLOCKS_HIGH)], edit).json();
        assert_base_decides(&json, code);
        let told = changes(&json);
        for text in shown {
            assert!(
                told.iter().any(|change| change.ends_with(text)),
                "{name}: {told:?}"
            );
        }
        assert_eq!(told.is_empty(), shown.is_empty(), "{name}: {told:?}");
    }
}

#[test]
fn a_policy_that_is_named_cannot_be_taken_away_either() {
    let lockgate = pull(&[("ci/gate.toml", BLOCKS_HIGH)], |folder| {
        std::fs::remove_file(folder.join("ci/gate.toml")).unwrap();
    });
    let (json, code) = lockgate.args(&["--policy", "ci/gate.toml"]).json();
    assert_base_decides(&json, code);
    assert_eq!(codes(&json), ["policy-broken", "gate-blocks"]);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_in_a_commit() {
    use std::os::unix::fs::symlink;
    let to_link = |folder: &Path| {
        std::fs::remove_file(folder.join("lockgate.toml")).unwrap();
        write(folder, "other.toml", ALLOWS_ALL);
        symlink("other.toml", folder.join("lockgate.toml")).unwrap();
    };
    let (json, code) = pull(&[("lockgate.toml", BLOCKS_HIGH)], to_link).json();
    assert_base_decides(&json, code);
    assert_eq!(codes(&json), ["policy-broken", "gate-blocks"]);
    let error = json["policy"]["errors"][0]["text"].as_str().unwrap();
    assert!(error.contains("link"), "{error}");

    // A base with a link is no base without a policy.
    let lockgate = pull(&[("other.toml", BLOCKS_HIGH)], |_| {});
    let folder = lockgate.folder.path();
    git(folder, &["checkout", "main"]);
    symlink("other.toml", folder.join("lockgate.toml")).unwrap();
    git(folder, &["add", "lockgate.toml"]);
    git(folder, &["commit", "-m", "x"]);
    git(folder, &["checkout", "topic"]);
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 2, "{}", outcome.stdout);
    assert!(outcome.stderr.contains("base commit"), "{}", outcome.stderr);
    // The same behind a folder that is a link, for a policy that is named.
    let lockgate = pull(&[("real/gate.toml", BLOCKS_HIGH)], |folder| {
        std::fs::rename(folder.join("real"), folder.join("mine")).unwrap();
        write(folder, "mine/gate.toml", ALLOWS_ALL);
        symlink("mine", folder.join("real")).unwrap();
    });
    let (json, code) = lockgate.args(&["--policy", "real/gate.toml"]).json();
    assert_base_decides(&json, code);
    assert_eq!(codes(&json), ["policy-broken", "gate-blocks"]);
}

#[test]
fn what_the_policy_extends_is_the_bases_too() {
    let base = [
        ("lockgate.toml", "extends = \"ci/rules.toml\"\n"),
        ("ci/rules.toml", BLOCKS_HIGH),
    ];
    let lockgate = pull(&base, |folder| write(folder, "ci/rules.toml", ALLOWS_ALL));
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    let told = changes(&json);
    assert!(
        told.contains(&"weaker: removes gate serious, which blocks".to_owned()),
        "{told:?}"
    );
    assert!(
        told.contains(&"weaker: adds gate all, which allows".to_owned()),
        "{told:?}"
    );

    // A rule that goes from one file to another is the same rule.
    let lockgate = pull(&base, |folder| write(folder, "lockgate.toml", BLOCKS_HIGH));
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    assert!(changes(&json).is_empty(), "{:?}", changes(&json));
}

#[test]
fn a_second_policy_file_breaks_the_policy_and_must_not_be_merged() {
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        write(folder, ".github/lockgate.toml", ALLOWS_ALL);
    });
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    assert_eq!(codes(&json), ["policy-broken", "gate-blocks"]);
}

#[test]
fn a_change_that_breaks_the_policy_is_blocked_where_it_would_pass() {
    let fine = [("lockgate.toml", BLOCKS_CRITICAL)];
    let lockgate = pull(&fine, |folder| {
        write(folder, "lockgate.toml", "unrated = \"hihg\"\n[[gat]]\n");
    });
    let outcome = lockgate.run();
    for part in [
        "This change breaks the policy",
        "lockgate.toml line 1, column 11: ",
        "lockgate.toml line 2, column 3: ",
        "BLOCKED",
    ] {
        assert!(outcome.stdout.contains(part), "{part}\n{}", outcome.stdout);
    }
    let (json, code) = lockgate.json();
    assert_eq!((json["verdict"].as_str(), code), (Some("block"), 1));
    assert_eq!(codes(&json), ["policy-broken"]);
    assert_eq!(json["policy"]["errors"][0]["line"], 1);
    // Without the change it passes.
    assert_eq!(pull(&fine, |_| {}).json().1, 0);
}

#[test]
fn errors_in_the_policy_of_the_base_end_the_check_and_say_where() {
    let broken = "[[gate]]\nname = \"x\"\naction = \"blok\"\n";
    let lockgate = pull(&[("lockgate.toml", broken)], |folder| {
        write(folder, "lockgate.toml", BLOCKS_HIGH);
    });
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 2);
    for part in [
        "lockgate.toml:3:10",
        "the policy of the base commit",
        "has an error",
        "help:",
    ] {
        assert!(outcome.stderr.contains(part), "{part}\n{}", outcome.stderr);
    }
}

#[test]
fn a_base_without_a_policy_is_a_state_of_its_own() {
    let added = |folder: &Path| {
        write(folder, "lockgate.toml", ALLOWS_ALL);
        write(folder, "app.py", "new\n");
    };
    let lockgate = pull(&[], added);
    let outcome = lockgate.run();
    assert!(
        outcome
            .stdout
            .contains("policy lockgate:balanced, because the base main (")
    );
    assert!(
        outcome
            .stdout
            .contains("adds a policy file; until then lockgate:balanced decides")
    );
    let (json, code) = lockgate.json();
    assert_eq!((json["verdict"].as_str(), code), (Some("block"), 1));
    assert_eq!(json["policy"]["origin"], "default");
    assert_eq!(json["policy"]["sources"], json!(["lockgate:balanced"]));
    // The same when the workflow of the change names the file already.
    let lockgate = pull(&[], added);
    let (json, code) = lockgate.args(&["--policy", "lockgate.toml"]).json();
    assert_eq!(
        (json["policy"]["origin"].as_str(), code),
        (Some("default"), 1)
    );
    // A name that neither has is a mistake.
    let lockgate = pull(&[], |_| {}).args(&["--policy", "gate.toml"]);
    assert_eq!(lockgate.run().code, 2);
}

#[test]
fn the_policy_of_a_folder_is_the_bases_also_when_only_that_folder_is_checked() {
    for policy in ["services/api/lockgate.toml", "lockgate.toml"] {
        let lockgate = pull(
            &[(policy, BLOCKS_HIGH), ("services/api/app.py", "a\nb\n")],
            |folder| {
                write(folder, policy, ALLOWS_ALL);
            },
        );
        let mut args = vec!["services/api"];
        if policy == "lockgate.toml" {
            // Beside the checked folder, but a file of the repository all the same.
            args.extend(["--policy", "lockgate.toml"]);
        }
        let (json, code) = lockgate.args(&args).json();
        assert_base_decides(&json, code);
        assert!(!changes(&json).is_empty());
    }
}

#[test]
fn what_the_workflow_itself_brings_along_is_its_own() {
    // A file outside of the repository.
    let elsewhere = tempfile::TempDir::new().unwrap();
    write(elsewhere.path(), "gate.toml", BLOCKS_CRITICAL);
    let outside = elsewhere.path().join("gate.toml");
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        write(folder, "lockgate.toml", ALLOWS_ALL);
    });
    let (json, code) = lockgate
        .args(&["--policy", outside.to_str().unwrap()])
        .json();
    assert_eq!(
        (json["policy"]["origin"].as_str(), code),
        (Some("given"), 0)
    );
    assert!(changes(&json).is_empty());
    // A second checkout inside of it, which no commit knows.
    let lockgate = pull(&[("lockgate.toml", BLOCKS_HIGH)], |_| {});
    let (json, code) = lockgate
        .file("central/gate.toml", BLOCKS_CRITICAL)
        .args(&["--policy", "central/gate.toml"])
        .json();
    assert_eq!(
        (json["policy"]["origin"].as_str(), code),
        (Some("given"), 0)
    );
    // A shipped one.
    let lockgate = pull(&[("lockgate.toml", ALLOWS_ALL)], |_| {});
    let (json, _) = lockgate.args(&["--policy", "lockgate:audit-only"]).json();
    assert_eq!(json["policy"]["origin"], "given");
}

#[test]
fn what_has_no_meaning_is_not_shown() {
    let base = format!(
        "unrated = \"high\"\n\n{BLOCKS_HIGH}\n[[gate]]\nname = \"rest\"\nwhen = {{ severity = \"<high\", kind = \"code\" }}\naction = \"warn\"\n"
    );
    let other_order = "[[gate]]\nname = \"rest\"\naction = \"warn\"\nwhen.kind = [\"code\"]\nwhen.severity = [\"info\", \"low\", \"medium\"]\n\
                       [[gate]]\nname = \"serious\"\naction = \"block\"\nwhen.severity = [\"critical\", \"high\"]\n";
    for head in [
        base.replace('\n', "\r\n"),
        format!("# words\n{base}"),
        other_order.to_owned(),
    ] {
        let lockgate = pull(&[("lockgate.toml", &base)], |folder| {
            write(folder, "lockgate.toml", &head);
        });
        let outcome = lockgate.run();
        assert!(
            !outcome.stdout.contains("This change"),
            "{}",
            outcome.stdout
        );
        let (json, code) = lockgate.json();
        assert_base_decides(&json, code);
        assert_eq!(json["policy"]["changes"], json!([]));
        assert_eq!(json["policy"]["after_merge"], Value::Null);
    }
}

#[test]
fn only_where_a_change_is_judged_the_base_decides() {
    let edit = |folder: &Path| write(folder, "lockgate.toml", ALLOWS_ALL);
    let base = [("lockgate.toml", BLOCKS_HIGH)];
    for (event, with_base, origin, exit) in [
        ("merge_group", true, "base", 1),
        ("local", true, "base", 1),
        ("local", false, "given", 0),
        ("push", true, "given", 0),
        ("schedule", false, "given", 0),
        ("workflow_dispatch", true, "given", 0),
    ] {
        let mut args = vec!["--event", event];
        if with_base {
            args.extend(["--base", "main"]);
        }
        let (json, code) = change(&base, edit).args(&args).json();
        assert_eq!(json["policy"]["origin"], origin, "{event}");
        assert_eq!(code, exit, "{event}");
        assert_eq!(changes(&json).is_empty(), origin == "given", "{event}");
    }
}

/// A person sees what an edit would do before it is committed.
#[test]
fn a_local_preview_sees_what_is_not_committed() {
    let lockgate = change(&[("lockgate.toml", BLOCKS_HIGH)], |_| {});
    let (json, code) = lockgate
        .file("lockgate.toml", BLOCKS_CRITICAL)
        .args(&["--base", "main"])
        .json();
    assert_base_decides(&json, code);
    assert_eq!(json["policy"]["after_merge"]["verdict"], "pass");
}

/// What happens on the target while a change waits is not the change's doing.
#[test]
fn the_targets_own_changes_are_not_the_changes() {
    let lockgate = pull(&[("lockgate.toml", BLOCKS_CRITICAL)], |_| {});
    let folder = lockgate.folder.path();
    git(folder, &["checkout", "main"]);
    write(folder, "lockgate.toml", BLOCKS_HIGH);
    git(folder, &["commit", "-a", "-m", "x"]);
    git(folder, &["checkout", "topic"]);
    let (json, code) = lockgate.json();
    assert_base_decides(&json, code);
    assert!(changes(&json).is_empty(), "{:?}", changes(&json));
}

#[test]
fn a_policy_that_the_change_may_have_written_proves_nothing() {
    let edit = |folder: &Path| write(folder, "lockgate.toml", ALLOWS_ALL);
    let blind = |lockgate: Lockgate| lockgate.args(&["--event", "pull_request", "--base", "gone"]);
    let (json, code) = blind(change(&[("lockgate.toml", BLOCKS_HIGH)], edit)).json();
    assert_eq!((json["verdict"].as_str(), code), (Some("incomplete"), 3));
    let reasons = json["reasons"].as_array().unwrap();
    let mut reasons = reasons.iter().filter(|r| r["code"] == "base-unreadable");
    let text = reasons.next().unwrap()["text"].as_str().unwrap();
    assert!(text.contains("fetch-depth: 0"), "{text}");
    assert_eq!(json["policy"]["origin"], "change");
    // One that it cannot have written does.
    let lockgate = blind(change(&[], |_| {}));
    let (json, _) = lockgate.args(&["--policy", "lockgate:audit-only"]).json();
    assert_eq!(json["policy"]["origin"], "given");
    assert!(!codes(&json).contains(&"base-unreadable"));
    // The default is no such thing: the change may have removed the policy.
    let (json, _) = blind(change(&[("lockgate.toml", BLOCKS_HIGH)], |folder| {
        std::fs::remove_file(folder.join("lockgate.toml")).unwrap();
    }))
    .json();
    assert!(codes(&json).contains(&"base-unreadable"));
}

#[test]
fn every_part_of_a_policy_is_compared() {
    let base = r#"
unrated = "critical"
on-partial = "block"
run = "auto"
[waivers]
max-days = 90
[scanners.t]
required = true
reports = "out/*.sarif"
max-age = "7d"
version = ">=1"
timeout = "5m"
[[gate]]
name = "wide"
when = { kind = ["code", "dependency"], severity = ">=medium" }
action = "block"
[[gate]]
name = "tests"
when = { path = "tests/**" }
action = "allow"
[[gate]]
name = "last"
action = "warn"
[[waiver]]
rule = "A"
path = "a.py"
reason = "r"
owner = "o"
expires = 2027-01-01
[[waiver]]
rule = "B"
path = "b.py"
reason = "r"
owner = "o"
expires = 2027-01-01
"#;
    let head = r#"
unrated = "low"
on-incomplete = "warn"
[scanners.t]
max-age = "30d"
suppressions = "honour"
on-partial = "warn"
[[gate]]
name = "tests"
when = { path = ["tests/**", "src/**"] }
action = "allow"
[[gate]]
name = "wide"
when = { kind = "code", severity = ">=high", confidence = ">=medium" }
action = "block"
[[waiver]]
rule = "A"
path = "a.py"
reason = "other words"
owner = "o2"
expires = 2028-01-01
[[waiver]]
rule = "B"
path = "**"
reason = "r"
owner = "o"
expires = 2027-01-01
[[waiver]]
advisory = "CVE-2024-1"
reason = "r"
owner = "o"
expires = 2027-01-01
"#;
    let lockgate = pull(&[("lockgate.toml", base)], |folder| {
        write(folder, "lockgate.toml", head);
    });
    let (json, _) = lockgate.args(&["--as-of", "2026-11-21"]).json();
    insta::assert_snapshot!("policy_changes", changes(&json).join("\n"));
    let weaker = changes(&json)
        .iter()
        .filter(|c| c.starts_with("weaker"))
        .count();
    // And back: what made it weaker makes it stricter.
    let lockgate = pull(&[("lockgate.toml", head)], |folder| {
        write(folder, "lockgate.toml", base);
    });
    let (json, _) = lockgate.args(&["--as-of", "2026-11-21"]).json();
    let stricter = changes(&json)
        .iter()
        .filter(|c| c.starts_with("stricter"))
        .count();
    assert_eq!(weaker, stricter, "{:#?}", changes(&json));
}

#[test]
fn a_report_that_the_change_brings_along_is_no_evidence() {
    let clean = json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "T", "version": "1"}}, "results": []}]})
    .to_string();
    let fails = |json: &Value, code: i32| {
        assert_eq!(
            (json["verdict"].as_str(), code),
            (Some("incomplete"), 3),
            "{json:#}"
        );
        assert_eq!(codes(json)[0], "report-from-change");
    };
    let policy = [(
        "lockgate.toml",
        "[scanners.t]\nreports = \"reports/t.sarif\"\n",
    )];
    // Added, altered, or written with other line ends than git has.
    let (json, code) = pull(&policy, |folder| write(folder, "reports/t.sarif", &clean)).json();
    fails(&json, code);
    let old = [policy[0], ("reports/t.sarif", "{}")];
    let (json, code) = pull(&old, |folder| write(folder, "reports/t.sarif", &clean)).json();
    fails(&json, code);
    let (json, code) = pull(&policy, |folder| {
        write(folder, ".gitattributes", "*.sarif text eol=crlf\n");
        write(
            folder,
            "reports/t.sarif",
            &clean.replace("\"runs\"", "\r\n\"runs\""),
        );
    })
    .json();
    fails(&json, code);
    // By whatever name it is reached.
    let lockgate = pull(&[], |folder| write(folder, "reports/t.sarif", &clean));
    let (json, code) = lockgate
        .args(&["--report", "./reports/../reports/t*"])
        .json();
    fails(&json, code);

    // Unless a scanner has written it anew.
    let policy = format!("{}{BLOCKS_HIGH}", policy[0].1);
    let policy = [("lockgate.toml", policy.as_str())];
    let lockgate = pull(&policy, |folder| write(folder, "reports/t.sarif", &clean));
    std::thread::sleep(std::time::Duration::from_millis(50));
    let (json, code) = lockgate.file("reports/t.sarif", report()).json();
    assert_eq!(
        (json["verdict"].as_str(), code),
        (Some("block"), 1),
        "{json:#}"
    );

    // One that was committed earlier is old, and that is said.
    let lockgate = pull(&[policy[0], ("reports/t.sarif", &clean)], |_| {});
    let (json, _) = lockgate.json();
    let run = |name: &str| {
        let runs = json["runs"].as_array().unwrap().iter();
        let run = runs.clone().find(|run| run["report"] == name).unwrap();
        run["notes"].to_string()
    };
    assert!(run("reports/t.sarif").contains("report-committed"));
    assert!(!run("out/r.sarif").contains("report-committed"));
}

/// A gate or a setting, as nasty as one may be.
fn piece() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "unrated = \"info\"\n",
        "on-incomplete = \"warn\"\n",
        "extends = \"lockgate:audit-only\"\n",
        "extends = \"no.toml\"\n",
        "nonsense = 1\n",
        "[[gate]]\nname = \"a\"\naction = \"allow\"\n",
        "[[gate]]\nname = \"b\"\naction = \"block\"\n",
        "[[gate]]\nname = \"serious\"\naction = \"warn\"\nwhen = { not = { kind = \"code\" } }\n",
        "[[waiver]]\nrule = \"*\"\npath = \"**\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2030-01-01\n",
        "[scanners.t]\nsuppressions = \"honour\"\n",
        "[[gate]]\n",
        "\u{0}",
    ]);
    prop_oneof![9 => words.prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the change makes of the policy: the findings fare as the base's says. Only a policy
    /// that the change breaks stops it on top of that.
    #[test]
    fn a_change_never_judges_itself(pieces in prop::collection::vec(piece(), 0..5), blocks in any::<bool>()) {
        let base = if blocks { BLOCKS_HIGH } else { BLOCKS_CRITICAL };
        let head = pieces.concat();
        let lockgate = pull(&[("lockgate.toml", base)], |folder| {
            write(folder, "lockgate.toml", &head);
        });
        let (json, _) = lockgate.json();
        let broken = !json["policy"]["errors"].as_array().unwrap().is_empty();
        let expected = if blocks || broken { "block" } else { "pass" };
        prop_assert_eq!(json["verdict"].as_str(), Some(expected), "{}", head);
        prop_assert_eq!(json["counts"]["blocked"].as_u64(), Some(u64::from(blocks)));
        prop_assert_eq!(&json["counts"]["waived"], 0);
    }
}

/// The baseline of everything that the report tells, written as a person would.
fn accepts_all(folder: &Path) {
    write(folder, "out/r.sarif", &report());
    let folder = folder.to_str().unwrap();
    let report = format!("{folder}/out/r.sarif");
    let file = format!("{folder}/known.json");
    let outcome = Lockgate::new(&[
        "baseline", "write", folder, "--report", &report, "--file", &file,
    ])
    .run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
    std::fs::remove_file(report).unwrap();
}

const NEW_ONLY: &str = "[[gate]]\nname = \"new\"\nwhen = { severity = \">=high\", origin = \"introduced\" }\naction = \"block\"\n";

#[test]
fn the_baseline_is_the_bases_too() {
    let policy = format!("baseline = \"known.json\"\n{NEW_ONLY}");
    // One that the change brings along does not count yet.
    let edit = |folder: &Path| {
        write(folder, "app.py", "bad\nworse\n");
        write(folder, "lockgate.toml", &policy);
        accepts_all(folder);
    };
    let (json, code) = pull(&[("lockgate.toml", NEW_ONLY)], edit).json();
    assert_base_decides(&json, code);
    let told = changes(&json);
    let adds = "weaker: adds 2 findings to the baseline known.json, so that they count as existing";
    assert!(told.contains(&adds.to_owned()), "{told:?}");
    assert_eq!(json["policy"]["after_merge"]["verdict"], "pass");
    // Nor when the policy names it already, or the command line.
    let (json, code) = pull(&[("lockgate.toml", &policy)], edit).json();
    assert_base_decides(&json, code);
    let lockgate = pull(&[("lockgate.toml", NEW_ONLY)], |folder| {
        write(folder, "app.py", "bad\nworse\n");
        accepts_all(folder);
    });
    let (json, code) = lockgate.args(&["--baseline", "known.json"]).json();
    assert_base_decides(&json, code);
    assert_eq!(json["policy"]["after_merge"]["verdict"], "pass");

    // Once it is merged it does, also for a change that takes it away or breaks it.
    let folder = tempfile::TempDir::new().unwrap();
    write(folder.path(), "app.py", "bad\nworse\n");
    accepts_all(folder.path());
    let known = std::fs::read_to_string(folder.path().join("known.json")).unwrap();
    let base = [
        ("lockgate.toml", policy.as_str()),
        ("known.json", known.as_str()),
        ("app.py", "bad\nworse\n"),
    ];
    type Edit = fn(&Path);
    let touches: Edit = |folder| write(folder, "app.py", "bad \nworse \n");
    let removes: Edit = |folder| std::fs::remove_file(folder.join("known.json")).unwrap();
    let breaks: Edit = |folder| write(folder, "known.json", "{");
    for (edit, code, reasons) in [
        (touches, 0, &[][..]),
        (removes, 1, &["policy-broken"]),
        (breaks, 1, &["policy-broken"]),
    ] {
        let (json, exit) = pull(&base, edit).json();
        assert_eq!(exit, code, "{json:#}");
        assert_eq!(codes(&json), reasons);
    }
}

#[test]
fn a_baseline_that_the_change_may_have_written_proves_nothing() {
    let lockgate = change(&[], accepts_all)
        .args(&["--event", "pull_request", "--base", "gone"])
        .args(&[
            "--policy",
            "lockgate:audit-only",
            "--baseline",
            "known.json",
        ]);
    let (json, code) = lockgate.json();
    assert_eq!((json["verdict"].as_str(), code), (Some("incomplete"), 3));
    assert!(codes(&json).contains(&"base-unreadable"));
}

/// A policy as large as a file may be costs time in proportion to its size, not to its square.
#[test]
fn large_policies_are_compared_in_time() {
    let load = |text: String| {
        let source = lockgate::policy::Source {
            name: "p.toml".into(),
            path: None,
            text,
        };
        lockgate::policy::load(&source, &lockgate::policy::Nothing).unwrap()
    };
    let gate = |number: usize| {
        let action = ["block", "warn", "allow"][number % 3];
        format!(
            "[[gate]]\nname = \"g{number}\"\naction = \"{action}\"\nwhen.path = \"p{number}\"\n"
        )
    };
    let waiver = |number: usize, to: &str| {
        format!(
            "[[waiver]]\nrule = \"r{number}\"\npath = \"{to}\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2030-01-01\n"
        )
    };
    let before = load((0..3000).map(|n| gate(n) + &waiver(n, "a")).collect());
    let after = load((0..3000).rev().map(|n| gate(n) + &waiver(n, "b")).collect());
    let changes = lockgate::policy::changes(&before, &after);
    assert_eq!(changes.len(), 201);
    assert!(changes[200].text.starts_with("and "));
}

#[test]
fn a_base_that_was_named_and_is_not_there_never_passes() {
    for event in ["", "push", "workflow_dispatch", "schedule"] {
        for policy in [&[][..], &["--policy", "lockgate:balanced"]] {
            let mut arguments = vec!["--base", "mian"];
            if !event.is_empty() {
                arguments.extend(["--event", event]);
            }
            arguments.extend(policy);
            let outcome = change(&[("lockgate.toml", ALLOWS_ALL)], |_| {})
                .args(&arguments)
                .run();
            assert_eq!(outcome.code, 3, "{arguments:?}: {}", outcome.stdout);
            assert!(
                outcome.stdout.contains("is no commit of this checkout"),
                "{}",
                outcome.stdout
            );
        }
    }
}
