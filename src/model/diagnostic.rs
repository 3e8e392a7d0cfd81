//! Errors in a text that a person wrote: what is wrong, where, and the way out.

use super::text::Untrusted;
use std::ops::Range;

/// One error in a policy file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as the user named it.
    pub source: Untrusted,
    /// Its whole text, so that the line can be drawn.
    pub text: Untrusted,
    /// Bytes of the text that are wrong; clamped to the text when drawn.
    pub span: Range<usize>,
    /// What is wrong. May quote the file.
    pub message: Untrusted,
    /// What stands at the span, in a few words.
    pub label: String,
    /// The way out.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Line and column of the error's start, 1-based, columns in characters.
    pub fn position(&self) -> (usize, usize) {
        use super::text::Foreign as _;
        let before = self
            .text
            .raw()
            .get(..self.span.start)
            .unwrap_or(self.text.raw());
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}
