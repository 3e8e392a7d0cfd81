//! What the judged change adds that silences scanners: reads the files that it touches, and makes a
//! run of what is found.

use super::base::Compared;
use crate::edge::files::Root;
use crate::edge::git::Commit;
use crate::ingest;
use crate::locate;
use crate::merge::{condense, line_hash::line_hashes};
use crate::model::{
    Base, Certainty, Coverage, Event, Foreign as _, Health, Kind, Located, Location, Observation,
    Problem, Region, RepoPath, RuleId, RuleInfo, Run, ScannerId, Severity, Silences, Standing,
    Untrusted, Witnessed, Work,
};
use crate::suppress::{self, Content, Deed, File, SURFACES, Suppression, Surface, settled};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// As much of a file decides whether it is text, in bytes; git looks at as much.
const START: usize = 8000;

/// Bytes of the touched files that are read, on either side.
const MAX_TOTAL: usize = 1024 * 1024 * 1024;

/// What the change adds.
pub struct Added {
    found: Vec<Suppression>,
    health: Health,
    /// The hash of each line of the files that suppressions are in.
    hashes: BTreeMap<RepoPath, Vec<String>>,
}

/// Which suppressions have no effect on the tools that ran: scanner and surface.
pub type Undone = BTreeSet<(ScannerId, &'static str)>;

/// A side of a file, held while it is compared.
enum Held {
    Absent,
    Text(String),
    Unreadable,
}

impl Held {
    fn content(&self) -> Content<'_> {
        match self {
            Self::Absent => Content::Absent,
            Self::Text(text) => Content::Text(text),
            Self::Unreadable => Content::Unreadable,
        }
    }
}

/// What became of a touched file.
enum Touched {
    /// It cannot say anything to a scanner.
    Silent(usize),
    /// It is compared.
    Concerned(Held),
    /// It is too large to be looked at.
    TooLarge,
}

/// Looks for suppressions in everything that the change touches. `None` where no change is judged.
pub fn examine(compared: &Compared<'_>, event: Event, root: &Root) -> Option<Added> {
    let known = match compared {
        Compared::With(known) => known,
        Compared::Without(Base::Unreadable { why, mend }) if event.judges_a_change() => {
            let text = "what the change tells scanners to be silent about cannot be looked for";
            let problem = Problem::new("no-base", format!("{text}: {why}; {mend}"));
            return Some(Added {
                found: Vec::new(),
                health: Health::Failed(problem),
                hashes: BTreeMap::new(),
            });
        }
        Compared::Without(_) => return None,
    };
    let touched = &known.touched;
    let gone: BTreeSet<&RepoPath> = touched.renamed.values().collect();
    let pairs: Vec<(&RepoPath, &RepoPath)> = touched
        .files
        .iter()
        .filter(|path| !gone.contains(path) || root.has(path))
        .map(|path| (path, touched.renamed.get(path).unwrap_or(path)))
        .collect();
    let heads: Vec<Touched> = pairs
        .par_iter()
        .map(|(path, old)| head(path, old, root))
        .collect();
    let mut held = Vec::new();
    let mut left_out: Vec<Untrusted> = Vec::new();
    let mut total = 0_usize;
    for ((path, old), head) in pairs.iter().zip(heads) {
        match head {
            Touched::Silent(bytes) => total = total.saturating_add(bytes),
            Touched::TooLarge => left_out.push(path.raw().into()),
            Touched::Concerned(head) if total <= MAX_TOTAL => {
                let base = base(old, &known.start);
                for side in [&head, &base] {
                    if let Held::Text(text) = side {
                        total = total.saturating_add(text.len());
                    }
                }
                held.push((*path, *old, base, head));
            }
            Touched::Concerned(_) => left_out.push(path.raw().into()),
        }
    }
    let files: Vec<File<'_>> = held
        .iter()
        .map(|(path, old, base, head)| File {
            path,
            old,
            base: base.content(),
            head: head.content(),
        })
        .collect();
    let mut found = suppress::find(&files);
    let mut problems = Vec::new();
    if !left_out.is_empty() {
        let text = "files of the change are too large to be looked at for suppressions";
        problems.push(Problem::new("not-examined", text).files(left_out.iter().cloned()));
    }
    if found.len() > suppress::MOST {
        let text = format!(
            "the change adds {} suppressions, of which the first {} are told",
            found.len(),
            suppress::MOST
        );
        problems.push(Problem::new("too-many", text));
        found.truncate(suppress::MOST);
    }
    let work = (pairs.len() - left_out.len()) as u64;
    let nothing = Problem::new(Health::NOTHING_TO_LOOK_AT, "the change touches no file");
    let health = match pairs.is_empty() {
        true => Health::Skipped(nothing),
        false => Health::judge(Work::new(work, "files"), problems, nothing),
    };
    let wanted: BTreeSet<&RepoPath> = found.iter().map(|s| &s.path).collect();
    let hashes = held
        .par_iter()
        .filter(|(path, ..)| wanted.contains(path))
        .filter_map(|(path, _, _, head)| match head {
            Held::Text(text) => Some(((*path).clone(), line_hashes(text.as_bytes()))),
            _ => None,
        })
        .collect();
    Some(Added {
        found,
        health,
        hashes,
    })
}

/// The judged side of a touched file.
fn head(path: &RepoPath, old: &RepoPath, root: &Root) -> Touched {
    let settings = suppress::is_settings(path) || suppress::is_settings(old);
    let Some(bytes) = root.read(path) else {
        return match root.has(path) {
            false => match settings {
                true => Touched::Concerned(Held::Absent),
                false => Touched::Silent(0),
            },
            // No comment silences anything in what is no text.
            true if settings => Touched::Concerned(Held::Unreadable),
            true => match root.start(path, START) {
                Some(bytes) if is_binary(&bytes) => Touched::Silent(0),
                _ => Touched::TooLarge,
            },
        };
    };
    if settings {
        return Touched::Concerned(text(&bytes));
    }
    let size = bytes.len();
    let wide = matches!(bytes.get(..2), Some([0xff, 0xfe] | [0xfe, 0xff]));
    let marked = match wide {
        true => ingest::text(&bytes).is_some_and(|text| suppress::marks(text.as_bytes())),
        false => !is_binary(&bytes) && suppress::marks(&bytes),
    };
    match marked {
        true => Touched::Concerned(text(&bytes)),
        false => Touched::Silent(size),
    }
}

fn base(path: &RepoPath, commit: &Commit<'_>) -> Held {
    commit
        .read(path)
        .map_or(Held::Absent, |bytes| text(&bytes))
}

/// True for what git takes for no text.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.iter().take(START).any(|byte| *byte == 0)
}

fn text(bytes: &[u8]) -> Held {
    match ingest::text(bytes) {
        Some(text) => Held::Text(text),
        None if is_binary(bytes) => Held::Unreadable,
        None => Held::Text(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// Marks what a scanner reported only because its comments were switched off, and which a comment of
/// the base silences, too.
pub fn settle(runs: &mut [Witnessed], undone: &Undone, compared: &Compared<'_>, root: &Root) {
    let Compared::With(known) = compared else {
        return;
    };
    let deaf = |scanner: &ScannerId| {
        let mut comments = undone.iter().filter(|(id, _)| id == scanner);
        comments.any(|(_, surface)| Surface::named(surface).is_some_and(Surface::is_comment))
    };
    let mut texts: BTreeMap<RepoPath, Option<(Option<String>, String)>> = BTreeMap::new();
    for witnessed in runs.iter_mut() {
        let scanner = witnessed.run.scanner.clone();
        if witnessed.run.coverage.exit.is_none() || !deaf(&scanner) {
            continue;
        }
        let mut places: BTreeMap<RepoPath, Vec<(usize, Region, RuleId)>> = BTreeMap::new();
        for (index, located) in witnessed.observations.iter().enumerate() {
            if let (Some(region), Certainty::Exact) =
                (located.location.region, located.location.certainty)
            {
                let rule = located.observation.rule.clone();
                let list = places.entry(located.location.path.clone()).or_default();
                list.push((index, region, rule));
            }
        }
        for (path, places) in places {
            let sides = texts.entry(path.clone()).or_insert_with(|| {
                let now = ingest::text(&root.read(&path)?)?;
                if !suppress::marks(now.as_bytes()) {
                    return None;
                }
                let old = known.touched.renamed.get(&path).unwrap_or(&path);
                let was = match known.touched.files.contains(&path) {
                    true => known.start.read(old).and_then(|bytes| ingest::text(&bytes)),
                    false => Some(now.clone()),
                };
                Some((was, now))
            });
            let Some((was, now)) = sides else { continue };
            let asked: Vec<(Region, &str)> = places
                .iter()
                .map(|(_, region, rule)| (*region, rule.raw()))
                .collect();
            let answers = settled(scanner.as_str(), &path, was.as_deref(), now, &asked);
            let settled = places.iter().zip(answers).filter(|(_, answer)| *answer);
            for ((index, ..), _) in settled {
                if let Some(located) = witnessed.observations.get_mut(*index) {
                    located.observation.standing =
                        Standing::Settled("a comment that the base has, too, silences it");
                }
            }
        }
    }
}

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
    let mut observation =
        Observation::new(RuleId::new(suppression.surface), Kind::Config, title.clone());
    observation.severity = Some(Severity::High);
    observation.message = message(suppression, &title, undone).into();
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
    format!(
        "The change {title}. {effect} Take it out, or have it accepted: by a waiver (rule and path) \
         in the policy of the target branch, or by a merge of somebody who may override the check."
    )
}
