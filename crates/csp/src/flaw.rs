//! What is told.

use std::fmt::{Display, Formatter};
use std::ops::Range;

/// Names a rule for ever: `LG-CSP-201`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

impl Display for RuleId {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad it is on a production response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a line, nothing more.
    Info,
    /// A lesser protection is missing.
    Low,
    /// A protection is weaker than it looks.
    Medium,
    /// The policy does not do what it is there for.
    High,
    /// An attacker takes over; no rule of this crate alone says so.
    Critical,
}

/// One thing wrong, on the offending token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Which rule says so. Rules that are off unless a policy asks for them are told too:
    /// [`crate::rules::Rule::on`].
    pub rule: RuleId,
    /// Index into what was given.
    pub policy: usize,
    /// Bytes of that text: the offending token; for something missing, the policy.
    pub place: Range<usize>,
    /// On a production response; the rule's own unless the policy makes it worse or better.
    pub severity: Severity,
    /// Ours, but for tokens of the policy, which are quoted and cut to 80 characters.
    pub message: String,
    /// The token or directive as it should read.
    pub better: Option<String>,
}

/// The longest text of a policy in a message, in characters.
const LONGEST: usize = 80;

/// A token as a message shows it: cut, and without what would act on a terminal.
pub(crate) fn quoted(token: &str) -> String {
    let mut shown: String = token
        .chars()
        .take(LONGEST)
        .map(|c| {
            if acts(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if token.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// True for what is not seen but does something: controls, and marks of direction and width.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        || c == '`'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_cut_and_cannot_act() {
        assert_eq!(
            quoted("a\u{1b}[31m\u{202e}`"),
            "`a\u{fffd}[31m\u{fffd}\u{fffd}`"
        );
        let long = quoted(&"é".repeat(200));
        assert_eq!(long.chars().count(), 83);
        assert_eq!(quoted(&"x".repeat(80)).chars().count(), 82);
    }
}
