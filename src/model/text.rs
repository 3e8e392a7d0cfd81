//! Text from outside, and secrets: types that cannot be shown by accident.

use std::fmt;

/// Text that somebody outside lockgate chose: report contents, file names, branch names.
///
/// It has no `Display`, so it cannot be formatted into an output. [`crate::escape`] holds one
/// function per sink, and those are the only way out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Untrusted(Box<str>);

impl Untrusted {
    /// Wraps foreign text. Nothing is changed: escaping belongs to the sink.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// What it says beyond another text that it begins with; all of it when it begins otherwise.
    pub fn beyond(&self, start: &Self) -> Self {
        Self::new(self.0.strip_prefix(&*start.0).unwrap_or(&self.0).trim())
    }

    /// What stands before a mark and behind it, where the mark is.
    pub fn parted(&self, mark: &str) -> Option<(Self, Self)> {
        let (before, behind) = self.0.split_once(mark)?;
        Some((Self::new(before), Self::new(behind)))
    }

    /// True when there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Values that carry foreign text and therefore must be escaped for the sink that shows them.
///
/// `raw` is for comparing, parsing and escaping. The architecture test keeps it out of `report/`.
pub trait Foreign {
    /// The text as it came.
    fn raw(&self) -> &str;
}

impl Foreign for Untrusted {
    fn raw(&self) -> &str {
        &self.0
    }
}

impl<T: Foreign + ?Sized> Foreign for &T {
    fn raw(&self) -> &str {
        (**self).raw()
    }
}

/// Escaped, so that a debug line in a log cannot forge a workflow command either.
impl fmt::Debug for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted({:?})", &self.0)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// A credential, or text that may hold one. No `Debug`, no `Display`, no `Serialize`.
///
/// All that can be had of it is a [`Redacted`].
pub struct Secret(Box<str>);

impl Secret {
    /// Takes hold of text that must never be shown.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// What may be said about the secret: which kind it is and how long. Not one character of it
    /// survives, because a few characters are enough to confirm a guess.
    pub fn redact(self, kind: impl Into<Untrusted>) -> Redacted {
        Redacted {
            kind: kind.into(),
            length: self.0.chars().count(),
        }
    }
}

/// What is left of a [`Secret`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// What kind of secret, in the scanner's words.
    pub kind: Untrusted,
    /// Length of the withheld text, in characters.
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_untrusted_text_cannot_start_a_line() {
        let text = Untrusted::new("a\n::error::forged");
        assert_eq!(format!("{text:?}"), r#"Untrusted("a\n::error::forged")"#);
    }

    #[test]
    fn a_redacted_secret_holds_no_character_of_it() {
        let redacted = Secret::new("hunter2hunter2").redact("password");
        assert_eq!(redacted.length, 14);
        assert!(!format!("{redacted:?}").contains("hunter"));
    }
}
