//! What a service opens to everybody who reaches the host.

use super::About;
use super::model::{Port, Service};
use crate::check::Found;
use crate::words::secret::quoted;

/// Ports of stores and brokers, by what listens in the container.
const STORES: &[(u16, &str)] = &[
    (5432, "PostgreSQL"),
    (3306, "MySQL"),
    (33060, "MySQL"),
    (6379, "Redis"),
    (27017, "MongoDB"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (11211, "memcached"),
    (5672, "RabbitMQ"),
    (15672, "RabbitMQ management"),
    (1433, "SQL Server"),
    (1521, "Oracle"),
    (5984, "CouchDB"),
    (9042, "Cassandra"),
    (8086, "InfluxDB"),
    (7687, "Neo4j"),
    (2379, "etcd"),
    (2181, "ZooKeeper"),
    (9092, "Kafka"),
    (5601, "Kibana"),
    (2375, "Docker"),
];
/// Ports that applications use as well: the image or the service must be called like this.
const BY_NAME: &[(u16, &str)] = &[
    (9090, "prometheus"),
    (9000, "clickhouse"),
    (8123, "clickhouse"),
    (9093, "alertmanager"),
    (7700, "meilisearch"),
    (6333, "qdrant"),
    (9001, "minio"),
];
/// Interfaces for administrators, by the image's name.
const ADMIN: &[&str] = &[
    "adminer",
    "phpmyadmin",
    "pgadmin4",
    "pgadmin",
    "mongo-express",
    "flower",
    "portainer",
    "portainer-ce",
    "redis-commander",
    "redisinsight",
    "pgweb",
    "cloudbeaver",
    "sqlpad",
    "dozzle",
    "phpredisadmin",
    "phppgadmin",
    "dbgate",
    "rockmongo",
];
/// Catchers of mail: meant for developers, so that only production counts.
const MAIL: &[&str] = &["mailhog", "mailpit", "mailcatcher", "maildev"];
const PROXIES: &[&str] = &["nginx", "traefik", "caddy", "haproxy", "envoy"];

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    let kind = service.kind();
    let ports: Vec<Port> = service.ports().into_iter().filter(Port::is_open).collect();
    let flower = is_flower(service);
    let protected = flower && has_login(service);
    let admin = ADMIN.contains(&kind.as_str())
        || ADMIN.contains(&service.name.as_str())
        || flower
        || MAIL.contains(&kind.as_str()) && about.is_production(service);
    for port in &ports {
        let name = quoted(&service.name);
        if admin {
            if !protected && port.target != 1025 {
                let message = format!(
                    "{name}: an interface for administrators is open to everybody on port {}.",
                    port.target
                );
                let raised = about.raise("LG-CMP-112", port.place.clone(), message);
                found
                    .raised
                    .push(about.eased(service, raised.better(local(port))));
            }
            continue;
        }
        if let Some(store) = store(port.target, &kind, &service.name) {
            let message = format!(
                "{name}: the port {} of {store} is published on all interfaces.",
                port.target
            );
            let raised = about.raise("LG-CMP-111", port.place.clone(), message);
            found
                .raised
                .push(about.eased(service, raised.better(local(port))));
        }
    }
    if flower && !has_login(service) && service.node.get("profiles").is_none() {
        let message = format!(
            "{}: Flower starts with everything else and asks nobody for a password.",
            quoted(&service.name)
        );
        let raised = about.raise("LG-CMP-113", service.place.clone(), message);
        found
            .raised
            .push(raised.better("profiles: [\"monitoring\"]"));
    }
    past_the_proxy(about, service, &ports, found);
}

fn store(port: u16, kind: &str, name: &str) -> Option<&'static str> {
    let certain = STORES.iter().find(|(number, _)| *number == port);
    let by_name = BY_NAME
        .iter()
        .find(|(number, word)| *number == port && (kind.contains(word) || name.contains(word)));
    certain.or(by_name).map(|(_, store)| *store)
}

/// The port as only the host itself reaches it.
fn local(port: &Port) -> String {
    let published = match port.published.is_empty() {
        true => port.target.to_string(),
        false => port.published.clone(),
    };
    format!("\"127.0.0.1:{published}:{}\"", port.target)
}

fn is_flower(service: &Service) -> bool {
    let started = service.started();
    let words: Vec<&str> = started.split([' ', ',']).collect();
    service.kind() == "flower" || words.contains(&"flower") && started.contains("celery")
}

fn has_login(service: &Service) -> bool {
    let started = service.started();
    let flags = [
        "--basic-auth",
        "--basic_auth",
        "--auth=",
        "--auth_provider",
        "--oauth2",
    ];
    let variables = ["FLOWER_BASIC_AUTH", "FLOWER_AUTH", "FLOWER_OAUTH2_KEY"];
    flags.iter().any(|flag| started.contains(flag))
        || variables
            .iter()
            .any(|name| service.environment().iter().any(|one| one.name == *name))
}

/// An application that can be reached beside the proxy that is to protect it.
fn past_the_proxy(about: &About<'_>, service: &Service, ports: &[Port], found: &mut Found) {
    let is_proxy = |one: &Service| {
        let kind = one.kind();
        PROXIES
            .iter()
            .any(|name| kind.contains(name) || one.name.contains(name))
            || one.name == "proxy"
    };
    if !service.is_built() || is_proxy(service) || !about.is_production(service) {
        return;
    }
    let in_front = about.compose.services.iter().find(|one| {
        let opens = |port: &Port| matches!(port.target, 80 | 443 | 8080 | 8443) && port.is_open();
        is_proxy(one) && one.ports().iter().any(opens)
    });
    let Some(proxy) = in_front else {
        return;
    };
    let apps = [3000, 3001, 4000, 5000, 8000, 8001, 8080, 8081, 8888, 9000];
    for port in ports.iter().filter(|port| apps.contains(&port.target)) {
        let message = format!(
            "{}: port {} is reached past {}, with none of the proxy's headers, limits and TLS.",
            quoted(&service.name),
            port.target,
            quoted(&proxy.name)
        );
        let raised = about.raise("LG-CMP-114", port.place.clone(), message);
        let raised = raised.related(
            &about.look.file.path,
            proxy.place.clone(),
            "the proxy in front",
        );
        found
            .raised
            .push(raised.better(format!("expose: [\"{}\"]", port.target)));
    }
}
