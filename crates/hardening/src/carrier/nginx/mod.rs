//! nginx: `add_header` and its inheritance, TLS, locations.

mod tokens;
mod tree;

use crate::check::{Found, Kind, Look};
use crate::finding::Gap;

/// Files of nginx.
pub(crate) const KIND: Kind = Kind {
    name: "nginx configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let filled_in = [".template", ".tmpl", ".tpl", ".j2"];
    let name = filled_in
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    let conf = name.ends_with(".conf");
    let in_nginx = folders.split('/').any(|folder| {
        folder.contains("nginx") || folder == "sites-available" || folder == "sites-enabled"
    });
    conf && (name.contains("nginx") || in_nginx || folders.ends_with("conf.d"))
        || in_nginx
            && folders
                .split('/')
                .any(|folder| folder.starts_with("sites-"))
}

fn look(look: &Look<'_>, found: &mut Found) {
    match tree::parse(look.file.text()) {
        Ok(_blocks) => {}
        Err(reason) => found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: reason.to_owned(),
            template: false,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_nginx() {
        for path in [
            "nginx.conf",
            "nginx/default.conf",
            "web/nginx.conf.template",
            "docker/nginx/conf.d/app.conf.j2",
            "etc/nginx/sites-available/shop",
        ] {
            assert!(fits(path), "{path}");
        }
        for path in ["app.conf", "redis/redis.conf", "nginx/Dockerfile"] {
            assert!(!fits(path), "{path}");
        }
    }
}
