//! What is to be done with the issue that is there.

use super::memory::Memory;
use std::collections::BTreeSet;

/// The issue as the last scan and people left it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Whether it is open.
    pub open: bool,
    /// What it remembers; `None` when the text was damaged.
    pub memory: Option<Memory>,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Leave,
    /// Open a new one.
    Open,
    /// Write the text anew, and leave the issue open or closed as it is.
    Rewrite,
    /// Write the text anew, and close it.
    Close,
    /// Write the text anew, and open it again.
    Reopen,
}

/// Decides. `now` are the names of what is open ([`super::Matters::remembered`]).
///
/// Somebody who closes the issue by hand has seen what was in it: it stays closed until something
/// comes that was not, or that begins to stop the merge. An issue that lockgate has closed holds
/// nothing, so that anything is news.
pub fn decide(left: Option<&Left>, now: &BTreeSet<String>) -> Action {
    let Some(left) = left else {
        return match now.is_empty() {
            true => Action::Leave,
            false => Action::Open,
        };
    };
    // What nobody remembers may be news.
    let memory = left.memory.as_ref();
    let news = memory.is_none_or(|memory| memory.lacks_any(now));
    let cleared = memory.is_some_and(|memory| memory.clear.is_some());
    match (left.open, now.is_empty()) {
        (true, false) => Action::Rewrite,
        (true, true) => Action::Close,
        (false, true) if cleared => Action::Leave,
        (false, true) => Action::Rewrite,
        (false, false) if cleared || news => Action::Reopen,
        (false, false) => Action::Rewrite,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn left(open: bool, matters: &[&str]) -> Left {
        let clear = matters.is_empty().then(|| "2026-11-01".parse().unwrap());
        Left {
            open,
            memory: Some(Memory {
                clear,
                open: names(matters),
                ..Memory::default()
            }),
        }
    }

    #[test]
    fn an_issue_is_opened_when_there_is_something_and_closed_when_nothing_is_left() {
        let (some, none) = (names(&["aaaaaaaa"]), names(&[]));
        assert_eq!(decide(None, &none), Action::Leave);
        assert_eq!(decide(None, &some), Action::Open);
        let open = left(true, &["aaaaaaaa"]);
        assert_eq!(decide(Some(&open), &some), Action::Rewrite);
        assert_eq!(decide(Some(&open), &none), Action::Close);
        let closed = left(false, &[]);
        assert_eq!(decide(Some(&closed), &none), Action::Leave);
        assert_eq!(decide(Some(&closed), &some), Action::Reopen);
    }

    #[test]
    fn what_a_person_closed_stays_closed_until_there_is_news() {
        let closed = left(false, &["aaaaaaaa", "bbbbbbbb"]);
        let decide = |now: &[&str]| decide(Some(&closed), &names(now));
        assert_eq!(decide(&["aaaaaaaa", "bbbbbbbb"]), Action::Rewrite);
        assert_eq!(decide(&["bbbbbbbb"]), Action::Rewrite);
        assert_eq!(decide(&[]), Action::Rewrite, "the text says all clear");
        assert_eq!(decide(&["bbbbbbbb", "cccccccc"]), Action::Reopen);
        assert_eq!(decide(&["aaaaaaaa!"]), Action::Reopen, "its day has come");
    }

    #[test]
    fn a_damaged_text_hides_nothing() {
        let damaged = |open| Left { open, memory: None };
        let (some, none) = (names(&["aaaaaaaa"]), names(&[]));
        assert_eq!(decide(Some(&damaged(false)), &some), Action::Reopen);
        assert_eq!(decide(Some(&damaged(true)), &some), Action::Rewrite);
        assert_eq!(decide(Some(&damaged(true)), &none), Action::Close);
        assert_eq!(decide(Some(&damaged(false)), &none), Action::Rewrite);
    }
}
