//! From the start of the step to the verdict and what is told of it: `lockgate check` on the example's
//! reports, as a pull request, over a GitHub on this machine that answers at once.
//!
//! `cargo bench --bench step`. The project's limits are 0.5 s of its own time, and 8 requests. An upload
//! is waited for, which the last row shows: that time is the server's.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark starts programs and prints"
)]

#[allow(dead_code, reason = "each binary uses its own part")]
#[path = "../support/events.rs"]
mod event_files;
#[allow(dead_code, unused_imports, reason = "each binary uses its own part")]
#[path = "../support/hub/mod.rs"]
mod hub;
#[path = "shared/process.rs"]
mod process;

use hub::Hub;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Seconds of lockgate's own time.
const LIMIT: f64 = 0.5;

const MOST_REQUESTS: usize = 8;

fn git(folder: &Path, args: &[&str]) -> String {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    let output = Command::new("git")
        .args(identity)
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The example as a change against a target with only its policy, with the test merge checked out.
fn checkout(folder: &Path) -> [String; 3] {
    git(folder, &["init", "--quiet", "--initial-branch", "main"]);
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/shop");
    let copied = Command::new("cp")
        .arg("-r")
        .arg(shop.join("."))
        .arg(folder)
        .status();
    assert!(copied.unwrap().success());
    git(folder, &["add", "lockgate.toml"]);
    git(folder, &["commit", "--quiet", "-m", "target"]);
    git(folder, &["checkout", "--quiet", "-b", "change"]);
    // Reports are no part of a change: a scanner has written them in this run.
    git(folder, &["add", "--", ".", ":(exclude,glob)**/reports/**"]);
    git(folder, &["commit", "--quiet", "-m", "change"]);
    git(folder, &["checkout", "--quiet", "main"]);
    git(
        folder,
        &["merge", "--quiet", "--no-ff", "-m", "merge", "change"],
    );
    ["HEAD^2", "HEAD^1", "HEAD"].map(|name| git(folder, &["rev-parse", name]))
}

fn main() {
    let (folder, files) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let [head, base, merge] = checkout(folder.path());
    let hub = Hub::start();
    hub.state().pull(7, &head);
    let event = files.path().join("event.json");
    let payload = event_files::with("pull_request", &head, &base, &merge);
    std::fs::write(&event, payload.to_string()).unwrap();
    let check = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lockgate"));
        command
            .arg("check")
            .args(args)
            .current_dir(folder.path())
            .env_clear()
            .envs(hub.env())
            .env("GITHUB_EVENT_NAME", "pull_request")
            .env("GITHUB_EVENT_PATH", &event)
            .env("GITHUB_SHA", &merge)
            .env("GITHUB_REF", "refs/pull/7/merge")
            .env("GITHUB_RUN_ID", "5005")
            .env("GITHUB_STEP_SUMMARY", files.path().join("summary"))
            .env("GITHUB_OUTPUT", files.path().join("outputs"));
        command
    };
    let run = |name: &str, args: &[&str]| {
        process::measure(name, || {
            hub.forget();
            check(args)
        });
        println!("{:<28} {} requests", "", hub.requests().len());
        assert!(hub.requests().len() <= MOST_REQUESTS, "{:#?}", hub.lines());
    };
    process::header();
    process::measure("an empty process", || Command::new("true"));
    run("all told nowhere", &["--comment", "off", "--upload", "off"]);
    run("with a comment", &["--upload", "off"]);
    let (time, _, _) = process::once(check(&["--upload", "off"]));
    println!(
        "limit {LIMIT} s, {}",
        if time.as_secs_f64() < LIMIT {
            "kept"
        } else {
            "NOT KEPT"
        }
    );
    run("and code scanning, waiting", &[]);
}
