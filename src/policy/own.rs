//! Settings of lockgate's own scanners.

use super::file::Reader;
use crate::model::{RepoPath, ScannerId};

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
