//! HtmlUnit's located syntax errors, through a table of its messages and ours.

use crate::cases::{Tally, suite};

/// The beginning or a part of its message, and our rules.
const TABLE: &[(&str, &[&str])] = &[
    ("has been deprecated", &["LG-CSP-112"]),
    ("Unrecognized source-expression", &["LG-CSP-103"]),
    ("Wrong length for sha", &["LG-CSP-108"]),
    (
        "source-expression uses an unrecognized algorithm",
        &["LG-CSP-108"],
    ),
    ("requires a value", &["LG-CSP-111"]),
    ("requires at least one value", &["LG-CSP-111"]),
    ("lists cannot be empty", &["LG-CSP-111"]),
    ("Expecting RFC 7230 token", &["LG-CSP-103"]),
    ("requires exactly one value", &["LG-CSP-218"]),
    ("Unrecognized sandbox keyword", &["LG-CSP-103"]),
    ("Unrecognized trusted-types keyword", &["LG-CSP-103"]),
    (
        "Unrecognized require-trusted-types-for keyword",
        &["LG-CSP-103"],
    ),
    ("Duplicate directive", &["LG-CSP-104"]),
    ("Duplicate ", &["LG-CSP-218"]),
    ("does not support values", &["LG-CSP-218"]),
    ("contains characters outside the range", &["LG-CSP-101"]),
    ("This host name is unusual", &["LG-CSP-103"]),
    ("must not be combined with any other", &["LG-CSP-107"]),
    (
        "is ignored when delivered via a meta element",
        &["LG-CSP-402"],
    ),
    ("Wildcard policy names", &["LG-CSP-218"]),
    ("permits any policy name, making", &["LG-CSP-218"]),
    ("has no effect without policy names", &["LG-CSP-218"]),
    // Not so: with `*`, a second policy of one name still needs it (Trusted Types, section 4.2).
    ("is redundant when wildcard", &[]),
    // The directive was withdrawn, and said to be.
    ("Media types can only be matched literally", &[]),
];

/// The case, a part of its message, and why we say it otherwise.
const OTHERWISE: &[(&str, &str, &str)] = &[
    (
        "htmlunit-0014",
        "Unrecognized",
        "navigate-to was withdrawn: LG-CSP-112 on its name",
    ),
    (
        "htmlunit-0033",
        "deprecated",
        "the second plugin-types is a duplicate: LG-CSP-104",
    ),
    (
        "htmlunit-0079",
        "must not be combined",
        "on 'none', which says nothing, not on what stands beside it",
    ),
    (
        "htmlunit-0102",
        "deprecated",
        "in an element report-uri says nothing: LG-CSP-402",
    ),
];

/// Rules of what browsers do not understand.
const SYNTAX: &[&str] = &[
    "LG-CSP-101",
    "LG-CSP-102",
    "LG-CSP-103",
    "LG-CSP-104",
    "LG-CSP-107",
    "LG-CSP-108",
    "LG-CSP-109",
];

#[test]
fn its_located_errors_are_ours() {
    let mut tally = Tally::new();
    let mut otherwise = 0;
    for case in suite("htmlunit-csp") {
        let flaws = case.flaws();
        let mut asserted = false;
        for expected in &case.expected {
            let row = TABLE.iter().find(|(part, _)| expected.check.contains(part));
            let (_, rules) =
                row.unwrap_or_else(|| panic!("{} is not in the table", expected.check));
            if rules.is_empty() {
                continue;
            }
            asserted = true;
            let told = OTHERWISE
                .iter()
                .any(|(id, part, _)| *id == case.id && expected.check.contains(part));
            let agrees = case.agrees(&flaws, rules, expected);
            if told && !agrees {
                otherwise += 1;
            } else if !agrees {
                tally.wrong.push(format!(
                    "missing {rules:?} {expected:?}\n{}",
                    case.shown(&flaws)
                ));
            }
        }
        if case.expected.is_empty() {
            asserted = true;
            if flaws.iter().any(|flaw| SYNTAX.contains(&flaw.rule.0)) {
                tally
                    .wrong
                    .push(format!("nothing is wrong\n{}", case.shown(&flaws)));
            }
        }
        tally.asserted += usize::from(asserted);
    }
    assert!(
        otherwise == OTHERWISE.len() || !tally.wrong.is_empty(),
        "{otherwise}"
    );
    tally.close(63);
}
