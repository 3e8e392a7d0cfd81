//! What tells one secret from others of its rule and file, without telling the secret.
//!
//! A plain digest of a secret can be tried against guesses. So a fingerprint is made of the line with
//! all secrets taken out, and only a *random* token adds a digest, keyed with rule and path: nobody can
//! try 2⁶⁴ values, and the same token elsewhere has another digest. Of anything that people choose,
//! such as a password, nothing is used.

use crate::model::Untrusted;
use lockgate_secrets::{Rule, rule::Finder};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use std::ops::Range;

/// Bytes before a secret that count as its surroundings, as far as they are of its line.
pub const BEFORE: usize = 120;
/// The same behind it.
pub const BEHIND: usize = 40;

/// From so many bits on, a random value cannot be guessed offline.
const BITS: f64 = 64.0;

/// What is put for a secret.
const MASKED: char = '\u{2588}';
/// What is put for a word that may be one nobody has found.
const NUMBER: char = '#';

/// A piece of a line without white space, without its secrets and without any word that has a digit or
/// is very long.
pub fn outline(line: &[u8], secrets: &[Range<usize>]) -> String {
    let mut out = String::new();
    let mut at = 0;
    let mut inside: Vec<&Range<usize>> = secrets.iter().collect();
    inside.sort_by_key(|range| (range.start, range.end));
    for range in inside {
        if range.start >= at {
            words(line.get(at..range.start).unwrap_or_default(), &mut out);
            out.push(MASKED);
        }
        at = at.max(range.end);
    }
    words(line.get(at..).unwrap_or_default(), &mut out);
    out
}

/// Longer words are no names that people have given.
const LONGEST: usize = 24;

fn words(text: &[u8], out: &mut String) {
    let text = String::from_utf8_lossy(text);
    let mut word = String::new();
    let flush = |word: &mut String, out: &mut String| {
        let odd = word.len() > LONGEST || word.contains(|c: char| c.is_ascii_digit());
        match odd {
            true => out.push(NUMBER),
            false => out.push_str(word),
        }
        word.clear();
    };
    for c in text.chars() {
        match c {
            c if c.is_alphanumeric() => word.push(c),
            c => {
                flush(&mut word, out);
                if !c.is_whitespace() {
                    out.push(c);
                }
            }
        }
    }
    flush(&mut word, out);
}

/// The mark of a secret of this rule in this file: digests, because it is stored, and an outline may
/// hold a word that is a secret too, and that no rule knows.
pub fn mark(rule: &Rule, path: &str, outline: &str, secret: &[u8]) -> Untrusted {
    let keyed = |what: &str, bytes: &[u8]| {
        let mut hash = Sha256::new();
        for part in ["lockgate/secret", what, &rule.id, path] {
            hash.update(part.as_bytes());
            hash.update([0xff]);
        }
        hash.update(bytes);
        let bytes = hash.finalize();
        bytes.iter().take(8).fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    };
    let mut mark = keyed("line", outline.as_bytes());
    if is_random(rule, secret) {
        mark.push_str(&keyed("value", secret));
    }
    mark.into()
}

/// True for what a machine has drawn: a provider's token, never what stands in an address or is called
/// a password, with at least [`BITS`] bits by its own measured entropy.
fn is_random(rule: &Rule, secret: &[u8]) -> bool {
    let chosen = match &rule.finder {
        Finder::Regex { pattern, .. } => pattern.contains("://"),
        Finder::Named { .. } => false,
    };
    let named = [
        "password",
        "passphrase",
        "url",
        "uri",
        "connection",
        "basic",
    ];
    let about = rule.id.split('-').any(|word| named.contains(&word));
    let bits = lockgate_secrets::sift::entropy(secret) * secret.len() as f64;
    !rule.is_generic() && !chosen && !about && bits >= BITS && mixed(secret)
}

/// True when letters and digits alternate as in random text, or there are too many bytes for words.
fn mixed(secret: &[u8]) -> bool {
    let class = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = secret
        .iter()
        .zip(secret.iter().skip(1))
        .filter(|(a, b)| class(a) != class(b))
        .count();
    changes * 5 >= secret.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;
    use lockgate_secrets::rule::parse;

    fn rule(provider: &str, id: &str) -> Rule {
        let text = format!(
            "[[rule]]\nid = \"{id}\"\nprovider = \"{provider}\"\ndescription = \"d\"\n\
             regex = \"tok_[a-z0-9]+\"\nkeywords = [\"tok_\"]\nseverity = \"high\"\n\
             revoke = \"there\"\nmatch = [[\"tok_\", \"a\"]]\nreject = [[\"x\"]]\n"
        );
        parse(&text).unwrap().remove(0)
    }

    #[test]
    fn the_outline_holds_no_secret_and_no_number() {
        let line = b"user:abc123 = tok_secret other = tok_second // why";
        let outline = outline(line, &[14..24, 33..43]);
        assert_eq!(outline, "user:#=\u{2588}other=\u{2588}//why");
    }

    #[test]
    fn only_random_tokens_leave_a_digest() {
        let token = b"k3Jd9Qm2Xz7Lp4Rt8Wv1";
        let mark_of = |rule: &Rule, path: &str, secret: &[u8]| {
            mark(rule, path, "key=", secret).raw().to_owned()
        };
        let known = rule("acme", "acme-token");
        let one = mark_of(&known, "a", token);
        assert_eq!(one.len(), 32);
        assert_ne!(one, mark_of(&known, "a", b"k3Jd9Qm2Xz7Lp4Rt8Wv2"));
        assert_ne!(
            one.get(16..),
            mark_of(&known, "b", token).get(16..),
            "the path is a key"
        );
        for (rule, secret) in [
            (rule("", "generic"), &token[..]),
            (rule("acme", "acme-password"), token),
            (rule("acme", "acme-token"), b"short1"),
            (rule("acme", "acme-token"), b"correcthorsebatterystaple"),
        ] {
            let mark = mark_of(&rule, "a", secret);
            assert_eq!(mark.len(), 16, "{}", rule.id);
            assert_eq!(mark, mark_of(&rule, "a", b"other"), "{}", rule.id);
        }
    }
}
