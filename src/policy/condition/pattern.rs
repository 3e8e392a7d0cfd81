//! Patterns for names and paths.

use crate::model::ScannerId;
use globset::{GlobBuilder, GlobMatcher};

/// A glob. In paths `*` stops at `/` and `**` does not.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    matcher: Matcher,
}

/// What most patterns are is compared as text: a policy may have hundreds of them, and a report
/// tens of thousands of findings.
#[derive(Debug, Clone)]
enum Matcher {
    /// `B101`
    Exactly(Box<str>),
    /// `B1*`, of names
    StartsWith(Box<str>),
    /// `src` and `src/**`, of paths; the flag says whether `src` itself is meant, too
    Below(Box<str>, bool),
    /// `*` of names, `**` of paths
    Anything,
    /// `{a,b}[0-9]?`
    Glob(Box<GlobMatcher>),
}

/// Bytes of a pattern; names and paths are far shorter.
const LONGEST: usize = 1024;

impl Pattern {
    /// For rule and package names.
    pub fn name(text: &str) -> Option<Self> {
        let matcher = match text.strip_suffix('*') {
            _ if is_plain(text) => Matcher::Exactly(text.into()),
            Some("") => Matcher::Anything,
            Some(start) if is_plain(start) => Matcher::StartsWith(start.into()),
            _ => compile(&GlobBuilder::new(text), text)?,
        };
        Self::of(text, matcher)
    }

    /// For scanner names; one that no scanner can have is refused, because it would never match.
    pub fn scanner(text: &str) -> Option<Self> {
        let possible = has_wildcard(text) || ScannerId::new(text).is_some();
        possible.then(|| Self::name(text)).flatten()
    }

    /// For paths. A pattern without a wildcard also means everything below that folder.
    pub fn path(text: &str) -> Option<Self> {
        let text = text
            .strip_prefix("./")
            .unwrap_or(text)
            .trim_end_matches('/');
        let matcher = match text.strip_suffix("/**") {
            _ if is_plain(text) => Matcher::Below(text.into(), true),
            Some(folder) if is_plain(folder) => Matcher::Below(folder.into(), false),
            _ if text == "**" => Matcher::Anything,
            _ => {
                let glob = match has_wildcard(text) {
                    true => text.to_owned(),
                    false => format!("{text}{{,/**}}"),
                };
                let mut builder = GlobBuilder::new(&glob);
                builder.literal_separator(true).empty_alternates(true);
                compile(&builder, &glob)?
            }
        };
        Self::of(text, matcher)
    }

    /// Long patterns are refused: compiling one that is too large would end the program.
    fn of(text: &str, matcher: Matcher) -> Option<Self> {
        (text.len() <= LONGEST).then(|| Self {
            text: text.into(),
            matcher,
        })
    }

    /// Whether a name or path fits.
    pub fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Exactly(all) => **all == *text,
            Matcher::StartsWith(start) => text.starts_with(&**start),
            Matcher::Below(folder, itself) => match text.strip_prefix(&**folder) {
                Some("") => *itself,
                Some(rest) => rest.starts_with('/'),
                None => false,
            },
            Matcher::Anything => true,
            Matcher::Glob(glob) => glob.is_match(text),
        }
    }

    /// The pattern as it is written, without what makes no difference.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The one name that it stands for; `None` for a pattern that several may fit.
    pub fn literal(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Exactly(name) => Some(name),
            _ => None,
        }
    }

    /// True when every name or path fits.
    pub fn is_anything(&self) -> bool {
        matches!(self.matcher, Matcher::Anything)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

fn compile(builder: &GlobBuilder<'_>, text: &str) -> Option<Matcher> {
    let short = text.len() <= LONGEST + "{,/**}".len();
    let glob = short.then(|| builder.build().ok())??;
    Some(Matcher::Glob(Box::new(glob.compile_matcher())))
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// True for text in which no character has a meaning of its own.
fn is_plain(text: &str) -> bool {
    !text.contains(['*', '?', '[', ']', '{', '}', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn path_patterns_stop_at_slashes() {
        let matches = |pattern: &str, path: &str| Pattern::path(pattern).unwrap().matches(path);
        assert!(matches("tests/**", "tests/a/b.py"));
        assert!(matches("tests", "tests/a/b.py"));
        assert!(matches("./tests/", "tests/a.py"));
        assert!(matches("app.py", "app.py"));
        assert!(!matches("app.py", "src/app.py"));
        assert!(!matches("*.py", "src/app.py"));
        assert!(matches("**/*.py", "src/app.py"));
        assert!(!matches("tests", "tests2/a.py"));
    }

    #[test]
    fn huge_patterns_are_refused() {
        assert!(Pattern::name(&"[!a]".repeat(250)).is_some());
        assert!(Pattern::name(&"*".repeat(500_000)).is_none());
        assert!(Pattern::name(&"a".repeat(500_000)).is_none());
        assert!(Pattern::path(&"[!a]".repeat(100_000)).is_none());
    }

    #[test]
    fn scanner_names_that_cannot_be_are_refused() {
        assert!(Pattern::scanner("npm-audit").is_some());
        assert!(Pattern::scanner("npm*").is_some());
        assert!(Pattern::scanner("Bandit").is_none());
        assert!(Pattern::scanner("[").is_none());
    }

    proptest! {
        /// The short ways give what the glob would have given.
        #[test]
        fn text_is_compared_as_a_glob_would(pattern in "[ab/]{0,4}[*]{0,2}[ab]?", text in "[ab]{0,2}(/[ab]{1,2}){0,2}") {
            let glob = GlobBuilder::new(&pattern).build().unwrap().compile_matcher();
            prop_assert_eq!(Pattern::name(&pattern).unwrap().matches(&text), glob.is_match(&text));
            let cleaned = pattern.trim_end_matches('/').to_owned();
            let with_below = if has_wildcard(&cleaned) { cleaned } else { format!("{cleaned}{{,/**}}") };
            let glob = GlobBuilder::new(&with_below).literal_separator(true).empty_alternates(true).build().unwrap().compile_matcher();
            if !text.is_empty() && !text.starts_with('/') {
                prop_assert_eq!(Pattern::path(&pattern).unwrap().matches(&text), glob.is_match(&text));
            }
        }
    }
}
