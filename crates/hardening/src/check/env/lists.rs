//! Whether Git is told to leave files of variables out.

use crate::check::{Found, Kind, Look, Raised};
use crate::file::Tree;
use crate::role::Role;

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

/// For each template: the copy that people make of it must be left out by a list in its folder or above.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    for file in tree.files() {
        let is_template = super::fits(&file.path) && roles(&file.path) == Role::Template;
        let named = file.name().to_ascii_lowercase();
        // `config.env.example` and the like are called differently everywhere.
        if !is_template || !named.starts_with(".env") || is_left_out(tree, file.folder()) {
            continue;
        }
        let message = "No .gitignore leaves `.env` out; the filled-in copy of this file is one `git add .` away.";
        let raised = Raised::new("LG-ENV-105", &file.path, 0..0, message);
        found.raised.push(raised.better(".env"));
    }
}

fn is_left_out(tree: &Tree, folder: &str) -> bool {
    let mut folder = folder;
    loop {
        let path = match folder {
            "" => ".gitignore".to_owned(),
            folder => format!("{folder}/.gitignore"),
        };
        if tree.file(&path).is_some_and(|file| names_env(file.text())) {
            return true;
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above,
            None if folder.is_empty() => return false,
            None => folder = "",
        }
    }
}

/// Whether a pattern of the list fits `.env`.
fn names_env(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| {
        let last = line
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        matches!(
            last,
            ".env" | ".env*" | "*.env" | "*.env*" | ".env.*" | ".*" | "*" | "**"
        ) && !line.starts_with('!')
            && !line.starts_with('#')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_leave_it_out() {
        assert!(names_env("node_modules\n/.env\n"));
        assert!(names_env("**/.env*\r\n"));
        assert!(!names_env("# .env\n.envrc\n!.env\n"));
    }
}
