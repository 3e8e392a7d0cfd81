//! Azure's keys that can be told: a signature and a Marvin32 checksum.
//!
//! Source: microsoft/security-utilities (MIT), `IdentifiableSecrets.cs`, `IdentifiableMetadata.cs`,
//! `CommonAnnotatedKey.cs`; Marvin32 as in the .NET runtime.

use super::Now;
use super::form::{base62, checksum, split};
use crate::decode::from_base64;
use crate::hit::Proof;

/// Signature → the seeds of its kinds of key, and what they are. A seed is eight letters.
const KEYS: &[(&str, &[&[u8; 8]], &str)] = &[
    ("+ABa", &[b"AbAcct00"], "Batch"),
    ("+ACR", &[b"ACRDflt0"], "Container Registry"),
    ("+AEh", MESSAGING, "Event Hubs"),
    ("+AMC", &[b"Classic0"], "Machine Learning (classic)"),
    ("+ARm", MESSAGING, "Relay"),
    ("+ASb", MESSAGING, "Service Bus"),
    ("+ASt", &[b"Default0"], "Storage"),
    ("ACDb", COSMOS, "Cosmos DB"),
    ("AIoT", &[b"IotHub00", b"DpsKey00", b"Device00"], "IoT"),
    (
        "APIM",
        &[b"Tenant00", b"IotHub00", b"Gateway0", b"GitKey00"],
        "API Management",
    ),
    (
        "AzFu",
        &[b"Master00", b"System00", b"Functi00"],
        "Functions",
    ),
    ("AzSe", &[b"Query000", b"PAdmin00"], "AI Search"),
];

const MESSAGING: &[&[u8; 8]] = &[
    b"Send0000",
    b"Listen00",
    b"Manage00",
    b"System00",
    b"Unknown0",
];

const COSMOS: &[&[u8; 8]] = &[
    b"MastRO00",
    b"MastRW00",
    b"SysRO000",
    b"SysRW000",
    b"SysAll00",
    b"Resour00",
    b"Encryp00",
];

/// Signatures of which some real keys write the checksum otherwise: a wrong one says nothing.
const LOOSE: &[(&str, &[&[u8; 8]], &str)] = &[
    ("AZEG", &[b"Default0"], "Event Grid"),
    ("AzCa", &[b"Access00"], "Cache for Redis"),
];

/// A key in base 64: its last four bytes are the checksum, before which the signature is readable.
pub(super) fn identifiable(secret: &[u8], _: Now) -> Proof {
    let end = secret
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |at| at + 1);
    let text = secret.get(..end).unwrap_or_default();
    let signature = split(text, 6).and_then(|(front, _)| split(front, 4));
    let Some((_, signature)) = signature else {
        return Proof::None;
    };
    let known = |table: &'static [(&str, &[&[u8; 8]], &'static str)]| {
        table.iter().find(|(name, ..)| name.as_bytes() == signature)
    };
    let (entry, strict) = match (known(KEYS), known(LOOSE)) {
        (Some(entry), _) => (entry, true),
        (None, Some(entry)) => (entry, false),
        (None, None) => return Proof::None,
    };
    let bytes = from_base64(text);
    let Some((body, sum)) = bytes.as_deref().and_then(|bytes| split(bytes, 4)) else {
        return Proof::None;
    };
    let (_, seeds, service) = entry;
    let right = |seed: &&&[u8; 8]| marvin(body, seed).to_le_bytes() == *sum;
    match (seeds.iter().any(|seed| right(&seed)), strict) {
        (true, _) => Proof::Passed(format!("Azure {service}")),
        (false, true) => checksum(false),
        (false, false) => Proof::None,
    }
}

/// A "common annotated" key: `JQQJ9` in the middle, at its end the checksum of the first sixty bytes,
/// in base 64 or the first four of its digits in base 62, lowest byte first. Which of the two, and of
/// what, changed over the years, so a wrong one says nothing.
pub(super) fn annotated(secret: &[u8], _: Now) -> Proof {
    if !matches!(secret.len(), 84 | 88) || secret.get(52..57) != Some(b"JQQJ9") {
        return Proof::None;
    }
    let (body, sum) = secret.split_at_checked(80).unwrap_or_default();
    let (Some(body), Some(bytes)) = (from_base64(body), from_base64(sum)) else {
        return Proof::None;
    };
    let number = marvin(&body, b"Default0");
    let in_base64 = number.to_le_bytes().starts_with(&bytes);
    if in_base64 || base62(number.swap_bytes(), 6).get(..4) == sum.get(..4) {
        Proof::Passed("Azure".to_owned())
    } else {
        Proof::None
    }
}

/// Marvin32 with its two halves folded. The seed's letters are the bytes of a number, highest first.
fn marvin(bytes: &[u8], seed: &[u8; 8]) -> u32 {
    let seed = u64::from_be_bytes(*seed);
    let (mut low, mut high) = (seed as u32, (seed >> 32) as u32);
    let mut mix = |value: u32| {
        low = low.wrapping_add(value);
        high ^= low;
        low = low.rotate_left(20).wrapping_add(high);
        high = high.rotate_left(9) ^ low;
        low = low.rotate_left(27).wrapping_add(high);
        high = high.rotate_left(19);
        low ^ high
    };
    let (whole, rest) = bytes.as_chunks::<4>();
    for chunk in whole {
        mix(u32::from_le_bytes(*chunk));
    }
    let mut last = [0; 4];
    for (to, from) in last.iter_mut().zip(rest.iter().chain([&0x80])) {
        *to = *from;
    }
    mix(u32::from_le_bytes(last));
    mix(0)
}

#[cfg(test)]
mod tests {
    use super::super::examples::one_letter_off;
    use super::*;

    #[test]
    fn storage_keys_have_a_checksum() {
        for key in [
            concat!(
                "oqb4TdY9T0hphvktd5fJnMiHuQqzVy1jd5sSuOpAbGka",
                "oqTlrHl0BOJN2okcasinVLOJzfDbZo1L+ASt68RAhA=="
            ),
            concat!(
                "u45diQdTiXeuSKl5r4EjgbPP72EYpuTNEzfMTi0mk+d2",
                "sTisA4gWzt4H1Ag3kqFaCykWZv2S6KQo+AStHF56RQ=="
            ),
        ] {
            assert_eq!(
                identifiable(key.as_bytes(), None),
                Proof::Passed("Azure Storage".to_owned())
            );
            assert_eq!(
                identifiable(&one_letter_off(key.as_bytes()), None),
                checksum(false)
            );
            let old = key.replace("+ASt", "xyzW");
            assert_eq!(identifiable(old.as_bytes(), None), Proof::None);
        }
    }

    #[test]
    fn annotated_keys_are_never_wrong() {
        let key = concat!(
            "6RtqHqPc66Y6DYbkydbrrFJTYnRoA7r40ts7LWS2SkIN",
            "SFsRABxhJQQJ99BFACAAAAALGcqjAAASAZDO3eqU"
        );
        assert_eq!(
            annotated(key.as_bytes(), None),
            Proof::Passed("Azure".to_owned())
        );
        assert_eq!(
            annotated(&one_letter_off(key.as_bytes()), None),
            Proof::None
        );
    }
}
