//! The rules: what they are, how they are read, which are shipped.

mod file;
mod kinds;
mod shipped;

pub use file::{RuleError, parse};
pub use kinds::{Confidence, Finder, Rule, Severity};

use std::sync::LazyLock;

/// A set of rules with unique ids.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    all: Vec<Rule>,
}

impl Rules {
    /// Puts rules together.
    ///
    /// # Errors
    /// The first id that two rules have.
    pub fn new(mut all: Vec<Rule>) -> Result<Self, String> {
        all.sort_by(|a, b| a.id.cmp(&b.id));
        let twice = all
            .windows(2)
            .find(|pair| matches!(pair, [a, b] if a.id == b.id));
        match twice {
            Some([rule, ..]) => Err(rule.id.clone()),
            _ => Ok(Self { all }),
        }
    }

    /// The rules that lockgate ships, without their examples.
    pub fn shipped() -> &'static Self {
        static RULES: LazyLock<Rules> = LazyLock::new(|| Rules {
            all: shipped::rules(),
        });
        &RULES
    }

    /// Sorted by id.
    pub fn all(&self) -> &[Rule] {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_rules_are_there_and_sorted() {
        let rules = Rules::shipped().all();
        assert!(!rules.is_empty());
        assert!(rules.is_sorted_by(|a, b| a.id < b.id));
    }
}
