//! What the user typed → what it means.

use crate::cli::{Check, Github, Input, When};
use crate::edge::files::Root;
use crate::edge::output::Destination;
use crate::error::Error;
use crate::ingest::Expected;
use crate::invoke::{self, RECIPES, Recipe};
use crate::model::{Event, RepoPath, ScannerId};
use crate::shard::Number;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Kinds of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Json,
    Markdown,
    Sarif,
    UploadSarif,
    Html,
    Junit,
    Bundle,
}

const KINDS: &[(&str, Kind)] = &[
    ("json", Kind::Json),
    ("markdown", Kind::Markdown),
    ("sarif", Kind::Sarif),
    ("upload-sarif", Kind::UploadSarif),
    ("html", Kind::Html),
    ("junit", Kind::Junit),
    ("bundle", Kind::Bundle),
];

/// A report that the user named.
#[derive(Debug)]
pub struct ReportArg {
    pub expected: Option<Expected>,
    pub name: String,
}

/// An output that the user asked for.
#[derive(Debug)]
pub struct OutputArg {
    pub kind: Kind,
    pub destination: Destination,
}

/// The tools that the user wishes to be run.
#[derive(Debug, Default)]
pub struct Wish {
    /// Every tool that is at hand.
    pub all: bool,
    /// These in any case.
    pub named: BTreeSet<ScannerId>,
}

/// Where code scanning's alerts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertsFrom {
    /// In a file.
    File(PathBuf),
    /// At GitHub.
    Api,
}

/// What is judged, ready to be gathered.
#[derive(Debug)]
pub struct Request {
    pub root: Root,
    pub reports: Vec<ReportArg>,
    pub run: Wish,
    pub policy: Option<String>,
    pub as_of: Option<Timestamp>,
    /// Why the check runs, when the user says.
    pub event: Option<Event>,
    /// Which share of a divided check this is.
    pub shard: Option<Number>,
    /// Files inside the root that other jobs have written for this check.
    pub handed: BTreeSet<RepoPath>,
    /// What the judged change is to be merged into.
    pub base: Option<String>,
    /// Where scans keep their state.
    pub state: Option<PathBuf>,
    /// Where code scanning's alerts are.
    pub alerts: Option<AlertsFrom>,
    /// The file of known findings, when the user says.
    pub baseline: Option<String>,
    /// The baseline is to be written, so that it need not be there yet.
    pub writes_baseline: bool,
    pub color: When,
    pub quiet: bool,
    /// One of our own scanners alone, when that is what the user wants.
    pub scan: Option<Scan>,
}

/// Where secrets are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// In the files that are there, and in the commits of the change that is judged.
    Tree,
    /// There and in every commit.
    History,
    /// In what is staged for the next commit.
    Staged,
}

/// One of our own scanners, and nothing else.
#[derive(Debug)]
pub struct Scan {
    /// Which.
    pub scanner: ScannerId,
    /// Where secrets are looked for.
    pub scope: Scope,
    /// Files with further rules.
    pub rules: Vec<PathBuf>,
    /// A configuration of gitleaks or betterleaks.
    pub config: Option<PathBuf>,
}

/// What is to be told, and where.
#[derive(Debug)]
pub struct Delivery {
    pub outputs: Vec<OutputArg>,
    pub update_state: When,
    pub github: When,
    /// What is brought to GitHub.
    pub hub: Github,
    pub color: When,
    pub quiet: bool,
}

/// Opens the folder that a command is about.
pub fn open(path: &Path, command: &str) -> Result<Root, Error> {
    Root::open(path).map_err(|e| {
        let hint = match e.kind() {
            std::io::ErrorKind::NotADirectory if command.starts_with("scan") => {
                "PATH is a folder: all files below it are looked at".to_owned()
            }
            std::io::ErrorKind::NotADirectory => format!(
                "PATH is the repository's folder; a report is given with --report: lockgate {command} --report FILE"
            ),
            _ => format!("name the repository's folder: lockgate {command} PATH"),
        };
        Error::usage(format!("the root folder cannot be opened: {e}"))
            .detail(path.display().to_string())
            .hint(hint)
    })
}

/// Understands `--run`.
pub fn wish(words: &[String]) -> Result<Wish, Error> {
    let mut wish = Wish::default();
    for word in words.iter().map(|w| w.trim()).filter(|w| !w.is_empty()) {
        match invoke::named(word) {
            _ if word == "auto" => wish.all = true,
            _ if ScannerId::OWN.contains(&word) => {
                wish.named.extend(ScannerId::new(word));
            }
            Some(recipe) => {
                wish.named.insert(Recipe::id(recipe));
            }
            None => {
                let known: Vec<&str> = RECIPES.iter().map(|recipe| recipe.scanner).collect();
                return Err(Error::usage("--run names no tool that lockgate can run")
                    .detail(word)
                    .hint(format!(
                        "write auto, {}, or one of {}",
                        ScannerId::OWN.join(", "),
                        known.join(", ")
                    )));
            }
        }
    }
    Ok(wish)
}

/// Understands `--jobs`.
pub fn threads(jobs: usize) -> Result<(), Error> {
    if jobs == 0 {
        return Err(Error::usage("--jobs needs at least one thread"));
    }
    // Fails only when the pool exists already, which then has the wrong size but works.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .build_global();
    Ok(())
}

/// Understands what is to be judged.
pub fn request(args: &Input, command: &str, color: When) -> Result<Request, Error> {
    if let Some(jobs) = args.jobs {
        threads(jobs)?;
    }
    let root = open(&args.path, command)?;
    let as_of = match &args.as_of {
        None => None,
        Some(text) => Some(as_of(text).ok_or_else(|| {
            Error::usage("--as-of needs a date such as 2027-01-31").detail(text.as_str())
        })?),
    };
    Ok(Request {
        root,
        reports: args
            .reports
            .iter()
            .map(|text| text.trim())
            .filter(|text| !text.is_empty())
            .map(report)
            .collect::<Result<_, _>>()?,
        run: wish(&args.run)?,
        policy: given(args.policy.as_ref()),
        as_of,
        event: given(args.event.as_ref())
            .map(|word| event(&word))
            .transpose()?,
        shard: None,
        handed: BTreeSet::new(),
        base: given(args.base.as_ref()),
        state: given(args.state.as_ref()).map(PathBuf::from),
        alerts: given(args.alerts.as_ref()).map(|from| match from.as_str() {
            "api" => AlertsFrom::Api,
            path => AlertsFrom::File(path.into()),
        }),
        baseline: given(args.baseline.as_ref()),
        writes_baseline: false,
        color,
        quiet: args.quiet,
        scan: None,
    })
}

/// Understands `--shard`.
pub fn shard(word: Option<&String>) -> Result<Option<Number>, Error> {
    let Some(word) = given(word) else {
        return Ok(None);
    };
    let number = Number::parse(&word).ok_or_else(|| {
        Error::usage("--shard needs a number out of how many there are")
            .detail(word.as_str())
            .hint("write --shard 2/3; lockgate plan prints the numbers")
    })?;
    Ok(Some(number))
}

/// A text that is not blank: an input of an action that nobody sets is empty.
fn given(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

fn event(word: &str) -> Result<Event, Error> {
    Event::parse(word).ok_or_else(|| {
        let words = Event::ALL.map(Event::word).join(", ");
        Error::usage("there is no such event")
            .detail(word)
            .hint(format!("write one of {words}"))
    })
}

/// Understands what is to be told.
pub fn delivery(args: Check) -> Result<Delivery, Error> {
    let key = args.hub.comment_key.as_deref().unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if key.len() > MAX_KEY || !key.chars().all(plain) {
        return Err(Error::usage("--comment-key is no key")
            .detail(key)
            .hint("write up to 40 letters, digits, `-`, `_`, `.` and `/`"));
    }
    let outputs = outputs(&args.outputs)?;
    let to_stdout = outputs
        .iter()
        .filter(|o| o.destination == Destination::StandardOutput)
        .count();
    if to_stdout > 1 {
        return Err(Error::usage("only one output can go to standard output")
            .hint("name a file for the others"));
    }
    Ok(Delivery {
        outputs,
        update_state: args.update_state,
        github: args.github,
        hub: args.hub,
        color: args.color,
        quiet: args.input.quiet,
    })
}

/// Understands `--output`.
pub fn outputs(words: &[String]) -> Result<Vec<OutputArg>, Error> {
    let words = words.iter().map(|text| text.trim());
    words.filter(|text| !text.is_empty()).map(output).collect()
}

/// Longest key, in bytes.
const MAX_KEY: usize = 40;

/// The first moment of a day in UTC.
fn as_of(text: &str) -> Option<Timestamp> {
    let day = text.parse::<Date>().ok()?;
    Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

/// `bandit=path`. A path may contain `=` too: only a name that could be a scanner's counts.
fn report(text: &str) -> Result<ReportArg, Error> {
    let named = text.split_once('=').filter(|(name, _)| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' '))
    });
    let Some((name, path)) = named else {
        return Ok(ReportArg {
            expected: None,
            name: text.to_owned(),
        });
    };
    if path.trim().is_empty() {
        return Err(Error::usage("--report names a scanner but no file")
            .detail(text)
            .hint("write --report TOOL=PATH"));
    }
    let expected = Expected::named(name.trim())
        .ok_or_else(|| Error::usage("--report needs a scanner's name before `=`").detail(text))?;
    Ok(ReportArg {
        expected: Some(expected),
        name: path.trim().to_owned(),
    })
}

fn output(text: &str) -> Result<OutputArg, Error> {
    let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
    let hint = format!("write --output KIND=PATH; KIND is {}", names.join(", "));
    let Some((word, path)) = text.split_once('=') else {
        return Err(Error::usage("--output needs a kind and a path")
            .detail(text)
            .hint(hint));
    };
    let Some((_, kind)) = KINDS.iter().find(|(name, _)| *name == word) else {
        return Err(Error::usage("there is no such kind of output")
            .detail(word)
            .hint(hint));
    };
    if path.is_empty() || path.contains(['\n', '\r']) {
        return Err(Error::usage("--output needs a path")
            .detail(text)
            .hint(hint));
    }
    Ok(OutputArg {
        kind: *kind,
        destination: Destination::new(path),
    })
}
