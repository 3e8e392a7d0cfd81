//! Allowlists: what a configuration lets pass.

use crate::model::Foreign as _;
use crate::scan::secrets::Sight;
use regex_automata::meta::Regex;

/// What the expressions of an allowlist are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The secret.
    Secret,
    /// Its line: all that a rule fits stands in there.
    Line,
}

/// One allowlist. What it names is tried each by itself, or all together.
pub struct Allowlist {
    /// Why, in the words of whoever wrote it.
    pub description: String,
    /// Every list that is not empty must have something that fits.
    pub all: bool,
    /// Commits, as people write them: full ids or their beginnings.
    pub commits: Vec<String>,
    /// Paths.
    pub paths: Vec<Regex>,
    /// See [`Target`].
    pub regexes: Vec<Regex>,
    /// What `regexes` are held against.
    pub target: Target,
    /// Words in the secret, in lower case.
    pub stopwords: Vec<String>,
    /// Only for rules of these names; none: for all.
    pub rules: Vec<String>,
}

/// Shortest beginning of a commit's id that counts.
const SHORTEST: usize = 7;

impl Allowlist {
    /// Whether a secret passes that a rule of this name has found.
    pub fn allows(&self, rule: &str, sight: &Sight) -> bool {
        if !self.rules.is_empty() && !self.rules.iter().any(|name| name == rule) {
            return false;
        }
        let path = sight.location.path.raw().as_bytes();
        let line = sight.line.as_ref().map_or(&[][..], |line| line.bytes());
        let held = match self.target {
            Target::Secret => sight.secret.bytes(),
            Target::Line => line,
        };
        let lower = sight.secret.bytes().to_ascii_lowercase();
        let has = |word: &String| memchr::memmem::find(&lower, word.as_bytes()).is_some();
        let commit = |id: &String| {
            let known = sight.commit.as_deref().unwrap_or_default();
            id.len() >= SHORTEST && known.starts_with(id.as_str())
        };
        let answers = [
            ask(&self.commits, commit),
            ask(&self.paths, |regex| regex.is_match(path)),
            ask(&self.regexes, |regex| regex.is_match(held)),
            ask(&self.stopwords, has),
        ];
        let mut answers = answers.into_iter().flatten();
        match self.all {
            true => {
                let mut any = false;
                answers.all(|answer| {
                    any = true;
                    answer
                }) && any
            }
            false => answers.any(|answer| answer),
        }
    }
}

/// Whether something of a list fits; `None` for an empty list.
fn ask<T>(list: &[T], fits: impl Fn(&T) -> bool) -> Option<bool> {
    (!list.is_empty()).then(|| list.iter().any(fits))
}
