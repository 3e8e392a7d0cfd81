//! The step's outputs: short words and numbers of ours, and paths that the user named.

use crate::model::{Assessment, Decided, Disposition, Origin};

/// Names and values, in a fixed order. `sarif` and `report` are the paths that were written.
pub fn outputs(
    assessment: &Assessment,
    sarif: Option<&str>,
    report: Option<&str>,
) -> Vec<(&'static str, String)> {
    let introduced = |d: &&Decided| {
        let closed = matches!(
            d.disposition,
            Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_)
        );
        // Where nobody knows what the change introduces, everything may be.
        let origin = d.finding.provenance.origin;
        !closed && matches!(origin, Origin::Introduced | Origin::Unknown)
    };
    let introduced = assessment.findings.iter().filter(introduced).count();
    vec![
        ("verdict", assessment.verdict.word().to_owned()),
        ("blocking", assessment.blocking().count().to_string()),
        ("findings", assessment.findings.len().to_string()),
        ("introduced", introduced.to_string()),
        ("waived", assessment.waived().to_string()),
        ("incomplete", assessment.gaps().count().to_string()),
        ("sarif", sarif.unwrap_or_default().to_owned()),
        ("report", report.unwrap_or_default().to_owned()),
    ]
}
