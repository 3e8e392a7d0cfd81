//! Text → policies, directives and tokens with their places (sections 2.2.1 and 2.2.2).

use crate::directive::Known;
use crate::given::Given;
use crate::source::Source;
use crate::template;
use std::collections::BTreeMap;
use std::ops::Range;

/// Policies of one text: what is behind them is not judged, and counts as unknown.
pub const MOST_POLICIES: usize = 32;
/// Directives of one text, likewise. Real policies have fewer than 30.
pub const MOST_DIRECTIVES: usize = 512;
/// Tokens of one text, likewise. Servers refuse headers long before.
pub const MOST_TOKENS: usize = 4096;

/// How much of a token only running code knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dynamic {
    Not,
    Part,
    Whole,
}

/// What stands between white space.
#[derive(Debug, Clone)]
pub(crate) struct Token<'t> {
    pub(crate) text: &'t str,
    /// Bytes of the text that was given.
    pub(crate) place: Range<usize>,
    pub(crate) dynamic: Dynamic,
}

/// Whether a browser holds to a directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Live,
    /// One of the same name stands before it, which counts; its index.
    Duplicate(usize),
    /// A character beyond ASCII: the directive is skipped.
    NotAscii,
    /// An element cannot say it (section 3.3).
    Meta,
}

/// A name and its values.
#[derive(Debug, Clone)]
pub(crate) struct Directive<'t> {
    pub(crate) name: Token<'t>,
    /// Lower case.
    pub(crate) lower: String,
    pub(crate) known: Option<&'static Known>,
    pub(crate) values: Vec<Token<'t>>,
    /// The values as sources, one for one.
    pub(crate) sources: Vec<Source<'t>>,
    pub(crate) state: State,
}

impl Directive<'_> {
    /// From the name to the last value.
    pub(crate) fn place(&self) -> Range<usize> {
        let end = self
            .values
            .last()
            .map_or(self.name.place.end, |last| last.place.end);
        self.name.place.start..end
    }
}

/// A policy, as it was written.
#[derive(Debug, Clone)]
pub(crate) struct Policy<'t> {
    /// Index into what was given.
    pub(crate) given: usize,
    pub(crate) enforced: bool,
    pub(crate) directives: Vec<Directive<'t>>,
    /// From the first directive to the last; where it has none, the text between the commas.
    pub(crate) place: Range<usize>,
    /// Some directive is not known by name, so that nothing can be said to be missing.
    pub(crate) open: bool,
    /// The comma before it.
    pub(crate) comma: Option<Range<usize>>,
    live: BTreeMap<String, usize>,
}

impl<'t> Policy<'t> {
    /// The directive of this name that counts.
    pub(crate) fn get(&self, name: &str) -> Option<&Directive<'t>> {
        self.directives.get(*self.live.get(name)?)
    }

    /// The directives that count.
    pub(crate) fn live(&self) -> impl Iterator<Item = &Directive<'t>> {
        self.directives
            .iter()
            .filter(|directive| directive.state == State::Live)
    }
}

/// The policies of one text, in order; at least one.
pub(crate) fn policies<'t>(index: usize, given: &Given<'t>) -> Vec<Policy<'t>> {
    let mut reader = Reader {
        given: index,
        enforced: given.delivery.enforced(),
        meta: given.delivery.meta(),
        policies: Vec::new(),
        policy: None,
        words: Vec::new(),
        directives: 0,
        tokens: 0,
        cut: false,
    };
    reader.read(given.text, &template::opaque(given.text, &given.dynamic));
    reader.policies
}

struct Reader<'t> {
    given: usize,
    enforced: bool,
    meta: bool,
    policies: Vec<Policy<'t>>,
    /// The one that is being read.
    policy: Option<Policy<'t>>,
    /// The tokens of the directive that is being read.
    words: Vec<Token<'t>>,
    directives: usize,
    tokens: usize,
    /// Something was left out.
    cut: bool,
}

impl<'t> Reader<'t> {
    fn read(&mut self, text: &'t str, opaque: &[Range<usize>]) {
        let mut opaque = opaque.iter().peekable();
        // The token that is being read, and how many bytes of it are opaque.
        let mut start: Option<(usize, usize, bool)> = None;
        let mut at = 0;
        let mut begin = 0;
        loop {
            if let Some(range) = opaque.next_if(|range| range.start <= at) {
                let (from, known, _) = start.unwrap_or((range.start.max(at), 0, false));
                start = Some((from, known + range.end.saturating_sub(at), true));
                at = at.max(range.end);
                continue;
            }
            let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) else {
                break;
            };
            let separates = c == ';' || c.is_ascii_whitespace() || (c == ',' && !self.meta);
            if !separates {
                start = Some(start.unwrap_or((at, 0, false)));
                at += c.len_utf8();
                continue;
            }
            self.token(text, start.take(), at);
            if c == ';' {
                self.directive();
            }
            if c == ',' {
                self.policy(begin..at);
                begin = at + 1;
                self.begin(begin, Some(at..begin));
            }
            at += c.len_utf8();
        }
        self.token(text, start, at);
        self.policy(begin..at);
        if self.cut
            && let Some(last) = self.policies.last_mut()
        {
            last.open = true;
        }
    }

    fn token(&mut self, text: &'t str, token: Option<(usize, usize, bool)>, end: usize) {
        let Some((start, opaque, dynamic)) = token else {
            return;
        };
        let Some(text) = text.get(start..end) else {
            return;
        };
        self.tokens += 1;
        if self.tokens > MOST_TOKENS {
            self.cut = true;
            return;
        }
        let dynamic = match dynamic {
            false => Dynamic::Not,
            true if opaque >= text.len() => Dynamic::Whole,
            true => Dynamic::Part,
        };
        self.words.push(Token {
            text,
            place: start..end,
            dynamic,
        });
    }

    fn begin(&mut self, at: usize, comma: Option<Range<usize>>) -> &mut Policy<'t> {
        let (given, enforced) = (self.given, self.enforced);
        self.policy.get_or_insert_with(|| Policy {
            given,
            enforced,
            directives: Vec::new(),
            place: at..at,
            open: false,
            comma,
            live: BTreeMap::new(),
        })
    }

    fn directive(&mut self) {
        let mut words = std::mem::take(&mut self.words).into_iter();
        let Some(name) = words.next() else {
            return;
        };
        self.directives += 1;
        if self.directives > MOST_DIRECTIVES {
            self.cut = true;
            return;
        }
        let values: Vec<Token<'t>> = words.collect();
        let meta = self.meta;
        let policy = self.begin(name.place.start, None);
        if name.dynamic != Dynamic::Not {
            policy.open = true;
        }
        let lower = name.text.to_ascii_lowercase();
        let known = crate::directive::known(&lower);
        let ascii = |token: &Token<'_>| token.dynamic != Dynamic::Not || token.text.is_ascii();
        let state = if !ascii(&name) || !values.iter().all(ascii) {
            State::NotAscii
        } else if let Some(first) = policy.live.get(&lower) {
            State::Duplicate(*first)
        } else if meta && known.is_some_and(|known| !known.in_meta) {
            State::Meta
        } else {
            policy.live.insert(lower.clone(), policy.directives.len());
            State::Live
        };
        let sources = values.iter().map(Source::of).collect();
        policy.directives.push(Directive {
            name,
            lower,
            known,
            values,
            sources,
            state,
        });
    }

    /// Ends a policy, whose text is at this place.
    fn policy(&mut self, place: Range<usize>) {
        self.directive();
        self.begin(place.start, None);
        let Some(mut policy) = self.policy.take() else {
            return;
        };
        let first = policy
            .directives
            .first()
            .map(|first| first.name.place.start);
        let last = policy.directives.last().map(|last| last.place().end);
        policy.place = first.unwrap_or(place.start)..last.unwrap_or(place.end);
        // An empty element of a header's list is none (RFC 9110, section 5.6.1).
        let empty = policy.directives.is_empty() && !policy.open;
        if empty && !self.policies.is_empty() {
            return;
        }
        if self
            .policies
            .first()
            .is_some_and(|first| first.directives.is_empty())
        {
            self.policies.clear();
        }
        if self.policies.len() >= MOST_POLICIES {
            self.cut = true;
            return;
        }
        self.policies.push(policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::Delivery;

    fn read<'t>(text: &'t str, delivery: Delivery, dynamic: &[Range<usize>]) -> Vec<Policy<'t>> {
        let given = Given {
            text,
            delivery,
            dynamic: dynamic.to_vec(),
            versioned: false,
        };
        policies(0, &given)
    }

    fn shown(policy: &Policy<'_>) -> Vec<String> {
        policy
            .directives
            .iter()
            .map(|d| {
                let values: Vec<&str> = d.values.iter().map(|value| value.text).collect();
                format!("{} {:?} {}", d.lower, d.state, values.join("|"))
            })
            .collect()
    }

    #[test]
    fn a_header_is_split_at_commas_and_an_element_is_not() {
        let text = " Default-SRC 'self' ;; , ,script-src\ta\n b";
        let found = read(text, Delivery::Header, &[]);
        assert_eq!(found.len(), 2);
        assert_eq!(shown(&found[0]), ["default-src Live 'self'"]);
        assert_eq!(&text[found[0].place.clone()], "Default-SRC 'self'");
        assert_eq!(shown(&found[1]), ["script-src Live a|b"]);
        assert_eq!(found[1].comma.clone().map(|range| &text[range]), Some(","));
        let found = read("a 'self', b", Delivery::Meta { late: false }, &[]);
        assert_eq!(shown(&found[0]), ["a Live 'self',|b"]);
    }

    #[test]
    fn the_first_directive_of_a_name_counts_and_one_beyond_ascii_is_none() {
        let found = read("a-b x; A-B y; img-src é; img-src z", Delivery::Header, &[]);
        assert_eq!(
            shown(&found[0]),
            [
                "a-b Live x",
                "a-b Duplicate(0) y",
                "img-src NotAscii é",
                "img-src Live z"
            ]
        );
        assert!(found[0].get("a-b").is_some_and(|d| d.values[0].text == "x"));
    }

    #[test]
    fn dynamic_parts_hold_together() {
        let found = read(
            "script-src ${a ? ';' : 'x, y'} 'nonce-${n}'; ${more}",
            Delivery::Header,
            &[],
        );
        let script = &found[0].directives[0];
        assert_eq!(script.values[0].dynamic, Dynamic::Whole);
        assert_eq!(script.sources[1], Source::Nonce(None));
        assert!(found[0].open && found.len() == 1);
        // An empty placeholder is a token of its own.
        let found = read(
            "script-src  ; img-src a",
            Delivery::Header,
            std::slice::from_ref(&(11..11)),
        );
        assert_eq!(found[0].directives[0].values[0].dynamic, Dynamic::Whole);
    }

    #[test]
    fn what_is_too_much_makes_the_rest_unknown() {
        let text = "a b;".repeat(MOST_DIRECTIVES + 1);
        let found = read(&text, Delivery::Header, &[]);
        assert_eq!(found[0].directives.len(), MOST_DIRECTIVES);
        assert!(found[0].open);
        let text = "a,".repeat(MOST_POLICIES + 5);
        let found = read(&text, Delivery::Header, &[]);
        assert_eq!(found.len(), MOST_POLICIES);
        assert!(found[MOST_POLICIES - 1].open);
    }
}
