//! Files in which each line is an entry.

use super::entry::{Entry, Means};

/// The entries of a text.
pub fn read(text: &str, entry: fn(&str) -> Option<Entry>) -> Vec<Entry> {
    (1_u32..)
        .zip(text.lines())
        .filter_map(|(line, text)| {
            let body = text.trim();
            let entry = entry(body).filter(|_| !body.is_empty())?;
            Some(Entry { line, ..entry })
        })
        .collect()
}

/// A line that is not a comment, as it stands.
pub fn line(body: &str) -> Option<Entry> {
    (!body.starts_with('#')).then(|| Entry::hides(body))
}

/// A pattern as git reads them: one that begins with `!` takes files in again.
pub fn pattern(body: &str) -> Option<Entry> {
    let means = match body.starts_with('!') {
        true => Means::Guards,
        false => Means::Hides,
    };
    Some(Entry {
        means,
        ..line(body)?
    })
}
