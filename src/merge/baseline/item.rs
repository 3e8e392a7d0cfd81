//! Findings and entries in one form, in which they can be compared.

use super::entry_place;
use crate::model::{
    AdvisoryId, BaselineEntry, Certainty, Ecosystem, Finding, Foreign as _, Kind, RepoPath, RuleId,
    ScannerId, SourceDigests,
};
use crate::version::canonical;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A finding or an entry. Texts that are compared often have become numbers.
pub struct Item<'a> {
    /// Position in the list that it comes from.
    pub index: usize,
    pub fingerprint: &'a str,
    pub path: &'a RepoPath,
    /// The file, or what was scanned instead.
    pub place: usize,
    pub line: Option<u32>,
    pub digests: SourceDigests,
    /// Only an entry has one.
    pub since: Option<Date>,
    pub subject: Subject<'a>,
}

/// What it is about.
pub enum Subject<'a> {
    /// A vulnerability in a package.
    Package {
        /// Ecosystem and normal name.
        package: usize,
        version: Option<usize>,
        /// The advisory's names; the rule where there is none.
        names: Vec<&'a str>,
    },
    /// Anything else: what things that look alike have in common, but the file and what is around
    /// them.
    Place {
        /// `None` for a finding of which no entry has the like.
        look: Option<usize>,
    },
}

impl Item<'_> {
    /// What is around the line, when both sides are known.
    pub fn around(&self) -> Option<[u16; 2]> {
        match self.digests.around {
            [Some(before), Some(after)] => Some([before, after]),
            _ => None,
        }
    }

    /// Look and place of what is no package.
    pub fn look(&self) -> Option<(usize, usize)> {
        match self.subject {
            Subject::Place { look: Some(look) } => Some((look, self.place)),
            _ => None,
        }
    }
}

/// In an order that the lists' own does not influence. Numbers come first, because texts take
/// longer to compare.
pub fn sorted(mut items: Vec<Item<'_>>) -> Vec<Item<'_>> {
    items.sort_unstable_by(|a, b| {
        let numbers = |item: &Item<'_>| (item.line, item.digests);
        let rest = |item: &Item<'_>| (item.since, item.index);
        numbers(a)
            .cmp(&numbers(b))
            .then_with(|| (a.path, a.fingerprint).cmp(&(b.path, b.fingerprint)))
            .then_with(|| rest(a).cmp(&rest(b)))
    });
    items
}

/// Digest of the line, scanner, rule, kind and package. The number comes first, see [`sorted`].
type Look<'a> = (Option<u64>, &'a ScannerId, &'a RuleId, Kind, &'a str);

/// Gives equal things equal numbers. Entries come first.
#[derive(Default)]
pub struct Interner<'a> {
    entries: usize,
    packages: BTreeMap<(&'a Ecosystem, String), usize>,
    versions: BTreeMap<(usize, String), usize>,
    places: BTreeMap<&'a str, usize>,
    looks: BTreeMap<Look<'a>, usize>,
    /// Which looks entries have where.
    there: BTreeSet<(usize, usize)>,
}

fn number<K: Ord>(map: &mut BTreeMap<K, usize>, key: K) -> usize {
    let next = map.len();
    *map.entry(key).or_insert(next)
}

impl<'a> Interner<'a> {
    /// An entry's item.
    pub fn entry(&mut self, entry: &'a BaselineEntry) -> Item<'a> {
        let digests = entry.digests();
        let place = number(&mut self.places, entry_place(entry));
        let package = entry.package.as_ref();
        let subject = match package.filter(|_| entry.kind == Kind::Dependency) {
            Some((ecosystem, name, version)) => self.package(
                (ecosystem, name.clone(), version.as_deref()),
                &entry.advisories,
                &entry.rule,
            ),
            None => {
                let name = package.map_or("", |(_, name, _)| name.as_str());
                let look = (digests.text, &entry.scanner, &entry.rule, entry.kind, name);
                let look = number(&mut self.looks, look);
                self.there.insert((look, place));
                Subject::Place { look: Some(look) }
            }
        };
        self.entries += 1;
        Item {
            index: self.entries - 1,
            fingerprint: &entry.fingerprint,
            path: &entry.path,
            place,
            line: entry.line,
            digests,
            since: entry.since,
            subject,
        }
    }

    /// A finding's item.
    pub fn finding(&mut self, index: usize, finding: &'a Finding) -> Item<'a> {
        let observation = &finding.observation;
        let location = &finding.location;
        let place = match &location.target {
            Some(target) if location.certainty == Certainty::Assumed => target.raw(),
            _ => location.path.raw(),
        };
        let place = number(&mut self.places, place);
        let package = observation.package.as_ref();
        let subject = match package.filter(|_| observation.kind == Kind::Dependency) {
            Some(package) => {
                let version = package.version.as_ref().map(|version| version.raw());
                self.package(
                    (&package.ecosystem, package.normal_name(), version),
                    &observation.advisories,
                    &observation.rule,
                )
            }
            None => Subject::Place {
                look: self.known_look(finding, place),
            },
        };
        Item {
            index,
            fingerprint: &finding.fingerprint,
            path: &location.path,
            place,
            line: location.region.map(|region| region.line),
            digests: finding.digests,
            since: None,
            subject,
        }
    }

    fn package(
        &mut self,
        (ecosystem, name, version): (&'a Ecosystem, String, Option<&'a str>),
        advisories: &'a BTreeSet<AdvisoryId>,
        rule: &'a RuleId,
    ) -> Subject<'a> {
        let package = number(&mut self.packages, (ecosystem, name));
        let version = version.map(|version| canonical(ecosystem, version));
        let names: Vec<&str> = match advisories.is_empty() {
            true => vec![rule.raw()],
            false => advisories.iter().map(AdvisoryId::as_str).collect(),
        };
        Subject::Package {
            package,
            version: version.map(|version| number(&mut self.versions, (package, version))),
            names,
        }
    }

    /// The look of a finding, by the witness that the entries know: another one may lead today. The
    /// file's own entries come first.
    fn known_look(&self, finding: &'a Finding, place: usize) -> Option<usize> {
        let observation = &finding.observation;
        let package = observation.package.as_ref();
        let package = package.map(|package| package.normal_name());
        let package = package.as_deref().unwrap_or_default();
        let text = finding.digests.text;
        let lead = [(&finding.scanner, &observation.rule)];
        let others = finding.witnesses.iter().map(|w| (&w.scanner, &w.rule));
        let look = |(scanner, rule)| {
            let key: Look<'_> = (text, scanner, rule, observation.kind, package);
            self.looks.get(&key).copied()
        };
        let known: Vec<usize> = lead.into_iter().chain(others).filter_map(look).collect();
        let here = known
            .iter()
            .find(|look| self.there.contains(&(**look, place)));
        here.or(known.first()).copied()
    }
}
