//! `lockgate waive`.

use super::case::{Case, colour};
use super::policy::{self, NAMES, bounded};
use super::request::{self, Request};
use crate::cli::{Waive, WaiveBy, When};
use crate::edge::files::{Root, read_text};
use crate::edge::output::Destination;
use crate::edge::terminal::{self, Stream};
use crate::edge::{clock, reports};
use crate::error::{Error, ErrorKind};
use crate::escape;
use crate::import::{self, Import, Waiver};
use crate::model::{Context, Finding, Foreign as _, Problem, RepoPath, Untrusted};
use crate::policy::{DEFAULT, Policy, Source, Term};
use crate::waive::{self, By, Known, MAX_TEXT, Terms};
use jiff::Span;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

/// Looks the findings up, writes a waiver for each, says what comes next.
pub fn run(args: &Waive) -> Result<u8, Error> {
    let mut request = request::request(&args.input, "waive", When::Auto)?;
    let mut context = Context::at(request.as_of.unwrap_or_else(clock::now));
    let today = context.today();
    let terms = terms(args, today)?;
    let file = PolicyFile::find(request.policy.as_deref(), &request.root)?;
    let policy = file.load(file.text(), &request)?;
    let last = policy.waiver_rules.max_days;
    if let Some(days) = last.filter(|days| terms.expires > day_after(today, *days)) {
        return Err(
            Error::usage(format!("the policy allows waivers of at most {days} days"))
                .detail(args.expires.as_str())
                .hint(format!("--expires {days}d is the longest")),
        );
    }

    let known = match &args.from {
        Some(name) => from(name, &request.root)?,
        None => {
            request.policy = Some(file.judges());
            let case = Case::gather(&request)?;
            context = case.context.clone();
            Known::of(case.assess())
        }
    };
    let mut chosen: Vec<&Finding> = Vec::new();
    for word in &args.findings {
        let one = waive::pick(&known, word).map_err(|problem| refused(&problem))?;
        if let Some(problem) = waive::refuse(one, &policy, &context) {
            let print = one.finding.fingerprint.as_str();
            return Err(refused(&problem).hint(format!("the finding is {print}")));
        }
        chosen.push(&one.finding);
    }
    let mut waivers: Vec<Waiver> = Vec::new();
    for finding in &chosen {
        let waiver = waive::waiver(finding, &terms).map_err(|problem| refused(&problem))?;
        // Two findings of one advisory are one waiver.
        if waivers.iter().all(|known| known.subject != waiver.subject) {
            waivers.push(waiver);
        }
    }
    let count = waivers.len();
    let entries = import::render(&Import {
        waivers,
        remarks: Vec::new(),
    });
    let entries = format!("{}\n", entries.trim_end());
    let text = file.with(&entries)?;
    let after = file.load(&text, &request)?;
    check(&after, &policy, &chosen, &context)?;
    if args.dry_run {
        terminal::out(entries.as_bytes());
        return Ok(0);
    }
    let destination = Destination::File(file.path.clone());
    destination.write(&|out| std::io::Write::write_all(out, text.as_bytes()))?;
    if !args.input.quiet {
        terminal::out(done(&file, count, &entries).as_bytes());
    }
    Ok(0)
}

fn done(file: &PolicyFile, count: usize, entries: &str) -> String {
    let name = escape::terminal(Untrusted::from(file.name.as_str()));
    let waivers = match count {
        1 => "1 waiver".to_owned(),
        n => format!("{n} waivers"),
    };
    let made = if file.old.is_some() { "" } else { ", created" };
    format!(
        "{name}{made}: {waivers} added\n\n{entries}\nnext: commit it; on a pull request the waivers of \
         the base decide, so that it holds once it is merged\n"
    )
}

/// The new text must do what it was written for: each finding has a valid waiver that was not there.
fn check(
    after: &Policy,
    before: &Policy,
    chosen: &[&Finding],
    context: &Context,
) -> Result<(), Error> {
    let today = context.today();
    let holds = |policy: &Policy, finding: &Finding| {
        let valid = |w| Term::of(w, &policy.waiver_rules, today) == Term::Valid;
        let fitting = policy
            .waivers
            .iter()
            .filter(|w| policy.fits(w, finding, context));
        fitting.filter(|w| valid(w)).count()
    };
    let missed = chosen
        .iter()
        .find(|finding| holds(after, finding) <= holds(before, finding));
    match missed {
        None => Ok(()),
        Some(finding) => Err(Error::new(
            ErrorKind::Internal,
            "the new waiver would not fit the finding; nothing was written",
        )
        .detail(finding.fingerprint.as_str())
        .hint("--by fingerprint always fits; please report this with the finding")),
    }
}

fn terms(args: &Waive, today: Date) -> Result<Terms, Error> {
    let text = |option: &str, given: &str| {
        let given = given.trim();
        match given.chars().count() {
            0 => Err(Error::usage(format!("{option} is empty"))),
            1..=MAX_TEXT => Ok(Untrusted::from(given)),
            _ => Err(Error::usage(format!(
                "{option} has more than {MAX_TEXT} characters"
            ))),
        }
    };
    Ok(Terms {
        by: args.by.map(|by| match by {
            WaiveBy::Fingerprint => By::Fingerprint,
            WaiveBy::Advisory => By::Advisory,
            WaiveBy::Rule => By::Rule,
        }),
        reason: text("--reason", &args.reason)?,
        owner: text("--owner", &args.owner)?,
        expires: expires(&args.expires, today)?,
    })
}

/// A day, or a number of days or weeks from today.
fn expires(text: &str, today: Date) -> Result<Date, Error> {
    let text = text.trim();
    let wrong = |message: &str| {
        let hint = "write a day, such as 2027-01-31, or a length, such as 90d or 12w";
        Error::usage(message).detail(text).hint(hint)
    };
    let length = [('d', 1_u32), ('w', 7)].iter().find_map(|(unit, days)| {
        let number = text.strip_suffix(*unit)?.parse::<u32>().ok()?;
        number.checked_mul(*days).filter(|days| *days <= 3660)
    });
    let day = match length {
        Some(days) => day_after(today, days),
        None => text
            .parse()
            .map_err(|_| wrong("--expires is no day and no length"))?,
    };
    match day < today {
        true => Err(wrong("--expires lies in the past")),
        false => Ok(day),
    }
}

fn day_after(today: Date, days: u32) -> Date {
    today.saturating_add(Span::new().days(i64::from(days)))
}

/// The findings of an earlier check.
fn from(name: &str, root: &Root) -> Result<Vec<Known>, Error> {
    let files = reports::on_command_line(name, root);
    let [file] = files.as_slice() else {
        return Err(Error::usage("--from names several files").detail(name));
    };
    let known = file.read().and_then(|bytes| waive::read(&bytes));
    known.map_err(|problem| {
        let detail = problem.detail.as_ref().map(escape::terminal);
        let detail = detail.map(|d| format!(" ({d})")).unwrap_or_default();
        let text = format!(
            "the findings cannot be read from the file: {}{detail}",
            problem.text
        );
        let hint = "lockgate check --output json=report.json writes such a file";
        Error::usage(text).detail(name).hint(hint)
    })
}

fn refused(problem: &Problem) -> Error {
    let mut error = Error::usage(format!("{}; nothing was written", problem.text));
    error.detail.clone_from(&problem.detail);
    let lines = problem.items.iter().map(escape::terminal);
    match problem.code {
        "unknown-finding" if problem.items.is_empty() => {
            error.hint("the check has no finding at all")
        }
        "unknown-finding" => lines.fold(error.hint("the nearest are"), Error::hint),
        "ambiguous" => lines.fold(error, Error::hint),
        _ => error,
    }
}

/// The file that the waivers go to.
struct PolicyFile {
    /// How the user named it.
    name: String,
    /// Where it is in the repository, if it is.
    inside: Option<RepoPath>,
    path: PathBuf,
    /// Its text; `None` when it is not there yet.
    old: Option<String>,
}

/// What a new file begins with.
const NEW: &str = "extends = \"lockgate:balanced\"\n";

impl PolicyFile {
    /// The named file, by the rules of `--policy`; else the repository's; else a new one.
    fn find(named: Option<&str>, root: &Root) -> Result<Self, Error> {
        let inside = match named {
            Some(name) if name.starts_with("lockgate:") => {
                return Err(Error::usage("a shipped policy cannot hold waivers")
                    .detail(name)
                    .hint(format!(
                        "write a file that begins with extends = \"{DEFAULT}\", and name that"
                    )));
            }
            Some(name) => {
                let here = root.inside(Path::new(name));
                here.or_else(|| RepoPath::new(name).ok().filter(|path| root.has(path)))
            }
            None => discovered(root)?,
        };
        let name = named.map(str::to_owned);
        if let Some(path) = inside {
            let text = root.text(&path).and_then(bounded);
            return Ok(Self {
                name: name.unwrap_or_else(|| path.raw().to_owned()),
                path: root.path().join(path.raw()),
                old: Some(text.map_err(|why| unreadable(path.raw(), &why))?),
                inside: Some(path),
            });
        }
        let name = name.unwrap_or_else(|| NAMES.first().copied().unwrap_or_default().to_owned());
        let outside = PathBuf::from(&name);
        if Destination::File(outside.clone()).exists() {
            let text = read_text(&outside).and_then(bounded);
            return Ok(Self {
                old: Some(text.map_err(|why| unreadable(&name, &why))?),
                inside: None,
                path: outside,
                name,
            });
        }
        let inside = RepoPath::new(&name).ok();
        Ok(Self {
            path: inside
                .as_ref()
                .map_or(outside, |path| root.path().join(path.raw())),
            inside,
            old: None,
            name,
        })
    }

    fn text(&self) -> &str {
        self.old.as_deref().unwrap_or(NEW)
    }

    /// The policy that judges the findings: this file, or what a new one begins with.
    fn judges(&self) -> String {
        match self.old {
            Some(_) => self.path.display().to_string(),
            None => DEFAULT.to_owned(),
        }
    }

    fn load(&self, text: &str, request: &Request) -> Result<Policy, Error> {
        let source = Source {
            name: self.name.clone(),
            path: self.inside.clone(),
            text: text.to_owned(),
        };
        policy::parse(&source, &request.root, colour(request.color, Stream::Err))
    }

    /// Its text with more waivers at the end, in the file's own line breaks.
    fn with(&self, entries: &str) -> Result<String, Error> {
        let old = self.text();
        let added = import::append(old, entries).and_then(|text| {
            let new = text.strip_prefix(old).unwrap_or_default();
            let crlf = old.contains("\r\n");
            let new = if crlf {
                new.replace('\n', "\r\n")
            } else {
                new.to_owned()
            };
            bounded(format!("{old}{new}"))
                .map_err(|why| Problem::new("too-large", format!("with the waivers {why}")))
        });
        added.map_err(|problem| {
            let text = format!("nothing can be added to the policy file: {}", problem.text);
            Error::new(ErrorKind::Policy, text).detail(self.name.as_str())
        })
    }
}

fn unreadable(name: &str, why: &str) -> Error {
    let text = format!("the policy file cannot be read: {why}");
    Error::new(ErrorKind::Policy, text).detail(name)
}

/// The repository's own policy file.
fn discovered(root: &Root) -> Result<Option<RepoPath>, Error> {
    let names = NAMES.iter().filter_map(|name| RepoPath::new(name).ok());
    let mut found = names.filter(|path| root.has(path));
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(Error::new(ErrorKind::Policy, "there are two policy files")
            .detail(NAMES.join(" and "))
            .hint("keep one of them, or name it: --policy FILE")),
        (first, _) => Ok(first),
    }
}
