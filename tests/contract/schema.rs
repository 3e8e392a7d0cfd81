//! The JSON output follows `schemas/report.schema.json`.

use crate::cases;
use crate::programs::{command, output, repository, tool};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

/// Prints one line for each error; the first argument is the schema.
const VALIDATE: &str = "
import json, sys
from jsonschema import Draft202012Validator as Validator

def load(path):
    with open(path, encoding='utf-8') as file:
        return json.load(file)

schema = load(sys.argv[1])
assert schema['$schema'] == 'https://json-schema.org/draft/2020-12/schema'
Validator.check_schema(schema)
validator = Validator(schema, format_checker=Validator.FORMAT_CHECKER)
for path in sys.argv[2:]:
    for error in validator.iter_errors(load(path)):
        print(f'{path}: {error.json_path}: {error.message[:300]}')
print('validated', len(sys.argv[2:]))
";

/// The errors in these files, one on each line.
fn errors(files: &[PathBuf]) -> Vec<String> {
    let home = TempDir::new().unwrap();
    let done = output(
        command(&tool("python"), home.path())
            .args(["-B", "-c", VALIDATE])
            .arg(repository().join("schemas/report.schema.json"))
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

#[test]
fn every_json_report_follows_the_schema() {
    let cases = cases::all();
    let files: Vec<PathBuf> = cases.iter().map(|case| case.write("json")).collect();
    let errors = errors(&files);
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn the_schema_refuses_what_lockgate_does_not_write() {
    let cases = cases::all();
    let shop = cases.iter().find(|case| case.name == "shop").unwrap();
    let good: Value = serde_json::from_slice(&std::fs::read(shop.write("json")).unwrap()).unwrap();
    let folder = TempDir::new().unwrap();
    for (pointer, value) in [
        ("/version", json!(2)),
        ("/verdict", json!("ok")),
        ("/date", json!("yesterday")),
        ("/counts/blocked", json!(-1)),
        ("/counts", json!({})),
        ("/findings/0/fingerprint", json!("1")),
        ("/findings/0/disposition", json!("ignored")),
        ("/findings/0/effective_severity", json!(null)),
        ("/findings/0/location/line", json!(0)),
        ("/findings/0/location/secret", json!("hunter2")),
        ("/runs/0/health", json!("fine")),
        ("/more", json!(1)),
    ] {
        let mut bad = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[name] = value;
        let file = folder.path().join("bad.json");
        std::fs::write(&file, bad.to_string()).unwrap();
        assert!(!errors(&[file]).is_empty(), "{pointer}");
    }
}

/// Each field that the program writes is described, and each that is described is written.
#[test]
fn every_field_has_a_description() {
    let text = std::fs::read_to_string(repository().join("schemas/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&text).unwrap();
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
