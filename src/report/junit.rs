//! JUnit XML, which nearly every CI system shows as a list of tests.
//!
//! There is no standard; the form is the one of Ant's `JUnitResultFormatter` that GitLab, Jenkins
//! and Azure read. One test case for each report (does it prove work?) and for each finding.

use super::phrase::{self, Sink};
use crate::escape::{self, encode_markup};
use crate::model::{Assessment, Decided, Disposition, Run, Verdict};
use std::fmt::Write as _;

static SINK: Sink = Sink {
    ours: encode_markup,
    name: |name| escape::markup(name),
    title: |title| format!("&quot;{}&quot;", escape::markup(title)),
    line: |line| escape::markup(line),
    words: |words| escape::markup(words),
};

/// The document.
pub fn render(assessment: &Assessment) -> String {
    let evidence: Vec<String> = match assessment.runs.as_slice() {
        [] => vec![nothing()],
        runs => runs.iter().map(|run| report(run, assessment)).collect(),
    };
    let findings: Vec<String> = assessment.findings.iter().map(finding).collect();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let all = evidence.len() + findings.len();
    let _ = writeln!(
        out,
        "<testsuites name=\"lockgate\" tests=\"{all}\" failures=\"{}\" errors=\"{}\">",
        failures(&findings),
        errors(&evidence)
    );
    suite("evidence", &evidence, &mut out);
    suite("findings", &findings, &mut out);
    out.push_str("</testsuites>\n");
    out
}

fn suite(name: &str, cases: &[String], out: &mut String) {
    let _ = writeln!(
        out,
        "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
        cases.len(),
        failures(cases),
        errors(cases),
        count(cases, "<skipped")
    );
    for case in cases {
        out.push_str(case);
    }
    out.push_str("  </testsuite>\n");
}

/// Foreign text holds no `<`, so that an element's name is found only where we wrote it.
fn count(cases: &[String], element: &str) -> usize {
    cases.iter().filter(|case| case.contains(element)).count()
}

fn failures(cases: &[String]) -> usize {
    count(cases, "<failure")
}

fn errors(cases: &[String]) -> usize {
    count(cases, "<error")
}

fn case(class: &str, name: &str, body: &str) -> String {
    let head = format!("    <testcase classname=\"lockgate.{class}\" name=\"{name}\"");
    if body.is_empty() {
        format!("{head}/>\n")
    } else {
        format!("{head}>{body}</testcase>\n")
    }
}

fn nothing() -> String {
    let text = "no report was given, so nothing was examined";
    case(
        "evidence",
        "reports",
        &format!("<error type=\"no-evidence\" message=\"{text}\"/>"),
    )
}

/// An error when the verdict is incomplete because of it, else skipped with the reason.
fn report(run: &Run, assessment: &Assessment) -> String {
    let name = match &run.report {
        Some(report) => escape::markup(report),
        None => run.scanner.to_string(),
    };
    let Some(problem) = run.health.problems().first() else {
        return case(run.scanner.as_str(), &name, "");
    };
    let stops = assessment.reasons.iter().any(|reason| {
        reason.verdict == Verdict::Incomplete
            && reason.scanner.as_ref() == Some(&run.scanner)
            && reason.detail == run.report
    });
    let message = encode_markup(&problem.text);
    let detail = problem
        .detail
        .as_ref()
        .map(escape::markup)
        .unwrap_or_default();
    let body = if stops {
        format!(
            "<error type=\"{}\" message=\"{message}\">{detail}</error>",
            problem.code
        )
    } else {
        format!("<skipped message=\"{message}\"/>")
    };
    case(run.scanner.as_str(), &name, &body)
}

fn finding(decided: &Decided) -> String {
    let finding = &decided.finding;
    let place = escape::markup(phrase::place(&finding.location));
    let name = format!("{} in {place}", escape::markup(phrase::headline(finding)));
    let why = phrase::decision(decided).show(&SINK);
    let body = match decided.disposition {
        Disposition::Blocked(_) => {
            let mut text = escape::markup(&finding.observation.title);
            if let Some(package) = phrase::package(finding) {
                let _ = write!(text, "\nPackage: {}", package.show(&SINK));
            }
            if let Some(fix) = phrase::fix(finding) {
                let _ = write!(text, "\nFix: {}", fix.show(&SINK));
            }
            let _ = write!(text, "\nFingerprint: {}", finding.fingerprint);
            let severity = encode_markup(&phrase::severity(decided));
            format!("<failure type=\"{severity}\" message=\"{why}\">{text}</failure>")
        }
        Disposition::Waived(..) | Disposition::Suppressed(_) | Disposition::Informational(_) => {
            format!("<skipped message=\"{why}\"/>")
        }
        Disposition::Warned(_) => format!("<system-out>{why}</system-out>"),
        Disposition::Allowed(_) | Disposition::Unmatched => String::new(),
    };
    case(finding.scanner.as_str(), &name, &body)
}
