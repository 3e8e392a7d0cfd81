//! nginx: `add_header` and its inheritance, TLS, locations.
//!
//! ```text
//! tokens, lua, tree   the language (nginx, `src/core/ngx_conf_file.c`)
//! embedded            where else it stands
//! resolve             includes
//! words, level        variables; what holds in a block (`ngx_http_headers_module`)
//! walk                from the outermost block to the innermost: responses
//! lost, servers, locations, place     rules
//! ```

pub(crate) mod embedded;
mod level;
mod locations;
mod lost;
mod lua;
mod place;
mod resolve;
mod servers;
mod tokens;
mod tree;
mod walk;
mod words;

use crate::check::{Found, Kind, Look};
use crate::file::Tree;
use crate::finding::Gap;
use crate::role::Role;
use resolve::Resolver;
use std::collections::{BTreeMap, BTreeSet};

/// Files of nginx.
pub(crate) const KIND: Kind = Kind {
    name: "nginx configuration",
    fits,
    look,
};

/// What the server, some program or a person fills in first.
const FILLED_IN: [&str; 10] = [
    ".template",
    ".tmpl",
    ".tpl",
    ".j2",
    ".erb",
    ".in",
    ".example",
    ".sample",
    ".dist",
    ".default",
];

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !["nginx", "sites-", ".conf"]
        .iter()
        .any(|part| lower.contains(part))
    {
        return false;
    }
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let name = FILLED_IN
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let in_nginx = folders.split('/').any(|folder| {
        folder.contains("nginx") || folder == "sites-available" || folder == "sites-enabled"
    });
    let in_sites = folders
        .rsplit('/')
        .next()
        .is_some_and(|folder| folder.starts_with("sites-"));
    if name.ends_with(".nginx") || name.ends_with(".nginxconf") {
        return true;
    }
    let conf = name.ends_with(".conf");
    let by_name =
        name.contains("nginx") || matches!(name, "security-headers.conf" | "security_headers.conf");
    let end = name.rsplit_once('.').map(|(_, end)| end);
    let in_text = end.is_some_and(|end| matches!(end, "md" | "txt" | "sh" | "yml" | "yaml"));
    conf && (by_name || in_nginx || folders.ends_with("conf.d"))
        || in_nginx && in_sites && !in_text
        || is_bare(path)
}

/// A file without an ending in a folder of nginx: what others include often has none.
fn is_bare(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let folder = folders.rsplit('/').next().unwrap_or_default();
    let lower_case = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | '-');
    let others = [
        "makefile",
        "license",
        "readme",
        "procfile",
        "entrypoint",
        "dockerfile",
    ];
    folder.contains("nginx") && name.chars().all(lower_case) && !others.contains(&name)
}

/// Tells what cannot be read; the rest is done when all files are known, because they include one another.
fn look(look: &Look<'_>, found: &mut Found) {
    if let Err(reason) = tree::parse(look.file.text()) {
        let text = look.file.text();
        let is_nginx = ["location ", "server {", "add_header "]
            .iter()
            .any(|word| text.contains(word));
        if is_bare(&look.file.path) && !is_nginx {
            return;
        }
        let marks = ["{{", "{%", "<%"];
        found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.to_owned(),
            template: look.role == Role::Template || marks.iter().any(|mark| text.contains(mark)),
        });
    }
}

/// Looks at all files of nginx, each that no other one includes with all that it includes.
pub(crate) fn look_at_all(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    let files = tree.files().filter(|file| roles(&file.path).counts());
    let mut parsed: BTreeMap<String, tree::Block> = BTreeMap::new();
    let mut inside: Vec<(&str, tree::Block)> = Vec::new();
    for file in files {
        if fits(&file.path) {
            parsed.extend(tree::parse(file.text()).map(|block| (file.path.clone(), block)));
        } else if embedded::fits(&file.path) {
            if let Some(reason) = embedded::broken(&file.path, file.text()) {
                found.gaps.push(Gap {
                    path: file.path.clone(),
                    reason: reason.to_owned(),
                    template: file.text().contains("{{"),
                });
            }
            let blocks = embedded::blocks(&file.path, file.text()).into_iter();
            inside.extend(blocks.map(|block| (file.path.as_str(), block)));
        }
    }
    let mut resolver = Resolver::new(tree, &parsed);
    for (path, block) in &parsed {
        resolver.edges(path, block);
    }
    for (path, block) in &inside {
        resolver.edges(path, block);
    }
    let included = std::mem::take(&mut resolver.included);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let first = parsed
        .keys()
        .filter(|path| !included.contains(path.as_str()));
    for path in first {
        walk_file(tree, path, None, &mut resolver, found);
        seen.insert(path);
    }
    for (path, block) in &inside {
        walk_file(tree, path, Some(block), &mut resolver, found);
    }
    // Files that only include one another.
    seen.extend(resolver.included.iter().copied());
    let rest: Vec<&String> = parsed
        .keys()
        .filter(|path| !seen.contains(path.as_str()))
        .collect();
    for path in rest {
        walk_file(tree, path, None, &mut resolver, found);
    }
}

/// Walks through a file, or through a configuration that stands in it.
fn walk_file<'p>(
    tree: &'p Tree,
    path: &'p str,
    block: Option<&'p tree::Block>,
    resolver: &mut Resolver<'p>,
    found: &mut Found,
) {
    let inside = match block {
        Some(block) => resolver.block(path, block),
        None => resolver.file(path),
    };
    let mut walk = walk::Walk {
        tree,
        path,
        found,
        responses: 0,
    };
    walk.file(&inside);
    if walk.responses > walk::MOST || resolver.cut {
        found.gaps.push(Gap {
            path: path.to_owned(),
            reason: "it holds or includes too much; only the first part was looked at".to_owned(),
            template: false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_that_cannot_be_read_is_told() {
        let gaps = |snippet: &str| {
            let text = format!(
                "kind: Ingress\nmetadata:\n  annotations:\n    nginx.ingress.kubernetes.io/configuration-snippet: |\n      {snippet}\n"
            );
            let mut tree = Tree::default();
            tree.add(crate::File::new("k8s/ingress.yaml", text.as_bytes()));
            crate::scan(&tree, &crate::Options::default()).gaps.len()
        };
        assert_eq!(gaps("add_header X-Frame-Options DENY; location / {"), 1);
        assert_eq!(gaps("add_header X-Frame-Options DENY;"), 0);
    }

    #[test]
    fn files_of_nginx() {
        for path in [
            "nginx.conf",
            "nginx/default.conf",
            "web/nginx.conf.template",
            "docker/nginx/conf.d/app.conf.j2",
            "etc/nginx/sites-available/shop",
            "nginx/snippets/security-headers.conf",
        ] {
            assert!(fits(path), "{path}");
        }
        for path in ["app.conf", "redis/redis.conf", "nginx/Dockerfile"] {
            assert!(!fits(path), "{path}");
        }
    }
}
