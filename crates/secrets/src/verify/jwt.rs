//! JSON Web Tokens (RFC 7519): what they say of themselves. Nobody can check the signature without
//! the key, but its length must fit.

use super::Now;
use super::form::{day, failed, object, shaped, word};
use crate::decode::from_base64;
use crate::hit::Proof;
use crate::rule::Severity;

type Claims = serde_json::Map<String, serde_json::Value>;

/// A signed token of three parts.
pub(super) fn token(secret: &[u8], now: Now) -> Proof {
    match read(secret) {
        Ok((algorithm, claims)) => judge(&algorithm, &claims, now),
        Err(proof) => proof,
    }
}

/// Supabase's keys are such tokens; the one called `anon` is made to be public.
pub(super) fn supabase(secret: &[u8], now: Now) -> Proof {
    let (algorithm, claims) = match read(secret) {
        Ok(read) => read,
        Err(proof) => return proof,
    };
    let text = |name: &str| word(claims.get(name));
    match (judge(&algorithm, &claims, now), text("role")) {
        (Proof::Shaped(_), Some("anon")) => Proof::Limited {
            reason: "an anonymous key, made to be public".to_owned(),
            at_most: Severity::Low,
        },
        (Proof::Shaped(_), Some("service_role")) => {
            let project = text("ref").map(|id| format!(" of project {id}"));
            shaped(format!("service role{}", project.unwrap_or_default()))
        }
        (proof, _) => proof,
    }
}

fn read(secret: &[u8]) -> Result<(String, Claims), Proof> {
    let parts: Vec<&[u8]> = secret.splitn(4, |byte| *byte == b'.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        // Five parts are an encrypted one, two a cut one.
        return Err(Proof::None);
    };
    let header = object(header).ok_or_else(|| failed("its header is no JSON object"))?;
    let claims = object(claims).ok_or_else(|| failed("its claims are no JSON object"))?;
    let algorithm =
        word(header.get("alg")).ok_or_else(|| failed("its header names no algorithm"))?;
    let length = from_base64(signature).map_or(0, |bytes| bytes.len());
    let fits = match algorithm {
        "none" => true,
        "HS256" => length == 32,
        "HS384" => length == 48,
        "HS512" | "ES256" | "EdDSA" | "Ed25519" | "ES256K" => length == 64,
        "ES384" => length == 96,
        "ES512" => length == 132,
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => length >= 128,
        _ => length > 0,
    };
    if !fits {
        return Err(failed(
            "its signature is too short or too long for its algorithm",
        ));
    }
    Ok((algorithm.to_owned(), claims))
}

fn judge(algorithm: &str, claims: &Claims, now: Now) -> Proof {
    if algorithm == "none" {
        return Proof::Limited {
            reason: "not signed".to_owned(),
            at_most: Severity::Low,
        };
    }
    let end = claims.get("exp").and_then(|end| end.as_f64());
    // Years with five digits are no dates.
    let end = end
        .filter(|end| (0.0..253_402_300_800.0).contains(end))
        .map(|end| end as u64);
    match (end, now) {
        (Some(end), Some(now)) if end < now => Proof::Limited {
            reason: format!("expired on {}", day(end)),
            at_most: Severity::Low,
        },
        (Some(end), _) => shaped(format!("{algorithm}, expires on {}", day(end))),
        (None, _) => shaped(format!("{algorithm}, never expires")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters of base 64, for texts whose length is a multiple of three.
    fn encode(text: &str) -> String {
        let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let text = format!("{text:<width$}", width = text.len().div_ceil(3) * 3);
        let chunks = text.as_bytes().chunks(3).flat_map(|chunk| {
            let bits = u32::from_be_bytes([0, chunk[0], chunk[1], chunk[2]]);
            [18, 12, 6, 0].map(|shift| char::from(digits[(bits >> shift & 63) as usize]))
        });
        chunks.collect()
    }

    fn build(header: &str, claims: &str, signature: usize) -> Vec<u8> {
        let signature = "a".repeat((signature * 4).div_ceil(3));
        format!("{}.{}.{signature}", encode(header), encode(claims)).into_bytes()
    }

    const HS256: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

    #[test]
    fn a_token_tells_its_algorithm_and_its_end() {
        let forever = build(HS256, r#"{"sub":"1"}"#, 32);
        assert_eq!(token(&forever, None), shaped("HS256, never expires"));
        let old = build(HS256, r#"{"exp":1641081539}"#, 32);
        assert_eq!(token(&old, None), shaped("HS256, expires on 2022-01-01"));
        assert_eq!(
            token(&old, Some(1_641_081_539)),
            shaped("HS256, expires on 2022-01-01")
        );
        let expired = Proof::Limited {
            reason: "expired on 2022-01-01".to_owned(),
            at_most: Severity::Low,
        };
        assert_eq!(token(&old, Some(1_641_081_540)), expired);
        let strange = build(HS256, r#"{"exp":1e300}"#, 32);
        assert_eq!(token(&strange, Some(1)), shaped("HS256, never expires"));
    }

    #[test]
    fn an_invented_token_is_told() {
        for wrong in [
            build("not json", r#"{"sub":"1"}"#, 32),
            build(HS256, "[]", 32),
            build(r#"{"typ":"JWT"}"#, "{}", 32),
            build(HS256, "{}", 20),
            build(r#"{"alg":"RS256"}"#, "{}", 32),
        ] {
            assert!(matches!(token(&wrong, None), Proof::Failed(_)));
        }
        let unsigned = build(r#"{"alg":"none"}"#, "{}", 0);
        assert!(matches!(token(&unsigned, None), Proof::Limited { .. }));
        assert_eq!(token(b"a.b.c.d.e", None), Proof::None);
    }

    #[test]
    fn what_a_token_says_is_not_repeated() {
        let hostile = build(r#"{"alg":"](http://evil) <b>"}"#, "{}", 32);
        assert!(matches!(token(&hostile, None), Proof::Failed(_)));
    }

    #[test]
    fn an_anonymous_key_is_public() {
        let claims =
            |role: &str| format!(r#"{{"iss":"supabase","ref":"abcdefghij","role":"{role}"}}"#);
        let anonymous = build(HS256, &claims("anon"), 32);
        assert!(matches!(supabase(&anonymous, None), Proof::Limited { .. }));
        let service = build(HS256, &claims("service_role"), 32);
        assert_eq!(
            supabase(&service, None),
            shaped("service role of project abcdefghij")
        );
    }
}
