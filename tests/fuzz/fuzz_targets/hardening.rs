//! Any bytes are files of any kind: they are looked at, and what is found stands inside of them. Parts are
//! between marks; the first byte of each says what it is called.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_hardening::{File, Options, Rules, Tree, scan};

/// One name or more for each kind of file. The order matters only for what is kept of earlier runs.
const NAMES: [&str; 40] = [
    "nginx.conf",
    "nginx/default.conf.template",
    ".htaccess",
    "Caddyfile",
    "haproxy.cfg",
    "public/_headers",
    "netlify.toml",
    "vercel.json",
    "firebase.json",
    "staticwebapp.config.json",
    "docker-compose.yml",
    "compose.prod.yml",
    "traefik.yml",
    "traefik/dynamic.toml",
    "Dockerfile",
    ".env",
    ".gitignore",
    "redis.conf",
    "my.cnf",
    "opensearch.yml",
    ".github/workflows/ci.yml",
    "package.json",
    "prisma/schema.prisma",
    "scripts/backup.sh",
    "shop/settings.py",
    "app/main.py",
    "requirements.txt",
    "src/server.js",
    "src/app.ts",
    "next.config.mjs",
    "public/index.html",
    "src-tauri/tauri.conf.json",
    "manifest.json",
    "config/initializers/content_security_policy.rb",
    "public/index.php",
    "src/main/java/SecurityConfig.java",
    "Startup.cs",
    "main.go",
    "web.config",
    "k8s/ingress.yaml",
];

fuzz_target!(|bytes: &[u8]| {
    let mut tree = Tree::default();
    // Files between marks, so that what one says of another is met as well.
    for (index, part) in bytes.split(|byte| *byte == 1).take(4).enumerate() {
        let Some((first, rest)) = part.split_first() else {
            continue;
        };
        let name = NAMES[(usize::from(*first) + index) % NAMES.len()];
        tree.add(File::new(name, rest));
    }
    let scanned = scan(&tree, &Options::default());
    for finding in &scanned.findings {
        let text = tree.file(&finding.path).map_or("", File::text);
        assert!(text.get(finding.place.clone()).is_some(), "{finding:?}");
        assert!(finding.start <= finding.end, "{finding:?}");
        assert!(Rules::shipped().get(finding.rule.0).is_some());
    }
});
