//! FIRST's daily list of EPSS probabilities.
//!
//! Source of the format: first.org/epss/data_stats. A line `#model_version:…,score_date:…`, a line
//! `cve,epss,percentile`, and a row for each CVE.

use super::cve::Cve;
use super::{Snapshot, day, snapshot};
use crate::model::RepoPath;

/// Reads the list.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn read(path: RepoPath, text: &str) -> Result<Snapshot<f64>, String> {
    let text = text.trim_start_matches('\u{feff}');
    let mut date = None;
    let mut columns = None;
    let mut entries = Vec::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let line = line.trim();
        if let Some(comment) = line.strip_prefix('#') {
            let mut parts = comment.split(',');
            let told = parts.find_map(|part| part.trim().strip_prefix("score_date:"));
            date = date.or_else(|| day(told?));
        } else if line.is_empty() {
        } else if let Some(columns) = &columns {
            let row = row(line, columns);
            entries.push(row.ok_or_else(|| format!("line {number} is no row of it"))?);
        } else {
            columns = Some(Columns::of(line).ok_or("it has no line `cve,epss,percentile`")?);
        }
    }
    let date = date.ok_or("it does not say of which day it is: `#…score_date:…`")?;
    match entries.is_empty() {
        true => Err("it names no CVE".to_owned()),
        false => Ok(snapshot(path, date, entries)),
    }
}

/// Where in a row the two values stand.
struct Columns {
    cve: usize,
    epss: usize,
}

impl Columns {
    fn of(header: &str) -> Option<Self> {
        let at = |name: &str| header.split(',').position(|column| column.trim() == name);
        Some(Self {
            cve: at("cve")?,
            epss: at("epss")?,
        })
    }
}

fn row(line: &str, columns: &Columns) -> Option<(Cve, f64)> {
    let cve = Cve::new(line.split(',').nth(columns.cve)?)?;
    let probability: f64 = line.split(',').nth(columns.epss)?.trim().parse().ok()?;
    (0.0..=1.0)
        .contains(&probability)
        .then_some((cve, probability))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Snapshot<f64>, String> {
        read(RepoPath::new("e.csv").unwrap(), text)
    }

    #[test]
    fn the_list_as_it_is_published() {
        let list = list(
            "#model_version:v2025.03.14,score_date:2026-05-18T00:00:00Z\n\
             cve,epss,percentile\nCVE-1999-0001,0.0046,0.7385\r\nCVE-1999-0002,4.5e-2,0.92\n\n",
        )
        .unwrap();
        assert_eq!(
            (list.date.to_string().as_str(), list.len()),
            ("2026-05-18", 2)
        );
        assert_eq!(list.get(Cve::new("CVE-1999-0002").unwrap()), Some(0.045));
        assert_eq!(list.get(Cve::new("CVE-1999-0003").unwrap()), None);
    }

    #[test]
    fn what_is_no_such_list_is_refused() {
        let head = "#score_date:2026-05-18\ncve,epss,percentile\n";
        for (text, why) in [
            ("", "of which day"),
            ("cve,epss\nCVE-2024-1,0.5\n", "of which day"),
            ("CVE-2024-1,0.5\n", "no line `cve,epss"),
            (head, "names no CVE"),
            (&format!("{head}CVE-2024-1,1.5,0\n"), "line 3"),
            (&format!("{head}CVE-2024-1,NaN,0\n"), "line 3"),
            (&format!("{head}CVE-2024-1,0.5,0\nCVE-20"), "line 4"),
            (
                "#score_date:soon\ncve,epss\nCVE-2024-1,0.5\n",
                "of which day",
            ),
        ] {
            assert!(list(text).unwrap_err().contains(why), "{text}");
        }
    }
}
