//! ZAP's rule 10055, through a table of its alerts and our rules.

use crate::cases::{Tally, suite};
use lockgate_csp::Delivery;

fn ours(check: &str) -> &'static [&'static str] {
    match check {
        "10055-1" | "10055-2" => &["LG-CSP-407"],
        "10055-3" => &[
            "LG-CSP-101",
            "LG-CSP-103",
            "LG-CSP-104",
            "LG-CSP-111",
            "LG-CSP-112",
            "LG-CSP-218",
        ],
        // What nothing restricts, it takes for a wildcard.
        "10055-4" => &["LG-CSP-204", "LG-CSP-205", "LG-CSP-206"],
        "10055-5" => &["LG-CSP-201", "LG-CSP-205"],
        "10055-6" => &["LG-CSP-301"],
        "10055-7" | "10055-8" => &["LG-CSP-213"],
        "10055-9" => &["LG-CSP-105"],
        "10055-10" => &["LG-CSP-202"],
        "10055-11" => &["LG-CSP-402"],
        // Two carriers: not a matter of policies.
        "10055-12" => &[],
        "10055-13" => &["LG-CSP-305", "LG-CSP-306", "LG-CSP-308"],
        other => panic!("{other} is not in the table"),
    }
}

/// The case, its alert, and why we do not say it.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "zap-019",
        "10055-6",
        "styles are not restricted, which no rule of ours minds where scripts are wide open",
    ),
    ("zap-021", "10055-6", "styles are not restricted"),
    (
        "zap-022",
        "10055-13",
        "each policy is judged alone; the first one says it",
    ),
    ("zap-022", "10055-4", "the first policy restricts it"),
    ("zap-022", "10055-5", "the first policy restricts it"),
    (
        "zap-022",
        "10055-6",
        "the first policy refuses inline styles",
    ),
];

#[test]
fn its_alerts_are_ours() {
    let mut tally = Tally::new();
    let mut otherwise = 0;
    for mut case in suite("zap") {
        if case.row["header_name"].is_string() {
            case.policies[0].1 = Delivery::Legacy;
        }
        let test = case.row["test"].as_str().unwrap_or_default().to_owned();
        if test.contains("meta") {
            case.policies.last_mut().unwrap().1 = Delivery::Meta { late: false };
        }
        let flaws = case.flaws();
        tally.asserted += 1;
        for expected in &case.expected {
            let rules = ours(&expected.check);
            let good = rules.is_empty() || flaws.iter().any(|flaw| rules.contains(&flaw.rule.0));
            if OTHERWISE
                .iter()
                .any(|(id, check, _)| *id == case.id && *check == expected.check)
            {
                otherwise += 1;
                assert!(!good, "{} {}", case.id, expected.check);
            } else if !good {
                tally.wrong.push(format!(
                    "{} {rules:?}\n{}",
                    expected.check,
                    case.shown(&flaws)
                ));
            }
        }
        if case.expected.is_empty() {
            let loud = [
                "LG-CSP-103",
                "LG-CSP-112",
                "LG-CSP-201",
                "LG-CSP-202",
                "LG-CSP-204",
                "LG-CSP-301",
                "LG-CSP-306",
            ];
            if flaws.iter().any(|flaw| loud.contains(&flaw.rule.0)) {
                tally
                    .wrong
                    .push(format!("nothing is wrong\n{}", case.shown(&flaws)));
            }
        }
    }
    assert!(
        otherwise == OTHERWISE.len() || !tally.wrong.is_empty(),
        "{otherwise}"
    );
    tally.close(22);
}
