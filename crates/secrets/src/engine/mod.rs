//! Where the rules fit: one pass over the bytes for all of them.

mod named;
mod shape;

use crate::rule::{Finder, Rules};
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use regex_automata::{Input, meta::Regex, util::captures::Captures};
use std::ops::Range;
use std::sync::OnceLock;

/// A rule fits here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// Index into the rules.
    pub rule: usize,
    /// All that the rule fits.
    pub whole: Range<usize>,
    /// The secret in it.
    pub secret: Range<usize>,
}

/// All rules, made ready for the search.
pub struct Engine {
    words: AhoCorasick,
    /// Which rule each word belongs to.
    owners: Vec<usize>,
    prepared: Vec<Prepared>,
}

enum Prepared {
    Regex {
        pattern: String,
        compiled: OnceLock<Option<Regex>>,
    },
    Named(named::Named),
}

/// The longest value of a service, in bytes.
const LONGEST_VALUE: usize = 4096;

/// Bytes, no Unicode classes.
fn syntax() -> regex_automata::util::syntax::Config {
    regex_automata::util::syntax::Config::new()
        .unicode(false)
        .utf8(false)
}

/// The pattern with this crate's settings.
fn compile(pattern: &str) -> Option<Regex> {
    Regex::builder().syntax(syntax()).build(pattern).ok()
}

/// The pattern's structure, with this crate's settings.
fn parse(pattern: &str) -> Option<regex_syntax::hir::Hir> {
    regex_automata::util::syntax::parse_with(pattern, &syntax()).ok()
}

impl Engine {
    /// Makes rules ready.
    ///
    /// # Errors
    /// When there are too many words for one automaton.
    pub fn new(rules: &Rules) -> Result<Self, aho_corasick::BuildError> {
        let mut words = Vec::new();
        let mut owners = Vec::new();
        let mut prepared = Vec::new();
        for (index, rule) in rules.all().iter().enumerate() {
            match &rule.finder {
                Finder::Regex { pattern, keywords } => {
                    for word in keywords {
                        words.push(word.to_ascii_lowercase());
                        owners.push(index);
                    }
                    prepared.push(Prepared::Regex {
                        pattern: pattern.clone(),
                        compiled: OnceLock::new(),
                    });
                }
                Finder::Named {
                    names,
                    values,
                    words: demanded,
                    within,
                } => {
                    let named = named::Named::new(names, values, demanded, *within);
                    for word in named.words() {
                        words.push(word);
                        owners.push(index);
                    }
                    prepared.push(Prepared::Named(named));
                }
            }
        }
        let words = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&words)?;
        Ok(Self {
            words,
            owners,
            prepared,
        })
    }

    /// Every match, in the order of places.
    pub fn find(&self, text: &[u8]) -> Vec<Match> {
        let mut seen = std::collections::BTreeSet::new();
        let mut found = Vec::new();
        for hit in self.words.find_overlapping_iter(text) {
            let Some(&rule) = self.owners.get(hit.pattern().as_usize()) else {
                continue;
            };
            match self.prepared.get(rule) {
                Some(Prepared::Regex { pattern, compiled }) if seen.insert(rule) => {
                    if let Some(regex) = compiled.get_or_init(|| compile(pattern)) {
                        all(regex, rule, text, &mut found);
                    }
                }
                Some(Prepared::Named(named)) => {
                    named.values(text, hit.range(), &mut |secret| {
                        found.push(Match {
                            rule,
                            whole: hit.start()..secret.end,
                            secret,
                        });
                    });
                }
                _ => {}
            }
        }
        found.sort_by_key(|m| (m.secret.start, m.rule, m.secret.end, m.whole.start));
        found.dedup_by(|b, a| a.rule == b.rule && a.secret == b.secret);
        found
    }
}

fn all(regex: &Regex, rule: usize, text: &[u8], found: &mut Vec<Match>) {
    let mut captures: Captures = regex.create_captures();
    let mut at = 0;
    while at <= text.len() {
        regex.search_captures(&Input::new(text).range(at..), &mut captures);
        let Some(whole) = captures.get_match() else {
            return;
        };
        let secret = captures
            .get_group_by_name("secret")
            .or_else(|| captures.get_group(1))
            .map_or(whole.range(), |span| span.range());
        at = whole.end().max(at + 1);
        found.push(Match {
            rule,
            whole: whole.range(),
            secret,
        });
    }
}
