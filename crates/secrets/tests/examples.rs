//! Every rule finds its own examples, and what it must not find it does not.

use lockgate_secrets::{Input, Rule, Rules, Scanner, rule};
use std::path::Path;

/// The rules as they are written, with their examples.
fn written(folder: &Path) -> Vec<Rule> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(written(&path));
        } else if path.extension().is_some_and(|end| end == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            all.extend(rule::parse(&text).unwrap_or_else(|e| panic!("{}: {e:?}", path.display())));
        }
    }
    all
}

fn found(scanner: &Scanner<'_>, text: &str, id: &str) -> bool {
    let input = Input {
        path: "rule.txt",
        bytes: text.as_bytes(),
    };
    let hits = scanner.scan(&input).hits;
    hits.iter()
        .flat_map(|hit| [hit.rule].into_iter().chain(hit.also.iter().copied()))
        .any(|rule| scanner.rules().all()[rule].id == id)
}

#[test]
fn every_rule_is_held_to_its_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let rules = Rules::new(written(&folder)).unwrap();
    let scanner = Scanner::new(&rules).unwrap();
    let mut wrong = Vec::new();
    for rule in scanner.rules().all() {
        if rule.matches.is_empty() {
            wrong.push(format!("{} has no example", rule.id));
        }
        for (index, text) in rule.matches.iter().enumerate() {
            if !found(&scanner, text, &rule.id) {
                wrong.push(format!("{} misses its match {index}", rule.id));
            }
        }
        for (index, text) in rule.rejects.iter().enumerate() {
            if found(&scanner, text, &rule.id) {
                wrong.push(format!("{} finds its reject {index}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_shipped_rules_are_those_that_are_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut rules = written(&folder);
    for rule in &mut rules {
        rule.matches.clear();
        rule.rejects.clear();
    }
    assert!(Rules::new(rules).unwrap().all() == Rules::shipped().all());
}

#[test]
fn no_shipped_rule_is_searched_from_end_to_end() {
    let engine = lockgate_secrets::engine::Engine::new(Rules::shipped()).unwrap();
    let ids = engine.searched_everywhere().iter();
    let ids: Vec<&str> = ids
        .map(|&rule| Rules::shipped().all()[rule].id.as_str())
        .collect();
    assert!(ids.is_empty(), "nothing is in every match of {ids:?}");
}
