//! The bytes of a file, and what the rules find in them, with lines and columns.

use super::comment;
use super::mark;
use crate::model::{Certainty, Location, Region, RepoPath};
use lockgate_secrets::{Confidence, Encoding, Hit, Input, Proof, Rules, Scanner, Secret, Severity};
use std::ops::Range;

/// Bytes of a line that are looked at around a secret.
const LINE: usize = 4096;

/// Most hits of one window; there are more only in a file that was made for that.
pub const MOST: usize = 2000;

/// Bytes of a file: all of it, or one part of a large one.
pub struct Window<'a> {
    /// The file.
    pub path: &'a RepoPath,
    /// As rules and filters know it.
    pub name: &'a str,
    /// The bytes.
    pub bytes: &'a [u8],
    /// How many bytes of the file are before them.
    pub offset: u64,
    /// How many lines of the file are before them; the last of those may go on in here.
    pub lines: u32,
    /// Hits that begin here or later are left to the next window, which has more of what follows.
    pub until: usize,
}

/// One secret in one place.
#[derive(Clone)]
pub struct Sight {
    /// Index into the rules.
    pub rule: usize,
    /// The secret.
    pub secret: Secret,
    /// Where. What is in a commit only has that as target.
    pub location: Location,
    /// Its line without it; empty where the line is not known.
    pub outline: String,
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
    /// Whether the base has it, when whoever found it knows.
    pub in_base: Option<bool>,
}

/// What is in a window.
pub struct Sights {
    /// In the order of places.
    pub list: Vec<Sight>,
    /// True when there are more than are listed.
    pub cut: bool,
}

impl Window<'_> {
    /// Looks for secrets.
    pub fn sights(&self, scanner: &Scanner<'_>) -> Sights {
        let input = Input {
            path: self.name,
            bytes: self.bytes,
        };
        let mut hits = scanner.scan(&input).hits;
        hits.retain(|hit| hit.place.start < self.until);
        let mut hits = apart(hits, scanner.rules());
        let cut = hits.len() > MOST;
        hits.truncate(MOST);
        let places: Vec<Range<usize>> = hits.iter().map(|hit| hit.place.clone()).collect();
        let mut cursor = Cursor::new(self.bytes, self.offset == 0);
        let list = hits
            .into_iter()
            .map(|hit| self.sight(hit, &places, &mut cursor))
            .collect();
        Sights { list, cut }
    }

    fn sight(&self, hit: Hit, places: &[Range<usize>], cursor: &mut Cursor<'_>) -> Sight {
        let wide = hit.encodings.first() == Some(&Encoding::Utf16);
        let region = self.region(&hit.place, wide, cursor);
        let line = line_around(self.bytes, &hit.place);
        let text = self.bytes.get(line.clone()).unwrap_or_default();
        let before = line_before(self.bytes, line.start);
        let inside = |range: &Range<usize>| {
            range.start.saturating_sub(line.start)..range.end.saturating_sub(line.start)
        };
        let first = places.partition_point(|other| other.start < line.start.saturating_sub(LINE));
        let near: Vec<Range<usize>> = places
            .iter()
            .skip(first)
            .take_while(|other| other.start < line.end)
            .filter(|other| other.end > line.start)
            .map(inside)
            .collect();
        let comment = match wide {
            true => comment::asks(&narrow(text), &narrow(before)),
            false => comment::asks(text, before),
        };
        Sight {
            rule: hit.rule,
            secret: hit.secret,
            location: Location {
                path: self.path.clone(),
                region,
                certainty: match region {
                    Some(_) => Certainty::Exact,
                    None => Certainty::File,
                },
                target: None,
            },
            outline: mark::outline(text, &inside(&hit.place), &near),
            encodings: hit.encodings,
            proof: hit.proof,
            severity: hit.severity,
            confidence: hit.confidence,
            comment,
            in_base: None,
        }
    }

    fn region(&self, place: &Range<usize>, wide: bool, cursor: &mut Cursor<'_>) -> Option<Region> {
        let (line, column) = cursor.go(place.start, wide);
        let (last, end) = cursor.clone().go(place.end, wide);
        let number = |line: u32| u64::from(self.lines.saturating_add(line));
        let region = Region::line(number(line))?.to_line(number(last));
        Some(region.columns(column, end))
    }
}

/// Of hits that overlap, the one that says most: one secret is one finding.
fn apart(mut hits: Vec<Hit>, rules: &Rules) -> Vec<Hit> {
    let generic = |hit: &Hit| {
        let rule = rules.all().get(hit.rule);
        rule.is_none_or(lockgate_secrets::Rule::is_generic)
    };
    let better = |a: &Hit, b: &Hit| {
        let key = |hit: &Hit| {
            let length = hit.place.len();
            (!generic(hit), hit.confidence, hit.severity, length)
        };
        key(a) > key(b)
    };
    hits.sort_by_key(|hit| (hit.place.start, std::cmp::Reverse(hit.place.end), hit.rule));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            // A text that decodes to several secrets holds them all.
            Some(last) if last.place == hit.place && !hit.encodings.is_empty() => kept.push(hit),
            Some(last) if hit.place.start < last.place.end => {
                if better(&hit, last) {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}

/// Counts lines and columns on the way through a text, never backwards.
#[derive(Clone)]
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    /// Where the line begins; `None` when that is before the text.
    start: Option<usize>,
    /// UTF-16 code units between the line's start and `at`.
    units: u64,
}

impl<'a> Cursor<'a> {
    fn new(bytes: &'a [u8], whole: bool) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
            start: whole.then_some(0),
            units: 0,
        }
    }

    /// Line and column of an offset, both 1-based.
    fn go(&mut self, to: usize, wide: bool) -> (u32, Option<u64>) {
        let mut part = self.bytes.get(self.at..to).unwrap_or_default();
        if let Some(last) = memchr::memrchr(b'\n', part) {
            let breaks = memchr::memchr_iter(b'\n', part).count();
            self.line = self
                .line
                .saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.start = Some(self.at + last + 1);
            self.units = 0;
            part = part.get(last + 1..).unwrap_or_default();
        }
        self.units += units(part);
        self.at = self.at.max(to);
        let column = self.start.map(|start| match wide {
            // A line break of two bytes leaves one of them at the start of the line.
            true => (to.saturating_sub(start) / 2) as u64 + 1,
            false => self.units + 1,
        });
        (self.line, column)
    }
}

/// Length of a text in UTF-16 code units (SARIF 2.1.0 §3.14.17); other bytes count one each.
fn units(text: &[u8]) -> u64 {
    text.iter()
        .map(|byte| match byte {
            0x80..=0xbf => 0,
            0xf0..=0xff => 2,
            _ => 1,
        })
        .sum()
}

/// The lines of a place, cut where they are very long.
fn line_around(bytes: &[u8], place: &Range<usize>) -> Range<usize> {
    let from = place.start.saturating_sub(LINE);
    let to = bytes.len().min(place.end.saturating_add(LINE));
    let before = bytes.get(from..place.start).unwrap_or_default();
    let behind = bytes.get(place.end..to).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', behind).map_or(to, |at| place.end + at);
    start..end
}

/// The line before the one that starts here.
fn line_before(bytes: &[u8], start: usize) -> &[u8] {
    let end = start.saturating_sub(1);
    let from = end.saturating_sub(LINE);
    let text = bytes.get(from..end).unwrap_or_default();
    match memchr::memrchr(b'\n', text) {
        Some(at) => text.get(at + 1..).unwrap_or_default(),
        None => text,
    }
}

/// UTF-16 as far as it is ASCII.
fn narrow(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| *byte != 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_counted_on_the_way() {
        let text = "a\nbä𝄞 x\ny".as_bytes();
        let mut cursor = Cursor::new(text, true);
        assert_eq!(cursor.go(0, false), (1, Some(1)));
        let x = text.iter().position(|b| *b == b'x').unwrap();
        assert_eq!(cursor.go(x, false), (2, Some(6)));
        assert_eq!(cursor.go(text.len(), false), (3, Some(2)));
        let mut later = Cursor::new(b"tail of a line\nz", false);
        assert_eq!(later.go(4, false), (1, None));
        assert_eq!(later.go(15, false), (2, Some(1)));
    }

    #[test]
    fn a_line_is_found_around_a_place_and_before_it() {
        let text = b"one\ntwo secret x\nthree";
        let line = line_around(text, &(8..14));
        assert_eq!(&text[line.clone()], b"two secret x");
        assert_eq!(line_before(text, line.start), b"one");
        assert_eq!(line_before(text, 0), b"");
    }
}
