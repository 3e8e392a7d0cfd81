//! Where a result is, as code scanning understands addresses.

use super::{About, loses, rejects};

/// A path below a folder in the server's own words: "an invalid URI was provided as a SARIF
/// location".
const INVALID: About = rejects(
    "uri-invalid",
    "an address is no URI: it holds a space, a backslash, or a % without two digits",
);

/// "SARIF URI scheme X did not match the checkout URI scheme Y"
const SCHEME: About = rejects(
    "uri-scheme",
    "an address has a scheme other than that of the checkout",
);

const OUTSIDE: About = loses(
    "uri-outside",
    "an address leads out of the repository, where no alert can be shown",
);

/// What is wrong with an address. `checkout` says that the file tells where the sources were.
pub fn examine(uri: &str, checkout: bool) -> Option<About> {
    if !is_uri(uri) {
        return Some(INVALID);
    }
    match scheme(uri) {
        Some(scheme) if !scheme.eq_ignore_ascii_case("file") || !checkout => Some(SCHEME),
        Some(_) => None,
        None if uri.starts_with('/') || uri.split('/').any(|part| part == "..") => Some(OUTSIDE),
        None => None,
    }
}

/// Only characters of a URI reference, and `%` with its digits (RFC 3986, section 2).
fn is_uri(text: &str) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let good = match byte {
            b'%' => {
                let mut digit = || bytes.next().is_some_and(|b| b.is_ascii_hexdigit());
                digit() && digit()
            }
            byte => byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte),
        };
        if !good {
            return false;
        }
    }
    true
}

/// The scheme of an absolute URI (RFC 3986, section 3.1).
fn scheme(uri: &str) -> Option<&str> {
    let (scheme, _) = uri.split_once(':')?;
    let letter = scheme.starts_with(|c: char| c.is_ascii_alphabetic());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    (letter && scheme.chars().all(plain)).then_some(scheme)
}
