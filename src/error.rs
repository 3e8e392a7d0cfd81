//! Errors that end the program, and the exit codes.

use crate::model::{Untrusted, Verdict};

/// What an error means for the caller; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The command line cannot be carried out.
    Usage,
    /// The policy is wrong.
    Policy,
    /// What should be judged cannot be believed.
    Evidence,
    /// The verdict is there, but an output could not be delivered.
    Delivery,
    /// Our fault.
    Internal,
}

impl ErrorKind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage | Self::Policy => 2,
            Self::Evidence => 3,
            Self::Delivery => 4,
            Self::Internal => 5,
        }
    }
}

/// The exit code of a verdict that was delivered.
pub fn verdict_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Pass | Verdict::Warn => 0,
        Verdict::Block => 1,
        Verdict::Incomplete => 3,
    }
}

/// An error with a way out.
#[derive(Debug)]
pub struct Error {
    /// What it means for the caller.
    pub kind: ErrorKind,
    /// What is wrong, in our words.
    pub message: String,
    /// What it is about: a path, an operating system's words.
    pub detail: Option<Untrusted>,
    /// Ways out.
    pub hints: Vec<String>,
    /// A drawing that comes before the message: policy errors with their lines. Already escaped.
    pub drawing: Option<String>,
}

impl Error {
    /// An error without details.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            detail: None,
            hints: Vec::new(),
            drawing: None,
        }
    }

    /// A command line that cannot be carried out.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Adds what it is about.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Untrusted>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meaning_has_its_own_code() {
        let verdicts = [
            Verdict::Pass,
            Verdict::Warn,
            Verdict::Block,
            Verdict::Incomplete,
        ];
        assert_eq!(verdicts.map(verdict_code), [0, 0, 1, 3]);
        let kinds = [
            ErrorKind::Usage,
            ErrorKind::Policy,
            ErrorKind::Evidence,
            ErrorKind::Delivery,
            ErrorKind::Internal,
        ];
        assert_eq!(kinds.map(ErrorKind::exit_code), [2, 2, 3, 4, 5]);
    }
}
