//! Code that is commented out: somebody knew what should stand there.

use super::eval::Eval;
use super::token::Tokens;
use super::{language::Language, lex};
use crate::response::{Header, State};

/// A file of which only the comments are left, every byte in its place.
pub(super) fn only(tokens: &Tokens<'_>) -> Option<String> {
    let words = [
        "security-policy",
        "security_policy",
        "securitypolicy",
        "force_ssl",
        "adddirective",
    ];
    let tells = tokens.comments.iter().any(|place| {
        let text = tokens
            .text
            .get(place.clone())
            .unwrap_or_default()
            .to_ascii_lowercase();
        words.iter().any(|word| text.contains(word))
    });
    if !tells {
        return None;
    }
    let mut bytes: Vec<u8> = tokens
        .text
        .bytes()
        .map(|byte| if byte == b'\n' { byte } else { b' ' })
        .collect();
    for place in &tokens.comments {
        let from = tokens.text.as_bytes().get(place.clone());
        if let (Some(to), Some(from)) = (bytes.get_mut(place.clone()), from) {
            to.copy_from_slice(from);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The program that the comments hold.
pub(super) fn program(text: &str, language: Language) -> Eval<'_> {
    Eval::new(lex::lex(text, language, true))
}

/// Policies among these headers, as what stands in a comment only.
pub(super) fn policies(headers: impl Iterator<Item = Header>) -> Vec<Header> {
    let sent = headers.filter(|header| {
        let policy = header.name.starts_with("content-security-policy");
        policy && matches!(header.state, State::Sent | State::Undecidable)
    });
    let commented = sent.map(|header| Header {
        state: State::Commented,
        ..header
    });
    commented.collect()
}
