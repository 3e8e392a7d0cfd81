//! Files that include one another, read as one.

use super::tree::{Block, Directive};
use crate::file::Tree;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Files inside one another, at most.
const DEPTH: usize = 8;
/// Includes of one file and of what it includes, at most, and of all files together.
const INCLUDES: usize = 300;
const ALL_INCLUDES: usize = 20_000;
/// Directives that a file has with all that it includes, at most.
const MOST: usize = 100_000;

/// A directive, the file that holds it, and what is in its block with all includes carried out.
pub(super) struct Node<'p> {
    pub(super) path: &'p str,
    pub(super) it: &'p Directive,
    pub(super) inside: Option<Inside<'p>>,
}

/// What is in a block.
#[derive(Default)]
pub(super) struct Inside<'p> {
    pub(super) nodes: Vec<Node<'p>>,
    pub(super) comments: Vec<(&'p str, &'p Range<usize>)>,
    /// Something is included that nobody has at hand.
    pub(super) open: bool,
}

impl<'p> Inside<'p> {
    /// The directives of this name.
    pub(super) fn named<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Node<'p>> {
        self.nodes.iter().filter(move |node| node.name() == name)
    }

    /// Whether there is such a directive.
    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }
}

impl<'p> Node<'p> {
    pub(super) fn name(&self) -> &'p str {
        &self.it.name.text
    }

    /// An argument, by its number from 0; empty when there is none.
    pub(super) fn arg(&self, number: usize) -> &'p str {
        self.it.args.get(number).map_or("", |word| &word.text)
    }

    /// All arguments.
    pub(super) fn args(&self) -> impl Iterator<Item = &'p str> {
        self.it.args.iter().map(|word| word.text.as_str())
    }
}

/// Carries out includes.
pub(super) struct Resolver<'p> {
    pub(super) tree: &'p Tree,
    pub(super) parsed: &'p BTreeMap<String, Block>,
    /// Files that others include.
    pub(super) included: BTreeSet<&'p str>,
    left: usize,
    /// Something was left out because there is too much of it.
    pub(super) cut: bool,
    includes: usize,
    all_includes: usize,
}

impl<'p> Resolver<'p> {
    pub(super) fn new(tree: &'p Tree, parsed: &'p BTreeMap<String, Block>) -> Self {
        Self {
            tree,
            parsed,
            included: BTreeSet::new(),
            left: MOST,
            cut: false,
            includes: INCLUDES,
            all_includes: ALL_INCLUDES,
        }
    }

    /// A file with all that it includes.
    pub(super) fn file(&mut self, path: &'p str) -> Inside<'p> {
        match self.parsed.get(path) {
            Some(block) => self.block(path, block),
            None => Inside::default(),
        }
    }

    /// A configuration in a file with all that it includes.
    pub(super) fn block(&mut self, path: &'p str, block: &'p Block) -> Inside<'p> {
        self.left = MOST;
        self.cut = false;
        self.includes = INCLUDES;
        let mut inside = Inside::default();
        self.fill(&mut inside, path, block, &mut vec![path]);
        inside
    }

    /// Notes which files this one includes, and goes no deeper.
    pub(super) fn edges(&mut self, path: &'p str, block: &'p Block) {
        let mut blocks = vec![block];
        let mut left = 200_usize;
        while let Some(block) = blocks.pop() {
            for it in &block.directives {
                blocks.extend(it.block.as_ref());
                if it.name.text != "include" || left == 0 {
                    continue;
                }
                left -= 1;
                let name = it.args.first().map_or("", |word| &word.text);
                for found in find(self.tree, path, name) {
                    let known = self.parsed.get_key_value(&found);
                    self.included.extend(known.map(|(path, _)| path.as_str()));
                }
            }
        }
    }

    fn fill(
        &mut self,
        inside: &mut Inside<'p>,
        path: &'p str,
        block: &'p Block,
        within: &mut Vec<&'p str>,
    ) {
        let comments = block.comments.iter().map(|place| (path, place));
        inside.comments.extend(comments);
        for it in &block.directives {
            let Some(left) = self.left.checked_sub(1) else {
                inside.open = true;
                self.cut = true;
                return;
            };
            self.left = left;
            if it.name.text == "include" && it.block.is_none() {
                let name = it.args.first().map_or("", |word| &word.text);
                self.include(inside, path, name, within);
                continue;
            }
            let children = it.block.as_ref().map(|block| {
                let mut children = Inside::default();
                self.fill(&mut children, path, block, within);
                children
            });
            inside.nodes.push(Node {
                path,
                it,
                inside: children,
            });
        }
    }

    fn include(
        &mut self,
        inside: &mut Inside<'p>,
        from: &'p str,
        name: &str,
        within: &mut Vec<&'p str>,
    ) {
        let budget = (
            self.includes.checked_sub(1),
            self.all_includes.checked_sub(1),
        );
        let (Some(includes), Some(all_includes)) = budget else {
            inside.open = true;
            self.cut = true;
            return;
        };
        self.includes = includes;
        self.all_includes = all_includes;
        let found = find(self.tree, from, name);
        if found.is_empty() {
            inside.open |= !says_nothing(name);
        }
        for path in found {
            let Some((path, block)) = self.parsed.get_key_value(&path) else {
                inside.open = true;
                continue;
            };
            self.included.insert(path);
            if within.len() < DEPTH && !within.contains(&path.as_str()) {
                within.push(path);
                self.fill(inside, path, block, within);
                within.pop();
            }
        }
    }
}

/// Files that come with nginx and set no headers.
fn says_nothing(name: &str) -> bool {
    let name = name.rsplit('/').next().unwrap_or_default();
    name == "mime.types"
        || name.contains("_params")
        || name.starts_with("fastcgi")
        || name.contains("mod")
}

/// The files of the repository that an include means. Where they will be mounted is not known, so all
/// folders above are tried.
fn find(tree: &Tree, from: &str, name: &str) -> Vec<String> {
    let name = [
        "/etc/nginx/",
        "/usr/local/nginx/conf/",
        "/usr/local/openresty/nginx/conf/",
    ]
    .iter()
    .find_map(|start| name.strip_prefix(start))
    .unwrap_or(name)
    .trim_start_matches("./");
    if name.is_empty() || name.contains('$') || name.contains("..") {
        return Vec::new();
    }
    let name = name.trim_start_matches('/');
    let (sub, base) = name.rsplit_once('/').unwrap_or(("", name));
    let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        for middle in ["", "nginx", "conf", "etc/nginx"] {
            for sub in [sub, ""] {
                let parts = [folder, middle, sub].map(str::to_owned);
                let parts = parts.into_iter().filter(|part| !part.is_empty());
                let place = parts.collect::<Vec<_>>().join("/");
                let found = in_folder(tree, &place, base, from);
                if !found.is_empty() {
                    return found;
                }
                if sub.is_empty() {
                    break;
                }
                // Only what has a name of its own can be told without its folder.
                if base.contains('*') {
                    break;
                }
            }
        }
        if folder.is_empty() {
            return Vec::new();
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

fn in_folder(tree: &Tree, folder: &str, base: &str, from: &str) -> Vec<String> {
    let prefix = match folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let Some((start, end)) = base.split_once('*') else {
        let filled = ["", ".template", ".j2", ".tmpl"].map(|end| format!("{prefix}{base}{end}"));
        let found = filled
            .into_iter()
            .find(|path| path != from && tree.has(path));
        return found.into_iter().collect();
    };
    // Every file of the root is not what a pattern means.
    if folder.is_empty() {
        return Vec::new();
    }
    let fits = |path: &&str| {
        let name = path.strip_prefix(&prefix).unwrap_or_default();
        *path != from
            && !name.contains('/')
            && name.len() >= start.len() + end.len()
            && name.starts_with(start)
            && name.ends_with(end)
    };
    let found = tree.below(folder).take(1000).filter(fits);
    found.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Tree {
        let mut tree = Tree::default();
        for path in paths {
            tree.name(*path);
        }
        tree
    }

    #[test]
    fn includes_are_found_where_they_are_mounted_from() {
        let tree = tree(&[
            "deploy/nginx/conf.d/a.conf",
            "deploy/nginx/conf.d/b.conf",
            "deploy/nginx/nginx.conf",
            "deploy/nginx/snippets/headers.conf",
        ]);
        let find = |name| find(&tree, "deploy/nginx/nginx.conf", name);
        assert_eq!(
            find("/etc/nginx/conf.d/*.conf"),
            ["deploy/nginx/conf.d/a.conf", "deploy/nginx/conf.d/b.conf"]
        );
        assert_eq!(
            find("snippets/headers.conf"),
            ["deploy/nginx/snippets/headers.conf"]
        );
        assert!(find("/etc/letsencrypt/options.conf").is_empty());
        assert!(find("../../x.conf").is_empty());
    }
}
