//! Traefik's resources in Kubernetes (`traefik.io/v1alpha1`), and flags of the container that runs it
//! (<https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/ingressroute/>).

use super::settings::{Entry, MOST, bare, join, yaml_node};
use crate::File;
use crate::carrier::kubernetes::{self, Documents};
use crate::yaml::Node;

/// What provides the resources of Kubernetes, as annotations say it.
const PROVIDER: &str = "@kubernetescrd";
/// Annotations that name the middlewares of an Ingress.
const MIDDLEWARES: &str = "traefik.ingress.kubernetes.io/router.middlewares";

/// Parts of the name of a namespace, at most.
const PARTS: usize = 8;

/// Whether a file may hold something of Traefik's, by a look at it.
pub(super) fn may_hold(file: &File) -> bool {
    let text = file.text();
    let named = ["traefik", "--api.", "api@internal"];
    kubernetes::fits(&file.path)
        && named.iter().any(|word| text.contains(word))
        && (kubernetes::is_manifest(text) || text.contains("additionalArguments"))
}

/// The settings of a file of resources or of the values of Traefik's chart.
pub(super) fn settings(file: &File) -> Vec<Entry> {
    let Ok(documents) = kubernetes::documents(file.text()) else {
        return Vec::new();
    };
    let mut entries = Vec::new();
    for document in &documents.nodes {
        if !resource(document, &documents, &mut entries) {
            let mut all = Vec::new();
            yaml_node(document, "", &(0..0), &documents, &mut all);
            entries.extend(all.iter().filter_map(argument));
            entries.extend(all.into_iter().filter_map(annotation));
        }
    }
    entries.truncate(MOST);
    entries
}

/// Adds the settings of a resource of Traefik's; false for any other document.
pub(super) fn resource(document: &Node, documents: &Documents, entries: &mut Vec<Entry>) -> bool {
    let name = document.at(&["metadata", "name"]).and_then(Node::text);
    let (Some(name), Some(spec)) = (name, document.get("spec")) else {
        return false;
    };
    match document.text_of("kind") {
        Some("Middleware") => {
            let path = join("http.middlewares", name);
            let from = entries.len();
            yaml_node(spec, &path, &(0..0), documents, entries);
            // Links of a chain are maps with a name here.
            for entry in entries.iter_mut().skip(from) {
                let link = entry.name.strip_suffix(".chain.middlewares.name");
                if let Some(path) = link {
                    entry.name = format!("{path}.chain.middlewares");
                }
            }
        }
        Some("IngressRoute") => {
            let routes = spec.get("routes").map_or(&[][..], |routes| routes.items());
            for (nth, route) in routes.iter().enumerate() {
                router(&format!("{name}-{nth}"), route, entries);
            }
        }
        _ => return false,
    }
    true
}

/// A route with its services and middlewares, under the names that labels have for them.
fn router(name: &str, route: &Node, entries: &mut Vec<Entry>) {
    let path = join("http.routers", name);
    let mut named = |list: &str, key: &str| {
        let items = route.get(list).map_or(&[][..], |list| list.items());
        for item in items {
            if let Some((_, value)) = item.entry("name") {
                entries.push(Entry {
                    value: value.text().unwrap_or_default().to_owned(),
                    value_at: value.text_at(),
                    ..bare(&join(&path, key), &value.place)
                });
            }
        }
    };
    named("services", "service");
    named("middlewares", "middlewares");
}

/// The flag that an argument of a container is, when it is about Traefik's interface: its ports are mapped
/// elsewhere.
pub(super) fn argument(entry: &Entry) -> Option<Entry> {
    let last = |name: &str| entry.name.ends_with(name);
    let of_container = last("containers.args")
        || last("containers.command")
        || last("additionalarguments")
        || last("globalarguments");
    let flag = entry
        .value
        .strip_prefix("--api.")
        .filter(|_| of_container)?;
    let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
    Some(Entry {
        value: value.to_owned(),
        ..bare(&join("api", name), &entry.place)
    })
}

/// The middlewares that an Ingress names: `namespace-name@kubernetescrd`, of which nobody can say where the name
/// begins.
fn annotation(entry: Entry) -> Option<Entry> {
    let rest = entry.name.strip_suffix(MIDDLEWARES)?;
    if !rest.is_empty() && !rest.ends_with('.') {
        return None;
    }
    let mut names = Vec::new();
    for one in entry.value.split(',').take(100) {
        let name = one.trim().trim_end_matches(PROVIDER);
        names.push(name);
        let behind = name.match_indices('-').take(PARTS);
        names.extend(behind.filter_map(|(at, _)| name.get(at + 1..)));
    }
    Some(Entry {
        name: "http.routers.ingress.middlewares".to_owned(),
        value: names.join(","),
        ..entry
    })
}

#[cfg(test)]
mod tests {
    use crate::{File, Options, State, Tree, scan};

    const GUARD: &str = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: login\nspec:\n  basicAuth:\n    secret: users\n---\napiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata:\n  name: both\nspec:\n  chain:\n    middlewares:\n      - name: login\n";

    fn rules(route: &str) -> Vec<(String, u32)> {
        let mut tree = Tree::default();
        tree.add(File::new("k/guard.yaml", GUARD.as_bytes()));
        tree.add(File::new("k/route.yaml", route.as_bytes()));
        let findings = scan(&tree, &Options::default()).findings;
        let traefik = findings
            .iter()
            .filter(|one| one.rule.0.starts_with("LG-TRF"));
        traefik
            .map(|one| (one.rule.0.to_owned(), one.start.line))
            .collect()
    }

    #[test]
    fn the_interface_needs_a_guard() {
        let route = "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nmetadata:\n  name: shown\nspec:\n  routes:\n    - match: Host(`a.example`)\n      services:\n        - name: api@internal\n          kind: TraefikService\n";
        assert_eq!(rules(route), [("LG-TRF-102".to_owned(), 9)]);
        let guarded = format!("{route}      middlewares:\n        - name: both\n");
        assert!(rules(&guarded).is_empty());
        let chart = "additionalArguments:\n  - --api.insecure=true # traefik\n";
        assert_eq!(rules(chart), [("LG-TRF-101".to_owned(), 2)]);
    }

    #[test]
    fn folded_values_have_their_places() {
        let text = "apiVersion: traefik.io/v1alpha1\nkind: Middleware\nmetadata: {name: a}\nspec:\n  headers:\n    contentSecurityPolicy: >-\n      default-src 'self';\n      script-src {{ .Values.cdn }}\n";
        let mut tree = Tree::default();
        tree.add(File::new("k/headers.yaml", text.as_bytes()));
        let ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  annotations:\n    traefik.ingress.kubernetes.io/router.middlewares: web-a@kubernetescrd\n";
        tree.add(File::new("k/ingress.yaml", ingress.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        let header = &scanned.responses[0].headers[0];
        assert_eq!(header.state, State::Sent);
        assert_eq!(
            header.value.value(),
            "default-src 'self'; script-src dynamic.invalid"
        );
        assert_eq!(text.get(header.value.place(20..30)), Some("script-src"));
    }
}
