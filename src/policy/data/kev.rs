//! CISA's catalogue of vulnerabilities that are known to be exploited.
//!
//! Source of the format: `known_exploited_vulnerabilities_schema.json` at cisa.gov.

use super::cve::Cve;
use super::{Snapshot, day, snapshot};
use crate::model::RepoPath;
use serde::Deserialize;

#[derive(Deserialize)]
struct Catalogue {
    #[serde(rename = "dateReleased")]
    released: String,
    count: usize,
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(rename = "cveID")]
    cve: String,
}

/// Reads the catalogue.
///
/// # Errors
/// A sentence that says what is wrong with it. A list that names fewer than it counts is refused:
/// what it does not name would pass for not exploited.
pub fn read(path: RepoPath, text: &str) -> Result<Snapshot<()>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let catalogue: Catalogue = serde_json::from_str(text).map_err(|error| {
        format!(
            "it is not CISA's JSON (line {}, column {})",
            error.line(),
            error.column()
        )
    })?;
    let date = day(&catalogue.released).ok_or("its `dateReleased` is no date")?;
    let named = catalogue.vulnerabilities.len();
    if named != catalogue.count {
        return Err(format!(
            "it names {named} vulnerabilities and counts {}",
            catalogue.count
        ));
    }
    let cves = catalogue.vulnerabilities.iter().map(|v| Cve::new(&v.cve));
    let entries: Option<Vec<(Cve, ())>> = cves.map(|cve| Some((cve?, ()))).collect();
    let entries = entries.ok_or("one of its `cveID` is no CVE")?;
    match entries.is_empty() {
        true => Err("it names no CVE".to_owned()),
        false => Ok(snapshot(path, date, entries)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Snapshot<()>, String> {
        read(RepoPath::new("k.json").unwrap(), text)
    }

    #[test]
    fn the_catalogue_as_it_is_published() {
        let text = r#"{"title":"CISA Catalog","catalogVersion":"2026.05.18",
            "dateReleased":"2026-05-18T14:00:32.3Z","count":2,"vulnerabilities":[
            {"cveID":"CVE-2021-27104","vendorProject":"A","cwes":["CWE-78"]},{"cveID":"CVE-2021-1"}]}"#;
        let list = list(text).unwrap();
        assert_eq!(
            (list.date.to_string().as_str(), list.len()),
            ("2026-05-18", 2)
        );
        assert!(list.get(Cve::new("CVE-2021-27104").unwrap()).is_some());
        assert!(list.get(Cve::new("CVE-2021-27105").unwrap()).is_none());
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        let of = |date: &str, count: usize, list: &str| {
            format!(r#"{{"dateReleased":"{date}","count":{count},"vulnerabilities":[{list}]}}"#)
        };
        let one = r#"{"cveID":"CVE-2021-1"}"#;
        for (text, why) in [
            (String::new(), "not CISA's JSON"),
            ("{}".into(), "not CISA's JSON"),
            ("[]".into(), "not CISA's JSON"),
            (
                of("2026-05-18", 2, one),
                "names 1 vulnerabilities and counts 2",
            ),
            (of("2026-05-18", 0, ""), "names no CVE"),
            (of("soon", 1, one), "no date"),
            (of("2026-05-18", 1, r#"{"cveID":"x"}"#), "no CVE"),
        ] {
            assert!(list(&text).unwrap_err().contains(why), "{text}");
        }
    }
}
