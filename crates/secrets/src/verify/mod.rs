//! Offline verification: checksums and structure, one file for each family.
//!
//! A check gets the secret and says what its own form says of it. It answers [`Proof::None`] for what
//! is not of the form that it knows, so that a rule may be wider than its check. Where the form is not
//! documented, the doc comment of the check says what it agrees with.

mod aws;
mod azure;
mod crc;
mod form;
mod jwt;
mod keys;
mod pem;
mod structure;

use crate::hit::Proof;

/// Seconds since 1970, when they are known.
pub type Now = Option<u64>;

/// A check: what the secret's form says of it.
pub type Check = fn(&[u8], Now) -> Proof;

/// Every check by the name that rules use, sorted.
pub const CHECKS: &[(&str, Check)] = &[
    ("age-key", keys::age),
    ("anthropic-key", structure::anthropic),
    ("atlassian-token", crc::atlassian),
    ("aws-access-key-id", aws::access_key_id),
    ("azure-cask", azure::annotated),
    ("azure-identifiable", azure::identifiable),
    ("base58check", keys::base58check),
    ("bip39-mnemonic", keys::mnemonic),
    ("cloudflare-token", crc::cloudflare),
    ("confluent-secret", crc::confluent),
    ("discord-bot-token", structure::discord),
    ("gcp-service-account", pem::service_account),
    ("github-fine-grained", crc::github_fine_grained),
    ("github-token", crc::github),
    ("gitlab-routable", crc::gitlab),
    ("grafana-cloud", structure::grafana_cloud),
    ("grafana-service-account", crc::grafana),
    ("jfrog-token", structure::jfrog),
    ("jira-pat", structure::jira),
    ("jwt", jwt::token),
    ("mapbox-token", structure::mapbox),
    ("nats-seed", keys::nats),
    ("npm-token", crc::github),
    ("onepassword-service-account", structure::onepassword),
    ("openai-key", structure::openai),
    ("private-key", pem::key),
    ("pypi-token", structure::macaroon),
    ("sentry-org-token", structure::sentry),
    ("stellar-seed", keys::stellar),
    ("supabase-key", jwt::supabase),
    ("vercel-token", crc::vercel),
    ("zuplo-key", crc::zuplo),
];

/// The check of that name.
pub fn by_name(name: &str) -> Option<Check> {
    CHECKS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, check)| *check)
}

/// What the tests of checksums have in common.
#[cfg(test)]
mod examples {
    use super::form::checksum;
    use super::{CHECKS, Check};

    /// The same with a letter or digit in its first half changed.
    pub(super) fn one_letter_off(secret: &[u8]) -> Vec<u8> {
        let mut wrong = secret.to_vec();
        let at = wrong.len() / 2 - 1;
        wrong[at] = if wrong[at] == b'A' { b'B' } else { b'A' };
        wrong
    }

    /// The check passes these, and fails each with one letter changed.
    pub(super) fn holds(check: Check, secrets: &[&str]) {
        for secret in secrets {
            let secret = secret.as_bytes();
            assert_eq!(check(secret, None), checksum(true));
            assert_eq!(check(&one_letter_off(secret), None), checksum(false));
        }
    }

    #[test]
    fn names_are_sorted_and_unique() {
        assert!(CHECKS.is_sorted_by(|(a, _), (b, _)| a < b));
    }

    #[test]
    fn no_input_is_too_strange() {
        let strange: [&[u8]; 8] = [
            b"",
            b"=",
            b"==",
            b"\xff\xfe\0",
            b"ghp_",
            b"-----BEGIN \xff-----x",
            b"....",
            b"S",
        ];
        for (_, check) in CHECKS {
            for secret in strange {
                check(secret, Some(0));
            }
            for length in 0..100 {
                check(&vec![b'A'; length], Some(u64::MAX));
            }
        }
    }
}
