//! Origin from git, held against a full scan of both sides, over real histories:
//! `make histories HISTORIES=folder`, where the folder holds Git repositories. Without it there is
//! nothing to do.
//!
//! For each pair of commits, scanners see both sides in full. The truth is what a baseline of the
//! older side does not know. Then the newer side is judged again with nothing but git, and both
//! answers are compared finding by finding.

#![allow(clippy::print_stdout, reason = "the figures are what the test is for")]

use crate::program::Lockgate;
use lockgate::manifest;
use lockgate::model::RepoPath;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Pairs that are compared for each history.
const PAIRS: usize = 50;

/// How many commits lie between the two sides, in turn: a small change, a branch, a release.
const DISTANCES: [usize; 5] = [1, 3, 10, 40, 150];

/// What the code scanner looks for: frequent enough that every change moves some of it.
const PATTERNS: &[(&str, &str)] = &[
    ("eval", "eval("),
    ("exec", "exec("),
    ("inner-html", "innerHTML"),
    ("mark-safe", "mark_safe"),
    ("plain-http", "http://"),
    ("password", "password"),
    ("todo", "TODO"),
    ("debug", "console.log"),
    ("subprocess", "subprocess"),
    ("require", "require("),
    ("except", "except"),
    ("random", "random"),
];

const SOURCES: [&str; 8] = ["py", "js", "ts", "tsx", "mjs", "html", "yml", "md"];

struct History {
    name: String,
    clone: PathBuf,
    commits: Vec<String>,
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = run_git(folder, args);
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn run_git(folder: &Path, args: &[&str]) -> Output {
    Command::new("git")
        .args([
            "-c",
            "core.autocrlf=false",
            "-c",
            "advice.detachedHead=false",
        ])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_LFS_SKIP_SMUDGE", "1")
        .stderr(Stdio::null())
        .output()
        .unwrap()
}

impl History {
    /// A clone that shares the objects, so that the original stays as it is.
    fn open(repository: &Path, work: &Path) -> Self {
        let name = repository
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let clone = work.join(&name);
        let from = repository.to_string_lossy();
        let to = clone.to_string_lossy();
        git(
            work,
            &["clone", "-q", "--shared", "--no-checkout", &from, &to],
        );
        let list = git(&clone, &["rev-list", "--first-parent", "HEAD"]);
        Self {
            name,
            clone,
            commits: list.lines().map(str::to_owned).collect(),
        }
    }

    /// Older and newer commits, spread over the newer half of the history; after those that are
    /// wanted, as many that lie between, for commits that cannot be checked out.
    fn pairs(&self) -> Vec<(&str, &str)> {
        let half = self.commits.len() / 2;
        let wanted = (0..2 * PAIRS).step_by(2);
        let spare = (1..2 * PAIRS).step_by(2);
        wanted
            .chain(spare)
            .filter_map(|n| {
                let new = n * half / (2 * PAIRS);
                let old = new + DISTANCES[n / 2 % DISTANCES.len()];
                let commit = |at: usize| Some(self.commits.get(at)?.as_str());
                Some((commit(old)?, commit(new)?))
            })
            .collect()
    }

    /// Whether all of the commit's files were there.
    fn checkout(&self, commit: &str) -> bool {
        let checked = run_git(&self.clone, &["checkout", "-q", "--force", commit]);
        git(&self.clone, &["clean", "-q", "-f", "-d", "-x"]);
        checked.status.success()
    }

    fn files(&self) -> Vec<String> {
        let list = git(&self.clone, &["ls-files", "-z"]);
        list.split('\0')
            .filter(|path| !path.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// What the scanners see in what is checked out.
    fn scan(&self, reports: &Path) -> Vec<(&'static str, PathBuf)> {
        std::fs::create_dir_all(reports).unwrap();
        let files = self.files();
        let write = |name: &str, report: &Value| {
            let path = reports.join(name);
            std::fs::write(&path, report.to_string()).unwrap();
            path
        };
        let mut found = vec![
            ("", write("lines.sarif", &self.lines(&files))),
            ("osv-scanner", write("osv.json", &self.packages(&files))),
        ];
        if let Some(bandit) = std::env::var_os("LOCKGATE_BANDIT") {
            let path = reports.join("bandit.json");
            let _ = Command::new(bandit)
                .args(["-r", ".", "-q", "-f", "json", "-o"])
                .arg(&path)
                .current_dir(&self.clone)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            found.push(("bandit", path));
        }
        found
    }

    /// A scanner of lines.
    fn lines(&self, files: &[String]) -> Value {
        let mut results = Vec::new();
        for path in files {
            let ending = path.rsplit('.').next().unwrap_or_default();
            if !SOURCES.contains(&ending) {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(self.clone.join(path)) else {
                continue;
            };
            for (number, line) in text
                .lines()
                .enumerate()
                .filter(|(_, line)| line.len() < 500)
            {
                for (rule, pattern) in PATTERNS
                    .iter()
                    .filter(|(_, pattern)| line.contains(pattern))
                {
                    results.push(json!({
                        "ruleId": rule,
                        "level": "warning",
                        "message": {"text": format!("{pattern} is used")},
                        "locations": [{"physicalLocation": {
                            "artifactLocation": {"uri": encoded(path)},
                            "region": {"startLine": number + 1},
                        }}],
                    }));
                }
            }
        }
        json!({"version": "2.1.0", "runs": [{
            "tool": {"driver": {"name": "Lines", "version": "1"}},
            "invocations": [{"executionSuccessful": true}],
            "artifacts": [{"location": {"uri": "README.md"}}],
            "results": results,
        }]})
    }

    /// A scanner to which every pinned package is vulnerable.
    fn packages(&self, files: &[String]) -> Value {
        let mut results = Vec::new();
        for path in files {
            let Ok(repo_path) = RepoPath::new(path) else {
                continue;
            };
            let text = |path: &Path| std::fs::read_to_string(path).ok();
            let full = self.clone.join(path);
            if !manifest::is_manifest(&repo_path) {
                continue;
            }
            let Some(content) = text(&full) else {
                continue;
            };
            let beside = |name: &str| text(&full.parent()?.join(name));
            let Some(manifest) = manifest::parse(&repo_path, &content, &beside) else {
                continue;
            };
            let ecosystem = match manifest.ecosystem.as_str() {
                "npm" => "npm",
                "pypi" => "PyPI",
                "cargo" => "crates.io",
                _ => continue,
            };
            let mut packages: Vec<(String, String)> = manifest
                .entries
                .into_iter()
                .filter_map(|entry| Some((entry.name, entry.version?)))
                .collect();
            packages.sort();
            packages.dedup();
            let packages: Vec<Value> = packages
                .into_iter()
                .map(|(name, version)| {
                    let id = format!("OSV-2000-{}", 1 + name.len());
                    json!({
                        "package": {"name": name, "version": version, "ecosystem": ecosystem},
                        "vulnerabilities": [{"id": id, "summary": "made up", "affected": []}],
                        "groups": [{"ids": [id], "aliases": [id], "max_severity": "7.5"}],
                    })
                })
                .collect();
            if !packages.is_empty() {
                results.push(json!({
                    "source": {"path": full.to_string_lossy(), "type": "lockfile"},
                    "packages": packages,
                }));
            }
        }
        json!({"results": results})
    }
}

/// A path as a relative URI (RFC 3986 §4.2).
fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

fn run(words: &[&str], history: &History, reports: &[(&str, PathBuf)], more: &[&str]) -> String {
    let mut lockgate = Lockgate::new(words).args(&[&history.clone.to_string_lossy()]);
    for (tool, path) in reports {
        let path = path.to_string_lossy();
        let named = match *tool {
            "" => path.into_owned(),
            tool => format!("{tool}={path}"),
        };
        lockgate = lockgate.args(&["--report", &named]);
    }
    let path = std::env::var("PATH").unwrap();
    let outcome = lockgate.args(more).env("PATH", &path).run();
    assert!(outcome.code != 2 && outcome.code != 5, "{}", outcome.stderr);
    outcome.stdout
}

/// Fingerprint → what is said of the finding.
fn findings(text: &str) -> BTreeMap<String, Value> {
    let json: Value = serde_json::from_str(text).unwrap();
    let list = json["findings"].as_array().unwrap().clone();
    // What silences scanners only shows where git compares.
    list.into_iter()
        .filter(|finding| finding["scanner"] != "suppressions")
        .map(|finding| (finding["fingerprint"].as_str().unwrap().to_owned(), finding))
        .collect()
}

#[derive(Default)]
struct Tally {
    pairs: usize,
    findings: usize,
    new: usize,
    /// Why they differ → how often, with one example.
    differ: BTreeMap<String, (usize, String)>,
}

#[test]
fn origin_from_git_agrees_with_a_full_scan_of_both_sides() {
    let Some(folder) = std::env::var_os("LOCKGATE_HISTORIES").map(PathBuf::from) else {
        return;
    };
    let work = tempfile::TempDir::new().unwrap();
    let mut repositories: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    repositories.sort();
    for repository in repositories {
        let history = History::open(&repository, work.path());
        let mut tally = Tally::default();
        for (old, new) in history.pairs() {
            if tally.pairs < PAIRS {
                compare(&history, old, new, work.path(), &mut tally);
            }
        }
        println!(
            "{}: {} commits, {} pairs, {} findings, {} of them new",
            history.name,
            history.commits.len(),
            tally.pairs,
            tally.findings,
            tally.new
        );
        for (why, (count, example)) in &tally.differ {
            println!("  {count:>5}  {why}\n         {example}");
        }
    }
}

fn compare(history: &History, old: &str, new: &str, work: &Path, tally: &mut Tally) {
    let baseline = work.join("baseline.json");
    let baseline_at = baseline.to_string_lossy().into_owned();
    if !history.checkout(new) || !history.checkout(old) {
        return;
    }
    let before = history.scan(&work.join("old"));
    let _ = std::fs::remove_file(&baseline);
    run(
        &["baseline", "write"],
        history,
        &before,
        &["--file", &baseline_at, "--force"],
    );
    history.checkout(new);
    let after = history.scan(&work.join("new"));
    let json = [
        "--output",
        "json=-",
        "--quiet",
        "--policy",
        "lockgate:audit-only",
    ];
    let truth = findings(&run(
        &["check"],
        history,
        &after,
        &[&json[..], &["--baseline", &baseline_at]].concat(),
    ));
    let git = findings(&run(
        &["check"],
        history,
        &after,
        &[&json[..], &["--base", old]].concat(),
    ));
    assert_eq!(truth.len(), git.len());
    tally.pairs += 1;
    tally.findings += truth.len();
    for (fingerprint, full) in &truth {
        let is_new =
            |finding: &Value| matches!(finding["origin"].as_str(), Some("introduced" | "unknown"));
        let compared = &git[fingerprint];
        tally.new += usize::from(is_new(full));
        if is_new(full) == is_new(compared) {
            continue;
        }
        let why = format!(
            "git: {} ({}); scans: {} ({})",
            compared["origin"].as_str().unwrap(),
            compared["origin_reason"].as_str().unwrap(),
            full["origin"].as_str().unwrap(),
            full["origin_reason"].as_str().unwrap(),
        );
        let example = format!(
            "{}..{} {} {}:{} {}",
            &old[..10],
            &new[..10],
            full["rule"].as_str().unwrap(),
            full["location"]["path"].as_str().unwrap(),
            full["location"]["line"],
            full["package"]["name"],
        );
        let entry = tally.differ.entry(why).or_insert_with(|| (0, example));
        entry.0 += 1;
    }
}
