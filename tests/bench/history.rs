//! What it costs to search a whole history, and the commits of a change, beside git's own way through
//! them: `git log -p --unified=0`, which every scanner that reads git's differences has to wait for.
//!
//! `cargo bench --bench history -- REPOSITORY...`, for Git repositories with their history (bare ones
//! too). Without one there is nothing to do. For each it prints the median of some runs in turn: wall
//! clock, processor time of all threads, peak memory. The limits that the project sets itself: a
//! history in a sixth of git's time (which is a fifth of noseyparker's), peak memory 100 MB above the
//! packs; sixty commits of a change within 50 ms of git.
//!
//! What is unfair: git writes its text on one thread, and nobody reads it here. lockgate searches names,
//! messages and the whole of a merge as well, and writes a report. Whoever has noseyparker, gitleaks or
//! Kingfisher installed can name programs in `LOCKGATE_PEERS`, one a line, `{}` for the repository.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark starts programs and prints"
)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use wait4::Wait4 as _;

const RUNS: usize = 5;

/// Commits of the change that is searched.
const CHANGE: usize = 60;

#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    processor: Duration,
    peak: u64,
}

fn main() {
    let repositories = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"));
    for repository in repositories {
        let work = TempDir::new().unwrap();
        let clone = work.path().join("clone");
        let clone = clone.to_str().unwrap();
        git(
            work.path(),
            &[
                "clone",
                "-q",
                "--shared",
                "--no-checkout",
                &repository,
                clone,
            ],
        );
        measure(Path::new(clone), &repository);
    }
}

fn measure(clone: &Path, name: &str) {
    let commits = git(clone, &["rev-list", "--all", "--count"]);
    let packs = git(clone, &["count-objects", "-v"]);
    let packs: u64 = packs
        .lines()
        .find_map(|line| line.strip_prefix("size-pack: "))
        .map_or(0, |kilobytes| kilobytes.parse().unwrap());
    println!(
        "{name}: {commits} commits, packs {} MB",
        packs * 1024 / 1_000_000
    );
    println!("{:<34} {:>9} {:>9} {:>9}", "", "wall", "CPU", "peak MB");
    let base = format!("HEAD~{CHANGE}");
    let range = format!("{base}..HEAD");
    let folder = clone.to_str().unwrap();
    let lockgate = env!("CARGO_BIN_EXE_lockgate");
    let mut rows: Vec<(String, Vec<String>)> = vec![
        row(
            "lockgate, history",
            &[lockgate, "scan", "secrets", folder, "--history", "--quiet"],
        ),
        row(
            "git log -p --all",
            &["git", "-C", folder, "log", "-p", "--all", "--unified=0"],
        ),
        row(
            "lockgate, no commits",
            &[lockgate, "scan", "secrets", folder, "--quiet"],
        ),
        row(
            "lockgate, 60 commits",
            &[
                lockgate, "scan", "secrets", folder, "--since", &base, "--quiet",
            ],
        ),
        row(
            "git log -p of 60 commits",
            &["git", "-C", folder, "log", "-p", "--unified=0", &range],
        ),
    ];
    for peer in std::env::var("LOCKGATE_PEERS").unwrap_or_default().lines() {
        let words: Vec<String> = peer
            .split_whitespace()
            .map(|word| word.replace("{}", folder))
            .collect();
        rows.push((peer.to_owned(), words));
    }
    let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); rows.len()];
    // In turn, so that a slow moment of the machine hits all; the first run only warms up.
    for run in 0..=RUNS {
        for (at, (_, words)) in rows.iter().enumerate() {
            let cost = once(words);
            if run > 0 {
                costs[at].push(cost);
            }
        }
    }
    for ((name, _), mut costs) in rows.into_iter().zip(costs) {
        costs.sort_by_key(|cost| cost.wall);
        let cost = costs[RUNS / 2];
        let seconds = |time: Duration| format!("{:.3} s", time.as_secs_f64());
        println!(
            "{name:<34} {:>9} {:>9} {:>9}",
            seconds(cost.wall),
            seconds(cost.processor),
            cost.peak / 1_000_000
        );
    }
}

fn row(name: &str, words: &[&str]) -> (String, Vec<String>) {
    (
        name.to_owned(),
        words.iter().map(|word| (*word).to_owned()).collect(),
    )
}

/// Findings, gaps, and a missing object are no reason to stop: the time counts.
fn once(words: &[String]) -> Cost {
    let start = Instant::now();
    let child = Command::new(&words[0])
        .args(&words[1..])
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let used = child.unwrap().wait4().unwrap().rusage;
    Cost {
        wall: start.elapsed(),
        processor: used.utime + used.stime,
        peak: used.maxrss,
    }
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
