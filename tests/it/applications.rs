//! The example applications, each after a checklist, as found and as mended: the gate blocks the first for
//! what is planted in it and nothing else, and passes the second.

use crate::program::{Lockgate, repository};
use serde_json::Value;
use std::fs::{read, read_dir, read_to_string};
use std::path::{Path, PathBuf};

/// The folders of `examples/` that say what is planted.
fn applications() -> Vec<PathBuf> {
    let folders = read_dir(repository().join("examples")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = folders.filter(|f| f.join("expect.txt").is_file()).collect();
    all.sort();
    assert!(!all.is_empty());
    all
}

fn check(folder: &Path) -> (Value, i32) {
    let (json, code) = Lockgate::check().args(&[folder.to_str().unwrap()]).json();
    for run in json["runs"].as_array().unwrap() {
        assert_eq!(run["health"], "complete", "{}: {run:#}", folder.display());
    }
    (json, code)
}

/// `path:line RULE` of each finding above that severity; of what is about a whole file, line 1.
fn lines(json: &Value, but: &str) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap().iter();
    let told = findings.filter(|finding| finding["severity"] != but);
    let mut lines: Vec<String> = told
        .map(|finding| {
            let place = &finding["location"];
            let (path, line) = (place["path"].as_str(), place["line"].as_u64());
            let rule = finding["rule"].as_str().unwrap();
            format!("{}:{} {rule}", path.unwrap(), line.unwrap_or(1))
        })
        .collect();
    lines.sort();
    lines
}

#[test]
fn as_found_the_gate_blocks_and_names_what_is_planted() {
    for folder in applications() {
        let (json, code) = check(&folder.join("found"));
        let expected = read_to_string(folder.join("expect.txt")).unwrap();
        let expected: Vec<&str> = expected.lines().collect();
        assert_eq!(lines(&json, ""), expected, "{}", folder.display());
        assert_eq!((json["verdict"].as_str(), code), (Some("block"), 1));
    }
}

#[test]
fn as_mended_the_same_policy_passes_it() {
    for folder in applications() {
        let (json, code) = check(&folder.join("mended"));
        assert!(lines(&json, "info").is_empty(), "{json:#}");
        assert_eq!(code, 0, "{}", folder.display());
        let policy = |which: &str| read(folder.join(which).join("lockgate.toml")).unwrap();
        assert_eq!(policy("found"), policy("mended"), "{}", folder.display());
    }
}
