//! How a finding is mended: the line that is proposed is one of the file that it stands in.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail by panicking"
)]

use lockgate_hardening::{File, Options, Tree, scan};
use std::collections::BTreeSet;

/// What is proposed in place of the first finding of a rule in a file.
fn better(path: &str, text: &str, rule: &str) -> Option<String> {
    let mut tree = Tree::default();
    tree.add(File::new(path, text.as_bytes()));
    let options = Options {
        wanted: BTreeSet::from([rule.to_owned()]),
        ..Options::default()
    };
    let findings = scan(&tree, &options).findings;
    let found = findings.into_iter().find(|one| one.rule.0 == rule);
    found
        .unwrap_or_else(|| panic!("{rule} is not found in {path}"))
        .better
}

#[test]
fn a_line_is_proposed_in_the_form_of_its_file() {
    let compose = |line: &str| format!("services:\n  a:\n    image: traefik:v3\n{line}\n");
    let cases = [
        (
            "docker-compose.yml",
            compose("    command: [\"--api.insecure=true\"]"),
            "LG-TRF-101",
            "--api.insecure=false",
        ),
        (
            "docker-compose.yml",
            compose("    environment: { TRAEFIK_API_INSECURE: \"true\" }"),
            "LG-TRF-101",
            "TRAEFIK_API_INSECURE: \"false\"",
        ),
        (
            "traefik.yml",
            "api:\n  insecure: true\n".to_owned(),
            "LG-TRF-101",
            "insecure: false",
        ),
        (
            "traefik.toml",
            "[api]\ninsecure = true\n".to_owned(),
            "LG-TRF-101",
            "insecure = false",
        ),
        (
            "traefik/routes.yml",
            "http:\n  routers:\n    board:\n      service: api@internal\n".to_owned(),
            "LG-TRF-102",
            "middlewares: [auth]",
        ),
        (
            "docker-compose.yml",
            compose("    labels: [traefik.http.routers.board.service=api@internal]"),
            "LG-TRF-102",
            "traefik.http.routers.board.middlewares=auth",
        ),
        (
            "docker-compose.yml",
            compose("    environment: { DATABASE_URL: \"postgres://app:${PW:-x1y2}@db/app\" }"),
            "LG-CMP-142",
            "DATABASE_URL: postgres://app:${PW:?set PW}@db/app",
        ),
        (
            "docker-compose.yml",
            compose("    environment: { DATABASE_URL: \"postgres://app:x1y2@db/app\" }"),
            "LG-CMP-141",
            "DATABASE_URL: postgres://app:${DATABASE_PASSWORD:?set DATABASE_PASSWORD}@db/app",
        ),
        (
            "nginx.conf",
            "server { listen 80; add_header X-Frame-Options ALLOWALL always; }".to_owned(),
            "LG-HDR-103",
            "add_header X-Frame-Options \"SAMEORIGIN\" always;",
        ),
        (
            "Dockerfile",
            "FROM scratch\n// the pages\nCOPY a b\n".to_owned(),
            "LG-DKR-101",
            "# the pages",
        ),
        (
            "web/key.ts",
            "const token = Math.random(); localStorage.setItem('a', token);".to_owned(),
            "LG-NODE-162",
            "crypto.getRandomValues(new Uint8Array(32))",
        ),
    ];
    for (path, text, rule, wanted) in cases {
        assert_eq!(better(path, &text, rule).as_deref(), Some(wanted), "{path}");
    }
}

#[test]
fn that_there_is_no_address_for_weaknesses_is_told_of_what_everybody_sees_first() {
    let mut tree = Tree::default();
    for path in [".env.production", "app/Dockerfile", "Dockerfile"] {
        tree.add(File::new(path, b"FROM scratch\n"));
    }
    let options = Options {
        wanted: BTreeSet::from(["LG-OPS-104".to_owned()]),
        ..Options::default()
    };
    let findings = scan(&tree, &options).findings;
    let found = findings.iter().find(|one| one.rule.0 == "LG-OPS-104");
    assert_eq!(found.unwrap().path, "Dockerfile");
}
