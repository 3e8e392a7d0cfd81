//! Identifiers of published advisories.

use std::fmt;

/// A CVE, GHSA, PYSEC, RUSTSEC … identifier. Letters, digits, `-`, `.`, `_` and `:` only, at most
/// 64 of them, so it can be shown anywhere.
///
/// The order is that of [`AdvisoryId::authority`] first, so the smallest of a set is the name that
/// most databases know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AdvisoryId(Box<str>);

impl AdvisoryId {
    /// Reads an identifier such as `CVE-2024-1234` or `ghsa-jf85-cpcp-j695`; the database's own
    /// spelling is restored (`CVE` upper case, `GHSA` with a lower-case rest).
    /// `None` for text without a known shape `PREFIX-…`.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let (prefix, rest) = text.split_once('-')?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
        if prefix.len() < 2
            || rest.is_empty()
            || text.len() > 64
            || !prefix.chars().all(|c| c.is_ascii_alphabetic())
            || !rest.chars().all(plain)
            || !rest.contains(|c: char| c.is_ascii_digit() || c == '-')
        {
            return None;
        }
        Some(Self(match prefix.to_ascii_uppercase().as_str() {
            "GHSA" => format!("GHSA-{}", rest.to_ascii_lowercase()).into(),
            upper @ ("CVE" | "PYSEC" | "RUSTSEC") => {
                format!("{upper}-{}", rest.to_ascii_uppercase()).into()
            }
            _ => text.into(),
        }))
    }

    /// Finds the GHSA identifier in an advisory's address, such as
    /// `https://github.com/advisories/GHSA-jf85-cpcp-j695`.
    pub fn ghsa_in_url(url: &str) -> Option<Self> {
        let at = url.find("GHSA-")?;
        let id = url.get(at..at.checked_add(19)?)?;
        let rest = url.get(at + 19..)?;
        let ends = !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-');
        let shaped = id.get(5..)?.split('-').count() == 3
            && id
                .get(5..)?
                .split('-')
                .all(|part| part.len() == 4 && part.chars().all(|c| c.is_ascii_alphanumeric()));
        (ends && shaped).then(|| Self::new(id)).flatten()
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 0 for CVE, 1 for GHSA, 2 for ecosystem databases, 3 for vendors' own numbering.
    pub fn authority(&self) -> u8 {
        match self.0.split('-').next() {
            Some("CVE") => 0,
            Some("GHSA") => 1,
            Some("PYSEC" | "RUSTSEC" | "GO") => 2,
            _ => 3,
        }
    }

    /// Where a person can read it. Only for databases whose addresses follow from the id.
    pub fn url(&self) -> Option<String> {
        match self.0.split('-').next() {
            Some("CVE") => Some(format!("https://nvd.nist.gov/vuln/detail/{self}")),
            Some("GHSA") => Some(format!("https://github.com/advisories/{self}")),
            Some("PYSEC" | "RUSTSEC" | "GO") => {
                Some(format!("https://osv.dev/vulnerability/{self}"))
            }
            _ => None,
        }
    }
}

impl fmt::Display for AdvisoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialOrd for AdvisoryId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AdvisoryId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.authority(), &self.0).cmp(&(other.authority(), &other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_is_restored() {
        let id = |t: &str| AdvisoryId::new(t).map(|a| a.to_string());
        assert_eq!(id("cve-2024-1"), Some("CVE-2024-1".into()));
        assert_eq!(
            id("ghsa-JF85-cpcp-j695"),
            Some("GHSA-jf85-cpcp-j695".into())
        );
        assert_eq!(id("GO-2024-2611"), Some("GO-2024-2611".into()));
        for bad in [
            "",
            "1179",
            "CVE",
            "CVE-",
            "CVE-20 24",
            "a-b",
            "x\n-1",
            "python-lint",
        ] {
            assert_eq!(id(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_smallest_id_is_the_best_known() {
        let mut ids: Vec<_> = [
            "PYSEC-2020-1",
            "GHSA-jf85-cpcp-j695",
            "CVE-2020-1",
            "SNYK-1-2",
        ]
        .iter()
        .filter_map(|t| AdvisoryId::new(t))
        .collect();
        ids.sort();
        let words: Vec<_> = ids.iter().map(AdvisoryId::as_str).collect();
        assert_eq!(
            words,
            [
                "CVE-2020-1",
                "GHSA-jf85-cpcp-j695",
                "PYSEC-2020-1",
                "SNYK-1-2"
            ]
        );
    }

    #[test]
    fn a_ghsa_is_found_only_whole() {
        let find = |u: &str| AdvisoryId::ghsa_in_url(u).map(|a| a.to_string());
        assert_eq!(
            find("https://github.com/advisories/GHSA-jf85-cpcp-j695"),
            Some("GHSA-jf85-cpcp-j695".into())
        );
        assert_eq!(find("https://x/GHSA-jf85-cpcp-j6955"), None);
        assert_eq!(find("https://x/GHSA-jf85-cpcp"), None);
        assert_eq!(find("https://x/GHSA-é"), None);
    }
}
