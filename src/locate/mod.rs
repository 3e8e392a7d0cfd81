//! Gives every observation a place in the repository.
//!
//! Scanners name files relative to their own folder, absolutely, inside an image, or not at all.
//! Reviewers and GitHub need a file of this repository: a SARIF upload is rejected whole for one
//! result without a location.

mod package;
mod path;
mod remedy;
mod tree;

use crate::model::{
    Certainty, Ecosystem, Foreign as _, Kind, Location, Observation, Region, RepoPath, Untrusted,
};
use package::{Group, Indexed};
use path::{folders, resolve};
use std::collections::BTreeMap;
pub use tree::Tree;

/// Files in which people ask for packages, which lockfiles beside them resolve.
const ASKING: &[&str] = &[
    "Cargo.toml",
    "Gemfile",
    "Pipfile",
    "composer.json",
    "go.mod",
    "package.json",
    "pyproject.toml",
    "setup.cfg",
    "setup.py",
];

/// Finds the places of one report's observations.
pub struct Locator<'a> {
    report: Option<&'a RepoPath>,
    tree: &'a Tree,
    /// The manifests of each ecosystem, those first that the report is most likely about.
    nearest: BTreeMap<&'a Ecosystem, Vec<&'a Indexed>>,
}

impl<'a> Locator<'a> {
    /// For a report at `report`, if that is in the repository.
    pub fn new(report: Option<&'a RepoPath>, tree: &'a Tree) -> Self {
        Self {
            report,
            tree,
            nearest: nearest(report, tree),
        }
    }

    /// The observation with its place, and with what the manifest knows of the package. More than
    /// one when it names several installed versions: each is a problem of its own.
    pub fn locate(&self, observation: Observation) -> Vec<(Observation, Location)> {
        let place = &observation.place;
        let path = place
            .path
            .as_ref()
            .map(|p| resolve(p.raw(), self.report, self.tree));
        match path {
            Some(Ok(path)) => self.in_file(observation, path),
            _ if place.path.is_none() && place.target.is_none() => self.unplaced(observation),
            // Of a checkout elsewhere: the scanner reads nothing but lockfiles.
            Some(Err(())) if !place.lockfiles.is_empty() => self.unplaced(observation),
            _ => match self.namesake(&observation) {
                Some((manifest, groups)) => placed(observation, manifest, &groups, None),
                None => {
                    let named = place.path.clone().or_else(|| place.target.clone());
                    let location = assumed(&observation, named, self);
                    vec![(observation, location)]
                }
            },
        }
    }

    /// The scanner named a file: the line in it, or in the lockfile beside it. For a package that
    /// stands there our own line counts: scanners write line 1, or a line of their own listing
    /// (cargo-deny), where they do not know.
    fn in_file(&self, observation: Observation, path: RepoPath) -> Vec<(Observation, Location)> {
        let given = observation.place.region;
        let target = observation.place.target.clone();
        let own = self.tree.manifest(&path).map(|m| (m, m.find(&observation)));
        let own = own.filter(|(_, groups)| !groups.is_empty());
        let beside = || self.beside(&observation, &path);
        let below = || self.below(&observation, &path);
        match own.or_else(beside).or_else(below) {
            Some((manifest, groups)) => placed(observation, manifest, &groups, target),
            None => {
                let location = Location {
                    path,
                    region: given,
                    certainty: match given {
                        Some(_) => Certainty::Exact,
                        None => Certainty::File,
                    },
                    target,
                };
                vec![(observation, location)]
            }
        }
    }

    /// The file of this name nearer to the report, for a scanner that ran in that folder: the root
    /// may have one of the same name, which does not hold the package.
    fn below(
        &self,
        observation: &Observation,
        path: &RepoPath,
    ) -> Option<(&'a Indexed, Vec<&'a Group>)> {
        observation.package.as_ref()?.version.as_ref()?;
        folders(self.report)
            .filter_map(|folder| self.tree.manifest(&folder.join(path.raw())?))
            .map(|m| (m, m.find(observation)))
            .find(|(_, groups)| !groups.is_empty())
    }

    /// A lockfile of a checkout elsewhere (`/builds/group/project/Cargo.lock`), when the one of this
    /// name in the root holds the very version.
    fn namesake(&self, observation: &Observation) -> Option<(&'a Indexed, Vec<&'a Group>)> {
        let path = observation.place.path.as_ref()?.raw();
        let name = path.rsplit(['/', '\\']).next()?;
        observation.package.as_ref()?.version.as_ref()?;
        let manifest = self.tree.manifest(&RepoPath::new(name).ok()?)?;
        let mut groups = manifest.find(observation);
        groups.retain(|group| group.version.is_some());
        (!groups.is_empty()).then_some((manifest, groups))
    }

    /// The package in a lockfile that stands beside a file in which people ask for packages.
    fn beside(
        &self,
        observation: &Observation,
        path: &RepoPath,
    ) -> Option<(&'a Indexed, Vec<&'a Group>)> {
        let asking = ASKING.contains(&path.file_name());
        let folder = path.parent();
        self.candidates(observation)
            .filter(|m| asking && m.manifest.path.parent() == folder)
            .map(|m| (m, m.find(observation)))
            .find(|(_, groups)| !groups.is_empty())
    }

    /// The scanner named nothing: the package is sought in the manifests, those first whose names
    /// are those of lockfiles that the scanner reads.
    fn unplaced(&self, observation: Observation) -> Vec<(Observation, Location)> {
        let found = self
            .candidates(&observation)
            .map(|m| (m, m.find(&observation)))
            .find(|(_, groups)| !groups.is_empty());
        match found {
            Some((manifest, groups)) => placed(observation, manifest, &groups, None),
            None => {
                let location = assumed(&observation, None, self);
                vec![(observation, location)]
            }
        }
    }

    /// The manifests of the package's ecosystem, the most likely first.
    fn candidates(&self, observation: &Observation) -> impl Iterator<Item = &'a Indexed> {
        let ecosystem = observation.package.as_ref().map(|p| &p.ecosystem);
        let all = ecosystem.and_then(|ecosystem| self.nearest.get(ecosystem));
        let all: Vec<&'a Indexed> = all.cloned().unwrap_or_default();
        let lockfiles = observation.place.lockfiles;
        let (first, rest): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|m| lockfiles.contains(&m.manifest.path.file_name()));
        first.into_iter().chain(rest)
    }
}

/// One observation for each of the groups, with the line of its first entry.
fn placed(
    observation: Observation,
    manifest: &Indexed,
    groups: &[&Group],
    target: Option<Untrusted>,
) -> Vec<(Observation, Location)> {
    let split = groups.len() > 1;
    let mut template = observation;
    if split {
        // They name all versions, and each copy is of one; kept, they would grow by the square.
        template.place.lock_keys.clear();
    }
    let one = |mut observation: Observation, group: &&Group| {
        let version = |o: &Observation| o.package.as_ref().is_some_and(|p| p.version.is_some());
        let told = version(&observation);
        manifest.fill(&mut observation, group, split);
        let learnt = !told && version(&observation);
        remedy::refine(&mut observation, manifest, learnt);
        let line = manifest.manifest.entries.get(group.first).map(|e| e.line);
        let region = line.and_then(|line| Region::line(u64::from(line)));
        let location = Location {
            path: manifest.manifest.path.clone(),
            region,
            certainty: match region {
                Some(_) => Certainty::Exact,
                None => Certainty::File,
            },
            target: target.clone(),
        };
        (observation, location)
    };
    match groups {
        [only] => vec![one(template, only)],
        several => several.iter().map(|g| one(template.clone(), g)).collect(),
    }
}

/// The manifests of each ecosystem: those in the report's folder or above it come first, the
/// deepest of them before the others; then the rest, the shallowest first.
fn nearest<'a>(
    report: Option<&RepoPath>,
    tree: &'a Tree,
) -> BTreeMap<&'a Ecosystem, Vec<&'a Indexed>> {
    let above: Vec<RepoPath> = folders(report).collect();
    let rank = |path: &RepoPath| match path.parent() {
        Some(folder) => match above.iter().position(|a| *a == folder) {
            Some(distance) => (0, distance),
            None => (1, path.depth()),
        },
        None => (if report.is_some() { 0 } else { 1 }, above.len()),
    };
    let mut nearest: BTreeMap<&Ecosystem, Vec<&Indexed>> = BTreeMap::new();
    for manifest in &tree.manifests {
        let ecosystem = &manifest.manifest.ecosystem;
        nearest.entry(ecosystem).or_default().push(manifest);
    }
    for manifests in nearest.values_mut() {
        manifests.sort_by_cached_key(|m| (rank(&m.manifest.path), m.manifest.path.clone()));
    }
    nearest
}

/// No file was named that is here: choose the file that a person would open first.
fn assumed(observation: &Observation, target: Option<Untrusted>, from: &Locator<'_>) -> Location {
    let manifest = || from.candidates(observation).next();
    let manifest = || manifest().map(|m| m.manifest.path.clone());
    let tree = from.tree;
    // What is wrong inside an image is mended where the image is built.
    let built = matches!(
        observation.kind,
        Kind::Dependency | Kind::Config | Kind::License
    );
    let is_image = |target: &Untrusted| !target.raw().contains("://");
    let image = || {
        tree.recipe
            .clone()
            .filter(|_| built && target.as_ref().is_some_and(is_image))
    };
    let path = manifest()
        .or_else(image)
        .or_else(|| tree.policy.clone())
        .or_else(|| from.report.cloned())
        .unwrap_or_else(conventional);
    Location {
        path,
        region: None,
        certainty: Certainty::Assumed,
        target,
    }
}

/// The place of an observation that has not been located yet.
pub fn nowhere() -> Location {
    Location {
        path: conventional(),
        region: None,
        certainty: Certainty::Assumed,
        target: None,
    }
}

/// The last resort, for reports that come from outside and name nothing inside: the file in which
/// the finding would be waived.
fn conventional() -> RepoPath {
    match RepoPath::new("lockgate.toml") {
        Ok(path) => path,
        Err(_) => unreachable!("a literal is a valid path"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{self, Entry, Manifest};
    use crate::model::{Distance, Fix, Package, Relation, RuleId, Scope};
    use std::collections::BTreeSet;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let path = |p: &str| RepoPath::new(p).unwrap();
        Tree::new(
            files.iter().map(|(p, _)| path(p)).collect(),
            vec!["/home/runner/work/r/r".into()],
            RepoPath::new("services/shop").ok(),
            files
                .iter()
                .filter_map(|(p, text)| manifest::parse(&path(p), text, &|_| None))
                .collect(),
        )
    }

    fn only(
        observation: Observation,
        report: Option<&RepoPath>,
        tree: &Tree,
    ) -> (Observation, Location) {
        let mut placed = Locator::new(report, tree).locate(observation);
        assert_eq!(placed.len(), 1);
        placed.remove(0)
    }

    fn at(path: &str, report: Option<&str>, tree: &Tree) -> (String, Certainty) {
        let mut observation = Observation::new(RuleId::new("x"), Kind::Code, "x");
        observation.place.path = Some(path.into());
        observation.place.region = Region::line(1);
        let report = report.and_then(|r| RepoPath::new(r).ok());
        let (_, location) = only(observation, report.as_ref(), tree);
        (location.path.raw().to_owned(), location.certainty)
    }

    #[test]
    fn paths_lead_into_the_repository() {
        let tree = tree(&[
            ("src/app.py", ""),
            ("api/main.py", ""),
            ("lockgate.toml", ""),
        ]);
        let exact = |p: &str| (p.to_owned(), Certainty::Exact);
        assert_eq!(at("./src/app.py", None, &tree), exact("src/app.py"));
        assert_eq!(at("src\\app.py", None, &tree), exact("src/app.py"));
        assert_eq!(
            at("/home/runner/work/r/r/src/app.py", None, &tree),
            exact("src/app.py")
        );
        assert_eq!(
            at("/builds/g/p/src/app.py", None, &tree),
            exact("src/app.py")
        );
        assert_eq!(at("C:\\b\\src\\app.py", None, &tree), exact("src/app.py"));
        assert_eq!(
            at("main.py", Some("api/reports/b.json"), &tree),
            exact("api/main.py")
        );
        assert_eq!(
            at("services/shop/src/app.py", None, &tree),
            exact("src/app.py")
        );
        assert_eq!(at("gone.py", None, &tree), exact("gone.py"));
        let assumed = ("lockgate.toml".to_owned(), Certainty::Assumed);
        assert_eq!(at("/etc/passwd", None, &tree), assumed);
        assert_eq!(at("../../etc/passwd", None, &tree), assumed);
    }

    #[test]
    fn a_package_is_found_in_the_manifest_nearest_to_the_report() {
        let tree = tree(&[
            ("requirements.txt", "flask==1.0\n"),
            ("api/requirements.txt", "six\nFlask==1.0\n"),
        ]);
        let mut observation = Observation::new(RuleId::new("x"), Kind::Dependency, "x");
        let mut package = Package::new(Ecosystem::PYPI, "flask");
        package.version = Some("1.0".into());
        observation.package = Some(package);
        let find = |report: Option<&str>, observation: &Observation| {
            let report = report.and_then(|r| RepoPath::new(r).ok());
            let (_, location) = only(observation.clone(), report.as_ref(), &tree);
            (
                location.path.raw().to_owned(),
                location.region.map(|r| r.line),
            )
        };
        assert_eq!(
            find(Some("api/reports/p.json"), &observation),
            ("api/requirements.txt".into(), Some(2))
        );
        assert_eq!(
            find(Some("reports/p.json"), &observation),
            ("requirements.txt".into(), Some(1))
        );
        assert_eq!(
            find(None, &observation),
            ("requirements.txt".into(), Some(1))
        );
    }

    const LOCK: &str = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": { "dependencies": { "express": "^4" } },
    "node_modules/express": { "version": "4.0.0" },
    "node_modules/cookie": { "version": "0.4.1" },
    "node_modules/a/node_modules/cookie": { "version": "0.3.0", "dev": true },
    "node_modules/b/node_modules/cookie": { "version": "0.4.1", "dev": true }
  }
}"#;

    fn dependency(ecosystem: Ecosystem, name: &str) -> Observation {
        let mut observation = Observation::new(RuleId::new("x"), Kind::Dependency, "x");
        observation.package = Some(Package::new(ecosystem, name));
        observation
    }

    #[test]
    fn keys_of_several_versions_are_several_findings() {
        let tree = tree(&[("web/package-lock.json", LOCK)]);
        let mut observation = dependency(Ecosystem::NPM, "cookie");
        let keys = ["node_modules/cookie", "node_modules/a/node_modules/cookie"];
        observation.place.lock_keys = keys.map(Into::into).into();
        let locator = Locator::new(None, &tree);
        let seen: Vec<_> = locator
            .locate(observation.clone())
            .into_iter()
            .map(|(observation, location)| {
                let package = observation.package.unwrap();
                let version = package.version.unwrap().raw().to_owned();
                (version, location.region.unwrap().line, package.scope)
            })
            .collect();
        assert_eq!(
            seen,
            [
                // The copy that only developers use is the same version as the shipped one.
                ("0.4.1".to_owned(), 6, Some(Scope::Production)),
                ("0.3.0".to_owned(), 7, Some(Scope::Development)),
            ]
        );
        // A name alone does not say that every installed version is meant.
        observation.place.lock_keys.clear();
        let (one, location) = only(observation.clone(), None, &tree);
        assert_eq!(one.package.unwrap().version, None);
        assert_eq!(location.region.unwrap().line, 6);
        // A version that is given chooses among them.
        observation.package.as_mut().unwrap().version = Some("0.3.0".into());
        let (_, location) = only(observation, None, &tree);
        assert_eq!(location.region.unwrap().line, 7);
    }

    #[test]
    fn lockfiles_of_the_tool_come_before_other_manifests() {
        let tree = tree(&[
            ("package-lock.json", LOCK),
            ("old/npm-shrinkwrap.json", LOCK),
        ]);
        let mut observation = dependency(Ecosystem::NPM, "express");
        let report = RepoPath::new("r.json").unwrap();
        let (_, location) = only(observation.clone(), Some(&report), &tree);
        assert_eq!(location.path.raw(), "package-lock.json");
        observation.place.lockfiles = &["npm-shrinkwrap.json"];
        let (_, location) = only(observation.clone(), Some(&report), &tree);
        assert_eq!(location.path.raw(), "old/npm-shrinkwrap.json");
        observation.place.lockfiles = &["pnpm-lock.yaml"];
        let (_, location) = only(observation, Some(&report), &tree);
        assert_eq!(location.path.raw(), "package-lock.json");
    }

    #[test]
    fn a_manifest_leads_to_the_lockfile_beside_it() {
        let tree = tree(&[("web/package-lock.json", LOCK), ("package-lock.json", LOCK)]);
        let mut observation = dependency(Ecosystem::NPM, "express");
        observation.place.path = Some("web/package.json".into());
        let (_, location) = only(observation.clone(), None, &tree);
        assert_eq!(location.path.raw(), "web/package-lock.json");
        assert_eq!(location.region.unwrap().line, 5);
        observation.place.path = Some("web/yarn.lock".into());
        let (_, location) = only(observation, None, &tree);
        assert_eq!(location.path.raw(), "web/yarn.lock");
        assert_eq!(location.certainty, Certainty::File);
    }

    fn entry(name: &str, version: &str, relation: Relation, needs: &[usize]) -> Entry {
        Entry {
            name: name.into(),
            version: Some(version.into()),
            line: 1,
            key: None,
            scope: Some(Scope::Production),
            relation: Some(relation),
            elsewhere: false,
            needs: needs.to_vec(),
        }
    }

    #[test]
    fn facts_ways_and_distances_come_from_the_lockfile() {
        let (direct, transitive) = (Relation::Direct, Relation::Transitive);
        let manifest = Manifest {
            path: RepoPath::new("package-lock.json").unwrap(),
            ecosystem: Ecosystem::NPM,
            entries: vec![
                entry("qs", "6.5.2", transitive, &[]),
                entry("body-parser", "1.18.0", transitive, &[0]),
                entry("express", "4.16.0", direct, &[1, 0]),
            ],
        };
        let tree = Tree::new(BTreeSet::new(), Vec::new(), None, vec![manifest]);
        let mut observation = dependency(Ecosystem::NPM, "qs");
        let package = observation.package.as_mut().unwrap();
        package.fixed = ["6.2.4", "6.5.3", "6.6.1"].map(Into::into).into();
        observation.fix = Some(crate::version::upgrade(package));
        let (found, _) = only(observation.clone(), None, &tree);
        let fixed = Fix::Upgrade {
            package: "qs".into(),
            version: "6.5.3".into(),
            distance: Some(Distance::Patch),
        };
        assert_eq!(found.fix, Some(fixed), "chosen again for what is installed");
        let package = found.package.unwrap();
        assert_eq!(package.relation, Some(transitive));
        assert_eq!(package.scope, Some(Scope::Production));
        let way: Vec<Untrusted> = ["express", "qs"].map(Into::into).into();
        assert_eq!(package.paths, [way]);

        // npm names the direct dependency to move.
        observation.fix = Some(Fix::Upgrade {
            package: "express".into(),
            version: "4.17.1".into(),
            distance: None,
        });
        let (found, _) = only(observation, None, &tree);
        assert!(matches!(
            found.fix,
            Some(Fix::Upgrade {
                distance: Some(Distance::Minor),
                ..
            })
        ));
    }

    #[test]
    fn large_lockfiles_are_searched_by_index() {
        // A search of every entry for each observation would not end in minutes.
        let entries = (0..50_000).map(|n| {
            let needs: Vec<usize> = (n + 1..(n + 3).min(50_000)).collect();
            let relation = if n == 0 {
                Relation::Direct
            } else {
                Relation::Transitive
            };
            entry(
                &format!("p{}", n / 2),
                &format!("{}.0.0", n % 2),
                relation,
                &needs,
            )
        });
        let entries: Vec<Entry> = entries.collect();
        let manifests = (0..4).map(|n| Manifest {
            path: RepoPath::new(&format!("{n}/package-lock.json")).unwrap(),
            ecosystem: Ecosystem::NPM,
            entries: entries.clone(),
        });
        let tree = Tree::new(BTreeSet::new(), Vec::new(), None, manifests.collect());
        let locator = Locator::new(None, &tree);
        for n in (0..25_000).rev().step_by(10) {
            let placed = locator.locate(dependency(Ecosystem::NPM, &format!("p{n}")));
            assert_eq!(placed.len(), 1);
        }
    }
}
