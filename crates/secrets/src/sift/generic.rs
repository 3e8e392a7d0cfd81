//! Guesses: a word like `password` or `token`, an operator, a value.

use super::{Dropped, Found, PathClass, entropy, line, placeholder, shape, words};

/// Parts of a name that say that the value is public, or about a secret rather than one.
const PUBLIC: &str = "accessor action algorithm alias arn attr authenticity autocomplete button caption change \
    char class client_token clienttoken column command config_map constraint contains \
    continuation count csrf description digest dir display empty endpoint entry error event \
    expir field file fingerprint flag folder foreign forgot format hash header help hint icon \
    idempotency index input invalid issuer keyword kind label length limit location lookup \
    mapping message method missing mode next option page param partition path placeholder policy \
    prefix primary prompt property provider pub_key pubkey public reference regex request \
    required reset scope screen selector size sort state status strength suffix sync table title \
    ttl type uri url usage valid vault_name version warning";

/// Ends of a name that say the same.
const PUBLIC_ENDS: &[&str] = &["_id", "-id", ".id", "id", "_ids", "name", "_ref", "tokens"];

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$')
}

/// What a name says that belongs to a secret.
const SECRET: &[&str] = &[
    "pass", "pwd", "pw", "psw", "secret", "token", "key", "cred", "auth",
];

/// The identifier that the rule knows, whole; without one, all that stands before the value.
fn name<'a>(found: &Found<'a>) -> &'a [u8] {
    let start = found.whole.start;
    let lead = found
        .text
        .get(start.saturating_sub(40)..start)
        .unwrap_or_default();
    let left = lead.iter().rev().take_while(|byte| is_name(**byte)).count();
    let all = found
        .text
        .get(start - left.min(start)..found.secret.start)
        .unwrap_or_default();
    all.split(|byte| !is_name(*byte))
        .find(|part| SECRET.iter().any(|word| line::has(part, word)))
        .unwrap_or(all)
}

fn ends_with(text: &[u8], end: &str) -> bool {
    text.len() >= end.len()
        && text
            .get(text.len() - end.len()..)
            .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

/// Whether the name asks for a password, which people choose, rather than a key, which is drawn.
fn asks_for_password(name: &[u8]) -> bool {
    [
        "pass", "pwd", "pw", "psw", "psswd", "paswd", "pswd", "pswrd",
    ]
    .iter()
    .any(|word| line::has(name, word))
        || !name.is_ascii()
}

/// Kinds of characters: lower case, upper case, digits, others.
fn kinds(value: &[u8]) -> [usize; 4] {
    let mut counts = [0; 4];
    for byte in value {
        let kind = match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        if let Some(count) = counts.get_mut(kind) {
            *count += 1;
        }
    }
    counts
}

/// Drawn at random, as far as one can see: long enough, mixed, no words in it.
pub(super) fn is_random(value: &[u8]) -> bool {
    let [lower, upper, digits, _] = kinds(value);
    if shape::is_hex(value) {
        return value.len() >= 16 && digits > 2 && lower + upper > 0 && entropy(value) >= 2.7;
    }
    value.len() >= 10
        && digits >= 2
        && lower + upper >= 4
        && entropy(value) >= 2.9
        && words::share_of_words(value) < 0.45
}

/// Chosen by a person who was told to mix: two kinds of characters or more, and no plain word.
fn is_chosen(value: &[u8], quoted: bool) -> bool {
    let [lower, upper, digits, others] = kinds(value);
    let letters = lower + upper;
    let mixed = usize::from(lower > 0)
        + usize::from(upper > 0)
        + usize::from(digits > 0)
        + usize::from(others > 0);
    let marks = ["$", "@", "#", "%", "&", "*", "^", "!"];
    let inside = value
        .get(1..value.len().saturating_sub(1))
        .unwrap_or_default();
    let marked =
        quoted && marks.iter().any(|mark| line::has(inside, mark)) && !value.contains(&b' ');
    value.len() >= 6
        && letters > 0
        && (mixed >= 3 && digits + others > 0 || digits > 0 && mixed == 2 || marked)
}

fn is_quoted(found: &Found<'_>) -> bool {
    matches!(
        line::before(found).last(),
        Some(b'"' | b'\'' | b'`' | b'>' | b';')
    )
}

/// All that speaks against a guess.
pub(super) fn judge(found: &Found<'_>) -> Result<(), Dropped> {
    if found.class != PathClass::Plain {
        return Err(Dropped::Path);
    }
    let value = found.text.get(found.secret.clone()).unwrap_or_default();
    let name = name(found);
    if PUBLIC.split(' ').any(|word| line::has(name, word))
        || PUBLIC_ENDS.iter().any(|end| ends_with(name, end))
    {
        return Err(Dropped::Name);
    }
    if value.iter().any(u8::is_ascii_control) || std::str::from_utf8(value).is_err() {
        return Err(Dropped::Machine);
    }
    placeholder::guess(value)?;
    line::machine(found)?;
    if line::is_minified(found) {
        return Err(Dropped::Machine);
    }
    if words::is_common_password(value) {
        return Err(Dropped::Weak);
    }
    if line::has(name, &String::from_utf8_lossy(value)) {
        return Err(Dropped::Placeholder);
    }
    let password = asks_for_password(name);
    if shape::is_uuid(value) {
        return if ["secret", "pass", "api"]
            .iter()
            .any(|word| line::has(name, word))
        {
            Ok(())
        } else {
            Err(Dropped::Uuid)
        };
    }
    shape::meaning(value)?;
    if shape::is_constant(value) {
        return Err(Dropped::Placeholder);
    }
    // Without quotes it may be prose: only what no sentence holds.
    let quoted = is_quoted(found);
    if !quoted && (words::share_of_words(value) >= 0.6 || !value.iter().any(u8::is_ascii_digit)) {
        return Err(Dropped::Words);
    }
    if is_random(value) || (password && is_chosen(value, quoted)) {
        Ok(())
    } else {
        Err(Dropped::Weak)
    }
}
