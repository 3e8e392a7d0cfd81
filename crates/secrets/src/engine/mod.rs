//! Where the rules fit: one pass over the bytes for all of them.
//!
//! ```text
//! rules ─► literals   what is in every match           Needle: four rare bytes, and what stands around
//! text ──► grams      one look-up for each place       place, needles
//!      ──► search     bytes around the needle, a small automaton, then the rule itself on a window
//!      ──► named      a service's name and its value
//! ```
//!
//! The matches are those of a search of the whole text for each rule (`naive`, in the tests); the time
//! is linear in the bytes, and hardly depends on how many rules there are.

mod bytes;
mod common;
#[cfg(test)]
mod equality;
mod grams;
mod literals;
#[cfg(test)]
mod naive;
mod named;
mod names;
mod prepare;
mod rarity;
mod search;
mod shape;
mod suffix;
mod table;

use crate::rule::Rules;
use bytes::Bytes;
use grams::Grams;
use regex_automata::{meta::Regex, util::captures::Captures, util::pool::Pool};
use search::Scratch;
use std::ops::Range;
use std::sync::OnceLock;

/// The longest value of a service whose shape is not a few pieces in a row, in bytes.
const LONGEST_VALUE: usize = 4096;
/// Lazily built states of one regular expression and thread, in bytes.
const STATES: usize = 64 * 1024;

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

/// A rule that cannot be searched; nothing is left out silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its id.
    pub rule: String,
    /// Why, in our words.
    pub text: &'static str,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "rule {}: {}", self.rule, self.text)
    }
}

impl std::error::Error for Refused {}

/// What a search did: for finding costly rules, and for holding the growth of the work in bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Work {
    /// Bytes of text that went through the filter.
    pub bytes: u64,
    /// For each rule, the places where its literal stands.
    pub candidates: Vec<u64>,
    /// For each rule, the bytes that were read again because of them.
    pub walked: Vec<u64>,
}

/// All rules, made ready for the search; one serves all threads.
pub struct Engine {
    grams: Grams,
    needles: Vec<Needle>,
    /// Index into `sets`, for each place of each needle.
    places: Vec<u16>,
    sets: Vec<Bytes>,
    rules: Vec<Prepared>,
    suffixes: Vec<suffix::Suffix>,
    /// Rules that are searched in every text from end to end.
    everywhere: Vec<usize>,
    scratch: Pool<Scratch, fn() -> Scratch>,
}

/// Four rare bytes and what must stand around them.
struct Needle {
    rule: usize,
    /// Part of [`Engine::places`].
    places: Range<usize>,
    /// From the needle's beginning to its gram.
    gram: usize,
    leads: Leads,
}

/// What a needle leads to.
enum Leads {
    /// A match, when this suffix fits from the needle on; none for a needle that says it all. And from
    /// the beginning of the match to the gram, at most, or always when the rule is exact.
    Suffix(Option<usize>, usize),
    /// A service's name of this length.
    Name(usize),
    /// A search of the whole text: it is a keyword of a rule without needles.
    Whole,
}

enum Prepared {
    Regex(Windowed),
    Named(named::Named),
}

/// A regular expression that is searched in windows.
struct Windowed {
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
    /// From the beginning of a match to the gram, at most.
    back: usize,
    /// From the place of each gram it is known where the match begins.
    exact: bool,
    /// Bytes of a match, at most.
    longest: Option<usize>,
}

impl Windowed {
    fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| compile(&self.pattern, !self.exact))
            .as_ref()
    }
}

/// Bytes, no Unicode classes.
fn syntax() -> regex_automata::util::syntax::Config {
    regex_automata::util::syntax::Config::new()
        .unicode(false)
        .utf8(false)
}

/// The pattern with this crate's settings, for the search of stretches of text or only from places where
/// a match may begin.
fn compile(pattern: &str, stretches: bool) -> Option<Regex> {
    // The other ways to search are left out: each would keep its own memory for each rule and thread.
    let config = Regex::config()
        .nfa_size_limit(Some(10 << 20))
        .onepass(false)
        .backtrack(true)
        .hybrid(stretches)
        .hybrid_cache_capacity(STATES)
        .dfa(false);
    Regex::builder()
        .syntax(syntax())
        .configure(config)
        .build(pattern)
        .ok()
}

/// The pattern's structure, with this crate's settings.
fn parse(pattern: &str) -> Option<regex_syntax::hir::Hir> {
    regex_automata::util::syntax::parse_with(pattern, &syntax()).ok()
}

impl Engine {
    /// Makes rules ready.
    ///
    /// # Errors
    /// A rule whose regular expression cannot be read or is too large, or a service with a name of one
    /// letter.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        prepare::prepare(rules)
    }

    /// Every match, in the order of places.
    pub fn find(&self, text: &[u8]) -> Vec<Match> {
        let mut scratch = self.scratch.get();
        search::find(self, text, &mut scratch)
    }

    /// Rules of which nothing is in every match: each reads every text from end to end, and makes the
    /// search slow. Indices into the rules.
    pub fn searched_everywhere(&self) -> &[usize] {
        &self.everywhere
    }

    /// The same as [`Self::find`], and adds to `work` what was done for it.
    pub fn find_measured(&self, text: &[u8], work: &mut Work) -> Vec<Match> {
        let mut scratch = self.scratch.get();
        scratch.work = std::mem::take(work);
        let found = search::find(self, text, &mut scratch);
        *work = std::mem::take(&mut scratch.work);
        found
    }
}

/// The secret of a match.
fn secret_of(captures: &Captures) -> Option<Match> {
    let whole = captures.get_match()?;
    let secret = captures
        .get_group_by_name("secret")
        .or_else(|| captures.get_group(1))
        .map_or(whole.range(), |span| span.range());
    Some(Match {
        rule: 0,
        whole: whole.range(),
        secret,
    })
}
