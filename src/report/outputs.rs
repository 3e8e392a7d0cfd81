//! The step's outputs: short words and numbers of ours, and paths that the user named.

use crate::model::{Assessment, Disposition};

/// Names and values, in a fixed order. `sarif` and `report` are the paths that were written.
pub fn outputs(
    assessment: &Assessment,
    sarif: Option<&str>,
    report: Option<&str>,
) -> Vec<(&'static str, String)> {
    let open = |d: &Disposition| {
        !matches!(
            d,
            Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_)
        )
    };
    vec![
        ("verdict", assessment.verdict.word().to_owned()),
        ("blocking", assessment.blocking().count().to_string()),
        ("findings", assessment.findings.len().to_string()),
        // Without the change's base nobody knows what it introduced, so everything may be.
        ("introduced", assessment.count(open).to_string()),
        ("waived", assessment.waived().to_string()),
        ("incomplete", assessment.gaps().count().to_string()),
        ("sarif", sarif.unwrap_or_default().to_owned()),
        ("report", report.unwrap_or_default().to_owned()),
    ]
}
