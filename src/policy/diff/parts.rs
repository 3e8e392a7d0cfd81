//! In what two conditions differ, fact by fact, in words.

use super::relation::{Relation, is_simple, relation};
use crate::model::{Confidence, Foreign as _, Severity, Untrusted};
use crate::policy::condition::{Condition, Range};
use std::collections::BTreeSet;

/// Words of a list that are shown.
const MOST_WORDS: usize = 8;

/// One difference.
#[derive(Debug, PartialEq)]
pub struct Part {
    /// Which way it goes.
    pub relation: Relation,
    /// The end of a sentence on a gate, with a `…` for each of the words, and `{}` for what the gate
    /// does.
    pub text: String,
    /// The words.
    pub words: Vec<Untrusted>,
}

impl Part {
    /// The end of the sentence, given what the gate does: `blocks`, `warns of`, `allows`.
    pub fn says(&self, verb: &str) -> String {
        self.text.replace("{}", verb)
    }
}

/// All differences between two conditions that are not the same.
pub fn differences(before: &Condition, after: &Condition) -> Vec<Part> {
    let (old, new) = (before.clauses(), after.clauses());
    let left: Vec<&Condition> = old.iter().copied().filter(|c| !new.contains(c)).collect();
    let right: Vec<&Condition> = new.iter().copied().filter(|c| !old.contains(c)).collect();
    let once = |list: &[&Condition]| {
        let keys: BTreeSet<&str> = list.iter().map(|c| c.key()).collect();
        keys.len() == list.len() && list.iter().all(|c| is_simple(c))
    };
    if !once(&left) || !once(&right) {
        return vec![Part {
            relation: relation(before, after),
            text: "{} something else: its condition is another one".to_owned(),
            words: Vec::new(),
        }];
    }
    let of = |list: &[&'_ Condition], key: &str| list.iter().position(|c| c.key() == key);
    let keys: BTreeSet<&str> = left.iter().chain(&right).map(|c| c.key()).collect();
    let part = |key: &str| {
        let old = of(&left, key).and_then(|at| left.get(at).copied());
        let new = of(&right, key).and_then(|at| right.get(at).copied());
        match (old, new) {
            (Some(old), Some(new)) => changed(key, old, new),
            (Some(old), None) => Some(one(Relation::Wider, "no longer asks for", key, old)),
            (None, Some(new)) => Some(one(Relation::Narrower, "now only {}", key, new)),
            (None, None) => None,
        }
    };
    keys.into_iter().filter_map(part).collect()
}

fn one(relation: Relation, does: &str, key: &str, condition: &Condition) -> Part {
    Part {
        relation,
        text: format!("{does} {key} …"),
        words: vec![listed(condition.wanted())],
    }
}

fn changed(key: &str, old: &Condition, new: &Condition) -> Option<Part> {
    let relation = relation(old, new);
    let (was, is) = (words(old), words(new));
    let without = |list: &[Untrusted], other: &[Untrusted]| -> Vec<Untrusted> {
        let other: BTreeSet<&Untrusted> = other.iter().collect();
        list.iter()
            .filter(|word| !other.contains(word))
            .cloned()
            .collect()
    };
    let (gone, more) = (without(&was, &is), without(&is, &was));
    let (text, words) = match relation {
        Relation::Same => return None,
        Relation::Wider if gone.is_empty() => (format!("also {{}} {key} …"), vec![more]),
        Relation::Narrower if more.is_empty() => (format!("no longer {{}} {key} …"), vec![gone]),
        _ => (
            format!("{{}} {key} … instead of …"),
            vec![new.wanted(), old.wanted()],
        ),
    };
    Some(Part {
        relation,
        text,
        words: words.into_iter().map(listed).collect(),
    })
}

/// What it asks for; of something with few values, those that it holds for.
fn words(condition: &Condition) -> Vec<Untrusted> {
    fn held<T: Copy + PartialOrd>(
        ranges: &[Range<T>],
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Vec<Untrusted> {
        let holds = |value: &&T| ranges.iter().any(|range| range.holds(**value));
        all.iter()
            .filter(holds)
            .map(|value| word(*value).into())
            .collect()
    }
    match condition {
        Condition::Severity(ranges) => held(ranges, &Severity::ALL, Severity::word),
        Condition::Confidence(ranges) => held(ranges, &Confidence::ALL, Confidence::word),
        other => other.wanted(),
    }
}

fn listed(words: Vec<Untrusted>) -> Untrusted {
    let shown: Vec<&str> = words
        .iter()
        .take(MOST_WORDS)
        .map(|word| word.raw())
        .collect();
    let more = match words.len().checked_sub(MOST_WORDS).filter(|more| *more > 0) {
        Some(more) => format!(" and {more} more"),
        None => String::new(),
    };
    format!("{}{more}", shown.join(", ")).into()
}
