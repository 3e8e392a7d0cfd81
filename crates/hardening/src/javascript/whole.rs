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

/// Words of libraries whose limits are read where they are set.
const LIMITS: &[&str] = &["ratelimit", "rate-limit", "rate_limit"];

/// Whether a file is a program in JavaScript, or names what one is made of.
fn is_node(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ends = [".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx"];
    name == "package.json" || ends.iter().any(|end| name.ends_with(end))
}

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
    // A limit that lets hundreds of requests through lets as many passwords be tried.
    let loose = !found.limits.is_empty() && found.limits.iter().all(|tight| !tight);
    for file in tree.files().filter(|file| roles(&file.path).counts()) {
        if there.iter().all(|there| *there) {
            break;
        }
        let text = file.text().to_ascii_lowercase();
        let node = is_node(&file.path);
        for ((rule, words), there) in asked.iter().zip(&mut there) {
            // Limits that were read say more than the words for them.
            let told = *rule == "LG-NODE-132" && loose && node;
            let has = |word: &&&str| text.contains(**word) && !(told && LIMITS.contains(*word));
            *there = *there || words.iter().any(|word| has(&word));
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
