//! Traefik: who reaches its interface, whether it serves TLS, and the headers that its middlewares set
//! (<https://doc.traefik.io/traefik/reference/install-configuration/configuration-options/>).
//!
//! It takes settings from flags, variables, labels and files; all of them are read as one list of names and
//! values.

mod headers;
mod routers;
mod settings;
mod start;

use super::{Found, Kind, Look};
use crate::File;
use crate::check::compose;
use crate::file::Tree;
use crate::finding::Gap;
use crate::role::Role;
use crate::yaml;
use settings::{Entry, Source};

/// Files of Traefik.
pub(crate) const KIND: Kind = Kind {
    name: "Traefik configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains("traefik") && !lower.contains("dynamic") {
        return false;
    }
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let filled_in = [".template", ".tmpl", ".tpl", ".j2", ".example", ".sample"];
    let name = filled_in
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let format = [".yml", ".yaml", ".toml"]
        .iter()
        .any(|end| name.ends_with(end));
    let named = name.contains("traefik")
        || folders
            .split('/')
            .any(|folder| folder.contains("traefik") || folder.starts_with("dynamic"));
    format && named && !compose::fits(path) && !folders.ends_with(".github/workflows")
}

/// What cannot be read is told here; what can is looked at when all files are there.
fn look(look: &Look<'_>, found: &mut Found) {
    if let Err(reason) = settings::of_file(look.file) {
        found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.to_owned(),
            template: yaml::is_template(look.file.text()),
        });
    }
}

/// Looks at all of Traefik's settings together: a router is in one file, what guards it in another.
pub(crate) fn whole(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let mut sources = Vec::new();
    for file in tree.files() {
        let role = roles(&file.path);
        if !role.counts() {
            continue;
        }
        if fits(&file.path) {
            let entries = settings::of_file(file).unwrap_or_default();
            sources.push(Source::file(file, role, entries));
        } else if compose::fits(&file.path) && mentions(file) {
            sources.extend(settings::of_compose(file, role));
        }
    }
    start::look(&sources, found);
    let dynamic = routers::Dynamic::of(&sources);
    routers::look(&sources, &dynamic, found);
    headers::look(&sources, &dynamic, found);
}

fn mentions(file: &File) -> bool {
    let text = file.text().as_bytes();
    text.windows(7)
        .any(|bytes| bytes.eq_ignore_ascii_case(b"traefik"))
}

/// The last entry of that name.
fn last<'e>(entries: &'e [Entry], name: &str) -> Option<&'e Entry> {
    entries.iter().rev().find(|entry| entry.name == name)
}
