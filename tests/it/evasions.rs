//! Pull requests that try to pass a problem off as older than it is. Each would pass if git's word on
//! lines and files were all that counted.

use crate::origin::commit;
use crate::program::{Lockgate, git};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

/// A result of a scanner: where, and in which lines.
type Place<'a> = (&'a str, u32, u32);

fn sarif(places: &[Place<'_>]) -> String {
    let results: Vec<Value> = places
        .iter()
        .map(|(path, line, end)| {
            json!({
                "ruleId": "R1", "level": "error", "message": {"text": "bad"},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": path},
                    "region": {"startLine": line, "endLine": end}}}],
            })
        })
        .collect();
    let driver = json!({"name": "T", "version": "1", "rules": [{"id": "R1"}]});
    json!({"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})
        .to_string()
}

fn pip_audit(name: &str, version: &str) -> String {
    let vulns =
        json!([{"id": "CVE-2024-1", "fix_versions": ["9"], "aliases": [], "description": "x"}]);
    json!({"dependencies": [{"name": name, "version": version, "vulns": vulns}], "fixes": []})
        .to_string()
}

/// A repository whose main branch has these files.
fn main_with(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    git(folder.path(), &["init", "-b", "main"]);
    commit(folder.path(), files);
    git(folder.path(), &["checkout", "-b", "work"]);
    folder
}

fn check(folder: &Path, report: &str) -> Value {
    let reports = TempDir::new().unwrap();
    let file = reports.path().join("report.json");
    std::fs::write(&file, report).unwrap();
    let arguments = [
        "check",
        folder.to_str().unwrap(),
        "--report",
        file.to_str().unwrap(),
    ];
    let outcome = Lockgate::new(&arguments)
        .args(&["--base", "main", "--output", "json=-", "--quiet"])
        .run();
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|_| panic!("{}", outcome.stderr))
}

/// The origins of the findings by line, of a change that writes these files.
fn origins(base: &[(&str, &str)], head: &[(&str, &str)], report: &str) -> Vec<String> {
    let folder = main_with(base);
    commit(folder.path(), head);
    of(&check(folder.path(), report), "origin")
}

/// Something of every finding, by line.
fn of(json: &Value, what: &str) -> Vec<String> {
    let mut findings = json["findings"].as_array().unwrap().clone();
    findings.sort_by_key(|finding| finding["location"]["line"].as_u64());
    let words = findings
        .iter()
        .map(|finding| finding[what].as_str().unwrap().to_owned());
    words.collect()
}

const TEN: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";

#[test]
fn line_ends_that_git_does_not_count_hide_no_line() {
    let head = TEN.replace("3\n", "3\r\reval(x)\r\r\n");
    let report = sarif(&[("a.py", 5, 5)]);
    assert_eq!(
        origins(&[("a.py", TEN)], &[("a.py", &head)], &report),
        ["introduced"]
    );
}

#[test]
fn what_is_cut_from_the_end_of_a_file_was_part_of_it() {
    let base = [("Dockerfile", "FROM a\nRUN b\nUSER app\n")];
    let head = [("Dockerfile", "FROM a\nRUN b\n")];
    let report = sarif(&[("Dockerfile", 1, 2)]);
    assert_eq!(origins(&base, &head, &report), ["introduced"]);
}

#[test]
fn code_that_leaves_the_tests_is_introduced() {
    let folder = main_with(&[("tests/a.py", TEN), ("lib/b.py", TEN)]);
    std::fs::create_dir(folder.path().join("src")).unwrap();
    git(folder.path(), &["mv", "tests/a.py", "src/a.py"]);
    git(folder.path(), &["mv", "lib/b.py", "src/b.py"]);
    commit(folder.path(), &[]);
    let json = check(
        folder.path(),
        &sarif(&[("src/a.py", 3, 3), ("src/b.py", 4, 4)]),
    );
    assert_eq!(of(&json, "origin"), ["introduced", "existing"]);
}

#[cfg(unix)]
#[test]
fn a_name_that_reads_as_another_is_not_taken_for_it() {
    for odd in ["src\\a.py", "src%2Fa.py", "src/%61.py"] {
        let report = sarif(&[(odd, 3, 3)]);
        let found = origins(&[("src/a.py", TEN)], &[(odd, "evil\n")], &report);
        assert_eq!(found, ["unknown"], "{odd}");
    }
}

#[test]
fn a_file_that_git_is_told_to_leave_out_is_found_by_its_absolute_path() {
    let folder = main_with(&[("src/a.py", TEN)]);
    let at = folder.path();
    std::fs::create_dir_all(at.join("web/src")).unwrap();
    std::fs::write(at.join("web/src/a.py"), TEN).unwrap();
    std::fs::write(at.join(".gitignore"), "web\n").unwrap();
    git(at, &["add", "-f", "web"]);
    commit(at, &[]);
    let json = check(at, &sarif(&[("/elsewhere/web/src/a.py", 3, 3)]));
    assert_eq!(of(&json, "origin"), ["introduced"]);
}

#[test]
fn a_version_that_another_file_chooses_is_not_older_than_that() {
    let asks = ("requirements.txt", "-c limits.txt\nflask\n");
    let report = pip_audit("flask", "0.1");
    let base = [asks, ("limits.txt", "flask==3.0\n"), ("a.py", "1\n")];
    let chosen = origins(&base, &[("limits.txt", "flask==0.1\n")], &report);
    assert_eq!(chosen, ["unknown"]);
    assert_eq!(origins(&base, &[("a.py", "2\n")], &report), ["disclosed"]);
}

#[test]
fn a_scanner_that_names_no_file_may_mean_the_one_of_the_change() {
    let base = [
        ("requirements.txt", "flask==0.1\n"),
        ("api/requirements.txt", "six==1\n"),
    ];
    let report = pip_audit("flask", "0.1");
    let brought = [("api/requirements.txt", "six==1\nflask==0.1\n")];
    assert_eq!(origins(&base, &brought, &report), ["introduced"]);
    let other = [("api/requirements.txt", "six==2\n")];
    assert_eq!(origins(&base, &other, &report), ["disclosed"]);
}

/// With a waiver that names the fingerprint of a line, a change that puts a copy above it.
#[test]
fn a_copy_above_a_waived_line_is_not_waived_in_its_place() {
    let old = format!("{TEN}eval(x)\n");
    let folder = main_with(&[("a.py", &old)]);
    let report = sarif(&[("a.py", 11, 11)]);
    let print = of(&check(folder.path(), &report), "fingerprint").remove(0);
    let policy = format!(
        "extends = [\"lockgate:balanced\"]\n[[waiver]]\nfingerprint = \"{print}\"\nreason = \"r\"\nowner = \"@o\"\nexpires = 2999-01-01\n"
    );
    git(folder.path(), &["checkout", "main"]);
    commit(folder.path(), &[("lockgate.toml", &policy)]);
    git(folder.path(), &["checkout", "-B", "work"]);
    commit(folder.path(), &[("a.py", &format!("eval(x)\n{old}"))]);
    let json = check(folder.path(), &sarif(&[("a.py", 1, 1), ("a.py", 12, 12)]));
    assert_eq!(of(&json, "origin"), ["introduced", "existing"]);
    assert_eq!(of(&json, "disposition"), ["blocked", "waived"]);
}

#[test]
fn an_old_entry_of_the_baseline_does_not_let_code_come_back() {
    let folder = main_with(&[("a.py", &format!("{TEN}eval(x)\n"))]);
    let at = folder.path();
    let reports = TempDir::new().unwrap();
    let file = reports.path().join("t.json");
    std::fs::write(&file, sarif(&[("a.py", 11, 11)])).unwrap();
    git(at, &["checkout", "main"]);
    let arguments = [
        "baseline",
        "write",
        at.to_str().unwrap(),
        "--report",
        file.to_str().unwrap(),
    ];
    let written = Lockgate::new(&arguments).run();
    assert_eq!(written.code, 0, "{}", written.stderr);
    let policy = "extends = [\"lockgate:balanced\"]\nbaseline = \"lockgate-baseline.json\"\n";
    // Main has mended it since, and forgot to write the baseline again.
    commit(at, &[("a.py", TEN), ("lockgate.toml", policy)]);
    git(at, &["checkout", "-B", "work"]);
    commit(at, &[("a.py", &format!("{TEN}eval(x)\n"))]);
    let json = check(at, &sarif(&[("a.py", 11, 11)]));
    assert_eq!(of(&json, "origin"), ["introduced"]);
}

/// Two hundred files that are gone and two hundred that are new, none like another: to compare each
/// with each would take minutes, and is not done.
#[test]
fn a_storm_of_new_and_removed_files_is_judged_in_seconds() {
    let text = |seed: usize| {
        let lines = (0..2000).map(|i| format!("{:x}\n", (i + 1) * (seed + 7) * 2_654_435_761));
        lines.collect::<String>()
    };
    let folder = main_with(&[]);
    let at = folder.path();
    git(at, &["checkout", "main"]);
    std::fs::create_dir_all(at.join("old")).unwrap();
    std::fs::create_dir_all(at.join("new")).unwrap();
    for i in 0..200 {
        std::fs::write(at.join(format!("old/{i}.py")), text(i)).unwrap();
    }
    commit(at, &[]);
    git(at, &["checkout", "-B", "work"]);
    std::fs::remove_dir_all(at.join("old")).unwrap();
    std::fs::create_dir_all(at.join("new")).unwrap();
    for i in 0..200 {
        std::fs::write(at.join(format!("new/{i}.py")), text(1000 + i)).unwrap();
    }
    commit(at, &[]);
    let start = std::time::Instant::now();
    let json = check(at, &sarif(&[("new/1.py", 3, 3)]));
    assert_eq!(of(&json, "origin"), ["introduced"]);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
