//! The same by the plainest means: each rule searches the whole text.

use super::{Match, compile, named::Named, secret_of, shape::LazyShape};
use crate::rule::{Finder, Rules};
use regex_automata::Input;
use std::sync::Arc;

/// Every match, in the order of places.
pub(crate) fn find(rules: &Rules, text: &[u8]) -> Vec<Match> {
    let mut found = Vec::new();
    for (rule, written) in rules.all().iter().enumerate() {
        match &written.finder {
            Finder::Regex { pattern, .. } => {
                let regex = compile(pattern, true).unwrap();
                let mut captures = regex.create_captures();
                let mut at = 0;
                while at <= text.len() {
                    regex.search_captures(&Input::new(text).range(at..), &mut captures);
                    let Some(next) = secret_of(&captures) else {
                        break;
                    };
                    at = next.whole.end.max(next.whole.start + 1);
                    found.push(Match { rule, ..next });
                }
            }
            Finder::Named {
                names,
                values,
                words,
                within,
            } => {
                let shapes = values
                    .iter()
                    .map(|value| Arc::new(LazyShape::new(value.clone())))
                    .collect();
                let named = Named::new(shapes, words, *within);
                let lower = text.to_ascii_lowercase();
                for name in names {
                    let marked = name.to_ascii_lowercase().replace('_', "[_. -]");
                    for pattern in [name.to_ascii_lowercase().replace('_', ""), marked] {
                        let regex = compile(&pattern, true).unwrap();
                        let mut at = 0;
                        while let Some(name) = regex.find(Input::new(&lower).range(at..)) {
                            at = name.start() + 1;
                            named.values(text, name.range(), &mut |secret| {
                                found.push(Match {
                                    rule,
                                    whole: name.start()..secret.end,
                                    secret,
                                });
                            });
                        }
                    }
                }
            }
        }
    }
    found.sort_by_key(|m| (m.secret.start, m.rule, m.secret.end, m.whole.start));
    found.dedup_by(|b, a| a.rule == b.rule && a.secret == b.secret);
    found
}
