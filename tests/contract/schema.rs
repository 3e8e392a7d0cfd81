//! The JSON output follows `schemas/report.schema.json`.

use crate::cases;
use crate::programs::{command, lockgate, output, repository, tool};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const SCHEMA: &str = "schemas/report.schema.json";

const BASELINE: &str = "schemas/baseline.schema.json";

/// Prints one line for each error; the first argument is the schema.
const VALIDATE: &str = "
import json, sys
from jsonschema.validators import validator_for

def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)

schema = load(sys.argv[1])
Validator = validator_for(schema, default=None)
Validator.check_schema(schema)
validator = Validator(schema, format_checker=Validator.FORMAT_CHECKER)
for path in sys.argv[2:]:
    for error in validator.iter_errors(load(path)):
        print(f'{path}: {error.json_path}: {error.message[:300]}')
print('validated', len(sys.argv[2:]))
";

/// The errors of these files by a schema of the repository, one on each line.
pub fn errors(schema: &str, files: &[PathBuf]) -> Vec<String> {
    let home = TempDir::new().unwrap();
    let done = output(
        command(&tool("python"), home.path())
            .args(["-B", "-c", VALIDATE])
            .arg(repository().join(schema))
            .args(files),
    );
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    let mut lines: Vec<String> = String::from_utf8(done.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        lines.pop(),
        Some(format!("validated {}", files.len())),
        "{said}"
    );
    lines
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_json_report_follows_the_schema() {
    let cases = cases::all();
    let files: Vec<PathBuf> = cases.iter().map(|case| case.write("json")).collect();
    let errors = errors(SCHEMA, &files);
    assert!(errors.is_empty(), "{}", errors.join("\n"));

    // What may be null or empty is not always: without this the test could be blind.
    let all: Vec<Value> = files.iter().map(|file| read(file)).collect();
    for (list, pointers) in [
        ("reasons", &["/scanner", "/detail"][..]),
        ("runs", &["/report", "/format", "/tool/version", "/unit"]),
        (
            "runs",
            &["/reasons/0/detail", "/reasons/0/items/0", "/notes/0/text"],
        ),
        (
            "findings",
            &["/severity", "/reported/score", "/reported/confidence"],
        ),
        (
            "findings",
            &["/package/scope", "/package/relation", "/package/paths/0/0"],
        ),
        (
            "findings",
            &["/package/fixed/0", "/fix/version", "/fix/major"],
        ),
        (
            "findings",
            &[
                "/location/end_column",
                "/location/end_line",
                "/location/target",
            ],
        ),
        (
            "findings",
            &[
                "/advisories/0",
                "/cwe/0",
                "/secret/length",
                "/gate",
                "/waiver/expires",
            ],
        ),
        (
            "resolved",
            &[
                "/location/line",
                "/package/version",
                "/advisories/0",
                "/since",
            ],
        ),
        ("waivers", &["/line"]),
    ] {
        for pointer in pointers {
            let items = all
                .iter()
                .filter_map(|report| report[list].as_array())
                .flatten();
            let mut values = items.filter_map(|item| item.pointer(pointer));
            assert!(
                values.any(|value| !value.is_null()),
                "no {list} has {pointer}"
            );
        }
    }
}

#[test]
fn the_schema_refuses_what_lockgate_does_not_write() {
    let cases = cases::all();
    let shop = cases.iter().find(|case| case.name == "shop").unwrap();
    let good = read(&shop.write("json"));
    let folder = TempDir::new().unwrap();
    let bad = [
        ("/version", json!(2)),
        ("/verdict", json!("ok")),
        ("/date", json!("yesterday")),
        ("/date", json!("2026-13-01")),
        ("/counts/blocked", json!(-1)),
        ("/counts", json!({})),
        ("/findings/0/fingerprint", json!("1")),
        ("/findings/0/disposition", json!("ignored")),
        ("/findings/0/effective_severity", json!(null)),
        ("/findings/0/location/line", json!(0)),
        ("/findings/0/location/path", json!("/etc/passwd")),
        ("/findings/0/location/secret", json!("hunter2")),
        ("/runs/0/health", json!("fine")),
        ("/more", json!(1)),
    ];
    let mut files = Vec::new();
    for (number, (pointer, value)) in bad.iter().enumerate() {
        let mut document = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value.clone();
        let file = folder.path().join(format!("{number}.json"));
        std::fs::write(&file, document.to_string()).unwrap();
        files.push(file);
    }
    let errors = errors(SCHEMA, &files);
    for ((pointer, value), file) in bad.iter().zip(&files) {
        let refused = |error: &String| error.starts_with(file.to_str().unwrap());
        assert!(errors.iter().any(refused), "{pointer} {value}");
    }
}

/// All fields are always there and nothing else is, so that whoever reads a report can rely on the
/// schema.
#[test]
fn every_field_is_required_and_described() {
    let schema = read(&repository().join(SCHEMA));
    assert_eq!(schema["$id"], "lockgate/report/v1");
    let definitions = schema["$defs"].as_object().unwrap();
    let objects = definitions
        .iter()
        .map(|(name, object)| (name.as_str(), object));
    for (name, object) in objects.chain([("report", &schema)]) {
        let Some(properties) = object["properties"].as_object() else {
            continue;
        };
        assert_eq!(object["additionalProperties"], false, "{name}");
        let required = object["required"].as_array().unwrap();
        let names: Vec<Value> = properties.keys().map(|key| json!(key)).collect();
        assert!(names.iter().all(|key| required.contains(key)), "{name}");
        assert_eq!(names.len(), required.len(), "{name}");
        for (field, property) in properties {
            assert!(property["description"].is_string(), "{name}.{field}");
        }
    }
}

#[test]
fn baselines_follow_their_schema() {
    let folder = TempDir::new().unwrap();
    let written = folder.path().join("written.json");
    let shop = repository().join("examples/shop");
    let done = output(
        command(&lockgate(), folder.path())
            .args(["baseline", "write", "--quiet"])
            .arg(&shop)
            .arg("--file")
            .arg(&written),
    );
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
    assert!(read(&written)["findings"].as_array().unwrap().len() > 20);
    let by_hand = folder.path().join("by-hand.json");
    std::fs::write(&by_hand, cases::BASELINE).unwrap();
    let wrong = errors(BASELINE, &[written, by_hand.clone()]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mut files = Vec::new();
    let bad = [
        ("/version", json!(2)),
        ("/fingerprints", json!("lockgate/v2")),
        ("/scanners/bandit", json!("today")),
        ("/findings/0/path", json!("/etc/passwd")),
        ("/findings/0/text", json!("hunter2")),
        ("/findings/0/before", json!("00000000")),
        ("/findings/0/since", json!("2026-13-01")),
    ];
    for (number, (pointer, value)) in bad.iter().enumerate() {
        let mut baseline = read(&by_hand);
        *baseline.pointer_mut(pointer).unwrap() = value.clone();
        let file = folder.path().join(format!("{number}.json"));
        std::fs::write(&file, baseline.to_string()).unwrap();
        files.push(file);
    }
    let errors = errors(BASELINE, &files);
    for (file, (pointer, _)) in files.iter().zip(bad) {
        let name = file.display().to_string();
        assert!(
            errors.iter().any(|error| error.starts_with(&name)),
            "{pointer}"
        );
    }
}
