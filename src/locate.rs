//! Gives every observation a place in the repository.
//!
//! Scanners name files relative to their own folder, absolutely, inside an image, or not at all.
//! Reviewers and GitHub need a file of this repository: a SARIF upload is rejected whole for one
//! result without a location.

use crate::manifest::{Entry, Manifest};
use crate::model::{
    Certainty, Foreign as _, Kind, Location, Observation, Region, RepoPath, Untrusted,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of the repository's files.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeSet<RepoPath>,
    roots: Vec<String>,
    prefix: Option<RepoPath>,
    manifests: Vec<Indexed>,
    recipe: Option<RepoPath>,
    policy: Option<RepoPath>,
}

/// A manifest whose entries are found by name and by key.
#[derive(Debug)]
struct Indexed {
    manifest: Manifest,
    by_name: BTreeMap<String, Vec<usize>>,
    by_key: BTreeMap<String, usize>,
}

impl Indexed {
    fn new(manifest: Manifest) -> Self {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut by_key = BTreeMap::new();
        for (index, entry) in manifest.entries.iter().enumerate() {
            by_name.entry(entry.name.clone()).or_default().push(index);
            if let Some(key) = &entry.key {
                by_key.insert(key.clone(), index);
            }
        }
        Self {
            manifest,
            by_name,
            by_key,
        }
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &Entry> {
        let indexes = self
            .by_name
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        indexes
            .iter()
            .filter_map(|index| self.manifest.entries.get(*index))
    }

    fn keyed(&self, key: &str) -> Option<&Entry> {
        self.manifest.entries.get(*self.by_key.get(key)?)
    }
}

impl Tree {
    /// `files`: every file of the repository; `roots`: absolute spellings of its folder, with `/`
    /// and without a final one; `prefix`: this folder seen from the root of its Git repository.
    pub fn new(
        files: BTreeSet<RepoPath>,
        roots: Vec<String>,
        prefix: Option<RepoPath>,
        manifests: Vec<Manifest>,
    ) -> Self {
        let is_recipe = |path: &&RepoPath| {
            let name = path.file_name();
            matches!(name, "Dockerfile" | "Containerfile") || name.starts_with("Dockerfile.")
        };
        let recipe = files
            .iter()
            .filter(is_recipe)
            .min_by_key(|path| (path.depth(), (*path).clone()))
            .cloned();
        let policy = ["lockgate.toml", ".github/lockgate.toml"]
            .iter()
            .filter_map(|name| RepoPath::new(name).ok())
            .find(|path| files.contains(path));
        let manifests = manifests.into_iter().map(Indexed::new).collect();
        Self {
            files,
            roots,
            prefix,
            manifests,
            recipe,
            policy,
        }
    }
}

/// Resolves the place of an observation that a report at `report` (if that is in the repository)
/// makes. Fills in what the manifest knows of the package.
pub fn locate(observation: &mut Observation, report: Option<&RepoPath>, tree: &Tree) -> Location {
    let place = std::mem::take(&mut observation.place);
    let path = place
        .path
        .as_ref()
        .map(|path| resolve(path.raw(), report, tree));
    let location = match path {
        Some(Ok(path)) => {
            let region = place
                .region
                .or_else(|| in_manifest(observation, &path, tree));
            let certainty = if region.is_some() {
                Certainty::Exact
            } else {
                Certainty::File
            };
            Location {
                path,
                region,
                certainty,
                target: place.target.clone(),
            }
        }
        _ => {
            let named = place.path.clone().or_else(|| place.target.clone());
            let keys: Vec<&str> = place.lock_keys.iter().map(|key| key.raw()).collect();
            let found = find_package(observation, &keys, report, tree);
            match found {
                Some((path, line)) if named.is_none() => Location {
                    path,
                    region: Region::line(u64::from(line)),
                    certainty: Certainty::Exact,
                    target: None,
                },
                _ => assumed(observation, named, report, tree),
            }
        }
    };
    observation.place = place;
    location
}

/// A path as a scanner wrote it → a path of the repository. `Err` when no file here can be meant.
fn resolve(text: &str, report: Option<&RepoPath>, tree: &Tree) -> Result<RepoPath, ()> {
    let text = text.replace('\\', "/");
    for root in &tree.roots {
        let inside = text
            .strip_prefix(root.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        if let Some(path) = inside.and_then(|rest| RepoPath::new(rest).ok()) {
            return Ok(path);
        }
    }
    if let Ok(path) = RepoPath::new(&text) {
        if tree.files.contains(&path) {
            return Ok(path);
        }
        // A scanner that ran in the root of the repository of which this is a folder.
        let from_above = tree.prefix.as_ref().and_then(|prefix| path.inside(prefix));
        if let Some(path) = from_above.filter(|path| tree.files.contains(path)) {
            return Ok(path);
        }
        // A scanner that ran in a sub-folder usually leaves its report there.
        let beside = folders(report)
            .filter_map(|folder| folder.join(path.raw()))
            .find(|path| tree.files.contains(path));
        return Ok(beside.unwrap_or(path));
    }
    suffix(&text, tree).ok_or(())
}

/// The folders from the report's own up to the root's children.
fn folders(report: Option<&RepoPath>) -> impl Iterator<Item = RepoPath> {
    std::iter::successors(report.and_then(RepoPath::parent), RepoPath::parent)
}

/// Components of a foreign path that are looked at.
const MAX_DEPTH: usize = 64;

/// `/builds/group/project/src/app.py` → `src/app.py`, when that is a file here: the longest end of
/// the path that exists, of at least two components unless the whole path has only one.
fn suffix(text: &str, tree: &Tree) -> Option<RepoPath> {
    let parts: Vec<&str> = text
        .split('/')
        .filter(|p| !matches!(*p, "" | "." | ".."))
        .collect();
    // Hostile paths have thousands of components; no file of the repository is deeper than this.
    (parts.len().saturating_sub(MAX_DEPTH)..parts.len())
        .filter_map(|from| parts.get(from..))
        .filter(|rest| rest.len() > 1 || parts.len() <= 2)
        .filter_map(|rest| RepoPath::new(&rest.join("/")).ok())
        .find(|path| tree.files.contains(path))
}

/// The line of the package in the very manifest that the scanner named.
fn in_manifest(observation: &mut Observation, path: &RepoPath, tree: &Tree) -> Option<Region> {
    let manifest = tree.manifests.iter().find(|m| m.manifest.path == *path)?;
    let entry = entry(observation, &[], manifest)?;
    let line = entry.line;
    fill(observation, &[entry]);
    Region::line(u64::from(line))
}

/// The best entry for the package: by lockfile key, then name and version, then name alone.
fn entry<'a>(observation: &Observation, keys: &[&str], manifest: &'a Indexed) -> Option<&'a Entry> {
    let package = observation.package.as_ref()?;
    let name = manifest.manifest.ecosystem.normalise(package.name.raw());
    let version = package.version.as_ref().map(Untrusted::raw);
    let named = || manifest.named(&name);
    keys.iter()
        .find_map(|key| manifest.keyed(key))
        .or_else(|| named().find(|e| version.is_some_and(|v| e.has_version(v))))
        .or_else(|| named().find(|e| version.is_none() || e.version.is_none()))
}

/// Searches the manifests of the package's ecosystem, those nearest to the report first.
fn find_package(
    observation: &mut Observation,
    keys: &[&str],
    report: Option<&RepoPath>,
    tree: &Tree,
) -> Option<(RepoPath, u32)> {
    let ecosystem = observation.package.as_ref()?.ecosystem.clone();
    let manifests = nearest(&ecosystem, report, tree);
    let (manifest, found) = manifests
        .into_iter()
        .find_map(|m| entry(observation, keys, m).map(|e| (m, e)))?;
    let same: Vec<&Entry> = keys.iter().filter_map(|key| manifest.keyed(key)).collect();
    let line = found.line;
    fill(
        observation,
        if same.is_empty() {
            std::slice::from_ref(&found)
        } else {
            &same
        },
    );
    Some((manifest.manifest.path.clone(), line))
}

/// The manifests of an ecosystem: those in the report's folder or above it come first, the deepest
/// of them before the others; then the rest, the shallowest first.
fn nearest<'a>(
    ecosystem: &crate::model::Ecosystem,
    report: Option<&RepoPath>,
    tree: &'a Tree,
) -> Vec<&'a Indexed> {
    let above: Vec<RepoPath> = folders(report).collect();
    let rank = |path: &RepoPath| match path.parent() {
        Some(folder) => match above.iter().position(|a| *a == folder) {
            Some(distance) => (0, distance),
            None => (1, path.depth()),
        },
        None => (if report.is_some() { 0 } else { 1 }, above.len()),
    };
    let mut manifests: Vec<&Indexed> = tree
        .manifests
        .iter()
        .filter(|m| m.manifest.ecosystem == *ecosystem)
        .collect();
    manifests.sort_by_key(|m| (rank(&m.manifest.path), m.manifest.path.clone()));
    manifests
}

/// What the manifest knows and the scanner did not say. Several entries (an npm finding names all
/// copies) give a fact only when they agree.
fn fill(observation: &mut Observation, entries: &[&Entry]) {
    let Some(package) = observation.package.as_mut() else {
        return;
    };
    let versions: BTreeSet<_> = entries
        .iter()
        .filter_map(|e| e.version.as_deref())
        .collect();
    if package.version.is_none() && versions.len() == 1 {
        package.version = versions.first().map(|v| (*v).into());
    }
    let scopes: BTreeSet<_> = entries.iter().map(|e| e.scope).collect();
    if package.scope.is_none() && scopes.len() == 1 {
        package.scope = scopes.first().copied().flatten();
    }
    let relations: BTreeSet<_> = entries.iter().map(|e| e.relation).collect();
    if package.relation.is_none() && relations.len() == 1 {
        package.relation = relations.first().copied().flatten();
    }
}

/// No file was named that is here: choose the file that a person would open first.
fn assumed(
    observation: &Observation,
    target: Option<Untrusted>,
    report: Option<&RepoPath>,
    tree: &Tree,
) -> Location {
    let ecosystem = observation.package.as_ref().map(|p| &p.ecosystem);
    let manifest = || {
        let manifests = nearest(ecosystem?, report, tree);
        manifests.first().map(|m| m.manifest.path.clone())
    };
    // What is wrong inside an image is mended where the image is built.
    let built = matches!(
        observation.kind,
        Kind::Dependency | Kind::Config | Kind::License
    );
    let image = || tree.recipe.clone().filter(|_| built && target.is_some());
    let path = manifest()
        .or_else(image)
        .or_else(|| tree.policy.clone())
        .or_else(|| report.cloned())
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
    use crate::manifest;
    use crate::model::{Ecosystem, Package, RuleId};

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

    fn at(path: &str, report: Option<&str>, tree: &Tree) -> (String, Certainty) {
        let mut observation = Observation::new(RuleId::new("x"), Kind::Code, "x");
        observation.place.path = Some(path.into());
        observation.place.region = Region::line(1);
        let report = report.and_then(|r| RepoPath::new(r).ok());
        let location = locate(&mut observation, report.as_ref(), tree);
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
            let location = locate(&mut observation.clone(), report.as_ref(), &tree);
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
}
