//! Does a match go on as it must, from a needle on? A small automaton, built as far as it is needed.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::{Anchored, Input, MatchKind, nfa::thompson};
use std::sync::OnceLock;

/// Lazily built states of one suffix and thread, in bytes.
const STATES: usize = 16 * 1024;

/// The rest of a rule, from a needle on.
pub(crate) struct Suffix {
    pattern: String,
    compiled: OnceLock<Option<DFA>>,
}

/// What became of a needle.
pub(crate) struct Tried {
    /// The rest of the match may stand here.
    pub(crate) fits: bool,
    /// Bytes that were read.
    pub(crate) walked: usize,
}

impl Suffix {
    pub(crate) fn new(pattern: String) -> Self {
        Self {
            pattern,
            compiled: OnceLock::new(),
        }
    }

    fn dfa(&self) -> Option<&DFA> {
        let build = || {
            let config = DFA::config()
                .match_kind(MatchKind::All)
                .cache_capacity(STATES)
                .skip_cache_capacity_check(true);
            let nfa = thompson::Config::new()
                .utf8(false)
                .which_captures(thompson::WhichCaptures::None);
            DFA::builder()
                .configure(config)
                .syntax(super::syntax())
                .thompson(nfa)
                .build(&self.pattern)
                .ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }

    /// Follows the text from `from` until it is decided. When the automaton cannot tell, it fits: the
    /// rule itself is asked next.
    pub(crate) fn follow(&self, cache: &mut Option<Cache>, text: &[u8], from: usize) -> Tried {
        let unknown = Tried {
            fits: true,
            walked: 0,
        };
        let Some(dfa) = self.dfa() else {
            return unknown;
        };
        let cache = cache.get_or_insert_with(|| dfa.create_cache());
        let input = Input::new(text).range(from..).anchored(Anchored::Yes);
        let Ok(mut state) = dfa.start_state_forward(cache, &input) else {
            return unknown;
        };
        let rest = text.get(from..).unwrap_or_default();
        for (walked, &byte) in rest.iter().enumerate() {
            state = match dfa.next_state(cache, state, byte) {
                Ok(state) => state,
                Err(_) => return unknown,
            };
            if state.is_tagged() {
                let fits = state.is_match() || state.is_quit();
                if fits || state.is_dead() {
                    return Tried { fits, walked };
                }
            }
        }
        let fits = dfa
            .next_eoi_state(cache, state)
            .map_or(true, |state| state.is_match() || state.is_quit());
        Tried {
            fits,
            walked: rest.len(),
        }
    }
}
