//! What was silenced in the base already, when a scanner is made to speak of everything.

use super::Surface;
use super::comments::{Mark, Marker, all, new_marks};
use super::{Reader, SURFACES};
use crate::model::{Lines, Region, RepoPath};
use crate::origin;
use std::collections::{BTreeMap, BTreeSet};

/// For the places in one file that a scanner reported when its comments were switched off: which of
/// them a comment silences that the base has, too, and whose lines the change has not altered.
/// `base` is `None` for a file that the change adds. Each place is its lines and the rule.
pub fn settled(
    scanner: &str,
    path: &RepoPath,
    base: Option<&str>,
    head: &str,
    places: &[(Region, &str)],
) -> Vec<bool> {
    let nothing = || vec![false; places.len()];
    let (Some(base), Some((surface, marker))) = (base, comment_of(scanner)) else {
        return nothing();
    };
    if !(surface.concerns)(path) {
        return nothing();
    }
    let marks: Vec<Mark> = {
        let all = all(head).into_iter();
        all.filter(|mark| mark.marker == marker).collect()
    };
    if marks.is_empty() {
        return nothing();
    }
    let new: BTreeSet<u32> = new_marks(base, head, marker)
        .iter()
        .map(|mark| mark.line)
        .collect();
    let old: BTreeMap<u32, &Mark> = marks
        .iter()
        .filter(|mark| !new.contains(&mark.line))
        .map(|mark| (mark.line, mark))
        .collect();
    let altered = altered(base, head);
    let lines: Vec<&str> = head.lines().collect();
    places
        .iter()
        .map(|(region, rule)| {
            let last = region.end_line.unwrap_or(region.line);
            let same = altered.range(region.line..=last).next().is_none();
            let inside = old.range(region.line..=last).map(|(_, mark)| *mark);
            let mut silencing = inside
                .take(MOST_LINES)
                .chain(above(marker, *region, &old, &lines));
            same && silencing.any(|mark| speaks_of(mark, rule))
        })
        .collect()
}

/// Lines of one place in which comments are looked for.
const MOST_LINES: usize = 200;

/// The lines whose text the base does not have, one for one; those that only moved are not among
/// them.
fn altered(base: &str, head: &str) -> BTreeSet<u32> {
    let condense = |line: &str| -> String { line.split_whitespace().collect() };
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for line in base.lines() {
        *known.entry(condense(line)).or_default() += 1;
    }
    let touched = origin::lines(base, head).unwrap_or_else(Lines::all);
    let (touched, quiet): (Vec<_>, Vec<_>) = (1_u32..)
        .zip(head.lines())
        .partition(|(line, _)| Region::line(u64::from(*line)).is_some_and(|r| touched.touch(r)));
    quiet
        .into_iter()
        .chain(touched)
        .filter(|(_, text)| match known.get_mut(&condense(text)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .map(|(line, _)| line)
        .collect()
}

/// The comments that a scanner obeys.
fn comment_of(scanner: &str) -> Option<(&'static Surface, Marker)> {
    SURFACES.iter().find_map(|surface| match surface.reader {
        Reader::Comment(marker) if surface.scanners.contains(&scanner) => Some((*surface, marker)),
        _ => None,
    })
}

/// The markers that stand alone above a place and are for it. Between hadolint's and the instruction
/// other comments may stand.
fn above<'m>(
    marker: Marker,
    region: Region,
    old: &BTreeMap<u32, &'m Mark>,
    lines: &[&str],
) -> Vec<&'m Mark> {
    let far = match marker {
        Marker::Semgrep => 1,
        Marker::Hadolint => MOST_LINES,
        _ => 0,
    };
    let index = usize::try_from(region.line).unwrap_or_default();
    let before = lines.iter().take(index.saturating_sub(1)).rev().take(far);
    let comments = before.take_while(|line| {
        let line = line.trim();
        far == 1 || line.is_empty() || line.starts_with('#')
    });
    (1..)
        .zip(comments)
        .filter_map(|(back, _)| old.get(&region.line.checked_sub(back)?).copied())
        .filter(|mark| mark.alone)
        .collect()
}

/// True when a marker names the rule, or none, or something that cannot be told to be another
/// rule's id: Bandit knows its tests by names, too.
fn speaks_of(mark: &Mark, rule: &str) -> bool {
    let id = |name: &&String| name.contains(|c: char| c.is_ascii_digit());
    let known = mark.names.iter().filter(id).count() == mark.names.len();
    mark.names.is_empty()
        || !known
        || mark
            .names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(rule) || rule.ends_with(&format!(".{name}")))
}
