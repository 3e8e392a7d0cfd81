//! The rules that lockgate ships, as the build wrote them down.

use super::{Confidence, Finder, Rule, Severity};

/// A [`Rule`] without its examples.
struct Written {
    id: &'static str,
    provider: &'static str,
    description: &'static str,
    finder: WrittenFinder,
    entropy: f64,
    check: Option<&'static str>,
    severity: Severity,
    confidence: Confidence,
    revoke: &'static str,
}

/// A [`Finder`].
enum WrittenFinder {
    Regex {
        pattern: &'static str,
        keywords: &'static [&'static str],
    },
    Named {
        names: &'static [&'static str],
        values: &'static [&'static str],
        words: &'static [&'static str],
        within: usize,
    },
}

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

/// All of them, sorted by id.
pub(super) fn rules() -> Vec<Rule> {
    SHIPPED.iter().map(rule).collect()
}

fn rule(written: &Written) -> Rule {
    let finder = match written.finder {
        WrittenFinder::Regex { pattern, keywords } => Finder::Regex {
            pattern: pattern.to_owned(),
            keywords: owned(keywords),
        },
        WrittenFinder::Named {
            names,
            values,
            words,
            within,
        } => Finder::Named {
            names: owned(names),
            values: owned(values),
            words: owned(words),
            within,
        },
    };
    Rule {
        id: written.id.to_owned(),
        provider: written.provider.to_owned(),
        description: written.description.to_owned(),
        finder,
        entropy: written.entropy,
        check: written.check.map(str::to_owned),
        severity: written.severity,
        confidence: written.confidence,
        revoke: written.revoke.to_owned(),
        matches: Vec::new(),
        rejects: Vec::new(),
    }
}
