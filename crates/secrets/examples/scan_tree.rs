//! Every hit in a folder, one line for each distinct secret: what real code looks like to the rules.
//!
//! ```text
//! cargo run --release -p lockgate-secrets --example scan_tree -- FOLDER
//!     [--rules FOLDER]   these rules instead of the shipped ones
//!     [--rule TEXT]      only rules whose id holds this text
//!     [--count]          only how many distinct secrets each rule finds
//!     [--show]           print the line as it stands: for a public tree, never for one's own
//! ```
//!
//! Without `--show` a secret is printed as its shape: `a` for a lower-case letter, `A` for an upper-case
//! one, `0` for a digit. Distinct means rule and secret: the same secret in ten files is one line, with
//! the number of places.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

use lockgate_secrets::{Confidence, Input, Rules, Scanner, Severity, rule};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

fn rules(folder: &Path, found: &mut Vec<rule::Rule>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rules(&path, found);
        } else if path.extension().is_some_and(|end| end == "toml") {
            match rule::parse(&std::fs::read_to_string(&path).unwrap()) {
                Ok(more) => found.extend(more),
                Err(errors) => println!("{}: {errors:#?}", path.display()),
            }
        }
    }
}

fn shape(secret: &[u8]) -> String {
    let mark = |byte: &u8| match byte {
        b'a'..=b'z' => 'a',
        b'A'..=b'Z' => 'A',
        b'0'..=b'9' => '0',
        b' '..=b'~' => char::from(*byte),
        _ => '?',
    };
    let text: String = secret.iter().take(48).map(mark).collect();
    format!("{text} ({} bytes)", secret.len())
}

fn line(bytes: &[u8], at: usize) -> String {
    let is_end = |byte: &u8| *byte == b'\n';
    let start = bytes[..at]
        .iter()
        .rposition(is_end)
        .map_or(0, |end| end + 1);
    let end = bytes[at..]
        .iter()
        .position(is_end)
        .map_or(bytes.len(), |end| at + end);
    let start = start.max(at.saturating_sub(80));
    String::from_utf8_lossy(&bytes[start..end.min(at + 120)]).into_owned()
}

struct Seen {
    severity: Severity,
    confidence: Confidence,
    places: usize,
    first: String,
    text: String,
}

fn main() {
    let mut args = std::env::args().skip(1);
    let (mut tree, mut folder, mut only) = (None, None, None);
    let (mut show, mut count) = (false, false);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rules" => folder = args.next(),
            "--rule" => only = args.next(),
            "--show" => show = true,
            "--count" => count = true,
            _ => tree = Some(arg),
        }
    }
    let Some(tree) = tree else {
        println!("usage: scan_tree FOLDER [--rules FOLDER] [--rule TEXT] [--count] [--show]");
        return;
    };
    let mut all = Vec::new();
    match &folder {
        Some(folder) => rules(Path::new(folder), &mut all),
        None => all = Rules::shipped().all().to_vec(),
    }
    if let Some(only) = &only {
        all.retain(|rule| rule.id.contains(only.as_str()));
    }
    let all = Rules::new(all).unwrap_or_else(|id| {
        println!("two rules are called {id}");
        Rules::default()
    });
    let scanner = Scanner::new(&all).unwrap();
    let seen: Mutex<BTreeMap<(String, Vec<u8>), Seen>> = Mutex::default();
    let (seen, scanner, all, root) = (&seen, &scanner, &all, &tree);
    ignore::WalkBuilder::new(&tree)
        .standard_filters(false)
        .threads(2)
        .build_parallel()
        .run(|| {
            Box::new(move |entry| {
                let Ok(entry) = entry else {
                    return ignore::WalkState::Continue;
                };
                if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                    return ignore::WalkState::Continue;
                }
                let Ok(bytes) = std::fs::read(entry.path()) else {
                    return ignore::WalkState::Continue;
                };
                let path = entry.path().strip_prefix(root).unwrap_or(entry.path());
                let path = path.to_string_lossy();
                for hit in scanner
                    .scan(&Input {
                        path: &path,
                        bytes: &bytes,
                    })
                    .hits
                {
                    let rule = &all.all()[hit.rule];
                    let key = (rule.id.clone(), hit.secret.bytes().to_vec());
                    let mut seen = seen.lock().unwrap();
                    let entry = seen.entry(key).or_insert_with(|| Seen {
                        severity: hit.severity,
                        confidence: hit.confidence,
                        places: 0,
                        first: path.clone().into_owned(),
                        text: match show {
                            true => line(&bytes, hit.place.start),
                            false => shape(hit.secret.bytes()),
                        },
                    });
                    entry.places += 1;
                    entry.severity = entry.severity.max(hit.severity);
                    entry.confidence = entry.confidence.max(hit.confidence);
                }
                ignore::WalkState::Continue
            })
        });
    let seen = seen.lock().unwrap();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut blocking = 0;
    for ((id, _), hit) in seen.iter() {
        let entry = counts.entry(id).or_default();
        entry.0 += 1;
        entry.1 += hit.places;
        let blocks = hit.severity >= Severity::High && hit.confidence == Confidence::High;
        blocking += usize::from(blocks);
        if !count {
            let mark = if blocks { "BLOCKS " } else { "" };
            println!(
                "{mark}{id} {:?}/{:?} {} x{}\n    {}",
                hit.severity, hit.confidence, hit.first, hit.places, hit.text
            );
        }
    }
    println!("\ndistinct  places  rule");
    for (id, (distinct, places)) in counts {
        println!("{distinct:>8} {places:>7}  {id}");
    }
    println!(
        "{:>8} in all, {blocking} of high severity and confidence",
        seen.len()
    );
}
