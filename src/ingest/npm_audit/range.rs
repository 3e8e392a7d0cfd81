//! Ranges of vulnerable versions, as npm's advisories write them.

/// The versions at which each part of a range ends: `>=1.0.0 <1.2.3 || <0.9.1` ends at 1.2.3 and
/// 0.9.1, which are the first that are mended. Empty when a part has no such end (`<=1.2.3`, `*`).
pub fn ends(range: &str) -> Vec<&str> {
    let parts = range.split("||");
    parts.map(end).collect::<Option<_>>().unwrap_or_default()
}

fn end(part: &str) -> Option<&str> {
    let version = part.rsplit_once('<')?.1.split_whitespace().next()?;
    version
        .starts_with(|c: char| c.is_ascii_digit())
        .then_some(version)
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn only_open_ends_name_a_mended_version() {
        assert_eq!(ends("<4.17.12"), ["4.17.12"]);
        assert_eq!(ends(">=1.0.0 <1.2.3 || <0.9.1"), ["1.2.3", "0.9.1"]);
        for none in [
            "<=1.2.3",
            "*",
            "",
            ">=1.0.0",
            "<1.2.3 || >=2.0.0",
            "<=1.0 || <2.0",
        ] {
            assert!(ends(none).is_empty(), "{none}");
        }
    }
}
