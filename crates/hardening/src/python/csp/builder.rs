//! A policy that is put together from directives.

use crate::python::scope::{Binding, Scope};
use crate::python::value::{Value, Valued, What, append, push_unknown};
use crate::response::{Header, State};
use crate::text::Text;
use std::collections::BTreeSet;
use std::ops::Range;

/// Words that `csp.constants` of django-csp 4 names.
const CONSTANTS: &[(&str, &str)] = &[
    ("HEADER", "Content-Security-Policy"),
    ("NONE", "'none'"),
    ("REPORT_SAMPLE", "'report-sample'"),
    ("SELF", "'self'"),
    ("STRICT_DYNAMIC", "'strict-dynamic'"),
    ("UNSAFE_ALLOW_REDIRECTS", "'unsafe-allow-redirects'"),
    ("UNSAFE_EVAL", "'unsafe-eval'"),
    ("UNSAFE_HASHES", "'unsafe-hashes'"),
    ("UNSAFE_INLINE", "'unsafe-inline'"),
    ("WASM_UNSAFE_EVAL", "'wasm-unsafe-eval'"),
];

/// A nonce that is made for each response.
pub(in crate::python) const NONCE: &str = "'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'";

/// Binds what was imported from `csp.constants`.
pub(in crate::python) fn constants(
    scope: &mut Scope,
    names: &[(String, String, Range<usize>)],
    file: usize,
) {
    for (name, local, place) in names {
        let word = CONSTANTS.iter().find(|(known, _)| known == name);
        let mut text = Text::default();
        match word {
            Some((_, word)) => text.push(word, place.clone()),
            None if name == "NONCE" => text.push_dynamic(NONCE, place.clone()),
            None => continue,
        }
        let value = Valued::new(What::Text(text), place.clone(), file);
        let name = place.clone();
        scope.bind(
            local,
            Binding {
                value,
                name,
                file,
                maybe: false,
            },
        );
    }
}

/// A policy that is being put together for one file.
pub(in crate::python) struct Builder {
    text: Text,
    file: usize,
    /// Whether any source of it is known.
    known: bool,
}

impl Builder {
    pub(in crate::python) fn new(file: usize) -> Self {
        Self {
            text: Text::default(),
            file,
            known: false,
        }
    }

    /// A directive with its sources; `at` is where its name stands.
    pub(in crate::python) fn directive(&mut self, name: &str, at: Range<usize>, value: &Valued) {
        let value = value.otherwise();
        let off =
            value.is_some_and(|value| matches!(value.what, What::Nothing | What::Bool(false)));
        if off {
            return;
        }
        if !self.text.value().is_empty() {
            self.text.push("; ", at.start..at.start);
        }
        self.text.push(name, at.clone());
        match value.map(|value| &value.what) {
            Some(What::Bool(true)) => self.known = true,
            Some(What::List(all)) => {
                for one in all {
                    self.source(one, &at);
                }
                self.known |= all.is_empty();
            }
            Some(_) => self.source(
                value.unwrap_or(&Valued::unknown(at.clone(), self.file)),
                &at,
            ),
            None => {
                self.text.push(" ", at.end..at.end);
                push_unknown(&mut self.text, at);
            }
        }
    }

    fn source(&mut self, value: &Valued, at: &Range<usize>) {
        if matches!(value.what, What::Nothing) {
            return;
        }
        self.text.push(" ", at.end..at.end);
        let place = match value.file == self.file {
            true => value.place.clone(),
            false => at.clone(),
        };
        match value.otherwise().and_then(Valued::text) {
            Some(text) if value.file == self.file => {
                self.known |=
                    text.segments().iter().any(|part| !part.dynamic) || text.value() == NONCE;
                append(&mut self.text, text);
            }
            Some(text) => {
                self.known = true;
                self.text.push(text.value(), place);
            }
            None => push_unknown(&mut self.text, place),
        }
    }

    /// A source that the library adds by itself.
    pub(in crate::python) fn extra(&mut self, words: &str, at: Range<usize>) {
        self.text.push_dynamic(words, at);
        self.known = true;
    }

    /// What django-csp adds when the settings have no `default-src`.
    pub(super) fn default_src(&mut self, at: &Range<usize>) {
        self.text.push("default-src 'self'", at.clone());
        self.known = true;
    }

    /// What one directive after the other amounts to.
    pub(in crate::python) fn header(self, name: &str, place: Range<usize>) -> Header {
        let state = match self.known {
            true => State::Sent,
            false => State::Undecidable,
        };
        header(name, self.text, place, state)
    }
}

pub(in crate::python) fn header(
    name: &str,
    value: Text,
    place: Range<usize>,
    state: State,
) -> Header {
    Header {
        name: name.to_owned(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

/// The directives of a dictionary.
pub(in crate::python) fn dictionary(
    entries: &[(Value, Value)],
    file: usize,
    builder: &mut Builder,
    nonces: &[String],
) {
    let mut seen = BTreeSet::new();
    // The last entry of a key is the one that counts.
    let mut kept = Vec::new();
    for (key, value) in entries.iter().rev() {
        if let Some(name) = key.str()
            && seen.insert(name)
        {
            kept.push((name, key, value));
        }
    }
    for (name, key, value) in kept.into_iter().rev() {
        let at = match key.file == file {
            true => key.place.clone(),
            false => value.place.clone(),
        };
        builder.directive(name, at.clone(), value);
        if nonces.iter().any(|one| one == name) {
            builder.extra(&format!(" {NONCE}"), at.end..at.end);
        }
    }
}
