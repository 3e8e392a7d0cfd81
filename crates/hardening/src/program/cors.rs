//! Who may read answers, in the words of middleware: `AllowedOrigins: []string{"*"}`, `allowCredentials(true)`.

use super::blocks;
use super::eval::Eval;
use super::responses::{Set, header};
use super::value::Value;
use crate::response::State;
use crate::text::Text;
use std::ops::Range;

/// Names that are given the sites.
const ORIGINS: &[&str] = &[
    "allowedOrigins",
    "allowedOriginPatterns",
    "setAllowedOrigins",
    "setAllowedOriginPatterns",
    "addAllowedOrigin",
    "addAllowedOriginPattern",
    "AllowedOrigins",
    "AllowOrigins",
    "WithOrigins",
    "allow_origin",
    "allowed_origin",
];
/// Names that let every site in, when they are given `true` or nothing.
const EVERY: &[&str] = &[
    "AllowAllOrigins",
    "AllowAnyOrigin",
    "allow_any_origin",
    "permissive",
];
/// Names that let the user's name in, when they are given `true` or nothing.
const CREDENTIALS: &[&str] = &[
    "allowCredentials",
    "setAllowCredentials",
    "AllowCredentials",
    "allow_credentials",
    "supports_credentials",
    "very_permissive",
];
/// Callbacks that decide on a site.
const DECIDERS: &[&str] = &[
    "SetIsOriginAllowed",
    "AllowOriginFunc",
    "AllowOriginRequestFunc",
    "allowed_origin_fn",
];

/// Adds which sites may read answers: only where it is every one.
pub(super) fn look(eval: &Eval<'_>, out: &mut Vec<Set>) {
    let tokens = &eval.tokens;
    for at in 0..tokens.all.len() {
        let Some(name) = tokens.name(at).filter(|_| eval.is_live(at)) else {
            continue;
        };
        let known = [ORIGINS, EVERY, CREDENTIALS, DECIDERS];
        let matters = known.iter().any(|names| names.contains(&name));
        let Some(value) = matters.then(|| given(eval, at)).flatten() else {
            continue;
        };
        let on = value.is_empty() || tokens.is(value.start, "true");
        let found = if ORIGINS.contains(&name) {
            every(eval, &value)
        } else if EVERY.contains(&name) && on
            || DECIDERS.contains(&name) && always(eval, &value)
            || name == "very_permissive"
        {
            Some(tokens.place(&(at..at + 1)))
        } else {
            None
        };
        let mut add = |name: &'static str, value: &str, place: Range<usize>| {
            let mut text = Text::default();
            text.push(value, place);
            out.push(Set {
                group: place_of(eval, at),
                scope: blocks::scope(tokens, at).to_owned(),
                header: header(name, text, tokens.place(&(at..at + 1)), State::Sent),
            });
        };
        if let Some(place) = found {
            add("access-control-allow-origin", "*", place);
        }
        if CREDENTIALS.contains(&name) && on {
            add(
                "access-control-allow-credentials",
                "true",
                tokens.place(&(at..at + 1)),
            );
        }
    }
}

/// What a name is given: by a call, a field, an assignment.
fn given(eval: &Eval<'_>, at: usize) -> Option<Range<usize>> {
    let tokens = &eval.tokens;
    match tokens.word(at + 1) {
        "(" => Some(tokens.inside(at + 1)),
        ":" | "=" => Some(tokens.expression(at + 2)),
        _ => None,
    }
}

/// The settings that belong together: those of one literal, or of one statement's function.
fn place_of(eval: &Eval<'_>, at: usize) -> Option<usize> {
    let tokens = &eval.tokens;
    let parent = tokens.parent(at)?;
    match tokens.is(parent, "{") {
        true => Some(parent),
        // What is called one behind the other stands in the same block.
        false => {
            let mut open = Some(parent);
            for _ in 0..20 {
                open = match open {
                    Some(at) if !tokens.is(at, "{") => tokens.parent(at),
                    other => return other,
                };
            }
            open
        }
    }
}

/// The place of the `*` among the sites.
fn every(eval: &Eval<'_>, value: &Range<usize>) -> Option<Range<usize>> {
    let tokens = &eval.tokens;
    let any = value.clone().take(8).find(|at| tokens.is(*at, "Any"));
    if let Some(any) = any {
        return Some(tokens.place(&(any..any + 1)));
    }
    let is_every = |one: &Value| one.str() == Some("*");
    for part in tokens.split(value, &[","]) {
        let value = eval.value(&part);
        let list = value
            .one()
            .list()
            .map_or_else(|| vec![value.one().clone()], <[Value]>::to_vec);
        if let Some(one) = list.iter().find(|one| is_every(one)) {
            return Some(one.text().map_or_else(|| one.place.clone(), Text::file));
        }
    }
    None
}

/// Whether a callback says yes to everybody.
fn always(eval: &Eval<'_>, value: &Range<usize>) -> bool {
    let tokens = &eval.tokens;
    let Some(last) = value
        .clone()
        .rev()
        .find(|at| !tokens.is_any(*at, &["}", ";", ")"]))
    else {
        return false;
    };
    let before = last.checked_sub(1);
    tokens.is(last, "true")
        && before.is_some_and(|before| tokens.is_any(before, &["=>", "return", "|"]))
        && value.len() < 16
}
