//! What the line around a match says.

use super::{Dropped, Found};

/// Bytes looked at on each side; a line that is longer is written by a machine.
const REACH: usize = 600;

/// Bytes of base64 before a match that make it a part of data: longer than any token.
const DATA: usize = 200;

/// The part of the line before the secret, at most [`REACH`] bytes.
pub(super) fn before<'a>(found: &Found<'a>) -> &'a [u8] {
    let end = found.secret.start;
    let part = found
        .text
        .get(end.saturating_sub(REACH)..end)
        .unwrap_or_default();
    part.rsplit(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default()
}

/// The part of the line behind the secret, at most [`REACH`] bytes.
pub(super) fn after<'a>(found: &Found<'a>) -> &'a [u8] {
    let start = found.secret.end;
    let end = found.text.len().min(start.saturating_add(REACH));
    let part = found.text.get(start..end).unwrap_or_default();
    part.split(|byte| matches!(byte, b'\n' | b'\r'))
        .next()
        .unwrap_or_default()
}

/// Whether a text holds a word, in any case.
pub(super) fn has(text: &[u8], word: &str) -> bool {
    text.windows(word.len())
        .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// Marks of what machines write: a picture in a `data:` URL, a source map, an integrity string.
const IMAGES: &[&str] = &[
    "data:image",
    "data:font",
    ";base64,",
    "\"mappings\"",
    "sourcemappingurl",
];
const DIGESTS: &[&str] = &[
    "sha1-",
    "sha256-",
    "sha384-",
    "sha512-",
    "sha256:",
    "sha512:",
    "integrity",
    "checksum",
    "sha256sum",
];

/// The value is a part of an image, a source map or an integrity string.
pub(super) fn machine(found: &Found<'_>) -> Result<(), Dropped> {
    let before = before(found);
    let near = before
        .get(before.len().saturating_sub(64)..)
        .unwrap_or_default();
    if IMAGES.iter().any(|mark| has(near, mark)) {
        return Err(Dropped::Machine);
    }
    if DIGESTS.iter().any(|mark| has(near, mark)) {
        return Err(Dropped::Digest);
    }
    Ok(())
}

/// The match is a part of a long run of base64: letters that happen to look like a token.
pub(super) fn is_inside_data(found: &Found<'_>) -> bool {
    let is_data = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let start = found.secret.start;
    let lead = found
        .text
        .get(start.saturating_sub(DATA)..start)
        .unwrap_or_default();
    lead.len() == DATA && lead.iter().all(|byte| is_data(&byte))
}

/// The line is longer than anybody writes.
pub(super) fn is_minified(found: &Found<'_>) -> bool {
    before(found).len() >= REACH || after(found).len() >= REACH
}
