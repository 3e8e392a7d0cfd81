//! Every rule raises what its bad example holds, and nothing in its good one.
//!
//! `fixtures/RULE/bad` and `fixtures/RULE/good` are small repositories; `fixtures/RULE/expect.txt` lists all
//! that the bad one raises, a line each: `path:line RULE`.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reads files and may fail"
)]

use lockgate_hardening::{File, Finding, Options, Rules, Severity, Tree, scan};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn add(tree: &mut Tree, root: &Path, folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(tree, root, &path);
            continue;
        }
        let name = path.strip_prefix(root).unwrap().to_str().unwrap();
        let name = name.replace('\\', "/");
        tree.add(File::new(name, &std::fs::read(&path).unwrap()));
    }
}

/// What a small repository raises, with the rule on, should it be off.
fn found(folder: &Path, rule: &str) -> Vec<Finding> {
    let mut tree = Tree::default();
    add(&mut tree, folder, folder);
    let options = Options {
        wanted: [rule.to_owned()].into(),
        ..Options::default()
    };
    let scanned = scan(&tree, &options);
    assert!(scanned.gaps.is_empty(), "{rule}: {:?}", scanned.gaps);
    scanned.findings
}

#[test]
fn every_rule_has_a_bad_and_a_good_example() {
    let missing: Vec<&str> = Rules::shipped()
        .all()
        .map(|rule| rule.id.as_str())
        .filter(|id| {
            let folder = fixtures().join(id);
            let parts = ["bad", "good", "expect.txt"];
            !parts.iter().all(|part| folder.join(part).exists())
        })
        .collect();
    assert!(missing.is_empty(), "without examples: {missing:?}");
}

#[test]
fn bad_examples_raise_what_is_expected() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(fixtures()).unwrap() {
        let folder = entry.unwrap().path();
        let rule = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(folder.join("expect.txt")).unwrap();
        let expected: BTreeSet<String> = text.lines().map(str::to_owned).collect();
        let raised: BTreeSet<String> = found(&folder.join("bad"), &rule)
            .iter()
            .map(|one| format!("{}:{} {}", one.path, one.start.line, one.rule.0))
            .collect();
        if raised != expected {
            let missing: Vec<_> = expected.difference(&raised).collect();
            let more: Vec<_> = raised.difference(&expected).collect();
            wrong.push(format!("{rule}: not raised {missing:?}; not expected {more:?}"));
        }
        if !expected.iter().any(|line| line.ends_with(&rule)) {
            wrong.push(format!("{rule}: its own example does not expect it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_examples_raise_nothing() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(fixtures()).unwrap() {
        let folder = entry.unwrap().path();
        let rule = folder.file_name().unwrap().to_str().unwrap().to_owned();
        for one in found(&folder.join("good"), &rule) {
            if one.severity > Severity::Info || one.rule.0 == rule {
                let line = one.start.line;
                let message = &one.message;
                wrong.push(format!("{rule}: {}:{line} {} {message}", one.path, one.rule.0));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
