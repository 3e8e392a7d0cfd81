//! What `lockgate policy check` says about waivers.

use crate::edge::{clock, terminal};
use crate::error::{Error, ErrorKind};
use crate::escape;
use crate::model::NoteCode;
use crate::policy::{Policy, waiver_notes};

/// Lines that are shown.
const MOST: usize = 50;

/// Tells what the policy alone shows, on standard error.
///
/// # Errors
/// When a waiver does not hold because it is too long: whoever wrote it means something else.
pub fn tell(policy: &Policy) -> Result<(), Error> {
    let mut notes = waiver_notes(policy, clock::today(), None);
    notes.sort_by_key(|note| note.code);
    let too_long = notes.iter().any(|note| note.code == NoteCode::TooLong);
    for note in notes.iter().take(MOST) {
        terminal::err(&format!(
            "note: {}:{}: {}: {} (owner {})\n",
            escape::terminal(&note.source),
            note.line,
            escape::terminal(&note.subject),
            note.text,
            escape::terminal(&note.owner),
        ));
    }
    if let more @ 1.. = notes.len().saturating_sub(MOST) {
        terminal::err(&format!("note: and {more} more\n"));
    }
    match too_long {
        true => Err(Error::new(
            ErrorKind::Policy,
            "a waiver is longer than `max-days` of `[waivers]` allows, and would not hold",
        )
        .hint("give it an earlier end")),
        false => Ok(()),
    }
}
