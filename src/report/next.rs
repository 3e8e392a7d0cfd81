//! What the reader can do now, the same in every output for people.

use crate::model::{Assessment, Base, Reason, Verdict};

/// A way out: words, and perhaps a command or setting to copy.
pub struct Step {
    /// What to do.
    pub text: String,
    /// What to type.
    pub code: Option<&'static str>,
}

impl Step {
    fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { text, code: None }
    }

    fn with(text: &str, code: &'static str) -> Self {
        Self {
            text: text.to_owned(),
            code: Some(code),
        }
    }
}

/// The ways out; none where nothing stops the merge. What mends the evidence comes first, because
/// without it no finding that is mended makes the check pass.
pub fn steps(assessment: &Assessment) -> Vec<Step> {
    if matches!(assessment.verdict, Verdict::Pass | Verdict::Warn) {
        return Vec::new();
    }
    let mut steps = Vec::new();
    if let Base::Unreadable { mend, .. } = &assessment.base {
        steps.push(Step::new(format!("{mend}: then new is told from old")));
    }
    evidence(assessment, &mut steps);
    if assessment.blocking().next().is_some() {
        steps.push(Step::new("mend what blocks; each finding says how"));
        steps.push(Step::with(
            "see why one blocks, and what would change that:",
            "lockgate explain FINGERPRINT",
        ));
        steps.push(Step::with(
            "or accept one for a time:",
            "lockgate waive FINGERPRINT --reason … --owner … --expires 90d",
        ));
    } else if assessment.verdict == Verdict::Block {
        steps.push(Step::new("mend what the reason says"));
    }
    steps
}

/// Codes of reasons that another job has to mend.
const OTHER_JOBS: [&str; 11] = [
    "bundle-damaged",
    "bundle-missing",
    "bundle-outside",
    "bundle-unmarked",
    "folder-missing",
    "other-base",
    "other-commit",
    "other-plan",
    "other-policy",
    "shard-missing",
    "shard-twice",
];

fn evidence(assessment: &Assessment, steps: &mut Vec<Step>) {
    if assessment.verdict != Verdict::Incomplete {
        return;
    }
    let other_job = |reason: &Reason| OTHER_JOBS.contains(&reason.code);
    if assessment.gaps().any(other_job) {
        steps.push(Step::new(
            "run the job again whose bundle is missing, and merge the bundles of one run of the workflow",
        ));
    } else if assessment.gaps().any(|reason| reason.code == "no-evidence") {
        steps.push(Step::with(
            "give a report:",
            "lockgate check --report bandit=bandit.json",
        ));
        steps.push(Step::with(
            "or name the reports below their scanner in lockgate.toml:",
            "reports = [\"reports/bandit*.json\"]",
        ));
        return;
    }
    let brought = |reason: &&Reason| reason.code == "report-from-change";
    if assessment.gaps().any(|reason| brought(&reason)) {
        steps.push(Step::new(
            "remove the report from git, and let a step of the job write it anew",
        ));
    }
    let named_wrongly = |reason: &Reason| reason.code == "wrong-tool";
    if assessment.gaps().any(named_wrongly) {
        steps.push(Step::with(
            "name the tool that wrote the report, or leave the name out:",
            "lockgate check --report bandit=reports/bandit.json",
        ));
    }
    let other = |reason: &Reason| OTHERWISE.contains(&reason.code);
    if assessment
        .gaps()
        .any(|r| r.scanner.is_some() && !brought(&r) && !other(r))
    {
        steps.push(Step::new(
            "look at the log of the step that writes the report, and run it again",
        ));
    }
    let absent = |reason: &Reason| ["missing", "empty"].contains(&reason.code);
    if assessment.gaps().any(absent) {
        steps.push(Step::with(
            "a missing report is never read as a clean one; below a scanner in the policy, this lets it fail:",
            "on-incomplete = \"warn\"",
        ));
    }
}

/// Codes of reasons that no second run of the scanner mends; they say themselves what does.
const OTHERWISE: [&str; 7] = [
    "no-base",
    "no-repository",
    "too-large",
    "unknown-format",
    "unreadable",
    "unsupported-format",
    "wrong-tool",
];
