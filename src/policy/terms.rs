//! The conditions of a waiver as they are written, to compare waivers with each other.

use super::Source;
use crate::model::AdvisoryId;
use std::collections::{BTreeMap, BTreeSet};
use toml::de::{DeTable, DeValue};

/// Keys of a waiver that are no conditions.
const OTHER: [&str; 3] = ["reason", "owner", "expires"];

/// Keys that say most, in the order in which they are shown; the others follow.
const FIRST: [&str; 5] = ["advisory", "fingerprint", "rule", "path", "package"];

/// Keys whose words are globs in which `*` stands for anything.
const NAMES: [&str; 3] = ["rule", "scanner", "package"];

/// Key → its words. The words of a key are alternatives, and all keys must hold, so that a waiver
/// with more keys or fewer words accepts less. What is neither a text nor a list of texts is one
/// word, as the file spells it: it only compares with the same spelling.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms(BTreeMap<String, BTreeSet<String>>);

impl Terms {
    /// Takes them from a waiver's table.
    pub fn of(source: &Source, table: &DeTable<'_>) -> Self {
        let keys = table.iter().map(|(key, value)| (key.get_ref(), value));
        let conditions = keys.filter(|(key, _)| !OTHER.contains(&key.as_ref()));
        let terms = conditions.map(|(key, value)| {
            let spelt = || source.text.get(value.span()).unwrap_or_default().to_owned();
            let words = match value.get_ref() {
                DeValue::String(text) => vec![normal(key, text)],
                DeValue::Array(list) => list
                    .iter()
                    .map(|item| item.get_ref().as_str().map(|text| normal(key, text)))
                    .collect::<Option<_>>()
                    .unwrap_or_else(|| vec![spelt()]),
                _ => vec![spelt()],
            };
            (key.to_string(), words.into_iter().collect())
        });
        Self(terms.collect())
    }

    /// The words of a key; none when it is not there.
    pub fn words(&self, key: &str) -> impl Iterator<Item = &str> {
        self.0.get(key).into_iter().flatten().map(String::as_str)
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// All of them in one line, the most telling keys first.
    pub fn shown(&self) -> String {
        let rest = self.0.keys().map(String::as_str);
        let rest = rest.filter(|key| !FIRST.contains(key));
        let keys = FIRST.into_iter().filter(|key| self.has(key)).chain(rest);
        let shown = keys.map(|key| {
            let words: Vec<&str> = self.words(key).collect();
            format!("{key} {}", words.join(", "))
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    /// True when everything that `self` accepts is surely accepted by `other`, too. False also
    /// means that nobody can tell without findings.
    pub fn within(&self, other: &Self) -> bool {
        other.0.iter().all(|(key, words)| {
            let mine = self.0.get(key);
            mine.is_some_and(|mine| {
                mine.iter()
                    .all(|word| words.contains(word) || words.iter().any(|w| covers(key, w, word)))
            })
        })
    }

    /// A pattern that shuts nothing out, with its key: `path = "**"`, `rule = "*"`. Only where an
    /// advisory or a fingerprint does not say what is meant.
    pub fn boundless(&self) -> Option<&'static str> {
        if self.has("advisory") || self.has("fingerprint") {
            return None;
        }
        let any = |key: &str, wild: fn(&str) -> bool| self.words(key).any(wild);
        let all = |word: &str| word.chars().all(|c| c == '*');
        let everywhere = |word: &str| {
            word.split('/').all(|part| matches!(part, "*" | "**")) && word.contains("**")
        };
        match (any("path", everywhere), any("rule", all)) {
            (true, _) => Some("path"),
            (_, true) => Some("rule"),
            _ => None,
        }
    }
}

/// One spelling for what means the same.
fn normal(key: &str, word: &str) -> String {
    match key {
        "advisory" => match AdvisoryId::new(word) {
            Some(id) => id.as_str().to_owned(),
            None => word.to_owned(),
        },
        "path" => {
            let word = word.strip_prefix("./").unwrap_or(word);
            word.trim_end_matches('/').to_owned()
        }
        _ => word.to_owned(),
    }
}

/// Whether one pattern surely includes another one. Only what the texts show: a folder and what is
/// below it, a beginning and a star.
fn covers(key: &str, wide: &str, narrow: &str) -> bool {
    let plain = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\']);
    if NAMES.contains(&key) {
        let start = wide.strip_suffix('*').filter(|start| plain(start));
        return start.is_some_and(|start| narrow.starts_with(start));
    }
    if key != "path" {
        return false;
    }
    if wide == "**" {
        return true;
    }
    let folder = wide.strip_suffix("/**").unwrap_or(wide);
    let below = |rest: &str| rest.starts_with('/');
    plain(folder) && !folder.is_empty() && narrow.strip_prefix(folder).is_some_and(below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(text: &str) -> Terms {
        let source = Source {
            name: "p".into(),
            path: None,
            text: text.into(),
        };
        let table = DeTable::parse(&source.text).unwrap();
        Terms::of(&source, table.get_ref())
    }

    #[test]
    fn one_is_within_another_when_the_texts_show_it() {
        for (narrow, wide) in [
            (
                "advisory = \"cve-2024-1\"",
                "advisory = [\"CVE-2024-1\", \"CVE-2024-2\"]",
            ),
            (
                "advisory = \"CVE-2024-1\"\npackage = \"a\"",
                "advisory = \"CVE-2024-1\"",
            ),
            (
                "rule = \"B101\"\npath = \"./a/b.py\"",
                "rule = \"B1*\"\npath = \"a\"",
            ),
            (
                "rule = \"B10*\"\npath = \"a/**\"",
                "path = \"a/**\"\nrule = \"B1*\"",
            ),
            (
                "rule = \"x\"\npath = \"a\"\nkev = true",
                "path = \"**\"\nrule = \"*\"",
            ),
            ("not = { a = 1 }", "not = { a = 1 }"),
        ] {
            assert!(terms(narrow).within(&terms(wide)), "{narrow}");
        }
        for (narrow, wide) in [
            (
                "advisory = [\"CVE-2024-1\", \"CVE-2024-3\"]",
                "advisory = \"CVE-2024-1\"",
            ),
            (
                "advisory = \"CVE-2024-1\"",
                "advisory = \"CVE-2024-1\"\npackage = \"a\"",
            ),
            ("path = \"ab/c\"", "path = \"a\""),
            ("path = \"a\"", "path = \"a/**\""),
            ("path = \"{a/b,c}\"", "path = \"a\""),
            ("rule = \"B*\"", "rule = \"B1*\""),
            ("rule = \"B2\"", "rule = \"*B1*\""),
            ("not = { a = 1 }", "not = { a = 2 }"),
        ] {
            assert!(!terms(narrow).within(&terms(wide)), "{narrow}");
        }
    }

    #[test]
    fn patterns_that_shut_nothing_out_are_known() {
        for (text, key) in [
            ("rule = \"B1\"\npath = \"**\"", Some("path")),
            ("rule = \"B1\"\npath = [\"a\", \"**/*\"]", Some("path")),
            ("rule = \"*\"\npath = \"a\"", Some("rule")),
            ("rule = \"B*\"\npath = \"*\"", None),
            ("advisory = \"CVE-2024-1\"\npath = \"**\"", None),
        ] {
            assert_eq!(terms(text).boundless(), key, "{text}");
        }
    }
}
