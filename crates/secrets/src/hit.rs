//! What the scan finds.

use crate::place::Position;
use crate::rule::{Confidence, Severity};
use std::ops::Range;

/// A credential. No `Debug`, no `Display`, no `Serialize`: it can be compared and measured, not shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Secret(Box<[u8]>);

impl Secret {
    /// Takes hold of bytes that must never be shown.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// For checksums, entropy, and telling whether two places hold the same secret; never for output.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

/// How a secret was written down, when not plainly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// RFC 4648, both alphabets.
    Base64,
    /// Two hexadecimal digits for each byte.
    Hex,
    /// RFC 3986.
    Percent,
    /// `\u0041`, `\u{41}` or `\x41`, as in JSON and JavaScript.
    Escape,
    /// Two bytes for each character, either order.
    Utf16,
}

/// What the secret's own form says of it, without asking anybody.
///
/// The texts are ours, but for a few words that a format states in public (an account's number, a
/// project's id), of which only letters, digits and `-_.@` are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The format has nothing that could be verified.
    None,
    /// The structure is right, which that of an invented one may be too; with what it states, such as
    /// the account's number.
    Shaped(String),
    /// A checksum is right: nobody writes that by chance. With what is known besides; may be empty.
    Passed(String),
    /// Checksum or structure are right, but who holds it alone can do little: encrypted, expired, made to be public.
    Limited {
        /// Why.
        reason: String,
        /// The finding's severity is this at most.
        at_most: Severity,
    },
    /// They are wrong: invented, or cut; with the reason.
    Failed(String),
}

/// A comment on the line that says the secret may stand there. It is told and changes nothing: the
/// policy decides whether it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Allow {
    /// The comment's words, one of [`crate::ALLOW_COMMENTS`].
    pub words: &'static str,
}

/// One place where one rule fits.
pub struct Hit {
    /// Index into [`crate::Rules::all`].
    pub rule: usize,
    /// The other rules that fit the same bytes, less specific or less sure; sorted.
    pub also: Vec<usize>,
    /// Where the secret stands, in bytes of the file as it was given. For an encoded one, the
    /// encoded text.
    pub place: Range<usize>,
    /// Where it begins, for people.
    pub start: Position,
    /// Just behind it.
    pub end: Position,
    /// How it was encoded, outermost first; empty when it stands there plainly.
    pub encodings: Vec<Encoding>,
    /// The secret itself, decoded.
    pub secret: Secret,
    /// Offline verification.
    pub proof: Proof,
    /// The rule's, or lower when something speaks against it.
    pub severity: Severity,
    /// The same.
    pub confidence: Confidence,
    /// A comment on its line.
    pub allowed_by: Option<Allow>,
}

/// What of a file was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    /// More encoded text than [`crate::decode::budget`] lets be decoded; the rest was searched as it
    /// stands.
    Decoding,
    /// Encoded more often than [`crate::decode::DEPTH`] times.
    Depth,
    /// More than [`crate::MOST_HITS`] hits; the later ones were left out.
    Hits,
}

impl Gap {
    /// One sentence for the run's health.
    pub fn text(self) -> &'static str {
        match self {
            Self::Decoding => "holds more encoded text than is decoded",
            Self::Depth => "holds text that is encoded more than three times over",
            Self::Hits => "has more matches than are reported for one file",
        }
    }
}

/// All that is known of a file.
#[derive(Default)]
pub struct Scanned {
    /// In the order of places.
    pub hits: Vec<Hit>,
    /// What was cut; empty when every byte was looked at. Sorted, each once.
    pub gaps: Vec<Gap>,
}
