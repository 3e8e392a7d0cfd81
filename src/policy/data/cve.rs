//! CVE numbers in a form that takes little room: a snapshot names hundreds of thousands.

use crate::model::AdvisoryId;

/// A CVE: its year and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cve(u16, u64);

impl Cve {
    /// Reads `CVE-2024-1234`. Zeros in front of the number do not tell two of them apart (CVE ID
    /// syntax: they only fill it up to four digits).
    pub fn new(text: &str) -> Option<Self> {
        let (year, number) = text.trim().strip_prefix("CVE-")?.split_once('-')?;
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || !digits(year) || !digits(number) {
            return None;
        }
        Some(Self(year.parse().ok()?, number.parse().ok()?))
    }

    /// The CVE that an advisory's name is; `None` for other databases' names.
    pub fn of(id: &AdvisoryId) -> Option<Self> {
        Self::new(id.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cves_are_cves() {
        assert_eq!(Cve::new("CVE-1999-0001"), Some(Cve(1999, 1)));
        assert_eq!(Cve::new("CVE-2024-1234567"), Some(Cve(2024, 1_234_567)));
        for wrong in [
            "",
            "CVE-2024",
            "CVE-24-1",
            "CVE-2024-",
            "CVE-2024-x",
            "GHSA-1-2",
            "CVE-2024-+1",
        ] {
            assert_eq!(Cve::new(wrong), None, "{wrong}");
        }
    }
}
