//! One way to make a digest of several texts.

use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// SHA-256 of the parts, in hex. Each counts with its length, so that no two lists of parts run into
/// the same bytes.
pub fn digest<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut text = String::with_capacity(64);
    for byte in hasher.finalize() {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_part_ends_matters() {
        let one = digest(["ab", "c"]);
        assert_eq!(one.len(), 64);
        assert_eq!(one, digest(["ab", "c"]));
        assert_ne!(one, digest(["a", "bc"]));
        assert_ne!(one, digest(["abc"]));
        assert_ne!(digest([""]), digest::<&str>([]));
    }
}
