//! What a search could not look at, and what else should be known of it.

use crate::edge::tree::Walked;
use crate::model::{Foreign as _, Problem, RepoPath, Untrusted};
use lockgate_secrets::Gap;
use std::collections::{BTreeMap, BTreeSet};

fn names(paths: &BTreeSet<RepoPath>) -> impl Iterator<Item = Untrusted> + '_ {
    paths.iter().map(|path| Untrusted::from(path.raw()))
}

/// What makes the evidence partial.
pub fn problems(walked: &Walked, gaps: &BTreeMap<Gap, BTreeSet<RepoPath>>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !walked.unreadable.is_empty() {
        let text = "files could not be read";
        problems.push(Problem::new("unreadable", text).files(names(&walked.unreadable)));
    }
    if walked.nameless > 0 {
        let text = "files or folders could not be read, and their names are not known";
        problems.push(Problem::new("unreadable", text));
    }
    for (gap, paths) in gaps {
        let code = match gap {
            Gap::Decoding => "not-decoded",
            Gap::Depth => "too-deep",
            Gap::Hits => "too-many",
        };
        let text = format!("a file {}", gap.text());
        problems.push(Problem::new(code, text).files(names(paths)));
    }
    problems
}

/// What is worth knowing without making it so.
pub fn notes(walked: &Walked) -> Vec<Problem> {
    let said = [
        (
            &walked.archives,
            "archives",
            "archives and compressed files are searched as they are, not opened",
        ),
        (
            &walked.repositories,
            "repositories",
            "folders of other Git repositories inside the tree are not looked at",
        ),
        (
            &walked.absent,
            "absent",
            "files that git tracks are not in the checkout, and were not looked at",
        ),
        (
            &walked.in_parts,
            "large-files",
            "large files are searched in parts that overlap",
        ),
    ];
    said.into_iter()
        .filter(|(paths, ..)| !paths.is_empty())
        .map(|(paths, code, text)| Problem::new(code, text).files(names(paths)))
        .collect()
}

/// How much was done.
pub fn work(bytes: u64, rules: usize) -> Problem {
    let megabytes = bytes as f64 / 1e6;
    Problem::new(
        "searched",
        format!("searched {megabytes:.1} MB with {rules} rules"),
    )
}
