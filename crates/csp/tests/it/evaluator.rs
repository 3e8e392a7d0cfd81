//! google/csp-evaluator's own test cases, through a table of its types and ours.

use crate::cases::{Case, Expected, Tally, suite};
use lockgate_csp::{Flaw, Severity};

/// Our rules for what it says; none where its advice is about browsers of CSP 1, or a guess.
fn ours(expected: &Expected) -> &'static [&'static str] {
    let directive = expected.directive.as_deref().unwrap_or_default();
    match expected.check.as_str() {
        "SCRIPT_UNSAFE_INLINE" => &["LG-CSP-201"],
        "SCRIPT_UNSAFE_EVAL" => &["LG-CSP-202"],
        "SCRIPT_UNSAFE_HASHES" => &["LG-CSP-213"],
        "PLAIN_URL_SCHEMES" if directive == "object-src" => &["LG-CSP-206"],
        "PLAIN_URL_SCHEMES" if directive == "base-uri" => &["LG-CSP-207"],
        "PLAIN_URL_SCHEMES" => &["LG-CSP-203"],
        "PLAIN_WILDCARD" if directive == "object-src" => &["LG-CSP-206"],
        "PLAIN_WILDCARD" if directive == "base-uri" => &["LG-CSP-207"],
        "PLAIN_WILDCARD" => &["LG-CSP-204"],
        "MISSING_DIRECTIVES" if directive == "object-src" => &["LG-CSP-206", "LG-CSP-308"],
        "MISSING_DIRECTIVES" if directive == "base-uri" => &["LG-CSP-207"],
        "MISSING_DIRECTIVES" => &["LG-CSP-205", "LG-CSP-308"],
        "SCRIPT_ALLOWLIST_BYPASS" if expected.severity.as_deref() == Some("HIGH") => {
            &["LG-CSP-208"]
        }
        "SCRIPT_ALLOWLIST_BYPASS" => &["LG-CSP-209"],
        "OBJECT_ALLOWLIST_BYPASS" if expected.severity.as_deref() == Some("HIGH") => {
            &["LG-CSP-208"]
        }
        "IP_SOURCE" => &["LG-CSP-216"],
        "DEPRECATED_DIRECTIVE" => &["LG-CSP-112"],
        "NONCE_LENGTH" | "NONCE_CHARSET" => &["LG-CSP-211"],
        "SRC_HTTP" => &["LG-CSP-217"],
        "REPORTING_DESTINATION_MISSING" => &["LG-CSP-309"],
        "UNKNOWN_DIRECTIVE" => &["LG-CSP-101"],
        "MISSING_SEMICOLON" => &["LG-CSP-102"],
        "INVALID_KEYWORD" => &["LG-CSP-103", "LG-CSP-108", "LG-CSP-211"],
        "STRICT_DYNAMIC_NOT_STANDALONE" => &["LG-CSP-214"],
        "UNSAFE_INLINE_FALLBACK"
        | "ALLOWLIST_FALLBACK"
        | "STRICT_DYNAMIC"
        | "REPORT_TO_ONLY"
        | "OBJECT_ALLOWLIST_BYPASS" => &[],
        other => panic!("{other} is not in the table"),
    }
}

/// Our rules that must be silent where a check of its says nothing.
fn silent(check: &str) -> &'static [&'static str] {
    match check.rsplit('.').next().unwrap() {
        "checkScriptUnsafeInline" => &["LG-CSP-201"],
        "checkPlainUrlSchemes" => &["LG-CSP-203"],
        "checkWildcards" => &["LG-CSP-204"],
        "checkMissingScriptSrcDirective" => &["LG-CSP-205", "LG-CSP-308"],
        "checkMissingObjectSrcDirective" => &["LG-CSP-206"],
        "checkMultipleMissingBaseUriDirective" => &["LG-CSP-207"],
        "checkMissingDirectives" => &["LG-CSP-205", "LG-CSP-206", "LG-CSP-207"],
        "checkNonceLength" => &["LG-CSP-211"],
        "checkUnknownDirective" => &["LG-CSP-101"],
        "checkMissingSemicolon" => &["LG-CSP-102"],
        "checkInvalidKeyword" => &["LG-CSP-103"],
        "checkDeprecatedDirective" => &["LG-CSP-112"],
        "checkHasConfiguredReporting" => &["LG-CSP-309"],
        "evaluateForFailure" => &["LG-CSP-201", "LG-CSP-203", "LG-CSP-204", "LG-CSP-205"],
        "evaluateForSyntaxErrors" => &["LG-CSP-101", "LG-CSP-102"],
        _ => &[],
    }
}

/// Its errors: the case, what it says of which token, and why not.
const ERRORS: &[(&str, &str, &str)] = &[
    (
        "cspev-0050",
        "//*",
        "no source by the grammar: browsers pass over it (LG-CSP-109)",
    ),
    (
        "cspev-0050",
        "script-src-attr",
        "hosts mean nothing for event handlers (LG-CSP-218)",
    ),
    ("cspev-0052", "//*", "no source by the grammar"),
];

fn is_error(case: &Case, expected: &Expected) -> bool {
    let about = |what: &str| {
        [&expected.value, &expected.directive]
            .into_iter()
            .any(|said| said.as_deref() == Some(what))
    };
    ERRORS
        .iter()
        .any(|(id, what, _)| *id == case.id && about(what))
}

fn loud(case: &Case, flaw: &Flaw) -> bool {
    let place = &case.policies[flaw.policy].0[flaw.place.clone()];
    match flaw.rule.0 {
        // It speaks of the nonce only; we speak lower of all.
        "LG-CSP-207" => flaw.severity >= Severity::High,
        // It does not know that these were withdrawn, or that one is to be.
        "LG-CSP-112" => place != "report-uri" && place != "block-all-mixed-content",
        // A wide object-src is another check of its.
        "LG-CSP-206" => case.policies[flaw.policy]
            .0
            .trim_matches([' ', ';'])
            .starts_with(place),
        _ => true,
    }
}

#[test]
fn its_cases_are_ours() {
    let mut tally = Tally::new();
    let mut errors = 0;
    for case in suite("csp-evaluator") {
        let flaws = case.flaws();
        let mut asserted = false;
        for expected in &case.expected {
            let rules = ours(expected);
            if rules.is_empty() {
                continue;
            }
            asserted = true;
            // What governs nothing that is fetched is told of once, at the whole policy.
            let once = flaws
                .iter()
                .any(|flaw| flaw.rule.0 == "LG-CSP-308" && rules.contains(&flaw.rule.0));
            let agrees = once || case.agrees(&flaws, rules, expected);
            if is_error(&case, expected) {
                errors += 1;
                assert!(!agrees, "no error any more: {} {expected:?}", case.id);
            } else if !agrees {
                tally.wrong.push(format!(
                    "missing {rules:?} {expected:?}\n{}",
                    case.shown(&flaws)
                ));
            }
        }
        for rule in silent(&case.check) {
            asserted = true;
            let said = case
                .expected
                .iter()
                .any(|expected| ours(expected).contains(rule));
            let found = flaws
                .iter()
                .find(|flaw| flaw.rule.0 == *rule && loud(&case, flaw));
            if let (false, Some(flaw)) = (said, found) {
                let check = &case.check;
                tally.wrong.push(format!(
                    "{check} is silent, not {}\n{}",
                    flaw.rule,
                    case.shown(&flaws)
                ));
            }
        }
        tally.asserted += usize::from(asserted);
    }
    assert!(
        errors == 6 || !tally.wrong.is_empty(),
        "its errors: {errors}"
    );
    tally.close(120);
}
