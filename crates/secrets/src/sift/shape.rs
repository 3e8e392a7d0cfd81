//! Values with a meaning: what a program names, not what it hides.

use super::{Dropped, words};

/// For a value beside a provider's name: no identifier.
pub(super) fn plain(value: &[u8]) -> Result<(), Dropped> {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits * 8 < value.len() && words::all_words(value) {
        return Err(Dropped::Words);
    }
    Ok(())
}

/// `8-4-4-4-12` hexadecimal digits.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Hexadecimal digits only.
pub(super) fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
}

fn has(value: &[u8], part: &[u8]) -> bool {
    value.windows(part.len()).any(|window| window == part)
}

/// `https://host`, `//host/path`, `/etc/x`, `./x`, `~/x`, `C:\x`, `a/b/c.d`, `file.ext`.
fn is_place(value: &[u8]) -> bool {
    let starts = |prefix: &[u8]| value.starts_with(prefix);
    if has(value, b"://")
        || starts(b"/")
        || starts(b"./")
        || starts(b"../")
        || starts(b"~/")
        || starts(b"file:")
    {
        return true;
    }
    if matches!(value, [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic()) {
        return true;
    }
    let slashes = value
        .iter()
        .filter(|byte| matches!(byte, b'/' | b'\\'))
        .count();
    slashes >= 1 && words::share_of_words(value) > 0.5 || is_file_name(value)
}

const EXTENSIONS: &str = "cer cfg com conf crt css csv der go html ini io java jks js json key keytab local md net org \
    p12 pem pfx php png properties pub py rb rs sh sql svg toml ts tsx txt xml yaml yml";

fn is_file_name(value: &[u8]) -> bool {
    let mut parts = value.rsplitn(2, |byte| *byte == b'.');
    match (parts.next(), parts.next()) {
        (Some(end), Some(name)) => {
            !name.is_empty()
                && EXTENSIONS
                    .split(' ')
                    .any(|known| end.eq_ignore_ascii_case(known.as_bytes()))
        }
        _ => false,
    }
}

/// Names joined by `.`, `::`, `->`, `/`, `:`: `config.auth.password`, `Foo::Bar`, `urn:x:y`.
fn is_path_of_names(value: &[u8]) -> bool {
    let joined = value
        .iter()
        .any(|byte| matches!(byte, b'.' | b':' | b'>' | b'/'));
    joined
        && value
            .split(|byte| {
                matches!(
                    byte,
                    b'.' | b':' | b'-' | b'>' | b'/' | b'?' | b'!' | b'[' | b']' | b'*' | b'&'
                )
            })
            .filter(|part| !part.is_empty())
            .all(is_name)
}

/// An identifier that is made of words: `getToken`, `MAX_TOKENS`, `token2`.
fn is_name(part: &[u8]) -> bool {
    part.iter()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
        && (part.len() <= 3 || words::share_of_words(part) >= 0.6)
}

/// Calls, operators, brackets: code.
fn is_code(value: &[u8]) -> bool {
    let value = value.strip_suffix(b"==").unwrap_or(value);
    let marks: [&[u8]; 14] = [
        b"(", b"=>", b"->", b"::", b"==", b"&&", b"||", b"[\"", b"['", b"+=", b"\" +", b"' +",
        b"/>", b"</",
    ];
    marks.iter().any(|mark| has(value, mark))
        || value.ends_with(b"[]")
        || matches!(value, [b'*' | b'&' | b'@' | b'!' | b'?', ..])
            && words::share_of_words(value) > 0.6
}

/// `\d`, `[a-z]`, `(?:`, `.*`, `{8,}`: a pattern for a value.
fn is_pattern(value: &[u8]) -> bool {
    let marks: [&[u8]; 12] = [
        b"\\d", b"\\w", b"\\s", b"\\b", b"[a-z", b"[A-Z", b"[0-9", b"[^", b"(?", b".*", b".+",
        b"]+",
    ];
    marks.iter().any(|mark| has(value, mark))
}

/// `10.0.0.1:80`, `1.2.3-rc4`, `2024-01-02T03:04`, `16px`, `#a0b1c2`, `a@b.example`.
fn is_figure(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let marks = value
        .iter()
        .filter(|byte| {
            matches!(
                byte,
                b'.' | b':' | b'-' | b'/' | b',' | b'_' | b'+' | b'T' | b'Z' | b'v'
            )
        })
        .count();
    let colour =
        matches!(value, [b'#', rest @ ..] if matches!(rest.len(), 3 | 6 | 8) && is_hex(rest));
    colour
        || (digits > 0 && digits + marks == value.len() && marks > 0)
        || matches!(value, [b'0', b'x' | b'X', rest @ ..] if rest.len() <= 16 && is_hex(rest))
        || is_mail(value)
        || is_host(value)
        || is_package(value)
        || value.iter().filter(|byte| **byte == b':').count() >= 3
}

fn is_mail(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == b'@');
    let (name, host, more) = (parts.next(), parts.next(), parts.next());
    matches!((name, host, more), (Some(name), Some(host), None) if !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'))
        && is_host(host))
}

/// `name@1.2.3`
fn is_package(value: &[u8]) -> bool {
    let mut parts = value.rsplitn(2, |byte| *byte == b'@');
    matches!((parts.next(), parts.next()), (Some(version), Some(_))
        if version.first().is_some_and(u8::is_ascii_digit) && version.contains(&b'.'))
}

/// Labels with dots, the last of letters only.
fn is_host(value: &[u8]) -> bool {
    let value = value.split(|byte| *byte == b':').next().unwrap_or_default();
    let labels: Vec<&[u8]> = value.split(|byte| *byte == b'.').collect();
    labels.len() >= 3
        && labels.iter().all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && label
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        })
        && labels.last().is_some_and(|last| {
            (2..=6).contains(&last.len()) && last.iter().all(u8::is_ascii_lowercase)
        })
}

/// `PR_kwDOA1b2Cs5abcde`: the global identifier of a node in GitHub's GraphQL interface.
fn is_node_of_github(value: &[u8]) -> bool {
    let mut parts = value.splitn(2, |byte| *byte == b'_');
    let (Some(kind), Some(rest)) = (parts.next(), parts.next()) else {
        return false;
    };
    // MessagePack arrays of two or more numbers in Base64.
    let begins = [&b"kwDO"[..], b"kgDO", b"kwHO", b"kgHO", b"lADO", b"lAHO"];
    (1..=5).contains(&kind.len())
        && kind.iter().all(u8::is_ascii_uppercase)
        && begins.iter().any(|begin| rest.starts_with(begin))
}

/// `MY_AUTH_TOKEN`, `BASE64_URL_SAFE`.
pub(super) fn is_constant(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    value.contains(&b'_')
        && digits * 4 < value.len()
        && value
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
}

/// For a password in its place: no name of a variable, no call, no constant.
pub(super) fn reference(value: &[u8], quoted: bool) -> Result<(), Dropped> {
    if is_constant(value) {
        return Err(Dropped::Placeholder);
    }
    if value.contains(&b'.') && is_path_of_names(value) {
        return Err(Dropped::Meaning);
    }
    if quoted {
        return Ok(());
    }
    // `{'password': password}`: what closes the brackets is no part of it.
    let mut value = value;
    while let [rest @ .., b')' | b']' | b'}' | b';' | b','] = value {
        value = rest;
    }
    let is_identifier = value
        .iter()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'-' | b'?' | b'!'));
    if is_code(value) || is_identifier || is_path_of_names(value) {
        return Err(Dropped::Meaning);
    }
    Ok(())
}

/// A value that a guess must not take for a secret.
pub(super) fn meaning(value: &[u8]) -> Result<(), Dropped> {
    if is_place(value)
        || is_code(value)
        || is_pattern(value)
        || is_figure(value)
        || is_path_of_names(value)
        || is_node_of_github(value)
    {
        return Err(Dropped::Meaning);
    }
    if words::all_words(value) {
        return Err(Dropped::Words);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_with_a_meaning() {
        for text in [
            "https://x.example/y",
            "/run/secrets/db",
            "config.auth.password",
            "SecretManager::Token",
            "getToken()",
            "[a-zA-Z0-9]+",
            "10.0.0.1:5432",
            "1.2.3-4",
            "a.b@mail.example.org",
            "server.key",
            "ultraPictureBox",
            "keyboard-interactive",
            "env.cert.p12",
            "LA_kwDOCsUTCM75TTQL",
        ] {
            assert!(meaning(text.as_bytes()).is_err(), "{text}");
        }
        for text in [
            "dipPr10Gg!",
            "Prl23Db#@",
            "8zBhTTWfBKWP9hJ8wunD7z",
            "6fb1cff7690db9ac066cadbbde8e3c078efdabcf",
        ] {
            assert!(meaning(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn uuids() {
        assert!(is_uuid(b"1ace4d19-fa7e-b4e2-c3f0-9129474bcd81"));
        assert!(!is_uuid(b"1ace4d19-fa7e-b4e2-c3f0-9129474bcd8g"));
    }
}
