//! Sentences that mix our words with foreign ones, so that every sink can escape the foreign ones
//! in its own way.

use crate::model::{
    Assessment, Coverage, Decided, Disposition, Finding, Fix, Location, PolicyNote, Remedy,
    Untrusted, Verdict,
};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// A part of a sentence.
#[derive(Debug, Clone)]
enum Part {
    Ours(String),
    Name(Untrusted),
    Title(Untrusted),
    Line(Untrusted),
    Words(Untrusted),
}

/// A sentence.
#[derive(Debug, Clone, Default)]
pub struct Phrase(Vec<Part>);

/// How a sink shows the parts.
pub struct Sink {
    /// Our own words.
    pub ours: fn(&str) -> String,
    /// Names, versions, paths: short, shown as code where the sink can.
    pub name: fn(&Untrusted) -> String,
    /// Names of several words, such as a gate's.
    pub title: fn(&Untrusted) -> String,
    /// A line to copy: as it is, shown as code where the sink can.
    pub line: fn(&Untrusted) -> String,
    /// Longer foreign text.
    pub words: fn(&Untrusted) -> String,
}

impl Phrase {
    /// Adds our own words.
    #[must_use]
    pub fn ours(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Ours(text.into()));
        self
    }

    /// Adds a foreign name.
    #[must_use]
    pub fn name(mut self, text: &Untrusted) -> Self {
        self.0.push(Part::Name(text.clone()));
        self
    }

    /// Adds a foreign name of several words.
    #[must_use]
    pub fn title(mut self, text: &Untrusted) -> Self {
        self.0.push(Part::Title(text.clone()));
        self
    }

    /// Adds a line to copy.
    #[must_use]
    pub fn line(mut self, text: &Untrusted) -> Self {
        self.0.push(Part::Line(text.clone()));
        self
    }

    /// Adds foreign text.
    #[must_use]
    pub fn words(mut self, text: &Untrusted) -> Self {
        self.0.push(Part::Words(text.clone()));
        self
    }

    /// Adds another sentence.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The sentence, escaped for a sink.
    pub fn show(&self, sink: &Sink) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Ours(text) => (sink.ours)(text),
                Part::Name(text) => (sink.name)(text),
                Part::Title(text) => (sink.title)(text),
                Part::Line(text) => (sink.line)(text),
                Part::Words(text) => (sink.words)(text),
            })
            .collect()
    }
}

/// The verdict in words.
pub fn verdict(assessment: &Assessment) -> String {
    match assessment.verdict {
        Verdict::Pass => "Passed: nothing blocks".to_owned(),
        Verdict::Warn => "Passed with warnings".to_owned(),
        // Nothing but a reason of its own stops it, which is shown.
        Verdict::Block if assessment.blocking().next().is_none() => "Blocked".to_owned(),
        Verdict::Block => {
            format!(
                "Blocked by {}",
                count(assessment.blocking().count(), "finding")
            )
        }
        Verdict::Incomplete => "Incomplete: evidence is missing, so nobody can say".to_owned(),
    }
}

/// How many findings there are, and what became of them, in parts of a sentence: "31 findings",
/// "4 blocking", "18 to look at", "1 waived"; parts with nothing to count are left out.
pub fn tally(assessment: &Assessment) -> Vec<String> {
    let mut parts = Vec::new();
    let gaps = assessment.gaps().count();
    if gaps > 0 {
        parts.push(count(gaps, "gap") + " in the evidence");
    }
    parts.push(count(assessment.findings.len(), "finding"));
    let some = |number: usize, word: &str| (number > 0).then(|| format!("{number} {word}"));
    parts.extend(some(assessment.blocking().count(), "blocking"));
    parts.extend(some(assessment.warning().count(), "to look at"));
    parts.extend(accepted(assessment));
    parts
}

/// The part of that which nobody has to look at: "1 waived", "2 suppressed in the reports".
pub fn accepted(assessment: &Assessment) -> Vec<String> {
    let suppressed = assessment.with(&["suppressed", "informational"]).len();
    [
        (assessment.waived(), "waived"),
        (suppressed, "suppressed in the reports"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, word)| format!("{number} {word}"))
    .collect()
}

/// How to mend a finding.
pub fn fix(finding: &Finding) -> Option<Phrase> {
    let package = finding.observation.package.as_ref();
    let phrase = Phrase::default();
    Some(match finding.observation.fix.as_ref()? {
        Fix::Upgrade { .. } => remedy(&finding.remedy()?),
        Fix::UpgradeExists => match package {
            Some(package) => {
                let phrase = phrase.ours("a fixed version of ").name(&package.name);
                match finding.location.path.file_name() {
                    "yarn.lock" | "pnpm-lock.yaml" => phrase.ours(" exists"),
                    _ => phrase.ours(" exists: run `npm audit fix`"),
                }
            }
            None => phrase.ours("a fixed version exists"),
        },
        Fix::NoneYet => phrase.ours("no fixed version is published yet"),
        Fix::Advice(text) => match text.parted(Fix::HERE) {
            Some((advice, line)) => phrase.words(&advice).ours(Fix::HERE).line(&line),
            None => phrase.words(text),
        },
    })
}

/// The same with the command apart, to be copied.
pub fn fix_and_command(finding: &Finding) -> Option<(Phrase, Option<String>)> {
    let mut told = finding.remedy();
    match told.as_mut().and_then(|remedy| remedy.command.take()) {
        Some(command) => Some((remedy(&told?), Some(command.to_string()))),
        None => Some((fix(finding)?, None)),
    }
}

/// `upgrade qs from 6.5.2 to 6.5.3 or later (patch): refresh the lockfile (npm update qs), or move
/// express`.
fn remedy(remedy: &Remedy) -> Phrase {
    if let (Some(from), None) = (&remedy.from, remedy.distance) {
        // Perhaps a step back: a fix of an older line, or versions that nobody can compare.
        let fixed = Phrase::default().ours("fixed in ").name(&remedy.to);
        let installed = fixed.ours("; installed is ").name(&remedy.package);
        return installed.ours(" ").name(from);
    }
    let mut phrase = Phrase::default().ours("upgrade ").name(&remedy.package);
    if let Some(from) = &remedy.from {
        phrase = phrase.ours(" from ").name(from);
    }
    phrase = phrase.ours(" to ").name(&remedy.to).ours(" or later");
    if let Some(distance) = remedy.distance {
        phrase = phrase.ours(format!(" ({})", distance.word()));
    }
    let command = remedy.command.as_ref().map(|c| format!("`{c}`"));
    match (remedy.transitive, command) {
        (true, command) => {
            let command = command.map(|c| format!(" ({c})")).unwrap_or_default();
            phrase = phrase.ours(format!(": refresh the lockfile{command}"));
            match &remedy.via {
                Some(via) => phrase.ours(", or move ").name(via),
                None => phrase,
            }
        }
        (false, Some(command)) => phrase.ours(format!(": {command}")),
        (false, None) => phrase,
    }
}

/// `qs 6.5.2 (production, transitive), brought in by express › body-parser`.
pub fn package(finding: &Finding) -> Option<Phrase> {
    let package = finding.observation.package.as_ref()?;
    let mut phrase = Phrase::default().name(&package.name);
    if let Some(version) = &package.version {
        phrase = phrase.ours(" ").name(version);
    }
    let facts: Vec<&str> = package
        .scope
        .map(|s| s.word())
        .into_iter()
        .chain(package.relation.map(|r| r.word()))
        .collect();
    if !facts.is_empty() {
        phrase = phrase.ours(format!(" ({})", facts.join(", ")));
    }
    Some(way(phrase, &package.paths))
}

/// Names of a way that are shown; of longer ones the middle is left out.
const LONGEST_WAY: usize = 5;

/// Adds the shortest way from the project to the package, which itself was named already.
fn way(mut phrase: Phrase, paths: &[Vec<Untrusted>]) -> Phrase {
    let Some((_, above)) = paths
        .iter()
        .find(|path| path.len() > 1)
        .and_then(|path| path.split_last())
    else {
        return phrase;
    };
    phrase = phrase.ours(", brought in by ");
    let left_out = above.len().saturating_sub(LONGEST_WAY);
    for (index, name) in above.iter().enumerate() {
        match index {
            // The first one is what a person can change, the last ones are nearest to the problem.
            1 if left_out > 0 => phrase = phrase.ours(" › …"),
            at if at > 1 && at <= left_out => {}
            0 => phrase = phrase.name(name),
            _ => phrase = phrase.ours(" › ").name(name),
        }
    }
    phrase
}

/// Which gate decided and what became of the finding.
pub fn decision(decided: &Decided) -> Phrase {
    let phrase = Phrase::default();
    match &decided.disposition {
        Disposition::Blocked(gate) => phrase
            .ours("blocked by gate ")
            .title(&gate.name)
            .ours(" of ")
            .name(&gate.source),
        Disposition::Warned(gate) => phrase
            .ours("gate ")
            .title(&gate.name)
            .ours(" of ")
            .name(&gate.source)
            .ours(" warns"),
        Disposition::Allowed(gate) => phrase
            .ours("allowed by gate ")
            .title(&gate.name)
            .ours(" of ")
            .name(&gate.source),
        Disposition::Unmatched => phrase.ours("no gate speaks of it"),
        Disposition::Waived(_, waiver) => phrase
            .ours("waived by ")
            .name(&waiver.owner)
            .ours(format!(" until {}: ", waiver.expires))
            .words(&waiver.reason),
        Disposition::Suppressed(why) => {
            let phrase = phrase.ours("suppressed in the report");
            match why {
                Some(why) => phrase.ours(": ").words(why),
                None => phrase,
            }
        }
        Disposition::Informational(why) => {
            phrase.ours(format!("the report marks it as no problem ({why})"))
        }
    }
}

/// The name under which people know the problem: the best known advisory, else the rule.
pub fn headline(finding: &Finding) -> Untrusted {
    match finding.observation.advisories.first() {
        Some(id) => id.as_str().into(),
        None => Untrusted::new(crate::escape::json(&finding.observation.rule)),
    }
}

/// `path:line`, and what the scanner looked at when it named no file here.
pub fn place(location: &Location) -> Untrusted {
    let path = crate::escape::json(&location.path);
    match location.region {
        Some(region) => format!("{path}:{}", region.line).into(),
        None => path.into(),
    }
}

/// `bandit`, or `npm-audit, trivy` when several saw it, or `npm-audit (high), trivy (critical)` when
/// they rate it differently.
pub fn witnesses(finding: &Finding) -> String {
    let ratings: BTreeSet<_> = finding
        .witnesses
        .iter()
        .filter_map(|w| w.severity)
        .collect();
    let mut names: Vec<String> = finding
        .witnesses
        .iter()
        .map(|w| match w.severity {
            Some(severity) if ratings.len() > 1 => format!("{} ({severity})", w.scanner),
            _ => w.scanner.to_string(),
        })
        .collect();
    names.dedup();
    names.join(", ")
}

/// Severity as the reader should take it: `high`, or `unrated, counts as high`.
pub fn severity(decided: &Decided) -> String {
    match decided.finding.observation.severity {
        Some(severity) => severity.word().to_owned(),
        None => format!("unrated, counts as {}", decided.effective.word()),
    }
}

/// When the evidence of a run is from, and how its scanner ended: `written 2026-11-20 10:00 UTC,
/// advisory data of 2026-08-21, exit code 1`; `None` when nothing of it is known.
pub fn provenance(coverage: &Coverage) -> Option<String> {
    let moment = |at: Timestamp| at.strftime("%F %H:%M UTC").to_string();
    let day = |at: Timestamp| at.strftime("%F").to_string();
    let parts: Vec<String> = [
        coverage.written.map(|at| format!("written {}", moment(at))),
        coverage
            .data
            .map(|at| format!("advisory data of {}", day(at))),
        coverage.exit.map(|code| format!("exit code {code}")),
    ]
    .into_iter()
    .flatten()
    .collect();
    Some(parts.join(", ")).filter(|text| !text.is_empty())
}

/// What a run looked at: `1 target`, `42 files`.
pub fn work(work: crate::model::Work) -> String {
    count(
        usize::try_from(work.inputs()).unwrap_or(usize::MAX),
        work.unit().trim_end_matches('s'),
    )
}

/// Notes on waivers that people are shown; the JSON has all.
const MOST_NOTES: usize = 30;

/// The most urgent notes on waivers, and how many more there are.
pub fn notes(assessment: &Assessment) -> (Vec<&PolicyNote>, usize) {
    let mut notes: Vec<&PolicyNote> = assessment.notes.iter().collect();
    notes.sort_by_key(|note| note.code);
    let more = notes.len().saturating_sub(MOST_NOTES);
    notes.truncate(MOST_NOTES);
    (notes, more)
}

/// A title for a line that says more than that, with a mark where it is cut.
pub fn brief(title: &Untrusted) -> Untrusted {
    /// Characters that are kept.
    const MOST: usize = 80;
    let text = crate::escape::json(title);
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => title.clone(),
    }
}

/// `1 finding`, `2 findings`.
pub fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PLAIN: Sink = Sink {
        ours: str::to_owned,
        name: |name| crate::escape::terminal(name),
        title: |title| crate::escape::terminal(title),
        line: |line| crate::escape::terminal(line),
        words: |words| crate::escape::terminal(words),
    };

    #[test]
    fn nobody_is_told_to_upgrade_to_an_older_version() {
        let remedy = Remedy {
            package: "express".into(),
            from: Some("4.17.0".into()),
            to: "3.0.0".into(),
            distance: None,
            transitive: false,
            via: None,
            command: None,
        };
        assert_eq!(
            super::remedy(&remedy).show(&PLAIN),
            "fixed in 3.0.0; installed is express 4.17.0"
        );
    }

    #[test]
    fn a_transitive_package_has_two_ways_out() {
        let remedy = Remedy {
            package: "qs".into(),
            from: Some("6.5.2".into()),
            to: "6.5.3".into(),
            distance: Some(crate::model::Distance::Patch),
            transitive: true,
            via: Some("express".into()),
            command: None,
        };
        assert_eq!(
            super::remedy(&remedy).show(&PLAIN),
            "upgrade qs from 6.5.2 to 6.5.3 or later (patch): refresh the lockfile, or move express"
        );
    }

    #[test]
    fn long_ways_lose_their_middle() {
        let shown = |names: &str| {
            let path: Vec<Untrusted> = names.split(' ').map(Untrusted::from).collect();
            way(Phrase::default(), &[path]).show(&PLAIN)
        };
        assert_eq!(shown("a"), "");
        assert_eq!(shown("a b"), ", brought in by a");
        assert_eq!(shown("a b c d e f"), ", brought in by a › b › c › d › e");
        assert_eq!(
            shown("a b c d e f g h"),
            ", brought in by a › … › d › e › f › g"
        );
    }
}
