//! What stands in front of an application, and what it is installed with: read once for all settings.

use crate::file::{File, Tree};

/// Names in the paths of servers and of what starts them.
const SERVERS: &[&str] = &[
    "nginx",
    "traefik",
    "caddy",
    "compose",
    "haproxy",
    "apache",
    "httpd",
    ".htaccess",
];

/// How such a server redirects to TLS, in lower case.
const REDIRECTS: &[&str] = &[
    "return 301 https:",
    "return 308 https:",
    "redirect scheme https",
    "redirections.entrypoint",
    "redirectscheme",
];

/// What servers in front of the application do.
#[derive(Debug, Default)]
pub(super) struct Front {
    /// One sends Strict-Transport-Security.
    pub(super) hsts: bool,
    /// One encrypts without it, which is told there.
    pub(super) told_hsts: bool,
    /// One redirects to TLS.
    pub(super) redirects: bool,
    /// The first file of nginx that hands requests on.
    pub(super) proxy: Option<String>,
    /// One sets the headers that tell how the visitor came.
    pub(super) forwarded: bool,
    /// The major version of django-csp that is installed.
    pub(super) csp: Option<u32>,
}

impl Front {
    pub(super) fn of(tree: &Tree) -> Self {
        let mut front = Self::default();
        for file in tree.files() {
            if crate::python::is_requirements(&file.path) {
                front.csp = front.csp.or_else(|| version(file));
                continue;
            }
            let path = file.path.to_ascii_lowercase();
            let server = SERVERS.iter().any(|name| path.contains(name));
            let documents = [".py", ".md", ".txt", ".rst"];
            if server && !documents.iter().any(|end| path.ends_with(end)) {
                front.read(file, path.contains("nginx"));
            }
        }
        front
    }

    fn read(&mut self, file: &File, nginx: bool) {
        for line in file.text().lines() {
            let line = line.trim_start().to_ascii_lowercase();
            if line.starts_with('#') {
                continue;
            }
            self.hsts |= line.contains("strict-transport-security") || line.contains("stsseconds");
            self.redirects |= REDIRECTS.iter().any(|word| line.contains(word));
            // Debian's file of that name sets them.
            self.forwarded |= line.contains("x-forwarded-proto")
                || line.contains("x-forwarded-ssl")
                || line.contains("proxy_params");
            if nginx && self.proxy.is_none() && line.contains("proxy_pass") {
                self.proxy = Some(file.path.clone());
            }
        }
    }
}

/// The major version of django-csp that a list of packages asks for.
fn version(file: &File) -> Option<u32> {
    let mut versions = file.text().lines().filter_map(|line| {
        let line = line.split('#').next()?;
        let line = line.to_ascii_lowercase().replace('_', "-");
        let (_, rest) = line.split_once("django-csp")?;
        let rest =
            rest.trim_start_matches(['"', '\'', ' ', '=', '>', '~', '^', '{', '[', ']', '(']);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    });
    versions.next()
}
