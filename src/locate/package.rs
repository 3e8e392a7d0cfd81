//! Packages in manifests, found by name, version and key without a search.

use crate::manifest::{Entry, Manifest, graph};
use crate::model::{Ecosystem, Foreign as _, Observation, Relation, Scope, Untrusted};
use crate::version::canonical;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Ways from the project to a package that are kept.
const MOST_PATHS: usize = 5;

/// Longest way that is kept, in packages; real ones are far below.
const LONGEST_PATH: usize = 64;

/// Entries and needs that all searches for ways in one manifest may visit. A lockfile of five
/// thousand packages stays below; in larger ones the last packages have one way each.
const MOST_STEPS: usize = 200_000_000;

/// Most versions of one package into which an observation is split; more are hostile.
const MOST_VERSIONS: usize = 32;

/// The entries of one package in one version, or in all of its versions.
#[derive(Debug)]
pub struct Group {
    /// Position of the first one, whose line is shown.
    pub first: usize,
    /// Their version, for the entries of one.
    pub version: Option<String>,
    /// Production when one of them is; unknown when one of them is and none is shipped.
    pub scope: Option<Scope>,
    /// Direct when one of them is.
    pub relation: Option<Relation>,
    /// Direct only in the way of [`Entry::elsewhere`].
    elsewhere: bool,
    /// The entry from which the way is sought: a direct one, if there is one.
    nearest: usize,
    /// There are other entries, to which other ways may lead.
    several: bool,
    paths: OnceLock<Ways>,
}

/// Ways from the project to a package.
#[derive(Debug)]
struct Ways {
    list: Vec<Vec<Untrusted>>,
    /// See [`crate::model::Package::more_paths`].
    more: bool,
}

impl Group {
    fn new(index: usize, entry: &Entry) -> Self {
        Self {
            first: index,
            version: entry.version.clone(),
            scope: entry.scope,
            relation: entry.relation,
            elsewhere: entry.elsewhere,
            nearest: index,
            several: false,
            paths: OnceLock::new(),
        }
    }

    fn add(&mut self, index: usize, entry: &Entry) {
        self.several = true;
        if entry.relation == Some(Relation::Direct) && self.relation != entry.relation {
            self.nearest = index;
        }
        let both = self.relation == entry.relation && entry.relation == Some(Relation::Direct);
        self.elsewhere = match both {
            true => self.elsewhere && entry.elsewhere,
            false => self.elsewhere || entry.elsewhere,
        };
        self.scope = strongest(self.scope, entry.scope, Scope::Production);
        self.relation = strongest(self.relation, entry.relation, Relation::Direct);
    }

    /// Ways from the project to this package, found once.
    fn paths(&self, from: &Indexed) -> &Ways {
        self.paths.get_or_init(|| {
            let manifest = &from.manifest;
            let name = |at: &usize| manifest.entries.get(*at).map(|e| e.name.as_str().into());
            let large = self.nearest.saturating_mul(from.steps) > MOST_STEPS;
            let ways: Vec<Vec<usize>> = match large {
                true => from.way(self.nearest).into_iter().collect(),
                false => graph::paths(manifest, self.nearest, MOST_PATHS + 1),
            };
            let found = ways.len();
            let list: Vec<Vec<Untrusted>> = ways
                .into_iter()
                .take(MOST_PATHS)
                .filter(|path| path.len() <= LONGEST_PATH)
                .map(|path| path.iter().filter_map(name).collect())
                .collect();
            Ways {
                more: large || self.several || list.len() < found,
                list,
            }
        })
    }
}

/// The value that decides if one has it, else what both agree on.
fn strongest<T: PartialEq + Copy>(a: Option<T>, b: Option<T>, decides: T) -> Option<T> {
    if a == Some(decides) || b == Some(decides) {
        return Some(decides);
    }
    a.filter(|_| a == b)
}

/// A package of a manifest.
#[derive(Debug)]
struct Named {
    all: Group,
    /// By version in its common form; the empty one for entries that pin none.
    versions: BTreeMap<String, Group>,
}

/// A manifest whose entries are found by name, version and key.
#[derive(Debug)]
pub struct Indexed {
    /// The manifest.
    pub manifest: Manifest,
    by_name: BTreeMap<String, Named>,
    by_key: BTreeMap<String, usize>,
    /// What one search for ways visits: entries and needs.
    steps: usize,
    /// See [`graph::tree`].
    tree: OnceLock<Vec<Option<usize>>>,
}

impl Indexed {
    /// Builds the indexes.
    pub fn new(manifest: Manifest) -> Self {
        let mut by_name: BTreeMap<String, Named> = BTreeMap::new();
        let mut by_key = BTreeMap::new();
        let mut steps = manifest.entries.len();
        for (index, entry) in manifest.entries.iter().enumerate() {
            steps += entry.needs.len();
            if let Some(key) = &entry.key {
                by_key.insert(key.clone(), index);
            }
            let version = version_of(&manifest, entry);
            match by_name.get_mut(&entry.name) {
                Some(named) => {
                    named.all.add(index, entry);
                    named
                        .versions
                        .entry(version)
                        .and_modify(|group| group.add(index, entry))
                        .or_insert_with(|| Group::new(index, entry));
                }
                None => {
                    let named = Named {
                        all: Group {
                            version: None,
                            ..Group::new(index, entry)
                        },
                        versions: BTreeMap::from([(version, Group::new(index, entry))]),
                    };
                    by_name.insert(entry.name.clone(), named);
                }
            }
        }
        Self {
            manifest,
            by_name,
            by_key,
            steps,
            tree: OnceLock::new(),
        }
    }

    /// One shortest way to an entry, when it is not longer than [`LONGEST_PATH`].
    fn way(&self, entry: usize) -> Option<Vec<usize>> {
        let tree = self.tree.get_or_init(|| graph::tree(&self.manifest));
        let before = |at: usize| tree.get(at).copied().flatten();
        let mut way = vec![entry];
        let mut at = entry;
        while let Some(above) = before(at).filter(|above| *above != at) {
            way.push(above);
            at = above;
            if way.len() > LONGEST_PATH {
                return None;
            }
        }
        before(at)?;
        way.reverse();
        Some(way)
    }

    /// What the observation is about: by lockfile keys, else by name and version, else by name.
    /// Several groups are several installed versions, in the order of the file; only keys name
    /// several, because a name alone does not say that every version is meant.
    pub fn find(&self, observation: &Observation) -> Vec<&Group> {
        let Some(package) = observation.package.as_ref() else {
            return Vec::new();
        };
        let ecosystem = &self.manifest.ecosystem;
        let given = package.version.as_ref();
        let given = given.map(|version| canonical(ecosystem, version.raw()));
        let keyed = self.keyed(&observation.place.lock_keys, given.as_deref());
        if !keyed.is_empty() {
            return keyed;
        }
        let name = ecosystem.normalise(package.name.raw());
        let Some(named) = self.by_name.get(&name) else {
            return Vec::new();
        };
        let versions = &named.versions;
        let group = match given {
            Some(version) => versions.get(&version).or_else(|| versions.get("")),
            None if versions.len() == 1 => versions.values().next(),
            None => Some(&named.all),
        };
        group.into_iter().collect()
    }

    fn keyed(&self, keys: &[Untrusted], given: Option<&str>) -> Vec<&Group> {
        // Entries of one name and version are one group, however many keys name them.
        let wanted: BTreeSet<(&str, String)> = keys
            .iter()
            .filter_map(|key| self.manifest.entries.get(*self.by_key.get(key.raw())?))
            .map(|entry| (entry.name.as_str(), version_of(&self.manifest, entry)))
            .filter(|(_, version)| given.is_none_or(|given| version.is_empty() || version == given))
            .collect();
        let mut groups: Vec<&Group> = wanted
            .iter()
            .filter_map(|(name, version)| self.by_name.get(*name)?.versions.get(version))
            .collect();
        groups.sort_by_key(|group| group.first);
        if groups.len() > MOST_VERSIONS {
            let first = groups
                .first()
                .and_then(|g| self.manifest.entries.get(g.first));
            let named = first.and_then(|entry| self.by_name.get(&entry.name));
            return named.map(|named| &named.all).into_iter().collect();
        }
        groups
    }

    /// The entry of a direct dependency with this name, by the version that the project asks for.
    pub fn direct(&self, name: &str) -> Option<&Entry> {
        let named = self.by_name.get(&self.manifest.ecosystem.normalise(name))?;
        let group = Some(&named.all).filter(|g| g.relation == Some(Relation::Direct))?;
        self.manifest.entries.get(group.nearest)
    }

    /// Fills in what the manifest knows and the scanner did not say. `split`: the observation is
    /// one of several made of one, so that what it says of all of them is not said of each.
    pub fn fill(&self, observation: &mut Observation, group: &Group, split: bool) {
        let Some(package) = observation.package.as_mut() else {
            return;
        };
        if package.ecosystem == Ecosystem::UNKNOWN {
            package.ecosystem = self.manifest.ecosystem.clone();
        }
        if package.version.is_none() {
            package.version = group.version.as_deref().map(Untrusted::from);
        }
        if split {
            package.scope = group.scope.or(package.scope);
            package.relation = group.relation.or(package.relation);
            package.paths.clear();
        } else {
            package.scope = package.scope.or(group.scope);
            package.relation = package.relation.or(group.relation);
        }
        package.elsewhere = group.elsewhere;
        if package.paths.is_empty() {
            let ways = group.paths(self);
            package.paths.clone_from(&ways.list);
            package.more_paths = ways.more;
        }
    }
}

fn version_of(manifest: &Manifest, entry: &Entry) -> String {
    let version = entry.version.as_deref().unwrap_or_default();
    canonical(&manifest.ecosystem, version)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::model::{Package, RepoPath};

    /// In a lockfile too large for five ways each, the last packages still have one.
    #[test]
    fn every_package_of_a_large_lockfile_has_a_way() {
        use std::fmt::Write as _;
        let mut text = String::from("{\"packages\":{\"\":{\"dependencies\":{\"p0\":\"1\"}}");
        for at in 0..20_000 {
            let (left, right) = (2 * at + 1, 2 * at + 2);
            write!(text, ",\n\"node_modules/p{at}\":{{\"version\":\"1.0.0\",\"dependencies\":{{\"p{left}\":\"1\",\"p{right}\":\"1\"}}}}").unwrap();
        }
        text.push_str("}}");
        let path = RepoPath::new("package-lock.json").unwrap();
        let indexed = Indexed::new(manifest::parse(&path, &text, &|_| None).unwrap());
        for at in 0..20_000_usize {
            let group = &indexed.by_name[&format!("p{at}")].all;
            assert_eq!(
                group.nearest,
                indexed.by_key[&format!("node_modules/p{at}")]
            );
            let way = indexed.way(group.nearest).unwrap();
            assert_eq!(way.len() as u32, (at + 1).ilog2() + 1, "{at}");
        }
        let far = &indexed.by_name["p19999"].all;
        let near = graph::paths(&indexed.manifest, far.nearest, 5);
        assert_eq!(near, [indexed.way(far.nearest).unwrap()]);
        let mut seen = Observation::new(
            crate::model::RuleId::new("x"),
            crate::model::Kind::Dependency,
            "x",
        );
        seen.package = Some(Package::new(Ecosystem::NPM, "p19999"));
        indexed.fill(&mut seen, far, false);
        assert_eq!(seen.package.unwrap().paths[0].len(), 15);
    }
}
