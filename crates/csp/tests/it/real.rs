//! Policies of real applications, held against what a browser engine's own library answers.
//!
//! `tests/fixtures/csp-real.jsonl` has those whose licence allows it. For a larger file of the same
//! layout, name it in `LOCKGATE_CSP_REAL`.

use lockgate_csp::{Answer, Behaviour, Delivery, Given, Response, behaviour, judge};
use serde_json::Value;

fn rows() -> Vec<Value> {
    let path = std::env::var("LOCKGATE_CSP_REAL").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/csp-real.jsonl").to_owned()
    });
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn given<'r>(row: &'r Value, delivery: Delivery) -> Vec<Given<'r>> {
    let policies = row["policies"].as_array().unwrap().iter();
    policies
        .map(|policy| Given {
            text: policy.as_str().unwrap(),
            delivery,
            dynamic: Vec::new(),
            versioned: true,
        })
        .collect()
}

/// The oracle's names and our answers.
pub fn answers(behaviour: &Behaviour) -> [(&'static str, Answer); 20] {
    [
        ("inline_script", behaviour.inline_script),
        ("inline_event_handler", behaviour.inline_script_attribute),
        ("javascript_url", behaviour.javascript_url),
        ("eval", behaviour.eval),
        ("wasm", behaviour.wasm),
        ("inline_style", behaviour.inline_style),
        ("style_attribute", behaviour.inline_style_attribute),
        ("script_any_https", behaviour.script_any_https),
        ("script_any_http", behaviour.script_any_http),
        ("script_data", behaviour.script_data),
        ("script_blob", behaviour.script_blob),
        ("script_self", behaviour.script_self),
        ("style_any_https", behaviour.style_any_https),
        ("object_any_https", behaviour.object_any_https),
        ("frame_any_https", behaviour.frame_any_https),
        ("connect_any_https", behaviour.connect_any_https),
        ("img_any_https", behaviour.image_any_https),
        ("img_any_http", behaviour.image_any_http),
        ("worker_any_https", behaviour.worker_any_https),
        ("base_any", behaviour.base_any),
    ]
}

/// The case, what is asked, and why the answer differs.
const EXPLAINED: &[(&str, &str, &str)] = &[
    (
        "real-0444",
        "frame_any_https",
        "`{}` is a hole that code fills: unknown; the oracle reads it as text",
    ),
    (
        "real-0236",
        "*",
        "`${…}` holds 'unsafe-inline' in development: unknown; the oracle reads it as text",
    ),
    (
        "real-0475",
        "*",
        "a sandbox without allow-scripts runs none; the oracle does not ask the sandbox",
    ),
    // A worker is started by a script that runs: 'strict-dynamic' lets it (section 6.7.1.1), where the
    // oracle asks as for an element that the parser inserts.
    ("real-0063", "worker_any_https", "'strict-dynamic'"),
    ("real-0157", "worker_any_https", "'strict-dynamic'"),
    ("real-0158", "worker_any_https", "'strict-dynamic'"),
    ("real-0159", "worker_any_https", "'strict-dynamic'"),
    ("real-0356", "worker_any_https", "'strict-dynamic'"),
];

#[test]
fn inserted_script_runs_where_the_oracle_says_so() {
    let mut wrong = Vec::new();
    let (mut rows_seen, mut asked) = (0, 0);
    for row in rows() {
        let id = row["id"].as_str().unwrap();
        rows_seen += 1;
        // The oracle was asked what each would do if it were enforced.
        let text = given(&row, Delivery::Header);
        judge(
            &given(&row, Delivery::Meta { late: true }),
            &Response::default(),
        );
        judge(&text, &Response::default());
        for (name, answer) in answers(&behaviour(&text)) {
            let expected = Answer::from(row["behaviour"][name].as_bool().unwrap());
            asked += 1;
            let explained = EXPLAINED
                .iter()
                .any(|(of, what, _)| *of == id && (*what == name || *what == "*"));
            if answer != expected && !explained {
                let tier = &row["tier"];
                wrong.push(format!(
                    "{id} {tier} {name}: {answer:?}, oracle {expected:?}: {}",
                    row["policies"]
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong of {asked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(rows_seen >= 37, "{rows_seen}");
}
