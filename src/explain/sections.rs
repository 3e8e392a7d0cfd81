//! All that explains one finding, in sections.

use super::steps::{steps, waivers, ways_out};
use super::{Explained, Line, Section};
use crate::model::{
    Base, Certainty, Decided, Disposition, Foreign as _, GateName, Region, Standing, Verdict,
    Witness,
};
use crate::report::comparison;
use crate::report::phrase::{self, Phrase};

/// Ways to a package that are listed.
const MAX_WAYS: usize = 5;

/// The sections, in the order in which a reader asks.
pub fn sections(explained: &Explained<'_>) -> Vec<Section> {
    let decided = explained.decided;
    let all = [
        ("What", what(decided)),
        ("Where", place(decided)),
        ("Seen by", witnesses(explained)),
        ("Severity", severity(explained)),
        ("Origin", origin(explained)),
        ("Decision", decision(explained)),
        ("Gates, in order", steps(&explained.trace)),
        ("Waivers", waivers(&explained.trace)),
        ("What would change it", change(explained)),
    ];
    all.into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(title, lines)| Section { title, lines })
        .collect()
}

fn ours(text: impl Into<String>) -> Phrase {
    Phrase::default().ours(text)
}

fn top(phrase: Phrase) -> Line {
    Line::new(0, phrase)
}

fn what(decided: &Decided) -> Vec<Line> {
    let finding = &decided.finding;
    let observation = &finding.observation;
    let rule = ours(format!("{}, rule ", observation.kind.word()));
    let mut lines = vec![top(rule.name(&observation.rule.raw().into()))];
    if observation.message != observation.title {
        lines.push(top(Phrase::default().words(&observation.message)));
    }
    if let Some(package) = phrase::package(finding) {
        lines.push(top(package));
    }
    let others: Vec<&str> = observation
        .advisories
        .iter()
        .map(|id| id.as_str())
        .collect();
    if !others.is_empty() {
        lines.push(top(ours(format!("advisory {}", others.join(", ")))));
    }
    if !observation.cwe.is_empty() {
        let numbers = observation.cwe.iter().map(|n| format!("CWE-{n}"));
        lines.push(top(ours(numbers.collect::<Vec<_>>().join(", "))));
    }
    if let Some(secret) = &observation.evidence {
        let phrase = ours("a secret of the kind ").name(&secret.kind);
        lines.push(top(
            phrase.ours(format!(", {} characters long", secret.length))
        ));
    }
    if let Some(epss) = observation.epss {
        let percent = epss * 100.0;
        let text = format!("EPSS: exploited within 30 days with a probability of {percent:.1} %");
        lines.push(top(ours(text)));
    }
    if observation.kev == Some(true) {
        lines.push(top(ours("CISA lists it as known to be exploited")));
    }
    lines
}

fn place(decided: &Decided) -> Vec<Line> {
    let location = &decided.finding.location;
    let mut phrase = Phrase::default().name(&phrase::place(location));
    if let Some(Region {
        end_line: Some(end),
        line,
        ..
    }) = location.region
        && end > line
    {
        phrase = phrase.ours(format!(" to line {end}"));
    }
    phrase = phrase.ours(match location.certainty {
        Certainty::Exact => "",
        Certainty::File => ", the line is not known",
        Certainty::Assumed => ", the report names no file",
    });
    if let Some(target) = &location.target {
        phrase = phrase.ours(", in ").name(target);
    }
    let mut lines = vec![top(phrase)];
    let package = decided.finding.observation.package.as_ref();
    let paths = package
        .map(|package| package.paths.as_slice())
        .unwrap_or_default();
    for path in paths.iter().filter(|path| path.len() > 1).take(MAX_WAYS) {
        let mut way = ours("by way of ");
        for (index, name) in path.iter().enumerate() {
            let arrow = if index > 0 { " › " } else { "" };
            way = way.ours(arrow).name(name);
        }
        lines.push(top(way));
    }
    lines
}

fn witnesses(explained: &Explained<'_>) -> Vec<Line> {
    let witnesses = explained.decided.finding.witnesses.iter();
    witnesses
        .map(|witness| top(witnessed(witness, explained)))
        .collect()
}

fn witnessed(witness: &Witness, explained: &Explained<'_>) -> Phrase {
    let reported = &witness.reported;
    let mut phrase = ours(format!("{}, rule ", witness.scanner)).name(&witness.rule.raw().into());
    phrase = match witness.severity {
        Some(severity) => phrase.ours(format!(": {severity}")),
        None => phrase.ours(": no severity"),
    };
    if let Some(word) = &reported.severity {
        phrase = phrase.ours(", in its words ").title(word);
    }
    if let Some(score) = reported.score {
        phrase = phrase.ours(format!(", CVSS {score:.1}"));
    }
    if let Some(source) = &reported.source {
        phrase = phrase.ours(" by ").name(source);
    }
    if let Some(confidence) = reported.confidence {
        phrase = phrase.ours(format!(", confidence {confidence}"));
    }
    let run = explained.assessment.runs.get(witness.run);
    match run.and_then(|run| run.report.as_ref()) {
        Some(report) => phrase.ours("; report ").name(report),
        None => phrase,
    }
}

fn severity(explained: &Explained<'_>) -> Vec<Line> {
    let Decided {
        finding, effective, ..
    } = explained.decided;
    let rated = finding.witnesses.iter().filter(|w| w.severity.is_some());
    let why = match (finding.observation.severity, rated.count()) {
        (None, _) => "no scanner gave one, and the policy counts that as `unrated`",
        (Some(_), 0 | 1) => "as its scanner rates it",
        (Some(_), _) => "the highest that any scanner gave",
    };
    vec![top(ours(format!("{effective}: {why}")))]
}

fn origin(explained: &Explained<'_>) -> Vec<Line> {
    let finding = &explained.decided.finding;
    let provenance = finding.provenance;
    let text = format!("{}: {}", provenance.origin.word(), provenance.why);
    let mut lines = vec![top(ours(text))];
    if let Base::Unreadable { why, mend } = &explained.assessment.base {
        lines.push(top(ours(format!("{why}; {mend}"))));
    }
    if let Base::Known(change) = &explained.assessment.base {
        lines.push(top(comparison::named(ours("compared with "), &change.base)));
    }
    if let Some(since) = finding.since {
        lines.push(top(ours(format!("first seen on {since}"))));
    }
    lines
}

fn decision(explained: &Explained<'_>) -> Vec<Line> {
    let mut lines = vec![top(phrase::decision(explained.decided))];
    if let Disposition::Waived(GateName { name, source }, _) = &explained.decided.disposition {
        let gate = ours("gate ").title(name).ours(" of ").name(source);
        lines.push(top(gate.ours(" would have stopped it")));
    }
    if let Some(then) = explained.then
        && (then.disposition != explained.decided.disposition.word()
            || then.gate.as_ref() != explained.decided.disposition.gate())
    {
        let phrase = ours(format!(
            "when the bundle was written it was {}",
            then.disposition
        ));
        lines.push(top(match &then.gate {
            Some(gate) => {
                let phrase = phrase.ours(" by gate ").title(&gate.name);
                phrase.ours(" of ").name(&gate.source)
            }
            None => phrase,
        }));
    }
    let verdict = explained.assessment.verdict;
    let blocks = matches!(explained.decided.disposition, Disposition::Blocked(_));
    let alone = explained.assessment.blocking().count() == 1;
    lines.push(top(ours(match (verdict, blocks, alone) {
        (Verdict::Block, true, true) => {
            "the verdict is block, because of this finding alone".into()
        }
        (Verdict::Incomplete, ..) => {
            "the verdict is incomplete, because evidence is missing, whatever becomes of this"
                .into()
        }
        (verdict, ..) => format!("the verdict is {verdict}"),
    })));
    lines
}

fn change(explained: &Explained<'_>) -> Vec<Line> {
    let finding = &explained.decided.finding;
    let mut lines = Vec::new();
    if let Some(fix) = phrase::fix(finding) {
        lines.push(top(ours("mend it: ").and(fix)));
    }
    lines.extend(ways_out(&explained.trace).into_iter().map(top));
    let disposition = &explained.decided.disposition;
    if matches!(
        disposition,
        Disposition::Blocked(_) | Disposition::Warned(_)
    ) {
        lines.push(top(ours("or accept it for a time:")));
        lines.push(Line::new(
            1,
            Phrase::default().name(&waive(&finding.fingerprint).into()),
        ));
    }
    if let Standing::Suppressed(_) = &finding.observation.standing
        && !matches!(disposition, Disposition::Suppressed(_))
    {
        let text = "the report calls it suppressed; honour-suppressions = true for its scanner \
                    would accept that";
        lines.push(top(ours(text)));
    }
    lines
}

/// The command that writes a waiver.
pub fn waive(fingerprint: &str) -> String {
    format!("lockgate waive {fingerprint} --reason \"why\" --owner \"@who\" --expires 90d")
}
