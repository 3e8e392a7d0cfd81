//! All rules about policies: what each says, why, and how to mend it.

mod delivery;
mod other;
mod script;
mod syntax;

use crate::flaw::{RuleId, Severity};

/// One rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Never used again for another rule.
    pub id: RuleId,
    /// In one word, for SARIF.
    pub name: &'static str,
    /// In one line, without a stop.
    pub title: &'static str,
    /// What is looked for.
    pub description: &'static str,
    /// What it leads to.
    pub why: &'static str,
    /// What to write in its place.
    pub mend: &'static str,
    /// On a production response; a flaw may say another.
    pub severity: Severity,
    /// Weaknesses of the Common Weakness Enumeration.
    pub cwe: &'static [u32],
    /// Requirements of the OWASP Application Security Verification Standard 5.0.0.
    pub asvs: &'static [&'static str],
    /// Risks of the OWASP Top 10:2025.
    pub owasp: &'static [&'static str],
    /// Told unless a policy says otherwise. The others are true of most pages.
    pub on: bool,
}

/// The policy has a directive that does not exist.
pub const UNKNOWN_DIRECTIVE: RuleId = RuleId("LG-CSP-101");
/// A semicolon is missing between two directives.
pub const MISSING_SEMICOLON: RuleId = RuleId("LG-CSP-102");
/// A keyword is not written as browsers read it.
pub const KEYWORD: RuleId = RuleId("LG-CSP-103");
/// A directive stands twice in one policy.
pub const DUPLICATE: RuleId = RuleId("LG-CSP-104");
/// A directive has a character beyond ASCII.
pub const NOT_ASCII: RuleId = RuleId("LG-CSP-105");
/// A comma splits the policy.
pub const COMMA: RuleId = RuleId("LG-CSP-106");
/// 'none' stands beside other sources.
pub const NONE_NOT_ALONE: RuleId = RuleId("LG-CSP-107");
/// A hash can never match.
pub const BAD_HASH: RuleId = RuleId("LG-CSP-108");
/// A source is none.
pub const INVALID_SOURCE: RuleId = RuleId("LG-CSP-109");
/// The header's value has a line break or control character.
pub const CONTROL: RuleId = RuleId("LG-CSP-110");
/// A policy or a directive is empty.
pub const EMPTY: RuleId = RuleId("LG-CSP-111");
/// A directive was withdrawn, or is to be.
pub const DEPRECATED: RuleId = RuleId("LG-CSP-112");
/// Inserted scripts run ('unsafe-inline').
pub const UNSAFE_INLINE: RuleId = RuleId("LG-CSP-201");
/// Text becomes code ('unsafe-eval').
pub const UNSAFE_EVAL: RuleId = RuleId("LG-CSP-202");
/// Scripts are allowed by a scheme alone.
pub const SCRIPT_SCHEME: RuleId = RuleId("LG-CSP-203");
/// Scripts are allowed by a wildcard.
pub const SCRIPT_WILDCARD: RuleId = RuleId("LG-CSP-204");
/// Scripts are not restricted at all.
pub const NO_SCRIPT_SRC: RuleId = RuleId("LG-CSP-205");
/// Plugins and embedded documents are not restricted.
pub const NO_OBJECT_SRC: RuleId = RuleId("LG-CSP-206");
/// `<base>` is not restricted.
pub const NO_BASE_URI: RuleId = RuleId("LG-CSP-207");
/// An allowed host is known to let attackers past.
pub const KNOWN_BYPASS: RuleId = RuleId("LG-CSP-208");
/// Scripts are allowed by host.
pub const ALLOWED_HOST: RuleId = RuleId("LG-CSP-209");
/// The nonce is the same for every response.
pub const STATIC_NONCE: RuleId = RuleId("LG-CSP-210");
/// A nonce is short or not base64.
pub const BAD_NONCE: RuleId = RuleId("LG-CSP-211");
/// Listed handlers run anywhere ('unsafe-hashes').
pub const UNSAFE_HASHES: RuleId = RuleId("LG-CSP-213");
/// 'strict-dynamic' has no nonce or hash to begin with.
pub const STRICT_DYNAMIC_ALONE: RuleId = RuleId("LG-CSP-214");
/// A source is the visitor's own machine or an address.
pub const LOCAL_SOURCE: RuleId = RuleId("LG-CSP-216");
/// A source is fetched in plain text.
pub const PLAIN_TEXT: RuleId = RuleId("LG-CSP-217");
/// A token has no effect where it stands.
pub const NO_EFFECT: RuleId = RuleId("LG-CSP-218");
/// Browsers of today pass over a token.
pub const NEUTRALISED: RuleId = RuleId("LG-CSP-219");
/// Inserted styles apply ('unsafe-inline').
pub const STYLE_INLINE: RuleId = RuleId("LG-CSP-301");
/// Style sheets of every host apply.
pub const STYLE_WILDCARD: RuleId = RuleId("LG-CSP-302");
/// Images or media come in plain text.
pub const PLAIN_MEDIA: RuleId = RuleId("LG-CSP-303");
/// Scripts may connect to every host.
pub const CONNECT_WILDCARD: RuleId = RuleId("LG-CSP-304");
/// Where forms are sent is not restricted.
pub const NO_FORM_ACTION: RuleId = RuleId("LG-CSP-305");
/// Any site may show the page in a frame.
pub const NO_FRAME_ANCESTORS: RuleId = RuleId("LG-CSP-306");
/// frame-ancestors lets any site frame the page.
pub const FRAMED_BY_ANY: RuleId = RuleId("LG-CSP-307");
/// The policy governs no script.
pub const FRAMING_ONLY: RuleId = RuleId("LG-CSP-308");
/// Nobody is told what browsers refuse.
pub const NO_REPORTING: RuleId = RuleId("LG-CSP-309");
/// Text may reach dangerous sinks.
pub const NO_TRUSTED_TYPES: RuleId = RuleId("LG-CSP-310");
/// The policy only reports.
pub const REPORT_ONLY: RuleId = RuleId("LG-CSP-401");
/// An element of the page cannot say this.
pub const META_IGNORED: RuleId = RuleId("LG-CSP-402");
/// An element of the page cannot only report.
pub const META_REPORT_ONLY: RuleId = RuleId("LG-CSP-403");
/// The element with the policy stands too late.
pub const META_LATE: RuleId = RuleId("LG-CSP-404");
/// The policy is switched off.
pub const DISABLED: RuleId = RuleId("LG-CSP-405");
/// No policy was found in a repository that serves HTML.
pub const NOT_FOUND: RuleId = RuleId("LG-CSP-406");
/// The header is one that no browser reads.
pub const LEGACY_HEADER: RuleId = RuleId("LG-CSP-407");
/// Settings of a policy have no effect.
pub const SETTING_WITHOUT_EFFECT: RuleId = RuleId("LG-CSP-410");
/// Two files give different policies.
pub const CONTRADICTION: RuleId = RuleId("LG-CSP-411");
/// The policy is commented out.
pub const ONLY_COMMENT: RuleId = RuleId("LG-CSP-412");
/// A policy is there and cannot be judged.
pub const UNDECIDABLE: RuleId = RuleId("LG-CSP-413");

/// All, sorted by id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [syntax::RULES, script::RULES, other::RULES, delivery::RULES]
        .into_iter()
        .flatten()
}

/// By its id.
pub fn rule(id: RuleId) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert!(all().is_sorted_by_key(|rule| rule.id));
        assert_eq!(all().count(), RULES);
        let names: BTreeSet<&str> = all().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES);
        for rule in all() {
            assert!(
                rule.name.chars().all(|c| c.is_ascii_alphanumeric()),
                "{}",
                rule.name
            );
            assert!(
                !rule.title.ends_with('.') && rule.title.len() < 80,
                "{}",
                rule.title
            );
            for text in [rule.description, rule.why, rule.mend] {
                assert!(text.ends_with('.'), "{text}");
            }
            assert!(!rule.cwe.is_empty() && !rule.asvs.is_empty() && !rule.owasp.is_empty());
            assert_eq!(super::rule(rule.id), Some(rule));
        }
    }

    const RULES: usize = 50;
}
