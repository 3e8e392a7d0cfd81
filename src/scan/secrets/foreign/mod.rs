//! Configurations of gitleaks and betterleaks, as they are, and lists of findings that gitleaks is told
//! to leave aside.
//!
//! Sources of the formats: gitleaks `README.md` ("Configuration", ".gitleaksignore") and
//! `config/config.go`; betterleaks `config/config.go`.

mod allow;
mod ignored;
mod read;
mod syntax;

pub use allow::Allowlist;
pub use ignored::Ignored;
pub use read::{FileError, Wanted, read};

use super::Sight;
use lockgate_secrets::Rule;
use regex_automata::meta::Regex;
use std::collections::BTreeMap;

/// What stands as provider in rules of such a configuration.
pub const FOREIGN: &str = "configuration";

/// What a configuration says.
#[derive(Default)]
pub struct Foreign {
    /// Its own rules.
    pub rules: Vec<Rule>,
    /// Rules that only count in files of such a path.
    pub paths: BTreeMap<String, Regex>,
    /// What passes.
    pub allowlists: Vec<Allowlist>,
    /// Rules that are switched off.
    pub disabled: Vec<String>,
    /// Sentences about what lockgate does not do, each with the name that it is about.
    pub notes: Vec<(String, &'static str)>,
    /// Where the file is that it extends.
    pub extends: Option<Wanted>,
}

impl Foreign {
    /// Takes what this one extends; rules of the same name stay as they are here.
    pub fn under(&mut self, below: Self) {
        for rule in below.rules {
            let disabled = self.disabled.contains(&rule.id);
            if !disabled && self.rules.iter().all(|own| own.id != rule.id) {
                self.rules.push(rule);
            }
        }
        for (id, path) in below.paths {
            self.paths.entry(id).or_insert(path);
        }
        self.allowlists.extend(below.allowlists);
        self.disabled.extend(below.disabled);
        self.notes.extend(below.notes);
    }

    /// Whether a rule that is limited to some paths counts in this file.
    pub fn counts(&self, rule: &str, path: &str) -> bool {
        let wanted = self.paths.get(rule);
        wanted.is_none_or(|regex| regex.is_match(path.as_bytes()))
    }

    /// The allowlist by which a secret passes.
    pub fn allows(&self, rule: &str, sight: &Sight) -> Option<&Allowlist> {
        self.allowlists.iter().find(|list| list.allows(rule, sight))
    }
}

#[cfg(test)]
mod tests;
