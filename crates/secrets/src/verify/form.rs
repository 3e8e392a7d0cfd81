//! What the checks have in common.

use crate::hit::Proof;
use sha2::{Digest as _, Sha256};

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 as in zlib (IEEE 802.3).
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    crc32fast::hash(bytes)
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// CRC-16/XMODEM.
pub(super) fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc: u16, _| {
            let carry = crc & 0x8000 != 0;
            crc << 1 ^ if carry { 0x1021 } else { 0 }
        })
    })
}

/// The number's digits in this alphabet, most significant first, filled up with the first digit.
pub(super) fn digits(mut number: u32, alphabet: &[u8], width: usize) -> Vec<u8> {
    let mut found = Vec::new();
    while number > 0 || found.len() < width {
        let digit = number as usize % alphabet.len();
        found.extend(alphabet.get(digit));
        number /= alphabet.len() as u32;
    }
    found.reverse();
    found
}

pub(super) fn base62(number: u32, width: usize) -> Vec<u8> {
    digits(number, BASE62, width)
}

/// Five bits for each of `A-Z2-7` (RFC 4648 §6), whole bytes only.
pub(super) fn base32(text: &[u8]) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    let (mut bits, mut count) = (0u32, 0);
    for byte in text {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            found.push((bits >> count) as u8);
        }
        bits &= (1 << count) - 1;
    }
    Some(found)
}

/// The text and its last `tail` bytes.
pub(super) fn split(secret: &[u8], tail: usize) -> Option<(&[u8], &[u8])> {
    secret.split_at_checked(secret.len().checked_sub(tail)?)
}

/// A JSON object in base64.
pub(super) fn object(base64: &[u8]) -> Option<serde_json::Map<String, serde_json::Value>> {
    serde_json::from_slice(&crate::decode::from_base64(base64)?).ok()
}

/// A word that a format states in public, when it is one: nothing that could be more than a name
/// gets out of here.
pub(super) fn word(text: Option<&serde_json::Value>) -> Option<&str> {
    let text = text?.as_str()?;
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@');
    (!text.is_empty() && text.len() <= 80 && text.bytes().all(plain)).then_some(text)
}

/// Right or wrong.
pub(super) fn checksum(right: bool) -> Proof {
    if right {
        Proof::Passed(String::new())
    } else {
        Proof::Failed("its checksum is wrong".to_owned())
    }
}

pub(super) fn shaped(known: impl Into<String>) -> Proof {
    Proof::Shaped(known.into())
}

pub(super) fn failed(reason: &str) -> Proof {
    Proof::Failed(reason.to_owned())
}

/// The day of a time, as `2026-01-31`.
pub(super) fn day(seconds: u64) -> String {
    // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days, for 1970 on.
    let days = seconds / 86_400 + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(base62(0, 6), b"000000");
        assert_eq!(base62(u32::MAX, 6), b"4gfFC3");
        assert_eq!(base32(b"MZXW6YTB"), Some(b"fooba".to_vec()));
        assert_eq!(base32(b"MZXW6YT1"), None);
        for (seconds, text) in [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (4_102_444_799, "2099-12-31"),
        ] {
            assert_eq!(day(seconds), text);
        }
    }
}
