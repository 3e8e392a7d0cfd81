//! What looking costs beside reading: the files of a folder that the scans look at, read, and read and
//! looked at, in turn in one run.
//!
//! ```text
//! cargo run --release -p lockgate-hardening --example cost -- FOLDER
//!     [--runs N]         how often each is run, 5 when not given; the median is printed
//!     [--threads N]      2 when not given
//!     [--kinds]          instead: how many files and findings of each kind there are
//! ```
//!
//! Every line is a whole process, from its start to its end. `read` walks, opens the files that are looked
//! at, and reads them; nothing that looks at them can be faster. `scan` does the same and scans. The limit
//! that the project sets itself: twice the time of `read`.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a benchmark reads files, starts programs and prints"
)]

use lockgate_hardening::{File, Options, Tree, looks_at, scan};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// As the program has it.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As the program has it, in bytes.
const LARGEST: u64 = 2 * 1024 * 1024;

fn names(root: &Path, folder: &Path, found: &mut Vec<(String, PathBuf)>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            names(root, &path, found);
        } else if kind.is_file() {
            let inside = path.strip_prefix(root).unwrap();
            found.push((inside.to_string_lossy().into_owned(), path));
        }
    }
}

fn all(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    names(folder, folder, &mut found);
    found
}

/// Reads what is looked at; hands on each file.
fn read<T: Send>(names: &[(String, PathBuf)], each: impl Fn(&str, Vec<u8>) -> T + Sync) -> Vec<T> {
    let wanted = names.par_iter().filter(|(name, _)| looks_at(name));
    wanted
        .filter_map(|(name, path)| {
            let small = path.symlink_metadata().ok()?.len() <= LARGEST;
            let bytes = small.then(|| std::fs::read(path).ok())??;
            Some(each(name, bytes))
        })
        .collect()
}

fn tree(names: &[(String, PathBuf)]) -> Tree {
    let mut tree = Tree::default();
    for (name, _) in names {
        tree.name(name.as_str());
    }
    for file in read(names, |name, bytes| File::read(name, bytes)) {
        tree.add(file);
    }
    tree
}

fn child(folder: &Path, what: &str) {
    let names = all(folder);
    if what == "read" {
        let sizes = read(&names, |_, bytes| bytes.len());
        println!("{} {} 0", sizes.len(), sizes.iter().sum::<usize>());
        return;
    }
    let tree = tree(&names);
    let bytes: usize = tree.files().map(|file| file.text().len()).sum();
    let found = scan(&tree, &Options::default()).findings.len();
    println!("{} {bytes} {found}", tree.files().count());
}

fn kinds(folder: &Path) {
    let tree = tree(&all(folder));
    let scanned = scan(&tree, &Options::default());
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &scanned.findings {
        *rules.entry(finding.rule.0).or_default() += 1;
    }
    for (kind, files) in &scanned.looked_at {
        println!("{files:>8}  {kind}");
    }
    println!("{:>8}  gaps", scanned.gaps.len());
    for (rule, findings) in rules {
        println!("{findings:>8}  {rule}");
    }
}

/// Wall clock, and what the process has printed.
fn measure(folder: &Path, what: &str, threads: usize) -> (Duration, String) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg(folder).args(["--child", what]);
    command.args(["--threads", &threads.to_string()]);
    let start = Instant::now();
    let out = command.stderr(Stdio::inherit()).output().unwrap();
    (start.elapsed(), String::from_utf8(out.stdout).unwrap())
}

fn main() {
    let (mut folder, mut runs, mut threads, mut mode) = (PathBuf::new(), 5, 2, String::new());
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || args.next().and_then(|n| n.parse().ok()).unwrap();
        match arg.as_str() {
            "--runs" => runs = number(),
            "--threads" => threads = number(),
            "--child" => mode = args.next().unwrap(),
            "--kinds" => mode = "kinds".to_owned(),
            other => folder = PathBuf::from(other),
        }
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build_global().unwrap();
    match mode.as_str() {
        "" => {}
        "kinds" => return kinds(&folder),
        what => return child(&folder, what),
    }
    let mut times: [Vec<Duration>; 2] = Default::default();
    let mut told = [const { String::new() }; 2];
    for _ in 0..runs {
        for (index, what) in ["read", "scan"].into_iter().enumerate() {
            let (time, out) = measure(&folder, what, threads);
            times[index].push(time);
            told[index] = out;
        }
    }
    let median = times.map(|mut all| {
        all.sort();
        all[all.len() / 2].as_secs_f64()
    });
    println!("threads {threads}, median of {runs} runs in turn");
    for (index, what) in ["read", "scan"].into_iter().enumerate() {
        let parts: Vec<f64> = told[index]
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        println!(
            "{what}  {:.3} s  {} files, {:.1} MB, {} findings",
            median[index],
            parts[0],
            parts[1] / 1e6,
            parts[2]
        );
    }
    println!("scan to read: {:.2} (limit 2)", median[1] / median[0]);
}
