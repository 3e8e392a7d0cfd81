//! Every rule finds its own examples, and what it must not find it does not.

use lockgate_secrets::{Input, Rules, Scanner};

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
    let scanner = Scanner::new(Rules::shipped()).unwrap();
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
