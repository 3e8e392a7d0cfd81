//! What the name of something that is called says of it.

use super::eval::Eval;
use super::token::Kind;

/// Whether what ends at this token is called as headers are.
pub(super) fn holds_headers(eval: &Eval<'_>, at: usize) -> bool {
    let name = match eval.tokens.is(at, ")") {
        true => eval.tokens.pair(at).and_then(|open| open.checked_sub(1)),
        false => Some(at),
    };
    let name = name
        .and_then(|at| eval.tokens.name(at))
        .unwrap_or_default()
        .to_ascii_lowercase();
    name.contains("header") || name.contains("resp") || ["res", "h", "rsp"].contains(&name.as_str())
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> impl Iterator<Item = String> {
    let mut parts = Vec::new();
    let mut current = String::new();
    for c in name.chars() {
        if c == '_' || c.is_ascii_uppercase() && !current.is_empty() {
            parts.push(std::mem::take(&mut current));
        }
        if c != '_' {
            current.push(c.to_ascii_lowercase());
        }
    }
    parts.push(current);
    parts.into_iter().filter(|part| !part.is_empty())
}

/// Whether what ends at this token is about what is asked, not about what is answered.
pub(super) fn is_request(eval: &Eval<'_>, at: usize) -> bool {
    let tokens = &eval.tokens;
    let mut at = at;
    for _ in 0..12 {
        if let Some(name) = tokens.name(at) {
            let lower = name.to_ascii_lowercase();
            let plain =
                ["r", "req", "request", "outreq", "expect", "client"].contains(&lower.as_str());
            if plain && !(tokens.is(at + 1, ".") && tokens.is_any(at + 2, &["headers_mut"])) {
                return true;
            }
        }
        let Some(before) = at.checked_sub(1) else {
            return false;
        };
        let goes_on = tokens.is_any(before, &[".", "->", "?.", "::", "&."]);
        let Some(next) = before.checked_sub(1).filter(|_| goes_on) else {
            return false;
        };
        at = match tokens.kind(next) {
            Some(Kind::Close) => tokens
                .pair(next)
                .and_then(|open| open.checked_sub(1))
                .unwrap_or(next),
            _ => next,
        };
    }
    false
}
