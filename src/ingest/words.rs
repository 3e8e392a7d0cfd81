//! What many tools write alike: severities, confidences, times, lines, pages of advisories.

use super::lenient::Int;
use crate::model::{AdvisoryId, Confidence, Region, Severity};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

/// What to do about a credential that a scanner found.
pub const REVOKE: &str =
    "Revoke the credential where it was issued, then remove it: it stays in the history.";

/// A severity in the words of CVSS or GitHub's advisories, in any case; `none` and `negligible`
/// mean "worth knowing". `None` for every other word, `unknown` among them.
pub fn severity(word: &str) -> Option<Severity> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" | "moderate" => Severity::Medium,
        "low" => Severity::Low,
        "info" | "informational" | "negligible" | "none" => Severity::Info,
        _ => return None,
    })
}

/// A confidence: `low`, `medium`, `high` in any case.
pub fn confidence(word: &str) -> Option<Confidence> {
    let all = [Confidence::Low, Confidence::Medium, Confidence::High];
    all.into_iter()
        .find(|c| c.word().eq_ignore_ascii_case(word.trim()))
}

/// A moment in ISO 8601, or as ZAP writes it (`Tue, 12 May 2020 20:57:30`). Tools that leave the
/// zone out are taken to mean UTC, which is what runners are set to.
pub fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let zoned = || text.parse::<Timestamp>().ok();
    let civil = || {
        let time = text.parse::<DateTime>().ok();
        time.or_else(|| {
            let broken_down = strtime::parse("%a, %d %b %Y %H:%M:%S", text).ok()?;
            broken_down.to_datetime().ok()
        })
    };
    zoned().or_else(|| Some(civil()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
}

/// Lines of a file; `None` without a first line. A last line that is the first one is left out.
pub fn lines(first: Int, last: Int) -> Option<Region> {
    let region = Region::line(positive(first)?)?;
    Some(match positive(last) {
        Some(last) if last > u64::from(region.line) => region.to_line(last),
        _ => region,
    })
}

/// A line or column: `None` for 0 and less, which several tools write for "unknown".
pub fn positive(number: Int) -> Option<u64> {
    u64::try_from(number.0?).ok().filter(|n| *n > 0)
}

/// The GHSA that pages name, when they name exactly one: pages of an advisory speak of related
/// problems, too. CVEs are not taken from pages at all.
pub fn only_ghsa<'a>(mut pages: impl Iterator<Item = &'a str>) -> Option<AdvisoryId> {
    let first = pages.by_ref().find_map(AdvisoryId::ghsa_in_url)?;
    let mut others = pages.filter_map(AdvisoryId::ghsa_in_url);
    others.all(|id| id == first).then_some(first)
}

/// The first `most` characters. For texts that one part of a document gives and many findings
/// repeat: a name of a megabyte must not cost a megabyte for each of them.
pub fn short(text: &str, most: usize) -> &str {
    match text.char_indices().nth(most) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_end_between_characters() {
        assert_eq!(short("äöü", 2), "äö");
        assert_eq!(short("äöü", 3), "äöü");
    }

    #[test]
    fn severities_in_any_case() {
        assert_eq!(severity("MODERATE"), Some(Severity::Medium));
        assert_eq!(severity("Informational"), Some(Severity::Info));
        assert_eq!(severity("unknown"), None);
        assert_eq!(confidence("HIGH"), Some(Confidence::High));
        assert_eq!(confidence("certain"), None);
    }

    #[test]
    fn pages_that_disagree_name_nothing() {
        let a = "https://github.com/advisories/GHSA-jf85-cpcp-j695";
        let b = "https://github.com/advisories/GHSA-gq9m-qvpx-68hc";
        assert!(only_ghsa([a, "https://x.example", a].into_iter()).is_some());
        assert_eq!(only_ghsa([a, b].into_iter()), None);
        let seen = lines(Int(Some(3)), Int(Some(3))).unwrap();
        assert_eq!((seen.line, seen.end_line), (3, None));
        assert_eq!(lines(Int(Some(0)), Int(Some(3))), None);
    }

    #[test]
    fn moments_in_the_spellings_of_the_tools() {
        for text in [
            "2020-05-12T20:57:30Z",
            "2020-05-12T20:57:30",
            "2020-05-12T16:57:30.000-0400",
            "Tue, 12 May 2020 20:57:30",
        ] {
            let seen = moment(text).map(|t| t.to_string());
            assert_eq!(seen.as_deref(), Some("2020-05-12T20:57:30Z"), "{text}");
        }
        assert_eq!(moment("Fr., 30 Sep. 2022 08:40:35"), None);
    }
}
