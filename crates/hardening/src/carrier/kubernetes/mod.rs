//! Kubernetes and Helm: headers that ingress controllers, gateways and meshes are told to send.
//!
//! ```text
//! walk         any map or list that names headers, whatever resource or chart it is of
//! annotations  of an Ingress: headers by line, CORS
//! controller   settings of ingress-nginx and the controller of nginx.org
//! ```
//!
//! Snippets in nginx's language are read where nginx is, middlewares of Traefik where Traefik is.

mod annotations;
mod controller;
mod walk;

use crate::check::Found;
use crate::file::Tree;
use crate::finding::Gap;
use crate::role::Role;
use crate::yaml::{self, Node, Unreadable};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use std::rc::Rc;
use std::sync::LazyLock;

/// Without one of these words a file says nothing of headers.
const WORDS: [&str; 13] = [
    "content-security-policy",
    "x-frame-options",
    "x-content-type-options",
    "x-xss-protection",
    "strict-transport-security",
    "referrer-policy",
    "permissions-policy",
    "access-control-allow-origin",
    "cors-allow-origin",
    "hsts",
    "ssl-protocols",
    "ssl-ciphers",
    "server-tokens",
];

static SEARCH: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .build(WORDS)
        .ok()
});

/// YAML, which may hold resources or the values of a chart.
pub(crate) fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    lower.ends_with(".yaml") || lower.ends_with(".yml")
}

/// Whether a text holds resources.
pub(crate) fn is_manifest(text: &str) -> bool {
    text.contains("apiVersion") && text.contains("kind")
}

/// Whether a file holds values of a chart, by its name: `values.yaml`, `values-prod.yaml`, `prod.values.yaml`.
fn is_values(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let name = name.to_ascii_lowercase();
    name.split(['.', '-', '_']).any(|part| part == "values")
}

/// Whether a file is filled in by Helm: it stands in `templates` beside a `Chart.yaml`.
pub(crate) fn is_of_chart(tree: &Tree, path: &str) -> bool {
    let mut rest = path;
    while let Some((folder, _)) = rest.rsplit_once("/templates/") {
        if tree.has(&format!("{folder}/Chart.yaml")) {
            return true;
        }
        rest = folder;
    }
    path.starts_with("templates/") && tree.has("Chart.yaml")
}

/// What a file holds.
pub(crate) struct Documents {
    pub(crate) nodes: Vec<Rc<Node>>,
    /// What was parsed, as long as the file.
    pub(crate) source: String,
    /// The bytes that something is filled into.
    pub(crate) filled: Vec<Range<usize>>,
}

/// The documents of a file; those of a template as far as they can be told before it is filled in.
pub(crate) fn documents(text: &str) -> Result<Documents, Unreadable> {
    if yaml::is_template(text) {
        let (source, filled) = yaml::without_commands(text);
        if let Ok(nodes) = yaml::parse(&source) {
            return Ok(Documents {
                nodes,
                source,
                filled,
            });
        }
    }
    Ok(Documents {
        nodes: yaml::parse(text)?,
        source: text.to_owned(),
        filled: Vec::new(),
    })
}

/// Looks at all resources and values.
pub(crate) fn look_at_all(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    for file in tree.files() {
        let text = file.text();
        let says = || SEARCH.as_ref().is_none_or(|search| search.is_match(text));
        let ours = || is_manifest(text) || is_values(&file.path);
        if !fits(&file.path) || !says() || !ours() || !roles(&file.path).counts() {
            continue;
        }
        let documents = match documents(text) {
            Ok(documents) => documents,
            Err(reason) => {
                found.gaps.push(Gap {
                    path: file.path.clone(),
                    reason: reason.0.to_owned(),
                    template: yaml::is_template(text),
                });
                continue;
            }
        };
        let mut walk = walk::Walk::new(&file.path, &documents, found);
        walk.file(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{File, Options, State, scan};

    fn headers(path: &str, text: &str) -> Vec<String> {
        let mut tree = Tree::default();
        tree.add(File::new(path, text.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        let all = scanned.responses.iter();
        let all = all.filter(|response| response.carrier == "kubernetes");
        let sent = all.flat_map(|response| &response.headers);
        sent.map(|one| match one.state {
            State::Sent => format!("{}: {}", one.name, one.value.value()),
            state => format!("{}: {state:?}", one.name),
        })
        .collect()
    }

    #[test]
    fn gateways_and_meshes() {
        let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nspec:\n  rules:\n    - filters:\n        - type: ResponseHeaderModifier\n          responseHeaderModifier:\n            set:\n              - name: X-Frame-Options\n                value: DENY\n            remove: [Content-Security-Policy]\n        - type: RequestHeaderModifier\n          requestHeaderModifier:\n            set:\n              - {name: Referrer-Policy, value: x}\n";
        assert_eq!(
            headers("k/route.yaml", route),
            ["x-frame-options: DENY", "content-security-policy: Removed"]
        );
        let mesh = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec:\n  http:\n    - headers:\n        response:\n          set:\n            content-security-policy: >-\n              default-src 'self';\n              img-src *\n        request:\n          set: {x-frame-options: DENY}\n";
        assert_eq!(
            headers("mesh.yaml", mesh),
            ["content-security-policy: default-src 'self'; img-src *"]
        );
    }

    #[test]
    fn templates_and_values() {
        let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include \"x\" . }}\ndata:\n  {{- if .Values.on }}\n  X-Frame-Options: DENY\n  Content-Security-Policy: \"default-src {{ .Values.host }} 'self'\"\n  {{- end }}\n";
        assert_eq!(
            headers("chart/templates/headers.yaml", text),
            [
                "x-frame-options: DENY",
                "content-security-policy: default-src dynamic.invalid 'self'"
            ]
        );
        let values = "controller:\n  addHeaders:\n    Referrer-Policy: no-referrer\n  config:\n    hsts-max-age: 3600\n";
        assert_eq!(
            headers("values-prod.yaml", values),
            [
                "referrer-policy: no-referrer",
                "strict-transport-security: max-age=3600; includeSubDomains"
            ]
        );
        assert!(headers("other.yaml", values).is_empty());
    }

    #[test]
    fn annotations_by_line() {
        let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n    haproxy.org/response-set-header: |\n      Strict-Transport-Security \"max-age=31536000\"\n      X-Frame-Options DENY\n    nginx.ingress.kubernetes.io/enable-cors: \"true\"\n    nginx.ingress.kubernetes.io/cors-allow-origin: \"*\"\n";
        assert_eq!(
            headers("ingress.yaml", text),
            [
                "strict-transport-security: max-age=31536000",
                "x-frame-options: DENY",
                "access-control-allow-origin: *"
            ]
        );
    }

    #[test]
    fn files_of_a_chart() {
        let mut tree = Tree::default();
        for path in ["c/Chart.yaml", "c/templates/a/b.yaml", "templates/x.yaml"] {
            tree.name(path);
        }
        assert!(is_of_chart(&tree, "c/templates/a/b.yaml"));
        assert!(!is_of_chart(&tree, "templates/x.yaml"));
    }
}
