//! The text, in GitHub's Markdown.

use super::chart::chart;
use super::lists::{self, List};
use super::matters::Matters;
use super::memory::Memory;
use crate::escape;
use crate::model::{Assessment, Decided, NoteCode, PolicyNote, RepoPath, Untrusted, Verdict};
use crate::report::markdown::{SINK, badge, headline_link, plain, reason};
use crate::report::{next, phrase, resolved, review, schedule};
use std::fmt::Write as _;

/// Longest text, in UTF-16 units: GitHub allows 65,536 characters, and nobody knows how it counts
/// them.
pub const MOST_UNITS: usize = 60_000;

/// Where the scan was made, for links. All of it is ours or checked.
#[derive(Debug, Clone, Default)]
pub struct Scan {
    /// The repository's page, without a slash at its end.
    pub home: String,
    /// The page of the run.
    pub run: String,
    /// The commit that was scanned, in hex.
    pub commit: Option<String>,
    /// Its branch.
    pub branch: Option<Untrusted>,
}

/// What the text is made of.
pub struct Text<'a> {
    /// What the scan found.
    pub assessment: &'a Assessment,
    /// What is open of it.
    pub matters: &'a Matters<'a>,
    /// Where it was made.
    pub scan: &'a Scan,
    /// What the issue is to remember.
    pub memory: &'a Memory,
    /// What it remembered before was damaged.
    pub anew: bool,
    /// The line by which the issue is found.
    pub marker: &'a str,
}

/// The text for a scan that has something to say, or nothing any more.
pub fn body(text: &Text<'_>) -> String {
    let Text {
        assessment,
        matters,
        scan,
        memory,
        ..
    } = *text;
    let mut out = String::new();
    headline(assessment, matters, scan, memory, &mut out);
    let mut end = String::new();
    trend(memory, text.anew, &mut end);
    steps(assessment, matters, &mut end);
    footer(assessment, &mut end);
    let _ = write!(end, "{}\n{}\n", memory.write(), text.marker);
    let used = lists::units(&out) + lists::units(&end);
    let room = MOST_UNITS.saturating_sub(used);
    let elsewhere = format!("[the run's summary]({})", scan.run);
    out.push_str(&lists::write(
        &all(assessment, matters, scan),
        room,
        &elsewhere,
    ));
    out.push_str(&end);
    out
}

fn headline(
    assessment: &Assessment,
    matters: &Matters<'_>,
    scan: &Scan,
    memory: &Memory,
    out: &mut String,
) {
    let (mark, text) = match (assessment.verdict, memory.clear) {
        (_, Some(day)) => ("✅", format!("All clear since {day}")),
        (Verdict::Block, _) => ("⛔", phrase::verdict(assessment)),
        (Verdict::Incomplete, _) => ("❓", phrase::verdict(assessment)),
        (Verdict::Pass | Verdict::Warn, _) => {
            ("⚠️", "Nothing blocks; there is something to do".to_owned())
        }
    };
    let _ = writeln!(out, "## {mark} {text}\n");
    let mut facts = vec![format!("Scan of {}", assessment.today)];
    if let Some(branch) = &scan.branch {
        facts.push(format!("branch {}", escape::markdown_code(branch)));
    }
    if let Some(commit) = &scan.commit {
        let short = commit.get(..7).unwrap_or(commit);
        facts.push(format!("commit [{short}]({}/commit/{commit})", scan.home));
    }
    facts.push(format!("[the run]({})", scan.run));
    let _ = writeln!(out, "{}\n", facts.join(" · "));
    if memory.clear.is_some() {
        out.push_str("Nothing blocks, nothing warns, and no evidence is missing.\n\n");
        return;
    }
    let counts = [
        (matters.gaps.len(), "missing in the evidence"),
        (matters.blocking.len(), "blocking"),
        (matters.coming.len(), "to block later"),
        (matters.new.len(), "new"),
        (matters.warning.len(), "to look at"),
    ];
    let counts: Vec<String> = counts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("**{number}** {what}"))
        .chain(phrase::accepted(assessment))
        .collect();
    if !counts.is_empty() {
        let _ = writeln!(out, "{}\n", counts.join(" · "));
    }
    if let Some(times) = &assessment.schedule {
        let _ = writeln!(out, "{}\n", plain(&schedule::memory(times)));
    }
}

/// The lists in the order in which they are shown.
fn all(assessment: &Assessment, matters: &Matters<'_>, scan: &Scan) -> Vec<List> {
    let finding = |d: &&Decided| finding(assessment, d, scan);
    let waivers: Vec<&PolicyNote> = waivers(assessment);
    let entry = |entry: &crate::model::BaselineEntry| resolved::entry(entry).show(&SINK);
    vec![
        List::new("Missing evidence", 0, &matters.gaps, |r| reason(r)),
        List::new("What blocks", 1, &matters.blocking, finding),
        List::new("What will block", 2, &matters.coming, finding),
        List::new("Newly disclosed", 3, &matters.new, finding),
        List::new("Scanners and policy", 1, &matters.remarks, |r| reason(r)),
        List::new("Waivers that end", 4, &waivers, |note| waiver(note)),
        List::new("To look at", 5, &matters.warning, finding).folded(),
        List::new(
            "Resolved since the last scan",
            6,
            &assessment.resolved,
            entry,
        )
        .folded(),
    ]
}

/// Waivers that hold no longer, or not for long.
fn waivers(assessment: &Assessment) -> Vec<&PolicyNote> {
    let ends = |note: &&PolicyNote| {
        matches!(
            note.code,
            NoteCode::Expired | NoteCode::TooLong | NoteCode::Expiring
        )
    };
    let mut notes: Vec<&PolicyNote> = assessment.notes.iter().filter(ends).collect();
    notes.sort_by_key(|note| note.code);
    notes
}

fn waiver(note: &PolicyNote) -> String {
    format!(
        "{} {}, owner {} ({} line {})",
        escape::markdown_code(&note.subject),
        plain(&note.text),
        escape::markdown_code(&note.owner),
        escape::markdown_code(&note.source),
        note.line
    )
}

fn finding(assessment: &Assessment, decided: &Decided, scan: &Scan) -> String {
    let finding = &decided.finding;
    let mut line = format!(
        "{} {} in {}",
        badge(decided),
        headline_link(decided),
        place(assessment, decided, scan)
    );
    let what = match phrase::package(finding) {
        Some(package) => package.show(&SINK),
        None => escape::markdown(phrase::brief(&finding.observation.title)),
    };
    let _ = write!(line, ", {what}");
    if let Some(times) = &assessment.schedule {
        line.push_str(&schedule::times(decided, times, assessment.today).show(&SINK));
    }
    if let Some(fix) = phrase::fix(finding) {
        let _ = write!(line, "  \n  **Fix:** {}", fix.show(&SINK));
    }
    let id = finding.fingerprint.get(..12).unwrap_or_default();
    let _ = write!(
        line,
        "  \n  <sub>{id}, seen by {}</sub>",
        phrase::witnesses(finding)
    );
    line
}

/// The place, as a link to the scanned commit that stays right.
fn place(assessment: &Assessment, decided: &Decided, scan: &Scan) -> String {
    let location = &decided.finding.location;
    let shown = escape::markdown_code(phrase::place(location));
    let Some(commit) = scan.commit.as_ref().filter(|_| location.target.is_none()) else {
        return shown;
    };
    let path: &RepoPath = &location.path.below(assessment.prefix.as_ref());
    let line = location.region.map(|region| format!("#L{}", region.line));
    format!(
        "[{shown}]({}/blob/{commit}/{}{})",
        scan.home,
        escape::uri_path(path),
        line.unwrap_or_default()
    )
}

fn trend(memory: &Memory, anew: bool, out: &mut String) {
    let chart = chart(&memory.points);
    if chart.is_none() && !anew {
        return;
    }
    out.push_str("### Trend\n\n");
    if anew {
        out.push_str("It starts anew: the numbers that this text kept were altered by hand.\n\n");
    }
    if let Some(chart) = chart {
        let _ = writeln!(out, "{chart}");
    }
}

fn steps(assessment: &Assessment, matters: &Matters<'_>, out: &mut String) {
    let mut steps: Vec<(String, Option<&str>)> = next::steps(assessment)
        .into_iter()
        .map(|step| (step.text, step.code))
        .collect();
    let later = !(matters.coming.is_empty() && matters.new.is_empty());
    if later && matters.blocking.is_empty() {
        steps.push((
            "mend what will block before its day, or accept it for a time:".to_owned(),
            Some(WAIVE),
        ));
    }
    if !matters.warning.is_empty() && !later && matters.blocking.is_empty() {
        steps.push((
            "mend what is to be looked at, or accept it for a time:".to_owned(),
            Some(WAIVE),
        ));
    }
    if steps.is_empty() {
        return;
    }
    out.push_str("### What to do\n\n");
    for (text, code) in steps {
        let code = code.map(|code| format!(" `{code}`"));
        let _ = writeln!(out, "- {}{}", plain(&text), code.unwrap_or_default());
    }
    out.push('\n');
}

const WAIVE: &str = "lockgate waive FINGERPRINT --reason … --owner … --expires 90d";

fn footer(assessment: &Assessment, out: &mut String) {
    let _ = writeln!(
        out,
        "<sub>lockgate {} · {}. Each scheduled scan writes this text anew, closes the issue when nothing \
         is left, and opens it again when something comes. Closed by hand, it stays closed until there \
         is something that was not there before. It is found by its label <code>{}</code>.</sub>\n",
        env!("CARGO_PKG_VERSION"),
        review::policy(assessment).show(&SINK),
        super::LABEL
    );
}
