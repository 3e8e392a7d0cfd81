//! `.gitleaksignore`: findings by place.

use crate::model::Foreign as _;
use crate::scan::secrets::Sight;

/// One line: `file:rule:line`, or with a commit in front.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    commit: Option<String>,
    path: String,
    rule: String,
    line: u32,
}

/// What gitleaks is told to leave aside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ignored {
    entries: Vec<Entry>,
    /// Lines, counted from 1, that say nothing of that form.
    pub unread: Vec<usize>,
}

impl Ignored {
    /// Reads the file.
    pub fn read(text: &str) -> Self {
        let mut ignored = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match entry(line) {
                Some(entry) => ignored.entries.push(entry),
                None => ignored.unread.push(index + 1),
            }
        }
        ignored
    }

    /// Whether a place is named. Rules have other names there, so that only a name that is one of ours
    /// has to be the same. Says nothing about which secret stands at that place: whoever asks must know
    /// that it is not a new one.
    pub fn names(&self, rule: &str, sight: &Sight, is_ours: impl Fn(&str) -> bool) -> bool {
        let line = sight.location.region.map(|region| region.line);
        let path = sight.location.path.raw();
        self.entries.iter().any(|entry| {
            let commit = match &entry.commit {
                None => true,
                Some(id) => sight.commit.as_deref().is_none_or(|known| known == id),
            };
            let same = entry.rule == rule || !is_ours(&entry.rule);
            commit && same && entry.path == path && Some(entry.line) == line
        })
    }
}

fn entry(line: &str) -> Option<Entry> {
    let mut parts = line.rsplitn(3, ':');
    let number = parts.next()?.parse().ok()?;
    let rule = parts.next()?.to_owned();
    let rest = parts.next()?;
    let hex = |id: &str| id.len() == 40 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (commit, path) = match rest.split_once(':') {
        Some((id, path)) if hex(id) => (Some(id.to_owned()), path),
        _ => (None, rest),
    };
    let path = path.trim_start_matches("./");
    (!path.is_empty() && !rule.is_empty()).then(|| Entry {
        commit,
        path: path.to_owned(),
        rule,
        line: number,
    })
}
