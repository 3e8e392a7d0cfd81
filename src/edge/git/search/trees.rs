//! Folders as git stores them.
//!
//! Format: `mode SP name NUL id`, one after the other, sorted by name.

/// One entry of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    pub kind: Kind,
    pub name: &'a [u8],
    pub id: &'a gix::oid,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file, or a link, whose content is where it leads.
    Blob,
    Folder,
    /// A commit of another repository.
    Submodule,
}

/// The entries of a folder. What comes after a damaged one is not there.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
    /// Bytes of an id.
    len: usize,
    /// True when something could not be read.
    pub damaged: bool,
}

/// Reads a folder.
pub(super) fn entries(bytes: &[u8], hash: gix::hash::Kind) -> Entries<'_> {
    Entries {
        rest: bytes,
        len: hash.len_in_bytes(),
        damaged: false,
    }
}

impl<'a> Entries<'a> {
    /// Bytes that are left.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn read(&mut self) -> Option<Entry<'a>> {
        let space = self.rest.iter().take(8).position(|byte| *byte == b' ')?;
        let (mode, rest) = self.rest.split_at_checked(space)?;
        let rest = rest.get(1..)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let (name, rest) = rest.split_at_checked(end)?;
        let (id, rest) = rest.get(1..)?.split_at_checked(self.len)?;
        let kind = match mode {
            b"40000" | b"040000" => Kind::Folder,
            b"160000" => Kind::Submodule,
            _ => Kind::Blob,
        };
        let id = gix::oid::try_from_bytes(id).ok()?;
        self.rest = rest;
        Some(Entry { kind, name, id })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Entry<'a>;

    fn next(&mut self) -> Option<Entry<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.read();
        if entry.is_none() {
            self.rest = &[];
            self.damaged = true;
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_folder_holds() {
        let mut bytes = b"100644 a b\0".to_vec();
        bytes.extend([1; 20]);
        bytes.extend(b"40000 c\0");
        bytes.extend([2; 20]);
        let read: Vec<_> = entries(&bytes, gix::hash::Kind::Sha1)
            .map(|entry| (entry.kind, entry.name))
            .collect();
        assert_eq!(read, [(Kind::Blob, &b"a b"[..]), (Kind::Folder, b"c")]);
    }

    #[test]
    fn a_damaged_folder_says_so() {
        for bytes in [&b"100644"[..], b"100644 a", b"100644 a\0short"] {
            let mut read = entries(bytes, gix::hash::Kind::Sha1);
            assert!(read.next().is_none());
            assert!(read.damaged);
        }
    }
}
