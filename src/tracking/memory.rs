//! What the issue remembers from scan to scan, in a comment of its own text that pages do not show.
//!
//! The numbers of the scans live in the issue and not in the state file, because they are what its
//! readers see: a state that is lost, or never kept, does not take the trend along. People may edit
//! the text; what they leave is read strictly, and nothing but the trend depends on it.

use crate::model::{Foreign as _, Untrusted};
use jiff::civil::Date;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Scans that the trend shows; older ones are dropped.
pub const MOST_POINTS: usize = 30;

/// Matters that are remembered, the most important ones: 10 characters each.
pub const MOST_OPEN: usize = 1000;

const START: &str = "<!-- lockgate:scans:v1 ";
const END: &str = " -->";

/// Longest text between start and end that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// Largest number that is read: a check has no more findings.
const MOST: u32 = 9_999_999;

/// One scan; of several on one day, the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The day, in UTC.
    pub day: Date,
    /// Findings to do something about, blocking ones included.
    pub open: u32,
    /// Findings that block.
    pub blocking: u32,
    /// Gaps in the evidence: with any, the other numbers are the least that there is.
    pub gaps: u32,
}

/// What the last scan left.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// Since when nothing is open, if nothing is.
    pub clear: Option<Date>,
    /// The scans, oldest first, at most [`MOST_POINTS`].
    pub points: Vec<Point>,
    /// The matters that were open: 8 hex digits each, `!` after those that stop the merge.
    pub open: BTreeSet<String>,
}

/// What a text says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recalled {
    /// This.
    Known(Memory),
    /// Something that nobody but a person can have made of it.
    Damaged,
}

impl Memory {
    /// Reads an issue's text.
    pub fn read(text: &Untrusted) -> Recalled {
        read(text.raw()).map_or(Recalled::Damaged, Recalled::Known)
    }

    /// Adds a scan. One that is not later than those that are there takes their place.
    pub fn add(&mut self, point: Point) {
        self.points.retain(|before| before.day < point.day);
        self.points.push(point);
        let surplus = self.points.len().saturating_sub(MOST_POINTS);
        self.points.drain(..surplus);
    }

    /// True when one of these matters was not there before, or did not stop the merge.
    pub fn lacks_any(&self, now: &BTreeSet<String>) -> bool {
        let known = |matter: &String| {
            self.open.contains(matter)
                || (!matter.ends_with('!') && self.open.contains(&format!("{matter}!")))
        };
        !now.iter().all(known)
    }

    /// The comment that holds it, on one line.
    pub fn write(&self) -> String {
        let mut text = START.to_owned();
        let _ = match self.clear {
            Some(day) => write!(text, "clear={day}"),
            None => write!(text, "clear=-"),
        };
        let points: Vec<String> = self.points.iter().map(|p| written(*p)).collect();
        let open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        let _ = write!(text, " points={}", points.join(","));
        let _ = write!(text, " open={}{END}", open.join(","));
        text
    }
}

fn written(point: Point) -> String {
    let number = |number: u32| number.min(MOST);
    format!(
        "{}:{}:{}:{}",
        point.day,
        number(point.open),
        number(point.blocking),
        number(point.gaps)
    )
}

fn read(text: &str) -> Option<Memory> {
    let (before, rest) = text.split_once(START)?;
    let (inside, after) = rest.split_once(END)?;
    if inside.len() > LONGEST || before.contains(START) || after.contains(START) {
        return None;
    }
    let mut parts = inside.split(' ');
    let mut part = |name: &str| parts.next()?.strip_prefix(name);
    let clear = match part("clear=")? {
        "-" => None,
        day => Some(date(day)?),
    };
    let points = list(part("points=")?, MOST_POINTS, point)?;
    let ascending = points.is_sorted_by(|a, b| a.day < b.day);
    let open = list(part("open=")?, MOST_OPEN, matter)?;
    (ascending && parts.next().is_none()).then(|| Memory {
        clear,
        points,
        open: open.into_iter().collect(),
    })
}

fn list<T>(text: &str, most: usize, read: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    let list: Option<Vec<T>> = text.split(',').take(most + 1).map(read).collect();
    list.filter(|list| list.len() <= most)
}

/// `2026-11-21`, and in no other way.
fn date(text: &str) -> Option<Date> {
    let date: Date = text.parse().ok()?;
    (date.to_string() == text).then_some(date)
}

fn point(text: &str) -> Option<Point> {
    let mut parts = text.split(':');
    let day = date(parts.next()?)?;
    let mut number = || {
        let text = parts.next()?;
        let number: u32 = text.parse().ok()?;
        (number <= MOST && number.to_string() == text).then_some(number)
    };
    let point = Point {
        day,
        open: number()?,
        blocking: number()?,
        gaps: number()?,
    };
    parts.next().is_none().then_some(point)
}

fn matter(text: &str) -> Option<String> {
    let digits = text.strip_suffix('!').unwrap_or(text);
    let hex = |c: char| matches!(c, '0'..='9' | 'a'..='f');
    (digits.len() == 8 && digits.chars().all(hex)).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn point_of(text: &str, open: u32) -> Point {
        Point {
            day: day(text),
            open,
            blocking: 1,
            gaps: 0,
        }
    }

    fn open(matters: &[&str]) -> BTreeSet<String> {
        matters.iter().map(|m| (*m).to_owned()).collect()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let memory = Memory {
            clear: Some(day("2026-11-21")),
            points: vec![point_of("2026-11-01", 3), point_of("2026-11-02", 0)],
            open: open(&["0123abcd!", "00000000"]),
        };
        let text = format!("## Title\r\n\r\n{}\r\n", memory.write());
        assert_eq!(Memory::read(&text.into()), Recalled::Known(memory));
        let none = Memory::default();
        assert_eq!(Memory::read(&none.write().into()), Recalled::Known(none));
    }

    #[test]
    fn what_people_did_to_it_is_damage() {
        let whole = Memory {
            points: vec![point_of("2026-11-01", 3), point_of("2026-11-02", 0)],
            open: open(&["0123abcd"]),
            ..Memory::default()
        };
        let whole = whole.write();
        let swapped = whole.replace("2026-11-02:", "2026-10-02:");
        for damaged in [
            "",
            "the text is gone",
            &whole.repeat(2),
            &whole.replace(" -->", ""),
            &whole.replace("clear=-", "clear=never"),
            &whole.replace("points=", "points=,"),
            &whole.replace(":3:", ":-3:"),
            &whole.replace(":3:", ":03:"),
            &whole.replace(":3:", ":99999999:"),
            &whole.replace(":3:1:0", ":3:1"),
            &whole.replace(":3:1:0", ":3:1:0:0"),
            &whole.replace("2026-11-01", "2026-13-01"),
            &whole.replace("0123abcd", "0123ABCD"),
            &whole.replace("0123abcd", "\"]\nclick"),
            &whole.replace(" open", " more=1 open"),
            &whole.replace("0123abcd", &"0123abcd,".repeat(2000)),
            swapped.as_str(),
        ] {
            let read = Memory::read(&damaged.into());
            assert_eq!(read, Recalled::Damaged, "{damaged:.200}");
        }
    }

    #[test]
    fn the_last_scan_of_a_day_counts_and_old_ones_go() {
        let mut memory = Memory::default();
        for number in 1..=28 {
            memory.add(point_of(&format!("2026-10-{number:02}"), number));
            memory.add(point_of(&format!("2026-11-{number:02}"), number));
            memory.add(point_of(&format!("2026-10-{number:02}"), number + 1));
        }
        assert_eq!(
            memory.points.len(),
            28,
            "a clock that goes back starts anew"
        );
        for number in 1..=28 {
            memory.add(point_of(&format!("2026-12-{number:02}"), number));
        }
        assert_eq!(memory.points.len(), MOST_POINTS);
        assert_eq!(memory.points[0].day, day("2026-10-27"));
    }

    #[test]
    fn news_is_what_was_not_there_or_begins_to_stop_the_merge() {
        let memory = Memory {
            open: open(&["aaaaaaaa!", "bbbbbbbb"]),
            ..Memory::default()
        };
        for (now, news) in [
            (&["aaaaaaaa!"][..], false),
            (&["aaaaaaaa", "bbbbbbbb"], false),
            (&[], false),
            (&["bbbbbbbb!"], true),
            (&["cccccccc"], true),
        ] {
            assert_eq!(memory.lacks_any(&open(now)), news, "{now:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_can_make_it_large(text in ".{0,200}", inside in "[0-9:,=a-z !-]{0,300}") {
            for text in [text, format!("{START}{inside}{END}")] {
                if let Recalled::Known(memory) = Memory::read(&text.into()) {
                    prop_assert!(memory.points.len() <= MOST_POINTS);
                    prop_assert!(memory.open.len() <= MOST_OPEN);
                }
            }
        }
    }
}
