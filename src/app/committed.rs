//! Reports that are files of the repository.
//!
//! A report is evidence when a scanner wrote it in this run. One that the judged change brings along
//! is a claim of its author; one that was committed earlier tells of another day.

use super::base::Compared;
use crate::edge::files::Root;
use crate::edge::git::{Commit, From, Look, Repository};
use crate::edge::reports::ReportFile;
use crate::model::{Event, Problem, RepoPath};

/// Why a report is no evidence of this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// It proves nothing.
    Refused(Problem),
    /// It is as old as its commit.
    Old(Problem),
}

/// What the repository's history says of reports.
pub struct Committed<'a> {
    root: &'a Root,
    repository: Option<&'a Repository>,
    start: Option<Commit<'a>>,
    /// Whether somebody wants to know if a change may be merged.
    judged: bool,
    /// Whether a person started it, who has the files before them.
    local: bool,
}

impl<'a> Committed<'a> {
    /// Gets ready to look.
    pub fn new(
        root: &'a Root,
        repository: Option<&'a Repository>,
        compared: &Compared<'a>,
        event: Event,
    ) -> Self {
        let start = match compared {
            Compared::With(known) => Some(known.start),
            Compared::Without(_) => None,
        };
        let local = event == Event::Local;
        Self {
            root,
            repository,
            start,
            judged: event.judges_a_change() || (local && start.is_some()),
            local,
        }
    }

    /// What is wrong with a report, if git has it.
    pub fn doubt(&self, file: &ReportFile) -> Option<Doubt> {
        let head = self.repository?.head()?;
        let path = file.in_repository(self.root)?;
        if head.at(&path, From::Top) == Look::Absent {
            return None;
        }
        if !self.is_as_checked_out(file, &path, &head) {
            return None;
        }
        let before = self.start.map(|start| start.content(&path, From::Top));
        let now = head.content(&path, From::Top);
        let untouched = before
            .as_ref()
            .is_some_and(|before| *before == now && now.is_some());
        match (self.judged, &before) {
            (true, Some(_)) if !untouched => Some(Doubt::Refused(from_change(
                "the change brings this report along, so that it is a claim of its author and no evidence of this run",
            ))),
            (true, None) => Some(Doubt::Refused(from_change(
                "git has this report, and without the base nobody can say whether the change brings it along",
            ))),
            _ if self.local && before.is_none() => None,
            _ => Some(Doubt::Old(Problem::new(
                "report-committed",
                "git has this report, and it was not written anew: it tells of the day on which it was committed",
            ))),
        }
    }

    /// Whether nobody has written the file since git did. Settings of the repository decide how
    /// git writes a file (line ends, encodings), so that other bytes alone prove nothing; but git
    /// writes its index last.
    fn is_as_checked_out(&self, file: &ReportFile, path: &RepoPath, head: &Commit<'_>) -> bool {
        let index = self.repository.and_then(Repository::checked_out);
        let anew = file
            .modified()
            .zip(index)
            .is_some_and(|(written, index)| written > index);
        if !anew {
            return true;
        }
        match file.read() {
            Ok(bytes) => head.content(path, From::Top) == head.content_of(&bytes),
            Err(_) => true,
        }
    }
}

fn from_change(text: &str) -> Problem {
    Problem::new("report-from-change", format!("{text}; remove it from git"))
}
