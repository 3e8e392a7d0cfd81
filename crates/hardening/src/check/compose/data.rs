//! Stores and brokers that let everybody in.

use super::About;
use super::model::{Port, Service};
use crate::check::Found;
use crate::check::env::traces_go_to;
use crate::words::secret::quoted;
use crate::words::variable;

/// Settings of images that switch the question for a password off, and the value that does.
const OPEN: &[(&str, &[&str])] = &[
    ("POSTGRES_HOST_AUTH_METHOD", &["trust"]),
    ("MYSQL_ALLOW_EMPTY_PASSWORD", &["yes", "true", "1"]),
    ("MARIADB_ALLOW_EMPTY_ROOT_PASSWORD", &["yes", "true", "1"]),
    ("ALLOW_EMPTY_PASSWORD", &["yes", "true", "1"]),
    ("ALLOW_ANONYMOUS_LOGIN", &["yes", "true", "1"]),
    ("NEO4J_AUTH", &["none"]),
];
const UNGUARDED: &[(&str, &str)] = &[
    ("xpack.security.enabled", "false"),
    ("plugins.security.disabled", "true"),
    ("DISABLE_SECURITY_PLUGIN", "true"),
];

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    let name = quoted(&service.name);
    for one in service.environment() {
        let value = variable::resolve(one.value.as_deref().unwrap_or_default());
        let lower = value.trim().to_ascii_lowercase();
        let open = OPEN
            .iter()
            .find(|(key, values)| *key == one.name && values.contains(&lower.as_str()));
        if let Some((key, _)) = open {
            let message = format!("{name}: `{key}={lower}` lets everybody in without a password.");
            let raised = about.raise("LG-CMP-122", one.place.clone(), message);
            found.raised.push(about.eased(service, raised));
        }
        if UNGUARDED.contains(&(one.name.as_str(), lower.as_str())) {
            let message = format!(
                "{name}: `{}={lower}` switches users, roles and TLS off.",
                one.name
            );
            let raised = about.raise("LG-CMP-123", one.place.clone(), message);
            found.raised.push(about.eased(service, raised));
        }
        if let Some(host) = traces_go_to(&one.name, &value) {
            let message = format!("{name}: traces go to {} unencrypted.", quoted(host));
            found
                .raised
                .push(about.raise("LG-ENV-108", one.place.clone(), message));
        }
        let guest = one.name == "RABBITMQ_DEFAULT_PASS" && lower == "guest"
            || lower.contains("://guest:guest@");
        if guest {
            let message = format!(
                "{name}: the broker is entered as `guest` with the password that everybody knows."
            );
            found
                .raised
                .push(about.raise("LG-CMP-125", one.place, message));
        }
    }
    redis(about, service, found);
    for word in service.words("command") {
        let flag = word.text.to_ascii_lowercase().replace('_', "-");
        if matches!(
            flag.as_str(),
            "--local-infile" | "--local-infile=1" | "--local-infile=on"
        ) {
            let message =
                format!("{name}: clients may have the server read files (`local_infile`).");
            found
                .raised
                .push(about.raise("LG-SVC-111", word.place, message));
        } else if flag == "--skip-grant-tables" {
            let message = format!("{name}: `--skip-grant-tables` lets everybody in as root.");
            found
                .raised
                .push(about.raise("LG-SVC-112", word.place, message));
        }
    }
}

fn redis(about: &About<'_>, service: &Service, found: &mut Found) {
    let kind = service.kind();
    let is_redis = [
        "redis",
        "valkey",
        "keydb",
        "redis-stack",
        "redis-stack-server",
    ]
    .contains(&kind.as_str());
    let open = service.ports().into_iter().find(Port::is_open);
    let (true, Some(port)) = (is_redis && !service.is_overlay(), open) else {
        return;
    };
    let started = service.started();
    // A file of settings may hold the password.
    let guarded =
        started.contains("requirepass") || started.contains("aclfile") || started.contains(".conf");
    let variables = [
        "REDIS_PASSWORD",
        "REDIS_ARGS",
        "VALKEY_PASSWORD",
        "VALKEY_EXTRA_FLAGS",
        "REDIS_PASSWORD_FILE",
    ];
    let in_environment = service
        .environment()
        .iter()
        .any(|one| variables.contains(&one.name.as_str()));
    if !guarded && !in_environment && service.node.get("env_file").is_none() {
        let message = format!(
            "{}: Redis is published and asks for no password.",
            quoted(&service.name)
        );
        let raised = about.raise("LG-CMP-124", service.place.clone(), message);
        let raised = raised.related(&about.look.file.path, port.place, "published here");
        found
            .raised
            .push(raised.better("command: redis-server --requirepass ${REDIS_PASSWORD:?set it}"));
    }
}
