//! CVSS vectors → base scores.
//!
//! Sources: the specifications of CVSS 2.0, 3.x and 4.0 by FIRST. The arithmetic is the
//! `cvss` crate's, which RustSec keeps.

use std::str::FromStr as _;

/// The base score of a vector of version 2.0, 3.x or 4.0, 0.1–10.0. `None` for anything else and
/// for a score of 0.0, which rates nothing.
pub fn score(vector: &str) -> Option<f64> {
    let vector = vector.trim();
    let parsed = cvss::Cvss::from_str(vector).ok()?;
    Some(parsed.score()).filter(|score| *score > 0.0 && *score <= 10.0)
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn vectors_of_every_version_are_scored() {
        assert_eq!(
            score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            Some(9.8)
        );
        assert_eq!(
            score("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:C/C:L/I:L/A:N"),
            Some(4.7)
        );
        assert_eq!(
            score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            Some(9.3)
        );
        assert_eq!(score("AV:N/AC:L/Au:N/C:P/I:P/A:P"), Some(7.5));
        for nothing in [
            "",
            "9.8",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
        ] {
            assert_eq!(score(nothing), None, "{nothing}");
        }
    }
}
