//! Tokens that end with a CRC-32 of what stands before, each in its own notation.

use super::Now;
use super::form::{base62, checksum, crc32, digits, sha256, split};
use crate::hit::Proof;

/// GitHub's `ghp_`, `gho_`, `ghu_`, `ghr_` and npm's `npm_`: thirty characters and six digits of base
/// 62 (GitHub's blog of 2021-04-05). Not for `ghs_`, of which real ones fail.
pub(super) fn github(secret: &[u8], _: Now) -> Proof {
    let body = [b"ghp_", b"gho_", b"ghu_", b"ghr_", b"npm_"]
        .into_iter()
        .find_map(|prefix| secret.strip_prefix(prefix));
    body.filter(|body| body.len() == 36)
        .map_or(Proof::None, in_base62)
}

/// Vercel's tokens of 2025: `vcp_` and its like, fifty characters and six digits.
pub(super) fn vercel(secret: &[u8], _: Now) -> Proof {
    let body = [b"vcp_", b"vci_", b"vca_", b"vcr_", b"vck_"]
        .into_iter()
        .find_map(|prefix| secret.strip_prefix(prefix));
    body.filter(|body| body.len() == 56)
        .map_or(Proof::None, in_base62)
}

fn in_base62(body: &[u8]) -> Proof {
    split(body, 6).map_or(Proof::None, |(body, sum)| {
        checksum(base62(crc32(body), 6) == sum)
    })
}

/// GitHub's `github_pat_`: eight characters of base 32 of a SHA-256; the last eight are free (no
/// documentation; agrees with all known samples of real ones).
pub(super) fn github_fine_grained(secret: &[u8], _: Now) -> Proof {
    const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let Some((front, _)) = split(secret, 8).filter(|_| secret.len() == 93) else {
        return Proof::None;
    };
    let Some((body, sum)) = split(front, 8).filter(|_| secret.starts_with(b"github_pat_")) else {
        return Proof::None;
    };
    let [a, b, c, d, e, ..] = sha256(body);
    let bits = u64::from_be_bytes([0, 0, 0, a, b, c, d, e]);
    let right = sum.iter().enumerate().all(|(at, byte)| {
        let digit = bits >> (35 - 5 * at) & 31;
        BASE32.get(digit as usize) == Some(byte)
    });
    checksum(right)
}

/// GitLab's routable tokens: `.`, a version and `.`, two digits for a length and seven of base 36
/// (GitLab's `RoutableTokenGenerator`). Older tokens have no checksum.
pub(super) fn gitlab(secret: &[u8], _: Now) -> Proof {
    let Some((body, sum)) = split(secret, 7) else {
        return Proof::None;
    };
    let dot = body.iter().rposition(|byte| *byte == b'.');
    if dot.is_none_or(|dot| body.len() - dot != 3) || body.len() < 27 {
        return Proof::None;
    }
    checksum(digits(crc32(body), b"0123456789abcdefghijklmnopqrstuvwxyz", 7) == sum)
}

/// Atlassian's `ATATT3…=`, `ATCTT3…=` and Bitbucket's `ATBB…`: eight hexadecimal digits. The equals
/// sign may be escaped.
pub(super) fn atlassian(secret: &[u8], _: Now) -> Proof {
    if ![&b"ATATT3"[..], b"ATCTT3", b"ATBB"]
        .iter()
        .any(|prefix| secret.starts_with(prefix))
    {
        return Proof::None;
    }
    let text = String::from_utf8_lossy(secret)
        .replace("\\=", "=")
        .replace("%3D", "=")
        .replace("%3d", "=");
    let whole = text.starts_with("ATBB") || text.contains('=');
    match split(text.as_bytes(), 8) {
        Some((body, sum)) if whole => in_hex(crc32(body), sum),
        _ => Proof::None,
    }
}

/// Grafana's `glsa_`: thirty-two characters, `_`, and the number with its lowest byte first.
pub(super) fn grafana(secret: &[u8], _: Now) -> Proof {
    let parts = secret
        .starts_with(b"glsa_")
        .then(|| split(secret, 8))
        .flatten();
    match parts {
        Some((body, sum)) if secret.len() == 46 => {
            let body = body.strip_suffix(b"_").unwrap_or_default();
            in_hex(crc32(body).swap_bytes(), sum)
        }
        _ => Proof::None,
    }
}

/// Cloudflare's `cfut_`, `cfat_` and `cfk_` of 2026: forty characters and the number (no
/// documentation of the checksum; agrees with all known samples of real ones).
pub(super) fn cloudflare(secret: &[u8], _: Now) -> Proof {
    let body = [&b"cfut_"[..], b"cfat_", b"cfk_"]
        .into_iter()
        .find_map(|prefix| secret.strip_prefix(prefix));
    match body.and_then(|body| split(body, 8)) {
        Some((body, sum)) if body.len() == 40 => in_hex(crc32(body), sum),
        _ => Proof::None,
    }
}

/// Zuplo's `zpka_`: thirty-two characters, `_`, the number.
pub(super) fn zuplo(secret: &[u8], _: Now) -> Proof {
    let body = secret.strip_prefix(b"zpka_");
    match body.and_then(|body| split(body, 8)) {
        Some((body, sum)) if body.len() == 33 => {
            in_hex(crc32(body.strip_suffix(b"_").unwrap_or_default()), sum)
        }
        _ => Proof::None,
    }
}

/// Confluent's `cflt`: 54 characters and six of base 64 of their number, lowest byte first.
pub(super) fn confluent(secret: &[u8], _: Now) -> Proof {
    let body = secret.strip_prefix(b"cflt");
    match body.and_then(|body| split(body, 6)) {
        Some((body, sum)) if body.len() == 54 => {
            let sum = crate::decode::from_base64(sum);
            checksum(sum.is_some_and(|sum| sum == crc32(body).to_le_bytes()))
        }
        _ => Proof::None,
    }
}

fn in_hex(number: u32, text: &[u8]) -> Proof {
    checksum(
        format!("{number:08x}")
            .as_bytes()
            .eq_ignore_ascii_case(text),
    )
}

#[cfg(test)]
mod tests {
    use super::super::examples::{holds, one_letter_off};
    use super::*;

    #[test]
    fn checksums_are_right_or_wrong() {
        holds(
            github,
            &[concat!("ghp", "_sbUsUmRNn8X74dFU0DJ9Fm1mvdCgtH474T38")],
        );
        holds(
            github,
            &[concat!("gho", "_E2Zs8IQ9Y7aJZqhB6baeCN6Zj4a3dD31cOTb")],
        );
        holds(
            github,
            &[concat!("npm", "_UEuirnhN6qyDNigmWWTIEHMNquQHF54FKSCV")],
        );
        holds(
            vercel,
            &[concat!(
                "vcp",
                "_35UYJwYZDigYATKhxJUAhPqRhit2Xe3dtiG60LsUTHeklEXDQ94Jafpu"
            )],
        );
        holds(
            github_fine_grained,
            &[concat!(
                "github",
                "_pat_11AAYCBDQ0tjwxY3uiVv5v_lo8vfONwp06Vaq9ORB7pSxWM1UT5wSEuqxoxNv15mbAJTNMO62SdeYHLyzV"
            )],
        );
        holds(
            gitlab,
            &[concat!(
                "glpat",
                "-vSY1cyL948aAB440qB6L4zlu9OzsUmEV.01.0w0sfevch"
            )],
        );
        holds(
            atlassian,
            &[
                concat!(
                    "ATATT",
                    "3xFfGF0Ab3_defGh7-Jk9LmN2PqR5StUv8WxYz0Ab3_defGh7-Jk9LmN2PqR5StUv8WxYz0Ab3_defGh7-Jk9LmN2PqR5StUv8WxYz0=91BF55F4"
                ),
                concat!("ATBB", "Ab3dE5fG7hJ9kL2mN4pQ6rS8AD6D34F4"),
            ],
        );
        holds(
            grafana,
            &[concat!(
                "glsa",
                "_ThisI5NtTheTok3nYou8reLo0k1ngF0r_0a2a3df7"
            )],
        );
        holds(
            cloudflare,
            &[concat!(
                "cfut",
                "_Ky9Pf34qY6Nb3wWD25RQ4F5ZR3qa7yEeeby3abP3245eeb04"
            )],
        );
        holds(
            zuplo,
            &[concat!(
                "zpka",
                "_3e6c4f7d39954ca29353b7ab88589b64_de26cd55"
            )],
        );
        holds(
            confluent,
            &[concat!(
                "cflt",
                "cUBElySxR0ubmwjcLaVic7aOYceZ1HzCyW9BbhBhC+KbPgaTcGc9S4HfrjhA"
            )],
        );
    }

    #[test]
    fn an_escaped_equals_sign_is_one() {
        let token = concat!(
            "ATCTT",
            "3xFfGN0Repo7_Token9-AbCdEfGhJkLmN2PqR5Repo7_Token9-AbCdEfGhJkLmN2PqR5Repo7_Token9-AbCdEfGhJkLmN2PqR5=BC67283D"
        );
        for sign in ["=", "\\=", "%3D"] {
            assert_eq!(
                atlassian(token.replace('=', sign).as_bytes(), None),
                checksum(true)
            );
        }
    }

    #[test]
    fn other_forms_are_not_judged() {
        let classic = concat!("glpat", "-vSY1cyL948aAB440qB6");
        assert_eq!(gitlab(classic.as_bytes(), None), Proof::None);
        let server = concat!("ghs", "_sbUsUmRNn8X74dFU0DJ9Fm1mvdCgtH474T38");
        assert_eq!(github(server.as_bytes(), None), Proof::None);
        assert_eq!(github(&one_letter_off(b"ghp_short"), None), Proof::None);
    }
}
