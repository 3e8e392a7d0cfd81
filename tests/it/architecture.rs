//! The house rules: who may use whom, where I/O happens, how foreign text gets out.

use crate::program::repository;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Module → the modules that it may use. Everything may use `model`.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("bundle", &[]),
    ("escape", &[]),
    ("event", &[]),
    ("sticky", &[]),
    ("github", &["sticky"]),
    ("version", &[]),
    ("scan", &[]),
    ("baseline", &[]),
    ("ingest", &["version"]),
    ("alerts", &["ingest"]),
    ("invoke", &[]),
    ("manifest", &[]),
    ("locate", &["manifest", "version"]),
    ("merge", &["version"]),
    ("origin", &["version"]),
    ("policy", &["version"]),
    ("import", &["escape", "policy"]),
    ("suppress", &["import", "manifest", "origin"]),
    ("waive", &["escape", "import", "policy"]),
    ("workflows", &["manifest", "suppress"]),
    (
        "assess",
        &["baseline", "merge", "origin", "policy", "version"],
    ),
    ("canary", &["assess", "ingest", "policy"]),
    ("report", &["baseline", "escape"]),
    ("tracking", &["escape", "report"]),
    ("shard", &["bundle"]),
    ("upload", &["escape", "report"]),
    ("explain", &["bundle", "escape", "policy", "report", "scan"]),
    (
        "trial",
        &["assess", "escape", "explain", "policy", "report"],
    ),
    (
        "simulate",
        &["assess", "bundle", "canary", "escape", "policy", "report"],
    ),
    ("error", &[]),
    ("cli", &[]),
    ("edge", &["error", "event", "github", "invoke", "scan"]),
    (
        "app",
        &[
            "alerts",
            "assess",
            "baseline",
            "bundle",
            "canary",
            "cli",
            "edge",
            "error",
            "escape",
            "event",
            "explain",
            "github",
            "import",
            "ingest",
            "invoke",
            "locate",
            "manifest",
            "merge",
            "origin",
            "policy",
            "report",
            "scan",
            "shard",
            "simulate",
            "sticky",
            "suppress",
            "tracking",
            "trial",
            "upload",
            "waive",
            "workflows",
        ],
    ),
];

const LONGEST: usize = 450;

/// The crate that searches bytes for secrets.
const SECRETS: &str = "crates/secrets/src";
/// The crates of our own scanners.
const PURE: [&str; 3] = [SECRETS, "crates/csp/src", "crates/hardening/src"];

fn sources() -> BTreeMap<PathBuf, String> {
    sources_of("src")
}

fn sources_of(root: &str) -> BTreeMap<PathBuf, String> {
    fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.insert(path, text);
            }
        }
    }
    let mut found = BTreeMap::new();
    walk(&repository().join(root), &mut found);
    found
}

/// True for a file that is a module of tests: `#[cfg(test)] mod NAME;` beside or above it.
fn is_test(path: &Path) -> bool {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let folder = path.parent().unwrap();
    let above = folder.with_extension("rs");
    [folder.join("mod.rs"), folder.join("lib.rs"), above]
        .iter()
        .filter_map(|parent| std::fs::read_to_string(parent).ok())
        .any(|text| text.contains(&format!("#[cfg(test)]\nmod {name};")))
}

fn module(path: &Path) -> String {
    let inside = path.strip_prefix(repository().join("src")).unwrap();
    inside
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The part of a file that is not its tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests").next().unwrap()
}

/// The same without comments.
fn code(text: &str) -> String {
    let lines = without_tests(text).lines();
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// The modules that a file names by `crate::…`, also in lists: `use crate::{escape, ingest}`.
fn uses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let code = code(text);
    for part in code.split("crate::").skip(1) {
        let names: Vec<&str> = match part.strip_prefix('{') {
            Some(list) => {
                // Only the first component of each entry; nested lists belong to it.
                let mut depth = 0;
                let end = list
                    .find(|c| {
                        match c {
                            '{' => depth += 1,
                            '}' if depth == 0 => return true,
                            '}' => depth -= 1,
                            _ => {}
                        }
                        false
                    })
                    .unwrap();
                list[..end].split(',').collect()
            }
            None => vec![part],
        };
        for name in names {
            let name = name.trim();
            let end = name
                .find(|c: char| !(c.is_alphanumeric() || c == '_'))
                .unwrap_or(name.len());
            found.push(name[..end].to_owned());
        }
    }
    found
}

#[test]
fn modules_use_only_what_the_design_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let module = module(&path);
        if module == "lib" || module == "main" {
            continue;
        }
        let may = allowed
            .get(module.as_str())
            .unwrap_or_else(|| panic!("{module} is not in the table"));
        for used in uses(&text) {
            let known = allowed.contains_key(used.as_str());
            if known && used != module && used != "model" && !may.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_table_itself_has_no_circle() {
    // Each module only uses modules that stand above it.
    for (index, (module, uses)) in ALLOWED.iter().enumerate() {
        for used in *uses {
            let at = ALLOWED.iter().position(|(name, _)| name == used).unwrap();
            assert!(at < index, "{module} uses {used}");
        }
    }
}

/// `raw` is for comparing and parsing. A renderer that calls it would print foreign text unescaped.
#[test]
fn renderers_never_touch_raw_text() {
    for (path, text) in sources() {
        if module(&path) == "report" {
            let code = code(&text);
            assert!(
                !code.contains(".raw()") && !code.contains("Foreign"),
                "{}",
                path.display()
            );
        }
    }
}

/// The lint bans I/O everywhere; the one exception is the edge.
#[test]
fn only_the_edge_is_exempt_from_the_io_lint() {
    for (path, text) in sources() {
        let exempt = text.contains("clippy::disallowed_methods") && text.contains("#![allow");
        let edge = path.ends_with("src/edge/mod.rs");
        assert_eq!(exempt, edge, "{}", path.display());
    }
}

/// Bytes in, findings out: our own scanners open, ask and print nothing, and are exempt from no lint.
#[test]
fn the_scanners_are_pure_and_never_panic() {
    let banned = [
        "std::fs",
        "std::io",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "println!",
        "print!(",
        "dbg!(",
        "unsafe",
        "panic!(",
        ".unwrap()",
        ".expect(",
        "todo!(",
    ];
    for (path, text) in PURE.iter().flat_map(|folder| sources_of(folder)) {
        if is_test(&path) {
            continue;
        }
        let plain = code(&text);
        // A keyword of policies; the lint forbids the other thing everywhere.
        let policies = !path.starts_with(repository().join(SECRETS));
        for word in banned
            .into_iter()
            .filter(|word| *word != "unsafe" || !policies)
        {
            let found = plain.lines().find(|line| line.contains(word));
            assert!(found.is_none(), "{}: {word}", path.display());
        }
        assert!(
            !plain.contains("#![allow("),
            "{} is exempt from lints",
            path.display()
        );
    }
    let hit = std::fs::read_to_string(repository().join(SECRETS).join("hit.rs")).unwrap();
    let (derives, _) = hit.split_once("pub struct Secret").unwrap();
    let derives = derives.lines().last().unwrap();
    assert!(derives.starts_with("#[derive("), "{derives}");
    for word in ["Debug", "Serialize"] {
        assert!(
            !derives.contains(word),
            "a secret can be printed: {derives}"
        );
    }
}

#[test]
fn the_base_names_no_scanner() {
    for (path, text) in sources() {
        if ["model", "merge", "assess"].contains(&module(&path).as_str()) {
            let code = code(&text);
            for scanner in ["bandit", "trivy", "pip-audit", "npm-audit"] {
                assert!(
                    !code.contains(scanner),
                    "{} names {scanner}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn files_stay_small() {
    for (path, text) in sources()
        .into_iter()
        .chain(PURE.iter().flat_map(|folder| sources_of(folder)))
    {
        if is_test(&path) {
            continue;
        }
        let lines = without_tests(&text).lines().count();
        assert!(lines <= LONGEST, "{}: {lines} lines", path.display());
    }
}

/// Every input of the action reaches the program, and every output that the action promises is one
/// that the program writes.
#[test]
fn the_action_and_the_program_agree() {
    let action = std::fs::read_to_string(repository().join("action.yml")).unwrap();
    let written: String = sources().into_values().collect();
    let scripts = ["action/install.sh", "action/run.sh"]
        .map(|path| std::fs::read_to_string(repository().join(path)).unwrap())
        .concat();
    for line in action
        .lines()
        .map(str::trim)
        .filter(|l| l.starts_with("LOCKGATE_"))
    {
        let name = line.split(':').next().unwrap();
        assert!(
            written.contains(&format!("\"{name}\"")) || scripts.contains(name),
            "{name} is read by nobody"
        );
    }
    for line in action
        .lines()
        .filter(|l| l.contains("steps.check.outputs."))
    {
        let name = line
            .split("steps.check.outputs.")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap();
        assert!(
            written.contains(&format!("(\"{name}\"")),
            "{name} is written by nobody"
        );
    }
}
