//! What a configuration lets pass.

use regex_automata::meta::Regex;

/// A pattern that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowError {
    /// The pattern, as it was written.
    pub pattern: String,
    /// What the parser says.
    pub detail: String,
}

/// What lets a match pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Where it stands.
    Path,
    /// Which rule fits.
    Rule,
    /// A word in the secret.
    StopWord,
    /// A regular expression over the secret.
    Pattern,
}

/// A list of things that pass. Each of the four is tried by itself; an empty list lets nothing pass.
#[derive(Default)]
pub struct Allowances {
    paths: Vec<Regex>,
    rules: Vec<String>,
    stopwords: Vec<Vec<u8>>,
    regexes: Vec<Regex>,
}

fn compile(pattern: &str) -> Result<Regex, AllowError> {
    let syntax = regex_automata::util::syntax::Config::new()
        .unicode(false)
        .utf8(false);
    Regex::builder()
        .syntax(syntax)
        .build(pattern)
        .map_err(|error| AllowError {
            pattern: pattern.to_owned(),
            detail: error.to_string(),
        })
}

impl Allowances {
    /// Reads the lists: `paths` and `regexes` are regular expressions over bytes, found anywhere in the
    /// path and in the secret; `rules` are ids; `stopwords` are words in the secret, in any case.
    ///
    /// # Errors
    /// Every pattern that cannot be read.
    pub fn new(
        paths: &[String],
        rules: &[String],
        stopwords: &[String],
        regexes: &[String],
    ) -> Result<Self, Vec<AllowError>> {
        let mut errors = Vec::new();
        let mut all = |patterns: &[String]| {
            let mut compiled = Vec::new();
            for pattern in patterns {
                match compile(pattern) {
                    Ok(regex) => compiled.push(regex),
                    Err(error) => errors.push(error),
                }
            }
            compiled
        };
        let (paths, regexes) = (all(paths), all(regexes));
        let read = Self {
            paths,
            rules: rules.to_vec(),
            stopwords: stopwords
                .iter()
                .filter(|word| !word.is_empty())
                .map(|word| word.to_ascii_lowercase().into_bytes())
                .collect(),
            regexes,
        };
        if errors.is_empty() {
            Ok(read)
        } else {
            Err(errors)
        }
    }

    /// Whether a whole file passes, so that it need not be searched.
    pub fn path(&self, path: &str) -> bool {
        self.paths
            .iter()
            .any(|regex| regex.is_match(path.as_bytes()))
    }

    /// Why a match passes, if it does.
    pub fn allows(&self, path: &str, rule: &str, secret: &[u8]) -> Option<Reason> {
        if self.path(path) {
            Some(Reason::Path)
        } else if self.rules.iter().any(|known| known == rule) {
            Some(Reason::Rule)
        } else if self.has_stopword(secret) {
            Some(Reason::StopWord)
        } else if self.regexes.iter().any(|regex| regex.is_match(secret)) {
            Some(Reason::Pattern)
        } else {
            None
        }
    }

    fn has_stopword(&self, secret: &[u8]) -> bool {
        self.stopwords.iter().any(|word| {
            secret
                .windows(word.len())
                .any(|part| part.eq_ignore_ascii_case(word))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_list_lets_pass_by_itself() {
        let list = |text: &str| vec![text.to_owned()];
        let allowances = Allowances::new(
            &list(r"^docs/"),
            &list("jwt"),
            &list("Sandbox"),
            &list("^A3T"),
        )
        .unwrap();
        assert_eq!(
            allowances.allows("docs/a.md", "x", b"s"),
            Some(Reason::Path)
        );
        assert_eq!(allowances.allows("src/a", "jwt", b"s"), Some(Reason::Rule));
        assert_eq!(
            allowances.allows("src/a", "x", b"key_sandbox_1"),
            Some(Reason::StopWord)
        );
        assert_eq!(
            allowances.allows("src/a", "x", b"A3TX"),
            Some(Reason::Pattern)
        );
        assert_eq!(allowances.allows("src/a", "x", b"xA3TX"), None);
        assert_eq!(Allowances::default().allows("", "", b""), None);
    }

    #[test]
    fn every_wrong_pattern_is_told() {
        let errors = Allowances::new(&["(".to_owned()], &[], &[], &["[".to_owned()])
            .err()
            .unwrap();
        assert_eq!(errors.len(), 2);
    }
}
