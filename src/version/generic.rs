//! An order for versions of any scheme: numbers by size, words by the alphabet.
//!
//! It agrees with Maven's, RubyGems' and Debian's own rules on what advisories name in practice.

use std::cmp::Ordering;

/// A run of digits, or a run of letters.
#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    /// Digits without leading zeros, of any length.
    Number(&'a str),
    /// Letters, or Debian's `~`, which sorts before everything.
    Word(&'a str),
}

/// Words that stand before the release that they belong to (Maven's `ComparableVersion`, Debian's
/// `~`, RubyGems' rule that a version with a letter is a pre-release).
const BEFORE: &[&str] = &[
    "~",
    "a",
    "alpha",
    "b",
    "beta",
    "c",
    "canary",
    "cr",
    "dev",
    "ea",
    "m",
    "milestone",
    "next",
    "pre",
    "preview",
    "rc",
    "snapshot",
];

/// Words that mean the release itself (Maven).
const RELEASE: &[&str] = &["final", "ga", "release"];

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '~');
        let first = rest.chars().next()?;
        let same = |c: char| match first {
            '~' => false,
            '0'..='9' => c.is_ascii_digit(),
            _ => c.is_alphanumeric() && !c.is_ascii_digit(),
        };
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| !same(*c))
            .map_or(rest.len(), |(at, _)| at);
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(match first {
            '0'..='9' => Token::Number(token.trim_start_matches('0')),
            _ => Token::Word(token),
        })
    })
}

fn is_any(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Debian's epoch (deb-version(7)): `1:2.0` comes after every `2.0`.
fn epoch(text: &str) -> (&str, &str) {
    match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => {
            (epoch.trim_start_matches('0'), rest)
        }
        _ => ("", text),
    }
}

fn numbers(a: &str, b: &str) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The order of two versions; missing numbers count as zero, so that `1.0` equals `1.0.0`.
pub fn compare(a: &str, b: &str) -> Ordering {
    let ((epoch_a, a), (epoch_b, b)) = (epoch(a), epoch(b));
    let (mut left, mut right) = (tokens(a), tokens(b));
    let mut order = numbers(epoch_a, epoch_b);
    while order == Ordering::Equal {
        order = match (left.next(), right.next()) {
            (None, None) => break,
            (Some(token), None) => against_end(&token),
            (None, Some(token)) => against_end(&token).reverse(),
            (Some(Token::Number(a)), Some(Token::Number(b))) => numbers(a, b),
            (Some(Token::Word(a)), Some(Token::Word(b))) => words(a, b),
            (Some(Token::Number(_)), Some(Token::Word(_))) => Ordering::Greater,
            (Some(Token::Word(_)), Some(Token::Number(_))) => Ordering::Less,
        };
    }
    order
}

fn against_end(token: &Token<'_>) -> Ordering {
    match token {
        Token::Number("") => Ordering::Equal,
        Token::Number(_) => Ordering::Greater,
        Token::Word(word) if is_any(word, BEFORE) => Ordering::Less,
        Token::Word(word) if is_any(word, RELEASE) => Ordering::Equal,
        Token::Word(_) => Ordering::Greater,
    }
}

fn words(a: &str, b: &str) -> Ordering {
    let rank = |word: &str| !is_any(word, BEFORE);
    rank(a)
        .cmp(&rank(b))
        .then_with(|| a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()))
}

/// True when the version has a word that puts it before its release.
pub fn is_pre_release(text: &str) -> bool {
    tokens(text).any(|token| matches!(token, Token::Word(word) if is_any(word, BEFORE)))
}

/// The numbers before the first word: `1:2.3.4-rc.1` → `[2, 3, 4]`, at most three.
pub fn release(text: &str) -> Vec<u64> {
    let (_, rest) = epoch(text);
    let rest = rest.split(['-', '+', '~']).next().unwrap_or_default();
    tokens(rest)
        .map_while(|token| match token {
            Token::Number("") => Some(0),
            Token::Number(digits) => digits.parse().ok(),
            Token::Word(_) => None,
        })
        .take(3)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_other_schemes_are_ordered() {
        let ascending = [
            "1.0-alpha1",
            "1.0-beta-2",
            "1.0-rc1",
            "1.0",
            "1.0.1",
            "1.0.10",
            "1.2.3.3",
            "1.2.3.4",
            "2.0.0.RC1",
            "2.0.0.Final",
            "99999999999999999999999.1",
            "1:0.5",
        ];
        for pair in ascending.windows(2) {
            assert_eq!(compare(pair[0], pair[1]), Ordering::Less, "{pair:?}");
            assert_eq!(compare(pair[1], pair[0]), Ordering::Greater, "{pair:?}");
        }
        assert_eq!(compare("1.1.1k-1", "1.1.1n-0+deb11u3"), Ordering::Less);
        assert_eq!(compare("1.0~rc1-1", "1.0-1"), Ordering::Less);
        assert_eq!(compare("1.0", "1.0.0"), Ordering::Equal);
        assert_eq!(compare("2.0.0.Final", "2.0.0"), Ordering::Equal);
    }
}
