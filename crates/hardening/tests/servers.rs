//! Servers' files, as the servers read them.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

use lockgate_hardening::{File, Options, Response, Scanned, State, Tree, scan};

fn look(files: &[(&str, &str)]) -> Scanned {
    let mut tree = Tree::default();
    for (path, text) in files {
        tree.add(File::new(*path, text.as_bytes()));
    }
    scan(&tree, &Options::default())
}

/// What a scope sends: names and values, and the states of what is not sent.
fn sends(scanned: &Scanned, scope: &str) -> Vec<String> {
    let here = |response: &&Response| response.scope == scope;
    let response = scanned.responses.iter().find(here);
    let all = || scanned.responses.iter().map(|response| &response.scope);
    let response = response.unwrap_or_else(|| panic!("{scope}: {:?}", all().collect::<Vec<_>>()));
    let told = response.headers.iter().map(|header| match header.state {
        State::Sent => format!("{}: {}", header.name, header.value.value()),
        state => format!("{}: {state:?}", header.name),
    });
    told.collect()
}

/// What is found, but for what is said of the text of policies.
fn rules(scanned: &Scanned) -> Vec<(&'static str, u32)> {
    let text = ["LG-CSP-1", "LG-CSP-2", "LG-CSP-3"];
    let of_text = |rule: &str| text.iter().any(|start| rule.starts_with(start));
    let findings = scanned.findings.iter();
    let findings = findings.filter(|one| !of_text(one.rule.0));
    findings.map(|one| (one.rule.0, one.start.line)).collect()
}

#[test]
fn nginx_hands_headers_down_to_blocks_without_their_own() {
    let text = "
http {
    add_header X-Frame-Options DENY always;
    server {
        location /a { proxy_pass http://a; }
        location /b { proxy_pass http://b; add_header X-B 1; }
        location /c {
            proxy_pass http://c;
            if ($x) { add_header X-C 1; }
        }
    }
}";
    let scanned = look(&[("nginx.conf", text)]);
    assert_eq!(
        sends(&scanned, "http > server > location /a"),
        ["x-frame-options: DENY"]
    );
    assert_eq!(
        sends(&scanned, "http > server > location /b"),
        ["x-frame-options: Lost", "x-b: 1"]
    );
    assert_eq!(
        sends(&scanned, "http > server > location /c > if ($x)"),
        ["x-frame-options: Lost", "x-c: 1"]
    );
    let lost: Vec<_> = rules(&scanned)
        .into_iter()
        .filter(|(rule, _)| *rule == "LG-NGX-101")
        .collect();
    assert_eq!(lost, [("LG-NGX-101", 6), ("LG-NGX-101", 9)]);
}

#[test]
fn nginx_on_both_ports_answers_in_the_clear_unless_it_redirects() {
    let with = |lines: &str| {
        let text = format!(
            "server {{\n listen 80; listen 443 ssl;\n root /srv/www;\n \
             add_header Strict-Transport-Security \"max-age=31536000\" always;\n {lines} }}"
        );
        let scanned = look(&[("nginx/shop.conf", &text)]);
        rules(&scanned).contains(&("LG-NGX-202", 1))
    };
    assert!(with("location / { try_files $uri /index.html; }"));
    assert!(!with(
        "if ($scheme = http) { return 301 https://$host$request_uri; }"
    ));
    assert!(!with(
        "if ($https = \"\") { return 301 https://$host$request_uri; }"
    ));
}

#[test]
fn nginx_merges_when_it_is_told_to() {
    let text = "
server {
    add_header_inherit merge;
    add_header X-Frame-Options DENY always;
    add_header X-Content-Type-Options nosniff always;
    location / { proxy_pass http://a; add_header X-A 1; }
}";
    let scanned = look(&[("nginx.conf", text)]);
    assert_eq!(
        sends(&scanned, "server > location /"),
        [
            "x-frame-options: DENY",
            "x-content-type-options: nosniff",
            "x-a: 1"
        ]
    );
    assert_eq!(rules(&scanned), []);
}

#[test]
fn nginx_reads_what_it_includes_once_and_in_its_place() {
    let main = "
http {
    include snippets/headers.conf;
    include /etc/nginx/conf.d/*.conf;
}";
    let headers = "add_header Strict-Transport-Security \"max-age=31536000\" always;
add_header X-Content-Type-Options nosniff always;";
    let site = "server { listen 443 ssl; location / { proxy_pass http://a; } }";
    let scanned = look(&[
        ("nginx/nginx.conf", main),
        ("nginx/snippets/headers.conf", headers),
        ("nginx/conf.d/site.conf", site),
    ]);
    assert_eq!(
        sends(&scanned, "http > server > location /"),
        [
            "strict-transport-security: max-age=31536000",
            "x-content-type-options: nosniff"
        ]
    );
    let header = &scanned.responses[0].headers[0];
    assert_eq!(
        header.value.other_file(),
        Some("nginx/snippets/headers.conf")
    );
    assert_eq!(rules(&scanned), []);
}

#[test]
fn nginx_without_servers_still_says_what_it_sets() {
    let text = "http { add_header Content-Security-Policy \"default-src 'self'\" always; include sites/*; }";
    let scanned = look(&[("nginx.conf", text)]);
    assert_eq!(
        sends(&scanned, "http"),
        ["content-security-policy: default-src 'self'"]
    );
}

#[test]
fn nginx_puts_policies_together() {
    let text = r#"
map $uri $by_path {
    default "default-src 'self'";
    ~^/old "default-src 'self' https:";
    ~^/none "";
}
server {
    set $csp "default-src 'self';";
    set $csp "${csp} img-src https://$host";
    location /a { proxy_pass http://a; add_header Content-Security-Policy $csp always; }
    location /b { proxy_pass http://b; add_header Content-Security-Policy $by_path always; }
    location /c { proxy_pass http://c; add_header Content-Security-Policy $unknown always; }
    location /d { proxy_pass http://d; more_set_headers "Content-Security-Policy: default-src 'none'"; }
}"#;
    let scanned = look(&[("nginx.conf", text)]);
    assert_eq!(
        sends(&scanned, "server > location /a"),
        ["content-security-policy: default-src 'self'; img-src https://dynamic.invalid"]
    );
    assert_eq!(
        sends(&scanned, "server > location /b (~^/old)"),
        ["content-security-policy: default-src 'self' https:"]
    );
    assert_eq!(
        sends(&scanned, "server > location /c"),
        ["content-security-policy: Undecidable"]
    );
    assert_eq!(
        sends(&scanned, "server > location /d"),
        ["content-security-policy: default-src 'none'"]
    );
}

#[test]
fn nginx_is_read_inside_of_other_files() {
    let ingress = "
metadata:
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
      more_set_headers \"X-Frame-Options: ALLOWALL\";
spec: {}
";
    let map = "
data:
  default.conf: |
    server {
      listen 8080;
      add_header X-Frame-Options DENY always;
      add_header X-Content-Type-Options nosniff always;
      location / { proxy_pass http://a; add_header X-A 1; }
    }
  other: x
";
    let script = "#!/bin/sh
cat > /etc/nginx/conf.d/default.conf <<EOF
server { listen 8080; location /files { alias /srv/files/; } }
EOF
";
    let scanned = look(&[
        ("k8s/ingress.yaml", ingress),
        ("k8s/map.yaml", map),
        ("run.sh", script),
    ]);
    let found: Vec<_> = scanned
        .findings
        .iter()
        .map(|one| (one.path.as_str(), one.start.line, one.rule.0))
        .collect();
    assert_eq!(
        found,
        [
            ("k8s/ingress.yaml", 5, "LG-HDR-103"),
            ("k8s/map.yaml", 8, "LG-NGX-101"),
            ("run.sh", 3, "LG-NGX-302"),
        ]
    );
}

#[test]
fn apache_sets_and_takes_away() {
    let text = r#"
<VirtualHost *:443>
    DocumentRoot /srv/www
    Header always set Strict-Transport-Security "max-age=31536000"
    Header always set X-Content-Type-Options nosniff
    Header onsuccess unset Content-Security-Policy
    <IfModule mod_headers.c>
        Header always set Content-Security-Policy "default-src 'self'; \
            img-src https:"
    </IfModule>
    <FilesMatch "\.(png|css)$">
        Header always unset Content-Security-Policy
    </FilesMatch>
    # Header set X-Note 1
</VirtualHost>
"#;
    let scanned = look(&[("apache/site.conf", text)]);
    let all = sends(&scanned, "VirtualHost *:443");
    assert_eq!(all[0], "strict-transport-security: max-age=31536000");
    assert_eq!(all[2], "content-security-policy: Removed");
    assert!(
        all[3].starts_with("content-security-policy: default-src 'self';"),
        "{all:?}"
    );
    let images = sends(&scanned, r"VirtualHost *:443 > FilesMatch \.(png|css)$");
    assert_eq!(
        images
            .iter()
            .filter(|one| one.ends_with("policy: Removed"))
            .count(),
        2
    );
    assert_eq!(rules(&scanned), []);
}

#[test]
fn apache_without_hsts_or_with_old_protocols() {
    let text =
        "<VirtualHost *:443>\nSSLProtocol all -SSLv3\nProxyPass / http://a/\n</VirtualHost>\n";
    let scanned = look(&[("apache/site.conf", text)]);
    assert_eq!(rules(&scanned), [("LG-HDR-101", 1), ("LG-NGX-201", 2)]);
}

#[test]
fn caddy_sets_for_all_and_for_some() {
    let text = r#"
(common) {
    header X-Content-Type-Options nosniff
}
shop.example.com {
    import common
    header {
        Strict-Transport-Security "max-age=31536000"
        ?Content-Security-Policy "default-src 'self'"
        -Server
    }
    header /embed/* Content-Security-Policy "frame-ancestors *"
    reverse_proxy shop:3000 {
        header_down -X-Powered-By
    }
}
plain.example.com {
    reverse_proxy plain:3000
}
"#;
    let scanned = look(&[("Caddyfile", text)]);
    assert_eq!(
        sends(&scanned, "shop.example.com"),
        [
            "x-content-type-options: nosniff",
            "strict-transport-security: max-age=31536000",
            "content-security-policy: default-src 'self'",
            "server: Removed"
        ]
    );
    let some = sends(&scanned, "shop.example.com /embed/*");
    assert_eq!(
        some.last().unwrap(),
        "content-security-policy: frame-ancestors *"
    );
    assert_eq!(rules(&scanned), [("LG-HDR-101", 17)]);
}

#[test]
fn haproxy_sets_in_frontends_and_backends() {
    let text = r#"
frontend web
    bind :443 ssl crt /etc/ssl/shop.pem ssl-min-ver TLSv1.0
    http-response set-header X-Frame-Options DENY
    http-response set-header Content-Security-Policy "default-src 'self'"
    rspadd X-Content-Type-Options:\ nosniff
    default_backend shop
backend shop
    server one 10.0.0.1:80
"#;
    let scanned = look(&[("haproxy/haproxy.cfg", text)]);
    assert_eq!(
        sends(&scanned, "frontend web"),
        [
            "x-frame-options: DENY",
            "content-security-policy: default-src 'self'",
            "x-content-type-options: nosniff"
        ]
    );
    assert_eq!(rules(&scanned), [("LG-HDR-101", 2), ("LG-NGX-201", 3)]);
}

#[test]
fn hosting_services_name_paths() {
    let vercel = r#"{"headers": [
        {"source": "/(.*)", "headers": [{"key": "X-Frame-Options", "value": "ALLOWALL"}]}
    ]}"#;
    let netlify =
        "[[headers]]\nfor = \"/*\"\n[headers.values]\nX-Frame-Options = \"\"\"ALLOWALL\"\"\"\n";
    let azure =
        r#"{"globalHeaders": {"Content-Security-Policy": "", "X-Frame-Options": "ALLOWALL"}}"#;
    let firebase = r#"{"hosting": [{"headers": [{"source": "**", "headers": [
        {"key": "X-Frame-Options", "value": "ALLOWALL"}]}]}]}"#;
    for (path, text, line) in [
        ("vercel.json", vercel, 2),
        ("netlify.toml", netlify, 4),
        ("staticwebapp.config.json", azure, 1),
        ("firebase.json", firebase, 2),
        ("public/_headers", "/*\n  X-Frame-Options: ALLOWALL\n", 2),
    ] {
        let scanned = look(&[(path, text)]);
        let found = rules(&scanned);
        assert!(found.contains(&("LG-HDR-103", line)), "{path}: {found:?}");
    }
}

#[test]
fn what_cannot_be_read_is_told() {
    for (path, text) in [
        ("nginx.conf", "server {"),
        ("Caddyfile", "a {\n"),
        ("netlify.toml", "[["),
        ("vercel.json", "{"),
    ] {
        let scanned = look(&[(path, text)]);
        assert_eq!(scanned.gaps.len(), 1, "{path}");
        assert!(!scanned.gaps[0].template, "{path}");
    }
    let text = "server { {% if a %} {";
    assert!(look(&[("nginx.conf.j2", text)]).gaps[0].template);
    assert!(!look(&[("nginx.conf", text)]).gaps[0].template);
}

#[test]
fn any_bytes_end() {
    let parts = [
        "server {",
        "}",
        "location / {",
        "\"",
        "'",
        "\\",
        "#",
        "$",
        "${",
        "{{",
        "{%",
        ";",
        "\n",
        "<a>",
        "</a>",
        "@x",
        "(",
        "Header set A \"",
        "/*\n  a: b",
        "[[headers]]",
        "{\"headers\":[",
        "\u{e9}",
        "\0",
        "include x;",
    ];
    // A fixed sequence of numbers (a linear congruential generator).
    let mut seed = 7_u64;
    let mut next = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap()
    };
    let paths = [
        "nginx.conf",
        "Caddyfile",
        ".htaccess",
        "haproxy.cfg",
        "_headers",
        "netlify.toml",
        "vercel.json",
    ];
    for _ in 0..2000 {
        let text: String = (0..next() % 30)
            .map(|_| parts[next() % parts.len()])
            .collect();
        for path in paths {
            look(&[(path, &text)]);
        }
    }
}

#[test]
fn more_set_headers_replaces_what_was_set_before() {
    let text = "server {\n  more_set_headers 'Content-Security-Policy: img-src a.example';\n  more_set_headers 'Content-Security-Policy: img-src b.example';\n  location /x { more_set_headers 'Content-Security-Policy: img-src c.example'; }\n}\n";
    let mut tree = Tree::default();
    tree.add(File::new("nginx/nginx.conf", text.as_bytes()));
    let responses = scan(&tree, &Options::default()).responses;
    let headers = responses.iter().flat_map(|response| &response.headers);
    let values: Vec<&str> = headers.map(|header| header.value.value()).collect();
    assert_eq!(values, ["img-src b.example", "img-src c.example"]);
}
