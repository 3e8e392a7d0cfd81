//! `schemas/policy.schema.json` and the program agree on policies, right and wrong ones.

use crate::programs::{command, lockgate, output, repository};
use crate::schema::errors;
use serde_json::Value;
use std::path::PathBuf;
use tempfile::TempDir;

const SCHEMA: &str = "schemas/policy.schema.json";

/// Each has one error that a schema can say.
const WRONG: [&str; 38] = [
    "unknown = 1\n",
    "unrated = \"severe\"\n",
    "extends = []\n",
    "extends = 1\n",
    "on-incomplete = \"ignore\"\n",
    "on-partial = true\n",
    "run = \"always\"\n",
    "gate = {}\n",
    "waiver = 1\n",
    "[scanners.Bandit]\n",
    "[scanners.a]\nrequired = \"yes\"\n",
    "[scanners.a]\nrequird = true\n",
    "[scanners.a]\nreports = []\n",
    "[scanners.a]\ntimeout = \"soon\"\n",
    "[scanners.a]\nmax-age = 7\n",
    "[scanners.a]\nsuppressions = \"ignore\"\n",
    "[scanners]\na = 1\n",
    "[waivers]\nmax-days = 0\n",
    "[waivers]\nmax-days = \"180\"\n",
    "[waivers]\nnotice = 14\n",
    "[waivers]\nmaxdays = 1\n",
    "[[gate]]\nname = \"a\"\n",
    "[[gate]]\naction = \"block\"\n",
    "[[gate]]\nname = \" \"\naction = \"block\"\n",
    "[[gate]]\nname = \"a\"\naction = \"fail\"\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { severity = \">=hihg\" }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { kinds = \"code\" }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { kind = \"dependancy\" }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { rule = 5 }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { rule = [] }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { fix = \"soon\" }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { fingerprint = \"xyz\" }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { any = [] }\n",
    "[[gate]]\nname = \"a\"\naction = \"block\"\nwhen = { not = { knd = \"code\" } }\n",
    "[[waiver]]\nrule = \"B101\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31\n",
    "[[waiver]]\nadvisory = \"CVE-2024-1\"\nreason = \"\"\nowner = \"o\"\nexpires = 2027-01-31\n",
    "[[waiver]]\nadvisory = \"CVE-2024-1\"\nreason = \"r\"\nexpires = 2027-01-31\n",
    "[[waiver]]\nadvisory = \"CVE-2024-1\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31T10:00:00Z\n",
];

/// As editors hand TOML to a validator: a date is its text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(when) => when.to_string().into(),
        toml::Value::Array(list) => list.into_iter().map(json).collect(),
        toml::Value::Table(table) => {
            let entries = table.into_iter().map(|(key, value)| (key, json(value)));
            Value::Object(entries.collect())
        }
        other => serde_json::to_value(other).unwrap(),
    }
}

/// Writes each policy as JSON, in its order.
fn written(folder: &TempDir, policies: &[String]) -> Vec<PathBuf> {
    let policies = policies.iter().enumerate();
    policies
        .map(|(number, text)| {
            let path = folder.path().join(format!("{number}.json"));
            let table: toml::Table = text.parse().unwrap();
            std::fs::write(&path, json(toml::Value::Table(table)).to_string()).unwrap();
            path
        })
        .collect()
}

#[test]
fn right_policies_follow_the_schema() {
    let text = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let mut policies: Vec<String> = ["audit-only", "balanced", "strict"]
        .iter()
        .map(|name| text(&format!("policies/{name}.toml")))
        .collect();
    policies.push(text("examples/shop/lockgate.toml"));
    let readme = text("README.md");
    // Tests of policies have a form of their own.
    let blocks = readme.split("```toml\n").skip(1);
    let blocks = blocks.filter(|block| !block.split("```").next().unwrap().contains("[[case]]"));
    policies.extend(blocks.map(|block| block.split("```").next().unwrap().to_owned()));
    assert!(policies.len() > 5);
    let folder = TempDir::new().unwrap();
    let errors = errors(SCHEMA, &written(&folder, &policies));
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn wrong_policies_are_refused_by_the_schema_and_by_the_program() {
    let folder = TempDir::new().unwrap();
    let policies: Vec<String> = WRONG.iter().map(|text| (*text).to_owned()).collect();
    let files = written(&folder, &policies);
    let errors = errors(SCHEMA, &files);
    let mut agreed = Vec::new();
    for (text, file) in WRONG.iter().zip(&files) {
        let by_schema = errors
            .iter()
            .any(|error| error.starts_with(file.to_str().unwrap()));
        let policy = folder.path().join("lockgate.toml");
        std::fs::write(&policy, text).unwrap();
        let mut check = command(&lockgate(), folder.path());
        check.args(["policy", "check"]).arg(&policy);
        let by_program = output(&mut check).status.code() == Some(2);
        if !(by_schema && by_program) {
            agreed.push(format!("schema {by_schema}, program {by_program}: {text}"));
        }
    }
    assert!(agreed.is_empty(), "{agreed:#?}");
}
