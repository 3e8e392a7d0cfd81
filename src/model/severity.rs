//! How bad a finding is, and how sure its scanner was.

use std::fmt;

/// Ranked severity. "The scanner gave none" is `Option::None`, never a rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, not a risk by itself.
    Info,
    /// CVSS 0.1–3.9.
    Low,
    /// CVSS 4.0–6.9.
    Medium,
    /// CVSS 7.0–8.9.
    High,
    /// CVSS 9.0–10.0.
    Critical,
}

impl Severity {
    /// All ranks, lowest first.
    pub const ALL: [Self; 5] = [
        Self::Info,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Critical,
    ];

    /// The word used in policies and outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Reads one of lockgate's own words; case matters, because policies are exact.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// The band that a CVSS base score falls into (CVSS v3.1 specification, section 5; v4.0 keeps
    /// it). `None` for 0.0, for numbers outside 0–10 and for NaN: those mean "no score".
    pub fn from_score(score: f64) -> Option<Self> {
        match score {
            s if !(s > 0.0 && s <= 10.0) => None,
            s if s >= 9.0 => Some(Self::Critical),
            s if s >= 7.0 => Some(Self::High),
            s if s >= 4.0 => Some(Self::Medium),
            _ => Some(Self::Low),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// How sure the scanner was that this is a problem at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// Likely to be a false alarm.
    Low,
    /// Undecided.
    Medium,
    /// Very likely real.
    High,
}

impl Confidence {
    /// All of them, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word used in policies and outputs; the same three that SARIF's `precision` uses on GitHub.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads a word of a policy.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.word() == word)
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_outside_the_scale_are_no_severity() {
        for score in [0.0, -1.0, 10.1, 11.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Severity::from_score(score), None, "{score}");
        }
    }

    #[test]
    fn bands_begin_where_cvss_says() {
        let bands = [
            (0.1, Severity::Low),
            (3.9, Severity::Low),
            (4.0, Severity::Medium),
            (6.9, Severity::Medium),
            (7.0, Severity::High),
            (8.9, Severity::High),
            (9.0, Severity::Critical),
            (10.0, Severity::Critical),
        ];
        for (score, band) in bands {
            assert_eq!(Severity::from_score(score), Some(band), "{score}");
        }
    }
}
