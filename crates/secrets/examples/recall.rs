//! How much of a file of labelled cases is found, for each source of cases, beside the peers.
//!
//! ```text
//! cargo run --release -p lockgate-secrets --example recall -- CASES.jsonl
//!     [--rules FOLDER]   these rules instead of the shipped ones; files are read anew each time
//!     [--source NAME]    only cases of this source
//!     [--provider TEXT]  only cases whose provider holds this text
//!     [--misses]         print the positive cases that no rule with a provider finds; GUESSED when
//!                        one without does
//!     [--flagged]        print the negative cases that such a rule finds, and which
//! ```
//!
//! A case counts as found when a rule that knows its provider fits anywhere in it, as in the
//! measurement that the peers' figures come from. Nothing is printed but cases that are public.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use lockgate_secrets::{Input, Rules, Scanner, rule};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
struct Case {
    id: String,
    source: String,
    provider: String,
    text: String,
    expect: bool,
    path: Option<String>,
    lineages: Option<usize>,
}

#[derive(Default)]
struct Tally {
    positive: usize,
    provider: usize,
    any: usize,
    negative: usize,
    flagged: usize,
    flagged_any: usize,
}

impl Tally {
    fn line(&self, name: &str, peers: &str) {
        let share = |part: usize, all: usize| match all {
            0 => "    -".to_owned(),
            _ => format!("{:5.1}", 100.0 * part as f64 / all as f64),
        };
        println!(
            "{name:<16} {:>5} {} {}   {:>5} {} {}   {peers}",
            self.positive,
            share(self.provider, self.positive),
            share(self.any, self.positive),
            self.negative,
            share(self.flagged, self.negative),
            share(self.flagged_any, self.negative),
        );
    }
}

/// Recall in percent of rules with a provider, as measured with these versions on the whole set (of
/// which this file may be a part): betterleaks 1.4.1, gitleaks 8.26.0, Kingfisher 1.112.0 and 2.14.0,
/// noseyparker 0.25.0-dev, trufflehog 3.60.0. A peer's figure for its own cases has a star.
const PEERS: &[(&str, &str)] = &[
    ("betterleaks", "39.3*   2.8   62.3   75.3*   7.0   14.2"),
    ("credsweeper", "15.0   12.9   20.8   16.1    9.2    4.2"),
    ("detect-secrets", "25.8   24.2   29.0   25.8   19.4   14.5"),
    ("gitleaks", "96.6*  95.3*  57.7   89.5*  19.7   21.2"),
    ("kingfisher", "22.9   17.1   81.2*  25.5*   8.6*  18.0"),
    ("noseyparker", "25.1   21.1   54.7*  27.5   77.7*  18.5"),
    ("secretlint", "45.2   37.1   45.2   43.5   38.7   35.5"),
    ("trufflehog", " 7.8    6.4   22.3   11.8    4.7   69.0*"),
    ("negatives", " 2.8    2.5    5.9    2.8    3.7    4.6"),
];

fn rules(folder: &Path, found: &mut Vec<rule::Rule>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rules(&path, found);
        } else if path.extension().is_some_and(|e| e == "toml") {
            match rule::parse(&std::fs::read_to_string(&path).unwrap()) {
                Ok(more) => found.extend(more),
                Err(errors) => println!("{}: {errors:#?}", path.display()),
            }
        }
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut cases = None;
    let (mut folder, mut source, mut provider) = (None, None, None);
    let (mut misses, mut flagged) = (false, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rules" => folder = args.next(),
            "--source" => source = args.next(),
            "--provider" => provider = args.next(),
            "--misses" => misses = true,
            "--flagged" => flagged = true,
            _ => cases = Some(arg),
        }
    }
    let Some(cases) = cases else {
        println!(
            "usage: recall CASES.jsonl [--rules FOLDER] [--source NAME] [--provider TEXT] [--misses] [--flagged]"
        );
        return;
    };
    let own = folder.map(|folder| {
        let mut all = Vec::new();
        rules(Path::new(&folder), &mut all);
        Rules::new(all).unwrap_or_else(|id| {
            println!("two rules are called {id}");
            Rules::default()
        })
    });
    let scanner = Scanner::new(own.as_ref().unwrap_or_else(|| Rules::shipped())).unwrap();

    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let (mut all, mut three) = (Tally::default(), Tally::default());
    for line in std::fs::read_to_string(cases).unwrap().lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        if source.as_ref().is_some_and(|s| *s != case.source)
            || provider
                .as_ref()
                .is_some_and(|p| !case.provider.contains(p.as_str()))
        {
            continue;
        }
        let path = case.path.as_deref().unwrap_or("case.txt");
        let hits = scanner
            .scan(&Input {
                path,
                bytes: case.text.as_bytes(),
            })
            .hits;
        let known: Vec<&str> = hits
            .iter()
            .flat_map(|hit| [hit.rule].into_iter().chain(hit.also.iter().copied()))
            .map(|rule| &scanner.rules().all()[rule])
            .filter(|rule| !rule.is_generic())
            .map(|rule| rule.id.as_str())
            .collect();
        let mut into = vec![&mut all, tallies.entry(case.source.clone()).or_default()];
        if case.lineages.is_some_and(|count| count >= 3) {
            into.push(&mut three);
        }
        for tally in into {
            if case.expect {
                tally.positive += 1;
                tally.provider += usize::from(!known.is_empty());
                tally.any += usize::from(!hits.is_empty());
            } else {
                tally.negative += 1;
                tally.flagged += usize::from(!known.is_empty());
                tally.flagged_any += usize::from(!hits.is_empty());
            }
        }
        let shown = match (case.expect, known.is_empty()) {
            (true, true) if misses && !hits.is_empty() => "GUESSED",
            (true, true) if misses => "MISS",
            (false, false) if flagged => "FLAGGED",
            _ => continue,
        };
        println!(
            "{shown} {} {} {} {known:?}\n    {:?}",
            case.source, case.provider, case.id, case.text
        );
    }

    println!(
        "\n                 ---- positive ----   ---- negative ----   recall of peers, provider rules"
    );
    println!(
        "source           cases  prov   any   cases  prov   any   betterl gitl   kf1    kf2    nosey  truffle"
    );
    for (name, tally) in &tallies {
        let peers = PEERS
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, figures)| figures);
        tally.line(name, peers);
    }
    let negatives = PEERS
        .iter()
        .find(|(name, _)| *name == "negatives")
        .map_or("", |(_, figures)| figures);
    all.line(
        "all",
        &format!("{negatives}   (negatives of others, flagged)"),
    );
    if three.positive + three.negative > 0 {
        three.line("3+ lineages", "");
    }
}
