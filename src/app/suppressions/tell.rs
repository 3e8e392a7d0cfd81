//! The suppressions of a change as a run with findings.

use super::{Added, Undone};
use crate::locate;
use crate::merge::condense;
use crate::model::{
    Certainty, Coverage, Fix, Foreign as _, Kind, Located, Location, Observation, Region, RepoPath,
    RuleId, RuleInfo, Run, ScannerId, Severity, Silences, SourceDigests, Standing, Witnessed,
};
use crate::suppress::{Deed, SURFACES, Suppression, Surface};
use std::collections::{BTreeMap, BTreeSet};

/// What the author of the change can do.
const WAY_OUT: &str = "Take it out, or have it accepted: by a waiver (rule and path) in the policy of \
     the target branch, or by a merge of somebody who may override the check.";

impl Added {
    /// The run that tells of it, beside those of the scanners.
    pub fn witnessed(self, undone: &Undone, runs: &[Witnessed]) -> Witnessed {
        let seen: BTreeSet<&str> = runs.iter().map(|w| w.run.scanner.as_str()).collect();
        let used: BTreeSet<&str> = self.found.iter().map(|s| s.surface).collect();
        let rules = SURFACES
            .iter()
            .filter(|surface| used.contains(surface.id))
            .map(|surface| (RuleId::new(surface.id), rule(surface)))
            .collect();
        let observations: Vec<Located> = self
            .found
            .iter()
            .map(|suppression| {
                let undone = is_undone(suppression, undone, &seen);
                located(suppression, undone, &self.hashes)
            })
            .collect();
        Witnessed {
            run: Run {
                scanner: ScannerId::literal(ScannerId::SUPPRESSIONS),
                tool: "lockgate".into(),
                home: None,
                version: Some(env!("CARGO_PKG_VERSION").into()),
                report: None,
                ordinal: 0,
                format: None,
                health: self.health,
                coverage: Coverage::default(),
                notes: Vec::new(),
                findings: observations.len(),
                rules,
            },
            observations,
        }
    }
}

fn rule(surface: &Surface) -> RuleInfo {
    RuleInfo {
        description: Some(
            format!(
                "{} A change that adds one is judged without it: the suppression itself is a \
                 finding until it is merged.",
                surface.about
            )
            .into(),
        ),
        severity: Some(Severity::High),
        ..RuleInfo::titled(format!("Suppression added: {}", surface.name))
    }
}

fn located(
    suppression: &Suppression,
    undone: bool,
    hashes: &BTreeMap<RepoPath, Vec<String>>,
) -> Located {
    let region = suppression
        .line
        .and_then(|line| Region::line(u64::from(line)));
    let location = Location {
        path: suppression.path.clone(),
        region,
        certainty: match region {
            Some(_) => Certainty::Exact,
            None => Certainty::File,
        },
        ..locate::nowhere()
    };
    let scanners = suppression.scanners.iter().copied();
    let silences = Silences {
        undone,
        scanners: scanners.map(ScannerId::literal).collect(),
        names: suppression.what.clone(),
    };
    let title = title(suppression);
    let mut observation = Observation::new(
        RuleId::new(suppression.surface),
        Kind::Config,
        title.clone(),
    );
    observation.severity = Some(Severity::High);
    observation.message = message(suppression, &title, undone).into();
    observation.fix = Some(Fix::Advice(WAY_OUT.into()));
    observation.standing = Standing::Silences(Box::new(silences));
    let line = suppression.line.and_then(|line| {
        let lines = hashes.get(&suppression.path)?;
        lines.get(usize::try_from(line).ok()?.checked_sub(1)?)
    });
    Located {
        observation: Box::new(observation),
        location,
        line_hash: line.cloned(),
        // What it says is what it is, wherever the line goes.
        line_text: Some(condense(&title)),
        digests: SourceDigests::default(),
    }
}

/// True when a scanner that reads it ran without hearing it, and no other one of this check hears it.
fn is_undone(suppression: &Suppression, undone: &Undone, seen: &BTreeSet<&str>) -> bool {
    let deaf = |scanner: &str| {
        let mut surfaces = undone.iter().filter(|(id, _)| id.as_str() == scanner);
        surfaces.any(|(_, surface)| *surface == suppression.surface)
    };
    let mut here = suppression.scanners.iter().filter(|s| seen.contains(**s));
    here.clone().next().is_some() && here.all(|scanner| deaf(scanner))
}

/// What it silences, shortened.
fn words(suppression: &Suppression) -> String {
    /// Characters that are shown; more is an entry that nobody would read here.
    const MOST: usize = 200;
    let words: Vec<&str> = suppression.what.iter().map(|what| what.raw()).collect();
    let mut text = words.join(", ");
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    match (suppression.key.as_str(), text.as_str()) {
        ("", _) => text,
        (key, "") => key.to_owned(),
        (key, _) => format!("{key} = {text}"),
    }
}

fn title(suppression: &Suppression) -> String {
    let name = Surface::named(suppression.surface).map_or("a file", |surface| surface.name);
    let words = words(suppression);
    let what = match words.as_str() {
        "" => String::new(),
        words => format!(": {words}"),
    };
    let scanners = suppression.scanners.join(", ");
    match (suppression.surface, suppression.deed) {
        ("workflow", Deed::Removes) => format!("takes {scanners} out of a workflow"),
        ("workflow", Deed::Narrows) => format!("holds {scanners} back in a workflow{what}"),
        // A comment, or a setting without words of its own: its name says it all.
        (_, Deed::Adds) if what.is_empty() => format!("adds a suppression: {name}"),
        (_, Deed::Adds) => format!("adds a suppression{what} in {name}"),
        (_, Deed::Prolongs) => format!("prolongs a suppression{what} in {name}"),
        (_, Deed::Narrows) => format!("narrows what is looked at{what} in {name}"),
        (_, Deed::Removes) => format!("takes away what guards{what} in {name}"),
        (_, Deed::Unreadable) => {
            format!("changes {name} in a way that cannot be read, which may silence anything")
        }
    }
}

fn message(suppression: &Suppression, title: &str, undone: bool) -> String {
    let scanners = match suppression.scanners.as_slice() {
        [] => "scanners".to_owned(),
        scanners => scanners.join(" and "),
    };
    let effect = match undone {
        true => format!(
            "It has no effect on this check, for which {scanners} ran with the base's settings; \
             once it is merged, it hides findings."
        ),
        false => format!("It hides findings of {scanners}, so that it counts itself."),
    };
    format!("The change {title}. {effect}")
}
