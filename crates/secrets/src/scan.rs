//! One file, from bytes to hits.
//!
//! ```text
//! text ──► engine ─► verify ─► sift ──► hits ─┐
//!   └► decode ─► layer of decoded text ─► …  ─┤  at most three times over
//! UTF-16 ──► text ──► the same ───────────────┴► overlaps ─► lines, columns, comments
//! ```

use crate::decode::{self, Layer};
use crate::engine::{Engine, Match};
use crate::hit::{Encoding, Gap, Hit, Proof, Scanned, Secret};
use crate::place::{Counter, Position};
use crate::rule::{Confidence, Rule, Rules, Severity};
use crate::verify::{self, Check, Now};
use crate::{allow, overlap, sift};

/// What is scanned.
pub struct Input<'a> {
    /// With `/`, from the repository's root; rules and filters may look at it.
    pub path: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// More hits are not reported for one file, or for one window of a [`crate::Stream`].
pub const MOST_HITS: usize = 10_000;

/// Scans files; one serves all threads.
pub struct Scanner<'r> {
    rules: &'r Rules,
    engine: Engine,
    /// For each rule.
    checks: Vec<Option<Check>>,
    now: Now,
}

/// A text with its first byte's position, and what is being found in it.
struct Sheet<'t> {
    text: &'t [u8],
    first: Position,
    class: sift::PathClass,
    hits: Vec<Hit>,
    gaps: Vec<Gap>,
}

impl<'r> Scanner<'r> {
    /// Makes rules ready for the search.
    ///
    /// # Errors
    /// A rule that cannot be searched.
    pub fn new(rules: &'r Rules) -> Result<Self, crate::engine::Refused> {
        let engine = Engine::new(rules)?;
        let check = |rule: &Rule| rule.check.as_deref().and_then(verify::by_name);
        Ok(Self {
            rules,
            engine,
            checks: rules.all().iter().map(check).collect(),
            now: None,
        })
    }

    /// Judges expiry by this time, in seconds since 1970; without it nothing counts as expired.
    #[must_use]
    pub fn at(mut self, now: u64) -> Self {
        self.now = Some(now);
        self
    }

    /// The rules that [`Hit::rule`] counts.
    pub fn rules(&self) -> &'r Rules {
        self.rules
    }

    /// Every hit, in the order of places. Takes time linear in the bytes, whatever they are.
    pub fn scan(&self, input: &Input<'_>) -> Scanned {
        let encoding = decode::utf16(input.bytes);
        self.part(input, encoding, &Positions::default())
    }

    /// The same for a part of a file of which the encoding and the position are known.
    pub(crate) fn part(
        &self,
        input: &Input<'_>,
        encoding: Option<decode::Order>,
        positions: &Positions,
    ) -> Scanned {
        let class = sift::path_class(input.path);
        let sheet = |text, first| Sheet {
            text,
            first,
            class,
            hits: Vec::new(),
            gaps: Vec::new(),
        };
        let mut raw = sheet(input.bytes, positions.raw);
        self.fill(&mut raw, encoding.is_none());
        let (mut hits, mut gaps) = (raw.hits, raw.gaps);
        // A mark of UTF-16 before plain text hides nothing: both readings are searched.
        if let Some(order) = encoding {
            let (text, map) = decode::to_utf8(input.bytes, order);
            let mut wide = sheet(&text, positions.wide);
            self.fill(&mut wide, false);
            for mut hit in wide.hits {
                hit.place = map.outside(&hit.place);
                hit.encodings.insert(0, Encoding::Utf16);
                hits.push(hit);
            }
            gaps.extend(wide.gaps);
            hits = overlap::resolve(self.rules, hits);
        }
        gaps.sort_unstable();
        gaps.dedup();
        Scanned { hits, gaps }
    }

    /// Finds all in one text: as it stands, then what is encoded in it, then what is encoded in that.
    fn fill(&self, sheet: &mut Sheet<'_>, wide: bool) {
        let text = sheet.text;
        for found in self.engine.find(text) {
            let Some(hit) = self.judge(sheet.class, text, &found) else {
                continue;
            };
            if sheet.hits.len() == MOST_HITS {
                sheet.gaps.push(Gap::Hits);
                break;
            }
            sheet.hits.push(hit);
        }
        let mut budget = decode::budget(text.len());
        let mut layers: Vec<Layer> = Vec::new();
        loop {
            let (outer, above) = match layers.last() {
                None => (text, None),
                Some(layer) => (layer.text(), Some(layer)),
            };
            let layer = decode::layer(outer, above, wide, &mut budget);
            if layer.is_empty() {
                break;
            }
            if layers.len() == decode::DEPTH {
                sheet.gaps.push(Gap::Depth);
                break;
            }
            layers.push(layer);
            self.deeper(sheet, &layers);
        }
        if budget.is_exceeded() {
            sheet.gaps.push(Gap::Decoding);
        }
        sheet.hits = overlap::resolve(self.rules, std::mem::take(&mut sheet.hits));
        self.mark(sheet);
    }

    /// What is found in the last layer.
    fn deeper(&self, sheet: &mut Sheet<'_>, layers: &[Layer]) {
        let Some(layer) = layers.last() else { return };
        for found in self.engine.find(layer.text()) {
            // Through all layers back to the text; a match across two pieces is none.
            let mut place = found.secret.clone();
            let mut encodings = Vec::new();
            let outside = layers.iter().rev().all(|layer| {
                let Some(encoding) = layer.encoding(&place) else {
                    return false;
                };
                encodings.insert(0, encoding);
                place = layer.outside(&place);
                true
            });
            // What stands there as it is was found there; but for what is right before it.
            let seen = found.whole.start.saturating_sub(1)..found.whole.end;
            if !outside || !layer.is_decoded(&seen) {
                continue;
            }
            let Some(mut hit) = self.judge(sheet.class, layer.text(), &found) else {
                continue;
            };
            if sheet.hits.len() >= MOST_HITS {
                sheet.gaps.push(Gap::Hits);
                return;
            }
            hit.place = place;
            hit.encodings = encodings;
            sheet.hits.push(hit);
        }
    }

    /// Whether a match is a hit, with its grades.
    fn judge(&self, class: sift::PathClass, text: &[u8], found: &Match) -> Option<Hit> {
        let rule = self.rules.all().get(found.rule)?;
        let secret = text.get(found.secret.clone())?;
        if secret.is_empty() {
            return None;
        }
        let check = self.checks.get(found.rule).copied().flatten();
        let proof = check.map_or(Proof::None, |check| check(secret, self.now));
        let kept = sift::judge(&sift::Found {
            rule,
            class,
            text,
            whole: found.whole.clone(),
            secret: found.secret.clone(),
            proven: matches!(proof, Proof::Passed(_)),
        })
        .ok()?;
        let (severity, confidence) = match &proof {
            Proof::None | Proof::Shaped(_) => (kept.severity, kept.confidence),
            Proof::Passed(_) => (rule.severity, Confidence::High),
            Proof::Limited { at_most, .. } => (kept.severity.min(*at_most), kept.confidence),
            Proof::Failed(_) => (Severity::Info, Confidence::Low),
        };
        Some(Hit {
            rule: found.rule,
            also: Vec::new(),
            place: found.secret.clone(),
            start: Position::default(),
            end: Position::default(),
            encodings: Vec::new(),
            secret: Secret::new(secret),
            proof,
            severity,
            confidence,
            allowed_by: None,
        })
    }

    /// Lines, columns and comments.
    fn mark(&self, sheet: &mut Sheet<'_>) {
        if sheet.hits.is_empty() {
            return;
        }
        let places = sheet.hits.iter().map(|hit| &hit.place);
        let mut offsets: Vec<usize> = places.flat_map(|place| [place.start, place.end]).collect();
        offsets.sort_unstable();
        offsets.dedup();
        let mut counter = Counter::new(sheet.text, sheet.first);
        let positions: Vec<Position> = offsets.iter().map(|at| counter.at(*at)).collect();
        let position = |at: usize| {
            let index = offsets.binary_search(&at).ok();
            index.and_then(|index| positions.get(index).copied())
        };
        let off = allow::switched_off(sheet.text);
        for hit in &mut sheet.hits {
            hit.start = position(hit.place.start).unwrap_or_default();
            hit.end = position(hit.place.end).unwrap_or_default();
            let id = self.rules.all().get(hit.rule).map_or("", |rule| &rule.id);
            let comment = allow::comment(self.rules, sheet.text, &hit.place, id);
            let after = off.partition_point(|stretch| stretch.start <= hit.place.start);
            let inside = after.checked_sub(1).and_then(|at| off.get(at));
            let switched = inside.is_some_and(|stretch| hit.place.start < stretch.end);
            hit.allowed_by = comment.or(switched.then_some(allow::SWITCHED_OFF));
        }
    }
}

/// Where a part of a file begins: as bytes, and when they are read as UTF-16.
#[derive(Default)]
pub(crate) struct Positions {
    pub(crate) raw: Position,
    pub(crate) wide: Position,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_rule_names_a_check_that_there_is() {
        let scanner = Scanner::new(Rules::shipped()).unwrap();
        for (rule, check) in scanner.rules().all().iter().zip(&scanner.checks) {
            assert_eq!(rule.check.is_some(), check.is_some(), "{}", rule.id);
        }
    }
}
