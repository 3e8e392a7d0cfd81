//! What every match of a rule holds: four bytes in a row that ordinary text rarely has.
//!
//! A regular expression is taken apart into the pieces that follow one another. From the beginning of
//! each piece it is known which bytes may stand at which distance; where four neighbouring places
//! leave little choice they make a *needle*. An alternation gives one needle for each of its branches.

use super::bytes::{Bytes, of_class};
use super::rarity::frequency_of_gram;
use regex_syntax::hir::{Hir, HirKind, Repetition};

/// Bytes that the filter looks at together.
pub(crate) const GRAM: usize = 4;
/// Places behind a needle's beginning that are compared before anything else is tried.
pub(crate) const PLACES: usize = 32;
/// Different folded grams of one needle, at most.
const GRAMS: usize = 2048;
/// Needles of one rule, at most.
const NEEDLES: usize = 512;
/// A match that may begin farther than this before its needle, in bytes, is searched from the match
/// before on.
const BACK: usize = 4096;
/// How much rarer such a needle must be to be taken.
const FAR: f64 = 16.0;
/// What each gram costs by itself: other text that falls on its place in the filter, which has 2^21.
const CROWD: f64 = 1.0 / 2_097_152.0;
/// A needle at more of all places than this is useless.
const FREQUENT: f64 = 0.01;
/// Alternations inside one another that are taken apart.
const DEPTH: usize = 3;
/// Calls for one rule, at most: nested alternations multiply.
const EFFORT: usize = 4096;

/// Something that stands in every match that it is responsible for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Needle {
    /// What may stand at each place, from where the needle begins.
    pub(crate) places: Vec<Bytes>,
    /// The first of the four places that the filter knows.
    pub(crate) gram: usize,
    /// From the beginning of the match to that of the needle, at most, in bytes; `usize::MAX` when
    /// that is not known.
    pub(crate) back: usize,
    /// The distance is always `back`.
    pub(crate) exact: bool,
    /// Regular expression for the match from where the needle begins; `None`: the rule's own.
    pub(crate) suffix: Option<String>,
}

/// How a rule is searched.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// One of these is in every match.
    pub(crate) needles: Vec<Needle>,
    /// Bytes of a match, at most.
    pub(crate) longest: Option<usize>,
}

impl Plan {
    /// True when it is known from each needle where the match begins.
    pub(crate) fn is_exact(&self) -> bool {
        self.needles.iter().all(|needle| needle.exact)
    }
}

/// What stands before a needle in its match.
#[derive(Clone, Copy)]
struct Lead {
    /// Bytes, at most; `usize::MAX` when that is not known.
    most: usize,
    /// It is always so many.
    exact: bool,
}

/// Nothing stands before it.
const START: Lead = Lead {
    most: 0,
    exact: true,
};

impl Lead {
    /// With one more piece.
    fn longer(self, item: &Hir) -> Self {
        let most = item.properties().maximum_len();
        let most = most.and_then(|length| self.most.checked_add(length));
        let most = most.filter(|&more| more <= BACK).unwrap_or(usize::MAX);
        let fixed = item.properties().minimum_len() == item.properties().maximum_len();
        Self {
            most,
            exact: self.exact && fixed && most != usize::MAX,
        }
    }
}

/// Finds the rarest needles; `None` when there is no usable one.
pub(crate) fn plan(hir: &Hir) -> Option<Plan> {
    let mut items = Vec::new();
    flatten(hir, &mut items);
    let mut effort = EFFORT;
    let (cost, mut needles) = best(&items, START, DEPTH, true, &mut effort)?;
    needles.sort_by(|a, b| (&a.places, a.gram, &a.suffix).cmp(&(&b.places, b.gram, &b.suffix)));
    needles.dedup_by(|b, a| {
        let same = a.places == b.places && a.gram == b.gram && a.suffix == b.suffix;
        if same {
            a.exact &= b.exact && a.back == b.back;
            a.back = a.back.max(b.back);
        }
        same
    });
    (cost <= FREQUENT && needles.len() <= NEEDLES).then(|| Plan {
        needles,
        longest: hir.properties().maximum_len(),
    })
}

/// The pieces in a row, without groups.
fn flatten(hir: &Hir, items: &mut Vec<Hir>) {
    match hir.kind() {
        HirKind::Capture(capture) => flatten(&capture.sub, items),
        HirKind::Concat(parts) => parts.iter().for_each(|part| flatten(part, items)),
        HirKind::Empty => {}
        _ => items.push(hir.clone()),
    }
}

/// The rarest needles for the pieces in a row: what they cost, and they.
fn best(
    items: &[Hir],
    lead: Lead,
    depth: usize,
    whole: bool,
    effort: &mut usize,
) -> Option<(f64, Vec<Needle>)> {
    let mut found: Option<(f64, Vec<Needle>)> = None;
    let mut lead = lead;
    for (index, item) in items.iter().enumerate() {
        let Some(left) = effort.checked_sub(1) else {
            break;
        };
        *effort = left;
        let rest = items.get(index..)?;
        let at_start = whole && index == 0;
        let mut keep = |candidate: Option<(f64, Vec<Needle>)>| {
            if let Some(candidate) = candidate
                && found
                    .as_ref()
                    .is_none_or(|(cost, _)| candidate.0 < cost * 0.99)
            {
                found = Some(candidate);
            }
        };
        keep(here(rest, lead, at_start));
        if depth > 0 {
            keep(branches(item, rest, lead, depth, effort));
        }
        lead = lead.longer(item);
    }
    found
}

/// The needle that begins with the first piece.
fn here(items: &[Hir], lead: Lead, whole: bool) -> Option<(f64, Vec<Needle>)> {
    let places = places(items);
    let (mut cost, gram) = rarest(&places)?;
    if lead.most == usize::MAX {
        cost *= FAR;
    }
    let needle = Needle {
        places,
        gram,
        back: lead.most,
        exact: lead.exact,
        suffix: (!whole).then(|| Hir::concat(items.to_vec()).to_string()),
    };
    Some((cost, vec![needle]))
}

/// The needles of each branch of the first piece, when it has some.
fn branches(
    item: &Hir,
    rest: &[Hir],
    lead: Lead,
    depth: usize,
    effort: &mut usize,
) -> Option<(f64, Vec<Needle>)> {
    let after = rest.get(1..)?;
    match item.kind() {
        HirKind::Alternation(alternatives) => {
            let (mut cost, mut needles) = (0.0, Vec::new());
            for alternative in alternatives {
                let mut items = Vec::new();
                flatten(alternative, &mut items);
                items.extend_from_slice(after);
                let (more, found) = best(&items, lead, depth - 1, false, effort)?;
                cost += more;
                needles.extend(found);
                if needles.len() > NEEDLES {
                    return None;
                }
            }
            Some((cost, needles))
        }
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let mut items = Vec::new();
            flatten(&repetition.sub, &mut items);
            if !items
                .iter()
                .any(|item| matches!(item.kind(), HirKind::Alternation(_)))
            {
                return None;
            }
            items.push(Hir::repetition(Repetition {
                min: repetition.min - 1,
                max: repetition.max.map(|max| max - 1),
                greedy: repetition.greedy,
                sub: repetition.sub.clone(),
            }));
            items.extend_from_slice(after);
            best(&items, lead, depth - 1, false, effort)
        }
        _ => None,
    }
}

/// What may stand at each place behind the beginning, as far as every match reaches.
fn places(items: &[Hir]) -> Vec<Bytes> {
    let mut found = [Bytes::default(); PLACES];
    let mut reached = 1;
    for item in items {
        reached = step(item, reached, &mut found);
    }
    let certain = usize::try_from(reached.trailing_zeros()).unwrap_or(PLACES);
    found.into_iter().take(certain).collect()
}

/// Goes through one piece from every place of `from`, a set of bits; returns where it may end.
fn step(hir: &Hir, from: u64, found: &mut [Bytes; PLACES]) -> u64 {
    const WITHIN: u64 = (1 << PLACES) - 1;
    let from = from & WITHIN;
    if from == 0 {
        return 0;
    }
    let mut mark = |set: Bytes, from: u64| {
        for (place, found) in found.iter_mut().enumerate() {
            if from >> place & 1 == 1 {
                found.join(set);
            }
        }
        from << 1 & WITHIN
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => from,
        HirKind::Literal(literal) => literal
            .0
            .iter()
            .fold(from, |from, &byte| mark(Bytes::of(&[byte]), from)),
        HirKind::Class(class) => mark(of_class(class).unwrap_or(Bytes::ALL), from),
        HirKind::Repetition(repetition) => {
            let (mut now, mut ends, mut seen) = (from, 0, 0);
            for count in 0..=PLACES {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                if count >= repetition.min {
                    ends |= now;
                }
                if repetition.max.is_some_and(|max| count >= max) {
                    break;
                }
                // Pieces that may be empty come to rest.
                let next = step(&repetition.sub, now, found);
                if next == 0 || (count >= repetition.min && next | seen == seen) {
                    break;
                }
                seen |= next;
                now = next;
            }
            ends
        }
        HirKind::Capture(capture) => step(&capture.sub, from, found),
        HirKind::Concat(parts) => parts
            .iter()
            .fold(from, |from, part| step(part, from, found)),
        HirKind::Alternation(parts) => parts
            .iter()
            .fold(0, |ends, part| ends | step(part, from, found)),
    }
}

/// The four places in a row that are rarest in ordinary text.
pub(crate) fn rarest(places: &[Bytes]) -> Option<(f64, usize)> {
    let mut found: Option<(f64, usize)> = None;
    for (at, gram) in places.windows(GRAM).enumerate() {
        let grams = gram.iter().fold(1usize, |count, set| {
            count.saturating_mul(set.folded().count())
        });
        if grams == 0 || grams > GRAMS {
            continue;
        }
        let cost = frequency_of_gram(gram) + CROWD * grams as f64;
        if found.is_none_or(|(least, _)| cost < least) {
            found = Some((cost, at));
        }
    }
    found
}
