//! Keys of cryptography that carry their own checksum: age, NATS, Stellar, base58check, BIP-39.

use super::Now;
use super::form::{base32, checksum, crc16, failed, sha256, split};
use crate::hit::Proof;
use bech32::primitives::decode::CheckedHrpstring;

/// age's secret key: Bech32 (BIP-173).
pub(super) fn age(secret: &[u8], _: Now) -> Proof {
    match str::from_utf8(secret) {
        Ok(text) if text.starts_with("AGE-SECRET-KEY-1") => {
            checksum(CheckedHrpstring::new::<bech32::Bech32>(text).is_ok())
        }
        _ => Proof::None,
    }
}

/// NATS' seed: base 32 of two bytes for the kind, the seed, and a CRC-16 with its lowest byte first
/// (nats-io/nkeys).
pub(super) fn nats(secret: &[u8], _: Now) -> Proof {
    let Some([b'S', kind, ..]) = secret.get(..2).filter(|_| secret.len() == 58) else {
        return Proof::None;
    };
    let kind = match kind {
        b'A' => "account",
        b'C' => "cluster",
        b'N' => "server",
        b'O' => "operator",
        b'U' => "user",
        b'X' => "encryption",
        _ => return failed("no kind of key begins so"),
    };
    match base32(secret).as_deref().and_then(|bytes| split(bytes, 2)) {
        Some((body, sum)) if crc16(body).to_le_bytes() == *sum => {
            Proof::Passed(format!("{kind} key"))
        }
        Some(_) => checksum(false),
        None => failed("it is no base 32"),
    }
}

/// Stellar's secret seed: base 32 of one byte for the kind, the seed, and the same CRC-16 (SEP-23).
pub(super) fn stellar(secret: &[u8], _: Now) -> Proof {
    if secret.len() != 56 || secret.first() != Some(&b'S') {
        return Proof::None;
    }
    let bytes = base32(secret);
    match bytes.as_deref().and_then(|bytes| split(bytes, 2)) {
        Some((body, sum)) => checksum(crc16(body).to_le_bytes() == *sum),
        None => failed("it is no base 32"),
    }
}

/// Bitcoin's private keys, plain (WIF) and extended (BIP-32): the first four bytes of a double
/// SHA-256 at the end.
pub(super) fn base58check(secret: &[u8], _: Now) -> Proof {
    // Decoding takes quadratic time; no such key is longer.
    if secret.len() > 128 {
        return Proof::None;
    }
    let bytes = bs58::decode(secret).into_vec().ok();
    match bytes.as_deref().and_then(|bytes| split(bytes, 4)) {
        Some((body, sum)) => checksum(sha256(&sha256(body)).starts_with(sum)),
        None => failed("it is no base 58"),
    }
}

/// The words of a wallet (BIP-39, English): the last one holds a checksum.
pub(super) fn mnemonic(secret: &[u8], _: Now) -> Proof {
    let Ok(text) = str::from_utf8(secret) else {
        return Proof::None;
    };
    let words: Vec<String> = text
        .split_whitespace()
        .map(str::to_lowercase)
        .take(25)
        .collect();
    if !matches!(words.len(), 12 | 15 | 18 | 21 | 24) {
        return Proof::None;
    }
    let parsed = bip39::Mnemonic::parse_in_normalized(bip39::Language::English, &words.join(" "));
    checksum(parsed.is_ok())
}

#[cfg(test)]
mod tests {
    use super::super::examples::holds;
    use super::*;

    #[test]
    fn age_keys() {
        holds(
            age,
            &[concat!(
                "AGE-SECRET-",
                "KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
            )],
        );
    }

    #[test]
    fn base_32_keys_are_made_and_checked() {
        // The seed is 32 times the byte 9; put together here as the formats say.
        let build = |prefix: &[u8]| {
            let mut bytes = prefix.to_vec();
            bytes.extend([9; 32]);
            bytes.extend(crc16(&bytes).to_le_bytes());
            let mut text = String::new();
            let (mut bits, mut count) = (0u32, 0);
            for byte in bytes {
                bits = bits << 8 | u32::from(byte);
                count += 8;
                while count >= 5 {
                    count -= 5;
                    text.push(char::from(
                        b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits >> count & 31) as usize],
                    ));
                }
            }
            if count > 0 {
                text.push(char::from(
                    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits << (5 - count) & 31) as usize],
                ));
            }
            text
        };
        // 18 << 3 is a seed, 20 << 3 a user: its bits are spread over two bytes.
        let user = build(&[18 << 3 | 20 >> 2, (20 & 3) << 6]);
        assert!(user.starts_with("SU"), "{user}");
        assert_eq!(
            nats(user.as_bytes(), None),
            Proof::Passed("user key".to_owned())
        );
        holds(stellar, &[&build(&[18 << 3])]);
        let wrong = user.replace("SU", "SA");
        assert_eq!(nats(wrong.as_bytes(), None), checksum(false));
    }

    #[test]
    fn wallets() {
        // Bitcoin's own example of a key in this form (BIP-38's and the wiki's).
        holds(
            base58check,
            &[concat!(
                "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ",
                "1jvhTVqvbTLvyTJ"
            )],
        );
        let words = ["abandon"; 11].join(" ");
        assert_eq!(
            mnemonic(format!("{words} about").as_bytes(), None),
            checksum(true)
        );
        assert_eq!(
            mnemonic(format!("{words} zoo").as_bytes(), None),
            checksum(false)
        );
        assert_eq!(mnemonic(b"abandon about", None), Proof::None);
    }
}
