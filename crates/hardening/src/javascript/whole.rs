//! What one file of a repository lacks and another one has: then nothing is lacking.

use crate::check::Found;
use crate::file::Tree;
use crate::role::Role;

/// A rule about something missing, and the words that say it is there, somewhere.
const ELSEWHERE: &[(&str, &[&str])] = &[
    (
        "LG-NODE-101",
        &[
            "helmet",
            "x-frame-options",
            "content-security-policy",
            "x-content-type-options",
        ],
    ),
    (
        "LG-NODE-132",
        &[
            "ratelimit",
            "rate-limit",
            "rate_limit",
            "throttl",
            "slowdown",
            "slow-down",
            "limit_req",
            "brute",
        ],
    ),
    ("LG-NODE-133", &["trust proxy", "trustproxy", "trust-proxy"]),
];

/// Takes back what another file has.
pub(crate) fn look(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let asked: Vec<_> = ELSEWHERE
        .iter()
        .filter(|(rule, _)| found.raised.iter().any(|raised| raised.rule.0 == *rule))
        .collect();
    if asked.is_empty() {
        return;
    }
    let mut there = vec![false; asked.len()];
    for file in tree.files().filter(|file| roles(&file.path).counts()) {
        if there.iter().all(|there| *there) {
            break;
        }
        let text = file.text().to_ascii_lowercase();
        for ((_, words), there) in asked.iter().zip(&mut there) {
            *there = *there || words.iter().any(|word| text.contains(word));
        }
    }
    let had: Vec<&str> = asked
        .iter()
        .zip(there)
        .filter(|(_, there)| *there)
        .map(|((rule, _), _)| *rule)
        .collect();
    found.raised.retain(|raised| !had.contains(&raised.rule.0));
}
