//! From places of the filter to matches.
//!
//! A rule's places come in order, and a match that holds the gram at `place` begins at most `back`
//! bytes before it. So the leftmost match that begins in `place - back ..= place`, and not in the match
//! before, is the one that a search of the whole text finds next; nothing else has to be read.

use super::{Engine, Leads, Match, Needle, Prepared, Windowed, Work, secret_of};
use regex_automata::{Anchored, Input, hybrid::dfa::Cache, util::captures::Captures};

/// A match that may be longer than this, in bytes, is searched to the end of the text.
const WINDOW: usize = 4096;
/// How often a text may be read again for one rule whose matches have no end in sight, before the rule
/// is searched in one go.
const REREAD: usize = 8;
/// How often a text may be searched from a match to its end for one rule, and how far the rule is
/// searched from there on: a rule like `a(.*b)?` would read all the rest for each `a`.
const REACH: [(usize, usize); 2] = [(64, 64 * 1024), (1024, 4 * 1024)];

/// What one thread keeps from text to text.
#[derive(Default)]
pub(crate) struct Scratch {
    /// States of the suffixes.
    caches: Vec<Option<Cache>>,
    /// Room for groups, for each rule.
    captures: Vec<Option<Captures>>,
    progress: Vec<Progress>,
    /// Rules whose progress is not new.
    touched: Vec<usize>,
    /// Rules and where their matches may begin, for those of which that is known.
    starts: Vec<(usize, usize)>,
    found: Vec<Match>,
    pub(crate) work: Work,
}

/// How far a rule has come in this text.
#[derive(Clone, Copy, Default)]
struct Progress {
    /// Nothing begins before this.
    at: usize,
    /// Bytes that were read again.
    walked: usize,
    /// Bytes that searches may have read which found something.
    spent: usize,
    touched: bool,
}

impl Scratch {
    fn fit(&mut self, engine: &Engine) {
        let rules = engine.rules.len();
        if self.progress.len() != rules {
            self.caches.resize_with(engine.suffixes.len(), || None);
            self.captures.resize_with(rules, || None);
            self.progress.resize(rules, Progress::default());
        }
        self.work.candidates.resize(rules, 0);
        self.work.walked.resize(rules, 0);
    }

    fn progress(&mut self, rule: usize) -> Progress {
        let Some(progress) = self.progress.get_mut(rule) else {
            return Progress::default();
        };
        if !progress.touched {
            progress.touched = true;
            self.touched.push(rule);
        }
        *progress
    }

    fn set_at(&mut self, rule: usize, at: usize) {
        if let Some(progress) = self.progress.get_mut(rule) {
            progress.at = at;
        }
    }

    /// Adds to what a rule has spent, and returns it.
    fn spend(&mut self, rule: usize, bytes: usize) -> usize {
        let Some(progress) = self.progress.get_mut(rule) else {
            return 0;
        };
        progress.spent = progress.spent.saturating_add(bytes);
        progress.spent
    }

    fn walked(&mut self, rule: usize, bytes: usize) {
        if let Some(progress) = self.progress.get_mut(rule) {
            progress.walked += bytes;
        }
        if let Some(walked) = self.work.walked.get_mut(rule) {
            *walked += bytes as u64;
        }
    }
}

/// Every match, in the order of places.
pub(crate) fn find(engine: &Engine, text: &[u8], scratch: &mut Scratch) -> Vec<Match> {
    scratch.fit(engine);
    scratch.work.bytes += text.len() as u64;
    engine.grams.scan(text, |place, owners| {
        for &needle in owners {
            if let Some(needle) = engine.needles.get(needle as usize) {
                candidate(engine, text, place, needle, scratch);
            }
        }
    });
    from_starts(engine, text, scratch);
    for &rule in &engine.everywhere {
        if let Some(Prepared::Regex(windowed)) = engine.rules.get(rule) {
            to_the_end(windowed, rule, text, 0, scratch);
        }
    }
    while let Some(rule) = scratch.touched.pop() {
        if let Some(progress) = scratch.progress.get_mut(rule) {
            *progress = Progress::default();
        }
    }
    let mut found = std::mem::take(&mut scratch.found);
    found.sort_by_key(|m| (m.secret.start, m.rule, m.secret.end, m.whole.start));
    found.dedup_by(|b, a| a.rule == b.rule && a.secret == b.secret);
    found
}

/// Looks at what stands around one place of the filter.
fn candidate(engine: &Engine, text: &[u8], place: usize, needle: &Needle, scratch: &mut Scratch) {
    let Some(from) = place.checked_sub(needle.gram) else {
        return;
    };
    let places = engine.places.get(needle.places.clone()).unwrap_or_default();
    let Some(here) = text.get(from..from + places.len()) else {
        return;
    };
    let stands = places.iter().zip(here).all(|(&set, &byte)| {
        engine
            .sets
            .get(usize::from(set))
            .is_some_and(|set| set.contains(byte))
    });
    if !stands {
        return;
    }
    let rule = needle.rule;
    if let Some(candidates) = scratch.work.candidates.get_mut(rule) {
        *candidates += 1;
    }
    match (engine.rules.get(rule), &needle.leads) {
        (Some(Prepared::Named(named)), &Leads::Name(length)) => {
            let name = from..from + length;
            let found = &mut scratch.found;
            let walked = named.values(text, name.clone(), &mut |secret| {
                found.push(Match {
                    rule,
                    whole: name.start..secret.end,
                    secret,
                });
            });
            scratch.walked(rule, walked);
        }
        (Some(Prepared::Regex(windowed)), Leads::Whole) => {
            let progress = scratch.progress(rule);
            if progress.at <= text.len() {
                to_the_end(windowed, rule, text, progress.at, scratch);
            }
        }
        (Some(Prepared::Regex(windowed)), &Leads::Suffix(suffix, back)) => {
            let progress = scratch.progress(rule);
            if place < progress.at {
                return;
            }
            let endless = windowed.longest.is_none_or(|longest| longest > WINDOW);
            if endless && progress.walked > REREAD.saturating_mul(text.len()) {
                // Of an exact rule nothing has been searched before.
                let start = match windowed.exact {
                    true => 0,
                    false => progress.at.max(place.saturating_sub(windowed.back)),
                };
                to_the_end(windowed, rule, text, start, scratch);
                return;
            }
            if let Some(suffix) = suffix
                && let Some(automaton) = engine.suffixes.get(suffix)
                && let Some(cache) = scratch.caches.get_mut(suffix)
            {
                let tried = automaton.follow(cache, text, from);
                scratch.walked(rule, tried.walked);
                if !tried.fits {
                    return;
                }
            }
            if windowed.exact {
                let start = place.checked_sub(back).map(|start| (rule, start));
                scratch.starts.extend(start);
            } else {
                window(windowed, rule, text, place, scratch);
            }
        }
        _ => {}
    }
}

/// Finds what begins at the places that were kept, for each rule in the order of the text.
fn from_starts(engine: &Engine, text: &[u8], scratch: &mut Scratch) {
    let mut starts = std::mem::take(&mut scratch.starts);
    starts.sort_unstable();
    starts.dedup();
    for &(rule, start) in &starts {
        let Some(Prepared::Regex(windowed)) = engine.rules.get(rule) else {
            continue;
        };
        let progress = scratch.progress(rule);
        if start < progress.at {
            continue;
        }
        let bounded = windowed.longest.filter(|&longest| longest <= WINDOW);
        let reach = bounded.or_else(|| reach(progress.spent, text));
        let end = reach.map_or(text.len(), |reach| start.saturating_add(reach));
        let end = end.min(text.len());
        if bounded.is_none() {
            scratch.spend(rule, end - start);
        }
        let input = Input::new(text).range(start..end).anchored(Anchored::Yes);
        if let Some(found) = next(windowed, rule, &input, scratch) {
            scratch.walked(rule, found.whole.len());
            scratch.set_at(rule, found.whole.end.max(start + 1));
            scratch.found.push(found);
        }
    }
    starts.clear();
    scratch.starts = starts;
}

/// Finds what begins around `place`.
fn window(windowed: &Windowed, rule: usize, text: &[u8], place: usize, scratch: &mut Scratch) {
    let mut from = scratch
        .progress(rule)
        .at
        .max(place.saturating_sub(windowed.back));
    let end = windowed
        .longest
        .filter(|&longest| longest <= WINDOW)
        .and_then(|longest| place.checked_add(longest))
        .map_or(text.len(), |end| end.min(text.len()));
    while from <= place {
        let input = Input::new(text).range(from..end);
        let found = next(windowed, rule, &input, scratch);
        let reached = found.as_ref().map_or(end, |found| found.whole.end);
        scratch.walked(rule, reached.saturating_sub(from));
        match found {
            // What begins later has a place of its own, unless everything was searched.
            Some(found) if found.whole.start <= place || end == text.len() => {
                let spent = scratch.spend(rule, end - from);
                from = found.whole.end.max(found.whole.start + 1);
                scratch.set_at(rule, from);
                scratch.found.push(found);
                if reach(spent, text).is_some() {
                    to_the_end(windowed, rule, text, from, scratch);
                    return;
                }
            }
            None if end == text.len() => {
                scratch.set_at(rule, usize::MAX);
                return;
            }
            _ => return,
        }
    }
}

/// How far a rule may be searched that has spent so much; `None` for as far as the text goes.
fn reach(spent: usize, text: &[u8]) -> Option<usize> {
    let limits = REACH.iter().rev();
    let mut passed = limits.filter(|(times, _)| spent > times.saturating_mul(text.len()));
    passed.next().map(|(_, reach)| *reach)
}

/// Finds everything from a place on.
fn to_the_end(
    windowed: &Windowed,
    rule: usize,
    text: &[u8],
    mut from: usize,
    scratch: &mut Scratch,
) {
    let mut spent = scratch.progress(rule).spent;
    while from <= text.len() {
        let reach = reach(spent, text).unwrap_or(text.len());
        let end = from.saturating_add(reach).min(text.len());
        let input = Input::new(text).range(from..end);
        let found = next(windowed, rule, &input, scratch);
        let reached = found.as_ref().map_or(end, |found| found.whole.end);
        scratch.walked(rule, reached.saturating_sub(from));
        spent = scratch.spend(rule, end - from);
        match found {
            Some(found) => {
                from = found.whole.end.max(found.whole.start + 1);
                scratch.found.push(found);
            }
            None if end == text.len() => break,
            // Something may begin at the end of this stretch.
            None => from = end - reach / 4,
        }
    }
    scratch.set_at(rule, usize::MAX);
}

/// The leftmost match in a part of the text.
fn next(
    windowed: &Windowed,
    rule: usize,
    input: &Input<'_>,
    scratch: &mut Scratch,
) -> Option<Match> {
    let regex = windowed.regex()?;
    let captures = scratch.captures.get_mut(rule)?;
    let captures = captures.get_or_insert_with(|| regex.create_captures());
    regex.search_captures(input, captures);
    secret_of(captures).map(|found| Match { rule, ..found })
}
