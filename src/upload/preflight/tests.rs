use super::*;
use serde_json::{Value, json};

/// A file of which nothing is to be said.
fn good() -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "T", "rules": [{
                "id": "R1",
                "shortDescription": {"text": "a"}, "fullDescription": {"text": "b"}, "help": {"text": "c"},
                "properties": {"tags": ["security"], "security-severity": "8.0"}
            }]}},
            "automationDetails": {"id": "t/"},
            "results": [{
                "ruleId": "R1",
                "message": {"text": "m"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b/c.py"}, "region": {"startLine": 1}}}],
                "partialFingerprints": {"primaryLocationLineHash": "a:1"}
            }]
        }]
    })
}

fn remarks(log: &Value) -> Vec<Remark> {
    read(log.to_string().as_bytes())
}

/// What is said when one place of the good file has another value; `None` removes it.
fn with(pointer: &str, value: Option<Value>) -> Vec<(&'static str, &'static str)> {
    let mut log = good();
    match value {
        Some(value) => match log.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                log.pointer_mut(parent).unwrap()[name] = value;
            }
        },
        None => {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            let parent = log.pointer_mut(parent).unwrap().as_object_mut().unwrap();
            parent.remove(name).unwrap();
        }
    }
    let remarks = remarks(&log);
    remarks.iter().map(|r| (r.effect.word(), r.code)).collect()
}

const RUN: &str = "/runs/0";
const RULE: &str = "/runs/0/tool/driver/rules/0";
const RESULT: &str = "/runs/0/results/0";
const PLACE: &str = "/runs/0/results/0/locations/0/physicalLocation";

#[test]
fn a_good_file_gets_no_remark() {
    assert_eq!(remarks(&good()), []);
}

#[test]
fn whatever_rejects_a_file_is_predicted() {
    let tags: Vec<String> = (0..21).map(|n| format!("t{n}")).collect();
    let tags = json!([tags, vec!["security".to_owned()]].concat());
    let cases: [(&str, &str, Option<Value>, &str); 24] = [
        ("", "/version", Some(json!("2.0.0")), "version"),
        ("", "/runs", None, "no-runs"),
        (RUN, "/results", None, "no-results"),
        (RUN, "/tool/driver/name", Some(json!("")), "no-tool-name"),
        (RULE, "/id", None, "no-rule-id"),
        (RULE, "/help", None, "no-rule-text"),
        (
            RULE,
            "/shortDescription/text",
            Some(json!(" ")),
            "no-rule-text",
        ),
        (RULE, "/properties/tags", Some(tags), "too-many-tags"),
        (
            RULE,
            "/properties/security-severity",
            Some(Value::Null),
            "security-severity",
        ),
        (
            RULE,
            "/properties/security-severity",
            Some(json!(8.0)),
            "security-severity",
        ),
        (
            RULE,
            "/properties/security-severity",
            Some(json!("undefined")),
            "security-severity",
        ),
        (
            RESULT,
            "/message",
            Some(json!({"id": "default"})),
            "no-message",
        ),
        (RESULT, "/message/text", Some(json!("")), "no-message"),
        (RESULT, "/locations", None, "no-location"),
        (RESULT, "/locations", Some(json!([])), "no-location"),
        (RESULT, "/locations/0", Some(json!({})), "no-file"),
        (PLACE, "/artifactLocation", Some(json!({})), "no-file"),
        (PLACE, "/region/startLine", Some(json!(0)), "no-line"),
        (PLACE, "/region", None, "no-line"),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("a b.py")),
            "uri-invalid",
        ),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("a\\b.py")),
            "uri-invalid",
        ),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("100%.py")),
            "uri-invalid",
        ),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("http://x/a.py")),
            "uri-scheme",
        ),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("file:///w/a.py")),
            "uri-scheme",
        ),
    ];
    for (above, place, value, code) in cases {
        let pointer = format!("{above}{place}");
        let said = with(&pointer, value.clone());
        assert!(
            said.contains(&("rejected", code)),
            "{pointer} {value:?}: {said:?}"
        );
    }
}

#[test]
fn what_is_lost_is_told_apart() {
    let tags: Vec<String> = (0..10).map(|n| format!("t{n}")).collect();
    let tags = json!([tags, vec!["security".to_owned()]].concat());
    let long = json!("x".repeat(1025));
    let suppressed = json!([{"kind": "external"}]);
    for (above, place, value, code) in [
        (RULE, "/properties/tags", Some(tags), "tags-cut"),
        (RULE, "/properties/tags", Some(json!([])), "no-security-tag"),
        (
            RULE,
            "/properties/security-severity",
            Some(json!("11")),
            "security-severity-range",
        ),
        (RULE, "/fullDescription/text", Some(long), "text-cut"),
        (RULE, "/name", Some(json!("x".repeat(256))), "name-cut"),
        (RESULT, "/ruleId", Some(json!("R1/sub")), "unknown-rule"),
        (RESULT, "/suppressions", Some(suppressed), "suppressed"),
        (RESULT, "/partialFingerprints", None, "no-fingerprint"),
        (
            PLACE,
            "/artifactLocation/uri",
            Some(json!("../a.py")),
            "uri-outside",
        ),
        (
            RUN,
            "/invocations",
            Some(json!([{"executionSuccessful": false}])),
            "failed-run",
        ),
    ] {
        let pointer = format!("{above}{place}");
        let said = with(&pointer, value);
        assert_eq!(said, [("lost", code)], "{pointer}");
    }
    // Absolute addresses are understood where the file says what they are below of.
    let mut log = good();
    log["runs"][0]["invocations"] =
        json!([{"executionSuccessful": true, "workingDirectory": {"uri": "file:///w/"}}]);
    *log.pointer_mut(&format!("{PLACE}/artifactLocation/uri"))
        .unwrap() = json!("file:///w/a.py");
    assert_eq!(remarks(&log), []);
}

#[test]
fn runs_of_one_category_and_too_many_runs_are_predicted() {
    let mut log = good();
    let run = log["runs"][0].clone();
    log["runs"] = Value::Array(vec![run; 21]);
    let said = remarks(&log);
    let codes: Vec<_> = said
        .iter()
        .map(|r| (r.code, r.count, r.first.as_str()))
        .collect();
    assert_eq!(
        codes,
        [
            ("same-category", 20, "runs[1]"),
            ("too-many-runs", 1, "runs[20]")
        ]
    );
    assert!(!accepts(&said));
}

#[test]
fn remarks_are_counted_and_say_where_the_first_is() {
    let mut log = good();
    let mut result = log["runs"][0]["results"][0].clone();
    log["runs"][0]["results"] = json!([result.clone()]);
    result["locations"] = json!([]);
    let results = log["runs"][0]["results"].as_array_mut().unwrap();
    results.extend([result.clone(), result]);
    let said = remarks(&log);
    assert_eq!(said.len(), 1);
    assert_eq!(
        (said[0].count, said[0].first.as_str()),
        (2, "runs[0].results[1]")
    );
    assert_eq!(said[0].detail, Some("m".into()));
}

#[test]
fn hostile_files_are_refused_and_nothing_more() {
    let deep = "[".repeat(100_000);
    let deep = format!(r#"{{"version":"2.1.0","runs":{deep}"#);
    for text in [
        "",
        "null",
        "[]",
        "{",
        "\u{0}",
        r#"{"runs":[{"results":7}]}"#,
        deep.as_str(),
    ] {
        let said = read(text.as_bytes());
        assert!(!accepts(&said), "{text:.40}");
    }
}
