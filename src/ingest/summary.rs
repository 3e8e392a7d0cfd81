//! One line out of a long description.

/// Longest title, in characters.
const MAX: usize = 160;

/// The first sentence that says something, cut at 160 characters; `None` when there is no text.
/// Headings such as `### Impact` and labels such as `Details:` are passed over.
pub fn first_sentence(text: &str) -> Option<String> {
    let mut lines = text
        .lines()
        .map(|line| line.trim().trim_start_matches(['#', '*', '-', '>', ' ']))
        .filter(|line| !line.is_empty());
    let line = lines
        .clone()
        .find(|line| line.chars().count() > 12 && line.contains(' ') && !line.ends_with(':'))
        .or_else(|| lines.next())?;
    let mut sentences = line.split(". ").map(str::trim).filter(|s| !s.is_empty());
    let first = sentences.next()?;
    // `Flask is a lightweight framework. …`: what the package is, not what is wrong with it.
    let sentence = match sentences.next() {
        Some(second) if introduces(first) => second,
        _ => first,
    };
    let sentence = sentence.trim_end_matches('.');
    let mut out: String = sentence.chars().take(MAX).collect();
    if out.len() < sentence.len() {
        out.push('…');
    }
    Some(out)
}

/// True for a sentence that only says what something is.
fn introduces(sentence: &str) -> bool {
    let words: Vec<&str> = sentence.split_whitespace().take(6).collect();
    words
        .windows(2)
        .any(|pair| matches!(pair, ["is", "a" | "an" | "the"]))
}

#[cfg(test)]
mod tests {
    use super::first_sentence;

    #[test]
    fn headings_are_passed_over() {
        let text = "### Impact\n\nA crafted cookie reads files. More follows.";
        assert_eq!(
            first_sentence(text).as_deref(),
            Some("A crafted cookie reads files")
        );
        let text = "Flask is a lightweight framework. A cache may share a cookie.";
        assert_eq!(
            first_sentence(text).as_deref(),
            Some("A cache may share a cookie")
        );
        assert_eq!(first_sentence("short").as_deref(), Some("short"));
        assert_eq!(first_sentence(" \n "), None);
        let long = "word ".repeat(100);
        assert_eq!(first_sentence(&long).map(|s| s.chars().count()), Some(161));
    }
}
