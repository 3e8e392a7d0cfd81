//! LG-NODE-161 and 162: secrets kept where every script reads them, and such that can be guessed.

use super::Program;
use super::names;
use super::nodes::range;
use crate::check::Raised;
use crate::rule::Severity;
use oxc_ast::ast::{Argument, Expression};
use std::ops::Range;

pub(super) fn look(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    kept(program, raised);
    guessed(program, raised);
}

/// `localStorage.setItem('encryption-key', …)`.
fn kept(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        let path = names::path(&call.node.callee);
        let store = match path.as_slice() {
            [.., store @ ("localStorage" | "sessionStorage"), "setItem"] => *store,
            _ => continue,
        };
        let (Some(name), Some(value)) = (
            call.node
                .arguments
                .first()
                .and_then(Argument::as_expression),
            call.node.arguments.get(1).and_then(Argument::as_expression),
        ) else {
            continue;
        };
        let known = program.eval.value(name);
        let said = match known.str() {
            Some(text) => text.to_owned(),
            None => names::path(name).join("."),
        };
        let mut material = is_key_material(&said);
        let mut inner = value;
        while let Expression::CallExpression(call) = inner.get_inner_expression() {
            match call.arguments.first().and_then(Argument::as_expression) {
                Some(one) => inner = one,
                None => break,
            }
        }
        material |= names::path(inner)
            .last()
            .is_some_and(|name| is_key_material(name));
        if material {
            keep(program, store, range(call.node.span), raised);
        }
    }
    for one in program.live(&program.nodes.assignments) {
        let Some(target) = one.node.left.as_member_expression() else {
            continue;
        };
        let path = names::path(target.object());
        if let ([.., store @ ("localStorage" | "sessionStorage")], Some(name)) =
            (path.as_slice(), target.static_property_name())
            && is_key_material(name)
        {
            keep(program, store, range(one.node.span), raised);
        }
    }
}

/// What is kept is not shown: it may be the secret itself.
fn keep(program: &Program<'_, '_>, store: &str, place: Range<usize>, raised: &mut Vec<Raised>) {
    let message =
        format!("A key or secret is kept in {store}, where every script of the page reads it");
    let severity = match store {
        "localStorage" => Severity::High,
        _ => Severity::Medium,
    };
    raised.push(program.raise("LG-NODE-161", place, message).at(severity));
}

/// Whether a name is that of a key or secret itself. A session's token is none (ASVS 5.0 14.3.3 lets the
/// browser keep it).
fn is_key_material(name: &str) -> bool {
    let words = names::words(name);
    let has = |all: &[&str]| words.iter().any(|word| all.contains(&word.as_str()));
    let public = [
        "public", "id", "name", "hint", "visible", "show", "length", "expiry", "type", "version",
        "reset",
    ];
    if has(&public) {
        return false;
    }
    let before_key = [
        "encryption",
        "private",
        "secret",
        "master",
        "crypto",
        "aes",
        "rsa",
        "signing",
        "symmetric",
        "wrapped",
        "exported",
        "api",
        "encrypt",
        "decryption",
        "vault",
    ];
    let key = words.windows(2).any(|two| match two {
        [before, key] => {
            ["key", "jwk", "keys"].contains(&key.as_str()) && before_key.contains(&before.as_str())
        }
        _ => false,
    });
    key || has(&[
        "secret",
        "secretkey",
        "privatekey",
        "encryptionkey",
        "masterkey",
        "passphrase",
        "mnemonic",
        "password",
        "apikey",
        "cryptokey",
        "jwk",
    ])
}

/// `const token = Math.random()…`.
fn guessed(program: &Program<'_, '_>, raised: &mut Vec<Raised>) {
    for call in program.live(&program.nodes.calls) {
        if names::path(&call.node.callee) != ["Math", "random"] {
            continue;
        }
        // What tells things apart may be guessed, whatever it is a part of.
        let inner = call.names.first().map(|name| names::words(name));
        let of_order = |words: Vec<String>| {
            let last = words.last().map(String::as_str).unwrap_or_default();
            ["id", "uid", "uuid", "index"].contains(&last)
        };
        if inner.is_some_and(of_order) {
            continue;
        }
        let Some(name) = call.names.iter().find(|name| is_made_by_chance(name)) else {
            continue;
        };
        let message = format!(
            "`{name}` is made with Math.random, whose next numbers follow from those seen before"
        );
        // Browsers have the one, Node.js both.
        let browser = ["localStorage", "sessionStorage", "document.", "window."]
            .iter()
            .any(|word| program.text.contains(word));
        let better = match browser {
            true => "crypto.getRandomValues(new Uint8Array(32))",
            false => "crypto.randomBytes(32).toString('base64url')",
        };
        let raised_here = program.raise("LG-NODE-162", range(call.node.span), message);
        raised.push(raised_here.better(better));
    }
}

/// Whether a name ends with that of something nobody may guess.
fn is_made_by_chance(name: &str) -> bool {
    let words = names::words(name);
    let last = words.last().map(String::as_str).unwrap_or_default();
    let before = words
        .len()
        .checked_sub(2)
        .and_then(|at| words.get(at))
        .map(String::as_str);
    let alone = [
        "token",
        "secret",
        "password",
        "passphrase",
        "otp",
        "salt",
        "nonce",
        "csrf",
        "apikey",
        "iv",
        "pin",
    ];
    let pairs = [
        ("api", "key"),
        ("secret", "key"),
        ("encryption", "key"),
        ("private", "key"),
        ("master", "key"),
        ("session", "id"),
        ("session", "key"),
        ("verification", "code"),
        ("reset", "code"),
        ("otp", "code"),
        ("invite", "code"),
        ("recovery", "code"),
        ("temp", "password"),
        ("license", "key"),
        ("crypto", "key"),
    ];
    // What is made for a token is none.
    let part = ["for", "of", "by", "from", "with", "to", "at", "in"];
    let belongs = before.is_some_and(|before| part.contains(&before));
    !belongs && alone.contains(&last)
        || before.is_some_and(|before| pairs.contains(&(before, last)))
}
