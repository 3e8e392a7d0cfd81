//! Real files, with the policies and the weaknesses that somebody has read out of them.
//!
//! `LOCKGATE_CARRIERS` names a folder that holds `carriers.tsv` and the files of its first column;
//! `LOCKGATE_KINDS`, when set, the kinds to measure. Run with `--ignored --nocapture`.

#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test reads files, tells what it measured, and may fail"
)]

use lockgate_hardening::{File, Options, Rules, Severity, State, Tree, scan};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What several files of a repository decide together cannot be measured on one of them.
const WHOLE: [&str; 2] = ["LG-CSP-406", "LG-CSP-411"];
/// What is said of the text of policies; the table names little of it.
const TEXT: [&str; 3] = ["LG-CSP-1", "LG-CSP-2", "LG-CSP-3"];

/// Hygiene is one note for each file, where the table has one a service.
fn is_hygiene(rule: &str) -> bool {
    Rules::shipped().get(rule).is_some_and(|rule| rule.hygiene)
}

#[derive(Default)]
struct Count {
    files: usize,
    policies: [usize; 3],
    findings: [usize; 3],
}

fn lines(text: &str) -> impl Fn(usize) -> u64 {
    move |at| {
        1 + text.as_bytes()[..at]
            .iter()
            .filter(|b| **b == b'\n')
            .count() as u64
    }
}

/// Policies are the same when their words are: what is only known at run time has a stand-in.
fn words(policy: &str) -> String {
    let words: Vec<&str> = policy.split_ascii_whitespace().collect();
    words.join(" ").trim_end_matches([';', ' ']).to_owned()
}

fn compare<T: Ord + std::fmt::Debug>(
    name: &str,
    count: &mut [usize; 3],
    expected: &BTreeSet<T>,
    found: &BTreeSet<T>,
) {
    count[0] += expected.intersection(found).count();
    for one in expected.difference(found) {
        count[1] += 1;
        println!("{name}: missing {one:?}");
    }
    for one in found.difference(expected) {
        count[2] += 1;
        println!("{name}: more {one:?}");
    }
}

#[test]
#[ignore = "needs the files: LOCKGATE_CARRIERS"]
fn real_files_say_what_somebody_has_read_in_them() {
    let folder = std::env::var("LOCKGATE_CARRIERS").unwrap();
    let folder = Path::new(&folder);
    let kinds = std::env::var("LOCKGATE_KINDS").unwrap_or_default();
    let table = std::fs::read_to_string(folder.join("carriers.tsv")).unwrap();
    let mut counts: BTreeMap<(String, String), Count> = BTreeMap::new();
    for row in table.lines().skip(1) {
        // The table's cells with quotes in them are written as CSV writes them.
        let cells: Vec<String> = row.split('\t').map(unquoted).collect();
        let (name, kind, path, checked) = (&cells[0], &cells[1], &cells[3], &cells[6]);
        let wanted = kinds.is_empty() || kinds.split(',').any(|one| one == kind);
        let Some(bytes) = std::fs::read(folder.join(name)).ok().filter(|_| wanted) else {
            continue;
        };
        let file = File::new(path.as_str(), &bytes);
        let text = file.text().to_owned();
        let line = lines(&text);
        let mut tree = Tree::default();
        tree.add(file);
        let scanned = scan(&tree, &Options::default());
        for gap in &scanned.gaps {
            println!("{name}: {gap:?}");
        }
        let count = counts.entry((kind.clone(), checked.clone())).or_default();
        count.files += 1;
        let policies: Vec<serde_json::Value> = serde_json::from_str(&cells[9]).unwrap();
        let expected: BTreeSet<(u64, String)> = policies
            .iter()
            .map(|one| (one["line"].as_u64().unwrap(), one))
            .map(
                |(line, one)| match one["dynamic"].as_array().unwrap().is_empty() {
                    true => (line, words(one["policy"].as_str().unwrap())),
                    false => (line, String::new()),
                },
            )
            .collect();
        let dynamic: BTreeSet<u64> = expected
            .iter()
            .filter(|(_, policy)| policy.is_empty())
            .map(|(line, _)| *line)
            .collect();
        let found = scanned
            .responses
            .iter()
            .flat_map(|response| &response.headers)
            .filter(|header| header.name.starts_with("content-security-policy"))
            .filter(|header| header.state == State::Sent)
            .map(|header| {
                // The table names the line of the value or that of what sets it.
                let value = (line(header.value.file().start), words(header.value.value()));
                let setter = (line(header.place.start), value.1.clone());
                if dynamic.contains(&value.0) {
                    (value.0, String::new())
                } else if dynamic.contains(&setter.0) {
                    (setter.0, String::new())
                } else if expected.contains(&setter) {
                    setter
                } else {
                    value
                }
            })
            .collect();
        compare(name, &mut count.policies, &expected, &found);
        let findings: Vec<serde_json::Value> = serde_json::from_str(&cells[10]).unwrap();
        let expected: BTreeSet<(u64, String)> = findings
            .iter()
            .map(|one| (one["line"].as_u64().unwrap(), one["rule"].as_str().unwrap()))
            // What other tools say is taken from their reports.
            .filter(|(_, rule)| rule.starts_with("LG-"))
            .map(|(line, rule)| match is_hygiene(rule) {
                true => (0, "hygiene".to_owned()),
                false => (line, rule.to_owned()),
            })
            .collect();
        let found = scanned
            .findings
            .iter()
            .filter(|one| !WHOLE.contains(&one.rule.0))
            .map(|one| {
                let line = match one.place.is_empty() {
                    true => 0,
                    false => u64::from(one.start.line),
                };
                match is_hygiene(one.rule.0) {
                    true => (0, "hygiene".to_owned(), one.severity),
                    false => (line, one.rule.0.to_owned(), one.severity),
                }
            })
            .filter(|(line, rule, _)| {
                let of_text = TEXT.iter().any(|start| rule.starts_with(start));
                !of_text || expected.contains(&(*line, rule.clone()))
            })
            // A note that nobody has written down is no false alarm.
            .filter(|(line, rule, severity)| {
                *severity > Severity::Info || expected.contains(&(*line, rule.clone()))
            })
            .map(|(line, rule, _)| (line, rule))
            .collect();
        compare(name, &mut count.findings, &expected, &found);
    }
    // Nothing expected is nothing missed.
    let percent = |part: usize, of: usize| match of {
        0 => 100.0,
        of => 100.0 * part as f64 / of as f64,
    };
    let mut sums = [0; 6];
    for ((kind, checked), count) in &counts {
        let [same, missing, more] = count.policies;
        let [right, lost, false_alarms] = count.findings;
        println!(
            "{kind} ({checked}): {} files; policies {same}, missing {missing}, more {more}; findings {right}, \
             missing {lost}, more {false_alarms}",
            count.files
        );
        for (sum, one) in sums
            .iter_mut()
            .zip(count.policies.iter().chain(&count.findings))
        {
            *sum += usize::from(checked == "y") * one;
        }
    }
    let [same, missing, more, right, lost, false_alarms] = sums;
    println!(
        "checked by hand: policies found {:.1} %, right {:.1} %; findings found {:.1} %, right {:.1} %",
        percent(same, same + missing),
        percent(same, same + more),
        percent(right, right + lost),
        percent(right, right + false_alarms)
    );
    let reached = [
        ("policies", same, same + missing, 98.0),
        ("policies that are right", same, same + more, 98.0),
        ("recall", right, right + lost, 95.0),
        ("precision", right, right + false_alarms, 95.0),
    ];
    for (what, part, of, goal) in reached {
        assert!(percent(part, of) >= goal, "{what}: {part} of {of}");
    }
    assert!(!counts.is_empty());
}

/// A cell of the table.
fn unquoted(cell: &str) -> String {
    match cell
        .strip_prefix('"')
        .and_then(|cell| cell.strip_suffix('"'))
    {
        Some(inside) => inside.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}
