//! Mozilla's Observatory: its verdicts, through a table of them and our rules.

use crate::cases::{Tally, suite};
use lockgate_csp::Delivery;

/// Rules of which one must speak.
fn ours(check: &str) -> &'static [&'static str] {
    match check {
        "csp-header-invalid" => &["LG-CSP-101", "LG-CSP-104", "LG-CSP-111", "LG-CSP-214"],
        "csp-implemented-with-unsafe-inline" => &[
            "LG-CSP-201",
            "LG-CSP-203",
            "LG-CSP-204",
            "LG-CSP-206",
            "LG-CSP-308",
        ],
        "csp-implemented-with-unsafe-eval" => &["LG-CSP-202"],
        "csp-implemented-with-insecure-scheme" => &["LG-CSP-217"],
        "csp-implemented-with-insecure-scheme-in-passive-content-only" => &["LG-CSP-303"],
        "csp-implemented-with-unsafe-inline-in-style-src-only" => &["LG-CSP-301", "LG-CSP-302"],
        "csp-implemented-with-no-unsafe" | "csp-implemented-with-no-unsafe-default-src-none" => &[],
        other => panic!("{other} is not in the table"),
    }
}

/// What must be silent where it sees nothing unsafe in scripts.
const UNSAFE: &[&str] = &[
    "LG-CSP-201",
    "LG-CSP-202",
    "LG-CSP-203",
    "LG-CSP-204",
    "LG-CSP-205",
];

/// Its errors, and why.
const ERRORS: &[(&str, &str)] = &[
    (
        "mdn-0050",
        "two hashes that are stuck together are none, so that 'unsafe-inline' counts",
    ),
    (
        "mdn-0054",
        "`http:` also matches `https:`: the two policies together let every https host in",
    ),
];

#[test]
fn its_verdicts_are_ours() {
    let mut tally = Tally::new();
    let mut errors = 0;
    for mut case in suite("mdn-http-observatory") {
        if case.check != "observatory.csp" {
            continue;
        }
        let elements = case.row["meta"]["content-security-policy"]
            .as_array()
            .map_or(0, Vec::len);
        let from = case.policies.len() - elements;
        for (_, delivery) in &mut case.policies[from..] {
            *delivery = Delivery::Meta { late: false };
        }
        let flaws = case.flaws();
        tally.asserted += 1;
        for expected in &case.expected {
            let rules = ours(&expected.check);
            let good = match rules {
                [] => !flaws.iter().any(|flaw| UNSAFE.contains(&flaw.rule.0)),
                rules => flaws.iter().any(|flaw| rules.contains(&flaw.rule.0)),
            };
            if ERRORS.iter().any(|(id, _)| *id == case.id) {
                errors += 1;
                assert!(!good, "no error any more: {}", case.id);
            } else if !good {
                tally.wrong.push(format!(
                    "{}: {rules:?}\n{}",
                    expected.check,
                    case.shown(&flaws)
                ));
            }
        }
    }
    assert_eq!(errors, ERRORS.len());
    tally.close(43);
}

/// What its parser refuses or warns of. How it intersects policies as text is not how browsers do.
#[test]
fn what_its_parser_refuses_is_told() {
    let mut tally = Tally::new();
    for case in suite("mdn-http-observatory") {
        let error = case.row["error"].as_str().unwrap_or_default();
        let warned = case.row["parsed"]["_observatory_duplicate_key_warnings"].is_array();
        let rules: &[&str] = match error {
            _ if warned => &["LG-CSP-104"],
            "" => continue,
            error if error.starts_with("Duplicate") => &["LG-CSP-104"],
            error if error.starts_with("Invalid") => &["LG-CSP-101", "LG-CSP-111"],
            other => panic!("{other} is not in the table"),
        };
        let flaws = case.flaws();
        tally.asserted += 1;
        if !flaws.iter().any(|flaw| rules.contains(&flaw.rule.0)) {
            tally.wrong.push(case.shown(&flaws));
        }
    }
    tally.close(5);
}
