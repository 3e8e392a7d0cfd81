//! What a service may do to the host.

use super::About;
use super::model::Service;
use crate::check::Found;
use crate::rule::Severity;
use crate::words::secret::quoted;

/// Capabilities that are as good as the host itself.
const CAPABILITIES: &[&str] = &["ALL", "SYS_ADMIN", "SYS_PTRACE", "NET_ADMIN", "SYS_MODULE"];
/// Parts of names of images whose work is the network or the host.
const NETWORK: &[&str] = &[
    "wireguard",
    "wg-easy",
    "vpn",
    "gluetun",
    "tailscale",
    "netbird",
    "zerotier",
    "suricata",
    "snort",
    "netfilter",
    "crowdsec",
    "fail2ban",
    "pihole",
    "keepalived",
    "dnsmasq",
];
const HOST: &[&str] = &[
    "node-exporter",
    "node_exporter",
    "cadvisor",
    "netdata",
    "datadog",
    "agent",
];

pub(super) fn look(about: &About<'_>, service: &Service, found: &mut Found) {
    let kind = service.kind();
    let name = &service.name;
    let is_one_of = |parts: &[&str]| {
        let named = |part: &&str| kind.contains(*part) || name.contains(*part);
        parts.iter().any(named)
    };
    if let Some((_, node)) = service.node.entry("privileged")
        && node.truth() == Some(true)
    {
        let message = format!(
            "{}: `privileged: true` gives the container all of the host.",
            quoted(name)
        );
        let raised = about.raise("LG-CMP-101", node.place.clone(), message);
        found.raised.push(raised.better("cap_drop: [ALL]"));
    }
    for mount in service.mounts() {
        if !mount.source.ends_with("/docker.sock") && !mount.source.ends_with("/podman.sock") {
            continue;
        }
        let is_meant = is_one_of(&["traefik", "socket-proxy", "socketproxy"]) || name == "proxy";
        let how = match mount.read_only {
            true => "read-only, which does not keep it from starting containers",
            false => "writable",
        };
        let message = format!(
            "{}: the Docker socket is mounted ({how}); who is in the container owns the host.",
            quoted(name)
        );
        let raised = about.raise("LG-CMP-102", mount.place, message);
        found.raised.push(match mount.read_only && is_meant {
            true => raised.at(Severity::Low),
            false => raised,
        });
    }
    for key in ["network_mode", "pid"] {
        if let Some((_, node)) = service.node.entry(key)
            && node.text() == Some("host")
        {
            let message = format!(
                "{}: `{key}: host` takes away what separates it from the host.",
                quoted(name)
            );
            let raised = about.raise("LG-CMP-103", node.place.clone(), message);
            found
                .raised
                .push(match is_one_of(HOST) || is_one_of(NETWORK) {
                    true => raised.at(Severity::Low),
                    false => raised,
                });
        }
    }
    for word in service.texts("cap_add") {
        let upper = word.text.to_ascii_uppercase();
        let capability = upper.strip_prefix("CAP_").unwrap_or(&upper);
        if !CAPABILITIES.contains(&capability) {
            continue;
        }
        let message = format!(
            "{}: the capability {capability} reaches the host.",
            quoted(name)
        );
        let raised = about.raise("LG-CMP-104", word.place, message);
        found.raised.push(match is_one_of(NETWORK) {
            true => raised.at(Severity::Low),
            false => raised,
        });
    }
    for word in service.texts("security_opt") {
        let compact: String = word.text.chars().filter(|c| !c.is_whitespace()).collect();
        let off = [
            "seccomp:unconfined",
            "seccomp=unconfined",
            "apparmor:unconfined",
            "apparmor=unconfined",
        ];
        if off.contains(&compact.to_ascii_lowercase().as_str()) {
            let message = format!(
                "{}: {} switches a filter of the kernel off.",
                quoted(name),
                quoted(&compact)
            );
            found
                .raised
                .push(about.raise("LG-CMP-105", word.place, message));
        }
    }
}
