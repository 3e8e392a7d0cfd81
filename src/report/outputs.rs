//! The step's outputs: short words and numbers of ours, and paths that the user named.

use super::comparison;
use crate::model::Assessment;

/// Names and values, in a fixed order. `sarif` and `report` are the paths that were written.
pub fn outputs(
    assessment: &Assessment,
    sarif: Option<&str>,
    report: Option<&str>,
) -> Vec<(&'static str, String)> {
    vec![
        ("verdict", assessment.verdict.word().to_owned()),
        ("blocking", assessment.blocking().count().to_string()),
        ("findings", assessment.findings.len().to_string()),
        ("introduced", comparison::introduced(assessment).to_string()),
        ("waived", assessment.waived().to_string()),
        ("incomplete", assessment.gaps().count().to_string()),
        ("sarif", sarif.unwrap_or_default().to_owned()),
        ("report", report.unwrap_or_default().to_owned()),
    ]
}
