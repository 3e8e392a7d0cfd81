//! Many short texts, looked for in another one all at once.

use aho_corasick::AhoCorasick;
use std::collections::BTreeMap;

/// Texts, each with the positions that it leads to.
pub struct Fragments {
    automaton: AhoCorasick,
    positions: Vec<Vec<usize>>,
}

impl Fragments {
    /// Makes ready.
    ///
    /// # Errors
    /// The texts, when they are too many or too long.
    pub fn new(texts: BTreeMap<String, Vec<usize>>) -> Result<Self, BTreeMap<String, Vec<usize>>> {
        match AhoCorasick::new(texts.keys()) {
            Ok(automaton) => Ok(Self {
                automaton,
                positions: texts.into_values().collect(),
            }),
            Err(_) => Err(texts),
        }
    }

    /// Adds the positions of all texts that are in this one.
    pub fn find(&self, text: &str, found: &mut Vec<usize>) {
        for hit in self.automaton.find_overlapping_iter(text) {
            let positions = self.positions.get(hit.pattern().as_usize());
            found.extend(positions.into_iter().flatten());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_inside_each_other_are_all_found() {
        let texts = [("ab", 1), ("b", 2), ("bc", 3), ("x", 4)];
        let texts = texts.map(|(text, at)| (text.to_owned(), vec![at]));
        let fragments = Fragments::new(texts.into()).unwrap_or_else(|_| panic!());
        let mut found = Vec::new();
        fragments.find("abc", &mut found);
        found.sort_unstable();
        assert_eq!(found, [1, 2, 3]);
    }
}
