//! Which identifiers name the same advisory.
//!
//! Alias lists join transitively, inside one package: lists of different packages never join,
//! because one CVE may be a different problem in another package. A list with several CVE numbers is
//! a bundle (osv.dev#888): it does not make its CVEs one problem, nor their GHSAs, but goes with one
//! of them.

use super::identity::package;
use crate::model::{AdvisoryId, Kind, Observation};
use std::collections::{BTreeMap, BTreeSet};

type Name<'a> = (String, String, &'a AdvisoryId);

/// The closure of all alias lists.
#[derive(Debug, Default)]
pub struct Aliases {
    best: BTreeMap<(String, String, AdvisoryId), AdvisoryId>,
    bundles: BTreeMap<(String, String, Vec<AdvisoryId>), AdvisoryId>,
}

impl Aliases {
    /// The best known name of the advisory that an observation is about; `None` when it names none.
    pub fn canonical<'a>(&'a self, observation: &'a Observation) -> Option<&'a AdvisoryId> {
        let first = observation.advisories.first()?;
        let (ecosystem, name) = package(observation);
        if is_bundle(&observation.advisories) {
            let ids = observation.advisories.iter().cloned().collect();
            return self.bundles.get(&(ecosystem, name, ids)).or(Some(first));
        }
        let key = (ecosystem, name, first.clone());
        self.best.get(&key).or(Some(first))
    }
}

fn is_cve(id: &AdvisoryId) -> bool {
    id.authority() == 0
}

fn is_bundle(ids: &BTreeSet<AdvisoryId>) -> bool {
    ids.iter().filter(|id| is_cve(id)).nth(1).is_some()
}

/// The ids of a bundle that name its parts: its CVEs, and its GHSAs when there are several. The
/// others are names of the bundle.
fn parts<'a>(ids: impl Iterator<Item = &'a AdvisoryId> + Clone) -> BTreeSet<&'a AdvisoryId> {
    let of = |authority| ids.clone().filter(move |id| id.authority() == authority);
    let several = of(1).nth(1).is_some();
    of(0).chain(of(1).filter(|_| several)).collect()
}

/// The closure of the lists of all observations of dependencies.
pub fn aliases<'a>(observations: impl Iterator<Item = &'a Observation>) -> Aliases {
    let mut sets = Sets::default();
    let mut bundles: BTreeSet<(String, String, Vec<&AdvisoryId>)> = BTreeSet::new();
    let mut single: BTreeSet<usize> = BTreeSet::new();
    for observation in observations.filter(|o| o.kind == Kind::Dependency) {
        let (ecosystem, name) = package(observation);
        let node = |sets: &mut Sets<'a>, id| sets.node((ecosystem.clone(), name.clone(), id));
        let bundle = is_bundle(&observation.advisories);
        let apart = match bundle {
            true => parts(observation.advisories.iter()),
            false => BTreeSet::new(),
        };
        let joined = observation.advisories.iter();
        let joined = joined.filter(|id| !apart.contains(id));
        let nodes: Vec<usize> = joined.map(|id| node(&mut sets, id)).collect();
        if let Some((first, rest)) = nodes.split_first() {
            for other in rest {
                sets.join(*first, *other);
            }
            if !bundle {
                single.insert(*first);
            }
        }
        if bundle {
            bundles.insert((ecosystem, name, observation.advisories.iter().collect()));
        }
    }
    let mut known: BTreeSet<usize> = single.into_iter().map(|node| sets.root(node)).collect();
    let mut chosen = BTreeMap::new();
    for (ecosystem, name, ids) in bundles {
        let mut node = |id| sets.node((ecosystem.clone(), name.clone(), id));
        let parts = parts(ids.iter().copied());
        let others = ids.iter().find(|id| !parts.contains(*id));
        let others = others.map(|id| node(id));
        let parts: Vec<usize> = parts.into_iter().map(node).collect();
        // The part that another scanner speaks of, else the first.
        let target = parts
            .iter()
            .copied()
            .find(|part| known.contains(&sets.root(*part)))
            .or(parts.first().copied());
        let joined = match (others, target) {
            (Some(other), _) if sets.best(other).is_some_and(is_cve) => Some(other),
            (Some(other), Some(target)) => {
                let was_known = known.contains(&sets.root(target));
                sets.join(other, target);
                if was_known {
                    known.insert(sets.root(target));
                }
                Some(target)
            }
            (other, target) => other.or(target),
        };
        if let Some(joined) = joined {
            let key = (ecosystem, name, ids.into_iter().cloned().collect());
            chosen.insert(key, joined);
        }
    }
    sets.finish(&chosen)
}

/// Disjoint sets of names; the root of a set is its smallest member's node.
#[derive(Default)]
struct Sets<'a> {
    nodes: BTreeMap<Name<'a>, usize>,
    ids: Vec<&'a AdvisoryId>,
    parents: Vec<usize>,
}

impl<'a> Sets<'a> {
    fn node(&mut self, name: Name<'a>) -> usize {
        let id = name.2;
        let next = self.ids.len();
        let node = *self.nodes.entry(name).or_insert(next);
        if node == next {
            self.ids.push(id);
            self.parents.push(next);
        }
        node
    }

    fn root(&mut self, node: usize) -> usize {
        let mut node = node;
        while let Some(parent) = self.parents.get(node).copied().filter(|p| *p != node) {
            let above = self.parents.get(parent).copied().unwrap_or(parent);
            if let Some(slot) = self.parents.get_mut(node) {
                *slot = above;
            }
            node = parent;
        }
        node
    }

    /// The best known name in the node's set.
    fn best(&mut self, node: usize) -> Option<&'a AdvisoryId> {
        let root = self.root(node);
        self.ids.get(root).copied()
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        let smaller = self.ids.get(a) <= self.ids.get(b);
        let (root, child) = if smaller { (a, b) } else { (b, a) };
        if let Some(slot) = self.parents.get_mut(child) {
            *slot = root;
        }
    }

    fn finish(mut self, chosen: &BTreeMap<(String, String, Vec<AdvisoryId>), usize>) -> Aliases {
        let names: Vec<(Name<'a>, usize)> = std::mem::take(&mut self.nodes).into_iter().collect();
        let mut aliases = Aliases::default();
        for ((ecosystem, name, id), node) in names {
            if let Some(best) = self.best(node).filter(|best| *best != id) {
                let key = (ecosystem, name, id.clone());
                aliases.best.insert(key, best.clone());
            }
        }
        for (key, node) in chosen {
            if let Some(best) = self.best(*node) {
                aliases.bundles.insert(key.clone(), best.clone());
            }
        }
        aliases
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Ecosystem, Package, RuleId};

    fn observation(package: &str, ids: &[&str]) -> Observation {
        let mut o = Observation::new(RuleId::new("x"), Kind::Dependency, "x");
        o.package = Some(Package::new(Ecosystem::PYPI, package));
        o.advisories = ids.iter().filter_map(|id| AdvisoryId::new(id)).collect();
        o
    }

    fn names(observations: &[Observation]) -> Vec<String> {
        let aliases = aliases(observations.iter());
        observations
            .iter()
            .map(|o| aliases.canonical(o).unwrap().to_string())
            .collect()
    }

    #[test]
    fn lists_join_through_each_other_inside_a_package() {
        let seen = names(&[
            observation("flask", &["PYSEC-2019-1", "GHSA-aaaa-bbbb-cccc"]),
            observation("Flask", &["GHSA-aaaa-bbbb-cccc", "CVE-2019-1"]),
            observation("jinja2", &["GHSA-aaaa-bbbb-cccc"]),
        ]);
        assert_eq!(seen, ["CVE-2019-1", "CVE-2019-1", "GHSA-aaaa-bbbb-cccc"]);
    }

    #[test]
    fn a_bundle_joins_one_of_its_cves_and_keeps_them_apart() {
        let seen = names(&[
            observation("a", &["CVE-2020-1", "GHSA-aaaa-bbbb-cccc"]),
            observation("a", &["CVE-2020-2", "GHSA-dddd-bbbb-cccc"]),
            observation("a", &["PYSEC-2020-9", "CVE-2020-1", "CVE-2020-2"]),
            observation("a", &["PYSEC-2020-9"]),
        ]);
        assert_eq!(
            seen,
            ["CVE-2020-1", "CVE-2020-2", "CVE-2020-1", "CVE-2020-1"]
        );
        let with_their_ghsas = names(&[
            observation("a", &["CVE-2020-1", "GHSA-aaaa-bbbb-cccc"]),
            observation("a", &["CVE-2020-2", "GHSA-dddd-bbbb-cccc"]),
            observation(
                "a",
                &[
                    "PYSEC-2020-9",
                    "CVE-2020-1",
                    "CVE-2020-2",
                    "GHSA-aaaa-bbbb-cccc",
                    "GHSA-dddd-bbbb-cccc",
                ],
            ),
            observation("a", &["GHSA-dddd-bbbb-cccc"]),
        ]);
        assert_eq!(
            with_their_ghsas,
            ["CVE-2020-1", "CVE-2020-2", "CVE-2020-1", "CVE-2020-2"]
        );
        let only_the_second = names(&[
            observation("a", &["CVE-2020-2"]),
            observation("a", &["PYSEC-2020-9", "CVE-2020-1", "CVE-2020-2"]),
        ]);
        assert_eq!(only_the_second, ["CVE-2020-2", "CVE-2020-2"]);
        // Another list says which of them the third name means.
        let told = names(&[
            observation("a", &["CVE-2020-1"]),
            observation("a", &["PYSEC-2020-9", "CVE-2020-2"]),
            observation("a", &["PYSEC-2020-9", "CVE-2020-1", "CVE-2020-2"]),
        ]);
        assert_eq!(told, ["CVE-2020-1", "CVE-2020-2", "CVE-2020-2"]);
    }
}
