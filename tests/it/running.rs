//! Running the tools, with small programs in their place.

use crate::program::{Lockgate, Outcome, fixture};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const CLEAN: &str = "reports/bandit/wild__svange_tagmania__bandit-report.json";

fn clean() -> String {
    format!("cat '{}'", fixture(CLEAN).display())
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Programs outside the tree.
struct Tools(TempDir);

impl Tools {
    fn new(tools: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, script) in tools {
            program(folder.path(), name, script);
        }
        for name in ["cat", "env", "sh", "sleep", "touch"] {
            let system = ["/bin", "/usr/bin"].map(|bin| Path::new(bin).join(name));
            let found = system.iter().find(|path| path.exists()).unwrap();
            std::os::unix::fs::symlink(found, folder.path().join(name)).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> String {
        self.0.path().display().to_string()
    }

    fn check(&self, args: &[&str]) -> Lockgate {
        Lockgate::check().env("PATH", &self.path()).args(args)
    }
}

/// `lockgate check --run bandit` on one Python file, with this script in Bandit's place.
fn bandit(script: &str) -> Lockgate {
    let tools = Tools::new(&[("bandit", script)]);
    let path = tools.path();
    let lockgate = Lockgate::check()
        .env("PATH", &path)
        .args(&["--run", "bandit"])
        .file("a.py", "x = 1\n");
    // The folder must live as long as the test; the system clears it away.
    std::mem::forget(tools);
    lockgate
}

fn only(json: &Value) -> &Value {
    let runs = json["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{runs:#?}");
    &runs[0]
}

/// The code of the only run's first reason.
fn reason(lockgate: Lockgate) -> (String, i32, Value) {
    let (json, code) = lockgate.json();
    let run = only(&json).clone();
    let reason = run["reasons"][0]["code"].as_str().unwrap_or("").to_owned();
    (reason, code, run)
}

#[test]
fn a_tool_that_works_gives_evidence() {
    let script = format!(
        "[ \"$1\" = --version ] && echo 'bandit 1.9.4' && exit 0; {}; exit 1",
        clean()
    );
    let (json, code) = bandit(&script).json();
    let run = only(&json);
    assert_eq!((code, &json["verdict"]), (0, &"pass".into()), "{run:#}");
    assert_eq!(run["health"], "complete");
    assert_eq!(run["tool"]["version"], "1.9.4");
    let report = run["report"].as_str().unwrap();
    assert!(report.starts_with("bandit -r . -f json -q"), "{report}");
}

#[test]
fn an_exit_code_of_failure_outweighs_a_good_report() {
    let script = format!("{}; echo 'it broke' >&2; exit 2", clean());
    let (reason, code, run) = reason(bandit(&script));
    assert_eq!((reason.as_str(), code), ("tool-failed", 3));
    assert_eq!(run["reasons"][0]["detail"], "it broke");
}

#[test]
fn a_crash_a_missing_report_and_a_missing_tool_are_incomplete() {
    let (code, exit, _) = reason(bandit("kill -SEGV $$"));
    assert_eq!((code.as_str(), exit), ("crashed", 3));
    let (code, exit, run) = reason(bandit("echo 'no network' >&2; exit 1"));
    assert_eq!((code.as_str(), exit), ("tool-failed", 3));
    assert_eq!(run["reasons"][0]["detail"], "no network");
    let (code, exit, _) = reason(bandit("echo '{\"results\": ['"));
    assert_eq!((code.as_str() != "", exit), (true, 3));
    let none = Tools::new(&[]);
    let lockgate = none.check(&["--run", "bandit"]).file("a.py", "");
    let (code, exit, _) = reason(lockgate);
    assert_eq!((code.as_str(), exit), ("not-installed", 3));
}

#[test]
fn the_time_limit_ends_a_tool_with_its_children() {
    let marker = TempDir::new().unwrap();
    let alive = marker.path().join("alive");
    let script = format!("(sleep 3; touch '{}') & sleep 30", alive.display());
    let policy = "[scanners.bandit]\nrequired = true\ntimeout = \"1s\"\n";
    let start = Instant::now();
    let (code, exit, _) = reason(bandit(&script).file("lockgate.toml", policy));
    assert_eq!((code.as_str(), exit), ("timed-out", 3));
    assert!(start.elapsed() < Duration::from_secs(15));
    std::thread::sleep(Duration::from_secs(4));
    assert!(!alive.exists(), "a child went on");
}

#[test]
fn the_repository_does_not_supply_the_tools_that_judge_it() {
    let lockgate = Lockgate::check()
        .args(&["--run", "bandit"])
        .file("a.py", "")
        .file(".git/HEAD", "")
        .file("bin/x", "");
    let bin = lockgate.folder.path().join("bin");
    program(&bin, "bandit", &clean());
    let path = format!("{}:.:bin:/usr/bin:/bin", bin.display());
    let (code, exit, _) = reason(lockgate.env("PATH", &path));
    assert_eq!((code.as_str(), exit), ("program-refused", 3));
}

#[test]
fn tools_get_no_token_and_no_setting_that_makes_them_blind() {
    let seen = TempDir::new().unwrap();
    let file = seen.path().join("environment");
    let script = format!("env > '{}'; {}", file.display(), clean());
    let (_, code) = bandit(&script)
        .env("GITHUB_TOKEN", "t0ken")
        .env("ACTIONS_RUNTIME_TOKEN", "t0ken")
        .env("INPUT_KEY", "t0ken")
        .env("npm_config_offline", "true")
        .env("TRIVY_SEVERITY", "CRITICAL")
        .env("HTTPS_PROXY", "proxy:1")
        .env("LC_ALL", "C.UTF-8")
        .json();
    assert_eq!(code, 0);
    let environment = std::fs::read_to_string(file).unwrap();
    for absent in ["t0ken", "offline", "SEVERITY"] {
        assert!(!environment.contains(absent), "{environment}");
    }
    for present in [
        "HTTPS_PROXY=proxy:1",
        "LC_ALL=C.UTF-8",
        "YARN_IGNORE_PATH=1",
    ] {
        assert!(environment.contains(present), "{environment}");
    }
}

#[test]
fn what_a_tool_says_is_never_printed_raw() {
    let script = "printf '\\033[2J\\033]0;x\\007\\n::error::forged\\033[31m\\n' >&2; exit 2";
    let Outcome { stdout, stderr, .. } = bandit(script).run();
    for text in [&stdout, &stderr] {
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{7}'),
            "{text}"
        );
        assert!(!text.lines().any(|line| line.starts_with("::")), "{text}");
    }
    assert!(stdout.contains("forged"), "{stdout}");
    assert!(stderr.contains("running bandit"), "{stderr}");
    assert!(stderr.contains("exit code 2"), "{stderr}");
}

#[test]
fn quiet_is_quiet() {
    let Outcome { stdout, stderr, .. } = bandit(&clean()).args(&["--quiet"]).run();
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", ""));
}

const AUTO: &str = "[scanners.bandit]\nrequired = true\nrun = \"auto\"\n";

#[test]
fn nothing_to_look_at_is_no_gap_unless_nobody_looked_at_anything() {
    let tools = Tools::new(&[("bandit", "exit 2"), ("trivy", "exit 1")]);
    let trivy = std::fs::read(fixture("reports/trivy/golden__pip.json")).unwrap();
    let policy = format!("{AUTO}[[gate]]\nname = \"all\"\naction = \"allow\"\n");
    let with = tools
        .check(&[])
        .file("lockgate.toml", &policy)
        .report("trivy", "t.json", trivy);
    let (json, code) = with.json();
    let run = &json["runs"][0];
    assert_eq!((code, &run["health"]), (0, &"skipped".into()), "{json:#}");
    assert_eq!(run["reasons"][0]["code"], "nothing-to-look-at");
    // No checkout: nothing for any tool.
    let empty = tools.check(&["--run", "bandit"]).json();
    assert_eq!((&empty.0["verdict"], empty.1), (&"incomplete".into(), 3));
}

#[test]
fn what_git_ignores_is_still_looked_at() {
    let (code, exit, _) = reason(bandit("exit 2").file(".gitignore", "*.py\n"));
    assert_eq!((code.as_str(), exit), ("tool-failed", 3));
}

#[test]
fn a_report_that_is_given_stands_in_for_the_run() {
    let report = std::fs::read(fixture(CLEAN)).unwrap();
    let tools = Tools::new(&[("bandit", "exit 2")]);
    let given = tools
        .check(&[])
        .file("lockgate.toml", AUTO)
        .file("a.py", "")
        .report("", "b.json", &report);
    let (json, code) = given.json();
    assert_eq!(code, 0);
    assert_eq!(only(&json)["notes"][0]["code"], "not-run");
    // A report that the command line names is expected, also when the tool could be run.
    let missing = tools
        .check(&["--report", "bandit=nowhere.json"])
        .file("lockgate.toml", AUTO)
        .file("a.py", "");
    assert_eq!(reason(missing).0, "missing");
    // One that the policy names is made up for.
    let policy = format!("{AUTO}reports = \"nowhere.json\"\n");
    let made_up = bandit(&clean()).file("lockgate.toml", policy);
    let (json, code) = made_up.json();
    assert_eq!((code, &only(&json)["health"]), (0, &"complete".into()));
}

#[test]
fn auto_runs_what_is_at_hand_and_misses_what_is_required() {
    let tools = Tools::new(&[("bandit", &clean())]);
    let auto = |policy: &str| {
        let lockgate = tools.check(&["--run", "auto"]).file("a.py", "");
        let lockgate = lockgate.file("package-lock.json", "{}");
        lockgate.file("lockgate.toml", policy).json()
    };
    let (json, code) = auto("");
    assert_eq!((code, &json["verdict"]), (0, &"pass".into()), "{json:#}");
    let of = |json: &Value, scanner: &str| {
        let runs = json["runs"].as_array().unwrap().clone();
        runs.into_iter().find(|run| run["scanner"] == scanner)
    };
    assert_eq!(of(&json, "npm-audit").unwrap()["health"], "skipped");
    assert!(of(&json, "yarn-audit").is_none());
    let (json, code) = auto("[scanners.npm-audit]\nrequired = true\n");
    assert_eq!(code, 3);
    assert_eq!(of(&json, "npm-audit").unwrap()["health"], "failed");
    let (json, code) = auto("[scanners.bandit]\nrun = \"never\"\n");
    assert_eq!((code, of(&json, "bandit")), (3, None), "nobody looked");
}

#[test]
fn each_lockfile_is_a_run_of_its_own() {
    let script = "echo '{\"error\": {\"code\": \"ENOLOCK\", \"summary\": \"none\"}}'; exit 1";
    let tools = Tools::new(&[("npm", script)]);
    let (json, code) = tools
        .check(&["--run", "npm"])
        .file("package-lock.json", "{}")
        .file("web/package-lock.json", "{}")
        .json();
    let reports: Vec<&str> = json["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["report"].as_str().unwrap())
        .collect();
    assert_eq!((reports.len(), code), (2, 3));
    assert!(reports[1].ends_with("(in web)"), "{reports:?}");
}

#[test]
fn wishes_that_cannot_be_are_errors() {
    let outcome = Lockgate::check().args(&["--run", "bandti"]).run();
    assert_eq!(outcome.code, 2);
    assert!(
        outcome.stderr.contains("one of bandit"),
        "{}",
        outcome.stderr
    );
    for (policy, says) in [
        ("run = \"always\"\n", "known are `auto`, `never`"),
        (
            "[scanners.zap]\nrun = \"auto\"\n",
            "does not know how to run `zap`",
        ),
        ("[scanners.bandit]\ntimeout = \"soon\"\n", "no time limit"),
        (
            "[scanners.yarn]\nrun = \"auto\"\n",
            "`yarn` is called `yarn-audit`",
        ),
    ] {
        let outcome = Lockgate::check().file("lockgate.toml", policy).run();
        assert_eq!(outcome.code, 2);
        assert!(outcome.stderr.contains(says), "{}", outcome.stderr);
        assert!(
            outcome.stderr.contains("lockgate.toml:"),
            "{}",
            outcome.stderr
        );
    }
}

#[test]
fn doctor_tells_what_would_run_and_what_is_missing() {
    let tools = Tools::new(&[("bandit", "echo 'bandit 1.9.4'")]);
    let doctor = |policy: &str| {
        Lockgate::new(&["doctor"])
            .env("PATH", &tools.path())
            .file("a.py", "")
            .file("lockgate.toml", policy)
            .run()
    };
    let fine = doctor(AUTO);
    assert_eq!(fine.code, 0, "{}", fine.stdout);
    for says in [
        "required; would run\n",
        "version 1.9.4",
        "command  bandit -r . -f json",
        "there is no yarn.lock",
    ] {
        assert!(fine.stdout.contains(says), "{says}: {}", fine.stdout);
    }
    // A report that is there needs no wish and no program.
    let given = Lockgate::new(&["doctor"])
        .file("t.json", "{}")
        .file(
            "lockgate.toml",
            "[scanners.trivy]\nrequired = true\nreports = \"t.json\"\n",
        )
        .run();
    assert_eq!(given.code, 0, "{}", given.stdout);
    assert!(given.stdout.contains("a report of it is given"));
    let policy =
        "[scanners.trivy]\nrequired = true\nrun = \"auto\"\n[scanners.zap]\nrequired = true\n";
    let missing = doctor(policy);
    assert_eq!(missing.code, 3);
    for says in [
        "MISSING: trivy cannot run: it is not installed",
        "MISSING: zap is required",
    ] {
        assert!(missing.stdout.contains(says), "{says}: {}", missing.stdout);
    }
}
