//! The example applications: as found the gate blocks them for what is planted in them and nothing else, as
//! mended it passes them.

use crate::program::{Lockgate, repository};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The folders of `examples` that hold an `expect.txt`: one `path:line RULE` for each planted defect, sorted.
const APPLICATIONS: &[&str] = &[
    "django-celery",
    "django-vue",
    "express-prisma",
    "fastapi-jwt",
    "fastapi-traefik",
];

fn example(name: &str) -> PathBuf {
    repository().join("examples").join(name)
}

fn check(folder: &Path) -> (Value, i32) {
    let path = folder.to_str().unwrap();
    Lockgate::check().args(&[path]).json()
}

/// `path:line RULE` of each finding; of a file as a whole, its first line.
fn lines(json: &Value) -> Vec<String> {
    let findings = json["findings"].as_array().unwrap();
    let line = |finding: &Value| {
        let location = &finding["location"];
        let path = location["path"].as_str().unwrap();
        let line = location["line"].as_u64().unwrap_or(1);
        format!("{path}:{line} {}", finding["rule"].as_str().unwrap())
    };
    let mut lines: Vec<String> = findings.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn each_folder_with_expectations_is_in_the_table() {
    let folders = std::fs::read_dir(repository().join("examples")).unwrap();
    let mut names: Vec<String> = folders
        .map(|entry| entry.unwrap().path())
        .filter(|folder| folder.join("expect.txt").is_file())
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, APPLICATIONS);
}

#[test]
fn what_is_planted_blocks_and_is_all_that_is_found() {
    for name in APPLICATIONS {
        let expected = std::fs::read_to_string(example(name).join("expect.txt")).unwrap();
        let (json, code) = check(&example(name).join("found"));
        let wanted: Vec<&str> = expected.lines().collect();
        assert_eq!(lines(&json), wanted, "{name}");
        assert_eq!((&json["verdict"], code), (&"block".into(), 1), "{name}");
    }
}

#[test]
fn what_is_mended_passes_under_the_same_policy() {
    for name in APPLICATIONS {
        let (json, code) = check(&example(name).join("mended"));
        let findings = json["findings"].as_array().unwrap();
        let above = findings.iter().filter(|one| one["severity"] != "info");
        assert_eq!(above.count(), 0, "{name}: {:#?}", lines(&json));
        assert_eq!((&json["verdict"], code), (&"pass".into(), 0), "{name}");
        let policy =
            |state: &str| std::fs::read(example(name).join(state).join("lockgate.toml")).unwrap();
        assert_eq!(policy("found"), policy("mended"), "{name}");
    }
}
