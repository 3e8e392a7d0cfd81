//! Headers that were found, as responses.

use super::blocks;
use super::eval::Eval;
use super::known;
use super::value::{Value, What, join, says_something, unknown};
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use std::collections::BTreeMap;
use std::ops::Range;

/// A header with where it belongs to.
pub(super) struct Set {
    pub(super) group: Option<usize>,
    pub(super) scope: String,
    pub(super) header: Header,
}

/// A policy that does not even begin with something known can be anything.
pub(super) fn settled(name: &str, told: (Text, State)) -> (Text, State) {
    let (text, state) = told;
    let open = name.contains("security-policy")
        && !text.dynamic().is_empty()
        && !known::is_policy(&text.value().trim_start().to_ascii_lowercase());
    match open && state == State::Sent {
        true => (text, State::Undecidable),
        false => (text, state),
    }
}

/// What a value says of a header.
pub(super) fn told(value: &Value) -> (Text, State) {
    match &value.what {
        What::Text(text) if says_something(text) => (text.clone(), State::Sent),
        What::Text(text) => (text.clone(), State::Undecidable),
        What::List(list) if !list.is_empty() && list.iter().all(|one| one.text().is_some()) => {
            (join(list, ", ", &value.place), State::Sent)
        }
        What::Bool(bool) => {
            let mut text = Text::default();
            text.push(&bool.to_string(), value.place.clone());
            (text, State::Sent)
        }
        What::Nothing => (Text::default(), State::Removed),
        _ => {
            let mut text = Text::default();
            unknown(&mut text, value.place.clone());
            (text, State::Undecidable)
        }
    }
}

/// A header.
pub(super) fn header(name: &str, value: Text, place: Range<usize>, state: State) -> Header {
    Header {
        name: name.to_owned(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

/// What is around a header, as the group of a response.
pub(super) fn group(eval: &Eval<'_>, at: usize, name: &str) -> Option<usize> {
    // Who may read an answer is mostly decided by the origin, a branch for each.
    if name.starts_with("access-control-") {
        let mut open = eval.tokens.parent(at);
        for _ in 0..20 {
            match open {
                Some(at) if eval.tokens.is_any(at, &["(", "["]) => open = eval.tokens.parent(at),
                _ => break,
            }
        }
        return open;
    }
    blocks::function(&eval.tokens, at)
}

/// Headers as responses: those of one function are of one response. What is set several times is one thing or
/// the other, each a response.
pub(super) fn responses(eval: &Eval<'_>, path: &str, sets: Vec<Set>) -> Vec<Response> {
    let mut groups: BTreeMap<Option<usize>, (String, Vec<Header>)> = BTreeMap::new();
    for set in sets {
        let (_, headers) = groups
            .entry(set.group)
            .or_insert_with(|| (set.scope, Vec::new()));
        if !headers.contains(&set.header) {
            headers.push(set.header);
        }
    }
    let mut responses = Vec::new();
    for (_, (scope, mut headers)) in groups {
        headers.sort_by_key(|header| (header.place.start, header.place.end));
        let mut by_name: BTreeMap<String, Vec<Header>> = BTreeMap::new();
        for header in headers {
            by_name.entry(header.name.clone()).or_default().push(header);
        }
        let is_set = |header: &&Header| header.state != State::Removed;
        let most = by_name
            .values()
            .map(|all| all.iter().filter(is_set).count())
            .max();
        for nth in 0..most.unwrap_or_default().clamp(1, 8) {
            let mut headers: Vec<Header> = Vec::new();
            for all in by_name.values() {
                let set: Vec<&Header> = all.iter().filter(is_set).collect();
                headers.extend(set.get(nth).or(set.last()).map(|header| (*header).clone()));
                headers.extend(
                    all.iter()
                        .filter(|header| header.state == State::Removed)
                        .cloned(),
                );
            }
            headers.sort_by_key(|header| header.place.start);
            responses.extend(response(
                eval.tokens.language.carrier(),
                path,
                &scope,
                headers,
            ));
        }
    }
    responses
}

/// A response with these headers; none without any.
pub(super) fn response(
    carrier: &'static str,
    path: &str,
    scope: &str,
    headers: Vec<Header>,
) -> Option<Response> {
    let start = headers.first()?.place.start;
    Some(Response {
        carrier,
        path: path.to_owned(),
        scope: scope.to_owned(),
        place: start..start,
        serves: Serves::Unknown,
        tls: None,
        closed: false,
        headers,
    })
}
