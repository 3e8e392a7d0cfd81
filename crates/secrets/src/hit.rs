//! What the scan finds.

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
    /// `\u0041`, as in JSON and JavaScript.
    Escape,
    /// Two bytes for each character, either order.
    Utf16,
}

/// What the secret's own form says of it, without asking anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// The format has nothing that could be verified.
    None,
    /// Checksum or structure are right; what is known besides, such as the account's number.
    Passed(String),
    /// They are wrong: invented, or cut; with the reason.
    Failed(String),
}

/// One place where one rule fits.
pub struct Hit {
    /// Index into [`crate::Rules::all`].
    pub rule: usize,
    /// Where the secret stands, in bytes of the file as it was given. For an encoded one, the
    /// encoded text.
    pub place: Range<usize>,
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
}
