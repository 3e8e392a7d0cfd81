//! What the judged change adds that silences scanners: reads the files that it touches, and makes a
//! run of what is found.

mod settle;
mod tell;

pub use settle::settle;

use super::base::Compared;
use crate::edge::files::Root;
use crate::edge::git::Commit;
use crate::ingest;
use crate::merge::line_hash::line_hashes;
use crate::model::{Base, Foreign as _, Health, Problem, RepoPath, ScannerId, Untrusted, Work};
use crate::suppress::{self, Content, File, Suppression};
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

/// Looks for suppressions in everything that the change touches. `None` where there is no change,
/// unless one is `wanted`: a check that was to look at one, and cannot, has not done its work.
pub fn examine(compared: &Compared<'_>, wanted: bool, root: &Root) -> Option<Added> {
    let known = match compared {
        Compared::With(known) => known,
        Compared::Without(base) if wanted => {
            let text = "what the change tells scanners to be silent about cannot be looked for";
            let why = match base {
                Base::Unreadable { why, mend } => format!(": {why}; {mend}"),
                Base::None { why } => format!(": {why}"),
                Base::Known(_) | Base::Whole => String::new(),
            };
            return Some(Added {
                found: Vec::new(),
                health: Health::Failed(Problem::new("no-base", format!("{text}{why}"))),
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
        .map(|(path, old)| {
            // Data that is not committed was written by the job: reports quote what they found.
            let written = touched.uncommitted.contains(*path) && is_data(path);
            match written && !suppress::is_settings(path) {
                true => Touched::Silent(0),
                false => head(path, old, root),
            }
        })
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
    commit.read(path).map_or(Held::Absent, |bytes| text(&bytes))
}

/// True for what programs write for programs, or as a record.
fn is_data(path: &RepoPath) -> bool {
    let ending = path.file_name().rsplit_once('.').map(|(_, ending)| ending);
    let data = [
        "csv", "html", "json", "jsonl", "log", "ndjson", "sarif", "txt", "xml",
    ];
    ending.is_some_and(|ending| data.contains(&ending))
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
