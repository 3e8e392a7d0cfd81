//! Who found it, and by which rule.

use super::severity::{Confidence, Severity};
use super::text::{Foreign, Untrusted};
use std::fmt;
use std::sync::Arc;

/// The name of a scanner in policies and outputs: `bandit`, `npm-audit`. An open set; only
/// `[a-z0-9]` and single inner `-`, at most 64 characters, so it can be shown anywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScannerId(Arc<str>);

impl ScannerId {
    /// The scanner of the judged change itself: what it adds that silences the others. It says
    /// nothing about the project.
    pub const SUPPRESSIONS: &str = "suppressions";

    /// lockgate's own search for secrets.
    pub const SECRETS: &str = "secrets";

    /// lockgate's own look at content security policies and other headers of responses.
    pub const CSP: &str = "csp";

    /// lockgate's own look at settings that do not belong in production.
    pub const HARDENING: &str = "hardening";

    /// The scanners that lockgate has itself, and that need no report.
    pub const OWN: [&str; 3] = [Self::CSP, Self::HARDENING, Self::SECRETS];

    /// Whether this is one of [`Self::OWN`].
    pub fn is_own(&self) -> bool {
        Self::OWN.contains(&self.as_str())
    }

    /// Accepts a name that is already in the right form.
    pub fn new(name: &str) -> Option<Self> {
        let id = Self::slug(name)?;
        (id.as_str() == name).then_some(id)
    }

    /// A name that stands in lockgate's own code. Tests over the tables check that each is valid.
    pub fn literal(name: &'static str) -> Self {
        debug_assert!(Self::new(name).is_some(), "{name} is no scanner name");
        Self(name.into())
    }

    /// Makes a scanner name out of a tool's own name: `CodeQL command-line toolchain` becomes
    /// `codeql-command-line-toolchain`. `None` when no letter or digit is left.
    pub fn slug(name: &str) -> Option<Self> {
        let mut out = String::new();
        for c in name.chars() {
            if c.is_ascii_alphanumeric() {
                out.push(c.to_ascii_lowercase());
            } else if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
            if out.len() >= 64 {
                break;
            }
        }
        let out = out.trim_end_matches('-');
        (!out.is_empty()).then(|| Self(out.into()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScannerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A scanner's name for one of its rules: `B602`, `DS002`, `CVE-2020-8203`. Foreign text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// Takes the scanner's name; an empty one becomes `unnamed`, because SARIF needs a name.
    pub fn new(id: &str) -> Self {
        match id.trim() {
            "" => Self("unnamed".into()),
            id => Self(id.into()),
        }
    }
}

impl Foreign for RuleId {
    fn raw(&self) -> &str {
        &self.0
    }
}

/// What a scanner says about one of its rules, apart from single findings.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleInfo {
    /// One line that names the weakness.
    pub title: Untrusted,
    /// Longer text, when the report holds one.
    pub description: Option<Untrusted>,
    /// Where to read more.
    pub help_url: Option<Untrusted>,
    /// Weaknesses by CWE number, ascending.
    pub cwe: Vec<u32>,
    /// The severity that the rule has when a finding does not say otherwise. A finding of another
    /// severity gets a rule of its own in SARIF, where severity belongs to the rule.
    pub severity: Option<Severity>,
    /// How often the rule is right.
    pub confidence: Option<Confidence>,
}

impl RuleInfo {
    /// A rule of which only the title is known.
    pub fn titled(title: impl Into<Untrusted>) -> Self {
        Self {
            title: title.into(),
            description: None,
            help_url: None,
            cwe: Vec::new(),
            severity: None,
            confidence: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scanner_names_are_slugs() {
        let slug = |t: &str| ScannerId::slug(t).map(|s| s.to_string());
        assert_eq!(
            slug("CodeQL command-line toolchain"),
            Some("codeql-command-line-toolchain".into())
        );
        assert_eq!(slug("  ESLint (security) "), Some("eslint-security".into()));
        assert_eq!(slug("::error::"), Some("error".into()));
        assert_eq!(slug("…"), None);
        assert!(ScannerId::new("npm-audit").is_some());
        assert!(ScannerId::new("npm audit").is_none());
    }
}
