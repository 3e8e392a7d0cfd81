//! Comments that say: this secret may stand here.

use crate::hit::Allow;
use crate::rule::Rules;
use memchr::memmem;
use std::ops::Range;

/// The words of such comments, ours and those of the tools that teams come from. Ours may be followed
/// by the ids of the rules that it is for; without, it is for all.
///
/// Sources: the documentation of gitleaks, betterleaks, Kingfisher, detect-secrets, trufflehog,
/// secretlint and ggshield, as of 2026.
pub const ALLOW_COMMENTS: &[&str] = &[
    OWN,
    "gitleaks:allow",
    "betterleaks:allow",
    "kingfisher:allow",
    "kingfisher:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "trufflehog:ignore",
    "secretlint-disable-line",
    "ggignore",
];

const OWN: &str = "lockgate:allow";

/// The same for comments on the line before.
const NEXT_LINE: &[&str] = &[
    "pragma: allowlist nextline secret",
    "pragma: whitelist nextline secret",
    "secretlint-disable-next-line",
];

/// From here to the end of the file, or to [`ON`].
const OFF: &str = "secretlint-disable";
const ON: &str = "secretlint-enable";

/// A line is looked at this far on both sides of the secret: long enough for people's lines, and
/// bounded in minified files.
const REACH: usize = 2048;

/// The comment that is for the hit of `rule` at `place`.
pub(crate) fn comment(
    rules: &Rules,
    text: &[u8],
    place: &Range<usize>,
    rule: &str,
) -> Option<Allow> {
    let low = place.start.saturating_sub(REACH);
    let before = text.get(low..place.start)?;
    let start = memchr::memrchr(b'\n', before).map_or(low, |at| low + at + 1);
    let after = text.get(place.end..)?;
    let after = after.get(..REACH).unwrap_or(after);
    let end = place.end + memchr::memchr(b'\n', after).unwrap_or(after.len());

    // The comment stands beside the secret, or on a line of it: a token cannot allow itself.
    let line = text.get(start..end)?;
    let found = ALLOW_COMMENTS
        .iter()
        .find(|words| says(rules, line, words, rule))
        .copied();
    found
        .or_else(|| {
            let before = text.get(..start.checked_sub(1)?)?;
            let before = before
                .get(before.len().saturating_sub(REACH)..)
                .unwrap_or(before);
            let start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
            let line = before.get(start..)?;
            NEXT_LINE
                .iter()
                .find(|words| memmem::find(line, words.as_bytes()).is_some())
                .copied()
        })
        .map(|words| Allow { words })
}

fn says(rules: &Rules, line: &[u8], words: &str, rule: &str) -> bool {
    let Some(at) = memmem::find(line, words.as_bytes()) else {
        return false;
    };
    if words != OWN {
        return true;
    }
    let rest = line.get(at + words.len()..).unwrap_or_default();
    let mut ids = rest
        .split(|byte| matches!(byte, b' ' | b',' | b'\t'))
        .filter(|word| !word.is_empty())
        .take_while(|word| is_id(rules, word))
        .peekable();
    ids.peek().is_none() || ids.any(|id| id == rule.as_bytes())
}

/// An id that no rule has any more still narrows the comment.
fn is_id(rules: &Rules, word: &[u8]) -> bool {
    let letters = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
    let form = word.contains(&b'-') && word.iter().all(letters);
    form || rules
        .all()
        .binary_search_by(|rule| rule.id.as_bytes().cmp(word))
        .is_ok()
}

/// The stretches of a file for which secretlint was switched off, found in one pass.
pub(crate) fn switched_off(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = next(text, at, OFF) {
        // `-line` and `-next-line` are for lines.
        at = start + OFF.len();
        if text.get(at) == Some(&b'-') {
            continue;
        }
        let end = next(text, at, ON).unwrap_or(text.len());
        found.push(at..end);
        at = end;
    }
    found
}

/// What [`switched_off`] stretches are told as.
pub(crate) const SWITCHED_OFF: Allow = Allow { words: OFF };

fn next(text: &[u8], from: usize, words: &str) -> Option<usize> {
    memmem::find(text.get(from..)?, words.as_bytes()).map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, rule: &str) -> Option<&'static str> {
        let start = text.find("SECRET").unwrap();
        comment(
            &Rules::default(),
            text.as_bytes(),
            &(start..start + 6),
            rule,
        )
        .map(|allow| allow.words)
    }

    #[test]
    fn comments_of_other_tools_are_known_on_the_same_line() {
        for words in ALLOW_COMMENTS {
            let text = format!("first\nkey = SECRET # {words}\nlast");
            assert_eq!(allowed(&text, "some-rule"), Some(*words));
            let elsewhere = format!("# {words}\nkey = SECRET\n# {words}\n");
            assert_eq!(allowed(&elsewhere, "some-rule"), None, "{words}");
        }
    }

    #[test]
    fn some_are_for_the_next_line() {
        for words in NEXT_LINE {
            let text = format!("a\n// {words}\nkey = SECRET\n");
            assert_eq!(allowed(&text, "some-rule"), Some(*words));
            let later = format!("// {words}\n\nkey = SECRET\n");
            assert_eq!(allowed(&later, "some-rule"), None);
        }
    }

    #[test]
    fn ours_can_name_rules() {
        let text = "SECRET # lockgate:allow npm-token, github-pat because of the test";
        assert_eq!(allowed(text, "github-pat"), Some("lockgate:allow"));
        assert_eq!(allowed(text, "npm-token"), Some("lockgate:allow"));
        assert_eq!(allowed(text, "stripe-key"), None);
        let all = "SECRET # lockgate:allow (made up)";
        assert_eq!(allowed(all, "stripe-key"), Some("lockgate:allow"));
    }

    #[test]
    fn secretlint_is_switched_off_and_on() {
        let text = b"a secretlint-disable b secretlint-enable c secretlint-disable-line d";
        let off = switched_off(text);
        assert_eq!(off.len(), 1);
        assert_eq!(&text[off[0].clone()], b" b ");
        assert_eq!(switched_off(b"x secretlint-disable").len(), 1);
    }
}
