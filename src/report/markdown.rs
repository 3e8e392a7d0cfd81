//! The summary in GitHub's Markdown: for the job summary and for people's own use.

mod scanners;

use super::comparison;
use super::day::day;
use super::next;
use super::phrase::{self, Sink};
use super::resolved;
use super::review;
use super::schedule;
use crate::escape;
use crate::model::{Assessment, Decided, Disposition, PolicyNote, Reason, Severity, Verdict};
use std::fmt::Write as _;

/// GitHub drops a whole step summary of more than 1 MiB (actions/runner, `FileCommandManager`).
/// Findings stop at half of that, which leaves room for everything else.
const MAX_BYTES: usize = 512 * 1024;

/// Findings shown one by one in each part.
const MAX_SHOWN: usize = 200;

/// Rows shown of a folded table.
const MAX_FOLDED: usize = 50;

/// How GitHub's Markdown shows foreign words.
pub static SINK: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::markdown_code(name),
    title: |title| escape::markdown_code(title),
    words: |words| escape::markdown(words),
};

/// The summary.
pub fn render(assessment: &Assessment) -> String {
    let mut out = String::new();
    headline(assessment, &mut out);
    evidence_gaps(assessment, &mut out);
    policy(assessment, true, &mut out);
    scheduled(assessment, &mut out);
    blocking(assessment, &mut out);
    next(assessment, &mut out);
    warnings(assessment, &mut out);
    policy(assessment, false, &mut out);
    scanners::table(assessment, &mut out);
    waivers(assessment, &mut out);
    rest(assessment, &mut out);
    resolved(assessment, &mut out);
    footer(assessment, &mut out);
    out
}

fn headline(assessment: &Assessment, out: &mut String) {
    let mark = match assessment.verdict {
        Verdict::Pass => "✅",
        Verdict::Warn => "⚠️",
        Verdict::Block => "⛔",
        Verdict::Incomplete => "❓",
    };
    let text = phrase::verdict(assessment);
    let _ = writeln!(out, "## {mark} {text}\n");
    let _ = writeln!(out, "{}\n", phrase::tally(assessment).join(" · "));
    let compared = comparison::sentence(assessment).show(&SINK);
    let _ = match comparison::is_broken(assessment) {
        true => writeln!(out, "> [!WARNING]\n> {compared}\n"),
        false => writeln!(out, "{compared}\n"),
    };
}

fn evidence_gaps(assessment: &Assessment, out: &mut String) {
    let gaps: Vec<&Reason> = assessment.gaps().collect();
    if gaps.is_empty() {
        return;
    }
    out.push_str("### Missing evidence\n\n");
    for gap in gaps {
        let _ = writeln!(out, "- {}", reason(gap));
    }
    out.push('\n');
}

/// One reason: who, what, and the foreign words that belong to it.
pub fn reason(reason: &Reason) -> String {
    let who = reason.scanner.as_ref().map_or("lockgate", |s| s.as_str());
    let detail = reason.detail.as_ref();
    let detail = detail.map(|detail| format!(" ({})", escape::markdown_code(detail)));
    let text = plain(&reason.text);
    format!("**{who}**: {text}{}", detail.unwrap_or_default())
}

/// What the reader can do now.
fn next(assessment: &Assessment, out: &mut String) {
    let steps = next::steps(assessment);
    if steps.is_empty() {
        return;
    }
    out.push_str("### Next\n\n");
    for step in steps {
        let code = step.code.map(|code| format!(" `{code}`"));
        let _ = writeln!(out, "- {}{}", plain(&step.text), code.unwrap_or_default());
    }
    out.push('\n');
}

/// What the judged change makes of the policy: before the findings when somebody should look.
fn policy(assessment: &Assessment, urgent: bool, out: &mut String) {
    let Some(review) = review::review(assessment).filter(|review| review.urgent == urgent) else {
        return;
    };
    let mark = if urgent { "⚠️ " } else { "" };
    let _ = writeln!(out, "### {mark}{}\n", review.title);
    for line in review::lines(&review, MAX_FOLDED, &SINK) {
        let _ = writeln!(out, "- {line}");
    }
    out.push('\n');
    for line in &review.after {
        let _ = writeln!(out, "{}  ", line.show(&SINK));
    }
    let _ = writeln!(out, "{}\n", review::NOTE);
}

/// Our own sentences may quote a number or a fixed word, but never start markup.
pub fn plain(text: &str) -> String {
    escape::markdown(crate::model::Untrusted::from(text))
}

/// How time has passed.
fn scheduled(assessment: &Assessment, out: &mut String) {
    let Some(times) = &assessment.schedule else {
        return;
    };
    let _ = writeln!(out, "{}\n", plain(&schedule::memory(times)));
    for section in schedule::sections(assessment, MAX_FOLDED) {
        let _ = writeln!(out, "### {}\n", section.title);
        for line in &section.lines {
            let _ = writeln!(out, "- {}", line.show(&SINK));
        }
        more(section.more, out);
        out.push('\n');
    }
}

fn blocking(assessment: &Assessment, out: &mut String) {
    let findings: Vec<&Decided> = assessment.blocking().collect();
    if findings.is_empty() {
        return;
    }
    let _ = writeln!(out, "### What blocks ({})\n", findings.len());
    let mut shown = 0;
    for decided in findings.iter().take(MAX_SHOWN) {
        if out.len() > MAX_BYTES {
            break;
        }
        item(assessment, decided, out);
        shown += 1;
    }
    more(findings.len() - shown, out);
    out.push('\n');
}

fn item(assessment: &Assessment, decided: &Decided, out: &mut String) {
    let finding = &decided.finding;
    let title = escape::markdown(&finding.observation.title);
    let head = headline_link(decided);
    let _ = writeln!(out, "- **{}** {head} {title}  ", badge(decided));
    let _ = write!(
        out,
        "  in {}",
        escape::markdown_code(phrase::place(&finding.location))
    );
    if let Some(target) = &finding.location.target {
        let _ = write!(out, " ({})", escape::markdown_code(target));
    }
    if let Some(package) = phrase::package(finding) {
        let _ = write!(out, ", package {}", package.show(&SINK));
    }
    let _ = writeln!(out, ", seen by {}  ", phrase::witnesses(finding));
    if let Some(fix) = phrase::fix(finding) {
        let _ = writeln!(out, "  **Fix:** {}  ", fix.show(&SINK));
    }
    let _ = writeln!(
        out,
        "  <sub>{}{} · {}</sub>",
        comparison::origin(assessment, decided)
            .map(|origin| format!("{origin} · "))
            .unwrap_or_default(),
        phrase::decision(decided).show(&SINK),
        decided.finding.fingerprint
    );
}

/// The name under which people know the problem, with a link to its advisory.
pub fn headline_link(decided: &Decided) -> String {
    let name = escape::markdown_code(phrase::headline(&decided.finding));
    match decided
        .finding
        .observation
        .advisories
        .first()
        .and_then(|id| id.url())
    {
        Some(url) => format!("[{name}]({url})"),
        None => name,
    }
}

/// A coloured mark and the severity.
pub fn badge(decided: &Decided) -> String {
    let mark = match decided.effective {
        Severity::Critical => "🟣",
        Severity::High => "🔴",
        Severity::Medium => "🟠",
        Severity::Low => "🟡",
        Severity::Info => "⚪",
    };
    format!("{mark} {}", phrase::severity(decided))
}

fn more(number: usize, out: &mut String) {
    if number > 0 {
        let _ = writeln!(out, "- … and {number} more, in the JSON and SARIF reports");
    }
}

fn warnings(assessment: &Assessment, out: &mut String) {
    let findings: Vec<&Decided> = assessment.warning().collect();
    fold(assessment, "To look at", &findings, out);
    let gaps: Vec<&Reason> = assessment
        .reasons
        .iter()
        .filter(|r| r.verdict == Verdict::Warn && r.scanner.is_some())
        .collect();
    for gap in gaps {
        let _ = writeln!(out, "> {}\n", reason(gap));
    }
}

/// A folded table of findings.
fn fold(assessment: &Assessment, title: &str, findings: &[&Decided], out: &mut String) {
    if findings.is_empty() || out.len() > MAX_BYTES {
        return;
    }
    let _ = writeln!(
        out,
        "<details><summary>{title} ({})</summary>\n",
        findings.len()
    );
    let known = comparison::is_known(assessment);
    out.push_str(match known {
        true => "| severity | origin | what | where | fix |\n|---|---|---|---|---|\n",
        false => "| severity | what | where | fix |\n|---|---|---|---|\n",
    });
    for decided in findings.iter().take(MAX_FOLDED) {
        let finding = &decided.finding;
        let fix = match &decided.disposition {
            Disposition::Waived(..)
            | Disposition::Suppressed(_)
            | Disposition::Informational(_) => phrase::decision(decided).show(&SINK),
            _ => phrase::fix(finding)
                .map(|fix| fix.show(&SINK))
                .unwrap_or_default(),
        };
        let _ = writeln!(
            out,
            "| {} {}| {} {} | {} | {fix} |",
            phrase::severity(decided),
            match known {
                true => format!("| {} ", finding.provenance.origin.word()),
                false => String::new(),
            },
            headline_link(decided),
            escape::markdown_up_to(&finding.observation.title, 200),
            escape::markdown_code(phrase::place(&finding.location)),
        );
    }
    if let Some(more) = findings.len().checked_sub(MAX_FOLDED).filter(|n| *n > 0) {
        let _ = writeln!(
            out,
            "| {}| … and {more} more, in the JSON and SARIF reports | | |",
            if known { "| " } else { "" }
        );
    }
    out.push_str("\n</details>\n\n");
}

fn waivers(assessment: &Assessment, out: &mut String) {
    let (notes, more) = phrase::notes(assessment);
    if notes.is_empty() {
        return;
    }
    out.push_str("### Waivers to look at\n\n");
    for note in notes {
        waiver(note, out);
    }
    if more > 0 {
        let _ = writeln!(out, "- and {more} more, in the JSON");
    }
    out.push('\n');
}

fn waiver(note: &PolicyNote, out: &mut String) {
    let _ = writeln!(
        out,
        "- {} {}, owner {} ({} line {})",
        escape::markdown_code(&note.subject),
        plain(&note.text),
        escape::markdown_code(&note.owner),
        escape::markdown_code(&note.source),
        note.line,
    );
}

/// What neither blocks nor warns, folded.
fn rest(assessment: &Assessment, out: &mut String) {
    fold(assessment, "Waived", &assessment.with(&["waived"]), out);
    fold(
        assessment,
        "Suppressed in the reports",
        &assessment.with(&["suppressed", "informational"]),
        out,
    );
    fold(
        assessment,
        "Not blocking",
        &assessment.with(&["unmatched", "allowed"]),
        out,
    );
}

fn resolved(assessment: &Assessment, out: &mut String) {
    if let Some((title, lines)) = resolved::list(assessment, &SINK) {
        let _ = writeln!(
            out,
            "<details><summary>{title}</summary>\n\n- {}\n\n</details>\n",
            lines.join("\n- ")
        );
    }
}

fn footer(assessment: &Assessment, out: &mut String) {
    let _ = writeln!(
        out,
        "<sub>lockgate {} · {} · {}</sub>",
        env!("CARGO_PKG_VERSION"),
        review::policy(assessment).show(&SINK),
        day(assessment),
    );
}
