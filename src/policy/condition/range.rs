//! Comparisons: `high`, `>=high`, `>=4, <7`.

use std::fmt;

/// How a value relates to the one that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `=`, or nothing.
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
    /// `<=`
    AtMost,
    /// `<`
    Below,
}

/// Spellings, the longer ones first.
const SPELLINGS: [(&str, Comparison); 5] = [
    (">=", Comparison::AtLeast),
    ("<=", Comparison::AtMost),
    (">", Comparison::Above),
    ("<", Comparison::Below),
    ("=", Comparison::Equal),
];

impl Comparison {
    /// Whether it is true of two values.
    pub fn holds<T: PartialOrd>(self, value: T, than: T) -> bool {
        match self {
            Self::Equal => value == than,
            Self::AtLeast => value >= than,
            Self::Above => value > than,
            Self::AtMost => value <= than,
            Self::Below => value < than,
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spelling = SPELLINGS.iter().find(|(_, comparison)| comparison == self);
        f.write_str(match (self, spelling) {
            (Self::Equal, _) | (_, None) => "",
            (_, Some((text, _))) => text,
        })
    }
}

/// Comparisons that must all be true; at least one.
#[derive(Debug, Clone, PartialEq)]
pub struct Range<T>(Vec<(Comparison, T)>);

impl<T: Copy> Range<T> {
    /// Reads the policy's spelling; `value` reads what follows the sign.
    pub fn parse(text: &str, value: impl Fn(&str) -> Option<T>) -> Option<Self> {
        let parts = text.split(',').map(|part| {
            let part = part.trim();
            let (comparison, word) = SPELLINGS
                .iter()
                .find_map(|(prefix, comparison)| Some((*comparison, part.strip_prefix(prefix)?)))
                .unwrap_or((Comparison::Equal, part));
            Some((comparison, value(word.trim())?))
        });
        parts.collect::<Option<Vec<_>>>().map(Self)
    }

    /// Whether each comparison is true, as `test` says.
    pub fn all(&self, test: impl Fn(Comparison, T) -> bool) -> bool {
        self.0
            .iter()
            .all(|(comparison, than)| test(*comparison, *than))
    }

    /// The values that it is written with.
    pub fn values(&self) -> impl Iterator<Item = T> {
        self.0.iter().map(|(_, value)| *value)
    }

    /// True when it asks for one value instead of a range of them.
    pub fn is_exact(&self) -> bool {
        self.0.iter().any(|(c, _)| *c == Comparison::Equal)
    }
}

impl<T: Copy + PartialOrd> Range<T> {
    /// Whether a value is in it.
    pub fn holds(&self, value: T) -> bool {
        self.all(|comparison, than| comparison.holds(value, than))
    }
}

impl<T: fmt::Display> fmt::Display for Range<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (comparison, value)) in self.0.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{comparison}{value}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    #[test]
    fn severities_compare_by_rank() {
        let holds = |text: &str, s| Range::parse(text, Severity::parse).unwrap().holds(s);
        assert!(holds(">=high", Severity::Critical));
        assert!(!holds(">high", Severity::High));
        assert!(holds("medium", Severity::Medium));
        assert!(holds("<= low", Severity::Info));
        assert!(!holds("<low", Severity::Low));
        assert!(holds(">=medium, <critical", Severity::High));
        assert!(!holds(">=medium, <critical", Severity::Critical));
        for wrong in ["moderate", "=>high", "", ">=high,", ",", ">="] {
            assert!(Range::parse(wrong, Severity::parse).is_none(), "{wrong}");
        }
    }

    #[test]
    fn they_are_shown_as_they_are_written() {
        for text in ["high", ">=low", "<critical", ">=low, <high"] {
            let range = Range::parse(text, Severity::parse).unwrap();
            assert_eq!(range.to_string(), text);
        }
    }
}
