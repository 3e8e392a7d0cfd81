//! What the rules find in a file, as places of the repository.

use super::mark::{self, BEFORE, BEHIND};
use crate::model::{Certainty, Location, Region, RepoPath, Untrusted};
use lockgate_secrets::{Confidence, Encoding, Gap, Hit, Input, Proof, Scanner, Secret, Severity};
use std::ops::Range;

/// One secret in one place.
#[derive(Clone)]
pub struct Sight {
    /// Index into the rules.
    pub rule: usize,
    /// The secret.
    pub secret: Secret,
    /// Where. What is only in a commit has that as target.
    pub location: Location,
    /// Its line without it; empty where the line is not known.
    pub outline: String,
    /// The whole line, when somebody wants to compare it; never shown, never stored.
    pub line: Option<Secret>,
    /// How it was written, outermost first.
    pub encodings: Vec<Encoding>,
    /// What offline verification says.
    pub proof: Proof,
    /// How bad.
    pub severity: Severity,
    /// How sure.
    pub confidence: Confidence,
    /// The comment that asks for silence about it.
    pub comment: Option<&'static str>,
    /// The commit that brought it, in hex, for what git was asked about.
    pub commit: Option<String>,
    /// Why a configuration lets it pass.
    pub passes: Option<Untrusted>,
    /// Whether a list of findings to be left aside names its place.
    pub listed: bool,
    /// Whether the base has it, when whoever found it knows.
    pub in_base: Option<bool>,
}

/// What is in a file.
pub struct Sights {
    /// In the order of places.
    pub list: Vec<Sight>,
    /// What of it was not looked at.
    pub gaps: Vec<Gap>,
}

/// Looks for secrets in a file that is at hand as a whole; `name` is its path as rules know it.
pub fn window(scanner: &Scanner<'_>, path: &RepoPath, name: &str, bytes: &[u8]) -> Sights {
    let scanned = scanner.scan(&Input { path: name, bytes });
    let mut text = |range: Range<usize>| {
        let end = range.end.min(bytes.len());
        bytes.get(range.start..end).unwrap_or_default().to_vec()
    };
    Sights {
        list: sights(path, scanned.hits, &mut text),
        gaps: scanned.gaps,
    }
}

/// The hits of one file, in the order of places. `text` gives the bytes of a range of it, or fewer.
pub fn sights(
    path: &RepoPath,
    hits: Vec<Hit>,
    text: &mut dyn FnMut(Range<usize>) -> Vec<u8>,
) -> Vec<Sight> {
    let places: Vec<Range<usize>> = hits.iter().map(|hit| hit.place.clone()).collect();
    hits.into_iter()
        .map(|hit| {
            let near = surroundings(&hit.place, &places, text);
            let mut sight = of(hit, location(path));
            sight.outline = near.outline;
            sight.line = Some(Secret::new(&near.line));
            sight
        })
        .collect()
}

fn location(path: &RepoPath) -> Location {
    Location {
        path: path.clone(),
        region: None,
        certainty: Certainty::Exact,
        target: None,
    }
}

/// A hit at a place of which only the file is known yet.
fn of(hit: Hit, mut location: Location) -> Sight {
    let region = Region::line(hit.start.line.into()).map(|region| {
        let region = region.to_line(hit.end.line.into());
        let columns = (hit.start.column.into(), hit.end.column.into());
        region.columns(Some(columns.0), Some(columns.1))
    });
    location.region = region;
    Sight {
        rule: hit.rule,
        secret: hit.secret,
        location,
        outline: String::new(),
        line: None,
        encodings: hit.encodings,
        proof: hit.proof,
        severity: hit.severity,
        confidence: hit.confidence,
        comment: hit.allowed_by.map(|allow| allow.words),
        commit: None,
        passes: None,
        listed: false,
        in_base: None,
    }
}

/// What is around a secret.
struct Near {
    outline: String,
    line: Vec<u8>,
}

fn surroundings(
    place: &Range<usize>,
    places: &[Range<usize>],
    text: &mut dyn FnMut(Range<usize>) -> Vec<u8>,
) -> Near {
    let from = place.start.saturating_sub(BEFORE);
    let bytes = text(from..place.end.saturating_add(BEHIND));
    let inside = |range: &Range<usize>| {
        range.start.saturating_sub(from)..range.end.saturating_sub(from).min(bytes.len())
    };
    let own = inside(place);
    let before = bytes.get(..own.start).unwrap_or_default();
    let behind = bytes.get(own.end..).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let end = own.end + memchr::memchr(b'\n', behind).unwrap_or(behind.len());
    // Places come in order, and few are longer than a line.
    let first = places.partition_point(|other| other.start < from.saturating_sub(BEFORE));
    let near: Vec<Range<usize>> = places
        .iter()
        .skip(first)
        .take_while(|other| other.start < from + end)
        .map(inside)
        .chain([own])
        .filter(|other| other.end > start)
        .map(|other| other.start.saturating_sub(start)..other.end - start)
        .collect();
    let line = bytes.get(start..end).unwrap_or_default();
    Near {
        outline: mark::outline(line, &near),
        line: line.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_secrets_of_a_line_are_taken_out_of_its_outline() {
        let text = b"x\na = ONE and b = TWO\ny";
        let places = [6..9, 18..21];
        let near = surroundings(&places[0], &places, &mut |range| {
            text[range.start..range.end.min(text.len())].to_vec()
        });
        assert_eq!(near.outline, "a=\u{2588}andb=\u{2588}");
        assert_eq!(near.line, b"a = ONE and b = TWO");
    }
}
