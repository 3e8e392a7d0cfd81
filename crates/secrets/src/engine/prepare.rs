//! Rules made ready for the search.

use super::bytes::Bytes;
use super::grams::Grams;
use super::literals::{self, GRAM};
use super::named::Named;
use super::shape::LazyShape;
use super::suffix::Suffix;
use super::{Engine, Leads, Needle, Prepared, Refused, Windowed, compile, parse};
use crate::rule::{Finder, Rule, Rules};
use regex_automata::util::pool::Pool;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The tables while they grow.
#[derive(Default)]
struct Tables {
    /// Folded grams with their needles.
    pairs: Vec<(u32, u32)>,
    needles: Vec<Needle>,
    places: Vec<u16>,
    sets: BTreeMap<Bytes, u16>,
    suffixes: Vec<Suffix>,
    shapes: BTreeMap<String, Arc<LazyShape>>,
    everywhere: Vec<usize>,
}

/// Makes rules ready; see [`Engine::new`].
pub(crate) fn prepare(rules: &Rules) -> Result<Engine, Refused> {
    let mut tables = Tables::default();
    let mut prepared = Vec::with_capacity(rules.all().len());
    for (index, rule) in rules.all().iter().enumerate() {
        let ready = tables.rule(index, rule).map_err(|text| Refused {
            rule: rule.id.clone(),
            text,
        })?;
        prepared.push(ready);
    }
    let mut sets = vec![Bytes::default(); tables.sets.len()];
    for (set, id) in tables.sets {
        if let Some(place) = sets.get_mut(usize::from(id)) {
            *place = set;
        }
    }
    Ok(Engine {
        grams: Grams::new(tables.pairs),
        needles: tables.needles,
        places: tables.places,
        sets,
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
        let hir = parse(pattern).ok_or("its regular expression cannot be read")?;
        let regex = compile(pattern).ok_or("its regular expression is too large")?;
        let compiled = OnceLock::from(Some(regex));
        let mut windowed = Windowed {
            pattern: pattern.to_owned(),
            compiled,
            back: 0,
            longest: None,
        };
        let Some(plan) = literals::plan(&hir) else {
            let gates: Option<Vec<_>> = keywords
                .iter()
                .map(|keyword| literals::needle_of(in_any_case(keyword)))
                .collect();
            match gates {
                Some(gates) if !gates.is_empty() => {
                    for gate in gates {
                        self.needle(rule, gate, Leads::Whole)?;
                    }
                }
                _ => self.everywhere.push(rule),
            }
            return Ok(Prepared::Regex(windowed));
        };
        windowed.longest = plan.longest;
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for mut needle in plan.needles {
            windowed.back = windowed.back.max(needle.back.saturating_add(needle.gram));
            let suffix = needle.suffix.take().unwrap_or_else(|| pattern.to_owned());
            let next = self.suffixes.len();
            let suffix_index = *known.entry(suffix).or_insert_with_key(|suffix| {
                self.suffixes.push(Suffix::new(suffix.clone()));
                next
            });
            self.needle(rule, needle, Leads::Suffix(suffix_index))?;
        }
        Ok(Prepared::Regex(windowed))
    }

    /// A service's name: in any case, and when it is written with `_`, with another mark or none
    /// between its parts.
    fn name(&mut self, rule: usize, name: &str) -> Result<(), &'static str> {
        let joined = in_any_case(&name.replace('_', ""));
        let mut spellings = vec![joined];
        if name.contains('_') {
            let marks = Bytes::of(b"_-. ");
            let marked = name.bytes().zip(in_any_case(name));
            spellings.push(
                marked
                    .map(|(b, set)| if b == b'_' { marks } else { set })
                    .collect(),
            );
        }
        for mut places in spellings {
            let length = places.len();
            // What follows a short name may be anything.
            while places.len() < GRAM {
                places.push(Bytes::ALL);
            }
            let needle = literals::needle_of(places).ok_or("its name is too short")?;
            self.needle(rule, needle, Leads::Name(length))?;
        }
        Ok(())
    }

    fn shape(&mut self, value: &str) -> Arc<LazyShape> {
        let known = self.shapes.entry(value.to_owned());
        Arc::clone(known.or_insert_with_key(|value| Arc::new(LazyShape::new(value.clone()))))
    }

    fn needle(
        &mut self,
        rule: usize,
        needle: literals::Needle,
        leads: Leads,
    ) -> Result<(), &'static str> {
        const FULL: &str = "the rules before it filled the tables";
        let id = u32::try_from(self.needles.len()).map_err(|_| FULL)?;
        let gram = needle.places.get(needle.gram..needle.gram + GRAM);
        let mut grams = vec![0u32];
        for (place, set) in gram.unwrap_or_default().iter().enumerate() {
            let shifted = |byte: u8| u32::from(byte) << (8 * place);
            grams = grams
                .iter()
                .flat_map(|&gram| set.folded().map(move |byte| gram | shifted(byte)))
                .collect();
        }
        self.pairs.extend(grams.into_iter().map(|gram| (gram, id)));
        let from = self.places.len();
        for set in needle.places {
            let next = u16::try_from(self.sets.len()).map_err(|_| FULL)?;
            self.places.push(*self.sets.entry(set).or_insert(next));
        }
        self.needles.push(Needle {
            rule,
            places: from..self.places.len(),
            gram: needle.gram,
            leads,
        });
        Ok(())
    }
}

/// A text byte by byte, letters in both cases.
fn in_any_case(text: &str) -> Vec<Bytes> {
    text.bytes()
        .map(|byte| Bytes::of(&[byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]))
        .collect()
}
