//! Tokens without a checksum whose parts can be read.

use super::Now;
use super::form::{day, failed, object, shaped, split, word};
use crate::decode::from_base64;
use crate::hit::Proof;
use crate::rule::Severity;
use memchr::memmem;

/// Personal tokens of Jira and Bitbucket Data Center: base 64 of a number, `:` and random bytes.
pub(super) fn jira(secret: &[u8], _: Now) -> Proof {
    let Some(bytes) = from_base64(secret) else {
        return Proof::None;
    };
    let number = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    match bytes.get(number) {
        Some(b':') if number >= 4 && bytes.len() > number + 8 => shaped(""),
        _ => failed("no number stands in front of it"),
    }
}

/// Grafana Cloud's `glc_` and the API keys before it: base 64 of an object with the organisation, a
/// name and the key.
pub(super) fn grafana_cloud(secret: &[u8], _: Now) -> Proof {
    let (text, names) = match secret.strip_prefix(b"glc_") {
        Some(text) => (text, &["o", "n", "k"][..]),
        None if secret.starts_with(b"eyJrIjoi") => (secret, &["k", "n", "id"][..]),
        None => return Proof::None,
    };
    match object(text) {
        Some(object) if names.iter().all(|name| object.contains_key(*name)) => shaped(""),
        Some(_) => failed("the object in it lacks a part"),
        None => failed("it holds no JSON object"),
    }
}

/// PyPI's tokens: a macaroon of version 2 whose place is the index and whose identifier is a UUID
/// (libmacaroons, binary format v2).
pub(super) fn macaroon(secret: &[u8], _: Now) -> Proof {
    let Some(text) = secret.strip_prefix(b"pypi-") else {
        return Proof::None;
    };
    // One digit too many is cut off: only the beginning is read.
    let whole = text.len() - usize::from(text.len() % 4 == 1);
    let bytes = text.get(..whole).and_then(from_base64).unwrap_or_default();
    let field = |bytes: &[u8], kind: u8| {
        let ([found, length], rest) = bytes.split_first_chunk::<2>()?;
        let right = *found == kind && *length > 0;
        let rest = rest.get(usize::from(*length)..)?;
        right.then(|| rest.to_vec())
    };
    let rest = bytes.strip_prefix(&[2]).and_then(|rest| field(rest, 1));
    match rest.and_then(|rest| field(&rest, 2)) {
        Some(_) => shaped(""),
        None => failed("it is no macaroon"),
    }
}

/// Discord's bot tokens: base 64 of the bot's number, which holds the time of its making.
pub(super) fn discord(secret: &[u8], _: Now) -> Proof {
    let number = secret
        .split(|byte| *byte == b'.')
        .next()
        .and_then(from_base64);
    let number = number.and_then(|bytes| str::from_utf8(&bytes).ok()?.parse::<u64>().ok());
    match number {
        // "Snowflakes" count milliseconds since 2015 above their 22nd bit.
        Some(number) if number >> 22 > 0 => {
            let made = (number >> 22) / 1000 + 1_420_070_400;
            shaped(format!("bot made on {}", day(made)))
        }
        _ => failed("no bot's number stands in front of it"),
    }
}

/// OpenAI's keys have their name in the middle, in base 64, with as much before as behind it.
pub(super) fn openai(secret: &[u8], _: Now) -> Proof {
    let Some(at) = memmem::find(secret, b"T3BlbkFJ") else {
        return Proof::None;
    };
    let (before, behind) = secret.split_at_checked(at).unwrap_or_default();
    let kinds = [
        &b"sk-proj-"[..],
        b"sk-svcacct-",
        b"sk-admin-",
        b"sk-service-",
        b"sk-None-",
        b"sk-",
    ];
    let kind = kinds.iter().find(|kind| before.starts_with(kind));
    let body = before.len() - kind.map_or(0, |kind| kind.len());
    let [project, _, service, ..] = [b"sk-proj-", b"sk-none-", b"sk-svcac"];
    let note = match () {
        () if secret.starts_with(project) => "project key",
        () if secret.starts_with(service) => "service account",
        () if secret.starts_with(b"sk-admin-") => "administrator's key",
        () => "",
    };
    if body == behind.len() - 8 {
        shaped(note)
    } else {
        Proof::None
    }
}

/// Anthropic's keys end with `AA`.
pub(super) fn anthropic(secret: &[u8], _: Now) -> Proof {
    let kinds: [(&[u8], &str); 4] = [
        (b"sk-ant-admin", "administrator's key"),
        (b"sk-ant-api", "API key"),
        (b"sk-ant-oat", "access token"),
        (b"sk-ant-ort", "refresh token"),
    ];
    let kind = kinds.iter().find(|(prefix, _)| secret.starts_with(prefix));
    match kind {
        Some((_, note)) if secret.ends_with(b"AA") => shaped(*note),
        _ => Proof::None,
    }
}

/// JFrog's reference tokens: base 64 of `reftkn:01:`, the end of its life, `:` and random letters;
/// a life without end has 0. Its API keys are 54 bytes in base 58.
pub(super) fn jfrog(secret: &[u8], now: Now) -> Proof {
    if secret.starts_with(b"AKC") {
        let right = secret.len() == 73
            && bs58::decode(secret)
                .into_vec()
                .is_ok_and(|bytes| bytes.len() == 54);
        return if right {
            shaped("API key")
        } else {
            Proof::None
        };
    }
    if !secret.starts_with(b"cmVmdGtu") {
        return Proof::None;
    }
    let bytes = from_base64(secret).unwrap_or_default();
    let text = str::from_utf8(&bytes).unwrap_or_default();
    let mut parts = text.split(':').skip(1);
    let (version, end) = (
        parts.next(),
        parts.next().and_then(|end| end.parse::<u64>().ok()),
    );
    match (version, end, now) {
        (Some(_), Some(0), _) => shaped("never expires"),
        (Some(_), Some(end), Some(now)) if end < now => Proof::Limited {
            reason: format!("expired on {}", day(end.min(253_402_300_799))),
            at_most: Severity::Low,
        },
        (Some(_), Some(end), _) => shaped(format!("expires on {}", day(end.min(253_402_300_799)))),
        _ => failed("it is no reference token"),
    }
}

/// 1Password's service accounts: base 64 of an object with address, key and more.
pub(super) fn onepassword(secret: &[u8], _: Now) -> Proof {
    match secret.strip_prefix(b"ops_").map(object) {
        None => Proof::None,
        Some(Some(object)) if object.contains_key("signInAddress") => shaped(""),
        Some(Some(_)) => failed("the object in it lacks an address"),
        Some(None) => failed("it holds no JSON object"),
    }
}

/// Sentry's organisation tokens: `sntrys_`, base 64 of an object that names the organisation, `_`,
/// and 43 random characters.
pub(super) fn sentry(secret: &[u8], _: Now) -> Proof {
    let Some(rest) = secret.strip_prefix(b"sntrys_") else {
        return Proof::None;
    };
    let parts = split(rest, 44).filter(|(_, tail)| tail.starts_with(b"_"));
    match parts.and_then(|(text, _)| object(text)) {
        Some(object) => {
            let name = word(object.get("org")).map(|name| format!("organisation {name}"));
            shaped(name.unwrap_or_default())
        }
        None => failed("it holds no JSON object"),
    }
}

/// Mapbox's tokens: `sk.` or `pk.`, base 64 of an object with the user's name, `.`, and 22 random
/// characters. Those with `pk` are made to be public.
pub(super) fn mapbox(secret: &[u8], _: Now) -> Proof {
    let mut parts = secret.split(|byte| *byte == b'.');
    let (Some(kind @ (b"sk" | b"pk" | b"tk")), Some(text)) = (parts.next(), parts.next()) else {
        return Proof::None;
    };
    match object(text) {
        Some(_) if kind == b"pk" => Proof::Limited {
            reason: "made to be public".to_owned(),
            at_most: Severity::Low,
        },
        Some(object) => {
            let user = word(object.get("u")).map(|name| format!("user {name}"));
            shaped(user.unwrap_or_default())
        }
        None => failed("it holds no JSON object"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_in_front() {
        // 123456: and sixteen letters; ten digits that are no number before a colon.
        assert_eq!(jira(b"MTIzNDU2OmFiY2RlZmdoaWprbG1ub3A", None), shaped(""));
        assert!(matches!(
            jira(b"YWJjZGVmOmFiY2RlZmdoaWprbG1ub3A", None),
            Proof::Failed(_)
        ));
        // 1100000000000000000 is a number of 2023.
        let bot = concat!(
            "MTEwMDAwMDAwMDAwMDAwMDAwMA",
            ".Gabcde.",
            "abcdefghijklmnopqrstuvwxyz0123456789ab"
        );
        assert_eq!(
            discord(bot.as_bytes(), None),
            shaped("bot made on 2023-04-24")
        );
        let none = concat!(
            "YWJjZGVmZ2hpamtsbW5vcHFyc3Q",
            ".Gabcde.",
            "abcdefghijklmnopqrstuvwxyz0123456789ab"
        );
        assert!(matches!(discord(none.as_bytes(), None), Proof::Failed(_)));
    }

    #[test]
    fn objects_stand_inside() {
        // {"o":"1","n":"a","k":"b"}
        assert_eq!(
            grafana_cloud(b"glc_eyJvIjoiMSIsIm4iOiJhIiwiayI6ImIifQ==", None),
            shaped("")
        );
        assert!(matches!(
            grafana_cloud(b"glc_eyJvIjoiMSJ9", None),
            Proof::Failed(_)
        ));
        assert!(matches!(
            grafana_cloud(b"glc_abcdefgh", None),
            Proof::Failed(_)
        ));
        // {"signInAddress":"x"}
        assert_eq!(
            onepassword(b"ops_eyJzaWduSW5BZGRyZXNzIjoieCJ9", None),
            shaped("")
        );
        assert!(matches!(
            onepassword(b"ops_eyJhIjoieCJ9", None),
            Proof::Failed(_)
        ));
        // {"u":"ann","a":"b"}
        assert_eq!(
            mapbox(
                b"sk.eyJ1IjoiYW5uIiwiYSI6ImIifQ.0123456789abcdefghijkl",
                None
            ),
            shaped("user ann")
        );
        let public = mapbox(
            b"pk.eyJ1IjoiYW5uIiwiYSI6ImIifQ.0123456789abcdefghijkl",
            None,
        );
        assert!(matches!(public, Proof::Limited { .. }));
        // {"org":"acme"}
        let sentry_token = [&b"sntrys_eyJvcmciOiJhY21lIn0=_"[..], &[b'a'; 43]].concat();
        assert_eq!(sentry(&sentry_token, None), shaped("organisation acme"));
    }

    #[test]
    fn a_reference_token_has_an_end() {
        // reftkn:01:1700000000:abcdefghijkl
        let token = b"cmVmdGtuOjAxOjE3MDAwMDAwMDA6YWJjZGVmZ2hpamts";
        assert_eq!(jfrog(token, None), shaped("expires on 2023-11-14"));
        assert!(matches!(
            jfrog(token, Some(1_800_000_000)),
            Proof::Limited { .. }
        ));
    }

    #[test]
    fn names_stand_in_the_middle_or_at_the_end() {
        let half = "aB3dE5fG7hJ9kL2mN4pQ";
        let key = format!("sk-{half}{}{half}", concat!("T3Blbk", "FJ"));
        assert_eq!(openai(key.as_bytes(), None), shaped(""));
        assert_eq!(openai(b"sk-something", None), Proof::None);
        let key = format!("sk-ant-api03-{}AA", "aB3".repeat(31));
        assert_eq!(anthropic(key.as_bytes(), None), shaped("API key"));
    }

    #[test]
    fn a_macaroon_has_a_place_and_an_identifier() {
        // Version 2; place "x.org"; identifier of three letters.
        assert_eq!(macaroon(b"pypi-AgEFeC5vcmcCA2FiYw", None), shaped(""));
        assert!(matches!(
            macaroon(b"pypi-AgEFeC5vcmfxYWJjYWJj", None),
            Proof::Failed(_)
        ));
    }
}
