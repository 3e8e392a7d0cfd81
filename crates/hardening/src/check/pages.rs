//! Whether a repository serves pages, where no server says so: applications that render templates, and such that
//! run in the browser.

use crate::file::Tree;
use crate::html;
use crate::role::Role;

/// Bytes of a page that tell that it is a whole one.
const HEAD: usize = 4096;
/// Configurations of frameworks that make pages.
const FRAMEWORKS: [&str; 6] = [
    "next.config.",
    "nuxt.config.",
    "svelte.config.",
    "astro.config.",
    "remix.config.",
    "angular.json",
];
/// Files without which nobody runs what is in the repository.
const DEPLOYED: [&str; 7] = [
    "dockerfile",
    "docker-compose",
    "compose.y",
    "procfile",
    "chart.yaml",
    "fly.toml",
    "app.yaml",
];
/// Pages that nobody is shown in a browser, or that the server shows when all else fails.
const OTHERS: [&str; 6] = ["mail", "404", "500", "50x", "coverage", "storybook"];

/// The first file in production that makes pages; nothing in a repository that only holds a library.
pub(super) fn first<'t>(tree: &'t Tree, roles: &dyn Fn(&str) -> Role) -> Option<&'t str> {
    let named = |path: &str, starts: &[&str]| {
        let name = path.rsplit('/').next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        starts.iter().any(|start| name.starts_with(start))
    };
    let in_production = |path: &str| roles(path) == Role::Production;
    if !tree
        .names()
        .any(|path| named(path, &DEPLOYED) && in_production(path))
    {
        return None;
    }
    let framework = tree
        .names()
        .find(|path| named(path, &FRAMEWORKS) && in_production(path));
    framework.or_else(|| {
        let mut pages = tree.files().filter(|file| html::is_page(&file.path));
        let page = pages.find(|file| {
            let lower = file.path.to_ascii_lowercase();
            let bytes = file.text().as_bytes();
            let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
            !OTHERS.iter().any(|word| lower.contains(word))
                && head
                    .windows(5)
                    .any(|five| five.eq_ignore_ascii_case(b"<html"))
                && in_production(&file.path)
        });
        page.map(|file| file.path.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{File, role};

    #[test]
    fn applications_serve_pages_and_libraries_do_not() {
        let mut tree = Tree::default();
        let page = b"<!doctype html>\n<html></html>";
        for path in ["mails/a.html", "docs/b.html", "web/templates/c.html"] {
            tree.add(File::new(path, page));
        }
        assert_eq!(first(&tree, &role::of_path), None);
        tree.name("Dockerfile");
        assert_eq!(first(&tree, &role::of_path), Some("web/templates/c.html"));
    }
}
