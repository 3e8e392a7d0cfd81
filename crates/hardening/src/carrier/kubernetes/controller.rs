//! Settings of the controllers: the ConfigMap of ingress-nginx and of nginx.org, and `config` of their charts
//! (<https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/>).

use super::walk::Walk;
use crate::check::Raised;
use crate::message::quoted;
use crate::response::Header;
use crate::text::Text;
use crate::words::tls;
use crate::yaml::Node;

const HSTS: &str = "strict-transport-security";

/// Looks at the settings of a map, if it is one of a controller: `above` names it.
pub(super) fn of(walk: &mut Walk<'_>, node: &Node, above: &str, out: &mut Vec<Header>) {
    if !matches!(above, "data" | "config" | "entries") {
        return;
    }
    protocols(walk, node);
    ciphers(walk, node);
    if let Some((_, value)) = node.entry("server-tokens")
        && value.truth() == Some(true)
    {
        let message = "Every answer tells nginx's version (`server-tokens`).";
        let place = value.place.clone();
        let raised = Raised::new("LG-NGX-308", walk.path(), place, message);
        walk.found
            .raised
            .push(raised.better("server-tokens: \"false\""));
    }
    transport(walk, node, out);
}

fn protocols(walk: &mut Walk<'_>, node: &Node) {
    let Some((_, value)) = node.entry("ssl-protocols") else {
        return;
    };
    let names = value.text().unwrap_or_default().split([' ', ',']);
    let old: Vec<&str> = names.filter(|name| tls::is_old(name)).collect();
    if !old.is_empty() {
        let message = format!(
            "{} can be broken; browsers have given up on it.",
            quoted(&old.join(" "))
        );
        let raised = Raised::new("LG-NGX-201", walk.path(), value.place.clone(), message);
        let better = "ssl-protocols: \"TLSv1.2 TLSv1.3\"";
        walk.found.raised.push(raised.better(better));
    }
}

fn ciphers(walk: &mut Walk<'_>, node: &Node) {
    let Some((_, value)) = node.entry("ssl-ciphers") else {
        return;
    };
    if let Some(weak) = tls::weak_cipher(value.text().unwrap_or_default()) {
        let message = format!("{} is a weak cipher.", quoted(&weak));
        let raised = Raised::new("LG-NGX-203", walk.path(), value.place.clone(), message);
        walk.found.raised.push(raised);
    }
}

/// Strict-Transport-Security, which ingress-nginx sends unless it is told not to.
fn transport(walk: &mut Walk<'_>, node: &Node, out: &mut Vec<Header>) {
    if let Some((key, value)) = node.entry("hsts")
        && value.truth() == Some(false)
    {
        // Some switch it off and send one of their own.
        let own = walk.names_hsts();
        if !own {
            let message = "The controller sends no Strict-Transport-Security.";
            let place = key.place.start..value.place.end.max(key.place.start);
            let raised = Raised::new("LG-HDR-101", walk.path(), place, message);
            walk.found.raised.push(raised.better("hsts: \"true\""));
        }
        return;
    }
    let Some((key, value)) = node.entry("hsts-max-age") else {
        return;
    };
    let Some(age) = walk.text(value) else {
        return;
    };
    let mut text = Text::default();
    text.push("max-age=", value.place.start..value.place.start);
    for part in age.segments() {
        let said = age.value().get(part.value.clone()).unwrap_or_default();
        match part.dynamic {
            true => text.push_dynamic(said, part.file.clone()),
            false => text.push(said, part.file.clone()),
        }
    }
    let truth = |name: &str| node.get(name).and_then(|node| node.truth());
    let end = value.place.end..value.place.end;
    if truth("hsts-include-subdomains") != Some(false) {
        text.push("; includeSubDomains", end.clone());
    }
    if truth("hsts-preload") == Some(true) {
        text.push("; preload", end);
    }
    out.push(walk.header(HSTS, key.place.clone(), text));
}
