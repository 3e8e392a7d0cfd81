//! Ids and names that were checked to be what they claim.

use crate::model::Untrusted;

/// Longest name of a branch, in bytes: no file system keeps a longer one, and git keeps them there.
const LONGEST: usize = 255;

/// The full id of a commit: 40 hex digits, 64 in repositories that use SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Id(String);

impl Id {
    /// Accepts a full id that is not all zeros, which stand for "none".
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        (matches!(text.len(), 40 | 64) && hex && !Self::is_zero(text))
            .then(|| Self(text.to_ascii_lowercase()))
    }

    /// True for the text that stands for "no commit".
    pub fn is_zero(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|b| b == b'0')
    }

    /// The id, in lowercase hex.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A branch's short name, of a form that git accepts (git-check-ref-format(1)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch(String);

impl Branch {
    /// Accepts such a name.
    pub fn parse(name: &str) -> Option<Self> {
        let part = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && !part.to_lowercase().ends_with(".lock")
        };
        let plain = |c: char| {
            !c.is_control() && !matches!(c, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\')
        };
        let fits = name.len() <= LONGEST && name.chars().all(plain) && name.split('/').all(part);
        let odd = name.starts_with('-')
            || name.ends_with('.')
            || name.contains("..")
            || name.contains("@{")
            || matches!(name, "@" | "HEAD");
        (fits && !odd).then(|| Self(name.to_owned()))
    }

    /// The branch that a full name means.
    pub fn of_reference(name: &str) -> Option<Self> {
        Self::parse(name.strip_prefix("refs/heads/")?)
    }

    /// The full name under which a clone keeps the branch of its origin.
    pub fn at_origin(&self) -> String {
        format!("refs/remotes/origin/{}", self.0)
    }

    /// The name, for people.
    pub fn name(&self) -> Untrusted {
        self.0.as_str().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_ids_are_ids() {
        let id = "0123456789abcdefABCDEF000000000000000000";
        let lower = id.to_lowercase();
        assert_eq!(Id::parse(id).unwrap().as_str(), lower);
        for text in [
            "",
            "abc",
            "0123456789",
            "0000000000000000000000000000000000000000",
        ] {
            assert_eq!(Id::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_names_that_git_accepts_are_branches() {
        for name in [
            "main",
            "release/2.x",
            "feature/a-b_c",
            "zzz\";echo${IFS}",
            "é",
        ] {
            assert!(Branch::parse(name).is_some(), "{name}");
        }
        let long = "x".repeat(LONGEST + 1);
        for name in [
            "",
            "-x",
            "--upload-pack=x",
            "a b",
            "a..b",
            "a@{1}",
            "@",
            "HEAD",
            "a~1",
            "HEAD^",
            "/a",
            "a/",
            "a//b",
            ".a",
            "a.lock",
            "a/b.LOCK/c",
            "a:b",
            "a\nb",
            "a\u{1b}[31m",
            "a*",
            "a\\b",
            &long,
        ] {
            assert_eq!(Branch::parse(name), None, "{name}");
        }
        assert_eq!(Branch::of_reference("refs/heads/a"), Branch::parse("a"));
        assert_eq!(Branch::of_reference("refs/tags/a"), None);
    }
}
