//! Every SARIF that lockgate writes satisfies a validator that is not ours.

use crate::cases::{self, Case};
use crate::programs::{command, output, repository, tool};
use flate2::read::GzDecoder;
use lockgate::assess::assess;
use lockgate::model::ScannerId;
use lockgate::{bundle, policy, upload};
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

/// The requests' content, which no file holds as it is sent: each scanner by itself, and those that
/// failed as failed.
#[test]
fn every_piece_that_is_sent_follows_the_rules_of_code_scanning() {
    let folder = TempDir::new().unwrap();
    let mut files = Vec::new();
    let mut failed = 0;
    for case in cases::all() {
        let bundle = std::fs::read(case.write("bundle")).unwrap();
        let home = |scanner: &ScannerId| {
            let tool = lockgate::ingest::tool_named(scanner.as_str());
            tool.map(|tool| tool.url)
        };
        let bundle = bundle::read(&bundle, &home).unwrap();
        let source = policy::shipped(policy::DEFAULT).unwrap();
        let policy = policy::load(&source, &policy::Nothing).unwrap();
        let assessment = assess(bundle.evidence, &policy, &bundle.context);
        let plan = upload::plan(&assessment, "");
        for (number, part) in plan.parts.iter().enumerate() {
            let packed = plan.ready(part).unwrap();
            let path = folder.path().join(format!("{}-{number}.sarif", case.name));
            let mut file = std::fs::File::create(&path).unwrap();
            std::io::copy(&mut GzDecoder::new(packed.as_slice()), &mut file).unwrap();
            failed += usize::from(part.failed);
            files.push(path);
        }
    }
    assert!(
        failed > 1 && files.len() > 20,
        "{failed} of {}",
        files.len()
    );
    let judgement = judge("upload", &files);
    assert_eq!(judgement.code, Some(0), "{}", judgement.said);
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// The driver names of a file's runs.
fn tools(log: &Value) -> Vec<&str> {
    list(log, "runs")
        .iter()
        .map(|run| run["tool"]["driver"]["name"].as_str().unwrap())
        .collect()
}

/// Number of things in the lists of that name in all runs that `wanted` accepts.
fn count(log: &Value, name: &str, wanted: impl Fn(&Value) -> bool) -> usize {
    let things = list(log, "runs").iter().flat_map(|run| list(run, name));
    things.filter(|thing| wanted(thing)).count()
}

/// What the tests above look at is not empty: without this they could be blind.
#[test]
fn the_files_hold_what_can_be_wrong_in_them() {
    for case in cases::all() {
        let name = case.name.as_str();
        let full = read(&case.write("sarif"));
        let upload = read(&case.write("upload-sarif"));
        let results = |log| count(log, "results", |_| true);
        let suppressed = count(&full, "results", |r| !list(r, "suppressions").is_empty());
        let failures = count(&full, "invocations", |i| i["executionSuccessful"] == false);
        let none = count(&upload, "invocations", |i| {
            i["executionSuccessful"] == false
        });
        assert_eq!(none, 0, "{name}");
        match name {
            "nothing" => assert_eq!((tools(&full).len(), tools(&upload).len()), (0, 0)),
            "useless" | "malformed" => assert!(failures > 0 && results(&full) > 0, "{name}"),
            "failed" => {
                assert_eq!(failures, 3);
                // Bandit's good report may not close the alerts that its failed one would show.
                assert_eq!(tools(&upload), ["pip-audit"]);
            }
            "accepted" => {
                assert!(suppressed > 0);
                assert_eq!(results(&full) - suppressed, results(&upload));
            }
            _ => {
                assert_eq!((failures, tools(&full)), (0, tools(&upload)), "{name}");
                assert!(results(&upload) > 0, "{name}");
            }
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
