//! `lockgate policy import`.

use super::policy::bounded;
use crate::cli::Import as Args;
use crate::edge::files::read_text;
use crate::edge::output::Destination;
use crate::edge::{clock, terminal};
use crate::error::{Error, ErrorKind};
use crate::escape;
use crate::import::{self, Fill, Found, Import, SOURCES};
use crate::model::{Problem, Untrusted};
use jiff::civil::Date;
use std::path::Path;

/// Lines about single entries on standard error; the text has them all.
const MAX_LINES: usize = 20;

/// Reads the files, writes the waivers, says what is left to do.
pub fn run(args: &Args) -> Result<u8, Error> {
    let today = clock::today();
    let fill = fill(args, today)?;
    let files = read_all(args)?;
    let mut import = import::gather(files, &fill, today);
    let (target, known) = match &args.append {
        Some(path) => append(path, &mut import)?,
        None => (write(args, &import)?, 0),
    };
    terminal::err(&summary(&import, args.files.len(), known, &target));
    Ok(0)
}

fn fill(args: &Args, today: Date) -> Result<Fill, Error> {
    let text = |option: &str, given: &Option<String>| match given.as_deref().map(str::trim) {
        Some("") => Err(Error::usage(format!("{option} is empty"))),
        text => Ok(text.map(Untrusted::from)),
    };
    let expires = match args.expires.as_deref() {
        None => None,
        Some(given) => {
            let wrong = |message: &str| {
                let hint = "write it as YYYY-MM-DD, such as 2027-01-31";
                Error::usage(message).detail(given).hint(hint)
            };
            let day: Date = given
                .parse()
                .map_err(|_| wrong("--expires is not a date"))?;
            if day < today {
                return Err(wrong("--expires lies in the past"));
            }
            Some(day)
        }
    };
    Ok(Fill {
        owner: text("--owner", &args.owner)?,
        reason: text("--reason", &args.reason)?,
        expires,
    })
}

/// All files, or all errors: half an import would look like a whole one.
fn read_all(args: &Args) -> Result<Vec<(Untrusted, Found)>, Error> {
    let mut files = Vec::new();
    let mut errors = String::new();
    for path in &args.files {
        let name = path.display().to_string();
        let found = text_of(path).and_then(|text| import::read(&name, &text));
        match found {
            Ok(found) => files.push((Untrusted::from(name), found)),
            Err(problem) => errors.push_str(&line(&name, &problem)),
        }
    }
    if errors.is_empty() {
        return Ok(files);
    }
    let known: Vec<&str> = SOURCES.iter().map(|source| source.name).collect();
    Err(Error {
        drawing: Some(errors),
        ..Error::usage("nothing was imported")
    }
    .hint(format!("files that are read: {}", known.join("; "))))
}

fn text_of(path: &Path) -> Result<String, Problem> {
    let text = read_text(path).and_then(bounded);
    text.map_err(|why| Problem::new("unreadable", format!("it cannot be read: {why}")))
}

fn line(name: &str, problem: &Problem) -> String {
    let detail = problem.detail.as_ref().map(escape::terminal);
    let detail = detail.map(|d| format!(": {d}")).unwrap_or_default();
    let name = escape::terminal(Untrusted::from(name));
    format!("{name}: {}{detail}\n", problem.text)
}

/// Writes a text of its own; returns where it went.
fn write(args: &Args, import: &Import) -> Result<String, Error> {
    let name = args.output.as_deref().unwrap_or("-");
    let destination = Destination::new(name);
    if destination.exists() && !args.force {
        return Err(Error::usage("the output is there already")
            .detail(name)
            .hint("--force replaces it; --append adds to a policy file"));
    }
    destination.prepare()?;
    deliver(&destination, &import::render(import))?;
    Ok(match destination {
        Destination::StandardOutput => "FILE".to_owned(),
        Destination::File(_) => escape::terminal(Untrusted::from(name)),
    })
}

/// Adds to a policy file; returns its name, and how many waivers it had already.
fn append(path: &Path, import: &mut Import) -> Result<(String, usize), Error> {
    let name = path.display().to_string();
    let destination = Destination::File(path.to_owned());
    let policy = match destination.exists() {
        true => text_of(path),
        false => Ok(String::new()),
    };
    let refuse = |problem: Problem| {
        Error {
            drawing: Some(line(&name, &problem)),
            ..Error::new(ErrorKind::Policy, "nothing was added to the policy file")
        }
        .hint("lockgate policy check shows what is wrong with it")
    };
    let policy = policy.map_err(refuse)?;
    let known = import.without(&policy);
    if !import.waivers.is_empty() {
        let text = import::append(&policy, &import::render(import)).map_err(refuse)?;
        let text = bounded(text)
            .map_err(|why| refuse(Problem::new("too-large", format!("with the waivers {why}"))))?;
        deliver(&destination, &text)?;
    }
    Ok((escape::terminal(Untrusted::from(name)), known))
}

fn deliver(destination: &Destination, text: &str) -> Result<(), Error> {
    destination.write(&|out| std::io::Write::write_all(out, text.as_bytes()))
}

fn summary(import: &Import, files: usize, known: usize, target: &str) -> String {
    let count = |n: usize, what: &str| match n {
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    };
    let mut text = format!(
        "{} from {}\n",
        count(import.waivers.len(), "waiver"),
        count(files, "file")
    );
    if known > 0 {
        text.push_str(&format!("  there already: {}\n", count(known, "waiver")));
    }
    let everywhere = import.waivers.iter().filter(|w| w.subject.everywhere());
    if let n @ 1.. = everywhere.count() {
        let holds = if n == 1 { "holds" } else { "hold" };
        text.push_str(&format!(
            "  {} {holds} for a rule in the whole repository: narrow `path` where you can\n",
            count(n, "waiver")
        ));
    }
    let wider = import.waivers.iter().filter(|w| !w.wider.is_empty());
    if let n @ 1.. = wider.count() {
        let accepts = if n == 1 { "accepts" } else { "accept" };
        text.push_str(&format!(
            "  {} {accepts} more than the file did: see the comments `wider`\n",
            count(n, "waiver")
        ));
    }
    for remark in import.remarks.iter().take(MAX_LINES) {
        text.push_str(&format!("  {}\n", import::line(remark)));
    }
    if let more @ 1.. = import.remarks.len().saturating_sub(MAX_LINES) {
        text.push_str(&format!("  and {more} more, in the comments of the text\n"));
    }
    let gaps = import.gaps();
    if gaps > 0 {
        let them = if gaps == 1 { "it" } else { "them" };
        text.push_str(&format!(
            "next: fill in {} marked TODO (--owner, --reason and --expires fill all at once), \
             then check {them}: lockgate policy check {target}\n",
            count(gaps, "field")
        ));
    } else if !import.waivers.is_empty() {
        text.push_str(&format!("next: lockgate policy check {target}\n"));
    }
    text
}
