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
    /// `{a,b}[0-9]?`, with a text that is in everything that fits: looking for that costs little
    Glob(Box<str>, Box<GlobMatcher>),
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
            Matcher::Glob(part, glob) => text.contains(&**part) && glob.is_match(text),
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

    /// The file or folder that a pattern for paths speaks of; `None` for one that may mean several.
    pub fn folder(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Below(folder, _) => Some(folder),
            _ => None,
        }
    }

    /// A text that is in everything that fits, never empty; `None` where none is known.
    pub fn part(&self) -> Option<&str> {
        let part: &str = match &self.matcher {
            Matcher::Exactly(part) | Matcher::StartsWith(part) => part,
            Matcher::Below(part, _) | Matcher::Glob(part, _) => part,
            Matcher::Anything => "",
        };
        (!part.is_empty()).then_some(part)
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
    let part = certain(text).unwrap_or_default();
    Some(Matcher::Glob(part.into(), Box::new(glob.compile_matcher())))
}

/// The longest text that everything that fits a glob holds: between wildcards, classes and choices.
/// Slashes beside `**` may be missing in what fits. `None` where that is not simple to tell.
fn certain(glob: &str) -> Option<&str> {
    let mut parts = Vec::new();
    let mut rest = glob;
    while let Some(at) = rest.find(['*', '?', '[', '{', ']', '}', '\\']) {
        let (part, more) = rest.split_at_checked(at)?;
        parts.push(part);
        rest = match more.chars().next()? {
            '*' | '?' => more.get(1..)?,
            '[' => {
                // A bracket that comes first in a class means itself.
                let from = more.get(1..)?.trim_start_matches(['!', '^']);
                let inner = from.strip_prefix(']').unwrap_or(from);
                inner.split_once(']')?.1
            }
            '{' => {
                let (choice, after) = more.get(1..)?.split_once('}')?;
                if choice.contains(['{', '[', '\\']) {
                    return None;
                }
                after
            }
            _ => return None,
        };
    }
    parts.push(rest);
    let parts = parts.into_iter().map(|part| part.trim_matches('/'));
    parts.max_by_key(|part| part.len())
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

    #[test]
    fn what_every_match_holds_is_known() {
        for (glob, part) in [
            ("**/generated/*.py", Some("generated")),
            ("*-special-7", Some("-special-7")),
            ("a?[]x]longer{b,cc}d", Some("longer")),
            ("**", Some("")),
            ("a\\*b", None),
            ("{a,{b,c}}d", None),
        ] {
            assert_eq!(certain(glob), part, "{glob}");
        }
    }

    proptest! {
        /// Looking for a part first never changes what fits.
        #[test]
        fn the_part_is_in_everything_that_fits(pattern in "([ab/?]|[*]{1,2}|/[*][*]/|\\[!?[ab]\\]|\\{a,b?\\}){1,6}", text in "[ab]{0,2}(/[ab]{1,2}){0,3}") {
            for separator in [true, false] {
                let mut builder = GlobBuilder::new(&pattern);
                builder.literal_separator(separator).empty_alternates(true);
                if let Ok(glob) = builder.build() && glob.compile_matcher().is_match(&text) {
                    prop_assert!(text.contains(certain(&pattern).unwrap_or_default()));
                }
            }
        }

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
