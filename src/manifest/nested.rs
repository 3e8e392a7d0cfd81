//! Node's rule for finding a package: in the folder of the one that asks, then in each folder
//! above it.
//!
//! Source: Node's documentation, "Loading from node_modules folders".

use std::collections::BTreeMap;

/// Folders above a package that are looked into.
const MAX_ABOVE: usize = 64;

/// Longest key whose folders are looked into, in bytes. Names have at most 214.
pub const MAX_KEY: usize = 2_048;

/// Look-ups per lockfile; after that nothing more is found. 50 000 packages need about a million.
const MAX_STEPS: usize = 20_000_000;

/// Packages by the folder into whose `node_modules` they are installed.
#[derive(Default)]
pub struct Folders<'a> {
    folders: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
    steps: usize,
}

impl<'a> Folders<'a> {
    /// Package number `index` is installed as `name` in `folder`; the root is the empty text.
    pub fn install(&mut self, folder: &'a str, name: &'a str, index: usize) {
        self.folders.entry(folder).or_default().insert(name, index);
    }

    /// What each of `names` leads to for a package in `folder`.
    pub fn find<'n>(&mut self, folder: &str, names: impl Iterator<Item = &'n str>) -> Vec<usize> {
        if folder.len() > MAX_KEY {
            return Vec::new();
        }
        let up = std::iter::successors(Some(folder), |path| {
            (!path.is_empty()).then(|| path.rsplit_once('/').map_or("", |(above, _)| above))
        });
        let above: Vec<_> = up
            .take(MAX_ABOVE)
            .filter_map(|path| self.folders.get(path))
            .collect();
        let mut found = Vec::new();
        for name in names {
            self.steps += above.len();
            if self.steps > MAX_STEPS {
                break;
            }
            found.extend(above.iter().find_map(|folder| folder.get(name)).copied());
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_wins() {
        let mut folders = Folders::default();
        folders.install("", "b", 0);
        folders.install("node_modules/a", "b", 1);
        folders.install("packages/w", "c", 2);
        let mut find = |folder: &str, name: &str| folders.find(folder, std::iter::once(name));
        assert_eq!(find("node_modules/a", "b"), [1]);
        assert_eq!(find("node_modules/a/node_modules/b", "b"), [1]);
        assert_eq!(find("node_modules/c", "b"), [0]);
        assert_eq!(find("packages/w", "c"), [2]);
        assert!(find("packages/x", "c").is_empty());
        assert!(find(&"a/".repeat(10_000), "b").is_empty());
    }
}
