//! Whether Git is told to leave files of variables out.

use crate::check::{Found, Kind, Look, Raised};
use crate::file::Tree;
use crate::role::Role;
use crate::words::secret::quoted;
use std::collections::BTreeSet;

/// The lists of files that Git leaves out.
pub(crate) const LISTS: Kind = Kind {
    name: "gitignore",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    path == ".gitignore" || path.ends_with("/.gitignore")
}

/// Nothing is wrong in one by itself.
fn look(_look: &Look<'_>, _found: &mut Found) {}

/// For each folder with a template: the copy that people make of it must be left out by a list there or above.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let mut told = BTreeSet::new();
    for file in tree.files() {
        let is_template = super::fits(&file.path) && roles(&file.path) == Role::Template;
        let name = file.name().to_ascii_lowercase();
        // `config.env.example` and the like are called differently everywhere.
        if !is_template || !name.starts_with(".env") || told.contains(file.folder()) {
            continue;
        }
        let copy = copy_of(&name);
        if is_left_out(tree, file.folder(), copy) {
            continue;
        }
        told.insert(file.folder());
        let message = format!(
            "No .gitignore leaves {} out; the filled-in copy of this file is one `git add .` away.",
            quoted(copy)
        );
        let raised = Raised::new("LG-ENV-105", &file.path, 0..0, message);
        found.raised.push(raised.better(copy));
    }
}

/// What the copy of a template is called.
fn copy_of(name: &str) -> &str {
    let ends = [
        "example", "sample", "template", "dist", "tmpl", "tpl", "skel",
    ];
    let stem = ends.iter().find_map(|end| name.strip_suffix(end));
    stem.map_or(".env", |stem| stem.trim_end_matches(['.', '-', '_']))
}

fn is_left_out(tree: &Tree, folder: &str, copy: &str) -> bool {
    let mut folder = folder;
    loop {
        let path = match folder {
            "" => ".gitignore".to_owned(),
            folder => format!("{folder}/.gitignore"),
        };
        if tree
            .file(&path)
            .is_some_and(|file| leaves_out(file.text(), copy))
        {
            return true;
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None if folder.is_empty() => return false,
            None => folder = "",
        }
    }
}

/// Whether a pattern of the list fits a file of variables.
fn leaves_out(text: &str, copy: &str) -> bool {
    text.lines().map(str::trim).any(|line| {
        let last = line
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let all = matches!(last, ".env*" | "*.env*" | ".*" | "*" | "**");
        let fits = all
            || last == copy
            || last == "*.env" && copy.ends_with(".env")
            || last == ".env.*" && copy.starts_with(".env.");
        fits && !line.starts_with(['!', '#'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_leave_it_out() {
        assert!(leaves_out("node_modules\n/.env\n", ".env"));
        assert!(leaves_out("**/.env*\r\n", ".env"));
        assert!(leaves_out(".env.prod\n", copy_of(".env.prod-sample")));
        assert!(!leaves_out("# .env\n.envrc\n!.env\n", ".env"));
    }
}
