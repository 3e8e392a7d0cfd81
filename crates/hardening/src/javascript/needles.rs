//! A cheap look at a text: only a program that can say something here is parsed.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use std::sync::LazyLock;

/// What a word hints at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hint {
    /// Enough by itself.
    Alone,
    /// What an error says.
    Error,
    /// Something is sent.
    Sink,
    /// The environment.
    Environment,
    /// What the browser keeps, and weak chance.
    Weak,
    /// Something is taken in.
    Post,
    /// Where people sign in.
    Door,
    /// The name of a secret.
    Secret,
}

const WORDS: &[(&str, Hint)] = &[
    ("helmet", Hint::Alone),
    ("content-security-policy", Hint::Alone),
    ("contentsecuritypolicy", Hint::Alone),
    ("x-frame-options", Hint::Alone),
    ("strict-transport-security", Hint::Alone),
    ("x-content-type-options", Hint::Alone),
    ("referrer-policy", Hint::Alone),
    ("access-control-allow-origin", Hint::Alone),
    ("cors", Hint::Alone),
    ("csp", Hint::Alone),
    ("nuxt-security", Hint::Alone),
    ("jsonwebtoken", Hint::Alone),
    ("@nestjs/jwt", Hint::Alone),
    ("bcrypt", Hint::Alone),
    ("pbkdf2", Hint::Alone),
    ("createhash", Hint::Alone),
    ("express-rate-limit", Hint::Alone),
    ("express()", Hint::Alone),
    ("/ready", Hint::Alone),
    ("/readiness", Hint::Alone),
    (".post(", Hint::Post),
    ("/login", Hint::Door),
    ("/signin", Hint::Door),
    ("/sign-in", Hint::Door),
    ("/forgot-password", Hint::Door),
    ("/reset-password", Hint::Door),
    ("/authenticate", Hint::Door),
    (".message", Hint::Error),
    (".stack", Hint::Error),
    (".json(", Hint::Sink),
    (".send(", Hint::Sink),
    (".end(", Hint::Sink),
    (".body", Hint::Sink),
    ("process.env", Hint::Environment),
    ("configservice", Hint::Environment),
    ("localstorage", Hint::Weak),
    ("sessionstorage", Hint::Weak),
    ("math.random", Hint::Weak),
    ("secret", Hint::Secret),
    ("password", Hint::Secret),
    ("passwd", Hint::Secret),
    ("passphrase", Hint::Secret),
    ("token", Hint::Secret),
    ("key", Hint::Secret),
    ("mnemonic", Hint::Secret),
    ("otp", Hint::Secret),
    ("_url", Hint::Secret),
    ("_uri", Hint::Secret),
    ("nonce", Hint::Secret),
    ("salt", Hint::Secret),
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::DFA))
        .build(WORDS.iter().map(|(word, _)| word))
        .ok()
});

/// Whether a program is worth parsing.
pub(super) fn may_say_something(text: &str) -> bool {
    let Some(search) = SEARCH.as_ref() else {
        return true;
    };
    let mut seen = Vec::new();
    for found in search.find_overlapping_iter(text) {
        let Some((_, hint)) = WORDS.get(found.pattern().as_usize()) else {
            continue;
        };
        if *hint == Hint::Alone {
            return true;
        }
        if !seen.contains(hint) {
            seen.push(*hint);
            let has = |hint| seen.contains(&hint);
            let enough = has(Hint::Error) && has(Hint::Sink)
                || has(Hint::Post) && has(Hint::Door)
                || has(Hint::Secret) && (has(Hint::Environment) || has(Hint::Weak));
            if enough {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_may_say_something() {
        assert!(may_say_something("app.use(HELMET())"));
        assert!(may_say_something("res.json({ error: err.message })"));
        assert!(may_say_something("const s = process.env.JWT_SECRET || 'x'"));
        assert!(!may_say_something("export const add = (a, b) => a + b"));
        assert!(!may_say_something("console.log(err.message)"));
    }
}
