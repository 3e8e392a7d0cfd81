//! Commits and tags as git stores them: whom they name, and what their authors wrote.
//!
//! Format: `git-cat-file(1)`; headers, an empty line, the message. Who wrote it and signatures are no
//! part of what is searched.

use gix::ObjectId;

/// What a commit says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Commit<'a> {
    pub tree: ObjectId,
    pub parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970-01-01 UTC; 0 when it does not say so.
    pub time: i64,
    pub message: &'a [u8],
}

/// What an annotated tag says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    pub target: ObjectId,
    pub message: &'a [u8],
}

/// Reads a commit; `None` when it is none.
pub(super) fn commit(bytes: &[u8]) -> Option<Commit<'_>> {
    let (headers, message) = parts(bytes);
    let mut tree = None;
    let mut parents = Vec::new();
    let mut time = 0;
    for line in headers.split(|byte| *byte == b'\n') {
        if let Some(id) = line.strip_prefix(b"tree ") {
            tree = tree.or(ObjectId::from_hex(id).ok());
        } else if let Some(id) = line.strip_prefix(b"parent ") {
            parents.push(ObjectId::from_hex(id).ok()?);
        } else if let Some(who) = line.strip_prefix(b"committer ") {
            time = seconds(who).unwrap_or(0);
        }
    }
    let tree = tree?;
    Some(Commit {
        tree,
        parents,
        time,
        message,
    })
}

/// Reads a tag; `None` when it is none.
pub(super) fn tag(bytes: &[u8]) -> Option<Tag<'_>> {
    let (headers, message) = parts(bytes);
    let target = headers
        .split(|byte| *byte == b'\n')
        .find_map(|line| line.strip_prefix(b"object "))?;
    let target = ObjectId::from_hex(target).ok()?;
    Some(Tag { target, message })
}

fn parts(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (headers, rest) = bytes
        .split_at_checked(end.unwrap_or(bytes.len()))
        .unwrap_or((bytes, b""));
    (headers, rest.get(2..).unwrap_or(b""))
}

/// `name <address> 1700000000 +0100`.
fn seconds(who: &[u8]) -> Option<i64> {
    let mut words = who.rsplit(|byte| *byte == b' ').skip(1);
    std::str::from_utf8(words.next()?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn a_commit_names_its_files_and_parents() {
        let text = format!(
            "tree {ID}\nparent {ID}\nauthor a <a@b> 1 +0000\ncommitter c d <c@d> 1700000000 +0100\ngpgsig x\n y\n\nwhy\n\nbecause\n"
        );
        let read = commit(text.as_bytes()).unwrap();
        assert_eq!(read.tree.to_string(), ID);
        assert_eq!(read.parents.len(), 1);
        assert_eq!(read.time, 1_700_000_000);
        assert_eq!(read.message, b"why\n\nbecause\n");
    }

    #[test]
    fn damaged_ones_are_refused() {
        assert_eq!(commit(b""), None);
        assert_eq!(commit(b"tree x\n\nwhy"), None);
        assert_eq!(tag(b"object x\n\nwhy"), None);
        let text = format!("tree {ID}\nparent y\n\nwhy");
        assert_eq!(commit(text.as_bytes()), None);
    }

    #[test]
    fn a_tag_names_its_target() {
        let text = format!("object {ID}\ntype commit\ntag v1\ntagger t <t@t> 1 +0000\n\nnotes\n");
        let read = tag(text.as_bytes()).unwrap();
        assert_eq!(read.target.to_string(), ID);
        assert_eq!(read.message, b"notes\n");
    }
}
