//! Every rule with a bad and a good example: `tests/fixtures/RULE-ID/{bad,good}` are whole small repositories,
//! and `expect.txt` beside them says what is found in `bad`, one `path:line RULE` a line.

#![allow(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test reads files and may fail"
)]

use lockgate_hardening::{File, Options, Rules, Scanned, Severity, Tree, looks_at, scan};
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
        match looks_at(&name) {
            true => tree.add(File::new(name, &std::fs::read(&path).unwrap())),
            false => tree.name(name),
        }
    }
}

fn scanned(folder: &Path, rule: &str) -> Scanned {
    let mut tree = Tree::default();
    add(&mut tree, folder, folder);
    // A rule that is off by itself is asked for in its own examples.
    let options = Options {
        wanted: BTreeSet::from([rule.to_owned()]),
        ..Options::default()
    };
    scan(&tree, &options)
}

#[test]
fn every_rule_finds_its_bad_example_and_leaves_the_good_one() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(fixtures()).unwrap() {
        let folder = entry.unwrap().path();
        let rule = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if !rule.starts_with("LG-") {
            continue;
        }
        let text = std::fs::read_to_string(folder.join("expect.txt")).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let expected: BTreeSet<String> = lines.map(str::to_owned).collect();
        // Examples of one area need not be examples of all others.
        let named = expected.iter().filter_map(|line| line.split(' ').nth(1));
        let areas: BTreeSet<&str> = named.chain([rule.as_str()]).map(area).collect();
        let bad = scanned(&folder.join("bad"), &rule);
        let found: BTreeSet<String> = bad
            .findings
            .iter()
            .filter(|one| areas.contains(area(one.rule.0)))
            .map(|one| format!("{}:{} {}", one.path, one.start.line, one.rule.0))
            .collect();
        if !expected.iter().any(|line| line.ends_with(&rule)) {
            wrong.push(format!("{rule}: expect.txt does not name it"));
        }
        for line in expected.difference(&found) {
            wrong.push(format!("{rule}: bad: missing {line}"));
        }
        for line in found.difference(&expected) {
            wrong.push(format!("{rule}: bad: not expected {line}"));
        }
        let good = scanned(&folder.join("good"), &rule);
        for one in good.findings {
            if one.severity > Severity::Info && areas.contains(area(one.rule.0)) {
                let at = format!("{}:{}", one.path, one.start.line);
                wrong.push(format!("{rule}: good: {at} {} {}", one.rule.0, one.message));
            }
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `NGX` of `LG-NGX-101`.
fn area(rule: &str) -> &str {
    rule.split('-').nth(1).unwrap_or_default()
}

#[test]
fn every_rule_has_examples() {
    let has = |rule: &str, part: &str| fixtures().join(rule).join(part).is_dir();
    // What the text of a policy does is tried where policies are read.
    let elsewhere: BTreeSet<&str> = lockgate_csp::rules::all().map(|rule| rule.id.0).collect();
    let ids: Vec<&str> = Rules::shipped()
        .all()
        .map(|rule| rule.id.as_str())
        .filter(|id| has(id, "bad") || !elsewhere.contains(id))
        .collect();
    // An area that has no examples at all has no checks yet.
    let begun: BTreeSet<&str> = ids
        .iter()
        .filter(|id| has(id, "bad"))
        .map(|id| area(id))
        .collect();
    for id in ids.iter().filter(|id| begun.contains(area(id))) {
        assert!(has(id, "bad") && has(id, "good"), "{id}");
    }
}
