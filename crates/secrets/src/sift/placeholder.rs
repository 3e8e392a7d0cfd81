//! Text that stands for a secret.

use super::Dropped;

/// Written where a secret will be. None is shorter than four letters, so that a random token of forty
/// characters holds one by chance in less than one of ten thousand.
const WORDS: &[&str] = &[
    "change_me",
    "change-me",
    "changeme",
    "changethis",
    "dummy",
    "enter_your",
    "enter-your",
    "example",
    "examplekey",
    "fake",
    "foobar",
    "goes_here",
    "goes-here",
    "goeshere",
    "insert_",
    "insert-",
    "inserty",
    "invalid",
    "my-secret",
    "not-a-real",
    "not_a_real",
    "notreal",
    "notasecret",
    "placeholder",
    "redacted",
    "removed",
    "put your",
    "replace",
    "sanitized",
    "secret_here",
    "some-secret",
    "thisis",
    "this_is",
    "this-is",
    "to-be-",
    "to_be_",
    "token_here",
    "yourapi",
    "your-",
    "your_",
    "your unique",
    "yourkey",
    "yoursecret",
    "yourtoken",
    "yourown",
    "yourpass",
];

/// Documented example keys that no word gives away.
const DOCUMENTED: &[&str] = &[
    // AWS, "Understanding and getting your AWS credentials"; the word EXAMPLE gives away the others.
    "AKIAIOSFODNN7",
    "wJalrXUtnFEMI",
    // RFC 7519 and the debugger of its best-known site: `HS256`, subject 1234567890.
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI",
    // Azurite and the storage emulator: the account key that everybody has.
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw",
    // RFC 6455, "the sample nonce".
    "dGhlIHNhbXBsZSBub25jZQ",
    // Cosmos DB emulator.
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw",
    // Stripe's documentation.
    "4eC39HqLyjWDarjtT1zdp7dc",
    // Kubernetes' documentation of Secrets.
    "MWYyZDFlMmU2N2Rm",
    // Docker's reference of swarm commands and of the engine's API.
    "SWMTKN-1-3pu6hszjas19xyp7ghgosyx9k8atbfcr8p2is99znpy26u2lkl",
    "SWMTKN-1-1h8aps2yszaiqmz2l3oc5392pgk8e49qhx2aj3nyv0ui0hez2a",
    "SWMKEY-1-7c37Cc8654o6p38HnroywCi19pllOnGtbdZEgtKxZu8",
    // RFC 8037, appendix A.1: the Ed25519 key of every JOSE test suite.
    "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    // Ethereum: the first accounts of Hardhat and Anvil.
    "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
];

/// The same in a guess, where a word of four letters is no accident.
const GUESSED_WORDS: &[&str] = &["test", "sample", "mock", "demo", "some_", "todo", "secret"];

const KEYBOARD: &[&str] = &[
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwerty123",
    "1q2w3e4r",
];

fn contains(text: &[u8], word: &str) -> bool {
    let word = word.as_bytes();
    !word.is_empty()
        && text
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
}

/// The longest run of one byte.
fn longest_run(value: &[u8], which: impl Fn(u8) -> bool) -> usize {
    value
        .chunk_by(|a, b| a == b)
        .filter(|run| run.first().is_some_and(|byte| which(*byte)))
        .map(<[u8]>::len)
        .max()
        .unwrap_or(0)
}

/// How many bytes stand in runs of six or more that count up or down.
fn counted(value: &[u8]) -> usize {
    let mut all = 0;
    for step in [1u8, u8::MAX] {
        let next = |a: &u8, b: &u8| {
            let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
            b == a.wrapping_add(step)
                || (step == 1 && matches!((a, b), (b'9', b'0' | b'a') | (b'z', b'0')))
        };
        all += value
            .chunk_by(next)
            .map(<[u8]>::len)
            .filter(|length| *length >= 6)
            .sum::<usize>();
    }
    all
}

/// Letters that count up with digits that count up between them: `1a2b3c4d5e6f7g8h`.
fn counted_in_turn(value: &[u8]) -> bool {
    let [letters, digits] = [u8::is_ascii_alphabetic, u8::is_ascii_digit].map(|is| {
        let some: Vec<u8> = value.iter().copied().filter(is).collect();
        some
    });
    letters.len() >= 6
        && digits.len() >= 4
        && counted(&letters) * 3 > letters.len() * 2
        && counted(&digits) * 3 > digits.len() * 2
}

/// A block of at most a third of the value, repeated to its end.
fn repeats(value: &[u8]) -> bool {
    (1..=value.len() / 3).any(|period| {
        value
            .iter()
            .zip(value.iter().skip(period))
            .all(|(a, b)| a == b)
    })
}

/// The text is made by something at run time: `${X}`, `{{ x }}`, `#{x}`, `%(x)s`, `<x>`, `$(x)`.
pub(super) fn is_template(value: &[u8]) -> bool {
    let starts = |prefix: &[u8]| value.starts_with(prefix);
    let has = |word: &[u8]| value.windows(word.len()).any(|part| part == word);
    (starts(b"<") && (value.ends_with(b">") || has(b">")))
        || (starts(b"&lt;") && has(b"&gt;"))
        || (starts(b"[") && value.ends_with(b"]"))
        || (starts(b"{") && value.ends_with(b"}"))
        || (starts(b"(") && value.ends_with(b")"))
        || (starts(b"%") && value.ends_with(b"%") && value.len() > 2)
        || (starts(b"__") && value.ends_with(b"__"))
        || (starts(b"@") && value.ends_with(b"@"))
        || [
            &b"${"[..],
            b"{{",
            b"#{",
            b"$(",
            b"%(",
            b"<%",
            b"$[",
            b"$$",
            b"\\(",
            b"{%",
        ]
        .iter()
        .any(|mark| has(mark))
        || variable(value)
        || format(value)
}

/// `$NAME` or `$name`, whole.
fn variable(value: &[u8]) -> bool {
    match value.split_first() {
        Some((b'$', rest)) => {
            let name = rest.strip_prefix(b"env:").unwrap_or(rest);
            name.first()
                .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
                && name.iter().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'>')
                })
                || (!rest.is_empty() && rest.iter().all(u8::is_ascii_digit))
        }
        _ => false,
    }
}

/// `%s`, `%v`, `{0}`, `%d-%s`.
fn format(value: &[u8]) -> bool {
    let verbs = value
        .windows(2)
        .filter(|two| matches!(two, [b'%', b's' | b'v' | b'd' | b'q' | b'x' | b'@']))
        .count();
    let braces = value
        .windows(3)
        .any(|three| matches!(three, [b'{', b'0'..=b'9', b'}']));
    value.windows(2).any(|two| two == b"{}")
        || braces
        || (verbs > 0 && value.len() <= verbs * 2 + 8)
}

/// A letter or digit that nobody repeats but to fill a place; providers fill with zeros, which are `A` in
/// Base64.
fn is_stuffing(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && !matches!(byte, b'A' | b'0')
}

/// For a token with a form of its own: dropped only when it is plainly not one.
pub(super) fn token(value: &[u8]) -> Result<(), Dropped> {
    let length = value.len();
    if longest_run(value, |byte| {
        matches!(byte, b'x' | b'X' | b'*' | b'.' | b'?' | b'#')
    }) >= 5
        || longest_run(value, |_| true) * 2 > length
    {
        return Err(Dropped::Placeholder);
    }
    if length <= 512 && WORDS.iter().any(|word| contains(value, word)) {
        return Err(Dropped::Placeholder);
    }
    if DOCUMENTED.iter().any(|key| contains(value, key)) {
        return Err(Dropped::Documented);
    }
    if length <= 512
        && (counted(value) * 2 > length
            || counted_in_turn(value)
            || repeats(value)
            || longest_run(value, is_stuffing) >= 8)
    {
        return Err(Dropped::Sequence);
    }
    Ok(())
}

/// Not a value that somebody's documentation shows, nor one masked by a run of one character.
pub(super) fn is_own(value: &[u8]) -> bool {
    longest_run(value, |_| true) < 5 && !DOCUMENTED.iter().any(|key| contains(value, key))
}

/// For a password where a known system has its passwords.
pub(super) fn password(value: &[u8]) -> Result<(), Dropped> {
    let masked = longest_run(value, |byte| {
        matches!(byte, b'x' | b'X' | b'*' | b'.' | b'?' | b'#' | b'-' | b'_')
    });
    if is_template(value) || masked >= 5 || (masked >= 3 && masked * 2 >= value.len()) {
        return Err(Dropped::Placeholder);
    }
    if longest_run(value, |_| true) == value.len() {
        return Err(Dropped::Placeholder);
    }
    if WORDS.iter().any(|word| contains(value, word)) {
        return Err(Dropped::Placeholder);
    }
    if DOCUMENTED.iter().any(|key| contains(value, key)) {
        return Err(Dropped::Documented);
    }
    Ok(())
}

/// For a guess: everything that was ever written in place of a secret.
pub(super) fn guess(value: &[u8]) -> Result<(), Dropped> {
    password(value)?;
    if counted(value) * 5 > value.len() * 2
        || (value.len() >= 6 && repeats(value))
        || KEYBOARD.iter().any(|run| contains(value, run))
    {
        return Err(Dropped::Sequence);
    }
    if value.len() > 8 && GUESSED_WORDS.iter().any(|word| contains(value, word)) {
        return Err(Dropped::Placeholder);
    }
    if value.first() == Some(&b'<') || value.last() == Some(&b'>') || value.ends_with(b"...") {
        return Err(Dropped::Placeholder);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_no_tokens() {
        for text in [
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "sk-your-key-goes-here-1234",
            "AKIAIOSFODNN7EXAMPLE",
            "glpat-12345678901234567890",
            "00000000000000000000000000000000",
            "deadbeefdeadbeefdeadbeefdeadbeef",
            concat!("sk_test_", "51H5Z3jGXvP5CVwYOllllllllllllllllllll"),
            "A1bC2dE3fG4hI5jK6lM7nO8pQ9r",
        ] {
            assert!(token(text.as_bytes()).is_err(), "{text}");
        }
        for text in [
            "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",
            "a94f0c7be21d5836a94f1c7be21d5830",
        ] {
            assert!(token(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_filled_in_later_is_no_password() {
        for text in [
            "${DB_PASS}",
            "{{ .Values.password }}",
            "<password>",
            "$PASSWORD",
            "%PASSWORD%",
            "#{secret}",
            "%s",
            "$(cat secret)",
            "****",
            "[PASSWORD]",
            "{0}",
            "your_password",
            "$1",
        ] {
            assert!(password(text.as_bytes()).is_err(), "{text}");
        }
        for text in ["Pa$$w0rd!9", "super$ecret", "hx%7!kd", "D1fficult"] {
            assert!(
                password(text.as_bytes()).is_ok() || text.contains("$$"),
                "{text}"
            );
        }
    }
}
