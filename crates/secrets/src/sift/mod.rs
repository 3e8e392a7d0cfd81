//! What is no secret, though a rule fits; and what is one, but less grave for where it stands.
//!
//! A token with a form of its own is dropped only when it is plainly a placeholder. A value that was
//! found by a name beside it must also look random; one that was found by a word like `password` must
//! pass everything here. Nothing that passed its checksum is dropped.

mod entropy;
mod generic;
mod line;
mod path;
mod placeholder;
mod shape;
mod words;

pub use entropy::entropy;
pub use path::{PathClass, path_class};

use crate::rule::{Confidence, Finder, Rule, Severity};
use std::ops::Range;

/// Why a match is dropped; counted in the scan's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dropped {
    /// Too regular to be random.
    Entropy,
    /// `xxxxxxxx`, `your-key-here`, `${VARIABLE}`, `<token>`.
    Placeholder,
    /// `12345678`, `qwertyuiop`, `abcabcabc`.
    Sequence,
    /// A key that a provider's documentation shows.
    Documented,
    /// An identifier, a path, a call, a type, a URL, a date or another value with a meaning.
    Meaning,
    /// A UUID beside a word that does not say secret.
    Uuid,
    /// A hash of content: a commit, an integrity string, a checksum.
    Digest,
    /// Words of a language.
    Words,
    /// Too short or too weak to be worth a line.
    Weak,
    /// The name beside it says that it is no secret: `public_key`, `token_url`, `password_field`.
    Name,
    /// A test, an example, documentation, foreign or generated code, where guesses are worth nothing.
    Path,
    /// A line of minified code, a source map, an image.
    Machine,
}

impl Dropped {
    /// The reason in a few words, for a count of reasons.
    pub fn words(self) -> &'static str {
        match self {
            Self::Entropy => "not random",
            Self::Placeholder => "a placeholder",
            Self::Sequence => "a sequence or a repetition",
            Self::Documented => "a documented example",
            Self::Meaning => "a value with a meaning",
            Self::Uuid => "a plain UUID",
            Self::Digest => "a hash of content",
            Self::Words => "words of a language",
            Self::Weak => "too short or too weak",
            Self::Name => "named as something public",
            Self::Path => "a guess in a test, an example or foreign code",
            Self::Machine => "minified or encoded data",
        }
    }
}

/// A match in its surroundings.
pub struct Found<'a> {
    /// The rule that fits.
    pub rule: &'a Rule,
    /// What kind of file it is.
    pub class: PathClass,
    /// The text that was searched: the file, or what was decoded from it.
    pub text: &'a [u8],
    /// All that the rule fits, in bytes of `text`.
    pub whole: Range<usize>,
    /// The secret in it.
    pub secret: Range<usize>,
    /// Whether an offline check passed: then it stays, whatever it looks like.
    pub proven: bool,
}

impl<'a> Found<'a> {
    /// The secret's bytes.
    fn value(&self) -> &'a [u8] {
        self.text.get(self.secret.clone()).unwrap_or_default()
    }
}

/// What is left of the rule's grades where the match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The rule's, or lower.
    pub severity: Severity,
    /// The rule's, or lower.
    pub confidence: Confidence,
}

/// For what is hardly real, and told all the same.
const INVENTED: Kept = Kept {
    severity: Severity::Info,
    confidence: Confidence::Low,
};

/// How much a rule's form says, and with it how much may be held against a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A form that nothing else has.
    Token,
    /// A provider's name and a value of its shape.
    Service,
    /// A password where a known system has its passwords.
    Password,
    /// A word like `password`.
    Generic,
}

fn kind(rule: &Rule) -> Kind {
    match (&rule.finder, rule.confidence) {
        _ if rule.is_generic() => Kind::Generic,
        (Finder::Named { .. }, _) => Kind::Service,
        (_, Confidence::High) => Kind::Token,
        _ => Kind::Password,
    }
}

/// Looks at a match in its surroundings.
///
/// # Errors
/// Why it is dropped.
pub fn judge(found: &Found<'_>) -> Result<Kept, Dropped> {
    let rule = found.rule;
    let kept = Kept {
        severity: rule.severity,
        confidence: rule.confidence,
    };
    if found.proven {
        return Ok(kept);
    }
    let value = found.value();
    if value.is_empty() {
        return Err(Dropped::Placeholder);
    }
    if entropy(value) < rule.entropy {
        return Err(Dropped::Entropy);
    }
    match kind(rule) {
        Kind::Token => {
            if line::is_inside_data(found) {
                return Err(Dropped::Machine);
            }
            token(kept, value, found.class)
        }
        Kind::Service => {
            shape::plain(value)?;
            line::machine(found)?;
            token(kept, value, found.class)
        }
        Kind::Password => {
            placeholder::password(value)?;
            shape::reference(value, is_set_off(found))?;
            let shown = is_shown_user(found) || line::is_comment(found);
            if words::is_common_password(value) && shown {
                return Err(Dropped::Placeholder);
            }
            password(kept, value, found.class)
        }
        Kind::Generic => {
            generic::judge(found)?;
            Ok(kept)
        }
    }
}

/// A token in a test is a token still, but one grade less sure: nobody blocks for a fixture. One that
/// counts up or repeats itself is invented, most likely: worth a line in code that runs, as one with a
/// wrong checksum is, and none where things are shown.
fn token(kept: Kept, value: &[u8], class: PathClass) -> Result<Kept, Dropped> {
    match (placeholder::token(value), class) {
        (Err(Dropped::Sequence), PathClass::Plain) => Ok(INVENTED),
        (Err(Dropped::Placeholder), PathClass::Plain) if is_marked(value) => Ok(INVENTED),
        (Err(reason), _) => Err(reason),
        (Ok(()), PathClass::Plain) => Ok(kept),
        (Ok(()), _) => Ok(Kept {
            severity: kept.severity,
            confidence: kept.confidence.min(Confidence::Medium),
        }),
    }
}

/// A random token with a word like `fake` in its midst: somebody spoilt a real one, so that one looks
/// where it came from.
fn is_marked(value: &[u8]) -> bool {
    value.len() >= 24
        && placeholder::is_own(value)
        && !line::has(value, "example")
        && generic::is_random(value)
}

/// The secret is set off by quotes, as part of a URL, by an option of a command or by an assignment in
/// capitals, and so no variable's name.
fn is_set_off(found: &Found<'_>) -> bool {
    let before = line::before(found);
    let argument = before
        .strip_suffix(b" ")
        .and_then(|before| before.rsplit(u8::is_ascii_whitespace).next())
        .is_some_and(|word| word.starts_with(b"-"));
    if argument {
        return true;
    }
    match before.last() {
        Some(b'"' | b'\'' | b'`' | b':' | b'/') => true,
        Some(b'=') => {
            let name = before.strip_suffix(b"=").unwrap_or_default();
            let name = name
                .rsplit(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
                .next();
            name.is_some_and(|name| !name.iter().any(u8::is_ascii_lowercase))
        }
        _ => false,
    }
}

/// `user:`, `username:` or `test:` before the password, and no URL: how a command is explained.
fn is_shown_user(found: &Found<'_>) -> bool {
    let before = line::before(found);
    ["user:", "username:", "test:", "admin:"]
        .iter()
        .any(|user| {
            let user = user.as_bytes();
            before.len() >= user.len()
                && before
                    .get(before.len() - user.len()..)
                    .is_some_and(|end| end.eq_ignore_ascii_case(user))
        })
        && !word_before(before).windows(3).any(|part| part == b"://")
}

/// What stands before the secret without a space.
fn word_before(before: &[u8]) -> &[u8] {
    before
        .rsplit(u8::is_ascii_whitespace)
        .next()
        .unwrap_or_default()
}

/// A password that anybody would guess is worth a line, no more. One that is shown to others is worth it
/// only when it was drawn at random; one in a test, or in somebody else's code, protects nothing.
fn password(kept: Kept, value: &[u8], class: PathClass) -> Result<Kept, Dropped> {
    let weak = words::is_common_password(value);
    match class {
        PathClass::Plain if weak => Ok(INVENTED),
        PathClass::Plain => Ok(kept),
        PathClass::Example | PathClass::Documentation
            if kept.severity > Severity::Low && generic::is_random(value) =>
        {
            Ok(Kept {
                severity: Severity::Low,
                confidence: Confidence::Low,
            })
        }
        _ => Err(Dropped::Path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(kind: &str) -> Rule {
        let text = format!("[[rule]]\nid = 'x'\nregex = 'abcd'\n{kind}");
        crate::rule::parse(&text).unwrap().remove(0)
    }

    fn judged(kind: &str, path: &str, text: &str, secret: &str) -> Result<Kept, Dropped> {
        let start = text.rfind(secret).unwrap();
        judge(&Found {
            rule: &rule(kind),
            class: path_class(path),
            text: text.as_bytes(),
            whole: 0..text.len(),
            secret: start..start + secret.len(),
            proven: false,
        })
    }

    const TOKEN: &str = "provider = 'Acme'";
    const PASSWORD: &str = "provider = 'Acme'\nconfidence = 'medium'";
    const GUESS: &str = "confidence = 'low'\nseverity = 'low'";

    #[test]
    fn a_token_is_told_wherever_it_stands() {
        let token = "acme_9fK2xQ7bLm4TzRw8";
        for path in ["src/a.rs", "tests/a.rs", "docs/a.md", "vendor/a.go"] {
            assert!(judged(TOKEN, path, token, token).is_ok(), "{path}");
        }
        assert_eq!(
            judged(TOKEN, "src/a.rs", token, token).unwrap().confidence,
            Confidence::High
        );
        assert_eq!(
            judged(TOKEN, "tests/a.rs", token, token)
                .unwrap()
                .confidence,
            Confidence::Medium
        );
    }

    #[test]
    fn an_invented_token_is_info_and_a_placeholder_nothing() {
        let counted = "acme_abcdefghijklmnop1234567890";
        assert_eq!(judged(TOKEN, "src/a.rs", counted, counted), Ok(INVENTED));
        assert_eq!(
            judged(TOKEN, "docs/a.md", counted, counted),
            Err(Dropped::Sequence)
        );
        let masked = "acme_xxxxxxxxxxxxxxxxxxxx";
        assert_eq!(
            judged(TOKEN, "src/a.rs", masked, masked),
            Err(Dropped::Placeholder)
        );
    }

    #[test]
    fn a_proven_token_stays_whatever_it_looks_like() {
        let text = b"acme_xxxxxxxxxxxxxxxxxxxx";
        let found = Found {
            rule: &rule(TOKEN),
            class: PathClass::Test,
            text,
            whole: 0..text.len(),
            secret: 0..text.len(),
            proven: true,
        };
        assert!(judge(&found).is_ok());
    }

    #[test]
    fn a_letter_run_inside_an_image_is_no_token() {
        let data = format!("{}EAAC9fK2xQ7bLm4TzRw8", "kQ8zWtm2".repeat(40));
        let found = judged(TOKEN, "src/a.svg.rs", &data, "EAAC9fK2xQ7bLm4TzRw8");
        assert_eq!(found, Err(Dropped::Machine));
    }

    #[test]
    fn a_password_is_no_variable_and_a_common_one_only_info() {
        let of = |text, secret| judged(PASSWORD, "src/a.py", text, secret);
        assert!(of("DB_PASSWORD='rW7kq9ZtXm'", "rW7kq9ZtXm").is_ok());
        assert!(of("x = {'become_pass': becomepass}", "becomepass").is_err());
        assert!(of("db_password: SensitiveString", "SensitiveString").is_err());
        assert!(of("_authToken=MY_AUTH_TOKEN", "MY_AUTH_TOKEN").is_err());
        assert_eq!(of("postgres://app:secret@db", "secret"), Ok(INVENTED));
        assert!(of("# postgres://app:secret@db", "secret").is_err());
        assert!(of("curl -u user:pass", "pass").is_err());
        assert!(judged(PASSWORD, "tests/a.py", "'rW7kq9ZtXm'", "rW7kq9ZtXm").is_err());
    }

    #[test]
    fn guesses_need_a_name_that_says_secret_and_a_value_that_looks_like_one() {
        let of = |text, secret| judged(GUESS, "src/a.py", text, secret);
        assert!(of("client_secret = \"6fb1cff7690dz9ac\"", "6fb1cff7690dz9ac").is_ok());
        assert!(of("password: \"dkQ83!zWm\"", "dkQ83!zWm").is_ok());
        for (text, secret) in [
            (
                "public_key = \"9Cnzj4p4WGeKLs1Pt8Qu\"",
                "9Cnzj4p4WGeKLs1Pt8Qu",
            ),
            (
                "token_url = \"https://x.example/t0k3n\"",
                "https://x.example/t0k3n",
            ),
            (
                "next_token = \"9Cnzj4p4WGeKLs1Pt8Qu\"",
                "9Cnzj4p4WGeKLs1Pt8Qu",
            ),
            ("password: \"Enter your password\"", "Enter your password"),
            (
                "secret = \"shop-database-credentials\"",
                "shop-database-credentials",
            ),
            (
                "ChangeToken: \"abcd12f2-46da-4fdb-b8d5-fbd4c466928f\"",
                "abcd12f2-46da-4fdb-b8d5-fbd4c466928f",
            ),
            (
                "token = \"sha512-9Cnzj4p4WGeKLs1Pt8Qu\"",
                "9Cnzj4p4WGeKLs1Pt8Qu",
            ),
            ("password = get_password()", "get_password()"),
        ] {
            assert!(of(text, secret).is_err(), "{text}");
        }
        let text = "password: \"dkQ83!zWm\"";
        assert_eq!(
            judged(GUESS, "tests/a.py", text, "dkQ83!zWm"),
            Err(Dropped::Path)
        );
    }
}
