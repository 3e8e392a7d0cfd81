//! Words of a file inside of a sentence.

/// Characters of a file's text that a sentence shows, at most.
const MOST: usize = 80;

/// Text of a file in quotes, cut. It stays what somebody else wrote: never to be printed raw.
pub(crate) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('\u{2026}');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut() {
        assert_eq!(quoted("a"), "`a`");
        assert_eq!(quoted(&"a".repeat(100)).chars().count(), 83);
    }
}
