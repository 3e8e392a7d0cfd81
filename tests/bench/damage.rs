//! Damaged reports: the slowest and the hungriest of all variants of all fixtures, beside the limits.
//!
//! `cargo bench --bench damage`. A whole process for each variant, so that the figures are what a
//! user waits and pays for. Limits: 1 s, and 256 MB beyond the report's size.
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a benchmark starts programs and prints"
)]

#[path = "shared/process.rs"]
mod process;

use process::once;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const MOST_TIME: Duration = Duration::from_secs(1);
const MOST_MEMORY: u64 = 256_000_000;

fn main() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench-damage");
    std::fs::create_dir_all(&folder).unwrap();
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/reports");
    let mut fixtures = Vec::new();
    collect(&reports, &mut fixtures);
    fixtures.sort();
    let input = folder.join("report");
    let (mut count, mut complete) = (0, 0);
    let mut slowest = (Duration::ZERO, String::new());
    let mut hungriest = (0, String::new());
    for path in &fixtures {
        let bytes = std::fs::read(path).unwrap();
        for (name, damaged) in variants(&bytes) {
            std::fs::write(&input, &damaged).unwrap();
            let mut check = Command::new(env!("CARGO_BIN_EXE_lockgate"));
            check.args(["check", "--quiet", "--report"]);
            check.arg(&input).current_dir(&folder);
            let (time, memory, code) = once(check);
            let label = format!("{} {name}", path.strip_prefix(&reports).unwrap().display());
            assert!(
                matches!(code, Some(0 | 1 | 3)),
                "{label} ended with {code:?}"
            );
            count += 1;
            complete += usize::from(code != Some(3));
            let beyond = memory.saturating_sub(damaged.len() as u64);
            if time > slowest.0 {
                slowest = (time, label.clone());
            }
            if beyond > hungriest.0 {
                hungriest = (beyond, label);
            }
        }
    }
    println!(
        "{count} damaged variants of {} reports, {complete} of them still readable",
        fixtures.len()
    );
    let verdict = |held: bool| if held { "held" } else { "NOT HELD" };
    println!(
        "slowest    {:>8.3} s   limit 1 s, {}: {}",
        slowest.0.as_secs_f64(),
        verdict(slowest.0 < MOST_TIME),
        slowest.1
    );
    println!(
        "hungriest  {:>8} MB  beyond its size; limit 256 MB, {}: {}",
        hungriest.0 / 1_000_000,
        verdict(hungriest.0 < MOST_MEMORY),
        hungriest.1
    );
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.file_name().unwrap() != "INDEX.tsv" {
            found.push(path);
        }
    }
}

/// Cut, overwritten, nested and repeated.
fn variants(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut list: Vec<(String, Vec<u8>)> = [1, 2, 3]
        .map(|quarter| {
            (
                format!("cut at {quarter}/4"),
                bytes[..bytes.len() * quarter / 4].to_vec(),
            )
        })
        .into();
    for (name, byte) in [
        ("quotes", b'"'),
        ("brackets", b'['),
        ("angles", b'<'),
        ("zeros", 0),
    ] {
        let mut damaged = bytes.to_vec();
        for at in (0..damaged.len()).step_by(97) {
            damaged[at] = byte;
        }
        list.push((format!("with {name}"), damaged));
    }
    let middle = bytes.len() / 2;
    for (name, deep) in [
        ("nested arrays", "["),
        ("nested objects", "{\"a\":"),
        ("nested elements", "<a>"),
    ] {
        let mut damaged = bytes[..middle].to_vec();
        damaged.extend(deep.repeat(50_000).into_bytes());
        damaged.extend(&bytes[middle..]);
        list.push((format!("with {name}"), damaged));
    }
    list.push(("twice".to_owned(), bytes.repeat(2)));
    list
}
