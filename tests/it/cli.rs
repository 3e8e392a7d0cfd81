//! The command line: exit codes, errors, outputs.

use crate::program::{Lockgate, fixture, repository};

fn clean() -> Vec<u8> {
    std::fs::read(fixture(
        "reports/bandit/wild__svange_tagmania__bandit-report.json",
    ))
    .unwrap()
}

fn blocked() -> Vec<u8> {
    std::fs::read(fixture("reports/trivy/golden__pip.json")).unwrap()
}

#[test]
fn an_input_of_the_action_that_is_left_empty_is_none() {
    let action = std::fs::read_to_string(repository().join("action.yml")).unwrap();
    let inputs: Vec<&str> = action
        .lines()
        .filter_map(|line| line.trim().split_once(": ${{ inputs."))
        .map(|(name, _)| name)
        .filter(|name| !matches!(*name, "LOCKGATE_BINARY" | "LOCKGATE_REPORTS"))
        .collect();
    assert!(inputs.len() > 7, "{inputs:?}");
    let mut run = Lockgate::check().report("bandit", "b.json", clean());
    for name in inputs {
        run = run.env(name, "");
    }
    let outcome = run.run();
    assert_eq!(outcome.code, 0, "{}", outcome.stderr);
}

#[test]
fn each_meaning_has_its_exit_code() {
    assert_eq!(
        Lockgate::check()
            .report("bandit", "b.json", clean())
            .run()
            .code,
        0
    );
    assert_eq!(
        Lockgate::check()
            .report("trivy", "t.json", blocked())
            .run()
            .code,
        1
    );
    assert_eq!(Lockgate::check().args(&["--nonsense"]).run().code, 2);
    assert_eq!(Lockgate::check().args(&["--output", "pdf=x"]).run().code, 2);
    assert_eq!(
        Lockgate::check()
            .args(&["--policy", "lockgate:none"])
            .run()
            .code,
        2
    );
    assert_eq!(Lockgate::check().args(&["nowhere"]).run().code, 2);
    assert_eq!(
        Lockgate::check().args(&["--report", "bandit="]).run().code,
        2
    );
    assert_eq!(
        Lockgate::check().args(&["--as-of", "tomorrow"]).run().code,
        2
    );
    assert_eq!(
        Lockgate::check().report("trivy", "t.json", "").run().code,
        3
    );
    assert_eq!(Lockgate::new(&[]).run().code, 2);
    assert_eq!(Lockgate::new(&["--version"]).run().code, 0);
    assert_eq!(Lockgate::new(&["--help"]).run().code, 0);
}

/// A block and a gap at once: nobody can say that the rest is clean, so that it is incomplete; the
/// findings are shown all the same.
#[test]
fn missing_evidence_outweighs_a_block() {
    let lockgate = Lockgate::check()
        .report("trivy", "t.json", blocked())
        .args(&["--report", "bandit=nowhere.json"]);
    let (json, code) = lockgate.json();
    assert_eq!((json["verdict"].as_str(), code), (Some("incomplete"), 3));
    assert_eq!(json["counts"]["blocked"], 1);
    let verdicts: Vec<_> = json["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["incomplete", "block", "warn"]);
}

/// Files that cannot be written are found out before anything else is done, and old ones do not
/// survive a run that ends early.
#[test]
fn outputs_are_prepared_first() {
    let lockgate = Lockgate::check()
        .file("out.json", "old")
        .file("lockgate.toml", "nonsense")
        .args(&["--output", "json=out.json"]);
    let old = lockgate.folder.path().join("out.json");
    assert_eq!(lockgate.run().code, 2);
    assert!(!old.exists());
    let folder = Lockgate::check()
        .file("taken/x", "")
        .args(&["--output", "json=taken"]);
    let outcome = folder.run();
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("taken"), "{}", outcome.stderr);
    let below = Lockgate::check()
        .file("file", "")
        .args(&["--output", "json=file/x.json"]);
    assert_eq!(below.run().code, 2);
}

/// A pull request can commit a link where the workflow writes its outputs.
#[cfg(unix)]
#[test]
fn outputs_follow_no_link_out_of_the_folder() {
    let lockgate = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--output", "json=out/report.json"]);
    let elsewhere = tempfile::TempDir::new().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), lockgate.folder.path().join("out")).unwrap();
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("leads out of"),
        "{}",
        outcome.stderr
    );
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);

    let victim = elsewhere.path().join("victim");
    std::fs::write(&victim, "precious").unwrap();
    let lockgate = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--output", "json=report.json"]);
    std::os::unix::fs::symlink(&victim, lockgate.folder.path().join("report.json")).unwrap();
    assert_eq!(lockgate.run().code, 0);
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
}

#[test]
fn devices_are_written_to_and_not_replaced() {
    let lockgate = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--quiet", "--output", "json=/dev/stderr"]);
    let outcome = lockgate.run();
    serde_json::from_str::<serde_json::Value>(&outcome.stderr).unwrap();
    assert!(std::path::Path::new("/dev/stderr").exists());
    let full = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--output", "json=/dev/full"]);
    assert_eq!(full.run().code, 4);
}

#[test]
fn json_on_standard_output_stands_alone() {
    let lockgate = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--output", "json=-"]);
    let outcome = lockgate.run();
    serde_json::from_str::<serde_json::Value>(&outcome.stdout).unwrap();
    assert!(outcome.stderr.contains("PASS"));
    let two = Lockgate::check().args(&["--output", "json=-", "--output", "sarif=-"]);
    assert_eq!(two.run().code, 2);
}

#[test]
fn colour_is_only_for_terminals_and_on_request() {
    let plain = Lockgate::check().report("bandit", "b.json", clean()).run();
    assert!(!plain.stdout.contains('\u{1b}'));
    let forced = Lockgate::check()
        .report("bandit", "b.json", clean())
        .args(&["--color", "always"])
        .run();
    assert!(forced.stdout.contains('\u{1b}'));
    let wish = Lockgate::check()
        .report("bandit", "b.json", clean())
        .env("CLICOLOR_FORCE", "1");
    assert!(wish.run().stdout.contains('\u{1b}'));
    let no = Lockgate::check()
        .report("bandit", "b.json", clean())
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1");
    assert!(!no.run().stdout.contains('\u{1b}'));
}

#[test]
fn options_come_from_the_environment_too() {
    let lockgate = Lockgate::check()
        .file("a/b.json", clean())
        .file("t.json", blocked())
        .env("LOCKGATE_REPORTS", "bandit=a/b.json\n\n t.json \n")
        .env("LOCKGATE_POLICY", "lockgate:audit-only")
        .env("LOCKGATE_OUTPUTS", "json=o/x.json\nmarkdown=o/x.md\n");
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 0, "{}{}", outcome.stdout, outcome.stderr);
    assert!(lockgate.folder.path().join("o/x.json").is_file());
    assert!(lockgate.folder.path().join("o/x.md").is_file());
    let empty = Lockgate::check()
        .report("bandit", "b.json", clean())
        .env("LOCKGATE_POLICY", "")
        .env("LOCKGATE_OUTPUTS", "");
    assert_eq!(empty.run().code, 0);
}

#[test]
fn the_runner_gets_summary_outputs_and_annotations() {
    let lockgate = Lockgate::check()
        .report("trivy", "t.json", blocked())
        .file("summary", "earlier\n")
        .file("outputs", "")
        .args(&["--output", "sarif=s.sarif"])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "summary")
        .env("GITHUB_OUTPUT", "outputs");
    let outcome = lockgate.run();
    let read = |name: &str| std::fs::read_to_string(lockgate.folder.path().join(name)).unwrap();
    assert!(read("summary").starts_with("earlier\n## ⛔ Blocked by 1 finding"));
    let outputs = read("outputs");
    let names: Vec<_> = outputs
        .lines()
        .map(|l| l.split_once('=').unwrap())
        .collect();
    assert_eq!(
        names.iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        [
            "verdict",
            "blocking",
            "findings",
            "introduced",
            "waived",
            "incomplete",
            "sarif",
            "report"
        ]
    );
    assert_eq!(names[0].1, "block");
    assert!(names[6].1.ends_with("s.sarif") && names[6].1.starts_with('/'));
    let commands: Vec<_> = outcome
        .stdout
        .lines()
        .filter(|l| l.starts_with("::"))
        .collect();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(
        commands[0].starts_with("::error file=requirements.txt,line=6"),
        "{}",
        commands[0]
    );
}

#[test]
fn a_summary_says_what_there_is_room_for() {
    let lockgate = Lockgate::check()
        .report("trivy", "t.json", blocked())
        .file("summary", vec![b'x'; 1024 * 1024 - 900])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", "summary");
    lockgate.run();
    let summary = std::fs::read(lockgate.folder.path().join("summary")).unwrap();
    assert!(summary.len() <= 1024 * 1024);
    let summary = String::from_utf8_lossy(&summary);
    assert!(summary.contains("## ⛔ Blocked by 1 finding\n"));
    assert!(summary.contains("are not shown here") && summary.ends_with("</sub>\n"));
}

/// Half of what matters in a gate is what it says when it cannot decide.
#[test]
fn a_delivery_that_fails_never_hides_the_verdict() {
    let gone = |verdict: Vec<u8>| {
        Lockgate::check()
            .report("", "r.json", verdict)
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_OUTPUT", "/nowhere/outputs")
            .run()
    };
    assert_eq!(gone(clean()).code, 4);
    assert_eq!(gone(blocked()).code, 1);
}

#[test]
fn reports_inside_the_root_are_named_from_there() {
    let lockgate = Lockgate::new(&["check", "app"])
        .file("app/requirements.txt", "flask\nWerkzeug==0.11\n")
        .file("app/reports/t.json", blocked())
        .args(&["--report", "app/reports/*.json"]);
    let (json, _) = lockgate.json();
    assert_eq!(json["runs"][0]["report"], "reports/t.json");
    assert_eq!(json["findings"][0]["location"]["path"], "requirements.txt");
    assert_eq!(
        json["findings"][0]["location"]["line"], 2,
        "of the file that is here"
    );
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_not_followed_for_the_policys_reports() {
    let lockgate = Lockgate::check()
        .file(
            "root/lockgate.toml",
            "[scanners.bandit]\nreports = \"b.json\"\n",
        )
        .file("outside.json", clean());
    let root = lockgate.folder.path().join("root");
    std::os::unix::fs::symlink("../outside.json", root.join("b.json")).unwrap();
    let (json, code) = lockgate.args(&["root"]).json();
    assert_eq!(code, 3);
    assert_eq!(json["runs"][0]["reasons"][0]["code"], "missing");
}

#[test]
fn help_names_every_option_and_exit_code() {
    let help = Lockgate::new(&["check", "--help"]).run().stdout;
    insta::assert_snapshot!("help_check", help);
}

#[test]
fn the_readme_names_only_what_exists() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let help = Lockgate::new(&["check", "--help"]).run().stdout;
    let commands = readme
        .lines()
        .filter(|line| line.trim_start().starts_with("lockgate check"));
    for word in commands
        .flat_map(str::split_whitespace)
        .filter(|word| word.starts_with("--"))
    {
        assert!(help.contains(word), "{word} is no option");
    }
}
