//! `redis.conf`: a directive and its words on each line
//! (<https://redis.io/docs/latest/operate/oss_and_stack/management/config/>).

use super::split;
use crate::check::{Found, Kind, Look, Raised};
use crate::words::secret::quoted;
use std::ops::Range;

/// Files of Redis.
pub(crate) const KIND: Kind = Kind {
    name: "Redis configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains(".conf") {
        return false;
    }
    let (folders, name) = split(&lower);
    let named = name.starts_with("redis") || name.starts_with("valkey");
    let folder = folders.rsplit('/').next().unwrap_or_default();
    name.ends_with(".conf") && (named || matches!(folder, "redis" | "valkey"))
}

struct Directive<'t> {
    name: String,
    rest: &'t str,
    place: Range<usize>,
}

fn directives(text: &str) -> Vec<Directive<'_>> {
    let mut all = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let (name, rest) = trimmed
            .split_once(char::is_whitespace)
            .unwrap_or((trimmed, ""));
        all.push(Directive {
            name: name.to_ascii_lowercase(),
            rest: rest.trim(),
            place: start..start + trimmed.len(),
        });
    }
    all
}

/// Directives that only Redis has: files of others are called like it.
const OURS: &[&str] = &[
    "protected-mode",
    "requirepass",
    "appendonly",
    "maxmemory",
    "maxmemory-policy",
    "save",
    "rename-command",
    "tcp-keepalive",
    "appendfsync",
    "dbfilename",
    "aclfile",
    "databases",
    "masterauth",
    "replicaof",
];
const DANGEROUS: &[&str] = &["flushall", "config", "debug"];

fn look(look: &Look<'_>, found: &mut Found) {
    let all = directives(look.file.text());
    if !all.iter().any(|one| OURS.contains(&one.name.as_str())) {
        return;
    }
    let path = &look.file.path;
    let last = |name: &str| all.iter().rev().find(|one| one.name == name);
    // The users of an include or an access list are not known here.
    let access_list = last("aclfile").is_some() || last("user").is_some();
    let elsewhere = last("include").is_some();
    let asks = access_list
        || last("requirepass").is_some_and(|one| !one.rest.trim_matches('"').is_empty());
    let bind = last("bind");
    let address = |word: &str| word.trim_start_matches('-').to_owned();
    let addresses: Vec<String> = bind.map_or(Vec::new(), |one| {
        one.rest.split_ascii_whitespace().map(address).collect()
    });
    let loopback = |address: &String| {
        address.starts_with("127.") || address == "::1" || address == "localhost"
    };
    let local = !addresses.is_empty() && addresses.iter().all(loopback);
    let open = addresses
        .iter()
        .any(|address| matches!(address.as_str(), "0.0.0.0" | "*" | "::"));
    let unprotected = last("protected-mode").filter(|one| one.rest.eq_ignore_ascii_case("no"));
    let reason = unprotected.or(bind.filter(|_| open));
    if let Some(reason) = reason.filter(|_| !asks && !local && !elsewhere) {
        let line = format!("{} {}", reason.name, reason.rest);
        let message = format!(
            "Redis answers everybody: {} and no password.",
            quoted(&line)
        );
        let raised = Raised::new("LG-SVC-102", path, reason.place.clone(), message);
        found
            .raised
            .push(raised.better("aclfile /run/secrets/redis-users.acl"));
    }
    let renamed = |command: &&&str| {
        all.iter().any(|one| {
            let first = one.rest.split_ascii_whitespace().next().unwrap_or_default();
            one.name == "rename-command" && first.eq_ignore_ascii_case(command)
        })
    };
    let open: Vec<String> = DANGEROUS
        .iter()
        .filter(|command| !renamed(command))
        .map(|command| command.to_ascii_uppercase())
        .collect();
    if !open.is_empty() && !access_list && !elsewhere {
        let message = format!("Every client may use {}.", open.join(", "));
        found
            .raised
            .push(Raised::new("LG-SVC-101", path, 0..0, message));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_redis() {
        assert!(fits("docker/redis/redis.conf") && fits("redis-prod.conf"));
        assert!(!fits("dovecot/syslog-ng-redis_slave.conf"));
        assert!(!fits("rspamd/local.d/history_redis.conf"));
    }
}
