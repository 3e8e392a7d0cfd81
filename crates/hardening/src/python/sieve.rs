//! Whether a file can hold anything that a rule is about: words are looked for before it is parsed.

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::sync::LazyLock;

/// What a word is a sign of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Enough by itself.
    Enough = 1,
    /// A key that signs; with [`Sign::Runs`].
    Key = 2,
    /// An application, or its environment.
    Runs = 4,
    /// Tokens; with [`Sign::Checks`].
    Token = 8,
    /// How tokens are checked, and how long they live.
    Checks = 16,
    /// An answer to a request; with [`Sign::Leaks`].
    Answers = 32,
    /// The text of an error.
    Leaks = 64,
}

/// Words in lower case; the case of the file makes no difference.
const WORDS: &[(Sign, &[&str])] = &[
    (
        Sign::Enough,
        &[
            "security-policy",
            "csp_default_src",
            "csp_script_src",
            "secure_csp",
            "content_security_policy",
            "x-frame-options",
            "strict-transport",
            "content-type-options",
            "referrer-policy",
            "x-xss-protection",
            "permissions-policy",
            "access-control-allow-",
            "allow_origins",
            "flask_cors",
            "talisman",
            "access_token_exp",
            "access_token_life",
            "access_token_ttl",
            "basesettings",
            "fastapi(",
            "/metrics\"",
            "/metrics'",
            "/health/",
            "/ready",
        ],
    ),
    (
        Sign::Key,
        &[
            "secret_key",
            "jwt_secret",
            "jwt_key",
            "signing_key",
            "encryption_key",
            "fernet_key",
            "auth_secret",
            "session_secret",
            "token_secret",
        ],
    ),
    (
        Sign::Runs,
        &[
            "environ",
            "getenv",
            "config(",
            "env(",
            "flask",
            "fastapi",
            "starlette",
            "jwt",
            "jose",
        ],
    ),
    (Sign::Token, &["jwt", "jose", "token_exp"]),
    (
        Sign::Checks,
        &[
            "algorithms",
            "verify_signature",
            "verify=false",
            "expir",
            "lifetime",
            "ttl",
        ],
    ),
    (
        Sign::Answers,
        &[
            "httpexception",
            "jsonresponse",
            "jsonify",
            "response(",
            "abort(",
            "apiexception",
            "textresponse",
            "@app.",
            "router.",
        ],
    ),
    (
        Sign::Leaks,
        &[
            "str(e",
            "repr(e",
            "{e",
            "format_exc",
            "format(e",
            "% e",
            "str(ve",
            "{str(",
            "{ve",
            "{repr(",
        ],
    ),
];

struct Sieve {
    words: AhoCorasick,
    signs: Vec<Sign>,
}

static SIEVE: LazyLock<Option<Sieve>> = LazyLock::new(|| {
    let all = WORDS
        .iter()
        .flat_map(|(sign, words)| words.iter().map(|word| (*sign, *word)));
    let (signs, words): (Vec<Sign>, Vec<&str>) = all.unzip();
    let mut builder = AhoCorasick::builder();
    let builder = builder.kind(Some(AhoCorasickKind::DFA));
    let words = builder.ascii_case_insensitive(true).build(words).ok()?;
    Some(Sieve { words, signs })
});

/// Whether a file is worth parsing.
pub(super) fn lets_through(text: &str) -> bool {
    let Some(sieve) = SIEVE.as_ref() else {
        return true;
    };
    let mut seen = 0_u8;
    let pairs = [
        (Sign::Key, Sign::Runs),
        (Sign::Token, Sign::Checks),
        (Sign::Answers, Sign::Leaks),
    ];
    for found in sieve.words.find_overlapping_iter(text) {
        let sign = sieve.signs.get(found.pattern().as_usize());
        let before = seen;
        seen |= sign.map_or(0, |sign| *sign as u8);
        let has = |sign: Sign| seen & sign as u8 != 0;
        if seen != before && (has(Sign::Enough) || pairs.iter().any(|(a, b)| has(*a) && has(*b))) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::lets_through;

    #[test]
    fn only_what_a_rule_is_about_is_parsed() {
        for text in [
            "r.headers['Content-Security-Policy'] = x",
            "SECRET_KEY = os.environ.get('SECRET_KEY', 'a')",
            "jwt.decode(t, options={'verify_signature': False})",
            "except Exception as e:\n    return JsonResponse({'e': str(e)})",
        ] {
            assert!(lets_through(text), "{text}");
        }
        for text in [
            "def test_secret():\n    return client.secrets()",
            "except Exception as e:\n    log(str(e))",
            "raise HTTPException(404)",
        ] {
            assert!(!lets_through(text), "{text}");
        }
    }
}
