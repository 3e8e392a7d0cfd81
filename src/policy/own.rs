//! Settings of lockgate's own scanners.

use super::file::{Reader, unknown};
use crate::model::{RepoPath, ScannerId};
use lockgate_hardening::{Role, Rules};
use std::collections::{BTreeMap, BTreeSet};

/// `[scanners.secrets]`, as far as no other scanner has such keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SecretScan {
    /// Whether the whole history is searched; `None` leaves that to the occasion: a scheduled check
    /// does, the others do not.
    pub history: Option<bool>,
    /// Whether a comment beside a secret accepts it.
    pub allow_comments: bool,
    /// A configuration of gitleaks or betterleaks, from the root of the checked folder.
    pub config: Option<RepoPath>,
}

/// The same as one file says it.
#[derive(Default)]
pub struct SecretScanLayer {
    history: Option<bool>,
    allow_comments: Option<bool>,
    config: Option<RepoPath>,
}

impl SecretScanLayer {
    /// Takes from a less specific layer what this one does not say.
    pub fn underlay(&mut self, below: Self) {
        self.history = self.history.or(below.history);
        self.allow_comments = self.allow_comments.or(below.allow_comments);
        self.config = self.config.take().or(below.config);
    }

    /// With the defaults.
    pub fn finish(self) -> SecretScan {
        SecretScan {
            history: self.history,
            allow_comments: self.allow_comments.unwrap_or(false),
            config: self.config,
        }
    }
}

/// Reads the keys; for other scanners they stay unknown.
pub fn secrets(reader: &mut Reader<'_, '_>, id: &ScannerId) -> SecretScanLayer {
    if id.as_str() != ScannerId::SECRETS {
        return SecretScanLayer::default();
    }
    SecretScanLayer {
        history: reader.boolean("history"),
        allow_comments: reader.boolean("allow-comments"),
        config: config(reader),
    }
}

fn config(reader: &mut Reader<'_, '_>) -> Option<RepoPath> {
    let word = reader.text("config")?;
    let found = RepoPath::new(&word.name);
    if let Err(why) = found {
        let message = format!("`config` names no file of this repository: {why}");
        let help = "write it from the root: `config = \".gitleaks.toml\"`".to_owned();
        reader.error(word.span, &message, "not a path in here", Some(help));
    }
    found.ok()
}

/// `[scanners.csp]` and `[scanners.hardening]`, as far as no other scanner has such keys. Both look at the
/// same files once, so that what one says of them holds for the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfigurationScan {
    /// Whether a comment beside a weakness accepts it.
    pub allow_comments: bool,
    /// What files are for, by path; a folder ends with `/`.
    pub roles: BTreeMap<String, Role>,
    /// Rules that are off by themselves and wanted.
    pub also: BTreeSet<String>,
    /// Whether TLS ends before anything that the repository says.
    pub tls_upstream: bool,
}

/// The same as one file says it.
#[derive(Default)]
pub struct ConfigurationScanLayer {
    allow_comments: Option<bool>,
    roles: Option<BTreeMap<String, Role>>,
    also: Option<BTreeSet<String>>,
    tls_upstream: Option<bool>,
}

impl ConfigurationScanLayer {
    /// Takes from a less specific layer what this one does not say.
    pub fn underlay(&mut self, below: Self) {
        self.allow_comments = self.allow_comments.or(below.allow_comments);
        self.roles = self.roles.take().or(below.roles);
        self.also = self.also.take().or(below.also);
        self.tls_upstream = self.tls_upstream.or(below.tls_upstream);
    }

    /// With the defaults.
    pub fn finish(self) -> ConfigurationScan {
        ConfigurationScan {
            allow_comments: self.allow_comments.unwrap_or(false),
            roles: self.roles.unwrap_or_default(),
            also: self.also.unwrap_or_default(),
            tls_upstream: self.tls_upstream.unwrap_or(false),
        }
    }
}

/// Reads the keys; for other scanners they stay unknown.
pub fn configuration(reader: &mut Reader<'_, '_>, id: &ScannerId) -> ConfigurationScanLayer {
    if !matches!(id.as_str(), ScannerId::CSP | ScannerId::HARDENING) {
        return ConfigurationScanLayer::default();
    }
    ConfigurationScanLayer {
        allow_comments: reader.boolean("allow-comments"),
        roles: roles(reader),
        also: also(reader),
        tls_upstream: reader.boolean("tls-terminated-upstream"),
    }
}

fn roles(reader: &mut Reader<'_, '_>) -> Option<BTreeMap<String, Role>> {
    let (table, _) = reader.table("roles")?;
    let words = Role::ALL.map(Role::word);
    let mut roles = BTreeMap::new();
    for (path, value) in table.iter() {
        let name = path.get_ref().as_ref();
        let folder = name.strip_suffix('/').unwrap_or(name);
        if let Err(why) = RepoPath::new(folder) {
            let message = format!("`roles` names no file of this repository: {why}");
            let help = "write it from the root, a folder with `/` at its end".to_owned();
            reader.error(path.span(), &message, "not a path in here", Some(help));
            continue;
        }
        let word = value.get_ref().as_str().unwrap_or_default();
        match Role::from_word(word) {
            Some(role) => drop(roles.insert(name.to_owned(), role)),
            None => {
                let (message, help) = unknown("role ", word, &words);
                reader.error(value.span(), &message, "not one of the roles", Some(help));
            }
        }
    }
    Some(roles)
}

fn also(reader: &mut Reader<'_, '_>) -> Option<BTreeSet<String>> {
    let rules = Rules::shipped();
    let known: Vec<&str> = rules.all().map(|rule| rule.id.as_str()).collect();
    let mut also = BTreeSet::new();
    for word in reader.words("also")? {
        if rules.get(&word.name).is_none() {
            let (message, help) = unknown("rule ", &word.name, &known);
            reader.error(word.span, &message, "no rule of lockgate's own", Some(help));
        }
        also.insert(word.name);
    }
    Some(also)
}
