//! Workflows that run fewer scanners, or hold them back. All workflows of a change are compared at
//! once: a step that moves to another file is not gone.

mod mention;
pub mod words;

use super::{Content, Deed, File, Reader, Suppression, Surface, is};
use crate::model::{Foreign as _, RepoPath, Untrusted};
use mention::Mention;
pub use mention::{excused, harmless};
use std::collections::BTreeSet;

/// Workflows and actions.
pub static WORKFLOW: Surface = Surface {
    id: "workflow",
    name: "a workflow",
    about: "Takes a scanner out of a workflow, or holds it back there.",
    scanners: &[],
    concerns,
    reader: Reader::Workflow,
};

fn concerns(path: &RepoPath) -> bool {
    let text = path.raw();
    let yaml = text.ends_with(".yml") || text.ends_with(".yaml");
    let folders = [".github/workflows/", ".github/actions/"];
    let workflow = folders.iter().any(|folder| text.contains(folder));
    yaml && (workflow || is(path, &["action.yml", "action.yaml"]))
}

/// A mention with its file.
struct Placed<'a> {
    mention: Mention,
    path: &'a RepoPath,
}

/// What the change takes away from the workflows.
pub fn find(files: &[File<'_>]) -> Vec<Suppression> {
    let mut found = Vec::new();
    let mut before: Vec<Placed<'_>> = Vec::new();
    let mut after: Vec<Placed<'_>> = Vec::new();
    for file in files {
        let Some((base, head)) = super::sides(&WORKFLOW, file) else {
            continue;
        };
        match (read(base), read(head)) {
            // A base that cannot be read ran nothing that could be missed.
            (base, Some(head)) => {
                place(base.unwrap_or_default(), file.path, &mut before);
                place(head, file.path, &mut after);
            }
            (_, None) => found.push(suppression(file.path, Deed::Unreadable, Vec::new(), None)),
        }
    }
    let scanners: BTreeSet<&str> = before.iter().map(|p| p.mention.scanner).collect();
    for scanner in scanners {
        let of = |list: &'_ [Placed<'_>]| -> Vec<usize> {
            let its = list.iter().enumerate();
            its.filter(|(_, p)| p.mention.scanner == scanner)
                .map(|(index, _)| index)
                .collect()
        };
        let (old, new) = (of(&before), of(&after));
        found.extend(compare(scanner, &old, &new, &before, &after));
    }
    found
}

fn read(content: Content<'_>) -> Option<Vec<Mention>> {
    match content {
        Content::Absent => Some(Vec::new()),
        Content::Text(text) if text.len() <= super::MAX_BYTES => mention::mentions(text),
        Content::Text(_) | Content::Unreadable => None,
    }
}

fn place<'a>(mentions: Vec<Mention>, path: &'a RepoPath, list: &mut Vec<Placed<'a>>) {
    list.extend(mentions.into_iter().map(|mention| Placed { mention, path }));
}

/// Most mentions of one scanner that are matched one by one.
const MOST: usize = 200;

/// Each mention of the base wants one that is held back by no more.
fn compare(
    scanner: &'static str,
    old: &[usize],
    new: &[usize],
    before: &[Placed<'_>],
    after: &[Placed<'_>],
) -> Vec<Suppression> {
    if old.len().max(new.len()) > MOST {
        let path = old.first().and_then(|index| before.get(*index));
        let gone = |p: &Placed<'_>| suppression(p.path, Deed::Unreadable, vec![scanner], None);
        return path.map(gone).into_iter().collect();
    }
    let mut left: Vec<&Placed<'_>> = new.iter().filter_map(|i| after.get(*i)).collect();
    let mut unmatched: Vec<&Placed<'_>> = Vec::new();
    let wanted: Vec<&Placed<'_>> = old.iter().filter_map(|i| before.get(*i)).collect();
    // The exact ones first, so that a better one stays for those that need it.
    for exact in [true, false] {
        let now = match exact {
            true => wanted.clone(),
            false => std::mem::take(&mut unmatched),
        };
        for placed in now {
            let fits = |other: &&Placed<'_>| match exact {
                true => {
                    (&other.mention.weak, &other.mention.strong)
                        == (&placed.mention.weak, &placed.mention.strong)
                }
                false => missing(&placed.mention, &other.mention).is_empty(),
            };
            match left.iter().position(fits) {
                Some(index) => {
                    left.remove(index);
                }
                None => unmatched.push(placed),
            }
        }
    }
    let mut left = left.into_iter();
    unmatched
        .into_iter()
        .map(|placed| match left.next() {
            None => suppression(placed.path, Deed::Removes, vec![scanner], None),
            Some(other) => {
                let words = missing(&placed.mention, &other.mention).into_iter();
                let mut found = suppression(
                    other.path,
                    Deed::Narrows,
                    vec![scanner],
                    Some(other.mention.line),
                );
                found.what = words.map(Untrusted::from).collect();
                found
            }
        })
        .collect()
}

/// By what a later mention is held back more than the earlier one.
fn missing(old: &Mention, new: &Mention) -> Vec<String> {
    let weaker = new.weak.difference(&old.weak).cloned();
    let lost = old.strong.difference(&new.strong);
    weaker
        .chain(lost.map(|word| format!("without {word}")))
        .collect()
}

fn suppression(
    path: &RepoPath,
    deed: Deed,
    scanners: Vec<&'static str>,
    line: Option<u32>,
) -> Suppression {
    Suppression {
        surface: WORKFLOW.id,
        deed,
        scanners,
        path: path.clone(),
        line,
        key: String::new(),
        what: Vec::new(),
    }
}
