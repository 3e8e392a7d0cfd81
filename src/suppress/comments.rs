//! Comments that tell a scanner to be silent.
//!
//! A marker counts wherever its scanner would read the file, also inside a text of the language:
//! the scanners themselves look for the words, and rarely ask whether it is a comment.

use super::{Content, Deed, Suppression, Surface};
use crate::model::{Lines, Region, RepoPath, Untrusted};
use crate::origin;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The comments that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Marker {
    /// `# nosec`, `# nosec B101,B602`, `//nosec G101`. Bandit: `bandit/core/manager.py`.
    Nosec,
    /// `nosemgrep`, `nosem`, `nosemgrep: rule`.
    Semgrep,
    /// `gitleaks:allow`, `betterleaks:allow`.
    Leaks,
    /// `checkov:skip=ID:why`.
    Checkov,
    /// `hadolint ignore=DL3008`, `hadolint global ignore=…`.
    Hadolint,
    /// `trivy:ignore:ID`, `tfsec:ignore:ID`.
    Trivy,
    /// `codeql[rule]`, `lgtm[rule]`.
    CodeQl,
    /// `zizmor: ignore[rule]`.
    Zizmor,
    /// `lockgate:allow`.
    Lockgate,
}

/// What to look for, whatever the case of its letters.
const WORDS: &[(&str, Marker)] = &[
    ("nosec", Marker::Nosec),
    ("nosem", Marker::Semgrep),
    ("gitleaks:allow", Marker::Leaks),
    ("betterleaks:allow", Marker::Leaks),
    ("checkov:skip", Marker::Checkov),
    ("bridgecrew:skip", Marker::Checkov),
    ("hadolint", Marker::Hadolint),
    ("trivy:ignore", Marker::Trivy),
    ("tfsec:ignore", Marker::Trivy),
    ("codeql[", Marker::CodeQl),
    ("lgtm", Marker::CodeQl),
    ("zizmor:", Marker::Zizmor),
    ("lockgate:allow", Marker::Lockgate),
];

/// Characters behind a marker in which it can name rules.
const FAR: usize = 400;

/// Names that are taken from one comment at most.
const MOST_NAMES: usize = 20;

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(WORDS.iter().map(|(word, _)| word))
        .ok()
});

/// A marker at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which one.
    pub marker: Marker,
    /// Its line, 1-based.
    pub line: u32,
    /// The rules that it names; none for all.
    pub names: Vec<String>,
    /// The line, and the one that it speaks of when it stands alone, without white space: equal
    /// keys silence the same.
    pub key: String,
    /// True when the whole line is a comment.
    pub alone: bool,
}

/// True for bytes with one of the words in them, so that it is worth to compare the file.
pub fn marks(bytes: &[u8]) -> bool {
    FINDER.as_ref().is_none_or(|finder| finder.is_match(bytes))
}

/// All markers of a text.
pub fn all(text: &str) -> Vec<Mark> {
    let Some(finder) = FINDER.as_ref() else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<Mark> = Vec::new();
    let (mut at, mut line, mut start) = (0, 0_usize, 0_usize);
    for hit in finder.find_iter(text) {
        let passed = text.get(at..hit.start()).unwrap_or_default();
        line += passed.bytes().filter(|byte| *byte == b'\n').count();
        if let Some(end) = passed.rfind('\n') {
            start = at + end + 1;
        }
        at = hit.start();
        let Some((_, marker)) = WORDS.get(hit.pattern().as_usize()) else {
            continue;
        };
        let number = u32::try_from(line + 1).unwrap_or(u32::MAX);
        // One line has one mark of each kind at most, so that a long line costs no more.
        let here = found.iter().rev().take_while(|mark| mark.line == number);
        if here.into_iter().any(|mark| mark.marker == *marker) {
            continue;
        }
        let before = text.get(start..hit.start()).unwrap_or_default();
        let after = text.get(hit.end()..).unwrap_or_default();
        let after: &str = match after.char_indices().nth(FAR) {
            Some((end, _)) => after.get(..end).unwrap_or_default(),
            None => after,
        };
        let after = after.lines().next().unwrap_or_default();
        let Some(names) = accept(*marker, before, after) else {
            continue;
        };
        let (key, alone) = key(&lines, line, before);
        found.push(Mark {
            marker: *marker,
            line: number,
            names,
            key,
            alone,
        });
    }
    found
}

/// The rules that the marker names; `None` when the word is something else here.
fn accept(marker: Marker, before: &str, after: &str) -> Option<Vec<String>> {
    let inside = before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let rest = after.trim_start();
    let after = match marker {
        Marker::Nosec => {
            let comment = before.trim_end().ends_with(['#', '/', '*']);
            comment.then_some(after)?
        }
        Marker::Semgrep => {
            let rest = match after.get(..4) {
                Some(word) if word.eq_ignore_ascii_case("grep") => after.get(4..)?,
                _ => after,
            };
            let goes_on = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            (!inside && !goes_on).then_some(())?;
            // Without a colon it is the whole line's.
            rest.trim_start().strip_prefix(':').unwrap_or_default()
        }
        Marker::Hadolint => {
            let rest = rest.strip_prefix("global").unwrap_or(rest).trim_start();
            rest.strip_prefix("ignore")?
                .trim_start()
                .strip_prefix('=')?
        }
        Marker::Zizmor => rest.strip_prefix("ignore")?,
        Marker::CodeQl => (!inside).then_some(after)?,
        Marker::Leaks | Marker::Checkov | Marker::Trivy | Marker::Lockgate => after,
    };
    Some(names(after))
}

/// The words behind a marker that look like names of rules.
fn names(after: &str) -> Vec<String> {
    let parts = |c: char| c.is_whitespace() || ",:;=[]()\"'".contains(c);
    let is_name = |word: &&str| {
        let sign = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.' | '/');
        word.contains(sign)
            && word.starts_with(|c: char| c.is_ascii_alphanumeric())
            && word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '*'))
    };
    after
        .split(parts)
        .filter(|word| !word.is_empty())
        .take_while(is_name)
        .take(MOST_NAMES)
        .map(str::to_owned)
        .collect()
}

fn condense(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What a marker on this line silences, and whether it stands alone.
fn key(lines: &[&str], line: usize, before: &str) -> (String, bool) {
    let own = lines.get(line).copied().unwrap_or_default();
    let code = before.trim();
    let opens = ["#", "//", "/*", "*", "--", "<!--", ";", "%", "{#", "{{/*"];
    let alone = code.is_empty() || opens.iter().any(|open| code.starts_with(open));
    let mut key = condense(own);
    let mut beside = |text: Option<&&str>| {
        key.push('\n');
        key.push_str(&condense(text.copied().unwrap_or_default()));
    };
    let says = |line: &&&str| !line.trim().is_empty();
    if alone {
        beside(lines.iter().skip(line + 1).find(says));
    } else if !code.contains(char::is_alphanumeric) {
        // `)  # nosec`: what is closed stands before it.
        beside(lines.iter().take(line).rev().take(20).find(says));
    }
    (key, alone)
}

/// The markers of one surface that the change adds: each key of the base excuses one.
pub fn added(
    surface: &'static Surface,
    marker: Marker,
    path: &RepoPath,
    base: Content<'_>,
    head: Content<'_>,
) -> Vec<Suppression> {
    let Content::Text(head) = head else {
        return Vec::new();
    };
    let base = match base {
        Content::Text(base) => base,
        Content::Absent | Content::Unreadable => "",
    };
    let scanners = || match (surface.scanners, path.file_name().ends_with(".go")) {
        // One comment of two languages.
        (&[python, go], in_go) if marker == Marker::Nosec => vec![if in_go { go } else { python }],
        (scanners, _) => scanners.to_vec(),
    };
    new_marks(base, head, marker)
        .into_iter()
        .map(|mark| Suppression {
            surface: surface.id,
            deed: Deed::Adds,
            scanners: scanners(),
            path: path.clone(),
            line: Some(mark.line),
            key: String::new(),
            what: mark.names.into_iter().map(Untrusted::from).collect(),
        })
        .collect()
}

/// The markers of one kind in `head` that `base` does not have.
pub fn new_marks(base: &str, head: &str, marker: Marker) -> Vec<Mark> {
    let of = |text: &str| -> Vec<Mark> {
        let all = all(text).into_iter();
        all.filter(|mark| mark.marker == marker).collect()
    };
    let now = of(head);
    if now.is_empty() {
        return now;
    }
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for mark in of(base) {
        *known.entry(mark.key).or_default() += 1;
    }
    // Of equal ones, those on lines that the change leaves alone are the old ones.
    let lines = match known.is_empty() {
        true => Lines::default(),
        false => origin::lines(base, head).unwrap_or_else(Lines::all),
    };
    let touched =
        |mark: &Mark| Region::line(u64::from(mark.line)).is_some_and(|region| lines.touch(region));
    let (touched, quiet): (Vec<Mark>, Vec<Mark>) = now.into_iter().partition(touched);
    let mut new: Vec<Mark> = quiet
        .into_iter()
        .chain(touched)
        .filter(|mark| match known.get_mut(&mark.key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        })
        .collect();
    new.sort_by_key(|mark| mark.line);
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(Marker, u32, Vec<String>)> {
        all(text)
            .into_iter()
            .map(|mark| (mark.marker, mark.line, mark.names))
            .collect()
    }

    #[test]
    fn markers_in_every_spelling() {
        for (text, marker, names) in [
            ("x = 1 # nosec", Marker::Nosec, vec![]),
            ("x = 1 #NOSEC", Marker::Nosec, vec![]),
            ("x = 1 # nosec:B101", Marker::Nosec, vec!["B101"]),
            (
                "x = 1 #nosec B101,B102",
                Marker::Nosec,
                vec!["B101", "B102"],
            ),
            ("x = 1 # nosec because of y", Marker::Nosec, vec![]),
            ("x() //nosec G104", Marker::Nosec, vec!["G104"]),
            (
                "// nosemgrep: a.b.c, d-e",
                Marker::Semgrep,
                vec!["a.b.c", "d-e"],
            ),
            ("x // NOSEM", Marker::Semgrep, vec![]),
            ("k = 'x' # gitleaks:allow", Marker::Leaks, vec![]),
            (
                "#checkov:skip=CKV_AWS_20:public",
                Marker::Checkov,
                vec!["CKV_AWS_20"],
            ),
            (
                "# hadolint global ignore=DL3008",
                Marker::Hadolint,
                vec!["DL3008"],
            ),
            (
                "#trivy:ignore:AVD-AWS-0086",
                Marker::Trivy,
                vec!["AVD-AWS-0086"],
            ),
            (
                "# zizmor: ignore[unpinned-uses]",
                Marker::Zizmor,
                vec!["unpinned-uses"],
            ),
            ("// codeql[js/xss]", Marker::CodeQl, vec!["js/xss"]),
        ] {
            let names = names.into_iter().map(str::to_owned).collect();
            assert_eq!(lines(text), [(marker, 1, names)], "{text}");
        }
        for text in [
            "nosec = 1",
            "nosemantics",
            "canosem",
            "hadolint Dockerfile",
            "# zizmor: see below",
        ] {
            assert!(lines(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn moved_and_reindented_lines_are_not_new() {
        let base = "a()  # nosec\nb()\n\nif x:\n    c()  # nosec\n";
        let new = |head: &str| -> Vec<u32> {
            let marks = new_marks(base, head, Marker::Nosec);
            marks.iter().map(|mark| mark.line).collect()
        };
        assert!(new("b()\na()  # nosec\r\n\tc()  #nosec\n").is_empty());
        assert_eq!(new("b()\na()  # nosec\na()  # nosec\n"), [3]);
        assert_eq!(new("a(1)  # nosec\n"), [1]);
        // One that stands alone belongs to what follows it.
        let head = "# nosemgrep\nother()\n";
        assert_eq!(
            new_marks("# nosemgrep\none()\n", head, Marker::Semgrep).len(),
            1
        );
        assert!(new_marks(head, head, Marker::Semgrep).is_empty());
    }
}
