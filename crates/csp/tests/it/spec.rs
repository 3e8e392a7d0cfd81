//! Our own reading of the specification, case by case.

use crate::cases::{Tally, suite};
use lockgate_csp::Severity;

#[test]
fn every_case_of_the_specification_holds() {
    let mut tally = Tally::new();
    for case in suite("lockgate-spec") {
        let flaws = case.flaws();
        tally.asserted += 1;
        for expected in &case.expected {
            if !case.agrees(&flaws, &[expected.check.as_str()], expected) {
                tally
                    .wrong
                    .push(format!("missing {expected:?}\n{}", case.shown(&flaws)));
            }
        }
        for rule in case.row["must_not"].as_array().unwrap() {
            if flaws.iter().any(|flaw| flaw.rule.0 == rule) {
                tally
                    .wrong
                    .push(format!("must not {rule}\n{}", case.shown(&flaws)));
            }
        }
    }
    tally.close(40);
}

/// A strict policy as it is recommended has nothing worth a warning.
#[test]
fn a_strict_policy_is_clean() {
    let cases = suite("lockgate-spec");
    let case = cases
        .iter()
        .find(|case| case.id.contains("strict-csp"))
        .unwrap();
    let flaws = case.flaws();
    assert!(
        flaws.iter().all(|flaw| flaw.severity == Severity::Info),
        "{}",
        case.shown(&flaws)
    );
}
