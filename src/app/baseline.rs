//! Finding, loading, writing and comparing the baseline.

use super::case::Case;
use super::request::{Request, request};
use crate::assess;
use crate::baseline::{self, Change, FILE, Fate};
use crate::cli::{BaselineCommand, BaselineDiff, BaselineWrite, Format, Input, When};
use crate::edge::files::{Root, read_text};
use crate::edge::output::Destination;
use crate::edge::terminal;
use crate::error::{Error, ErrorKind, verdict_code};
use crate::escape;
use crate::model::{
    Assessment, Baseline, BaselineEntry, HealthLevel, Reason, RepoPath, ScannerId, Verdict,
};
use crate::policy::Policy;
use crate::report;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;

/// A baseline's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// How people call it.
    pub name: String,
    /// Where it is in the checked folder, if it is.
    pub inside: Option<RepoPath>,
    path: PathBuf,
}

/// Where the baseline is that this check is to be compared with: where the user says, failing that
/// where the policy says. `None` when neither says anything.
pub fn place(request: &Request, policy: &Policy) -> Option<Place> {
    let root = &request.root;
    if let Some(name) = &request.baseline {
        let given = PathBuf::from(name);
        if let Some(inside) = root.inside(&given) {
            return Some(Place::inside(root, name, inside));
        }
        let here = RepoPath::new(name).ok().filter(|path| root.has(path));
        return Some(match here {
            Some(inside) => Place::inside(root, name, inside),
            None => Place {
                name: name.clone(),
                inside: None,
                path: given,
            },
        });
    }
    let inside = policy.baseline.clone()?;
    Some(Place::inside(root, escape::json(&inside), inside.clone()))
}

impl Place {
    fn inside(root: &Root, name: &str, inside: RepoPath) -> Self {
        Self {
            name: name.to_owned(),
            path: root.path().join(escape::json(&inside)),
            inside: Some(inside),
        }
    }

    /// Its text.
    ///
    /// # Errors
    /// A sentence that says why there is none.
    fn text(&self, root: &Root) -> Result<String, String> {
        match &self.inside {
            Some(inside) => root.text(inside),
            None => read_text(&self.path),
        }
    }
}

/// Reads a baseline's text, whatever commit it is from. `name` is how people call the file.
pub fn parse(name: &str, text: &str) -> Result<Baseline, Error> {
    baseline::read(text).map_err(|problem| {
        let detail = problem.detail.as_ref().map(escape::terminal);
        let detail = detail.map(|words| format!(" ({words})"));
        let error = Error::usage(format!(
            "the baseline cannot be used: {}{}",
            problem.text,
            detail.unwrap_or_default()
        ));
        error.detail(name)
    })
}

/// Looks which files of a baseline are gone: only those can have been renamed.
pub fn look_for_files(baseline: &mut Baseline, root: &Root) {
    let named: BTreeSet<&RepoPath> = baseline.entries.iter().map(|entry| &entry.path).collect();
    let absent = named.into_iter().filter(|path| !root.has(path));
    baseline.absent = absent.cloned().collect();
}

/// The baseline of a check, if one is kept. A file that is named must be there, unless the request
/// is to write it.
pub fn load(request: &Request, policy: &Policy) -> Result<Option<Baseline>, Error> {
    let place = match place(request, policy) {
        Some(place) => place,
        None if request.writes_baseline => default_place(&request.root)?,
        None => return Ok(None),
    };
    if request.writes_baseline && !Destination::File(place.path.clone()).exists() {
        return Ok(None);
    }
    let text = place.text(&request.root).map_err(|why| {
        Error::usage(format!("the baseline cannot be read: {why}"))
            .detail(place.name.as_str())
            .hint("write it first: lockgate baseline write")
    })?;
    let mut baseline = parse(&place.name, &text)?;
    look_for_files(&mut baseline, &request.root);
    Ok(Some(baseline))
}

fn default_place(root: &Root) -> Result<Place, Error> {
    let inside =
        RepoPath::new(FILE).map_err(|why| Error::new(ErrorKind::Internal, why.to_string()))?;
    Ok(Place::inside(root, FILE, inside))
}

/// `lockgate baseline`.
pub fn run(command: &BaselineCommand) -> Result<u8, Error> {
    match command {
        BaselineCommand::Write(args) => write(args),
        BaselineCommand::Diff(args) => diff(args),
    }
}

/// What is found now, and the baseline that it was held against.
fn judge(request: &Request) -> Result<(Assessment, Option<Baseline>, PathBuf), Error> {
    let case = Case::gather(request)?;
    let baseline = case.context.baseline.clone();
    let place = match place(request, &case.policy) {
        Some(place) => place,
        None => default_place(&request.root)?,
    };
    Ok((case.assess(), baseline, place.path))
}

fn understood(input: &Input, command: &str) -> Result<Request, Error> {
    request(input, command, When::Auto)
}

fn write(args: &BaselineWrite) -> Result<u8, Error> {
    let mut request = understood(&args.input, "baseline write")?;
    request.baseline = args.file.clone().or(request.baseline);
    request.writes_baseline = true;
    let (assessment, old, path) = judge(&request)?;
    let gaps: Vec<&Reason> = assessment.gaps().collect();
    if !gaps.is_empty() {
        terminal::err(&told(&gaps));
        if !args.force {
            terminal::err(
                "error: the evidence is incomplete, so nothing was written: what nobody sees now \
                 would be forgotten\n  help: give the missing evidence, or forget it: --force\n",
            );
            return Ok(verdict_code(Verdict::Incomplete));
        }
    }
    let mut new = baseline::of(&assessment);
    let shown: &[Fate] = match old.is_some() {
        true => &[Fate::New, Fate::Ambiguous, Fate::Resolved, Fate::Unseen],
        false => &[],
    };
    let old = old.unwrap_or_default();
    let mut changes = assess::changes(&assessment, &old);
    new.entries = changes.iter().filter_map(written).collect();
    let kept = match args.force {
        true => 0,
        false => keep(&mut new, &old, &mut changes, &assessment),
    };
    let text = baseline::write(&new).map_err(|problem| {
        Error::usage(problem.text).hint("mend some findings first, or waive whole rules")
    })?;
    let destination = Destination::File(path.clone());
    destination.prepare()?;
    destination.write(&|out| out.write_all(text.as_bytes()))?;
    if !args.input.quiet {
        let name = crate::model::Untrusted::from(path.display().to_string());
        let kept = match kept {
            0 => String::new(),
            kept => format!("; {kept} kept, whose scanner left something out"),
        };
        let said = format!(
            "{}{}: {} written ({}){kept}\n",
            report::baseline::render(&changes, shown),
            escape::terminal(&name),
            new.entries.len(),
            report::baseline::counts(&changes),
        );
        terminal::out(said.as_bytes());
    }
    Ok(0)
}

/// A finding of now, with the day on which it was first seen.
fn written(change: &Change) -> Option<BaselineEntry> {
    let now = change.now.clone()?;
    let since = change.was.as_ref().and_then(|was| was.since);
    Some(BaselineEntry {
        since: since.or(now.since),
        ..now
    })
}

/// Keeps the entries of scanners that did not look at everything: not seeing them proves nothing.
fn keep(
    new: &mut Baseline,
    old: &Baseline,
    changes: &mut Vec<Change>,
    assessment: &Assessment,
) -> usize {
    let whole =
        |health: HealthLevel| matches!(health, HealthLevel::Complete | HealthLevel::Skipped);
    let runs = assessment.runs.iter();
    let partial: BTreeSet<&ScannerId> = runs
        .filter(|run| !whole(run.health.level()))
        .map(|run| &run.scanner)
        .collect();
    let before = new.entries.len();
    changes.retain(|change| {
        let entry = change.was.as_ref().filter(|_| change.fate == Fate::Unseen);
        let Some(entry) = entry.filter(|entry| partial.contains(&entry.scanner)) else {
            return true;
        };
        new.entries.push(entry.clone());
        false
    });
    for scanner in partial {
        if let Some(day) = old.scanners.get(scanner) {
            new.scanners.entry(scanner.clone()).or_insert(*day);
        }
    }
    new.entries.len() - before
}

fn told(gaps: &[&Reason]) -> String {
    gaps.iter()
        .map(|gap| {
            let scanner = gap.scanner.as_ref().map(|scanner| format!("{scanner}: "));
            let detail = gap.detail.as_ref().map(escape::terminal);
            let detail = detail.map(|words| format!(" ({words})"));
            format!(
                "gap: {}{}{}\n",
                scanner.unwrap_or_default(),
                gap.text,
                detail.unwrap_or_default()
            )
        })
        .collect()
}

fn diff(args: &BaselineDiff) -> Result<u8, Error> {
    let request = understood(&args.input, "baseline diff")?;
    let (assessment, baseline, _) = judge(&request)?;
    let baseline = baseline.ok_or_else(|| {
        Error::usage("there is no baseline to compare with")
            .hint(
                "name it: --baseline FILE, or in the policy: baseline = \"lockgate-baseline.json\"",
            )
            .hint("or write one: lockgate baseline write")
    })?;
    let changes = assess::changes(&assessment, &baseline);
    let gaps: Vec<&Reason> = assessment.gaps().collect();
    let text = match args.format {
        Format::Json => report::baseline::json(&changes, &gaps),
        Format::Text => {
            let shown: Vec<Fate> = Fate::ALL
                .into_iter()
                .filter(|fate| *fate != Fate::Known)
                .collect();
            let counts = report::baseline::counts(&changes);
            let mut text = report::baseline::render(&changes, &shown);
            text.push_str(&told(&gaps));
            text.push_str(&format!("{counts}\n"));
            text
        }
    };
    terminal::out(text.as_bytes());
    Ok(if !gaps.is_empty() {
        verdict_code(Verdict::Incomplete)
    } else if changes.iter().any(|change| change.fate.is_new()) {
        verdict_code(Verdict::Block)
    } else {
        0
    })
}
