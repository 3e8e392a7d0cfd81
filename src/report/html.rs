//! One page that stands alone: no script, nothing loaded from anywhere, light and dark. Written so
//! that an XML parser reads it too, which is how the tests look for markup that is not ours.

use super::comparison;
use super::day::day;
use super::further;
use super::next;
use super::phrase::{self, Sink};
use super::resolved;
use super::review;
use super::schedule;
use crate::escape::{self, encode_markup};
use crate::model::{Assessment, Decided, Disposition, HealthLevel, Problem, Run};
use std::fmt::Write as _;

/// Names of what a scanner looked at that the page lists.
const MAX_INPUTS: usize = 200;

/// Findings in each table; the rest is counted. A page with more is not read but slow.
const MAX_ROWS: usize = 2000;

static SINK: Sink = Sink {
    ours: encode_markup,
    name: |name| code(&escape::markup(name)),
    title: |title| code(&escape::markup(title)),
    line: |line| code(&escape::markup(line)),
    words: |words| escape::markup(words),
};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8882;--bad:#cf222e;--warn:#9a6700;--good:#1a7f37}\
@media(prefers-color-scheme:dark){:root{--bad:#ff7b72;--warn:#d29922;--good:#3fb950}}\
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .6rem}\
.block,.incomplete{color:var(--bad)}.warn{color:var(--warn)}.pass{color:var(--good)}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}\
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}\
td.n{text-align:right}code{background:var(--soft);border-radius:4px;padding:.1em .3em;font-size:.88em;overflow-wrap:anywhere}\
small{opacity:.75;overflow-wrap:anywhere}td:nth-child(3){min-width:11rem}td:nth-child(5){min-width:13rem}summary{cursor:pointer;font-weight:600;margin-top:1.2rem}li{margin:.3rem 0}";

/// The page.
pub fn render(assessment: &Assessment) -> String {
    let mut out =
        String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
    out.push_str("<meta name=\"viewport\" content=\"width=device-width\"/>\n");
    // Should an escape ever fail, the page still runs and loads nothing.
    out.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n");
    let _ = writeln!(
        out,
        "<title>lockgate: {}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        assessment.verdict
    );
    headline(assessment, &mut out);
    gaps(assessment, &mut out);
    policy(assessment, true, &mut out);
    scheduled(assessment, &mut out);
    table(
        assessment,
        "What blocks",
        &assessment.with(&["blocked"]),
        true,
        &mut out,
    );
    next(assessment, &mut out);
    table(
        assessment,
        "To look at",
        &assessment.with(&["warned"]),
        true,
        &mut out,
    );
    policy(assessment, false, &mut out);
    scanners(assessment, &mut out);
    waivers(assessment, &mut out);
    table(
        assessment,
        "Waived",
        &assessment.with(&["waived"]),
        false,
        &mut out,
    );
    table(
        assessment,
        "Suppressed in the reports",
        &assessment.with(&["suppressed", "informational"]),
        false,
        &mut out,
    );
    table(
        assessment,
        "Not blocking",
        &assessment.with(&["unmatched", "allowed"]),
        false,
        &mut out,
    );
    resolved(assessment, &mut out);
    footer(assessment, &mut out);
    out.push_str("</body>\n</html>\n");
    out
}

fn code(escaped: &str) -> String {
    format!("<code>{escaped}</code>")
}

fn headline(assessment: &Assessment, out: &mut String) {
    let text = phrase::verdict(assessment);
    let _ = writeln!(out, "<h1 class=\"{}\">{text}</h1>", assessment.verdict);
    let tally = phrase::tally(assessment).join(" · ");
    let _ = writeln!(out, "<p>{tally}</p>");
    let class = match comparison::is_broken(assessment) {
        true => " class=\"warn\"",
        false => "",
    };
    let compared = comparison::sentence(assessment).show(&SINK);
    let _ = writeln!(out, "<p{class}>{compared}</p>");
}

fn gaps(assessment: &Assessment, out: &mut String) {
    if assessment.gaps().next().is_none() {
        return;
    }
    out.push_str("<h2>Missing evidence</h2>\n<ul>\n");
    for gap in assessment.gaps() {
        let scanner = gap.scanner.as_ref().map_or("lockgate", |s| s.as_str());
        let detail = gap
            .detail
            .as_ref()
            .map(|d| format!(" ({})", code(&escape::markup(d))));
        let _ = writeln!(
            out,
            "<li><b>{scanner}</b>: {}{}</li>",
            encode_markup(&gap.text),
            detail.unwrap_or_default()
        );
    }
    out.push_str("</ul>\n");
}

/// How time has passed.
fn scheduled(assessment: &Assessment, out: &mut String) {
    let Some(times) = &assessment.schedule else {
        return;
    };
    let _ = writeln!(out, "<p>{}</p>", schedule::memory(times));
    for section in schedule::sections(assessment, MAX_ROWS) {
        let _ = writeln!(out, "<h2>{}</h2>\n<ul>", section.title);
        for line in &section.lines {
            let _ = writeln!(out, "<li>{}</li>", line.show(&SINK));
        }
        if section.more > 0 {
            let _ = writeln!(out, "<li>… and {} more</li>", section.more);
        }
        out.push_str("</ul>\n");
    }
}

/// What the reader can do now.
fn next(assessment: &Assessment, out: &mut String) {
    let steps = next::steps(assessment);
    if steps.is_empty() {
        return;
    }
    out.push_str("<h2>Next</h2>\n<ul>\n");
    for step in steps {
        let command = step
            .code
            .map(|text| format!(" {}", code(&encode_markup(text))));
        let text = encode_markup(&step.text);
        let _ = writeln!(out, "<li>{text}{}</li>", command.unwrap_or_default());
    }
    out.push_str("</ul>\n");
}

/// What the judged change makes of the policy: before the findings when somebody should look.
fn policy(assessment: &Assessment, urgent: bool, out: &mut String) {
    let Some(review) = review::review(assessment).filter(|review| review.urgent == urgent) else {
        return;
    };
    let class = if review.urgent { "warn" } else { "" };
    let _ = writeln!(out, "<h2 class=\"{class}\">{}</h2>\n<ul>", review.title);
    for line in review::lines(&review, MAX_INPUTS, &SINK) {
        let _ = writeln!(out, "<li>{line}</li>");
    }
    out.push_str("</ul>\n<p>");
    for line in &review.after {
        let _ = writeln!(out, "{}<br/>", line.show(&SINK));
    }
    let _ = writeln!(out, "{}</p>", review::NOTE);
}

fn table(
    assessment: &Assessment,
    title: &str,
    findings: &[&Decided],
    open: bool,
    out: &mut String,
) {
    if findings.is_empty() {
        return;
    }
    let open = if open { " open=\"open\"" } else { "" };
    let _ = writeln!(
        out,
        "<details{open}><summary>{title} ({})</summary>\n<div class=\"wide\"><table>",
        findings.len()
    );
    out.push_str("<tr><th>severity</th><th>what</th><th>where</th><th>fix</th><th>why</th></tr>\n");
    for decided in findings.iter().take(MAX_ROWS) {
        row(assessment, decided, out);
    }
    out.push_str("</table></div>\n");
    if let Some(more) = findings.len().checked_sub(MAX_ROWS).filter(|n| *n > 0) {
        let _ = writeln!(
            out,
            "<p>… and {more} more, in the JSON and SARIF reports</p>"
        );
    }
    out.push_str("</details>\n");
}

fn row(assessment: &Assessment, decided: &Decided, out: &mut String) {
    let finding = &decided.finding;
    let name = code(&escape::markup(phrase::headline(finding)));
    let name = match finding
        .observation
        .advisories
        .first()
        .and_then(|id| id.url())
    {
        Some(url) => format!(
            "<a href=\"{}\" rel=\"noreferrer\">{name}</a>",
            encode_markup(&url)
        ),
        None => name,
    };
    let package = phrase::package(finding).map(|p| format!("<br/>{}", p.show(&SINK)));
    let target = finding
        .location
        .target
        .as_ref()
        .map(|t| format!("<br/>{}", escape::markup(t)));
    let also = further::places(finding, &|place| code(&escape::markup(place)));
    let also = also.map(|also| format!("<br/>also in {also}"));
    let fix = phrase::fix(finding).map(|fix| fix.show(&SINK));
    let class = match decided.disposition {
        Disposition::Blocked(_) => "block",
        Disposition::Warned(_) => "warn",
        _ => "",
    };
    let _ = writeln!(
        out,
        "<tr><td class=\"{class}\">{}</td><td>{name} {}{}<br/><small>seen by {}</small></td><td>{}{}{}</td><td>{}</td><td>{}{}<br/><small>{}</small></td></tr>",
        encode_markup(&phrase::severity(decided)),
        escape::markup(&finding.observation.title),
        package.unwrap_or_default(),
        phrase::witnesses(finding),
        code(&escape::markup(phrase::place(&finding.location))),
        target.unwrap_or_default(),
        also.unwrap_or_default(),
        fix.unwrap_or_default(),
        comparison::origin(assessment, decided)
            .map(|origin| format!("{}<br/>", encode_markup(&origin)))
            .unwrap_or_default(),
        phrase::decision(decided).show(&SINK),
        finding.fingerprint,
    );
}

fn scanners(assessment: &Assessment, out: &mut String) {
    out.push_str("<h2>Scanners</h2>\n<div class=\"wide\"><table>\n<tr><th>scanner</th><th>health</th><th>looked at</th><th>findings</th><th>report</th></tr>\n");
    for run in &assessment.runs {
        scanner(run, out);
    }
    if assessment.runs.is_empty() {
        out.push_str(
            "<tr><td colspan=\"5\" class=\"incomplete\">none: nothing was examined</td></tr>\n",
        );
    }
    out.push_str("</table></div>\n");
}

fn scanner(run: &Run, out: &mut String) {
    let class = match run.health.level() {
        HealthLevel::Complete => "pass",
        HealthLevel::Partial => "warn",
        HealthLevel::Failed => "block",
        HealthLevel::Skipped => "",
    };
    let version = run
        .version
        .as_ref()
        .map(|v| format!(" {}", escape::markup(v)));
    let problems: String = run
        .health
        .problems()
        .iter()
        .chain(&run.notes)
        .map(problem)
        .collect();
    let _ = writeln!(
        out,
        "<tr><td>{}{}</td><td class=\"{class}\">{}{problems}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
        escape::markup(&run.tool),
        version.unwrap_or_default(),
        run.health.level().word(),
        looked_at(run),
        run.findings,
        run.report
            .as_ref()
            .map(|r| code(&escape::markup(r)))
            .unwrap_or_default(),
    );
}

/// How much, what by name, and of when.
fn looked_at(run: &Run) -> String {
    let work = run.health.work().map(phrase::work);
    let mut text = work.unwrap_or_else(|| "nothing".to_owned());
    let inputs = &run.coverage.inputs;
    if !inputs.is_empty() {
        let names: Vec<String> = inputs
            .iter()
            .take(MAX_INPUTS)
            .map(|name| code(&escape::markup(name)))
            .collect();
        let more = match inputs.len().saturating_sub(MAX_INPUTS) {
            0 => "",
            _ => ", and more",
        };
        text = format!(
            "<details><summary>{text}</summary><small>{}{more}</small></details>",
            names.join(", ")
        );
    }
    if let Some(provenance) = phrase::provenance(&run.coverage) {
        text.push_str(&format!(
            "<br/><small>{}</small>",
            encode_markup(&provenance)
        ));
    }
    text
}

fn problem(problem: &Problem) -> String {
    let detail = problem
        .detail
        .as_ref()
        .map(|d| format!(": {}", escape::markup_up_to(d, 300)));
    let items: Vec<String> = problem
        .items
        .iter()
        .take(20)
        .map(|item| code(&escape::markup(item)))
        .collect();
    let more = problem.items.len().saturating_sub(20);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "<br/><small>{}{} {}{more}</small>",
        encode_markup(&problem.text),
        detail.unwrap_or_default(),
        items.join(", ")
    )
}

fn waivers(assessment: &Assessment, out: &mut String) {
    let (notes, more) = phrase::notes(assessment);
    if notes.is_empty() {
        return;
    }
    out.push_str("<h2>Waivers to look at</h2>\n<ul>\n");
    for note in notes {
        let _ = writeln!(
            out,
            "<li>{} {}, owner {} ({} line {})</li>",
            code(&escape::markup(&note.subject)),
            encode_markup(&note.text),
            code(&escape::markup(&note.owner)),
            code(&escape::markup(&note.source)),
            note.line
        );
    }
    if more > 0 {
        let _ = writeln!(out, "<li>and {more} more, in the JSON</li>");
    }
    out.push_str("</ul>\n");
}

fn resolved(assessment: &Assessment, out: &mut String) {
    if let Some((title, lines)) = resolved::list(assessment, &SINK) {
        let _ = writeln!(
            out,
            "<details><summary>{title}</summary>\n<ul>\n<li>{}</li>\n</ul></details>",
            lines.join("</li>\n<li>")
        );
    }
}

fn footer(assessment: &Assessment, out: &mut String) {
    let _ = writeln!(
        out,
        "<p><small>lockgate {} · {} · {}</small></p>",
        env!("CARGO_PKG_VERSION"),
        review::policy(assessment).show(&SINK),
        day(assessment)
    );
}
