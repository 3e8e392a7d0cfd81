//! Every SARIF that lockgate writes satisfies a validator that is not ours.

use crate::cases::{self, Case};
use crate::programs::{command, output, repository, tool};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// What the validator says of files.
struct Judgement {
    code: Option<i32>,
    said: String,
}

/// One call for all files; they are judged side by side.
fn judge(rules: &str, files: &[PathBuf]) -> Judgement {
    let home = TempDir::new().unwrap();
    let done = output(
        command(&tool("python"), home.path())
            .arg("-B")
            .arg(repository().join("tests/tools/validate_sarif.py"))
            .args(["--rules", rules])
            .args(files),
    );
    let said = [done.stdout, done.stderr].concat();
    Judgement {
        code: done.status.code(),
        said: String::from_utf8(said).unwrap(),
    }
}

#[track_caller]
fn all_valid(rules: &str, kind: &str) {
    let cases = cases::all();
    let files: Vec<PathBuf> = cases.iter().map(|case| case.write(kind)).collect();
    let judgement = judge(rules, &files);
    assert_eq!(judgement.code, Some(0), "{}", judgement.said);
}

#[test]
fn every_full_file_follows_the_standard() {
    all_valid("full", "sarif");
}

#[test]
fn every_upload_file_follows_the_rules_of_code_scanning() {
    all_valid("upload", "upload-sarif");
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// All results of a file.
fn results(log: &Value) -> Vec<&Value> {
    let runs = log["runs"].as_array().unwrap();
    let lists = runs.iter().filter_map(|run| run["results"].as_array());
    lists.flatten().collect()
}

/// What the tests above look at is not empty: without this they could be blind.
#[test]
fn the_files_hold_what_can_be_wrong_in_them() {
    for case in cases::all() {
        let (full, upload) = (
            read(&case.write("sarif")),
            read(&case.write("upload-sarif")),
        );
        let suppressed = results(&full)
            .iter()
            .filter(|result| {
                result["suppressions"]
                    .as_array()
                    .is_some_and(|list| !list.is_empty())
            })
            .count();
        let failures = |log: &Value| {
            let runs = log["runs"].as_array().unwrap();
            let invocations = runs
                .iter()
                .filter_map(|run| run["invocations"].as_array())
                .flatten();
            invocations
                .filter(|i| i["executionSuccessful"] == false)
                .count()
        };
        let (all, open) = (results(&full).len(), results(&upload).len());
        match &*case.name {
            "nothing" => assert_eq!((all, failures(&full)), (0, 0)),
            "waived" | "suppressed" => {
                assert!(suppressed > 0, "{}", case.name);
                assert_eq!(all - suppressed, open, "{}", case.name);
            }
            "failed" => {
                assert_eq!((failures(&full), failures(&upload)), (3, 0));
                // Bandit's good report may not close the alerts that its failed one would show.
                let runs = upload["runs"].as_array().unwrap();
                let tools: Vec<_> = runs
                    .iter()
                    .map(|run| &run["tool"]["driver"]["name"])
                    .collect();
                assert_eq!(tools, ["pip-audit"]);
            }
            name => assert!(all > 0 && suppressed + open > 0, "{name}"),
        }
    }
}

/// The validator itself, through the same door: what is wrong must be refused, by name.
#[test]
fn a_broken_file_is_refused() {
    let case: Case = cases::all()
        .into_iter()
        .find(|case| case.name == "shop")
        .unwrap();
    let folder = TempDir::new().unwrap();
    let broken = |kind: &str, pointer: &str, value: Value| {
        let mut log = read(&case.write(kind));
        *log.pointer_mut(pointer)
            .unwrap_or_else(|| panic!("no {pointer}")) = value;
        let path = folder.path().join(format!("{kind}.sarif"));
        std::fs::write(&path, log.to_string()).unwrap();
        path
    };
    let line = "/runs/0/results/0/locations/0/physicalLocation/region/startLine";
    let full = judge("full", &[broken("sarif", line, json!(0))]);
    assert_eq!(full.code, Some(1), "{}", full.said);
    assert!(full.said.contains("JSON1008"), "{}", full.said);

    let upload = judge(
        "upload",
        &[broken(
            "upload-sarif",
            "/runs/0/results/0/locations",
            json!([]),
        )],
    );
    assert_eq!(upload.code, Some(1), "{}", upload.said);
    for rule in ["GH1001", "UPLOAD-LOCATION"] {
        assert!(upload.said.contains(rule), "{}", upload.said);
    }

    let path = folder.path().join("no.sarif");
    std::fs::write(&path, "{").unwrap();
    let no = judge("full", &[path]);
    assert!(no.code.is_some_and(|code| code != 0), "{}", no.said);
}
