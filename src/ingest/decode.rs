//! From the bytes of a file to the documents in it: JSON, several of it (one to a line), or XML.
//!
//! Real reports come in UTF-16 with a byte order mark (PowerShell's `>`), with log lines before
//! them (`2>&1`), with a tail of NUL bytes (preallocated files). Those are read where the content
//! is whole, and said. Nothing is ever salvaged from inside a broken document: the first inner
//! object of a truncated report is a perfectly valid document with no findings.

use super::shape::Shape;
use crate::model::{Problem, Untrusted};
use quick_xml::events::Event;
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;
use serde::Deserialize as _;
use std::borrow::Cow;
use std::ops::Range;

/// Different outlines of a sequence that are kept.
const MAX_OUTLINES: usize = 16;

/// What a file holds.
#[derive(Debug)]
pub struct Document<'a> {
    /// Its text, without anything before or after.
    pub text: Cow<'a, str>,
    /// Its outline.
    pub shape: Shape,
    /// Where each JSON document stands in the text; one, unless the outline is a sequence.
    pub parts: Vec<Range<usize>>,
    /// What had to be overlooked to read it.
    pub notes: Vec<Problem>,
}

/// Finds the documents.
///
/// # Errors
/// When there is none, or something is damaged.
pub fn document(bytes: &[u8]) -> Result<Document<'_>, Problem> {
    let mut notes = Vec::new();
    let text = decode(bytes, &mut notes)?;
    let trimmed = text.trim_end_matches('\0');
    if trimmed.len() < text.len() {
        notes.push(Problem::new(
            "nul-tail",
            "the file ends in NUL bytes after the report; they were ignored",
        ));
    }
    if trimmed.trim().is_empty() {
        return Err(Problem::new(
            "empty",
            "the report is empty: the scanner was killed or wrote its result elsewhere",
        ));
    }
    let found = locate(trimmed, &mut notes)?;
    let first = found.parts.first().map_or(0, |part| part.start);
    let end = found.parts.last().map_or(0, |part| part.end);
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(first..end).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(end);
            text.drain(..first);
            Cow::Owned(text)
        }
    };
    let parts = found.parts.into_iter();
    Ok(Document {
        text,
        shape: found.shape,
        parts: parts
            .map(|part| part.start - first..part.end - first)
            .collect(),
        notes,
    })
}

/// Bytes to text. Only encodings that can be told apart for certain are converted.
pub fn decode<'a>(bytes: &'a [u8], notes: &mut Vec<Problem>) -> Result<Cow<'a, str>, Problem> {
    match bytes {
        [0x1f, 0x8b, ..] => Err(Problem::new(
            "binary",
            "the file is gzip-compressed; give the uncompressed report",
        )),
        [b'P', b'K', 3 | 5, ..] => Err(Problem::new(
            "binary",
            "the file is a zip archive; give the report inside it",
        )),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes, "UTF-16LE", notes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes, "UTF-16BE", notes),
        // ASCII in UTF-16 without a mark: every JSON document starts with two ASCII characters.
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => {
            utf16(bytes, u16::from_le_bytes, "UTF-16LE", notes)
        }
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => {
            utf16(bytes, u16::from_be_bytes, "UTF-16BE", notes)
        }
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|e| {
        Problem::new(
            "encoding",
            format!(
                "the report is not valid UTF-8 (byte {}): it is damaged or in another encoding",
                e.valid_up_to()
            ),
        )
    })
}

fn utf16(
    bytes: &[u8],
    unit: fn([u8; 2]) -> u16,
    name: &str,
    notes: &mut Vec<Problem>,
) -> Result<Cow<'static, str>, Problem> {
    let damaged = || Problem::new("encoding", format!("the report is damaged {name}"));
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(damaged());
    }
    let units: Vec<u16> = pairs.iter().map(|pair| unit(*pair)).collect();
    let text = String::from_utf16(&units).map_err(|_| damaged())?;
    notes.push(Problem::new(
        "re-encoded",
        format!("the report is in {name}; it was converted"),
    ));
    Ok(Cow::Owned(text))
}

struct Found {
    parts: Vec<Range<usize>>,
    shape: Shape,
}

impl Found {
    fn one(range: Range<usize>, shape: Shape) -> Self {
        Self {
            parts: vec![range],
            shape,
        }
    }
}

/// Finds the first document that starts at the beginning of a line, and what follows it.
fn locate(text: &str, notes: &mut Vec<Problem>) -> Result<Found, Problem> {
    if text.trim_start().starts_with('<') {
        let start = text.len() - text.trim_start().len();
        let end = text.trim_end().len();
        let shape = xml_root(text.get(start..end).unwrap_or_default())?;
        return Ok(Found::one(start..end, shape));
    }
    let mut first_error = None;
    for start in line_starts(text) {
        let rest = text.get(start..).unwrap_or_default();
        match read_one(rest) {
            Ok((shape, length)) => {
                let before = text.get(..start).unwrap_or_default();
                if before.lines().any(is_damaged_line) {
                    return Err(Problem::new(
                        "not-json",
                        "the report is damaged: a line before its first whole one is cut JSON",
                    ));
                }
                if !before.trim().is_empty() {
                    notes.push(Problem::new(
                        "noise-before",
                        "there is other text before the report; it was ignored",
                    ));
                }
                let first = Found::one(start..start + length, shape);
                return following(text, first, notes);
            }
            // `[main] INFO …`: a log line, when it already fails on its own line.
            Err(e) if is_log_line(rest, &e) => {
                first_error.get_or_insert(e);
            }
            Err(e) => return Err(broken(&e)),
        }
    }
    // `null`, `true`, `"text"`: valid JSON, but no report of any tool.
    if let Ok(shape) = serde_json::from_str::<Shape>(text.trim()) {
        let start = text.len() - text.trim_start().len();
        return Ok(Found::one(start..start + text.trim().len(), shape));
    }
    match first_error {
        Some(e) => Err(broken(&e)),
        None => Err(
            Problem::new("not-json", "the report is text, neither JSON nor XML")
                .detail(first_line(text)),
        ),
    }
}

fn is_log_line(rest: &str, e: &serde_json::Error) -> bool {
    rest.starts_with('[') && e.line() == 1 && !e.is_eof()
}

/// The rest of an object on one line: in a sequence, a first line that lost its start must not
/// pass for a log line.
fn is_damaged_line(line: &str) -> bool {
    let line = line.trim();
    line.ends_with('}') && line.contains("\":") && !line.contains(": {") && !line.contains(" {")
}

/// The root element of an XML document.
fn xml_root(text: &str) -> Result<Shape, Problem> {
    let html = || {
        Problem::new(
            "not-json",
            "the report is HTML, not JSON or XML: an error page, or another output format",
        )
    };
    let mut reader = NsReader::from_str(text);
    loop {
        match reader.read_resolved_event() {
            Ok((_, Event::DocType(doctype)))
                if doctype.to_ascii_lowercase().starts_with("html") =>
            {
                return Err(html());
            }
            Ok((namespace, Event::Start(start) | Event::Empty(start))) => {
                let root = start.local_name().as_ref().to_owned();
                if root.eq_ignore_ascii_case("html") {
                    return Err(html());
                }
                let namespace = match namespace {
                    ResolveResult::Bound(Namespace(name)) => name.to_owned(),
                    _ => String::new(),
                };
                return Ok(Shape::Xml { root, namespace });
            }
            Ok((_, Event::Eof)) => {
                return Err(Problem::new("truncated", "the XML report has no element"));
            }
            Ok(_) => {}
            Err(e) => {
                return Err(
                    Problem::new("not-xml", "the report is not valid XML").detail(e.to_string())
                );
            }
        }
    }
}

/// Offsets of every `{` or `[` that only white space precedes on its line.
fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    let mut offset = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let start = offset;
        offset += line.len();
        let body = line.trim_start();
        body.starts_with(['{', '['])
            .then(|| start + line.len() - body.len())
    })
}

/// Reads one value from the start of the text; returns its outline and length.
fn read_one(text: &str) -> Result<(Shape, usize), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let shape = Shape::deserialize(&mut deserializer)?;
    let stream = deserializer.into_iter::<serde::de::IgnoredAny>();
    let length = stream.byte_offset();
    Ok((shape, length))
}

/// Further documents after the first one; what follows the last may be log lines, but nothing that
/// looks like a damaged report.
fn following(text: &str, first: Found, notes: &mut Vec<Problem>) -> Result<Found, Problem> {
    let Found { mut parts, shape } = first;
    let mut shapes = vec![shape];
    loop {
        let end = parts.last().map_or(0, |part| part.end);
        let rest = text.get(end..).unwrap_or_default();
        let body = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\0');
        if body.is_empty() {
            break;
        }
        if body.starts_with(['{', '[']) {
            match read_one(body) {
                Ok((shape, length)) => {
                    let start = end + rest.len() - body.len();
                    parts.push(start..start + length);
                    if shapes.len() < MAX_OUTLINES && !shapes.contains(&shape) {
                        shapes.push(shape);
                    }
                    continue;
                }
                Err(e) if is_log_line(body, &e) => {}
                Err(e) => return Err(broken(&e)),
            }
        } else if body.starts_with(['"', ',', ']', '}']) {
            return Err(Problem::new(
                "not-json",
                "the report is damaged: more JSON follows its end",
            ));
        }
        let hidden = |start: usize| read_one(body.get(start..).unwrap_or_default()).is_ok();
        if line_starts(body).any(hidden) {
            return Err(second_document());
        }
        notes.push(Problem::new(
            "noise-after",
            "there is other text after the report; it was ignored",
        ));
        break;
    }
    let shape = match (shapes.pop(), parts.len()) {
        (Some(shape), 1) => shape,
        (last, _) => Shape::Sequence(shapes.into_iter().chain(last).collect()),
    };
    Ok(Found { parts, shape })
}

/// Two reports of one tool in one file.
pub fn second_document() -> Problem {
    Problem::new(
        "second-document",
        "the file holds more than one report: a run was appended (`>>`) to an older one",
    )
}

fn broken(e: &serde_json::Error) -> Problem {
    if e.is_eof() {
        Problem::new(
            "truncated",
            format!(
                "the report breaks off at line {}, column {}: the scanner was stopped while writing",
                e.line(),
                e.column()
            ),
        )
    } else {
        Problem::new(
            "not-json",
            format!(
                "the report is not valid JSON at line {}, column {}",
                e.line(),
                e.column()
            ),
        )
        .detail(category(e))
    }
}

/// The parser's words without the position, which is already said.
fn category(e: &serde_json::Error) -> Untrusted {
    let text = e.to_string();
    Untrusted::new(text.split(" at line ").next().unwrap_or_default())
}

fn first_line(text: &str) -> Untrusted {
    let line = text.trim().lines().next().unwrap_or_default();
    Untrusted::new(line.chars().take(120).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> &'static str {
        document(bytes).unwrap_err().code
    }

    fn noted(bytes: &[u8]) -> (String, Vec<&'static str>) {
        let doc = document(bytes).unwrap();
        let notes = doc.notes.iter().map(|n| n.code).collect();
        (doc.text.into_owned(), notes)
    }

    #[test]
    fn damage_is_named() {
        assert_eq!(code(b""), "empty");
        assert_eq!(code(b" \n\0\0"), "empty");
        assert_eq!(code(b"{\"results\": [{\"a\": 1}"), "truncated");
        assert_eq!(code(b"{\"a\": nope}"), "not-json");
        assert_eq!(code(b"<html>502</html>"), "not-json");
        assert_eq!(code(b"Usage: trivy config"), "not-json");
        assert_eq!(code(b"\x1f\x8b\x08"), "binary");
        assert_eq!(code(b"{\"a\": \"\xe9\"}"), "encoding");
        assert_eq!(code(b"{\"a\":1}\nlog\n{\"a\":1}"), "second-document");
        assert_eq!(code(b"{\"a\":1}\n{\"a\":"), "truncated");
        assert_eq!(code(b"<?xml version='1.0'?>"), "truncated");
        assert_eq!(code(b"{\"a\":1}}"), "not-json");
    }

    #[test]
    fn a_truncated_report_is_not_salvaged_from_within() {
        let text = b"{\"results\": [\n{\"test_id\": \"B101\"},\n{\"test_id\":";
        assert_eq!(code(text), "truncated");
    }

    #[test]
    fn whole_reports_in_odd_clothes_are_read() {
        let json = r#"{"a":1}"#.to_owned();
        assert_eq!(noted(b"{\"a\":1}\n"), (json.clone(), vec![]));
        assert_eq!(noted(b"\xef\xbb\xbf{\"a\":1}"), (json.clone(), vec![]));
        let le: Vec<u8> = "\u{feff}{\"a\":1}"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(noted(&le), (json.clone(), vec!["re-encoded"]));
        let be: Vec<u8> = "{\"a\":1}"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(noted(&be), (json.clone(), vec!["re-encoded"]));
        assert_eq!(
            noted(b"[main]\tINFO\tprofile\n{\"a\":1}\nFound 3 problems\n\0\0"),
            (json, vec!["nul-tail", "noise-before", "noise-after"])
        );
    }

    #[test]
    fn documents_that_follow_each_other_are_a_sequence() {
        let text = b"warning: x\n{\"a\":1}\n{\"b\":1}\n\0{\"a\":2}\n";
        let doc = document(text).unwrap();
        assert!(matches!(&doc.shape, Shape::Sequence(shapes) if shapes.len() == 2));
        let parts: Vec<&str> = doc
            .parts
            .iter()
            .filter_map(|p| doc.text.get(p.clone()))
            .collect();
        assert_eq!(parts, [r#"{"a":1}"#, r#"{"b":1}"#, r#"{"a":2}"#]);
    }

    #[test]
    fn xml_is_known_by_its_root() {
        let doc = document(b"<?xml version='1.0'?>\n<b:bom xmlns:b='urn:x'/>\n").unwrap();
        assert!(doc.shape.is_xml("bom"));
        assert!(matches!(&doc.shape, Shape::Xml { namespace, .. } if namespace == "urn:x"));
    }

    #[test]
    fn deep_nesting_is_an_error_not_a_crash() {
        let text = "[".repeat(200_000);
        assert!(document(text.as_bytes()).is_err());
        let text = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = document(text.as_bytes());
    }
}
