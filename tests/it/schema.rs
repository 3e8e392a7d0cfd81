//! The schema of policy files says what the reader reads: no key more, no key less, and what it
//! offers is accepted. An independent validator holds it against whole files in tests/contract.

use crate::program::{Lockgate, repository};
use lockgate::model::{Foreign as _, RepoPath, ScannerId};
use lockgate::policy::{self, Nothing, Source, World};
use serde_json::Value;
use std::collections::BTreeSet;

fn schema() -> Value {
    serde_json::from_str(policy::SCHEMA).unwrap()
}

/// A repository with the files that the README and the schema name.
struct Files;

impl World for Files {
    fn read(&self, path: &RepoPath) -> Result<String, String> {
        let text = match path.file_name().rsplit_once('.') {
            Some((_, "csv")) => {
                "#model_version:v1,score_date:2026-11-20T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\n"
            }
            Some((_, "json")) => {
                r#"{"dateReleased": "2026-11-20T00:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2024-1"}]}"#
            }
            _ => "unrated = \"high\"\n",
        };
        Ok(text.to_owned())
    }

    fn scanner_meant_by(&self, alias: &str) -> Option<ScannerId> {
        Nothing.scanner_meant_by(alias)
    }

    fn can_run(&self, scanner: &ScannerId) -> bool {
        Nothing.can_run(scanner)
    }
}

/// The errors in a policy: message and way out.
fn errors(text: &str) -> Vec<(String, String)> {
    let source = Source {
        name: "p.toml".into(),
        path: RepoPath::new("p.toml").ok(),
        text: text.into(),
    };
    let errors = policy::load(&source, &Files).err().unwrap_or_default();
    let told = errors.iter();
    told.map(|e| {
        (
            e.message.raw().to_owned(),
            e.help.clone().unwrap_or_default(),
        )
    })
    .collect()
}

/// The keys that the reader knows in a table: an unknown key makes it list them.
fn read(before: &str, after: &str) -> BTreeSet<String> {
    let errors = errors(&format!("{before}zzzzzzzzzz = 1{after}"));
    let (_, help) = errors
        .iter()
        .find(|(message, _)| message.contains("zzzzzzzzzz"))
        .unwrap_or_else(|| panic!("{before}: {errors:?}"));
    let words = help.split('`').skip(1).step_by(2);
    words.map(str::to_owned).collect()
}

fn keys(object: &Value) -> BTreeSet<String> {
    assert_eq!(object["additionalProperties"], false);
    object["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

#[test]
fn the_schema_has_the_keys_that_are_read_and_no_others() {
    let schema = schema();
    let definitions = &schema["definitions"];
    let waiver = "[[waiver]]\n";
    for (name, object, before, after) in [
        ("policy", &schema, "", ""),
        (
            "scanner",
            &definitions["scanner"],
            "[scanners.secrets]\n",
            "",
        ),
        ("gate", &definitions["gate"], "[[gate]]\n", ""),
        (
            "when",
            &definitions["gate"]["properties"]["when"],
            "[[gate]]\nwhen = { ",
            " }",
        ),
        (
            "any",
            &definitions["conditions"],
            "[[gate]]\nwhen = { any = [{ ",
            " }] }",
        ),
        (
            "all",
            &definitions["conditions"],
            "[[gate]]\nwhen = { all = [{ ",
            " }] }",
        ),
        (
            "not",
            &definitions["conditions"],
            "[[gate]]\nwhen = { not = { ",
            " } }",
        ),
        ("waiver", &definitions["waiver"], waiver, ""),
        (
            "waivers",
            &schema["properties"]["waivers"],
            "[waivers]\n",
            "",
        ),
        ("data", &schema["properties"]["data"], "[data]\n", ""),
    ] {
        let mut asked = read(before, after);
        if name == "scanner" {
            asked.extend(read("[scanners.csp]\n", ""));
        }
        assert_eq!(keys(object), asked, "{name}");
    }
}

/// Tables of the schema that the test above does not name would be read by nobody.
#[test]
fn no_table_of_the_schema_is_left_out() {
    let tables = |value: &Value| value["type"] == "object" && value.get("properties").is_some();
    let schema = schema();
    let definitions = schema["definitions"].as_object().unwrap();
    let named: Vec<&String> = definitions
        .iter()
        .filter(|(_, value)| tables(value))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(named, ["conditions", "gate", "scanner", "waiver"]);
    let top = schema["properties"].as_object().unwrap();
    let inline: Vec<&String> = top
        .iter()
        .filter(|(_, value)| tables(value))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(inline, ["data", "waivers"]);
}

/// JSON → a value of TOML.
fn toml(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let parts: Vec<String> = table
                .iter()
                .map(|(k, v)| format!("{k} = {}", toml(v)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(toml).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

/// What the schema offers for a key: its examples and the words of its lists.
fn offered(schema: &Value, property: &Value) -> Vec<Value> {
    let property = match property["$ref"].as_str() {
        Some(name) => schema.pointer(name.strip_prefix('#').unwrap()).unwrap(),
        None => property,
    };
    let mut all: Vec<Value> = Vec::new();
    for list in ["examples", "enum"] {
        all.extend(property[list].as_array().into_iter().flatten().cloned());
    }
    let choices = property["anyOf"].as_array().into_iter().flatten();
    all.extend(
        choices
            .filter_map(|choice| choice["enum"].as_array())
            .flatten()
            .cloned(),
    );
    all
}

#[test]
fn what_the_schema_offers_is_accepted_and_everything_is_described() {
    let schema = schema();
    let definitions = &schema["definitions"];
    let waiver = "[[waiver]]\nadvisory = \"CVE-2024-1\"\nreason = \"r\"\nowner = \"o\"\nexpires = 2027-01-31\n";
    let mut tried = 0;
    for (object, before, after) in [
        (&schema, "", ""),
        (&definitions["scanner"], "[scanners.secrets]\n", ""),
        (
            &definitions["conditions"],
            "[[gate]]\nname = \"g\"\naction = \"block\"\nwhen = { ",
            " }",
        ),
        (
            &definitions["conditions"],
            "[[gate]]\nname = \"g\"\naction = \"allow\"\nwhen = { any = [{ ",
            " }] }",
        ),
        (&definitions["waiver"], waiver, ""),
        (&schema["properties"]["waivers"], "[waivers]\n", ""),
        (&schema["properties"]["data"], "[data]\n", ""),
    ] {
        for (key, property) in object["properties"].as_object().unwrap() {
            let described = |value: &Value| value["description"].is_string();
            let name = property["$ref"].as_str().map(|name| &name[1..]);
            assert!(
                described(name.map_or(property, |name| schema.pointer(name).unwrap())),
                "{key}"
            );
            if before.contains(&format!("\n{key} = ")) {
                continue;
            }
            for value in offered(&schema, property) {
                let text = format!("{before}{key} = {}{after}", toml(&value));
                assert_eq!(errors(&text), [], "{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn the_program_prints_the_schema() {
    let outcome = Lockgate::new(&["policy", "schema"]).run();
    let file = std::fs::read_to_string(repository().join("schemas/policy.schema.json")).unwrap();
    assert_eq!((outcome.code, outcome.stdout), (0, file));
}

#[test]
fn policies_of_the_readme_are_valid() {
    let readme = std::fs::read_to_string(repository().join("README.md")).unwrap();
    let blocks: Vec<&str> = readme.split("```toml\n").skip(1).collect();
    assert!(blocks.len() >= 2);
    for block in blocks {
        let text = block.split("```").next().unwrap();
        if text.contains("[[case]]") {
            continue; // tests of a policy, which are held against their own reader
        }
        assert_eq!(errors(text), [], "{text}");
    }
}
