//! What can be wrong. Rules are data: `rules/*.toml`.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// How bad a weakness is in production; the words of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a line.
    Info,
    /// Hygiene.
    Low,
    /// Helps an attacker who has something else.
    Medium,
    /// A way in, or no protection where one is expected.
    High,
    /// A way in for everybody.
    Critical,
}

impl Severity {
    /// One step less.
    #[must_use]
    pub fn lower(self) -> Self {
        match self {
            Self::Critical => Self::High,
            Self::High => Self::Medium,
            Self::Medium => Self::Low,
            Self::Low | Self::Info => Self::Info,
        }
    }
}

/// A rule's id: `LG-NGX-101`. Never given twice, never to another rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub &'static str);

/// A rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// `LG-AREA-nnn`.
    pub id: String,
    /// In one word, as SARIF wants it: `HeaderLostByInheritance`.
    pub name: String,
    /// In one line.
    pub title: String,
    /// In production.
    pub severity: Severity,
    /// Why it is wrong, in a few sentences.
    pub why: String,
    /// How to mend it.
    pub mend: String,
    /// How it should read; lines of configuration.
    #[serde(default)]
    pub example: String,
    /// Weaknesses (CWE).
    #[serde(default)]
    pub cwe: Vec<u32>,
    /// Requirements of OWASP ASVS 5.0.0.
    #[serde(default)]
    pub asvs: Vec<String>,
    /// Category of the OWASP Top 10:2025.
    #[serde(default)]
    pub owasp: Vec<String>,
    /// Pages to read.
    #[serde(default)]
    pub references: Vec<String>,
    /// One note for a file lists all such, and it never blocks.
    #[serde(default)]
    pub hygiene: bool,
    /// Only on request.
    #[serde(default)]
    pub off: bool,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    rule: Vec<Rule>,
}

/// All rules, by id.
#[derive(Debug, Default)]
pub struct Rules(BTreeMap<String, Rule>);

/// The shipped rules, one file for each area.
const SHIPPED: &[(&str, &str)] = &[
    ("delivery", include_str!("../rules/delivery.toml")),
    ("headers", include_str!("../rules/headers.toml")),
    ("nginx", include_str!("../rules/nginx.toml")),
    ("node", include_str!("../rules/node.toml")),
    ("api", include_str!("../rules/api.toml")),
    ("django", include_str!("../rules/django.toml")),
    ("django-csp", include_str!("../rules/django-csp.toml")),
    ("compose", include_str!("../rules/compose.toml")),
    ("traefik", include_str!("../rules/traefik.toml")),
    ("dockerfile", include_str!("../rules/dockerfile.toml")),
    ("env", include_str!("../rules/env.toml")),
    ("ci", include_str!("../rules/ci.toml")),
    ("database", include_str!("../rules/database.toml")),
    ("operations", include_str!("../rules/operations.toml")),
    ("service", include_str!("../rules/service.toml")),
];

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let policies = lockgate_csp::rules::all().map(policy);
    let mut all: BTreeMap<String, Rule> = policies.map(|rule| (rule.id.clone(), rule)).collect();
    for (_, text) in SHIPPED {
        // A test reads every file: a broken one never ships.
        let page: Page = toml::from_str(text).unwrap_or(Page { rule: Vec::new() });
        all.extend(page.rule.into_iter().map(|rule| (rule.id.clone(), rule)));
    }
    Rules(all)
});

/// A rule about the text of policies, which the crate that reads them has.
fn policy(rule: &lockgate_csp::rules::Rule) -> Rule {
    let owned = |list: &[&str]| list.iter().map(|&one| one.to_owned()).collect();
    Rule {
        id: rule.id.0.to_owned(),
        name: rule.name.to_owned(),
        title: rule.title.to_owned(),
        severity: match rule.severity {
            lockgate_csp::Severity::Info => Severity::Info,
            lockgate_csp::Severity::Low => Severity::Low,
            lockgate_csp::Severity::Medium => Severity::Medium,
            lockgate_csp::Severity::High => Severity::High,
            lockgate_csp::Severity::Critical => Severity::Critical,
        },
        why: format!("{} {}", rule.description, rule.why),
        mend: rule.mend.to_owned(),
        example: String::new(),
        cwe: rule.cwe.to_vec(),
        asvs: owned(rule.asvs),
        owasp: owned(rule.owasp),
        references: vec!["https://www.w3.org/TR/CSP3/".to_owned()],
        hygiene: false,
        off: !rule.on,
    }
}

impl Rules {
    /// Those of this program.
    pub fn shipped() -> &'static Self {
        &RULES
    }

    /// All, by id.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.0.values()
    }

    /// A rule.
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.0.get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_rules_can_be_read_and_is_complete() {
        let mut seen = std::collections::BTreeSet::new();
        for (area, text) in SHIPPED {
            let page: Page = toml::from_str(text).unwrap_or_else(|error| panic!("{area}: {error}"));
            assert!(!page.rule.is_empty(), "{area}");
            for rule in page.rule {
                let id = &rule.id;
                assert!(id.starts_with("LG-") && seen.insert(id.clone()), "{id}");
                assert!(rule.name.chars().all(|c| c.is_ascii_alphanumeric()), "{id}");
                for text in [&rule.title, &rule.why, &rule.mend] {
                    assert!(text.len() > 10, "{id}");
                }
                assert!(rule.hygiene || !rule.cwe.is_empty(), "{id}: no CWE");
            }
        }
    }
}
