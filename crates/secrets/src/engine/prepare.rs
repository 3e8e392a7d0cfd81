//! Rules made ready for the search.

use super::bytes::Bytes;
use super::grams::{Grams, Kinds, kinds};
use super::literals::{self, GRAM, PLACES, Plan};
use super::named::Named;
use super::names;
use super::shape::LazyShape;
use super::suffix::Suffix;
use super::table::{self, Kept};
use super::{Engine, Leads, Needle, Prepared, Refused, Windowed, compile, parse};
use crate::rule::{Finder, Rule, Rules};
use regex_automata::util::pool::Pool;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// Said when indices run out.
const FULL: &str = "the rules before it filled the tables";

/// The tables while they grow.
#[derive(Default)]
struct Tables {
    /// Folded grams with their needles.
    pairs: Vec<(u32, u32)>,
    needles: Vec<Needle>,
    places: Vec<u16>,
    sets: Vec<Bytes>,
    /// Those that the build did not know.
    ids: BTreeMap<Bytes, u16>,
    suffixes: Vec<Suffix>,
    shapes: BTreeMap<String, Arc<LazyShape>>,
    everywhere: Vec<usize>,
}

/// Makes rules ready; see [`Engine::new`].
pub(crate) fn prepare(rules: &Rules) -> Result<Engine, Refused> {
    let mut tables = Tables {
        sets: table::SETS.iter().map(|bits| Bytes(*bits)).collect(),
        ..Tables::default()
    };
    let mut prepared = Vec::with_capacity(rules.all().len());
    for (index, rule) in rules.all().iter().enumerate() {
        let ready = tables.rule(index, rule).map_err(|text| Refused {
            rule: rule.id.clone(),
            text,
        })?;
        prepared.push(ready);
    }
    Ok(Engine {
        grams: tables.grams(),
        needles: tables.needles,
        places: tables.places,
        sets: tables.sets,
        rules: prepared,
        suffixes: tables.suffixes,
        everywhere: tables.everywhere,
        scratch: Pool::new(Default::default),
    })
}

impl Tables {
    fn rule(&mut self, index: usize, rule: &Rule) -> Result<Prepared, &'static str> {
        match &rule.finder {
            Finder::Regex { pattern, keywords } => self.regex(index, pattern, keywords),
            Finder::Named {
                names,
                values,
                words,
                within,
            } => {
                for name in names {
                    self.name(index, name)?;
                }
                let shapes = values.iter().map(|value| self.shape(value)).collect();
                Ok(Prepared::Named(Named::new(shapes, words, *within)))
            }
        }
    }

    fn regex(
        &mut self,
        rule: usize,
        pattern: &str,
        keywords: &[String],
    ) -> Result<Prepared, &'static str> {
        let mut windowed = Windowed {
            pattern: pattern.to_owned(),
            compiled: OnceLock::new(),
            back: 0,
            exact: true,
            longest: None,
        };
        if let Some(plan) = table::plan(pattern) {
            windowed.longest = plan.longest;
            let mut known = BTreeMap::new();
            for kept in plan.needles() {
                windowed.back = windowed.back.max(kept.back());
                windowed.exact &= kept.exact();
                let suffix = kept.suffix().unwrap_or(pattern);
                let suffix = self.suffix(&mut known, suffix, kept.places().len());
                self.kept(rule, kept, Leads::Suffix(suffix, kept.back()))?;
            }
            return Ok(Prepared::Regex(windowed));
        }
        let hir = parse(pattern).ok_or("its regular expression cannot be read")?;
        let plan = literals::plan(&hir);
        windowed.exact = plan.as_ref().is_some_and(Plan::is_exact);
        // Now, so that it is no surprise in the middle of a search.
        let regex =
            compile(pattern, !windowed.exact).ok_or("its regular expression is too large")?;
        windowed.compiled = OnceLock::from(Some(regex));
        if let Some(plan) = plan {
            windowed.longest = plan.longest;
            let mut known = BTreeMap::new();
            for needle in plan.needles {
                let back = needle.back.saturating_add(needle.gram);
                windowed.back = windowed.back.max(back);
                let suffix = needle.suffix.as_deref().unwrap_or(pattern);
                let suffix = self.suffix(&mut known, suffix, needle.places.len());
                let leads = Leads::Suffix(suffix, back);
                self.needle(rule, needle.places, needle.gram, leads)?;
            }
            return Ok(Prepared::Regex(windowed));
        }
        let gates: Vec<_> = keywords
            .iter()
            .flat_map(|keyword| names::spellings(keyword))
            .map(|spelling| Some((literals::rarest(&spelling.places)?.1, spelling.places)))
            .collect();
        if gates.is_empty() || gates.iter().any(Option::is_none) {
            self.everywhere.push(rule);
        } else {
            for (gram, places) in gates.into_iter().flatten() {
                self.needle(rule, places, gram, Leads::Whole)?;
            }
        }
        Ok(Prepared::Regex(windowed))
    }

    /// One automaton for each suffix of a rule; none when the needle's own places tell enough.
    fn suffix(
        &mut self,
        known: &mut BTreeMap<String, usize>,
        suffix: &str,
        places: usize,
    ) -> Option<usize> {
        if places == PLACES {
            return None;
        }
        if let Some(index) = known.get(suffix) {
            return Some(*index);
        }
        self.suffixes.push(Suffix::new(suffix.to_owned()));
        known.insert(suffix.to_owned(), self.suffixes.len() - 1);
        Some(self.suffixes.len() - 1)
    }

    fn name(&mut self, rule: usize, name: &str) -> Result<(), &'static str> {
        if let Some(spellings) = table::name(name) {
            for kept in spellings {
                self.kept(rule, kept, Leads::Name(kept.back()))?;
            }
            return Ok(());
        }
        for spelling in names::spellings(name) {
            let (_, gram) = literals::rarest(&spelling.places).ok_or("its name is too short")?;
            self.needle(rule, spelling.places, gram, Leads::Name(spelling.length))?;
        }
        Ok(())
    }

    fn shape(&mut self, value: &str) -> Arc<LazyShape> {
        let known = self.shapes.entry(value.to_owned());
        Arc::clone(known.or_insert_with_key(|value| Arc::new(LazyShape::new(value.clone()))))
    }

    /// A needle that the build found.
    fn kept(&mut self, rule: usize, kept: &Kept, leads: Leads) -> Result<(), &'static str> {
        let from = self.places.len();
        self.places.extend_from_slice(kept.places());
        self.add(rule, from, kept.gram(), leads)
    }

    fn needle(
        &mut self,
        rule: usize,
        places: Vec<Bytes>,
        gram: usize,
        leads: Leads,
    ) -> Result<(), &'static str> {
        let from = self.places.len();
        for set in places {
            let id = match self.ids.get(&set) {
                Some(id) => *id,
                None => {
                    let id = u16::try_from(self.sets.len()).map_err(|_| FULL)?;
                    self.sets.push(set);
                    self.ids.insert(set, id);
                    id
                }
            };
            self.places.push(id);
        }
        self.add(rule, from, gram, leads)
    }

    /// The filter for all needles.
    fn grams(&mut self) -> Grams {
        let kinds: Vec<Kinds> = self.sets.iter().map(|set| kinds(*set)).collect();
        Grams::new(std::mem::take(&mut self.pairs), |needle| {
            let Some(needle) = self.needles.get(needle as usize) else {
                return (0, Vec::new());
            };
            let places = self.places.get(needle.places.clone()).unwrap_or_default();
            let of = |set: &u16| kinds.get(usize::from(*set)).copied();
            let first = i8::try_from(needle.gram).map_or(0, |gram| -gram);
            (first, places.iter().filter_map(of).collect())
        })
    }

    /// A needle whose places are there from `from` on.
    fn add(
        &mut self,
        rule: usize,
        from: usize,
        gram: usize,
        leads: Leads,
    ) -> Result<(), &'static str> {
        let id = u32::try_from(self.needles.len()).map_err(|_| FULL)?;
        let first = self.pairs.len();
        self.pairs.push((0, id));
        let places = self.places.get(from + gram..from + gram + GRAM);
        for (place, set) in places.unwrap_or_default().iter().enumerate() {
            let Some(set) = self.sets.get(usize::from(*set)) else {
                continue;
            };
            let before = self.pairs.split_off(first);
            for byte in set.folded() {
                let shifted = u32::from(byte) << (8 * place);
                let longer = before.iter().map(|(gram, id)| (gram | shifted, *id));
                self.pairs.extend(longer);
            }
        }
        self.needles.push(Needle {
            rule,
            places: from..self.places.len(),
            gram,
            leads,
        });
        Ok(())
    }
}
