//! All settings as names and values, wherever they stand.

use super::kubernetes as resources;
use crate::File;
use crate::carrier::kubernetes::{self, Documents};
use crate::check::compose::model::{Compose, Port, Service, Setting};
use crate::role::Role;
use crate::text::Text;
use crate::words::variable;
use crate::yaml::{self, Node, Value};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Settings of a file, at most; a file with more was made for that.
pub(super) const MOST: usize = 20_000;
/// Tables in one another, at most.
const DEEPEST: usize = 32;

/// A setting.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// In lower case, parts with `.`: `api.insecure`, `http.routers.shop.rule`.
    pub(super) name: String,
    /// As it is written, without the quotes of the format.
    pub(super) value: String,
    /// Where the value begins in the file, when it stands there as it is.
    pub(super) value_at: Option<usize>,
    /// The bytes that name it.
    pub(super) place: Range<usize>,
    /// The value with the places of its words, where these are not those of `value_at`.
    pub(super) written: Option<Text>,
}

impl Entry {
    /// Whether it is switched on: flags are by being there.
    pub(super) fn is_on(&self) -> bool {
        let value = variable::resolve(&self.value);
        matches!(
            value.trim().to_ascii_lowercase().as_str(),
            "" | "true" | "1"
        )
    }

    pub(super) fn is_off(&self) -> bool {
        let value = variable::resolve(&self.value);
        matches!(value.trim().to_ascii_lowercase().as_str(), "false" | "0")
    }
}

/// Where settings come from.
pub(super) struct Source<'t> {
    pub(super) file: &'t File,
    pub(super) role: Role,
    /// A file of Traefik's own, not a service that starts it.
    pub(super) is_file: bool,
    /// Flags, variables, or the file: what it is started with.
    pub(super) entries: Vec<Entry>,
    /// Labels of all services, or the file: what it routes.
    pub(super) dynamic: Vec<Entry>,
    /// Ports of the host that lead to Traefik.
    pub(super) published: Vec<String>,
    /// Whether anybody reaches it by this file alone; a base file may leave ports to another one.
    pub(super) reached: bool,
    /// Something in the file takes TLS off before Traefik.
    pub(super) tls_upstream: bool,
}

impl<'t> Source<'t> {
    pub(super) fn file(file: &'t File, role: Role, entries: Vec<Entry>) -> Self {
        let (dynamic, entries) = entries
            .into_iter()
            .partition(|entry| entry.name.starts_with("http."));
        Self {
            file,
            role,
            is_file: true,
            entries,
            dynamic,
            published: Vec::new(),
            reached: true,
            tls_upstream: false,
        }
    }
}

/// The text of a scalar with the places of its words, where it does not stand in the file as it is, or
/// something is filled into it.
fn spread(node: &Node, documents: &Documents) -> Option<Text> {
    let filled = node.text_at().is_none() || !documents.filled.is_empty();
    filled
        .then(|| yaml::written(node, &documents.source, &documents.filled))
        .flatten()
}

/// The settings of a file of Traefik's own.
pub(super) fn of_file(file: &File) -> Result<Vec<Entry>, &'static str> {
    let mut entries = Vec::new();
    let text = file.text();
    if file.path.to_ascii_lowercase().contains(".toml") {
        let table = DeTable::parse(text).map_err(|_| "is not well-formed TOML")?;
        toml_table(table.get_ref(), "", 0, &mut entries);
        return whole(entries);
    }
    let documents = kubernetes::documents(text).map_err(|reason| reason.0)?;
    for document in &documents.nodes {
        if !resources::resource(document, &documents, &mut entries) {
            yaml_node(document, "", &(0..0), &documents, &mut entries);
        }
    }
    // Of a workload of Kubernetes only the interface is told.
    let flags: Vec<Entry> = entries.iter().filter_map(resources::argument).collect();
    entries.extend(flags);
    whole(entries)
}

/// Refuses what was only read in part.
fn whole(entries: Vec<Entry>) -> Result<Vec<Entry>, &'static str> {
    match entries.len() < MOST {
        true => Ok(entries),
        false => Err("has too many settings"),
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    let key = key.to_ascii_lowercase();
    match path {
        "" => key,
        path => format!("{path}.{key}"),
    }
}

pub(super) fn yaml_node(
    node: &Node,
    path: &str,
    place: &Range<usize>,
    documents: &Documents,
    entries: &mut Vec<Entry>,
) {
    if entries.len() >= MOST {
        return;
    }
    match &node.value {
        Value::Map(map) => {
            // `docker: {}` switches a provider on.
            entries.push(bare(path, place));
            for (key, value) in map {
                yaml_node(
                    value,
                    &join(path, &key.text),
                    &key.place,
                    documents,
                    entries,
                );
            }
        }
        Value::List(items) => {
            entries.push(bare(path, place));
            for item in items {
                let place = match item.text() {
                    Some(_) => item.place.clone(),
                    None => place.clone(),
                };
                yaml_node(item, path, &place, documents, entries);
            }
        }
        Value::Scalar { text, .. } => entries.push(Entry {
            name: path.to_owned(),
            value: text.clone(),
            value_at: node.text_at(),
            place: place.clone(),
            written: spread(node, documents),
        }),
    }
}

pub(super) fn bare(path: &str, place: &Range<usize>) -> Entry {
    Entry {
        name: path.to_owned(),
        value: String::new(),
        value_at: None,
        place: place.clone(),
        written: None,
    }
}

fn toml_table(table: &DeTable<'_>, path: &str, depth: usize, entries: &mut Vec<Entry>) {
    for (key, value) in table {
        toml_value(
            value,
            &join(path, key.get_ref()),
            &key.span(),
            depth + 1,
            entries,
        );
    }
}

fn toml_value(
    value: &toml::Spanned<DeValue<'_>>,
    path: &str,
    place: &Range<usize>,
    depth: usize,
    entries: &mut Vec<Entry>,
) {
    if depth > DEEPEST || entries.len() >= MOST {
        return;
    }
    let text = match value.get_ref() {
        DeValue::Table(table) => {
            entries.push(bare(path, place));
            return toml_table(table, path, depth, entries);
        }
        DeValue::Array(items) => {
            entries.push(bare(path, place));
            for item in items.iter() {
                toml_value(item, path, place, depth + 1, entries);
            }
            return;
        }
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(truth) => truth.to_string(),
        _ => String::new(),
    };
    let span = value.span();
    let value_at = match span.len().checked_sub(text.len()) {
        Some(0) => Some(span.start),
        Some(2) => Some(span.start + 1),
        _ => None,
    };
    entries.push(Entry {
        name: path.to_owned(),
        value: text,
        value_at,
        place: place.clone(),
        written: None,
    });
}

/// The settings that a file of Compose gives to Traefik: of its own service, and by the labels of all.
pub(super) fn of_compose(file: &File, role: Role) -> Vec<Source<'_>> {
    let documents = yaml::parse(file.text()).unwrap_or_default();
    let composes = documents.iter().filter_map(Compose::of);
    composes
        .map(|compose| of_services(file, role, &compose))
        .collect()
}

fn of_services<'t>(file: &'t File, role: Role, compose: &Compose) -> Source<'t> {
    let mut source = Source {
        file,
        role,
        is_file: false,
        entries: Vec::new(),
        dynamic: Vec::new(),
        published: Vec::new(),
        reached: false,
        tls_upstream: false,
    };
    for service in &compose.services {
        if service.kind().contains("cloudflared") {
            source.tls_upstream = true;
        }
        if is_traefik(service) {
            source.entries.extend(started_with(service));
            let host = |port: Port| match port.published.is_empty() {
                true => port.target.to_string(),
                false => variable::resolve(&port.published),
            };
            source
                .published
                .extend(service.ports().into_iter().map(host));
            source.reached |= !source.published.is_empty()
                || service.node.text_of("network_mode") == Some("host");
        }
        let labels = service.labels().into_iter().chain(deploy_labels(service));
        source.dynamic.extend(labels.filter_map(label));
    }
    source
}

/// Swarm reads the labels of `deploy`.
fn deploy_labels(service: &Service) -> Vec<Setting> {
    let Some(deploy) = service.node.get("deploy") else {
        return Vec::new();
    };
    let inner = Service {
        name: service.name.clone(),
        place: service.place.clone(),
        node: deploy.clone(),
    };
    inner.labels()
}

fn label(one: Setting) -> Option<Entry> {
    let lower = one.name.to_ascii_lowercase();
    Some(Entry {
        name: lower.strip_prefix("traefik.")?.to_owned(),
        value: one.value.unwrap_or_default(),
        value_at: one.value_at,
        place: one.place,
        written: None,
    })
}

fn is_traefik(service: &Service) -> bool {
    let started = service.started();
    service.kind() == "traefik"
        || started.contains("--providers.docker")
        || started.contains("--entrypoints.")
        || started.contains("--api.insecure")
}

fn started_with(service: &Service) -> Vec<Entry> {
    let words = ["entrypoint", "command"].map(|key| service.words(key));
    let flags = words.into_iter().flatten().filter_map(|word| {
        let flag = word.text.strip_prefix("--")?;
        let (name, value) = flag.split_once('=').unwrap_or((flag, ""));
        let at = word.place.start + word.text.len() - value.len();
        Some(Entry {
            name: name.to_ascii_lowercase(),
            value: value.to_owned(),
            value_at: (word.place.len() == word.text.len()).then_some(at),
            place: word.place,
            written: None,
        })
    });
    let variables = service.environment().into_iter().filter_map(|one| {
        let name = one.name.strip_prefix("TRAEFIK_")?;
        Some(Entry {
            name: name.to_ascii_lowercase().replace('_', "."),
            value: one.value.unwrap_or_default(),
            value_at: one.value_at,
            place: one.place,
            written: None,
        })
    });
    flags.chain(variables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<(String, String)> {
        let entries = of_file(&File::new(path, text.as_bytes())).unwrap();
        let full = entries.into_iter().filter(|entry| !entry.value.is_empty());
        full.map(|entry| (entry.name, entry.value)).collect()
    }

    #[test]
    fn files_of_all_formats_say_the_same() {
        let expected = [("api.insecure".to_owned(), "true".to_owned())];
        assert_eq!(told("traefik.yml", "api:\n  insecure: true\n"), expected);
        assert_eq!(told("traefik.toml", "[api]\ninsecure = true\n"), expected);
    }

    #[test]
    fn kubernetes_has_arguments_and_middlewares() {
        let text = "spec:\n  containers:\n    - args:\n        - --api.insecure\n";
        let entries = of_file(&File::new("k8s/traefik.yml", text.as_bytes())).unwrap();
        let found = entries
            .iter()
            .find(|entry| entry.name == "api.insecure")
            .unwrap();
        assert!(found.is_on());
        let text =
            "kind: Middleware\nmetadata: {name: Safe}\nspec:\n  headers:\n    frameDeny: true\n";
        let expected = (
            "http.middlewares.safe.headers.framedeny".to_owned(),
            "true".to_owned(),
        );
        assert_eq!(told("k8s/traefik.yml", text), [expected]);
    }
}
