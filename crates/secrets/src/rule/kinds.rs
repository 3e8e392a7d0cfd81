//! What a rule is.

/// How bad it is when such a secret gets out; the words of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a line, nothing more: an invented token.
    Info,
    /// Guesswork.
    Low,
    /// Grants little.
    Medium,
    /// Grants access in somebody's name.
    High,
    /// Grants control of an account or a production system.
    Critical,
}

/// How sure a rule is that what it fits is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Something is called a password and looks like one.
    Low,
    /// A provider's name beside a value of the right shape.
    Medium,
    /// A form that nothing else has.
    High,
}

/// How a rule finds its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finder {
    /// A regular expression over bytes. The secret is the group `secret`, else the first group, else
    /// all of it.
    Regex {
        /// Syntax of the `regex` crate, without Unicode classes.
        pattern: String,
        /// One of these stands in every match, in any case. Empty: derived from the pattern.
        keywords: Vec<String>,
    },
    /// A name, and within a short distance an operator or a quote and a value of one of these shapes.
    Named {
        /// In any case; `_`, `-`, `.` and space are optional between the parts of a name that is
        /// written with `_`.
        names: Vec<String>,
        /// Regular expressions for the whole value.
        values: Vec<String>,
        /// One of these stands, in any case, between the beginning of the identifier that holds the
        /// name and the value. Empty: only asked of values that could be a hash or a UUID, and then
        /// the usual ones (`key`, `token`, `secret` …) are. An empty word asks for nothing.
        words: Vec<String>,
        /// Bytes between the end of the identifier that holds the name and the value, at most; a run
        /// of white space counts as one.
        within: usize,
    },
}

/// One kind of secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Lower case, digits and `-`; unique.
    pub id: String,
    /// Who issues such secrets; empty for rules that know no provider.
    pub provider: String,
    /// What it is, in one line.
    pub description: String,
    /// How it is found.
    pub finder: Finder,
    /// Shannon entropy of the secret in bits for each byte, at least.
    pub entropy: f64,
    /// Name of the check in [`crate::verify`].
    pub check: Option<String>,
    /// When it leaks.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// What to do when it leaks: where to revoke it.
    pub revoke: String,
    /// Texts that the rule must find.
    pub matches: Vec<String>,
    /// Texts that it must not find.
    pub rejects: Vec<String>,
}

impl Rule {
    /// True for a rule that goes by names like `password` and knows no provider.
    pub fn is_generic(&self) -> bool {
        self.provider.is_empty()
    }
}
