//! From the bytes of a file to the one JSON document in it.
//!
//! Real reports come in UTF-16 with a byte order mark (PowerShell's `>`), with log lines before
//! them (`2>&1`), with a tail of NUL bytes (preallocated files). Those are read where the content
//! is whole, and said. Nothing is ever salvaged from inside a broken document: the first inner
//! object of a truncated report is a perfectly valid document with no findings.

use super::shape::Shape;
use crate::model::{Problem, Untrusted};
use serde::Deserialize as _;
use std::borrow::Cow;

/// The one JSON document of a file.
#[derive(Debug)]
pub struct Document<'a> {
    /// Its text, without anything before or after.
    pub text: Cow<'a, str>,
    /// Its outline.
    pub shape: Shape,
    /// What had to be overlooked to read it.
    pub notes: Vec<Problem>,
}

/// Finds the document.
///
/// # Errors
/// When there is none, it is damaged, or there is more than one.
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
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(found.range.clone()).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.truncate(found.range.end);
            text.drain(..found.range.start);
            Cow::Owned(text)
        }
    };
    Ok(Document {
        text,
        shape: found.shape,
        notes,
    })
}

/// Bytes to text. Only encodings that can be told apart for certain are converted.
fn decode<'a>(bytes: &'a [u8], notes: &mut Vec<Problem>) -> Result<Cow<'a, str>, Problem> {
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
    range: std::ops::Range<usize>,
    shape: Shape,
}

/// Finds the first document that starts at the beginning of a line.
fn locate(text: &str, notes: &mut Vec<Problem>) -> Result<Found, Problem> {
    let mut first_error = None;
    for start in line_starts(text) {
        let rest = text.get(start..).unwrap_or_default();
        match read_one(rest) {
            Ok((shape, length)) => {
                let range = start..start + length;
                if !text.get(..start).unwrap_or_default().trim().is_empty() {
                    notes.push(Problem::new(
                        "noise-before",
                        "there is other text before the report; it was ignored",
                    ));
                }
                check_rest(rest.get(length..).unwrap_or_default(), notes)?;
                return Ok(Found { range, shape });
            }
            // `[main] INFO …`: a log line, when it already fails on its own line.
            Err(e) if rest.starts_with('[') && e.line() == 1 && !e.is_eof() => {
                first_error.get_or_insert(e);
            }
            Err(e) => return Err(broken(&e)),
        }
    }
    // `null`, `true`, `"text"`: valid JSON, but no report of any tool.
    if let Ok(shape) = serde_json::from_str::<Shape>(text.trim()) {
        let start = text.len() - text.trim_start().len();
        let range = start..start + text.trim().len();
        return Ok(Found { range, shape });
    }
    match first_error {
        Some(e) => Err(broken(&e)),
        None if text.trim_start().starts_with('<') => Err(Problem::new(
            "not-json",
            "the report is HTML or XML, not JSON: an error page, or another output format",
        )),
        None => {
            Err(Problem::new("not-json", "the report is text, not JSON").detail(first_line(text)))
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

/// What follows the document may be log lines, but not another document: appended runs.
fn check_rest(rest: &str, notes: &mut Vec<Problem>) -> Result<(), Problem> {
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    if rest.is_empty() {
        return Ok(());
    }
    for start in line_starts(rest) {
        if read_one(rest.get(start..).unwrap_or_default()).is_ok() {
            return Err(Problem::new(
                "second-document",
                "the file holds more than one report: a run was appended (`>>`) to an older one",
            ));
        }
    }
    if rest.starts_with(['{', '[', '"', ',', ']', '}']) {
        return Err(Problem::new(
            "not-json",
            "the report is damaged: more JSON follows its end",
        ));
    }
    notes.push(Problem::new(
        "noise-after",
        "there is other text after the report; it was ignored",
    ));
    Ok(())
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
        assert_eq!(code(b"{\"a\":1}\n{\"a\":1}"), "second-document");
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
    fn deep_nesting_is_an_error_not_a_crash() {
        let text = "[".repeat(200_000);
        assert!(document(text.as_bytes()).is_err());
        let text = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
        let _ = document(text.as_bytes());
    }
}
