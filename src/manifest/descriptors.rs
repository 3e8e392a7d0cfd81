//! Yarn's descriptors: name and range, and the package to which they lead.

use super::node;
use std::collections::BTreeMap;

/// Packages of one name that a descriptor leads to when the lockfile has no answer.
const MAX_CHOICES: usize = 16;

/// Packages by what leads to them.
#[derive(Default)]
pub struct Descriptors<'t> {
    exact: BTreeMap<&'t str, usize>,
    by_name: BTreeMap<&'t str, Vec<usize>>,
}

impl<'t> Descriptors<'t> {
    /// Says to which package a descriptor such as `a@npm:^1` leads.
    pub fn add(&mut self, descriptor: &'t str, index: usize) {
        self.exact.insert(descriptor, index);
        let name = node::split(descriptor).map_or(descriptor, |(name, _)| name);
        let same = self.by_name.entry(name).or_default();
        if same.len() < MAX_CHOICES && same.last() != Some(&index) {
            same.push(index);
        }
    }

    /// The packages to which a name and a range lead. A range that a project's `resolutions` have
    /// replaced stands nowhere: then all packages of the name are meant, so that none is taken for
    /// one that nobody ships.
    pub fn find(&self, name: &str, range: &str) -> Vec<usize> {
        // Before Yarn 4 needs leave the protocol out, but keys do not.
        let ways = [format!("{name}@{range}"), format!("{name}@npm:{range}")];
        let exact = ways.iter().find_map(|way| self.exact.get(way.as_str()));
        let folder = ["workspace:", "link:", "portal:"];
        match exact {
            Some(index) => vec![*index],
            None if folder.iter().any(|local| range.starts_with(local)) => Vec::new(),
            None => self.by_name.get(name).cloned().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_ranges_mean_every_package_of_the_name() {
        let mut descriptors = Descriptors::default();
        descriptors.add("a@npm:^1", 0);
        descriptors.add("a@npm:^2", 1);
        descriptors.add("@s/b@^1", 2);
        assert_eq!(descriptors.find("a", "^2"), [1]);
        assert_eq!(descriptors.find("a", "npm:^3"), [0, 1]);
        assert_eq!(descriptors.find("@s/b", "^1"), [2]);
        assert!(descriptors.find("a", "workspace:*").is_empty());
        assert!(descriptors.find("c", "1").is_empty());
    }
}
