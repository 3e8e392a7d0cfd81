//! The lines that observations point at: their hashes, their texts, what tells them apart.

use crate::edge::files::Root;
use crate::merge::surroundings::{Surroundings, text_digest};
use crate::merge::{condense, line_hash::line_hashes};
use crate::model::{
    Certainty, Foreign as _, Located, Location, Region, RepoPath, SourceDigests, Untrusted,
    Witnessed,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the lines again, for evidence that several jobs have gathered: what they knew of secrets is
/// now known together. Lines of files that are not here stay as they were taken.
pub fn again(runs: &mut [Witnessed], root: &Root) {
    for located in runs.iter_mut().flat_map(|w| &mut w.observations) {
        if wanted_line(located).is_some() {
            located.observation.line_hash = located.line_hash.take();
        }
    }
    quote(runs, root);
}

/// Reads each file that observations point into once, and takes from it the lines' hashes and
/// texts.
pub fn quote(runs: &mut [Witnessed], root: &Root) {
    let mut wanted: BTreeMap<&RepoPath, BTreeSet<(bool, Region)>> = BTreeMap::new();
    let mut secrets: BTreeSet<RepoPath> = BTreeSet::new();
    for located in runs.iter().flat_map(|w| &w.observations) {
        if let Some((path, key)) = wanted_line(located) {
            wanted.entry(path).or_default().insert(key);
        }
        if located.observation.holds_secret() {
            secrets.insert(located.location.path.clone());
        }
    }
    let quoted: BTreeMap<RepoPath, Quotes> = wanted
        .into_par_iter()
        .filter_map(|(path, lines)| {
            let bytes = root.read(path)?;
            Some((path.clone(), quotes(&bytes, &lines)))
        })
        .collect();
    runs.par_iter_mut()
        .flat_map(|w| w.observations.par_iter_mut())
        .for_each(|located| {
            if !secrets.contains(&located.location.path)
                && let Some(line) = &located.observation.quoted_line
            {
                located.digests.text = Some(text_digest(&condense(line.raw())));
            }
            let Some((path, key)) = wanted_line(located) else {
                return;
            };
            let quote = quoted
                .get(path)
                .and_then(|quotes| quotes.get(&key))
                .cloned();
            let given = located.observation.line_hash.take();
            match quote {
                Some(quote) => {
                    located.line_hash = Some(quote.hash);
                    located.line_text = quote.text;
                    located.digests = quote.digests;
                }
                None => located.line_hash = given,
            }
        });
}

/// What a file says about the lines that were asked for.
type Quotes = BTreeMap<(bool, Region), Quote>;

#[derive(Clone)]
struct Quote {
    hash: String,
    /// The text, unless it holds a secret.
    text: Option<Untrusted>,
    digests: SourceDigests,
}

fn wanted_line(located: &Located) -> Option<(&RepoPath, (bool, Region))> {
    let Location {
        path,
        region,
        certainty,
        ..
    } = &located.location;
    let secret = located.observation.holds_secret();
    region
        .filter(|_| *certainty == Certainty::Exact)
        .map(|region| (path, (secret, region)))
}

fn quotes(bytes: &[u8], lines: &BTreeSet<(bool, Region)>) -> Quotes {
    let text = String::from_utf8_lossy(bytes);
    let secrets: Vec<Region> = lines
        .iter()
        .filter(|(s, _)| *s)
        .map(|(_, region)| *region)
        .collect();
    // The hash of a line with a secret would confirm a guess of it, so such lines are hashed without
    // their text.
    let hidden = covered(&text, &secrets);
    let masked = match secrets.as_slice() {
        [] => Vec::new(),
        _ => line_hashes(without(&text, &hidden).as_bytes()),
    };
    let plain = line_hashes(bytes);
    let texts: Vec<&str> = text.lines().collect();
    let mut surroundings = Surroundings::new(&texts, &hidden);
    let mut quotes = BTreeMap::new();
    for key @ (secret, region) in lines {
        let index = region.line as usize - 1;
        let hashes = if *secret { &masked } else { &plain };
        let Some(hash) = hashes.get(index) else {
            continue;
        };
        let line = texts
            .get(index)
            .filter(|_| !*secret)
            .map(|line| condense(line));
        let digests = line.as_ref().map(|line| surroundings.of(index, line));
        let quote = Quote {
            hash: hash.clone(),
            text: line,
            digests: digests.unwrap_or_default(),
        };
        quotes.insert(*key, quote);
    }
    quotes
}

/// Which lines of a text are inside of one of the regions.
fn covered(text: &str, regions: &[Region]) -> Vec<bool> {
    let lines = text.split_inclusive('\n').count();
    // Regions that begin at a line, less those that ended before it.
    let mut steps = vec![0_i64; lines + 1];
    for region in regions {
        let first = (region.line as usize - 1).min(lines);
        let end = region
            .end_line
            .map_or(region.line, |end| end.max(region.line)) as usize;
        for (at, step) in [(first, 1), (end.min(lines), -1)] {
            if let Some(slot) = steps.get_mut(at) {
                *slot += step;
            }
        }
    }
    steps
        .iter()
        .scan(0, |inside, step| {
            *inside += step;
            Some(*inside > 0)
        })
        .collect()
}

/// The text with the hidden lines replaced by a fixed word.
fn without(text: &str, hidden: &[bool]) -> String {
    let mut out = String::with_capacity(text.len());
    for (line, hidden) in text.split_inclusive('\n').zip(hidden) {
        out.push_str(match (hidden, line.ends_with('\n')) {
            (false, _) => line,
            (true, true) => "[secret]\n",
            (true, false) => "[secret]",
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_secret_is_masked() {
        let region = |line: u64, end: u64| Region::line(line).unwrap().to_line(end);
        let text = "a\nb\nc\nd\ne";
        let secrets = [region(2, 3), region(3, 3), region(5, 4_000_000)];
        let masked = without(text, &covered(text, &secrets));
        assert_eq!(masked, "a\n[secret]\n[secret]\nd\n[secret]");
    }
}
