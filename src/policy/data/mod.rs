//! Snapshots of what is known of vulnerabilities beyond their advisories, as data of the policy:
//! how likely they are exploited (FIRST's EPSS), and which are known to be (CISA's KEV). Nothing is
//! fetched: a verdict must not depend on the day's network.

mod cve;
mod epss;
mod kev;
mod read;

pub use read::{DataLayer, data};

use crate::model::{DataSource, Finding, RepoPath};
use cve::Cve;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The snapshots of a policy: `[data]`.
#[derive(Debug, Clone, Default)]
pub struct Data {
    /// Probabilities, by CVE.
    pub epss: Option<Snapshot<f64>>,
    /// The catalogue of what is known to be exploited.
    pub kev: Option<Snapshot<()>>,
    /// How old a snapshot may be; any age when it is not said.
    pub max_age: Option<SignedDuration>,
}

/// One snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot<T> {
    /// Its file.
    pub path: RepoPath,
    /// The day, in UTC, that it says it is of.
    pub date: Date,
    /// What it says, sorted by CVE.
    entries: Arc<[(Cve, T)]>,
}

impl<T: Copy> Snapshot<T> {
    /// How many CVEs it names.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// False for every snapshot that was read: an empty one is refused.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    fn get(&self, cve: Cve) -> Option<T> {
        let at = self.entries.binary_search_by_key(&cve, |(cve, _)| *cve);
        self.entries.get(at.ok()?).map(|(_, value)| *value)
    }

    /// Its age, counted from the start of its day; below zero for a day to come.
    fn age(&self, now: Timestamp) -> SignedDuration {
        let start = Offset::UTC.to_timestamp(self.date.at(0, 0, 0, 0));
        start.map_or(SignedDuration::MAX, |start| now.duration_since(start))
    }
}

impl Data {
    /// Every snapshot, as of a moment.
    pub fn sources(&self, now: Timestamp) -> Vec<DataSource> {
        let epss = self.epss.as_ref().map(|s| self.source("epss", s, now));
        let kev = self.kev.as_ref().map(|s| self.source("kev", s, now));
        epss.into_iter().chain(kev).collect()
    }

    fn source<T: Copy>(&self, key: &'static str, from: &Snapshot<T>, now: Timestamp) -> DataSource {
        DataSource {
            key,
            path: from.path.clone(),
            date: from.date,
            entries: from.len(),
            stale: self.is_stale(from, now),
        }
    }

    fn is_stale<T: Copy>(&self, snapshot: &Snapshot<T>, now: Timestamp) -> bool {
        let age = snapshot.age(now);
        // A day of grace: a clock may be behind.
        let ahead = age < SignedDuration::from_hours(-24);
        ahead || self.max_age.is_some_and(|most| age > most)
    }

    /// Adds what the snapshots know of a finding's CVEs. What a report says is kept where it says
    /// more: the higher probability, and that it is exploited.
    pub fn enrich(&self, finding: &mut Finding, now: Timestamp) {
        if self.epss.is_none() && self.kev.is_none() {
            return;
        }
        let observation = &mut finding.observation;
        let cves = observation.advisories.iter().filter_map(Cve::of);
        let cves: Vec<Cve> = cves.collect();
        if let Some(epss) = &self.epss {
            let known = cves.iter().filter_map(|cve| epss.get(*cve));
            observation.epss = known.chain(observation.epss).reduce(f64::max);
        }
        if let Some(kev) = &self.kev
            && !cves.is_empty()
        {
            let listed = cves.iter().any(|cve| kev.get(*cve).is_some());
            // That it is not in an old list says nothing of today.
            let said = (listed || !self.is_stale(kev, now)).then_some(listed);
            observation.kev = observation.kev.max(said);
        }
    }
}

/// Puts a snapshot's entries in order; of several of one CVE the last counts.
fn snapshot<T: Copy>(path: RepoPath, date: Date, mut entries: Vec<(Cve, T)>) -> Snapshot<T> {
    entries.reverse();
    entries.sort_by_key(|(cve, _)| *cve);
    entries.dedup_by_key(|(cve, _)| *cve);
    Snapshot {
        path,
        date,
        entries: entries.into(),
    }
}

/// The day at the start of `2026-05-18T00:00:00Z`.
fn day(moment: &str) -> Option<Date> {
    let (day, rest) = moment.trim().split_at_checked(10)?;
    let day = day.parse().ok();
    day.filter(|_| rest.is_empty() || rest.starts_with('T'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AdvisoryId, Kind, Location, Observation, RuleId, ScannerId};

    fn finding(ids: &[&str]) -> Finding {
        let mut observation = Observation::new(RuleId::new("r"), Kind::Dependency, "t");
        observation.advisories = ids.iter().filter_map(|id| AdvisoryId::new(id)).collect();
        Finding {
            fingerprint: String::new(),
            namesake: String::new(),
            scanner: ScannerId::new("x").unwrap(),
            observation: Box::new(observation),
            location: Location {
                path: RepoPath::new("a").unwrap(),
                region: None,
                certainty: crate::model::Certainty::File,
                target: None,
            },
            line_hash: None,
            digests: crate::model::SourceDigests::default(),
            witnesses: Vec::new(),
            provenance: crate::model::Provenance::UNSEEN,
            since: None,
        }
    }

    fn data(max_age: Option<i64>) -> Data {
        let path = || RepoPath::new("x").unwrap();
        let epss = "#model_version:v1,score_date:2026-11-01T00:00:00Z\ncve,epss,percentile\n\
                    CVE-2024-1,0.5,0.9\nCVE-2024-2,0.25,0.5\n";
        let kev = r#"{"dateReleased":"2026-11-01T10:00:00Z","count":1,
                      "vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#;
        Data {
            epss: Some(epss::read(path(), epss).unwrap()),
            kev: Some(kev::read(path(), kev).unwrap()),
            max_age: max_age.map(|days| SignedDuration::from_hours(days * 24)),
        }
    }

    fn known(data: &Data, mut finding: Finding) -> (Option<f64>, Option<bool>) {
        data.enrich(&mut finding, "2026-11-21T12:00:00Z".parse().unwrap());
        (finding.observation.epss, finding.observation.kev)
    }

    #[test]
    fn one_snapshot_alone_is_used() {
        let both = data(None);
        let epss = Data {
            kev: None,
            ..data(None)
        };
        assert_eq!(known(&epss, finding(&["CVE-2024-1"])), (Some(0.5), None));
        let kev = Data { epss: None, ..both };
        assert_eq!(known(&kev, finding(&["CVE-2024-1"])), (None, Some(true)));
    }

    #[test]
    fn not_looked_is_not_the_same_as_looked_and_not_there() {
        let fresh = data(Some(30));
        let of = |ids: &[&str]| known(&fresh, finding(ids));
        assert_eq!(of(&["CVE-2024-1"]), (Some(0.5), Some(true)));
        assert_eq!(of(&["CVE-2024-2"]), (Some(0.25), Some(false)));
        assert_eq!(of(&["CVE-2024-3"]), (None, Some(false)));
        // Only CVEs are listed, and this may have one that nobody names.
        assert_eq!(of(&["GHSA-jf85-cpcp-j695"]), (None, None));
        assert_eq!(of(&["CVE-2024-2", "CVE-2024-1"]), (Some(0.5), Some(true)));
        assert_eq!(
            known(&Data::default(), finding(&["CVE-2024-1"])),
            (None, None)
        );
    }

    #[test]
    fn what_an_old_list_does_not_name_is_unknown() {
        let old = data(Some(7));
        assert_eq!(
            known(&old, finding(&["CVE-2024-1"])),
            (Some(0.5), Some(true))
        );
        assert_eq!(known(&old, finding(&["CVE-2024-2"])), (Some(0.25), None));
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        assert!(old.sources(now).iter().all(|source| source.stale));
        assert!(data(None).sources(now).iter().all(|source| !source.stale));
        let before = "2026-10-21T12:00:00Z".parse().unwrap();
        assert!(data(None).sources(before).iter().all(|source| source.stale));
    }

    #[test]
    fn what_a_report_says_is_kept_where_it_says_more() {
        let mut told = finding(&["CVE-2024-2"]);
        told.observation.epss = Some(0.75);
        told.observation.kev = Some(true);
        assert_eq!(known(&data(None), told), (Some(0.75), Some(true)));
    }

    #[test]
    fn a_snapshot_may_be_a_day_ahead_and_as_old_as_the_policy_says() {
        let data = Data {
            max_age: Some(SignedDuration::from_hours(7 * 24)),
            ..Data::default()
        };
        let path = RepoPath::new("kev.json").unwrap();
        let cve = Cve::new("CVE-2024-1").unwrap();
        let of_day = snapshot(path, "2026-11-20".parse().unwrap(), vec![(cve, ())]);
        for (now, stale) in [
            ("2026-11-18T23:59:59Z", true),
            ("2026-11-19T00:00:00Z", false),
            ("2026-11-20T00:00:00Z", false),
            ("2026-11-27T00:00:00Z", false),
            ("2026-11-27T00:00:01Z", true),
        ] {
            let now = now.parse().unwrap();
            assert_eq!(data.is_stale(&of_day, now), stale, "{now}");
        }
    }
}
