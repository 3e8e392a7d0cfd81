//! Comments that ask for silence about a secret on their line.

/// What asks for silence, in lower case: gitleaks `README.md`, betterleaks `README.md`, Kingfisher
/// `README.md`, detect-secrets `README.md` ("Inline Allowlisting"), secretlint `README.md`
/// ("secretlint-rule-filter-comments").
const SAME_LINE: &[&str] = &[
    "gitleaks:allow",
    "betterleaks:allow",
    "kingfisher:ignore",
    "pragma: allowlist secret",
    "pragma: whitelist secret",
    "secretlint-disable-line",
];

/// The same, about the next line.
const LINE_BEFORE: &[&str] = &[
    "pragma: allowlist nextline secret",
    "secretlint-disable-next-line",
];

/// The comment of a line, or of the one before it, that asks for silence.
pub fn asks(line: &[u8], before: &[u8]) -> Option<&'static str> {
    let find = |words: &'static [&str], text: &[u8]| {
        let text = text.to_ascii_lowercase();
        let has = |word: &str| memchr::memmem::find(&text, word.as_bytes()).is_some();
        words.iter().copied().find(|word| has(word))
    };
    find(SAME_LINE, line).or_else(|| find(LINE_BEFORE, before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_other_scanners_are_understood() {
        assert_eq!(asks(b"k = 1 # GitLeaks:Allow", b""), Some("gitleaks:allow"));
        let before = b"// secretlint-disable-next-line";
        assert_eq!(asks(b"k = 1", before), Some("secretlint-disable-next-line"));
        assert_eq!(asks(b"k = 1", b"# gitleaks:allow"), None);
        assert_eq!(asks(b"allow = true", b""), None);
    }
}
