//! Private keys as text: PEM (RFC 7468) around DER, OpenSSH's own format, PuTTY's, OpenPGP's.

use super::Now;
use super::form::{failed, shaped};
use crate::decode::from_base64;
use crate::hit::Proof;
use crate::rule::Severity;
use memchr::memmem;

/// A key from its first line to its last; line ends may be written `\n`, and each line may be a string
/// of a programming language.
pub(super) fn key(secret: &[u8], _: Now) -> Proof {
    if memmem::find(secret, b"PuTTY-User-Key-File").is_some() {
        return putty(secret);
    }
    let text = unescaped(secret);
    let Some((label, body)) = parts(&text) else {
        return Proof::None;
    };
    let lines = || body.split(|byte| *byte == b'\n');
    let header = |words: &[u8]| lines().any(|line| memmem::find(line, words).is_some());
    if label.starts_with("ENCRYPTED") || header(b"ENCRYPTED") {
        return encrypted();
    }
    // `Version: …`, `Comment: …`; OpenPGP's checksum line.
    let digits = lines()
        .map(trimmed)
        .filter(|line| !line.contains(&b':') && !line.starts_with(b"="))
        .collect::<Vec<_>>()
        .concat();
    if digits.is_empty() {
        return failed("no key stands between its first and its last line");
    }
    let Some(bytes) = from_base64(&digits) else {
        return failed("what stands between its lines is no base 64");
    };
    match bytes.as_slice() {
        [
            b'o',
            b'p',
            b'e',
            b'n',
            b's',
            b's',
            b'h',
            b'-',
            b'k',
            b'e',
            b'y',
            b'-',
            b'v',
            b'1',
            0,
            rest @ ..,
        ] => openssh(rest),
        _ if label.starts_with("PGP") => match bytes.first() {
            // RFC 9580 §4.2: a packet's first byte; 5 is a secret key.
            Some(0x94..=0x97 | 0xc5) => shaped("OpenPGP"),
            _ => failed("it is no OpenPGP key"),
        },
        der => match der_length(der) {
            Some(length) if length == der.len() => shaped(""),
            Some(length) if length > der.len() => failed("the key is cut"),
            _ => failed("what stands between its lines is no key"),
        },
    }
}

/// A service account of Google Cloud: the JSON object, or what is left of it around its key.
pub(super) fn service_account(secret: &[u8], now: Now) -> Proof {
    type Object = serde_json::Map<String, serde_json::Value>;
    let Ok(object) = serde_json::from_slice::<Object>(secret) else {
        return key(secret, now);
    };
    let Some(private) = object.get("private_key").and_then(|key| key.as_str()) else {
        return Proof::None;
    };
    match key(private.as_bytes(), now) {
        Proof::Shaped(_) => {
            let project = super::form::word(object.get("project_id"));
            shaped(project.map_or(String::new(), |id| format!("project {id}")))
        }
        proof => proof,
    }
}

fn encrypted() -> Proof {
    Proof::Limited {
        reason: "encrypted: as strong as its passphrase".to_owned(),
        at_most: Severity::Medium,
    }
}

/// With real line ends, and without what joins the lines of a string.
fn unescaped(secret: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(secret.len());
    let mut bytes = secret.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (byte, bytes.peek()) {
            (b'\\', Some(b'n')) => {
                bytes.next();
                text.push(b'\n');
            }
            (b'\\', Some(b'r')) => {
                bytes.next();
            }
            (b'\\', _) | (b'\r', _) => {}
            _ => text.push(byte),
        }
    }
    text
}

/// What the first line says, and all up to the last.
fn parts(text: &[u8]) -> Option<(&str, &[u8])> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    let start = memmem::find(text, BEGIN)? + BEGIN.len();
    let rest = text.get(start..)?;
    let label = rest.get(..memmem::find(rest, b"-----")?)?;
    let body = rest.get(label.len() + 5..)?;
    let end = memmem::find(body, b"-----END");
    // A rule that takes only the first line has nothing to be judged.
    if end.is_none() && body.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let body = body.get(..end.unwrap_or(body.len()))?;
    Some((str::from_utf8(label).ok()?, body))
}

/// A line without quotes, indentation, comment signs and the plus sign that joins strings.
fn trimmed(line: &[u8]) -> &[u8] {
    let around = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'\t' | b'"' | b'\'' | b'`' | b',' | b'#' | b'*' | b';' | b')' | b'('
        )
    };
    let trim = |line| {
        let line: &[u8] = line;
        let start = line
            .iter()
            .position(|byte| !around(byte))
            .unwrap_or(line.len());
        let end = line
            .iter()
            .rposition(|byte| !around(byte))
            .map_or(start, |at| at + 1);
        line.get(start..end).unwrap_or_default()
    };
    let line = trim(line);
    // Only behind a quote or a space is it a sign.
    match line {
        [front @ .., b' ' | b'"' | b'\'', b'+' | b'.'] => trim(front),
        [b'+' | b'.', b' ' | b'"' | b'\'', back @ ..] => trim(back),
        [b'+'] => &[],
        _ => line,
    }
}

/// Bytes that a DER SEQUENCE takes with its header (X.690 §8.1.3).
fn der_length(der: &[u8]) -> Option<usize> {
    let [0x30, first, rest @ ..] = der else {
        return None;
    };
    if *first < 0x80 {
        return Some(2 + usize::from(*first));
    }
    let count = usize::from(first & 0x7f);
    let bytes = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
    let length = bytes
        .iter()
        .fold(0usize, |sum, byte| sum << 8 | usize::from(*byte));
    length.checked_add(2 + count)
}

/// OpenSSH's PROTOCOL.key: cipher, key derivation and its options, the number of keys, the public
/// key, the private part, which begins with a random number twice.
fn openssh(rest: &[u8]) -> Proof {
    let fields = || {
        let (cipher, rest) = string(rest)?;
        let (_, rest) = string(rest)?;
        let (_, rest) = string(rest)?;
        let (_, rest) = rest.split_at_checked(4)?;
        let (_, rest) = string(rest)?;
        let (private, _) = string(rest)?;
        Some((cipher, private))
    };
    match fields() {
        None => failed("the key is cut"),
        Some((b"none", private)) => match private.as_chunks::<4>() {
            ([a, b, ..], _) if a == b => shaped("OpenSSH"),
            _ => failed("its two check numbers differ"),
        },
        Some(_) => encrypted(),
    }
}

/// Four bytes of length, and so many bytes.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

fn putty(secret: &[u8]) -> Proof {
    if memmem::find(secret, b"Encryption: none").is_some() {
        shaped("PuTTY")
    } else if memmem::find(secret, b"Encryption: ").is_some() {
        encrypted()
    } else {
        Proof::None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A SEQUENCE of so many bytes, in lines of 64 digits.
    fn pem(label: &str, bytes: &[u8], between: &str) -> String {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let text: Vec<u8> = bytes
            .chunks(3)
            .flat_map(|chunk| {
                let get = |at: usize| chunk.get(at).copied().unwrap_or(0);
                let bits = u32::from_be_bytes([0, get(0), get(1), get(2)]);
                let all = [18, 12, 6, 0].map(|shift| digits[(bits >> shift & 63) as usize]);
                all.into_iter().take(chunk.len() + 1)
            })
            .collect();
        let lines: Vec<_> = text
            .chunks(64)
            .map(|line| str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN {label}-----{between}{}{between}-----END {label}-----",
            lines.join(between)
        )
    }

    fn der(length: u8) -> Vec<u8> {
        let mut bytes = vec![0x30, 0x81, length];
        bytes.extend((0..length).map(|byte| byte.wrapping_mul(37)));
        bytes
    }

    const LABEL: &str = concat!("RSA PRIVATE", " KEY");

    #[test]
    fn a_whole_key_is_one_however_its_lines_end() {
        for between in [
            "\n",
            "\r\n",
            "\\n",
            "\\r\\n",
            "\\n\" +\n  \"",
            "\n    ",
            "\",\n \"",
        ] {
            let text = pem(LABEL, &der(200), between);
            assert_eq!(key(text.as_bytes(), None), shaped(""), "{between:?}");
        }
    }

    #[test]
    fn a_cut_or_invented_key_is_told() {
        let cut = &der(200)[..120];
        assert_eq!(
            key(pem(LABEL, cut, "\n").as_bytes(), None),
            failed("the key is cut")
        );
        let none = format!("-----BEGIN {LABEL}-----\nnot a key\n-----END {LABEL}-----");
        assert!(matches!(key(none.as_bytes(), None), Proof::Failed(_)));
        let first = format!("-----BEGIN {LABEL}-----");
        assert_eq!(key(first.as_bytes(), None), Proof::None);
    }

    #[test]
    fn an_encrypted_key_is_worth_less() {
        let pkcs8 = concat!("ENCRYPTED PRIVATE", " KEY");
        assert_eq!(
            key(pem(pkcs8, &der(100), "\n").as_bytes(), None),
            encrypted()
        );
        let old = pem(LABEL, &[7; 90], "\n").replacen(
            '\n',
            "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n",
            1,
        );
        assert_eq!(key(old.as_bytes(), None), encrypted());
    }

    fn ssh(cipher: &[u8], check: [u8; 8]) -> Vec<u8> {
        let mut bytes = b"openssh-key-v1\0".to_vec();
        let mut field = |content: &[u8]| {
            bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(content);
        };
        field(cipher);
        field(b"none");
        field(b"");
        bytes.extend([0, 0, 0, 1]);
        let mut field = |content: &[u8]| {
            bytes.extend(u32::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(content);
        };
        field(&[1; 51]);
        field(&[&check[..], &[3; 80]].concat());
        bytes
    }

    #[test]
    fn openssh_keys_tell_whether_they_are_encrypted() {
        let label = concat!("OPENSSH PRIVATE", " KEY");
        let open = ssh(b"none", [1, 2, 3, 4, 1, 2, 3, 4]);
        assert_eq!(
            key(pem(label, &open, "\n").as_bytes(), None),
            shaped("OpenSSH")
        );
        let closed = ssh(b"aes256-ctr", [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(key(pem(label, &closed, "\n").as_bytes(), None), encrypted());
        let wrong = ssh(b"none", [1, 2, 3, 4, 5, 6, 7, 8]);
        assert!(matches!(
            key(pem(label, &wrong, "\n").as_bytes(), None),
            Proof::Failed(_)
        ));
        let cut = &open[..100];
        assert_eq!(
            key(pem(label, cut, "\n").as_bytes(), None),
            failed("the key is cut")
        );
    }

    #[test]
    fn a_service_account_tells_its_project() {
        let private = pem(concat!("PRIVATE", " KEY"), &der(150), "\n");
        let object = serde_json::json!({"type": "service_account", "project_id": "some-project-1", "private_key": private});
        let text = object.to_string();
        assert_eq!(
            service_account(text.as_bytes(), None),
            shaped("project some-project-1")
        );
        // Cut out of its object, as a rule may take it.
        let inner = text.get(text.find("-----BEGIN").unwrap()..text.rfind("-----").unwrap() + 5);
        assert_eq!(service_account(inner.unwrap().as_bytes(), None), shaped(""));
    }
}
